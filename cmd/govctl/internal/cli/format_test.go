package cli

import "testing"

// TestWidthIsThatOfTheTerminal: COLUMNS is often set where standard output is a pipe, whose lines must stay whole.
func TestWidthIsThatOfTheTerminal(t *testing.T) {
	for _, c := range []struct {
		screen  bool
		columns string
		want    int
	}{{true, "60", 60}, {true, "", 100}, {true, "10", 100}, {true, "wide", 100}, {false, "60", 0}, {false, "", 0}} {
		a := &app{Env: &Env{Screen: c.screen, Getenv: func(string) string { return c.columns }}}
		if got := a.look().Width; got != c.want {
			t.Errorf("terminal %t, COLUMNS=%q: width %d, want %d", c.screen, c.columns, got, c.want)
		}
	}
}

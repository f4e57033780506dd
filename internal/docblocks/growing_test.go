package docblocks

import (
	"fmt"
	"strings"
	"testing"
)

// grow parses a document, brings it up to date and expects a second time to change nothing.
func grow(t *testing.T, text string, entries ...Entry) (string, Growth) {
	t.Helper()
	d, err := Parse("LOG.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, g := d.Grow(entries)
	again, err := Parse("LOG.md", out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if twice, second := again.Grow(entries); string(twice) != string(out) || len(second.Added)+len(second.Updated)+len(second.Deleted) > 0 {
		t.Errorf("a second time changes it: %+v\n%s", second, twice)
	}
	return string(out), g
}

// written is a block as Grow writes it.
func written(name, text string) string {
	return "<!-- govctl:begin " + name + " sha256=" + digestOf(text) + " -->\n" + text + "<!-- govctl:end " + name + " -->\n"
}

var one, two, three = Entry{"v1", "## 1\n"}, Entry{"v2", "## 2\n"}, Entry{"v3", "## 3\n"}

func TestGrow(t *testing.T) {
	b1, b2, b3 := written("v1", "## 1\n"), written("v2", "## 2\n"), written("v3", "## 3\n")
	edited := strings.Replace(b1, "## 1\n", "## 1\n\nA word.\n", 1)
	for _, c := range []struct {
		name, old string
		entries   []Entry
		want      string
		growth    string
	}{
		{"an empty document", "", []Entry{two, one}, b2 + "\n" + b1, "[v2 v1] [] [] []"},
		{"below the title", "# Log\n", []Entry{two, one}, "# Log\n\n" + b2 + "\n" + b1, "[v2 v1] [] [] []"},
		{"below a title of two lines", "Log\n===\n\nText.\n", []Entry{one}, "Log\n===\n\n" + b1 + "\nText.\n", "[v1] [] [] []"},
		{"below front matter", "---\na: b\n---\n# Log\n", []Entry{one}, "---\na: b\n---\n# Log\n\n" + b1, "[v1] [] [] []"},
		{"a document without a title", "Text.\n", []Entry{one}, b1 + "\nText.\n", "[v1] [] [] []"},
		{"no line end at the end", "# Log", []Entry{one}, "# Log\n\n" + b1, "[v1] [] [] []"},
		{"above the others", "# Log\n\nIntro.\n\n" + b1 + "\nOutro.\n", []Entry{two, one}, "# Log\n\nIntro.\n\n" + b2 + "\n" + b1 + "\nOutro.\n", "[v2] [] [] []"},
		{"between others", "# Log\n\n" + b3 + "\n" + b1, []Entry{three, two, one}, "# Log\n\n" + b3 + "\n" + b2 + "\n" + b1, "[v2] [] [] []"},
		{"unchanged since it was written", "# Log\n\n" + b1, []Entry{{"v1", "## 1\n\nMore.\n"}}, "# Log\n\n" + written("v1", "## 1\n\nMore.\n"), "[] [v1] [] []"},
		{"edited by hand", "# Log\n\n" + edited, []Entry{{"v1", "## 1\n\nMore.\n"}}, "# Log\n\n" + edited, "[] [] [] [v1]"},
		{"deleted", "# Log\n\n" + b2 + "\n" + b1, []Entry{{"v2", ""}, one}, "# Log\n\n" + b1, "[] [] [v2] []"},
		{"an edited one is not deleted", "# Log\n\n" + edited, []Entry{{"v1", ""}}, "# Log\n\n" + edited, "[] [] [] [v1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, g := grow(t, c.old, c.entries...)
			if got != c.want || fmt.Sprint(g.Added, g.Updated, g.Deleted, g.Edited) != c.growth {
				t.Errorf("%v %v %v %v, want %s\n%s\nwant\n%s", g.Added, g.Updated, g.Deleted, g.Edited, c.growth, got, c.want)
			}
			windows := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
			if c.old != "" && strings.HasSuffix(c.old, "\n") {
				if got, _ := grow(t, windows(c.old), c.entries...); got != windows(c.want) {
					t.Errorf("with CRLF:\n%q\nwant\n%q", got, windows(c.want))
				}
			}
		})
	}
}

// FuzzGrow expects that all text outside of blocks stays, whatever the document.
func FuzzGrow(f *testing.F) {
	f.Add("# Log\n\nIntro.\r\n" + written("v1", "## 1\n") + "Outro")
	f.Add("---\n---\nx\n===\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse("LOG.md", []byte(text))
		if err != nil {
			t.Skip()
		}
		out, _ := d.Grow([]Entry{two, one})
		again, err := Parse("LOG.md", out)
		if err != nil {
			t.Skip() // the document ends within code, where no block begins
		}
		if fmt.Sprintf("%q", words(outside(d))) != fmt.Sprintf("%q", words(outside(again))) {
			t.Errorf("%q became %q", text, out)
		}
	})
}

func words(s string) []string { return strings.Fields(s) }

// outside is a document without its blocks of the test.
func outside(d *Document) string {
	var b strings.Builder
	at := 0
	for _, block := range d.Blocks {
		if block.Name == "v1" || block.Name == "v2" {
			b.Write(d.data[at:block.from])
			at = block.to
		}
	}
	b.Write(d.data[at:])
	return b.String()
}

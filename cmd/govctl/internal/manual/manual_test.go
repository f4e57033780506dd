package manual_test

import (
	"strings"
	"testing"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
	"github.com/romel/govctl/cmd/govctl/internal/manual"
)

// The page and the man pages describe the same commands and flags.
func TestOneSource(t *testing.T) {
	root := cli.Root()
	page, all := manual.Markdown(root), manual.Entries(root)
	described := 0
	for _, e := range all {
		man := manual.Man(e, all[0].Flags)
		if strings.Contains(page, "\n### "+e.Path+"\n") != (e.Group != "" && len(e.Children) == 0) {
			t.Errorf("%s: in the page or not in it", e.Path)
		}
		for _, f := range e.Flags {
			described++
			name, _, _ := strings.Cut(strings.ReplaceAll(f.Name, "-", `\-`), "\n")
			if !strings.Contains(man, "\n.B "+name+"\n") {
				t.Errorf("the man page of %s lacks %s", e.Path, f.Name)
			}
			if e.Group != "" && len(e.Children) == 0 && !strings.Contains(page, "| `"+f.Name+"` |") {
				t.Errorf("the page lacks %s of %s", f.Name, e.Path)
			}
		}
	}
	if len(all) < 60 || described < 300 {
		t.Errorf("%d commands, %d flags", len(all), described)
	}
	for i, code := range []int{cli.Passed, cli.Findings, cli.BadInput, cli.Failed} {
		if manual.ExitCodes[i].Code != code {
			t.Errorf("exit code %d is %d", code, manual.ExitCodes[i].Code)
		}
	}
}

// Text of a command is never a request of roff.
func TestRoff(t *testing.T) {
	man := manual.Man(manual.Entry{Path: "govctl x", Short: `a \fBb`, About: ".so /etc/passwd\n'x\n\n  .list", Example: ".de x"}, nil)
	for _, bad := range []string{"\n.so", "\n'x", "\n.de", `\fBb`} {
		if strings.Contains(man, bad) {
			t.Errorf("the page has %q:\n%s", bad, man)
		}
	}
}

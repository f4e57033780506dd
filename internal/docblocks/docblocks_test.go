package docblocks_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/docblocks"
	"github.com/romel/govctl/pkg/contract"
)

func TestRewrite(t *testing.T) {
	for name, c := range map[string]struct{ doc, want string }{
		"no block":        {"# A\n\ntext", "# A\n\ntext"},
		"empty":           {"", ""},
		"one":             {"a\n<!-- govctl:begin x -->\nold\n<!-- govctl:end x -->\nb\n", "a\n<!-- govctl:begin x -->\nX1\nX2\n<!-- govctl:end x -->\nb\n"},
		"without a name":  {"<!-- govctl:begin x -->\n<!-- govctl:end -->", "<!-- govctl:begin x -->\nX1\nX2\n<!-- govctl:end -->"},
		"other line ends": {"a\r\n<!--govctl:begin x-->\r\nold\r\n<!--govctl:end x-->\r\nb\r\n", "a\r\n<!--govctl:begin x-->\r\nX1\r\nX2\r\n<!--govctl:end x-->\r\nb\r\n"},
		"two and another": {
			"<!-- govctl:begin y -->\n<!-- govctl:end y -->\n<!-- govctl:begin z -->\nkept\n<!-- govctl:end z -->\n<!-- govctl:begin x -->\n<!-- govctl:end x -->\n",
			"<!-- govctl:begin y -->\nY\n<!-- govctl:end y -->\n<!-- govctl:begin z -->\nkept\n<!-- govctl:end z -->\n<!-- govctl:begin x -->\nX1\nX2\n<!-- govctl:end x -->\n",
		},
		"in code": {"```\n<!-- govctl:begin x -->\n```\n~~~~ md\n~~~\n<!-- govctl:end x -->\n~~~~\n", "```\n<!-- govctl:begin x -->\n```\n~~~~ md\n~~~\n<!-- govctl:end x -->\n~~~~\n"},
		// What a block generates may be code: its end counts there, too.
		"code in a block": {"<!-- govctl:begin x -->\n```\n<!-- govctl:end x -->\nb\n", "<!-- govctl:begin x -->\nX1\nX2\n<!-- govctl:end x -->\nb\n"},
	} {
		d, err := docblocks.Parse("f.md", []byte(c.doc))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		texts := map[string]string{"x": "X1\nX2\n", "y": "Y"}
		got := d.Rewrite(texts)
		if string(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
		again, err := docblocks.Parse("f.md", got)
		if err != nil || string(again.Rewrite(texts)) != string(got) {
			t.Errorf("%s: written again it differs: %v", name, err)
		}
	}
}

func TestDocumentsThatAreRefused(t *testing.T) {
	for doc, want := range map[string]string{
		"\n<!-- govctl:begin x -->\n":                        "f.md:2: the block x has no end",
		"<!-- govctl:begin -->":                              "f.md:1: the block has no name",
		"<!-- govctl:end x -->":                              "f.md:1: the end of a block that has no begin",
		"<!-- govctl:begin x -->\n<!-- govctl:begin y -->\n": "f.md:2: a block begins within",
		"<!-- govctl:begin x -->\n<!-- govctl:end y -->\n":   "f.md:2: the block x of line 1 ends as y",
		"<!-- govctl:begin x -->\n<!-- govctl:end x -->\n<!-- govctl:begin x -->\n<!-- govctl:end x -->\n": "f.md:3: the block x is already in line 1",
	} {
		_, err := docblocks.Parse("f.md", []byte(doc))
		var refused *contract.Error
		if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), want) || refused.Hint == "" {
			t.Errorf("%q: %v", doc, err)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add([]byte("a\r\n<!-- govctl:begin x -->\nold\n<!-- govctl:end x -->\n```\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := docblocks.Parse("f", data)
		if err != nil {
			return
		}
		same := map[string]string{}
		for _, b := range d.Blocks {
			same[b.Name] = b.Text
		}
		once := d.Rewrite(same)
		again, err := docblocks.Parse("f", once)
		if err != nil || len(again.Blocks) != len(d.Blocks) || string(again.Rewrite(same)) != string(once) {
			t.Errorf("%q: %v", once, err)
		}
	})
}

func TestSummary(t *testing.T) {
	d, err := docblocks.Parse("f.md", []byte("# Title\nAbout.\n\n<!-- govctl:begin tldr -->\n## not this\n<!-- govctl:end tldr -->\n\n## Start `x`, now\n\nThe first\nsentence [here](u). A second.\n\n"+
		"### A list\n- no sentence\n\nThen prose without an end\n\n```sh\n# no heading\n```\n## Start `x`, now ##\n    code\n## Ünder_score & more\n| a |\n|---|\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := "- [Start `x`, now](#start-x-now): The first sentence here.\n  - [A list](#a-list): Then prose without an end\n- [Start `x`, now](#start-x-now-1)\n- [Ünder_score & more](#ünder_score--more)\n"
	if got := d.Summary(); got != want {
		t.Errorf("%s", got)
	}
}

func TestTargets(t *testing.T) {
	got := docblocks.Targets([]byte("X := 1 ## no target\nall: test lint ## everything | twice\n\techo '## no'\nhidden: all\nrun-it : ## start it\r\n"))
	if want := "| Command | |\n|---|---|\n| `make all` | everything \\| twice |\n| `make run-it` | start it |\n"; got != want {
		t.Errorf("%s", got)
	}
}

// Each rule fires on its case, and not on the case's twin.
func TestCases(t *testing.T) {
	read := func(name string) []byte {
		data, err := os.ReadFile("../../testdata/probe/doc-block-stale/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, want := range map[string]int{"good.md": 0, "bad.md": 1} {
		d, err := docblocks.Parse(name, read(name))
		if err != nil {
			t.Fatal(err)
		}
		found := d.Stale(map[string]string{"commands": docblocks.Targets(read("Makefile"))})
		if len(found) != want || want > 0 && (found[0].Rule != docblocks.Rules[0].ID || found[0].New.Line != 3) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

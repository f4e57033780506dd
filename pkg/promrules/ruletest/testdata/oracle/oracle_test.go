package oracle

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/promrules/ruletest"
)

var (
	seeds = flag.Int("seeds", 2000, "number of seeds of the differential test")
	first = flag.Uint64("first", 0, "first seed")
)

// retries is how often promtool is asked again when it disagrees: it loads series and evaluates groups of equal rank in the
// order of a map, and sums of floating-point numbers depend on it.
const retries = 8

// outcome is what the project's runner has to say about a file: what promtool would print of failures, and everything that is
// wrong with the input.
func outcome(t *testing.T, file string) (failures, problems []string) {
	t.Helper()
	files, err := ruletest.Run(context.Background(), []string{file}, ruletest.Options{Read: os.ReadFile, Glob: filepath.Glob})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range files[0].Problems {
		problems = append(problems, p.Error())
	}
	for _, one := range files[0].Tests {
		for _, p := range one.Problems {
			problems = append(problems, p.Error())
		}
		for _, f := range one.Failures {
			failures = append(failures, settled(f.Text))
		}
	}
	slices.Sort(failures)
	return failures, problems
}

func judged(file string) []string {
	var out []string
	for _, err := range Judge(file, false) {
		out = append(out, settled(err.Error()))
	}
	slices.Sort(out)
	return out
}

// whichGroup is the part of an error that names one of several groups of series that do not match: the first by the order of
// a map.
var whichGroup = regexp.MustCompile(`match group \{.*\];`)

// settled is a text without what chance decides in promtool.
func settled(text string) string { return whichGroup.ReplaceAllString(text, "match group;") }

func TestSameAlertsAtEveryEvaluation(t *testing.T) {
	again, failing, refused := 0, 0, 0
	for i := range uint64(*seeds) {
		seed := *first + i
		dir := t.TempDir()
		rules, tests := generate(seed)
		file := filepath.Join(dir, "test.yml")
		for name, text := range map[string]string{"rules.yml": rules, "test.yml": tests} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, problems := outcome(t, file)
		want := judged(file)
		if len(problems) > 0 {
			if refused++; len(want) == 0 {
				t.Errorf("seed %d: promtool accepts what govctl refuses: %s", seed, problems)
			}
			continue
		}
		for n := 0; n < retries && !slices.Equal(got, want); n++ {
			again++
			want = judged(file)
		}
		if len(want) > 0 {
			failing++
		}
		if !slices.Equal(got, want) {
			t.Errorf("seed %d:\n%s\n%s\n%s", seed, difference(want, got), rules, tests)
			if failing > 3 {
				break
			}
		}
		os.RemoveAll(dir)
	}
	if refused > *seeds/20 {
		t.Errorf("%d of %d seeds were refused: the generator makes too much that is no rule", refused, *seeds)
	}
	t.Logf("%d seeds: %d with output, %d refused by both; promtool was asked again %d times", *seeds, failing, refused, again)
}

// difference shows the first line in which two lists differ.
func difference(want, got []string) string {
	for i := range max(len(want), len(got)) {
		var w, g string
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			return fmt.Sprintf("promtool: %s\ngovctl:   %s", strings.TrimSpace(w), strings.TrimSpace(g))
		}
	}
	return ""
}

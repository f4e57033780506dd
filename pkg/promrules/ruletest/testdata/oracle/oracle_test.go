// Package oracle holds the rule tests beside promtool, whose libraries are too heavy for the program itself: a module of its own.
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
	"sync/atomic"
	"testing"

	"github.com/romel/govctl/pkg/promrules/ruletest"
)

var (
	seeds = flag.Int("seeds", 2000, "number of seeds of the differential test")
	first = flag.Uint64("first", 0, "first seed")
)

// retries is how often promtool is asked again when it disagrees: it loads series and evaluates groups of equal rank in the
// order of a map, on which sums of floating-point numbers depend, and which of several equal series topk takes.
const retries = 64

// outcome is what the project's runner has to say about a file: what promtool would print of failures, and everything that is
// wrong with the input.
func outcome(t *testing.T, file string) (failures, problems []string) {
	t.Helper()
	files, err := ruletest.Run(context.Background(), []string{file}, ruletest.Options{Read: os.ReadFile, Glob: func(_, pattern string) ([]string, error) { return filepath.Glob(pattern) }})
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

// whichGroup is the part of an error that names one of several groups of series that do not match: the first by the order of
// a map.
var whichGroup = regexp.MustCompile(`match group \{.*\];`)

// settled is a text without what chance decides in promtool.
func settled(text string) string { return whichGroup.ReplaceAllString(text, "match group;") }

// batch is how many files promtool evaluates in one process.
const batch = 50

func TestSameAlertsAtEveryEvaluation(t *testing.T) {
	var count tally
	t.Run("batch", func(t *testing.T) {
		for from := uint64(0); from < uint64(*seeds); from += batch {
			t.Run(fmt.Sprint(*first+from), func(t *testing.T) {
				t.Parallel()
				if count.wrong.Load() < 4 {
					count.compare(t, *first+from, *first+min(from+batch, uint64(*seeds)))
				}
			})
		}
	})
	if refused := int(count.refused.Load()); refused > *seeds/20 {
		t.Errorf("%d of %d seeds were refused: the generator makes too much that is no rule", refused, *seeds)
	}
	t.Logf("%d seeds: %d with output, %d refused by both; promtool was asked again %d times", *seeds, count.failing.Load(), count.refused.Load(), count.again.Load())
}

// tally is what the batches of a run add up.
type tally struct{ again, failing, refused, wrong atomic.Int64 }

// compare holds the seeds of one batch, from and up to but not with end, beside what promtool says of them.
func (c *tally) compare(t *testing.T, from, end uint64) {
	dir := t.TempDir()
	files := make([]string, 0, batch)
	for seed := from; seed < end; seed++ {
		files = append(files, written(t, filepath.Join(dir, fmt.Sprint(seed)), seed))
	}
	said := evaluated(t, files...)
	for _, file := range files {
		got, problems := outcome(t, file)
		want := said[file]
		if len(problems) > 0 {
			if c.refused.Add(1); want == "" {
				t.Errorf("%s: promtool accepts what govctl refuses: %s", file, problems)
			}
			continue
		}
		if want != "" {
			c.failing.Add(1)
		}
		agree, asked := settle(t, file, want, got)
		if c.again.Add(int64(asked)); !agree {
			c.wrong.Add(1)
			t.Errorf("seed %s:\npromtool: %s\ngovctl: %s", filepath.Base(filepath.Dir(file)), want, strings.Join(got, "\n"))
		}
	}
}

// settle asks promtool again until it says what govctl says. A case on which promtool contradicts itself proves nothing, so that
// in the end the two need to agree on the others only.
func settle(t *testing.T, file, want string, got []string) (agree bool, asked int) {
	t.Helper()
	variants := []map[string]bool{casesOf(want)}
	for ; asked < retries; asked++ {
		if same(want, got) {
			return true, asked
		}
		said, ok := tryJudge(t, []string{file})
		if !ok {
			return false, asked
		}
		want = said[0]
		variants = append(variants, casesOf(want))
	}
	return same(want, got) || agreeOnSettled(variants, casesOf(strings.Join(got, "\n\n"))), asked
}

// casesOf splits what is printed of a file into its cases.
func casesOf(said string) map[string]bool {
	out := map[string]bool{}
	for one := range strings.SplitSeq(said, "\n\n") {
		if one = strings.TrimSpace(one); one != "" {
			out[one] = true
		}
	}
	return out
}

// agreeOnSettled reports whether got has every case that all variants have, and for the rest only cases that vary, which the
// first lines of their texts identify.
func agreeOnSettled(variants []map[string]bool, got map[string]bool) bool {
	seen, varies := map[string]int{}, map[string]bool{}
	for _, v := range variants {
		for one := range v {
			seen[one]++
		}
	}
	for one, n := range seen {
		if n < len(variants) {
			head, _, _ := strings.Cut(one, "\n")
			varies[head] = true
		} else if !got[one] {
			return false
		}
	}
	for one := range got {
		if head, _, _ := strings.Cut(one, "\n"); seen[one] < len(variants) && !varies[head] {
			return false
		}
	}
	return true
}

// written is the test file of a seed, beside its rules.
func written(t *testing.T, dir string, seed uint64) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	rules, tests := generate(seed)
	for name, text := range map[string]string{"rules.yml": rules, "test.yml": tests} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "test.yml")
}

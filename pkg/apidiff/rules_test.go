package apidiff

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

const caseDir = "../../testdata/change"

// ruleCase is the pair of documents on which a rule must fire, alone.
func ruleCase(t *testing.T, id string) (old, new *contract.Document) {
	t.Helper()
	return load(t, filepath.Join(caseDir, id, "old.yaml")), load(t, filepath.Join(caseDir, id, "new.yaml"))
}

// caseOptions are the circumstances that some rules ask for.
func caseOptions(r rules.Rule) Options {
	opt := Options{Now: testNow, Gate: rules.Docs, NoWitness: true}
	if r.When == "no-sunset" || r.When == "too-soon" {
		opt.DeprecationDays = 180
	}
	return opt
}

// fired are the ids of all findings, each once.
func fired(r *Result) []string {
	ids := []string{}
	for _, f := range r.Diff.Changes {
		ids = append(ids, f.Rule)
	}
	sort.Strings(ids)
	return slices.Compact(ids)
}

// TestRuleFolders holds the list of rules and the list of folders equal, both ways.
func TestRuleFolders(t *testing.T) {
	entries, err := os.ReadDir(caseDir)
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]bool{}
	for _, e := range entries {
		if !e.IsDir() {
			continue // the package that embeds them
		}
		folders[e.Name()] = true
		if _, ok := rules.Lookup(e.Name()); !ok {
			t.Errorf("testdata/change/%s: there is no rule of this name", e.Name())
		}
	}
	for _, r := range rules.All() {
		if !folders[r.ID] {
			t.Errorf("rule %s has no case in testdata/change", r.ID)
		}
	}
}

// TestRuleCases: each rule fires alone on its case, near-misses beside it; nothing fires on a
// document and itself.
func TestRuleCases(t *testing.T) {
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			old, new := ruleCase(t, r.ID)
			got := Compare(context.Background(), old, new, caseOptions(r))
			if ids := fired(got); !slices.Equal(ids, []string{r.ID}) {
				for _, f := range got.Diff.Changes {
					t.Logf("%s: %s", f.Rule, f.Message)
				}
				t.Fatalf("fired %v", ids)
			}
			f := got.Diff.Changes[0]
			if f.Level != r.Level || f.Category != string(r.Category) || f.Why != r.Why || f.Migration != r.Migration {
				t.Errorf("the finding does not follow its row: %+v", f)
			}
			if strings.ContainsAny(f.Message, "{}") && !strings.ContainsAny(r.Say, "[") && strings.Contains(f.Message, "{what}") {
				t.Errorf("the message is not filled in: %s", f.Message)
			}
			if f.Old == nil && f.New == nil {
				t.Error("the finding has no place")
			}
			for _, d := range []*contract.Document{old, new} {
				if ids := fired(unpruned(d, d, caseOptions(r))); len(ids) != 0 {
					t.Errorf("%v fire on the document and itself", ids)
				}
			}
		})
	}
}

// unpruned compares without the shortcut of equal hashes, so that every comparison is made.
func unpruned(old, new *contract.Document, opt Options) *Result {
	in := newInput(old, new, opt)
	in.schemas.Same, in.operations.Same, in.schemas.Prover = false, false, subschema.NewProver(false, work.NewMeter())
	ops := operations.Match(old, new)
	g := compareAll(in, ops)
	contain(g, in.schemas)
	attribute(g)
	c := contracts{opt, old, new, ops}
	found, _ := findingsOf(c, g)
	return resultOf(c, found)
}

// TestRuleMutations takes each row away: its case must then be told by a more general row, or not
// be understood.
func TestRuleMutations(t *testing.T) {
	for i, r := range rules.Default().Rows() {
		if r.ID == rules.Unclassified {
			continue
		}
		rest := rules.NewTable(rules.Default().Rows()[:i], rules.Default().Rows()[i+1:])
		old, new := ruleCase(t, r.ID)
		in := newInput(old, new, caseOptions(r))
		in.rules = rest
		ids := fired(in.compare(context.Background()))
		if len(ids) == 0 || slices.Contains(ids, r.ID) {
			t.Errorf("without %s its case gives %v", r.ID, ids)
		}
	}
	t.Logf("%d rows taken away one by one: each time TestRuleCases would fail on the folder of the row", len(rules.Default().Rows())-1)
}

// TestRuleSymmetry swaps the documents of every case: what was added is removed, what was narrowed
// is widened.
func TestRuleSymmetry(t *testing.T) {
	for _, r := range rules.All() {
		old, new := ruleCase(t, r.ID)
		symmetric(t, r.ID, old, new)
	}
}

func symmetric(t *testing.T, name string, old, new *contract.Document) {
	t.Helper()
	forth, back := deltas(old, new, false), deltas(new, old, true)
	for k, n := range forth {
		if back[k] != n {
			t.Errorf("%s: %s: %d forth, %d back", name, k, n, back[k])
		}
	}
	for k, n := range back {
		if forth[k] == 0 {
			t.Errorf("%s: %s: 0 forth, %d back", name, k, n)
		}
	}
}

// deltas counts the deltas of a comparison by what they say, the operation inverted where asked
// for.
func deltas(old, new *contract.Document, inverted bool) map[string]int {
	in := newInput(old, new, Options{Now: testNow, NoWitness: true})
	ops := operations.Match(old, new)
	g := compare(in, ops)
	contain(g, in.schemas)
	attribute(g)
	m := map[string]int{}
	for _, r := range g.records {
		if r.reach == nil {
			continue
		}
		op := r.Op
		if inverted {
			op = op.Inverse()
		}
		m[strings.Join([]string{r.On, r.Attr, string(op), r.Side.String(), r.Name}, " ")]++
	}
	return m
}

// TestLevels: configured levels replace those of the rows, and a rule can be switched off.
func TestLevels(t *testing.T) {
	old, new := ruleCase(t, "request-property-max-length-lowered")
	id := "request-property-max-length-lowered"
	for level, breaking := range map[report.Level]bool{report.Error: true, report.Warning: false, report.Info: false} {
		r := Compare(context.Background(), old, new, Options{Levels: map[string]report.Level{id: level}})
		if r.Diff.Changes[0].Level != level || r.Breaking().Breaking != breaking {
			t.Errorf("level %s: %+v", level, r.Diff.Changes[0])
		}
	}
	if r := Compare(context.Background(), old, new, Options{Levels: map[string]report.Level{id: Off}}); len(r.Diff.Changes) != 0 {
		t.Errorf("switched off: %+v", r.Diff.Changes)
	}
}

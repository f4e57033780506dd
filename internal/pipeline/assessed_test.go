package pipeline

import (
	"fmt"
	"slices"
	"testing"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// TestSelection: what a run does with the contract "a" by what it selects and by the record that there is.
func TestWhatIsAssessed(t *testing.T) {
	edited := func(name string) bool { return name == "a.yaml" }
	other := func(name string) bool { return name == "b.yaml" }
	quiet := &report.ContractRecord{Inputs: []string{"a.yaml", "types.yaml"}, Diff: &report.Diff{}}
	first := &report.ContractRecord{Inputs: []string{"a.yaml"}}
	broke := &report.ContractRecord{Inputs: []string{"a.yaml"}, Breaking: &report.BreakingCounts{Breaking: true, Total: 1}}
	unread := &report.ContractRecord{Inputs: []string{AnyFile}}
	unknown := &report.ContractRecord{Diff: &report.Diff{}}
	here, there := ShardOf("a", 4), ShardOf("a", 4)%4+1
	for _, c := range []struct {
		name string
		s    Selection
		rec  *report.ContractRecord
		want take
	}{
		{"all", Selection{}, quiet, assessIt},
		{"named", Selection{Names: []string{"b", "a"}}, quiet, assessIt},
		{"another is named", Selection{Names: []string{"b"}}, broke, keepIt},
		{"another is named, and there is no record", Selection{Names: []string{"b"}}, nil, assessIt},
		{"its file changed", Selection{Changed: edited}, quiet, assessIt},
		{"another file changed", Selection{Changed: other}, quiet, keepIt},
		{"another file changed after its first run", Selection{Changed: other}, first, keepIt},
		{"another file changed, but its last run found a break", Selection{Changed: other}, broke, assessIt},
		{"another file changed, and nobody knows which is its own", Selection{Changed: func(name string) bool { return name == AnyFile }}, unread, assessIt},
		{"no file changed, whichever is its own", Selection{Changed: func(string) bool { return false }}, unread, keepIt},
		{"nobody knows its files", Selection{Changed: other}, unknown, assessIt},
		{"nothing is known of it", Selection{Changed: other}, nil, assessIt},
		{"its shard", Selection{Shard: here, Of: 4}, quiet, assessIt},
		{"another shard", Selection{Shard: there, Of: 4}, quiet, leaveIt},
		{"a merge", Selection{Merged: true}, quiet, leaveIt},
	} {
		if got := c.s.of("a", c.rec); got != c.want {
			t.Errorf("%s: %d, expected %d", c.name, got, c.want)
		}
	}
}

// TestShardOf: each contract is in one shard, every shard has its share, and one shard more moves contracts to that one alone.
func TestShardOf(t *testing.T) {
	const contracts = 2000
	for _, of := range []int{1, 2, 3, 8, 256} {
		count := make([]int, of+1)
		for i := range contracts {
			name := fmt.Sprintf("service-%d", i)
			at, then := ShardOf(name, of), ShardOf(name, of+1)
			if at < 1 || at > of || then != at && then != of+1 {
				t.Fatalf("%s: shard %d of %d, then %d", name, at, of, then)
			}
			count[at]++
		}
		if least := slices.Min(count[1:]); of <= 8 && least < contracts/of*3/4 {
			t.Errorf("%d shards: one of them has %d contracts of %d", of, least, contracts)
		}
	}
}

// TestInputs: the files that decide about a contract, and none for one about which more than files decides.
func TestInputs(t *testing.T) {
	doc, err := contract.Parse(t.Context(), "api.yaml", []byte(document("1.0.0", "a")), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		set  func(*config.Contract)
		want []string
	}{
		{"a file", func(*config.Contract) {}, []string{"api.yaml", "waivers.yaml"}},
		{"nothing to compare with", func(c *config.Contract) { c.Baseline = config.NoBaseline }, []string{"api.yaml", "waivers.yaml"}},
		{"a version in a file", func(c *config.Contract) { c.Semver.VersionFrom = "file:./package.json:version" }, []string{"api.yaml", "package.json", "waivers.yaml"}},
		{"a version of a tag", func(c *config.Contract) { c.Semver.VersionFrom = "tag" }, nil},
		{"a version of a variable", func(c *config.Contract) { c.Semver.VersionFrom = "env:VERSION" }, nil},
		{"a baseline", func(c *config.Contract) { c.Baseline = "git:latest-tag:api.yaml" }, nil},
		{"a baseline for reports", func(c *config.Contract) { c.ReleaseBaseline = "git:latest-tag:api.yaml" }, nil},
		{"a command", func(c *config.Contract) { c.Source = "cmd:cat api.yaml" }, nil},
		{"a revision", func(c *config.Contract) { c.Source = "git:HEAD:api.yaml" }, nil},
	} {
		cfg := config.Default()
		one := config.Contract{Name: "a", Source: "api.yaml", Waivers: "waivers.yaml", Semver: &config.Semver{VersionFrom: config.FromInfo}}
		c.set(&one)
		cfg.Contracts = []config.Contract{one}
		r := newRun(&Job{Config: cfg})
		r.docs["a"] = loaded{doc: doc}
		if got := r.stepContext(0).inputs(t.Context()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, expected %q", c.name, got, c.want)
		}
	}
}

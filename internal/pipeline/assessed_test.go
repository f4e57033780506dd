package pipeline

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// TestSelection: what a run does with the contract "a" by what it selects and by the record that there is.
func TestWhatIsAssessed(t *testing.T) {
	edited := func(name, _ string) bool { return name == "a.yaml" }
	other := func(name, _ string) bool { return name == "b.yaml" }
	earlier := func(_, blob string) bool { return blob != "now" }
	of := func(blob string, names ...string) (inputs []report.Input) {
		for _, name := range names {
			inputs = append(inputs, report.Input{Path: name, Blob: blob})
		}
		return inputs
	}
	quiet := &report.ContractRecord{Inputs: of("now", "a.yaml", "types.yaml"), Diff: &report.Diff{}}
	old := &report.ContractRecord{Inputs: append(of("now", "a.yaml"), of("then", "types.yaml")...), Diff: &report.Diff{}}
	first := &report.ContractRecord{Inputs: of("now", "a.yaml")}
	broke := &report.ContractRecord{Inputs: of("now", "a.yaml"), Breaking: &report.BreakingCounts{Breaking: true, Total: 1}}
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
		{"nothing changed since its record", Selection{Changed: earlier}, quiet, keepIt},
		{"its record was made from another content", Selection{Changed: earlier}, old, assessIt},
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
		want string // paths, and those of files that are not there
	}{
		{"a file", func(*config.Contract) {}, "api.yaml waivers.yaml=none"},
		{"nothing to compare with", func(c *config.Contract) { c.Baseline = config.NoBaseline }, "api.yaml waivers.yaml=none"},
		{"a version in a file", func(c *config.Contract) { c.Semver.VersionFrom = "file:./package.json:version" }, "api.yaml package.json waivers.yaml=none"},
		{"a version of a tag", func(c *config.Contract) { c.Semver.VersionFrom = "tag" }, ""},
		{"a version of a variable", func(c *config.Contract) { c.Semver.VersionFrom = "env:VERSION" }, ""},
		{"a baseline", func(c *config.Contract) { c.Baseline = "git:latest-tag:api.yaml" }, ""},
		{"a baseline for reports", func(c *config.Contract) { c.ReleaseBaseline = "git:latest-tag:api.yaml" }, ""},
		{"a command", func(c *config.Contract) { c.Source = "cmd:cat api.yaml" }, ""},
		{"a revision", func(c *config.Contract) { c.Source = "git:HEAD:api.yaml" }, ""},
	} {
		cfg := config.Default()
		one := config.Contract{Name: "a", Source: "api.yaml", Waivers: "waivers.yaml", Semver: &config.Semver{VersionFrom: config.FromInfo}}
		c.set(&one)
		cfg.Contracts = []config.Contract{one}
		files := texts{"package.json": "{}"}
		r := newRun(&Job{Config: cfg, ReadFile: func(name string) ([]byte, error) { return fs.ReadFile(files, path.Clean(name)) }})
		r.docs["a"] = loaded{doc: doc}
		var got []string
		for _, in := range r.stepContext(0).inputs(t.Context()) {
			switch text, there := files[in.Path]; {
			case in.Blob == "":
				in.Path += "=none"
			case there && in.Blob != gitrepo.BlobID(text), in.Path == "api.yaml" && in.Blob != gitrepo.BlobID(document("1.0.0", "a")):
				t.Errorf("%s: %s is %s", c.name, in.Path, in.Blob)
			}
			got = append(got, in.Path)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, expected %q", c.name, got, c.want)
		}
	}
}

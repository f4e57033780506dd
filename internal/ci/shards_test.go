package ci_test

import (
	"strings"
	"testing"

	"github.com/romel/govctl/internal/ci"
)

// TestShard: every engine of the table is tried with its first and its last job.
func TestShard(t *testing.T) {
	for _, c := range []struct {
		text, env string
		shard, of int
	}{
		{"1/1", "", 1, 1}, {"3/8", "", 3, 8}, {"256/256", "", 256, 256}, {"2/3", "CI_NODE_INDEX=1 CI_NODE_TOTAL=3", 2, 3},
		{"auto", "CI_NODE_INDEX=1 CI_NODE_TOTAL=8", 1, 8}, {"auto", "CI_NODE_INDEX=8 CI_NODE_TOTAL=8", 8, 8},
		{"auto", "CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=4", 1, 4}, {"auto", "CIRCLE_NODE_INDEX=3 CIRCLE_NODE_TOTAL=4", 4, 4},
		{"auto", "BUILDKITE_PARALLEL_JOB=0 BUILDKITE_PARALLEL_JOB_COUNT=4", 1, 4}, {"auto", "BUILDKITE_PARALLEL_JOB=3 BUILDKITE_PARALLEL_JOB_COUNT=4", 4, 4},
		{"auto", "SYSTEM_JOBPOSITIONINPHASE=1 SYSTEM_TOTALJOBSINPHASE=4", 1, 4}, {"auto", "SYSTEM_JOBPOSITIONINPHASE=4 SYSTEM_TOTALJOBSINPHASE=4", 4, 4},
		{"auto", "JOB_COMPLETION_INDEX=0 GOVCTL_SHARDS=4", 1, 4}, {"auto", "JOB_COMPLETION_INDEX=3 GOVCTL_SHARDS=4", 4, 4},
		{"auto", "CI_NODE_TOTAL=1 JOB_COMPLETION_INDEX=3 GOVCTL_SHARDS=4", 4, 4}, // GitLab sets the total in every job
		{"", "", 0, 0}, {"3", "", 0, 0}, {"0/3", "", 0, 0}, {"4/3", "", 0, 0}, {"-1/3", "", 0, 0}, {"1/0", "", 0, 0}, {"1/257", "", 0, 0}, {"1/3/4", "", 0, 0}, {"1 / 3", "", 0, 0},
		{"1/99999999999999999999", "", 0, 0}, {"x/y", "", 0, 0}, {"Auto", "CI_NODE_INDEX=1 CI_NODE_TOTAL=8", 0, 0},
		{"auto", "", 0, 0}, {"auto", "JOB_COMPLETION_INDEX=0", 0, 0}, {"auto", "GOVCTL_SHARDS=4", 0, 0}, {"auto", "JOB_COMPLETION_INDEX=4 GOVCTL_SHARDS=4", 0, 0},
		{"auto", "CI_NODE_INDEX=0 CI_NODE_TOTAL=4", 0, 0}, {"auto", "JOB_COMPLETION_INDEX=0 GOVCTL_SHARDS=999", 0, 0}, {"auto", "CIRCLE_NODE_INDEX=a CIRCLE_NODE_TOTAL=b", 0, 0},
		{"auto", "CIRCLE_NODE_INDEX=9223372036854775807 CIRCLE_NODE_TOTAL=9223372036854775807", 0, 0},
	} {
		shard, of, err := ci.Shard(c.text, getenv(strings.Fields(c.env)))
		if shard != c.shard || of != c.of || (err == nil) != (c.of > 0) {
			t.Errorf("%q with %q: %d of %d, %v", c.text, c.env, shard, of, err)
		}
	}
	for _, p := range ci.Parallels {
		first := map[int]string{0: "0", 1: "1"}[p.First]
		if shard, of, err := ci.Shard("auto", getenv([]string{p.Index + "=" + first, p.Total + "=2"})); shard != 1 || of != 2 || err != nil {
			t.Errorf("%s: %d of %d, %v", p.Index, shard, of, err)
		}
	}
}

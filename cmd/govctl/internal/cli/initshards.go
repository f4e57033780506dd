package cli

import (
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/ci"
)

// sharded reports that several jobs assess a part of the contracts each.
func sharded(r *repository) bool { return r.shards > 0 && r.sourced }

// indexed reports that the Jobs of Kubernetes are written, which are for contracts in parts alone.
func indexed(r *repository) bool { return r.ci == ciKubernetes && r.sourced }

// checkShards refuses a number of parts that no engine takes, and one for which nothing would be written.
func (f *initFlags) checkShards() error {
	switch {
	case f.ci == ciKubernetes && f.shards == 0:
		return usage("--ci %s writes an Indexed Job, which needs --shards", ciKubernetes).hint("--shards 8")
	case f.ci == ciNone && f.shards != 0:
		return usage("--shards is about the jobs of a CI system, and --ci %s writes none", ciNone)
	case f.shards != 0 && (f.shards < 2 || f.shards > ci.MaxShards):
		return usage("--shards %d is not a number from 2 to %d", f.shards, ci.MaxShards).hint("a matrix of GitHub has at most %d jobs", ci.MaxShards)
	}
	return nil
}

// numbered are so many names with commas between them, as a list of YAML has them.
func numbered(prefix string, first, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = prefix + strconv.Itoa(first+i)
	}
	return strings.Join(names, ", ")
}

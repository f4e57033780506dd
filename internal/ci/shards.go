package ci

import (
	"fmt"
	"strconv"
	"strings"
)

// Parallel is how an engine numbers the jobs of a parallel step.
type Parallel struct {
	Engine       string
	Index, Total string // variables
	First        int    // number of the first job
}

// Parallels is the table, as docs/ci.md has it. The Indexed Job of Kubernetes says no total: its manifest sets it.
var Parallels = []Parallel{
	{"GitLab CI", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
	{"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0},
	{"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
	{"Azure Pipelines", "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1},
	{"Kubernetes", "JOB_COMPLETION_INDEX", "GOVCTL_SHARDS", 0},
}

// MaxShards bounds the parallel parts of a run: the matrix of GitHub takes no more.
const MaxShards = 256

// Shard reads the number of a parallel part, from 1, and how many there are, from I/N or, as auto, from the variables of the engine.
func Shard(text string, getenv func(string) string) (shard, of int, err error) {
	from, first := text, 1
	if text == "auto" {
		if text, from, first = ofEngine(getenv); text == "" {
			return 0, 0, fmt.Errorf("--shard auto: none of %s is set together with its total", indexes())
		}
	}
	index, total, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(total)
	shard = i + 1 - first
	if !ok || err1 != nil || err2 != nil || shard < 1 || shard > n || n > MaxShards {
		return 0, 0, fmt.Errorf("--shard %.60q is not I/N with I from %d and at most %d in all", from, first, MaxShards)
	}
	return shard, n, nil
}

func ofEngine(getenv func(string) string) (text, from string, first int) {
	for _, p := range Parallels {
		if index, total := getenv(p.Index), getenv(p.Total); index != "" && total != "" {
			return index + "/" + total, p.Index + "=" + index + " " + p.Total + "=" + total, p.First
		}
	}
	return "", "", 0
}

func indexes() string {
	names := make([]string, len(Parallels))
	for i, p := range Parallels {
		names[i] = p.Index
	}
	return strings.Join(names, ", ")
}

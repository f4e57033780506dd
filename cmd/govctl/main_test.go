package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/romel/govctl/internal/gitrepo/gittest"
)

func TestMain(m *testing.M) {
	testscript.Main(alone{m}, map[string]func(){"govctl": main, "executions": executions})
}

// alone are the tests in an environment that says nothing of the CI or the repository around them.
type alone struct{ *testing.M }

// foreign begins the names of the variables that govctl reads or hands on, but for those of its tests.
var foreign = []string{"GITHUB_", "GOVERNANCE_", "GOV_", "ALLOW_BREAKING", "SOURCE_DATE_EPOCH", "PROMETHEUS_", "TAXONOMY_", "SLACK_", "TEAMS_",
	"RISK_CHURN_", "MAX_", "RUNBOOK_", "STABILITY_", "PLACEHOLDER_", "CURRENT_API_VERSION", "PREVIOUS_API_VERSION", "COLUMNS", "NO_COLOR",
	"SECURITY_HEADER_", "CI_", "GITLAB_", "JENKINS_URL", "BUILDKITE", "TF_BUILD", "CIRCLE", "BITBUCKET_", "DOCKER_CONFIG",
	"SMOKE_", "API_HEALTH_", "PROM_READY_", "GRAFANA_HEALTH_", "HURL_", "LATENCY_SAMPLE_"}

func (a alone) Run() int {
	defer gittest.Alone()()
	if os.Getenv("GORACE") == "" {
		_ = os.Setenv("GORACE", "atexit_sleep_ms=10") // under the race detector each of hundreds of processes would end with a second of sleep
	}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		for _, prefix := range foreign {
			if strings.HasPrefix(name, prefix) {
				_ = os.Unsetenv(name) // it is there, and bears a proper name
			}
		}
	}
	var err error
	if templates, err = os.MkdirTemp("", "templates-"); err != nil {
		panic(err) // no test can mean anything
	}
	defer func() { _ = os.RemoveAll(templates) }()
	return a.M.Run()
}

// built is the program as users have it, made by the first test that wants it.
var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(templates, "govctl")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// withProgram is a new folder that has it.
func withProgram(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	path, err := built()
	if err == nil {
		err = os.Link(path, filepath.Join(bin, "govctl"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// TestScripts runs the command line as users do. A script is named by the command it tells about.
func TestScripts(t *testing.T) {
	quickstart, err := filepath.Abs("../../testdata/quickstart")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error { // a script has no other variables of ours
			for _, name := range []string{"PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"} {
				e.Setenv(name, os.Getenv(name))
			}
			e.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(e.WorkDir)) // TMPDIR may lie in a repository
			e.Setenv("QUICKSTART", quickstart)
			startOutside(e)
			startHeaders(e)
			startRegistry(e)
			startSmoke(e)
			return startContracts(e)
		},
	})
}

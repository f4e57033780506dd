package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"govctl": main})
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
		Setup: func(e *testscript.Env) error {
			// A script sees none of the variables that CI sets around the tests.
			for _, name := range []string{"GITHUB_SHA", "GITHUB_RUN_ID", "GITHUB_ACTIONS", "SOURCE_DATE_EPOCH", "ALLOW_BREAKING",
				"GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_REF", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT",
				"GOVERNANCE_WEBHOOK", "GOVERNANCE_WEBHOOK_SECRET", "GOV_SIGNING_PRIVATE_KEY"} {
				e.Setenv(name, "")
			}
			e.Setenv("QUICKSTART", quickstart)
			startOutside(e)
			e.Setenv("PATH", os.Getenv("PATH"))
			return nil
		},
	})
}

package main

import (
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is as much of a workflow file as its commands need.
type workflow struct {
	Jobs map[string]struct {
		Steps []struct {
			Name string
			Run  string
			Env  map[string]string
		}
	}
}

// TestGeneratedWorkflowsRunUnedited: in a repository with nothing in it, what init writes works as it stands: every command of every
// workflow, and the check of what they published.
func TestGeneratedWorkflowsRunUnedited(t *testing.T) {
	bin := t.TempDir()
	say(t, ".", nil, "go build -buildvcs=false -o '"+filepath.Join(bin, "govctl")+"' .")
	dir := newcomersRepository(t, false)
	github := &outside{log: filepath.Join(bin, "github.log")}
	server := httptest.NewServer(github)
	defer server.Close()
	env := []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "GITHUB_ACTIONS=true", "GITHUB_API_URL=" + server.URL, "GITHUB_REPOSITORY=o/r",
		"GITHUB_REF=refs/pull/7/merge", "GITHUB_RUN_ID=1", "GITHUB_SHA=", "GITHUB_STEP_SUMMARY=" + filepath.Join(bin, "summary.md"), "GITHUB_OUTPUT=" + filepath.Join(bin, "output"),
	}
	say(t, dir, env, "git commit -q --allow-empty -m first && git push -q origin main && govctl init && git add . && git commit -q -m 'what init wrote'")
	seed := regexp.MustCompile(`"seed_base64": "([^"]+)"`).FindStringSubmatch(say(t, dir, env, "govctl key new --json"))
	if seed == nil {
		t.Fatal("no key")
	}
	values := map[string]string{
		"${{ github.token }}": "t0ken", "${{ github.base_ref }}": "main", "${{ secrets.GOV_SIGNING_PRIVATE_KEY }}": seed[1], "${{ secrets.GOVERNANCE_WEBHOOK }}": "",
		"${{ secrets.GOVERNANCE_WEBHOOK_SECRET }}": "", "${{ secrets.SLACK_WEBHOOK_URL }}": "",
	}
	names, err := filepath.Glob(filepath.Join(dir, ".github/workflows/*.yml"))
	if err != nil || len(names) != 8 {
		t.Fatalf("%d workflows, %v", len(names), err)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	ran := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatal(err)
		}
		for _, job := range slices.Sorted(maps.Keys(w.Jobs)) {
			say(t, dir, env, "git fetch -q origin")
			for _, step := range w.Jobs[job].Steps {
				if step.Run == "" {
					continue
				}
				ran++
				own := slices.Clone(env)
				for key, value := range step.Env {
					concrete, known := values[value]
					if !known {
						t.Errorf("%s: %s: what is %s?", filepath.Base(name), step.Name, value)
					}
					own = append(own, key+"="+concrete)
				}
				t.Logf("%s: %s", filepath.Base(name), step.Name)
				if out := say(t, dir, own, step.Run); strings.Contains(out, seed[1]) {
					t.Errorf("%s: %s shows the key", filepath.Base(name), step.Name)
				}
			}
		}
	}
	if ran < 15 {
		t.Errorf("only %d commands", ran)
	}
	if out := say(t, dir, env, "git -C ../remote.git rev-list --count schemas"); strings.TrimSpace(out) == "0" {
		t.Error("nothing was published")
	}
}

// rank puts the workflow that publishes first and the one that verifies last.
func rank(name string) string {
	switch filepath.Base(name) {
	case "governance.yml":
		return "0"
	case "verify.yml":
		return "2"
	}
	return "1" + name
}

package cli

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/romel/govctl/internal/config"
)

// ourselves is this repository, which has all that init writes workflows for.
var ourselves = repository{sourced: true, ruled: true, taxonomy: "alerts_taxonomy.json", branch: "main", ci: ciGitHub, govctl: reference{action: "./", version: "source"}}

// inParts is the same with contracts that several jobs assess.
func inParts(r repository) repository {
	r.shards = 3
	return r
}

// TestOwnWorkflowsAreTheTemplates: what init writes for others is what runs here, with the action of this very commit.
func TestOwnWorkflowsAreTheTemplates(t *testing.T) {
	const own = "../../../../.github/workflows/"
	files, err := generatedFiles(&ourselves)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range files {
		name, ok := strings.CutPrefix(f.path, ".github/workflows/")
		if !ok {
			continue
		}
		seen++
		if *update {
			if err := os.WriteFile(filepath.Join(own, name), []byte(f.text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(filepath.Join(own, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if string(got) != f.text {
			t.Errorf("%s differs from its template", name)
		}
	}
	if seen != 5 {
		t.Errorf("%d workflows", seen)
	}
}

// TestWorkflowsAreCareful: no permission by default, actions by commit, no credentials left behind, and nothing from outside in a script.
func TestWorkflowsAreCareful(t *testing.T) {
	all := ourselves
	all.with = optionalNames()
	files, err := generatedFiles(&all)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []repository{ourselves, inParts(ourselves)} {
		if jobs, err := generatedFiles(&r); err == nil {
			files = append(files, jobs...)
		}
	}
	byCommit := regexp.MustCompile(`^uses: (\./|[\w./-]+@[0-9a-f]{40} # v[\d.]+)$`)
	for _, f := range files {
		if !strings.HasPrefix(f.path, ".github/") {
			continue
		}
		for _, want := range []string{"\npermissions: {}\n", "\nconcurrency:\n", "persist-credentials: false", "timeout-minutes:"} {
			if !strings.Contains(f.text, want) {
				t.Errorf("%s lacks %q", f.path, strings.TrimSpace(want))
			}
		}
		if regexp.MustCompile(`(?m)^#(if|else|end)|\{\{[A-Z]`).MatchString(f.text) {
			t.Errorf("%s has lines of its template", f.path)
		}
		script := false
		for _, line := range strings.Split(f.text, "\n") {
			trimmed := strings.TrimPrefix(strings.TrimSpace(line), "- ")
			if strings.HasPrefix(trimmed, "uses:") && !byCommit.MatchString(trimmed) {
				t.Errorf("%s: %s is not pinned", f.path, trimmed)
			}
			script = strings.HasPrefix(trimmed, "run:") || script && strings.HasPrefix(line, "          ") && !strings.Contains(line, "uses:")
			if script && strings.Contains(line, "${{") {
				t.Errorf("%s: an expression in a script: %s", f.path, trimmed)
			}
		}
	}
}

// TestGitLabJobsAreCareful: a job that runs the commands of the configuration is of no environment, whose variables are the secrets, and a job
// that is of one runs none of them. The file adds nothing to jobs of others, and its Go can build govctl.
func TestGitLabJobsAreCareful(t *testing.T) {
	r := ourselves
	r.ci, r.govctl.hooks = ciGitLab, strings.Repeat("0123456789", 4)
	for running, r := range map[int]repository{2: r, 3: inParts(r)} {
		gitLabJobsAreCareful(t, &r, running)
	}
}

func gitLabJobsAreCareful(t *testing.T, r *repository, wanted int) {
	t.Helper()
	files, err := generatedFiles(r)
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile("../../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	language := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	secret, running := 0, 0
	for _, f := range files {
		if strings.HasPrefix(f.path, workflows) {
			t.Errorf("%s is for GitHub", f.path)
		}
		if f.path != pipelineFile {
			continue
		}
		if !strings.Contains(f.text, "image: golang:"+string(language[1])+" ") {
			t.Errorf("the jobs do not have Go %s", language[1])
		}
		for _, text := range strings.Split(f.text, "\n\n") {
			name, _, _ := strings.Cut(regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(text, ""), ":")
			if !strings.HasPrefix(name, "govctl-") && !strings.HasPrefix(name, ".govctl") && name != "pages" {
				t.Errorf("%s is a setting for all jobs, or has the name of somebody else's", name)
			}
			runs, scoped := strings.Contains(text, "govctl run"), strings.Contains(text, "environment:")
			if runs && scoped || runs && strings.Contains(text, "TOKEN") {
				t.Errorf("%s runs the commands of the configuration and has secrets", name)
			}
			if runs {
				running++
			}
			if scoped {
				secret++
			}
			if !strings.HasPrefix(name, ".") && !strings.Contains(text, "rules:") {
				t.Errorf("%s runs in every pipeline", name)
			}
		}
	}
	if running != wanted || secret != 2 {
		t.Errorf("%d jobs run the configuration, %d have secrets", running, secret)
	}
}

// TestStarterAlertsAreOurOwn: what a fresh repository begins with is a part of what is tested here, word for word.
func TestStarterAlertsAreOurOwn(t *testing.T) {
	for starter, own := range map[string]string{"prometheus/govctl.yml": "govctl.rules.yml", "prometheus/tests/govctl.test.yml": "govctl.rules.test.yml"} {
		text, err := templates.ReadFile("templates/starter/" + starter)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := os.ReadFile("../../../../.github/prometheus/" + own)
		if err != nil {
			t.Fatal(err)
		}
		blocks := regexp.MustCompile(`(?m)^ *- (alert|interval): `).Split(string(text), -1)
		if len(blocks) < 3 {
			t.Fatalf("%s: %d blocks", starter, len(blocks))
		}
		for _, b := range blocks[1:] {
			if !strings.Contains(string(ours), strings.TrimSpace(b)) {
				t.Errorf("%s: not in %s: %s", starter, own, b)
			}
		}
	}
}

// TestEditorsFindTheSchema: the first line of a generated configuration and the entry for the schema catalogue name the schema of this
// repository, which is there.
func TestEditorsFindTheSchema(t *testing.T) {
	const address = "https://raw.githubusercontent.com/romel/govctl/main/"
	var entry struct {
		URL       string   `json:"url"`
		FileMatch []string `json:"fileMatch"`
	}
	if err := json.Unmarshal([]byte(content(t, "../../../../schemas/schemastore.json")), &entry); err != nil {
		t.Fatal(err)
	}
	file, ok := strings.CutPrefix(entry.URL, address)
	if _, err := os.Stat("../../../../" + file); !ok || err != nil {
		t.Errorf("%s: %v", entry.URL, err)
	}
	if !slices.Equal(entry.FileMatch, []string{config.File}) {
		t.Errorf("the entry is for %v", entry.FileMatch)
	}
	text, err := templates.ReadFile("templates/govctl.yaml")
	if err != nil || !strings.HasPrefix(string(text), "# yaml-language-server: $schema="+entry.URL+"\n") {
		t.Errorf("the configuration does not begin with the schema %s: %v", entry.URL, err)
	}
}

// TestAPullRequestBuildsOnce: in every variant of the workflows, the jobs of a pull request that build govctl wait for each other, so that the
// second finds the build of the first; no third can come, which GitHub would have cancel the one that waits; and a release is not waited for.
func TestAPullRequestBuildsOnce(t *testing.T) {
	const group = "govctl-${{ github.ref }}"
	catalogueOnly, rulesOnly, contractOnly, rulesAndContract := ourselves, ourselves, ourselves, ourselves
	catalogueOnly.sourced, catalogueOnly.ruled = false, false
	rulesOnly.sourced, rulesOnly.taxonomy = false, ""
	contractOnly.ruled, contractOnly.taxonomy = false, ""
	rulesAndContract.taxonomy = ""
	for _, variant := range []struct {
		name    string
		r       repository
		members string
	}{
		{"everything", ourselves, "governance/pull-request taxonomy/taxonomy"},
		{"a catalogue alone", catalogueOnly, "governance/pull-request taxonomy/taxonomy"},
		{"rules and a contract", rulesAndContract, "governance/pull-request taxonomy/rules"},
		{"rules alone", rulesOnly, ""},
		{"a contract alone", contractOnly, ""},
	} {
		for _, version := range []string{"source", "v1.2.3"} {
			for _, with := range [][]string{nil, optionalNames()} {
				r, want := variant.r, variant.members
				r.govctl.version, r.with = version, with
				if version != "source" || !alerting(&r) {
					want = ""
				}
				builders, members := builders(t, &r, group)
				if got := strings.Join(members, " "); got != want {
					t.Errorf("%s, %s, with %q: %q are in the group, expected %q", variant.name, version, with, got, want)
				}
				if len(builders) == 0 {
					t.Errorf("%s: nothing builds for a pull request", variant.name)
				}
				if with == nil && version == "source" && len(builders) > 1 && !slices.Equal(builders, members) {
					t.Errorf("%s: %q build for a pull request, but %q wait for each other", variant.name, builders, members)
				}
			}
		}
	}
}

// builders are the jobs that install govctl in a pull request with the action, and the jobs that are in a concurrency group. Of a workflow that
// has one of these, one run at a time is in progress for the same ref.
func builders(t *testing.T, r *repository, group string) (builders, members []string) {
	t.Helper()
	files, err := generatedFiles(r)
	if err != nil {
		t.Fatal(err)
	}
	type concurrency struct{ Group string }
	for _, f := range files {
		base, ok := strings.CutPrefix(f.path, workflows)
		if !ok {
			continue
		}
		name := strings.TrimSuffix(base, ".yml")
		var w struct {
			On          map[string]any
			Concurrency concurrency
			Jobs        map[string]struct {
				If          string
				Concurrency concurrency
				Steps       []struct{ Uses string }
			}
		}
		if err := yaml.Unmarshal([]byte(f.text), &w); err != nil {
			t.Fatalf("%s: %v", f.path, err)
		}
		_, requested := w.On["pull_request"]
		for _, job := range slices.Sorted(maps.Keys(w.Jobs)) {
			j := w.Jobs[job]
			if requested && j.If != "github.event_name != 'pull_request'" {
				for _, s := range j.Steps {
					if s.Uses == r.govctl.action {
						builders = append(builders, name+"/"+job)
					}
				}
			}
			if j.Concurrency.Group != "" {
				members = append(members, name+"/"+job)
				if j.Concurrency.Group != group || w.Concurrency.Group != name+"-${{ github.ref }}" {
					t.Errorf("%s: %s is in the group %q, its workflow in %q", f.path, job, j.Concurrency.Group, w.Concurrency.Group)
				}
			}
		}
	}
	slices.Sort(members)
	slices.Sort(builders)
	return builders, members
}

// TestLimitsReachTheGates: every step that evaluates the alerts gets each limit as a variable or a secret, never in its script, and the audit has
// the limit of the original system.
func TestLimitsReachTheGates(t *testing.T) {
	all := inParts(ourselves)
	all.with = optionalNames()
	files, err := generatedFiles(&all)
	if err != nil {
		t.Fatal(err)
	}
	evaluating := map[string]int{}
	for _, f := range files {
		name, ok := strings.CutPrefix(f.path, workflows)
		if !ok {
			continue
		}
		var w struct {
			Jobs map[string]struct {
				Steps []struct {
					Run string
					Env map[string]string
				}
			}
		}
		if err := yaml.Unmarshal([]byte(f.text), &w); err != nil {
			t.Fatalf("%s: %v", f.path, err)
		}
		for _, job := range w.Jobs {
			for _, s := range job.Steps {
				if !strings.Contains(s.Run, "govctl run") && !strings.Contains(s.Run, "govctl taxonomy gate") {
					continue
				}
				evaluating[name]++
				for _, l := range limits {
					want := "${{ vars." + l.env + " || secrets." + l.env + " }}"
					if name == "taxonomy-weekly-audit.yml" && l.env == "TAXONOMY_DEPRECATION_MAX_DAYS" {
						want = strings.Replace(want, " }}", " || '60' }}", 1)
					}
					if l.env != "" && s.Env[l.env] != want {
						t.Errorf("%s: %s is %q, expected %q", name, l.env, s.Env[l.env], want)
					}
				}
			}
		}
	}
	want := map[string]int{"governance.yml": 3, "governance-stability-nightly.yml": 2, "taxonomy-pages.yml": 1, "taxonomy.yml": 1, "taxonomy-weekly-audit.yml": 1}
	if !maps.Equal(evaluating, want) {
		t.Errorf("%v steps evaluate the alerts", evaluating)
	}
	contractOnly := ourselves
	contractOnly.ruled, contractOnly.taxonomy = false, ""
	if files, err = generatedFiles(&contractOnly); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.path, workflows) && strings.Contains(f.text, limits[0].env) {
			t.Errorf("%s has limits of alerts that are not there", f.path)
		}
	}
}

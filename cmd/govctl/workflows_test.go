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
)

// TestGeneratedWorkflowsRunUnedited: in a repository with nothing in it, what init --example writes works as it stands: every command of every
// workflow, what one job hands to the next, and the check of what they published.
func TestGeneratedWorkflowsRunUnedited(t *testing.T) {
	bin := t.TempDir()
	say(t, ".", nil, "go build -buildvcs=false -o '"+filepath.Join(bin, "govctl")+"' .")
	dir := newcomersRepository(t, false)
	github := &outside{log: filepath.Join(bin, "github.log")}
	server := httptest.NewServer(github)
	defer server.Close()
	runner := &localRunner{dir: dir, temp: filepath.Join(bin, "temp"), env: []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "GITHUB_ACTIONS=true", "GITHUB_API_URL=" + server.URL, "GITHUB_REPOSITORY=o/r",
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_REF=refs/pull/7/merge", "GITHUB_RUN_ID=1", "GITHUB_SHA=",
		"GITHUB_STEP_SUMMARY=" + filepath.Join(bin, "summary.md"), "RUNNER_TEMP=" + filepath.Join(bin, "temp"),
	}}
	say(t, dir, runner.env, "git commit -q --allow-empty -m first && git push -q origin main && govctl init --example --ref 0123456789abcdef0123456789abcdef01234567")
	key := say(t, dir, runner.env, "govctl key new --json")
	field := func(name string) string {
		return regexp.MustCompile(`"` + name + `": "([^"]+)"`).FindStringSubmatch(key)[1]
	}
	say(t, dir, runner.env, `mkdir keys && echo '{"keys": [{"public_key_base64": "`+field("public_key_base64")+`", "key_id": "`+field("key_id")+`", "status": "active"}]}' > keys/trusted.json
		echo 'sign: {public_keys: keys/trusted.json}' >> govctl.yaml; git add . && git commit -q -m 'what init wrote, and a key'`)
	head := strings.TrimSpace(say(t, dir, nil, "git rev-parse HEAD"))
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte("#!/bin/sh\ncase \"$*\" in 'run list --branch main '*) echo "+head+" ;; *) exit 1 ;; esac\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	runner.env = append(runner.env, "GITHUB_SHA="+head)
	runner.values = map[string]string{
		"github.token": "t0ken", "github.base_ref": "main", "github.event.pull_request.base.sha": head, "runner.temp": runner.temp,
		"secrets.GOV_SIGNING_PRIVATE_KEY": field("seed_base64"), "secrets.GOVERNANCE_WEBHOOK": "", "secrets.GOVERNANCE_WEBHOOK_SECRET": "", "secrets.SLACK_WEBHOOK_URL": "",
	}
	names, err := filepath.Glob(filepath.Join(dir, ".github/workflows/*.yml"))
	if err != nil || len(names) != 8 {
		t.Fatalf("%d workflows, %v", len(names), err)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	for _, name := range names {
		w, _ := readJobs(t, name)
		for _, job := range slices.Sorted(maps.Keys(w.Jobs)) { // measure before send
			say(t, dir, runner.env, "git fetch -q origin")
			if out := runner.run(t, filepath.Base(name), job, w); strings.Contains(out, field("seed_base64")) {
				t.Errorf("%s: %s shows the key", filepath.Base(name), job)
			}
		}
	}
	if runner.ran < 25 {
		t.Errorf("only %d commands", runner.ran)
	}
	say(t, dir, runner.env, "git fetch -q origin && git cat-file -e origin/schemas:status/checksums-signature.json")
}

// localRunner executes the commands of jobs in a folder, with what one step or job says to the next.
type localRunner struct {
	dir, temp string
	env       []string
	values    map[string]string // of expressions
	ran       int
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

func (r *localRunner) value(t *testing.T, where, text string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		v, known := r.values[name]
		if !known && !strings.HasPrefix(name, "steps.") { // of which each may be absent
			t.Errorf("%s: what is %s?", where, name)
		}
		return v
	})
}

func (r *localRunner) run(t *testing.T, file, name string, w jobs) (printed string) {
	t.Helper()
	j := w.Jobs[name]
	maps.DeleteFunc(r.values, func(k, _ string) bool { return strings.HasPrefix(k, "steps.") })
	if err := os.RemoveAll(r.temp); err != nil {
		t.Fatal(err)
	}
	say(t, r.dir, nil, "mkdir -p '"+r.temp+"' && rm -rf governance published && git worktree prune")
	for _, s := range j.Steps {
		where := file + ": " + name + ": " + s.Name
		switch {
		case strings.HasPrefix(s.Uses, "actions/upload-artifact@"):
			say(t, r.dir, nil, "cp '"+r.value(t, where, s.With["path"])+"' '"+r.temp+"-"+s.With["name"]+"'")
		case strings.HasPrefix(s.Uses, "actions/download-artifact@"):
			to := r.value(t, where, s.With["path"])
			say(t, r.dir, nil, "mkdir -p '"+to+"' && mv '"+r.temp+"-"+s.With["name"]+"' '"+to+"/governance.tar'")
		}
		if s.Run == "" {
			continue
		}
		r.ran++
		output := filepath.Join(t.TempDir(), "output")
		env := append(slices.Clone(r.env), "GITHUB_OUTPUT="+output)
		for _, m := range []map[string]string{w.Env, j.Env, s.Env} {
			for key, value := range m {
				env = append(env, key+"="+r.value(t, where, value))
			}
		}
		t.Log(where)
		printed += say(t, r.dir, env, s.Run)
		said, _ := os.ReadFile(output) // absent where the step says nothing
		for line := range strings.Lines(string(said)) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && s.ID != "" {
				r.values["steps."+s.ID+".outputs."+key] = value
			}
		}
	}
	for key, value := range j.Outputs {
		r.values["needs."+name+".outputs."+key] = r.value(t, file+": "+name, value)
	}
	return printed
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

// TestKeyAndCommandsNeverMeet: a job that runs the commands of the configuration has no secret and cannot write to the repository; the job
// that has the key starts after it, on the default branch, in the protected environment, and looks at the digest before anything else.
func TestKeyAndCommandsNeverMeet(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml") // the templates are equal to them
	if err != nil {
		t.Fatal(err)
	}
	measured, sent := 0, 0
	for _, file := range files {
		w, _ := readJobs(t, file)
		base := filepath.Base(file)
		for name, j := range w.Jobs {
			runs := func(text string) int {
				return slices.IndexFunc(j.Steps, func(s step) bool { return strings.Contains(s.Run, text) })
			}
			one := jobs{Env: w.Env, Jobs: map[string]*job{name: j}}
			if runs("govctl run") >= 0 {
				measured++
				if got := one.holders("secrets."); len(got) > 0 || j.Environment != "" || j.Permissions["contents"] != "read" {
					t.Errorf("%s: %s runs the configuration and has secrets %q, environment %q, permissions %v", base, name, got, j.Environment, j.Permissions)
				}
				for _, s := range j.Steps {
					if strings.Contains(s.Run, "govctl run") && (jobs{Jobs: map[string]*job{name: {Steps: []step{s}}}}).holders("github.token") != nil {
						t.Errorf("%s: %s: the run sees the token", base, name)
					}
				}
			}
			if base == "release.yml" || len(one.holders("GOV_SIGNING_PRIVATE_KEY")) == 0 {
				continue
			}
			sent++
			check := runs("sha256sum --check --strict")
			if j.Environment != "governance" || !slices.Equal(j.Needs, needs{"measure"}) {
				t.Errorf("%s: %s: environment %q after %q", base, name, j.Environment, j.Needs)
			}
			if check < 0 || check > runs("govctl send") || j.Steps[check].Env["DIGEST"] != "${{ needs.measure.outputs.digest }}" || j.Steps[check].If != "" {
				t.Errorf("%s: %s: what was received is not compared with its digest first", base, name)
			}
			if got := one.holders("secrets."); !slices.Equal(got, []string{name + "/Sign, publish, notify"}) {
				t.Errorf("%s: secrets are seen by %q", base, got)
			}
			if !strings.Contains(j.If, "github.ref == 'refs/heads/main'") || j.Permissions["contents"] != "write" {
				t.Errorf("%s: %s runs if %s", base, name, j.If)
			}
		}
	}
	if measured != 4 || sent != 3 {
		t.Errorf("%d jobs measure, %d send", measured, sent)
	}
}

// TestAnUnansweredQuestionIsNoFirstRun: the step that asks for the published state says yes, says no, or fails.
func TestAnUnansweredQuestionIsNoFirstRun(t *testing.T) {
	w, _ := readJobs(t, "../../.github/workflows/governance.yml")
	i := slices.IndexFunc(w.Jobs["measure"].Steps, func(s step) bool { return s.ID == "state" })
	script := w.Jobs["measure"].Steps[i].Run
	dir := newcomersRepository(t, true)
	output := filepath.Join(t.TempDir(), "output")
	env := []string{"GITHUB_OUTPUT=" + output, "GITHUB_SERVER_URL=https://github.com", "GITHUB_TOKEN=t0ken"}
	if out := say(t, dir, env, script); !strings.Contains(out, "first run") || strings.Contains(out, "t0ken") {
		t.Errorf("before the first publication: %s", out)
	}
	say(t, dir, env, "git push -q origin HEAD:schemas")
	say(t, dir, env, script+"\ngrep -qx published=yes '"+output+"'")
	say(t, dir, env, "git remote set-url origin ../absent.git; code=0; bash -e <<'END' || code=$?\n"+script+"\nEND\n[ $code = 3 ]")
}

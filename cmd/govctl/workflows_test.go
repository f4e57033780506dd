package main

import (
	"cmp"
	"errors"
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
	bin := withProgram(t)
	dir := newcomersRepository(t, false)
	github := &outside{log: filepath.Join(bin, "github.log")}
	server := httptest.NewServer(github)
	defer server.Close()
	runner := &localRunner{dir: dir, program: filepath.Join(bin, "govctl"), temp: filepath.Join(bin, "temp"), env: []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "GITHUB_ACTIONS=true", "GITHUB_API_URL=" + server.URL, "GITHUB_REPOSITORY=o/r",
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_REF=refs/pull/7/merge", "GITHUB_RUN_ID=1", "GITHUB_SHA=",
		"GITHUB_STEP_SUMMARY=" + filepath.Join(bin, "summary.md"), "GITHUB_PATH=" + filepath.Join(bin, "path"), "RUNNER_TEMP=" + filepath.Join(bin, "temp"),
	}}
	say(t, dir, runner.env, "git commit -q --allow-empty -m first && git push -q origin main && govctl init --example --ref 0123456789abcdef0123456789abcdef01234567")
	key := say(t, dir, runner.env, "govctl key new --json")
	field := func(name string) string {
		return regexp.MustCompile(`"` + name + `": "([^"]+)"`).FindStringSubmatch(key)[1]
	}
	say(t, dir, runner.env, `mkdir keys && echo '{"keys": [{"public_key_base64": "`+field("public_key_base64")+`", "key_id": "`+field("key_id")+`", "status": "active"}]}' > keys/trusted.json
		echo 'sign: {public_keys: keys/trusted.json}' >> govctl.yaml; git add . && git commit -q -m 'what init wrote, and a key'`)
	head := strings.TrimSpace(say(t, dir, nil, "git rev-parse HEAD"))
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte("#!/bin/sh\ncase \"$*\" in 'run list --branch main '*) echo "+head+" ;; 'api repos/o/r/pages '*) echo 'HTTP 404' >&2; exit 1 ;; *) exit 1 ;; esac\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	runner.env = append(runner.env, "GITHUB_SHA="+head)
	runner.values = map[string]string{
		"github.token": "t0ken", "github.base_ref": "main", "github.event.pull_request.base.sha": head, "github.event.before": "", "runner.temp": runner.temp,
		"inputs.allow_breaking && '1' || ''": "", "inputs.stability_window": "", "inputs.stability_alert_threshold": "", "inputs.placeholder_max_runs": "",
		"inputs.placeholder_streak_alert_threshold": "",
		"secrets.GOV_SIGNING_PRIVATE_KEY":           field("seed_base64"), "secrets.GOVERNANCE_WEBHOOK": "", "secrets.GOVERNANCE_WEBHOOK_SECRET": "", "secrets.SLACK_WEBHOOK_URL": "",
	}
	for _, page := range []string{"alerts.md", "ci.md", "config.md"} {
		text, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		runner.docs += string(text)
	}
	names, err := filepath.Glob(filepath.Join(dir, ".github/workflows/*.yml"))
	if err != nil || len(names) != 5 {
		t.Fatalf("%d workflows, %v", len(names), err)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	for _, name := range names {
		w, _ := readJobs(t, name)
		jobs := slices.SortedFunc(maps.Keys(w.Jobs), func(a, b string) int { // each after those that it needs
			return cmp.Or(len(w.Jobs[a].Needs)-len(w.Jobs[b].Needs), strings.Compare(a, b))
		})
		for _, job := range jobs {
			say(t, dir, runner.env, "git fetch -q origin")
			if out := runner.run(t, filepath.Base(name), job, w); strings.Contains(out, field("seed_base64")) {
				t.Errorf("%s: %s shows the key", filepath.Base(name), job)
			}
		}
	}
	if runner.ran < 30 {
		t.Errorf("only %d commands", runner.ran)
	}
	say(t, dir, runner.env, "git fetch -q origin && git cat-file -e origin/schemas:status/checksums-signature.json")
}

// localRunner executes the commands of jobs in a folder, with what one step or job says to the next.
type localRunner struct {
	dir, temp string
	program   string // that the action installs
	env       []string
	values    map[string]string // of expressions
	docs      string            // that name all variables and secrets
	ran       int
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

func (r *localRunner) value(t *testing.T, where, text string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		v, known := r.values[name]
		if !known { // as GitHub does, it takes the first of the alternatives that is not empty
			v, known = r.first(strings.Split(name, " || "))
		}
		if !known {
			t.Errorf("%s: what is %s?", where, name)
		}
		return v
	})
}

// first is the first value that is not empty of a row of names and quoted texts. A repository may lack any variable, secret or output of a
// step: such a value is empty, and known
// where a document names it.
func (r *localRunner) first(names []string) (string, bool) {
	for _, name := range names {
		v, known := r.values[name]
		if text, quoted := strings.CutPrefix(name, "'"); quoted {
			v, known = strings.TrimSuffix(text, "'"), true
		}
		if v != "" {
			return v, true
		}
		kind, rest, _ := strings.Cut(name, ".")
		setting := kind == "vars" || kind == "secrets"
		if !known && kind != "steps" && (!setting || !strings.Contains(r.docs, rest)) {
			return "", false
		}
	}
	return "", true
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
		case strings.HasPrefix(s.Uses, "romel/govctl@"):
			say(t, r.dir, nil, "mkdir -p '"+r.temp+"/govctl-bin' && cp '"+r.program+"' '"+r.temp+"/govctl-bin/govctl'")
			if s.ID != "" {
				r.values["steps."+s.ID+".outputs.digest"] = strings.Fields(say(t, r.dir, nil, "sha256sum '"+r.program+"'"))[0]
			}
		case strings.HasPrefix(s.Uses, "actions/upload-artifact@"):
			kept := "'" + r.temp + "-" + s.With["name"] + "'"
			say(t, r.dir, nil, "rm -rf "+kept+" && mkdir "+kept+" && cp -r '"+r.value(t, where, s.With["path"])+"' "+kept)
		case strings.HasPrefix(s.Uses, "actions/download-artifact@"):
			to := "'" + r.value(t, where, s.With["path"]) + "'"
			if s.With["pattern"] != "" { // no job kept one
				continue
			}
			say(t, r.dir, nil, "mkdir -p "+to+" && cp -r '"+r.temp+"-"+s.With["name"]+"'/. "+to)
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

// limits are the settings of gates that a repository may keep as secrets, as the original system did. They are no credentials.
var limits = regexp.MustCompile(`secrets\.(RUNBOOK_MIN_PERCENT|MAX_CHURN_DELTA|MAX_RISK_CHURN_DELTA|RISK_CHURN_SPIKE_FAIL|RISK_CHURN_SPIKE_THRESHOLD|TAXONOMY_DEPRECATION_MAX_DAYS|TAXONOMY_DEPRECATION_STRICT)\b`)

// TestKeyAndCommandsNeverMeet: a job that runs the commands of the configuration has no credential and cannot write to the repository; the job
// that has the key starts after it, on the default branch, in the protected environment, and looks at the digest before anything else.
func TestKeyAndCommandsNeverMeet(t *testing.T) {
	t.Setenv("PATH", withProgram(t)+string(os.PathListSeparator)+os.Getenv("PATH"))
	parts := newcomersRepository(t, true)
	say(t, parts, nil, "govctl init --shards 3 --ref "+builtFor+" > /dev/null && sed -i.before 's|romel/govctl@.*|./|' .github/workflows/*.yml")
	files, err := filepath.Glob("../../.github/workflows/*.yml") // the templates are equal to them
	sharded, err2 := filepath.Glob(filepath.Join(parts, ".github/workflows/*.yml"))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	measured, sent := 0, 0
	for _, file := range append(files, sharded...) {
		w, _ := readJobs(t, file)
		base := filepath.Base(file)
		for name, j := range w.Jobs {
			runs := func(text string) int {
				return slices.IndexFunc(j.Steps, func(s step) bool { return strings.Contains(s.Run, text) })
			}
			one := jobs{Env: w.Env, Jobs: map[string]*job{name: j}}
			handedOn(t, base+": "+name, w, j)
			if runs("govctl run") >= 0 {
				measured++
				if got := one.without(limits).holders("secrets."); len(got) > 0 || j.Environment != "" || j.Permissions["contents"] != "read" {
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
			check := runs(`"$DIGEST  governance.tar" | sha256sum --check --strict`)
			if j.Environment != "governance" || !slices.Equal(j.Needs, needs{"govctl", "measure"}) {
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
	if measured != 3+5 || sent != 2+2 {
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

// handedOn checks where a job has its govctl from: of the action, or of another job that is not one with commands, by the digest of that job's
// output, before anything of it runs. What a job with commands could have kept in the cache is used by no job with a secret, nor by one
// that the others trust.
func handedOn(t *testing.T, where string, w jobs, j *job) {
	t.Helper()
	for i, s := range j.Steps {
		switch {
		case strings.HasPrefix(s.Uses, "actions/download-artifact@") && s.With["name"] == "govctl":
			m := regexp.MustCompile(`^\$\{\{ needs\.([a-z-]+)\.outputs\.digest \}\}$`).FindStringSubmatch(j.Steps[i+1].Env["DIGEST"])
			if m == nil || !slices.Contains(j.Needs, m[1]) || j.Steps[i+1].If != "" || !strings.Contains(j.Steps[i+1].Run, `"$DIGEST  govctl" | sha256sum --check --strict`) {
				t.Errorf("%s uses a govctl whose digest it has not compared", where)
				continue
			}
			for _, from := range w.Jobs[m[1]].Steps {
				if strings.Contains(from.Run, "govctl run") {
					t.Errorf("%s takes the govctl of a job that runs the commands of the configuration", where)
				}
				if strings.HasPrefix(from.Uses, "./") && from.With["cache"] != "fill" && w.Jobs["send"] != nil && w.after("send", m[1]) {
					t.Errorf("%s: the govctl of %s may come from the cache", where, m[1])
				}
			}
		case s.Uses == "./" && (jobs{Jobs: map[string]*job{"": j}}).holders("secrets.GOV") != nil:
			t.Errorf("%s has the key and installs govctl itself", where)
		}
	}
}

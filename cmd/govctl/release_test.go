package main

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// jobs is a workflow as its security depends on it.
type jobs struct {
	Permissions map[string]string
	Env         map[string]string
	Jobs        map[string]*job
}

type job struct {
	Needs           needs
	Permissions     map[string]string
	Environment, If string
	Env             map[string]string
	Outputs         map[string]string
	Steps           []step
}

type step struct {
	Name, ID, If, Uses, Run string
	Env, With               map[string]string
}

// needs is one job or a list of them.
type needs []string

func (n *needs) UnmarshalYAML(value *yaml.Node) error {
	if value.Kind == yaml.ScalarNode {
		*n = needs{value.Value}
		return nil
	}
	return value.Decode((*[]string)(n))
}

func readJobs(t *testing.T, file string) (jobs, string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var w jobs
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	return w, string(text)
}

// after reports whether a job runs only after another one has passed, directly or through others.
func (w jobs) after(name, other string) bool {
	return slices.ContainsFunc(w.Jobs[name].Needs, func(n string) bool { return n == other || w.after(n, other) })
}

// holders are the steps that see a text in their environment or input, and the jobs or workflow that give it to all of theirs.
func (w jobs) holders(text string) (all []string) {
	has := func(m map[string]string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(m)), func(v string) bool { return strings.Contains(v, text) })
	}
	if has(w.Env) {
		all = append(all, "the workflow")
	}
	for _, name := range slices.Sorted(maps.Keys(w.Jobs)) {
		j := w.Jobs[name]
		if has(j.Env) {
			all = append(all, name)
		}
		for _, s := range j.Steps {
			if has(s.Env) || has(s.With) {
				all = append(all, name+"/"+s.Name)
			}
		}
	}
	return all
}

// without are the jobs with a text taken out of what their steps are given.
func (w jobs) without(text *regexp.Regexp) jobs {
	out := jobs{Env: w.Env, Jobs: map[string]*job{}}
	for name, j := range w.Jobs {
		one := *j
		one.Steps = slices.Clone(j.Steps)
		for i, s := range one.Steps {
			one.Steps[i].Env = maps.Clone(s.Env)
			for key, value := range s.Env {
				one.Steps[i].Env[key] = text.ReplaceAllString(value, "")
			}
		}
		out.Jobs[name] = &one
	}
	return out
}

// TestReleaseWorkflow: the tag is tested before anything is built, the seed is seen by the step that signs and by no other, provenance is
// attested by a job that can do nothing else, and only the last job can write to the repository.
func TestReleaseWorkflow(t *testing.T) {
	w, text := readJobs(t, "../../.github/workflows/release.yml")
	if w.Permissions == nil || len(w.Permissions) != 0 {
		t.Errorf("permissions of the workflow: %v", w.Permissions)
	}
	for name := range w.Jobs {
		if name != "test" && !w.after(name, "test") {
			t.Errorf("%s does not wait for the tests", name)
		}
	}
	if first := w.Jobs["test"].Steps[len(w.Jobs["test"].Steps)-1]; first.Run != ".ci/run" || first.If != "" {
		t.Errorf("the tests are %+v", first)
	}
	if got := w.holders("secrets."); !slices.Equal(got, []string{"sign/Sign"}) || strings.Count(text, "secrets.") != 1 {
		t.Errorf("secrets are seen by %q", got)
	}
	if got := w.holders("github.token"); !slices.Equal(got, []string{"draft/Draft"}) {
		t.Errorf("the token is seen by %q", got)
	}
	if w.Jobs["sign"].Environment != "governance" {
		t.Error("the key is not in the protected environment")
	}
	writes := map[string][]string{}
	for name, j := range w.Jobs {
		for what, how := range j.Permissions {
			if how == "write" {
				writes[what] = append(writes[what], name)
			}
		}
		if name != "sign" && j.Environment != "" {
			t.Errorf("%s is in the environment %s", name, j.Environment)
		}
	}
	want := map[string][]string{"contents": {"draft"}, "id-token": {"attest"}, "attestations": {"attest"}}
	if !maps.EqualFunc(writes, want, slices.Equal) {
		t.Errorf("jobs that write: %v, want %v", writes, want)
	}
	attests := slices.ContainsFunc(w.Jobs["attest"].Steps, func(s step) bool {
		return strings.HasPrefix(s.Uses, "actions/attest-build-provenance@") && s.With["subject-checksums"] == "dist/release/SHA256SUMS" && s.If == ""
	})
	if !attests || !w.after("draft", "attest") || !w.after("draft", "sign") {
		t.Error("a draft is made without provenance or signature")
	}
	for name, j := range w.Jobs {
		for i, s := range j.Steps {
			if s.Uses != "" && !regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`).MatchString(s.Uses) {
				t.Errorf("%s: %s is not pinned", name, s.Uses)
			}
			if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false" {
				t.Errorf("%s leaves credentials behind", name)
			}
			if strings.Contains(s.Run, "${{") {
				t.Errorf("%s/%s: an expression in a script", name, s.Name)
			}
			if strings.HasPrefix(s.Uses, "actions/download-artifact@") {
				next := j.Steps[i+1]
				if next.If != "" || !strings.Contains(next.Run, `received dist/release "$DIGEST"`) || !strings.HasPrefix(next.Env["DIGEST"], "${{ needs.") {
					t.Errorf("%s uses an artifact whose digest it has not compared", name)
				}
			}
		}
	}
}

// TestReleaseFilesAreReceivedByDigest runs the steps that hand a release from one job to the next.
func TestReleaseFilesAreReceivedByDigest(t *testing.T) {
	dir := t.TempDir()
	say(t, dir, nil, "printf a > a; printf b > b")
	script := abs(t, "../../.ci/release")
	digest := strings.TrimSpace(say(t, dir, nil, "'"+script+"' digest ."))
	say(t, dir, nil, "'"+script+"' received . "+digest)
	for _, change := range []string{"printf x >> a", "mv a c", "rm b", "printf c > c"} {
		copied := t.TempDir()
		say(t, dir, nil, "cp a b '"+copied+"'")
		say(t, copied, nil, change+"; ! '"+script+"' received . "+digest)
	}
	say(t, dir, nil, "! '"+script+"' received . ''")
	say(t, dir, []string{"GOV_SIGNING_PRIVATE_KEY="}, "! '"+script+"' sign . /bin/true")
}

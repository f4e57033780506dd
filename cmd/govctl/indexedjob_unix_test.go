//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.yaml.in/yaml/v4"
)

// manifest is a Job of Kubernetes, as far as it decides about what runs in it.
type manifest struct {
	APIVersion, Kind string
	Metadata         struct{ Name string }
	Spec             struct {
		CompletionMode           string
		Completions, Parallelism int
		Template                 struct{ Spec pod }
	}
}

type pod struct {
	RestartPolicy                string
	AutomountServiceAccountToken *bool
	SecurityContext              struct{ RunAsNonRoot bool }
	Containers                   []struct {
		WorkingDir string
		Args       []string
		Env        []struct {
			Name, Value string
			ValueFrom   struct{ FieldRef struct{ FieldPath string } }
		}
		VolumeMounts    []struct{ MountPath, SubPath string }
		SecurityContext struct {
			ReadOnlyRootFilesystem   bool
			AllowPrivilegeEscalation *bool
			Capabilities             struct{ Drop []string }
		}
	}
}

// readManifest reads a Job that init has written, and looks at the rights of its pods.
func readManifest(t *testing.T, file string) (m manifest) {
	t.Helper()
	var tree any
	text, err := os.ReadFile(file)
	err = errors.Join(err, yaml.Unmarshal(text, &tree))
	asJSON, err2 := json.Marshal(tree) // which looks for the names of fields in any case
	if err = errors.Join(err, err2, json.Unmarshal(asJSON, &m)); err != nil || m.APIVersion != "batch/v1" || m.Kind != "Job" || len(m.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("%s: %v\n%s", file, err, text)
	}
	p := m.Spec.Template.Spec
	s, token := p.Containers[0].SecurityContext, p.AutomountServiceAccountToken
	if !p.SecurityContext.RunAsNonRoot || !s.ReadOnlyRootFilesystem || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || !slices.Equal(s.Capabilities.Drop, []string{"ALL"}) ||
		token == nil || *token || p.RestartPolicy != "Never" {
		t.Errorf("%s: %+v", file, p)
	}
	return m
}

// command is the container of a Job as a process: its variables, those that somebody else sets, and its arguments. The volume is a folder.
func (m *manifest) command(t *testing.T, volume string, set map[string]string) *exec.Cmd {
	t.Helper()
	c := m.Spec.Template.Spec.Containers[0]
	env := maps.Clone(set)
	for _, v := range c.Env {
		switch {
		case set[v.Name] != "":
		case v.ValueFrom.FieldRef.FieldPath == "metadata.labels['batch.kubernetes.io/job-name']":
			env[v.Name] = m.Metadata.Name
		default:
			env[v.Name] = v.Value
		}
	}
	for _, v := range c.VolumeMounts { // the kubelet makes the folders
		if v.SubPath == "" {
			continue
		}
		if v.MountPath != "/work/"+v.SubPath {
			t.Errorf("%s is mounted at %s", v.SubPath, v.MountPath)
		}
		if err := os.MkdirAll(filepath.Join(volume, v.SubPath), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	inVolume := func(text string) string {
		for name, value := range env {
			text = strings.ReplaceAll(text, "$("+name+")", value)
		}
		if rest, ok := strings.CutPrefix(text, "/work/"); ok {
			return filepath.Join(volume, rest)
		}
		return text
	}
	cmd := exec.Command("govctl")
	for _, arg := range c.Args {
		cmd.Args = append(cmd.Args, inVolume(arg))
	}
	cmd.Dir = inVolume(c.WorkingDir)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+atNoon)
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// filesBelow are the files of a folder by their names, without the one that says how long each step took.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "status/run-log.json" {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// fiveContracts is the volume of a Job: a repository with five contracts, one of them from a command, and what init writes for four shards.
func fiveContracts(t *testing.T) (volume, repository string) {
	t.Helper()
	volume = t.TempDir()
	repository = filepath.Join(volume, "repository")
	say(t, volume, nil, `git init -q -b main repository && cd repository && git config user.name t && git config user.email t@example.com
		for s in orders billing mail users search; do
			mkdir -p services/$s
			printf 'openapi: 3.1.0\ninfo: {title: %s, version: 1.0.0}\npaths:\n  /items:\n    get:\n      responses:\n        "200": {description: Items of %s.}\n' $s $s > services/$s/openapi.yaml
		done
		govctl init --ci kubernetes --shards 4 --ref `+builtFor+` > /dev/null && sed -i.before 's|services/search/openapi.yaml|cmd:cat services/search/openapi.yaml|' govctl.yaml && rm govctl.yaml.before
		git add . && git commit -qm one`)
	return volume, repository
}

// TestIndexedJob runs the Jobs that init writes by the two variables that Kubernetes and the manifest set, in processes side by side. One of them is
// killed in the middle: the merge names what is missing and leaves everything as it was. Once that part was assessed the merge has the files of a
// run without parts.
func TestIndexedJob(t *testing.T) {
	t.Setenv("PATH", withProgram(t)+string(os.PathListSeparator)+os.Getenv("PATH"))
	volume, repository := fiveContracts(t)
	parts, merge := readManifest(t, filepath.Join(repository, "kubernetes/govctl-parts.yaml")), readManifest(t, filepath.Join(repository, "kubernetes/govctl-merge.yaml"))
	n := parts.Spec.Completions
	if parts.Spec.CompletionMode != "Indexed" || n != 4 || parts.Spec.Parallelism != n {
		t.Fatalf("%+v", parts.Spec)
	}
	job := func(i int) *exec.Cmd {
		return parts.command(t, volume, map[string]string{"COMMIT": head(t, repository), "JOB_COMPLETION_INDEX": strconv.Itoa(i)})
	}
	merged := func(want int) string {
		out, err := merge.command(t, volume, map[string]string{"COMMIT": head(t, repository)}).CombinedOutput()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || exit == nil && want != 0 || exit != nil && exit.ExitCode() != want {
			t.Fatalf("the merge: %v, expected exit code %d\n%s", err, want, out)
		}
		return string(out)
	}
	for i := range n { // the first run
		if out, err := job(i).CombinedOutput(); err != nil || strings.Contains(string(out), "warning") {
			t.Fatalf("part %d: %v\n%s", i, err, out)
		}
	}
	merged(0)
	whole := filepath.Join(volume, "whole")
	say(t, volume, nil, "cp -r governance whole")

	say(t, repository, nil, `sed -i.before 's/get:/post:/' services/billing/openapi.yaml && rm services/billing/openapi.yaml.before && git commit -qam two`)
	before := filesBelow(t, filepath.Join(volume, "governance"))
	held, kept := filepath.Join(repository, "services/search/openapi.yaml"), filepath.Join(volume, "kept.yaml")
	if err := errors.Join(os.Rename(held, kept), syscall.Mkfifo(held, 0o600)); err != nil {
		t.Fatal(err)
	}
	killed := killedWhileReading(t, held, n, job)
	if err := os.Rename(kept, held); err != nil {
		t.Fatal(err)
	}
	if said := merged(3); !strings.Contains(said, fmt.Sprintf("parts/%d: there is no file of a shard", killed)) || !maps.Equal(before, filesBelow(t, filepath.Join(volume, "governance"))) {
		t.Errorf("without the part %d: %s", killed, said)
	}

	if out, err := job(killed).CombinedOutput(); err != nil {
		t.Fatalf("part %d again: %v\n%s", killed, err, out)
	}
	if said := merged(1); !strings.HasPrefix(said, "billing breaks its clients") {
		t.Errorf("the verdict of the whole: %s", said)
	}
	say(t, repository, []string{"SOURCE_DATE_EPOCH=" + atNoon}, "govctl run --run-id "+parts.Metadata.Name+" --out '"+whole+"' > /dev/null || [ $? = 1 ]; [ -z \"$(git status --porcelain)\" ]")
	got, want := filesBelow(t, filepath.Join(volume, "governance")), filesBelow(t, whole)
	for name := range maps.Keys(want) {
		if got[name] != want[name] {
			t.Errorf("%s is not that of a run without parts", name)
		}
	}
	if len(got) != len(want) || len(want) < 100 {
		t.Errorf("%d files, and %d of a run without parts", len(got), len(want))
	}
}

func head(t *testing.T, repository string) string {
	t.Helper()
	return strings.TrimSpace(say(t, repository, nil, "git rev-parse HEAD"))
}

// killedWhileReading starts all parts at once, and kills the one that reads a pipe in which nothing comes. The others end.
func killedWhileReading(t *testing.T, pipe string, n int, job func(int) *exec.Cmd) (killed int) {
	t.Helper()
	all, said := make([]*exec.Cmd, n), make([]bytes.Buffer, n)
	for i := range all {
		all[i] = job(i)
		all[i].Stdout, all[i].Stderr = &said[i], &said[i]
		if err := all[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	end, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns once the command of the contract reads it
	if err != nil {
		t.Fatal(err)
	}
	ended, killed := make(chan int, n), -1
	errs := make([]error, n)
	for i := range all {
		go func() {
			errs[i] = all[i].Wait()
			ended <- i
		}()
	}
	left := map[int]bool{}
	for i := range n {
		left[i] = true
	}
	for range n - 1 {
		i := <-ended
		delete(left, i)
		if errs[i] != nil {
			t.Errorf("part %d: %v\n%s", i, errs[i], said[i].String())
		}
	}
	for i := range left {
		killed = i
	}
	err = errors.Join(all[killed].Process.Kill(), os.Remove(pipe), end.Close()) // SIGKILL; what it has started ends with the pipe
	if <-ended; err != nil || errs[killed] == nil {
		t.Fatalf("part %d was not killed: %v", killed, err)
	}
	return killed
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
)

// The tests of these files run the program as CI does and look at nothing but files, output and exit codes:
// gate_test.go, tolerant_test.go, recorded_test.go, twoprojects_test.go, hostile_test.go, streak_test.go.

// testKey is the seed of testdata/recorded/README.md, testPublicKey its public key.
const (
	testKey       = "Z292Y3RsIHJlY29yZGVkIGZpeHR1cmUgdGVzdCBrZXk="
	testPublicKey = "lOikPWekqiOO8sGcbrceClFdUn5cGA56re4A4K7+T9w="
	trustedKeys   = `{"schema": "govctl/trusted-keys/v1", "keys": [{"public_key_base64": "` + testPublicKey + `", "status": "active"}]}`
)

// shop is a service in a folder of its own.
type shop struct {
	t   testing.TB
	dir string
	env []string // beside that of the test process
	n   int      // runs so far
}

// ran is what one call of govctl came to.
type ran struct {
	code int
	out  string // both streams
	sha  string
}

// newShop is a service with this configuration and no contract yet.
func newShop(t testing.TB, config string) *shop {
	t.Helper()
	s := &shop{t: t, dir: t.TempDir()}
	s.env = []string{
		"HOME=" + t.TempDir(), "XDG_CACHE_HOME=", "GIT_CEILING_DIRECTORIES=" + filepath.Dir(s.dir),
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com",
		"GOV_SIGNING_PRIVATE_KEY=" + testKey,
	}
	t.Chdir(s.dir) // for the calls within this process; keeps such tests from running beside each other
	for _, kv := range s.env {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
	if config != "" {
		s.write("govctl.yaml", config)
	}
	return s
}

// contract is an OpenAPI document of this version with operations like "get /items".
func contract(version string, operations ...string) string {
	paths := map[string]map[string]any{}
	for _, o := range operations {
		method, path, _ := strings.Cut(o, " ")
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][method] = map[string]any{"responses": map[string]any{"200": map[string]any{"description": "OK"}}}
	}
	b, _ := json.Marshal(map[string]any{"openapi": "3.1.0", "info": map[string]any{"title": "Shop", "version": version}, "paths": paths}) // strings and maps only
	return string(b) + "\n"
}

// The contracts that most tests run over: good adds to base, bad removes from it, worse removes more.
var (
	baseContract  = contract("1.0.0", "get /items", "post /items", "delete /items")
	goodContract  = contract("1.0.1", "get /items", "post /items", "delete /items", "get /shops")
	badContract   = contract("1.0.2", "get /items", "post /items", "get /shops")
	worseContract = contract("1.0.3", "get /items", "get /shops")
)

func (s *shop) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// read is a file's text; empty where there is none.
func (s *shop) read(name string) string {
	s.t.Helper()
	b, err := os.ReadFile(s.path(name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.t.Fatal(err)
	}
	return string(b)
}

// copyFrom takes over the files of another folder.
func (s *shop) copyFrom(dir string) *shop {
	s.t.Helper()
	if err := os.CopyFS(s.dir, os.DirFS(dir)); err != nil {
		s.t.Fatal(err)
	}
	return s
}

// command is any program in the folder.
func (s *shop) command(name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(s.t.Context(), name, args...)
	c.Dir, c.Env = s.dir, append(os.Environ(), s.env...)
	return c
}

// govctl is one call of the program, whatever it comes to. It runs within the test process, which saves most of the time; the tests that
// kill it or run several at once start it as a process.
func (s *shop) govctl(args ...string) ran {
	s.t.Helper()
	if err := os.Chdir(s.dir); err != nil {
		s.t.Fatal(err)
	}
	var out bytes.Buffer
	world := cli.World()
	world.Stdin, world.Stdout, world.Stderr, world.Terminal, world.Screen, world.Colour = strings.NewReader(""), &out, &out, false, false, false
	code := cli.Main(world, args)
	return ran{code: code, out: out.String()}
}

// process is one call of the program as a process of its own.
func (s *shop) process(args ...string) ran {
	s.t.Helper()
	out, err := s.command("govctl", args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	r := ran{out: string(out)}
	if exit != nil {
		r.code = exit.ExitCode()
	}
	return r
}

// must is a command that has to succeed; it returns what that prints.
func (s *shop) must(name string, args ...string) string {
	s.t.Helper()
	out, err := s.command(name, args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// run is `govctl run` of the next commit, on the next day.
func (s *shop) run(args ...string) ran {
	s.t.Helper()
	s.n++
	return s.runAs(s.n, args...)
}

// runAs is `govctl run` as the run of this number.
func (s *shop) runAs(n int, args ...string) ran {
	s.t.Helper()
	sha := "abcd" + strconv.Itoa(1000+n)
	now := time.Date(2026, 12, n, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)
	r := s.govctl(append([]string{"run", "--sha", sha, "--run-id", strconv.Itoa(n), "--now", now}, args...)...)
	r.sha = sha
	return r
}

// over writes a contract and runs over it.
func (s *shop) over(document string, args ...string) ran {
	s.t.Helper()
	s.write("openapi.yaml", document)
	return s.run(args...)
}

// want ends the test where a call came to another exit code.
func (s *shop) want(r ran, code int, why string) {
	s.t.Helper()
	if r.code != code {
		s.t.Fatalf("%s: exit code %d, want %d\n%s", why, r.code, code, r.out)
	}
}

// summaryFile is what the tests read of governance-summary.json.
type summaryFile struct {
	SHA        string
	Passed     bool
	Checked    *bool
	NotChecked []struct{ Step, Contract, Reason string } `json:"not_checked"`
	Streak     int                                       `json:"placeholder_streak"`
	Semver     string                                    `json:"semver_policy_status"`
}

// summary is the summary in an output folder; nil where it cannot be read.
func (s *shop) summary(out string) *summaryFile {
	s.t.Helper()
	var v summaryFile
	if json.Unmarshal([]byte(s.read(out+"/status/governance-summary.json")), &v) != nil {
		return nil
	}
	return &v
}

// agrees checks that the summary of this run, where the run wrote one, says what its exit code says.
func (s *shop) agrees(r ran, out string) {
	s.t.Helper()
	sum := s.summary(out)
	if sum == nil || sum.SHA != r.sha {
		if r.code == 0 || r.code == 1 {
			s.t.Errorf("the run ended with exit code %d and left no summary\n%s", r.code, r.out)
		}
		return
	}
	checked := r.code == 0 || r.code == 1
	if sum.Checked == nil || *sum.Checked != checked || sum.Passed != (r.code == 0) || (len(sum.NotChecked) == 0) != checked {
		s.t.Errorf("exit code %d, and the summary has passed %v, checked %v, not_checked %v", r.code, sum.Passed, show(sum.Checked), sum.NotChecked)
	}
	if checked {
		return
	}
	if words := strings.Fields(r.out); contains(words, "compatible") {
		s.t.Errorf("a run that was not checked says %q\n%s", "compatible", r.out)
	}
	for _, badge := range []string{"governance-summary-badge", "governance-combined-badge"} {
		if text := s.read(out + "/status/" + badge + ".json"); text != "" && !strings.Contains(text, `"lightgrey"`) {
			s.t.Errorf("%s of a run that was not checked: %s", badge, text)
		}
	}
}

func show(b *bool) string {
	if b == nil {
		return "absent"
	}
	return strconv.FormatBool(*b)
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if strings.Trim(w, ".,;:()") == word {
			return true
		}
	}
	return false
}

// template is a folder that is made once and copied by many tests.
type template struct {
	once sync.Once
	dir  string
	make func(*shop)
}

// shop is a copy of the template, made by the first test that wants one; runs counts on from n.
func (p *template) shop(t testing.TB, n int) *shop {
	t.Helper()
	p.once.Do(func() {
		s := newShop(t, "")
		p.make(s)
		dir, err := os.MkdirTemp(templates, "")
		if err == nil {
			err = os.CopyFS(dir, os.DirFS(s.dir))
		}
		if err != nil {
			t.Fatal(err)
		}
		p.dir = dir
	})
	if p.dir == "" {
		t.Fatal("the template was not made")
	}
	s := newShop(t, "").copyFrom(p.dir)
	s.n = n
	return s
}

// templates is the folder of all templates, which TestMain removes.
var templates string

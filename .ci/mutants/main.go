// Command mutants changes the code that decides, one operator at a time, and runs the tests of its package over each change: a change that
// no test notices is a decision that nobody checks. `make mutants` runs it; arguments choose packages. It fails where a survivor is not in
// survivors.txt, with a reason, or where fewer than nine of ten changes are noticed.
package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

const tool = "github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0"

// least is the share of the changes, in percent, that the tests have to notice.
const least = 90

// decides lists the files by package, and the tests of the package that are too slow to run once for each change.
var decides = []struct{ dir, files, slow string }{
	{"internal/policy", "keys match order policy rules table value verdict waivers workflows", ""},
	{"internal/integrity", "manifest files verify list listed trusted trust rotation", "^(TestEveryByte|TestPythonVerifiesOurs|TestWeVerifyPythons)$|^TestTamperMatrix$/^too_large"},
	{"internal/gitrepo", "publish tip folder build", "^(TestConcurrentWriters|TestKilledPublisher|TestMovedTip)$"},
	{"cmd/govctl/internal/cli", "state stateverify takeover publication exit", ""},
	{"internal/pipeline", "state original baseline bundle gate run policy policysides semver", "^(TestKilledAtAnyStep|TestOwnRuleTests|TestQuickstart.*)$"},
}

//go:embed survivors.txt
var accepted string

// The variables by which the wrapper is told where the go command is, and which tests to leave out.
const (
	realGo  = "MUTANTS_GO"
	skipped = "MUTANTS_SKIP"
)

func main() {
	if strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") == "go" {
		os.Exit(wrapper(os.Args[1:]))
	}
	if err := census(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// wrapper stands for the go command before gremlins, which takes a change that does not compile for one that a test noticed, and a condition
// of a case for one that no test reaches. The tests run without vet and without the tables of a debugger.
func wrapper(args []string) int {
	if len(args) > 0 && args[0] == "test" {
		flags := []string{"test", "-vet=off", "-ldflags=-s"}
		if slow := os.Getenv(skipped); slow != "" {
			flags = append(flags, "-skip="+slow)
		}
		args = append(flags, args[1:]...)
	}
	cmd := exec.Command(os.Getenv(realGo), args...)
	out, err := cmd.CombinedOutput()
	os.Stdout.Write(out)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && (strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]")):
		return 2 // not viable
	case errors.As(err, &exit):
		return exit.ExitCode()
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	if i := slices.Index(args, "-coverprofile"); i >= 0 {
		if err := reachAll(args[i+1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
	}
	return 0
}

// reachAll makes every line of the files of a profile a covered one, so that each change is tried.
func reachAll(profile string) error {
	b, err := os.ReadFile(profile)
	if err != nil {
		return err
	}
	files := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if name, _, ok := strings.Cut(line, ".go:"); ok {
			files[name+".go"] = true
		}
	}
	out := strings.Builder{}
	out.WriteString("mode: set\n")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&out, "%s:1.1,100000.1 1 1\n", name)
	}
	return os.WriteFile(profile, []byte(out.String()), 0o644)
}

// tally counts the changes of one file by their end.
type tally map[string]int

func (t tally) tried() (n int) {
	for status, k := range t {
		if status != "NOT VIABLE" {
			n += k
		}
	}
	return n
}

func (t tally) noticed() int { return t["KILLED"] + t["TIMED OUT"] }

func census(packages []string) error {
	tmp, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(tmp, "go"))
	}
	if err != nil {
		return err
	}
	env := append(os.Environ(), realGo+"="+goCommand, "PATH="+tmp+string(os.PathListSeparator)+os.Getenv("PATH"))
	install := exec.Command(goCommand, "install", tool) // go run would put the true go command before the wrapper
	install.Env, install.Stderr = append(os.Environ(), "GOBIN="+tmp), os.Stderr
	if err := install.Run(); err != nil {
		return fmt.Errorf("install %s: %w", tool, err)
	}
	reasons, err := parseAccepted()
	if err != nil {
		return err
	}
	all, unexplained := tally{}, 0
	for _, d := range decides {
		if len(packages) > 0 && !slices.ContainsFunc(packages, func(p string) bool { return strings.Trim(p, "./") == d.dir }) {
			continue
		}
		fmt.Println(d.dir)
		files, err := mutate(append(slices.Clone(env), skipped+"="+d.slow), tmp, d.dir, strings.Fields(d.files))
		if err != nil {
			return fmt.Errorf("%s: %w", d.dir, err)
		}
		for _, f := range files {
			t := tally{}
			for _, m := range f.Mutations {
				t[m.Status]++
				all[m.Status]++
				if m.Status == "KILLED" || m.Status == "NOT VIABLE" || m.Status == "TIMED OUT" {
					continue
				}
				key := survivor{filepath.ToSlash(filepath.Join(d.dir, f.Name)), m.Type, lineOf(d.dir, f.Name, m.Line)}
				reason := reasons[key]
				if reason == "" {
					reason = "NOT EXPLAINED in .ci/mutants/survivors.txt"
					unexplained++
				}
				fmt.Printf("  %s %s:%d:%d %s: %s\n    %s\n", strings.ToLower(m.Status), key.file, m.Line, m.Column, m.Type, key.text, reason)
			}
			fmt.Printf("%-16s %3d of %3d noticed, %d timed out, %d do not compile\n", f.Name, t.noticed(), t.tried(), t["TIMED OUT"], t["NOT VIABLE"])
		}
	}
	tried, noticed := all.tried(), all.noticed()
	if tried == 0 {
		return errors.New("no change was tried")
	}
	fmt.Printf("%d of %d changes noticed (%.1f %%), %d of them by a time limit; %d more do not compile\n", noticed, tried, 100*float64(noticed)/float64(tried), all["TIMED OUT"], all["NOT VIABLE"])
	switch {
	case 100*noticed < least*tried:
		return fmt.Errorf("fewer than %d %% of the changes are noticed", least)
	case unexplained > 0:
		return fmt.Errorf("%d survivors are not explained", unexplained)
	}
	return nil
}

// file is one file of gremlins' report.
type file struct {
	Name      string `json:"file_name"`
	Mutations []struct {
		Type, Status string
		Line, Column int
	} `json:"mutations"`
}

// mutate runs gremlins over the named files of a package.
func mutate(env []string, tmp, dir string, names []string) ([]file, error) {
	out := filepath.Join(tmp, "report.json")
	args := []string{"unleash", "--invert-logical", "--invert-loopctrl", "--timeout-coefficient", "10", "--workers", fmt.Sprint(runtime.GOMAXPROCS(0)), "-o", out}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, isGo := strings.CutSuffix(e.Name(), ".go")
		switch {
		case e.IsDir():
			args = append(args, "-E", "^"+regexp.QuoteMeta(e.Name())+"/")
		case isGo && !slices.Contains(names, name):
			args = append(args, "-E", "^"+regexp.QuoteMeta(e.Name())+"$")
		}
	}
	cmd := exec.Command(filepath.Join(tmp, "gremlins"), append(args, "./"+dir)...)
	cmd.Env, cmd.Stderr = env, os.Stderr
	if text, err := cmd.Output(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var report struct{ Files []file }
	if err := json.Unmarshal(b, &report); err != nil {
		return nil, err
	}
	slices.SortFunc(report.Files, func(a, b file) int { return strings.Compare(a.Name, b.Name) })
	return report.Files, nil
}

// survivor names a change by the text of its line, which moves less than its number.
type survivor struct{ file, kind, text string }

// parseAccepted reads survivors.txt: blocks of FILE KIND, the line, and the reason.
func parseAccepted() (map[survivor]string, error) {
	list := map[survivor]string{}
	var block []string
	add := func() error {
		if len(block) == 0 {
			return nil
		}
		name, kind, ok := strings.Cut(block[0], " ")
		if !ok || len(block) != 3 {
			return fmt.Errorf("survivors.txt: a block is FILE KIND, the line and the reason, not %q", block)
		}
		list[survivor{name, kind, block[1]}] = block[2]
		block = nil
		return nil
	}
	for lines := bufio.NewScanner(strings.NewReader(accepted)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "":
			if err := add(); err != nil {
				return nil, err
			}
		case !strings.HasPrefix(line, "#"):
			block = append(block, line)
		}
	}
	return list, add()
}

func lineOf(dir, name string, n int) string {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	lines := strings.Split(string(b), "\n")
	return strings.TrimSpace(lines[n-1])
}

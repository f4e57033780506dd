package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// fakeRelease is a release of the action as .ci/release makes it, in files: an archive for this machine with a program that prints its
// version, the checksums of all archives, and their signature.
type fakeRelease struct {
	dir, archive, public, digest string
}

const releaseVersion = "v1.2.3"

func makeRelease(t *testing.T) fakeRelease {
	t.Helper()
	dir := filepath.Join(t.TempDir(), releaseVersion)
	archive := "govctl_1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
	say(t, ".", nil, "mkdir -p '"+dir+"/program' && cd '"+dir+"' && printf '#!/bin/sh\\necho genuine\\n' > program/govctl && chmod +x program/govctl"+
		" && tar -czf "+archive+" -C program govctl && echo other > govctl_1.2.3_plan9_amd64.tar.gz && rm -r program")
	key := say(t, ".", nil, "govctl key new --json")
	field := func(name string) string {
		return regexp.MustCompile(`"` + name + `": "([^"]+)"`).FindStringSubmatch(key)[1]
	}
	say(t, dir, []string{"GOV_SIGNING_PRIVATE_KEY=" + field("seed_base64")},
		"govctl checksums write --out . --only '*.tar.gz' > /dev/null && govctl sign --out . && mv status/* . && rmdir status")
	digest := strings.Fields(say(t, dir, nil, "grep "+archive+" SHA256SUMS"))[0]
	return fakeRelease{dir, archive, field("public_key_base64"), digest}
}

// install runs the script of the action beside the given key, and returns what it printed and its exit code.
func (r fakeRelease) install(t *testing.T, slot, path string, env ...string) (string, int) {
	t.Helper()
	here, temp := t.TempDir(), t.TempDir()
	script, err := os.ReadFile("../../action/install")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"install": string(script), "release-key.pub": slot} {
		if err := os.WriteFile(filepath.Join(here, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(here, "install"))
	cmd.Env = append(os.Environ(), append([]string{"VERSION=" + releaseVersion, "SHA256=", "RELEASES=file://" + filepath.Dir(r.dir), "LISTING=file://" + filepath.Join(filepath.Dir(r.dir), "releases.json"), "GITHUB_OUTPUT=" + filepath.Join(temp, "output"),
		"RUNNER_TEMP=" + temp, "GITHUB_PATH=" + filepath.Join(temp, "path"), "PATH=" + path + string(os.PathListSeparator) + os.Getenv("PATH")}, env...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	program := filepath.Join(temp, "govctl-bin", "govctl")
	_, statErr := os.Stat(program)
	switch added, _ := os.ReadFile(filepath.Join(temp, "path")); {
	case err != nil && (statErr == nil || len(added) > 0):
		t.Errorf("refused, and installed all the same: %s", &out)
	case err == nil && say(t, ".", nil, "'"+program+"'") != "genuine\n":
		t.Errorf("not the program of the release: %s", &out)
	case err == nil && strings.TrimSpace(string(added)) != filepath.Dir(program):
		t.Errorf("GITHUB_PATH got %q", added)
	case err == nil:
		say(t, ".", nil, "grep -qx \"digest=$(sha256sum < '"+program+"' | cut -c 1-64)\" '"+filepath.Join(temp, "output")+"'")
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// TestActionVerifiesReleases runs the script of the action for real, over a release that is genuine, tampered with, or signed by others.
func TestActionVerifiesReleases(t *testing.T) {
	for _, tool := range []string{"openssl", "curl", "tar"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
			t.Fatalf("%s is not installed and GOVCTL_REQUIRE_TOOLS=1", tool)
		} else if err != nil {
			t.Skipf("%s is not installed; GOVCTL_REQUIRE_TOOLS=1 makes this a failure", tool)
		}
	}
	genuine, other := makeRelease(t), makeRelease(t)
	pem := func(r fakeRelease) string {
		text, err := os.ReadFile(filepath.Join(r.dir, "checksums-pubkey.pem"))
		if err != nil {
			t.Fatal(err)
		}
		return "# the key of the releases\n" + string(text)
	}
	const empty = "# no key yet\n"
	zeros := strings.Repeat("0", 64)
	for _, c := range []struct {
		name, slot string
		tamper     string // commands, run in a copy of the release
		openssl    string // what another openssl says its version is
		env        []string
		code       int
		says       string
	}{
		{name: "genuine, key as PEM", slot: pem(genuine)},
		{name: "genuine, key as base64", slot: genuine.public + "\n"},
		{name: "genuine, with its digest", slot: pem(genuine), env: []string{"SHA256=" + genuine.digest}},
		{name: "no key, with its digest", slot: empty, env: []string{"SHA256=" + genuine.digest}},
		{name: "no key file contents at all, with its digest", slot: "", env: []string{"SHA256=" + genuine.digest}},
		{name: "no key and no digest", slot: empty, code: 2, says: "cannot be verified"},
		{name: "no key and a wrong digest", slot: empty, env: []string{"SHA256=" + zeros}, code: 1, says: "the input sha256 is"},
		{name: "a wrong digest beside a good signature", slot: pem(genuine), env: []string{"SHA256=" + zeros}, code: 1, says: "the input sha256 is"},
		{name: "a digest that is not one", slot: pem(genuine), env: []string{"SHA256=abc"}, code: 2, says: "is not a digest"},
		{name: "a tampered archive", slot: pem(genuine), tamper: "echo x >> " + genuine.archive, code: 1, says: "is the signed one"},
		{name: "a tampered archive, no key, the genuine digest", slot: empty, env: []string{"SHA256=" + genuine.digest}, tamper: "echo x >> " + genuine.archive, code: 1, says: "the input sha256 is"},
		{name: "archive and checksums tampered with alike", slot: pem(genuine), code: 1, says: "not signed with the key of the releases",
			tamper: "echo x >> " + genuine.archive + "; new=$(sha256sum < " + genuine.archive + " | cut -c 1-64); sed -i.old s/" + genuine.digest + "/$new/ checksums-payload.json checksums.json SHA256SUMS"},
		{name: "tampered checksums", slot: pem(genuine), tamper: "printf ' ' >> checksums-payload.json", code: 1, says: "not signed with the key of the releases"},
		{name: "a tampered signature", slot: pem(genuine), tamper: "head -c 64 /dev/zero > checksums.sig", code: 1, says: "not signed with the key of the releases"},
		{name: "an empty signature", slot: pem(genuine), tamper: ": > checksums.sig", code: 1, says: "not signed with the key of the releases"},
		{name: "signed by somebody else", slot: pem(other), code: 1, says: "not signed with the key of the releases"},
		{name: "a release of somebody else", slot: genuine.public, tamper: "cp ../../other/* .", code: 1, says: "not signed with the key of the releases"},
		{name: "no signature", slot: pem(genuine), tamper: "rm checksums.sig", code: 3, says: "could not be downloaded"},
		{name: "no archive", slot: pem(genuine), tamper: "rm " + genuine.archive, code: 3, says: "could not be downloaded"},
		{name: "another version under this name", slot: pem(genuine), env: []string{"VERSION=v1.2.4"}, tamper: "cp -r . ../v1.2.4; mv ../v1.2.4/" + genuine.archive + " ../v1.2.4/" + strings.Replace(genuine.archive, "1.2.3", "1.2.4", 1), code: 1, says: "do not list"},
		{name: "an old OpenSSL", slot: pem(genuine), openssl: "OpenSSL 1.1.1w  11 Sep 2023", code: 2, says: "OpenSSL 3 or later; found: OpenSSL 1.1.1w"},
		{name: "LibreSSL", slot: pem(genuine), openssl: "LibreSSL 3.3.6", code: 2, says: "OpenSSL 3 or later; found: LibreSSL"},
		{name: "an old OpenSSL is not needed without a key", slot: empty, openssl: "OpenSSL 1.1.1w  11 Sep 2023", env: []string{"SHA256=" + genuine.digest}},
		{name: "a key that is not one", slot: "abc\n", code: 2, says: "is not an Ed25519 public key"},
		{name: "the newest of all", slot: pem(genuine), env: []string{"VERSION=latest"}},
		{name: "the newest of a major version", slot: pem(genuine), env: []string{"VERSION=v1"}},
		{name: "a major version without a release", slot: pem(genuine), env: []string{"VERSION=v2"}, code: 3, says: "there is no release for version: v2"},
		{name: "a list without releases", slot: pem(genuine), env: []string{"VERSION=latest"}, tamper: "echo '[]' > ../releases.json", code: 3, says: "there is no release for version: latest"},
		{name: "no list", slot: pem(genuine), env: []string{"VERSION=latest"}, tamper: "rm ../releases.json", code: 3, says: "list of releases could not be downloaded"},
		{name: "the newest, tampered with", slot: pem(genuine), env: []string{"VERSION=latest"}, tamper: "echo x >> " + genuine.archive, code: 1, says: "is the signed one"},
		{name: "a list that names a path", slot: pem(genuine), env: []string{"VERSION=latest"}, tamper: `echo '[{"tag_name": "v1/../2.0.0"}]' > ../releases.json`, code: 3, says: "there is no release"},
		{name: "a version that is not one", slot: pem(genuine), env: []string{"VERSION=main"}, code: 2, says: "main is not a release"},
		{name: "a version with a path", slot: pem(genuine), env: []string{"VERSION=../v1.2.3"}, code: 2, says: "is not a release"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := genuine
			r.dir = filepath.Join(t.TempDir(), "releases", releaseVersion)
			say(t, ".", nil, "mkdir -p '"+filepath.Dir(r.dir)+"' && cp -r '"+genuine.dir+"' '"+r.dir+"' && cp -r '"+other.dir+"' '"+filepath.Dir(r.dir)+"/../other'")
			say(t, r.dir, nil, `echo '[{"tag_name": "v1.2.0"}, {"tag_name":"v1.10.0-rc1"}, {"tag_name": "v1.2.3"}, {"tag_name": "v0.9.9"}, {"tag_name": "v1.1.12"}]' > ../releases.json; :; `+c.tamper)
			path := t.TempDir()
			if c.openssl != "" {
				if err := os.WriteFile(filepath.Join(path, "openssl"), []byte("#!/bin/sh\necho '"+c.openssl+"'\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			out, code := r.install(t, c.slot, path, c.env...)
			if code != c.code || !strings.Contains(out, c.says) {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, c.code, c.says, out)
			}
		})
	}
}

// TestActionRunsTheScript: the action hands its inputs over as data, and to the script that the test above has run.
func TestActionRunsTheScript(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`run: '"$ACTION/action/install"'`, "VERSION: ${{ inputs.version }}", "SHA256: ${{ inputs.sha256 }}", "RELEASES: https://github.com/romel/govctl/releases/download\n", "ACTION: ${{ github.action_path }}"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("action.yml lacks %q", want)
		}
	}
	script := false
	for line := range strings.Lines(string(text)) { // expressions are values of keys, never a part of a script
		trimmed := strings.TrimSpace(line)
		script = strings.HasPrefix(trimmed, "run:") || script && strings.HasPrefix(line, "        ")
		if name, _, ok := strings.Cut(trimmed, ": ${{"); strings.Contains(line, "${{") && (!ok || script || !regexp.MustCompile(`^[A-Za-z0-9-]+$`).MatchString(name)) {
			t.Errorf("an expression in a script: %s", line)
		}
		if uses, ok := strings.CutPrefix(trimmed, "uses: "); ok && !regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v[\d.]+$`).MatchString(uses) {
			t.Errorf("%s is not pinned", uses)
		}
	}
}

// TestActionPassesArguments: one line is split as a shell would split it and never executed, several lines are an argument each.
func TestActionPassesArguments(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"version", "[version]"},
		{"run --state git:origin/schemas", "[run][--state][git:origin/schemas]"},
		{"\n  openapi\ndiff\na b.yaml\n\nc.yaml\n", "[  openapi][diff][a b.yaml][c.yaml]"},
		{"openapi diff 'a b.yaml' \"c d\".yaml\te\\ f \"\"", "[openapi][diff][a b.yaml][c d.yaml][e f][]"},
		{"run $(touch pwned) `touch pwned` *; touch pwned", "[run][$(touch][pwned)][`touch][pwned`][*;][touch][pwned]"},
		{"run --format json\r\n", "[run][--format][json]"},
		{"-e x -n", "[-e][x][-n]"},
	} {
		script := abs(t, "../../action/arguments")
		dir := t.TempDir()
		if got := say(t, dir, []string{"ARGS=" + c.args}, "'"+script+"' printf '[%s]'; [ ! -e pwned ]"); got != c.want {
			t.Errorf("%q: %s, want %s", c.args, got, c.want)
		}
	}
	if out := say(t, ".", []string{`ARGS=run "x`}, "'"+abs(t, "../../action/arguments")+"' printf x && exit 1 || [ $? = 2 ]"); !strings.Contains(out, "is not closed") {
		t.Error(out)
	}
}

// TestActionNamesBuildsBySources: a build is found again as long as no source changed, and never after one did.
func TestActionNamesBuildsBySources(t *testing.T) {
	dir := t.TempDir()
	say(t, dir, nil, "mkdir -p action cmd internal pkg schemas testdata/change testdata/lint testdata/rulecheck docs && touch go.mod go.sum cmd/a.go && cp '"+abs(t, "../../action/install")+"' action")
	key := func() string {
		return say(t, dir, []string{"GITHUB_OUTPUT=" + filepath.Join(dir, "output")}, "rm -f output; action/install key && cat output")
	}
	first := key()
	if !regexp.MustCompile(`^key=govctl-\w+-\w+-[0-9a-f]{64}\n$`).MatchString(first) {
		t.Fatal(first)
	}
	say(t, dir, nil, "touch cmd/a.go docs/x.md")
	if again := key(); again != first {
		t.Errorf("the same sources: %s and %s", first, again)
	}
	say(t, dir, nil, "echo x > cmd/a.go")
	if other := key(); other == first {
		t.Error("other sources, and the same name")
	}
}

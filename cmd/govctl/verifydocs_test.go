package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// seeds are two keys made of one byte each: the project's, and that of somebody who can write to its branches.
const (
	projectSeed = "GOV_SIGNING_PRIVATE_KEY=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
	projectKey  = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="
	otherSeed   = "GOV_SIGNING_PRIVATE_KEY=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
)

// Commits of the two runs that publish.
const (
	olderCommit = "8f41c0de1a7b30f92ac4d58f41c0de1a7b30f92a"
	newerCommit = "b30f92ac4d58f41c0de1a7b30f92ac4d58f41c0d"
)

// published are the clones of what two runs published, by branch: "schemas", "gh-pages", and of the first run "older-schemas", "older-gh-pages";
// and of the last output folder signed by another key "forged-schemas", "forged-gh-pages". Every file of the forged ones is consistent. Each
// test has a copy of its own.
func published(t *testing.T) (clones, bin string) {
	t.Helper()
	bin, clones = withProgram(t), t.TempDir()
	original := filepath.Join(templates, "published")
	if _, err := os.Stat(original); err != nil {
		publishTwice(t, original, bin)
	}
	say(t, ".", nil, "cp -r '"+original+"/.' '"+clones+"'")
	if t.Failed() {
		t.FailNow()
	}
	return clones, bin
}

// publishTwice makes the original of these copies. It is there once all went well.
func publishTwice(t *testing.T, original, bin string) {
	t.Helper()
	clones, work := t.TempDir(), t.TempDir()
	say(t, ".", nil, "cp -r ../../testdata/quickstart/. '"+work+"'")
	env := []string{projectSeed, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "CLONES=" + clones, "OLDER=" + olderCommit, "NEWER=" + newerCommit}
	say(t, work, env, `
		git init -q --bare "$CLONES/repository"
		publish() { cp "openapi/$1.yaml" openapi.yaml; govctl run --sha "$2" --run-id "$3" --now "$4" > /dev/null; govctl publish --remote "$CLONES/repository"; }
		publish v1 "$OLDER" 1 2026-03-01T00:00:00Z
		for branch in schemas gh-pages; do git clone -q -b "$branch" "$CLONES/repository" "$CLONES/older-$branch"; done
		publish v2 "$NEWER" 2 2026-03-03T00:00:00Z
		for branch in schemas gh-pages; do git clone -q -b "$branch" "$CLONES/repository" "$CLONES/$branch"; done`)
	say(t, work, append(slices.Clone(env), otherSeed), `
		govctl sign --now 2026-03-03T00:00:00Z
		mkdir "$CLONES/forged-schemas"; cp -r governance/schemas governance/status "$CLONES/forged-schemas"
		cp -r governance/site "$CLONES/forged-gh-pages"`)
	if t.Failed() {
		t.FailNow()
	}
	say(t, ".", nil, "mv '"+clones+"' '"+original+"'")
}

// verifyBlock is one fenced block of docs/verify.md; the words after "sh" name the tools that it needs.
type verifyBlock struct {
	text  string
	words []string
}

func verifyBlocks(t *testing.T) (all []verifyBlock) {
	t.Helper()
	page, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```sh ?([^\n]*)\n(.*?)^```").FindAllStringSubmatch(string(page), -1) {
		all = append(all, verifyBlock{m[2], strings.Fields(m[1])})
	}
	return all
}

// success is how the tools of the page say that all is well.
var success = regexp.MustCompile(`(?im)^(VERIFY_OK|signed 20|commit )|verified|: OK\b`)

// TestVerifyPage executes every block of docs/verify.md as a reader does who pastes it: on genuine bundles each passes; on tampered ones, on
// one signed by another key and, where the block asks for the commit, on an older one each fails, and none prints a line that looks like
// success.
func TestVerifyPage(t *testing.T) {
	clones, bin := published(t)
	blocks := verifyBlocks(t)
	if len(blocks) < 8 || len(blocks[0].words) > 0 || !slices.Contains(blocks[3].words, "govctl") {
		t.Fatalf("the page has other blocks than this test knows: %v", blocks)
	}
	clone, key, found := strings.Cut(blocks[0].text, "KEY=")
	if !found || !strings.Contains(clone, "git clone -b schemas REPOSITORY published") || !strings.HasPrefix(key, "<") {
		t.Fatalf("the first block is %q", blocks[0].text)
	}
	say(t, t.TempDir(), nil, strings.Replace(clone, "REPOSITORY", "'"+clones+"/repository'", 1)+`test -f "$DIR/checksums.json"`)
	setup := ""
	for _, b := range blocks {
		if slices.Contains(b.words, "setup") {
			setup = b.text
		}
	}
	if setup == "" {
		t.Fatal("the page has no setup")
	}
	run := func(b verifyBlock, dir, integrity string) (string, error) {
		c := exec.CommandContext(t.Context(), "sh", "-c", setup+b.text) // no -e: a shell in which commands are pasted goes on after an error
		c.Dir = dir
		c.Env = append(os.Environ(), "KEY="+projectKey, "COMMIT="+newerCommit, "DIR="+integrity, "SOURCE_DATE_EPOCH=1772582400", // 2026-03-04
			"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "TMPDIR="+t.TempDir(), "HOME="+t.TempDir())
		out, err := c.CombinedOutput()
		return string(out), err
	}
	used := map[string]bool{}
	for _, b := range blocks[1:] {
		if slices.Contains(b.words, "setup") {
			continue
		}
		t.Run(strings.Join(b.words, "+"), func(t *testing.T) {
			for _, tool := range b.words {
				used[tool] = true
				if tool != "govctl" && tool != "fresh" {
					needTool(t, tool)
				}
			}
			for branch, integrity := range map[string]string{"schemas": "status", "gh-pages": "."} {
				genuine := filepath.Join(clones, branch)
				if out, err := run(b, genuine, integrity); err != nil || !success.MatchString(out) {
					t.Errorf("%s: on the genuine bundle: %v\n%s", branch, err, out)
				}
				wrong := map[string]string{"forged": filepath.Join(clones, "forged-"+branch)}
				if slices.Contains(b.words, "fresh") {
					wrong["older"] = filepath.Join(clones, "older-"+branch)
				}
				for name, change := range pageTamperings {
					wrong[name] = t.TempDir()
					say(t, wrong[name], []string{"DIR=" + integrity, "MAIN=" + map[string]string{".": "index.html", "status": "schemas/openapi.json"}[integrity]},
						"cp -r '"+genuine+"/.' . && "+change)
				}
				for name, dir := range wrong {
					if out, err := run(b, dir, integrity); err == nil || success.MatchString(out) {
						t.Errorf("%s, %s: %v\n%s", branch, name, err, out)
					}
				}
			}
		})
	}
	for _, tool := range []string{"govctl", "fresh", "jq", "openssl", "minisign", "signify-openbsd"} {
		if !used[tool] {
			t.Errorf("docs/verify.md has no block for %s", tool)
		}
	}
}

// pageTamperings are changes to a genuine clone that every way of verification notices. MAIN is a file of the bundle.
var pageTamperings = map[string]string{
	"a file changed": `echo >> "$MAIN"`,
	"a file removed": `rm "$MAIN"`,
	"a file changed, the lists made anew": `echo >> "$MAIN"
		sum=$(sha256sum "$MAIN" | cut -c 1-64); size=$(wc -c < "$MAIN")
		jq --arg p "$MAIN" --arg s "$sum" --argjson n "$size" '(.artifacts[] | select(.path == $p)) |= (.sha256 = $s | .size = $n)' "$DIR/checksums.json" > new
		aggregate=$(jq -j '.artifacts[].sha256' new | sha256sum | cut -c 1-64)
		jq --arg a "$aggregate" '.aggregate_sha256 = $a' new > "$DIR/checksums.json"; rm new
		jq -r '.artifacts[] | "\(.sha256)  \(.path)"' "$DIR/checksums.json" > "$DIR/SHA256SUMS"
		jq -acjS '{aggregate_sha256, artifacts: [.artifacts[] | {path, sha256}], count}' "$DIR/checksums.json" > "$DIR/checksums-payload.json"`,
}

func needTool(t *testing.T, tool string) {
	t.Helper()
	_, err := exec.LookPath(tool)
	switch {
	case err == nil:
	case os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" && tool != "cosign": // which no package has, and which takes minutes to build
		t.Fatalf("%s is not installed and GOVCTL_REQUIRE_TOOLS=1", tool)
	default:
		t.Skipf("%s is not installed", tool)
	}
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
)

// pages are the pages with commands in them, and what becomes of the commands. Where nobody else executes them, all blocks of a page
// run in one shell, in a copy of the sample service with govctl on its path: of an sh block every command must pass, of a console block
// the output must hold the lines that are shown, in their order.
var pages = []struct {
	file   string
	by     string            // the test that executes the page in its own way
	before map[string]string // what a reader did between two blocks, by how the later one begins
	except map[string]string // why a command is not executed, by how it begins
}{
	{file: "README.md", by: "TestReadmeCommands"},
	{file: "docs/verify.md", by: "TestVerifyPage"},
	{file: "docs/ci.md", by: "TestCISnippets"},
	{file: "docs/gitlab.md", before: map[string]string{"govctl run": "cp openapi/v1.yaml openapi.yaml"}, except: map[string]string{
		"govctl init --ci gitlab": "this build does not know its commit; TestInitLayouts and .ci/gitlab name one",
		"git ":                    "the sample is no repository; .ci/gitlab pushes what init wrote",
	}},
	{file: "CONTRIBUTING.md", except: map[string]string{
		"make help":   "the Makefile is not in the sample; TestMakeTargets looks for every target",
		"make test":   "would run this test again",
		"make lint":   "fetches the linters from the network",
		"make update": "rewrites the files that other tests are comparing",
	}},
	{file: "docs/install.md", except: map[string]string{
		"sha256sum --check": "needs a release; .ci/release check makes one and checks it so",
		"govctl verify":     "needs a release; .ci/release check makes one and verifies it so",
		"skopeo copy":       "needs Docker; .ci/release check unpacks the image and starts it",
		"podman load":       "needs Podman; .ci/release check unpacks the image and starts it",
		"docker run":        "needs Docker; .ci/release check unpacks the image and starts it",
		"go install":        "fetches govctl from the network",
	}},
	{file: "docs/alerts.md"},
	{file: "docs/api-changelog.md"},
	{file: "docs/evidence.md", except: map[string]string{"go test -bench": "the sample has no benchmarks"}, before: map[string]string{
		"govctl trend bench": `printf 'BenchmarkParcels-2 100 12500 ns/op\n' > new.txt`,
	}},
	{file: "docs/tour.md", before: map[string]string{"govctl run": threeCommits}},
	{file: "docs/rules-testing.md", except: map[string]string{
		"govctl rules live": "needs a running Prometheus; rules-live.txtar and TestAgainstPrometheus have one",
	}},
	{file: "docs/key-rotation.md", before: map[string]string{
		"govctl key rotate": `(umask 077; govctl key new --json > second.key); mkdir keys
			printf '{"keys": [{"public_key_base64": "%s", "key_id": "%s", "status": "active"}]}' "$(field public_key_base64)" "$(field key_id)" > keys/trusted.json`,
		"govctl key revoke": `KEY_ID=$(field key_id)`,
	}},
}

// threeCommits brings the output folder to where the tour begins: two versions are published, the third lies in the work tree.
const threeCommits = `mkdir -p governance/status; cp history.jsonl governance/status; i=0
	for sha in 8f41c0de1a7 b30f92ac4d5; do i=$((i+1)); cp openapi/v$i.yaml openapi.yaml; govctl run --sha $sha --run-id $i > /dev/null; done; cp openapi/v3.yaml openapi.yaml`

// fence is a fenced block; a page may indent it in a list.
var fence = regexp.MustCompile("(?ms)^( *)```(\\S*)[^\n]*\n(.*?)^ *```")

// TestPagesAreExecuted runs the commands of the documentation.
func TestPagesAreExecuted(t *testing.T) {
	bin := t.TempDir()
	say(t, ".", nil, "go build -buildvcs=false -o '"+bin+"' .")
	listed := map[string]bool{}
	for _, page := range pages {
		listed[page.file] = true
		t.Run(page.file, func(t *testing.T) {
			if page.by != "" {
				return
			}
			dir := t.TempDir()
			say(t, ".", nil, "cp -r ../../testdata/quickstart/. '"+dir+"'")
			script := "exec 2>&1; field() { sed -n 's/.*\"'$1'\": *\"\\([^\"]*\\)\".*/\\1/p' first.key; }\n"
			var shown []string
			used := map[string]bool{}
			for _, c := range commandsOf(t, page.file) {
				begins := func(table map[string]string) string {
					for start := range table {
						if strings.HasPrefix(c.line, start) {
							return start
						}
					}
					return ""
				}
				if reason := begins(page.except); reason != "" {
					used[reason] = true
					continue
				}
				if start := begins(page.before); start != "" {
					used[start] = true
					script += page.before[start] + "\n"
				}
				mark := "--- " + c.line
				script += "printf '%s\\n' " + quoted(mark) + "\n" + c.line
				if c.shown == nil {
					script += " || { echo \"exit code $? of an sh block\"; exit 1; }"
				}
				script += "\n"
				shown = append(append(shown, mark), c.shown...)
			}
			for _, table := range []map[string]string{page.before, page.except} {
				for start := range table {
					if !used[start] {
						t.Errorf("the page has no command %q any more", start)
					}
				}
			}
			env := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "GITHUB_ACTIONS=", "GITHUB_SHA=", "GITHUB_RUN_ID=", "GOV_SIGNING_PRIVATE_KEY=", "SOURCE_DATE_EPOCH="}
			inOrder(t, say(t, dir, env, "set +e\n"+script+"exit 0\n"), shown)
		})
	}
	for _, file := range markdown(t) {
		if !listed[file] && len(commandsOf(t, file)) > 0 {
			t.Errorf("%s has commands and no row in the table of pages", file)
		}
	}
}

// TestDemo runs what make demo runs, and holds the excerpt of the README against it.
func TestDemo(t *testing.T) {
	bin := t.TempDir()
	say(t, ".", nil, "go build -buildvcs=false -o '"+bin+"' .")
	output := say(t, bin, []string{"GITHUB_ACTIONS=", "SOURCE_DATE_EPOCH="}, "'"+abs(t, "../../testdata/quickstart/demo.sh")+"' ./govctl out")
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	excerpt := regexp.MustCompile("(?s)```\n(== commit.*?)```").FindSubmatch(text)
	if excerpt == nil {
		t.Fatal("the README shows nothing of the demo")
	}
	inOrder(t, output, append(strings.Split(string(excerpt[1]), "\n"), "site/index.html the page that people look at:"))
	say(t, bin, nil, "./govctl checksums verify out && test -s out/site/index.html")
}

func abs(t *testing.T, p string) string {
	t.Helper()
	full, err := filepath.Abs(p)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// shownCommand is a command of a page with the output that the page shows; nil where it shows none.
type shownCommand struct {
	line  string
	shown []string
}

func commandsOf(t *testing.T, page string) (all []shownCommand) {
	t.Helper()
	text, err := os.ReadFile("../../" + page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
		open := false
		for line := range strings.Lines(block[3]) {
			line = strings.TrimSuffix(strings.TrimPrefix(line, block[1]), "\n")
			command, isCommand := strings.CutPrefix(line, "$ ")
			switch {
			case block[2] == "console" && isCommand:
				all = append(all, shownCommand{command, []string{}})
			case block[2] == "console":
				last := &all[len(all)-1]
				last.shown = append(last.shown, line)
			case block[2] != "sh" || strings.TrimSpace(line) == "":
			case open:
				all[len(all)-1].line += "\n" + line
				open = strings.HasSuffix(line, `\`)
			default:
				all = append(all, shownCommand{line: line})
				open = strings.HasSuffix(line, `\`)
			}
		}
	}
	return all
}

func markdown(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "testdata/quickstart/*.md"} {
		found, err := filepath.Glob("../../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			files = append(files, filepath.ToSlash(strings.TrimPrefix(f, "../../")))
		}
	}
	return files
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// inOrder looks for the lines in the output; what stands between them does not matter, nor how wide columns are.
func inOrder(t *testing.T, output string, lines []string) {
	t.Helper()
	rest := strings.Join(strings.Fields(output), " ") + " "
	for _, line := range lines {
		want := strings.Join(strings.Fields(line), " ") + " "
		if want == " " || want == "... " {
			continue
		}
		i := strings.Index(rest, want)
		if i < 0 {
			t.Fatalf("the output has no line %q where the page shows it:\n%s", line, output)
		}
		rest = rest[i+len(want):]
	}
}

// TestMakeTargets holds every `make TARGET` of the documentation against the Makefile.
func TestMakeTargets(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range markdown(t) {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile("(?m)(?:`|^ *)make ([a-z-]+)").FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s: there is no make %s", file, m[1])
			}
		}
	}
}

// TestNamedCommandsExist holds every command that a page only names, in a line of text or of a workflow, against the commands and flags that there are.
func TestNamedCommandsExist(t *testing.T) {
	named := regexp.MustCompile("(?m)(?:`|run: |entry: )(govctl [^`\n]*)")
	tried := 0
	for _, file := range markdown(t) {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		if file == "CHANGELOG.md" { // it tells of commands in short forms: a|b
			continue
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			tried++
			words := strings.Fields(m[1])[1:]
			c, rest, err := cli.Root().Find(words)
			if err != nil || c.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && rest[0] != "COMMAND" && !strings.HasPrefix(rest[0], "...") {
				t.Errorf("%s: %s: there is no such command", file, m[1])
				continue
			}
			for _, word := range rest {
				flag, isFlag := strings.CutPrefix(word, "--")
				flag, _, _ = strings.Cut(flag, "=")
				if isFlag && flag != "help" && c.Flag(strings.TrimRight(flag, ".,")) == nil {
					t.Errorf("%s: %s: there is no --%s", file, m[1], flag)
				}
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d commands were found", tried)
	}
}

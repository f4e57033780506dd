package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
)

// page is a page with commands in it, and what becomes of the commands. Where no other test executes them, all blocks of a page run in
// one shell with govctl on its path: in an empty folder, or in a copy of the sample service. Every command of an sh block must pass; of
// a console block the output must contain the lines that are shown, in their order.
type page struct {
	file   string
	by     string            // the test that executes the page in its own way
	sample bool              // begins with a copy of the sample service instead of an empty folder
	before map[string]string // what a reader did between two blocks, by how the later one begins
	except map[string]string // why a command is not executed, by how it begins
}

// pages are the pages with commands beside those of docs/tasks, which all run in an empty folder without exceptions.
var pages = []page{
	{file: "README.md", by: "TestReadmeCommands"},
	{file: "docs/verify.md", by: "TestVerifyPage"},
	{file: "docs/ci.md", by: "TestCISnippets"},
	{file: "docs/gitlab.md", sample: true, before: map[string]string{"govctl init --ci gitlab": gitlabRepository}},
	{file: "CONTRIBUTING.md", except: map[string]string{
		"make help":   "there is no Makefile in the folder; TestMakeTargets looks for every target",
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
	{file: "docs/alerts.md", sample: true},
	{file: "docs/api-changelog.md", sample: true},
	{file: "docs/evidence.md", sample: true, except: map[string]string{"go test -bench": "the sample has no benchmarks"}, before: map[string]string{
		"govctl trend bench": `printf 'BenchmarkParcels-2 100 12500 ns/op\n' > new.txt`,
	}},
	{file: "docs/tour.md", sample: true, before: map[string]string{"govctl run": threeCommits}},
	{file: "docs/rules-testing.md", sample: true, except: map[string]string{
		"govctl rules live": "needs a running Prometheus; rules-live.txtar and TestAgainstPrometheus have one",
	}},
	{file: "docs/key-rotation.md"},
}

// gitlabRepository is a clone of a repository with a contract.
const gitlabRepository = `cp openapi/v1.yaml openapi.yaml; git init -q -b main; git init -q --bare ../remote.git; git remote add origin ../remote.git`

// threeCommits brings the output folder to where the tour begins: two versions are published, the third is in the work tree.
const threeCommits = `mkdir -p governance/status; cp history.jsonl governance/status; i=0
	for sha in 8f41c0de1a7 b30f92ac4d5; do i=$((i+1)); cp openapi/v$i.yaml openapi.yaml; govctl run --sha $sha --run-id $i > /dev/null; done; cp openapi/v3.yaml openapi.yaml`

// heredoc is the end of a command whose input follows, up to a line of its word.
var heredoc = regexp.MustCompile(`<<'(\w+)'$`)

// fence is a fenced block; a page may indent it in a list.
var fence = regexp.MustCompile("(?ms)^( *)```(\\S*)[^\n]*\n(.*?)^ *```")

// builtFor is the commit that the program of these tests was built from, as a released one knows its own.
const builtFor = "0123456789abcdef0123456789abcdef01234567"

// atNoon is the time of the pages that show dates: 2026-03-02, 12:00 UTC.
const atNoon = "1772452800"

// TestPagesAreExecuted runs the commands of the documentation.
func TestPagesAreExecuted(t *testing.T) {
	bin := t.TempDir()
	say(t, ".", nil, "go build -buildvcs=false -ldflags '-X github.com/romel/govctl/cmd/govctl/internal/cli.commit="+builtFor+"' -o '"+bin+"' .")
	env := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "GITHUB_ACTIONS=", "GITHUB_SHA=", "GITHUB_RUN_ID=", "GOV_SIGNING_PRIVATE_KEY=",
		"SOURCE_DATE_EPOCH=", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com"}
	listed := map[string]bool{}
	for _, p := range append(tasks(t), pages...) {
		listed[p.file] = true
		t.Run(p.file, func(t *testing.T) {
			if p.by == "" {
				executePage(t, p, env)
			}
		})
	}
	for _, file := range markdown(t) {
		if !listed[file] && len(commandsOf(t, file)) > 0 {
			t.Errorf("%s has commands and no row in the table of pages", file)
		}
	}
}

// tasks are the pages of docs/tasks. Each is complete by itself: it makes what it needs.
func tasks(t *testing.T) (all []page) {
	t.Helper()
	files, err := filepath.Glob("../../docs/tasks/*.md")
	if err != nil || len(files) < 10 {
		t.Fatalf("docs/tasks has %d pages: %v", len(files), err)
	}
	for _, f := range files {
		all = append(all, page{file: filepath.ToSlash(strings.TrimPrefix(f, "../../"))})
	}
	return all
}

// executePage runs the commands of a page in one shell, and looks for the output that the page shows.
func executePage(t *testing.T, p page, env []string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if p.sample {
		say(t, ".", nil, "cp -r ../../testdata/quickstart/. '"+dir+"'")
	} else {
		env = append(env, "SOURCE_DATE_EPOCH="+atNoon, "GIT_AUTHOR_DATE=@"+atNoon+" +0000", "GIT_COMMITTER_DATE=@"+atNoon+" +0000")
	}
	used := map[string]bool{}
	begins := func(table map[string]string, line string) string {
		for start := range table {
			if strings.HasPrefix(line, start) {
				used[start] = true
				return start
			}
		}
		return ""
	}
	script := "exec 2>&1; set +e\n"
	var shown []string
	for _, c := range commandsOf(t, p.file) {
		if begins(p.except, c.line) != "" {
			continue
		}
		if start := begins(p.before, c.line); start != "" {
			script += p.before[start] + "\n"
		}
		mark := "--- " + c.line
		script += "printf '%s\\n' " + quoted(mark) + "\n" + c.line + "\n"
		if c.shown == nil {
			script += "code=$?; [ $code = 0 ] || { echo \"exit code $code of an sh block\"; exit 1; }\n"
		}
		shown = append(append(shown, mark), c.shown...)
	}
	for _, table := range []map[string]string{p.before, p.except} {
		for start := range table {
			if !used[start] {
				t.Errorf("the page has no command %q any more", start)
			}
		}
	}
	inOrder(t, say(t, dir, env, script+"exit 0\n"), shown)
}

// TestTasks checks the index of the documentation: it leads to every page, and each of its tasks to a page that a test executes.
func TestTasks(t *testing.T) {
	text, err := os.ReadFile("../../docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`)
	index := map[string]bool{}
	for _, m := range link.FindAllStringSubmatch(string(text), -1) {
		index[path.Join("docs", m[1])] = true
	}
	for _, file := range markdown(t) {
		if strings.HasPrefix(file, "docs/") && file != "docs/README.md" && !index[file] {
			t.Errorf("docs/README.md does not lead to %s", file)
		}
	}
	executed := map[string]bool{"docs/receiving-webhooks.md": true} // TestReceivers
	for _, p := range append(tasks(t), pages...) {
		executed[p.file] = true
	}
	_, table, _ := strings.Cut(string(text), "## Tasks\n")
	table, _, _ = strings.Cut(table, "\n## ")
	count := 0
	for _, m := range link.FindAllStringSubmatch(table, -1) {
		if count++; !executed[path.Join("docs", m[1])] {
			t.Errorf("no test executes %s", m[1])
		}
	}
	if count < 10 {
		t.Errorf("the index has %d tasks", count)
	}
}

// TestDemo runs what make demo runs, and compares the excerpt in the README with it.
func TestDemo(t *testing.T) {
	bin := withProgram(t)
	output := say(t, bin, []string{"GITHUB_ACTIONS=", "SOURCE_DATE_EPOCH="}, "'"+abs(t, "../../testdata/quickstart/demo.sh")+"' ./govctl out")
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	excerpt := regexp.MustCompile("(?s)```\n(== commit.*?)```").FindSubmatch(text)
	if excerpt == nil {
		t.Fatal("the README shows nothing of the demo")
	}
	inOrder(t, output, append(strings.Split(string(excerpt[1]), "\n"), "site/index.html the status page:"))
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

func commandsOf(t *testing.T, file string) (all []shownCommand) {
	t.Helper()
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
		open, input := false, ""
		for line := range strings.Lines(block[3]) {
			line = strings.TrimSuffix(strings.TrimPrefix(line, block[1]), "\n")
			command, isCommand := strings.CutPrefix(line, "$ ")
			switch {
			case block[2] == "console" && isCommand:
				all = append(all, shownCommand{command, []string{}})
			case block[2] == "console":
				last := &all[len(all)-1]
				last.shown = append(last.shown, line)
			case block[2] != "sh" || strings.TrimSpace(line) == "" && input == "":
			case input != "":
				all[len(all)-1].line += "\n" + line
				if line == input {
					input = ""
				}
			case open:
				all[len(all)-1].line += "\n" + line
				open = strings.HasSuffix(line, `\`)
			default:
				all = append(all, shownCommand{line: line})
				open = strings.HasSuffix(line, `\`)
				if m := heredoc.FindStringSubmatch(line); m != nil {
					input = m[1]
				}
			}
		}
	}
	return all
}

func markdown(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/tasks/*.md", "testdata/quickstart/*.md"} {
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

// inOrder looks for the lines in the output; what is between them does not matter, nor how wide columns are.
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

// TestMakeTargets looks for every `make TARGET` of the documentation in the Makefile.
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

// TestNamedCommandsExist looks for every command and flag that a page only names, in a line of text or of a workflow.
func TestNamedCommandsExist(t *testing.T) {
	named := regexp.MustCompile("(?m)(?:`|run: |entry: )(govctl [^`\n]*)")
	tried := 0
	for _, file := range markdown(t) {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		if file == "CHANGELOG.md" { // it names commands in short forms: a|b
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

package govctl_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// banned are phrases that texts for users avoid, each with the term of the field. docs/commands.md holds the help of every
// command, docs/rules.md every rule, so that the documentation covers both.
var banned = []struct{ pattern, instead string }{
	{`is no (whole )?number`, "must be a non-negative integer; is not a number"},
	{`\b(is|are|was) no (valid|regular|block|calendar|semantic|RFC|HTTP|URI|git|OpenAPI|text|time|previous|name|identity|trusted|placeholder|object|string|list|file|folder|new|token)\b`, "is not a"},
	{`\bneither 1 nor 0\b|\bneither true nor false\b`, "must be 1 or 0; must be true or false"},
	{`\bknown (here )?are\b`, "expected one of"},
	{`\b(lies|lie) (in|under|with|flat|beside|below)\b`, "is in; is at"},
	{`\bstands? (in|twice|below|beside|after|before|behind|against|unescaped|apart)\b`, "is in; duplicate; follows"},
	{`\b[Mm]end(s|ed|ing)?\b`, "fix"},
	{`\bso that nobody\b|\bnobody (can|knows|says|signs|writes)\b`, "name who or what is affected"},
	{`\b[Ww]hoever\b`, "anyone who; an attacker who"},
	{`\b[Tt]old\b|\b[Tt]ells?\b`, "notify, report, print, distinguish"},
	{`\bsay(s|ing)? so\b`, "name it: without a major version bump; reports it"},
	{`\b(come|comes|came) apart\b`, "diverges; drift"},
	{`\b(came|come) and went\b|\bcame, went\b`, "added and removed"},
	{`\bleads? nowhere\b|\bleads? in a circle\b`, "does not resolve; is circular"},
	{`\b[Pp]roofs?\b|\b[Pp]roved by\b`, "example; confirmed by an example"},
	{`\bnot proved\b`, "asserted by the rule"},
	{`\bnothing proves\b|\bproves nothing\b`, "cannot be verified"},
	{`the new one refuses|the other refuses|(old|new) refuses`, "valid before, rejected now"},
	{`\b[Jj]udg(e|es|ed|ing)\b`, "evaluate, check"},
	{`\bfor want of\b`, "without"},
	{`\bvouch(es)?\b`, "verify"},
	{`\bpart ways\b|\bhangs? together\b|\bgoes away\b`, "diverges; is consistent; is removed"},
	{`\b(hold|holds|held) (\w+ ){0,3}against\b`, "check against"},
	{`\bspeaks? of\b|\bspeaks about\b`, "describes, covers"},
	{`\bfor ever\b`, "indefinitely; without limit"},
	{`\banew\b`, "again"},
	{`\bof ours\b|\bare ours\b|\bas ours\b`, "of govctl; authentic"},
	{`\bgo on changing\b`, "change after signing"},
	{`\b(take|takes|taken) nothing away\b`, "does not affect existing clients"},
	{`\b(for news|Looks for)\b`, "Refreshes; new figures"},
	{`begins without a past`, "no previous state found; starting a new history"},
	{`\bput back\b`, "restored"},
	{`\bbelong together\b`, "integrity"},
	{`\b([Ss]ome|[Nn]o|[Aa]ny)body\b`, "anyone, no one; name who"},
	{`\b[Hh]olds? (the|a|an|another|no|its|more|tests|rules|what|of)\b`, "contains, has; is valid"},
	{`\bhands? over\b`, "transfers, gives"},
	{`\bsays? (about|what|which|when|where|nothing|that)\b`, "reports, names, describes"},
	{`\bgo(es)? on (to|with|as|without)\b`, "continues"},
	{`\b(is|are) gone\b`, "was removed, is missing"},
	{`\bfor nothing\b`, "without need"},
}

// allowed are the places that still have hits, each with its pattern and the reason.
var allowed = []struct{ path, text, why string }{
	{"Makefile", "proofs", "the name of a target, a field or a file"},
	{"docs/tour.md", "proof", "the name of a target, a field or a file"},
	{"internal/github/issues.go", "told", "the mark of comments that exist, which is searched for"},
	{"internal/render/page.html", "Proof", "the name of a target, a field or a file"},
	{"internal/site/assets/frame.html", "proof", "the name of a target, a field or a file"},
}

var bannedPatterns = func() []*regexp.Regexp {
	var list []*regexp.Regexp
	for _, row := range banned {
		list = append(list, regexp.MustCompile(row.pattern))
	}
	return list
}()

// checkWords reports the banned phrases of a text.
func checkWords(t *testing.T, used map[int]bool, path, text string) {
	t.Helper()
	text = strings.ReplaceAll(text, "here is no ", "") // "there is no file x" is fine, "x is no file" is not
	for i, pattern := range bannedPatterns {
		for _, hit := range pattern.FindAllString(text, -1) {
			if !allowedWord(used, path, hit) {
				t.Errorf("%s: %q, write: %s", path, hit, banned[i].instead)
			}
		}
	}
}

func allowedWord(used map[int]bool, path, hit string) bool {
	for i, row := range allowed {
		if strings.HasPrefix(path, row.path) && row.text == hit {
			used[i] = true
			return true
		}
	}
	return false
}

// TestWords keeps the texts that users read in the terms of the field.
func TestWords(t *testing.T) {
	used := map[int]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			name := filepath.Base(path)
			switch {
			case name == ".":
			case strings.HasPrefix(name, "."), name == "testdata", name == "node_modules":
				return fs.SkipDir
			case path == "governance", path == "dist", path == "bin": // what runs and builds leave
				return fs.SkipDir
			}
			return err
		}
		path = filepath.ToSlash(path)
		for _, text := range userTexts(t, path) {
			checkWords(t, used, path, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range allowed {
		if !used[i] {
			t.Errorf("%s: the exception for %q is not needed any more", row.path, row.text)
		}
	}
}

// userTexts returns what a user reads of a file: the string literals of a program, the whole of a page or a document.
func userTexts(t *testing.T, path string) []string {
	switch ext := filepath.Ext(path); {
	case ext == ".go" && !strings.HasSuffix(path, "_test.go"):
		return literals(t, path)
	case ext == ".md" && path != "CHANGELOG.md",
		path == "Makefile",
		ext == ".json" && strings.HasPrefix(path, "schemas/"),
		(ext == ".html" || ext == ".js") && strings.HasPrefix(path, "internal/"):
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return []string{string(content)}
	}
	return nil
}

// literals returns the string literals of a Go file that have a space, which ids and keys have not.
func literals(t *testing.T, path string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if ok && lit.Kind == token.STRING && strings.Contains(lit.Value, " ") && !strings.HasPrefix(lit.Value, "`json:") {
			texts = append(texts, lit.Value)
		}
		return true
	})
	return texts
}

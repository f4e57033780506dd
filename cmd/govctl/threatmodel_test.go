package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// namedTest is a test as the pages about security name it: a function, or a script of TestScripts.
var namedTest = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)(?:/([\\w-]+))?`")

var likeATest = regexp.MustCompile(`^\S*\b(?:Test|Fuzz)[A-Z]\S*$`)

// TestThreatModelNamesTests looks for every test that the pages about security name, and for a test in each line of what somebody can do.
func TestThreatModelNamesTests(t *testing.T) {
	known := testFunctions(t)
	for _, file := range []string{"docs/threat-model.md", "SECURITY.md"} {
		page := pageText(t, file)
		named := namedTest.FindAllStringSubmatch(page, -1)
		if len(named) < 20 {
			t.Errorf("%s names only %d tests", file, len(named))
		}
		for _, m := range named {
			if !known[m[1]] {
				t.Errorf("%s: there is no test %s", file, m[1])
			}
			if m[2] == "" {
				continue
			}
			if m[1] != "TestScripts" {
				t.Errorf("%s: %s/%s is not a script", file, m[1], m[2])
			}
			if _, err := os.Stat(filepath.Join("testdata", "script", m[2]+".txtar")); err != nil {
				t.Errorf("%s: there is no script %s", file, m[2])
			}
		}
		for text := range strings.SplitSeq(page, "`") { // a name that namedTest does not match, such as one of a package
			if likeATest.MatchString(text) && !namedTest.MatchString("`"+text+"`") {
				t.Errorf("%s: %q does not name a test", file, text)
			}
		}
	}
	lines := 0
	for _, section := range strings.Split(pageText(t, "docs/threat-model.md"), "\n## ") {
		if !regexp.MustCompile(`^\d`).MatchString(section) {
			continue
		}
		for _, line := range strings.Split(section, "\n- ")[1:] {
			lines++
			line, _, _ = strings.Cut(line, "\n\n")
			if !namedTest.MatchString(line) {
				t.Errorf("docs/threat-model.md names no test for: %s", line)
			}
		}
	}
	if lines < 40 {
		t.Errorf("only %d lines say what somebody can do", lines)
	}
}

func pageText(t *testing.T, page string) string {
	t.Helper()
	b, err := os.ReadFile("../../" + page)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// testFunctions are the names of all tests and fuzz targets of the repository.
func testFunctions(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	all := map[string]bool{}
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		b, err := os.ReadFile("../../" + name)
		for _, m := range declared.FindAllSubmatch(b, -1) {
			all[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

package cli

import (
	"embed"
	"io/fs"
	"path"
	"runtime/debug"
	"strings"

	"github.com/romel/govctl/pkg/config"
)

//go:embed templates/workflows/*.yml templates/pre-commit-config.yaml
var templates embed.FS

// generatedFiles are all that init writes, configuration first.
func generatedFiles(source string) ([]generated, error) {
	action, version, rev := pinned(Version(), revision())
	fill := strings.NewReplacer("{{ACTION}}", action, "{{VERSION}}", version, "{{REV}}", rev)
	files := []generated{{config.File, strings.ReplaceAll(configTemplate, "{{SOURCE}}", source)}}
	names, err := fs.Glob(templates, "templates/workflows/*.yml")
	if err != nil {
		return nil, err
	}
	for _, name := range append(names, "templates/pre-commit-config.yaml") {
		text, err := templates.ReadFile(name)
		if err != nil {
			return nil, err
		}
		target := ".github/workflows/" + path.Base(name)
		if path.Ext(name) == ".yaml" {
			target = ".pre-commit-config.yaml"
		}
		files = append(files, generated{target, fill.Replace(string(text))})
	}
	return files, nil
}

// pinned is how generated files name this very program: the action by commit, the release by its tag where it is one.
func pinned(version, commit string) (action, release, rev string) {
	release = "source"
	if strings.HasPrefix(version, "v") && !strings.Contains(version, "-") {
		release = version
	}
	rev = firstOf(commit, "main")
	action = "romel/govctl@" + rev
	if commit != "" {
		action += " # " + version
	}
	return action, release, rev
}

// revision is the commit that the program was built from; empty where the build does not know, or was made from changed files.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			return ""
		}
	}
	return commit
}

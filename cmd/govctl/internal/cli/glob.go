package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// ruleExtensions are those of rule files in a folder.
var ruleExtensions = []string{".yml", ".yaml", ".rules", ".json"}

// maxMatches bounds how many files patterns may name.
const maxMatches = 100_000

// paths lists the files that patterns name, sorted, each once: files, folders (everything below them with one of the
// extensions; all files where there are none) and globs, in which ** crosses folders. named holds those that were named one by one.
func (a *app) paths(patterns, extensions []string) (files []string, named map[string]bool, err error) {
	named = map[string]bool{}
	for _, pattern := range patterns {
		var found []string
		info, statErr := stat(pattern)
		var link *contract.Error
		switch {
		case errors.As(statErr, &link):
			err = statErr
		case statErr == nil && info.IsDir():
			found, err = walk(pattern, func(p string) bool { return len(extensions) == 0 || slices.Contains(extensions, path.Ext(p)) })
		case statErr == nil:
			found = []string{pattern}
			named[pattern] = true
		case strings.ContainsAny(pattern, "*?["):
			found, err = walk(fixedPart(pattern), func(p string) bool { return matches(filepath.ToSlash(pattern), p) })
		default:
			return nil, nil, &exitError{code: BadInput, err: fmt.Errorf("%s: %w", pattern, cause(statErr))}
		}
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			return nil, nil, usage("no file matches %s", pattern).hint("quote globs, so that govctl and not the shell expands them; ** crosses folders")
		}
		if files = append(files, found...); len(files) > maxMatches {
			return nil, nil, usage("%s matches more than %d files", pattern, maxMatches)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), named, nil
}

// fixedPart is the folder of a glob above its first pattern character; a path without one is its own.
func fixedPart(pattern string) string {
	i := strings.IndexAny(pattern, "*?[")
	if i < 0 {
		return pattern
	}
	dir := path.Dir(filepath.ToSlash(pattern[:i]) + "x")
	return filepath.FromSlash(dir)
}

// ruleFiles are the files that a pattern in the rule_files of a test file names. A test file of the repository names files of the repository.
func ruleFiles(test, pattern string) ([]string, error) {
	if outside(fixedPart(pattern)) && !outside(test) {
		return nil, errors.New("it leaves the repository")
	}
	files, err := filepath.Glob(pattern)
	for _, name := range files {
		if err := validName(name); err != nil {
			return nil, err
		}
	}
	return files, err
}

// walk lists the files below a folder that want takes, by slash-separated paths. Folders of tools are left out.
func walk(dir string, want func(string) bool) ([]string, error) {
	var out []string
	if _, err := stat(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir() && p != dir && (d.Name() == ".git" || d.Name() == "node_modules"):
			return fs.SkipDir
		case !d.IsDir() && want(filepath.ToSlash(p)):
			if err := validName(p); err != nil {
				return err
			}
			out = append(out, filepath.ToSlash(p))
		}
		return nil
	})
	return out, err
}

// matches reports whether a slash-separated path fits a glob; ** stands for any number of folders.
func matches(pattern, name string) bool {
	return matchParts(strings.Split(path.Clean(pattern), "/"), strings.Split(path.Clean(name), "/"))
}

func matchParts(pattern, name []string) bool {
	if len(pattern) == 0 {
		return len(name) == 0
	}
	if pattern[0] == "**" {
		for i := 0; i <= len(name); i++ {
			if matchParts(pattern[1:], name[i:]) {
				return true
			}
		}
		return false
	}
	if len(name) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], name[0])
	return err == nil && ok && matchParts(pattern[1:], name[1:])
}

// below reports whether a path of a commit belongs to what a pattern names: the file itself, a rule file of the folder, a match of the glob.
func below(pattern, name string) bool {
	pattern = path.Clean(filepath.ToSlash(pattern))
	return pattern == name || matches(pattern, name) ||
		(pattern == "." || strings.HasPrefix(name, pattern+"/")) && slices.Contains(ruleExtensions, path.Ext(name)) && !strings.ContainsAny(pattern, "*?[")
}

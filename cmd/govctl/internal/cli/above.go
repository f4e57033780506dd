package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
)

// unconfigured are the commands that read no configuration and no output folder, by the first word.
var unconfigured = []string{"init", "explain", "schema", "version", "help", "completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}

// pathWords are the placeholders of arguments and flags that name files and folders. Those arguments are relative to the folder in which
// govctl was called, wherever the configuration is.
var pathWords = []string{"FILE", "FOLDER", "OLD", "NEW", "BEFORE", "AFTER", "SOURCE", "HISTORY", "DOCKERFILE", "REPORT", "file", "files", "folder", "source"}

// useConfigurationAbove goes to the nearest folder above the current one that has a govctl.yaml, as far as the top of the repository, so that
// the command does what it would do there. The paths of the command line stay those of the current folder.
func (a *app) useConfigurationAbove(c *cobra.Command, args []string) error {
	if a.config != "" || slices.Contains(unconfigured, firstWord(c)) {
		return nil
	}
	top, dir, below, err := configurationAbove()
	if err != nil || dir == "" {
		return err
	}
	its, err := a.Git().Root(c.Context())
	if errors.Is(err, gitrepo.ErrNoRepository) || err == nil && !sameFolder(its, top) { // a folder .git alone makes no repository
		return nil
	}
	if err != nil { // without git, or where git refuses it, nothing says that the folder above is of the same repository as this one
		fmt.Fprintf(a.notes(), "govctl: %s in %s is not used: %s\nhint: --config FILE names a configuration\n", config.File, oneLine(dir), oneLine(err.Error()))
		return nil
	}
	if err := a.enter(filepath.Join(top, dir)); err != nil {
		return err
	}
	fmt.Fprintf(a.notes(), "govctl: the configuration is %s; paths are relative to its folder\n", oneLine(filepath.ToSlash(filepath.Join(upwards(below), config.File))))
	return rebase(c, args, filepath.ToSlash(below))
}

// sameFolder compares two folders by their absolute paths without symbolic links.
func sameFolder(a, b string) bool {
	first, err := realFolder(a)
	second, other := realFolder(b)
	return err == nil && other == nil && first == second
}

func realFolder(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// firstWord is the name of the command below govctl that a command belongs to.
func firstWord(c *cobra.Command) string {
	for c.HasParent() && c.Parent().HasParent() {
		c = c.Parent()
	}
	return c.Name()
}

// configurationAbove looks for a configuration from the current folder upwards. It returns the top of the repository, the folder of the
// configuration from there, and the current folder from that one; dir is empty where the current folder has one or no folder above does.
func configurationAbove() (top, dir, below string, err error) {
	root, here, err := artifact.Within(".")
	if err != nil || root == nil {
		return "", "", "", err
	}
	defer func() { _ = root.Close() }() // only read
	for dir = here; ; dir = filepath.Dir(dir) {
		_, err := root.Lstat(filepath.Join(dir, config.File))
		switch {
		case err == nil && dir == here, err != nil && !errors.Is(err, fs.ErrNotExist): // the command reads it, or says why it cannot
			return "", "", "", nil
		case err == nil:
			below, err = filepath.Rel(dir, here)
			return root.Name(), dir, below, err
		case dir == ".":
			return "", "", "", nil
		}
	}
}

// upwards is the way back from a folder below.
func upwards(below string) string {
	parts := strings.Split(filepath.ToSlash(below), "/")
	for i := range parts {
		parts[i] = ".."
	}
	return filepath.Join(parts...)
}

// rebase makes the paths of a command line, which are relative to the folder below, relative to the current one.
func rebase(c *cobra.Command, args []string, below string) error {
	if slices.ContainsFunc(placeholders(c.Use), func(word string) bool { return slices.Contains(pathWords, word) }) {
		for i := range args {
			args[i] = rebased(below, args[i])
		}
	}
	var failed error
	c.Flags().Visit(func(f *pflag.Flag) {
		word, _ := pflag.UnquoteUsage(f)
		key := word == "key" && exists(rebased(below, f.Value.String())) // --public-key takes both
		if list, ok := f.Value.(pflag.SliceValue); ok && (word == "key" || slices.Contains(pathWords, word)) {
			values := list.GetSlice()
			for i, v := range values {
				if at := rebased(below, v); word != "key" || exists(at) {
					values[i] = at
				}
			}
			failed = errors.Join(failed, list.Replace(values))
			return
		}
		if key || slices.Contains(pathWords, word) && f.Name != "directory" {
			failed = errors.Join(failed, f.Value.Set(rebased(below, f.Value.String())))
		}
	})
	return failed
}

// placeholders are the words of a usage line that stand for arguments.
func placeholders(use string) []string {
	words := strings.Fields(use)[1:]
	for i, w := range words {
		words[i] = strings.Trim(w, "[].")
	}
	return words
}

// rebased is a path or a source of the folder below as it is seen from the current one.
func rebased(below, source string) string {
	rev, isGit := strings.CutPrefix(source, "git:")
	command, isCommand := strings.CutPrefix(source, "cmd:")
	switch {
	case isGit:
		if at, file, ok := strings.Cut(rev, ":./"); ok { // others are counted from the top of the repository
			return "git:" + at + ":./" + below + "/" + file
		}
		return source
	case isCommand:
		return "cmd:cd " + quotedWord(below) + " && " + command
	case source == "", source == "-", filepath.IsAbs(source), strings.Contains(source, "://"):
		return source
	}
	return filepath.ToSlash(filepath.Join(below, source))
}

// quotedWord is a text as one word of the shell that runs commands.
func quotedWord(s string) string {
	if runtime.GOOS == "windows" {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

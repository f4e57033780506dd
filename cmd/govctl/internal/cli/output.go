package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
)

// secretive are the commands that print a secret: its file needs permissions that the user chooses, as (umask 077; govctl key new > FILE) does.
var secretive = []string{"govctl key new"}

// documents are the commands that print one document in one form; those with --format print a report.
var documents = []string{"govctl openapi export", "govctl schema show", "govctl webhook payload"}

// outputFlags adds --output to every command below that prints a report or a document.
func (a *app) outputFlags(c *cobra.Command) {
	for _, child := range c.Commands() {
		a.outputFlags(child)
	}
	report := c.Flags().Lookup("format") != nil || slices.Contains(documents, c.CommandPath())
	if report && !slices.Contains(secretive, c.CommandPath()) {
		a.outputFlag(c)
	}
}

// outputFlag adds --output to a command: what it would print goes into the file, as a whole or not at all.
func (a *app) outputFlag(c *cobra.Command) {
	var file string
	c.Flags().StringVar(&file, "output", "", "write the output to this `file` instead")
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if file == "" || file == "-" {
			return run(c, args)
		}
		if err := writable(file); err != nil {
			return &bodyError{err}
		}
		var report bytes.Buffer
		printed := a.Stdout
		a.Stdout, a.Screen, a.Colour = &report, false, a.color == "always"
		err := run(c, args)
		a.Stdout = printed
		if err != nil && report.Len() == 0 { // it has come to no result
			return err
		}
		if failed := artifact.Replace(file, report.Bytes()); failed != nil {
			return &bodyError{failed}
		}
		return err
	}
}

// writable refuses, before any work is done, a file that --output cannot replace.
func writable(file string) error {
	dir := filepath.Dir(file)
	if info, err := stat(dir); err != nil || !info.IsDir() {
		return usage("--output %s: there is no folder %s", file, dir).hint("make the folder first")
	}
	info, err := stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return usage("--output %s: %w", file, cause(err)).hint("name another file")
	case !info.Mode().IsRegular():
		return usage("--output %s: is not a regular file", file).hint("--output - prints the report, as it is without the flag")
	}
	return nil
}

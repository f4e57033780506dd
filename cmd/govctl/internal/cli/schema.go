package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/schemas"
)

func schemaCommand(a *app) *cobra.Command {
	var format string
	list := command("list", "List the schemas", cobra.NoArgs, func(context.Context, []string) error {
		if format == "json" {
			return a.printJSON(schemas.Names())
		}
		for _, name := range schemas.Names() {
			fmt.Fprintln(a.Stdout, name)
		}
		return nil
	})
	show := command("show NAME", "Print a schema", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		src, err := schemas.Source(args[0])
		if err != nil {
			return usage("%w", err).hint("%s", firstOf(config.Nearest(args[0], schemas.Names()), "govctl schema list names them all"))
		}
		_, err = a.Stdout.Write(src)
		return err
	})
	completeIDs(show, schemas.Names)
	textOrJSON(list, &format)
	var name string
	check := command("check FILE...", "Check files against their schemas", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		failed := false
		var all []checkedFile
		for _, file := range args {
			got, err := a.checkFile(ctx, file, name)
			if err != nil {
				return err
			}
			if format == "text" {
				got.print(a.Stdout)
			}
			all, failed = append(all, got), failed || len(got.Violations) > 0
		}
		if format == "json" {
			if err := a.printJSON(all); err != nil {
				return err
			}
		}
		if failed {
			return errFindings
		}
		return nil
	})
	check.Long = "Check files against their schemas. The schema follows from the file's name; --schema names another."
	check.Flags().Var(&schemaName{&name}, "schema", "check against the schema of this `name`")
	complete(check, "schema", schemas.Names)
	textOrJSON(check, &format)
	return group("schema", "The JSON Schemas of artifacts and configuration", list, show, check)
}

// schemaName is the value of a flag that names a schema. It is no choice: the schemas are unpacked when one is named, not at each start.
type schemaName struct{ to *string }

func (s *schemaName) String() string { return *s.to }
func (s *schemaName) Type() string   { return "name" }

// Set takes the name of a schema.
func (s *schemaName) Set(name string) error {
	return (&choice{s.to, "schema", schemas.Names()}).Set(name)
}

// checkedFile is what a file is by its schema.
type checkedFile struct {
	File       string      `json:"file"`
	Schema     string      `json:"schema"`
	Violations []violation `json:"violations"`
}

// violation is a place where a file leaves its schema.
type violation struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Pointer string `json:"pointer"`
	Reason  string `json:"reason"`
}

// print writes one line for the file, or one for each place where it leaves its schema.
func (f checkedFile) print(w io.Writer) {
	for _, v := range f.Violations {
		fmt.Fprintln(w, oneLine(fmt.Sprintf("%s:%d:%d: %s: %s", f.File, v.Line, v.Column, v.Pointer, v.Reason)))
	}
	if len(f.Violations) == 0 {
		fmt.Fprintf(w, "%s: ok (%s)\n", f.File, f.Schema)
	}
}

func (a *app) checkFile(ctx context.Context, file, name string) (checkedFile, error) {
	none := checkedFile{}
	if name == "" {
		if name = artifact.SchemaOf(filepath.ToSlash(file)); name == "" {
			return none, usage("%s: no schema matches this file name", file).hint("name one with --schema; govctl schema list names them all")
		}
	}
	data, err := a.readInput(file)
	if err != nil {
		return none, err
	}
	documents := []string{string(data)}
	if strings.HasSuffix(file, ".jsonl") {
		documents = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	}
	got := checkedFile{File: file, Schema: name}
	for i, text := range documents {
		root, err := contract.ParseValue(ctx, file, []byte(text), contract.Options{})
		if err != nil {
			return none, err
		}
		err = schemas.Validate(name, root.AppendJSON(nil))
		var bad *schemas.Invalid
		if err != nil && !errors.As(err, &bad) {
			return none, usage("%w", err)
		}
		if bad == nil {
			continue
		}
		for _, v := range bad.Violations {
			at := root.Find(v.Pointer).Place()
			got.Violations = append(got.Violations, violation{at.Line + i, at.Column, v.Pointer, v.Reason})
		}
	}
	return got, nil
}

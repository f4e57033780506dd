package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/schemas"
)

func schemaCommand(a *app) *cobra.Command {
	list := command("list", "List the schemas", cobra.NoArgs, func(context.Context, []string) error {
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
	show.ValidArgs = schemas.Names()
	var name string
	check := command("check FILE...", "Check files against their schemas", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		failed := false
		for _, file := range args {
			ok, err := a.checkFile(ctx, file, name)
			if err != nil {
				return err
			}
			failed = failed || !ok
		}
		if failed {
			return errFindings
		}
		return nil
	})
	check.Long = "Check files against their schemas. The schema follows from the file's name; --schema names another."
	chooseOf(check, &name, "schema", "schema", "", "check against the schema of this `name`", schemas.Names())
	return group("schema", "The JSON Schemas of artifacts and configuration", list, show, check)
}

// checkFile prints one line for the file, or one for each place where it leaves its schema.
func (a *app) checkFile(ctx context.Context, file, name string) (bool, error) {
	if name == "" {
		if name = artifact.SchemaOf(filepath.ToSlash(file)); name == "" {
			return false, usage("%s: no schema belongs to a file of this name", file).hint("name one with --schema; govctl schema list names them all")
		}
	}
	data, err := a.readInput(file)
	if err != nil {
		return false, err
	}
	documents := []string{string(data)}
	if strings.HasSuffix(file, ".jsonl") {
		documents = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	}
	ok := true
	for i, text := range documents {
		root, err := contract.ParseValue(ctx, file, []byte(text), contract.Options{})
		if err != nil {
			return false, err
		}
		err = schemas.Validate(name, root.AppendJSON(nil))
		var bad *schemas.Invalid
		if err != nil && !errors.As(err, &bad) {
			return false, usage("%w", err)
		}
		if bad == nil {
			continue
		}
		ok = false
		for _, v := range bad.Violations {
			at := root.Find(v.Pointer).Place()
			fmt.Fprintln(a.Stdout, oneLine(fmt.Sprintf("%s:%d:%d: %s: %s", file, at.Line+i, at.Column, v.Pointer, v.Reason)))
		}
	}
	if ok {
		fmt.Fprintf(a.Stdout, "%s: ok (%s)\n", file, name)
	}
	return ok, nil
}

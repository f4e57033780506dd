package cli

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"path"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/config"
)

//go:embed templates/govctl.yaml
var configTemplate string

// likely are the places where projects keep their description, most usual first.
var likely = []string{"openapi.yaml", "openapi.yml", "openapi.json", "api/openapi.yaml", "api/openapi.yml", "api/openapi.json",
	"docs/openapi.yaml", "docs/openapi.json", "spec/openapi.yaml", "spec/openapi.json"}

func initCommand(a *app) *cobra.Command {
	var force bool
	c := command("init", "Write govctl.yaml, workflows and pre-commit hooks for this repository", cobra.NoArgs, func(context.Context, []string) error {
		repository, err := openDir(".")
		if err != nil {
			return err
		}
		source := likely[3]
		for _, p := range likely {
			if _, err := fs.Stat(repository, p); err == nil {
				source = p
				break
			}
		}
		files, err := generatedFiles(source)
		if err != nil {
			return err
		}
		return a.generate(repository, files, force)
	})
	c.Flags().BoolVar(&force, "force", false, "overwrite what is there")
	return c
}

// generated is one file that init writes into the repository.
type generated struct{ path, text string }

// generate writes the files. A configuration that is there already stops it; of the others, which may be somebody's own, those
// that are there are kept.
func (a *app) generate(repository fs.FS, files []generated, force bool) error {
	for _, f := range files {
		_, err := fs.Stat(repository, f.path)
		switch there := err == nil && !force; {
		case there && f.path == config.File:
			return usage("%s is there already", f.path).hint("--force overwrites it")
		case there:
			fmt.Fprintf(a.Stdout, "kept %s\n", f.path)
			continue
		}
		if err := artifact.Replace(path.Clean(f.path), []byte(f.text)); err != nil {
			return err
		}
		fmt.Fprintf(a.Stdout, "wrote %s\n", f.path)
	}
	return nil
}

package cli

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
)

// likely are the places where projects keep their description, most usual first.
var likely = []string{"openapi.yaml", "openapi.yml", "openapi.json", "api/openapi.yaml", "api/openapi.yml", "api/openapi.json",
	"docs/openapi.yaml", "docs/openapi.json", "spec/openapi.yaml", "spec/openapi.json"}

// starterContract is where init puts a description when there is none.
const starterContract = "api/openapi.yaml"

// repository is what init finds, and what it writes depends on.
type repository struct {
	source    string // of the contract
	branch    string // that the workflows measure
	contract  bool   // there is a description
	alerts    bool   // there is a taxonomy, or there are rule files
	ignores   bool   // there is a .gitignore
	compared  bool   // both are there, where the configuration looks for them
	generated string // time for the dates of what is written
	govctl    reference
}

func initCommand(a *app) *cobra.Command {
	var force bool
	var ref string
	c := command("init", "Write govctl.yaml, workflows and pre-commit hooks for this repository", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		dir, err := openBeside(".")
		if err != nil {
			return err
		}
		r, err := a.survey(ctx, dir)
		if err != nil {
			return err
		}
		if r.govctl, err = a.reference(ctx, thisBuild(), ref); err != nil {
			return err
		}
		files, err := generatedFiles(r)
		if err != nil {
			return err
		}
		if err := a.generate(dir, files, force); err != nil {
			return err
		}
		fmt.Fprint(a.Stdout, nextSteps)
		return nil
	})
	c.Long = "Write a commented govctl.yaml, the workflows and the pre-commit hooks for this repository. Where it has no OpenAPI description, or\n" +
		"neither a taxonomy nor rule files, a first one of each is written, so that every command of the workflows has something to work on.\n\n" +
		"Every action and hook is named by its commit, never by a branch or a tag, which can be moved. govctl itself is named by the commit\n" +
		"of this build. A build that knows only its version looks the commit up in " + home + "; one that\n" +
		"knows neither needs --ref."
	c.Flags().BoolVar(&force, "force", false, "overwrite what is there")
	c.Flags().StringVar(&ref, "ref", "", "use govctl at this `commit`, tag or branch, which is looked up and written as a commit (default: this build's)")
	return c
}

const nextSteps = `
Next: commit these files and push them. The branches of the artifacts and of the pages appear with the first run on GitHub. To have them
signed, make a key with "govctl key new", keep its seed as the secret GOV_SIGNING_PRIVATE_KEY of the environment "governance", which only the
default branch may use, and name its public key under sign.public_keys: verify.yml fails without it.
`

var plainBranch = late(`^[A-Za-z0-9_][A-Za-z0-9._/-]*$`)

// survey looks at the repository in the current folder.
func (a *app) survey(ctx context.Context, dir fs.FS) (repository, error) {
	now, err := a.clock(a.now)
	if err != nil {
		return repository{}, err
	}
	there := func(p string) bool {
		_, err := fs.Stat(dir, p)
		return err == nil
	}
	r := repository{source: starterContract, branch: a.Git().DefaultBranch(ctx), ignores: there(".gitignore"), generated: now().UTC().Format(time.RFC3339)}
	if !plainBranch().MatchString(r.branch) { // none, or one that a workflow would read as a pattern
		r.branch = "main"
	}
	for _, p := range likely {
		if there(p) {
			r.source, r.contract = p, true
			break
		}
	}
	r.alerts = there(config.Default().Taxonomy.File) || there("prometheus")
	rules, err := fs.Glob(dir, "prometheus/*.yml")
	r.compared = !r.alerts || there(config.Default().Taxonomy.File) && len(rules) > 0
	return r, err
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

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
)

// writes remembers whether --out was given: without it, commands that do a single step only print.
func (a *app) writes(c *cobra.Command) bool {
	f := c.Flags().Lookup("out")
	return f != nil && f.Changed
}

const partHelp = "\n\nWith --out the artifacts are written into that folder as `govctl run` writes them, with the badges that follow from them and a summary that\n" +
	"lists what was not done."

// part does steps of a run in the output folder, as a CI step of its own.
func (a *app) part(ctx context.Context, cfg config.Config, f runFlags, q pipeline.PartRequest) (pipeline.Result, error) {
	signed := false
	result, err := a.inFolder(ctx, cfg, f, func(job *pipeline.Job) (pipeline.Result, error) {
		signed = a.signed()
		return pipeline.Part(ctx, job, q)
	})
	if err == nil && signed {
		fmt.Fprintln(a.Stderr, "govctl: warning: the signature is removed: it does not cover these files\nhint: govctl sign")
	}
	return result, err
}

// closed ends the work in an output folder. One that was interrupted is left as a killed process leaves it.
func (a *app) closed(store *artifact.Store, err error) error {
	if errors.Is(err, pipeline.ErrInterrupted) {
		return errors.Join(err, store.Leave())
	}
	return errors.Join(err, store.Close())
}

// partError is the error of steps that did not pass, with what is wrong on standard error; nil where all did.
func (a *app) partError(r pipeline.Result) error {
	for _, s := range r.Steps {
		switch s.Status {
		case "failed":
			for _, reason := range reasons(s, r.Details) {
				fmt.Fprintf(a.Stderr, "govctl: %s: %s\n", s.Name, oneLine(reason))
			}
			a.hint(r.Hints[s.Name])
		case "findings":
			fmt.Fprintf(a.Stderr, "govctl: %s: %s\n", s.Name, oneLine(s.Reason))
		}
	}
	return outcome(r.Worst)
}

// ofPart is an artifact that steps have just written.
func ofPart[T any](a *app, p string) (*T, error) {
	files, err := openDir(a.out)
	if err != nil {
		return nil, err
	}
	v, err := artifact.Load[T](files, p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return &v, err
}

package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// diff compares the contract with its baseline and writes the three answers that follow from it.
func diff(ctx context.Context, b *bench) error {
	doc, err := b.document(ctx)
	if err != nil {
		return skip("the contract could not be read")
	}
	old, err := b.baseline(ctx)
	if err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	opt, err := b.options(ctx)
	if err != nil {
		return err
	}
	result := apidiff.First(doc, opt)
	if old != nil {
		result = apidiff.Compare(ctx, old, doc, opt)
	}
	at := report.At(b.job.Now)
	d, ops, broken := result.Diff, result.Operations(), result.Breaking()
	d.GeneratedAt, ops.GeneratedAt, broken.GeneratedAt = at, at, at
	b.note = d.Headline
	return errors.Join(
		b.job.Store.JSON(b.path(diffFile), d),
		b.job.Store.JSON(b.path(operationsFile), ops),
		b.job.Store.JSON(b.path(breakingFile), broken),
	)
}

// baseline is the contract to compare with; nil for a first run.
func (b *bench) baseline(ctx context.Context) (*contract.Document, error) {
	switch b.contract.Baseline {
	case "none":
		return nil, b.job.Store.Remove(baselinePath(b.contract.Name))
	case "":
		data := b.run.start[b.contract.Name]
		if data == nil {
			return nil, nil
		}
		return contract.Parse(ctx, baselinePath(b.contract.Name), data, contract.Options{AllowDangling: true})
	}
	old, err := b.job.Load(ctx, b.contract.Baseline, *b.contract)
	if absent(err) {
		return nil, b.job.Store.Remove(baselinePath(b.contract.Name))
	}
	if err != nil {
		return nil, err
	}
	return old, b.job.Store.Bytes(baselinePath(b.contract.Name), old.Canonical())
}

// absent reports a source that is not there, as against one that cannot be read.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// options are the rules of this contract, with its waivers.
func (b *bench) options(ctx context.Context) (apidiff.Options, error) {
	r := b.contract.Rules
	opt := apidiff.Options{Gate: apidiff.Category(r.Category), Levels: map[string]report.Level{}, Now: b.job.Now, DeprecationDays: r.DeprecationDays}
	for id, level := range r.Levels {
		opt.Levels[id] = report.Level(level)
	}
	data, ok, err := b.job.optional(b.contract.Waivers)
	if err != nil || !ok {
		return opt, err
	}
	opt.Waivers, err = apidiff.ParseWaivers(ctx, b.contract.Waivers, data, b.job.Now, r.WaiverMaxDays)
	return opt, err
}

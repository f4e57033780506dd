package pipeline

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/site"
)

// pages builds the status page and the folder of the public site, which holds the page and the badges at its root.
func pages(_ context.Context, b *bench) error {
	page, err := b.page()
	if err != nil {
		return err
	}
	html, err := site.Index(page)
	if err != nil {
		return err
	}
	if err := errors.Join(b.job.Store.Bytes(artifact.IndexPath, html), b.job.Store.Bytes(artifact.PagePath, html)); err != nil {
		return err
	}
	for _, f := range b.job.Store.Written() {
		name := strings.TrimPrefix(f.Path, "status/")
		if !published(name) {
			continue
		}
		data, err := artifact.Read(b.job.Store.FS(), f.Path, 1<<20)
		if err != nil {
			return err
		}
		if err := b.job.Store.Bytes(path.Join("site", name), data); err != nil {
			return err
		}
	}
	return nil
}

// published reports a status file that the site holds a copy of: badges, and the summary that embedded snippets fetch.
func published(name string) bool {
	base := path.Base(name)
	return base == path.Base(artifact.SummaryPath) || path.Ext(base) == ".json" && (strings.HasSuffix(base, "-badge.json") || strings.HasPrefix(base, "badge-"))
}

// page gathers what the run wrote.
func (b *bench) page() (site.Page, error) {
	p := site.Page{Title: "API", Summary: b.run.final}
	var err error
	if p.Milestones, err = written[report.Milestones](b, artifact.MilestonesPath); err != nil {
		return p, err
	}
	for _, one := range b.run.benches() {
		c, err := one.section()
		if err != nil {
			return p, err
		}
		if c.Diff != nil && c.Diff.New.Title != "" && len(b.job.Config.Contracts) == 1 {
			p.Title = c.Diff.New.Title
		}
		p.Contracts = append(p.Contracts, c)
	}
	return p, nil
}

// section is one contract's part of the page.
func (b *bench) section() (site.Contract, error) {
	c := site.Contract{Name: b.contract.Name}
	var errs [5]error
	c.Diff, errs[0] = written[report.Diff](b, diffFile)
	c.Semver, errs[1] = written[report.Semver](b, semverFile)
	c.Operations, errs[2] = written[report.Operations](b, operationsFile)
	if view, err := written[stabilityView](b, stabilityFile); err != nil {
		errs[3] = err
	} else if view != nil && !view.Placeholder {
		c.Stability, errs[4] = written[report.Stability](b, stabilityFile)
	}
	return c, errors.Join(errs[:]...)
}

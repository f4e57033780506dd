package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/romel/govctl/internal/apichangelog"
	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// ReleaseNotes is the release that leads from one contract to another. Waivers do not count: what they accept breaks clients nevertheless.
func ReleaseNotes(ctx context.Context, c config.Contract, in apichangelog.Input, now time.Time) (report.APIRelease, error) {
	at := in.Date
	if at.IsZero() {
		at = now
	}
	opt, err := RuleOptions(c, at)
	if err != nil {
		return report.APIRelease{}, err
	}
	opt.Accepted, opt.NoDigest, opt.All = true, true, true
	in.Changes = apidiff.Compare(ctx, in.Old, in.New, opt).Diff.Changes
	return apichangelog.New(&in), ctx.Err()
}

// publishedDoc is a contract as it is compared for the changelog.
type publishedDoc struct {
	data    []byte // canonical
	version string
	doc     *contract.Document // nil until it is read
}

// apiLog is the work of the step on one contract.
type apiLog struct {
	*stepContext
	log     report.APIChangelog // the releases of earlier runs
	pending *report.APIRelease  // what the last run made on top of them
	kept    []byte              // the contract of the last release, as earlier runs know it; nil where they know none
}

// apiChangelog keeps the changelog of the API. A run makes one release, from the contract of the last release to the present one, on top of
// those of earlier runs; a release that has come since the last run is made, too. It never fails a run by what it cannot read.
func apiChangelog(ctx context.Context, sc *stepContext) error {
	doc, err := sc.document(ctx)
	if err != nil {
		return skip("the contract could not be read")
	}
	if sc.contract.Baseline == config.NoBaseline && sc.contract.ReleaseBaseline == "" {
		return skip("the contract is compared with nothing")
	}
	a := &apiLog{stepContext: sc}
	if err := a.read(doc); err != nil {
		return err
	}
	last, err := a.lastRelease(ctx)
	if err != nil {
		return skip("the last release could not be read: " + err.Error())
	}
	if err = a.released(ctx, last); err == nil {
		err = a.next(ctx, last, released(doc))
	}
	if err != nil {
		return skip("the releases could not be compared: " + err.Error())
	}
	return a.write(last)
}

// read takes over what earlier runs kept. Releases that were made for everybody are not for the public.
func (a *apiLog) read(doc *contract.Document) error {
	a.log = apichangelog.Report(apichangelog.TitleOf(doc), a.job.Config.Changelog.Audience, a.job.Now)
	kept, err := artifact.Load[report.APIChangelog](a.job.Store.FS(), a.path(apiLogFile))
	if ignoreAbsent(err) != nil {
		return err
	}
	if err == nil && (a.log.Audience == kept.Audience || a.log.Audience != apichangelog.ForPublic) {
		a.log.More = kept.More
		for i := range kept.Releases {
			if r := &kept.Releases[i]; r.Pending {
				a.pending = r
			} else {
				a.log.Releases = append(a.log.Releases, *r)
			}
		}
	}
	if len(a.log.Releases) == 0 {
		return nil
	}
	a.kept, err = artifact.Read(a.job.Store.FS(), a.path(apiReleaseFile), maxContract)
	return ignoreAbsent(err)
}

// lastRelease is what counts as the last release: the one that the configuration names, else the first contract of its version that a run
// accepted; nil where there is none yet.
func (a *apiLog) lastRelease(ctx context.Context) (*publishedDoc, error) {
	if a.contract.ReleaseBaseline != "" {
		doc, err := a.job.Load(ctx, a.contract.ReleaseBaseline, *a.contract)
		if err == nil {
			return released(doc), nil
		}
		if !absent(err) {
			return nil, err
		}
	}
	data, err := artifact.Read(a.job.Store.FS(), baselinePath(a.contract.Name), maxContract)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if digest(data) == digest(a.kept) {
		return &publishedDoc{data: data, version: a.newest()}, nil
	}
	doc, err := a.baselineDocument(ctx, data)
	if err != nil {
		return nil, err
	}
	base := released(doc)
	base.data = data
	if a.contract.Baseline == "" && a.kept != nil && base.version == a.newest() {
		return &publishedDoc{data: a.kept, version: base.version}, nil
	}
	return base, nil
}

func (a *apiLog) baselineDocument(ctx context.Context, data []byte) (*contract.Document, error) {
	if a.contract.Baseline == "" && a.contracts[a.contract.Name].release == nil {
		return a.published(ctx, data)
	}
	return contract.Parse(ctx, baselinePath(a.contract.Name), data, contract.Options{AllowDangling: true})
}

func released(doc *contract.Document) *publishedDoc {
	return &publishedDoc{data: doc.Canonical(), version: apichangelog.VersionOf(TextOf(doc.Root().Find("/info/version"))), doc: doc}
}

// newest is the version of the newest release.
func (a *apiLog) newest() string {
	if len(a.log.Releases) == 0 {
		return ""
	}
	return a.log.Releases[0].Version
}

// released adds the last release where it has come since the last run.
func (a *apiLog) released(ctx context.Context, last *publishedDoc) error {
	if last == nil || a.kept != nil && digest(last.data) == digest(a.kept) {
		return nil
	}
	r, err := a.sinceKept(ctx, last)
	if err != nil || r == nil {
		return err
	}
	r.Version, r.Pending = last.version, false
	if r.Date == "" && a.job.State.Summary != nil && !r.First {
		r.Date = a.job.State.Summary.GeneratedAt.Format(time.DateOnly) // the run that accepted it
	}
	a.put(*r)
	return nil
}

// sinceKept is the last release: as the last run made it, where that had this contract; nil where the release before it is not known.
func (a *apiLog) sinceKept(ctx context.Context, last *publishedDoc) (*report.APIRelease, error) {
	if a.pending != nil && digest(a.job.State.Contracts[a.contract.Name].Published) == digest(last.data) {
		return a.pending, nil
	}
	if a.kept != nil {
		r, err := a.compare(ctx, &publishedDoc{data: a.kept, version: a.newest()}, last, time.Time{})
		return &r, err
	}
	if len(a.log.Releases) > 0 {
		return nil, nil
	}
	doc, err := a.documentOf(ctx, last)
	if err != nil {
		return nil, err
	}
	r := apichangelog.First(last.version, time.Time{}, doc, false)
	return &r, nil
}

// next puts what the next release publishes on top.
func (a *apiLog) next(ctx context.Context, last, now *publishedDoc) error {
	version, date := now.version, a.job.Now
	a.note = "nothing new"
	switch {
	case last == nil:
		doc, err := a.documentOf(ctx, now)
		if err != nil {
			return err
		}
		r := apichangelog.First(version, date, doc, false)
		a.top(r)
		return nil
	case digest(last.data) == digest(now.data):
		a.note += " since " + last.version
		return nil
	case version == last.version || version == apichangelog.Unreleased:
		version, date = apichangelog.Unreleased, time.Time{}
	}
	r, err := a.compare(ctx, last, &publishedDoc{data: now.data, version: version, doc: now.doc}, date)
	if err == nil && (version != apichangelog.Unreleased || !apichangelog.Empty(&r)) {
		a.top(r)
	}
	return err
}

// top puts the release of this run on top. A version that an earlier run has seen keeps its date.
func (a *apiLog) top(r report.APIRelease) {
	r.Pending = true
	if a.pending != nil && a.pending.Version == r.Version && a.pending.Date != "" {
		r.Date = a.pending.Date
	}
	a.put(r)
	a.note = r.Version + ": " + r.Summary
}

// put puts a release on top, instead of an earlier one of its version.
func (a *apiLog) put(r report.APIRelease) {
	others := slices.DeleteFunc(a.log.Releases, func(o report.APIRelease) bool { return o.Version == r.Version })
	a.log.Releases = append([]report.APIRelease{r}, others...)
}

func (a *apiLog) compare(ctx context.Context, old, new *publishedDoc, date time.Time) (r report.APIRelease, err error) {
	in := apichangelog.Input{Version: new.version, Previous: old.version, Date: date}
	if in.Old, err = a.documentOf(ctx, old); err != nil {
		return r, err
	}
	if in.New, err = a.documentOf(ctx, new); err != nil {
		return r, err
	}
	return ReleaseNotes(ctx, *a.contract, in, a.job.Now)
}

// documentOf is a contract as the audience sees it.
func (a *apiLog) documentOf(ctx context.Context, p *publishedDoc) (*contract.Document, error) {
	doc, err := p.doc, error(nil)
	if doc == nil {
		doc, err = contract.Parse(ctx, a.path(apiReleaseFile), p.data, contract.Options{AllowDangling: true})
	}
	if err != nil {
		return nil, err
	}
	return apichangelog.For(ctx, a.log.Audience, doc)
}

// write keeps the changelog and then the contract that it begins from: a run that is killed between the two makes the last release again.
func (a *apiLog) write(last *publishedDoc) error {
	apichangelog.Bound(&a.log)
	err := a.job.Store.JSON(a.path(apiLogFile), a.log)
	if err == nil && a.job.Config.Changelog.API != "" {
		err = a.job.Store.Bytes(a.path("status/"+a.job.Config.Changelog.API), []byte(apichangelog.Markdown(&a.log)))
	}
	if err == nil && last != nil {
		err = a.job.Store.Bytes(a.path(apiReleaseFile), last.data)
	}
	return err
}

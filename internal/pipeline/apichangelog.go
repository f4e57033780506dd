package pipeline

import (
	"context"
	"fmt"
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
	Stored  // canonical
	version string
	doc     *contract.Document // nil until it is read
}

// apiLog is the work of the step on one contract.
type apiLog struct {
	*stepContext
	log     report.APIChangelog // the releases of earlier runs
	pending *report.APIRelease  // what the last run made on top of them,
	from    string              // of this
	kept    Stored              // the contract of the last release, as earlier runs know it; none where they know none
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
		a.log.More, a.log.Release, a.from = kept.More, kept.Release, kept.MadeFrom
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
	a.kept = a.job.State.Contracts[a.contract.Name].Release
	return nil
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
	file := baselinePath(a.contract.Name)
	sum := a.digestOf(file)
	switch sum {
	case "":
		return nil, nil
	case a.kept.SHA256:
		return &publishedDoc{Stored: a.kept, version: a.newest()}, nil
	}
	base := publishedDoc{Stored: inFolder(a.job.Store, file, Stored{SHA256: sum})}
	var err error
	if base.doc, err = a.baselineDocument(ctx, base.Stored); err != nil {
		return nil, err
	}
	base.version = versionOf(base.doc)
	if a.contract.Baseline == "" && a.kept.Exists() && base.version == a.newest() {
		return &publishedDoc{Stored: a.kept, version: base.version}, nil
	}
	return &base, nil
}

// baselineDocument is what the run compared with.
func (a *apiLog) baselineDocument(ctx context.Context, from Stored) (*contract.Document, error) {
	if a.compared != nil {
		return a.compared.old, nil
	}
	data, err := from.Bytes()
	if err != nil {
		return nil, err
	}
	if a.contract.Baseline == "" && a.contracts[a.contract.Name].release == nil {
		return a.published(ctx, data)
	}
	return contract.Parse(ctx, from.file, data, contract.ReadBack())
}

func versionOf(doc *contract.Document) string {
	return apichangelog.VersionOf(TextOf(doc.Root().Find("/info/version")))
}

func released(doc *contract.Document) *publishedDoc {
	return &publishedDoc{Stored: Stored{SHA256: doc.SHA256(), read: func() ([]byte, error) { return doc.Canonical(), nil }}, version: versionOf(doc), doc: doc}
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
	if last == nil || a.kept.Exists() && last.SHA256 == a.kept.SHA256 {
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
	if a.pending != nil && a.job.State.Contracts[a.contract.Name].Published.SHA256 == last.SHA256 {
		return a.pending, nil
	}
	if a.kept.Exists() {
		r, err := a.compare(ctx, &publishedDoc{Stored: a.kept, version: a.newest()}, last, time.Time{})
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
func (a *apiLog) next(ctx context.Context, last, now *publishedDoc) (err error) {
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
	case last.SHA256 == now.SHA256:
		a.note += " since " + last.version
		return nil
	case version == last.version || version == apichangelog.Unreleased:
		version, date = apichangelog.Unreleased, time.Time{}
	}
	now = &publishedDoc{Stored: now.Stored, version: version, doc: now.doc}
	if a.log.MadeFrom, err = a.madeFrom(last, now); err != nil {
		return err
	}
	if a.from == a.log.MadeFrom { // as the last run has made it, or found that there is none
		if a.pending != nil {
			a.top(*a.pending)
		}
		return nil
	}
	r, err := a.compare(ctx, last, now, date)
	if err == nil && (version != apichangelog.Unreleased || !apichangelog.Empty(&r)) {
		a.top(r)
	}
	return err
}

// madeFrom identifies all that the release between two contracts depends on: them, the audience, the rules, the day, by which what ends at a date is
// judged, and the version of govctl.
func (a *apiLog) madeFrom(old, new *publishedDoc) (string, error) {
	rules, err := artifact.Encode(a.contract.Rules)
	return digest(fmt.Appendf(nil, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s", a.job.Version, a.log.Audience, a.job.Now.Format(time.DateOnly), old.SHA256, old.version, new.SHA256, new.version, rules)), err
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
	if a.told(old, new) {
		in.Changes = a.compared.All(in.Old, in.New)
		return apichangelog.New(&in), ctx.Err()
	}
	return ReleaseNotes(ctx, *a.contract, in, a.job.Now)
}

// told reports that the diff of this run has compared these contracts in the same way: for everybody, and without a waiver.
func (a *apiLog) told(old, new *publishedDoc) bool {
	c := a.compared
	return c != nil && a.log.Audience != apichangelog.ForPublic && c.old.SHA256() == old.SHA256 && c.new.SHA256() == new.SHA256 &&
		!slices.ContainsFunc(c.Diff.Changes, func(f report.Finding) bool { return f.Waiver != nil })
}

// documentOf is a contract as the audience sees it.
func (a *apiLog) documentOf(ctx context.Context, p *publishedDoc) (*contract.Document, error) {
	doc, err := p.doc, error(nil)
	if doc == nil && a.compared != nil && p.SHA256 == a.compared.old.SHA256() {
		doc = a.compared.old
	}
	if doc == nil {
		var data []byte
		if data, err = p.Bytes(); err == nil {
			doc, err = contract.Parse(ctx, a.path(apiReleaseFile), data, contract.ReadBack())
		}
	}
	if err != nil {
		return nil, err
	}
	return apichangelog.For(ctx, a.log.Audience, doc)
}

// write keeps the changelog and then the contract that it begins from: a run that is killed between the two makes the last release again. What the
// run compares with is there already.
func (a *apiLog) write(last *publishedDoc) error {
	if last != nil {
		a.log.Release = last.SHA256
	}
	apichangelog.Bound(&a.log)
	err := a.job.Store.JSON(a.path(apiLogFile), a.log)
	if err == nil && a.job.Config.Changelog.API != "" {
		err = a.job.Store.Bytes(a.path("status/"+a.job.Config.Changelog.API), []byte(apichangelog.Markdown(&a.log)))
	}
	switch {
	case err != nil || last == nil:
		return err
	case last.SHA256 == a.digestOf(baselinePath(a.contract.Name)):
		return a.job.Store.Remove(a.path(apiReleaseFile))
	}
	return keep(a.job.Store, a.path(apiReleaseFile), last.Stored)
}

package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

// Versions leads to the places that semver.version_from can name.
type Versions struct {
	// Release is the nearest release tag of a revision, among those whose version comes after the prefix, and whether it names that very
	// commit. Its error is a gitrepo.ErrNoTag where the whole history has none.
	Release func(ctx context.Context, rev, prefix string) (tag string, exact bool, err error)
	// ReadFile reads a file of the work tree, Show one of a revision.
	ReadFile func(name string) ([]byte, error)
	Show     func(ctx context.Context, rev, name string) ([]byte, error)
	Getenv   func(string) string
}

// Sourced is a version with where it was read.
type Sourced struct {
	From    string // as semver.version_from has it; info where there is no release tag yet
	Version string // empty: that of the document
	Tag     string // the release tag that names it; empty where it is from elsewhere
	Between bool   // it is that of the last release tag, which names an earlier commit
}

// maxVersionFile bounds a file that a version is read from, in bytes.
const maxVersionFile = 4 << 20

// Of reads the version that a contract has in a revision; an empty one is the work tree. Its error is a *contract.Error where the place is
// not there or holds no version.
func (v Versions) Of(ctx context.Context, from, rev string) (Sourced, error) {
	file, isFile := strings.CutPrefix(from, config.FromFile)
	variable, isVariable := strings.CutPrefix(from, config.FromEnv)
	switch {
	case byTag(from) && v.Release != nil:
		return v.ofTag(ctx, from, rev)
	case isFile:
		text, err := v.ofFile(ctx, file, rev)
		return Sourced{From: from, Version: text}, err
	case isVariable && rev == "" && v.Getenv != nil:
		text := strings.TrimSpace(v.Getenv(variable))
		if text == "" {
			return Sourced{}, versionError(from, "the variable "+variable+" is not set", "set it to the version, or correct semver.version_from", nil)
		}
		return Sourced{From: from, Version: text}, nil
	}
	return Sourced{From: config.FromInfo}, nil
}

func versionError(from, msg, hint string, err error) error {
	return &contract.Error{Msg: fmt.Sprintf("semver.version_from %s: %s", from, msg), Hint: hint, Err: err}
}

// byTag reports a version that is a release tag.
func byTag(from string) bool {
	return from == config.FromTag || strings.HasPrefix(from, config.FromTags)
}

func (v Versions) ofTag(ctx context.Context, from, rev string) (Sourced, error) {
	if rev == "" {
		rev = "HEAD"
	}
	prefix := strings.TrimPrefix(strings.TrimPrefix(from, config.FromTag), ":")
	tag, exact, err := v.Release(ctx, rev, prefix)
	switch {
	case errors.Is(err, gitrepo.ErrNoTag):
		return Sourced{From: config.FromInfo}, nil
	case err != nil:
		return Sourced{}, versionError(from, err.Error(), "fetch the tags with the history: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 for GitLab", err)
	}
	return Sourced{From: from, Version: strings.TrimPrefix(tag, prefix), Tag: tag, Between: !exact}, nil
}

// ofFile reads PATH, or the key of PATH:KEY.
func (v Versions) ofFile(ctx context.Context, spec, rev string) (string, error) {
	from := config.FromFile + spec
	name, key := spec, ""
	if i := strings.LastIndex(spec, ":"); i > 1 { // not the drive of Windows
		name, key = spec[:i], spec[i+1:]
	}
	data, err := v.file(ctx, name, rev)
	if err != nil {
		return "", versionError(from, "the file cannot be read: "+err.Error(), "correct the path", err)
	}
	if len(data) > maxVersionFile {
		return "", versionError(from, fmt.Sprintf("the file is larger than %d bytes", maxVersionFile), "name a smaller file", nil)
	}
	text := strings.TrimSpace(string(data))
	if key != "" {
		if text, err = keyOf(ctx, from, name, key, data); err != nil {
			return "", err
		}
	}
	switch {
	case text == "":
		return "", versionError(from, "there is no version in it", "write one, such as 1.0.0", nil)
	case strings.ContainsAny(text, "\r\n"):
		return "", versionError(from, "the file has more than one line", "name the key of a JSON or YAML file: file:"+name+":version", nil)
	}
	return text, nil
}

func (v Versions) file(ctx context.Context, name, rev string) ([]byte, error) {
	switch {
	case rev != "" && v.Show != nil:
		return v.Show(ctx, rev, "./"+path.Clean(name))
	case rev == "" && v.ReadFile != nil:
		return v.ReadFile(name)
	}
	return nil, errors.New("files cannot be read here")
}

// keyOf is the text of a key of a JSON or YAML file: the key itself, or a path of keys with dots between them.
func keyOf(ctx context.Context, from, name, key string, data []byte) (string, error) {
	if strings.EqualFold(path.Ext(name), ".toml") {
		return "", versionError(from, "keys of TOML are not read", "name a plain text, or a key of a JSON or YAML file", nil)
	}
	root, err := contract.ParseValue(ctx, name, data, contract.Options{MaxBytes: maxVersionFile, MaxDepth: 100})
	if err != nil {
		return "", err
	}
	n := root.Get(key)
	if !n.Exists() {
		n = root
		for part := range strings.SplitSeq(key, ".") {
			n = n.Get(part)
		}
	}
	if k := n.Kind(); !n.Exists() || k != contract.String && k != contract.Number {
		return "", versionError(from, fmt.Sprintf("%s has no text under %q", name, key), "correct the key; a path has dots between its keys", nil)
	}
	return strings.TrimSpace(TextOf(n)), nil
}

// TextOf is a text, or a number as written.
func TextOf(n contract.Node) string {
	if n.Kind() == contract.Number {
		return n.Literal()
	}
	return n.Text()
}

// sourced is the version of the contract as it is now; it is read once.
func (sc *stepContext) sourced(ctx context.Context) (Sourced, error) {
	known, ok := sc.versions[sc.contract.Name]
	if !ok {
		known.Sourced, known.err = sc.job.versionsOf().Of(ctx, sc.contract.Semver.VersionFrom, "")
		known.err = sc.placed(known.err)
		if sc.versions == nil {
			sc.versions = map[string]sourcedOnce{}
		}
		sc.versions[sc.contract.Name] = known
	}
	return known.Sourced, known.err
}

type sourcedOnce struct {
	Sourced
	err error
}

func (j *Job) versionsOf() Versions {
	v := j.Versions
	if v.ReadFile == nil {
		v.ReadFile = j.ReadFile
	}
	return v
}

// placed gives an error of the source of a version the place of the key that names it.
func (sc *stepContext) placed(err error) error {
	var e *contract.Error
	if !errors.As(err, &e) || e.Place.File != "" {
		return err
	}
	for _, key := range []string{sc.contract.At + "/semver/version_from", "/semver/version_from"} {
		if sc.job.Config.Given(key) {
			e.Place = sc.job.Config.KeyPlace(key)
			break
		}
	}
	return e
}

// readAs is the contract as its documents are read, with the version that it has in a revision; an empty one is the work tree.
func (sc *stepContext) readAs(ctx context.Context, rev string) (config.Contract, error) {
	c := *sc.contract
	v, err := sc.sourced(ctx)
	if err == nil && rev != "" {
		v, err = sc.job.versionsOf().Of(ctx, c.Semver.VersionFrom, rev)
		err = sc.placed(err)
	}
	c.ReadAs = v.Version
	return c, err
}

// revision is that of a git source; empty for any other.
func revision(source string) string {
	if spec, ok := strings.CutPrefix(source, "git:"); ok {
		rev, _, _ := strings.Cut(spec, ":")
		return rev
	}
	return ""
}

// taken is what the version of the published baseline is taken for; empty where it is what the contract says. Where the version is read from
// another place than before, the two cannot be compared: the baseline counts as the version of today.
func (sc *stepContext) taken(ctx context.Context) (string, error) {
	s := sc.job.State.Contracts[sc.contract.Name]
	switch now, err := sc.sourced(ctx); {
	case err != nil:
		return "", err
	case sc.again() || sc.job.State.Unfinished:
		return s.ComparedVersion, nil
	case fromOr(s.VersionFrom) == now.From:
		return s.AcceptedVersion, nil
	}
	doc, err := sc.document(ctx)
	if err != nil {
		return "", err
	}
	return TextOf(doc.Root().Find("/info/version")), nil
}

func fromOr(from string) string {
	if from == "" {
		return config.FromInfo
	}
	return from
}

// known are the breaking changes that runs before this one have reported and that no version has declared.
func (sc *stepContext) known() map[string]report.PendingBreak {
	all := map[string]report.PendingBreak{}
	for _, p := range sc.job.State.Contracts[sc.contract.Name].Pending {
		if sc.told(p.Since) {
			all[p.Fingerprint] = p
		}
	}
	return all
}

// told reports whether a run before this one has told what it found: it is neither this very run nor one that was killed.
func (sc *stepContext) told(since string) bool {
	s := sc.job.State
	this, killed := since == sc.since() && sc.again(), s.Unfinished && (since == s.SHA || since == s.RunID)
	return !this && !killed
}

// refused is the release tag that an earlier run has refused, with that run; empty where there is none.
func (sc *stepContext) refused() (tag, since string) {
	s := sc.job.State.Contracts[sc.contract.Name]
	if s.Refused == "" || !sc.told(s.RefusedSince) {
		return "", ""
	}
	return s.Refused, s.RefusedSince
}

// since is how a run is named in what it leaves to later ones.
func (r *run) since() string {
	if r.job.SHA == UnknownSHA {
		return r.job.RunID
	}
	return r.job.SHA
}

// release is what the tag of a release brought that no run was made for.
type release struct {
	doc   *contract.Document
	spent []report.AcceptedBreak // the waived changes that it brought
}

// missed is the contract of a release tag that lies between the baseline and this commit, where its version declares what it brought: from
// then on, it is what clients have. It is nil where there is none, or where it cannot be told; the tag is then held against the contract of
// this commit.
func (sc *stepContext) missed(ctx context.Context, old *contract.Document) (*release, error) {
	now, err := sc.sourced(ctx)
	name := path.Clean(sc.contract.Source)
	before := TextOf(old.Root().Find("/info/version"))
	refused, _ := sc.refused()
	if err != nil || !now.Between || sc.contract.Gate != "semver" || strings.ContainsAny(name, `:\`) || path.IsAbs(name) || name == "-" ||
		now.Version == before || now.Version == refused {
		return nil, err
	}
	c := *sc.contract
	c.ReadAs = now.Version
	doc, err := sc.job.Load(ctx, "git:refs/tags/"+now.Tag+":./"+name, c)
	if err != nil || sc.resolved(doc) != nil {
		return nil, nil //nolint:nilerr // the tag is checked against what is here
	}
	opt, err := sc.options(ctx)
	if err != nil {
		return nil, err
	}
	opt.NoWitness = true // an example changes no verdict
	d := apidiff.Compare(ctx, old, doc, opt).Diff
	verdict, err := semver.Check(Released(SemverInput(d, *c.Semver, doc), sc.job.Now, sc.job.SHA))
	if err != nil || semver.Fails(verdict, c.Semver.WarnAsFail) {
		return nil, nil //nolint:nilerr // the step of the version policy says so
	}
	return &release{doc, waivedOf(d)}, nil
}

// waivedOf are the waived changes of a diff.
func waivedOf(d report.Diff) (all []report.AcceptedBreak) {
	for i := range d.Changes {
		if f := &d.Changes[i]; f.Waived() {
			all = append(all, report.AcceptedBreak{Rule: f.Rule, Subject: f.Subject, Fingerprint: f.Fingerprint})
		}
	}
	return all
}

// waiting is what a run leaves to later ones about a contract whose version has not moved.
type waiting struct {
	holds   bool // the baseline stays until the version moves
	pending []report.PendingBreak
	refused string // the release tag that did not declare them,
	since   string // and the run that said so first
	taken   string // what the version of the baseline was taken for
	from    string
	spent   []report.AcceptedBreak
}

// maxPending bounds the changes that wait for a version, and maxSpent those whose waivers have done their work. Beyond the first the run keeps
// failing; of the others the oldest are forgotten.
const maxPending, maxSpent = 10_000, 1_000

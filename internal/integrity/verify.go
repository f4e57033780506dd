package integrity

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

const verificationSchema = "govctl/verification/v1"

// Request is what to verify and against what.
type Request struct {
	Checksums      []byte // checksums.json
	ChecksumsName  string // its name in messages
	Signature      []byte // checksums-signature.json
	SignatureName  string
	Files          fs.FS                      // the folder that the paths start from; nil looks at no file
	Measured       map[string]report.Checksum // the files as they were received, for Files that hold the manifest and the integrity files alone; nil reads Files
	Dir            string                     // folder of checksums.json below Files: "status" or "."
	Beside         fs.FS                      // the folder of the files for verification by hand; nil looks at none
	ByHand         bool                       // false reads from Beside the signed time and nothing else
	Trust          *Trust                     // nil trusts the key in the signature file, with a warning
	RequireTrusted bool                       // makes that warning an error
	Exact          bool                       // makes unlisted files errors, and whatever else nothing proves
	IgnoreMissing  bool                       // lets listed files be absent, so long as one is there as it is listed
	MinVersion     int                        // lowest signature format that is accepted
	Now            time.Time
	Commit         string        // the signed manifest must be of this commit, or of one that begins so; empty accepts any
	MaxAge         time.Duration // the signed manifest must not be older; 0 accepts any age
	Nested         []string      // folders below Files that are bundles of their own and are verified as such

	// History says how the history beside a stability-metrics.json differs from the one that these metrics name, or nothing.
	// The metrics are covered, the history is not. Nil looks at no history.
	History func(files fs.FS, metrics string) string
}

// Verify takes the steps in their order and says all that it found. The error is an *Unreadable, or that of a cancelled context:
// everything that was read and refused stands in the answer.
func Verify(ctx context.Context, r Request) (report.Verification, error) {
	v := newVerifier(r)
	if err := errors.Join(v.readList(), v.readSignature()); err != nil {
		return report.Verification{}, err
	}
	if v.list == nil || v.sig == nil {
		return v.answer(), nil
	}
	if r.Files != nil {
		if err := v.files(ctx); err != nil {
			return report.Verification{}, err
		}
	}
	v.aggregate()
	if err := v.manifest(); err != nil {
		return report.Verification{}, err
	}
	v.readSigners()
	if err := v.readStatement(); err != nil {
		return report.Verification{}, err
	}
	v.payload()
	v.trust()
	v.signatures()
	if r.Beside != nil && r.ByHand {
		if err := v.byHand(); err != nil {
			return report.Verification{}, err
		}
	}
	return v.answer(), nil
}

// Passing is the first error of a verdict that waiting may change, where the files come from a site: another version of them is on its way, or
// some of them are older ones of a cache. It is empty where there is none: no other files make an untrusted key a trusted one.
func Passing(v report.Verification) string {
	for i := range v.Findings {
		f := &v.Findings[i]
		if f.Level == report.Error && slices.Contains([]string{stepFiles, stepManifest, stepPayload, stepByHand}, f.Category) {
			return f.Rule + ": " + f.Subject + ": " + f.Message
		}
	}
	return ""
}

// VerifyChecksums takes the first two steps only: the files, and what the list says about itself. It proves that the files
// belong together, not whose they are.
func VerifyChecksums(ctx context.Context, r Request) (report.Verification, error) {
	v := newVerifier(r)
	if err := v.readList(); err != nil {
		return report.Verification{}, err
	}
	if v.list == nil {
		return v.answer(), nil
	}
	if err := v.files(ctx); err != nil {
		return report.Verification{}, err
	}
	v.aggregate()
	if err := v.manifest(); err != nil {
		return report.Verification{}, err
	}
	return v.answer(), nil
}

// verifier holds what the steps hand to one another.
type verifier struct {
	Request
	table     map[string]Reason
	taken     map[string]bool
	partly    bool // a listed file is there: the absence of others may be ignored
	out       report.Verification
	list      *list // as checksums.json lists it, with count and aggregate recomputed
	sig       *wireSignature
	version   int        // of the signature format; 0 when unknown
	message   []byte     // the rebuilt payload
	signers   []signer   // the signature file's own key first, then the additional ones
	statement *statement // covers the list; nil without one
}

func newVerifier(r Request) *verifier {
	v := &verifier{Request: r, table: reasonTable(), taken: map[string]bool{stepRead: true}}
	v.out = report.Verification{Schema: verificationSchema, Steps: []report.VerificationStep{}, Files: []report.FileVerdict{}, Findings: []report.Finding{}}
	return v
}

// say records refusals; options change the level of some.
func (v *verifier) say(refusals ...*refusal) {
	for _, r := range refusals {
		f := r.finding(v.table)
		switch {
		case v.Exact && slices.Contains(exactly, r.reason), r.reason == "key-self-vouched" && v.RequireTrusted:
			f.Level = report.Error
		case v.IgnoreMissing && v.partly && r.reason == "file-missing":
			f.Level = report.Info
		}
		v.out.Findings = append(v.out.Findings, f)
	}
}

// refused records a refusal and passes every other error on.
func (v *verifier) refused(err error) error {
	var r *refusal
	if errors.As(err, &r) {
		v.say(r)
		return nil
	}
	return err
}

func (v *verifier) readList() error {
	l, err := parseList(v.ChecksumsName, v.Checksums)
	v.list = l
	return v.refused(err)
}

func (v *verifier) files(ctx context.Context) error {
	v.taken[stepFiles] = true
	c, err := compare(ctx, &v.Request, v.list)
	if err != nil {
		return err
	}
	if missing := v.list.Missing; len(missing) > 0 {
		const most = 5
		more := ""
		if len(missing) > most {
			more = fmt.Sprintf(" and %d more", len(missing)-most)
		}
		c.refusals = append(c.refusals, refuse("file-was-missing", v.ChecksumsName, "absent when the checksums were taken: %s%s",
			strings.Join(missing[:min(most, len(missing))], ", "), more))
	}
	v.firstTools(c.refusals)
	v.partly = slices.ContainsFunc(c.verdicts, func(f report.FileVerdict) bool { return f.Verdict == fileOK })
	v.say(c.refusals...)
	v.out.Files = append(v.out.Files, c.verdicts...)
	v.histories()
	return nil
}

// changedLate is the listed file that the workflow of the first tools wrote again after it had taken the checksums.
const changedLate = "operations-classification.json"

// firstTools says of a bundle of the first tools why the file differs that differs in all of them. Their own verifier looked at no file.
func (v *verifier) firstTools(refusals []*refusal) {
	if _, err := fs.Lstat(v.Files, path.Join(v.Dir, ManifestFile)); !v.list.foreign || !errors.Is(err, fs.ErrNotExist) {
		return
	}
	for _, r := range refusals {
		if r.reason == "file-changed" && path.Base(r.subject) == changedLate {
			r.hint = "did the first tools write this folder? Their workflow changed this file after the checksums; --signature-only checks the two JSON files as their verifier did, and nothing about this file"
		}
	}
}

// histories asks about the history beside each metrics file that is as it was signed. One that is listed itself, as in the pages, was
// compared with the list; it may hold the last lines alone.
func (v *verifier) histories() {
	for _, f := range v.out.Files {
		history := path.Join(path.Dir(f.Path), historyFile)
		if v.History == nil || f.Verdict != fileOK || path.Base(f.Path) != metricsFile || v.lists(history) {
			continue
		}
		if why := v.History(v.Files, f.Path); why != "" {
			v.say(refuse("history-differs", history, "%s", why))
		}
	}
}

// aggregate checks what the list says about itself; from here on the list has the recomputed values.
func (v *verifier) aggregate() {
	v.taken[stepAggregate] = true
	v.say(checkAggregate(v.ChecksumsName, v.list)...)
	v.list.Count, v.list.AggregateSHA256 = len(v.list.Artifacts), Aggregate(v.list.Artifacts)
	v.out.Aggregate, v.out.Count = v.list.AggregateSHA256, v.list.Count
}

// signatures checks every signature over the rebuilt payload.
func (v *verifier) signatures() {
	if v.message == nil || len(v.signers) == 0 || !v.signers[0].known() {
		return
	}
	v.taken[stepSignature] = true
	for i, s := range v.signers {
		reason := "signature-invalid"
		if i > 0 {
			reason = "signature-additional-invalid"
		}
		switch {
		case s.bad != nil:
			v.say(s.bad)
		case !s.key.verify(v.message, s.sig):
			v.say(refuse(reason, v.SignatureName, "key %s did not sign the payload that %s gives", s.key.ID(), v.ChecksumsName))
			if i == 0 && v.version == 1 && s.key.verify(payload(2, v.list.Checksums), s.sig) {
				v.say(refuse("version-downgraded", v.SignatureName, "it claims format 1, and format 2 was signed"))
			}
		case s.statementBad:
			v.say(refuse(reason, v.SignatureName, "key %s did not sign the statement in %s", s.key.ID(), SigstoreFile))
		}
	}
}

// answer sums the findings up.
func (v *verifier) answer() report.Verification {
	order := steps()
	sorting.Stable(v.out.Findings, func(a, b report.Finding) int {
		return slices.Index(order, a.Category) - slices.Index(order, b.Category)
	})
	v.out.Verdict = "ok"
	for _, name := range order {
		s := report.VerificationStep{Name: name, Verdict: "skipped"}
		if v.taken[name] {
			s.Verdict = "ok"
		}
		for _, f := range v.out.Findings {
			switch {
			case f.Category == name && f.Level == report.Error:
				s.Verdict, v.out.Verdict = "fail", "fail"
			case f.Category == name && s.Verdict != "fail":
				s.Verdict = "warning"
			}
		}
		v.out.Steps = append(v.out.Steps, s)
	}
	return v.out
}

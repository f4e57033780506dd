package evidence

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// skew is how far the clocks of two machines may be apart.
const skew = 5 * time.Minute

// Input is all that evidence is evaluated by.
type Input struct {
	Files    []File
	Require  []string
	MaxAge   time.Duration
	MaxAgeOf map[string]time.Duration // by kind
	SHA      string                   // commit of the run
	RunID    string
	Now      time.Time
	Waivers  []Waiver
}

// Evaluated is the verdict with the envelopes that could be read, in the order of the verdict.
type Evaluated struct {
	Verdict report.EvidenceVerdict
	Read    []report.Evidence
}

// Evaluate says of each kind that is required or in the folder whether it passes today.
func Evaluate(in Input) Evaluated {
	out := Evaluated{Verdict: report.EvidenceVerdict{Schema: "govctl/evidence-verdict/v1", SHA: in.SHA, RunID: in.RunID, GeneratedAt: report.At(in.Now),
		Passed: true, Kinds: []report.EvidenceKind{}}}
	kinds := map[string]report.EvidenceKind{}
	for _, name := range in.Require {
		kinds[name] = none(name, report.EvidenceMissing, "there is no "+name+".json in the folder of evidence")
	}
	for _, f := range in.Files {
		name := strings.TrimSuffix(path.Base(f.Name), ".json")
		e, err := f.read()
		if err != nil {
			kinds[name] = none(name, report.EvidenceInvalid, err.Error())
			continue
		}
		kinds[name] = in.evaluate(&e)
		out.Read = append(out.Read, e)
	}
	for _, claimed := range in.claims() {
		kinds[claimed.kind] = none(claimed.kind, report.EvidenceInvalid, "two files are evidence of this kind: "+claimed.kind+".json and "+claimed.file)
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[name]
		k.Required = slices.Contains(in.Require, name)
		out.Verdict.Passed = out.Verdict.Passed && (!k.Required || k.Passed())
		out.Verdict.Kinds = append(out.Verdict.Kinds, k)
	}
	sorting.Stable(out.Read, func(a, b report.Evidence) int { return strings.Compare(a.Kind, b.Kind) })
	return out
}

func (f *File) read() (report.Evidence, error) {
	if f.Err != nil {
		return report.Evidence{}, f.Err
	}
	if len(f.Data) > MaxFile {
		return report.Evidence{}, fmt.Errorf("is larger than %d bytes", MaxFile)
	}
	return Parse(f.Name, f.Data)
}

type claim struct{ kind, file string }

// claims are the files that call themselves evidence of a kind whose file is another one.
func (in *Input) claims() (all []claim) {
	there := map[string]bool{}
	for _, f := range in.Files {
		there[path.Base(f.Name)] = true
	}
	for _, f := range in.Files {
		var head struct {
			Kind string `json:"kind"`
		}
		if json.Unmarshal(f.Data, &head) != nil {
			continue
		}
		if own := head.Kind + ".json"; own != path.Base(f.Name) && there[own] {
			all = append(all, claim{head.Kind, path.Base(f.Name)})
		}
	}
	return all
}

// none is a kind of which nothing can be concluded.
func none(kind, status, reason string) report.EvidenceKind {
	return report.EvidenceKind{EvidenceState: report.EvidenceState{Kind: kind, Status: status}, Reason: reason,
		Checks: []report.Finding{}, Figures: []report.Figure{}}
}

// evaluate is the verdict on an envelope under the waivers of the day.
func (in *Input) evaluate(e *report.Evidence) report.EvidenceKind {
	e.Checks = apply(e.Checks, in.Waivers, in.Now)
	totals := Count(e.Checks)
	age := int64(in.Now.Sub(e.GeneratedAt.Time) / time.Second)
	k := report.EvidenceKind{
		EvidenceState: report.EvidenceState{Kind: e.Kind, Status: status(e), Failed: totals.Errors, AgeSeconds: &age},
		Reason:        e.Reason, SHA: e.SHA, GeneratedAt: &e.GeneratedAt,
		Warnings: totals.Warnings, Waived: totals.Waived, Subjects: len(e.Subjects), Checks: e.Checks, Figures: e.Figures,
	}
	if err := in.current(e); err != nil {
		k.Status, k.Reason = report.EvidenceStale, err.Error()
	}
	if e.GeneratedAt.After(in.Now.Add(skew)) {
		k.Status, k.Reason = report.EvidenceInvalid, "it was measured at "+e.GeneratedAt.Format(time.RFC3339)+", which is in the future"
	}
	return k
}

// current reports why an envelope does not count for this run.
func (in *Input) current(e *report.Evidence) error {
	limit, own := in.MaxAgeOf[e.Kind]
	if !own {
		limit = in.MaxAge
	}
	kind, _ := Lookup(e.Kind)
	age := in.Now.Sub(e.GeneratedAt.Time)
	switch {
	case age > limit:
		return fmt.Errorf("it was measured %s ago, and may be %s old", Age(age), Age(limit))
	case e.SHA != in.SHA && !kind.Nightly && !own:
		return errors.New("it is about the commit " + short(e.SHA) + ", and this is " + short(in.SHA))
	}
	return nil
}

func short(sha string) string { return sha[:min(len(sha), 12)] }

// Age is a time span in its largest unit, as badges show it.
func Age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%dd", int(d/(24*time.Hour)))
	case d >= time.Hour:
		return fmt.Sprintf("%dh", int(d/time.Hour))
	case d >= time.Minute:
		return fmt.Sprintf("%dm", int(d/time.Minute))
	}
	return fmt.Sprintf("%ds", int(d/time.Second))
}

package imagegate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// Input is what a verdict follows from.
type Input struct {
	Reports       []Report
	Ignores       []Ignore
	Severities    []string // that fail
	IgnoreUnfixed bool
	MaxAge        time.Duration // of a report; 0: no limit
	Digest        string        // that the reports have to be about; empty: any
	Now           time.Time

	NewOnly  bool // what Known has does not fail
	Baseline bool // nothing is new
	Known    []report.ImageVulnerability
	Last     []report.ImageVulnerability // of the last run, for the age
}

// Verdict is what the reports come to.
type Verdict struct {
	Subjects []report.EvidenceSubject
	Checks   []report.Finding
	Figures  []report.Figure
	Detail   report.ImageGate
	Counted  []Vulnerability // new and known ones, worst first
}

// Evaluate decides on the reports. Its error is that of reports which are too large.
func Evaluate(in Input) (*Verdict, error) {
	all, err := Merge(in.Reports)
	if err != nil {
		return nil, err
	}
	j := &evaluate{in: in, v: &Verdict{}, used: make([]bool, len(in.Ignores)), since: map[string]time.Time{}, known: map[string]bool{}}
	j.v.Detail = report.ImageGate{Schema: "govctl/evidence-image/v1", Reports: []report.ImageReport{}, Vulnerabilities: []report.ImageVulnerability{}, Known: append([]report.ImageVulnerability{}, in.Known...)}
	j.remember()
	for i := range in.Reports {
		j.report(&in.Reports[i])
	}
	for i := range all {
		j.vulnerability(&all[i])
	}
	j.unknown()
	j.ignores()
	j.figures()
	return j.v, nil
}

type evaluate struct {
	in    Input
	v     *Verdict
	used  []bool // by entry of Ignores
	since map[string]time.Time
	known map[string]bool

	unfixed, ignored, unrated int
	oldest                    time.Duration
}

// debtKey is what makes a vulnerability the same in a later run, in which the package may have another version.
func debtKey(id, pkg string) string { return id + "\x00" + pkg }

// remember says since when each vulnerability is there, and which the last run that passed had.
func (j *evaluate) remember() {
	for _, list := range [][]report.ImageVulnerability{j.in.Known, j.in.Last} {
		for _, v := range list {
			key := debtKey(v.ID, v.Package)
			if old, ok := j.since[key]; !ok || v.Since.Before(old) {
				j.since[key] = v.Since.Time
			}
		}
	}
	for _, v := range j.in.Known {
		j.known[debtKey(v.ID, v.Package)] = true
	}
}

// report checks that a report may be relied on.
func (j *evaluate) report(r *Report) {
	subject := report.EvidenceSubject{Name: r.Name, Mode: r.Scanner}
	add := func(rule, format string, args ...any) {
		f := row(rule).Finding(subject, r.Name+fmt.Sprintf(format, args...))
		f.New = &report.Place{File: r.Name}
		j.v.Checks = append(j.v.Checks, f)
	}
	one := report.ImageReport{Name: r.Name, Scanner: r.Scanner, Digests: append([]string{}, r.Digests...)}
	if !r.Created.IsZero() {
		t := report.At(r.Created)
		one.Created = &t
	}
	j.v.Detail.Reports = append(j.v.Detail.Reports, one)
	subject.At = r.Name
	j.v.Subjects = append(j.v.Subjects, subject)
	if r.Scanned == 0 && len(r.Found) == 0 {
		add("image-report-empty", ": the report has nothing that was scanned")
	}
	if j.in.Digest != "" && !slices.Contains(r.Digests, j.in.Digest) {
		about := "it does not name its image"
		if len(r.Digests) > 0 {
			about = "it is about " + strings.Join(r.Digests, ", ")
		}
		add("image-report-digest", ": %s, and not about %s", about, j.in.Digest)
	}
	age := j.in.Now.Sub(r.Created)
	switch {
	case j.in.MaxAge == 0:
	case r.Created.IsZero():
		add("image-report-undated", ": the report has no date")
	case age > j.in.MaxAge:
		add("image-report-old", ": the report is %s old, and may be %s old", age.Truncate(time.Minute), j.in.MaxAge)
	case age < -maxAhead:
		add("image-report-old", ": the report is of %s, which is in the future", r.Created.UTC().Format(time.RFC3339))
	}
}

// maxAhead is how far the clock of a scanner may be ahead.
const maxAhead = 10 * time.Minute

// vulnerability evaluates one entry of the list.
func (j *evaluate) vulnerability(v *Vulnerability) {
	switch {
	case j.isIgnored(v):
		j.ignored++
		return
	case !slices.Contains(j.in.Severities, v.Severity):
		if v.Severity == "UNKNOWN" {
			j.unrated++
		}
		return
	case v.Unfixed && j.in.IgnoreUnfixed:
		j.unfixed++
		return
	}
	key := debtKey(v.ID, v.Package)
	since, seen := j.since[key]
	if !seen || since.After(j.in.Now) {
		since = j.in.Now
	}
	old := j.in.Baseline || j.in.NewOnly && j.known[key]
	j.v.Counted = append(j.v.Counted, *v)
	j.v.Detail.Vulnerabilities = append(j.v.Detail.Vulnerabilities, report.ImageVulnerability{ID: v.ID, Package: v.Package, Version: v.Version, FixedIn: v.FixedIn,
		Severity: v.Severity, Known: old, Since: report.At(since)})
	j.v.Checks = append(j.v.Checks, j.finding(v, old, since))
}

func (j *evaluate) finding(v *Vulnerability, old bool, since time.Time) report.Finding {
	rule, age := "image-vulnerability", ""
	if old {
		days := int(j.in.Now.Sub(since).Hours() / 24)
		j.oldest = max(j.oldest, j.in.Now.Sub(since))
		rule, age = "image-vulnerability-known", fmt.Sprintf("; known for %s", count.Of(days, "day"))
	}
	fix := "fixed in " + v.FixedIn
	switch {
	case v.Unfixed:
		fix = "no version fixes it"
	case v.FixedIn == "":
		fix = "the report names no version that fixes it"
	}
	where := ""
	if len(v.Targets) > 0 {
		where = " in " + v.Targets[0]
		if len(v.Targets) > 1 {
			where += fmt.Sprintf(" and %d more", len(v.Targets)-1)
		}
	}
	name := strings.TrimSpace(v.Package + " " + v.Version)
	f := row(rule).Finding(subjectOf(v),
		fmt.Sprintf("%s %s: %s%s (%s%s)", v.Severity, v.ID, cmp.Or(name, "a package that the report does not name"), where, fix, age), v.Version)
	f.Actual, f.Expected = v.Version, v.FixedIn
	return f
}

// subjectOf names a vulnerability as waivers do.
func subjectOf(v *Vulnerability) report.EvidenceSubject {
	return report.EvidenceSubject{Name: strings.TrimSpace(v.ID + " " + v.Package)}
}

// isIgnored reports whether an entry that has not expired covers the vulnerability.
func (j *evaluate) isIgnored(v *Vulnerability) (ignored bool) {
	for i := range j.in.Ignores {
		if entry := &j.in.Ignores[i]; entry.covers(v) {
			j.used[i] = true
			ignored = ignored || !entry.expired(j.in.Now)
		}
	}
	return ignored
}

// unknown reports the vulnerabilities that no severity decides on.
func (j *evaluate) unknown() {
	if j.unrated > 0 {
		j.v.Checks = append(j.v.Checks, row("image-severity-unknown").Finding(report.EvidenceSubject{Name: "UNKNOWN"}, fmt.Sprintf("%d without a severity that the gate could decide on", j.unrated)))
	}
}

// ignores reports the entries that cover nothing, or no longer.
func (j *evaluate) ignores() {
	for i := range j.in.Ignores {
		entry := &j.in.Ignores[i]
		subject := report.EvidenceSubject{Name: entry.ID}
		place := entry.Place
		var f report.Finding
		switch {
		case entry.expired(j.in.Now):
			f = row("image-ignore-expired").Finding(subject, fmt.Sprintf("%s was accepted until %s", entry.ID, entry.Expires.Format(time.DateOnly)), entry.Place.File)
		case !j.used[i] && vulnerabilityID().MatchString(entry.ID):
			f = row("image-ignore-stale").Finding(subject, entry.ID+" is accepted, and no report has it there", append([]string{entry.Place.File}, append(entry.Paths, entry.PURLs...)...)...)
		default:
			continue
		}
		f.New = &place
		j.v.Checks = append(j.v.Checks, f)
	}
}

func (j *evaluate) figures() {
	by := map[string]int{}
	known := 0
	for i := range j.v.Counted {
		by[j.v.Counted[i].Severity]++
		if j.v.Detail.Vulnerabilities[i].Known {
			known++
		}
	}
	for _, s := range Severities {
		j.v.Figures = append(j.v.Figures, report.Figure{Name: "image_vulnerabilities", Help: "Vulnerabilities that are neither accepted nor without a fix.", Labels: map[string]string{"severity": strings.ToLower(s)}, Value: float64(by[s])})
	}
	j.v.Figures = append(j.v.Figures,
		report.Figure{Name: "image_vulnerabilities_known", Help: "Vulnerabilities that the last run that passed had.", Value: float64(known)},
		report.Figure{Name: "image_vulnerabilities_known_days", Help: "Age of the oldest known vulnerability, in days.", Value: float64(int(j.oldest.Hours() / 24))},
		report.Figure{Name: "image_vulnerabilities_unfixed", Help: "Vulnerabilities that no version fixes, and that do not fail for that reason.", Value: float64(j.unfixed)},
		report.Figure{Name: "image_vulnerabilities_accepted", Help: "Vulnerabilities that an ignore file accepts.", Value: float64(j.ignored)},
	)
}

// Headline counts what was found.
func (v *Verdict) Headline() string {
	value := func(name string) int {
		n := 0.0
		for _, f := range v.Figures {
			if f.Name == name {
				n += f.Value
			}
		}
		return int(n)
	}
	known := value("image_vulnerabilities_known")
	return fmt.Sprintf("%s: %d new, %d known, %d accepted, %d without a fix", count.Of(len(v.Subjects), "report"), len(v.Counted)-known, known,
		value("image_vulnerabilities_accepted"), value("image_vulnerabilities_unfixed"))
}

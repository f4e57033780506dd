// Package imagegate reads what scanners report of an image, brings it into one list, and decides whether the image passes. It scans nothing.
package imagegate

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// MaxVulnerabilities bounds those of all reports together.
const MaxVulnerabilities = 50_000

// Vulnerability is one vulnerability of one version of a package, whichever scanner found it.
type Vulnerability struct {
	ID       string   // the CVE, where one is known
	IDs      []string // all names, sorted
	Package  string
	Version  string
	FixedIn  string // empty: not known, or there is no such version
	Unfixed  bool   // the scanner says that no version fixes it
	Severity string // one of Severities
	Targets  []string
	PURLs    []string
}

// Report is what one scanner said.
type Report struct {
	Name    string
	Scanner string
	Digests []string  // of the image; none where the report does not say
	Created time.Time // zero where the report does not say
	Scanned int       // targets that were looked at
	Found   []Vulnerability
}

// Severities are those of the normal form, worst first.
var Severities = []string{"CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"}

// severity is a scanner's word in the normal form.
func severity(word string) string {
	switch w := strings.ToUpper(strings.TrimSpace(word)); w {
	case "CRITICAL", "HIGH", "MEDIUM", "LOW":
		return w
	case "MODERATE", "WARNING":
		return "MEDIUM"
	case "IMPORTANT", "ERROR":
		return "HIGH"
	case "NEGLIGIBLE", "NOTE":
		return "LOW"
	}
	return "UNKNOWN"
}

// rated is the severity of a CVSS score, as its specification rates it.
func rated(score string) string {
	n, err := strconv.ParseFloat(strings.TrimSpace(score), 64)
	switch {
	case err != nil || n <= 0 || n > 10:
		return "UNKNOWN"
	case n >= 9:
		return "CRITICAL"
	case n >= 7:
		return "HIGH"
	case n >= 4:
		return "MEDIUM"
	}
	return "LOW"
}

// format is one format of reports: the key by which it is recognised, and its reader.
type format struct {
	scanner string
	key     string
	read    func([]byte, *Report) error
}

var formats = []format{
	{"trivy", "SchemaVersion", readTrivy},
	{"grype", "matches", readGrype},
	{"sarif", "runs", readSARIF},
	{"osv-scanner", "results", readOSV},
}

// Parse reads a report of a scanner. Its error is a *contract.Error.
func Parse(name string, data []byte) (Report, error) {
	r := Report{Name: name}
	fail := func(err error) (Report, error) {
		return r, &contract.Error{Place: place(name, data, err), Msg: message(err), Hint: "expected a report of Trivy, Grype or OSV-Scanner as JSON, or SARIF"}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return fail(errors.New("the report is empty"))
	}
	var keys map[string]jsontext.Value
	if err := json.Unmarshal(data, &keys); err != nil {
		return fail(err)
	}
	for _, f := range formats {
		if _, ok := keys[f.key]; !ok {
			continue
		}
		r.Scanner = f.scanner
		if err := f.read(data, &r); err != nil {
			return fail(err)
		}
		for i := range r.Found {
			if r.Found[i].ID == "" {
				return fail(errors.New("a vulnerability has no id"))
			}
			r.Found[i].complete()
		}
		slices.Sort(r.Digests)
		r.Digests = slices.Compact(r.Digests)
		return r, nil
	}
	return fail(errors.New("the report is of no format that is known"))
}

func message(err error) string {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return "the report is not complete JSON: " + strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return fmt.Sprintf("%s has another type than in a report of its scanner", cmp.Or(string(semantic.JSONPointer), "the report"))
	}
	return err.Error()
}

// place is the line and the column of an error.
func place(name string, data []byte, err error) report.Place {
	p := report.Place{File: name}
	offset := int64(-1)
	var syntax *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.ByteOffset
	case errors.As(err, &semantic):
		offset = semantic.ByteOffset
	}
	if offset >= 0 && offset <= int64(len(data)) {
		p.Line = bytes.Count(data[:offset], []byte("\n")) + 1
		p.Column = int(offset) - bytes.LastIndexByte(data[:offset], '\n')
	}
	return p
}

// complete chooses the name, and bounds and sorts the rest.
func (v *Vulnerability) complete() {
	v.IDs = append(v.IDs, v.ID)
	v.IDs = slices.DeleteFunc(v.IDs, func(s string) bool { return s == "" })
	slices.Sort(v.IDs)
	v.IDs = slices.Compact(v.IDs)
	for _, id := range v.IDs {
		if strings.HasPrefix(id, "CVE-") {
			v.ID = id
			break
		}
	}
	v.Targets = slices.DeleteFunc(v.Targets, func(s string) bool { return s == "" })
	v.PURLs = slices.DeleteFunc(v.PURLs, func(s string) bool { return s == "" })
}

// digestIn is the digest at the end of NAME@sha256:..., or of the text itself; empty without one.
func digestIn(s string) string {
	if i := strings.LastIndex(s, "sha256:"); i >= 0 && len(s)-i == len("sha256:")+64 {
		return s[i:]
	}
	return ""
}

func (r *Report) digest(texts ...string) {
	for _, s := range texts {
		if d := digestIn(s); d != "" {
			r.Digests = append(r.Digests, d)
		}
	}
}

// key is what makes two entries the same vulnerability.
func (v *Vulnerability) key() string { return v.ID + "\x00" + v.Package + "\x00" + v.Version }

// Merge brings the vulnerabilities of all reports into one list, in which each is once. Of what the reports say differently the worse counts,
// so that neither order nor repetition changes anything.
func Merge(reports []Report) ([]Vulnerability, error) {
	all := map[string]*Vulnerability{}
	for i := range reports {
		for j := range reports[i].Found {
			v := reports[i].Found[j]
			old, ok := all[v.key()]
			if !ok {
				if len(all) == MaxVulnerabilities {
					return nil, fmt.Errorf("the reports have more than %d vulnerabilities", MaxVulnerabilities)
				}
				all[v.key()] = &v
				continue
			}
			old.merge(&v)
		}
	}
	list := make([]Vulnerability, 0, len(all))
	for _, v := range all {
		for _, texts := range []*[]string{&v.IDs, &v.Targets, &v.PURLs} {
			slices.Sort(*texts)
			*texts = slices.Compact(*texts)
		}
		list = append(list, *v)
	}
	sorting.Stable(list, func(a, b Vulnerability) int {
		return cmp.Or(cmp.Compare(slices.Index(Severities, a.Severity), slices.Index(Severities, b.Severity)), cmp.Compare(a.key(), b.key()))
	})
	return list, nil
}

func (v *Vulnerability) merge(other *Vulnerability) {
	if slices.Index(Severities, other.Severity) < slices.Index(Severities, v.Severity) {
		v.Severity = other.Severity
	}
	v.FixedIn = max(v.FixedIn, other.FixedIn) // any of them; the same whatever comes first
	v.Unfixed = v.Unfixed && other.Unfixed
	v.IDs = append(slices.Clone(v.IDs), other.IDs...)
	v.Targets = append(slices.Clone(v.Targets), other.Targets...)
	v.PURLs = append(slices.Clone(v.PURLs), other.PURLs...)
}

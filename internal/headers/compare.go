package headers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// Bounds of what is kept of a header.
const (
	maxQuoted = 100   // bytes of a value in a message
	maxShown  = 500   // bytes of a value in a finding
	maxKept   = 1_024 // bytes of a value in the detail
	maxFields = 40    // of one answer in the detail
)

// bounded is the beginning of a text as JSON can hold it.
func bounded(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit] + "..."
	}
	return strings.ToValidUTF8(text, "?")
}

// protecting are the headers that can be lost: the watched ones, and those that must be present.
func (o *Options) protecting() []string {
	names := slices.Clone(watched)
	for _, r := range o.Required {
		if r.Value != "absent" && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, r.Name) }) {
			names = append(names, r.Name)
		}
	}
	return names
}

// describe is the detail without its matrix: of each answer the headers that rules look at, and what it has lost since the last evidence.
func describe(targets []Target, o Options, last *report.HeadersDetail) report.HeadersDetail {
	protecting := o.protecting()
	kept := slices.Concat(protecting, forbidden, []string{server, caching})
	detail := report.HeadersDetail{Schema: report.HeadersSchema, Targets: []report.HeadersTarget{}, Matrix: []report.HeadersRow{}}
	for i := range targets {
		t := &targets[i]
		out := report.HeadersTarget{Name: t.Subject.Name, Mode: t.Subject.Mode, Profile: t.Profile, Answers: []report.HeadersAnswer{}}
		for j := range t.Answers {
			a := &t.Answers[j]
			answer := report.HeadersAnswer{Request: a.Request, Method: a.Method, At: a.At, Status: a.Status, Remote: a.Remote, Hops: a.Hops, Headers: []report.HeaderField{}}
			for _, h := range a.Headers {
				if len(answer.Headers) < maxFields && slices.ContainsFunc(kept, func(n string) bool { return strings.EqualFold(n, h.Name) }) {
					answer.Headers = append(answer.Headers, report.HeaderField{Name: h.Name, Value: bounded(h.Value, maxKept)})
				}
			}
			answer.Lost = lost(earlier(last, t, a.Request), a, protecting)
			out.Answers = append(out.Answers, answer)
		}
		detail.Targets = append(detail.Targets, out)
	}
	return detail
}

// earlier is the answer of the last evidence to the same request of the same target; nil where there is none.
func earlier(last *report.HeadersDetail, t *Target, request string) *report.HeadersAnswer {
	if last == nil {
		return nil
	}
	for i := range last.Targets {
		if before := &last.Targets[i]; before.Name == t.Subject.Name && before.Mode == t.Subject.Mode {
			for j := range before.Answers {
				if before.Answers[j].Request == request {
					return &before.Answers[j]
				}
			}
		}
	}
	return nil
}

// lost are the headers that an answer had before, or had lost before already, and does not have. A loss stays one until the header is back
// or the loss is accepted: it must not pass because a job was run a second time.
func lost(before *report.HeadersAnswer, a *Answer, protecting []string) (gone []string) {
	if before == nil {
		return nil
	}
	for _, name := range protecting {
		named := func(n string) bool { return strings.EqualFold(n, name) }
		had := slices.ContainsFunc(before.Lost, named) || slices.ContainsFunc(before.Headers, func(h report.HeaderField) bool { return named(h.Name) })
		if had && !slices.ContainsFunc(a.Headers, func(h report.HeaderField) bool { return named(h.Name) }) {
			gone = append(gone, name)
		}
	}
	return gone
}

// losses are the findings on lost headers, one for each header of a target.
func losses(targets []Target, detail *report.HeadersDetail) (found []report.Finding) {
	for i := range targets {
		t := &targets[i]
		by := map[string][]*Answer{}
		var names []string
		for j := range t.Answers {
			for _, name := range detail.Targets[i].Answers[j].Lost {
				if by[name] == nil {
					names = append(names, name)
				}
				by[name] = append(by[name], &t.Answers[j])
			}
		}
		for _, name := range names {
			found = append(found, finding("header-lost", t, problem{header: name, message: name + " was in the previous evidence and is missing", expected: "present"}, by[name]))
		}
	}
	return found
}

// differences compares the modes of each target with the first of them. A mode with the profile none is documented to differ. What one of
// the two lacks and a rule requires is reported by that rule.
func differences(targets []Target, found []report.Finding) (all []report.Finding) {
	for i := range targets {
		t := &targets[i]
		first := slices.IndexFunc(targets, func(o Target) bool { return o.Subject.Name == t.Subject.Name && o.Profile != "none" })
		if first < 0 || first >= i || t.Profile == "none" || len(t.Answers) == 0 || len(targets[first].Answers) == 0 {
			continue
		}
		o := &targets[first]
		a, b := newView(o, &o.Answers[0], &Options{}), newView(t, &t.Answers[0], &Options{})
		for _, name := range watched {
			lacks := func(s report.EvidenceSubject) bool {
				return slices.ContainsFunc(found, func(f report.Finding) bool {
					return f.Subject == s.Name && f.Mode == s.Mode && strings.HasSuffix(f.Rule, "-missing") && strings.Contains(f.Message, name)
				})
			}
			same := slices.Equal(a.values(name), b.values(name))
			if same || name == hsts && a.https != b.https || lacks(o.Subject) || lacks(t.Subject) {
				continue
			}
			message := fmt.Sprintf("%s differs between the modes %s and %s", name, o.Subject.Mode, t.Subject.Mode)
			all = append(all, finding("header-mode-differs", t, problem{name, message, absentOr(a.value(name)), absentOr(b.value(name))}, []*Answer{&t.Answers[0]}))
		}
	}
	return all
}

func absentOr(value string) string { return bounded(cmp.Or(value, "absent"), maxShown) }

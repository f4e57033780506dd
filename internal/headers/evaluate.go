// Package headers evaluates the security headers of running services: it parses the values of headers, applies a table of rules to the answers
// of targets, and compares modes and earlier evidence. The requests are made by its caller.
package headers

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// The requests that are made to each target. Error pages are often written by another part of the edge than the pages, without its headers.
const (
	RequestURL     = "url"
	RequestUnknown = "unknown-path"
	RequestMethod  = "forbidden-method"
)

// Target is one target in one mode, with its answers.
type Target struct {
	Subject  report.EvidenceSubject
	Profile  string // one of Profiles
	Personal bool   // the requests had credentials
	Answers  []Answer
}

// Answer is the answer to one of the requests.
type Answer struct {
	Request string // RequestURL, RequestUnknown or RequestMethod
	Method  string
	At      string // address that answered, without credentials and query
	Status  int
	Remote  string
	Hops    []report.HeadersHop
	Headers []report.HeaderField
}

// Requirement is one entry of probe.headers.require.
type Requirement struct {
	Name  string
	Value string // present, absent, or the exact value
}

// Options are what the configuration adds to the profiles.
type Options struct {
	Required []Requirement
	Allowed  []string // headers that the rules about software names accept
}

// view is one answer as the checks see it.
type view struct {
	headers  http.Header
	https    bool
	personal bool
	allow    []string
	required []Requirement
}

func newView(t *Target, a *Answer, o *Options) *view {
	v := &view{headers: http.Header{}, https: strings.HasPrefix(a.At, "https:"), personal: t.Personal && a.Request == RequestURL, allow: o.Allowed, required: o.Required}
	for _, h := range a.Headers {
		v.headers.Add(h.Name, strings.TrimSpace(h.Value))
	}
	return v
}

func (v *view) has(name string) bool        { return len(v.headers.Values(name)) > 0 }
func (v *view) values(name string) []string { return v.headers.Values(name) }
func (v *view) value(name string) string    { return strings.Join(v.headers.Values(name), ", ") }
func (v *view) distinct(name string) []string {
	return slices.Compact(slices.Sorted(slices.Values(v.values(name))))
}
func (v *view) allowed(name string) bool {
	return slices.ContainsFunc(v.allow, func(a string) bool { return strings.EqualFold(a, name) })
}

// problem is what a check found in one answer.
type problem struct{ header, message, expected, actual string }

func one(header, message, expected, actual string) []problem {
	return []problem{{header, message, expected, actual}}
}

var (
	web  = []string{"web"}
	both = []string{"api", "web"}
)

// checks is the table of what is looked for in a single answer, with the profiles that it belongs to.
var checks = []struct {
	rule     string
	profiles []string
	find     func(*view) []problem
}{
	{"header-csp-missing", web, missing(csp)},
	{"header-csp-weak", web, cspWeak},
	{"header-csp-incomplete", web, cspIncomplete},
	{"header-hsts-missing", both, hstsMissing},
	{"header-hsts-weak", both, hstsWeak},
	{"header-framing-missing", web, framingMissing},
	{"header-framing-weak", web, framingWeak},
	{"header-nosniff-missing", both, nosniffMissing},
	{"header-referrer-policy-missing", web, missing(referrer)},
	{"header-referrer-policy-weak", both, referrerWeak},
	{"header-permissions-policy-missing", web, missing(permissions)},
	{"header-permissions-policy-weak", both, permissionsWeak},
	{"header-cache-control-weak", []string{"api"}, cacheWeak},
	{"header-forbidden", both, forbiddenSent},
	{"header-server-version", both, serverVersion},
	{"header-server-shown", both, serverShown},
	{"header-conflict", both, conflicts},
	{"header-duplicate", both, duplicates},
	{"header-required", both, required},
}

// Evaluate applies the rules to the answers of targets. last is the detail of earlier evidence; nil where there is none.
func Evaluate(targets []Target, o Options, last *report.HeadersDetail) (found []report.Finding, detail report.HeadersDetail) {
	for i := range targets {
		found = append(found, evaluate(&targets[i], &o)...)
	}
	found = append(found, differences(targets, found)...)
	detail = describe(targets, o, last)
	found = append(found, losses(targets, &detail)...)
	detail.Matrix = matrix(targets, found, last != nil)
	return found, detail
}

// evaluate applies the checks of the target's profile to each of its answers. What several answers have in common is one finding.
func evaluate(t *Target, o *Options) (found []report.Finding) {
	for _, c := range checks {
		if !slices.Contains(c.profiles, t.Profile) {
			continue
		}
		type group struct {
			problem
			answers []*Answer
		}
		var groups []*group
		for i := range t.Answers {
			for _, p := range c.find(newView(t, &t.Answers[i], o)) {
				at := slices.IndexFunc(groups, func(g *group) bool { return g.header == p.header && g.message == p.message })
				if at < 0 {
					at = len(groups)
					groups = append(groups, &group{problem: p})
				}
				groups[at].answers = append(groups[at].answers, &t.Answers[i])
			}
		}
		for _, g := range groups {
			f := finding(c.rule, t, g.problem, g.answers)
			if strings.HasSuffix(c.rule, "-missing") || c.rule == "header-required" {
				f.Hint = cmp.Or(routing(t, g.header, g.answers), f.Hint)
			}
			found = append(found, f)
		}
	}
	return found
}

// finding is a finding on some of the answers of a target.
func finding(rule string, t *Target, p problem, answers []*Answer) report.Finding {
	requests := make([]string, len(answers))
	for i, a := range answers {
		requests[i] = a.Request
	}
	message := p.message
	if p.actual != "" {
		message += fmt.Sprintf(" %q", bounded(p.actual, maxQuoted))
	}
	f := row(rule).Finding(t.Subject, message+", "+where(t, answers), append([]string{p.header}, requests...)...)
	f.Expected, f.Actual = p.expected, bounded(p.actual, maxShown)
	return f
}

// where names answers by their requests.
func where(t *Target, answers []*Answer) string {
	if len(answers) == len(t.Answers) && len(answers) > 1 {
		return "on every answer"
	}
	names := make([]string, len(answers))
	for i, a := range answers {
		names[i] = fmt.Sprintf("%s (%d)", a.Request, a.Status)
	}
	return "on " + strings.Join(names, " and ")
}

// routing is the hint for a header that only some answers lack, or for a page that the edge answered itself.
func routing(t *Target, header string, lacking []*Answer) string {
	page := lacking[0]
	switch {
	case len(lacking) < len(t.Answers) && page.Request != RequestURL:
		return "nginx adds headers to error pages only with `always` (add_header " + header + " ... always), and a location with an add_header of its own inherits none; " +
			"in a proxy, add the middleware to the router that answers unknown paths"
	case page.Request == RequestURL && page.Status == http.StatusNotFound:
		return "the address itself answers 404: probably no rule of the router matches it, and the edge answered without the middleware that adds headers"
	}
	return ""
}

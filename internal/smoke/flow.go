// Package smoke runs request flows against a service, compares each exchange with the contract of the service, and asks health addresses. It
// makes no requests itself: its caller passes a client.
package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/smoke/hurl"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// maxBody is how many bytes of an answer are read.
const maxBody = 4 << 20

// maxRedirects is how many redirects the option location follows.
const maxRedirects = 10

// Runner runs flows.
type Runner struct {
	Do        func(ctx context.Context, r probeclient.Request, insecure bool) (*probeclient.Answer, error)
	Sleep     func(context.Context, time.Duration) error
	Retries   int           // further tries while nothing answers
	Delay     time.Duration // between them
	Variables hurl.Variables
	Contract  *Contract // nil: nothing is compared
	Base      *url.URL  // requests to other hosts are not compared; nil: all are
	Level     report.Level
	Secrets   *Secrets

	compared int
}

// run is the state of one flow.
type run struct {
	*Runner
	file      *hurl.File
	subject   report.EvidenceSubject
	variables hurl.Variables
	cookies   jar
	found     []report.Finding
}

// Flow runs a flow up to the first entry that fails. Its error is a *probeclient.Error where nothing answers, and a *contract.Error for an entry
// that cannot be sent.
func (r *Runner) Flow(ctx context.Context, file *hurl.File) (report.SmokeFlow, []report.Finding, error) {
	f := run{Runner: r, file: file, subject: report.EvidenceSubject{Name: file.Name}, variables: hurl.Variables{}, cookies: jar{}}
	for name, v := range r.Variables {
		f.variables[name] = v
	}
	flow := report.SmokeFlow{Name: file.Name, Passed: true, Entries: []report.SmokeEntry{}}
	for i := range file.Entries {
		e, passed, err := f.entry(ctx, &file.Entries[i])
		if err != nil {
			return flow, f.found, err
		}
		flow.Entries = append(flow.Entries, e)
		if !passed {
			flow.Passed = false
			break
		}
	}
	return flow, f.found, nil
}

// entry makes one request, as often as its option says, and evaluates the last answer.
func (f *run) entry(ctx context.Context, e *hurl.Entry) (out report.SmokeEntry, passed bool, err error) {
	for try := 0; ; try++ {
		x, answer, err := f.exchange(ctx, e, &out)
		if err != nil {
			return out, false, err
		}
		found := f.evaluate(e, answer, &out)
		if len(found) > 0 && try < e.Options.Retry {
			interval := time.Duration(e.Options.IntervalMS) * time.Millisecond
			if e.Options.IntervalMS == 0 {
				interval = time.Second // Hurl's default
			}
			if err := f.Sleep(ctx, interval); err != nil {
				return out, false, err
			}
			continue
		}
		f.found = append(f.found, found...)
		f.compare(x, &out)
		return out, len(found) == 0, nil
	}
}

// exchange sends the request of an entry until something answers.
func (f *run) exchange(ctx context.Context, e *hurl.Entry, out *report.SmokeEntry) (*Exchange, *hurl.Answer, error) {
	request, u, err := f.request(e)
	if err != nil {
		return nil, nil, &contract.Error{Place: report.Place{File: f.file.Name, Line: e.Line}, Msg: f.Secrets.Hide(err.Error()), Hint: "look at the variables of the request"}
	}
	*out = report.SmokeEntry{Line: e.Line, Method: e.Method, Path: u.EscapedPath(), Attempts: out.Attempts, Asserts: []report.SmokeAssert{}, Captures: []report.SmokeCapture{}}
	var a *probeclient.Answer
	for left := f.Retries; ; left-- {
		out.Attempts++
		a, err = f.Do(ctx, request, e.Options.Insecure)
		var failed *probeclient.Error
		if err == nil || left <= 0 || !errors.As(err, &failed) || !failed.Absent {
			break
		}
		if err := f.Sleep(ctx, f.Delay); err != nil {
			return nil, nil, err
		}
	}
	if err != nil {
		return nil, nil, err
	}
	answer := &hurl.Answer{Status: a.Status, Headers: http.Header{}, Body: string(a.Body), Duration: a.Duration}
	for _, h := range a.Headers {
		answer.Headers.Add(h.Name, h.Value)
	}
	f.cookies.keep(u, answer.Headers, f.Secrets)
	if v, err := parseJSON(a.Body); err == nil && !a.Cut {
		answer.JSON, answer.IsJSON = v, true
	}
	f.Secrets.addAnswer(answer.Headers, answer.JSON)
	out.Status, out.DurationMS = a.Status, a.Duration.Milliseconds()
	x := &Exchange{Method: e.Method, Path: u.EscapedPath(), Query: u.Query(), Header: request.Header, RequestBody: request.Body,
		Status: a.Status, Answer: answer.Headers, Body: a.Body, Cut: a.Cut, line: e.Line}
	if f.elsewhere(u) || len(a.Hops) > 0 { // after a redirect it is the answer to another request
		x = nil
	}
	return x, answer, nil
}

// elsewhere reports an address that is not of the service under test.
func (f *run) elsewhere(u *url.URL) bool {
	return f.Base != nil && (u.Scheme != f.Base.Scheme || u.Host != f.Base.Host)
}

// request is what an entry sends.
func (f *run) request(e *hurl.Entry) (r probeclient.Request, u *url.URL, err error) {
	t := texts{v: f.variables}
	if u, err = probeclient.Parse(t.render(e.URL)); t.err != nil || err != nil {
		return r, nil, errors.Join(t.err, err)
	}
	query := u.Query()
	for _, q := range e.Query {
		query.Add(t.render(q.Name), t.render(q.Value))
	}
	if len(e.Query) > 0 {
		u.RawQuery = query.Encode()
	}
	f.Secrets.addAddress(u)
	r = probeclient.Request{Method: e.Method, Header: http.Header{}, MaxBody: maxBody}
	if e.Options.Location {
		r.Redirects = maxRedirects
	}
	for _, h := range e.Headers {
		name, value := t.render(h.Name), t.render(h.Value)
		r.Header.Add(name, value)
		f.Secrets.AddNamed(name, value)
	}
	f.authorize(e, &t, &r)
	f.sendCookies(e, &t, &r, u)
	f.body(e, &t, &r)
	r.URL = u.String()
	return r, u, t.err
}

// texts renders the texts of an entry, and keeps the first error.
type texts struct {
	v   hurl.Variables
	err error
}

func (t *texts) render(text hurl.Text) string {
	s, err := text.Render(t.v)
	if t.err == nil {
		t.err = err
	}
	return s
}

func (f *run) authorize(e *hurl.Entry, t *texts, r *probeclient.Request) {
	if e.Basic == nil {
		return
	}
	name, password := t.render(e.Basic.Name), t.render(e.Basic.Value)
	f.Secrets.Add(password)
	basic := http.Request{Header: r.Header}
	basic.SetBasicAuth(name, password)
	f.Secrets.AddNamed("Authorization", r.Header.Get("Authorization"))
}

func (f *run) sendCookies(e *hurl.Entry, t *texts, r *probeclient.Request, u *url.URL) {
	pairs := f.cookies.of(u)
	for _, c := range e.Cookies {
		name, value := t.render(c.Name), t.render(c.Value)
		f.Secrets.Add(value)
		pairs = append(pairs, name+"="+value)
	}
	if len(pairs) > 0 {
		r.Header.Add("Cookie", strings.Join(pairs, "; "))
	}
}

func (f *run) body(e *hurl.Entry, t *texts, r *probeclient.Request) {
	kind := ""
	switch {
	case e.Body != nil:
		r.Body = []byte(t.render(e.Body.Text))
		if e.Body.JSON {
			kind = "application/json"
		}
		if v, err := parseJSON(r.Body); err == nil {
			f.Secrets.addJSON("", v, 1)
		}
	case len(e.Form) > 0:
		var pairs []string
		for _, field := range e.Form { // in their order, as Hurl sends them
			name, value := t.render(field.Name), t.render(field.Value)
			f.Secrets.AddNamed(name, value)
			pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
		}
		r.Body, kind = []byte(strings.Join(pairs, "&")), "application/x-www-form-urlencoded"
	}
	if kind != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", kind)
	}
}

// evaluate captures, evaluates the expectations, and returns what does not hold.
func (f *run) evaluate(e *hurl.Entry, a *hurl.Answer, out *report.SmokeEntry) (found []report.Finding) {
	fail := func(rule string, line int, format string, args ...any) {
		one := row(rule).Finding(f.subject, f.Secrets.Hide(fmt.Sprintf(format, args...)), strconv.Itoa(line))
		one.New = &report.Place{File: f.file.Name, Line: line}
		found = append(found, one)
	}
	for i := range e.Captures {
		c := &e.Captures[i]
		value, ok := c.Query.Find(a, f.variables)
		if !ok {
			fail("smoke-capture-failed", c.Line, "the answer to %s %s (%d) has no value for %s", e.Method, out.Path, a.Status, c.Name)
			continue
		}
		f.variables[c.Name] = value
		secret := c.Redact || IsSecret(c.Name) || IsSecret(c.Query.Source) || c.Query.Kind == "cookie"
		f.Secrets.addVariable(c.Name, value, secret)
		shown := hidden
		if !secret {
			shown = f.shown(show(value))
		}
		out.Captures = append(out.Captures, report.SmokeCapture{Name: c.Name, Value: shown})
	}
	for _, a := range f.expectations(e, a) {
		out.Asserts = append(out.Asserts, report.SmokeAssert{Line: a.line, Text: bounded(f.Secrets.Hide(a.text)), Passed: a.holds})
		if !a.holds {
			fail("smoke-assert-failed", a.line, "%s %s: %s failed", e.Method, out.Path, bounded(f.Secrets.Hide(a.text)))
			last := &found[len(found)-1]
			last.Expected, last.Actual = bounded(f.Secrets.Hide(a.text)), f.shown(a.actual)
		}
	}
	return found
}

// shown is what an output may hold of a value from an answer.
func (f *run) shown(value string) string {
	if f.Secrets.over() {
		return hidden
	}
	return bounded(f.Secrets.Hide(value))
}

// expectation is an evaluated assert, or what the line HTTP and the headers below it say.
type expectation struct {
	line         int
	text, actual string
	holds        bool
}

func (f *run) expectations(e *hurl.Entry, a *hurl.Answer) (all []expectation) {
	if e.Status != 0 {
		all = append(all, expectation{e.Line, fmt.Sprintf("HTTP %d", e.Status), strconv.Itoa(a.Status), a.Status == e.Status})
	}
	for _, h := range e.Expected {
		name, notName := h.Name.Render(f.variables)
		value, notValue := h.Value.Render(f.variables)
		got := a.Headers.Values(name)
		holds := false
		for _, g := range got {
			holds = holds || g == value && notName == nil && notValue == nil
		}
		if IsSecret(name) {
			value = hidden
		}
		all = append(all, expectation{h.Line, name + ": " + value, f.quoted("header", name, strings.Join(got, ", ")), holds})
	}
	for i := range e.Asserts {
		one := &e.Asserts[i]
		value, ok := one.Query.Find(a, f.variables)
		actual := "nothing"
		if ok {
			actual = f.quoted(one.Query.Kind, one.Query.Source, show(value))
		}
		text := one.Text()
		if IsSecret(one.Query.Source) || one.Query.Kind == "cookie" {
			text = one.Query.Source + " " + one.Predicate + " " + hidden
		}
		all = append(all, expectation{one.Line, text, actual, one.Holds(value, ok, f.variables)})
	}
	return all
}

// quoted is what an answer has, unless what it was asked for may be secret. A whole body is not shown.
func (f *run) quoted(kind, source, value string) string {
	switch {
	case kind == "cookie" || IsSecret(source):
		return hidden
	case kind == "body":
		return fmt.Sprintf("a body of %d bytes", len(value))
	}
	return value
}

// show is a value as it is shown; what lists and objects hold is not.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case map[string]any:
		return "an object"
	}
	return "null"
}

// compare compares an exchange with the contract. What other exchanges of the flow have shown already is not repeated.
func (f *run) compare(x *Exchange, out *report.SmokeEntry) {
	if f.Contract == nil || x == nil {
		return
	}
	operation, conforms, found := f.Contract.compare(x)
	if conforms == nil {
		return
	}
	f.compared++
	out.Operation, out.Conforms = operation, conforms
	for i := range found {
		one := f.Contract.finding(f.subject, &found[i])
		one.Message = fmt.Sprintf("%s (line %d of the flow)", beginning(f.Secrets.Hide(one.Message), 2*maxShown), x.line)
		if one.Level == report.Error {
			one.Level = f.Level
		}
		if !repeated(f.found, one.Fingerprint) {
			f.found = append(f.found, one)
		}
	}
}

func repeated(all []report.Finding, fingerprint string) bool {
	for i := range all {
		if all[i].Fingerprint == fingerprint {
			return true
		}
	}
	return false
}

// Uncompared is the finding of flows of which no exchange was compared with the contract.
func (r *Runner) Uncompared(name string) []report.Finding {
	if r.Contract == nil || r.compared > 0 {
		return nil
	}
	return []report.Finding{row("smoke-not-compared").Finding(report.EvidenceSubject{Name: name}, "no request of the flows went to an operation of the contract")}
}

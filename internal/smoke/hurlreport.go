package smoke

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/smoke/hurl"
	"github.com/romel/govctl/pkg/report"
)

// hurlRun is one file in the report.json that hurl --report-json writes.
type hurlRun struct {
	Filename string      `json:"filename"`
	Success  bool        `json:"success"`
	Entries  []hurlEntry `json:"entries"`
}

type hurlEntry struct {
	Line    int        `json:"line"`
	Calls   []hurlCall `json:"calls"`
	Asserts []struct {
		Line    int  `json:"line"`
		Success bool `json:"success"`
	} `json:"asserts"`
	Captures []struct {
		Name  string `json:"name"`
		Value any    `json:"value"`
	} `json:"captures"`
}

type hurlCall struct {
	Request struct {
		Method  string       `json:"method"`
		URL     string       `json:"url"`
		Headers []hurlHeader `json:"headers"`
		Cookies []hurlHeader `json:"cookies"`
	} `json:"request"`
	Response struct {
		Status  int          `json:"status"`
		Headers []hurlHeader `json:"headers"`
		Body    string       `json:"body"` // file
	} `json:"response"`
	Timings struct {
		Total int64 `json:"total"` // microseconds
	} `json:"timings"`
}

type hurlHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// maxReported bounds the flows of a report.
const maxReported = 1_000

// HurlReport compares what hurl has exchanged with the contract. body reads a file that the report names. Bodies of requests are not in a
// report, and not compared.
func (r *Runner) HurlReport(data []byte, body func(name string) ([]byte, error)) (flows []report.SmokeFlow, found []report.Finding, err error) {
	var runs []hurlRun
	if err := json.Unmarshal(data, &runs); err != nil {
		return nil, nil, errors.New("is no report of hurl --report-json") // the error would repeat values
	}
	if len(runs) == 0 || len(runs) > maxReported {
		return nil, nil, fmt.Errorf("the report has %d flows, and must have 1 to %d", len(runs), maxReported)
	}
	for i := range runs {
		f := run{Runner: r, file: &hurl.File{Name: runs[i].Filename}, subject: report.EvidenceSubject{Name: runs[i].Filename}}
		flow := report.SmokeFlow{Name: runs[i].Filename, Passed: runs[i].Success, Entries: []report.SmokeEntry{}}
		for j := range runs[i].Entries {
			e, err := f.reported(&runs[i].Entries[j], body)
			if err != nil {
				return nil, nil, err
			}
			flow.Entries = append(flow.Entries, e)
		}
		if !flow.Passed && len(f.found) == 0 {
			f.found = append(f.found, row("smoke-assert-failed").Finding(f.subject, "hurl reports that the flow failed", "flow"))
		}
		flows, found = append(flows, flow), append(found, f.found...)
	}
	return flows, found, nil
}

// reported is an entry of a report.
func (f *run) reported(e *hurlEntry, body func(string) ([]byte, error)) (out report.SmokeEntry, err error) {
	out = report.SmokeEntry{Line: e.Line, Attempts: 1, Asserts: []report.SmokeAssert{}, Captures: []report.SmokeCapture{}}
	for _, c := range e.Captures {
		value := hidden
		if IsSecret(c.Name) {
			f.Secrets.addVariable(c.Name, c.Value, true)
		} else {
			value = bounded(f.Secrets.Hide(fmt.Sprint(c.Value)))
		}
		out.Captures = append(out.Captures, report.SmokeCapture{Name: c.Name, Value: value})
	}
	for i := range e.Calls {
		if err := f.call(&e.Calls[i], e.Line, &out, body); err != nil {
			return out, err
		}
	}
	for _, a := range e.Asserts {
		out.Asserts = append(out.Asserts, report.SmokeAssert{Line: a.Line, Text: "line " + strconv.Itoa(a.Line), Passed: a.Success})
		if !a.Success {
			one := row("smoke-assert-failed").Finding(f.subject, fmt.Sprintf("%s %s (%d): the assert failed", out.Method, out.Path, out.Status), strconv.Itoa(a.Line))
			one.New = &report.Place{File: f.file.Name, Line: a.Line}
			f.found = append(f.found, one)
		}
	}
	return out, nil
}

// call compares one exchange. The last one of an entry is what is shown of it.
func (f *run) call(c *hurlCall, line int, out *report.SmokeEntry, body func(string) ([]byte, error)) error {
	u, err := url.Parse(c.Request.URL)
	if err != nil || u.Host == "" {
		return errors.New("the report has an address that cannot be read")
	}
	if c.Response.Status < 100 || c.Response.Status > 999 {
		return errors.New("the report has an answer without a status")
	}
	x := &Exchange{Method: c.Request.Method, Path: u.EscapedPath(), Query: u.Query(), Header: f.headers(c.Request.Headers), Status: c.Response.Status,
		Answer: f.headers(c.Response.Headers), line: line, partial: true}
	for _, cookie := range c.Request.Cookies {
		f.Secrets.Add(cookie.Value)
	}
	f.Secrets.addAddress(u)
	if c.Response.Body != "" && f.Contract != nil {
		if x.Body, err = body(c.Response.Body); err != nil {
			return err
		}
		x.Cut = len(x.Body) > maxBody
	}
	out.Method, out.Path, out.Status, out.DurationMS = x.Method, x.Path, x.Status, c.Timings.Total/1000
	if !f.elsewhere(u) {
		f.compare(x, out)
	}
	return nil
}

// headers are those of a message, and the secrets among them are taken.
func (f *run) headers(all []hurlHeader) http.Header {
	h := http.Header{}
	for _, one := range all {
		h.Add(one.Name, one.Value)
		f.Secrets.AddNamed(one.Name, one.Value)
	}
	for _, c := range (&http.Response{Header: h}).Cookies() {
		f.Secrets.Add(c.Value)
	}
	return h
}

package smoke

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/smoke/hurl"
	"github.com/romel/govctl/pkg/report"
)

// hidden stands where a secret was.
const hidden = probeclient.Hidden

// maxSecrets bounds the secrets that are taken from answers. Beyond it nothing of an answer is shown.
const maxSecrets = 20_000

// Secrets are the values that no output may hold.
type Secrets struct{ probeclient.Secrets }

// over reports that there may be secrets which are not known.
func (s *Secrets) over() bool { return s.Len() > maxSecrets }

// IsSecret reports a name whose value is a secret.
func IsSecret(name string) bool { return probeclient.IsSecret(name) }

// addJSON takes the secret fields of a value which have a number of bytes at least.
func (s *Secrets) addJSON(name string, v any, least int) {
	if s.over() {
		return
	}
	switch v := v.(type) {
	case string:
		if len(v) >= least {
			s.AddNamed(name, v)
		}
	case json.Number:
		s.addJSON(name, v.String(), least)
	case float64:
		s.addJSON(name, strconv.FormatFloat(v, 'f', -1, 64), least)
	case []any:
		for _, item := range v {
			s.addJSON(name, item, least)
		}
	case map[string]any:
		for key, field := range v {
			if IsSecret(name) {
				key = name
			}
			s.addJSON(key, field, least)
		}
	}
}

// fromAnswer is the length in bytes from which fields of answers with names of secrets are taken: a service that counts its tokens has
// shorter ones.
const fromAnswer = 5

// addAnswer takes what an answer has under the names of secrets.
func (s *Secrets) addAnswer(headers http.Header, body any) {
	for name, values := range headers {
		for _, value := range values {
			if name != "Set-Cookie" && len(value) >= fromAnswer { // whose values the jar takes: the rest of it is no secret
				s.AddNamed(name, value)
			}
		}
	}
	s.addJSON("", body, fromAnswer)
}

// addAddress takes the password of an address, and the parameters with names of secrets.
func (s *Secrets) addAddress(u *url.URL) {
	if password, ok := u.User.Password(); ok {
		s.Add(password)
	}
	for name, all := range u.Query() {
		for _, value := range all {
			s.AddNamed(name, value)
		}
	}
}

// addVariable takes a variable.
func (s *Secrets) addVariable(name string, v any, always bool) {
	if always && !IsSecret(name) {
		name = "secret"
	}
	s.addJSON(name, v, 1)
}

// AddVariables takes all variables with secret names.
func (s *Secrets) AddVariables(v hurl.Variables) {
	for name, value := range v {
		s.addVariable(name, value, false)
	}
}

// Findings hides secrets in findings.
func (s *Secrets) Findings(found []report.Finding) {
	for i := range found {
		f := &found[i]
		for _, text := range []*string{&f.Message, &f.Expected, &f.Actual, &f.Subject} {
			*text = s.Hide(*text)
		}
	}
}

// Report hides secrets in what is written of flows.
func (s *Secrets) Report(d *report.Smoke) {
	for i := range d.Flows {
		for j := range d.Flows[i].Entries {
			e := &d.Flows[i].Entries[j]
			e.Path = s.Hide(e.Path)
			for k := range e.Asserts {
				e.Asserts[k].Text = s.Hide(e.Asserts[k].Text)
			}
			for k := range e.Captures {
				e.Captures[k].Value = s.Hide(e.Captures[k].Value)
			}
		}
	}
	for i := range d.Results {
		if r := &d.Results[i]; r.Error != nil {
			*r.Error = s.Hide(*r.Error)
		}
	}
}

// maxShown is how many bytes of a foreign value are shown.
const maxShown = 200

// bounded is the beginning of a text. Secrets are hidden before: the beginning of one would not be found.
func bounded(s string) string { return beginning(s, maxShown) }

func beginning(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

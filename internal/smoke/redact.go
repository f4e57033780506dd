package smoke

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"github.com/romel/govctl/internal/smoke/hurl"
	"github.com/romel/govctl/pkg/report"
)

// hidden stands where a secret was.
const hidden = "***"

// shortest is the length in bytes from which a secret is looked for inside of other texts: shorter ones occur by chance.
const shortest = 4

// Secrets are the values that no output may hold.
type Secrets struct{ values []string }

var secretName = regexp.MustCompile(`(?i)passw|secret|token|authorization|api[_-]?key|cookie|session`)

// IsSecret reports a name whose value is a secret.
func IsSecret(name string) bool { return secretName.MatchString(name) }

// Add takes a secret, in the forms in which a text can hold it.
func (s *Secrets) Add(value string) {
	if len(value) < shortest {
		return
	}
	forms := []string{value, url.QueryEscape(value), url.PathEscape(value)}
	if encoded, err := json.Marshal(value); err == nil {
		forms = append(forms, string(encoded[1:len(encoded)-1]))
	}
	for _, form := range forms {
		if !s.has(form) {
			s.insert(form)
		}
	}
}

func (s *Secrets) has(text string) bool {
	for _, known := range s.values {
		if known == text {
			return true
		}
	}
	return false
}

// insert keeps the longest first, so that a secret that another begins with does not leave its end behind.
func (s *Secrets) insert(text string) {
	at := 0
	for at < len(s.values) && len(s.values[at]) >= len(text) {
		at++
	}
	s.values = append(s.values, "")
	copy(s.values[at+1:], s.values[at:])
	s.values[at] = text
}

// AddNamed takes the value of a variable, field or header if its name says that it is secret. Of credentials with a scheme both are taken,
// the whole and what follows the scheme.
func (s *Secrets) AddNamed(name, value string) {
	if !IsSecret(name) {
		return
	}
	s.Add(value)
	if _, credentials, ok := strings.Cut(value, " "); ok {
		s.Add(strings.TrimSpace(credentials))
	}
}

// addJSON takes the secret fields of a value.
func (s *Secrets) addJSON(name string, v any) {
	switch v := v.(type) {
	case string:
		s.AddNamed(name, v)
	case json.Number:
		s.AddNamed(name, v.String())
	case []any:
		for _, item := range v {
			s.addJSON(name, item)
		}
	case map[string]any:
		for key, field := range v {
			if IsSecret(name) {
				key = name
			}
			s.addJSON(key, field)
		}
	}
}

// addVariable takes a variable.
func (s *Secrets) addVariable(name string, v any, always bool) {
	if always && !IsSecret(name) {
		name = "secret"
	}
	s.addJSON(name, v)
}

// Hide is a text without secrets.
func (s *Secrets) Hide(text string) string {
	for _, value := range s.values {
		text = strings.ReplaceAll(text, value, hidden)
	}
	return text
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

// bounded is the beginning of a text.
func bounded(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "..."
}

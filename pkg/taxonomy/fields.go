package taxonomy

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// set stores one field of an entry and returns what is wrong with its shape, or "". Null is the same as absent for
// every field that is not required; keys that the model does not know are kept in the text alone.
func (p *parser) set(a *Alert, field string, kind jsontext.Kind, at span) string {
	raw := at.of(p.f.src)
	switch field {
	case "deprecated":
		a.Deprecated = kind == 't'
		if kind != 't' && kind != 'f' && kind != 'n' {
			return "must be true or false, not " + kindName(kind)
		}
	case "windows":
		return list(raw, kind, func(item string, kind jsontext.Kind) string {
			w, msg := window(item, kind)
			a.Windows = append(a.Windows, w)
			return msg
		})
	case "labels":
		return a.setLabels(raw, kind)
	case "lint_ignore":
		return list(raw, kind, func(item string, kind jsontext.Kind) string {
			ignore, msg := ignoreOf(item, kind)
			if msg == "" { // a waiver that gives no reason waives nothing
				a.Ignores = append(a.Ignores, ignore)
			}
			return msg
		})
	default:
		t := textFieldOf[field]
		if t == nil {
			a.foreign = true
			return ""
		}
		text, ok := unquoted(raw)
		if !ok && (kind != 'n' || t.required) {
			return "must be a string, not " + kindName(kind)
		}
		*t.of(a) = text
	}
	return ""
}

// list calls use for each item of a JSON array, null counting as an empty one, until one has a wrong shape.
func list(raw string, kind jsontext.Kind, use func(item string, kind jsontext.Kind) string) string {
	if kind == 'n' {
		return ""
	}
	if kind != '[' {
		return "must be a list, not " + kindName(kind)
	}
	dec := jsontext.NewDecoder(strings.NewReader(raw))
	if _, err := dec.ReadToken(); err != nil {
		return err.Error()
	}
	for dec.PeekKind() != ']' {
		kind := dec.PeekKind()
		item, err := dec.ReadValue()
		if err != nil {
			return err.Error()
		}
		if msg := use(string(item), kind); msg != "" {
			return msg
		}
	}
	return ""
}

// object calls use for each field of a JSON object until one has a wrong shape.
func object(raw string, use func(name, value string, kind jsontext.Kind) string) string {
	dec := jsontext.NewDecoder(strings.NewReader(raw))
	if _, err := dec.ReadToken(); err != nil {
		return err.Error()
	}
	for dec.PeekKind() == '"' {
		key, err := dec.ReadValue()
		if err != nil {
			return err.Error()
		}
		name, _ := unquoted(string(key))
		kind := dec.PeekKind()
		value, err := dec.ReadValue()
		if err != nil {
			return err.Error()
		}
		if msg := use(name, string(value), kind); msg != "" {
			return msg
		}
	}
	return ""
}

func (a *Alert) setLabels(raw string, kind jsontext.Kind) string {
	if kind == 'n' {
		return ""
	}
	if kind != '{' {
		return "must be an object, not " + kindName(kind)
	}
	a.Labels = map[string]string{}
	return object(raw, func(name, value string, kind jsontext.Kind) string {
		switch kind {
		case '"':
			a.Labels[name], _ = unquoted(value)
		case '0', 't', 'f':
			a.Labels[name] = value
		default:
			return "must hold strings, numbers and booleans only; " + quote(name) + " is " + kindName(kind)
		}
		return ""
	})
}

// window is one item of windows: "5m", or {"long": "1h", "short": "5m"}, which reads as "5m/1h".
func window(raw string, kind jsontext.Kind) (string, string) {
	if text, ok := unquoted(raw); ok {
		return text, ""
	}
	if kind != '{' {
		return "", "must hold strings or {long, short}, not " + kindName(kind)
	}
	var long, short string
	msg := object(raw, func(name, value string, kind jsontext.Kind) string {
		text, ok := unquoted(value)
		switch {
		case !ok:
			return "has a window whose " + name + " is " + kindName(kind) + ", not a string"
		case name == "long":
			long = text
		case name == "short":
			short = text
		}
		return ""
	})
	return strings.Trim(short+"/"+long, "/"), msg
}

func ignoreOf(raw string, kind jsontext.Kind) (ignore Ignore, msg string) {
	if kind != '{' {
		return ignore, "must hold objects with rule and reason, not " + kindName(kind)
	}
	msg = object(raw, func(name, value string, kind jsontext.Kind) string {
		var to *string
		switch name {
		case "rule":
			to = &ignore.Rule
		case "reason":
			to = &ignore.Reason
		case "until":
			to = &ignore.Until
		default:
			return "has the unknown key " + quote(name)
		}
		text, ok := unquoted(value)
		if !ok {
			return "has a " + name + " that is " + kindName(kind) + ", not a string"
		}
		*to = text
		return ""
	})
	if msg == "" && (ignore.Rule == "" || strings.TrimSpace(ignore.Reason) == "") {
		msg = "needs a rule and a reason in each item"
	}
	return ignore, msg
}

package taxonomy

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// set reads one field of an entry, stores it, and returns where its value begins and what is wrong with its shape, or "". Null is the
// same as absent for every field that is not required; keys that the model does not know are kept in the text alone.
func (p *parser) set(a *Alert, field string) (start int32, wrong string, err error) {
	kind := p.dec.PeekKind()
	switch field {
	case "windows":
		return p.inside('[', func(string) (string, error) {
			w, wrong, err := p.window()
			a.Windows = append(a.Windows, w)
			return wrong, err
		})
	case "labels":
		if kind == '{' {
			a.Labels = map[string]string{}
		}
		return p.inside('{', func(name string) (string, error) { return p.label(a.Labels, name) })
	case "lint_ignore":
		return p.inside('[', func(string) (string, error) {
			ignore, wrong, err := p.ignore()
			if wrong == "" { // a waiver that gives no reason waives nothing
				a.Ignores = append(a.Ignores, ignore)
			}
			return wrong, err
		})
	}
	val, err := p.value()
	if err != nil {
		return 0, "", err
	}
	t := textFieldOf[field]
	text, isText := p.text(val)
	switch {
	case field == "deprecated":
		a.Deprecated = kind == 't'
		if kind != 't' && kind != 'f' && kind != 'n' {
			wrong = "must be true or false, not " + kindName(kind)
		}
	case t == nil:
		a.foreign = true
	case isText, kind == 'n' && !t.required:
		*t.of(a) = text
	default:
		wrong = "must be a string, not " + kindName(kind)
	}
	return val.start, wrong, nil
}

// inside reads a list or an object, as the bracket says, with one call of each for every item; null counts as an empty one, and another
// kind of value has a wrong shape. Of several wrong items the first is told, and nothing after it is used.
func (p *parser) inside(bracket jsontext.Kind, each func(name string) (wrong string, err error)) (start int32, wrong string, err error) {
	if kind := p.dec.PeekKind(); kind != bracket {
		val, err := p.value()
		if err == nil && kind != 'n' {
			wrong = "must be " + kindName(bracket) + ", not " + kindName(kind)
		}
		return val.start, wrong, err
	}
	if _, err = p.dec.ReadToken(); err != nil {
		return 0, "", err
	}
	start = p.read() - 1
	for kind := p.dec.PeekKind(); kind != ']' && kind != '}'; kind = p.dec.PeekKind() {
		name := ""
		if bracket == '{' {
			key, err := p.value()
			if err != nil {
				return 0, "", err
			}
			name = p.name(key)
		}
		if wrong != "" {
			_, err = p.value()
		} else {
			wrong, err = each(name)
		}
		if err != nil {
			return 0, "", err
		}
	}
	_, err = p.dec.ReadToken()
	return start, wrong, err
}

// textValue reads a value and returns it where it is a text.
func (p *parser) textValue() (text string, kind jsontext.Kind, err error) {
	kind = p.dec.PeekKind()
	val, err := p.value()
	text, _ = p.text(val)
	return text, kind, err
}

func (p *parser) label(labels map[string]string, name string) (wrong string, err error) {
	kind := p.dec.PeekKind()
	val, err := p.value()
	switch kind {
	case '"':
		labels[name], _ = p.text(val)
	case '0', 't', 'f':
		labels[name] = val.of(p.f.src)
	default:
		wrong = "must hold strings, numbers and booleans only; " + quote(name) + " is " + kindName(kind)
	}
	return wrong, err
}

// window is one item of windows: "5m", or {"long": "1h", "short": "5m"}, which reads as "5m/1h".
func (p *parser) window() (text, wrong string, err error) {
	switch kind := p.dec.PeekKind(); kind {
	case '"':
		text, _, err = p.textValue()
		return text, "", err
	case '{':
	default:
		_, err = p.value()
		return "", "must hold strings or {long, short}, not " + kindName(kind), err
	}
	var long, short string
	_, wrong, err = p.inside('{', func(name string) (string, error) {
		text, kind, err := p.textValue()
		switch {
		case kind != '"':
			return "has a window whose " + name + " is " + kindName(kind) + ", not a string", err
		case name == "long":
			long = text
		case name == "short":
			short = text
		}
		return "", err
	})
	return strings.Trim(short+"/"+long, "/"), wrong, err
}

func (p *parser) ignore() (ignore Ignore, wrong string, err error) {
	if kind := p.dec.PeekKind(); kind != '{' {
		_, err = p.value()
		return ignore, "must hold objects with rule and reason, not " + kindName(kind), err
	}
	_, wrong, err = p.inside('{', func(name string) (string, error) {
		text, kind, err := p.textValue()
		to := map[string]*string{"rule": &ignore.Rule, "reason": &ignore.Reason, "until": &ignore.Until}[name]
		switch {
		case to == nil:
			return "has the unknown key " + quote(name), err
		case kind != '"':
			return "has a " + name + " that is " + kindName(kind) + ", not a string", err
		}
		*to = text
		return "", err
	})
	if wrong == "" && (ignore.Rule == "" || strings.TrimSpace(ignore.Reason) == "") {
		wrong = "needs a rule and a reason in each item"
	}
	return ignore, wrong, err
}

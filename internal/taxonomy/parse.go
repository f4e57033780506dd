package taxonomy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Limits of one taxonomy: a hundred times what the largest known teams have.
const (
	maxBytes  = 256 << 20
	maxAlerts = 200_000
)

// Parse reads a taxonomy: an object with "alerts", or the older bare array. The error is a *contract.Error with the
// place of what is no JSON, stands twice, or is neither of the two shapes. Fields of a wrong type are no error here
// but stand in File.Misshapen, so that lint can show all of them at once. The file holds on to data, which must not change.
func Parse(name string, data []byte) (*File, error) {
	// Texts are pieces of data, which nobody changes any more: no copy of a large file, no allocation per field.
	f := &File{Name: name, src: unsafe.String(unsafe.SliceData(data), len(data))}
	f.byName = sync.OnceValue(func() map[string][]int { return indexNames(f.Alerts) })
	if len(data) > maxBytes {
		return nil, f.fail(0, fmt.Sprintf("the taxonomy is larger than %d MiB", maxBytes>>20), "")
	}
	base := 0
	if strings.HasPrefix(f.src, bom) {
		base = len(bom)
	}
	p := parser{f: f, base: base, dec: jsontext.NewDecoder(bytes.NewBuffer(data[base:]))}
	if err := p.document(); err != nil {
		return nil, p.explain(err)
	}
	return f, nil
}

// Usable is the error of a taxonomy whose entries have fields of a wrong type, for commands that compute from it.
func (f *File) Usable() error {
	wrong := slices.DeleteFunc(slices.Clone(f.Misshapen), func(m Misshape) bool { return m.Alert == header })
	if len(wrong) == 0 {
		return nil
	}
	m := wrong[0]
	err := &contract.Error{Place: f.misshapePlace(m), Msg: m.Field + " " + m.Msg, Hint: "govctl taxonomy lint lists every such place"}
	if n := len(wrong); n > 1 {
		err.Msg += fmt.Sprintf(" (and %d more)", n-1)
	}
	return err
}

func (f *File) misshapePlace(m Misshape) (p report.Place) {
	if m.Alert == header {
		return f.placeAt(m.off, "/"+pointerEscaper.Replace(m.Field))
	}
	p = f.Place(&f.Alerts[m.Alert], m.Field)
	p.Line, p.Column = f.lineColumn(m.off)
	return p
}

func (f *File) fail(off int, msg, hint string) *contract.Error {
	return &contract.Error{Place: f.placeAt(off, ""), Msg: msg, Hint: hint}
}

// shape is the advice where the text is no taxonomy.
const shape = `a taxonomy is JSON: {"alerts": [{"alert": NAME, "severity": ..., ...}]}`

type parser struct {
	f    *File
	base int // offset of the decoder's first byte in the text
	dec  *jsontext.Decoder
}

// explain gives an error of the decoder its place.
func (p *parser) explain(err error) error {
	var own *contract.Error
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &own):
		return err
	case errors.Is(err, io.EOF) && strings.TrimSpace(p.f.src[p.base:]) == "":
		return p.f.fail(0, "the taxonomy is empty", "govctl taxonomy sync --scaffold writes one from rule files")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return p.f.fail(len(p.f.src), "the text ends in the middle of a value", "the file seems to be cut off")
	case errors.As(err, &syntax):
		e := p.f.fail(p.base+int(syntax.ByteOffset), strings.TrimPrefix(syntax.Err.Error(), "jsontext: "), shape)
		e.Place.Pointer = string(syntax.JSONPointer)
		if errors.Is(err, jsontext.ErrDuplicateName) {
			e.Msg = "duplicate key " + quote(syntax.JSONPointer.LastToken()) + " in one object"
			e.Hint = "readers disagree on which of the two counts: remove one"
		}
		return e
	}
	return p.f.fail(0, err.Error(), "")
}

func (p *parser) document() error {
	var err error
	switch p.dec.PeekKind() {
	case '[':
		p.f.Legacy = true
		err = p.alerts()
	case '{':
		err = p.object()
	default:
		at, readErr := p.value()
		if readErr != nil {
			return readErr
		}
		return p.f.fail(int(at.start), "a taxonomy is an object with a list \"alerts\"", "govctl taxonomy sync --scaffold writes one from rule files")
	}
	if err != nil {
		return err
	}
	end := int(p.read())
	if _, err := p.dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err != nil {
			return err
		}
		rest := p.f.src[end:]
		return p.f.fail(end+len(rest)-len(strings.TrimLeft(rest, " \t\r\n")), "there is more text after the end of the taxonomy", "remove what follows the last closing bracket")
	}
	return nil
}

// object reads {"schema_version": ..., "last_updated": ..., "alerts": [...]}; other keys are kept in the text only.
func (p *parser) object() error {
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	found := false
	for p.dec.PeekKind() == '"' {
		key, err := p.value()
		if err != nil {
			return err
		}
		switch name := p.name(key); name {
		case "alerts":
			found = true
			if kind := p.dec.PeekKind(); strings.ContainsRune(`{"0tfn`, rune(kind)) {
				return p.f.fail(int(key.start), `"alerts" must be a list, not `+kindName(kind), "")
			}
			err = p.alerts()
		default:
			kind := p.dec.PeekKind()
			var val span
			if val, err = p.value(); err == nil {
				p.header(name, kind, val)
			}
		}
		if err != nil {
			return err
		}
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	if !found {
		return p.f.fail(p.base, `the taxonomy has no list "alerts"`, "")
	}
	return nil
}

func (p *parser) header(name string, kind jsontext.Kind, val span) {
	text, ok := p.text(val)
	switch name {
	case "schema_version":
		p.f.SchemaVersion = text
		if text == "" {
			p.f.SchemaVersion = val.of(p.f.src)
		}
	case "last_updated":
		p.f.LastUpdated = text
		ok = ok || kind == 'n'
	default:
		ok = ok || name != "$schema"
	}
	if !ok {
		p.f.Misshapen = append(p.f.Misshapen, Misshape{Alert: header, Field: name, Msg: "must be a string, not " + kindName(kind), off: int(val.start)})
	}
}

func (p *parser) alerts() error {
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	p.f.list.start = p.read() - 1
	p.f.Alerts = make([]Alert, 0, min(strings.Count(p.f.src, `"alert"`), maxAlerts))
	for {
		switch kind := p.dec.PeekKind(); kind {
		case ']':
			_, err := p.dec.ReadToken()
			p.f.list.end = p.read()
			return err
		case '{':
			if len(p.f.Alerts) == maxAlerts {
				return p.f.fail(int(p.read()), fmt.Sprintf("the taxonomy has more than %d alerts", maxAlerts), "give each team a taxonomy and a project of its own")
			}
			if err := p.alert(); err != nil {
				return err
			}
		default:
			at, err := p.value()
			if err != nil {
				return err
			}
			return p.f.fail(int(at.start), fmt.Sprintf("entry %d must be an object, not %s", len(p.f.Alerts)+1, kindName(kind)), shape)
		}
	}
}

func (p *parser) alert() error {
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	a := Alert{index: len(p.f.Alerts)}
	a.at.start = p.read() - 1
	for p.dec.PeekKind() == '"' {
		key, err := p.value()
		if err != nil {
			return err
		}
		start, wrong, err := p.set(&a, p.name(key))
		if err != nil {
			return err
		}
		if wrong != "" {
			p.f.Misshapen = append(p.f.Misshapen, Misshape{Alert: a.index, Field: p.name(key), Msg: wrong, off: int(start)})
		}
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	a.at.end = p.read()
	p.f.Alerts = append(p.f.Alerts, a)
	return nil
}

// read is how far into the text everything was read.
func (p *parser) read() int32 { return int32(p.base + int(p.dec.InputOffset())) }

// value reads the next value or key and returns where it stands.
func (p *parser) value() (span, error) { return readSpan(p.dec, int32(p.base)) }

func (p *parser) name(key span) string {
	s, _ := p.text(key)
	return s
}

// text is the string value at a span; false where it is no string.
func (p *parser) text(at span) (string, bool) { return unquoted(at.of(p.f.src)) }

// unquoted decodes a JSON string. Texts without escapes stay pieces of the source: no copy per field of 100,000 alerts.
func unquoted(raw string) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if !strings.Contains(raw, `\`) {
		return raw[1 : len(raw)-1], true
	}
	b, err := jsontext.AppendUnquote(nil, raw)
	return string(b), err == nil
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	}
	return "null"
}

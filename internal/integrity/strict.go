package integrity

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// Unreadable is the error of an input that could not be read or is not JSON at all, in contrast to one that was read and refused.
type Unreadable struct {
	Place report.Place
	Msg   string
	Hint  string
}

func (e *Unreadable) Error() string {
	at := e.Place.File
	if e.Place.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", at, e.Place.Line, e.Place.Column)
	}
	return at + ": " + e.Msg
}

// refusal is one reason not to accept what was read.
type refusal struct {
	reason  string // id of a row of Reasons
	subject string // file or key that it is about
	detail  string
	hint    string // instead of that of the row
	place   *report.Place
}

func (r *refusal) Error() string { return r.subject + ": " + r.detail }

//go:noinline
func refuse(reason, subject, format string, args ...any) *refusal {
	return &refusal{reason: reason, subject: subject, detail: fmt.Sprintf(format, args...)}
}

// decode reads one JSON object strictly into v: no duplicate member, no member whose name is a known one in other letters,
// nothing before the object, nothing but one line end after it. The error is an *Unreadable or a *refusal.
// Readers of the same bytes must not come to different conclusions; where two JSON libraries could, decode refuses.
func decode(file string, data []byte, v any) error {
	if err := scan(file, data, known(reflect.TypeOf(v))); err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		var sem *json.SemanticError
		if !errors.As(err, &sem) {
			return &Unreadable{Place: report.Place{File: file}, Msg: err.Error()}
		}
		p := place(file, data, sem.ByteOffset)
		p.Pointer = string(sem.JSONPointer)
		what := "has the wrong type"
		if sem.Err != nil {
			what = "is wrong: " + sem.Err.Error()
		}
		return &refusal{reason: "shape-wrong", subject: file, detail: fmt.Sprintf("%s %s", p.Pointer, what), place: &p}
	}
	return nil
}

// scan walks the tokens of a document before anything is taken from it.
func scan(file string, data []byte, names map[string]bool) error {
	if len(data) > 0 && data[0] != '{' {
		if rest := bytes.TrimLeft(data, " \t\r\n"); len(rest) > 0 && rest[0] == '{' {
			return refuse("bytes-stray", file, "%s before the JSON object", count.Of(len(data)-len(rest), "stray byte"))
		}
		return &Unreadable{Place: place(file, data, 0), Msg: "not a JSON object", Hint: asPublished}
	}
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	for first := true; first || dec.StackDepth() > 0; first = false {
		kind, n := dec.StackIndex(dec.StackDepth())
		tok, err := dec.ReadToken()
		if err != nil {
			return syntax(file, data, err)
		}
		if dec.StackDepth() > maxDepth {
			return at(refuse("shape-wrong", file, "nested deeper than %d levels", maxDepth), data, dec.InputOffset())
		}
		if kind == '{' && n%2 == 0 && tok.Kind() == '"' {
			if name := tok.String(); !names[name] {
				if k := variant(name, names); k != "" {
					return at(refuse("key-case-variant", file, "found %q, expected %q", name, k), data, dec.InputOffset())
				}
			}
		}
	}
	if rest := data[dec.InputOffset():]; len(rest) > 0 && string(rest) != "\n" && string(rest) != "\r\n" {
		return at(refuse("bytes-stray", file, "%s behind the JSON object", count.Of(len(rest), "byte")), data, dec.InputOffset())
	}
	return nil
}

// asPublished is the advice for a file that cannot be read: most such files were cut off or rewritten on their way.
const asPublished = "was the file downloaded completely and without changes?"

func syntax(file string, data []byte, err error) error {
	var bad *jsontext.SyntacticError
	if !errors.As(err, &bad) {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return &Unreadable{Place: place(file, data, int64(len(data))), Msg: "the JSON ends in the middle", Hint: asPublished}
		}
		return &Unreadable{Place: report.Place{File: file}, Msg: err.Error()}
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return at(refuse("key-duplicate", file, "duplicate member %s", bad.JSONPointer), data, bad.ByteOffset)
	}
	return &Unreadable{Place: place(file, data, bad.ByteOffset), Msg: "not JSON: " + bad.Err.Error(), Hint: asPublished}
}

func at(r *refusal, data []byte, offset int64) *refusal {
	p := place(r.subject, data, offset)
	r.place = &p
	return r
}

// place turns an offset into line and column; a column counts characters.
func place(file string, data []byte, offset int64) report.Place {
	before := data[:min(max(offset, 0), int64(len(data)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return report.Place{File: file, Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(before[start:])}
}

// variant is the known name that name equals under case folding; empty when there is none.
func variant(name string, names map[string]bool) string {
	for k := range names {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	return ""
}

// known collects the member names of a type and of the types inside it.
func known(t reflect.Type) map[string]bool {
	names, seen := map[string]bool{}, map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if name != "" {
				names[name] = true
			}
			if name != "" || t.Field(i).Anonymous {
				walk(t.Field(i).Type)
			}
		}
	}
	walk(t)
	return names
}

// decodeBase64 reads the standard alphabet with padding and without spare bits or line ends: one spelling per value.
func decodeBase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") { // the decoder of the standard library skips them
		return nil, errors.New("line end inside base64")
	}
	return base64.StdEncoding.Strict().DecodeString(s)
}

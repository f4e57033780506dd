package apidiff

import (
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/report"
)

// Bounds of the texts of one finding, in bytes.
const (
	maxText       = 4_000    // of a message, a subject or a pointer
	maxShownValue = 64 << 10 // of a value
)

// shorten cuts the texts of a finding where they are very long.
func shorten(f *report.Finding) {
	f.Subject, f.Message = cutText(f.Subject, maxText), cutText(f.Message, maxText)
	f.From, f.To = cutValue(f.From), cutValue(f.To)
	for _, p := range []*report.Place{f.Old, f.New} {
		if p != nil {
			p.Pointer = cutText(p.Pointer, maxText+len(cutMark(1<<40)))
		}
	}
	for i, op := range f.Operations {
		if len(op.Path)+len(op.Method) > maxText {
			f.Operations = append([]report.Operation(nil), f.Operations...)
			f.Operations[i].Path, f.Operations[i].Method = cutText(op.Path, maxText), cutText(op.Method, maxText)
		}
	}
}

// cutText leaves the first bytes of a text and says how long it was.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return firstBytes(s, most) + cutMark(len(s))
}

// firstBytes are at most so many bytes of a longer text, cut between characters.
func firstBytes(s string, most int) string {
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// cutMark ends a text that was cut.
func cutMark(length int) string { return "... (" + strconv.Itoa(length) + " bytes)" }

// cutValue is a text that shows the beginning of a value, where that is very long.
func cutValue(v jsontext.Value) jsontext.Value {
	if len(v) <= maxShownValue {
		return v
	}
	return jsontext.Value(jsonvalue.Quoted(cutText(string(v), 200)))
}

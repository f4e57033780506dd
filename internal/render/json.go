package render

import (
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
)

// writeJSON is report.Findings, written finding by finding.
func writeJSON(w io.Writer, r *Report, _ Look) error {
	e := encoder(w)
	e.begin()
	e.field("schema", report.FindingsSchema)
	e.field("title", r.Title)
	e.field("headline", r.Headline)
	e.field("tool", r.Tool.Name)
	e.field("version", r.Tool.Version)
	e.field("totals", totals(r.Findings))
	e.name("findings")
	e.token(jsontext.BeginArray)
	for _, f := range ranked(r.Findings) {
		e.value(f)
	}
	e.token(jsontext.EndArray)
	e.token(jsontext.EndObject)
	return e.err
}

func totals(findings []report.Finding) report.FindingTotals {
	var t report.FindingTotals
	for i := range findings {
		switch f := &findings[i]; {
		case f.Waived():
			t.Waived += f.Count()
		case f.Level == report.Error:
			t.Errors += f.Count()
		case f.Level == report.Warning:
			t.Warnings += f.Count()
		default:
			t.Infos += f.Count()
		}
	}
	return t
}

// stream writes JSON piece by piece and remembers the first error.
type stream struct {
	*jsontext.Encoder
	err error
}

func encoder(w io.Writer) *stream {
	return &stream{Encoder: jsontext.NewEncoder(w, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true), json.Deterministic(true))}
}

func (s *stream) token(t jsontext.Token) {
	if s.err == nil {
		s.err = s.WriteToken(t)
	}
}

func (s *stream) begin()           { s.token(jsontext.BeginObject) }
func (s *stream) name(name string) { s.token(jsontext.String(name)) }

func (s *stream) value(v any) {
	if s.err == nil {
		s.err = json.MarshalEncode(s.Encoder, v)
	}
}

func (s *stream) field(name string, v any) {
	s.name(name)
	s.value(v)
}

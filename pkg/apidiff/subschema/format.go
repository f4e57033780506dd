package subschema

import (
	"github.com/romel/govctl/pkg/apidiff/formats"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/contract"
)

// assertableFormats are the formats whose meaning is registered, by the types that they restrict.
var assertableFormats = map[string]Types{
	"int32": Number, "int64": Number,
	"date": String, "date-time": String, "time": String, "duration": String,
	"email": String, "idn-email": String, "hostname": String, "idn-hostname": String, "ipv4": String, "ipv6": String, "ip": String,
	"uri": String, "uri-reference": String, "iri": String, "iri-reference": String, "uri-template": String, "url": String,
	"uuid": String, "json-pointer": String, "relative-json-pointer": String, "regex": String,
}

// assertable reports whether a validator may refuse a value of these types because of the format.
func assertable(format string, t Types) bool { return assertableFormats[format]&t != 0 }

// tooWide reports whether x has numbers of double precision where y takes single ones. Nobody
// validates either, and a number without a format is taken as good for both; but who narrows one to
// the other means it.
func tooWide(x, y *NormalForm) bool { return x.hint.Text() == "double" && y.hint.Text() == "float" }

func (e *Comparer) compareFormat(s *Comparison, a, b *NormalForm) {
	e.compareAssertedFormat(s, a.format, b.format)
	if a.format.Exists() || b.format.Exists() {
		return
	}
	if tooWide(a, b) || tooWide(b, a) {
		e.compareAssertedFormat(s, a.hint, b.hint)
		return
	}
	e.compareText(s, "format-hint", a.hint, b.hint)
}

func (e *Comparer) compareAssertedFormat(s *Comparison, a, b contract.Node) {
	d := Difference{Attr: "format", Old: a, New: b, From: jsonvalue.JSONOf(a), To: jsonvalue.JSONOf(b)}
	if !e.oneSided(s, d) {
		e.reportChange(s, d, formats.Within(a.Text(), b.Text()), formats.Within(b.Text(), a.Text()))
	}
}

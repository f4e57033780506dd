package subschema

import (
	"slices"

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

// encodings and mediaFormats are the formats that OpenAPI 3.1 spells contentEncoding and
// contentMediaType.
var (
	encodings    = map[string]string{"byte": "base64", "base64url": "base64url"}
	MediaFormats = map[string]string{"binary": "application/octet-stream"}
)

// Spelled is a value of contentEncoding or contentMediaType, or that of the format which says the
// same.
func Spelled(v contract.Node) string {
	text := v.Text()
	if v.Key() == "format" {
		return encodings[text] + MediaFormats[text]
	}
	return text
}

// formatLengths are the least and the greatest length of texts of a format.
var formatLengths = map[string][2]int64{"ipv4": {7, 15}, "uuid": {36, 36}, "date": {10, 10}, "ipv6": {2, 45}}

// assertable reports whether a validator may refuse a value of these types because of the format.
func assertable(format string, t Types) bool { return assertableFormats[format]&t != 0 }

// widerFormats are the formats that contain another.
var widerFormats = map[string][]string{
	"int32": {"int64"},
	"email": {"idn-email"}, "hostname": {"idn-hostname"},
	"uri": {"uri-reference", "iri", "iri-reference", "url", "uri-template"}, "url": {"uri", "uri-reference", "iri", "iri-reference"},
	"uri-reference": {"iri-reference", "uri-template"}, "iri": {"iri-reference"},
	"ipv4": {"ip"}, "ipv6": {"ip"},
	"float": {"double"},
}

func formatWithin(a, b string) bool {
	return a == b || slices.Contains(widerFormats[a], b)
}

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
	d := Difference{Attr: "format", Old: a, New: b, From: JSONOf(a), To: JSONOf(b)}
	if !e.oneSided(s, d) {
		e.reportChange(s, d, formatWithin(a.Text(), b.Text()), formatWithin(b.Text(), a.Text()))
	}
}

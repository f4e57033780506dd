package apidiff

import "github.com/romel/govctl/pkg/contract"

// assertableFormats are the formats whose meaning is registered, by the types that they restrict.
var assertableFormats = map[string]types{
	"int32": tNumber, "int64": tNumber,
	"date": tString, "date-time": tString, "time": tString, "duration": tString,
	"email": tString, "idn-email": tString, "hostname": tString, "idn-hostname": tString, "ipv4": tString, "ipv6": tString, "ip": tString,
	"uri": tString, "uri-reference": tString, "iri": tString, "iri-reference": tString, "uri-template": tString, "url": tString,
	"uuid": tString, "json-pointer": tString, "relative-json-pointer": tString, "regex": tString,
}

// encodings and mediaFormats are the formats that OpenAPI 3.1 spells contentEncoding and contentMediaType.
var (
	encodings    = map[string]string{"byte": "base64", "base64url": "base64url"}
	mediaFormats = map[string]string{"binary": "application/octet-stream"}
)

// spelled is a value of contentEncoding or contentMediaType, or that of the format which says the same.
func spelled(v contract.Node) string {
	text := v.Text()
	if v.Key() == "format" {
		return encodings[text] + mediaFormats[text]
	}
	return text
}

// formatLengths are the least and the greatest length of texts of a format.
var formatLengths = map[string][2]int64{"ipv4": {7, 15}, "uuid": {36, 36}, "date": {10, 10}, "ipv6": {2, 45}}

// assertable reports whether a validator may refuse a value of these types because of the format.
func assertable(format string, t types) bool { return assertableFormats[format]&t != 0 }

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
	if a == b {
		return true
	}
	for _, w := range widerFormats[a] {
		if w == b {
			return true
		}
	}
	return false
}

// tooWide reports whether x has numbers of double precision where y takes single ones. Nobody validates either, and a
// number without a format is taken as good for both; but who narrows one to the other means it.
func tooWide(x, y *norm) bool { return x.hint.Text() == "double" && y.hint.Text() == "float" }

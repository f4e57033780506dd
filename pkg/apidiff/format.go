package apidiff

import "regexp"

// assertableFormats are the formats whose meaning is registered, by the types that they restrict.
var assertableFormats = map[string]types{
	"int32": tNumber, "int64": tNumber,
	"date": tString, "date-time": tString, "time": tString, "duration": tString,
	"email": tString, "idn-email": tString, "hostname": tString, "idn-hostname": tString, "ipv4": tString, "ipv6": tString, "ip": tString,
	"uri": tString, "uri-reference": tString, "iri": tString, "iri-reference": tString, "uri-template": tString, "url": tString,
	"uuid": tString, "json-pointer": tString, "relative-json-pointer": tString, "regex": tString,
	"byte": tString, "binary": tString, "base64url": tString,
}

// assertable reports whether a validator may refuse a value of these types because of the format.
func assertable(format string, t types) bool { return assertableFormats[format]&t != 0 }

// widerFormats are the formats that contain another.
var widerFormats = map[string][]string{
	"int32": {"int64"},
	"email": {"idn-email"}, "hostname": {"idn-hostname"},
	"uri": {"uri-reference", "iri", "iri-reference", "url"}, "url": {"uri", "uri-reference", "iri", "iri-reference"},
	"uri-reference": {"iri-reference"}, "iri": {"iri-reference"},
	"ipv4": {"ip"}, "ipv6": {"ip"},
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

// compilePattern is the pattern as an expression of Go, nil where it uses what ECMA-262 has and Go has not.
func compilePattern(p string) *regexp.Regexp {
	if len(p) > 10_000 {
		return nil
	}
	re, err := regexp.Compile(p)
	if err != nil {
		return nil
	}
	return re
}

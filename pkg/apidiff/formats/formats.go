// Package formats knows the registered formats: which contain others, and what they say in other words.
package formats

import (
	"math/big"
	"slices"

	"github.com/romel/govctl/pkg/contract"
)

// Encodings and MediaTypes are the formats that OpenAPI 3.1 spells contentEncoding and
// contentMediaType.
var (
	Encodings  = map[string]string{"byte": "base64", "base64url": "base64url"}
	MediaTypes = map[string]string{"binary": "application/octet-stream"}
)

// Spelled is a value of contentEncoding or contentMediaType, or that of the format which says the
// same.
func Spelled(v contract.Node) string {
	text := v.Text()
	if v.Key() == "format" {
		return Encodings[text] + MediaTypes[text]
	}
	return text
}

// Lengths are the least and the greatest length of texts of a format.
var Lengths = map[string][2]int64{"ipv4": {7, 15}, "uuid": {36, 36}, "date": {10, 10}, "ipv6": {2, 45}}

// wider are the formats that contain another.
var wider = map[string][]string{
	"int32": {"int64"},
	"email": {"idn-email"}, "hostname": {"idn-hostname"},
	"uri": {"uri-reference", "iri", "iri-reference", "url", "uri-template"}, "url": {"uri", "uri-reference", "iri", "iri-reference"},
	"uri-reference": {"iri-reference", "uri-template"}, "iri": {"iri-reference"},
	"ipv4": {"ip"}, "ipv6": {"ip"},
	"float": {"double"},
}

func Within(a, b string) bool {
	return a == b || slices.Contains(wider[a], b)
}

// integerBits are the bits of the integer formats beside the sign.
var integerBits = map[string]uint{"int32": 31, "int64": 63}

// IntegerLimits are the least and the greatest number of an integer format.
func IntegerLimits(format string) (low, high *big.Rat, ok bool) {
	bits := integerBits[format]
	limit := new(big.Int).Lsh(big.NewInt(1), bits)
	return new(big.Rat).SetInt(new(big.Int).Neg(limit)), new(big.Rat).SetInt(new(big.Int).Sub(limit, big.NewInt(1))), bits != 0
}

package validators

import "encoding/json"

// Kinds is a set of JSON types; numbers fall in two, so that "integer" is a subset of "number".
type Kinds uint8

const (
	KindObject Kinds = 1 << iota
	KindArray
	KindString
	KindInteger
	KindFraction
	KindBool
	KindNull
	KindNumber = KindInteger | KindFraction
	KindAny    = KindNull | KindBool | KindNumber | KindString | KindArray | KindObject
)

var KindNames = map[string]Kinds{
	"null": KindNull, "boolean": KindBool, "integer": KindInteger, "number": KindNumber, "string": KindString,
	"array": KindArray, "object": KindObject,
}

// KindOf is the kind of a decoded value.
func KindOf(v any) Kinds {
	switch v := v.(type) {
	case nil:
		return KindNull
	case bool:
		return KindBool
	case string:
		return KindString
	case []any:
		return KindArray
	case map[string]any:
		return KindObject
	case json.Number:
		if r, ok := Rational(v.String()); ok && r.IsInt() {
			return KindInteger
		}
		return KindFraction
	default:
		return 0
	}
}

// EveryKind lists the kinds, readable ones first.
var EveryKind = [...]Kinds{KindString, KindInteger, KindFraction, KindBool, KindObject, KindArray, KindNull}

package ecmaregex

import (
	"slices"
	"strings"
	"unicode"

	"github.com/romel/govctl/internal/sorting"
)

// A set is a set of characters: pairs of first and last member, in order, without overlap.
type set []rune

// Character class escapes and the dot (ECMA-262, section 22.2.2.9). None depends on a locale.
var (
	digits    = set{'0', '9'}
	wordChars = set{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	lineEnds  = set{'\n', '\n', '\r', '\r', 0x2028, 0x2029}
	spaces    = append(ofTable(unicode.Zs), '\t', '\r', 0x2028, 0x2029, 0xfeff, 0xfeff).normal()
)

// normal sorts the pairs and joins those that touch.
func (s set) normal() set {
	pairs := make([][2]rune, 0, len(s)/2)
	for i := 0; i < len(s); i += 2 {
		pairs = append(pairs, [2]rune{s[i], s[i+1]})
	}
	sorting.Stable(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	out := make(set, 0, len(s))
	for _, p := range pairs {
		if n := len(out); n > 0 && p[0] <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p[1])
		} else {
			out = append(out, p[0], p[1])
		}
	}
	return out
}

// complement has every character up to top that s lacks.
func (s set) complement(top rune) set {
	out := set{}
	next := rune(0)
	for i := 0; i < len(s); i += 2 {
		if s[i] > next {
			out = append(out, next, s[i]-1)
		}
		next = s[i+1] + 1
	}
	if next <= top {
		out = append(out, next, top)
	}
	return out
}

func (s set) without(o set) set {
	return append(s.complement(unicode.MaxRune), o...).normal().complement(unicode.MaxRune)
}

func (s set) has(r rune) bool {
	lo, hi := 0, len(s)/2
	for lo < hi {
		mid := (lo + hi) / 2
		if s[2*mid+1] < r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(s)/2 && s[2*lo] <= r
}

// ofTable is the union of tables of package unicode.
func ofTable(tables ...*unicode.RangeTable) set {
	var out set
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			out = append(out, lo, hi)
			return
		}
		for r := lo; r <= hi; r += stride {
			out = append(out, r, r)
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return out.normal()
}

// property is the set of \p{name} or \p{name=value}; nil where Go has no table for it.
// (ECMA-262, section 22.2.2.9, tables 67 to 69.)
func property(text string) set {
	name, value, pair := strings.Cut(text, "=")
	switch {
	case pair && (name == "General_Category" || name == "gc"):
		return category(value)
	case pair && (name == "Script" || name == "sc"):
		if t := unicode.Scripts[value]; t != nil {
			return ofTable(t)
		}
		return nil
	case pair:
		return nil
	}
	if alias, ok := propertyAliases[name]; ok {
		name = alias
	}
	if derive := derivedProperties[name]; derive != nil {
		return derive()
	}
	if slices.Contains(binaryProperties, name) {
		return ofTable(unicode.Properties[name])
	}
	return category(name)
}

func category(name string) set {
	if alias, ok := unicode.CategoryAliases[name]; ok {
		name = alias
	}
	if t := unicode.Categories[name]; t != nil {
		return ofTable(t)
	}
	return nil
}

// binaryProperties are those of ECMA-262 that package unicode has as they are, without four whose
// members change from version to version (Diacritic, Extender, *_Terminal).
var binaryProperties = []string{
	"ASCII_Hex_Digit", "Bidi_Control", "Dash", "Deprecated", "Hex_Digit", "IDS_Binary_Operator",
	"IDS_Trinary_Operator", "Ideographic", "Join_Control", "Logical_Order_Exception",
	"Noncharacter_Code_Point", "Pattern_Syntax", "Pattern_White_Space", "Quotation_Mark", "Radical",
	"Regional_Indicator", "Soft_Dotted", "Unified_Ideograph", "Variation_Selector", "White_Space",
}

var propertyAliases = map[string]string{
	"AHex": "ASCII_Hex_Digit", "Alpha": "Alphabetic", "Bidi_C": "Bidi_Control", "Dep": "Deprecated",
	"Hex": "Hex_Digit", "IDSB": "IDS_Binary_Operator", "IDST": "IDS_Trinary_Operator",
	"IDS": "ID_Start", "IDC": "ID_Continue", "Ideo": "Ideographic", "Join_C": "Join_Control",
	"LOE": "Logical_Order_Exception", "Lower": "Lowercase", "NChar": "Noncharacter_Code_Point",
	"Pat_Syn": "Pattern_Syntax", "Pat_WS": "Pattern_White_Space", "QMark": "Quotation_Mark",
	"RI": "Regional_Indicator", "SD": "Soft_Dotted", "UIdeo": "Unified_Ideograph",
	"Upper": "Uppercase", "VS": "Variation_Selector", "space": "White_Space",
}

// derivedProperties follow from others (Unicode Standard Annex 44, DerivedCoreProperties.txt).
var derivedProperties = map[string]func() set{
	"Any":      func() set { return set{0, unicode.MaxRune} },
	"ASCII":    func() set { return set{0, unicode.MaxASCII} },
	"Assigned": func() set { return ofTable(unicode.Cn).complement(unicode.MaxRune) },
	"Alphabetic": func() set {
		return ofTable(unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.Other_Lowercase, unicode.Other_Uppercase)
	},
	"Cased": func() set {
		return ofTable(unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
	},
	"Lowercase": func() set { return ofTable(unicode.Ll, unicode.Other_Lowercase) },
	"Uppercase": func() set { return ofTable(unicode.Lu, unicode.Other_Uppercase) },
	"Math":      func() set { return ofTable(unicode.Sm, unicode.Other_Math) },
	"ID_Start":  func() set { return identifiers(unicode.L, unicode.Nl, unicode.Other_ID_Start) },
	"ID_Continue": func() set {
		return identifiers(unicode.L, unicode.Nl, unicode.Other_ID_Start, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
	},
}

func identifiers(tables ...*unicode.RangeTable) set {
	return ofTable(tables...).without(ofTable(unicode.Pattern_Syntax, unicode.Pattern_White_Space))
}

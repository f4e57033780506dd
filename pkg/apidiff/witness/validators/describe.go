package validators

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// describe puts a failed keyword in plain words.
func describe(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return "expected " + strings.Join(nullLast(k.Want), " or ") + ", got " + k.Got
	case *kind.Enum:
		return "not one of the allowed values"
	case *kind.Const:
		return "not the one allowed value"
	case *kind.Not:
		return "is what must not be"
	case *kind.AnyOf:
		return "fits no alternative of anyOf"
	case *kind.OneOf:
		if len(k.Subschemas) > 0 {
			return "fits more than one alternative of oneOf"
		}
		return "fits no alternative of oneOf"
	case *kind.FalseSchema:
		return cmp.Or(notAllowed[e.SchemaURL], "not allowed")
	case *kind.MinLength:
		return fmt.Sprintf("too short: length must be >= %d, but got %d", k.Want, k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("too long: length must be <= %d, but got %d", k.Want, k.Got)
	case *kind.Pattern:
		return "does not match pattern " + quoted(k.Want)
	case *kind.Format:
		return "is not a valid " + k.Want
	case *kind.Minimum:
		return "too small: must be >= " + figure(k.Want) + " but found " + figure(k.Got)
	case *kind.ExclusiveMinimum:
		return "too small: must be > " + figure(k.Want) + " but found " + figure(k.Got)
	case *kind.Maximum:
		return "too large: must be <= " + figure(k.Want) + " but found " + figure(k.Got)
	case *kind.ExclusiveMaximum:
		return "too large: must be < " + figure(k.Want) + " but found " + figure(k.Got)
	case *kind.MultipleOf:
		return figure(k.Got) + " not multipleOf " + figure(k.Want)
	case *kind.Required:
		return "missing required " + listed(k.Missing)
	case *kind.AdditionalProperties:
		// the validator lists them in the order of a map
		return "unknown property " + listed(slices.Sorted(slices.Values(k.Properties)))
	case *kind.DependentRequired:
		if len(k.Missing) > 1 {
			return "properties " + listed(k.Missing) + " are required, if " + quoted(k.Prop) + " property exists"
		}
		return "property " + listed(k.Missing) + " is required, if " + quoted(k.Prop) + " property exists"
	case *kind.MinProperties:
		return fmt.Sprintf("too few properties: minimum %d properties allowed, but found %d properties", k.Want, k.Got)
	case *kind.MaxProperties:
		return fmt.Sprintf("too many properties: maximum %d properties allowed, but found %d properties", k.Want, k.Got)
	case *kind.MinItems:
		return fmt.Sprintf("too few items: minimum %d items required, but found %d items", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("too many items: maximum %d items required, but found %d items", k.Want, k.Got)
	case *kind.UniqueItems:
		return fmt.Sprintf("duplicate items: items at index %d and %d are equal", k.Duplicates[0], k.Duplicates[1])
	case *kind.Contains, *kind.MinContains:
		return "too few items of the kind it must contain"
	case *kind.MaxContains:
		return "too many items of the kind it may contain"
	}
	return ""
}

// notAllowed is what a false schema rejects, by the keyword below which it stands.
var notAllowed = map[string]string{
	"unevaluatedProperties": "unknown property", "unevaluatedItems": "unknown item", "items": "item not allowed",
	"properties": "property not allowed", "propertyNames": "name of a property not allowed",
}

// nullLast is a list of types with null at its end.
func nullLast(types []string) []string {
	if i := slices.Index(types, "null"); i >= 0 {
		return append(slices.Delete(slices.Clone(types), i, i+1), "null")
	}
	return types
}

func figure(r *big.Rat) string {
	if exact, ok := Decimal(r); ok && len(exact) <= len("-12345678901234567890") {
		return exact.String()
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}

func quoted(s string) string {
	q := strings.NewReplacer(`\"`, `"`, "'", `\'`).Replace(strconv.Quote(s))
	return "'" + q[1:len(q)-1] + "'"
}

func listed(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = quoted(name)
	}
	return strings.Join(all, ", ")
}

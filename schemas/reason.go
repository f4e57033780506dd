package schemas

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// reason is what is wrong, in the words of the validator, except where these leave out a limit, write
// numbers with the separators of prose, or differ from run to run.
func reason(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Minimum:
		return "must be >= " + figure(k.Want) + " but found " + figure(k.Got)
	case *kind.ExclusiveMinimum:
		return "must be > " + figure(k.Want) + " but found " + figure(k.Got)
	case *kind.Maximum:
		return "must be <= " + figure(k.Want) + " but found " + figure(k.Got)
	case *kind.ExclusiveMaximum:
		return "must be < " + figure(k.Want) + " but found " + figure(k.Got)
	case *kind.MinLength:
		return fmt.Sprintf("length must be >= %d, but got %d", k.Want, k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("length must be <= %d, but got %d", k.Want, k.Got)
	case *kind.MinItems:
		return fmt.Sprintf("minimum %d items required, but found %d items", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("maximum %d items allowed, but found %d items", k.Want, k.Got)
	case *kind.AdditionalProperties: // listed in the order of a map
		k.Properties = slices.Sorted(slices.Values(k.Properties))
	}
	return k.LocalizedString(message.NewPrinter(language.English))
}

func figure(r *big.Rat) string {
	f, _ := r.Float64()
	return fmt.Sprint(f)
}

func pointer(tokens []string) string {
	var b strings.Builder
	escaper := strings.NewReplacer("~", "~0", "/", "~1")
	for _, token := range tokens {
		b.WriteString("/" + escaper.Replace(token))
	}
	return b.String()
}

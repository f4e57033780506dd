// Package lint holds the case of each lint rule of the taxonomy: a folder of the rule's name with an entry that it reports and one
// that it does not. The tests run them, and `govctl explain ID` shows them as examples.
package lint

import (
	_ "embed"

	"github.com/romel/govctl/internal/packed"
)

//go:embed cases.packed
var cases []byte

// Files are <rule>/good.json and <rule>/bad.json, with what else a rule looks at. They are packed: `make update` packs them again.
var Files = packed.Open(cases)

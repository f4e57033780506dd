// Package probe holds the case of each rule of evidence: a folder of the rule's name with good.* and bad.*, an input that the rule is
// silent on and one that it reports. The tests run them, and `govctl explain ID` shows them as examples.
package probe

import (
	_ "embed"

	"github.com/romel/govctl/internal/packed"
)

//go:embed cases.packed
var cases []byte

// Files are <rule>/good.* and <rule>/bad.*, with what else a rule looks at. They are packed: `make update` packs them again.
var Files = packed.Open(cases)

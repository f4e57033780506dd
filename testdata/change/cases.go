// Package change holds the case of each change rule: a folder of the rule's name with the contract before and after.
// The tests compare them, and `govctl openapi rules ID` shows them as examples.
package change

import (
	_ "embed"

	"github.com/romel/govctl/internal/packed"
)

//go:embed cases.packed
var cases []byte

// Files are <rule>/old.yaml and <rule>/new.yaml. They are packed: `make update` packs them again.
var Files = packed.Open(cases)

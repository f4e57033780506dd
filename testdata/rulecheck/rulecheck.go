// Package rulecheck holds the case of each check of rule files: a folder of the check's name with a file that it reports and one
// that it does not. The tests run them, and `govctl explain ID` shows them as examples.
package rulecheck

import (
	_ "embed"

	"github.com/romel/govctl/internal/packed"
)

//go:embed cases.packed
var cases []byte

// Files are <check>/good.yml and <check>/bad.yml, with what else a check looks at. They are packed: `make update` packs them again.
var Files = packed.Open(cases)

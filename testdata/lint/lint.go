// Package lint holds the case of each lint rule of the taxonomy: a folder of the rule's name with an entry that it reports and one
// that it does not. The tests run them, and `govctl explain ID` shows them as examples.
package lint

import "embed"

// Files are <rule>/good.json and <rule>/bad.json, with what else a rule looks at.
//
//go:embed */*.json */*.yml
var Files embed.FS

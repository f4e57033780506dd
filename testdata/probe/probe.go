// Package probe holds the case of each rule of evidence: a folder of the rule's name with good.* and bad.*, an input that the rule is
// silent on and one that it reports. The tests run them, and `govctl explain ID` shows them as examples.
package probe

import "embed"

// Files are <rule>/good.* and <rule>/bad.*, with what else a rule looks at.
//
//go:embed *
var Files embed.FS

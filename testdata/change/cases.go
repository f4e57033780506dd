// Package change holds the case of each change rule: a folder of the rule's name with the contract before and after.
// The tests compare them, and `govctl openapi rules ID` shows them as examples.
package change

import "embed"

// Files are <rule>/old.yaml and <rule>/new.yaml.
//
//go:embed */*.yaml
var Files embed.FS

// Package rulecheck holds the case of each check of rule files: a folder of the check's name with a file that it reports and one
// that it does not. The tests run them, and `govctl explain ID` shows them as examples.
package rulecheck

import "embed"

// Files are <check>/good.yml and <check>/bad.yml, with what else a check looks at.
//
//go:embed */*.yml
var Files embed.FS

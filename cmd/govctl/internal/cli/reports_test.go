package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// acting are the commands whose product is not what they print, and what it is. All others print a report.
var acting = map[string]string{
	"govctl badge write":           "files",
	"govctl checksums write":       "files",
	"govctl comment":               "a comment",
	"govctl init":                  "files",
	"govctl issues sync":           "issues",
	"govctl key revoke":            "a file",
	"govctl key rotate":            "a file, and the record, which is JSON",
	"govctl openapi waivers add":   "a file",
	"govctl openapi waivers prune": "a file",
	"govctl publish":               "branches",
	"govctl send":                  "branches and notices",
	"govctl sign":                  "files",
	"govctl site build":            "files",
	"govctl stability record":      "files",
	"govctl taxonomy dashboard":    "files",
	"govctl webhook send":          "notices",
	"govctl openapi export":        "a document, which is JSON",
	"govctl schema show":           "a document, which is JSON",
	"govctl webhook payload":       "a document, which is JSON",
}

// leaves are the commands that do something, by their path.
func leaves(c *cobra.Command) []*cobra.Command {
	if !c.HasSubCommands() {
		return []*cobra.Command{c}
	}
	var all []*cobra.Command
	for _, child := range c.Commands() {
		if c.HasParent() || child.Name() != "completion" && child.Name() != "help" {
			all = append(all, leaves(child)...)
		}
	}
	return all
}

// TestReportsHaveAFormAndAFile: whatever prints a report prints it as JSON, too, and writes it to a file.
func TestReportsHaveAFormAndAFile(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range leaves(Root()) {
		path := c.CommandPath()
		seen[path] = true
		format, output := c.Flags().Lookup("format"), c.Flags().Lookup("output")
		if _, acts := acting[path]; acts {
			if format != nil {
				t.Errorf("%s prints a report: it is none of those that only act", path)
			}
		} else {
			if format == nil || (output == nil) != slices.Contains(secretive, path) {
				t.Errorf("%s has no --format or no --output, or has it for a secret", path)
				continue
			}
			if format.Shorthand != "f" {
				t.Errorf("%s --format has no short form", path)
			}
			if words := format.Value.(*choice).words; !slices.Contains(words, "json") {
				t.Errorf("%s --format takes %s, but not json", path, strings.Join(words, ", "))
			}
		}
		if slices.Contains(documents, path) && output == nil {
			t.Errorf("%s has no --output", path)
		}
	}
	for path := range acting {
		if !seen[path] {
			t.Errorf("there is no command %s", path)
		}
	}
}

package github

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/sanitize"
)

// maxSummary is what GitHub takes as the summary of one step, in bytes. Of a longer one it shows nothing.
const maxSummary = 1<<20 - 1024

// StepSummary is Markdown for the file GITHUB_STEP_SUMMARY, in which other commands of the step have written already: present bytes.
func StepSummary(text string, present int64) string {
	const least = 1024 // below it, hardly more than the note would fit
	room := maxSummary - present
	if room < least {
		return ""
	}
	return sanitize.Fit(text, int(room), sanitize.Bytes)
}

// Output is one output of a step.
type Output struct{ Name, Value string }

var outputName = late.Pattern(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// Outputs is what goes into the file GITHUB_OUTPUT. The delimiter must be one that nobody can foresee, so that no value can end early and
// begin another output.
func Outputs(list []Output, delimiter string) (string, error) {
	var b strings.Builder
	for _, o := range list {
		if !outputName().MatchString(o.Name) {
			return "", fmt.Errorf("output name %q", o.Name)
		}
		if strings.Contains(o.Value, delimiter) || len(delimiter) < 16 {
			return "", fmt.Errorf("output %s: the delimiter does not protect it", o.Name)
		}
		fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", o.Name, delimiter, o.Value, delimiter)
	}
	return b.String(), nil
}

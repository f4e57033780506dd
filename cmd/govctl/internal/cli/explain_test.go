package cli

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// TestEveryIDIsExplained asks for each id: what it means, why it matters, and an example where the rule has a case.
func TestEveryIDIsExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range explanations() {
		if seen[e.id] {
			t.Errorf("%s is explained twice", e.id)
		}
		seen[e.id] = true
		var out bytes.Buffer
		a := &app{Env: &Env{Stdout: &out}}
		if err := a.explain(e); err != nil {
			t.Errorf("%s: %v", e.id, err)
		}
		if e.summary == "" || e.why == "" {
			t.Errorf("%s lacks a summary or a reason", e.id)
		}
		if e.kind == "change of a contract" && !strings.Contains(out.String(), "Example") {
			t.Errorf("%s has no example", e.id)
		}
		if regexp.MustCompile(`[^. ]\.\.\n`).MatchString(out.String()) {
			t.Errorf("%s: two full stops:\n%s", e.id, out.String())
		}
	}
	for _, id := range []string{"operation-removed", "severity-unknown", "duplicate-rule", "keyword-without-effect", "semver_fail", "exit-2", "version-went-down"} {
		if !seen[id] {
			t.Errorf("%s is not explained", id)
		}
	}
}

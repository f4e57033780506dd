package apidiff

import (
	"context"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// TestSpentWaivers: a waiver that accepted what is in the old contract has done its work; one that matches nothing else is stale as before.
func TestSpentWaivers(t *testing.T) {
	const file = `- {rule: operation-removed, subject: GET /a, reason: r, owner: o, expires: 2030-02-01}
- {rule: operation-removed, subject: 'GET /b*', contract: pay, reason: r, owner: o, expires: 2026-02-01}
- {fingerprint: ABCDEF0123, reason: r, owner: o, expires: 2020-02-01}
- {rule: operation-removed, subject: GET /z, contract: shop, reason: r, owner: o, expires: 2026-02-01}
`
	all, err := ParseWaivers(context.Background(), "w.yaml", []byte(file), testNow, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	spent := []report.AcceptedBreak{{Rule: "operation-removed", Subject: "GET /bees", Fingerprint: "1"}, {Rule: "x", Subject: "y", Fingerprint: "abcdef012345"}}
	found := []report.Finding{{Rule: "operation-removed", Subject: "GET /a"}}
	for name, want := range map[string]string{"pay": "waiver-spent info, waiver-spent info", "shop": "waiver-spent info, waiver-stale error", "": "waiver-spent info"} {
		var got []string
		for _, p := range waive(found, WaiversFor(name, all), spent, testNow) {
			got = append(got, p.Rule+" "+string(p.Level))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("contract %q: %s, want %s", name, text, want)
		}
	}
	if _, err := ParseWaivers(context.Background(), "w.yaml", []byte("- {rule: operation-removed, subject: a, contract: 1, reason: r, owner: o, expires: 2026-02-01}"), testNow, 10_000); err == nil || !strings.Contains(err.Error(), "contract must be a string") {
		t.Errorf("a contract that is no text: %v", err)
	}
}

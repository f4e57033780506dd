package report

import (
	"fmt"
	"strings"
	"testing"
)

// What a list leaves out is counted by rule and level, and rare rules are not crowded out.
func TestBounded(t *testing.T) {
	var all []Finding
	for i := range 20_000 {
		all = append(all, Finding{Rule: "many", Level: Error, Subject: fmt.Sprint(i), Message: strings.Repeat("m", 500)})
	}
	all = append(all, Finding{Rule: "rare", Level: Warning}, Finding{Rule: "huge", Level: Error, Message: strings.Repeat("h", maxListBytes)})
	size, count, rare := 0, 0, false
	for _, f := range Bounded(all) {
		size += len(f.Message)
		count += f.Count()
		rare = rare || f.Rule == "rare" && f.More == 0
	}
	if count != len(all) || size > maxListBytes || !rare {
		t.Errorf("%d of %d findings counted in %d bytes, rare listed: %v", count, len(all), size, rare)
	}
	if got := Bounded(all[:9]); len(got) != 9 || got[8].More != 0 {
		t.Errorf("a short list was changed: %d", len(got))
	}
}

package apichangelog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// TestPagesOfHostileVersions expects names of files that are safe, and different on every file system.
func TestPagesOfHostileVersions(t *testing.T) {
	log := Report("t", "all", day)
	for _, v := range []string{"../../etc/passwd", "1.0", "v1.0", "1.0-RC", "1.0-rc", "", "con", "a/b\\c:d", "<script>", strings.Repeat("9", 500), "\u202e1", "1.0.", Unreleased, "unreleased", "..", "-"} {
		log.Releases = append(log.Releases, report.APIRelease{Version: v, Summary: "<script>" + v, Date: "<b>", Entries: []report.APIEntry{{Kind: "breaking", Group: v, Text: "`" + v + "` <img>"}, {Kind: "none"}}})
	}
	pages, err := Pages(&log, 1)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range pages {
		if known[p.ID] || p.ID != strings.ToLower(p.ID) || strings.Trim(p.ID, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" || len(p.ID) > maxID+4 || !strings.HasPrefix(p.ID, "v") && p.ID != "unreleased" {
			t.Errorf("%q has the name %q", p.Version, p.ID)
		}
		known[p.ID] = true
		if s := string(p.Short + p.Full); strings.Contains(s, "<script") || strings.Contains(s, "<img") || p.Left != 1 {
			t.Errorf("%q: %s", p.Version, s)
		}
	}
	if text := Markdown(&log); strings.Contains(outsideOfCode(text), "<script") || strings.Contains(text, "\u202e") {
		t.Errorf("%s", text)
	}
}

// TestBound expects that what is kept is bounded whatever was kept before, and that what is left out is counted.
func TestBound(t *testing.T) {
	log := Report("t", "all", day)
	for i := range 2 * maxKept {
		log.Releases = append(log.Releases, report.APIRelease{Version: fmt.Sprint(i), Entries: []report.APIEntry{{Text: "a"}, {Text: strings.Repeat("a", maxRelease)}}})
	}
	Bound(&log)
	if len(log.Releases) != maxKept || log.More != maxKept || len(log.Releases[0].Entries) != 1 || log.Releases[0].More != 1 {
		t.Errorf("%d releases and %d more, %d entries", len(log.Releases), log.More, len(log.Releases[0].Entries))
	}
}

// TestManyBreaks expects one entry for an edit that was made in several groups, where there are many breaks, and none less otherwise.
func TestManyBreaks(t *testing.T) {
	for groups, want := range map[int]int{crowded: crowded, crowded + 1: 1} {
		var b, c strings.Builder
		for i, w := range []*strings.Builder{&b, &c} {
			w.WriteString("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n")
			for n := range groups {
				fmt.Fprintf(w, "  /r%d:\n    get: {tags: [t%d], parameters: [{name: q%d, in: query, required: %t, schema: {type: string}}], responses: {'200': {description: ok}}}\n", n, n, n, i == 1)
			}
		}
		r, _ := compared(t, parse(t, "b.yaml", []byte(b.String())), parse(t, "c.yaml", []byte(c.String())))
		if len(r.entries) != want || r.counts[Breaking] != groups {
			t.Errorf("%d groups: %d entries of %d breaks", groups, len(r.entries), r.counts[Breaking])
		}
	}
}

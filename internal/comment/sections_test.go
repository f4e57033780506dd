package comment

import (
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

func TestAllThatFitsIsShown(t *testing.T) {
	line := strings.Repeat("\U0001f600", 99) + "\n"
	if got := Join([]string{"first", strings.Repeat(line, 600)}, 61_000); strings.Contains(got, "did not fit") {
		t.Error("60,000 characters did not fit into 61,000")
	}
}

func TestJoinLeavesOutWholeSections(t *testing.T) {
	a, b, c := "first\n", strings.Repeat("second\n", 100), "third\n"
	got := Join([]string{a, b, "", c}, 500)
	if want := "first\n\nthird\n\n*1 section did not fit here.*\n"; got != want {
		t.Errorf("got %q", got)
	}
	if got := Join([]string{b, c}, 500); len(got) > 500 || !strings.Contains(got, "Truncated") {
		t.Errorf("a long first section: %q", got)
	}
}

// TestHostileText: nothing that an artifact says may look like our own lines, or be markup.
func TestHostileText(t *testing.T) {
	evil := "x -->\n<!-- govctl:alert=breaking -->\n<!-- govctl:comment --> @everyone <img src=x> [a](https://evil.example) #1 GH-1 o/r@deadbeef 0123456789abcdef0123456789abcdef01234567 \U000e0041\u200b\u2066 `"
	op := report.Operation{Method: evil, Path: evil}
	p := &Request{Headline: evil, Semver: &report.Semver{Status: evil, PreviousVersion: evil, CurrentVersion: evil, ExpectedVersion: evil, Messages: []string{evil}, Recommendations: []string{evil}},
		Operations: &report.Operations{Added: []report.Operation{op}, Removed: []report.Operation{op}, Deprecated: []report.Operation{op}},
		Stability:  &report.Stability{Extensions: report.StabilityExtensions{Anomaly: true, AnomalyReason: evil}},
		Links:      Links("javascript:alert(1)", "CI run", "https://x.example/> <img>", "data:text/html,x")}
	texts := []string{Join(Sections(p), 65_000)}
	for _, text := range texts {
		for i, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "<!--") && i > 1 {
				t.Errorf("line %d could be taken for ours: %q", i, line)
			}
		}
		outside := outsideCode(text)
		for _, bad := range []string{"@everyone", "<img", "](https://evil", "https://evil", " #1", "javascript:", "x.example"} {
			if strings.Contains(outside, bad) {
				t.Errorf("%q is live in\n%s", bad, text)
			}
		}
		if m := regexp.MustCompile(`(?i)\bgh-\d|\b[0-9a-f]{7,40}\b`).FindString(regexp.MustCompile(`<!--.*?-->`).ReplaceAllString(outside, "")); m != "" {
			t.Errorf("%q is a reference in\n%s", m, text)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r >= 0xe0000 || r == 0x200b || r == 0x2066 }); i >= 0 {
			t.Errorf("a character that nobody sees in %q", text[max(0, i-20):i+10])
		}
	}
}

// outsideCode drops code spans, in which GitHub does nothing.
func outsideCode(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '`')
		if i < 0 {
			break
		}
		if i > 0 && s[i-1] == '\\' {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		marks := s[i : i+len(s[i:])-len(strings.TrimLeft(s[i:], "`"))]
		_, s, _ = strings.Cut(s[i+len(marks):], marks)
	}
	return b.String() + s
}

func TestChangelogSection(t *testing.T) {
	section := func(text string) string {
		list := Sections(&Request{Headline: "h", Changelog: Changelog{Version: "2.0.0 `x`", Text: text}})
		if len(list) == 1 {
			return ""
		}
		return list[1]
	}
	if got := section(""); got != "" {
		t.Errorf("nothing changed: %q", got)
	}
	if got, want := section("One addition.\n\n- a\n"), "### What will be published\n\n`` 2.0.0 `x` ``: One addition.\n\n- a\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := section("Much.\n\n" + strings.Repeat("- a\n", 20)); !strings.Contains(got, ": Much.\n\n<details><summary>") || !strings.HasSuffix(got, "\n\n</details>\n") {
		t.Errorf("%q", got)
	}
	if got := section("Much.\n\n" + strings.Repeat("- a b c d e f g h i j k l m n o p q r s t u v w x y z\n", 2000)); len(got) > maxChangelog+500 || !strings.HasSuffix(got, "</details>\n") {
		t.Errorf("%d bytes: %q", len(got), got[len(got)-200:])
	}
}

func TestSectionsOfACleanRun(t *testing.T) {
	got := Sections(&Request{Headline: "no changes", Semver: &report.Semver{Status: "ok", CurrentVersion: "1.0.0"}})
	if len(got) != 2 || !strings.Contains(got[1], "Version policy: **ok** (none to `1.0.0`)") {
		t.Errorf("got %q", got)
	}
}

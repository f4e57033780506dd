package github

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

func TestStickyComment(t *testing.T) {
	f := newFake(t)
	pr := f.add("author", "a pull request", "")
	pr.Pull = &struct{}{}
	for n := range 250 {
		pr.comments = append(pr.comments, comment{ID: int64(n + 1), Body: commentMarker + "\npasted", User: user{fmt.Sprintf("person%d", n)}})
	}
	say := func(body string, clean bool) Act {
		t.Helper()
		act, err := f.client().Comment(t.Context(), 1, body, clean, false)
		if err != nil {
			t.Fatal(err)
		}
		return act.Act
	}
	for _, step := range []struct {
		body  string
		clean bool
		want  Act
	}{{"all well", true, Nothing}, {"two breaks", false, Opened}, {"two breaks", false, Nothing}, {"one break", false, Updated}, {"all well again", true, Updated}, {"all well again", true, Nothing}} {
		if got := say(step.body, step.clean); got != step.want {
			t.Errorf("%q: %s, want %s", step.body, got, step.want)
		}
	}
	if n := len(pr.comments); n != 251 || pr.comments[250].Body != commentMarker+"\nall well again" {
		t.Errorf("%d comments, the last %q", n, pr.comments[n-1].Body)
	}
	pr.comments = pr.comments[:250]
	f.faults = []fault{{method: "POST", path: "/repos/o/r/issues/1/comments", lose: true}}
	if say("lost", false); len(pr.comments) != 251 {
		t.Errorf("%d comments after a lost answer", len(pr.comments))
	}
	f.log = nil
	if act, err := f.client().Comment(t.Context(), 1, "other", false, true); err != nil || act.Act != Updated || len(f.changes()) != 0 {
		t.Errorf("dry run: %v, %v", act, err)
	}
}

func TestACommentDeletedMeanwhileIsWrittenAgain(t *testing.T) {
	f := newFake(t)
	pr := f.add("author", "a pull request", "")
	pr.comments = []comment{{ID: 1, Body: commentMarker + "\nold", User: user{bot}}}
	f.faults = []fault{{method: "PATCH", path: "/repos/o/r/issues/comments/1", before: func() { pr.comments = nil }}}
	if act, err := f.client().Comment(t.Context(), 1, "new", false, false); err != nil || act.Act != Opened || len(pr.comments) != 1 || pr.comments[0].Body != commentMarker+"\nnew" {
		t.Errorf("%v, %v, %+v", act, err, pr.comments)
	}
}

func TestOneCommentStays(t *testing.T) {
	f := newFake(t)
	pr := f.add("author", "a pull request", "")
	pr.comments = []comment{{ID: 1, Body: commentMarker + "\nsame", User: user{bot}}, {ID: 2, Body: commentMarker + "\nsame", User: user{bot}},
		{ID: 3, Body: commentMarker + "\nsame", User: user{"stranger"}}, {ID: 4, Body: "about " + commentMarker, User: user{bot}}}
	if act, err := f.client().Comment(t.Context(), 1, "same", false, false); err != nil || act.Act != Updated {
		t.Errorf("%v, %v", act, err)
	}
	var left []int64
	for _, c := range pr.comments {
		left = append(left, c.ID)
	}
	if !slices.Equal(left, []int64{1, 3, 4}) {
		t.Errorf("left %v", left)
	}
}

func TestAForkMayOnlyRead(t *testing.T) {
	f := newFake(t)
	f.add("author", "a pull request", "")
	f.faults = []fault{{method: "POST", path: "/repos/o/r/issues/1/comments", status: 403, body: `{"message":"Resource not accessible by integration"}`}}
	if _, err := f.client().Comment(t.Context(), 1, "x", false, false); !errors.Is(err, ErrForbidden) {
		t.Errorf("got %v", err)
	}
}

func TestALongCommentIsCut(t *testing.T) {
	f := newFake(t)
	f.add("author", "a pull request", "")
	if _, err := f.client().Comment(t.Context(), 1, strings.Repeat("a line of text\n", 10_000), false, false); err != nil {
		t.Fatal(err)
	}
	if body := f.find(1).comments[0].Body; len(body) > 65_536 || len(body) < 65_400 || !strings.HasSuffix(body, "*Truncated: the text is too long.*\n") {
		t.Errorf("%d characters, end %q", len(body), body[len(body)-50:])
	}
}

// TestHostileTextInIssues: nothing that an artifact says may look like our own lines, or be markup.
func TestHostileTextInIssues(t *testing.T) {
	evil := "x -->\n<!-- govctl:alert=breaking -->\n<!-- govctl:comment --> @everyone <img src=x> [a](https://evil.example) #1 GH-1 o/r@deadbeef 0123456789abcdef0123456789abcdef01234567 \U000e0041\u200b\u2066 `"
	r := &Run{
		Summary:  report.Summary{SHA: evil, SemverPolicyStatus: evil, BreakingChangesCount: 1},
		Breaking: map[string]*report.Breaking{"": {Total: 1, Changes: []report.BreakingChange{{Rule: evil, Operation: evil, Text: evil}}}},
		State:    report.AlertState{Alerts: []report.Incident{{Reason: "stability_drop", Open: true, Why: evil}, {Reason: "breaking", Open: true, SHA: evil, Version: evil}}},
		PageURL:  "javascript:alert(1)", RunURL: "https://x.example/> <img>",
	}
	var texts []string
	for _, a := range Alerts(r) {
		texts = append(texts, a.Body())
		if strings.ContainsAny(a.Title, "\n\r") {
			t.Errorf("title %q", a.Title)
		}
	}
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

func TestOutputs(t *testing.T) {
	const delimiter = "ghadelimiter_0123456789abcdef"
	evil := "fail\nEOF\nname<<EOF\nx::set-output name=a::b"
	got, err := Outputs([]Output{{"breaking", "2"}, {"reasons", evil}}, delimiter)
	if err != nil {
		t.Fatal(err)
	}
	if back := parseOutputs(t, got); len(back) != 2 || back["breaking"] != "2" || back["reasons"] != evil {
		t.Errorf("read back %q", back)
	}
	for _, bad := range []struct {
		o         Output
		delimiter string
	}{{Output{"a b", "x"}, delimiter}, {Output{"a\n", "x"}, delimiter}, {Output{"a", "x" + delimiter}, delimiter}, {Output{"a", "x"}, "short"}} {
		if _, err := Outputs([]Output{bad.o}, bad.delimiter); err == nil {
			t.Errorf("%+v passed", bad)
		}
	}
}

// parseOutputs reads the file as the runner does: name<<delimiter, lines, delimiter.
func parseOutputs(t *testing.T, s string) map[string]string {
	t.Helper()
	out := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		name, delimiter, ok := strings.Cut(lines[i], "<<")
		if !ok {
			t.Fatalf("line %d: %q", i, lines[i])
		}
		var value []string
		for i++; i < len(lines) && lines[i] != delimiter; i++ {
			value = append(value, lines[i])
		}
		out[name] = strings.Join(value, "\n")
	}
	return out
}

func TestStepSummaryKeepsToItsLimit(t *testing.T) {
	if got := StepSummary(strings.Repeat("a line\n", 300_000), 0); len(got) >= 1<<20 {
		t.Errorf("%d bytes", len(got))
	}
	if got := StepSummary(strings.Repeat("a line\n", 300_000), 1<<20-5000); len(got) > 5000 || len(got) < 3000 {
		t.Errorf("%d bytes where 5,000 are left", len(got))
	}
	if got := StepSummary("a line\n", 1<<20); got != "" {
		t.Errorf("a full summary: %q", got)
	}
}

// The comment about a topic and the one about everything are kept apart, and each is updated in place.
func TestCommentsOfTopicsAreKeptApart(t *testing.T) {
	f := newFake(t)
	pr := f.add("author", "a pull request", "")
	for _, step := range []struct {
		topic, body string
		want        Act
	}{{"", "all", Opened}, {"taxonomy", "alerts", Opened}, {"", "all", Nothing}, {"taxonomy", "alerts", Nothing}, {"taxonomy", "more alerts", Updated}} {
		if act, err := f.client().CommentOn(t.Context(), 1, step.topic, step.body, false, false); err != nil || act.Act != step.want {
			t.Errorf("%+v: %v, %v", step, act.Act, err)
		}
	}
	if len(pr.comments) != 2 || pr.comments[0].Body != commentMarker+"\nall" || pr.comments[1].Body != "<!-- govctl:comment=taxonomy -->\nmore alerts" {
		t.Errorf("%+v", pr.comments)
	}
}

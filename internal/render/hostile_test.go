package render_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
)

// attacks are texts that do something somewhere. Each carries ATTACK, which tells it from our own words.
var attacks = []string{
	"::error::ATTACK", "\n::set-output name=ATTACK::x", "x\r::add-mask::ATTACK", "\u00a0::error::ATTACK", "\u2003 ::error::ATTACK", "%0A::error::ATTACK",
	"x ##[add-mask]ATTACK", "###[error]ATTACK", "##[group]##[error]ATTACK",
	"\x1b[31mATTACK\x1b]8;;https://evil.example\x07", "\u202eATTACK\u2066", "\x9b31mATTACK", "a\x00ATTACK", "\xff\xfeATTACK", "ATTACK\u2028::error::x",
	"<script>ATTACK</script>", "</style><img src=x onerror=ATTACK>", "'\"><svg/onload=ATTACK>", "]]><ATTACK/>", "</pre></details><a href=//evil.example>ATTACK", "{{ATTACK}}",
	"@ATTACK see #12 and ATTACK/ATTACK#13", "https://evil.example/ATTACK www.evil.example", "[ATTACK](https://evil.example)", "![ATTACK](https://evil.example/x.png)",
	"**ATTACK** _a_ ~~b~~ `c`", "```\nATTACK\n```", "````ATTACK", "`ATTACK", " `` ATTACK `", "| ATTACK | b |\n|---|---|", "<!-- govctl:comment ATTACK -->", "# ATTACK", "- ATTACK", "1. ATTACK", "> ATTACK", "===ATTACK",
	"$(touch ATTACK)", "ATTACK,line=1::x", strings.Repeat("ATTACK\n", 300),
	"ATTACK 0123456789abcdef0123456789abcdef01234567", "ATTACK/ATTACK@0123456", "1234567 ATTACK", "closes GH-1 ATTACK, gh-2", "ATTACK\U000e0041\U000e0054\U000e007f", "AT\u200bTA\u200dCK\u2060\ufeff\u00ad", "\u2066ATTACK\u2069",
	`\ATTACK\`, "mailto:ATTACK@evil.example a.ATTACK@evil.example",
}

// filled is a report with s in every text of every type that it holds.
func filled(s string) *render.Report {
	r := &render.Report{Findings: make([]report.Finding, 2), Rules: make([]render.RuleInfo, 1)}
	fill(reflect.ValueOf(r).Elem(), s)
	for i := range r.Findings {
		r.Findings[i].Level = []report.Level{report.Error, report.Warning}[i]
		r.Findings[i].Waiver.Expired = i == 0
		raw, _ := json.Marshal(s)
		r.Findings[i].Witness.Value, r.Findings[i].From, r.Findings[i].To = raw, raw, raw
	}
	r.Findings[1].Witness.Curl = ""
	return r
}

func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), s)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), s)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	}
}

func TestHostileTextStaysInert(t *testing.T) {
	for _, format := range render.Names() {
		for i, attack := range attacks {
			t.Run(fmt.Sprint(format, i), func(t *testing.T) {
				got := written(t, format, filled(attack), render.Look{})
				commands(t, format, got)
				if inspect := inspectors[format]; inspect != nil {
					inspect(t, got)
				}
			})
		}
	}
}

// commands holds every line against what the runner of GitHub Actions obeys: "::name args::data" behind any white space,
// and "##[name]" anywhere. Only the format that exists for it may contain its own kinds of command.
func commands(t *testing.T, format, text string) {
	t.Helper()
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
		if strings.HasPrefix(trimmed, "::") {
			kind, _, _ := strings.Cut(trimmed[2:], " ")
			if format != "github" || kind != "error" && kind != "warning" && kind != "notice" {
				t.Errorf("the runner would obey %.80q", line)
			}
			continue
		}
		if strings.Contains(line, "##[") {
			t.Errorf("the runner would obey %.80q", line)
		}
	}
}

var inspectors = map[string]func(t *testing.T, got string){
	"text": screen, "github": annotationsOnly, "junit": inspectJUnit, "html": inspectHTML, "markdown": inspectMarkdown,
	"json": inspectJSON, "sarif": inspectJSON, "gitlab": inspectJSON,
}

// screen refuses what a terminal or an editor would act on.
func screen(t *testing.T, got string) {
	for _, r := range got {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029) {
			t.Errorf("%U reaches the reader", r)
		}
		if r >= 0xe0000 && r < 0xe1000 || strings.ContainsRune("\u00ad\u200b\u200c\u200d\u2060\ufeff", r) {
			t.Errorf("%U reaches the reader, who cannot see it", r)
		}
	}
}

func annotationsOnly(t *testing.T, got string) {
	screen(t, got)
	shape := regexp.MustCompile(`^::(error|warning|notice) (file=[^:,]*,(line=\d+,)?(col=\d+,)?)?title=[^:,\r\n]*::[^\r\n]*$`)
	for _, line := range strings.Split(strings.TrimSpace(got), "\n")[1:] {
		if !shape.MatchString(line) {
			t.Errorf("not an annotation: %.120q", line)
		}
	}
}

func inspectJUnit(t *testing.T, got string) {
	screen(t, got)
	d := xml.NewDecoder(strings.NewReader(got))
	known := map[string]bool{"testsuites": true, "testsuite": true, "testcase": true, "failure": true, "skipped": true, "system-out": true}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && !known[e.Name.Local] {
			t.Errorf("element %s", e.Name.Local)
		}
	}
}

// tag finds every tag of a page.
var tag = regexp.MustCompile(`<(/?[a-zA-Z!][^>]*)>`)

func inspectHTML(t *testing.T, got string) {
	screen(t, got)
	clean := written(t, "html", filled("harmless"), render.Look{})
	// A request in two lines or in three changes no tag, so the tags of a hostile page are those of a harmless one, but for what its
	// backquotes put around code.
	code := strings.NewReplacer("<code>", "", "</code>", "")
	want, have := tag.FindAllString(code.Replace(clean), -1), tag.FindAllString(code.Replace(got), -1)
	if strings.Count(got, "<code>") != strings.Count(got, "</code>") {
		t.Error("code has no end")
	}
	if !reflect.DeepEqual(want, have) {
		t.Errorf("tags %v, want %v", have, want)
	}
}

// inspectMarkdown renders as GitHub does and looks for anything that text alone cannot make.
func inspectMarkdown(t *testing.T, got string) {
	screen(t, got)
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	if err := md.Convert([]byte(got), &out); err != nil {
		t.Fatal(err)
	}
	html := out.String()
	for _, bad := range []string{"<a ", "<img", "<table", "<em>", "<del>", "<h1", "<h2", "<blockquote", "<ol"} {
		if strings.Contains(html, bad) {
			t.Errorf("%s in\n%.300s", bad, html)
		}
	}
	own := strings.Count(got, "\n  <br>") + 2 // and the block that folds what is not pressing
	if n := strings.Count(html, "<!-- raw HTML omitted -->"); n != own {
		t.Errorf("%d pieces of HTML, want only our %d", n, own)
	}
	if n := strings.Count(html, "<strong>"); n != 4 {
		t.Errorf("%d strong, want the headline, a note and two levels:\n%.600s", n, html)
	}
	// Mentions and references are made from rendered text outside of code.
	text := regexp.MustCompile(`(?s)<code.*?</code>|<[^>]*>`).ReplaceAllString(html, "")
	if m := regexp.MustCompile(`(?i)@\w|#\d|://\w|www\.\w|\bgh-\d|\b[0-9a-f]{7,40}\b`).FindString(text); m != "" {
		t.Errorf("%q is live in %.300q", m, text)
	}
}

func inspectJSON(t *testing.T, got string) {
	var v any
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		t.Fatal(err)
	}
}

func FuzzHostileText(f *testing.F) {
	for _, a := range attacks {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, format := range []string{"text", "markdown", "html", "junit", "github", "gitlab", "sarif"} {
			got := written(t, format, filled(s), render.Look{})
			commands(t, format, got)
			if format == "text" || format == "github" || format == "junit" || format == "sarif" || format == "gitlab" {
				inspectors[format](t, got)
			}
		}
	})
}

package site

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// longest bounds one text on a page, in bytes; the file behind it has the whole.
const longest = 600

// space keeps a figure and its unit on one line.
const space = "\u00a0"

var functions = template.FuncMap{
	"cut":      func(s string) string { return sanitize.Cut(s, longest) },
	"prose":    prose,
	"apart":    apart,
	"name":     func(s string) string { return sanitize.Cut(s, 120) },
	"brief":    func(s string) string { return sanitize.Cut(s, 48) },
	"sentence": func(s string) string { return strings.ReplaceAll(sanitize.Cut(s, 240), " %", space+"%") },
	"percent":  percent,
	"ratio":    func(r report.Ratio) string { return percent(100 * r.Rounded()) },
	"points":   func(p report.Percent) string { return percent(p.Rounded()) },
	"number":   number,
	"plural":   plural,
	"day":      day,
	"stamp":    stamp,
	"minute":   minute,
	"clock":    clock,
	"share":    func(ratio float64) float64 { return 100 * ratio },
	"short":    shortSHA,
	"commit":   commitLink,
	"place":    place,
	"reach":    reach,
	"web":      web,
	"picture":  picture,
	"add":      func(a, b int) int { return a + b },
	"sub":      func(a, b int) int { return a - b },
	"raw":      indented,
}

// apart is a text of which the direction does not reach what stands beside it. Most need no element for that.
func apart(s string) template.HTML {
	const firstFromRight = 0x590 // Hebrew; what is written from right to left stands from here on
	s = sanitize.Cut(s, longest)
	escaped := template.HTMLEscapeString(s)
	if strings.ContainsFunc(s, func(r rune) bool { return r >= firstFromRight }) {
		escaped = "<bdi>" + escaped + "</bdi>"
	}
	return template.HTML(escaped) //nolint:gosec // it is escaped
}

// prose is a text of at most longest bytes in which what stands between backquotes is code.
func prose(s string) template.HTML {
	var b strings.Builder
	for i, part := range sanitize.Quoted(sanitize.Cut(s, longest)) {
		escaped := template.HTMLEscapeString(part)
		if i%2 == 1 {
			escaped = "<code>" + escaped + "</code>"
		}
		b.WriteString(escaped)
	}
	return template.HTML(b.String()) //nolint:gosec // every part is escaped
}

// percent writes a percentage with one decimal, and none where it is whole.
func percent(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) + space + "%"
}

func number(v any) string {
	switch n := v.(type) {
	case int:
		return grouped(n)
	case report.Percent:
		return strconv.FormatFloat(math.Round(n.Rounded()*10)/10, 'f', -1, 64)
	case *report.Percent:
		return number(*n)
	case float64:
		return strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// grouped writes a number with thin spaces between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "\u2212", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return sign + s
}

// capital is a sentence with a capital at its head.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// plural counts things: 1 run, 2 runs.
func plural(n int, one string) string {
	return grouped(n) + " " + count.Noun(n, one)
}

func day(t report.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func minute(t report.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return t.UTC().Format("2006-01-02 15:04") + " UTC"
}

// clock is a time in a column whose head says that it is UTC.
func clock(t report.Time) string { return strings.TrimSuffix(minute(t), " UTC") }

func stamp(t report.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func shortSHA(sha string) string { return sha[:min(len(sha), 7)] }

var hexadecimal = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{7,64}$`) })

// commitLink is the address of a commit; empty where none can be known.
func commitLink(repository, sha string) string {
	if repository == "" || web(repository) == "" || !hexadecimal().MatchString(sha) || strings.Trim(sha, "0") == "" {
		return ""
	}
	return strings.TrimSuffix(repository, "/") + "/commit/" + sha
}

// web is s where it is an address of the web, and empty otherwise: no other scheme becomes a link.
func web(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(s) > longest {
		return ""
	}
	return s
}

func place(p *report.Place) string {
	switch {
	case p == nil:
		return ""
	case p.Line == 0:
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// reach names the first operations that a change reaches.
func reach(ops []report.Operation) string {
	names := make([]string, 0, namedOperations+1)
	for _, o := range ops[:min(len(ops), namedOperations)] {
		names = append(names, sanitize.Cut(o.Method+" "+o.Path, longest))
	}
	if n := len(ops) - namedOperations; n > 0 {
		names = append(names, fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// picture is a drawing as an address, so that a page carries it.
func picture(svg []byte) template.URL {
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg)) //nolint:gosec // a picture cannot run anything
}

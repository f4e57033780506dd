package badge

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/romel/govctl/pkg/report"
)

// The geometry of the flat style, in pixels.
const (
	height     = 20
	horizontal = 5 // padding at either side of a text
	labelFill  = "#555"
)

// SVG renders a badge as badge-maker 6.0.0 does in its flat style, byte for byte, so that a private repository needs no
// service for its badges. The one difference: a character that XML forbids becomes U+FFFD, because badge-maker's file is then no picture.
func SVG(b report.Badge) []byte {
	label, message := trim(b.Label), trim(b.Message)
	right, _ := fill(b.Color)
	left, leftWidth, margin := right, 0, 0
	if label != "" {
		left, leftWidth = labelFill, textWidth(label)+2*horizontal
		margin = leftWidth - 1
	}
	width := leftWidth + textWidth(message) + 2*horizontal
	name := xml(message)
	if label != "" {
		name = xml(label + ": " + message)
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" role="img" aria-label="%s"><title>%s</title>`, width, height, name, name)
	s.WriteString(`<filter id="blur"><feGaussianBlur stdDeviation="16"/></filter><linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/><stop offset="1" stop-opacity=".1"/></linearGradient>`)
	fmt.Fprintf(&s, `<clipPath id="r"><rect width="%d" height="%d" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="%d" height="%d" fill="%s"/>`, width, height, leftWidth, height, xml(left))
	fmt.Fprintf(&s, `<rect x="%d" width="%d" height="%d" fill="%s"/><rect width="%d" height="%d" fill="url(#s)"/></g>`, leftWidth, width-leftWidth, height, xml(right), width, height)
	s.WriteString(`<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" text-rendering="geometricPrecision" font-size="110">`)
	writeText(&s, label, 1, left)
	writeText(&s, message, margin, right)
	s.WriteString(`</g></svg>`)
	return []byte(s.String())
}

// writeText writes one half of a badge: the text over its shadow, ten times as large as it is shown.
func writeText(s *strings.Builder, text string, margin int, background string) {
	if text == "" {
		return
	}
	shadow, own := "#010101", ""
	if brightness(background) > 0.69 { // the limit of badge-maker
		shadow, own = "#ccc", ` fill="#333"`
	}
	width := textWidth(text)
	x, length, content := 10*(margin+horizontal)+5*width, 10*width, xml(text)
	fmt.Fprintf(s, `<g transform="scale(.1)"><g aria-hidden="true" fill="%s"><text x="%d" y="150" fill-opacity=".8" filter="url(#blur)" textLength="%d">%s</text>`, shadow, x, length, content)
	fmt.Fprintf(s, `<text x="%d" y="150" fill-opacity=".3" textLength="%d">%s</text></g><text x="%d" y="140" textLength="%d"%s>%s</text></g>`, x, length, content, x, length, own, content)
}

// trim takes away the white space around a text that JavaScript knows: it counts the byte order mark in, and U+0085 not.
func trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return r != 0x85 && unicode.IsSpace(r) || r == 0xfeff })
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// xml is a text for an XML document: what XML does not allow becomes U+FFFD.
func xml(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return 0xfffd
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	return escaper.Replace(clean)
}

package badge

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// The geometry of the flat style, in pixels.
const (
	height      = 20
	horizontal  = 5 // padding at either side of a text
	labelFill   = "#555"
	defaultFill = "#4b0" // of a colour that nobody knows
)

// fills are the colours behind Shields' names, with the words that Shields takes for them.
var fills = map[string]string{
	BrightGreen: "#4b0", Green: "#67ac09", YellowGreen: "#95991a", Yellow: "#d8b800", Orange: "#ea7233", Red: "#dd4343", Blue: "#007ec6",
	LightGrey: "#939393", "grey": "#555",
	"success": "#4b0", "important": "#ea7233", "critical": "#dd4343", "informational": "#007ec6", "inactive": "#939393",
	"gray": "#555", "lightgray": "#939393",
}

var hexColor = regexp.MustCompile(`^#?([0-9a-f]{3}|[0-9a-f]{6})$`)

// fill is a colour as SVG writes it. Other CSS colours than hexadecimal ones are not known here.
func fill(color string) string {
	if f, ok := fills[color]; ok {
		return f
	}
	if m := hexColor.FindStringSubmatch(strings.ToLower(color)); m != nil {
		return "#" + m[1]
	}
	return defaultFill
}

// SVG renders a badge as badge-maker 6.0.0 does in its flat style, byte for byte, so that a private repository needs no
// service for its badges. Texts outside printable ASCII are measured as if every character were as wide as an m.
func SVG(b report.Badge) []byte {
	label, message := strings.TrimSpace(b.Label), strings.TrimSpace(b.Message)
	right := fill(b.Color)
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
	fmt.Fprintf(&s, `<clipPath id="r"><rect width="%d" height="%d" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="%d" height="%d" fill="%s"/>`, width, height, leftWidth, height, left)
	fmt.Fprintf(&s, `<rect x="%d" width="%d" height="%d" fill="%s"/><rect width="%d" height="%d" fill="url(#s)"/></g>`, leftWidth, width-leftWidth, height, right, width, height)
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
	if brightness(background) > 0.69 {
		shadow, own = "#ccc", ` fill="#333"`
	}
	width := textWidth(text)
	x, length, content := 10*(margin+horizontal)+5*width, 10*width, xml(text)
	fmt.Fprintf(s, `<g transform="scale(.1)"><g aria-hidden="true" fill="%s"><text x="%d" y="150" fill-opacity=".8" filter="url(#blur)" textLength="%d">%s</text>`, shadow, x, length, content)
	fmt.Fprintf(s, `<text x="%d" y="150" fill-opacity=".3" textLength="%d">%s</text></g><text x="%d" y="140" textLength="%d"%s>%s</text></g>`, x, length, content, x, length, own, content)
}

// brightness is the perceived brightness of a hexadecimal colour from 0 to 1, with two decimals.
func brightness(color string) float64 {
	digits := color[1:]
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return 0
	}
	return math.Round(float64(v>>16*299+v>>8&255*587+v&255*114)/2550) / 100
}

// textWidth is the width of a text in pixels, made odd for the pixel grid.
func textWidth(text string) int {
	var w float64
	for _, r := range text {
		switch {
		case r >= ' ' && r <= '~':
			w += verdana11[r-' ']
		case r >= ' ':
			w += verdana11['m'-' ']
		}
	}
	return int(w) | 1
}

// verdana11 are the widths of the printable ASCII characters in Verdana at 11 pixels, from the space on (anafanafo 2.0.0).
var verdana11 = [...]float64{
	3.87, 4.33, 5.05, 9, 6.99, 11.84, 7.99, 2.95, 5, 5, 6.99, 9, 4, 5, 4, 5,
	6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 5, 5, 9, 9, 9, 6,
	11, 7.52, 7.54, 7.68, 8.48, 6.96, 6.32, 8.53, 8.27, 4.63, 5, 7.62, 6.12, 9.27, 8.23, 8.66,
	6.63, 8.66, 7.65, 7.52, 6.78, 8.05, 7.52, 10.88, 7.54, 6.77, 7.54, 5, 5, 5, 9, 6.99,
	6.99, 6.61, 6.85, 5.73, 6.85, 6.55, 3.87, 6.85, 6.96, 3.02, 3.79, 6.51, 3.02, 10.7, 6.96, 6.68,
	6.85, 6.85, 4.69, 5.73, 4.33, 6.96, 6.51, 9, 6.51, 6.51, 5.78, 6.98, 5, 6.98, 9,
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

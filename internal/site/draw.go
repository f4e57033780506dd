package site

import (
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
)

// drawing is an SVG in the making. Colours come from classes of the style sheet, so that the page's light and dark hold for it.
type drawing struct{ strings.Builder }

// begin opens a picture of this size with its name for those who cannot see it.
func begin(class string, width, height float64, name string) *drawing {
	d := &drawing{}
	stretch := ""
	if class == "stack" { // a bar without any text in it
		stretch = ` preserveAspectRatio="none"`
	}
	d.WriteString(`<svg class="` + class + `"` + stretch + ` viewBox="0 0 ` + px(width) + ` ` + px(height) + `" role="img" aria-label="` + html.EscapeString(sanitize.Cut(name, longest)) + `">`)
	return d
}

func (d *drawing) end() template.HTML {
	d.WriteString("</svg>")
	return template.HTML(d.String()) //nolint:gosec // every text in it went through html.EscapeString
}

// tag writes an element with numeric attributes given as name and value in turn; a title is shown to a pointer.
func (d *drawing) tag(name, class, title string, attributes ...any) {
	d.WriteString("<" + name + ` class="` + class + `"`)
	for i := 0; i+1 < len(attributes); i += 2 {
		key, _ := attributes[i].(string)
		d.WriteString(" " + key + `="`)
		switch v := attributes[i+1].(type) {
		case float64:
			d.WriteString(px(v))
		case string:
			d.WriteString(html.EscapeString(v))
		}
		d.WriteString(`"`)
	}
	if title == "" {
		d.WriteString("/>")
		return
	}
	d.WriteString("><title>" + html.EscapeString(sanitize.Cut(title, 120)) + "</title></" + name + ">")
}

// text writes a label; anchor is start, middle or end.
func (d *drawing) text(class string, x, y float64, anchor, s string) {
	d.WriteString(`<text class="` + class + `" x="` + px(x) + `" y="` + px(y) + `" text-anchor="` + anchor + `">` + html.EscapeString(sanitize.Cut(s, 40)) + "</text>")
}

// line writes a straight line.
func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	d.tag("line", class, "", "x1", x1, "y1", y1, "x2", x2, "y2", y2)
}

type point struct{ x, y float64 }

// path joins points; with a base it is closed down to it, as an area.
func (d *drawing) path(class string, points []point, base float64) {
	if len(points) == 0 {
		return
	}
	var s strings.Builder
	for i, p := range points {
		s.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + px(p.x) + " " + px(p.y))
	}
	if !math.IsNaN(base) {
		s.WriteString("L" + px(points[len(points)-1].x) + " " + px(base) + "L" + px(points[0].x) + " " + px(base) + "Z")
	}
	d.tag("path", class, "", "d", s.String())
}

// open is the base of a path that is no area.
var open = math.NaN()

// px is a coordinate with one decimal.
func px(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

package badge

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// defaultFill is the colour of a badge whose own nobody knows.
const defaultFill = "#4b0"

// fills are the colours behind Shields' names, with the words that Shields takes for them.
var fills = map[string]string{
	BrightGreen: "#4b0", Green: "#67ac09", YellowGreen: "#95991a", Yellow: "#d8b800", Orange: "#ea7233", Red: "#dd4343", Blue: "#007ec6",
	LightGrey: "#939393", "grey": "#555",
	"success": "#4b0", "important": "#ea7233", "critical": "#dd4343", "informational": "#007ec6", "inactive": "#939393",
	"gray": "#555", "lightgray": "#939393",
}

var bareHex = late.Pattern(`^(?i)([\da-f]{3}){1,2}$`)

// fill is a colour as SVG writes it; it is not known where badge-maker knows it neither, and is then what badge-maker falls back to.
// The order, and that capitals count in the names of Shields and CSS, are badge-maker's.
func fill(color string) (f string, known bool) {
	if f, ok := fills[color]; ok {
		return f, true
	}
	if bareHex().MatchString(color) {
		return "#" + strings.ToLower(color), true
	}
	if _, ok := parse(trim(color)); ok {
		return strings.ToLower(color), true
	}
	return defaultFill, false
}

// KnownColor reports a colour that SVG draws as it is asked for: a name of Shields, one of CSS, or one in the notations of CSS.
func KnownColor(color string) bool {
	_, known := fill(color)
	return known
}

// brightness is how bright a colour looks, from 0 to 1, with two decimals.
func brightness(color string) float64 {
	c, ok := parse(color)
	if !ok {
		return 0
	}
	v, err := strconv.ParseFloat(strconv.FormatFloat(float64(c.r*299+c.g*587+c.b*114)/255000, 'f', 2, 64), 64)
	if err != nil {
		return 0 // never: it was a number
	}
	return v
}

type rgb struct{ r, g, b int }

// The notations of CSS that badge-maker knows; what stands for the transparency changes nothing here.
const alpha = `(?:0|1|0?\.\d+|\d+%)`

var (
	hexDigits  = late.Pattern(`^#(?i)(?:([\da-f])([\da-f])([\da-f])[\da-f]?|([\da-f]{2})([\da-f]{2})([\da-f]{2})(?:[\da-f]{2})?)$`)
	rgbNumbers = late.Pattern(`^rgba?\(\s*(?:(\d+)\s*,\s*(\d+)\s*,\s*(\d+)(?:\s*,\s*` + alpha + `)?|(\d+)\s+(\d+)\s+(\d+)(?:\s*/\s*` + alpha + `)?)\s*\)$`)
	rgbShares  = late.Pattern(`^rgba?\(\s*(?:(\d+)%\s*,\s*(\d+)%\s*,\s*(\d+)%(?:\s*,\s*` + alpha + `)?|(\d+)%\s+(\d+)%\s+(\d+)%(?:\s*/\s*` + alpha + `)?)\s*\)$`)
	hslNumbers = late.Pattern(`^hsla?\(\s*(\d+)(deg|rad|grad|turn)?\s*,\s*(\d+)%\s*,\s*(\d+)%(?:\s*,\s*` + alpha + `)?\s*\)$`)
)

func parse(color string) (rgb, bool) {
	if v, ok := cssNames[color]; ok {
		return rgb{v >> 16, v >> 8 & 255, v & 255}, true
	}
	if m := three(hexDigits(), color); m != nil {
		if len(m[0]) == 1 {
			m = []string{m[0] + m[0], m[1] + m[1], m[2] + m[2]}
		}
		return channels(m, func(s string) float64 { v, _ := strconv.ParseUint(s, 16, 8); return float64(v) }), true
	}
	if m := three(rgbNumbers(), color); m != nil {
		return channels(m, decimal), true
	}
	if m := three(rgbShares(), color); m != nil {
		return channels(m, func(s string) float64 { return decimal(s) * 255 / 100 }), true
	}
	if m := hslNumbers().FindStringSubmatch(color); m != nil {
		return hsl(math.Round(decimal(m[1])*degrees[m[2]]*1e5)/1e5, decimal(m[3]), decimal(m[4])), true
	}
	return rgb{}, false
}

// three are the three groups that matched, of the two alternatives of an expression.
func three(e *regexp.Regexp, s string) []string {
	m := e.FindStringSubmatch(s)
	if m == nil {
		return nil
	}
	if m[1] == "" {
		return m[4:7]
	}
	return m[1:4]
}

func decimal(digits string) float64 {
	v, _ := strconv.ParseFloat(digits, 64) // digits only; too many are infinite
	return v
}

func channels(m []string, value func(string) float64) rgb {
	at := func(i int) int { return int(math.Min(value(m[i]), 255)) }
	return rgb{at(0), at(1), at(2)}
}

// degrees are the units of an angle in degrees.
var degrees = map[string]float64{"": 1, "deg": 1, "rad": 180 / math.Pi, "grad": 0.9, "turn": 360}

// hsl is the colour of a hue in degrees with a saturation and lightness in percent. A hue beyond the circle counts as the last sixth of
// it, as in badge-maker.
func hsl(hue, saturation, lightness float64) rgb {
	h, l := hue/60, lightness/100
	c := (1 - math.Abs(2*l-1)) * saturation / 100
	x := c * (1 - math.Abs(math.Mod(h, 2)-1))
	sixths := [][3]float64{{c, x, 0}, {x, c, 0}, {0, c, x}, {0, x, c}, {x, 0, c}, {c, 0, x}}
	p := sixths[int(math.Min(h, 5))]
	at := func(i int) int { return int(math.Max(0, math.Min((p[i]+l-c/2)*255, 255))) }
	return rgb{at(0), at(1), at(2)}
}

// cssNames are the colours that CSS has names for.
var cssNames = map[string]int{
	"aliceblue": 0xf0f8ff, "antiquewhite": 0xfaebd7, "aqua": 0x00ffff, "aquamarine": 0x7fffd4, "azure": 0xf0ffff, "beige": 0xf5f5dc, "bisque": 0xffe4c4,
	"black": 0x000000, "blanchedalmond": 0xffebcd, "blue": 0x0000ff, "blueviolet": 0x8a2be2, "brown": 0xa52a2a, "burlywood": 0xdeb887,
	"cadetblue": 0x5f9ea0, "chartreuse": 0x7fff00, "chocolate": 0xd2691e, "coral": 0xff7f50, "cornflowerblue": 0x6495ed, "cornsilk": 0xfff8dc,
	"crimson": 0xdc143c, "cyan": 0x00ffff, "darkblue": 0x00008b, "darkcyan": 0x008b8b, "darkgoldenrod": 0xb8860b, "darkgray": 0xa9a9a9,
	"darkgreen": 0x006400, "darkgrey": 0xa9a9a9, "darkkhaki": 0xbdb76b, "darkmagenta": 0x8b008b, "darkolivegreen": 0x556b2f, "darkorange": 0xff8c00,
	"darkorchid": 0x9932cc, "darkred": 0x8b0000, "darksalmon": 0xe9967a, "darkseagreen": 0x8fbc8f, "darkslateblue": 0x483d8b, "darkslategray": 0x2f4f4f,
	"darkslategrey": 0x2f4f4f, "darkturquoise": 0x00ced1, "darkviolet": 0x9400d3, "deeppink": 0xff1493, "deepskyblue": 0x00bfff, "dimgray": 0x696969,
	"dimgrey": 0x696969, "dodgerblue": 0x1e90ff, "firebrick": 0xb22222, "floralwhite": 0xfffaf0, "forestgreen": 0x228b22, "fuchsia": 0xff00ff,
	"gainsboro": 0xdcdcdc, "ghostwhite": 0xf8f8ff, "gold": 0xffd700, "goldenrod": 0xdaa520, "gray": 0x808080, "green": 0x008000,
	"greenyellow": 0xadff2f, "grey": 0x808080, "honeydew": 0xf0fff0, "hotpink": 0xff69b4, "indianred": 0xcd5c5c, "indigo": 0x4b0082, "ivory": 0xfffff0,
	"khaki": 0xf0e68c, "lavender": 0xe6e6fa, "lavenderblush": 0xfff0f5, "lawngreen": 0x7cfc00, "lemonchiffon": 0xfffacd, "lightblue": 0xadd8e6,
	"lightcoral": 0xf08080, "lightcyan": 0xe0ffff, "lightgoldenrodyellow": 0xfafad2, "lightgray": 0xd3d3d3, "lightgreen": 0x90ee90,
	"lightgrey": 0xd3d3d3, "lightpink": 0xffb6c1, "lightsalmon": 0xffa07a, "lightseagreen": 0x20b2aa, "lightskyblue": 0x87cefa,
	"lightslategray": 0x778899, "lightslategrey": 0x778899, "lightsteelblue": 0xb0c4de, "lightyellow": 0xffffe0, "lime": 0x00ff00,
	"limegreen": 0x32cd32, "linen": 0xfaf0e6, "magenta": 0xff00ff, "maroon": 0x800000, "mediumaquamarine": 0x66cdaa, "mediumblue": 0x0000cd,
	"mediumorchid": 0xba55d3, "mediumpurple": 0x9370db, "mediumseagreen": 0x3cb371, "mediumslateblue": 0x7b68ee, "mediumspringgreen": 0x00fa9a,
	"mediumturquoise": 0x48d1cc, "mediumvioletred": 0xc71585, "midnightblue": 0x191970, "mintcream": 0xf5fffa, "mistyrose": 0xffe4e1,
	"moccasin": 0xffe4b5, "navajowhite": 0xffdead, "navy": 0x000080, "oldlace": 0xfdf5e6, "olive": 0x808000, "olivedrab": 0x6b8e23, "orange": 0xffa500,
	"orangered": 0xff4500, "orchid": 0xda70d6, "palegoldenrod": 0xeee8aa, "palegreen": 0x98fb98, "paleturquoise": 0xafeeee, "palevioletred": 0xdb7093,
	"papayawhip": 0xffefd5, "peachpuff": 0xffdab9, "peru": 0xcd853f, "pink": 0xffc0cb, "plum": 0xdda0dd, "powderblue": 0xb0e0e6, "purple": 0x800080,
	"rebeccapurple": 0x663399, "red": 0xff0000, "rosybrown": 0xbc8f8f, "royalblue": 0x4169e1, "saddlebrown": 0x8b4513, "salmon": 0xfa8072,
	"sandybrown": 0xf4a460, "seagreen": 0x2e8b57, "seashell": 0xfff5ee, "sienna": 0xa0522d, "silver": 0xc0c0c0, "skyblue": 0x87ceeb,
	"slateblue": 0x6a5acd, "slategray": 0x708090, "slategrey": 0x708090, "snow": 0xfffafa, "springgreen": 0x00ff7f, "steelblue": 0x4682b4,
	"tan": 0xd2b48c, "teal": 0x008080, "thistle": 0xd8bfd8, "tomato": 0xff6347, "turquoise": 0x40e0d0, "violet": 0xee82ee, "wheat": 0xf5deb3,
	"white": 0xffffff, "whitesmoke": 0xf5f5f5, "yellow": 0xffff00, "yellowgreen": 0x9acd32,
}

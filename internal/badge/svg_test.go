package badge

import (
	"crypto/sha256"
	encodingxml "encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

func TestSVGEqualsBadgeMaker(t *testing.T) {
	b, err := os.ReadFile("../../../shared/data/vectors/badges/badge-maker-6.0.0-flat-400.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the 400 badges of badge-maker are not here: ../shared/data/vectors/badges")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Input report.Badge `json:"input"`
			SVG   string       `json:"svg"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 400 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	wrong := 0
	for _, c := range file.Cases {
		if got := string(SVG(c.Input)); got != c.SVG {
			if wrong++; wrong < 4 {
				t.Errorf("%+v\ngot  %s\nwant %s", c.Input, got, c.SVG)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d differ", wrong, len(file.Cases))
	}
}

// What those have none of: texts of the world, white space, and the notations of colours. testdata has the digests of what
// badge-maker 6.0.0 draws for them.
func TestSVGOfTheWorld(t *testing.T) {
	b, err := os.ReadFile("testdata/badge-maker-6.0.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Label, Message, Color, SHA256 string }
	if err := json.Unmarshal(b, &cases, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 70 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		svg := SVG(report.Badge{Label: c.Label, Message: c.Message, Color: c.Color})
		if fmt.Sprintf("%x", sha256.Sum256(svg)) != c.SHA256 {
			t.Errorf("%q %q %q is drawn otherwise: %s", c.Label, c.Message, c.Color, svg)
		}
	}
}

func TestKnownColor(t *testing.T) {
	for color, want := range map[string]bool{"red": true, "grey": true, "critical": true, "9cf": true, "#9CF": true, "tomato": true, "rgb(1,2,3)": true, "hsl(1, 2%, 3%)": true,
		"": false, "redd": false, "RED": false, "#12": false, "rgb(1,2)": false, `red"/><script>`: false, "url(x)": false} {
		if KnownColor(color) != want {
			t.Errorf("%q is known: %v", color, !want)
		}
	}
}

// The same for the badge of the original's README, as badge-maker 6.0.0 draws it.
func TestSVGOfACombinedBadge(t *testing.T) {
	const want = `<svg xmlns="http://www.w3.org/2000/svg" width="144" height="20" role="img" aria-label="gov+semver: 87.2%/ok"><title>gov+semver: 87.2%/ok</title><filter id="blur"><feGaussianBlur stdDeviation="16"/></filter><linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/><stop offset="1" stop-opacity=".1"/></linearGradient><clipPath id="r"><rect width="144" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="79" height="20" fill="#555"/><rect x="79" width="65" height="20" fill="#d8b800"/><rect width="144" height="20" fill="url(#s)"/></g><g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" text-rendering="geometricPrecision" font-size="110"><g transform="scale(.1)"><g aria-hidden="true" fill="#010101"><text x="405" y="150" fill-opacity=".8" filter="url(#blur)" textLength="690">gov+semver</text><text x="405" y="150" fill-opacity=".3" textLength="690">gov+semver</text></g><text x="405" y="140" textLength="690">gov+semver</text></g><g transform="scale(.1)"><g aria-hidden="true" fill="#010101"><text x="1105" y="150" fill-opacity=".8" filter="url(#blur)" textLength="550">87.2%/ok</text><text x="1105" y="150" fill-opacity=".3" textLength="550">87.2%/ok</text></g><text x="1105" y="140" textLength="550">87.2%/ok</text></g></g></svg>`
	if got := string(SVG(New("gov+semver", "87.2%/ok", Yellow))); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSVGOfHostileTextIsWhole(t *testing.T) {
	for _, text := range []string{`<script>alert(1)</script>`, `"' onload="x`, "\x00\x1b[31m", "\xff\xfe", "]]>&amp;", strings.Repeat("w", 10_000), "\u202eevil", ""} {
		svg := SVG(report.Badge{Label: text, Message: text, Color: `red"/><script>`})
		d := encodingxml.NewDecoder(strings.NewReader(string(svg)))
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v\n%s", text, err, svg)
			}
			if e, ok := tok.(encodingxml.StartElement); ok && e.Name.Local == "script" {
				t.Errorf("%q became markup", text)
			}
		}
	}
}

//go:build browser

package browsertest

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/pkg/report"
)

// shots are the pictures of the documentation, by name.
var shots = []struct {
	name, state, page, scheme string
	width, height             int64
}{
	{"status", "healthy", "index", "light", 1200, 1000},
	{"status-dark", "healthy", "index", "dark", 1200, 1000},
	{"status-phone", "breaking", "index", "light", 390, 844},
	{"breaking", "breaking", "index", "light", 1200, 1100},
	{"placeholder", "placeholder", "index", "light", 1200, 900},
	{"first-run", "first", "index", "light", 1200, 900},
	{"trouble", "trouble", "index", "light", 1200, 900},
	{"runs-500", "runs500", "index", "light", 1200, 1000},
	{"alerts", "healthy", "taxonomy", "light", 1200, 800},
	{"alerts-5000", "alerts5000", "taxonomy", "light", 1200, 800},
	{"changelog", "breaking", "changelog", "light", 1200, 900},
	{"embed", "healthy", "embed", "light", 480, 220},
}

// maxPicture is the size that a picture of the documentation may have, in bytes.
const maxPicture = 150 << 10

// TestScreenshots writes the pictures into the folder that GOVCTL_SCREENSHOTS names: `make screenshots`.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("GOVCTL_SCREENSHOTS")
	if dir == "" {
		t.Skip("GOVCTL_SCREENSHOTS names no folder")
	}
	for _, s := range shots {
		address := serve(t, folder(t, states[s.state]())).URL + "/" + s.page + ".html"
		b := open(t)
		b.clock(lookedAt(s.state))
		b.do(size(s.width, s.height), media("screen", s.scheme), chromedp.Navigate(address))
		if s.page == "embed" { // its script writes the sentence
			b.until(`document.getElementById('live').textContent.includes('API')`)
		}
		shoot(b, filepath.Join(dir, s.name+".png"))
	}
	if run := os.Getenv("GOVCTL_TOUR"); run != "" {
		tour(t, run, dir)
	}
}

// tour takes the pictures of docs/tour.md from the output folder of a real run.
func tour(t *testing.T, run, dir string) {
	summary, err := artifact.Load[report.Summary](os.DirFS(run), artifact.SummaryPath)
	if err != nil {
		t.Fatal(err)
	}
	b := open(t)
	b.clock(summary.GeneratedAt.Add(5 * time.Minute))
	b.do(size(1200, 800), media("screen", "light"), chromedp.Navigate(serve(t, filepath.Join(run, "site")).URL+"/index.html"))
	shoot(b, filepath.Join(dir, "tour-verdict.png"))
	eval[any](b, `document.documentElement.style.scrollBehavior = 'auto'; document.querySelector('details.proof').open = true; document.getElementById('changes').previousElementSibling.scrollIntoView(); 0`)
	shoot(b, filepath.Join(dir, "tour-proof.png"))
}

// shoot writes what the window shows.
func shoot(b *tab, file string) {
	b.Helper()
	b.settle()
	raw, err := chromedp.Run(b, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	small, err := shrink(raw)
	if err != nil {
		b.Fatal(err)
	}
	if len(small) > maxPicture {
		b.Errorf("%s has %d bytes", file, len(small))
	}
	if err := os.WriteFile(file, small, 0o644); err != nil { //nolint:gosec // pictures are for everybody
		b.Fatal(err)
	}
}

// shrink writes a picture with 256 colours.
func shrink(raw []byte) ([]byte, error) {
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	area := picture.Bounds()
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA {
		r, g, b, _ := picture.At(x, y).RGBA()
		return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
	}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(uint32(a.R)<<16|uint32(a.G)<<8|uint32(a.B), uint32(b.R)<<16|uint32(b.G)<<8|uint32(b.B)))
	})
	palette := spread(all)
	nearest := map[color.RGBA]uint8{}
	for _, c := range all {
		nearest[c] = uint8(palette.Index(c)) //nolint:gosec // below 256
	}
	out := image.NewPaletted(area, palette)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			out.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out)
	return b.Bytes(), err
}

// spread picks the colours that are used most and then far ones before near ones: a small badge has few pixels, and its colours count.
func spread(all []color.RGBA) color.Palette {
	const most, common = 256, 64
	apart := func(p color.Palette, c color.RGBA) int {
		if len(p) == 0 {
			return math.MaxInt
		}
		q, _ := p.Convert(c).(color.RGBA) // it holds nothing else
		r, g, b := int(c.R)-int(q.R), int(c.G)-int(q.G), int(c.B)-int(q.B)
		return r*r + g*g + b*b
	}
	palette := make(color.Palette, 0, most)
	for _, c := range all[:min(len(all), common)] {
		palette = append(palette, c)
	}
	for _, distance := range []int{40, 24, 14, 8, 4, 0} {
		for _, c := range all {
			if len(palette) < most && apart(palette, c) > distance*distance {
				palette = append(palette, c)
			}
		}
	}
	return palette
}

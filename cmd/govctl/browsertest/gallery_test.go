//go:build browser

package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// looks are the ways in which each page is looked at, by name.
var looks = []struct {
	name, medium, scheme string
	width                int64
}{{"light", "screen", "light", 1280}, {"dark", "screen", "dark", 1280}, {"tablet", "screen", "light", 768}, {"tablet-dark", "screen", "dark", 768},
	{"phone", "screen", "light", 360}, {"phone-dark", "screen", "dark", 360}, {"paper", "print", "light", 794}}

// TestGallery writes every page of every state, from top to bottom, into the folder that GOVCTL_GALLERY names: `make gallery`, or some with
// `-run TestGallery/STATE/PAGE/LOOK`.
func TestGallery(t *testing.T) {
	dir := os.Getenv("GOVCTL_GALLERY")
	if dir == "" {
		t.Skip("GOVCTL_GALLERY names no folder")
	}
	everyPage(t, func(string) []string { return names }, func(t *testing.T, state, name, address string) {
		for _, l := range looks {
			t.Run(l.name, func(t *testing.T) {
				b := open(t, size(l.width, tallest), media(l.medium, l.scheme))
				b.clock(lookedAt(state))
				b.do(chromedp.Navigate(address))
				b.settle()
				raw, err := chromedp.Run(b, whole(l.width))
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, state+"-"+name+"-"+l.name+".png"), raw, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			})
		}
	})
}

// tallest bounds a picture, in pixels: a page of 5,000 alerts is a hundred times as tall. The window is as tall, because a page leaves
// undrawn what is out of sight.
const tallest = 5000

// whole is the picture of a page from its top.
func whole(width int64) chromedp.Action[[]byte] {
	return func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		m, err := cdp.Call(ctx, t, page.GetLayoutMetrics, cdp.Empty{})
		if err != nil {
			return nil, err
		}
		r, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: new(true),
			Clip: &page.Viewport{Width: float64(width), Height: min(m.CSSContentSize.Height, tallest), Scale: 1}})
		if err != nil {
			return nil, err
		}
		return r.Data, nil
	}
}

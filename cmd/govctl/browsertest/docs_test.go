//go:build browser

package browsertest

import (
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// The pages of the documentation are accessible, fit the window, break no policy and show their pictures.
func TestDocumentation(t *testing.T) {
	axe, dir := axeCore(t), t.TempDir()
	render := exec.CommandContext(t.Context(), "go", "run", "./cmd/govctl/internal/docsite", dir)
	render.Dir = "../../.."
	if out, err := render.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s := serve(t, dir)
	for _, name := range []string{"index", "tour", "config", "tasks/compare"} {
		for _, colours := range []string{"light", "dark"} {
			t.Run(name+"/"+colours, func(t *testing.T) {
				b := open(t, size(1280, 900), media("", colours), chromedp.Navigate(s.URL+"/"+name+".html"))
				if said, _ := b.heard(); len(said) > 0 {
					b.Errorf("the browser said %q", said)
				}
				for _, width := range []int64{1280, 360} {
					b.do(size(width, 900))
					if got := eval[int64](b, "document.documentElement.scrollWidth"); got > width {
						b.Errorf("at %d pixels the page is %d wide: %s", width, got, eval[string](b, widest))
					}
				}
				if eval[bool](b, "[...document.images].some(i => i.complete && i.naturalWidth === 0)") {
					b.Error("a picture is missing")
				}
				b.accessible(axe)
			})
		}
	}
}

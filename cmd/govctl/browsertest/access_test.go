//go:build browser

package browsertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// heardBy are the nodes of a page by role, each with its name, as a screen reader gets them.
func heardBy(b *tab) map[string][]string {
	b.Helper()
	roles := map[string][]string{}
	for _, n := range call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		name := ""
		if n.Name != nil {
			name = strings.Trim(string(n.Name.Value), `"`)
		}
		role := strings.Trim(string(n.Role.Value), `"`)
		roles[role] = append(roles[role], name)
	}
	return roles
}

// The alerts are a table to a screen reader however they are laid out, those out of sight, too.
func TestAlertsStayATable(t *testing.T) {
	p := healthy()
	p.Taxonomy = catalogueOf(500)
	s := serve(t, folder(t, p))
	for _, width := range []int64{1280, 360} {
		b := open(t, size(width, 800), chromedp.Navigate(s.URL+"/taxonomy.html"))
		b.until("!document.querySelector('#alerts tbody tr:not(.in)')")
		b.settle()
		roles := heardBy(b)
		if len(roles["table"]) != 1 || len(roles["row"]) != 501 || len(roles["rowheader"]) != 500 || len(roles["columnheader"]) != 7 || len(roles["cell"])+len(roles["gridcell"]) != 6*500 {
			t.Errorf("at %d pixels: %d tables, %d rows, %d and %d heads, %d cells", width, len(roles["table"]), len(roles["row"]), len(roles["rowheader"]), len(roles["columnheader"]), len(roles["cell"]))
		}
	}
}

// Every chart says in words what it shows.
func TestChartsHaveNames(t *testing.T) {
	for _, state := range []string{"breaking", "runs500"} {
		b := open(t, size(1280, 800), chromedp.Navigate(serve(t, folder(t, states[state]())).URL+"/index.html"))
		b.settle()
		roles := heardBy(b)
		pictures := append(roles["image"], roles["img"]...)
		if len(pictures) < 6 {
			t.Errorf("%s: %d pictures", state, len(pictures))
		}
		for _, name := range pictures {
			if len(name) < 5 {
				t.Errorf("%s: a picture is called %q", state, name)
			}
		}
		all := strings.Join(pictures, "\n")
		for _, want := range []string{"Share of stable runs", "alert below 80", "Active alerts by severity", "with a runbook", "risk churn now", "runbooks complete now", "95 % interval from", "Weight of the milestones", "runs used"} {
			if !strings.Contains(all, want) {
				t.Errorf("%s: no chart says %q", state, want)
			}
		}
	}
}

// forced shows the page in the colours of the system alone, as people with weak eyes set them.
func forced(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
	_, err = cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}, {Name: "prefers-color-scheme", Value: "dark"}}})
	return none, err
}

// What colour alone bounds has a line where the system takes the colours away, and the charts keep their ink.
func TestForcedColours(t *testing.T) {
	b := open(t, size(1280, 800), forced, chromedp.Navigate(serve(t, folder(t, breaking())).URL+"/index.html"))
	b.settle()
	for _, selector := range []string{".verdict", ".tag", ".notice", ".change", ".tiles"} {
		if w := eval[string](b, fmt.Sprintf("getComputedStyle(document.querySelector(%q)).borderTopWidth", selector)); w == "0px" {
			t.Errorf("%s has no edge", selector)
		}
	}
	const ground = "getComputedStyle(document.body).backgroundColor"
	for _, selector := range []string{".ratio", ".threshold", ".line.a"} {
		if eval[bool](b, fmt.Sprintf("getComputedStyle(document.querySelector('.chart %s')).stroke === %s", selector, ground)) {
			t.Errorf("%s is as dark as its ground", selector)
		}
	}
}

//go:build browser

package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// runsFolder writes the pages of three runs as `govctl run` does, with their records beside them.
func runsFolder(t testing.TB, p *site.Page) string {
	t.Helper()
	dir := folder(t, p)
	write := func(name string, data []byte, err error) {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "runs", name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "runs"), 0o700); err != nil {
		t.Fatal(err)
	}
	one := *p
	one.Root = "../"
	b, err := site.Runs(&one)
	write("index.html", b, err)
	b, err = site.Compare(&one)
	write("compare.html", b, err)
	for i := range p.Records {
		b, err := site.Run(&one, i)
		write(p.Records[i].ID+".html", b, err)
		b, err = artifact.Encode(p.Records[i])
		write(p.Records[i].ID+".json", b, err)
	}
	return dir
}

// recorded is a page with the records of three runs, newest first, in which s is a part of each text.
func recorded(s string) *site.Page {
	p := breaking()
	removed := func(path string) report.RunChange {
		return report.RunChange{Rule: "operation-removed", Kind: "removed", Level: report.Error, Breaking: true, Message: "`GET /" + path + "` was removed" + s, Fingerprint: path, Operation: "GET /" + path + s, Operations: 3}
	}
	waived := removed("labels")
	waived.Waiver = &report.RunWaiver{Owner: "platform" + s, Until: "2026-03-12", Reason: "no client calls it" + s}
	for i, changes := range [][]report.RunChange{{}, {removed("parcels"), waived}, {removed("depots"), waived}} {
		r := report.RunRecord{Schema: "govctl/run-record/v1", ID: fmt.Sprintf("8f41c0d-%016d", i), SHA: fmt.Sprintf("8f41c0d%d", i), RunID: fmt.Sprint(i), GeneratedAt: report.At(made.AddDate(0, 0, i-3)), Version: fmt.Sprintf("1.%d.0", i) + s,
			Outcome: "failed", Checked: true, Headline: "The API breaks its clients in 1 way." + s, BreakingChangesCount: 1,
			Contracts: []report.RunContract{{Name: "openapi" + s, Outcome: "failed", Version: "1.6.0", PreviousVersion: "1.5.0", SemverPolicyStatus: "fail", StabilityRatio: 0.9, Changes: changes}}}
		p.Records = append([]report.RunRecord{r}, p.Records...)
	}
	return p
}

// compareAddress compares the oldest but one of the runs with the newest.
const compareAddress = "/runs/compare.html?a=8f41c0d-0000000000000001&b=8f41c0d-0000000000000002"

const texts = `(id => [...document.getElementById(id).children].map(e => e.querySelector('.what').textContent))`

// Two runs that the address names are compared: what appeared, what is gone, what stayed. Choosing others changes lists and address.
func TestRunsAreCompared(t *testing.T) {
	s := serve(t, runsFolder(t, recorded("")))
	b := open(t, size(1280, 900), chromedp.Navigate(s.URL+compareAddress))
	b.until(`!document.getElementById('result').hidden`)
	for id, want := range map[string]string{"appeared": "breaking GET /depots was removed", "gone": "breaking GET /parcels was removed", "stayed": "accepted GET /labels was removed"} {
		if got := strings.Join(eval[[]string](b, texts+`('`+id+`')`), "|"); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	eval[any](b, `a.value = '8f41c0d-0000000000000000'; document.getElementById('a').dispatchEvent(new Event('change')); 0`)
	b.until(`document.getElementById('n-appeared').textContent === '2' && document.getElementById('n-gone').textContent === '0'`)
	if got := eval[string](b, "location.search"); got != "?a=8f41c0d-0000000000000000&b=8f41c0d-0000000000000002" {
		t.Errorf("the address names %s", got)
	}
	if said, asked := b.heard(); len(said) > 0 || len(asked) != 5 {
		t.Errorf("said %q, asked for %q", said, asked)
	}
}

// Of an address that names no runs of the list, nothing is asked for: the two newest are compared. Texts of records stay texts.
func TestComparingHostileRuns(t *testing.T) {
	s := serve(t, runsFolder(t, recorded(evil)))
	for _, query := range []string{"", "?a=../../x&b=//evil.example/y", "?a=ffffffff-0000000000000000&b=%3Cscript%3E"} {
		b := open(t, size(360, 900), chromedp.Navigate(s.URL+"/runs/compare.html"+query))
		b.until(`!document.getElementById('result').hidden`)
		if got := eval[string](b, "location.search"); got != "?a=8f41c0d-0000000000000001&b=8f41c0d-0000000000000002" {
			t.Errorf("%s: compares %s", query, got)
		}
		if eval[bool](b, `window.pwned !== undefined || document.scripts.length !== 1 || document.querySelectorAll('#result img, #result svg, #result iframe, #result a').length > 0 || /[\u202a-\u202e\u2066-\u2069]/.test(document.documentElement.outerHTML)`) {
			t.Error("data of a record was run, or became markup")
		}
		if got := eval[int64](b, "document.documentElement.scrollWidth"); got > 360 {
			t.Errorf("the page is %d wide: %s", got, eval[string](b, widest))
		}
		if said, _ := b.heard(); len(said) > 0 {
			t.Errorf("said %q", said)
		}
	}
}

// A record that is damaged, gone or another file leads to a message and to no half of a comparison.
func TestComparingDamagedRuns(t *testing.T) {
	for _, text := range []string{"", "{", `{"schema":"govctl/run-record/v2","id":"8f41c0d-0000000000000001"}`, `{"schema":"govctl/run-record/v1","id":"8f41c0d-0000000000000002"}`, "null", strings.Repeat(" ", 300_000) + "{}"} {
		dir := runsFolder(t, recorded(""))
		if err := os.WriteFile(filepath.Join(dir, "runs", "8f41c0d-0000000000000001.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b := open(t, chromedp.Navigate(serve(t, dir).URL+compareAddress))
		b.until(`document.getElementById('say').textContent.includes('could not be fetched or read')`)
		if !eval[bool](b, "document.getElementById('result').hidden") {
			t.Errorf("%.40q is compared", text)
		}
	}
}

func TestRunsWithoutJavaScript(t *testing.T) {
	dir := runsFolder(t, recorded(""))
	for _, address := range []string{serve(t, dir).URL, "file://" + dir} {
		for page, want := range map[string]string{"index": "Compare any two runs", "compare": "8f41c0d-0000000000000002.json", "8f41c0d-0000000000000002": "1 new, 1 still reported, 1 no longer reported"} {
			b := open(t, scriptless, chromedp.Navigate(address+"/runs/"+page+".html"))
			if text := eval[string](b, "document.body.innerText"); !strings.Contains(text, want) {
				t.Errorf("%s/%s does not contain %q", address, page, want)
			}
		}
		b := open(t, chromedp.Navigate(address+"/index.html"))
		b.do(chromedp.Click(`nav a[href="runs/index.html"]`))
		b.until(`document.title.startsWith('Runs')`)
		b.do(chromedp.Click(`td a`))
		b.until(`document.title.startsWith('Failed, run of')`)
		b.do(chromedp.Click(`nav a[href="../index.html"]`))
		b.until(`document.title.startsWith('Failed: ')`)
	}
}

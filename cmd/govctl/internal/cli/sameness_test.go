package cli

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
)

// bundled completes the files of a bundle with checksums that match.
func bundled(t *testing.T, b pipeline.Bundle, files map[string]string) map[string][]byte {
	t.Helper()
	out := bytesOf(files)
	p := &part{Bundle: b, files: out}
	list := integrityList(t, p)
	out[p.own(integrity.ChecksumsFile)] = list
	return out
}

func integrityList(t *testing.T, p *part) []byte {
	t.Helper()
	files := mapFiles(p.files)
	var names []string
	for name := range p.files {
		if integrity.Coverable(p.Dir, name) {
			names = append(names, name)
		}
	}
	sums, err := integrity.Sum(t.Context(), files, names)
	if err != nil {
		t.Fatal(err)
	}
	sums.Schema = "govctl/checksums/v1"
	b, err := json.Marshal(map[string]any{"schema": sums.Schema, "generated_at": "2026-01-01T00:00:00Z", "artifacts": sums.Artifacts,
		"aggregate_sha256": sums.AggregateSHA256, "count": sums.Count, "missing": []string{}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func replaced(base map[string]string, pairs ...string) map[string]string {
	all := maps.Clone(base)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			delete(all, pairs[i])
			continue
		}
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

// TestSameResult: what counts as the same result of another run over the same commit, row by row against one published run.
func TestSameResult(t *testing.T) {
	line := `{"timestamp":"2026-01-01T00:00:00Z","sha":"aaaaaaa","run_id":"1","breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0}` + "\n"
	base := map[string]string{
		"schemas/openapi.json":           `{"info": 1}`,
		"status/governance-summary.json": `{"sha": "aaaaaaa", "run_id": "1", "generated_at": "2026-01-01T00:00:00Z", "ratio": 0.5, "steps": "1 of 1 runs stable, score 100, streak 1"}`,
		"status/alert-state.json":        `{"opened_by": "aaaaaaa/1", "opened": 1}`,
		"status/governance.prom":         "govctl_info{run_id=\"1\",sha=\"aaaaaaa\"} 1\ngovctl_last_run_timestamp_seconds 1.5e+09\ngovctl_alert_age_days 3\n",
		"status/history.jsonl":           line,
		"status/index.html":              "page",
		"status/run-log.json":            "log",
	}
	manifest := func(run, sha string) string {
		m := manifestText(t, "us", []string{"openapi"})
		return strings.NewReplacer(`"run_id":"1"`, `"run_id":"`+run+`"`, "aaaaaaa", sha).Replace(m)
	}
	base["status/manifest.json"] = manifest("1", "aaaaaaa")
	pages := map[string]string{"index.html": "page", "manifest.json": manifest("1", "aaaaaaa")}
	later := replaced(base,
		"status/governance-summary.json", `{"sha": "aaaaaaa", "run_id": "2 \" of it", "generated_at": "2026-01-02T10:00:00.5+02:00", "ratio": 0.5, "steps": "1 of 1 runs stable, score 100, streak 1; no new commit, not counted again"}`,
		"status/alert-state.json", `{"opened_by": "aaaaaaa/2", "opened": 1}`,
		"status/governance.prom", "govctl_info{run_id=\"2\",sha=\"aaaaaaa\"} 1\ngovctl_last_run_timestamp_seconds 1.6e+09\ngovctl_alert_age_days 3\n",
		"status/index.html", "page of later", "status/run-log.json", "later", "status/manifest.json", manifest("2", "aaaaaaa"))
	for _, c := range []struct {
		name   string
		change []string          // of our files, by the later run
		tip    map[string][]byte // of the artifacts; nil: the published run
		pages  map[string][]byte
		gone   []string
		same   bool
	}{
		{name: "only times and identities differ", same: true},
		{name: "another contract", change: []string{"schemas/openapi.json", `{"info": 2}`}},
		{name: "another figure", change: []string{"status/alert-state.json", `{"opened_by": "aaaaaaa/2", "opened": 2}`}},
		{name: "another commit", change: []string{"status/alert-state.json", `{"opened_by": "bbbbbbb/2", "opened": 1}`}},
		{name: "another age", change: []string{"status/governance.prom", "govctl_info{run_id=\"2\",sha=\"aaaaaaa\"} 1\ngovctl_last_run_timestamp_seconds 1.6e+09\ngovctl_alert_age_days 4\n"}},
		{name: "a file more", change: []string{"status/metrics-history/metrics-2026-01-02.json", "{}"}},
		{name: "a file that goes", gone: []string{"status/old.json"}},
		{name: "a line of history more", change: []string{"status/history.jsonl", line + strings.ReplaceAll(line, "aaaaaaa", "bbbbbbb")}},
		{name: "a line of history less", change: []string{"status/history.jsonl", ""}, same: true},
		{name: "a receipt more", change: []string{"status/webhook-deliveries.jsonl", `{"time":"2026-01-01T00:00:00Z","id":"x","sha":"aaaaaaa","run_id":"1","reasons":["semver_fail"],"host":"h","state":"queued"}` + "\n"}},
		{name: "now signed", change: []string{"status/checksums-signature.json", "{}"}},
		{name: "another key", change: []string{"status/checksums-pubkey.txt", "key"}},
		{name: "another project", change: []string{"status/manifest.json", strings.Replace(manifest("2", "aaaaaaa"), `"us"`, `"them"`, 1)}},
		{name: "no branch", tip: map[string][]byte{}},
		{name: "tampered page on the branch", tip: func() map[string][]byte {
			files := bundled(t, pipeline.Artifacts, base)
			files["status/index.html"] = []byte("forged")
			return files
		}()},
		{name: "tampered manifest on the branch", tip: func() map[string][]byte {
			files := bundled(t, pipeline.Artifacts, base)
			files["status/manifest.json"] = []byte(manifest("1", "bbbbbbb"))
			return files
		}()},
		{name: "pages of another run", pages: bundled(t, pipeline.Pages, replaced(pages, "manifest.json", manifest("0", "aaaaaaa")))},
		{name: "pages of another commit", pages: bundled(t, pipeline.Pages, replaced(pages, "manifest.json", manifest("1", "bbbbbbb")))},
		{name: "tampered pages", pages: func() map[string][]byte {
			files := bundled(t, pipeline.Pages, pages)
			files["index.html"] = []byte("forged")
			return files
		}()},
		{name: "no pages", pages: map[string][]byte{"CNAME": nil}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.tip == nil {
				c.tip = bundled(t, pipeline.Artifacts, base)
			}
			if c.pages == nil {
				c.pages = bundled(t, pipeline.Pages, pages)
			}
			now := replaced(later, c.change...)
			ours := []*part{{Bundle: pipeline.Artifacts, files: bundled(t, pipeline.Artifacts, now)}, {Bundle: pipeline.Pages, files: bundled(t, pipeline.Pages, pages)}}
			for _, p := range ours {
				m, err := readManifest(p.files[p.own(integrity.ManifestFile)])
				if err != nil {
					t.Fatal(err)
				}
				p.head = *m
			}
			for _, wanted := range []bool{true, false} {
				s := &sameness{a: &app{Env: &Env{Now: func() time.Time { return time.Unix(0, 0) }}}, wanted: wanted}
				one, err := s.check(t.Context(), ours[0], gitrepo.TipOf("c", c.tip), c.gone)
				if err != nil {
					t.Fatal(err)
				}
				two, err := s.check(t.Context(), ours[1], gitrepo.TipOf("c", c.pages), nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := one && two; got != (c.same && wanted) {
					t.Errorf("wanted %v: artifacts %v, pages %v", wanted, one, two)
				}
			}
		})
	}
}

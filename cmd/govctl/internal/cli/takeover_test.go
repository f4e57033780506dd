package cli

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
)

// manifestText is a manifest of a project over files; an empty project is that of an early version.
func manifestText(t *testing.T, project string, contracts []string, files ...string) string {
	t.Helper()
	m := map[string]any{"schema": "govctl/manifest/v1", "generated_at": "2026-01-01T00:00:00Z", "sha": "aaaaaaa", "run_id": "1", "govctl": "v1"}
	list := []map[string]any{}
	for _, f := range files {
		name, content, _ := strings.Cut(f, "=")
		list = append(list, map[string]any{"path": name, "sha256": digestOf([]byte(content)), "size": len(content), "media_type": "x", "step": "x"})
	}
	m["files"] = list
	if project != "" {
		m["project"] = project
		rows := []map[string]any{}
		for _, c := range contracts {
			rows = append(rows, map[string]any{"name": c, "outcome": "passed", "sha256": "", "baseline_sha256": "", "accepted_sha256": "", "history_lines": 0})
		}
		m["contracts"] = rows
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func bytesOf(files map[string]string) map[string][]byte {
	out := map[string][]byte{}
	for name, text := range files {
		out[name] = []byte(text)
	}
	return out
}

// ours is what the project "us" with the contract openapi publishes.
func ours(folder, pagesFolder string) (artifacts, pages *part) {
	artifacts = &part{Bundle: pipeline.Artifacts, folder: folder, files: bytesOf(map[string]string{
		"schemas/openapi.json": "1", "status/manifest.json": "2", "status/checksums.json": "3", "status/history.jsonl": "4", "status/governance-summary.json": "5",
		"status/stability-metrics.json": "6", "status/run-log.json": "7", "status/webhook-deliveries.jsonl": "8",
	})}
	pages = &part{Bundle: pipeline.Pages, folder: pagesFolder, files: bytesOf(map[string]string{"index.html": "1", "manifest.json": "2", "checksums.json": "3", "breaking-badge.json": "4"})}
	return artifacts, pages
}

// TestTakeover: what a publication may do with what it finds on the branches. Every row is asked in the order of a push, artifacts first.
func TestTakeover(t *testing.T) {
	old := manifestText(t, "", nil, "schemas/openapi.json=x", "status/governance-summary.json=x", "status/gone.json=x", "status/checksums.json=x", "status/history.jsonl=x",
		"status/stability-metrics.json=x", "site/index.html=our page", "site/old.html=our old page")
	mine := manifestText(t, "us", []string{"openapi"}, "schemas/openapi.json=x", "status/governance-summary.json=x", "status/gone.json=x", "status/stability-metrics.json=x")
	minePages := manifestText(t, "us", []string{"openapi"}, "index.html=x", "breaking-badge.json=x", "old.svg=x")
	theirs := manifestText(t, "them", []string{"openapi"}, "schemas/openapi.json=x", "status/theirs.json=x")
	published := map[string]string{"status/manifest.json": mine, "schemas/openapi.json": "x", "status/governance-summary.json": "x", "status/gone.json": "x", "status/checksums.json": "x",
		"status/stability-metrics.json": "x", "status/checksums-signature.json": "x", "status/history.jsonl": "x", "status/webhook-deliveries.jsonl": "x", "status/run-log.json": "x"}
	with := func(base map[string]string, more ...string) map[string]string {
		all := maps.Clone(base)
		for _, m := range more {
			name, text, _ := strings.Cut(m, "=")
			all[name] = text
		}
		return all
	}
	without := func(base map[string]string, names ...string) map[string]string {
		all := maps.Clone(base)
		for _, name := range names {
			delete(all, name)
		}
		return all
	}
	for _, c := range []struct {
		name             string
		adopt            bool
		folder           string
		artifacts, pages map[string]string
		code             int    // of the refusal; 0: accepted
		says, hint       string // of the refusal
		gone             string // of both branches
	}{
		{name: "no branch"},
		{name: "branches of others", artifacts: map[string]string{"README.md": "x", "a/status/manifest.json": theirs}, pages: map[string]string{"docs/index.html": "x", "CNAME": "x"}},
		{name: "published before", artifacts: published, pages: map[string]string{"manifest.json": minePages, "index.html": "x", "old.svg": "x", "checksums-signature.json": "x", "CNAME": "x"},
			gone: "status/checksums-signature.json status/gone.json checksums-signature.json old.svg"},
		{name: "in a folder", folder: "cart", artifacts: map[string]string{"status/manifest.json": theirs, "cart/status/manifest.json": mine, "cart/status/gone.json": "x", "status/gone.json": "x", "cartoon/status/gone.json": "x"},
			gone: "cart/status/gone.json"},
		{name: "listed and missing", artifacts: map[string]string{"status/manifest.json": mine}},
		{name: "of another project", artifacts: map[string]string{"status/manifest.json": theirs}, code: 2, says: `the top of the branch: it belongs to the project "them", this is "us"`, hint: "publish.folder"},
		{name: "of another project, in our folder", folder: "cart", artifacts: map[string]string{"cart/status/manifest.json": theirs}, code: 2, says: `the folder cart: it belongs to the project "them"`, hint: "publish.folder"},
		{name: "pages of another project", pages: map[string]string{"manifest.json": theirs}, code: 2, says: `it belongs to the project "them"`, hint: "publish.pages_folder"},
		{name: "taken over", adopt: true, artifacts: map[string]string{"status/manifest.json": theirs, "schemas/openapi.json": "x", "status/theirs.json": "x", "status/others.json": "x"}, gone: "status/theirs.json"},
		{name: "early version", artifacts: with(published, "status/manifest.json="+old), pages: map[string]string{"index.html": "our page", "old.html": "our old page", "CNAME": "x"},
			gone: "status/checksums-signature.json status/gone.json old.html"},
		{name: "early version, other contract", artifacts: map[string]string{"status/manifest.json": manifestText(t, "", nil, "schemas/cart.json=x", "schemas/cart-baseline.json=x")},
			code: 2, says: `a project with the contract "cart" publishes there, this one has openapi and former`, hint: "--adopt"},
		{name: "early version, other contract, taken over", adopt: true, artifacts: map[string]string{"status/manifest.json": manifestText(t, "", nil, "schemas/cart.json=x"), "schemas/cart.json": "x"}, gone: "schemas/cart.json"},
		{name: "early version, former name", artifacts: map[string]string{"status/manifest.json": manifestText(t, "", nil, "schemas/former.json=x"), "schemas/former.json": "x"}, gone: "schemas/former.json"},
		{name: "early version, no contract", artifacts: map[string]string{"status/manifest.json": manifestText(t, "", nil, "status/openapi-diff.json=x"), "status/openapi-diff.json": "x"}, gone: "status/openapi-diff.json"},
		{name: "published before there was an origin", artifacts: map[string]string{"status/manifest.json": manifestText(t, "govctl.yaml", []string{"openapi"}, "schemas/openapi.json=x"), "schemas/openapi.json": "x"}},
		{name: "another project without an origin", artifacts: map[string]string{"status/manifest.json": manifestText(t, "govctl.yaml", []string{"cart"}, "schemas/cart.json=x")}, code: 2, says: `the contract "cart"`},
		{name: "early version, pages of somebody else", artifacts: map[string]string{"status/manifest.json": old}, pages: map[string]string{"index.html": "a docs home page"},
			code: 2, says: "index.html", hint: "publish.pages_folder"},
		{name: "early version, old pages of somebody else", artifacts: map[string]string{"status/manifest.json": old}, pages: map[string]string{"old.html": "a docs page"}},
		{name: "early version, pages of an earlier run, taken over", adopt: true, artifacts: map[string]string{"status/manifest.json": old}, pages: map[string]string{"index.html": "our page of yesterday"}},
		{name: "docs home page", pages: map[string]string{"index.html": "x", "about.html": "x"}, code: 2, says: "it has files that no earlier publish of this project wrote: index.html", hint: "publish.pages_folder"},
		{name: "docs home page is never taken over", adopt: true, pages: map[string]string{"index.html": "x"}, code: 2, says: "index.html", hint: "publish.pages_folder"},
		{name: "manifest of a web app", pages: map[string]string{"manifest.json": `{"name": "app"}`}, code: 2, says: "manifest.json", hint: "publish.pages_folder"},
		{name: "a foreign page among ours", pages: map[string]string{"manifest.json": manifestText(t, "us", nil, "breaking-badge.json=x"), "index.html": "x"}, code: 2, says: "index.html", hint: "publish.pages_folder"},
		{name: "a foreign contract", artifacts: map[string]string{"schemas/openapi.json": "x"}, code: 2, says: "schemas/openapi.json", hint: "--adopt"},
		{name: "a foreign contract, taken over", adopt: true, artifacts: map[string]string{"schemas/openapi.json": "x", "schemas/other.json": "x"}},
		{name: "a foreign contract among ours", artifacts: map[string]string{"status/manifest.json": manifestText(t, "us", nil, "status/governance-summary.json=x"), "schemas/openapi.json": "x"}, code: 2, says: "schemas/openapi.json", hint: "publish.folder"},
		{name: "a foreign history", artifacts: map[string]string{"status/history.jsonl": "x"}, code: 2, says: "status/history.jsonl", hint: "publish.folder"},
		{name: "the original", artifacts: map[string]string{"schemas/openapi-governance.json": "x", "status/history.jsonl": "x", "status/governance-summary.json": `{"stability_ratio": 1}`, "status/theirs.txt": "x"}},
		{name: "the original without summary", artifacts: map[string]string{"schemas/openapi-governance.json": "x", "status/stability-metrics.json": "x"}},
		{name: "the original with our contract", artifacts: map[string]string{"schemas/openapi.json": "x", "status/history.jsonl": "x"}, code: 2, says: "schemas/openapi.json", hint: "--adopt"},
		{name: "our folder without its manifest", artifacts: map[string]string{"schemas/x.json": "x", "status/history.jsonl": "x", "status/governance-summary.json": `{"schema": "govctl/governance-summary/v1"}`},
			code: 2, says: "status/governance-summary.json, status/history.jsonl", hint: "--adopt"},
		{name: "the original in another folder", folder: "cart", artifacts: map[string]string{"schemas/x.json": "x", "status/history.jsonl": "x", "cart/status/history.jsonl": "x"}, code: 2, says: "cart/status/history.jsonl"},
		{name: "unreadable manifest", artifacts: map[string]string{"status/manifest.json": "{"}, code: 3, says: "status/manifest.json cannot be read", hint: "--adopt"},
		{name: "manifest without files", artifacts: map[string]string{"status/manifest.json": `{"schema":"govctl/manifest/v1","sha":"a","generated_at":"2026-01-01T00:00:00Z"}`}, code: 3, says: "cannot be read"},
		{name: "unreadable manifest, taken over", adopt: true, artifacts: map[string]string{"status/manifest.json": "{", "status/gone.json": "x"}},
		{name: "later version", adopt: true, artifacts: map[string]string{"status/manifest.json": strings.Replace(theirs, "manifest/v1", "manifest/v2", 1)}, code: 3, says: "version 2", hint: "later version"},
		{name: "pages of a later version", pages: map[string]string{"manifest.json": strings.Replace(minePages, "manifest/v1", "manifest/v9", 1)}, code: 3, says: "version 9"},
		{name: "manifest that lists the files of others", artifacts: with(without(published, "status/gone.json"), "status/manifest.json="+manifestText(t, "us", nil, "../README.md=x", "/etc/passwd=x", "schemas/openapi.json=x", "status/governance-summary.json=x", "status/stability-metrics.json=x"), "README.md=x"),
			gone: "status/checksums-signature.json"},
		{name: "contract that is not there any more", artifacts: with(published, "status/cart/history.jsonl=x", "status/kept/history.jsonl=x", "status/cart/stability-metrics.json=x",
			"status/manifest.json="+manifestText(t, "us", nil, "status/cart/stability-metrics.json=x", "schemas/openapi.json=x", "status/governance-summary.json=x", "status/stability-metrics.json=x", "status/gone.json=x")),
			gone: "status/cart/history.jsonl status/cart/stability-metrics.json status/checksums-signature.json status/gone.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			artifacts, pages := ours(c.folder, c.folder)
			take := &takeover{project: "us", former: "govctl.yaml", contracts: []string{"openapi", "former"}, adopt: c.adopt}
			gone, err := take.check(t.Context(), artifacts, gitrepo.TipOf("c", bytesOf(c.artifacts)))
			if err == nil {
				var more []string
				more, err = take.check(t.Context(), pages, gitrepo.TipOf("c", bytesOf(c.pages)))
				gone = append(gone, more...)
			}
			var refused *exitError
			if errors.As(err, &refused) {
				if refused.code != c.code || !strings.Contains(refused.Error(), c.says) || !strings.Contains(refused.tip, c.hint) {
					t.Errorf("exit code %d: %s\nhint: %s", refused.code, refused, refused.tip)
				}
				return
			}
			if err != nil || c.code != 0 {
				t.Fatalf("accepted with %v", err)
			}
			if got := strings.Join(gone, " "); got != c.gone {
				t.Errorf("deletes %s\nwant    %s", got, c.gone)
			}
		})
	}
}

func TestContractsOfAProject(t *testing.T) {
	p := &part{head: report.Manifest{Contracts: []report.ManifestContract{{Name: "a"}}, Files: []report.ManifestFile{{Path: "schemas/other.json"}}}}
	cfg := config.Config{Contracts: []config.Contract{{Name: "b", RenamedFrom: "old"}, {Name: "c"}}}
	if got := contractsOf(cfg, p); !slices.Equal(got, []string{"a", "b", "old", "c"}) {
		t.Errorf("%v", got)
	}
	p.head = report.Manifest{Files: []report.ManifestFile{{Path: "schemas/x.json"}, {Path: "schemas/x-baseline.json"}, {Path: "schemas/readme.md"}, {Path: "status/y.json"}}}
	if got := contractsOf(config.Config{}, p); !slices.Equal(got, []string{"x"}) {
		t.Errorf("%v", got)
	}
}

// TestWhoPublishes: the project is the one that the run named; for a folder of an early version it is found as a run would.
func TestWhoPublishes(t *testing.T) {
	cfg := config.Config{Project: "from the configuration"}
	for named, want := range map[string]string{"from the run": "from the run", "": "from the configuration"} {
		a := &app{Env: &Env{Git: gitOf(map[string]any{"--show-prefix": "services/cart/\n"})}}
		take, err := a.takeover(t.Context(), cfg, publishFlags{adopt: true}, &part{head: report.Manifest{Project: named}})
		if err != nil || take.project != want || take.former != "services/cart/govctl.yaml" || !take.adopt {
			t.Errorf("%+v %v", take, err)
		}
	}
	a := &app{Env: &Env{Git: gitOf(map[string]any{"--show-prefix": errDisk})}}
	if _, err := a.takeover(t.Context(), config.Config{}, publishFlags{}, &part{}); !errors.Is(err, errDisk) {
		t.Errorf("the project is not known: %v", err)
	}
}

package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/pipeline"
)

func TestNamesOnTheBranch(t *testing.T) {
	for _, c := range []struct{ folder, at, name string }{
		{"", "status/x.json", "status/x.json"}, {"cart", "cart/status/x.json", "status/x.json"}, {"cart", "cartoon/status/x.json", ""}, {"cart", "status/x.json", ""}, {"cart", "cart", ""},
	} {
		p := &part{Bundle: pipeline.Artifacts, folder: c.folder}
		if got := p.name(c.at); got != c.name {
			t.Errorf("%s in %q: %q, want %q", c.at, c.folder, got, c.name)
		}
		if c.name != "" && p.in(c.name) != c.at {
			t.Errorf("%s in %q is at %s", c.name, c.folder, p.in(c.name))
		}
	}
}

func TestSome(t *testing.T) {
	for n, want := range map[int]string{1: "a", 5: "a, a, a, a, a", 6: "a, a, a, a, a and 1 more", 9: "a, a, a, a, a and 4 more"} {
		if got := some(strings.Split(strings.Repeat("a", n), "")); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// TestPublishedFiles: only files that belong to the bundle are read, and any other one in its folders is refused by name.
func TestPublishedFiles(t *testing.T) {
	pages := bundled(t, pipeline.Pages, map[string]string{"index.html": "page", "manifest.json": manifestText(t, "us", nil, "index.html=page")})
	unlisted := pipeline.Pages
	for _, c := range []struct {
		name   string
		bundle pipeline.Bundle
		change func(fstest.MapFS)
		files  string // that are published, beside those of every case
		says   string
		hint   string
		code   int
	}{
		{name: "as the run left it"},
		{name: "the log of the run", change: func(m fstest.MapFS) { m["status/run-log.json"] = &fstest.MapFile{} }, files: "status/run-log.json"},
		{name: "the history", change: func(m fstest.MapFS) { m["status/history.jsonl"] = &fstest.MapFile{} }, files: "status/history.jsonl"},
		{name: "hidden files and folders", change: func(m fstest.MapFS) {
			m["status/.DS_Store"], m["status/.cache/x"], m["status/.cache/deep/y"] = &fstest.MapFile{}, &fstest.MapFile{}, &fstest.MapFile{}
		}},
		{name: "files elsewhere in the folder", change: func(m fstest.MapFS) { m["notes.txt"] = &fstest.MapFile{} }},
		{name: "a file of somebody else", change: func(m fstest.MapFS) {
			m["status/notes.txt"], m["schemas/secret.pem"] = &fstest.MapFile{}, &fstest.MapFile{}
		}, code: BadInput,
			says: "OUT: not one of the files that status/manifest.json lists: schemas/secret.pem, status/notes.txt", hint: "move it out"},
		{name: "a link", change: func(m fstest.MapFS) {
			m["status/link.json"] = &fstest.MapFile{Data: []byte("governance.prom"), Mode: fs.ModeSymlink}
		}, code: BadInput, says: "status/link.json (not a regular file)", hint: "move it out"},
		{name: "a name that no terminal can show", change: func(m fstest.MapFS) { m["status/a\x1bb"] = &fstest.MapFile{} }, code: BadInput, says: "has control characters", hint: "rename"},
		{name: "a name that is not UTF-8", change: func(m fstest.MapFS) { m["status/a\xff"] = &fstest.MapFile{} }, code: BadInput, says: "not valid UTF-8", hint: "rename"},
		{name: "schemas is a file", change: func(m fstest.MapFS) { m["schemas"] = &fstest.MapFile{} }, code: BadInput, says: "schemas is not a folder", hint: "links are not followed"},
		{name: "no checksums", change: func(m fstest.MapFS) { delete(m, "status/checksums.json") }, code: BadInput, says: "OUT: there is no status/checksums.json", hint: "govctl run writes it"},
		{name: "checksums cut off", change: func(m fstest.MapFS) { m["status/checksums.json"].Data = []byte("{") }, code: BadInput, says: "checksums.json"},
		{name: "checksums that lead out of the folder", change: func(m fstest.MapFS) {
			m["status/checksums.json"].Data = bytes.Replace(m["status/checksums.json"].Data, []byte("status/governance"), []byte("../governance"), 1)
		}, code: Findings, says: "path-unsafe"},
		{name: "no manifest", change: func(m fstest.MapFS) { delete(m, "status/manifest.json") }, code: BadInput, says: "OUT: there is no status/manifest.json", hint: "govctl run writes it"},
		{name: "a manifest of a later version", change: func(m fstest.MapFS) {
			m["status/manifest.json"].Data = bytes.Replace(m["status/manifest.json"].Data, []byte("manifest/v1"), []byte("manifest/v2"), 1)
		}, code: BadInput, says: "version 2"},
		{name: "a file that cannot be read", change: func(m fstest.MapFS) { m["status/governance.prom"].Mode = fs.ModeNamedPipe }, code: BadInput, says: "status/governance.prom (not a regular file)"},

		{name: "pages", bundle: unlisted},
		{name: "pages with a file of somebody else", bundle: unlisted, change: func(m fstest.MapFS) { m["site/CNAME"] = &fstest.MapFile{} }, code: BadInput, says: "not one of the files that site/manifest.json lists: site/CNAME"},
		{name: "pages with the log of a run", bundle: unlisted, change: func(m fstest.MapFS) { m["site/status/run-log.json"] = &fstest.MapFile{} }, code: BadInput, says: "site/status/run-log.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.bundle.Root == "" {
				c.bundle = pipeline.Artifacts
			}
			m := mapFiles(lastRun(t)).(fstest.MapFS)
			for name, data := range pages {
				m["site/"+name] = &fstest.MapFile{Data: data}
			}
			if c.change != nil {
				c.change(m)
			}
			p := &part{Bundle: c.bundle}
			err := p.read(m, "OUT")
			if (err != nil) != (c.says != "") || err != nil && (!strings.Contains(err.Error(), c.says) || codeOf(err) != c.code) {
				t.Fatalf("%v (exit code %d), want %q", err, codeOf(err), c.says)
			}
			var refused *exitError
			if errors.As(err, &refused) && !strings.Contains(refused.tip, c.hint) {
				t.Errorf("hint %q, want %q", refused.tip, c.hint)
			}
			if err != nil {
				return
			}
			want := maps.Clone(lastRun(t))
			if c.bundle.Root != pipeline.Artifacts.Root {
				want = maps.Clone(pages)
			}
			if c.files != "" {
				want[c.files] = nil
			}
			if got := strings.Join(sortedNames(p.files), " "); got != strings.Join(sortedNames(want), " ") || p.head.Project != "us" {
				t.Errorf("%s of %q", got, p.head.Project)
			}
		})
	}
}

func sortedNames(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// TestPublication: which parts go to which branch, and what is refused before anything is pushed.
func TestPublication(t *testing.T) {
	k := testKey(t, 1)
	withPages := func(artifacts map[string][]byte, signed bool) map[string][]byte {
		pages := bundled(t, pipeline.Pages, map[string]string{"index.html": "page", "manifest.json": manifestText(t, "us", nil, "index.html=page")})
		if signed {
			artifacts, pages = signedBundle(t, pipeline.Artifacts, artifacts, k), signedBundle(t, pipeline.Pages, pages, k)
		}
		for name, data := range pages {
			artifacts["site/"+name] = data
		}
		return artifacts
	}
	cfg := config.Config{Publish: config.Publish{SchemasBranch: "schemas", PagesBranch: "gh-pages", Folder: "cart"}}
	split := cfg
	split.Publish.PagesFolder = "docs"
	shared := cfg
	shared.Publish.PagesBranch = "schemas"
	for _, c := range []struct {
		name  string
		cfg   config.Config
		files map[string][]byte
		flags publishFlags
		want  string // BRANCH:FOLDER of each part
		code  int
		says  string
		talk  string
		keys  byte // seed of the key that the configuration trusts; 0: it names none
	}{
		{name: "signed by the trusted key", cfg: cfg, files: withPages(lastRun(t), true), keys: 1, want: "schemas:cart gh-pages:cart"},
		{name: "signed by another key than the trusted one", cfg: cfg, files: withPages(lastRun(t), true), keys: 2, code: Findings, says: "findings", talk: "key-untrusted"},
		{name: "signed", cfg: cfg, files: withPages(lastRun(t), true), want: "schemas:cart gh-pages:cart"},
		{name: "pages in a folder of their own", cfg: split, files: withPages(lastRun(t), true), want: "schemas:cart gh-pages:docs"},
		{name: "without pages", cfg: cfg, files: signedBundle(t, pipeline.Artifacts, lastRun(t), k), want: "schemas:cart"},
		{name: "another branch, without the pages", cfg: cfg, files: withPages(lastRun(t), true), flags: publishFlags{branch: "x"}, want: "x:cart"},
		{name: "other branches", cfg: cfg, files: withPages(lastRun(t), true), flags: publishFlags{branch: "x", pages: "y"}, want: "x:cart y:cart"},
		{name: "another branch of the pages", cfg: cfg, files: withPages(lastRun(t), true), flags: publishFlags{pages: "y"}, want: "schemas:cart y:cart"},
		{name: "one branch for both", cfg: shared, files: withPages(lastRun(t), true), code: BadInput, says: `cannot share the branch "schemas"`},
		{name: "one branch, without pages", cfg: shared, files: signedBundle(t, pipeline.Artifacts, lastRun(t), k), want: "schemas:cart"},
		{name: "not signed", cfg: cfg, files: lastRun(t), code: Findings, says: "is not signed"},
		{name: "not signed, which is allowed", cfg: cfg, files: withPages(lastRun(t), false), flags: publishFlags{unsigned: true}, want: "schemas:cart gh-pages:cart"},
		{name: "pages that are not signed", cfg: cfg, files: func() map[string][]byte {
			files := withPages(lastRun(t), false)
			return signedBundle(t, pipeline.Artifacts, files, k)
		}(), code: Findings, says: "site is not signed"},
		{name: "a file that was changed", cfg: cfg, files: func() map[string][]byte {
			files := signedBundle(t, pipeline.Artifacts, lastRun(t), k)
			files["status/governance.prom"] = []byte("y")
			return files
		}(), code: Findings, says: "findings", talk: "govctl: not published: file-changed: status/governance.prom"},
		{name: "a file that was changed, not signed", cfg: cfg, files: func() map[string][]byte {
			files := lastRun(t)
			files["status/governance.prom"] = []byte("y")
			return files
		}(), flags: publishFlags{unsigned: true}, code: Findings, says: "findings", talk: "file-changed"},
		{name: "a signature of another list", cfg: cfg, files: func() map[string][]byte {
			files := signedBundle(t, pipeline.Artifacts, lastRun(t), k)
			other := signedBundle(t, pipeline.Artifacts, lastRun(t, "status/governance.prom", "y"), k)
			files["status/checksums-signature.json"] = other["status/checksums-signature.json"]
			return files
		}(), code: Findings, says: "findings", talk: "signature-invalid"},
		{name: "a signature that is none", cfg: cfg, files: func() map[string][]byte {
			files := signedBundle(t, pipeline.Artifacts, lastRun(t), k)
			files["status/checksums-signature.json"] = []byte("{")
			return files
		}(), code: BadInput, says: "status/checksums-signature.json"},
		{name: "a folder without checksums", cfg: cfg, files: map[string][]byte{"README.md": nil}, code: BadInput, says: "there is no status/checksums.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings := map[string][]byte{}
			if c.keys != 0 {
				settings["govctl.yaml"] = []byte("contract: {source: api.yaml}\nsign: {public_keys: trusted.json}\n")
				settings["trusted.json"] = []byte(`{"keys": [{"public_key_base64": "` + testKey(t, c.keys).Public().Base64() + `", "status": "active"}]}`)
			}
			t.Chdir(written(t, settings))
			var talk bytes.Buffer
			a := &app{Env: &Env{Stderr: &talk, Now: testNow, Getenv: func(string) string { return "" }, Git: gitOf(map[string]any{"--show-prefix": gitrepo.ErrNoRepository})}}
			c.flags.dir = written(t, c.files)
			parts, err := a.publication(t.Context(), c.cfg, c.flags)
			if (err != nil) != (c.says != "") || err != nil && (!strings.Contains(err.Error(), c.says) || codeOf(err) != c.code) || !strings.Contains(talk.String(), c.talk) {
				t.Fatalf("%v (exit code %d), want %q; says %q, want %q", err, codeOf(err), c.says, talk.String(), c.talk)
			}
			var got []string
			for _, p := range parts {
				got = append(got, p.branch+":"+p.folder)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
	a := &app{Env: &Env{}}
	if _, err := a.publication(t.Context(), cfg, publishFlags{dir: "nowhere"}); codeOf(err) != BadInput || !strings.Contains(err.Error(), "nowhere: ") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

package integrity_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

// earlyManifest is a manifest as the first versions wrote it: after the checksums, which it lists.
var earlyManifest = []byte(`{"schema":"govctl/manifest/v1","generated_at":"2025-09-17T10:00:00Z","sha":"1111111","govctl":"dev","files":[
	{"path":"status/checksums.json","sha256":"` + strings.Repeat("0", 64) + `","size":1,"media_type":"application/json","step":"checksums","duration_ms":3}]}`)

const commit = "8f41c0de1a7b30f92ac4d58f41c0de1a7b30f92a"

// withManifest is the folder with a manifest over its files at dir.
func withManifest(t testing.TB, files folder, dir string, change func(*report.Manifest)) folder {
	t.Helper()
	m := report.Manifest{Schema: "govctl/manifest/v1", GeneratedAt: report.At(madeAt), SHA: commit, Govctl: "dev", Project: "sample", Files: []report.ManifestFile{}}
	for _, p := range slices.Sorted(maps.Keys(files)) {
		sum := sha256.Sum256(files[p])
		m.Files = append(m.Files, report.ManifestFile{Path: p, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(files[p])), MediaType: "text/plain", Step: "test"})
	}
	if change != nil {
		change(&m)
	}
	out := files.clone()
	out[path.Join(dir, "manifest.json")] = encode(t, m)
	return out
}

// whole is a signed bundle of artifacts with its manifest.
func whole(t testing.TB, k integrity.PrivateKey) folder {
	return signed(t, withManifest(t, contents(), "status", nil), k)
}

func TestManifestIsCovered(t *testing.T) {
	k := key(t, 1)
	r := request(t, whole(t, k))
	r.Trust, r.Exact = trusting(k), true
	r.Commit, r.MaxAge = commit[:7], 48*time.Hour
	v := verify(t, r)
	if v.Verdict != "ok" || len(v.Findings) > 0 {
		t.Fatalf("%s %+v", v.Verdict, v.Findings)
	}
	if v.Commit != commit || v.Project != "sample" || !v.GeneratedAt.Equal(madeAt) || v.Count != 6 {
		t.Errorf("%+v", v)
	}
	for _, s := range v.Steps {
		if s.Verdict != "ok" {
			t.Errorf("step %s: %s", s.Name, s.Verdict)
		}
	}
}

// TestManifestRefused: who can change files and lists, but has no key, cannot make a bundle look like one of another commit or time.
func TestManifestRefused(t *testing.T) {
	k := key(t, 1)
	const manifest = "status/manifest.json"
	unlisted := func(manifest []byte) func(f folder, _ *integrity.Request) {
		return func(f folder, _ *integrity.Request) {
			clear(f)
			maps.Copy(f, signed(t, contents(), k))
			f["status/manifest.json"] = manifest
		}
	}
	later := whole(t, k)[manifest]
	for name, c := range map[string]struct {
		change func(f folder, r *integrity.Request)
		want   string
	}{
		"the time": {func(f folder, _ *integrity.Request) {
			f[manifest] = bytes.Replace(f[manifest], []byte("2025-09-17"), []byte("2025-09-18"), 1)
		}, "file-changed manifest-differs"},
		"the commit": {func(f folder, _ *integrity.Request) {
			f[manifest] = bytes.Replace(f[manifest], []byte("8f41c0d"), []byte("0f41c0d"), 1)
		}, "file-changed manifest-differs"},
		"the project": {func(f folder, _ *integrity.Request) {
			f[manifest] = bytes.Replace(f[manifest], []byte("sample"), []byte("simple"), 1)
		}, "file-changed manifest-differs"},
		"a later manifest, not listed":  {unlisted(later), "manifest-not-covered"},
		"no manifest that can be read":  {unlisted([]byte("2")), "manifest-not-covered"},
		"a project in an early one":     {unlisted(bytes.Replace(earlyManifest, []byte(`"sha"`), []byte(`"project":"x","sha"`), 1)), "manifest-not-covered"},
		"a contract in an early one":    {unlisted(bytes.Replace(earlyManifest, []byte(`"sha"`), []byte(`"contracts":[],"sha"`), 1)), "manifest-not-covered"},
		"no file in an early one":       {unlisted([]byte(`{"schema":"govctl/manifest/v1","generated_at":"2025-09-17T10:00:00Z","sha":"1111111","files":[]}`)), "manifest-not-covered"},
		"another commit":                {func(_ folder, r *integrity.Request) { r.Commit = "1234567" }, "commit-differs"},
		"a longer commit than it names": {func(_ folder, r *integrity.Request) { r.Commit = commit + "00" }, "commit-differs"},
		"too old":                       {func(_ folder, r *integrity.Request) { r.MaxAge = 23 * time.Hour }, "bundle-too-old"},
		"from the future":               {func(_ folder, r *integrity.Request) { r.MaxAge, r.Now = time.Hour, madeAt.Add(-time.Hour) }, "(time-in-future) bundle-too-old"},
		"a commit of an early bundle": {func(f folder, r *integrity.Request) {
			unlisted(earlyManifest)(f, r)
			r.Commit = "1111111"
		}, "manifest-not-covered"},
		"the age of an early bundle": {func(f folder, r *integrity.Request) {
			unlisted(earlyManifest)(f, r)
			r.MaxAge = 48 * time.Hour
		}, "manifest-not-covered"},
		"the age without a manifest": {func(f folder, r *integrity.Request) {
			unlisted(nil)(f, r)
			delete(f, manifest)
			r.MaxAge = 48 * time.Hour
		}, "manifest-not-covered"},
		"the manifest is gone": {func(f folder, r *integrity.Request) {
			delete(f, manifest)
			r.Commit = commit
		}, "file-missing manifest-not-covered"},
		"the manifest is gone, and nothing of it is asked for": {func(f folder, _ *integrity.Request) { delete(f, manifest) }, "file-missing"},
		"the manifest is gone, and its age is asked for": {func(f folder, r *integrity.Request) {
			delete(f, manifest)
			r.MaxAge = 48 * time.Hour
		}, "file-missing manifest-not-covered"},
		"the manifest may be missing, and is asked for": {func(f folder, r *integrity.Request) {
			delete(f, manifest)
			r.Commit, r.IgnoreMissing = commit, true
		}, "file-missing manifest-not-covered"},
	} {
		t.Run(name, func(t *testing.T) {
			f := whole(t, k)
			r := integrity.Request{}
			c.change(f, &r)
			full := request(t, f)
			full.Trust, full.Commit, full.MaxAge, full.IgnoreMissing = trusting(k), r.Commit, r.MaxAge, r.IgnoreMissing
			if !r.Now.IsZero() {
				full.Now = r.Now
			}
			v := verify(t, full)
			if got := reasons(v); v.Verdict != "fail" || got != c.want {
				t.Errorf("%s %q, want %q", v.Verdict, got, c.want)
			}
			if v.Commit != "" && c.want != "commit-differs" && !strings.Contains(c.want, "too-old") {
				t.Errorf("it names commit %s", v.Commit)
			}
		})
	}
}

// TestAgeOfABundle: a bundle is fresh up to the age that was asked for, and its machine's clock may be ahead of ours by ten minutes.
func TestAgeOfABundle(t *testing.T) {
	k := key(t, 1)
	f := whole(t, k)
	for _, c := range []struct {
		since time.Duration // from when it was made to now
		fresh bool
	}{{0, true}, {5 * time.Minute, true}, {time.Hour, true}, {time.Hour + 1, false}, {-10 * time.Minute, true}, {-10*time.Minute - 1, false}} {
		r := request(t, f)
		r.Trust, r.MaxAge, r.Now = trusting(k), time.Hour, madeAt.Add(c.since)
		if v := verify(t, r); (v.Verdict == "ok") != c.fresh || strings.Contains(reasons(v), "bundle-too-old") == c.fresh {
			t.Errorf("%s after it was made: %s %s", c.since, v.Verdict, reasons(v))
		}
	}
}

// TestManifestThatDisagrees: signed by the project's key, and still not a bundle in which manifest and list describe one folder.
func TestManifestThatDisagrees(t *testing.T) {
	k := key(t, 1)
	for name, c := range map[string]struct {
		change func(m *report.Manifest)
		want   string
	}{
		"another digest": {func(m *report.Manifest) { m.Files[0].SHA256 = strings.Repeat("0", 64) }, "manifest-differs"},
		"a file more":    {func(m *report.Manifest) { m.Files = append(m.Files, report.ManifestFile{Path: "status/x.json"}) }, "manifest-differs"},
		"newer shape":    {func(m *report.Manifest) { m.Schema = "govctl/manifest/v2" }, "manifest-malformed"},
		"a file fewer":   {func(m *report.Manifest) { m.Files = m.Files[1:] }, ""},
	} {
		r := request(t, signed(t, withManifest(t, contents(), "status", c.change), k))
		r.Trust = trusting(k)
		if v := verify(t, r); reasons(v) != c.want || (v.Verdict == "ok") != (c.want == "") {
			t.Errorf("%s: %s %s", name, v.Verdict, reasons(v))
		}
	}
	for name, text := range map[string]string{
		"case variant": `{"schema":"govctl/manifest/v1","generated_at":"2025-09-17T10:00:00Z","sha":"1","SHA":"2","files":[]}`,
		"twice":        `{"schema":"govctl/manifest/v1","generated_at":"2025-09-17T10:00:00Z","sha":"1","sha":"2","files":[]}`,
		"no time":      `{"schema":"govctl/manifest/v1","sha":"1","files":[]}`,
		"no commit":    `{"schema":"govctl/manifest/v1","generated_at":"2025-09-17T10:00:00Z","files":[]}`,
		"no files":     `{"schema":"govctl/manifest/v1","generated_at":"2025-09-17T10:00:00Z","sha":"1"}`,
		"bad time":     `{"schema":"govctl/manifest/v1","generated_at":"yesterday","sha":"1","files":[]}`,
		"half":         `{"schema":"govctl/ma`,
		"no digest":    `{"schema":"govctl/manifest/v1","generated_at":"2025-09-17T10:00:00Z","sha":"1","files":[{"path":"a"}]}`,
	} {
		f := contents()
		f["status/manifest.json"] = []byte(text)
		r := request(t, signed(t, f, k))
		r.Trust = trusting(k)
		v := verify(t, r)
		if v.Verdict != "fail" || reasons(v) != "manifest-malformed" {
			t.Errorf("%s: %s %s", name, v.Verdict, reasons(v))
		}
		if says := messages(v, "manifest-malformed"); name == "no digest" && !strings.Contains(says, "file 1 has no path or no sha256") {
			t.Error(says)
		}
	}
}

// TestFormat1DoesNotProveACommit: it binds no names, so that any signed file could stand for the manifest.
func TestFormat1DoesNotProveACommit(t *testing.T) {
	f := withManifest(t, folder{"status/a.json": []byte("{}"), "status/b.json": []byte("{}"), "status/c.json": []byte("{}"), "status/d.json": []byte("{}")}, "status", nil)
	f = summed(t, f)
	f[sigPath] = foreign(t, f, 1, 1)
	r := request(t, f)
	r.Trust = trusting(key(t, 1))
	if v := verify(t, r); v.Verdict != "ok" {
		t.Fatalf("%+v", v.Findings)
	}
	if r.Commit = commit; reasons(verify(t, r)) != "(names-not-covered) manifest-not-covered" {
		t.Errorf("%s", reasons(verify(t, r)))
	}
}

// pagesOf is a signed bundle of pages: everything at the root.
func pagesOf(t testing.TB, k integrity.PrivateKey) folder {
	t.Helper()
	f := withManifest(t, folder{"index.html": []byte("<!doctype html>"), "checksums-badge.json": []byte(`{"message":"of another list"}`), "history.jsonl": nil}, ".", nil)
	sums, err := integrity.Sum(t.Context(), f.fs(), slices.Sorted(maps.Keys(f)))
	if err != nil {
		t.Fatal(err)
	}
	sums.GeneratedAt = report.At(madeAt)
	f["checksums.json"], f["SHA256SUMS"] = encode(t, sums), integrity.SHA256SUMS(sums.Artifacts)
	s, err := integrity.Sign(integrity.SignRequest{Checksums: f["checksums.json"], At: signedAt, Key: k, Beside: map[string][]byte{integrity.SumsFile: f["SHA256SUMS"]}})
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(f, s.Files)
	f["checksums-signature.json"], f["checksums.sigstore.json"] = encode(t, s.Signature), encode(t, s.Bundle)
	return f
}

func pagesRequest(f folder, k integrity.PrivateKey) integrity.Request {
	return integrity.Request{Checksums: f["checksums.json"], ChecksumsName: "checksums.json", Signature: f["checksums-signature.json"],
		SignatureName: "checksums-signature.json", Files: f.fs(), Dir: ".", Beside: f.fs(), ByHand: true, Trust: trusting(k), Exact: true, Now: now}
}

func TestPagesVerifyAlone(t *testing.T) {
	k := key(t, 1)
	f := pagesOf(t, k)
	if v := verify(t, pagesRequest(f, k)); v.Verdict != "ok" || len(v.Findings) > 0 || v.Commit != commit {
		t.Errorf("%s %+v", v.Verdict, v.Findings)
	}
	f["run-log.json"], f["webhook-deliveries.jsonl"] = nil, nil // mean nothing here
	if v := verify(t, pagesRequest(f, k)); reasons(v) != "file-extra" {
		t.Errorf("%s %+v", v.Verdict, v.Findings)
	}
}

// TestBundlesAreNotMistakenForEachOther: one key signs both, so that the list of the pages, at the place of that of the artifacts, would leave
// every artifact unlisted, and the other way round.
func TestBundlesAreNotMistakenForEachOther(t *testing.T) {
	k := key(t, 1)
	moved := folder{}
	for p, b := range pagesOf(t, k) {
		moved[p], moved[path.Join("status", p)] = b, b
	}
	r := request(t, moved)
	r.Trust = trusting(k)
	if v := verify(t, r); v.Verdict != "fail" || !strings.Contains(reasons(v), "bundle-misplaced") {
		t.Errorf("pages as artifacts: %s %s", v.Verdict, reasons(v))
	}
	flat := folder{}
	for p, b := range whole(t, k) {
		flat[p] = b
		if path.Dir(p) == "status" {
			flat[path.Base(p)] = b
		}
	}
	r = pagesRequest(flat, k)
	r.Exact = false
	if v := verify(t, r); v.Verdict != "fail" || !strings.Contains(reasons(v), "bundle-misplaced") {
		t.Errorf("artifacts as pages: %s %s", v.Verdict, reasons(v))
	}
}

// FuzzManifest: whatever an unlisted manifest becomes, its commit is never reported, and no manifest that the key signed breaks verification.
func FuzzManifest(f *testing.F) {
	k := key(f, 1)
	early := signed(f, contents(), k)
	f.Add(earlyManifest)
	f.Add(whole(f, k)["status/manifest.json"])
	f.Add([]byte(`{"sha":"1","generated_at":"2025-09-17T10:00:00Z","files":[{"path":null,"sha256":"x"}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		files := early.clone()
		files["status/manifest.json"] = in
		r := request(t, files)
		r.Trust = trusting(k)
		if v, err := integrity.Verify(t.Context(), r); err != nil || v.Commit != "" {
			t.Errorf("unlisted: %q %v: %q", v.Commit, err, in)
		}
		r.Commit = commit
		if v, err := integrity.Verify(t.Context(), r); err != nil || v.Verdict == "ok" {
			t.Errorf("unlisted, and the commit was asked for: %v: %q", err, in)
		}
		files = contents()
		files["status/manifest.json"] = in
		r = request(t, signed(t, files, k))
		r.Trust = trusting(k)
		v, err := integrity.Verify(t.Context(), r)
		var m report.Manifest
		if err != nil || v.Verdict == "ok" && (json.Unmarshal(in, &m) != nil || m.SHA != v.Commit) {
			t.Errorf("listed: %s %q %v: %q", v.Verdict, v.Commit, err, in)
		}
	})
}

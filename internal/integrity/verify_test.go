package integrity_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

func TestVerifyWhatWeSigned(t *testing.T) {
	k := key(t, 1)
	f := signed(t, contents(), k)
	r := request(t, f)
	r.Trust = trusting(k)
	r.Exact = true
	r.MinVersion = 2
	v := verify(t, r)
	if v.Verdict != "ok" || len(v.Findings) > 0 {
		t.Errorf("%s: %+v", v.Verdict, v.Findings)
	}
	if v.KeyID != k.Public().ID() || v.FormatVersion != 2 || !v.SignedAtBound || !v.SignedAt.Equal(signedAt) || v.Count != 5 {
		t.Errorf("%+v", v)
	}
	for _, s := range v.Steps {
		if s.Verdict != "ok" && s.Name != "manifest" { // there is none
			t.Errorf("step %s: %s", s.Name, s.Verdict)
		}
	}
	if len(v.Files) != 5 || len(v.Steps) != 8 {
		t.Errorf("%d files, %d steps", len(v.Files), len(v.Steps))
	}
	if d := cmp.Diff(f, signed(t, contents(), k)); d != "" {
		t.Errorf("signing twice gives other bytes: %s", d)
	}
	for path, name := range map[string]string{"status/checksums.json": "checksums", "status/checksums-signature.json": "checksums-signature"} {
		if err := schemas.Validate(name, f[path]); err != nil {
			t.Error(err)
		}
	}
	b, err := artifact.Encode(v)
	if err == nil {
		err = schemas.Validate("verification", b)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestSelfVouched(t *testing.T) {
	r := request(t, signed(t, contents(), key(t, 1)))
	r.Trust = nil
	if v := verify(t, r); v.Verdict != "ok" || reasons(v) != "(key-self-vouched)" {
		t.Errorf("%s: %s", v.Verdict, reasons(v))
	}
	r.RequireTrusted = true
	if v := verify(t, r); v.Verdict != "fail" || reasons(v) != "key-self-vouched" {
		t.Errorf("%s: %s", v.Verdict, reasons(v))
	}
}

// foreign makes a signature file as a program that shares no code with ours does, of either format.
func foreign(t testing.TB, f folder, version int, seed byte) []byte {
	t.Helper()
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(seed)), 32)))
	var sums report.Checksums
	edit(t, f["status/checksums.json"], func(m map[string]any) {
		sums.AggregateSHA256, sums.Count = m["aggregate_sha256"].(string), int(m["count"].(float64))
	})
	payload := `{"aggregate_sha256":"` + sums.AggregateSHA256 + `","count":5}`
	out := `{"algorithm":"Ed25519","signed_at":"2025-09-17T10:01:00.123456","aggregate_sha256":"` + sums.AggregateSHA256 + `","count":5,`
	if version == 2 {
		list := ""
		for line := range strings.Lines(string(f["status/SHA256SUMS"])) {
			digest, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
			name = strings.NewReplacer(`"`, `\"`, "\x7f", `\u007f`, "é", `\u00e9`, "😀", `\ud83d\ude00`).Replace(name)
			list += `,{"path":"` + name + `","sha256":"` + digest + `"}`
		}
		list = "[" + list[1:] + "]"
		payload = `{"aggregate_sha256":"` + sums.AggregateSHA256 + `","artifacts":` + list + `,"count":5}`
		out += `"signature_format_version":2,"artifact":"checksums.json","artifacts":` + list + `,"canonical_payload":` + payload + `,"payload_encoding":"json+sorted+compact",`
	}
	b64 := base64.StdEncoding.EncodeToString
	return []byte(out + `"public_key_base64":"` + b64(private.Public().(ed25519.PublicKey)) + `","signature_base64":"` + b64(ed25519.Sign(private, []byte(payload))) + `"}`)
}

func TestVerifyWhatOthersSigned(t *testing.T) {
	for version, want := range map[int]string{1: "(names-not-covered)", 2: ""} {
		f := summed(t, contents())
		f["status/checksums-signature.json"] = foreign(t, f, version, 1)
		r := request(t, f)
		r.Trust = trusting(key(t, 1))
		v := verify(t, r)
		if v.Verdict != "ok" || reasons(v) != want || v.SignedAtBound || v.FormatVersion != version {
			t.Errorf("format %d: %s: %+v", version, v.Verdict, v.Findings)
		}
		r.MinVersion = 2
		if v := verify(t, r); (v.Verdict == "ok") != (version == 2) || version == 1 && reasons(v) != "version-too-low" {
			t.Errorf("format %d, at least 2: %s %s", version, v.Verdict, reasons(v))
		}
	}
}

// TestBundleOfTheFirstTools: their workflow wrote a file again after it had taken the checksums. What their verifier looked at passes, their
// badge is accepted, and the file is named with the reason.
func TestBundleOfTheFirstTools(t *testing.T) {
	files := folder{}
	for _, name := range []string{"schemas/openapi-governance.json", "status/governance-summary.json", "status/operations-classification.json", "status/semver-validation.json", "status/stability-metrics.json"} {
		files[name] = []byte("{}")
	}
	f := summed(t, files)
	f[sumsPath] = edit(t, f[sumsPath], func(m map[string]any) {
		delete(m, "schema")
		delete(m, "missing")
		m["generated_at"] = "2025-09-17T10:00:00.123456Z"
	})
	f[sigPath] = foreign(t, f, 2, 1)
	f["status/checksums-pubkey.txt"] = []byte(key(t, 1).Public().Base64() + "\n")
	f["status/checksums-badge.json"] = []byte(`{"schemaVersion": 1, "label": "checksums", "message": "5 artifacts", "color": "blue"}`)
	delete(f, "status/SHA256SUMS")
	f["status/history.jsonl"] = nil
	r := request(t, f)
	r.Trust = trusting(key(t, 1))
	if v := verify(t, r); v.Verdict != "ok" || reasons(v) != "" {
		t.Fatalf("before the file was written again: %s %+v", v.Verdict, v.Findings)
	}
	f["status/operations-classification.json"] = []byte("{} ")
	r = request(t, f)
	r.Trust = trusting(key(t, 1))
	v := verify(t, r)
	if v.Verdict != "fail" || reasons(v) != "file-changed" || v.Findings[0].Subject != "status/operations-classification.json" || !strings.Contains(v.Findings[0].Hint, "--signature-only") {
		t.Errorf("%s %+v", v.Verdict, v.Findings)
	}
	r.Files, r.ByHand = nil, false
	if v := verify(t, r); v.Verdict != "ok" || reasons(v) != "" {
		t.Errorf("the signature alone: %s %+v", v.Verdict, v.Findings)
	}
	// Only of these bundles: ours are consistent, and other files are not changed by that workflow.
	f["status/semver-validation.json"] = []byte("{} ")
	r = request(t, f)
	for _, finding := range verify(t, r).Findings {
		if strings.Contains(finding.Hint, "--signature-only") != (finding.Subject == "status/operations-classification.json") {
			t.Errorf("%s: hint %q", finding.Subject, finding.Hint)
		}
	}
	f["status/manifest.json"] = earlyManifest
	for _, finding := range verify(t, request(t, f)).Findings {
		if strings.Contains(finding.Hint, "--signature-only") {
			t.Errorf("with a manifest: %+v", finding)
		}
	}
	f = summed(t, contents())
	f["status/checksums-badge.json"] = []byte(`{"schemaVersion": 1, "label": "checksums", "message": "5 artifacts", "color": "blue"}`)
	f[sigPath] = foreign(t, f, 2, 1)
	r = request(t, f)
	r.Trust = trusting(key(t, 1))
	if v := verify(t, r); reasons(v) != "badge-mismatch" {
		t.Errorf("that badge on a list of ours: %s", reasons(v))
	}
}

// TestFormat1WithoutKey: the first signature files could leave the key to checksums-pubkey.txt.
func TestFormat1WithoutKey(t *testing.T) {
	f := summed(t, contents())
	f[sigPath] = edit(t, foreign(t, f, 1, 1), func(m map[string]any) { delete(m, "public_key_base64") })
	for name, c := range map[string]struct {
		trust   *integrity.Trust
		reasons string
	}{
		"the key is known":   {trusting(key(t, 2), key(t, 1)), "(names-not-covered)"},
		"another is known":   {trusting(key(t, 2)), "(names-not-covered) key-untrusted"},
		"no key is known":    {nil, "shape-wrong"},
		"only an empty list": {&integrity.Trust{}, "(names-not-covered) key-untrusted"},
	} {
		r := request(t, f)
		r.Trust = c.trust
		if v := verify(t, r); reasons(v) != c.reasons {
			t.Errorf("%s: %s", name, reasons(v))
		}
	}
}

// TestRenameUnderFormat1 is why format 2 exists: a rename that keeps the order leaves the aggregate as it was.
func TestRenameUnderFormat1(t *testing.T) {
	for version, want := range map[int]string{1: "(names-not-covered)", 2: "payload-mismatch signature-invalid signed-artifacts-mismatch"} {
		f := summed(t, contents())
		sig := foreign(t, f, version, 1)
		renamed := contents()
		renamed["status/stability-metrics2.json"] = renamed["status/stability-metrics.json"]
		delete(renamed, "status/stability-metrics.json")
		f = summed(t, renamed)
		f["status/checksums-signature.json"] = sig
		r := request(t, f)
		r.Trust = trusting(key(t, 1))
		if v := verify(t, r); reasons(v) != want {
			t.Errorf("format %d: %s", version, reasons(v))
		}
	}
}

func TestFileVerdicts(t *testing.T) {
	k := key(t, 1)
	for name, c := range map[string]struct {
		change  func(f folder)
		reasons string
		verdict map[string]string
	}{
		"changed": {func(f folder) { f["schemas/openapi.json"] = []byte("other") }, "file-changed", map[string]string{"schemas/openapi.json": "changed"}},
		"same size": {func(f folder) { f["status/governance-summary.json"] = []byte("[]\n") }, "file-changed",
			map[string]string{"status/governance-summary.json": "changed"}},
		"missing": {func(f folder) { delete(f, "status/empty.json") }, "file-missing", map[string]string{"status/empty.json": "missing"}},
		"two missing": {func(f folder) {
			delete(f, "schemas/openapi.json")
			delete(f, "status/governance-summary.json")
		}, "file-missing", map[string]string{"schemas/openapi.json": "missing", "status/governance-summary.json": "missing"}},
		"beside the figures of a contract": {func(f folder) {
			f["status/history.jsonl"], f["status/more.jsonl"], f["status/team/history.jsonl"] = nil, nil, nil
		}, "(file-extra)",
			map[string]string{"status/history.jsonl": "uncovered", "status/more.jsonl": "extra", "status/team/history.jsonl": "extra"}},
		"extra": {func(f folder) { f["status/new.json"] = []byte("x") }, "(file-extra)", map[string]string{"status/new.json": "extra"}},
		"renamed": {func(f folder) {
			f["schemas/api.json"] = f["schemas/openapi.json"]
			delete(f, "schemas/openapi.json")
		}, "file-renamed", map[string]string{"schemas/openapi.json": "renamed"}},
		"swapped": {func(f folder) {
			f["schemas/openapi.json"], f["status/empty.json"] = f["status/empty.json"], f["schemas/openapi.json"]
		}, "file-changed", map[string]string{"schemas/openapi.json": "changed", "status/empty.json": "changed"}},
		"moved over another": {func(f folder) {
			f["schemas/openapi.json"] = f["status/governance-summary.json"]
			delete(f, "status/governance-summary.json")
		}, "file-changed file-missing", map[string]string{"schemas/openapi.json": "changed", "status/governance-summary.json": "missing"}},
		"folder instead": {func(f folder) {
			delete(f, "status/empty.json")
			f["status/empty.json/x"] = nil
		}, "(file-extra) file-refused", map[string]string{"status/empty.json": "refused", "status/empty.json/x": "extra"}},
		"file instead of folder": {func(f folder) {
			delete(f, "schemas/openapi.json")
			f["schemas"] = []byte("flat")
		}, "(file-extra) file-missing", map[string]string{"schemas/openapi.json": "missing", "schemas": "extra"}},
		"other writers": {func(f folder) {
			f["status/history.jsonl"], f["status/run-log.json"], f["status/webhook-deliveries.jsonl"] = []byte("1"), []byte("2"), []byte("3")
			f[".git/config"], f[".govctl-run.lock"] = []byte("4"), []byte("5")
		}, "", map[string]string{"status/history.jsonl": "uncovered", "status/run-log.json": "uncovered", "status/webhook-deliveries.jsonl": "uncovered"}},
		"linked work tree": {func(f folder) { f[".git"] = []byte("gitdir: elsewhere") }, "", nil},
		".git elsewhere": {func(f folder) { f["schemas/.git"] = []byte("gitdir: elsewhere") }, "(file-extra)",
			map[string]string{"schemas/.git": "extra"}},
		"manifest of an early version": {func(f folder) { f["status/manifest.json"] = earlyManifest }, "", map[string]string{"status/manifest.json": "uncovered"}},
		"names of integrity files elsewhere": {func(f folder) {
			f["status/sub/checksums.json"], f["status/sub/history.jsonl"], f["schemas/manifest.json"] = []byte("1"), []byte("2"), []byte("3")
		}, "(file-extra)", map[string]string{"status/sub/checksums.json": "extra", "status/sub/history.jsonl": "extra", "schemas/manifest.json": "extra"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := signed(t, contents(), k)
			c.change(f)
			r := request(t, f)
			r.Trust = trusting(k)
			v := verify(t, r)
			if got := reasons(v); got != c.reasons || (v.Verdict == "ok") != (c.reasons == "" || c.reasons == "(file-extra)") {
				t.Errorf("%s %s, want %s", v.Verdict, got, c.reasons)
			}
			for p := range contents() {
				if !slices.ContainsFunc(v.Files, func(f report.FileVerdict) bool { return f.Path == p }) {
					t.Errorf("no verdict on %s", p)
				}
			}
			for _, file := range v.Files {
				want := c.verdict[file.Path]
				if want == "" {
					want = "ok"
				}
				if file.Verdict != want || (file.Verdict == "renamed") != (file.NewPath != "") {
					t.Errorf("%s: %s %s, want %s", file.Path, file.Verdict, file.NewPath, want)
				}
			}
			r.Exact = true
			if v := verify(t, r); (v.Verdict == "ok") != (c.reasons == "") {
				t.Errorf("exactly: %s %s", v.Verdict, reasons(v))
			}
			hashes, err := integrity.VerifyChecksums(t.Context(), r)
			if err != nil || hashes.Verdict != verify(t, r).Verdict {
				t.Errorf("checksums alone: %s, %v", hashes.Verdict, err)
			}
		})
	}
}

// closed fails a test that opens one of the files.
type closed struct {
	fs.FS
	t     *testing.T
	names []string
}

func (c closed) Open(name string) (fs.File, error) {
	if slices.Contains(c.names, name) {
		c.t.Errorf("%s was opened", name)
	}
	return c.FS.Open(name)
}

func (c closed) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(c.FS, name) }
func (c closed) Lstat(name string) (fs.FileInfo, error)     { return fs.Lstat(c.FS, name) }
func (c closed) ReadLink(name string) (string, error)       { return fs.ReadLink(c.FS, name) }
func (c closed) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(c.FS, name) }

// TestSizesFirst: a file of another size than the listed one is refused without reading it, and so is an unlisted one that cannot be the
// missing file under another name.
func TestSizesFirst(t *testing.T) {
	k := key(t, 1)
	f := signed(t, contents(), k)
	f["schemas/openapi.json"] = []byte("imagine ten gigabytes")
	f["status/large.json"] = []byte("and another ten")
	f["status/empty.json"] = []byte("not empty any more")
	delete(f, "status/governance-summary.json")
	r := request(t, f)
	r.Trust, r.Files = trusting(k), closed{f.fs(), t, []string{"schemas/openapi.json", "status/large.json", "status/empty.json"}}
	v := verify(t, r)
	if v.Verdict != "fail" || reasons(v) != "(file-extra) file-changed file-missing" {
		t.Errorf("%s %s", v.Verdict, reasons(v))
	}
	if want := "schemas/openapi.json: the file has 21 bytes instead of 25\nstatus/empty.json: the file has 18 bytes instead of 0"; messages(v, "file-changed") != want {
		t.Errorf("%s\nwant\n%s", messages(v, "file-changed"), want)
	}
}

// TestWhyAFileChanged: a finding says what helps to understand it: whose content the file has, and that it is younger than the list.
func TestWhyAFileChanged(t *testing.T) {
	k := key(t, 1)
	files := contents()
	files["status/a.json"], files["status/b.json"] = []byte("one"), []byte("two")
	for name, c := range map[string]struct {
		a        string
		younger  time.Duration // than the list
		contains string
		lacks    string
	}{
		"the content of another":     {"two", time.Second, "; it has the content of status/b.json", "written"},
		"written later":              {"new", 2 * time.Second, "; it was written 2s after the checksums", "content"},
		"written at the same moment": {"new", 0, "is listed", ";"},
		"written before":             {"new", -time.Second, "is listed", ";"},
	} {
		f := signed(t, files, k)
		f["status/a.json"] = []byte(c.a)
		m := f.fs().(fstest.MapFS)
		m["status/checksums.json"].ModTime, m["status/a.json"].ModTime = madeAt, madeAt.Add(c.younger)
		r := request(t, f)
		r.Trust, r.Files = trusting(k), m
		says := messages(verify(t, r), "file-changed")
		if !strings.HasPrefix(says, "status/a.json: the file has sha256 ") || !strings.Contains(says, c.contains) || strings.Contains(says, c.lacks) {
			t.Errorf("%s: %s", name, says)
		}
	}
}

// barred is a folder in which some files cannot be opened and some folders cannot be listed.
type barred struct {
	fstest.MapFS
	files, dirs []string
}

func (b barred) Open(name string) (fs.File, error) {
	if slices.Contains(b.files, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.MapFS.Open(name)
}

func (b barred) ReadDir(name string) ([]fs.DirEntry, error) {
	if slices.Contains(b.dirs, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.MapFS.ReadDir(name)
}

// TestBarredFiles: a listed file that may not be read is neither missing nor changed: nothing is known about it. An unlisted folder that may
// not be looked into is an unlisted thing.
func TestBarredFiles(t *testing.T) {
	k := key(t, 1)
	long := "status/" + strings.Repeat("x", 255-len(".json")) + ".json"
	files := contents()
	files[long] = []byte("x")
	f := signed(t, files, k)
	for _, p := range []string{"schemas/openapi.json", "status/empty.json", long} {
		r := request(t, f)
		r.Files = barred{f.fs().(fstest.MapFS), []string{p}, nil}
		_, err := integrity.Verify(t.Context(), r)
		var unreadable *integrity.Unreadable
		if !errors.As(err, &unreadable) || !strings.HasPrefix(err.Error(), p) {
			t.Errorf("%s may not be read: %v", p, err)
		}
	}
	f["secret/x"] = nil
	for dir, want := range map[string]string{"secret": "(file-extra)", ".": ""} {
		r := request(t, f)
		r.Trust, r.Files = trusting(k), barred{f.fs().(fstest.MapFS), nil, []string{dir}}
		if v := verify(t, r); v.Verdict != "ok" || reasons(v) != want || want != "" && !strings.HasPrefix(messages(v, "file-extra"), "secret: ") {
			t.Errorf("%s may not be looked into: %s %s", dir, v.Verdict, messages(v, "file-extra"))
		}
	}
}

// TestNamesTooLong: no file system has a file with such a name, so that it is missing.
func TestNamesTooLong(t *testing.T) {
	long := "status/" + strings.Repeat("x", 256)
	f := signed(t, folder{long: []byte("x"), "status/a.json": []byte("a")}, key(t, 1))
	m := f.fs().(fstest.MapFS)
	delete(m, long)
	r := request(t, f)
	r.Trust, r.Files = trusting(key(t, 1)), tooLong{m}
	if v := verify(t, r); reasons(v) != "file-missing" {
		t.Errorf("%s %+v", reasons(v), v.Findings)
	}
}

// tooLong is a folder of a system that refuses longer names than it has.
type tooLong struct{ fstest.MapFS }

func (f tooLong) Lstat(name string) (fs.FileInfo, error) {
	if len(name) > 255 {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: errors.New("file name too long")}
	}
	return f.MapFS.Lstat(name)
}

// TestLinkedFolder: what is reached through a symbolic link is not the bundle's own, however deep it is below the link.
func TestLinkedFolder(t *testing.T) {
	k := key(t, 1)
	f := signed(t, folder{"schemas/a/b/openapi.json": []byte("x"), "status/a.json": []byte("a")}, k)
	m := f.fs().(fstest.MapFS)
	m["elsewhere/a/b/openapi.json"] = m["schemas/a/b/openapi.json"]
	delete(m, "schemas/a/b/openapi.json")
	m["schemas"] = &fstest.MapFile{Data: []byte("elsewhere"), Mode: fs.ModeSymlink | 0o777}
	r := request(t, f)
	r.Trust, r.Files = trusting(k), m
	v := verify(t, r)
	if !strings.Contains(reasons(v), "file-refused") || !strings.Contains(messages(v, "file-refused"), "symbolic link") {
		t.Errorf("%s %+v", reasons(v), v.Findings)
	}
}

// TestManyExtraFiles: each of the first fifty has a finding, the others are counted.
func TestManyExtraFiles(t *testing.T) {
	k := key(t, 1)
	for _, n := range []int{49, 50, 51, 53} {
		f := signed(t, contents(), k)
		for i := range n {
			f[fmt.Sprintf("status/x%03d", i)] = nil
		}
		r := request(t, f)
		r.Trust = trusting(k)
		says := strings.Split(messages(verify(t, r), "file-extra"), "\n")
		if rest := n - 50; rest > 0 && (len(says) != 51 || says[50] != fmt.Sprintf(".: %d more files are not listed", rest)) || rest <= 0 && len(says) != n {
			t.Errorf("%d files: %d findings, the last %s", n, len(says), says[len(says)-1])
		}
	}
}

// crowd is a folder that has many more files beside those that it is made of.
type crowd struct {
	fstest.MapFS
	more int
}

func (c crowd) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := c.MapFS.ReadDir(name)
	if name != "status" || err != nil {
		return list, err
	}
	info, err := fs.Stat(c.MapFS, "status/checksums.json")
	for i := range c.more {
		list = append(list, named{fs.FileInfoToDirEntry(info), fmt.Sprintf("~%06d", i)})
	}
	return list, err
}

type named struct {
	fs.DirEntry
	name string
}

func (n named) Name() string { return n.name }

// TestCrowdedFolder: beyond 200,000 files a folder is not looked through, and that is said.
func TestCrowdedFolder(t *testing.T) {
	k := key(t, 1)
	f := signed(t, folder{"status/a.json": nil}, k)
	r := request(t, f)
	r.Trust, r.Files = trusting(k), crowd{f.fs().(fstest.MapFS), 200_000}
	if says := messages(verify(t, r), "file-extra"); !strings.Contains(says, "the folder contains more than 200000 files") {
		t.Errorf("%s", says[max(0, len(says)-200):])
	}
	r.Files = crowd{f.fs().(fstest.MapFS), 10}
	if says := messages(verify(t, r), "file-extra"); strings.Contains(says, "more than") {
		t.Errorf("a folder with ten files: %s", says)
	}
}

// TestAbsentWhenListed: up to five files that were missing when the checksums were taken are named.
func TestAbsentWhenListed(t *testing.T) {
	for n, want := range map[int]string{1: "0", 5: "0, 1, 2, 3, 4", 6: "0, 1, 2, 3, 4 and 1 more", 8: "0, 1, 2, 3, 4 and 3 more"} {
		f := summed(t, contents())
		f["status/checksums.json"] = edit(t, f["status/checksums.json"], func(m map[string]any) {
			names := []any{}
			for i := range n {
				names = append(names, fmt.Sprint(i))
			}
			m["missing"] = names
		})
		v, err := integrity.VerifyChecksums(t.Context(), request(t, f))
		if err != nil || !strings.HasSuffix(messages(v, "file-was-missing"), "absent when the checksums were taken: "+want) {
			t.Errorf("%d: %s, %v", n, messages(v, "file-was-missing"), err)
		}
	}
}

// TestSignatureOfAnotherFormat: an unknown format is refused as such, and an invalid signature of format 1 is no downgrade.
func TestSignatureOfAnotherFormat(t *testing.T) {
	k := key(t, 1)
	f := summed(t, contents())
	f[sigPath] = edit(t, foreign(t, f, 2, 1), func(m map[string]any) { m["signature_format_version"] = 3 })
	r := request(t, f)
	r.Trust = trusting(k)
	if v := verify(t, r); reasons(v) != "version-unsupported" || stepOf(v, "signature") != "skipped" {
		t.Errorf("format 3: %s, signature %s", reasons(v), stepOf(v, "signature"))
	}
	for name, c := range map[string]struct {
		signature func() []byte
		want      string
	}{
		"format 2 as format 1": {func() []byte {
			return edit(t, foreign(t, f, 2, 1), func(m map[string]any) {
				for _, key := range []string{"signature_format_version", "artifact", "artifacts", "canonical_payload", "payload_encoding"} {
					delete(m, key)
				}
			})
		}, "(names-not-covered) signature-invalid version-downgraded"},
		"no valid signature of format 1": {func() []byte {
			return edit(t, foreign(t, f, 1, 1), func(m map[string]any) { m["signature_base64"] = base64.StdEncoding.EncodeToString(make([]byte, 64)) })
		}, "(names-not-covered) signature-invalid"},
	} {
		f[sigPath] = c.signature()
		r := request(t, f)
		r.Trust = trusting(k)
		if v := verify(t, r); reasons(v) != c.want {
			t.Errorf("%s: %s, want %s", name, reasons(v), c.want)
		}
	}
}

// TestListsOfOthers: what other programs ask of a checksum list before they verify it.
func TestListsOfOthers(t *testing.T) {
	f := summed(t, contents())
	list := f["status/checksums.json"]
	for name, c := range map[string]struct {
		list []byte
		dir  folder
		want bool
	}{
		"all files":       {list, f, true},
		"one file":        {list, folder{"status/empty.json": nil}, true},
		"another folder":  {list, folder{"empty.json": nil}, false},
		"an empty folder": {list, folder{}, false},
		"no list":         {list[:len(list)/2], f, false},
	} {
		if got := integrity.Holds(c.list, c.dir.fs()); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	files, err := integrity.Listed(list)
	if err != nil || len(files) != len(contents()) || files["status/empty.json"].Path != "status/empty.json" || len(files["status/empty.json"].SHA256) != 64 {
		t.Errorf("%v %v", files, err)
	}
	var refused *integrity.Refused
	if files, err := integrity.Listed(bytes.Replace(list, []byte("status/empty"), []byte("../empty"), 1)); !errors.As(err, &refused) || files != nil {
		t.Errorf("a path that leads out of the folder: %v %v", files, err)
	}
	_, err = integrity.Listed(edit(t, list, func(m map[string]any) { delete(m["artifacts"].([]any)[0].(map[string]any), "sha256") }))
	if err == nil || !strings.Contains(err.Error(), "entry 1 has no path or no sha256") {
		t.Errorf("an entry without digest: %v", err)
	}
}

func TestUnreadable(t *testing.T) {
	k := key(t, 1)
	good := signed(t, contents(), k)
	for name, change := range map[string]func(r *integrity.Request){
		"empty checksums":     func(r *integrity.Request) { r.Checksums = nil },
		"truncated checksums": func(r *integrity.Request) { r.Checksums = r.Checksums[:len(r.Checksums)-3] },
		"an array":            func(r *integrity.Request) { r.Checksums = []byte("[]") },
		"a page":              func(r *integrity.Request) { r.Signature = []byte("<html>404</html>") },
		"not UTF-8":           func(r *integrity.Request) { r.Signature = []byte("{\"a\":\"\xff\"}") },
		"byte order mark":     func(r *integrity.Request) { r.Signature = append([]byte("\xef\xbb\xbf"), r.Signature...) },
		"truncated signature": func(r *integrity.Request) { r.Signature = r.Signature[:len(r.Signature)/2] },
	} {
		r := request(t, good)
		change(&r)
		var bad *integrity.Unreadable
		if _, err := integrity.Verify(t.Context(), r); !errors.As(err, &bad) || !strings.HasPrefix(bad.Error(), "status/checksums") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := integrity.Verify(ctx, request(t, good)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestSignRefusesABrokenList(t *testing.T) {
	good := summed(t, contents())["status/checksums.json"]
	for name, b := range map[string][]byte{
		"count":     edit(t, good, func(m map[string]any) { m["count"] = 4 }),
		"aggregate": edit(t, good, func(m map[string]any) { m["aggregate_sha256"] = strings.Repeat("0", 64) }),
		"path":      []byte(strings.Replace(string(good), "schemas/openapi", "../openapi", 1)),
		"json":      good[:20],
	} {
		if _, err := integrity.Sign(integrity.SignRequest{Checksums: b, Key: key(t, 1), At: signedAt}); err == nil {
			t.Errorf("%s was signed", name)
		}
	}
	empty, err := integrity.Sum(t.Context(), fstest.MapFS{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := integrity.Sign(integrity.SignRequest{Checksums: encode(t, empty), Key: key(t, 1), At: signedAt}); err != nil {
		t.Errorf("a list of nothing: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	k := key(t, 1)
	sums, err := integrity.Sum(t.Context(), contents().fs(), []string{"status/empty.json", "status/absent.json"})
	if err != nil {
		t.Fatal(err)
	}
	f := folder{"status/empty.json": nil, "status/checksums.json": encode(t, sums)}
	s, err := integrity.Sign(integrity.SignRequest{Checksums: f["status/checksums.json"], At: signedAt, Key: k})
	if err != nil {
		t.Fatal(err)
	}
	f["status/checksums-signature.json"], f["status/checksums.sigstore.json"] = encode(t, s.Signature), encode(t, s.Bundle)
	for name, b := range s.Files {
		f["status/"+name] = b
	}
	r := request(t, f)
	r.Trust, r.Now = trusting(k), signedAt.Add(-1)
	if v := verify(t, r); v.Verdict != "ok" || reasons(v) != "(file-was-missing) (time-in-future)" {
		t.Errorf("%s: %s", v.Verdict, reasons(v))
	}
}

// TestHistory: the history is not covered, and what the covered metrics say of it is asked for those alone that are as signed.
func TestHistory(t *testing.T) {
	k := key(t, 1)
	files := contents()
	files["status/team/stability-metrics.json"] = []byte("{}")
	f := signed(t, files, k)
	f["status/history.jsonl"], f["status/team/history.jsonl"] = []byte("1"), []byte("2")
	var asked []string
	r := request(t, f)
	r.Trust = trusting(k)
	r.History = func(_ fs.FS, metrics string) string {
		asked = append(asked, metrics)
		if strings.Contains(metrics, "team") {
			return "another"
		}
		return ""
	}
	v := verify(t, r)
	if v.Verdict != "ok" || reasons(v) != "(history-differs)" || v.Findings[0].Subject != "status/team/history.jsonl" {
		t.Errorf("%s %+v", v.Verdict, v.Findings)
	}
	if want := []string{"status/stability-metrics.json", "status/team/stability-metrics.json"}; !slices.Equal(asked, want) {
		t.Errorf("asked about %v", asked)
	}
	r.Exact = true
	if v := verify(t, r); v.Verdict != "fail" || reasons(v) != "history-differs" {
		t.Errorf("exactly: %s %s", v.Verdict, reasons(v))
	}
	f["status/team/notes.txt"] = nil // beside the figures of a contract only its history may grow
	r.Files = f.fs()
	if v := verify(t, r); !strings.HasPrefix(messages(v, "file-extra"), "status/team/notes.txt: ") {
		t.Errorf("%s", reasons(v))
	}
	delete(f, "status/team/notes.txt")
	asked = nil
	f["status/team/stability-metrics.json"] = []byte("{ }")
	asked = nil
	r.Files = f.fs()
	if v := verify(t, r); reasons(v) != "file-changed" || len(asked) != 1 {
		t.Errorf("metrics changed: %s, asked %v", reasons(v), asked)
	}
}

// TestTimeOfAnotherKey: the time that is shown as signed is that of the key on which the verdict rests. Here a thief of the files put
// a key of their own first, with a statement of another day, and kept the project's signature as the additional one.
func TestTimeOfAnotherKey(t *testing.T) {
	project, thief := key(t, 1), key(t, 2)
	f := signed(t, contents(), thief, project)
	f[sigPath] = edit(t, f[sigPath], func(m map[string]any) {
		delete(m["additional_signatures"].([]any)[0].(map[string]any), "statement_signature_base64")
	})
	r := request(t, f)
	r.Trust = trusting(project)
	v := verify(t, r)
	if v.KeyID != project.Public().ID() || v.SignedAtBound {
		t.Errorf("key %s, bound %v", v.KeyID, v.SignedAtBound)
	}
	r = request(t, signed(t, contents(), thief, project))
	r.Trust = trusting(project)
	if v := verify(t, r); v.Verdict != "ok" || v.KeyID != project.Public().ID() || !v.SignedAtBound {
		t.Errorf("both signed the statement: %s %s, bound %v", v.Verdict, reasons(v), v.SignedAtBound)
	}
}

// TestIgnoreMissing: a part of the files is enough where it is asked for, nothing at all is not, and what is there must be right.
func TestIgnoreMissing(t *testing.T) {
	k := key(t, 1)
	listed := slices.Sorted(maps.Keys(contents()))
	for _, c := range []struct {
		left    int // of the listed files
		changed bool
		ok      bool
	}{
		{len(listed), false, true},
		{len(listed) - 1, false, true},
		{1, false, true},
		{0, false, false},
		{2, true, false},
		{1, true, false},
	} {
		f := signed(t, contents(), k)
		for _, p := range listed[c.left:] {
			delete(f, p)
		}
		if c.changed {
			f[listed[0]] = []byte("else\n")
		}
		r := request(t, f)
		r.Trust, r.IgnoreMissing = trusting(k), true
		if v := verify(t, r); (v.Verdict == "ok") != c.ok {
			t.Errorf("%d left, changed %v: %s %s", c.left, c.changed, v.Verdict, reasons(v))
		}
		if r.IgnoreMissing = false; (verify(t, r).Verdict == "ok") != (c.left == len(listed)) {
			t.Errorf("%d left without the option: not refused", c.left)
		}
	}
}

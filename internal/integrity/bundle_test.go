package integrity_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

// folder is an output folder in memory.
type folder map[string][]byte

func (f folder) fs() fs.FS {
	m := fstest.MapFS{}
	for p, b := range f {
		m[p] = &fstest.MapFile{Data: b}
	}
	return m
}

func (f folder) status(t testing.TB) fs.FS {
	t.Helper()
	sub, err := fs.Sub(f.fs(), "status")
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func (f folder) clone() folder { return maps.Clone(f) }

// key is a private key made from one byte.
func key(t testing.TB, seed byte) integrity.PrivateKey {
	t.Helper()
	pair, err := integrity.NewKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := integrity.ParseSeed("test", pair.SeedBase64)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var (
	madeAt   = time.Date(2025, 9, 17, 10, 0, 0, 0, time.UTC)
	signedAt = madeAt.Add(time.Minute)
	now      = madeAt.Add(24 * time.Hour)
)

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := artifact.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// contents are the files of the test bundle; two of the names need every escape of the payload.
func contents() folder {
	return folder{
		"schemas/openapi.json":           []byte("{\n  \"openapi\": \"3.1.0\"\n}\n"),
		"status/governance-summary.json": []byte("{}\n"),
		"status/empty.json":              nil,
		"status/a<b>&\"\x7fé😀.json":      []byte("names\n"),
		"status/stability-metrics.json":  []byte("{\"score\": 100}\n"),
	}
}

// summed is the folder with its checksums.
func summed(t testing.TB, files folder) folder {
	t.Helper()
	sums, err := integrity.Sum(t.Context(), files.fs(), slices.DeleteFunc(slices.Collect(maps.Keys(files)), func(name string) bool { return !integrity.Coverable("status", name) }))
	if err != nil {
		t.Fatal(err)
	}
	sums.GeneratedAt = report.At(madeAt)
	out := files.clone()
	out["status/checksums.json"] = encode(t, sums)
	out["status/SHA256SUMS"] = integrity.SHA256SUMS(sums.Artifacts)
	out["status/checksums-badge.json"] = encode(t, integrity.Badge(sums))
	return out
}

// signed is the folder with its checksums signed.
func signed(t testing.TB, files folder, first integrity.PrivateKey, also ...integrity.PrivateKey) folder {
	t.Helper()
	out := summed(t, files)
	growing, err := integrity.Growing(out.fs(), "status", out["status/checksums.json"])
	if err != nil {
		t.Fatal(err)
	}
	s, err := integrity.Sign(integrity.SignRequest{Uncovered: growing, Checksums: out["status/checksums.json"], At: signedAt, Key: first, Also: also,
		Previous: []integrity.PublicKey{key(t, 99).Public()},
		Beside:   map[string][]byte{integrity.SumsFile: out["status/SHA256SUMS"], integrity.BadgeFile: out["status/checksums-badge.json"]}})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range s.Files {
		out["status/"+name] = b
	}
	out["status/checksums-signature.json"] = encode(t, s.Signature)
	out["status/checksums.sigstore.json"] = encode(t, s.Bundle)
	return out
}

// request verifies all of a folder.
func request(t testing.TB, f folder) integrity.Request {
	t.Helper()
	return integrity.Request{Checksums: f["status/checksums.json"], ChecksumsName: "status/checksums.json",
		Signature: f["status/checksums-signature.json"], SignatureName: "status/checksums-signature.json",
		Files: f.fs(), Dir: "status", Beside: f.status(t), ByHand: true, Trust: &integrity.Trust{}, Now: now}
}

func trusting(keys ...integrity.PrivateKey) *integrity.Trust {
	tr := &integrity.Trust{}
	for _, k := range keys {
		tr.Pin(k.Public())
	}
	return tr
}

func verify(t testing.TB, r integrity.Request) report.Verification {
	t.Helper()
	v, err := integrity.Verify(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	consistent(t, v)
	return v
}

// consistent checks that an answer does not contradict itself: the findings come in the order of the steps, a step fails for its own errors
// alone, and the verdict is the worst of the steps.
func consistent(t testing.TB, v report.Verification) {
	t.Helper()
	order, worst, verdict := map[string]int{}, map[string]string{}, "ok"
	for i, s := range v.Steps {
		order[s.Name] = i
	}
	for i, f := range v.Findings {
		if i > 0 && order[f.Category] < order[v.Findings[i-1].Category] {
			t.Errorf("%s of step %s comes after step %s", f.Rule, f.Category, v.Findings[i-1].Category)
		}
		switch {
		case f.Level == report.Error:
			worst[f.Category], verdict = "fail", "fail"
		case worst[f.Category] == "":
			worst[f.Category] = "warning"
		}
	}
	for _, s := range v.Steps {
		if want := worst[s.Name]; s.Verdict != want && (want != "" || s.Verdict != "ok" && s.Verdict != "skipped") {
			t.Errorf("step %s: %s, want %q: %+v", s.Name, s.Verdict, want, v.Findings)
		}
	}
	if v.Verdict != verdict {
		t.Errorf("verdict %s, want %s: %+v", v.Verdict, verdict, v.Findings)
	}
}

// stepOf is the verdict of one step.
func stepOf(v report.Verification, name string) string {
	i := slices.IndexFunc(v.Steps, func(s report.VerificationStep) bool { return s.Name == name })
	return v.Steps[i].Verdict
}

// messages are what the findings of a rule say.
func messages(v report.Verification, rule string) string {
	var all []string
	for _, f := range v.Findings {
		if f.Rule == rule {
			all = append(all, f.Subject+": "+f.Message)
		}
	}
	return strings.Join(all, "\n")
}

// reasons are the ids of the findings, sorted, without repetition; warnings are marked.
func reasons(v report.Verification) string {
	seen := map[string]bool{}
	for _, f := range v.Findings {
		id := f.Rule
		if f.Level == report.Warning {
			id = "(" + id + ")"
		}
		seen[id] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(seen)), " ")
}

// edit changes a JSON file as another program would.
func edit(t testing.TB, b []byte, change func(m map[string]any)) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	change(m)
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

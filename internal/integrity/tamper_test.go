package integrity_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/integrity"
)

// verdict is "ok", "unreadable", or the reasons for which a folder is refused.
func verdict(t testing.TB, f folder, k integrity.PrivateKey) string {
	t.Helper()
	r := request(t, f)
	r.Trust, r.Exact = trusting(k), true
	v, err := integrity.Verify(t.Context(), r)
	var bad *integrity.Unreadable
	switch {
	case errors.As(err, &bad):
		return "unreadable"
	case err != nil:
		t.Fatal(err)
	case v.Verdict == "ok":
		return "ok"
	}
	return reasons(v)
}

// TestEveryByte flips one bit of every byte of every file of a bundle, in turn the lowest and the one between capital
// and small letters. Under the race detector it takes every seventh byte.
func TestEveryByte(t *testing.T) {
	k := key(t, 1)
	good := signed(t, contents(), k)
	if got := verdict(t, good, k); got != "ok" {
		t.Fatal(got)
	}
	for _, name := range slices.Sorted(maps.Keys(good)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := 0; i < len(good[name]); i += stride {
				f := good.clone()
				f[name] = bytes.Clone(good[name])
				f[name][i] ^= [...]byte{0x01, 0x20}[i%2]
				if got := verdict(t, f, k); got == "ok" {
					t.Errorf("byte %d (%q) may be %q", i, good[name][i], f[name][i])
				}
			}
		})
	}
}

// mutation is one way to falsify a bundle and the reason that must be named.
type mutation struct {
	name   string
	change func(t *testing.T, f folder)
	want   string
}

const (
	sumsPath = "status/checksums.json"
	sigPath  = "status/checksums-signature.json"
)

// replace changes one text of a file, and fails where the text does not stand.
func replace(path, old, new string) func(*testing.T, folder) {
	return func(t *testing.T, f folder) {
		t.Helper()
		if !bytes.Contains(f[path], []byte(old)) {
			t.Fatalf("%s holds no %s", path, old)
		}
		f[path] = bytes.Replace(f[path], []byte(old), []byte(new), 1)
	}
}

// member sets a member of a JSON file.
func member(path, name string, value any) func(*testing.T, folder) {
	return func(t *testing.T, f folder) {
		f[path] = edit(t, f[path], func(m map[string]any) {
			if _, there := m[name]; !there {
				t.Fatalf("%s holds no %s", path, name)
			}
			m[name] = value
		})
	}
}

// without takes a member of a JSON file away.
func without(path, name string) func(*testing.T, folder) {
	return func(t *testing.T, f folder) {
		f[path] = edit(t, f[path], func(m map[string]any) { delete(m, name) })
	}
}

// entries changes the list of files of checksums.json.
func entries(change func(list []any) []any) func(*testing.T, folder) {
	return func(t *testing.T, f folder) {
		f[sumsPath] = edit(t, f[sumsPath], func(m map[string]any) { m["artifacts"] = change(m["artifacts"].([]any)) })
	}
}

// first sets a member of the first listed file.
func first(name string, value any) func(*testing.T, folder) {
	return entries(func(list []any) []any {
		list[0].(map[string]any)[name] = value
		return list
	})
}

// resummed changes the contents and takes new, consistent checksums, as an attacker without the key can.
func resummed(change func(files folder)) func(*testing.T, folder) {
	return func(t *testing.T, f folder) {
		files := contents()
		change(files)
		for p := range contents() {
			delete(f, p)
		}
		maps.Copy(f, summed(t, files))
	}
}

// resigned signs with another key and keeps what keep names from the true bundle.
func resigned(seed byte, keep ...string) func(*testing.T, folder) {
	return func(t *testing.T, f folder) {
		true := f.clone()
		maps.Copy(f, signed(t, contents(), key(t, seed)))
		for _, name := range keep {
			f["status/"+name] = true["status/"+name]
		}
	}
}

// plainMutations are the byte-level ones, made for every integrity file.
func plainMutations() (all []mutation) {
	reason := map[string]string{"checksums.json": "", "checksums-signature.json": "", "SHA256SUMS": "sums-mismatch", "checksums-badge.json": "badge-mismatch",
		"checksums-pubkey.txt": "pubkey-file-mismatch", "checksums-payload.json": "payload-file-mismatch", "checksums.sig": "sig-file-mismatch",
		"checksums-pubkey.pem": "pem-file-mismatch", "checksums.minisig": "minisig-mismatch", "minisign.pub": "minisign-key-mismatch",
		"checksums.sigstore.json": "sigstore-mismatch"}
	for _, name := range slices.Sorted(maps.Keys(reason)) {
		path, why := "status/"+name, reason[name]
		read := why == ""
		or := func(text string) string {
			if read {
				return text
			}
			return why
		}
		gone := map[bool]string{true: "unreadable", false: "companion-missing"}[read]
		if name == integrity.SigstoreFile { // which names the others
			gone = "statement-missing"
		}
		all = append(all,
			mutation{"emptied " + name, func(_ *testing.T, f folder) { f[path] = []byte{} }, or("unreadable")},
			mutation{"halved " + name, func(_ *testing.T, f folder) { f[path] = f[path][:len(f[path])/2] }, or("unreadable")},
			mutation{"doubled " + name, func(_ *testing.T, f folder) { f[path] = bytes.Repeat(f[path], 2) }, or("bytes-stray")},
			mutation{"something appended to " + name, func(_ *testing.T, f folder) { f[path] = append(bytes.Clone(f[path]), "{}"...) }, or("bytes-stray")},
			mutation{"a zero byte appended to " + name, func(_ *testing.T, f folder) { f[path] = append(bytes.Clone(f[path]), 0) }, or("bytes-stray")},
			mutation{"line ends of Windows in " + name, func(_ *testing.T, f folder) {
				f[path] = append(bytes.ReplaceAll(bytes.Clone(f[path]), []byte("\n"), []byte("\r\n")), '\r', '\n')
			}, or("bytes-stray")},
			mutation{"removed " + name, func(_ *testing.T, f folder) { delete(f, path) }, gone},
			mutation{"a letter more in the name of " + name, func(_ *testing.T, f folder) {
				f[path+"x"] = f[path]
				delete(f, path)
			}, gone},
			mutation{"too large " + name, func(_ *testing.T, f folder) { f[path] = append(bytes.Repeat([]byte{' '}, 64<<20+1), f[path]...) }, or("bytes-stray")},
		)
	}
	return all
}

func mutations(t *testing.T) []mutation {
	true1, other := key(t, 1).Public(), key(t, 2).Public()
	zero, high := strings.Repeat("0", 64), strings.Repeat("F", 64)
	sig := func(n int) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, n)) }
	raw := func(s string) []byte {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	spare := strings.Replace(true1.Base64(), "=", "", 1) // the last letter before the padding has two spare bits
	spare = spare[:42] + string(spare[42]+1) + "="
	return append(plainMutations(), []mutation{
		{"digest flipped", first("sha256", zero), "aggregate-mismatch"},
		{"digest in capitals", first("sha256", high), "digest-malformed"},
		{"digest shortened", first("sha256", zero[1:]), "digest-malformed"},
		{"digest is a number", first("sha256", 7), "shape-wrong"},
		{"digest is null", first("sha256", nil), "shape-wrong"},
		{"size changed", first("size", 7), "file-changed"},
		{"size negative", first("size", -1), "shape-wrong"},
		{"size with a fraction", replace(sumsPath, `"size": 25`, `"size": 25.5`), "shape-wrong"},
		{"path to the parent", first("path", "../x"), "path-unsafe"},
		{"path from the root", first("path", "/etc/passwd"), "path-unsafe"},
		{"path with a dot", first("path", "./schemas/openapi.json"), "path-unsafe"},
		{"path with an empty part", first("path", "schemas//openapi.json"), "path-unsafe"},
		{"path empty", first("path", ""), "path-unsafe"},
		{"path with a zero byte", first("path", "a\x00b"), "path-unsafe"},
		{"path too long", first("path", strings.Repeat("a", 5000)), "path-unsafe"},
		{"path long but lawful", first("path", "a"+strings.Repeat("b", 300)), "file-renamed"},
		{"entry renamed", first("path", "schemas/api.json"), "signed-artifacts-mismatch"},
		{"entries swapped", entries(func(l []any) []any { l[0], l[1] = l[1], l[0]; return l }), "list-unsorted"},
		{"entry removed", entries(func(l []any) []any { return l[1:] }), "count-mismatch"},
		{"entry twice", entries(func(l []any) []any { return append(l[:1], l...) }), "path-duplicate"},
		{"entry added", entries(func(l []any) []any { return append(l, map[string]any{"path": "z", "sha256": zero, "size": 0}) }), "file-missing"},
		{"entry is a string", entries(func(l []any) []any { l[0] = "schemas/openapi.json"; return l }), "shape-wrong"},
		{"all entries removed", entries(func([]any) []any { return []any{} }), "aggregate-mismatch"},
		{"artifacts missing", without(sumsPath, "artifacts"), "shape-wrong"},
		{"artifacts is an object", member(sumsPath, "artifacts", map[string]any{}), "shape-wrong"},
		{"aggregate flipped", member(sumsPath, "aggregate_sha256", zero), "aggregate-mismatch"},
		{"aggregate emptied", member(sumsPath, "aggregate_sha256", ""), "aggregate-mismatch"},
		{"aggregate missing", without(sumsPath, "aggregate_sha256"), "shape-wrong"},
		{"count changed", member(sumsPath, "count", 4), "count-mismatch"},
		{"count is text", member(sumsPath, "count", "5"), "shape-wrong"},
		{"count beyond 64 bits", replace(sumsPath, `"count": 5`, `"count": 99999999999999999999`), "shape-wrong"},
		{"duplicate key", replace(sumsPath, `"count": 5`, `"count": 5, "count": 5`), "key-duplicate"},
		{"duplicate key, escaped", replace(sumsPath, `"count": 5`, `"count": 5, "c\u006funt": 5`), "key-duplicate"},
		{"key in other letters", replace(sumsPath, `"count": 5`, `"count": 5, "Count": 4`), "key-case-variant"},
		{"key in Unicode's other letters", replace(sumsPath, `"sha256"`, `"\u017fha256"`), "key-case-variant"},
		{"known key below an unknown one", replace(sumsPath, `"count": 5`, `"count": 5, "x": [{"SHA256": 1}]`), "key-case-variant"},
		{"duplicate key below an unknown one", replace(sumsPath, `"count": 5`, `"count": 5, "x": {"a":1,"a":1}`), "key-duplicate"},
		{"nested deeply", replace(sumsPath, `"count": 5`, `"count": 5, "x": `+strings.Repeat("[", 100)+strings.Repeat("]", 100)), "shape-wrong"},
		{"nested very deeply", replace(sumsPath, `"count": 5`, `"count": 5, "x": `+strings.Repeat("[", 100_000)), "shape-wrong"},
		{"spaces before", func(_ *testing.T, f folder) { f[sumsPath] = append([]byte(" "), f[sumsPath]...) }, "bytes-stray"},
		{"two final line ends", func(_ *testing.T, f folder) { f[sumsPath] = append(f[sumsPath], '\n') }, "bytes-stray"},
		{"final line end taken", func(_ *testing.T, f folder) { f[sumsPath] = bytes.TrimSpace(f[sumsPath]) }, "companion-changed"},
		{"checksums written anew", func(t *testing.T, f folder) { f[sumsPath] = edit(t, f[sumsPath], func(map[string]any) {}) }, "companion-changed"},
		{"time of the checksums", replace(sumsPath, "2025-09-17T10:00:00Z", "2025-09-18T10:00:00Z"), "companion-changed"},
		{"time of the checksums is none", replace(sumsPath, "2025-09-17T10:00:00Z", "yesterday"), "shape-wrong"},
		{"unknown key added", replace(sumsPath, `"count": 5`, `"count": 5, "note": "trust me"`), "companion-changed"},
		{"missing list grown", member(sumsPath, "missing", []any{"status/x.json"}), "companion-changed"},

		{"content changed, checksums taken anew", resummed(func(f folder) { f["schemas/openapi.json"] = []byte("evil") }), "signature-invalid"},
		{"file added, checksums taken anew", resummed(func(f folder) { f["status/evil.json"] = []byte("evil") }), "signature-invalid"},
		{"file removed, checksums taken anew", resummed(func(f folder) { delete(f, "status/empty.json") }), "signature-invalid"},
		{"renamed in order, checksums taken anew", resummed(func(f folder) {
			f["schemas/openapi2.json"] = f["schemas/openapi.json"]
			delete(f, "schemas/openapi.json")
		}), "signature-invalid"},
		{"contents swapped, checksums taken anew", resummed(func(f folder) {
			f["schemas/openapi.json"], f["status/empty.json"] = f["status/empty.json"], f["schemas/openapi.json"]
		}), "signature-invalid"},
		{"file changed", func(_ *testing.T, f folder) { f["schemas/openapi.json"] = []byte("evil") }, "file-changed"},
		{"file removed", func(_ *testing.T, f folder) { delete(f, "schemas/openapi.json") }, "file-missing"},
		{"file added", func(_ *testing.T, f folder) { f["status/evil.json"] = []byte("evil") }, "file-extra"},
		{"file in a new folder", func(_ *testing.T, f folder) { f["status/evil/x.json"] = nil }, "file-extra"},

		{"signature flipped", member(sigPath, "signature_base64", sig(64)), "signature-invalid"},
		{"signature too short", member(sigPath, "signature_base64", sig(63)), "signature-malformed"},
		{"signature too long", member(sigPath, "signature_base64", sig(65)), "signature-malformed"},
		{"signature empty", member(sigPath, "signature_base64", ""), "signature-malformed"},
		{"signature missing", without(sigPath, "signature_base64"), "shape-wrong"},
		{"signature null", member(sigPath, "signature_base64", nil), "shape-wrong"},
		{"signature in URL base64", member(sigPath, "signature_base64", strings.Repeat("-_", 43)+"=="), "signature-malformed"},
		{"signature with a line end", func(t *testing.T, f folder) {
			f[sigPath] = edit(t, f[sigPath], func(m map[string]any) {
				s := m["signature_base64"].(string)
				m["signature_base64"] = s[:40] + "\n" + s[40:]
			})
		}, "signature-malformed"},
		{"identity and zero as signature", member(sigPath, "signature_base64", base64.StdEncoding.EncodeToString(append([]byte{1}, make([]byte, 63)...))), "signature-invalid"},
		{"key too short", member(sigPath, "public_key_base64", base64.StdEncoding.EncodeToString(raw(true1.Base64())[:31])), "key-malformed"},
		{"key too long", member(sigPath, "public_key_base64", base64.StdEncoding.EncodeToString(append(raw(true1.Base64()), 0))), "key-malformed"},
		{"key empty", member(sigPath, "public_key_base64", ""), "key-malformed"},
		{"key with spare bits", member(sigPath, "public_key_base64", spare), "key-malformed"},
		{"key of small order", member(sigPath, "public_key_base64", base64.StdEncoding.EncodeToString(append([]byte{1}, make([]byte, 31)...))), "key-small-order"},
		{"key missing", without(sigPath, "public_key_base64"), "shape-wrong"},
		{"key replaced", member(sigPath, "public_key_base64", other.Base64()), "key-untrusted"},
		{"key and id replaced", func(t *testing.T, f folder) {
			member(sigPath, "public_key_base64", other.Base64())(t, f)
			member(sigPath, "key_id", other.ID())(t, f)
		}, "signature-invalid"},
		{"key id replaced", member(sigPath, "key_id", other.ID()), "key-id-mismatch"},
		{"signed by another key", resigned(2), "key-untrusted"},
		{"signed by another key, the true key claimed", func(t *testing.T, f folder) {
			resigned(2)(t, f)
			member(sigPath, "public_key_base64", true1.Base64())(t, f)
			member(sigPath, "key_id", true1.ID())(t, f)
		}, "signature-invalid"},

		{"version dropped", without(sigPath, "signature_format_version"), "version-downgraded"},
		{"version downgraded", member(sigPath, "signature_format_version", 1), "version-downgraded"},
		{"version zero", member(sigPath, "signature_format_version", 0), "version-unsupported"},
		{"version from the future", member(sigPath, "signature_format_version", 3), "version-unsupported"},
		{"version is text", member(sigPath, "signature_format_version", "2"), "shape-wrong"},
		{"algorithm replaced", member(sigPath, "algorithm", "Ed25519ph"), "algorithm-unsupported"},
		{"algorithm none", member(sigPath, "algorithm", "none"), "algorithm-unsupported"},
		{"algorithm missing", without(sigPath, "algorithm"), "shape-wrong"},
		{"encoding replaced", member(sigPath, "payload_encoding", "json"), "encoding-unsupported"},
		{"artifact replaced", member(sigPath, "artifact", "other.json"), "artifact-mismatch"},
		{"signed aggregate replaced", member(sigPath, "aggregate_sha256", zero), "signed-aggregate-mismatch"},
		{"signed count replaced", member(sigPath, "count", 6), "signed-count-mismatch"},
		{"signed artifacts emptied", member(sigPath, "artifacts", []any{}), "signed-artifacts-mismatch"},
		{"signed artifacts missing", without(sigPath, "artifacts"), "shape-wrong"},
		{"payload replaced", member(sigPath, "canonical_payload", map[string]any{"count": 5}), "payload-mismatch"},
		{"payload is text", member(sigPath, "canonical_payload", "x"), "payload-mismatch"},
		{"payload is null", member(sigPath, "canonical_payload", nil), "payload-mismatch"},
		{"time replaced", member(sigPath, "signed_at", "2020-01-01T00:00:00Z"), "signed-time-mismatch"},
		{"time missing", without(sigPath, "signed_at"), "signed-time-mismatch"},
		{"time is none", member(sigPath, "signed_at", "soon"), "shape-wrong"},
		{"previous keys replaced", member(sigPath, "previous_public_keys", []any{other.Base64()}), "previous-keys-mismatch"},
		{"artifact missing", without(sigPath, "artifact"), "shape-wrong"},
		{"payload missing", without(sigPath, "canonical_payload"), "shape-wrong"},
		{"encoding missing", without(sigPath, "payload_encoding"), "shape-wrong"},
		{"key id missing", without(sigPath, "key_id"), "shape-wrong"},
		{"schema missing", without(sigPath, "schema"), "shape-wrong"},
		{"duplicate key in the signature", replace(sigPath, `"count": 5`, `"count": 6, "count": 5`), "key-duplicate"},
		{"case variant in the signature", replace(sigPath, `"count": 5`, `"count": 5, "Signature_Base64": "x"`), "key-case-variant"},
		{"additional signature without key", replace(sigPath, `"count": 5`, `"count": 5, "additional_signatures": [{}]`), "shape-wrong"},
		{"additional signature empty", replace(sigPath, `"count": 5`, fmt.Sprintf(`"count": 5, "additional_signatures": [{"public_key_base64":%q,"signature_base64":""}]`, other.Base64())), "signature-malformed"},
		{"additional signature wrong", replace(sigPath, `"count": 5`, fmt.Sprintf(`"count": 5, "additional_signatures": [{"public_key_base64":%q,"signature_base64":%q}]`, other.Base64(), sig(64))), "signature-additional-invalid"},
		{"additional signatures without end", replace(sigPath, `"count": 5`, `"count": 5, "additional_signatures": [{}`+strings.Repeat(",{}", 100)+`]`), "too-large"},

		{"by-hand files of another key", resigned(2, "checksums-signature.json"), "sig-file-mismatch"},
		{"raw signature of another key", func(t *testing.T, f folder) {
			f["status/checksums.sig"] = signed(t, contents(), key(t, 2))["status/checksums.sig"]
		}, "sig-file-mismatch"},
		{"PEM of another key", func(t *testing.T, f folder) { f["status/checksums-pubkey.pem"] = other.PEM() }, "pem-file-mismatch"},
		{"text before the PEM block", func(_ *testing.T, f folder) {
			f["status/checksums-pubkey.pem"] = append([]byte("note\n"), f["status/checksums-pubkey.pem"]...)
		}, "pem-file-mismatch"},
		{"minisign key of another key", func(t *testing.T, f folder) { f["status/minisign.pub"] = other.Minisign() }, "minisign-key-mismatch"},
		{"minisig of another key", func(t *testing.T, f folder) {
			f["status/checksums.minisig"] = signed(t, contents(), key(t, 2))["status/checksums.minisig"]
		}, "minisig-mismatch"},
		{"trusted comment changed", replace("status/checksums.minisig", "timestamp:", "timestamp:1"), "minisig-mismatch"},
		{"untrusted comment changed", replace("status/checksums.minisig", "govctl signature", "trusted signature"), "companion-changed"},
		{"bundle of another key", func(t *testing.T, f folder) {
			f["status/checksums.sigstore.json"] = signed(t, contents(), key(t, 2))["status/checksums.sigstore.json"]
		}, "sigstore-mismatch"},
		{"bundle written anew", func(t *testing.T, f folder) {
			f["status/checksums.sigstore.json"] = edit(t, f["status/checksums.sigstore.json"], func(map[string]any) {})
		}, "sigstore-mismatch"},
		{"bundle with a space more", replace("status/checksums.sigstore.json", `": {`, `":  {`), "sigstore-mismatch"},
		{"bundle with a member more", replace("status/checksums.sigstore.json", `"dsseEnvelope"`, `"note": 1, "dsseEnvelope"`), "sigstore-mismatch"},
		{"bundle with an escape more", replace("status/checksums.sigstore.json", `"keyid"`, `"k\u0065yid"`), "sigstore-mismatch"},
		{"signature file written anew", func(t *testing.T, f folder) { f[sigPath] = edit(t, f[sigPath], func(map[string]any) {}) }, "companion-changed"},
		{"signature file with a space more", replace(sigPath, `"count": 5`, `"count":  5`), "companion-changed"},
		{"signature file with a member more", replace(sigPath, `"count": 5`, `"count": 5, "note": "trust me"`), "companion-changed"},
		{"a key of the thief in addition", func(t *testing.T, f folder) {
			theirs := signed(t, contents(), key(t, 1), key(t, 2))
			f[sigPath] = edit(t, theirs[sigPath], func(m map[string]any) {
				delete(m["additional_signatures"].([]any)[0].(map[string]any), "statement_signature_base64")
			})
		}, "additional-keys-mismatch"},
		{"bundle hint changed", replace("status/checksums.sigstore.json", `"hint": "`+true1.ID(), `"hint": "`+other.ID()), "sigstore-mismatch"},
		{"bundle media type", replace("status/checksums.sigstore.json", "v0.3", "v0.2"), "sigstore-mismatch"},
		{"bundle payload type", replace("status/checksums.sigstore.json", "in-toto", "in-tata"), "sigstore-mismatch"},
		{"bundle with a second signature", func(t *testing.T, f folder) {
			f["status/checksums.sigstore.json"] = edit(t, f["status/checksums.sigstore.json"], func(m map[string]any) {
				e := m["dsseEnvelope"].(map[string]any)
				e["signatures"] = append([]any{map[string]any{"sig": sig(64), "keyid": true1.ID()}}, e["signatures"].([]any)...)
			})
		}, "sigstore-mismatch"},
		{"SHA256SUMS without a line", func(_ *testing.T, f folder) {
			_, f["status/SHA256SUMS"], _ = bytes.Cut(f["status/SHA256SUMS"], []byte("\n"))
		}, "sums-mismatch"},
		{"SHA256SUMS in another order", func(_ *testing.T, f folder) {
			lines := bytes.SplitAfter(f["status/SHA256SUMS"], []byte("\n"))
			slices.Reverse(lines)
			f["status/SHA256SUMS"] = bytes.Join(lines, nil)
		}, "companion-changed"},
		{"badge shows another number", replace("status/checksums-badge.json", "(5)", "(6)"), "badge-mismatch"},
		{"badge in another colour", replace("status/checksums-badge.json", "blue", "red"), "companion-changed"},
	}...)
}

func TestTamperMatrix(t *testing.T) {
	k := key(t, 1)
	good := signed(t, contents(), k)
	all := mutations(t)
	if len(all) < 80 {
		t.Errorf("%d mutations", len(all))
	}
	named := map[string]bool{}
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			f := folder{}
			for p, b := range good {
				f[p] = bytes.Clone(b)
			}
			m.change(t, f)
			got := strings.Fields(verdict(t, f, k))
			if !slices.Contains(got, m.want) {
				t.Errorf("%v, want %s", got, m.want)
			}
			for _, id := range got {
				named[id] = true
			}
		})
	}
	t.Logf("%d mutations, %d reasons", len(all), len(named))
}

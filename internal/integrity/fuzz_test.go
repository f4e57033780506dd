package integrity_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

// listed is what a checksum list says that a signature of format 2 binds.
func listed(t testing.TB, b []byte) (paths []string) {
	t.Helper()
	var c report.Checksums
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatalf("verified, and not JSON: %v", err)
	}
	for _, a := range c.Artifacts {
		paths = append(paths, a.Path+" "+a.SHA256)
	}
	return paths
}

// FuzzChecksums: whatever checksums.json becomes, a verified one lists what was signed.
func FuzzChecksums(f *testing.F) {
	k := key(f, 1)
	good := signed(f, contents(), k)
	want := listed(f, good[sumsPath])
	f.Add(good[sumsPath])
	f.Add([]byte(`{"artifacts":[{"path":"a","sha256":"x"}],"aggregate_sha256":"","count":1}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := request(t, good)
		r.Checksums, r.Trust, r.Files, r.Beside = in, trusting(k), nil, nil
		if v, err := integrity.Verify(t.Context(), r); err == nil && v.Verdict == "ok" && !reflect.DeepEqual(listed(t, in), want) {
			t.Errorf("verified: %s", in)
		}
	})
}

func signatureOf(t testing.TB, b []byte) string {
	t.Helper()
	var s struct {
		SignatureBase64 string `json:"signature_base64"`
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatalf("verified, and not JSON: %v", err)
	}
	return s.SignatureBase64
}

// FuzzSignature: whatever the signature file becomes, a verified one holds the true key's signature.
func FuzzSignature(f *testing.F) {
	k := key(f, 1)
	good := signed(f, contents(), k, key(f, 2))
	honest := map[string]bool{}
	for _, b := range [][]byte{good[sigPath], foreign(f, good, 1, 1), foreign(f, good, 2, 1)} {
		f.Add(b)
		honest[signatureOf(f, b)] = true
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r := request(t, good)
		r.Signature, r.Trust, r.Files = in, trusting(k), nil
		v, err := integrity.Verify(t.Context(), r)
		if err == nil && v.Verdict == "ok" && (v.KeyID != k.Public().ID() || !honest[signatureOf(t, in)]) {
			t.Errorf("verified: %s", in)
		}
	})
}

// FuzzTrustedKeys: a list that does not name the key, directly or through records, does not trust it.
func FuzzTrustedKeys(f *testing.F) {
	a, b := key(f, 1), key(f, 2)
	good := signed(f, contents(), b)
	f.Add(listOf(f, nil, row(b, "active")))
	f.Add(listOf(f, []report.Rotation{rotate(f, a, b, madeAt)}, until(row(a, "retired"), now)))
	f.Fuzz(func(t *testing.T, in []byte) {
		trust, err := integrity.ParseTrusted("trusted.json", in)
		if err != nil {
			return
		}
		r := request(t, good)
		r.Trust, r.Files = trust, nil
		if verify(t, r).Verdict != "ok" {
			return
		}
		var list report.TrustedKeys
		if err := json.Unmarshal(in, &list); err != nil {
			t.Fatalf("trusted, and not JSON: %v", err)
		}
		named := slices.ContainsFunc(list.Keys, func(k report.TrustedKey) bool { return k.PublicKeyBase64 == b.Public().Base64() }) ||
			slices.ContainsFunc(list.Rotations, func(r report.Rotation) bool { return r.New == b.Public().Base64() })
		if !named {
			t.Errorf("trusted: %s", in)
		}
	})
}

// FuzzRotation: a record leads from one key to another only as the two keys signed it.
func FuzzRotation(f *testing.F) {
	a, b := key(f, 1), key(f, 2)
	record := rotate(f, a, b, madeAt)
	good := signed(f, contents(), b)
	f.Add(encode(f, record))
	f.Add(listOf(f, []report.Rotation{record}))
	f.Fuzz(func(t *testing.T, in []byte) {
		trust := trusting(a)
		if trust.AddRotations("record", in) != nil {
			return
		}
		r := request(t, good)
		r.Trust, r.Files = trust, nil
		if v := verify(t, r); v.Verdict != "ok" {
			return
		}
		var one report.Rotation
		var list report.TrustedKeys
		if json.Unmarshal(in, &one) != nil || json.Unmarshal(in, &list) != nil {
			t.Fatalf("trusted, and not JSON: %s", in)
		}
		for _, r := range append(list.Rotations, one) {
			if r.OldSignatureBase64 == record.OldSignatureBase64 && r.Reason == record.Reason && r.New == record.New {
				return
			}
		}
		t.Errorf("trusted: %s", in)
	})
}

// FuzzBundle covers the Sigstore bundle, the statement inside and the other files for verification by hand.
func FuzzBundle(f *testing.F) {
	k := key(f, 1)
	good := signed(f, contents(), k)
	names := []string{"checksums.sigstore.json", "checksums.minisig", "minisign.pub", "checksums-pubkey.pem", "checksums-pubkey.txt", "SHA256SUMS", "checksums-badge.json"}
	for i, name := range names {
		f.Add(uint8(i), good["status/"+name])
	}
	f.Fuzz(func(t *testing.T, which uint8, in []byte) {
		name := "status/" + names[int(which)%len(names)]
		g := good.clone()
		g[name] = in
		r := request(t, g)
		r.Trust, r.Files = trusting(k), nil
		// Only the bundle has parts that nothing binds: white space, and members that no one knows.
		if v := verify(t, r); v.Verdict == "ok" && !bytes.Equal(in, good[name]) && name != "status/checksums.sigstore.json" {
			t.Errorf("%s verified: %q", name, in)
		}
	})
}

// FuzzKeys reads public and private keys in every form; what is read back is the same key.
func FuzzKeys(f *testing.F) {
	k := key(f, 1).Public()
	f.Add([]byte(k.Base64() + "\n"))
	f.Add(k.PEM())
	f.Add(k.Minisign())
	f.Add([]byte(`{"seed_base64":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		if p, err := integrity.ParsePublicKey("key", in); err == nil {
			for _, form := range [][]byte{[]byte(p.Base64()), p.PEM(), p.Minisign()} {
				if again, err := integrity.ParsePublicKey("key", form); err != nil || again != p {
					t.Errorf("%q: %v", form, err)
				}
			}
		}
		if s, err := integrity.ParseSeed("seed", string(in)); err == nil && len(s.Public().Base64()) != (ed25519.PublicKeySize+2)/3*4 {
			t.Errorf("%q gave the key %s", in, s.Public())
		}
	})
}

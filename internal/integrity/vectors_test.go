package integrity

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func load(t testing.TB, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(vectors(t, name), v); err != nil {
		t.Fatal(err)
	}
}

// accepts reports whether a signature under a raw key passes: the key's own checks and the equation.
func accepts(raw, message, sig []byte) bool {
	k, bad := newPublicKey("key", raw)
	return bad == nil && k.verify(message, sig)
}

func TestRFC8032(t *testing.T) {
	var cases []struct{ Name, Seed, Pub, Msg, Sig, Alg string }
	load(t, "rfc8032/rfc8032.json", &cases)
	pure := 0
	for _, c := range cases {
		k, err := newPrivateKey(unhex(t, c.Seed))
		if err != nil {
			t.Fatal(err)
		}
		msg, sig := unhex(t, c.Msg), unhex(t, c.Sig)
		if got := hex.EncodeToString([]byte(k.public.raw)); got != c.Pub {
			t.Errorf("%s: public key %s", c.Name, got)
		}
		if c.Alg != "Ed25519" { // the prehashed variant is another algorithm, and not ours
			if k.public.verify(msg, sig) {
				t.Errorf("%s: a signature of %s passed as Ed25519", c.Name, c.Alg)
			}
			continue
		}
		pure++
		if got := k.sign(msg); string(got) != string(sig) || !accepts([]byte(k.public.raw), msg, sig) {
			t.Errorf("%s: signature %x", c.Name, got)
		}
	}
	if pure != 4 {
		t.Errorf("%d vectors of plain Ed25519", pure)
	}
}

func TestWycheproof(t *testing.T) {
	var file struct {
		NumberOfTests int
		TestGroups    []struct {
			PublicKey struct{ Pk string }
			Tests     []struct {
				TcID                      int
				Comment, Msg, Sig, Result string
			}
		}
	}
	load(t, "wycheproof/ed25519_test.json", &file)
	seen := 0
	for _, g := range file.TestGroups {
		for _, c := range g.Tests {
			seen++
			if got := accepts(unhex(t, g.PublicKey.Pk), unhex(t, c.Msg), unhex(t, c.Sig)); got != (c.Result == "valid") {
				t.Errorf("%d (%s): %v, want %s", c.TcID, c.Comment, got, c.Result)
			}
		}
	}
	if seen != file.NumberOfTests || seen < 150 {
		t.Errorf("%d of %d tests seen", seen, file.NumberOfTests)
	}
}

// TestSpeccheck holds us to the row of libsodium, with which the first verifier of these files was built.
func TestSpeccheck(t *testing.T) {
	var cases []struct {
		Message, Signature string
		PubKey             string `json:"pub_key"`
	}
	load(t, "speccheck/cases.json", &cases)
	const libsodium = "XXXVXXXXXXXX"
	if len(cases) != len(libsodium) {
		t.Fatalf("%d cases", len(cases))
	}
	for i, c := range cases {
		if got := accepts(unhex(t, c.PubKey), unhex(t, c.Message), unhex(t, c.Signature)); got != (libsodium[i] == 'V') {
			t.Errorf("case %d: %v", i, got)
		}
	}
}

func TestSmallOrderKeys(t *testing.T) {
	var file struct {
		Keys []struct{ Hex, Base64 string }
	}
	load(t, "ed25519/small-order-pubkeys.json", &file)
	if len(file.Keys) != 14 {
		t.Errorf("%d keys", len(file.Keys))
	}
	for _, k := range file.Keys {
		if _, bad := newPublicKey("key", unhex(t, k.Hex)); bad == nil || bad.reason != "key-small-order" {
			t.Errorf("%s: %v", k.Hex, bad)
		}
		if _, bad := parsePublicKey("key", k.Base64); bad == nil || bad.reason != "key-small-order" {
			t.Errorf("%s: %v", k.Base64, bad)
		}
	}
}

// TestKeyEncoding needs no published vectors: 2^255-19+3 encodes a point whose canonical y is 3, and small keys of our own.
func TestKeyEncoding(t *testing.T) {
	high := make([]byte, 32)
	for i := range high {
		high[i] = 0xff
	}
	high[0], high[31] = 0xf0, 0x7f
	for name, c := range map[string]struct {
		raw    []byte
		reason string
	}{
		"not canonical": {high, "key-malformed"},
		"negative zero": {append(make([]byte, 31), 0x80), "key-small-order"},
		"identity":      {append([]byte{1}, make([]byte, 31)...), "key-small-order"},
		"short":         {make([]byte, 31), "key-malformed"},
		"long":          {make([]byte, 33), "key-malformed"},
		"empty":         {nil, "key-malformed"},
	} {
		if _, bad := newPublicKey("key", c.raw); bad == nil || bad.reason != c.reason {
			t.Errorf("%s: %v", name, bad)
		}
	}
	if (PublicKey{}).verify(nil, make([]byte, 64)) {
		t.Error("no key verified something")
	}
}

func TestStrictBase64(t *testing.T) {
	for _, s := range []string{"AA==\n", "A A=", "AB==", "AAA", "AA=", "-_-_", "AAAA=", "AA==AA==", "A\r\nA=="} {
		if b, err := decodeBase64(s); err == nil {
			t.Errorf("%q gave %x", s, b)
		}
	}
	for _, want := range []string{"", "\x00", "ab", "\xff\xfe\xfd"} {
		if b, err := decodeBase64(base64.StdEncoding.EncodeToString([]byte(want))); err != nil || string(b) != want {
			t.Errorf("%q: %q, %v", want, b, err)
		}
	}
}

func FuzzBase64(f *testing.F) {
	for _, s := range []string{"", "AA==", "AB==", "AAA=", "AAAA", "-_==", "A A="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if b, err := decodeBase64(s); err == nil && base64.StdEncoding.EncodeToString(b) != s {
			t.Errorf("%q is a second spelling of %x", s, b)
		}
	})
}

package integrity_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// listOf is a trusted.json with these keys and records.
func listOf(t testing.TB, rotations []report.Rotation, keys ...report.TrustedKey) []byte {
	t.Helper()
	b := encode(t, report.TrustedKeys{Schema: integrity.TrustedSchema, Keys: keys, Rotations: rotations})
	if err := schemas.Validate("trusted-keys", b); err != nil {
		t.Fatal(err)
	}
	return b
}

func parseTrust(t testing.TB, b []byte) *integrity.Trust {
	t.Helper()
	tr, err := integrity.ParseTrusted("trusted.json", b)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func row(k integrity.PrivateKey, status string) report.TrustedKey {
	return report.TrustedKey{PublicKeyBase64: k.Public().Base64(), KeyID: k.Public().ID(), Status: status}
}

func from(r report.TrustedKey, at time.Time) report.TrustedKey {
	r.NotBefore = report.At(at)
	return r
}

func until(r report.TrustedKey, at time.Time) report.TrustedKey {
	r.NotAfter = report.At(at)
	return r
}

func rotate(t testing.TB, old, next integrity.PrivateKey, at time.Time) report.Rotation {
	t.Helper()
	r, err := integrity.Rotate(old, next, at, "planned <rotation> & \"é\"")
	if err != nil {
		t.Fatal(err)
	}
	if err := schemas.Validate("key-rotation", encode(t, r)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTrust(t *testing.T) {
	a, b, c := key(t, 1), key(t, 2), key(t, 3)
	byA, byC := signed(t, contents(), a), signed(t, contents(), c)
	var sums report.Checksums
	if err := json.Unmarshal(byA["status/checksums.json"], &sums); err != nil {
		t.Fatal(err)
	}
	accepting := row(a, "retired")
	accepting.Accepts = []string{strings.Repeat("0", 64), sums.AggregateSHA256}
	revokedAccepting := accepting
	revokedAccepting.Status = "revoked"
	before, after := signedAt.Add(-time.Second), signedAt.Add(time.Second)
	later := now.Add(time.Hour)
	aToB, bToC := rotate(t, a, b, madeAt.Add(-time.Hour)), rotate(t, b, c, madeAt.Add(-time.Minute))
	aToC, cToA := rotate(t, a, c, madeAt), rotate(t, c, a, madeAt)
	forged := aToB
	forged.New = c.Public().Base64() // signed by a and b, about c
	half := rotate(t, b, c, madeAt)  // b is not trusted; old is rewritten to a, which did not sign
	half.Old = a.Public().Base64()

	for _, x := range []struct {
		name    string
		bundle  folder
		list    []byte
		unbound bool // the statement, and with it the signed time, was taken away
		reasons string
	}{
		{"active", byA, listOf(t, nil, row(a, "active")), false, ""},
		{"active without a statement", byA, listOf(t, nil, row(a, "active")), true, ""},
		{"another key", byA, listOf(t, nil, row(b, "active")), false, "key-untrusted"},
		{"no key", byA, listOf(t, nil), false, "key-untrusted"},
		{"revoked", byA, listOf(t, nil, row(a, "revoked")), false, "key-revoked"},
		{"revoked, aggregate accepted", byA, listOf(t, nil, revokedAccepting), false, "key-revoked"},
		{"retired in time", byA, listOf(t, nil, until(row(a, "retired"), after)), false, ""},
		{"retired at that second", byA, listOf(t, nil, until(row(a, "retired"), signedAt)), false, ""},
		{"retired before", byA, listOf(t, nil, until(row(a, "retired"), before)), false, "key-retired"},
		{"retired, no day", byA, listOf(t, nil, row(a, "retired")), false, "key-retired"},
		{"retired, no statement", byA, listOf(t, nil, until(row(a, "retired"), after)), true, "key-retired"},
		{"retired, aggregate accepted", byA, listOf(t, nil, accepting), true, ""},
		{"ended in time", byA, listOf(t, nil, until(row(a, "active"), after)), false, ""},
		{"ended before", byA, listOf(t, nil, until(row(a, "active"), before)), false, "key-expired"},
		{"ended, no statement", byA, listOf(t, nil, until(row(a, "active"), after)), true, "key-expired"},
		{"ends later, no statement", byA, listOf(t, nil, until(row(a, "active"), later)), true, ""},
		{"begun", byA, listOf(t, nil, from(row(a, "active"), before)), false, ""},
		{"not begun", byA, listOf(t, nil, from(row(a, "active"), after)), false, "key-not-yet-valid"},
		{"begun, no statement", byA, listOf(t, nil, from(row(a, "active"), before)), true, "(time-not-signed)"},
		{"not begun, no statement", byA, listOf(t, nil, from(row(a, "active"), after)), true, "key-not-yet-valid"},
		{"begins in the future, no statement", byA, listOf(t, nil, from(row(a, "active"), later)), true, "key-not-yet-valid"},

		{"chain of three", byC, listOf(t, []report.Rotation{bToC, aToB}, row(a, "active")), false, ""},
		{"chain from a retired key", byC, listOf(t, []report.Rotation{aToB, bToC}, until(row(a, "retired"), madeAt)), false, ""},
		{"chain with a gap", byC, listOf(t, []report.Rotation{bToC}, row(a, "active")), false, "key-untrusted"},
		{"chain backwards", byA, listOf(t, []report.Rotation{aToB, bToC}, row(c, "active")), false, "key-untrusted"},
		{"chain to a revoked key", byC, listOf(t, []report.Rotation{aToB, bToC}, row(a, "active"), row(c, "revoked")), false, "key-revoked"},
		{"chain through a revoked key", byC, listOf(t, []report.Rotation{aToB, bToC}, row(a, "active"), row(b, "revoked")), false, "(rotation-void) key-untrusted"},
		{"chain from a revoked key", byC, listOf(t, []report.Rotation{aToB, bToC}, row(a, "revoked")), false, "(rotation-void) key-untrusted"},
		{"handed over after it ended", byC, listOf(t, []report.Rotation{aToB, bToC}, until(row(a, "retired"), madeAt.Add(-2*time.Hour))), false,
			"(rotation-void) key-untrusted"},
		{"a key hands over twice", byC, listOf(t, []report.Rotation{aToB, aToC, bToC}, row(a, "active")), false, "(rotation-branched)"},
		{"one record twice", byC, listOf(t, []report.Rotation{aToB, aToB, bToC}, row(a, "active")), false, ""},
		{"a loop", byC, listOf(t, []report.Rotation{aToB, bToC, cToA}, row(a, "active")), false, ""},
		{"a loop beside the way", byC, listOf(t, []report.Rotation{aToB, rotate(t, b, a, madeAt)}, row(a, "active")), false, "key-untrusted"},
		{"a forged record before the true ones", byC, listOf(t, []report.Rotation{forged, aToB, bToC}, row(a, "active")), false, "(rotation-forged)"},
		{"a record that came too late before one in time", byC, listOf(t, []report.Rotation{rotate(t, a, b, madeAt.Add(time.Hour)), aToC}, until(row(a, "active"), madeAt)), false, "(rotation-void)"},
		{"forged: new key exchanged", byC, listOf(t, []report.Rotation{forged}, row(a, "active")), false, "(rotation-forged) key-untrusted"},
		{"forged: old key exchanged", byC, listOf(t, []report.Rotation{half}, row(a, "active")), false, "(rotation-forged) key-untrusted"},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := request(t, x.bundle)
			r.Trust = parseTrust(t, x.list)
			if x.unbound {
				f := x.bundle.clone()
				delete(f, "status/checksums.sigstore.json")
				r.Beside, r.ByHand = f.status(t), false
			}
			v := verify(t, r)
			if got := reasons(v); got != x.reasons || (v.Verdict == "ok") != (x.reasons == "" || strings.HasPrefix(x.reasons, "(") && !strings.Contains(x.reasons, " ")) {
				t.Errorf("%s %q, want %q", v.Verdict, got, x.reasons)
			}
			r.ByHand = false // the signed time counts all the same
			if got := reasons(verify(t, r)); got != x.reasons {
				t.Errorf("signature only: %q, want %q", got, x.reasons)
			}
		})
	}
}

// TestAnotherBundlesTime takes the statement, and its older time, from another bundle of the same retired key.
func TestAnotherBundlesTime(t *testing.T) {
	k := key(t, 1)
	f := signed(t, contents(), k)
	other := contents()
	other["status/empty.json"] = []byte("not empty")
	f["status/checksums.sigstore.json"] = signed(t, other, k)["status/checksums.sigstore.json"]
	r := request(t, f)
	r.Trust = parseTrust(t, listOf(t, nil, until(row(k, "retired"), now)))
	if v := verify(t, r); reasons(v) != "key-retired sigstore-mismatch" || v.SignedAtBound {
		t.Errorf("%s", reasons(v))
	}
	r.ByHand = false
	if v := verify(t, r); reasons(v) != "key-retired" {
		t.Errorf("signature only: %s", reasons(v))
	}
}

func TestOverlap(t *testing.T) {
	old, next, other := key(t, 1), key(t, 2), key(t, 3)
	f := signed(t, contents(), next, old)
	for name, c := range map[string]struct {
		list    []byte
		reasons string
		id      string
	}{
		"the old key is known":                   {listOf(t, nil, row(old, "active")), "", old.Public().ID()},
		"the new key is known":                   {listOf(t, nil, row(next, "active")), "", next.Public().ID()},
		"the old key in time":                    {listOf(t, nil, until(row(old, "retired"), signedAt)), "", old.Public().ID()},
		"the old key too late":                   {listOf(t, nil, until(row(old, "retired"), madeAt)), "key-retired key-untrusted", ""},
		"the old key revoked, the new one known": {listOf(t, nil, row(old, "revoked"), row(next, "active")), "", next.Public().ID()},
		"neither":                                {listOf(t, nil, row(other, "active")), "key-untrusted", ""},
	} {
		r := request(t, f)
		r.Trust = parseTrust(t, c.list)
		if v := verify(t, r); reasons(v) != c.reasons || v.KeyID != c.id {
			t.Errorf("%s: %s, key %s", name, reasons(v), v.KeyID)
		}
	}
	// Any invalid signature in the file is refused, also one that trust does not rest on.
	for member, value := range map[string]string{"signature_base64": "", "statement_signature_base64": "", "public_key_base64": other.Public().Base64(), "key_id": other.Public().ID()} {
		g := f.clone()
		g["status/checksums-signature.json"] = edit(t, f["status/checksums-signature.json"], func(m map[string]any) {
			a := m["additional_signatures"].([]any)[0].(map[string]any)
			if value == "" {
				value = m["signature_base64"].(string)
			}
			a[member] = value
		})
		r := request(t, g)
		r.Trust = trusting(next)
		if v := verify(t, r); v.Verdict != "fail" {
			t.Errorf("%s replaced: %s %s", member, v.Verdict, reasons(v))
		}
	}
}

func TestRotationsAlone(t *testing.T) {
	a, b, c := key(t, 1), key(t, 2), key(t, 3)
	list := listOf(t, []report.Rotation{rotate(t, a, b, madeAt)}, row(c, "active"))
	r := request(t, signed(t, contents(), b))
	r.Trust = trusting(a)
	if err := r.Trust.AddRotations("published", list); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, r); v.Verdict != "ok" {
		t.Errorf("through the record: %s", reasons(v))
	}
	r = request(t, signed(t, contents(), c))
	r.Trust = trusting(a)
	if err := r.Trust.AddRotations("published", list); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, r); reasons(v) != "key-untrusted" {
		t.Errorf("a key of a list that gives only records: %s", reasons(v))
	}
	r = request(t, signed(t, contents(), b))
	r.Trust = trusting(a)
	if err := r.Trust.AddRotations("record", encode(t, rotate(t, a, b, madeAt))); err != nil || verify(t, r).Verdict != "ok" {
		t.Errorf("a record alone: %v", err)
	}
}

// TestAPinnedKeyAndAList: who pins a key trusts that key, and of a list beside it only the revocations count.
func TestAPinnedKeyAndAList(t *testing.T) {
	a, b := key(t, 1), key(t, 2)
	byA, byB := signed(t, contents(), a), signed(t, contents(), b)
	aToB := rotate(t, a, b, madeAt)
	for name, c := range map[string]struct {
		bundle  folder
		list    []byte
		reasons string
	}{
		"the list does not know it":        {byA, listOf(t, nil, row(b, "active")), ""},
		"the list has it active":           {byA, listOf(t, nil, row(a, "active")), ""},
		"the list has it revoked":          {byA, listOf(t, nil, row(a, "revoked")), "key-revoked"},
		"the list has it retired before":   {byA, listOf(t, nil, until(row(a, "retired"), madeAt)), ""},
		"only the list knows the signer":   {byB, listOf(t, nil, row(b, "active")), "key-untrusted"},
		"a record of the list leads there": {byB, listOf(t, []report.Rotation{aToB}), "key-untrusted"},
		"the signer is revoked":            {byB, listOf(t, nil, row(b, "revoked")), "key-revoked"},
	} {
		r := request(t, c.bundle)
		r.Trust = trusting(a)
		r.Trust.Believe(parseTrust(t, c.list))
		if v := verify(t, r); reasons(v) != c.reasons {
			t.Errorf("%s: %s, want %s", name, reasons(v), c.reasons)
		}
	}
	r := request(t, byA)
	r.Trust = trusting(a)
	if err := r.Trust.AddRotations("published", listOf(t, nil, row(a, "revoked"))); err != nil || reasons(verify(t, r)) != "key-revoked" {
		t.Errorf("revoked in the published list: %v %s", err, reasons(verify(t, r)))
	}
}

func TestTrustedKeysAreReadStrictly(t *testing.T) {
	good := string(listOf(t, nil, row(key(t, 1), "active")))
	k := key(t, 1).Public()
	for name, c := range map[string]struct {
		text     string
		readable bool
	}{
		"not JSON":       {"keys:", false},
		"no keys":        {"{}", true},
		"status":         {strings.Replace(good, `"active"`, `"Active"`, 1), true},
		"no status":      {strings.Replace(good, `"status"`, `"sstatus"`, 1), true},
		"case variant":   {strings.Replace(good, `"status"`, `"Status"`, 1), true},
		"duplicate":      {strings.Replace(good, `"status"`, `"status":"revoked","status"`, 1), true},
		"time":           {strings.Replace(good, `"status"`, `"not_after":"soon","status"`, 1), true},
		"key id":         {strings.Replace(good, k.ID(), strings.Repeat("0", 16), 1), true},
		"base64":         {strings.Replace(good, k.Base64(), "AAAA", 1), true},
		"small order":    {strings.Replace(good, k.Base64(), "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 1), true},
		"twice":          {string(listOf(t, nil, row(key(t, 1), "active"), row(key(t, 1), "revoked"))), true},
		"trailing bytes": {good + "{}", true},
		"later schema":   {strings.Replace(good, "trusted-keys/v1", "trusted-keys/v2", 1), false},
		"too large":      {good + strings.Repeat(" ", maxTrusted+1-len(good)), true},
	} {
		_, err := integrity.ParseTrusted("trusted.json", []byte(c.text))
		var unreadable *integrity.Unreadable
		var refused *integrity.Refused
		if c.readable && !errors.As(err, &refused) || !c.readable && !errors.As(err, &unreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const maxTrusted = 4 << 20

// TestTrustedKeysByHand: people write the list, too; what they may leave out, and how a mistake is named.
func TestTrustedKeysByHand(t *testing.T) {
	a := row(key(t, 1), "active")
	good := string(listOf(t, nil, a))
	padded := func(size int) string { return strings.Replace(good, "{", "{"+strings.Repeat(" ", size-len(good)), 1) }
	for _, text := range []string{good, strings.Replace(good, `"schema"`, `"$comment"`, 1), strings.Replace(good, `"`+integrity.TrustedSchema+`"`, "null", 1), padded(maxTrusted)} {
		if _, err := integrity.ParseTrusted("trusted.json", []byte(text)); err != nil {
			t.Errorf("%.200s: %v", text, err)
		}
		if err := trusting(key(t, 1)).AddRotations("trusted.json", []byte(text)); err != nil {
			t.Errorf("%.200s: %v", text, err)
		}
	}
	if err := trusting(key(t, 1)).AddRotations("trusted.json", []byte(padded(maxTrusted+1))); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a list beyond the limit: %v", err)
	}
	_, err := integrity.ParseTrusted("trusted.json", listOf(t, nil, a, a))
	if err == nil || !strings.Contains(err.Error(), "trusted.json: key 2") {
		t.Errorf("the second key is named as %v", err)
	}
	r := request(t, signed(t, contents(), key(t, 1)))
	forged := rotate(t, key(t, 1), key(t, 2), madeAt)
	forged.Reason = "other"
	r.Trust = parseTrust(t, listOf(t, []report.Rotation{rotate(t, key(t, 1), key(t, 2), madeAt), forged}, a))
	if says := messages(verify(t, r), "rotation-forged"); !strings.HasPrefix(says, "trusted.json: rotation 2:") {
		t.Errorf("the second record is named as %s", says)
	}
}

// TestRotationPayload: both keys sign the record as any other program can rebuild it.
func TestRotationPayload(t *testing.T) {
	r, err := integrity.Rotate(key(t, 1), key(t, 2), madeAt, "planned")
	if err != nil {
		t.Fatal(err)
	}
	message := `{"created_at":"2025-09-17T10:00:00Z","new":"` + r.New + `","old":"` + r.Old + `","reason":"planned","schema":"govctl/key-rotation/v1"}`
	for public, signature := range map[string]string{r.Old: r.OldSignatureBase64, r.New: r.NewSignatureBase64} {
		k, err := base64.StdEncoding.DecodeString(public)
		s, err2 := base64.StdEncoding.DecodeString(signature)
		if errors.Join(err, err2) != nil || !ed25519.Verify(k, []byte(message), s) {
			t.Errorf("%s did not sign %s", public, message)
		}
	}
}

func TestRotateRefusesOneKey(t *testing.T) {
	if _, err := integrity.Rotate(key(t, 1), key(t, 1), now, ""); err == nil {
		t.Error("a key handed over to itself")
	}
}

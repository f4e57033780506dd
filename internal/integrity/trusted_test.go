package integrity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

// told is a list of keys in a line: the first byte of each seed with what is said of it.
func told(t *testing.T, list report.TrustedKeys) string {
	t.Helper()
	var parts []string
	for _, k := range list.Keys {
		name := "?"
		for seed := byte(1); seed < 9; seed++ {
			if key(t, seed).Public().Base64() == k.PublicKeyBase64 {
				name = string(rune('0' + seed))
			}
		}
		if k.KeyID == "" {
			name += " without id"
		}
		if !k.NotAfter.IsZero() {
			name += " until " + k.NotAfter.Format(time.TimeOnly)
		}
		parts = append(parts, name+" "+strings.TrimSpace(k.Status+" "+k.Reason))
	}
	return strings.Join(parts, ", ")
}

// TestEditTrusted: a list that is changed by a command loses nothing that people wrote into it.
func TestEditTrusted(t *testing.T) {
	good := listOf(t, []report.Rotation{rotate(t, key(t, 1), key(t, 2), madeAt)}, row(key(t, 1), "active"), row(key(t, 2), "retired"))
	list, err := integrity.EditTrusted("trusted.json", good)
	if err != nil || told(t, list) != "1 active, 2 retired" || len(list.Rotations) != 1 {
		t.Errorf("%s, %v", told(t, list), err)
	}
	var unreadable *integrity.Unreadable
	if _, err := integrity.EditTrusted("trusted.json", []byte(strings.Replace(string(good), `"keys"`, `"note":"ours","keys"`, 1))); !errors.As(err, &unreadable) || !strings.Contains(unreadable.Hint, "manually") {
		t.Errorf("a member that would be lost: %v", err)
	}
	var refused *integrity.Refused
	if _, err := integrity.EditTrusted("trusted.json", []byte(`{"keys":[{"public_key_base64":"AAAA","status":"active"}]}`)); !errors.As(err, &refused) {
		t.Errorf("a key that is none: %v", err)
	}
}

// TestHandOver: the old key ends when its successor begins, or goes on for the days of the overlap.
func TestHandOver(t *testing.T) {
	r := rotate(t, key(t, 1), key(t, 2), madeAt)
	known := report.TrustedKeys{Keys: []report.TrustedKey{row(key(t, 3), "active"), row(key(t, 1), "active")}}
	for name, c := range map[string]struct {
		list report.TrustedKeys
		end  time.Time
		want string
	}{
		"at once":         {known, madeAt, "3 active, 1 until 10:00:00 retired " + r.Reason + ", 2 active"},
		"with an overlap": {known, madeAt.Add(time.Hour), "3 active, 1 until 11:00:00 active " + r.Reason + ", 2 active"},
		"an empty list":   {report.TrustedKeys{}, madeAt, "1 until 10:00:00 retired " + r.Reason + ", 2 active"},
		"both are known":  {report.TrustedKeys{Keys: []report.TrustedKey{row(key(t, 2), "active"), row(key(t, 1), "active")}}, madeAt, "2 active, 1 until 10:00:00 retired " + r.Reason},
	} {
		got := integrity.HandOver(c.list, r, c.end)
		if told(t, got) != c.want || len(got.Rotations) != 1 || got.Schema != integrity.TrustedSchema {
			t.Errorf("%s: %s, want %s", name, told(t, got), c.want)
		}
	}
	if told(t, known) != "3 active, 1 active" {
		t.Errorf("the list that was handed in is changed: %s", told(t, known))
	}
}

// TestRevoke: a key is revoked by its id or by itself, also one that the list does not know, so that no record leads to it.
func TestRevoke(t *testing.T) {
	list := report.TrustedKeys{Keys: []report.TrustedKey{{PublicKeyBase64: "damaged", Status: "active"}, row(key(t, 1), "active"), row(key(t, 2), "active")}}
	for name, c := range map[string]struct{ key, want string }{
		"by its id":        {key(t, 2).Public().ID(), "? without id active, 1 active, 2 revoked stolen"},
		"by itself":        {key(t, 1).Public().Base64(), "? without id active, 1 revoked stolen, 2 active"},
		"not in the list":  {key(t, 3).Public().Base64(), "? without id active, 1 active, 2 active, 3 revoked stolen"},
		"unknown by id":    {key(t, 3).Public().ID(), ""},
		"no key":           {"", ""},
		"the damaged line": {"damaged", ""},
	} {
		got, k, err := integrity.Revoke(list, c.key, "stolen")
		if (err == nil) != (c.want != "") || err == nil && (told(t, got) != c.want || k.ID() != c.key && k.Base64() != c.key) {
			t.Errorf("%s: %s, %v; want %s", name, told(t, got), err, c.want)
		}
	}
	if told(t, list) != "? without id active, 1 active, 2 active" {
		t.Errorf("the list that was handed in is changed: %s", told(t, list))
	}
}

// TestPreviousKeys: who verifies by hand is told which keys signed before, and never a revoked one.
func TestPreviousKeys(t *testing.T) {
	list := listOf(t, nil, row(key(t, 3), "retired"), row(key(t, 1), "active"), row(key(t, 4), "revoked"), row(key(t, 2), "active"))
	keys, err := integrity.PreviousKeys("trusted.json", list, key(t, 1).Public())
	if err != nil || len(keys) != 2 || keys[0] != key(t, 3).Public() || keys[1] != key(t, 2).Public() {
		t.Errorf("%v %v", keys, err)
	}
	if _, err := integrity.PreviousKeys("trusted.json", []byte(`{"keys":[{"public_key_base64":"AAAA"}]}`), key(t, 1).Public()); err == nil {
		t.Error("a list with a damaged key was read")
	}
}

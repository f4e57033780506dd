package integrity

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Status of a trusted key.
const (
	Active  = "active"
	Retired = "retired" // verifies what it signed before its not_after
	Revoked = "revoked" // verifies nothing
)

// TrustedSchema names the shape of trusted.json.
const TrustedSchema = "govctl/trusted-keys/v1"

// Trust is what a verifier holds to be true before it looks at a bundle. The zero value trusts no key.
type Trust struct {
	keys    map[PublicKey]trusted
	records []rotation
	bad     []*refusal // records that hand nothing over
}

type trusted struct {
	status              string
	notBefore, notAfter time.Time
	accepts             []string
}

// wireTrusted is trusted.json, which people also write by hand.
type wireTrusted struct {
	Schema jsontext.Value `json:"schema"`
	Keys   *[]struct {
		PublicKeyBase64 string   `json:"public_key_base64"`
		KeyID           string   `json:"key_id"`
		Status          string   `json:"status"`
		NotBefore       string   `json:"not_before"`
		NotAfter        string   `json:"not_after"`
		Accepts         []string `json:"accepts"`
		Reason          string   `json:"reason"`
	} `json:"keys"`
	Rotations []wireRotation `json:"rotations"`
}

// ParseTrusted reads trusted.json. The error is an *Unreadable or a *Refused. Rotation records that do not hold are kept out
// and named when a verification asks.
func ParseTrusted(file string, data []byte) (*Trust, error) {
	t := &Trust{}
	return t, public(t.read(file, data))
}

func (t *Trust) read(file string, data []byte) error {
	if len(data) > maxTrusted {
		return refuse("too-large", file, "more than %d bytes", maxTrusted)
	}
	var w wireTrusted
	if err := decode(file, data, &w); err != nil {
		return err
	}
	if s := string(w.Schema); s != "" && s != "null" && s != strconv.Quote(TrustedSchema) {
		return &Unreadable{Place: report.Place{File: file}, Msg: fmt.Sprintf("its schema is %.80s, and this govctl reads %s", s, TrustedSchema), Hint: "use the govctl that wrote it, or a later one"}
	}
	if w.Keys == nil {
		return refuse("shape-wrong", file, "it has no keys")
	}
	for i, k := range *w.Keys {
		what := fmt.Sprintf("%s: key %d", file, i+1)
		key, bad := parsePublicKey(what, k.PublicKeyBase64)
		e := trusted{status: k.Status, accepts: k.Accepts}
		var err1, err2 error
		e.notBefore, err1 = parseTime(k.NotBefore)
		e.notAfter, err2 = parseTime(k.NotAfter)
		_, twice := t.keys[key]
		switch {
		case bad != nil:
			return bad
		case !slices.Contains([]string{Active, Retired, Revoked}, k.Status):
			return refuse("shape-wrong", what, "status %.40q is not one of %s, %s, %s", k.Status, Active, Retired, Revoked)
		case errors.Join(err1, err2) != nil:
			return refuse("shape-wrong", what, "not_before or not_after is not an RFC 3339 time")
		case k.KeyID != "" && k.KeyID != key.ID():
			return refuse("key-id-mismatch", what, "key_id is %.40q, the key's is %s", k.KeyID, key.ID())
		case twice:
			return refuse("shape-wrong", what, "%s is listed twice", key.ID())
		}
		t.add(key, e)
	}
	t.addRecords(file, w.Rotations)
	return nil
}

func (t *Trust) add(k PublicKey, e trusted) {
	if t.keys == nil {
		t.keys = map[PublicKey]trusted{}
	}
	t.keys[k] = e
}

func (t *Trust) addRecords(file string, records []wireRotation) {
	for i, w := range records {
		r, bad := w.check(fmt.Sprintf("%s: rotation %d", file, i+1))
		if bad != nil {
			t.bad = append(t.bad, bad)
			continue
		}
		t.records = append(t.records, r)
	}
}

// Pin trusts a key without limits, unless the list says more about it.
func (t *Trust) Pin(k PublicKey) {
	if _, listed := t.keys[k]; !listed {
		t.add(k, trusted{status: Active})
	}
}

// Accepts reports whether what the key signs now is accepted by this list: it is in it, or was handed over to, and is not revoked.
func (t *Trust) Accepts(k PublicKey) bool {
	reached, _ := t.reach()
	e, ok := reached[k]
	return ok && e.status != Revoked
}

// Believe takes the revocations of a list, and nothing else of it.
func (t *Trust) Believe(list *Trust) {
	for k, e := range list.keys {
		if e.status == Revoked {
			t.add(k, e)
		}
	}
}

// AddRotations takes the rotation records from a file that need not be trusted: a trusted.json as it was published, or a single
// record. Besides them it believes revocations: who forges one can do no more than have a good signature refused.
func (t *Trust) AddRotations(file string, data []byte) error {
	var w struct {
		wireRotation
		Keys []struct {
			PublicKeyBase64 string `json:"public_key_base64"`
			Status          string `json:"status"`
		} `json:"keys"`
		Rotations []wireRotation `json:"rotations"`
	}
	if len(data) > maxTrusted {
		return public(refuse("too-large", file, "more than %d bytes", maxTrusted))
	}
	if err := decode(file, data, &w); err != nil {
		return public(err)
	}
	if w.Schema == rotationSchema {
		w.Rotations = []wireRotation{w.wireRotation}
	}
	for _, row := range w.Keys {
		if k, bad := parsePublicKey(file, row.PublicKeyBase64); bad == nil && row.Status == Revoked {
			t.add(k, trusted{status: Revoked})
		}
	}
	t.addRecords(file, w.Rotations)
	return nil
}

// reach walks the rotation records forward from the trusted keys. It returns what is said about each key, and what is to be said
// about records: those that a key could not make any more, and those that lead to two successors.
func (t *Trust) reach() (map[PublicKey]trusted, []*refusal) {
	reached := map[PublicKey]trusted{}
	var open []PublicKey
	for k, e := range t.keys {
		reached[k] = e
		open = append(open, k)
	}
	var void []*refusal
	heir := map[PublicKey]PublicKey{}
	for len(open) > 0 {
		k := open[0]
		open = open[1:]
		for _, r := range t.records {
			if r.old != k {
				continue
			}
			if why := reached[k].cannotHandOver(r.created); why != "" {
				void = append(void, refuse("rotation-void", k.ID(), "its record of %s for %s does not count: %s", r.created.Format(time.RFC3339), r.new.ID(), why))
				continue
			}
			if other, again := heir[k]; again && other != r.new {
				void = append(void, refuse("rotation-branched", k.ID(), "it transfers trust to both %s and %s", other.ID(), r.new.ID()))
			}
			heir[k] = r.new
			if _, known := reached[r.new]; !known {
				reached[r.new] = trusted{status: Active}
				open = append(open, r.new)
			}
		}
	}
	sorting.Stable(void, func(a, b *refusal) int { return strings.Compare(a.Error(), b.Error()) })
	return reached, void
}

func (e trusted) cannotHandOver(at time.Time) string {
	switch {
	case e.status == Revoked:
		return "the key is revoked"
	case !e.notAfter.IsZero() && at.After(e.notAfter):
		return "the key ended on " + e.notAfter.Format(time.RFC3339)
	case at.Before(e.notBefore):
		return "the key began on " + e.notBefore.Format(time.RFC3339)
	}
	return ""
}

// signing is what is known of one signature when its key is evaluated.
type signing struct {
	key       PublicKey
	aggregate string
	signed    time.Time // bound by a statement of the key; zero without one
	claimed   time.Time // what the signature file says; anyone can have written it
	now       time.Time
}

// evaluate says why a signature of the key does not count, or nil; the second answer is a warning.
//
// A signed time is taken at its word: the key said it. Without one, the signature was made some time before now, and the
// claim can only count against it.
func (e trusted) evaluate(s signing) (no, warn *refusal) {
	id := s.key.ID()
	if e.status == Revoked {
		return refuse("key-revoked", id, "the key is revoked"), nil
	}
	if s.aggregate != "" && slices.Contains(e.accepts, s.aggregate) {
		return nil, nil
	}
	bound := !s.signed.IsZero()
	latest, earliest := s.signed, s.signed
	if !bound {
		latest, earliest = s.now, s.claimed
		if s.claimed.After(latest) {
			latest = s.claimed
		}
	}
	if no := e.tooLate(id, latest, bound); no != nil {
		return no, nil
	}
	if e.notBefore.IsZero() {
		return nil, nil
	}
	switch day := e.notBefore.Format(time.RFC3339); {
	case latest.Before(e.notBefore), !earliest.IsZero() && earliest.Before(e.notBefore):
		return refuse("key-not-yet-valid", id, "the key is valid from %s on", day), nil
	case !bound:
		return nil, refuse("time-not-signed", id, "the key is valid from %s on", day)
	}
	return nil, nil
}

func (e trusted) tooLate(id string, latest time.Time, bound bool) *refusal {
	end := e.notAfter.Format(time.RFC3339)
	switch {
	case e.status == Retired && e.notAfter.IsZero():
		return refuse("key-retired", id, "the key is retired, and the list has neither a date (not_after) nor an exception for this aggregate")
	case e.status == Retired && !bound:
		return refuse("key-retired", id, "the key retired on %s, the time of this signature is not signed, and the list does not accept this aggregate", end)
	case e.notAfter.IsZero() || !latest.After(e.notAfter):
		return nil
	case e.status == Retired:
		return refuse("key-retired", id, "the key retired on %s, the signature is of %s", end, latest.Format(time.RFC3339))
	case !bound:
		return refuse("key-expired", id, "the key ended on %s, and the time of signing cannot be verified", end)
	}
	return refuse("key-expired", id, "the key ended on %s, the signature is of %s", end, latest.Format(time.RFC3339))
}

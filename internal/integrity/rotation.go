package integrity

import (
	"encoding/base64"
	"errors"
	"time"

	"github.com/romel/govctl/pkg/report"
)

const rotationSchema = "govctl/key-rotation/v1"

// rotationPayload is what both keys sign: the record's own members, canonically. The schema name keeps it apart from everything
// else that these keys sign.
func rotationPayload(r wireRotation) []byte {
	b := []byte("{")
	for i, m := range [][2]string{{"created_at", *r.CreatedAt}, {"new", *r.New}, {"old", *r.Old}, {"reason", *r.Reason}, {"schema", rotationSchema}} {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(appendString(b, m[0]), ':'), m[1])
	}
	return append(b, '}')
}

// wireRotation is a record as written; the time stays text, because the text is what was signed.
type wireRotation struct {
	Schema             string  `json:"schema"`
	Old                *string `json:"old"`
	New                *string `json:"new"`
	CreatedAt          *string `json:"created_at"`
	Reason             *string `json:"reason"`
	OldSignatureBase64 *string `json:"old_signature_base64"`
	NewSignatureBase64 *string `json:"new_signature_base64"`
}

// rotation is a record whose two signatures hold.
type rotation struct {
	old, new PublicKey
	created  time.Time
}

// check returns the rotation that a record proves, or why it proves none.
func (w wireRotation) check(what string) (rotation, *refusal) {
	forged := func(format string, args ...any) (rotation, *refusal) {
		return rotation{}, refuse("rotation-forged", what, format, args...)
	}
	if w.Schema != rotationSchema {
		return forged("the schema is %.80q, not %q", w.Schema, rotationSchema)
	}
	for _, m := range []*string{w.Old, w.New, w.CreatedAt, w.Reason, w.OldSignatureBase64, w.NewSignatureBase64} {
		if m == nil {
			return forged("the record is not complete")
		}
	}
	var r rotation
	var bad *refusal
	var err error
	if r.old, bad = parsePublicKey(what, *w.Old); bad != nil {
		return forged("old: %s", bad.detail)
	}
	if r.new, bad = parsePublicKey(what, *w.New); bad != nil {
		return forged("new: %s", bad.detail)
	}
	if r.created, err = time.Parse(time.RFC3339, *w.CreatedAt); err != nil {
		return forged("created_at is not an RFC 3339 time")
	}
	if r.old == r.new {
		return forged("old and new are one key")
	}
	message := rotationPayload(w)
	for _, s := range []struct {
		who string
		key PublicKey
		sig string
	}{{"old", r.old, *w.OldSignatureBase64}, {"new", r.new, *w.NewSignatureBase64}} {
		raw, err := decodeBase64(s.sig)
		if err != nil || !s.key.verify(message, raw) {
			return forged("the %s key %s did not sign it", s.who, s.key.ID())
		}
	}
	return r, nil
}

// Rotate makes the record that old hands over to new, signed by both.
func Rotate(old, new PrivateKey, at time.Time, reason string) (report.Rotation, error) {
	if old.public == new.public {
		return report.Rotation{}, errors.New("rotate: the old and the new key are one key")
	}
	r := report.Rotation{Schema: rotationSchema, Old: old.public.Base64(), New: new.public.Base64(), CreatedAt: report.At(at), Reason: reason}
	created, err := r.CreatedAt.MarshalText()
	if err != nil {
		return report.Rotation{}, err
	}
	text := string(created)
	message := rotationPayload(wireRotation{Old: &r.Old, New: &r.New, CreatedAt: &text, Reason: &r.Reason})
	r.OldSignatureBase64 = base64.StdEncoding.EncodeToString(old.sign(message))
	r.NewSignatureBase64 = base64.StdEncoding.EncodeToString(new.sign(message))
	return r, nil
}

package integrity

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/count"
)

// wireSignature is checksums-signature.json as any tool writes it; a nil member was absent or null.
type wireSignature struct {
	Schema          *string `json:"schema"`
	Algorithm       *string `json:"algorithm"`
	FormatVersion   *int    `json:"signature_format_version"`
	SignedAt        *string `json:"signed_at"`
	Artifact        *string `json:"artifact"`
	AggregateSHA256 *string `json:"aggregate_sha256"`
	Count           *int    `json:"count"`
	Artifacts       *[]struct {
		Path   *string `json:"path"`
		SHA256 *string `json:"sha256"`
	} `json:"artifacts"`
	SignatureBase64      *string        `json:"signature_base64"`
	PublicKeyBase64      *string        `json:"public_key_base64"`
	KeyID                *string        `json:"key_id"`
	CanonicalPayload     jsontext.Value `json:"canonical_payload"`
	PayloadEncoding      *string        `json:"payload_encoding"`
	PreviousPublicKeys   *[]string      `json:"previous_public_keys"`
	AdditionalSignatures []struct {
		PublicKeyBase64          *string `json:"public_key_base64"`
		KeyID                    *string `json:"key_id"`
		SignatureBase64          *string `json:"signature_base64"`
		StatementSignatureBase64 *string `json:"statement_signature_base64"`
	} `json:"additional_signatures"`

	claimed time.Time // signed_at
}

// maxSigners bounds the keys of one signature file.
const maxSigners = 16

func (v *verifier) readSignature() error {
	var w wireSignature
	if err := decode(v.SignatureName, v.Signature, &w); err != nil {
		return v.refused(err)
	}
	needed := map[string]bool{"signature_base64": w.SignatureBase64 == nil, "public_key_base64": w.PublicKeyBase64 == nil && v.Trust == nil}
	if w.FormatVersion != nil && *w.FormatVersion >= 2 { // version 1 said less
		needed["public_key_base64"] = w.PublicKeyBase64 == nil
		needed["algorithm"], needed["artifacts"] = w.Algorithm == nil, w.Artifacts == nil
		needed["aggregate_sha256"], needed["count"] = w.AggregateSHA256 == nil, w.Count == nil
	}
	for name, absent := range needed {
		if absent {
			return v.refused(refuse("shape-wrong", v.SignatureName, "it has no %s", name))
		}
	}
	if len(w.AdditionalSignatures) >= maxSigners {
		return v.refused(refuse("too-large", v.SignatureName, "%d additional signatures", len(w.AdditionalSignatures)))
	}
	if w.SignedAt != nil {
		var err error
		if w.claimed, err = parseTime(*w.SignedAt); err != nil {
			return v.refused(refuse("shape-wrong", v.SignatureName, "signed_at is not an RFC 3339 time"))
		}
	}
	v.sig = &w
	return nil
}

// payload rebuilds the signed bytes from checksums.json and compares all that the signature file repeats of them.
func (v *verifier) payload() {
	v.taken[stepPayload] = true
	no := func(reason, format string, args ...any) { v.say(refuse(reason, v.SignatureName, format, args...)) }
	v.version = 1
	if v.sig.FormatVersion != nil {
		v.version = *v.sig.FormatVersion
	}
	v.out.FormatVersion = v.version
	switch {
	case v.version != 1 && v.version != 2:
		no("version-unsupported", "signature_format_version is %d, expected 1 or 2", v.version)
		return
	case v.version < v.MinVersion:
		no("version-too-low", "the signature has format %d, at least %d was asked for", v.version, v.MinVersion)
	case v.version == 1:
		no("names-not-covered", "the signature has format 1")
	}
	v.message = payload(v.version, v.list.Checksums)
	for _, c := range []struct {
		reason, name string
		is           *string
		want         string
	}{
		{"algorithm-unsupported", "algorithm", v.sig.Algorithm, algorithm},
		{"encoding-unsupported", "payload_encoding", v.sig.PayloadEncoding, payloadEncoding},
		{"artifact-mismatch", "artifact", v.sig.Artifact, ChecksumsFile},
		{"signed-aggregate-mismatch", "aggregate_sha256", v.sig.AggregateSHA256, v.list.AggregateSHA256},
	} {
		if c.is != nil && *c.is != c.want {
			no(c.reason, "%s is %.80q, not %q", c.name, *c.is, c.want)
		}
	}
	if v.sig.Count != nil && *v.sig.Count != v.list.Count {
		no("signed-count-mismatch", "count is %d, but the list has %s", *v.sig.Count, count.Of(v.list.Count, "file"))
	}
	v.repeated()
	v.timed()
}

// repeated compares the list of files and the payload that the signature file shows.
func (v *verifier) repeated() {
	if v.sig.Artifacts != nil {
		shown := *v.sig.Artifacts
		same := len(shown) == len(v.list.Artifacts)
		for i := 0; same && i < len(shown); i++ {
			a, b := shown[i], v.list.Artifacts[i]
			same = a.Path != nil && a.SHA256 != nil && *a.Path == b.Path && *a.SHA256 == b.SHA256
		}
		if !same {
			v.say(refuse("signed-artifacts-mismatch", v.SignatureName, "artifacts is not the list of %s", v.ChecksumsName))
		}
	}
	if shown := v.sig.CanonicalPayload; len(shown) > 0 {
		if got, err := canonical(shown); err != nil || string(got) != string(v.message) {
			v.say(refuse("payload-mismatch", v.SignatureName, "canonical_payload is not the payload that %s gives", v.ChecksumsName))
		}
	}
}

// timed compares what the signature file claims outside the payload with what its key signed in the statement.
func (v *verifier) timed() {
	v.out.SignedAt.Time = v.sig.claimed
	s := v.statement
	if s == nil || !v.signers[0].enveloped {
		return
	}
	if s.SignedAt != nil && (s.ours || v.sig.SignedAt != nil) && !s.signedAt.Equal(v.sig.claimed) {
		says := "it has no signed_at"
		if v.sig.SignedAt != nil {
			says = "signed_at is " + v.sig.claimed.Format(time.RFC3339)
		}
		v.say(refuse("signed-time-mismatch", v.SignatureName, "%s, the key signed %s", says, s.signedAt.Format(time.RFC3339)))
	}
	if s.ours {
		v.whole(s)
	}
}

// whole compares the rest of a signature file of our own making with the statement that was made with it.
func (v *verifier) whole(s *statement) {
	if v.sig.PreviousPublicKeys == nil || !slices.Equal(*s.PreviousPublicKeys, *v.sig.PreviousPublicKeys) {
		v.say(refuse("previous-keys-mismatch", v.SignatureName, "previous_public_keys is not the list that the key signed"))
	}
	var also []string
	for _, a := range v.signers[1:] {
		also = append(also, a.key.Base64())
	}
	if !slices.Equal(s.AdditionalPublicKeys, also) {
		v.say(refuse("additional-keys-mismatch", v.SignatureName, "additional_signatures are not of the keys that the key named"))
	}
	if v.sig.Schema == nil || *v.sig.Schema != signatureSchema {
		v.say(refuse("shape-wrong", v.SignatureName, "schema is not %s", signatureSchema))
	}
	if v.sig.Artifact == nil || v.sig.KeyID == nil || v.sig.PayloadEncoding == nil || len(v.sig.CanonicalPayload) == 0 {
		v.say(refuse("shape-wrong", v.SignatureName, "a member is missing that its writer always writes"))
	}
}

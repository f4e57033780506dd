package report

import "github.com/go-json-experiment/json/jsontext"

// Signature is checksums-signature.json: a detached Ed25519 signature over the canonical payload of checksums.json.
// Everything that repeats checksums.json is for people; a verifier rebuilds the payload and rejects a difference.
type Signature struct {
	Schema               string                `json:"schema"` // govctl/checksums-signature/v1
	Algorithm            string                `json:"algorithm"`
	FormatVersion        int                   `json:"signature_format_version"` // 2; files of version 1 lack it
	SignedAt             Time                  `json:"signed_at"`
	Artifact             string                `json:"artifact"`
	AggregateSHA256      string                `json:"aggregate_sha256"`
	Count                int                   `json:"count"`
	Artifacts            []SignedArtifact      `json:"artifacts"`
	SignatureBase64      string                `json:"signature_base64"`
	PublicKeyBase64      string                `json:"public_key_base64"`
	KeyID                string                `json:"key_id"`
	CanonicalPayload     jsontext.Value        `json:"canonical_payload"`
	PayloadEncoding      string                `json:"payload_encoding"`
	PreviousPublicKeys   []string              `json:"previous_public_keys"`
	AdditionalSignatures []AdditionalSignature `json:"additional_signatures,omitzero"`
}

// SignedArtifact is a name and a digest as the payload binds them.
type SignedArtifact struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// AdditionalSignature is the same payload signed by another key, while verifiers change from one key to the next.
type AdditionalSignature struct {
	PublicKeyBase64          string `json:"public_key_base64"`
	KeyID                    string `json:"key_id"`
	SignatureBase64          string `json:"signature_base64"`           // over the canonical payload
	StatementSignatureBase64 string `json:"statement_signature_base64"` // over the DSSE encoding of the statement, which binds the time
}

// SigstoreBundle is checksums.sigstore.json: a Sigstore bundle v0.3 around a DSSE envelope around a Statement.
type SigstoreBundle struct {
	MediaType            string               `json:"mediaType"`
	VerificationMaterial VerificationMaterial `json:"verificationMaterial"`
	DSSEEnvelope         DSSEEnvelope         `json:"dsseEnvelope"`
}

// VerificationMaterial names the key of a SigstoreBundle.
type VerificationMaterial struct {
	PublicKey PublicKeyHint `json:"publicKey"`
}

// PublicKeyHint is the key id; the key itself comes from the verifier.
type PublicKeyHint struct {
	Hint string `json:"hint"`
}

// DSSEEnvelope is a signed payload: https://github.com/secure-systems-lab/dsse.
type DSSEEnvelope struct {
	Payload     string          `json:"payload"` // base64
	PayloadType string          `json:"payloadType"`
	Signatures  []DSSESignature `json:"signatures"`
}

// DSSESignature signs the pre-authentication encoding of the envelope's type and payload.
type DSSESignature struct {
	Sig   string `json:"sig"` // base64
	KeyID string `json:"keyid"`
}

// Statement is the in-toto statement of a signature: https://in-toto.io/Statement/v1.
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Predicate `json:"predicate"`
}

// Subject is one covered file.
type Subject struct {
	Name   string        `json:"name"`
	Digest SubjectDigest `json:"digest"`
}

// SubjectDigest is the digest of a Subject.
type SubjectDigest struct {
	SHA256 string `json:"sha256"`
}

// Predicate is what the signing key says about the subjects: above all when it signed, which nothing else binds.
type Predicate struct {
	SignedAt           Time     `json:"signed_at"`
	GeneratedAt        Time     `json:"generated_at"` // of checksums.json
	AggregateSHA256    string   `json:"aggregate_sha256"`
	Count              int      `json:"count"`
	KeyID              string   `json:"key_id"`
	PreviousPublicKeys []string `json:"previous_public_keys"`
	// AdditionalPublicKeys are the further keys of an overlap, in the order of the signature file.
	AdditionalPublicKeys []string        `json:"additional_public_keys,omitzero"`
	Files                []PredicateFile `json:"files"` // the integrity files themselves, byte for byte, sorted by name
	// Uncovered are the paths of files that belong to the folder and go on changing, sorted: they are there, whatever they say.
	Uncovered []string `json:"uncovered,omitzero"`
}

// PredicateFile is the digest of one integrity file.
type PredicateFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// KeyPair is what `key new --json` prints. It is never written to a file of the output folder.
type KeyPair struct {
	SeedBase64      string `json:"seed_base64"`
	PublicKeyBase64 string `json:"public_key_base64"`
	KeyID           string `json:"key_id"`
	Fingerprint     string `json:"fingerprint"`
}

// KeyInfo is what may be known of a key: the public half and its names.
type KeyInfo struct {
	PublicKeyBase64 string `json:"public_key_base64"`
	KeyID           string `json:"key_id"`      // first 16 hex digits of SHA-256 over the raw public key
	Fingerprint     string `json:"fingerprint"` // SHA256: and the base64 of the whole digest
}

// TrustedKeys is trusted.json: the keys that a verifier accepts, and the records by which one key transfers trust to the next.
type TrustedKeys struct {
	Schema    string       `json:"schema,omitzero"` // govctl/trusted-keys/v1
	Keys      []TrustedKey `json:"keys"`
	Rotations []Rotation   `json:"rotations,omitzero"`
}

// TrustedKey is one key and what it is trusted for.
type TrustedKey struct {
	PublicKeyBase64 string   `json:"public_key_base64"`
	KeyID           string   `json:"key_id,omitzero"`
	Status          string   `json:"status"` // active, retired, revoked
	NotBefore       Time     `json:"not_before,omitzero"`
	NotAfter        Time     `json:"not_after,omitzero"` // of a retired key: when it retired
	Accepts         []string `json:"accepts,omitzero"`   // aggregates that it signed in time, for signatures without a signed time
	Reason          string   `json:"reason,omitzero"`    // why it was retired or revoked
}

// Rotation is the record, signed by both keys, that one key transfers trust to the next.
type Rotation struct {
	Schema             string `json:"schema"` // govctl/key-rotation/v1
	Old                string `json:"old"`    // public key, base64
	New                string `json:"new"`
	CreatedAt          Time   `json:"created_at"`
	Reason             string `json:"reason"`
	OldSignatureBase64 string `json:"old_signature_base64"`
	NewSignatureBase64 string `json:"new_signature_base64"`
}

// Verification is the answer of verify: a verdict per step and what led to it.
type Verification struct {
	Schema        string             `json:"schema"`  // govctl/verification/v1
	Verdict       string             `json:"verdict"` // ok, fail
	KeyID         string             `json:"key_id"`  // of the key that the verdict rests on; empty when the signature was not looked at
	Fingerprint   string             `json:"fingerprint"`
	FormatVersion int                `json:"signature_format_version"`
	SignedAt      Time               `json:"signed_at"`       // as the signed statement says, or as the signature file claims
	SignedAtBound bool               `json:"signed_at_bound"` // true when the key signed the time
	Aggregate     string             `json:"aggregate_sha256"`
	Count         int                `json:"count"`
	Project       string             `json:"project,omitzero"`      // of the manifest, where it is covered
	Commit        string             `json:"commit,omitzero"`       // of the manifest, where it is covered
	GeneratedAt   Time               `json:"generated_at,omitzero"` // of the manifest, where it is covered
	Steps         []VerificationStep `json:"steps"`                 // in the order in which they were taken
	Files         []FileVerdict      `json:"files"`                 // sorted by path
	Findings      []Finding          `json:"findings"`
}

// VerificationStep is the verdict of one step.
type VerificationStep struct {
	Name    string `json:"name"`    // read, files, aggregate, manifest, payload, trust, signature, by-hand
	Verdict string `json:"verdict"` // ok, warning, fail, skipped
}

// FileVerdict is what verification found about one file.
type FileVerdict struct {
	Path    string `json:"path"`
	Verdict string `json:"verdict"`           // ok, changed, missing, extra, renamed, refused, uncovered
	NewPath string `json:"new_path,omitzero"` // where a renamed file is now
}

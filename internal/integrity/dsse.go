package integrity

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// The signature's second form: an in-toto statement (https://in-toto.io/Statement/v1) in a DSSE envelope
// (https://github.com/secure-systems-lab/dsse) in a Sigstore bundle v0.3, which cosign verifies with a key. Its predicate binds
// what the payload cannot: the time of signing, and the integrity files themselves byte for byte.

const (
	statementType   = "https://in-toto.io/Statement/v1"
	predicateType   = "https://romel.github.io/govctl/checksums/v1"
	payloadType     = "application/vnd.in-toto+json"
	bundleMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
	oldMediaType    = "application/vnd.dev.sigstore.bundle+json;version=0.3" // the same version in the older spelling
)

// preAuth is the encoding that is signed instead of the payload, so that the type is signed too.
func preAuth(payload []byte) []byte {
	b := []byte("DSSEv1 " + strconv.Itoa(len(payloadType)) + " " + payloadType + " " + strconv.Itoa(len(payload)) + " ")
	return append(b, payload...)
}

// newStatement is the statement over a list; files are the integrity files to bind.
func newStatement(r SignRequest, l *list, previous []string, files map[string][]byte) report.Statement {
	s := report.Statement{Type: statementType, PredicateType: predicateType, Subject: []report.Subject{}}
	for _, a := range l.Artifacts {
		s.Subject = append(s.Subject, report.Subject{Name: a.Path, Digest: report.SubjectDigest{SHA256: a.SHA256}})
	}
	generated, _ := parseTime(l.generated) // parseList has read it
	s.Predicate = report.Predicate{SignedAt: report.At(r.At), GeneratedAt: report.At(generated), AggregateSHA256: l.AggregateSHA256,
		Count: l.Count, KeyID: r.Key.public.ID(), PreviousPublicKeys: previous, Files: []report.PredicateFile{}, Uncovered: r.Uncovered}
	for _, k := range r.Also {
		s.Predicate.AdditionalPublicKeys = append(s.Predicate.AdditionalPublicKeys, k.public.Base64())
	}
	for name, b := range files {
		sum := sha256.Sum256(b)
		s.Predicate.Files = append(s.Predicate.Files, report.PredicateFile{Name: name, SHA256: hex.EncodeToString(sum[:])})
	}
	sorting.Stable(s.Predicate.Files, func(a, b report.PredicateFile) int { return strings.Compare(a.Name, b.Name) })
	return s
}

func newBundle(body []byte, key PrivateKey) report.SigstoreBundle {
	id := key.public.ID()
	return report.SigstoreBundle{
		MediaType:            bundleMediaType,
		VerificationMaterial: report.VerificationMaterial{PublicKey: report.PublicKeyHint{Hint: id}},
		DSSEEnvelope: report.DSSEEnvelope{
			Payload:     base64.StdEncoding.EncodeToString(body),
			PayloadType: payloadType,
			Signatures:  []report.DSSESignature{{Sig: base64.StdEncoding.EncodeToString(key.sign(preAuth(body))), KeyID: id}},
		},
	}
}

// wireBundle is a Sigstore bundle of any writer.
type wireBundle struct {
	MediaType            string `json:"mediaType"`
	VerificationMaterial struct {
		PublicKey *report.PublicKeyHint `json:"publicKey"`
	} `json:"verificationMaterial"`
	DSSEEnvelope *report.DSSEEnvelope `json:"dsseEnvelope"`
}

// wireStatement leaves the predicate to its type.
type wireStatement struct {
	Type          string           `json:"_type"`
	Subject       []report.Subject `json:"subject"`
	PredicateType string           `json:"predicateType"`
	Predicate     jsontext.Value   `json:"predicate"`
}

// wirePredicate is what we understand of a predicate; a nil member was absent.
type wirePredicate struct {
	SignedAt           *string   `json:"signed_at"`
	GeneratedAt        *string   `json:"generated_at"`
	AggregateSHA256    *string   `json:"aggregate_sha256"`
	Count              *int      `json:"count"`
	KeyID              *string   `json:"key_id"`
	PreviousPublicKeys *[]string `json:"previous_public_keys"`

	AdditionalPublicKeys []string               `json:"additional_public_keys"`
	Files                []report.PredicateFile `json:"files"`
	Uncovered            []string               `json:"uncovered"`
}

// complete reports whether every member is there that this program writes.
func (p wirePredicate) complete() bool {
	return p.SignedAt != nil && p.GeneratedAt != nil && p.AggregateSHA256 != nil && p.Count != nil && p.KeyID != nil && p.PreviousPublicKeys != nil && len(p.Files) > 0
}

// statement is a parsed bundle. Nothing in it is true before signedBy has said by whom.
type statement struct {
	hint       string
	ours       bool // made by this program: its predicate is complete
	relaid     bool // one of ours that another program wrote again
	preAuth    []byte
	signatures [][]byte
	keyIDs     []string
	subjects   []report.Subject // sorted by name
	wirePredicate
	signedAt time.Time // zero when the predicate has no time
}

func parseBundle(file string, data []byte) (*statement, *refusal) {
	bad := func(format string, args ...any) (*statement, *refusal) {
		return nil, refuse("sigstore-mismatch", file, format, args...)
	}
	var w wireBundle
	if err := decode(file, data, &w); err != nil {
		return bad("%v", err)
	}
	switch {
	case w.MediaType != bundleMediaType && w.MediaType != oldMediaType:
		return bad("media type %.80q, not %q", w.MediaType, bundleMediaType)
	case w.DSSEEnvelope == nil || len(w.DSSEEnvelope.Signatures) == 0:
		return bad("it contains no signed envelope")
	case w.DSSEEnvelope.PayloadType != payloadType:
		return bad("payload type %.80q, not %q", w.DSSEEnvelope.PayloadType, payloadType)
	}
	body, err := decodeBase64(w.DSSEEnvelope.Payload)
	if err != nil {
		return bad("the payload is not strict base64")
	}
	s := &statement{preAuth: preAuth(body)}
	if w.VerificationMaterial.PublicKey != nil {
		s.hint = w.VerificationMaterial.PublicKey.Hint
	}
	for _, sig := range w.DSSEEnvelope.Signatures {
		raw, err := decodeBase64(sig.Sig)
		if err != nil || len(raw) != 64 {
			return bad("a signature of the envelope is not strict base64 of 64 bytes")
		}
		s.signatures, s.keyIDs = append(s.signatures, raw), append(s.keyIDs, sig.KeyID)
	}
	if refused := s.read(file, body); refused != nil {
		return nil, refused
	}
	again, err := writtenJSON(report.SigstoreBundle{MediaType: w.MediaType, VerificationMaterial: report.VerificationMaterial{PublicKey: report.PublicKeyHint{Hint: s.hint}},
		DSSEEnvelope: *w.DSSEEnvelope})
	s.relaid = s.ours && (err != nil || !bytes.Equal(again, data))
	return s, nil
}

// read takes the statement out of the envelope.
func (s *statement) read(file string, body []byte) *refusal {
	var w wireStatement
	err := decode(file, body, &w)
	if err == nil && w.Type != statementType {
		return refuse("sigstore-mismatch", file, "statement type %.80q, not %q", w.Type, statementType)
	}
	if err == nil && len(w.Predicate) > 0 && w.Predicate.Kind() == '{' {
		err = decode(file, w.Predicate, &s.wirePredicate)
	}
	if err == nil && s.SignedAt != nil {
		s.signedAt, err = parseTime(*s.SignedAt)
	}
	if err != nil {
		return refuse("sigstore-mismatch", file, "the statement inside: %v", err)
	}
	s.ours = w.PredicateType == predicateType && s.complete()
	s.subjects = w.Subject
	sorting.Stable(s.subjects, func(a, b report.Subject) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// covers reports whether the statement is about exactly the files of the list.
func (s *statement) covers(l *list) bool {
	return slices.EqualFunc(s.subjects, l.Artifacts, func(a report.Subject, b report.Checksum) bool {
		return a.Name == b.Path && a.Digest.SHA256 == b.SHA256
	}) && (s.AggregateSHA256 == nil || *s.AggregateSHA256 == l.AggregateSHA256) && (s.Count == nil || *s.Count == l.Count)
}

// signedBy reports whether the key signed the envelope.
func (s *statement) signedBy(k PublicKey) bool {
	return slices.ContainsFunc(s.signatures, func(sig []byte) bool { return k.verify(s.preAuth, sig) })
}

func compactJSON(v any) ([]byte, error) { return json.Marshal(v, json.Deterministic(true)) }

// writtenJSON is the form in which the files of a run are written.
func writtenJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "), jsontext.SpaceAfterColon(true))
	return append(b, '\n'), err
}

package integrity

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
)

const (
	signatureSchema = "govctl/checksums-signature/v1"
	algorithm       = "Ed25519"
	payloadEncoding = "json+sorted+compact"
)

// SignRequest is what to sign and with which keys.
type SignRequest struct {
	Checksums []byte            // checksums.json as it was written
	Beside    map[string][]byte // SHA256SUMS and badge as they were written, by name, to be bound byte for byte
	Uncovered []string          // paths of the files that belong to the folder and are not covered, sorted
	At        time.Time
	Previous  []PublicKey // keys that signed before, for readers; trust comes from the reader's own list
	Key       PrivateKey
	Also      []PrivateKey // further keys that sign during an overlap
}

// Signed is everything that signing gives, ready to be written beside checksums.json. The two JSON files have to be written as
// every artifact is, because the statement binds the bytes of the signature file.
type Signed struct {
	Signature report.Signature      // SignatureFile
	Bundle    report.SigstoreBundle // SigstoreFile
	Files     map[string][]byte     // the files for verification by hand, by name
}

// Sign signs a checksum list. The same request gives the same bytes. A list that verification would refuse is not signed:
// the error is then a *Refused or an *Unreadable.
func Sign(r SignRequest) (Signed, error) {
	l, err := parseList(ChecksumsFile, r.Checksums)
	if err != nil {
		return Signed{}, public(err)
	}
	if bad := checkAggregate(ChecksumsFile, l); len(bad) > 0 {
		return Signed{}, public(bad[0])
	}
	message := payload(2, l.Checksums)
	sig := r.Key.sign(message)
	out := Signed{Signature: newSignature(r, l, message, sig), Files: byHand(r, l, message, sig)}

	bound := map[string][]byte{ChecksumsFile: r.Checksums}
	maps.Copy(bound, r.Beside)
	maps.Copy(bound, out.Files)
	if len(r.Also) == 0 { // else the file holds signatures of the statement, which cannot hold its digest then
		if bound[SignatureFile], err = writtenJSON(out.Signature); err != nil {
			return Signed{}, fmt.Errorf("encode signature: %w", err)
		}
	}
	body, err := compactJSON(newStatement(r, l, out.Signature.PreviousPublicKeys, bound))
	if err != nil {
		return Signed{}, fmt.Errorf("encode statement: %w", err)
	}
	out.Bundle = newBundle(body, r.Key)
	for _, k := range r.Also {
		out.Signature.AdditionalSignatures = append(out.Signature.AdditionalSignatures, report.AdditionalSignature{
			PublicKeyBase64: k.public.Base64(), KeyID: k.public.ID(),
			SignatureBase64:          base64.StdEncoding.EncodeToString(k.sign(message)),
			StatementSignatureBase64: base64.StdEncoding.EncodeToString(k.sign(preAuth(body))),
		})
	}
	return out, nil
}

func newSignature(r SignRequest, l *list, message, sig []byte) report.Signature {
	s := report.Signature{Schema: signatureSchema, Algorithm: algorithm, FormatVersion: 2, SignedAt: report.At(r.At), Artifact: ChecksumsFile,
		AggregateSHA256: l.AggregateSHA256, Count: l.Count, Artifacts: []report.SignedArtifact{},
		SignatureBase64: base64.StdEncoding.EncodeToString(sig), PublicKeyBase64: r.Key.public.Base64(), KeyID: r.Key.public.ID(),
		CanonicalPayload: jsontext.Value(message), PayloadEncoding: payloadEncoding, PreviousPublicKeys: []string{}}
	for _, a := range l.Artifacts {
		s.Artifacts = append(s.Artifacts, report.SignedArtifact{Path: a.Path, SHA256: a.SHA256})
	}
	for _, k := range r.Previous {
		s.PreviousPublicKeys = append(s.PreviousPublicKeys, k.Base64())
	}
	return s
}

// byHand are the forms of the signature that other tools read.
func byHand(r SignRequest, l *list, message, sig []byte) map[string][]byte {
	key := r.Key.public
	return map[string][]byte{
		PayloadFile:   message,
		RawFile:       sig,
		PublicKeyFile: []byte(key.Base64() + "\n"),
		PEMFile:       key.PEM(),
		MinisigFile:   r.Key.minisig(sig, fmt.Sprintf("timestamp:%d\tfile:%s\taggregate:%s", r.At.Unix(), PayloadFile, l.AggregateSHA256)),
		MinisignKey:   key.Minisign(),
	}
}

// public turns a refusal into the error that leaves the package.
func public(err error) error {
	var r *refusal
	if errors.As(err, &r) {
		return &Refused{Reason: r.reason, Msg: r.Error()}
	}
	return err
}

package integrity

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// signer is one key of a signature file with what it signed.
type signer struct {
	key          PublicKey // zero when it may not be used
	sig          []byte
	bad          *refusal  // the signature could not be read
	enveloped    bool      // the key signed the statement's envelope
	statementSig []byte    // of an additional key
	statementBad bool      // an additional key did not sign the statement that is there
	signed       time.Time // bound by the statement; zero without one
}

func (s signer) known() bool { return s.key != PublicKey{} }

func (s signer) readable() bool { return s.bad == nil }

// readSigners decodes keys and signatures. A key that may not be used is said at once, a signature when signatures are checked.
func (v *verifier) readSigners() {
	if v.sig.PublicKeyBase64 == nil {
		k := v.keyByTrial()
		if k == (PublicKey{}) {
			v.say(refuse("key-untrusted", v.SignatureName, "it names no key, and none of the trusted ones made the signature"))
			v.signers = append(v.signers, signer{})
			return
		}
		text := k.Base64()
		v.sig.PublicKeyBase64 = &text
	}
	v.addSigner("", *v.sig.PublicKeyBase64, v.sig.KeyID, *v.sig.SignatureBase64, nil)
	for i, a := range v.sig.AdditionalSignatures {
		what := fmt.Sprintf("additional signature %d: ", i+1)
		if a.PublicKeyBase64 == nil || a.SignatureBase64 == nil {
			v.say(refuse("shape-wrong", v.SignatureName, "%sit has no key or no signature", what))
			continue
		}
		v.addSigner(what, *a.PublicKeyBase64, a.KeyID, *a.SignatureBase64, a.StatementSignatureBase64)
	}
}

// keyByTrial is the trusted key that made a signature of format 1 whose file names no key; none when none did.
func (v *verifier) keyByTrial() PublicKey {
	sig, _ := decodeBase64(*v.sig.SignatureBase64) // one that is not base64 is said with the others
	for k := range v.Trust.keys {
		if k.verify(payload(1, v.list.Checksums), sig) {
			return k
		}
	}
	return PublicKey{}
}

func (v *verifier) addSigner(what, keyText string, id *string, sigText string, statementSig *string) {
	key, bad := parsePublicKey(v.SignatureName, keyText)
	if bad != nil {
		bad.detail = what + bad.detail
		v.say(bad)
	} else if id != nil && *id != key.ID() {
		v.say(refuse("key-id-mismatch", v.SignatureName, "%skey_id is %.40q, the key's is %s", what, *id, key.ID()))
	}
	s := signer{key: key}
	var err error
	if s.sig, err = decodeBase64(sigText); err != nil {
		s.bad = refuse("signature-malformed", v.SignatureName, "%sthe signature is not strict base64", what)
	} else if len(s.sig) != ed25519.SignatureSize {
		s.bad = refuse("signature-malformed", v.SignatureName, "%sthe signature has %s, not %d", what, count.Of(len(s.sig), "byte"), ed25519.SignatureSize)
	}
	if statementSig != nil {
		if s.statementSig, err = decodeBase64(*statementSig); err != nil {
			s.bad = refuse("signature-malformed", v.SignatureName, "%sthe signature of the statement is not strict base64", what)
		}
	}
	v.signers = append(v.signers, s)
}

// readStatement takes the statement from the Sigstore bundle, where there is one about exactly this list, and gives each signer
// the time that it signed. Everything else about the bundle is said by the last step.
func (v *verifier) readStatement() error {
	if v.Beside == nil {
		return nil
	}
	data, bad, err := v.beside(SigstoreFile)
	if err != nil || data == nil && bad == nil {
		return err
	}
	var s *statement
	if bad == nil {
		s, bad = parseBundle(SigstoreFile, data)
	}
	if bad == nil && !s.covers(v.list) {
		bad = refuse("sigstore-mismatch", SigstoreFile, "the statement is about other files than %s", v.ChecksumsName)
	}
	if bad != nil {
		if v.ByHand {
			v.say(bad)
		}
		return nil
	}
	v.statement = s
	for i := range v.signers {
		g := &v.signers[i]
		g.enveloped = g.known() && s.signedBy(g.key)
		byRecord := g.statementSig != nil && g.key.verify(s.preAuth, g.statementSig)
		g.statementBad = g.statementSig != nil && !byRecord
		if g.enveloped || byRecord {
			g.signed = s.signedAt
		}
	}
	return nil
}

// beside reads a file for verification by hand: no bytes and no refusal where it is absent.
func (v *verifier) beside(name string) ([]byte, *refusal, error) {
	return readBeside(v.Beside, name, companions[name])
}

// readBeside reads a file of a bundle; one that is there and is not a plain file is refused for the reason.
func readBeside(files fs.FS, name, reason string) ([]byte, *refusal, error) {
	b, err := Read(files, name)
	if info, lerr := fs.Lstat(files, name); lerr == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, refuse(reason, name, "it is a symbolic link"), nil
	}
	switch {
	case err == nil:
		return b, nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case errors.Is(err, fs.ErrPermission):
		return nil, nil, &Unreadable{Place: report.Place{File: name}, Msg: err.Error()}
	}
	return nil, refuse(reason, name, "it cannot be read: %v", err), nil
}

// trust evaluates the keys. One that is trusted is enough; during an overlap the others are for other readers.
func (v *verifier) trust() {
	v.taken[stepTrust] = true
	first := v.signers[0]
	if v.Trust == nil {
		if first.known() {
			v.say(refuse("key-self-vouched", v.SignatureName, "key %s comes with the files that it signed", first.key.ID()))
			v.rest(first)
		}
		return
	}
	reached, void := v.Trust.reach()
	var no, warnings []*refusal
	for _, s := range v.signers {
		if !s.known() {
			continue
		}
		e, known := reached[s.key]
		if !known {
			no = append(no, refuse("key-untrusted", s.key.ID(), "key %s is not trusted%s", s.key.Base64(), records(v.Trust.bad, void)))
			continue
		}
		refused, warning := e.evaluate(signing{key: s.key, aggregate: v.list.AggregateSHA256, signed: s.signed, claimed: v.sig.claimed, now: v.Now})
		if refused != nil {
			no = append(no, refused)
			continue
		}
		if warning != nil {
			warnings = append(warnings, warning)
		}
		no = nil
		v.rest(s)
		break
	}
	v.say(slices.Concat(no, warnings, v.Trust.bad, void)...)
}

// records says how many records lead nowhere.
func records(bad, said []*refusal) string {
	n := len(bad)
	for _, r := range said {
		if r.reason == "rotation-void" {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "; a rotation record does not count"
	}
	return fmt.Sprintf("; %d rotation records do not count", n)
}

// rest notes the key on which the verdict rests.
func (v *verifier) rest(s signer) {
	v.out.KeyID, v.out.Fingerprint = s.key.ID(), s.key.Fingerprint()
	if !s.signed.IsZero() { // by this key: what another signer states is a claim like any other
		v.out.SignedAt.Time, v.out.SignedAtBound = s.signed, true
	}
	if s.signed.After(v.Now) || v.sig.claimed.After(v.Now) {
		v.say(refuse("time-in-future", v.SignatureName, "signed_at is %s, and it is %s", v.out.SignedAt.UTC().Format(time.RFC3339), v.Now.UTC().Format(time.RFC3339)))
	}
}

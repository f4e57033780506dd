package integrity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// PublicKey is an Ed25519 public key that may be trusted: 32 bytes, canonically encoded, not of small order. The zero value is no key.
type PublicKey struct{ raw string }

// smallOrder are the y coordinates, sign bit cleared, of the points of small order, canonical and not. Under such a key a
// signature of R = identity, S = 0 fits many messages, and crypto/ed25519 accepts it.
var smallOrder = [...]string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

func isSmallOrder(point []byte) bool {
	p := [32]byte(point)
	p[31] &= 0x7f
	h := hex.EncodeToString(p[:])
	for _, s := range smallOrder {
		if s == h {
			return true
		}
	}
	return false
}

// isCanonical reports whether the encoded y is below the field's prime, 2^255-19: a point has one spelling.
func isCanonical(point []byte) bool {
	if point[31]&0x7f != 0x7f || point[0] < 0xed {
		return true
	}
	for _, b := range point[1:31] {
		if b != 0xff {
			return true
		}
	}
	return false
}

// newPublicKey checks raw key bytes; what names them in a refusal.
func newPublicKey(what string, raw []byte) (PublicKey, *refusal) {
	switch {
	case len(raw) != ed25519.PublicKeySize:
		return PublicKey{}, refuse("key-malformed", what, "the public key has %s, not %d", count.Of(len(raw), "byte"), ed25519.PublicKeySize)
	case isSmallOrder(raw):
		return PublicKey{}, refuse("key-small-order", what, "the public key is a point of small order: anyone can sign for it")
	case !isCanonical(raw):
		return PublicKey{}, refuse("key-malformed", what, "the public key is not canonically encoded")
	}
	return PublicKey{raw: string(raw)}, nil
}

func parsePublicKey(what, text string) (PublicKey, *refusal) {
	raw, err := decodeBase64(text)
	if err != nil {
		return PublicKey{}, refuse("key-malformed", what, "the public key is not strict base64: %v", err)
	}
	return newPublicKey(what, raw)
}

// ParsePublicKey reads a public key as people pass it on: base64 (checksums-pubkey.txt), PEM (checksums-pubkey.pem) or minisign.pub.
// what names the text in errors: a file or a flag. The error of a text that is no key is an *Unreadable; a key that no one may
// trust is a *Refused.
func ParsePublicKey(what string, text []byte) (PublicKey, error) {
	var k PublicKey
	var bad *refusal
	switch s := trimLineEnd(string(text)); {
	case strings.HasPrefix(s, "-----BEGIN"):
		k, bad = parsePEM(what, text)
	case strings.HasPrefix(s, minisignComment):
		var m minisignFile
		if m, bad = parseMinisign(what, text, ed25519.PublicKeySize); bad == nil {
			k, bad = newPublicKey(what, m.value)
		}
	default:
		k, bad = parsePublicKey(what, s)
	}
	switch {
	case bad == nil:
		return k, nil
	case bad.reason == "key-small-order":
		return k, &Refused{Reason: bad.reason, Msg: bad.Error()}
	}
	return k, &Unreadable{Place: report.Place{File: what}, Msg: bad.detail, Hint: "a public key is 44 characters of base64, as in " + PublicKeyFile}
}

// Refused is the error of an input that was read and is not acceptable.
type Refused struct {
	Reason string // id of a row of Reasons
	Msg    string
}

func (e *Refused) Error() string { return e.Msg }

// trimLineEnd takes one final line end off.
func trimLineEnd(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r") }

// ID is the first 16 hex digits of SHA-256 over the raw key.
func (k PublicKey) ID() string {
	sum := sha256.Sum256([]byte(k.raw))
	return hex.EncodeToString(sum[:8])
}

// Fingerprint is "SHA256:" and the base64 of the whole digest.
func (k PublicKey) Fingerprint() string {
	sum := sha256.Sum256([]byte(k.raw))
	return "SHA256:" + base64.StdEncoding.EncodeToString(sum[:])
}

// Base64 is the form of the files and the command line.
//
//go:noinline
func (k PublicKey) Base64() string { return base64.StdEncoding.EncodeToString([]byte(k.raw)) }

func (k PublicKey) String() string { return k.Base64() }

// Info is the key with its names.
func (k PublicKey) Info() report.KeyInfo {
	return report.KeyInfo{PublicKeyBase64: k.Base64(), KeyID: k.ID(), Fingerprint: k.Fingerprint()}
}

// PEM is the key as SubjectPublicKeyInfo (RFC 8410), which openssl reads.
func (k PublicKey) PEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(k.raw))
	if err != nil { // only for key types that it does not know
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func parsePEM(what string, text []byte) (PublicKey, *refusal) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" || len(block.Headers) > 0 || strings.TrimSpace(string(rest)) != "" {
		return PublicKey{}, refuse("key-malformed", what, "not one PEM block of type PUBLIC KEY")
	}
	v, err := x509.ParsePKIXPublicKey(block.Bytes)
	raw, ok := v.(ed25519.PublicKey)
	if err != nil || !ok {
		return PublicKey{}, refuse("key-malformed", what, "the PEM block contains no Ed25519 key")
	}
	return newPublicKey(what, raw)
}

// verify reports whether sig is the signature of message under k. Besides the equation of RFC 8032 it refuses an R of small
// order, as libsodium does: no honest signer makes one, and verifiers do not agree on them.
func (k PublicKey) verify(message, sig []byte) bool {
	return k.raw != "" && len(sig) == ed25519.SignatureSize && !isSmallOrder(sig[:32]) && ed25519.Verify(ed25519.PublicKey(k.raw), message, sig)
}

// PrivateKey signs. It never prints, encodes or leaves this package.
type PrivateKey struct {
	key    ed25519.PrivateKey
	public PublicKey
}

// Public is the half that may be shown.
func (k PrivateKey) Public() PublicKey { return k.public }

// Format keeps the key out of every verb of fmt.
func (PrivateKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[private key]") }

// MarshalText keeps the key out of JSON and logs.
func (PrivateKey) MarshalText() ([]byte, error) { return []byte("[private key]"), nil }

func (k PrivateKey) sign(message []byte) []byte { return ed25519.Sign(k.key, message) }

// errSeed never quotes what it read.
var errSeed = errors.New("not the base64 of a 32-byte Ed25519 seed")

func newPrivateKey(seed []byte) (PrivateKey, error) {
	if len(seed) != ed25519.SeedSize {
		return PrivateKey{}, fmt.Errorf("%w: it decodes to %s", errSeed, count.Of(len(seed), "byte"))
	}
	key := ed25519.NewKeyFromSeed(seed)
	return PrivateKey{key: key, public: PublicKey{raw: string(key[ed25519.SeedSize:])}}, nil
}

// ParseSeed reads a private key: the base64 of its 32-byte seed (one line end may follow), or the output of `key new --json`.
// what names the source in errors, which never quote it.
func ParseSeed(what, text string) (PrivateKey, error) {
	text = strings.TrimSpace(text)
	want := ""
	if strings.HasPrefix(text, "{") {
		var pair report.KeyPair
		if err := decode(what, []byte(text), &pair); err != nil {
			return PrivateKey{}, &Unreadable{Place: report.Place{File: what}, Msg: "not what `key new --json` prints"}
		}
		text, want = pair.SeedBase64, pair.PublicKeyBase64
	}
	seed, err := decodeBase64(text)
	if err != nil {
		err = errSeed
	}
	var k PrivateKey
	if err == nil {
		k, err = newPrivateKey(seed)
	}
	if err == nil && want != "" && want != k.public.Base64() {
		err = errors.New("the public key beside the seed belongs to another seed")
	}
	if err != nil {
		return PrivateKey{}, &Unreadable{Place: report.Place{File: what}, Msg: err.Error(), Hint: "`govctl key new` makes a key"}
	}
	return k, nil
}

// NewKey makes a key pair from a source of randomness; the answer holds the secret seed.
func NewKey(random io.Reader) (report.KeyPair, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return report.KeyPair{}, fmt.Errorf("make a key: %w", err)
	}
	k, err := newPrivateKey(seed)
	if err != nil {
		return report.KeyPair{}, err
	}
	info := k.public.Info()
	return report.KeyPair{SeedBase64: base64.StdEncoding.EncodeToString(seed), PublicKeyBase64: info.PublicKeyBase64,
		KeyID: info.KeyID, Fingerprint: info.Fingerprint}, nil
}

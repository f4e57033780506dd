package integrity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// minisign and signify share one file form: a comment line, then the base64 of algorithm, key number and value. The algorithm
// "Ed" is plain Ed25519 over the whole file, which both tools know; minisign's "ED" signs a BLAKE2b hash and is not for signify.
// https://jedisct1.github.io/minisign/

const (
	minisignComment = "untrusted comment: "
	trustedComment  = "trusted comment: "
	minisignAlgo    = "Ed"
	keyNumberSize   = 8
)

// minisignFile is a parsed key or signature file.
type minisignFile struct {
	number  string // key number: names the key, proves nothing
	value   []byte // public key or signature
	comment string // trusted comment of a signature file
	global  []byte // signature over value and trusted comment
}

// keyNumber is the key id in binary.
func (k PublicKey) keyNumber() string {
	sum := sha256.Sum256([]byte(k.raw))
	return string(sum[:keyNumberSize])
}

// Minisign is the key as minisign.pub.
func (k PublicKey) Minisign() []byte {
	return []byte(minisignComment + "govctl public key " + k.ID() + "\n" + minisignLine(k, k.raw))
}

// minisig is a signature file for an already made signature; the key also signs the comment.
func (k PrivateKey) minisig(sig []byte, comment string) []byte {
	global := k.sign(append(append([]byte{}, sig...), comment...))
	return []byte(minisignComment + "govctl signature of " + PayloadFile + ", key " + k.public.ID() + "\n" + minisignLine(k.public, string(sig)) +
		trustedComment + comment + "\n" + base64.StdEncoding.EncodeToString(global) + "\n")
}

func minisignLine(k PublicKey, value string) string {
	return base64.StdEncoding.EncodeToString([]byte(minisignAlgo+k.keyNumber()+value)) + "\n"
}

// parseMinisign reads a key file (size of a key) or, with the size of a signature, a signature file with its trusted comment.
func parseMinisign(file string, text []byte, size int) (minisignFile, *refusal) {
	var m minisignFile
	lines := strings.Split(trimLineEnd(string(text)), "\n")
	want := 2
	if size == ed25519.SignatureSize {
		want = 4
	}
	if len(lines) != want || !strings.HasPrefix(lines[0], minisignComment) {
		return m, refuse("key-malformed", file, "not a minisign file of %d lines", want)
	}
	raw, err := decodeBase64(lines[1])
	if err != nil || len(raw) != len(minisignAlgo)+keyNumberSize+size {
		return m, refuse("key-malformed", file, "line 2 is not the base64 of %d bytes", len(minisignAlgo)+keyNumberSize+size)
	}
	if string(raw[:2]) != minisignAlgo {
		return m, refuse("key-malformed", file, "algorithm %q, not %q (plain Ed25519)", raw[:2], minisignAlgo)
	}
	m.number, m.value = string(raw[2:2+keyNumberSize]), raw[2+keyNumberSize:]
	if want == 2 {
		return m, nil
	}
	var ok bool
	if m.comment, ok = strings.CutPrefix(lines[2], trustedComment); !ok {
		return m, refuse("key-malformed", file, "line 3 is not a trusted comment")
	}
	if m.global, err = decodeBase64(lines[3]); err != nil || len(m.global) != ed25519.SignatureSize {
		return m, refuse("key-malformed", file, "line 4 is not the base64 of a signature")
	}
	return m, nil
}

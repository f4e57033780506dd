package integrity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// companions are the files for verification by hand, each with the reason for which it is refused.
var companions = map[string]string{
	BadgeFile:     "badge-mismatch",
	SumsFile:      "sums-mismatch",
	PublicKeyFile: "pubkey-file-mismatch",
	PayloadFile:   "payload-file-mismatch",
	RawFile:       "sig-file-mismatch",
	PEMFile:       "pem-file-mismatch",
	MinisigFile:   "minisig-mismatch",
	MinisignKey:   "minisign-key-mismatch",
	SigstoreFile:  "sigstore-mismatch",
}

// byHand holds every file for verification by hand that is there against the signature file, so that who checks with other
// tools comes to the same answer.
func (v *verifier) byHand() error {
	first := v.signers[0]
	if v.message == nil || !first.known() || !first.readable() {
		return nil
	}
	v.taken[stepByHand] = true
	there := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(companions)) {
		if name == BadgeFile && v.lists(path.Join(v.Dir, name)) { // a copy of another list's badge, see Coverable
			continue
		}
		data, bad, err := v.beside(name)
		switch {
		case err != nil:
			return err
		case bad != nil:
			there[name] = nil
			if name != SigstoreFile { // the bundle was read before
				v.say(bad)
			}
		case data != nil:
			there[name] = data
			if why := v.companion(name, data, first, there); why != "" {
				v.say(refuse(companions[name], name, "%s", why))
			}
		}
	}
	v.sigstore(first, there)
	return nil
}

// lists reports whether a path is among the listed files.
func (v *verifier) lists(p string) bool {
	return slices.ContainsFunc(v.list.Artifacts, func(a report.Checksum) bool { return a.Path == p })
}

// companion says how a file disagrees; empty when it does not.
func (v *verifier) companion(name string, data []byte, s signer, there map[string][]byte) string {
	differs := false
	switch name {
	case PayloadFile:
		differs = !bytes.Equal(data, v.message)
	case RawFile:
		differs = !bytes.Equal(data, s.sig)
	case PublicKeyFile:
		differs = trimLineEnd(string(data)) != s.key.Base64()
	case PEMFile:
		differs = trimLineEnd(unixLines(data)) != trimLineEnd(string(s.key.PEM()))
	case MinisigFile:
		return minisigWrong(data, s)
	case MinisignKey:
		return minisignKeyWrong(data, s.key, there[MinisigFile])
	case SumsFile:
		return sumsWrong(data, v.list)
	case BadgeFile:
		var b struct {
			Message string `json:"message"`
		}
		if err := decode(name, data, &b); err != nil {
			return err.Error()
		}
		differs = v.list.Count > 0 && b.Message != Badge(v.list.Checksums).Message &&
			(!v.list.foreign || b.Message != fmt.Sprintf("%d artifacts", v.list.Count)) // as the first tools wrote it
	}
	if differs {
		return "it is not what the signature file gives"
	}
	return ""
}

// unixLines is a text as it was before it went through Windows.
func unixLines(data []byte) string { return strings.ReplaceAll(string(data), "\r\n", "\n") }

func minisigWrong(data []byte, s signer) string {
	m, bad := parseMinisign(MinisigFile, data, ed25519.SignatureSize)
	switch {
	case bad != nil:
		return bad.detail
	case !bytes.Equal(m.value, s.sig):
		return "it contains another signature"
	case !s.key.verify(append(slices.Clone(m.value), m.comment...), m.global):
		return "the key did not sign the trusted comment"
	}
	return ""
}

func minisignKeyWrong(data []byte, key PublicKey, signature []byte) string {
	m, bad := parseMinisign(MinisignKey, data, ed25519.PublicKeySize)
	if bad != nil {
		return bad.detail
	}
	if string(m.value) != key.raw {
		return "it contains another key"
	}
	if sig, bad := parseMinisign(MinisigFile, signature, ed25519.SignatureSize); bad == nil && sig.number != m.number {
		return "its key number is not the one of " + MinisigFile
	}
	return ""
}

// sumsWrong reads SHA256SUMS as sha256sum does, in any order.
func sumsWrong(data []byte, l *list) string {
	lines := map[string]string{}
	for line := range strings.Lines(string(data)) {
		line, escaped := strings.CutPrefix(strings.TrimSuffix(line, "\n"), `\`)
		digest, name, ok := strings.Cut(line, " ")
		if !ok || !isDigest(digest) || name == "" || name[0] != ' ' && name[0] != '*' {
			return "a line is not one of sha256sum"
		}
		name = name[1:]
		if escaped {
			name = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(name)
		}
		if _, twice := lines[name]; twice {
			return name + " is listed twice"
		}
		lines[name] = digest
	}
	if len(lines) != len(l.Artifacts) {
		return "it lists another number of files"
	}
	for _, a := range l.Artifacts {
		if lines[a.Path] != a.SHA256 {
			return "it lists another digest, or none, for " + a.Path
		}
	}
	return ""
}

// sigstore checks who signed the statement and what it says about the integrity files.
func (v *verifier) sigstore(first signer, there map[string][]byte) {
	s := v.statement
	if s == nil {
		if _, there := there[SigstoreFile]; !there && v.sig.Schema != nil && *v.sig.Schema == signatureSchema {
			v.say(refuse("statement-missing", SigstoreFile, "it was created with the signature, and is missing"))
		}
		return
	}
	no := func(format string, args ...any) { v.say(refuse("sigstore-mismatch", SigstoreFile, format, args...)) }
	if !first.enveloped {
		no("key %s did not sign the statement", first.key.ID())
		return
	}
	unknown := func(sig []byte) bool {
		return !slices.ContainsFunc(v.signers, func(g signer) bool { return g.key.verify(s.preAuth, sig) })
	}
	if len(s.signatures) > 1 && slices.ContainsFunc(s.signatures, unknown) { // a single one is the first key's
		no("a signature of the envelope is by none of the keys of the signature file")
	}
	if s.KeyID != nil && *s.KeyID != first.key.ID() || s.ours && (s.hint != first.key.ID() || slices.ContainsFunc(s.keyIDs, func(id string) bool { return id != s.hint })) {
		no("it names another key id than %s", first.key.ID())
	}
	if s.GeneratedAt != nil {
		said, err := parseTime(*s.GeneratedAt)
		listed, _ := parseTime(v.list.generated) // parseList has read it
		if err != nil || !said.Truncate(time.Second).Equal(listed.Truncate(time.Second)) {
			no("generated_at is %.40q, %s has %q", *s.GeneratedAt, v.ChecksumsName, v.list.generated)
		}
	}
	if s.relaid {
		no("another program wrote it again, or something was added to it")
	}
	there[ChecksumsFile], there[SignatureFile] = v.Checksums, v.Signature
	for _, f := range s.Files {
		v.bound(f, there)
	}
	v.belonging(s.Uncovered)
}

// belonging asks for the files that are not covered, of which the key signed only that they belong to the folder.
func (v *verifier) belonging(names []string) {
	if v.Files == nil {
		return
	}
	for _, name := range names {
		if _, err := fs.Lstat(v.Files, name); badPath(name) == "" && errors.Is(err, fs.ErrNotExist) {
			v.say(refuse("uncovered-missing", name, "the key signed that it belongs to the folder, and it is missing"))
		}
	}
}

// bound holds an integrity file against the digest that the statement gives of it.
func (v *verifier) bound(f report.PredicateFile, there map[string][]byte) {
	data, read := there[f.Name]
	sum := sha256.Sum256(data)
	switch got := hex.EncodeToString(sum[:]); {
	case read && got != f.SHA256:
		v.say(refuse("companion-changed", f.Name, "its sha256 is %.12s..., the key signed %.12s...", got, f.SHA256))
	case !read && companions[f.Name] != "":
		v.say(refuse("companion-missing", f.Name, "the key signed that it belongs to the bundle, and it is missing"))
	}
}

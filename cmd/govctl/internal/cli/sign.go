package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
)

// seedVariable holds the private key. It is never handed to a program that govctl starts.
const seedVariable = "GOV_SIGNING_PRIVATE_KEY"

// signFlags say which keys sign and what is looked at before.
type signFlags struct {
	keyFile   string
	also      []string
	trusted   string
	unchecked bool
}

func signCommand(a *app) *cobra.Command {
	var f signFlags
	c := command("sign", "Sign the checksums of the output folder", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.sign(ctx, f)
	})
	c.Long = "Sign status/checksums.json of the output folder with Ed25519, and write the signature in the forms that openssl, minisign,\n" +
		"signify and cosign read. The private key is the base64 of a 32-byte seed in " + seedVariable + ", or in a file that no one\n" +
		"else can read. The files are checked against the checksums first: a list that does not match is not signed."
	f.add(c)
	c.Flags().BoolVar(&f.unchecked, "checksums-only", false, "sign without the files, on a machine that has only the checksums")
	return c
}

func (f *signFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.keyFile, "key-file", "", "read the private key from this `file` of mode 0600 (default: "+seedVariable+")")
	c.Flags().StringArrayVar(&f.also, "also-key-file", nil, "sign with the key in this `file` too, during an overlap")
	c.Flags().StringVar(&f.trusted, "trusted-keys", "", "name the keys of this `file` as previous ones (default: sign.public_keys)")
}

func (a *app) sign(ctx context.Context, f signFlags) (err error) {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	keys, err := a.signing(ctx, f)
	if err != nil {
		return err
	}
	if keys == nil {
		return usage("no signing key: %s is not set and there is no --key-file", seedVariable).hint("govctl key new makes a key")
	}
	if !f.unchecked {
		if err := a.filesAsListed(ctx, "govctl: not signed"); err != nil {
			return err
		}
	}
	store, _, err := artifact.Open(a.out, now, time.Minute)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	store.Begin("sign")
	if err := pipeline.Sign(ctx, store, *keys, now()); err != nil {
		return integrityError(err)
	}
	_, err = fmt.Fprintf(a.Stdout, "signed %s with key %s\n", filepath.ToSlash(filepath.Join(a.out, artifact.SignaturePath)), keys.Key.Public().ID())
	return err
}

// filesAsListed refuses an output folder whose files differ from its checksums.
func (a *app) filesAsListed(ctx context.Context, refusal string) error {
	f := verifyFlags{explicit: true}
	v, err := a.examine(nil, &f, false, func(r integrity.Request) (report.Verification, error) { return integrity.VerifyChecksums(ctx, r) })
	if err != nil {
		return integrityError(err)
	}
	if v.Verdict == "ok" {
		return nil
	}
	a.printFailures(refusal, v)
	return errFindings
}

// signing is the keys that sign; nil where none is configured.
func (a *app) signing(ctx context.Context, f signFlags) (*pipeline.Signing, error) {
	key, found, err := a.privateKey(f.keyFile)
	if err != nil || !found {
		return nil, err
	}
	s := &pipeline.Signing{Key: key}
	for _, name := range f.also {
		k, err := keyFromFile(name)
		if err != nil {
			return nil, err
		}
		s.Also = append(s.Also, k)
	}
	list, err := a.trustedFile(ctx, f.trusted)
	if err != nil || list == "" {
		return s, err
	}
	data, err := a.readInput(list)
	if err != nil {
		return nil, err
	}
	s.Previous, err = integrity.PreviousKeys(list, data, key.Public())
	return s, integrityError(err)
}

// trustedFile is the list of trusted keys: of the flag, or of the configuration; empty where there is none.
func (a *app) trustedFile(ctx context.Context, flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	cfg, err := a.configuration(ctx)
	return cfg.Sign.PublicKeys, err
}

// privateKey is the key of --key-file, or of the environment; false where there is neither.
func (a *app) privateKey(file string) (integrity.PrivateKey, bool, error) {
	if file != "" {
		k, err := keyFromFile(file)
		return k, err == nil, err
	}
	seed := a.Getenv(seedVariable)
	if seed == "" {
		return integrity.PrivateKey{}, false, nil
	}
	k, err := integrity.ParseSeed(seedVariable, seed)
	return k, err == nil, integrityError(err)
}

// keyFromFile reads a private key from a file that only its owner can read.
func keyFromFile(name string) (integrity.PrivateKey, error) {
	none := integrity.PrivateKey{}
	dir, err := openBeside(filepath.Dir(name))
	if err != nil {
		return none, usage("%s: %w", name, cause(err))
	}
	base := filepath.Base(name)
	info, err := fs.Stat(dir, base)
	if err != nil {
		return none, leadsOut(dir, name, usage("%s: %w", name, cause(err)))
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return none, usage("%s: others can read or change this private key (mode %04o)", name, mode).hint("chmod 600 %s", name)
	}
	seal()
	text, err := integrity.Read(dir, base)
	if err != nil {
		return none, usage("%s: %w", name, cause(err))
	}
	k, err := integrity.ParseSeed(name, string(text))
	return k, integrityError(err)
}

// leadsOut adds what to do about a link that leaves its folder: what it points at could change between two looks at it.
func leadsOut(dir fs.FS, name string, err *exitError) *exitError {
	if info, lerr := fs.Lstat(dir, filepath.Base(name)); lerr != nil || info.Mode()&fs.ModeSymlink == 0 {
		return err
	}
	if to, lerr := filepath.EvalSymlinks(name); lerr == nil {
		return err.hint("it is a link that leaves its folder; name the file itself: %s", to)
	}
	return err.hint("it is a link that does not resolve")
}

// integrityError gives the errors of the integrity package their exit codes: refused is a finding, unreadable is a wrong input.
func integrityError(err error) error {
	var refused *integrity.Refused
	var bad *integrity.Unreadable
	switch {
	case errors.As(err, &refused):
		return &exitError{code: Findings, err: fmt.Errorf("%s: %w", refused.Reason, err)}
	case errors.As(err, &bad):
		return &exitError{code: BadInput, err: err, tip: bad.Hint}
	}
	return err
}

// printFailures writes a line for each error of a verification.
func (a *app) printFailures(prefix string, v report.Verification) {
	const most = 20
	n := 0
	for _, f := range v.Findings {
		if f.Level != report.Error {
			continue
		}
		if n++; n > most {
			continue
		}
		fmt.Fprintf(a.Stderr, "%s: %s: %s: %s\n", prefix, f.Rule, oneLine(f.Subject), oneLine(f.Message))
		a.hint(f.Hint)
	}
	if n > most {
		fmt.Fprintf(a.Stderr, "%s: and %d more (--format json lists them all)\n", prefix, n-most)
	}
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/config"
	"github.com/romel/govctl/pkg/integrity"
	"github.com/romel/govctl/pkg/render"
	"github.com/romel/govctl/pkg/report"
)

// verifyFlags say what is verified and against which keys.
type verifyFlags struct {
	checksums, signature, base    string
	publicKeys, rotations         []string
	trusted                       string
	signatureOnly, requireTrusted bool
	exact, ignoreMissing          bool
	minVersion                    int
	format                        string
	folder                        string // found: the folder under verification, absolute
}

func verifyCommand(a *app) *cobra.Command {
	var f verifyFlags
	c := command("verify [FOLDER]", "Verify published files: files, hashes, signature, key", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		return a.verify(ctx, args, f)
	})
	c.Long = "Verify that the files of an output folder are exactly the ones that the key signed. FOLDER is an output folder or a checkout of\n" +
		"the branch that it was published to (default: --out). Success prints VERIFY_OK and exits 0. A mismatch prints VERIFY_FAIL with the\n" +
		"reason and exits 1; a file that cannot be read or is not JSON exits 2.\n\n" +
		"Without a key from another source the files vouch for themselves, and verify says so."
	f.files(c)
	s := c.Flags()
	s.StringVar(&f.signature, "signature", "", "signature `file` (default: checksums-signature.json beside the checksums)")
	s.StringArrayVar(&f.publicKeys, "public-key", nil, "trust this `key`: base64, or a file that holds it; of sign.public_keys only revocations count then")
	s.StringVar(&f.trusted, "trusted-keys", "", "trust the keys of this `file` (default: sign.public_keys)")
	s.StringArrayVar(&f.rotations, "rotations", nil, "follow the rotation records of this `file`, and believe its revocations; its keys are not trusted")
	s.BoolVar(&f.signatureOnly, "signature-only", false, "do not look at the files, only at checksums and signature")
	s.BoolVar(&f.requireTrusted, "require-trusted-key", false, "fail where no key from another source was given")
	s.IntVar(&f.minVersion, "min-version", 1, "refuse signatures of a lower format `version`; 2 binds the names of the files")
	a.formatFlag(c, &f.format)
	return c
}

// files adds the flags that say where things lie.
func (f *verifyFlags) files(c *cobra.Command) {
	c.Flags().StringVar(&f.checksums, "checksums", "", "checksum list `file` (default: status/checksums.json in the folder)")
	c.Flags().StringVar(&f.base, "base", "", "`folder` that the listed paths start from (default: the one above status/)")
	c.Flags().BoolVar(&f.ignoreMissing, "ignore-missing", false, "do not fail on listed files that are absent, where at least one is there")
	c.Flags().BoolVar(&f.exact, "exact", false, "fail on files that are not listed, and on whatever else nothing proves")
	c.MarkFlagsMutuallyExclusive("exact", "ignore-missing")
}

func (a *app) verify(ctx context.Context, args []string, f verifyFlags) error {
	if f.minVersion < 1 || f.minVersion > 2 {
		return usage("--min-version %d: the formats are 1 and 2", f.minVersion)
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	r, err := a.bundle(args, &f, true)
	if err == nil {
		r.Trust, err = a.trust(ctx, f)
	}
	if err != nil {
		return a.failed(err)
	}
	r.Now, r.MinVersion, r.RequireTrusted, r.ByHand, r.History = now(), f.minVersion, f.requireTrusted, !f.signatureOnly, historyDiffers
	if f.signatureOnly {
		r.Files = nil
	}
	v, err := integrity.Verify(ctx, r)
	if err != nil {
		return integrityError(err)
	}
	return a.printVerification(v, f.format, "VERIFY_OK", "VERIFY_FAIL")
}

// failed says a refusal of an input in the words of a failed verification.
func (a *app) failed(err error) error {
	var refused *integrity.Refused
	if !errors.As(err, &refused) {
		return integrityError(err)
	}
	fmt.Fprintf(a.Stderr, "VERIFY_FAIL: %s: %s\n", refused.Reason, oneLine(refused.Msg))
	return errFindings
}

// printVerification writes the outcome: in text the one word on standard output, everything else as talk.
func (a *app) printVerification(v report.Verification, format, passed, failed string) error {
	var err error
	switch format {
	case "text":
		if v.Verdict == "ok" {
			_, err = fmt.Fprintln(a.Stdout, passed)
		}
	case "json":
		var b []byte
		if b, err = artifact.Encode(v); err == nil {
			_, err = a.Stdout.Write(b)
		}
	default:
		err = render.Write(a.Stdout, format, verificationReport(a.tool(), v), a.look())
	}
	if err != nil {
		return err
	}
	for _, f := range v.Findings {
		if f.Level == report.Warning {
			fmt.Fprintf(a.Stderr, "govctl: warning: %s: %s: %s\n", f.Rule, oneLine(f.Subject), oneLine(f.Message))
		}
	}
	if absent := absentFiles(v); absent > 0 && v.Verdict == "ok" {
		fmt.Fprintf(a.Stderr, "govctl: %d of %d listed files are not here\n", absent, v.Count)
	}
	if open := uncovered(v); open != "" {
		fmt.Fprintf(a.Stderr, "govctl: not covered, because they go on changing: %s\n", open)
	}
	if v.KeyID != "" {
		fmt.Fprintf(a.Stderr, "govctl: key %s, fingerprint %s, %s\n", v.KeyID, v.Fingerprint, signedWhen(v))
	}
	if v.Verdict == "ok" {
		return nil
	}
	a.printFailures(failed, v)
	return errFindings
}

// absentFiles counts the listed files that are not there.
func absentFiles(v report.Verification) (n int) {
	for _, f := range v.Findings {
		if f.Rule == "file-missing" {
			n++
		}
	}
	return n
}

func signedWhen(v report.Verification) string {
	switch {
	case v.SignedAt.IsZero():
		return "time of signing unknown"
	case v.SignedAtBound:
		return "signed " + v.SignedAt.UTC().Format(time.RFC3339)
	}
	return "signed " + v.SignedAt.UTC().Format(time.RFC3339) + " by its own account"
}

func verificationReport(tool render.Tool, v report.Verification) *render.Report {
	r := &render.Report{Title: "Verification", Tool: tool, Findings: v.Findings, Headline: fmt.Sprintf("Verified: %d files, key %s.", v.Count, v.KeyID)}
	if v.Verdict != "ok" {
		r.Headline = "Not verified."
	}
	for _, row := range integrity.Reasons() {
		r.Rules = append(r.Rules, render.RuleInfo{ID: row.ID, Level: row.Level, Category: row.Step, Summary: row.Why, Why: row.Why})
	}
	return r
}

// bundle finds and reads checksums and, where wanted, the signature, and opens the folders that belong to them.
func (a *app) bundle(args []string, f *verifyFlags, signature bool) (integrity.Request, error) {
	dir := a.out
	if len(args) > 0 {
		dir = args[0]
	}
	name := f.checksums
	if name == "" {
		name = findChecksums(dir)
	}
	r := integrity.Request{ChecksumsName: filepath.ToSlash(name), Exact: f.exact, IgnoreMissing: f.ignoreMissing}
	var err error
	if r.Checksums, _, err = readBundleFile(name); err != nil {
		return r, err
	}
	if signature {
		sig := f.signature
		if sig == "" {
			sig = filepath.Join(filepath.Dir(name), integrity.SignatureFile)
		}
		r.SignatureName = filepath.ToSlash(sig)
		if r.Signature, r.Beside, err = readBundleFile(sig); err != nil {
			return r, err
		}
	}
	r.Files, r.Dir, f.folder, err = startingFolder(name, f.base, r.Checksums)
	return r, err
}

// findChecksums looks for the list in an output folder, then in a folder that holds it without a folder status/.
func findChecksums(dir string) string {
	name := filepath.Join(dir, integrity.Folder, integrity.ChecksumsFile)
	if flat := filepath.Join(dir, integrity.ChecksumsFile); !exists(name) && exists(flat) {
		return flat
	}
	return name
}

// readBundleFile reads a file and opens its folder.
func readBundleFile(name string) ([]byte, fs.FS, error) {
	dir, err := openDir(filepath.Dir(name))
	if err != nil {
		return nil, nil, usage("%s: %w", name, cause(err)).hint("which folder was it published to? govctl verify FOLDER looks there")
	}
	b, err := integrity.Read(dir, filepath.Base(name))
	switch {
	case errors.Is(err, integrity.ErrTooLarge):
		return nil, nil, &integrity.Refused{Reason: "too-large", Msg: err.Error()}
	case err != nil:
		e := usage("%s: %w", name, cause(err))
		if errors.Is(err, fs.ErrNotExist) {
			e = e.hint("govctl checksums write and govctl sign make the files that govctl verify reads")
		}
		return nil, nil, e
	}
	return b, dir, nil
}

// startingFolder is the folder that the listed paths start from, and where in it the checksums lie: the folder of --base, else the
// one above status/, else that of the checksums themselves.
func startingFolder(checksums, base string, list []byte) (files fs.FS, rel, dir string, err error) {
	own, err := filepath.Abs(filepath.Dir(checksums))
	if err != nil {
		return nil, "", "", err
	}
	dir = own
	if filepath.Base(own) == integrity.Folder {
		dir = filepath.Dir(own)
	}
	if base != "" {
		if dir, err = filepath.Abs(base); err != nil {
			return nil, "", "", err
		}
	}
	if files, err = openDir(dir); err != nil {
		return nil, "", "", usage("%s: %w", dir, cause(err))
	}
	if base == "" && dir != own && !integrity.Holds(list, files) {
		if flat, err := openDir(own); err == nil && integrity.Holds(list, flat) {
			files, dir = flat, own
		}
	}
	if rel, err = filepath.Rel(dir, own); err != nil || !filepath.IsLocal(rel) {
		rel = "."
	}
	return files, filepath.ToSlash(rel), dir, nil
}

func exists(name string) bool {
	dir, err := openDir(filepath.Dir(name))
	if err != nil {
		return false
	}
	_, err = fs.Stat(dir, filepath.Base(name))
	return err == nil
}

// trust is what the user holds to be true before the bundle is looked at; nil where nothing was said.
func (a *app) trust(ctx context.Context, f verifyFlags) (*integrity.Trust, error) {
	list := f.trusted
	if list == "" {
		var err error
		if list, err = a.configuredTrust(ctx, f.folder); err != nil {
			return nil, err
		}
	}
	if list == "" && len(f.publicKeys) == 0 {
		if len(f.rotations) > 0 {
			return nil, usage("--rotations needs a key to start from").hint("pass --public-key or --trusted-keys too")
		}
		return nil, nil
	}
	listed, err := a.trustedList(list)
	alone := f.trusted == "" && len(f.publicKeys) > 0 // these keys and no others
	if alone && errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(a.Stderr, "govctl: warning: sign.public_keys is not used: %s\n", oneLine(err.Error()))
		listed, err = &integrity.Trust{}, nil
	}
	if err != nil {
		return nil, err
	}
	t := listed
	if alone {
		t = &integrity.Trust{}
	}
	for _, text := range f.publicKeys {
		k, err := a.publicKey(text)
		if err != nil {
			return nil, err
		}
		t.Pin(k)
	}
	if alone {
		t.Believe(listed)
	}
	for _, name := range f.rotations {
		data, err := a.readInput(name)
		if err != nil {
			return nil, err
		}
		if err := t.AddRotations(name, data); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// trustedList reads a list of trusted keys; an empty one where none is named.
func (a *app) trustedList(name string) (*integrity.Trust, error) {
	if name == "" {
		return &integrity.Trust{}, nil
	}
	data, err := a.readInput(name)
	if err != nil {
		return nil, err
	}
	return integrity.ParseTrusted(name, data)
}

// configuredTrust is the list of keys that the configuration names; empty where there is none, or where configuration or list lie
// in the folder under verification. Whoever wrote that folder would otherwise say whom to trust.
func (a *app) configuredTrust(ctx context.Context, folder string) (string, error) {
	list, err := a.trustedFile(ctx, "")
	if err != nil || list == "" {
		return "", err
	}
	for _, name := range []string{firstOf(a.config, config.File), list} {
		if within(folder, name) && (a.config == "" || name == list) {
			fmt.Fprintf(a.Stderr, "govctl: warning: sign.public_keys is not used: %s lies in the folder under verification\n", oneLine(name))
			return "", nil
		}
	}
	return list, nil
}

// within reports whether a file lies in a folder, links resolved where they can be.
func within(folder, name string) bool {
	full, err := filepath.Abs(name)
	if err != nil {
		return true
	}
	resolve := func(p string) string {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			return real
		}
		return p
	}
	rel, err := filepath.Rel(resolve(folder), resolve(full))
	return err == nil && filepath.IsLocal(rel)
}

// publicKey reads the value of --public-key: a key, or the name of a file that holds one.
func (a *app) publicKey(text string) (integrity.PublicKey, error) {
	if err := a.notTheSeed(text); err != nil {
		return integrity.PublicKey{}, err
	}
	k, err := integrity.ParsePublicKey("--public-key", []byte(text))
	var bad *integrity.Unreadable
	if !errors.As(err, &bad) || !exists(text) {
		return k, err
	}
	data, err := a.readInput(text)
	if err != nil {
		return k, err
	}
	return integrity.ParsePublicKey(text, data)
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/render"
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
	commit, maxAge                string
	age                           time.Duration // of --max-age
	url                           string        // of published pages, which are verified instead of a folder
	deadline                      time.Duration // of them
	allowPrivate                  bool
	explicit                      bool   // --out was given: no other folder is meant
	folder                        string // found: the folder under verification, absolute
}

func verifyCommand(a *app) *cobra.Command {
	var f verifyFlags
	var c *cobra.Command
	c = command("verify [FOLDER]", "Verify published files: files, hashes, signature, key", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		f.explicit = c.Flag("out").Changed
		if err := f.given(c); err != nil {
			return err
		}
		return a.verify(ctx, args, f)
	})
	c.Long = "Verify that the files of an output folder are exactly the ones that the key signed. FOLDER is an output folder, or a clone of a\n" +
		"branch that it was published to: of the artifacts or of the pages. Without FOLDER it is --out, else the current folder where that is\n" +
		"such a clone. Success prints VERIFY_OK and exits 0. A mismatch prints VERIFY_FAIL with the reason and exits 1; a file that cannot be\n" +
		"read or is not JSON exits 2.\n\n" +
		"With --url it verifies published pages at their address: it fetches every file that they list, without following redirects to other\n" +
		"hosts. Pages are deployed a while after the push, and caches have older copies: what differs is fetched again until --deadline.\n" +
		"The first attempt may take a minute even if the deadline is shorter. A site that cannot be read exits 3.\n\n" +
		"A genuine bundle can be outdated: --commit and --max-age check commit and age in the signed manifest.\n" +
		"Without a key from another source, integrity is verified but origin is not, and verify warns about it."
	f.files(c)
	s := c.Flags()
	s.StringVar(&f.signature, "signature", "", "signature `file` (default: checksums-signature.json beside the checksums)")
	s.StringArrayVar(&f.publicKeys, "public-key", nil, "trust this `key`: base64, or a file that contains it; of sign.public_keys only revocations count then")
	s.StringVar(&f.trusted, "trusted-keys", "", "trust the keys of this `file` (default: sign.public_keys)")
	s.StringArrayVar(&f.rotations, "rotations", nil, "follow the rotation records of this `file`, and honour its revocations; its keys are not trusted")
	s.BoolVar(&f.signatureOnly, "signature-only", false, "check only checksums and signature, not the files")
	s.BoolVar(&f.requireTrusted, "require-trusted-key", false, "fail where no key from another source was given")
	s.IntVar(&f.minVersion, "min-version", 1, "reject signatures of a lower format `version`; 2 binds the names of the files")
	s.StringVar(&f.commit, "commit", "", "fail unless the signed manifest is of this `sha`; seven digits or more")
	s.StringVar(&f.maxAge, "max-age", "", "fail where the signed manifest is older than this `duration`, such as 24h or 2d")
	s.StringVar(&f.url, "url", "", "verify the published pages at this `address`, such as https://OWNER.github.io/NAME/")
	s.DurationVar(&f.deadline, "deadline", siteDeadline, "with --url, fetch again for up to this long what differs or is not there yet")
	s.BoolVar(&f.allowPrivate, "allow-private", false, "let --url be http, private or loopback")
	for _, flag := range []string{"signature", "checksums", "base", "signature-only", "exact", "ignore-missing"} { // of a folder
		c.MarkFlagsMutuallyExclusive("url", flag)
	}
	c.MarkFlagsMutuallyExclusive("signature-only", "commit")
	c.MarkFlagsMutuallyExclusive("signature-only", "max-age")
	a.formatFlag(c, &f.format)
	return c
}

// sha is what --commit takes; the sha of a run outside a repository, only zeros, is that of no commit.
var sha = late.Pattern(`^[0-9a-fA-F]{7,64}$`)

// given checks the values of flags that decide what passes. An empty one is often a variable that is not set, and must not switch the check off.
func (f *verifyFlags) given(c *cobra.Command) error {
	for _, name := range []string{"commit", "max-age", "trusted-keys", "checksums", "signature", "base", "url"} {
		if flag := c.Flag(name); flag.Changed && flag.Value.String() == "" {
			return usage("--%s is empty", name).hint("is the variable set?")
		}
	}
	if f.commit != "" && (!sha().MatchString(f.commit) || strings.Trim(f.commit, "0") == "") {
		return usage("--commit %q is not a commit", f.commit).hint("seven to 64 hex digits")
	}
	var err error
	if f.maxAge != "" {
		if f.age, err = parseAge(f.maxAge); err != nil {
			return usage("--max-age %q: %w", f.maxAge, err).hint("a number of hours or days: 24h, 2d")
		}
	}
	return nil
}

// parseAge reads a duration that may begin with days: 36h, 2d, 1d12h.
func parseAge(text string) (time.Duration, error) {
	days, rest, ok := strings.Cut(text, "d")
	if !ok {
		days, rest = "0", text
	}
	n, err := strconv.ParseUint(days, 10, 16)
	age := time.Duration(n) * 24 * time.Hour
	if err == nil && (rest != "" || !ok) {
		var d time.Duration
		d, err = time.ParseDuration(rest)
		if d < 0 {
			err = errors.New("negative")
		}
		age += d
	}
	if err == nil && age <= 0 {
		err = errors.New("not more than zero")
	}
	return age, err
}

// files adds the flags that say where things lie.
func (f *verifyFlags) files(c *cobra.Command) {
	c.Flags().StringVar(&f.checksums, "checksums", "", "checksum list `file` (default: status/checksums.json in the folder)")
	c.Flags().StringVar(&f.base, "base", "", "`folder` that the listed paths start from (default: the one above status/)")
	c.Flags().BoolVar(&f.ignoreMissing, "ignore-missing", false, "do not fail on listed files that are absent, where at least one is there")
	c.Flags().BoolVar(&f.exact, "exact", false, "also fail on unlisted files and on anything else that the signature does not cover")
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
	if f.deadline <= 0 {
		return usage("--deadline %s is not more than zero", f.deadline)
	}
	if f.url != "" && len(args) > 0 {
		return usage("--url and FOLDER exclude each other").hint("without --url, govctl verify FOLDER verifies a clone of the branch")
	}
	trust := sync.OnceValues(func() (*integrity.Trust, error) { return a.trust(ctx, f) }) // f.folder is known when the bundle is found
	verify := func(ctx context.Context, r integrity.Request) (v report.Verification, err error) {
		if r.Trust, err = trust(); err != nil {
			return v, err
		}
		r.Now, r.MinVersion, r.RequireTrusted, r.ByHand, r.History = now(), f.minVersion, f.requireTrusted, !f.signatureOnly, historyDiffers
		r.Commit, r.MaxAge = f.commit, f.age
		if f.signatureOnly {
			r.Files = nil
		}
		return integrity.Verify(ctx, r)
	}
	var v report.Verification
	if f.url != "" {
		v, err = a.examineSite(ctx, f, verify)
	} else {
		v, err = a.examine(args, &f, true, func(r integrity.Request) (report.Verification, error) { return verify(ctx, r) })
	}
	if err != nil {
		return a.failed(err)
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
			fmt.Fprintf(a.notes(), "govctl: warning: %s: %s: %s\n", f.Rule, oneLine(f.Subject), oneLine(f.Message))
		}
	}
	if absent := absentFiles(v); absent > 0 && v.Verdict == "ok" {
		fmt.Fprintf(a.notes(), "govctl: %d of %d listed files are missing\n", absent, v.Count)
	}
	if open := uncovered(v); open != "" {
		fmt.Fprintf(a.notes(), "govctl: not covered, because they change after signing: %s\n", open)
	}
	if v.Commit != "" && v.Verdict == "ok" { // else nothing proves it
		fmt.Fprintf(a.notes(), "govctl: commit %s%s, made %s\n", oneLine(v.Commit), suffix(v.Project != "", " of project "+oneLine(v.Project)), v.GeneratedAt.UTC().Format(time.RFC3339))
	}
	if v.KeyID != "" {
		fmt.Fprintf(a.notes(), "govctl: key %s, fingerprint %s, %s\n", v.KeyID, v.Fingerprint, signedWhen(v))
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
	return "signed " + v.SignedAt.UTC().Format(time.RFC3339) + " (unsigned claim)"
}

func verificationReport(tool render.Tool, v report.Verification) *render.Report {
	r := &render.Report{Title: "Verification", Tool: tool, Findings: v.Findings, Headline: fmt.Sprintf("Verified: %s, key %s.", counted(v.Count, "file"), v.KeyID)}
	if v.Verdict != "ok" {
		r.Headline = "Not verified."
	}
	for _, row := range integrity.Reasons() {
		r.Rules = append(r.Rules, render.RuleInfo{ID: row.ID, Level: row.Level, Category: row.Step, Summary: row.Why, Why: row.Why})
	}
	return r
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
		fmt.Fprintf(a.notes(), "govctl: warning: sign.public_keys is not used: %s\n", oneLine(err.Error()))
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
			fmt.Fprintf(a.notes(), "govctl: warning: sign.public_keys is not used: %s is inside the folder under verification\n", oneLine(name))
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

package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/netguard"
	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/webfiles"
	"github.com/romel/govctl/pkg/report"
)

// Times of verify --url. Pages are deployed a while after the push, and caches have older copies.
const (
	siteDeadline = 2 * time.Minute
	siteFirst    = time.Minute // of the first try, where the deadline is shorter
	siteRequest  = 30 * time.Second
	siteWait     = time.Second // after the first try; each further one waits twice as long
	siteWaitMost = 15 * time.Second
)

// examineSite verifies the bundle of the pages at an address, until it verifies or the deadline has passed. The first try has a time of its
// own: a short deadline asks for no further try, and not for no verdict.
func (a *app) examineSite(ctx context.Context, f verifyFlags, verify func(context.Context, integrity.Request) (report.Verification, error)) (report.Verification, error) {
	site, err := webfiles.New(f.url, probeclient.Options{Timeout: siteRequest, Public: !f.allowPrivate, UserAgent: "govctl/" + Version(), Now: a.Now, Sleep: sleep})
	if err != nil {
		return report.Verification{}, usage("--url: %w", err).hint("--allow-private allows http:// and addresses of your own network")
	}
	end := a.Now().Add(f.deadline)
	first, cancel := context.WithTimeout(ctx, max(f.deadline, siteFirst))
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, f.deadline)
	defer cancel()
	v, err := siteVerdict(first, site, verify)
	for wait := siteWait; ; wait = min(2*wait, siteWaitMost) {
		why := waitingFor(v, err)
		if why == "" || a.Now().Add(wait).After(end) {
			return v, siteError(err)
		}
		if wait == siteWait {
			fmt.Fprintf(a.notes(), "govctl: trying again for up to %s: %s\n", f.deadline, oneLine(why))
		}
		if err := sleep(ctx, wait); err != nil {
			return v, err
		}
		next, failed := siteVerdict(ctx, site, verify)
		if failed != nil && ctx.Err() != nil {
			return v, siteError(err) // the deadline ended this try: what the one before found holds
		}
		v, err = next, failed
	}
}

// siteVerdict is the verdict on what the site has now. Content counts, beside digests, of the manifest and of what is compared with the list.
func siteVerdict(ctx context.Context, site *webfiles.Site, verify func(context.Context, integrity.Request) (report.Verification, error)) (none report.Verification, err error) {
	content, err := site.Content(ctx, append(integrity.SignedNames(), integrity.ManifestFile, integrity.ChecksumsFile, integrity.SumsFile))
	if err != nil {
		return none, err
	}
	for _, name := range []string{integrity.ChecksumsFile, integrity.SignatureFile} {
		if content[name] == nil {
			return none, &webfiles.Error{URL: site.At(name), Why: "there is no such file", Later: true}
		}
	}
	listed, err := integrity.Listed(content[integrity.ChecksumsFile])
	if err != nil {
		return none, err
	}
	sums, err := site.Sums(ctx, listed, content)
	if err != nil {
		return none, err
	}
	files := mapFiles(content)
	return verify(ctx, integrity.Request{Checksums: content[integrity.ChecksumsFile], ChecksumsName: site.At(integrity.ChecksumsFile),
		Signature: content[integrity.SignatureFile], SignatureName: site.At(integrity.SignatureFile), Files: files, Measured: sums, Dir: ".", Beside: files})
}

// waitingFor is what a further try may change; empty where it changes nothing.
func waitingFor(v report.Verification, err error) string {
	var e *webfiles.Error
	if errors.As(err, &e) && e.Later {
		return e.Error()
	}
	return integrity.Passing(v) // of no verdict nothing
}

// siteError says what can be done about a site that cannot be read.
func siteError(err error) error {
	var e *webfiles.Error
	var refused *netguard.Error
	if !errors.As(err, &e) {
		return err
	}
	tip := "is the address that of the published pages, and are they deployed? --deadline waits longer"
	switch {
	case errors.As(err, &refused) && refused.Private:
		tip = "--allow-private allows addresses of your own network"
	case e.Moved:
		tip = "pass the address of the pages at which the redirect ends; pages that ask for a login cannot be verified from here: verify the branch"
	}
	return (&exitError{code: Failed, err: err}).hint("%s", tip)
}

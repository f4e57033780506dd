package cli

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
)

// The receiver is a secret, so it has no flag.
const (
	webhookVariable = "GOVERNANCE_WEBHOOK"
	secretVariable  = "GOVERNANCE_WEBHOOK_SECRET"
)

type webhookFlags struct {
	statusFlags
	deadline, timeout              time.Duration
	allowPrivate, required, dryRun bool
}

func webhookCommand(a *app) *cobra.Command {
	var f, p webhookFlags
	send := command("send", "Deliver what a run has to tell, and what is still waiting", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.webhookSend(ctx, f)
	})
	send.Long = "Deliver the notice of a run to the URL in " + webhookVariable + ", older notices that are still waiting first. With\n" +
		secretVariable + " it is signed (X-Hub-Signature-256 and Standard Webhooks). What cannot be delivered waits in\n" +
		"webhook-deliveries.jsonl for the next run, and the command passes unless --required is given."
	f.add(send)
	send.Flags().DurationVar(&f.deadline, "deadline", 0, "bound of all tries together (default: webhook.deadline, 60s)")
	send.Flags().DurationVar(&f.timeout, "timeout", 0, "bound of one try (default: webhook.timeout, 10s)")
	send.Flags().BoolVar(&f.allowPrivate, "allow-private", false, "let http:// and private or loopback addresses pass")
	send.Flags().BoolVar(&f.required, "required", false, "fail with exit code 3 when something is not delivered")
	send.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the request and send nothing")
	payload := command("payload", "Print the payload of a run", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.webhookPayload(ctx, p)
	})
	p.add(payload)
	return group("webhook", "Tell a webhook what a run found", payload, send)
}

func (f *statusFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.status, "status", "", "status `folder` of the run (default: status in --out)")
	c.Flags().StringVar(&f.previous, "previous", "", "status or output `folder` of the run before (default: the state that the run kept)")
}

func (a *app) webhookPayload(ctx context.Context, f webhookFlags) error {
	cfg, r, err := a.outwardConfig(ctx, f.statusFlags)
	if err != nil {
		return err
	}
	body, err := notify.Encode(a.notice(cfg, r, r.state))
	if err != nil {
		return &exitError{code: BadInput, err: err}
	}
	_, err = fmt.Fprintf(a.Stdout, "%s\n", body)
	return err
}

func (a *app) notice(cfg config.Config, r *found, state report.AlertState) report.Notice {
	c := notify.Context{Repository: a.repository(), RunURL: a.runURL()}
	if sums, err := load[report.Checksums](r, artifact.ChecksumsPath); err == nil && sums != nil && len(cfg.Contracts) == 1 {
		for _, s := range sums.Artifacts {
			if s.Path == "schemas/"+cfg.Contracts[0].Name+".json" {
				c.Checksum = s.SHA256
			}
		}
	}
	return notify.NewNotice(&r.summary, &state, c)
}

// sender is the delivery to the configured receiver; nil where none is configured.
func (a *app) sender(cfg config.Config, f webhookFlags) (*notify.Sender, error) {
	e := notify.Endpoint{URL: a.Getenv(webhookVariable), Secret: a.Getenv(secretVariable), AllowPrivate: f.allowPrivate, UserAgent: "govctl/" + Version(),
		Timeout: f.timeout, Source: "/" + strings.TrimPrefix(a.repository(), "/")}
	if e.URL == "" {
		return nil, nil
	}
	if e.Timeout <= 0 {
		e.Timeout = time.Duration(cfg.Webhook.Timeout)
	}
	if seed, err := base64.StdEncoding.DecodeString(a.Getenv(seedVariable)); err == nil && len(seed) == ed25519.SeedSize {
		e.Key = ed25519.NewKeyFromSeed(seed)
	}
	s, err := notify.NewSender(e, notify.Clock{Now: a.Now, Sleep: sleep, Jitter: rand.Float64})
	if err != nil {
		return nil, usage("%s: %w", webhookVariable, err)
	}
	return s, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *app) webhookSend(ctx context.Context, f webhookFlags) (err error) {
	cfg, r, err := a.outwardConfig(ctx, f.statusFlags)
	if err != nil {
		return err
	}
	s, err := a.sender(cfg, f)
	if err != nil {
		return err
	}
	if s == nil {
		if f.required {
			return usage("%s is not set", webhookVariable)
		}
		fmt.Fprintf(a.notes(), "govctl: %s is not set, nothing is sent\n", webhookVariable)
		return nil
	}
	defer s.Close()
	if err := a.queue(cfg, r, s.Host(), f.dryRun); err != nil {
		return err
	}
	if f.dryRun {
		return a.showRequests(ctx, cfg, r, s)
	}
	return a.deliver(ctx, cfg, r, s, f)
}

// queue writes this run's notice down before anything is sent, so that nothing is lost whatever happens next.
func (a *app) queue(cfg config.Config, r *found, host string, dry bool) error {
	if dry {
		return nil
	}
	_, lines, err := a.deliveries(r)
	if err != nil {
		return err
	}
	q, err := a.queued(cfg, r, lines, host)
	if err != nil || q == nil {
		return err
	}
	return a.appendDeliveries(r, *q)
}

// queued is the notice that this run has to tell; nil where it told it already or has none.
func (a *app) queued(cfg config.Config, r *found, lines []report.Delivery, host string) (*report.Delivery, error) {
	fresh := notify.Untold(lines, r.state)
	if len(fresh.Reasons) == 0 {
		return nil, nil
	}
	n := a.notice(cfg, r, fresh)
	body, err := notify.Encode(n)
	if err != nil {
		return nil, &exitError{code: BadInput, err: err}
	}
	q := notify.Queue(notify.DeliveryID(a.repository(), &fresh), host, n, body, r.summary.RunID, a.Now())
	return &q, nil
}

// maxDeliveries bounds the receipts that are read, in bytes.
const maxDeliveries = 64 << 20

func (a *app) deliveries(r *found) ([]byte, []report.Delivery, error) {
	log, err := artifact.Read(r.files, r.path(artifact.DeliveriesPath), maxDeliveries)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	lines, bad := notify.ParseLog(log)
	if bad > 0 {
		fmt.Fprintf(a.notes(), "govctl: %s: %d lines cannot be read and are kept\n", r.path(artifact.DeliveriesPath), bad)
	}
	return log, lines, nil
}

func (a *app) appendDeliveries(r *found, lines ...report.Delivery) (err error) {
	store, _, err := artifact.Open(r.dir, a.Now, defaultWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	store.Begin("webhook")
	log, _, err := a.deliveries(r) // read again under the lock
	if err != nil {
		return err
	}
	text, err := notify.AppendLog(log, lines...)
	if err != nil {
		return err
	}
	return store.Bytes(r.path(artifact.DeliveriesPath), text)
}

func (a *app) deliver(ctx context.Context, cfg config.Config, r *found, s *notify.Sender, f webhookFlags) error {
	_, lines, err := a.deliveries(r)
	if err != nil {
		return err
	}
	deadline := f.deadline
	if deadline <= 0 {
		deadline = time.Duration(cfg.Webhook.Deadline)
	}
	var receipts []report.Delivery
	for d := range s.Deliver(ctx, lines, r.summary.SHA, r.summary.RunID, deadline) {
		if err := a.appendDeliveries(r, d); err != nil {
			return err
		}
		receipts = append(receipts, d)
	}
	waiting := notify.Outstanding(slices.Concat(lines, receipts))
	for _, d := range receipts {
		if d.Delivered {
			fmt.Fprintf(a.Stdout, "delivered to %s: %s (status %d, tries %d)\n", d.Host, strings.Join(d.Reasons, ", "), d.LastStatus, d.Attempts)
			continue
		}
		a.warn(fmt.Sprintf("webhook not delivered to %s: %s: %s", d.Host, strings.Join(d.Reasons, ", "), d.Error))
	}
	if len(receipts) == 0 {
		fmt.Fprintln(a.Stdout, "nothing to deliver")
	}
	if f.required && len(waiting) > 0 {
		return &exitError{code: Failed, err: fmt.Errorf("%d notices are not delivered", len(waiting))}
	}
	return nil
}

// warn tells what must not be overlooked: on stderr, and in Actions as a warning of the run.
func (a *app) warn(text string) {
	fmt.Fprintf(a.Stderr, "govctl: %s\n", oneLine(text))
	if a.actions() {
		fmt.Fprint(a.Stderr, render.Warning("govctl", text))
	}
}

// showRequests prints what would be sent, without the path of the URL and without signatures: both are secrets in the hands of a reader.
func (a *app) showRequests(ctx context.Context, cfg config.Config, r *found, s *notify.Sender) error {
	_, lines, err := a.deliveries(r)
	if err != nil {
		return err
	}
	var list []report.Delivery
	for _, w := range notify.Outstanding(lines) {
		list = append(list, w.Queued)
	}
	q, err := a.queued(cfg, r, lines, s.Host())
	if err != nil {
		return err
	}
	if q != nil {
		list = append(list, *q)
	}
	if len(list) == 0 {
		fmt.Fprintln(a.Stdout, "nothing to deliver")
	}
	for _, d := range list {
		req, err := s.Request(ctx, d)
		if err != nil {
			return usage("the request cannot be made")
		}
		fmt.Fprintf(a.Stdout, "POST (the URL is a secret) HTTP/1.1\nHost: %s\n", s.Host())
		a.showHeaders(req.Header)
		fmt.Fprintf(a.Stdout, "\n%s\n", d.Payload)
	}
	return nil
}

func (a *app) showHeaders(h http.Header) {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := h.Get(name)
		if strings.Contains(strings.ToLower(name), "signature") {
			value = "(set)"
		}
		fmt.Fprintf(a.Stdout, "%s: %s\n", name, oneLine(value))
	}
}

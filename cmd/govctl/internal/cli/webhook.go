package cli

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
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

// receiver is a row of the table of those who are notified.
type receiver struct {
	chat      notify.Chat // empty: the webhook with the payload
	variables []string    // that may hold its address, first come first
}

var receivers = []receiver{
	{"", []string{webhookVariable, "GOVERNANCE_WEBHOOK_URL"}},
	{notify.Slack, []string{"SLACK_WEBHOOK", "SLACK_WEBHOOK_URL"}},
	{notify.Teams, []string{"TEAMS_WEBHOOK_URL"}},
}

// name is how messages call the receiver.
func (r *receiver) name() string { return firstOf(string(r.chat), "webhook") }

// address is the variable that is set, with its value.
func (r *receiver) address(getenv func(string) string) (variable, value string) {
	for _, name := range r.variables {
		if v := getenv(name); v != "" {
			return name, v
		}
	}
	return "", ""
}

// outlet is a receiver whose address is known.
type outlet struct {
	receiver
	*notify.Sender
}

type webhookFlags struct {
	statusFlags
	chat                           string
	deadline, timeout              time.Duration
	allowPrivate, required, dryRun bool
}

func webhookCommand(a *app) *cobra.Command {
	var f, p webhookFlags
	send := command("send", "Deliver the notice of a run, and those that are waiting for a retry", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.webhookSend(ctx, f)
	})
	send.Long = "Deliver the notice of a run to the URL in " + webhookVariable + " or GOVERNANCE_WEBHOOK_URL, older notices that are still waiting first. With\n" +
		secretVariable + " it is signed (X-Hub-Signature-256 and Standard Webhooks). What cannot be delivered waits in\n" +
		"webhook-deliveries.jsonl for the next run, and the command passes unless --required is given.\n\n" +
		"With --chat the reasons become one message for a chat, whose URL is in SLACK_WEBHOOK or SLACK_WEBHOOK_URL, or in TEAMS_WEBHOOK_URL. `run --send`\n" +
		"and `send` notify each receiver whose variable is set. docs/receiving-webhooks.md describes the payload and its signatures."
	send.Example = "  govctl webhook send --required\n  govctl webhook send --chat slack --dry-run"
	f.add(send)
	choose(send, &f.chat, "chat", "", "notify this chat instead of the webhook", string(notify.Slack), string(notify.Teams))
	send.Flags().DurationVar(&f.deadline, "deadline", 0, "time limit for all attempts together (default: webhook.deadline, 60s)")
	send.Flags().DurationVar(&f.timeout, "timeout", 0, "time limit for one attempt (default: webhook.timeout, 10s)")
	send.Flags().BoolVar(&f.allowPrivate, "allow-private", false, "allow http:// and private or loopback addresses")
	send.Flags().BoolVar(&f.required, "required", false, "fail with exit code 3 when something is not delivered")
	send.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the request and send nothing")
	payload := command("payload", "Print the payload of a run", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.webhookPayload(ctx, p)
	})
	p.add(payload)
	return group("webhook", "Print and deliver the webhook notice of a run", payload, send)
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
	c := notify.Context{Repository: a.repository(), RunURL: a.runURL(), Bundle: bundleDigest(cfg, r), Stability: leastStable(cfg, r)}
	if sums, err := load[report.Checksums](r, artifact.ChecksumsPath); err == nil && sums != nil && len(cfg.Contracts) == 1 {
		for _, s := range sums.Artifacts {
			if s.Path == "schemas/"+cfg.Contracts[0].Name+".json" {
				c.Checksum = s.SHA256
			}
		}
	}
	return notify.NewNotice(&r.summary, &state, c)
}

// bundleDigest is the SHA-256 over the canonical contracts, in the order of their names, and the summary; empty where one is not there.
func bundleDigest(cfg config.Config, r *found) string {
	names := contractNames(cfg)
	slices.Sort(names)
	h := sha256.New()
	for i := range names {
		names[i] = "schemas/" + names[i] + ".json"
	}
	for _, p := range append(names, r.path(artifact.SummaryPath)) {
		b, err := artifact.Read(r.files, p, artifact.Most(p))
		if err != nil {
			return ""
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// leastStable are the stability metrics of this run, of several contracts the least stable; nil where one of them was not measured.
func leastStable(cfg config.Config, r *found) *report.Stability {
	if r.summary.Placeholder {
		return nil
	}
	var least *report.Stability
	for i := range cfg.Contracts {
		m, err := load[report.Stability](r, of(cfg, cfg.Contracts[i].Name, artifact.StabilityPath))
		if err != nil || m == nil || m.Placeholder {
			return nil
		}
		if least == nil || m.WindowStabilityRatio < least.WindowStabilityRatio {
			least = m
		}
	}
	return least
}

// outlets are the receivers whose address is set. An address that cannot be used is an error beside the others.
func (a *app) outlets(cfg config.Config, f webhookFlags) (all []*outlet, err error) {
	for _, to := range receivers {
		o, failed := a.outlet(cfg, to, f)
		if o != nil {
			all = append(all, o)
		}
		err = errors.Join(err, failed)
	}
	return all, err
}

// outlet is the delivery to a receiver; nil where its address is not set.
func (a *app) outlet(cfg config.Config, to receiver, f webhookFlags) (*outlet, error) {
	variable, address := to.address(a.Getenv)
	if address == "" {
		return nil, nil
	}
	e := notify.Endpoint{URL: address, Chat: to.chat, AllowPrivate: f.allowPrivate, UserAgent: "govctl/" + Version(), Timeout: f.timeout}
	if e.Timeout <= 0 {
		e.Timeout = time.Duration(cfg.Webhook.Timeout)
	}
	if to.chat == "" {
		a.signs(&e)
	}
	s, err := notify.NewSender(e, notify.Clock{Now: a.Now, Sleep: sleep, Jitter: rand.Float64})
	if err != nil {
		return nil, usage("%s: %w", variable, err)
	}
	return &outlet{to, s}, nil
}

// signs adds what only the webhook gets: who sends, and the keys of the signatures.
func (a *app) signs(e *notify.Endpoint) {
	e.Secret, e.Source = a.Getenv(secretVariable), "/"+strings.TrimPrefix(a.repository(), "/")
	if seed, err := base64.StdEncoding.DecodeString(a.Getenv(seedVariable)); err == nil && len(seed) == ed25519.SeedSize {
		e.Key = ed25519.NewKeyFromSeed(seed)
	}
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
	to := receivers[slices.IndexFunc(receivers, func(r receiver) bool { return string(r.chat) == f.chat })]
	s, err := a.outlet(cfg, to, f)
	if err != nil {
		return err
	}
	if s == nil {
		names := strings.Join(to.variables, " or ")
		if f.required {
			return usage("%s is not set", names)
		}
		fmt.Fprintf(a.notes(), "govctl: %s is not set, nothing is sent\n", names)
		return nil
	}
	defer s.Close()
	if err := a.queue(cfg, r, s, f.dryRun); err != nil {
		return err
	}
	if f.dryRun {
		return a.showRequests(ctx, cfg, r, s)
	}
	return a.deliver(ctx, cfg, r, s, f)
}

// queue writes this run's notice down before anything is sent, so that nothing is lost whatever happens next.
func (a *app) queue(cfg config.Config, r *found, o *outlet, dry bool) error {
	if dry {
		return nil
	}
	_, lines, err := a.deliveries(r)
	if err != nil {
		return err
	}
	q, err := a.queued(cfg, r, lines, o)
	if err != nil || q == nil {
		return err
	}
	return a.appendDeliveries(r, *q)
}

// queued is the notice that this run has to tell; nil where it told it already or has none.
func (a *app) queued(cfg config.Config, r *found, lines []report.Delivery, o *outlet) (*report.Delivery, error) {
	if o.chat != "" {
		return a.queuedChat(cfg, r, lines, o)
	}
	fresh := notify.Untold(lines, r.state)
	if len(fresh.Reasons) == 0 {
		return nil, nil
	}
	n := a.notice(cfg, r, fresh)
	body, err := notify.Encode(n)
	if err != nil {
		return nil, &exitError{code: BadInput, err: err}
	}
	q := notify.Queue(notify.DeliveryID(a.repository(), &fresh, ""), o.Host(), n, body, r.summary.RunID, a.Now())
	return &q, nil
}

// queuedChat is the message that this run has for a chat; nil where it was queued before, or there is none.
func (a *app) queuedChat(cfg config.Config, r *found, lines []report.Delivery, o *outlet) (*report.Delivery, error) {
	if len(r.state.Reasons) == 0 || notify.Known(lines, a.repository(), &r.state, o.chat) {
		return nil, nil
	}
	n := a.notice(cfg, r, r.state)
	body, err := notify.ChatNotice(n, r.summary.Version, firstOf(a.runURL(), a.pageURL()), o.chat)
	if err != nil {
		return nil, err
	}
	q := notify.Queue(notify.DeliveryID(a.repository(), &r.state, o.chat), o.Host(), n, body, r.summary.RunID, a.Now())
	q.Chat = string(o.chat)
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
		fmt.Fprintf(a.notes(), "govctl: %s: unreadable and kept: %s\n", r.path(artifact.DeliveriesPath), counted(bad, "line"))
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

func (a *app) deliver(ctx context.Context, cfg config.Config, r *found, s *outlet, f webhookFlags) error {
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
	waiting := notify.Outstanding(notify.Of(slices.Concat(lines, receipts), s.chat))
	for _, d := range receipts {
		if d.Delivered {
			fmt.Fprintf(a.Stdout, "delivered to %s: %s (status %d, tries %d)\n", d.Host, strings.Join(d.Reasons, ", "), d.LastStatus, d.Attempts)
			continue
		}
		a.warn(fmt.Sprintf("%s not delivered to %s: %s: %s", s.name(), d.Host, strings.Join(d.Reasons, ", "), d.Error))
	}
	if len(receipts) == 0 {
		fmt.Fprintln(a.Stdout, "nothing to deliver")
	}
	if f.required && len(waiting) > 0 {
		return &exitError{code: Failed, err: fmt.Errorf("not delivered: %s", counted(len(waiting), "notice"))}
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
func (a *app) showRequests(ctx context.Context, cfg config.Config, r *found, s *outlet) error {
	_, lines, err := a.deliveries(r)
	if err != nil {
		return err
	}
	var list []report.Delivery
	for _, w := range notify.Outstanding(notify.Of(lines, s.chat)) {
		list = append(list, w.Queued)
	}
	q, err := a.queued(cfg, r, lines, s)
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

package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/internal/taxonomy"
)

// notifyFlags are the flags of `taxonomy notify`.
type notifyFlags struct {
	alertFlags
	previous, prev, curr, chat, webhook, format         string
	always, failOnDrift, dryRun, allowPrivate, required bool
	timeout                                             time.Duration
}

// chatVariables are the environment variables that may hold the address of the chat, first come first.
var chatVariables = []string{"TAXONOMY_WEBHOOK", "TAXONOMY_WEBHOOK_URL", "SLACK_WEBHOOK_URL", "TEAMS_WEBHOOK_URL"}

func taxonomyNotify(a *app) *cobra.Command {
	var f notifyFlags
	c := command("notify", "Post taxonomy drift to a chat webhook", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.notifyTaxonomy(ctx, &f)
	})
	c.Long = "Post to a chat which alerts the taxonomy does not know, which deprecated ones are still evaluated, which entries no rule file has, and\n" +
		"which active alerts lack a runbook; with --previous, or --prev and --curr, also what changed between two taxonomies. Without drift\n" +
		"nothing is sent unless --always is given.\n\n" +
		"The address comes from --webhook or from TAXONOMY_WEBHOOK, TAXONOMY_WEBHOOK_URL, SLACK_WEBHOOK_URL or TEAMS_WEBHOOK_URL; it is never\n" +
		"printed. Without one the message is printed instead, and the command passes unless --required is given."
	f.add(c)
	f.addDialect(c)
	c.Flags().StringVar(&f.previous, "previous", "", "an older taxonomy, git:REV or a `file`, to report what changed")
	c.Flags().StringVar(&f.prev, "prev", "", "the same as --previous")
	c.Flags().StringVar(&f.curr, "curr", "", "the taxonomy `file` that is compared with --prev; the same as --taxonomy")
	choose(c, &f.chat, "chat", "", "what the message is written for (TAXONOMY_SLACK_BLOCKS=1: slack)", string(notify.Plain), string(notify.Slack), string(notify.Teams))
	c.Flags().StringVar(&f.webhook, "webhook", "", "`address` of the chat")
	choose(c, &f.format, "format", "text", "what is printed, json as in taxonomy-drift", "text", "json")
	c.Flags().BoolVar(&f.always, "always", false, "send a message without drift, too")
	c.Flags().BoolVar(&f.failOnDrift, "fail-on-drift", false, "exit 1 when there is drift")
	c.Flags().BoolVar(&f.required, "required", false, "exit 2 where a message would be sent and no address is given")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the message instead of sending it")
	c.Flags().BoolVar(&f.allowPrivate, "allow-private", false, "allow an address that is http, private or loopback")
	c.Flags().DurationVar(&f.timeout, "timeout", time.Minute, "for all tries together")
	return c
}

func (a *app) notifyTaxonomy(ctx context.Context, f *notifyFlags) error {
	if f.prev != "" && f.previous != "" || f.curr != "" && f.file != "" {
		return usage("--prev is the same as --previous, and --curr the same as --taxonomy; both are given")
	}
	f.previous, f.file = firstOf(f.previous, f.prev), firstOf(f.file, f.curr)
	c, in, err := a.usable(ctx, &f.alertFlags)
	if err != nil {
		return err
	}
	if f.previous != "" {
		side, err := a.taxonomySide(ctx, f.previous, c)
		if err != nil {
			return err
		}
		in.Previous = side.File
	}
	d := taxonomy.Drift(in)
	body, err := notify.ChatMessage(d, a.chat(f))
	if err != nil {
		return err
	}
	drifted := notify.Drifted(d)
	switch {
	case f.dryRun:
		_, err = fmt.Fprintf(a.Stdout, "%s\n", body)
	case f.format == "json":
		err = a.printJSON(d)
	default:
		fmt.Fprintln(a.Stdout, oneLine(notify.Headline(d)))
	}
	if err == nil && !f.dryRun && (drifted || f.always) {
		err = a.sendChat(ctx, f, body)
	}
	if err == nil && drifted && f.failOnDrift {
		return errFindings
	}
	return err
}

func (a *app) chat(f *notifyFlags) notify.Chat {
	switch {
	case f.chat != "":
		return notify.Chat(f.chat)
	case truthy(a.Getenv("TAXONOMY_SLACK_BLOCKS")):
		return notify.Slack
	}
	return notify.Plain
}

// sendChat posts a message. Nobody is told when it does not arrive, so that is a failure.
func (a *app) sendChat(ctx context.Context, f *notifyFlags, body []byte) error {
	address := f.webhook
	for _, name := range chatVariables {
		address = firstOf(address, a.Getenv(name))
	}
	switch {
	case address == "" && f.required:
		return usage("no address to send to (--required)").hint("give --webhook, or set TAXONOMY_WEBHOOK; --dry-run prints the message instead")
	case address == "":
		fmt.Fprintln(a.notes(), "govctl: no address to send to (--webhook, TAXONOMY_WEBHOOK): nothing is sent, the message is printed instead")
		if f.format == "json" {
			return nil // what is printed has all of it
		}
		_, err := fmt.Fprintf(a.Stdout, "%s\n", body)
		return err
	}
	sender, err := notify.NewSender(notify.Endpoint{URL: address, AllowPrivate: f.allowPrivate, Timeout: 10 * time.Second, UserAgent: "govctl/" + Version()}, notify.Clock{Now: a.Now, Sleep: sleep, Jitter: rand.Float64})
	if err != nil {
		return usage("%w", err)
	}
	defer sender.Close()
	if err := sender.Post(ctx, body, f.timeout); err != nil {
		return fmt.Errorf("post to %s: %w", oneLine(sender.Host()), err)
	}
	return nil
}

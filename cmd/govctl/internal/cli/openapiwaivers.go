package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

func openapiWaivers(a *app) *cobra.Command {
	var from waiverSource
	list := command("list", "List the waivers with the days that are left", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.listWaivers(ctx, from)
	})
	check := command("check [OLD NEW]", "Find waivers that have expired or, between two contracts, match nothing", pairOrNothing, func(ctx context.Context, args []string) error {
		return a.checkWaivers(ctx, from, args)
	})
	var w apidiff.Waiver
	var expires string
	add := command("add", "Append a waiver", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.addWaiver(ctx, from, w, expires)
	})
	f := add.Flags()
	f.StringVar(&w.Rule, "rule", "", "`id` of the rule to waive")
	f.StringVar(&w.Fingerprint, "fingerprint", "", "`hex` fingerprint of the one change to waive")
	f.StringVar(&w.Subject, "subject", "", "only subjects that match this `glob`")
	f.StringVar(&w.Reason, "reason", "", "why it is accepted")
	f.StringVar(&w.Owner, "owner", "", "who answers for it")
	f.StringVar(&w.Ticket, "ticket", "", "reference to the decision")
	f.StringVar(&expires, "expires", "", "last `date` on which it holds")
	g := group("waivers", "Accepted breaking changes: list, check, add", list, check, add)
	g.PersistentFlags().StringVar(&from.file, "waivers", "", "`file` of waivers (default: that of the configuration)")
	for _, c := range []*cobra.Command{list, check, add} {
		a.contractFlag(c, &from.contract)
	}
	return g
}

// waiverSource is where waivers are read from: a file, or the one of a contract.
type waiverSource struct{ file, contract string }

// waivers reads the file of waivers; an absent default file holds none. Between two documents the waivers are those of their contract.
func (a *app) waivers(ctx context.Context, from waiverSource, now time.Time, sources ...string) (string, config.Contract, []apidiff.Waiver, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return "", config.Contract{}, nil, err
	}
	c, err := policyOf(cfg, from.contract, sources...)
	if err != nil {
		return "", c, nil, err
	}
	file := firstOf(from.file, c.Waivers)
	data, err := a.readInput(file)
	if from.file == "" && errors.Is(err, fs.ErrNotExist) {
		return file, c, nil, nil
	}
	if err != nil {
		return file, c, nil, err
	}
	list, err := apidiff.ParseWaivers(ctx, file, data, now, c.Rules.WaiverMaxDays)
	return file, c, list, err
}

func (a *app) listWaivers(ctx context.Context, from waiverSource) error {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	_, _, list, err := a.waivers(ctx, from, now())
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, item := range list {
		left := "expired"
		if end := item.Expires.AddDate(0, 0, 1); now().Before(end) {
			left = strconv.Itoa(int(item.Expires.Sub(now().Truncate(24*time.Hour)).Hours()/24)) + " days left" // 0 on its last day
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", oneLine(firstOf(item.Rule, item.Fingerprint)), oneLine(firstOf(item.Subject, "*")), oneLine(item.Owner),
			item.Expires.Format(time.DateOnly), left, oneLine(item.Reason))
	}
	return w.Flush()
}

func (a *app) checkWaivers(ctx context.Context, from waiverSource, args []string) error {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	_, c, list, err := a.waivers(ctx, from, now(), args...)
	if err != nil {
		return err
	}
	var problems []report.Finding
	if len(args) == 2 {
		old, new, err := a.loadPair(ctx, args[0], args[1], contract.Options{AllowDangling: c.AllowDangling, AllowRemote: c.AllowRemoteRefs, AllowPrivate: c.AllowPrivate})
		if err != nil {
			return err
		}
		opt, err := pipeline.RuleOptions(c, now())
		if err != nil {
			return err
		}
		opt.Waivers, opt.NoWitness, opt.NoDigest = list, true, true
		problems = apidiff.Compare(ctx, old, new, opt).Problems
	}
	for i := range list {
		if len(args) == 0 && now().After(list[i].Expires.AddDate(0, 0, 1)) {
			problems = append(problems, report.Finding{New: &list[i].Place, Message: "the waiver expired on " + list[i].Expires.Format(time.DateOnly)})
		}
	}
	for i := range problems {
		at := problems[i].New
		fmt.Fprintf(a.Stdout, "%s:%d:%d: %s\n", oneLine(at.File), at.Line, at.Column, oneLine(problems[i].Message))
	}
	if len(problems) > 0 {
		return errFindings
	}
	return nil
}

// addWaiver appends an entry to the text of the file, which stays as it is otherwise, and writes only what it can read back.
func (a *app) addWaiver(ctx context.Context, from waiverSource, w apidiff.Waiver, expires string) error {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	file, c, before, err := a.waivers(ctx, from, now())
	if from.file != "" && errors.Is(err, fs.ErrNotExist) {
		err = nil // a file that is named and not there is begun
	}
	if err != nil {
		return err
	}
	text, err := a.readInput(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	indent := ""
	if strings.HasPrefix(strings.TrimSpace(string(text)), "waivers:") {
		indent = "  "
	}
	next := append(text, entry(indent, w, expires)...)
	after, err := apidiff.ParseWaivers(ctx, file, next, now(), c.Rules.WaiverMaxDays)
	if err != nil {
		return err
	}
	if len(after) != len(before)+1 {
		return usage("%s cannot be appended to: it is no block list", file).hint("write the list with one `- rule:` or `- fingerprint:` entry after the other")
	}
	if err := artifact.Replace(file, next); err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "added to %s\n", file)
	return nil
}

// entry is a waiver in YAML; every value is quoted, so that none can become structure.
func entry(indent string, w apidiff.Waiver, expires string) string {
	var b strings.Builder
	mark := "- "
	for _, f := range []struct{ key, value string }{
		{"rule", w.Rule}, {"fingerprint", w.Fingerprint}, {"subject", w.Subject}, {"reason", w.Reason}, {"owner", w.Owner}, {"ticket", w.Ticket}, {"expires", expires},
	} {
		if f.value == "" {
			continue
		}
		fmt.Fprintf(&b, "%s%s%s: %s\n", indent, mark, f.key, strconv.Quote(f.value))
		mark = "  "
	}
	return b.String()
}

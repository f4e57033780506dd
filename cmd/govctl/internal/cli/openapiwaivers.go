package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
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
	check := command("check [OLD NEW]", "Find waivers that are spent, have expired or, between two contracts, match nothing", pairOrNothing, func(ctx context.Context, args []string) error {
		return a.checkWaivers(ctx, from, args)
	})
	prune := command("prune", "Remove the waivers whose changes have become a part of the published contract", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.pruneWaivers(ctx, from)
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
	f.StringVar(&w.Owner, "owner", "", "who owns the decision")
	f.StringVar(&w.Ticket, "ticket", "", "reference to the decision")
	f.StringVar(&expires, "expires", "", "last `date` on which it is valid")
	g := group("waivers", "Accepted breaking changes: list, check, add, prune", list, check, add, prune)
	g.PersistentFlags().StringVar(&from.file, "waivers", "", "`file` of waivers (default: that of the configuration)")
	textOrJSON(list, &from.format)
	textOrJSON(check, &from.format)
	for _, c := range []*cobra.Command{list, check, add, prune} {
		a.contractFlag(c, &from.contract)
	}
	return g
}

// waiverSource is where waivers are read from: a file, or the one of a contract.
type waiverSource struct{ file, contract, format string }

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
	if from.format == "json" {
		rows := make([]waiverRow, len(list))
		for i, item := range list {
			rows[i] = waiverRow{Rule: item.Rule, Fingerprint: item.Fingerprint, Subject: item.Subject, Contract: item.Contract, Owner: item.Owner, Reason: item.Reason, Ticket: item.Ticket,
				Expires: item.Expires.Format(time.DateOnly), Expired: !now().Before(item.Expires.AddDate(0, 0, 1)), At: item.Place}
		}
		return a.printJSON(rows)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, item := range list {
		left := "expired"
		if end := item.Expires.AddDate(0, 0, 1); now().Before(end) {
			left = strconv.Itoa(int(item.Expires.Sub(now().Truncate(24*time.Hour)).Hours()/24)) + " days left" // 0 on its last day
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", oneLine(firstOf(item.Rule, item.Fingerprint)), oneLine(firstOf(item.Subject, "*")+ofContract(item.Contract)), oneLine(item.Owner),
			item.Expires.Format(time.DateOnly), left, oneLine(item.Reason))
	}
	return w.Flush()
}

func (a *app) printWaiverCheck(got waiverCheck, format string) error {
	if format == "json" {
		return a.printJSON(got)
	}
	for _, at := range got.Spent {
		fmt.Fprintf(a.Stdout, "%s:%d:%d: the waiver is spent: the change that it accepts is a part of the published contract\n", oneLine(at.File), at.Line, at.Column)
	}
	for _, p := range got.Problems {
		fmt.Fprintf(a.Stdout, "%s:%d:%d: %s\n", oneLine(p.At.File), p.At.Line, p.At.Column, oneLine(p.Message))
	}
	return nil
}

// waiverRow is a waiver as JSON.
type waiverRow struct {
	Rule        string       `json:"rule,omitempty"`
	Fingerprint string       `json:"fingerprint,omitempty"`
	Subject     string       `json:"subject,omitempty"`
	Contract    string       `json:"contract,omitempty"`
	Owner       string       `json:"owner"`
	Reason      string       `json:"reason"`
	Ticket      string       `json:"ticket,omitempty"`
	Expires     string       `json:"expires"`
	Expired     bool         `json:"expired"`
	At          report.Place `json:"at"`
}

// waiverCheck is what is wrong with waivers, as JSON.
type waiverCheck struct {
	Spent    []report.Place  `json:"spent"`
	Problems []waiverProblem `json:"problems"`
}

type waiverProblem struct {
	At      report.Place `json:"at"`
	Message string       `json:"message"`
}

func (a *app) checkWaivers(ctx context.Context, from waiverSource, args []string) error {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	file, c, list, err := a.waivers(ctx, from, now(), args...)
	if err != nil {
		return err
	}
	spent, err := a.spent(ctx, file, list, now(), false)
	if err != nil {
		return err
	}
	if len(args) == 2 {
		list = apidiff.WaiversFor(c.Name, list)
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
		problems = slices.DeleteFunc(apidiff.Compare(ctx, old, new, opt).Problems, func(p report.Finding) bool { return spent[*p.New] })
	}
	for i := range list {
		if len(args) == 0 && !spent[list[i].Place] && now().After(list[i].Expires.AddDate(0, 0, 1)) {
			problems = append(problems, report.Finding{New: &list[i].Place, Message: "the waiver expired on " + list[i].Expires.Format(time.DateOnly)})
		}
	}
	var got waiverCheck
	for i := range list {
		if at := list[i].Place; spent[at] {
			got.Spent = append(got.Spent, at)
		}
	}
	for i := range problems {
		got.Problems = append(got.Problems, waiverProblem{*problems[i].New, problems[i].Message})
	}
	if err := a.printWaiverCheck(got, from.format); err != nil {
		return err
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
	if w.Contract, err = a.contractOfWaiver(ctx, from); err != nil {
		return err
	}
	next := append(text, entry(indent, w, expires)...)
	after, err := apidiff.ParseWaivers(ctx, file, next, now(), c.Rules.WaiverMaxDays)
	if err != nil {
		return err
	}
	if len(after) != len(before)+1 {
		return usage("%s cannot be appended to: it is not a block list", file).hint("write the list with one `- rule:` or `- fingerprint:` entry after the other")
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
		{"rule", w.Rule}, {"fingerprint", w.Fingerprint}, {"subject", w.Subject}, {"reason", w.Reason}, {"owner", w.Owner}, {"ticket", w.Ticket}, {"contract", w.Contract}, {"expires", expires},
	} {
		if f.value == "" {
			continue
		}
		fmt.Fprintf(&b, "%s%s%s: %s\n", indent, mark, f.key, strconv.Quote(f.value))
		mark = "  "
	}
	return b.String()
}

func ofContract(name string) string {
	if name == "" {
		return ""
	}
	return " of " + name
}

// contractOfWaiver is the contract that a new waiver names: the one of the flag, where the configuration has several.
func (a *app) contractOfWaiver(ctx context.Context, from waiverSource) (string, error) {
	cfg, err := a.configuration(ctx)
	if err != nil || len(cfg.Contracts) < 2 {
		return "", err
	}
	return from.contract, nil
}

// spent are the places of the waivers of a file that accept nothing of what the next run will see, and have accepted what is in a published
// contract. Without a state, or where a contract cannot be read, nothing is known to be spent; a state that cannot be read is an error only
// where it must be known.
func (a *app) spent(ctx context.Context, file string, list []apidiff.Waiver, now time.Time, must bool) (map[report.Place]bool, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return nil, err
	}
	if err := pipeline.KnownContracts(cfg, list); err != nil {
		return nil, err
	}
	state, err := a.stateOfFolder(ctx, cfg)
	if err != nil && must {
		return nil, err
	}
	spent, needed := map[report.Place]bool{}, map[report.Place]bool{}
	for i := range cfg.Contracts {
		c := cfg.Contracts[i]
		s := state.Contracts[c.Name]
		mine := apidiff.WaiversFor(c.Name, list)
		if path.Clean(c.Waivers) != path.Clean(file) || len(mine) == 0 {
			continue
		}
		problems, known := a.problemsOf(ctx, cfg, c, s, mine, now)
		for k := range mine {
			is := func(rule string) bool {
				return slices.ContainsFunc(problems, func(p report.Finding) bool { return *p.New == mine[k].Place && (rule == "" || p.Rule == rule) })
			}
			spent[mine[k].Place] = spent[mine[k].Place] || is(apidiff.WaiverSpent)
			needed[mine[k].Place] = needed[mine[k].Place] || !known || !is("")
		}
	}
	for at := range needed {
		if needed[at] {
			delete(spent, at)
		}
	}
	return spent, nil
}

// stateOfFolder is the state in the output folder; the zero value where there is none.
func (a *app) stateOfFolder(ctx context.Context, cfg config.Config) (pipeline.State, error) {
	files, err := openDir(a.out)
	if errors.Is(err, fs.ErrNotExist) {
		return pipeline.State{}, nil
	}
	if err != nil {
		return pipeline.State{}, err
	}
	in, err := a.placedState(ctx, files, cfg)
	if err != nil {
		return pipeline.State{}, err
	}
	state, err := pipeline.ReadState(in)
	if err != nil {
		return state, stateError("the previous state in "+a.out, err)
	}
	return state, nil
}

// problemsOf is what the comparison of a contract with its baseline says of waivers; false where it cannot be made.
func (a *app) problemsOf(ctx context.Context, cfg config.Config, c config.Contract, s pipeline.ContractState, list []apidiff.Waiver, now time.Time) ([]report.Finding, bool) {
	if len(s.Spent) == 0 || c.Source == "" {
		return nil, false
	}
	opt, err := pipeline.RuleOptions(c, now)
	if err != nil {
		return nil, false
	}
	old, err := a.baseline(ctx, cfg, c)
	if err != nil {
		return nil, false
	}
	was, is, err := a.loadPair(ctx, old, c.Source, contract.Options{AllowDangling: c.AllowDangling, AllowRemote: c.AllowRemoteRefs, AllowPrivate: c.AllowPrivate})
	if err != nil {
		return nil, false
	}
	opt.Waivers, opt.Spent, opt.NoWitness, opt.NoDigest = list, s.Spent, true, true
	return apidiff.Compare(ctx, was, is, opt).Problems, true
}

// pruneWaivers takes the entries of spent waivers out of the text of the file, and writes only what it can read back.
func (a *app) pruneWaivers(ctx context.Context, from waiverSource) error {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	file, c, list, err := a.waivers(ctx, from, now())
	if err != nil {
		return err
	}
	spent, err := a.spent(ctx, file, list, now(), true)
	if err != nil {
		return err
	}
	for i := range list {
		if of := list[i].Contract; from.contract != "" && of != "" && of != from.contract {
			delete(spent, list[i].Place)
		}
	}
	if !slices.ContainsFunc(list, func(w apidiff.Waiver) bool { return spent[w.Place] }) {
		fmt.Fprintln(a.Stdout, "no waiver is spent")
		return nil
	}
	text, err := a.readInput(file)
	if err != nil {
		return err
	}
	next, ok := without(string(text), list, spent)
	left := slices.DeleteFunc(slices.Clone(list), func(w apidiff.Waiver) bool { return spent[w.Place] })
	if after, err := apidiff.ParseWaivers(ctx, file, []byte(next), now(), c.Rules.WaiverMaxDays); !ok || err != nil || !slices.EqualFunc(after, left, sameWaiver) {
		return usage("%s cannot be pruned: it is not a block list", file).hint("remove the entries manually: govctl openapi waivers check lists their lines")
	}
	if err := artifact.Replace(file, []byte(next)); err != nil {
		return err
	}
	for i := range list {
		if w := &list[i]; spent[w.Place] {
			fmt.Fprintf(a.Stdout, "removed from %s: %s\n", oneLine(file), oneLine(strings.TrimSpace(firstOf(w.Rule, w.Fingerprint)+" "+w.Subject+ofContract(w.Contract))))
		}
	}
	return nil
}

func sameWaiver(a, b apidiff.Waiver) bool {
	a.Place = b.Place
	return a == b
}

// without is a block list of waivers without the entries at these places. Comments above an entry stay: they may be about those before it.
func without(text string, list []apidiff.Waiver, gone map[report.Place]bool) (string, bool) {
	lines := strings.SplitAfter(text, "\n")
	for i := len(list) - 1; i >= 0; i-- {
		if !gone[list[i].Place] {
			continue
		}
		from, to := list[i].Place.Line-1, len(lines)
		if i+1 < len(list) {
			to = list[i+1].Place.Line - 1
		}
		if from < 0 || from >= to || to > len(lines) || !strings.HasPrefix(strings.TrimSpace(lines[from]), "-") {
			return "", false
		}
		for to > from+1 && isRemark(lines[to-1]) {
			to--
		}
		lines = slices.Delete(lines, from, to)
	}
	return strings.Join(lines, ""), true
}

// isRemark reports a line that is empty or a comment.
func isRemark(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/promrules/ruletest"
	"github.com/romel/govctl/pkg/semver"
	"github.com/romel/govctl/testdata/change"
	"github.com/romel/govctl/testdata/lint"
	"github.com/romel/govctl/testdata/probe"
	"github.com/romel/govctl/testdata/rulecheck"
)

// An explanation is what govctl has to say about one of its ids.
type explanation struct {
	id, kind, level string
	summary, why    string
	remedy          string // empty where the reason says it
	before, after   string // files of the example: what is reported is in the second
	files           fs.FS
}

func explainCommand(a *app) *cobra.Command {
	var format string
	c := command("explain [ID]", "Explain the id of a finding, of a reason or of an exit code", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		all := explanations()
		if len(args) == 0 {
			return a.listExplanations(all, format)
		}
		var ids []string
		for _, e := range all {
			if e.id == args[0] {
				if format == "json" {
					return a.printJSON(e.row())
				}
				return a.explain(e)
			}
			ids = append(ids, e.id)
		}
		return usage("there is no id %q", args[0]).hint("%s", firstOf(config.Nearest(args[0], ids), "govctl explain lists them all"))
	})
	c.Long = "Explain what an id means, why it matters and what to do, with an example where there is one: change rules, lint rules of the\n" +
		"taxonomy, checks of rule files and of their tests, rules of evidence, of the version and of the policy, reasons of notices, and\n" +
		"exit codes (exit-0 to exit-3). Without an id, list them all."
	textOrJSON(c, &format)
	completeIDs(c, tableIDs(explanations, func(e explanation) string { return e.id }))
	return c
}

// explanations are those of all tables, in the order of the commands that report them.
func explanations() []explanation {
	var all []explanation
	for _, r := range rules.All() {
		all = append(all, explanation{id: r.ID, kind: "change of a contract", level: string(r.Level), summary: r.Summary(), why: r.Why,
			before: r.ID + "/old.yaml", after: r.ID + "/new.yaml", files: change.Files})
	}
	all = append(all,
		explanation{id: apidiff.ReferenceNotRead, kind: "comparison of contracts", level: "warning", summary: apidiff.UnreadSummary, why: apidiff.UnreadWhy},
		explanation{id: apidiff.KeywordWithoutEffect, kind: "comparison of contracts", level: "warning", summary: apidiff.WithoutEffectSummary, why: apidiff.WithoutEffectWhy})
	for _, r := range semver.Rules() {
		all = append(all, explanation{id: r.ID, kind: "version", level: r.Status, summary: r.Say, why: r.Why, remedy: r.Advice})
	}
	for _, r := range taxonomy.Table() {
		all = append(all, explanation{id: r.ID, kind: "taxonomy", level: string(r.Level), summary: r.Summary(), why: r.Why, remedy: r.Hint,
			before: r.ID + "/good.json", after: r.ID + "/bad.json", files: lint.Files})
	}
	for _, r := range promrules.Rows() {
		all = append(all, explanation{id: r.ID, kind: "rule file", level: string(r.Level), summary: r.Summary(), why: r.Why, remedy: r.Hint,
			before: r.ID + "/good.yml", after: r.ID + "/bad.yml", files: rulecheck.Files})
	}
	for _, r := range ruletest.Checks {
		all = append(all, explanation{id: r.ID, kind: "test of rules", level: string(r.Level), summary: r.About, why: r.Why, remedy: r.Hint})
	}
	for _, r := range policyRules() {
		all = append(all, explanation{id: r.ID, kind: "policy", level: string(r.Level), summary: r.Summary, why: r.Why})
	}
	for _, r := range evidenceRules() {
		before, after := probeCase(r.ID)
		all = append(all, explanation{id: r.ID, kind: "evidence, " + r.Kind, level: string(r.Level), summary: r.Summary, why: r.Why, remedy: r.Hint,
			before: before, after: after, files: probe.Files})
	}
	return append(append(all, reasonExplanations...), exitExplanations...)
}

// reasonExplanations are the reasons that a notice gives.
var reasonExplanations = []explanation{
	{id: notify.SemverFail, kind: "reason of a notice", summary: "the version does not match the change", why: "Clients and package managers rely on the version to know whether an update is safe.",
		remedy: "release under the version that `govctl semver next` proposes, revert the change, or accept it for a time with `govctl openapi waivers add`"},
	{id: notify.StabilityDrop, kind: "reason of a notice", summary: "the share of runs without a breaking change fell below the threshold", why: "Frequent breaking changes are expensive for every client.",
		remedy: "look at the history on the status page; the threshold is stability.alert_threshold in govctl.yaml"},
	{id: notify.PlaceholderStreak, kind: "reason of a notice", summary: "several runs in a row could not be measured", why: "Without new measurements, the last figures stay published and look current.",
		remedy: "the notice and the summary name the step that failed; the threshold is stability.placeholder_streak_alert_threshold in govctl.yaml"},
	{id: notify.BreakingChange, kind: "reason of a notice", summary: "the change breaks clients, whether the version declares it or not", why: "Some receivers act on every break. It is reported where webhook.reasons lists it.",
		remedy: "`status/breaking-status.json` lists what breaks; without the reason in webhook.reasons only a version that does not match is reported"},
	{id: notify.SemverRecovered, kind: "reason of a notice", summary: "the version matches the change again", why: "Recipients of a failure notice also need to know when it has recovered."},
	{id: notify.StabilityRecovered, kind: "reason of a notice", summary: "the share of runs without a breaking change is above the threshold again", why: "Recipients of a failure notice also need to know when it has recovered."},
	{id: notify.EvidenceFail, kind: "reason of a notice", summary: "required evidence is missing, stale or failed", why: "What a run requires must have been checked for the commit that it is about.",
		remedy: "`status/evidence-verdict.json` and the status page name the kind; the commands in docs/evidence.md produce it again"},
	{id: notify.EvidenceRecovered, kind: "reason of a notice", summary: "required evidence passes again", why: "Recipients of a failure notice also need to know when it has recovered."},
	{id: notify.PlaceholderRecovered, kind: "reason of a notice", summary: "runs are measured again", why: "Recipients of a failure notice also need to know when it has recovered."},
}

// exitExplanations are the exit codes.
var exitExplanations = []explanation{
	{id: "exit-" + strconv.Itoa(Passed), kind: "exit code", summary: "everything that was requested was checked and passed", why: "Findings that do not affect a gate are still printed."},
	{id: "exit-" + strconv.Itoa(Findings), kind: "exit code", summary: "a gate failed, or a signature does not match", why: "The run completed: the findings are on standard output and in the files.",
		remedy: "`govctl explain ID` explains each finding"},
	{id: "exit-" + strconv.Itoa(BadInput), kind: "exit code", summary: "the command line, the configuration or an input file is wrong", why: "Nothing was checked. The message gives file, line and column, and how to fix it.",
		remedy: "fix the problem that the message describes"},
	{id: "exit-" + strconv.Itoa(Failed), kind: "exit code", summary: "govctl could not do its work: a file, the network, git, or a check that could not be made", why: "What could not be checked does not pass.",
		remedy: "fix the cause that the message gives and run again"},
}

// explained is an explanation as JSON.
type explained struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Level   string `json:"level,omitempty"`
	Summary string `json:"summary"`
	Why     string `json:"why"`
	Remedy  string `json:"remedy,omitempty"`
}

func (e explanation) row() explained {
	return explained{ID: e.id, Kind: e.kind, Level: e.level, Summary: e.summary, Why: e.why, Remedy: e.remedy}
}

func (a *app) listExplanations(all []explanation, format string) error {
	if format == "json" {
		var rows []explained
		for _, e := range all {
			rows = append(rows, e.row())
		}
		return a.printJSON(rows)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, e := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", e.id, e.kind, e.summary)
	}
	return w.Flush()
}

func (a *app) explain(e explanation) error {
	fmt.Fprintf(a.Stdout, "%s (%s)\n\n  %s\n\nWhy: %s\n", e.id, strings.TrimSuffix(e.kind+", "+e.level, ", "), e.summary, sentence(e.why))
	if e.remedy != "" {
		fmt.Fprintf(a.Stdout, "What to do: %s\n", sentence(e.remedy))
	}
	if e.files == nil {
		return nil
	}
	before, err := fs.ReadFile(e.files, e.before)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the case of this rule is not a pair of files
	}
	if err != nil {
		return err
	}
	after, err := fs.ReadFile(e.files, e.after)
	if err != nil {
		return err
	}
	fmt.Fprint(a.Stdout, "\nExample (what else differs in it is not reported):\n\n")
	a.printChanged(before, after)
	return nil
}

// sentence ends a text with one full stop.
func sentence(s string) string { return strings.TrimRight(s, ".") + "." }

package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// Rule is one kind of finding. One and Many are what a headline says that the change does: {n} is the number of findings, {from} and {to}
// are the values of the only one.
type Rule struct {
	ID        string
	Level     report.Level
	One, Many string
	Why, Hint string
}

// The rules that more than one part of the package names.
const (
	raised          = "policy-raised"
	addedContract   = "policy-contract-added"
	removedContract = "policy-contract-removed"
	renamedContract = "policy-contract-renamed"
	addedKey        = "policy-key-added"
	changedKey      = "policy-key-changed"
	removedKey      = "policy-key-removed"
	changedWorkflow = "policy-workflow-changed"
	addedWorkflow   = "policy-workflow-added"
)

const (
	apart  = "merge the change of policy on its own, before the change that needs it"
	review = "approving this change also approves the weaker policy"
)

var rules = []Rule{
	{"policy-gate-lowered", report.Warning, "lowers the gate from {from} to {to}", "lowers {n} gates",
		"With a lower gate, changes pass that failed before.", apart},
	{"policy-gate-changed", report.Warning, "changes the gate from {from} to {to}", "changes {n} gates",
		"The gates semver and breaking check different things; neither contains the other.", apart},
	{"policy-category-narrowed", report.Warning, "narrows the category that gates from {from} to {to}", "narrows {n} categories that gate",
		"Changes outside of the category no longer count as breaking.", apart},
	{"policy-level-lowered", report.Warning, "lowers the level of a rule from {from} to {to}", "lowers the level of {n} rules",
		"A rule below the level error fails no gate.", apart},
	{"policy-waiver-added", report.Warning, "adds a waiver", "adds {n} waivers",
		"With a waiver a breaking change passes.", "check that its owner agrees, and that the change could not be avoided"},
	{"policy-waiver-extended", report.Warning, "extends a waiver from {from} to {to}", "extends {n} waivers",
		"With a later expiry the change passes for longer.", review},
	{"policy-waiver-file-changed", report.Warning, "reads the waivers from another file", "reads the waivers of {n} contracts from other files",
		"Another file has other waivers.", review},
	{"policy-waiver-edited", report.Info, "edits a waiver", "edits {n} waivers",
		"Owner, reason or ticket of a waiver are what its approval was based on.", ""},
	{"policy-waiver-removed", report.Info, "removes a waiver", "removes {n} waivers",
		"What the waiver covered counts again.", ""},
	{"policy-lint-ignore-added", report.Warning, "adds a lint_ignore to an alert", "adds {n} lint_ignore entries to alerts",
		"With a lint_ignore a finding of the alert taxonomy passes.", review},
	{"policy-lint-ignore-extended", report.Warning, "extends a lint_ignore of an alert", "extends {n} lint_ignore entries of alerts",
		"With a later end of a lint_ignore the finding passes for longer.", review},
	{"policy-lint-ignore-edited", report.Info, "edits a lint_ignore of an alert", "edits {n} lint_ignore entries of alerts",
		"Owner and reason of a lint_ignore are what its approval was based on.", ""},
	{"policy-lint-ignore-removed", report.Info, "removes a lint_ignore of an alert", "removes {n} lint_ignore entries of alerts",
		"What the lint_ignore covered counts again.", ""},
	{"policy-baseline-changed", report.Warning, "changes the baseline", "changes {n} baselines",
		"A break is only seen in comparison with the right baseline.", apart},
	{"policy-source-changed", report.Warning, "changes the source of the contract", "changes the sources of {n} contracts",
		"A different document is checked than the one promised to clients.", apart},
	{"policy-state-changed", report.Warning, "reads the previous state elsewhere", "changes {n} keys that name the previous state",
		"Without the previous state, a run compares with nothing.", apart},
	{"policy-input-changed", report.Warning, "changes which files are checked", "changes {n} keys that name the files to check",
		"A file that is not named is not checked.", review},
	{"policy-allow-added", report.Warning, "sets an allow flag", "sets {n} allow flags",
		"With an allow flag, changes pass that failed before.", apart},
	{"policy-semver-lowered", report.Warning, "loosens the version policy", "loosens the version policy of {n} contracts",
		"A breaking change may then be released without the version bump that it needs.", apart},
	{"policy-semver-changed", report.Warning, "changes how versions are read", "changes how the versions of {n} contracts are read",
		"Another scheme has other rules.", apart},
	{"policy-check-removed", report.Warning, "switches a check off", "switches {n} checks off",
		"What the check found no longer fails the run.", apart},
	{"policy-threshold-lowered", report.Warning, "loosens a threshold", "loosens {n} thresholds",
		"With a looser threshold, changes pass that failed before.", review},
	{"policy-threshold-changed", report.Warning, "changes a threshold", "changes {n} thresholds",
		"The figures before and after are not comparable.", review},
	{"policy-vocabulary-changed", report.Warning, "changes what alerts may be called", "changes {n} lists of what alerts may be called",
		"Lint checks alerts against these lists.", review},
	{"policy-profile-changed", report.Warning, "changes the profile of the alert rules from {from} to {to}", "changes {n} profiles of the alert rules",
		"Each profile has its own lint rules.", review},
	{"policy-mode-lowered", report.Warning, "lets later changes be checked under their own policy", "lets later changes be checked under their own policy",
		"In mode show, a change of policy counts for the change that makes it.", review},
	{renamedContract, report.Warning, "renames a contract", "renames {n} contracts",
		"The state of a contract is kept under its name; under another name there is nothing to compare with.",
		"the run still compares with the state of the old name; contract.renamed_from keeps it so after the merge"},
	{removedContract, report.Warning, "removes a contract", "removes {n} contracts",
		"A contract that the configuration does not name is not checked.", apart},
	{addedContract, report.Info, "adds a contract", "adds {n} contracts",
		"A further contract is checked.", ""},
	{addedKey, report.Warning, "adds a trusted key", "adds {n} trusted keys",
		"The holder of the key can sign files that then verify as genuine.", "until the change is merged, only the keys of the base are trusted; compare the fingerprint with its owner"},
	{changedKey, report.Warning, "changes what a trusted key may sign", "changes what {n} trusted keys may sign",
		"A key that is valid again, or for longer, verifies more signatures.", review},
	{"policy-key-file-changed", report.Warning, "reads the trusted keys from another file", "reads the trusted keys from another file",
		"Another file has other keys.", review},
	{removedKey, report.Info, "removes a trusted key", "removes {n} trusted keys",
		"Signatures of the key no longer verify.", ""},
	{changedWorkflow, report.Warning, "changes a workflow that runs govctl", "changes {n} workflows that run govctl",
		"The workflow decides whether and how govctl runs; a change can remove --policy.", "read the change of the workflow line by line"},
	{addedWorkflow, report.Info, "adds a workflow that runs govctl", "adds {n} workflows that run govctl",
		"A further workflow runs govctl.", ""},
	{raised, report.Info, "makes the policy stricter", "makes the policy stricter in {n} places",
		"With the new value, nothing passes that failed before.", ""},
}

// Rules are all kinds of findings, in the order in which a headline names them.
func Rules() []Rule { return slices.Clone(rules) }

// ruleOf is the rule of an id that this package uses.
func ruleOf(id string) *Rule {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	return &rules[i]
}

// Phrase is what the findings do to the policy, as the end of "this change ...": "adds 17 waivers and lowers the gate from semver to
// none". Findings that make it stricter are left out; it is empty where there are no others.
func Phrase(findings []report.Finding) string {
	by := map[string][]report.Finding{}
	for _, f := range Weaker(findings) {
		by[f.Rule] = append(by[f.Rule], f)
	}
	var parts []string
	for i := range rules {
		switch all := by[rules[i].ID]; len(all) {
		case 0:
		case 1:
			parts = append(parts, strings.NewReplacer("{from}", value(&all[0], false), "{to}", value(&all[0], true)).Replace(rules[i].One))
		default:
			parts = append(parts, strings.ReplaceAll(rules[i].Many, "{n}", strconv.Itoa(len(all))))
		}
	}
	return join(parts)
}

// shownParts bounds a phrase; the findings have the rest.
const shownParts = 3

func join(parts []string) string {
	if more := len(parts) - shownParts; more > 0 {
		parts = append(parts[:shownParts:shownParts], fmt.Sprintf("makes %s more", counted(more, "change")))
	}
	switch n := len(parts); n {
	case 0:
		return ""
	case 1:
		return parts[0]
	default:
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
}

func counted(n int, what string) string { return count.Of(n, what) }

// maxQuoted bounds a value in a phrase, in bytes.
const maxQuoted = 40

func value(f *report.Finding, to bool) string {
	v := f.From
	if to {
		v = f.To
	}
	return sanitize.Cut(strings.Trim(string(v), `"`), maxQuoted)
}

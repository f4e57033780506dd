package policy

import "slices"

// Row is one key of govctl.yaml.
type Row struct {
	Key     string // as in docs/config.md: contract.gate
	ID      string // of the finding where the change weakens the policy, or cannot be ordered; empty: the key is no policy
	Changed string // of the finding where it cannot be ordered, where that is another
	Order   Order
	PerRule bool   // the value has a level for each rule, and each is compared
	Why     string // what the key decides; for a key that is no policy, the reason
}

// idOf is the finding for a change in this direction.
func (r *Row) idOf(d Direction) string {
	switch {
	case d == Stricter:
		return raised
	case d == Other && r.Changed != "":
		return r.Changed
	}
	return r.ID
}

// levels orders the levels of rules.
var levels = ranks("off", "info", "warning", "error")

const (
	whereItGoes  = "it decides where results go, not what they are"
	inContracts  = "it is compared in each contract, which it is the default of"
	reportedOnly = "it is reported and never fails a run"
)

// table has a row for every key of the schema, in its order.
var table = []Row{
	{Key: "project", ID: "policy-state-changed", Order: unordered, Why: "The state on the branches belongs to one project; under another name there is none."},
	{Key: "policy.mode", ID: "policy-mode-lowered", Order: ranks("show", "block"), Why: "The mode of the base branch decides how a change of policy is evaluated."},
	{Key: "contracts", Why: "its contracts are compared one by one"},
	{Key: "contract.name", Why: "a changed name is reported as policy-contract-renamed, or as a contract that was removed"},
	{Key: "contract.renamed_from", ID: renamedContract, Order: lastIsStricter, Why: "It names the contract whose state is continued."},
	{Key: "contract.owner", Why: reportedOnly},
	{Key: "contract.source", ID: "policy-source-changed", Order: firstIsStricter, Why: "It names the document that is checked."},
	{Key: "contract.baseline", ID: "policy-baseline-changed", Order: unordered, Why: "It names the document that the contract is compared with."},
	{Key: "contract.release_baseline", Why: reportedOnly},
	{Key: "contract.gate", ID: "policy-gate-lowered", Changed: "policy-gate-changed", Order: gates, Why: "It decides which changes fail."},
	{Key: "contract.allow_breaking", ID: "policy-allow-added", Order: onIsWeaker, Why: "Breaking changes then pass the gate."},
	{Key: "contract.allow_remote_refs", ID: "policy-allow-added", Order: onIsWeaker, Why: "Parts of the contract may then be read from addresses that others control."},
	{Key: "contract.allow_dangling_refs", ID: "policy-allow-added", Order: onIsWeaker, Why: "What a reference names that cannot be read is then not compared."},
	{Key: "contract.allow_private", ID: "policy-allow-added", Order: onIsWeaker, Why: "The contract may then be read from private addresses, which the runner can reach and others cannot check."},
	{Key: "contract.rules.category", ID: "policy-category-narrowed", Order: ranks("wire", "validation", "sdk", "docs"), Why: "Changes outside of the category never fail a gate."},
	{Key: "contract.rules.levels", ID: "policy-level-lowered", Order: levels, PerRule: true, Why: "Only changes of the level error break."},
	{Key: "contract.rules.response_growth", ID: "policy-level-lowered", Order: ranks("sdk", "breaking"), Why: "New values and properties of closed response types then break only within a gate at sdk."},
	{Key: "contract.rules.deprecation_days", ID: "policy-threshold-lowered", Order: higher, Why: "Fewer days leave clients less time; 0 asks for none."},
	{Key: "contract.rules.waiver_max_days", ID: "policy-threshold-lowered", Order: lower, Why: "Waivers may then last longer."},
	{Key: "contract.waivers", ID: "policy-waiver-file-changed", Order: unordered, Why: "It names the file of waivers for breaking changes."},
	{Key: "contract.semver.scheme", ID: "policy-semver-changed", Order: unordered, Why: "The scheme decides which version a change needs."},
	{Key: "contract.semver.zero_major", ID: "policy-semver-lowered", Order: ranks("minor", "major"), Why: "With minor, a version 0.y.z may break on a minor increase."},
	{Key: "contract.semver.warn_as_fail", ID: "policy-check-removed", Order: onIsStricter, Why: "Warnings of the version policy then no longer fail."},
	{Key: "contract.semver.policy", ID: "policy-semver-lowered", Order: ranks("original", "semver2"), Why: "With original, an addition needs no minor version."},
	{Key: "contract.semver.planned_major", ID: "policy-semver-lowered", Order: onIsWeaker, Why: "A major version may then come without a breaking change."},
	{Key: "contract.semver.version_from", ID: "policy-semver-changed", Order: unordered, Why: "It names the version that is checked against the change."},
	{Key: "semver.scheme", Why: inContracts},
	{Key: "semver.zero_major", Why: inContracts},
	{Key: "semver.warn_as_fail", Why: inContracts},
	{Key: "semver.policy", Why: inContracts},
	{Key: "semver.planned_major", Why: inContracts},
	{Key: "semver.version_from", Why: inContracts},
	{Key: "stability.window", ID: "policy-threshold-changed", Order: unordered, Why: "The stability ratio is measured over these runs."},
	{Key: "stability.alert_threshold", ID: "policy-threshold-lowered", Order: higher, Why: "A lower threshold alerts later."},
	{Key: "stability.placeholder_max_runs", ID: "policy-threshold-lowered", Order: lowerOrOff, Why: "Runs that could not measure fail after this many; 0 never fails."},
	{Key: "stability.placeholder_streak_alert_threshold", ID: "policy-threshold-lowered", Order: lowerOrOff, Why: "Runs that could not measure alert after this many; 0 never alerts."},
	{Key: "taxonomy.file", ID: "policy-input-changed", Order: firstIsStricter, Why: "It names the alerts that are checked."},
	{Key: "taxonomy.rules", ID: "policy-input-changed", Order: moreIsStricter, Why: "Rule files that are not named are not compared with the taxonomy."},
	{Key: "taxonomy.dialect", ID: "policy-input-changed", Order: unordered, Why: "It decides which keys and expressions of rule files are accepted; those of loki are not parsed."},
	{Key: "taxonomy.profile", ID: "policy-profile-changed", Order: unordered, Why: "It decides which lint rules apply."},
	{Key: "taxonomy.severities", ID: "policy-vocabulary-changed", Order: unordered, Why: "Severities and their weights decide lint and risk churn."},
	{Key: "taxonomy.runbook_min_percent", ID: "policy-threshold-lowered", Order: higher, Why: "Fewer alerts then need a runbook."},
	{Key: "taxonomy.scopes", ID: "policy-vocabulary-changed", Order: moreIsWeaker, Why: "Alerts of further scopes then pass lint."},
	{Key: "taxonomy.categories", ID: "policy-vocabulary-changed", Order: moreIsWeaker, Why: "Alerts of further categories then pass lint."},
	{Key: "taxonomy.required_labels", ID: "policy-check-removed", Order: moreIsStricter, Why: "Rules without these labels then pass lint."},
	{Key: "taxonomy.runbooks", ID: "policy-input-changed", Order: moreIsStricter, Why: "Runbook files that are not named are not checked."},
	{Key: "taxonomy.runbook_sla_days", ID: "policy-threshold-lowered", Order: lowerOrOff, Why: "Alerts may then wait longer for a runbook; 0 sets no limit."},
	{Key: "taxonomy.window_days", ID: "policy-threshold-changed", Order: unordered, Why: "Churn is counted over these days."},
	{Key: "taxonomy.deprecation_max_days", ID: "policy-threshold-lowered", Order: lowerOrOff, Why: "Deprecated alerts may then stay longer; 0 sets no limit."},
	{Key: "taxonomy.deprecation_strict", ID: "policy-check-removed", Order: onIsStricter, Why: "Deprecated alerts past the limit then no longer fail."},
	{Key: "taxonomy.max_churn_delta", ID: "policy-threshold-lowered", Order: lower, Why: "Churn may then rise further."},
	{Key: "taxonomy.max_risk_churn_delta", ID: "policy-threshold-lowered", Order: lower, Why: "Risk churn may then rise further."},
	{Key: "taxonomy.risk_churn_spike_threshold", ID: "policy-threshold-lowered", Order: lower, Why: "Risk churn may then rise further before it is a spike."},
	{Key: "taxonomy.risk_churn_spike_fail", ID: "policy-check-removed", Order: onIsStricter, Why: "A spike of risk churn then no longer fails."},
	{Key: "taxonomy.levels", ID: "policy-level-lowered", Order: levels, PerRule: true, Why: "Findings below taxonomy.fail_on, which is error unless it is set, do not fail."},
	{Key: "taxonomy.fail_on", ID: "policy-threshold-lowered", Order: ranks("error", "warning", "info"), Why: "Findings of lower levels do not fail."},
	{Key: "milestones", Why: reportedOnly},
	{Key: "changelog.api", Why: whereItGoes},
	{Key: "changelog.audience", Why: "It decides what readers of the changelog see, and not what passes."},
	{Key: "evidence.require", ID: "policy-check-removed", Order: moreIsStricter, Why: "A run passes without evidence of a kind that is not required."},
	{Key: "evidence.max_age", ID: "policy-threshold-lowered", Order: shorter, Why: "Older evidence then passes."},
	{Key: "evidence.max_age_of", ID: "policy-threshold-changed", Order: unordered, Why: "Evidence of a kind may be this old, and may be about another commit."},
	{Key: "evidence.waivers", ID: "policy-waiver-file-changed", Order: unordered, Why: "It names the file of waivers for findings of evidence."},
	{Key: "metrics.sources", ID: "policy-input-changed", Order: moreIsStricter, Why: "Metrics of a source that is not named are not compared."},
	{Key: "metrics.catalog", Why: "it names the document that is written, and a check is asked for by command"},
	{Key: "metrics.names_budget", ID: "policy-threshold-lowered", Order: lowerOrOff, Why: "A service may then have more metrics; 0 sets no limit."},
	{Key: "metrics.series_budget", ID: "policy-threshold-lowered", Order: lowerOrOff, Why: "A service may then have more series; 0 sets no limit."},
	{Key: "metrics.detail", Why: "it decides which figures are written, not what they are"},
	{Key: "metrics.series_per_metric", ID: "policy-threshold-lowered", Order: lowerOrOff, Why: "A metric may then have more series; 0 sets no limit."},
	{Key: "docs.files", ID: "policy-input-changed", Order: moreIsStricter, Why: "Generated blocks of a document that is not named are not checked."},
	{Key: "probe.targets", ID: "policy-input-changed", Order: unordered, Why: "It names the services that are probed, with what is expected of each."},
	{Key: "probe.headers.profile", ID: "policy-profile-changed", Order: ranks("none", "api", "web"), Why: "It decides which headers services must have."},
	{Key: "probe.headers.require", ID: "policy-threshold-changed", Order: unordered, Why: "Services must have these headers, too."},
	{Key: "probe.headers.allow", ID: "policy-allow-added", Order: moreIsWeaker, Why: "These headers may then name the software of a service."},
	{Key: "image.files", ID: "policy-input-changed", Order: moreIsStricter, Why: "Dockerfiles that are not named are not checked."},
	{Key: "image.settle", ID: "policy-threshold-changed", Order: unordered, Why: "A new base image is offered after this time: early, it is untested; late, it has open vulnerabilities."},
	{Key: "image.severities", ID: "policy-check-removed", Order: moreIsStricter, Why: "Vulnerabilities of other severities do not fail."},
	{Key: "image.ignore_unfixed", ID: "policy-allow-added", Order: onIsWeaker, Why: "Vulnerabilities that no version fixes then do not fail."},
	{Key: "image.ignore_files", ID: "policy-waiver-file-changed", Order: moreIsWeaker, Why: "They name the vulnerabilities that are accepted."},
	{Key: "image.max_report_age", ID: "policy-threshold-lowered", Order: shorterOrOff, Why: "Older reports then pass; 0 sets no limit."},
	{Key: "trend.bench.window", ID: "policy-threshold-changed", Order: unordered, Why: "Benchmarks are compared with these runs."},
	{Key: "trend.bench.min_effect", ID: "policy-threshold-lowered", Order: lower, Why: "Smaller regressions of benchmarks then pass."},
	{Key: "trend.bench.alpha", ID: "policy-threshold-lowered", Order: higher, Why: "Regressions of benchmarks then need more evidence."},
	{Key: "trend.bench.confirm", ID: "policy-threshold-lowered", Order: lower, Why: "Regressions of benchmarks then need more runs."},
	{Key: "trend.resources.window", ID: "policy-threshold-changed", Order: unordered, Why: "The figures of containers are computed over these rows."},
	{Key: "probe.smoke.flows", ID: "policy-input-changed", Order: unordered, Why: "It names the requests that a service must answer as expected."},
	{Key: "probe.smoke.targets", ID: "policy-input-changed", Order: unordered, Why: "It names the health addresses that must answer."},
	{Key: "probe.smoke.contract", ID: "policy-input-changed", Order: unordered, Why: "It names the contract that answers are compared with."},
	{Key: "probe.smoke.conform", ID: "policy-threshold-lowered", Order: ranks("off", "warning", "error"), Why: "It decides whether answers that break the contract fail."},
	{Key: "probe.smoke.undocumented", ID: "policy-allow-added", Order: moreIsWeaker, Why: "Flows may then use these paths although the contract does not have them."},
	{Key: "probe.latency.interval", Why: "It decides how often a service is sampled, and not what passes."},
	{Key: "probe.latency.samples", Why: "It decides how many samples are kept, and not what passes."},
	{Key: "probe.latency.good_ms", ID: "policy-threshold-lowered", Order: lower, Why: "A slower service is then still good."},
	{Key: "probe.latency.warn_ms", ID: "policy-threshold-lowered", Order: lower, Why: "A slower service then passes."},
	{Key: "probe.latency.targets_file", ID: "policy-input-changed", Order: unordered, Why: "It names the services that are sampled."},
	{Key: "sign.public_keys", ID: "policy-key-file-changed", Order: firstIsStricter, Why: "It names the file of the keys that verification trusts."},
	{Key: "webhook.timeout", Why: whereItGoes},
	{Key: "webhook.deadline", Why: whereItGoes},
	{Key: "webhook.repeat", Why: whereItGoes},
	{Key: "webhook.reasons", Why: whereItGoes},
	{Key: "github.suppression_labels", Why: whereItGoes},
	{Key: "github.author", Why: whereItGoes},
	{Key: "publish.schemas_branch", ID: "policy-state-changed", Order: unordered, Why: "The previous state is read from this branch."},
	{Key: "publish.pages_branch", Why: whereItGoes},
	{Key: "publish.folder", ID: "policy-state-changed", Order: unordered, Why: "The previous state is read from this folder."},
	{Key: "publish.pages_folder", Why: whereItGoes},
}

// Table lists every key of govctl.yaml with its stricter direction, in the order of the schema.
func Table() []Row { return slices.Clone(table) }

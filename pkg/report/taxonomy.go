package report

// Alert is one entry of the taxonomy as readers see it: a row of the pages, and most of a line of taxonomy.jsonl.
type Alert struct {
	Alert           string            `json:"alert"`
	ID              string            `json:"id,omitzero"`
	Group           string            `json:"group,omitzero"`
	Severity        string            `json:"severity"`
	Scope           string            `json:"scope,omitzero"`
	Category        string            `json:"category,omitzero"`
	Description     string            `json:"description,omitzero"`
	ExprSummary     string            `json:"expr_summary,omitzero"`
	For             string            `json:"for,omitzero"`
	Windows         []string          `json:"windows,omitzero"`
	Runbook         string            `json:"runbook,omitzero"`
	RunbookComplete bool              `json:"runbook_complete"` // the runbook is not a placeholder
	SLO             string            `json:"slo,omitzero"`
	Labels          map[string]string `json:"labels,omitzero"`
	Owner           string            `json:"owner,omitzero"`
	CreatedAt       string            `json:"created_at,omitzero"`
	Deprecated      bool              `json:"deprecated"`
	DeprecatedSince string            `json:"deprecated_since,omitzero"`
	ReplacedBy      string            `json:"replaced_by,omitzero"`
	Other           map[string]Raw    `json:"other,omitzero"` // keys of the entry that the model does not know, with their values
	Place           *Place            `json:"place,omitzero"`
}

// AlertEntry is Alert under a name that does not hide its field of the same name where it is embedded.
type AlertEntry = Alert

// AlertLine is a line of taxonomy.jsonl: an alert with the keys that every line has, even if the
// entry lacks them.
type AlertLine struct {
	AlertEntry
	Group    *string  `json:"group"`
	Scope    *string  `json:"scope"`
	Category *string  `json:"category"`
	For      *string  `json:"for"`
	Windows  []string `json:"windows"`
	SLO      *string  `json:"slo"`
}

// TaxonomyLint is taxonomy-lint.json: the lint findings of the taxonomy, and its coverage of the rule files.
type TaxonomyLint struct {
	Schema      string         `json:"schema"` // govctl/taxonomy-lint/v1
	GeneratedAt Time           `json:"generated_at"`
	File        string         `json:"file"`
	Profile     string         `json:"profile"`
	Alerts      int            `json:"alerts"`
	RuleFiles   int            `json:"rule_files"`               // compared with; 0 when none were given
	Rules       int            `json:"rules"`                    // alerting rules in them
	Required    []string       `json:"required_labels,omitzero"` // that each of them must have
	Severities  map[string]int `json:"rule_severities,omitzero"` // alerting rules by their severity label, in lower case
	Missing     []string       `json:"missing"`                  // alerting rules without an entry, by alert name
	Totals      FindingTotals  `json:"totals"`
	ByRule      map[string]int `json:"by_rule"`
	Findings    []Finding      `json:"findings"` // by place, then rule
}

// TaxonomyDiff is taxonomy-diff.json: how the set of alerts changed between two revisions. Lists are sorted by alert name.
type TaxonomyDiff struct {
	Schema              string               `json:"schema"` // govctl/taxonomy-diff/v1
	GeneratedAt         Time                 `json:"generated_at"`
	Old                 TaxonomySide         `json:"old"`
	New                 TaxonomySide         `json:"new"`
	Added               []AlertRef           `json:"added"`
	Removed             []AlertRef           `json:"removed"`
	Renamed             []AlertRename        `json:"renamed"`
	Modified            []AlertChange        `json:"modified"` // field changes; a new severity is among severity_transitions, too
	SeverityTransitions []SeverityTransition `json:"severity_transitions"`
	Deprecated          []AlertRef           `json:"deprecated"`
	Undeprecated        []AlertRef           `json:"undeprecated"`
	Churn               int                  `json:"churn"` // added and removed
	WeightedAdded       int                  `json:"weighted_added"`
	WeightedRemoved     int                  `json:"weighted_removed"`
	RiskChurn           int                  `json:"risk_churn"`
	SemanticChurn       int                  `json:"semantic_churn"`  // alerts whose set, severity, for, windows, labels, expression or deprecation changed
	CosmeticChurn       int                  `json:"cosmetic_churn"`  // alerts that changed in wording or ownership only
	FormattingOnly      bool                 `json:"formatting_only"` // the texts differ, no alert does
	Bulk                string               `json:"bulk,omitzero"`   // names a change that touches most alerts at once: reformat, import, removal, rewrite
}

// TaxonomySide is one side of a TaxonomyDiff.
type TaxonomySide struct {
	Source                     string  `json:"source"`
	Alerts                     int     `json:"alerts"`
	Active                     int     `json:"active"`
	Weight                     int     `json:"weight"` // sum of the severity weights
	RunbookCompletenessPercent Percent `json:"runbook_completeness_percent"`
}

// AlertRef identifies an alert, with the fields that readers need first.
type AlertRef struct {
	Alert    string `json:"alert"`
	ID       string `json:"id,omitzero"`
	Group    string `json:"group,omitzero"`
	Severity string `json:"severity"`
	Selector string `json:"selector,omitzero"` // distinguishes entries of one name: {group="g",severity="critical"}
	Place    *Place `json:"place,omitzero"`
}

// AlertRename is an alert that kept its id under a new name.
type AlertRename struct {
	ID   string `json:"id"`
	From string `json:"from"`
	To   string `json:"to"`
}

// AlertChange is an alert of both sides with the fields that differ, in the order of the model.
type AlertChange struct {
	AlertRef
	Semantic bool          `json:"semantic"`
	Fields   []FieldChange `json:"fields"`
}

// FieldChange is one field before and after, as text.
type FieldChange struct {
	Field    string `json:"field"`
	From     string `json:"from"`
	To       string `json:"to"`
	Semantic bool   `json:"semantic"`
}

// SeverityTransition is an alert whose severity changed.
type SeverityTransition struct {
	AlertRef
	From string `json:"from"`
	To   string `json:"to"`
}

// TaxonomyMetrics is taxonomy-metrics.json. The names ending in 30d are fixed by the readers of the file; the window
// itself is WindowDays.
type TaxonomyMetrics struct {
	Schema                     string               `json:"schema"` // govctl/taxonomy-metrics/v1
	GeneratedAt                Time                 `json:"generated_at"`
	LastUpdated                MaybeTime            `json:"last_updated"` // empty when unknown
	AgeDays                    *int                 `json:"age_days"`     // since last_updated; null when that is unknown
	TotalAlerts                int                  `json:"total_alerts"`
	ActiveAlerts               int                  `json:"active_alerts"`
	DeprecatedAlerts           int                  `json:"deprecated_alerts"`
	DeprecatedPercent          Percent              `json:"deprecated_percent"`
	Added30d                   []string             `json:"added_30d"`
	Removed30d                 []string             `json:"removed_30d"`
	Churn30d                   int                  `json:"churn_30d"`
	BaselineCommit30d          *string              `json:"baseline_commit_30d"`
	BaselineCommitTimestamp    *Time                `json:"baseline_commit_timestamp"`
	WeightedAdded30d           int                  `json:"weighted_added_30d"`
	WeightedRemoved30d         int                  `json:"weighted_removed_30d"`
	RiskChurn30d               int                  `json:"risk_churn_30d"`
	CurrentWeightTotal         int                  `json:"current_weight_total"`
	StabilityScore             Ratio                `json:"stability_score"`
	StabilityPercent           Percent              `json:"stability_percent"`
	RiskStabilityScore         Ratio                `json:"risk_stability_score"`
	RiskStabilityPercent       Percent              `json:"risk_stability_percent"`
	RunbooksComplete           int                  `json:"runbooks_complete"`
	RunbookCompletenessPercent Percent              `json:"runbook_completeness_percent"`
	RunbookSLA                 RunbookSLA           `json:"runbook_sla"`
	SeverityWeights            map[string]int       `json:"severity_weights"`
	SemanticChurn30d           int                  `json:"semantic_churn_30d"`
	CosmeticChurn30d           int                  `json:"cosmetic_churn_30d"`
	Renamed30d                 []AlertRename        `json:"renamed_30d"`
	Bulk30d                    string               `json:"bulk_30d,omitzero"`
	SeverityCounts             map[string]int       `json:"severity_counts"`        // active and deprecated
	ActiveSeverityCounts       map[string]int       `json:"active_severity_counts"` // active only
	WindowDays                 int                  `json:"window_days"`
	History                    string               `json:"history"`               // full, young, cut or none: how far back the repository's history goes
	HistoryNote                string               `json:"history_note,omitzero"` // what the figures of the window do not cover, in one sentence
	UnreadableRevisions        []UnreadableRevision `json:"unreadable_revisions"`  // left out of the figures
	RevisionsRead              int                  `json:"revisions_read"`
}

// RunbookSLA reports how long alerts waited for their runbook.
type RunbookSLA struct {
	Count      int           `json:"count"`       // alerts of today whose runbook was completed at some commit
	MedianDays *Percent      `json:"median_days"` // null without a sample, as the three below
	AvgDays    *Percent      `json:"avg_days"`
	P90Days    *Percent      `json:"p90_days"`
	MaxDays    *Percent      `json:"max_days"`
	PolicyDays int           `json:"policy_days"` // 0: no policy
	Overdue    int           `json:"overdue"`     // open for longer than the policy allows
	Open       []OpenRunbook `json:"open"`        // oldest first
}

// OpenRunbook is an active alert without a runbook.
type OpenRunbook struct {
	Name    string  `json:"name"`
	AgeDays Percent `json:"age_days"`
	Since   Time    `json:"since"`
	Overdue bool    `json:"overdue"`
}

// UnreadableRevision is an old version of the taxonomy that is not a valid taxonomy.
type UnreadableRevision struct {
	Commit string `json:"commit"`
	Reason string `json:"reason"`
}

// TaxonomySnapshot is metrics-history/metrics-YYYY-MM-DD.json: the first metrics of a day.
type TaxonomySnapshot struct {
	SnapshotDate string `json:"_snapshot_date"` // YYYY-MM-DD, UTC
	TaxonomyMetrics
}

// TaxonomyHistory is taxonomy-metrics-history.json: the snapshots, oldest first.
type TaxonomyHistory struct {
	History []TaxonomySnapshot `json:"history"`
}

// TaxonomyGates is taxonomy-gates.json: the verdict of each gate with its numbers.
type TaxonomyGates struct {
	Schema      string `json:"schema"` // govctl/taxonomy-gates/v1
	GeneratedAt Time   `json:"generated_at"`
	Passed      bool   `json:"passed"` // no gate failed
	Gates       []Gate `json:"gates"`
}

// Gate is one verdict.
type Gate struct {
	Name    string             `json:"name"`
	Status  string             `json:"status"` // pass, warn, fail, not-enough-history, off
	Message string             `json:"message"`
	Numbers map[string]float64 `json:"numbers"`
	Alerts  []string           `json:"alerts"` // those that it is about, where there are such
}

// TaxonomyDrift is the drift between taxonomy and rule files that `taxonomy notify` reports. Lists are sorted by name.
type TaxonomyDrift struct {
	Source           string               `json:"source"`
	Missing          []AlertRef           `json:"missing"`           // error: alerts of the rule files that the taxonomy does not know
	DeprecatedActive []AlertRef           `json:"deprecated_active"` // error: deprecated entries that rule files still evaluate
	NotActive        []AlertRef           `json:"not_active"`        // drift: entries that no rule file evaluates
	MissingRunbooks  []AlertRef           `json:"missing_runbooks"`  // drift: active entries without a runbook
	Added            []AlertRef           `json:"added"`             // since the previous taxonomy, where one was given
	Removed          []AlertRef           `json:"removed"`
	Transitions      []SeverityTransition `json:"severity_transitions"`
}

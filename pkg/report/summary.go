package report

import "github.com/go-json-experiment/json/jsontext"

// Badge is a Shields endpoint answer: https://shields.io/badges/endpoint-badge.
type Badge struct {
	SchemaVersion int    `json:"schemaVersion"` // 1
	Label         string `json:"label"`
	Message       string `json:"message"`
	Color         string `json:"color"`
	CacheSeconds  int    `json:"cacheSeconds,omitzero"`
}

// Summary is governance-summary.json: what a dashboard needs in a single fetch.
type Summary struct {
	Schema                 string          `json:"schema"` // govctl/governance-summary/v1
	SHA                    string          `json:"sha"`
	RunID                  string          `json:"run_id,omitzero"`
	Project                string          `json:"project,omitzero"` // stable identity of the project
	GeneratedAt            Time            `json:"generated_at"`
	Version                string          `json:"version,omitzero"`
	StabilityRatio         Ratio           `json:"stability_ratio"` // of the window; 1 while placeholder
	Placeholder            bool            `json:"placeholder"`
	PlaceholderStreak      int             `json:"placeholder_streak"`
	BreakingChangesCount   int             `json:"breaking_changes_count"`
	SemverPolicyStatus     string          `json:"semver_policy_status"` // ok, warn, fail, unknown
	OperationsAdded        int             `json:"operations_added"`
	OperationsRemoved      int             `json:"operations_removed"`
	WebhookPayloadVersion  int             `json:"webhook_payload_version"`
	AlertsTotal            *int            `json:"alerts_total"`                 // null without a taxonomy
	RunbookCompletenessPct *Percent        `json:"runbook_completeness_percent"` // null without a taxonomy
	MilestonePercent       *Percent        `json:"milestone_percent"`            // null without milestones
	Headline               string          `json:"headline"`
	Passed                 bool            `json:"passed"`
	Checked                bool            `json:"checked"` // false when something that the verdict depends on could not be checked
	NotChecked             []NotChecked    `json:"not_checked,omitzero"`
	BreakingAccepted       int             `json:"breaking_changes_accepted,omitzero"` // breaking root causes that a waiver accepts
	Contracts              []ContractState `json:"contracts,omitzero"`                 // in a monorepo, one per contract
	Evidence               []EvidenceState `json:"evidence,omitzero"`                  // of each kind that is required or was found
	Steps                  []Step          `json:"steps"`
}

// ContractState is one contract of a monorepo in the summary.
type ContractState struct {
	Name                 string `json:"name"`
	StabilityRatio       Ratio  `json:"stability_ratio"`
	Placeholder          bool   `json:"placeholder"`
	PlaceholderStreak    int    `json:"placeholder_streak,omitzero"`
	BreakingChangesCount int    `json:"breaking_changes_count"`
	SemverPolicyStatus   string `json:"semver_policy_status"`
	Version              string `json:"version,omitzero"`
	Outcome              string `json:"outcome,omitzero"` // passed, failed, not-checked: how the gate ended
}

// NotChecked is one thing that could not be checked.
type NotChecked struct {
	Step     string `json:"step"`
	Contract string `json:"contract,omitzero"` // empty where it is about the whole run
	Reason   string `json:"reason"`
}

// Step is what one step of a run did.
type Step struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, findings, failed, skipped
	Reason string `json:"reason,omitzero"`
}

// Milestones is milestone-summary.json.
type Milestones struct {
	Schema      string          `json:"schema"` // govctl/milestone-summary/v1
	GeneratedAt Time            `json:"generated_at"`
	Totals      MilestoneTotals `json:"totals"`
	ByStatus    map[string]int  `json:"by_status"` // done, in-progress, not-started, blocked: number of items
	Items       []Milestone     `json:"items"`     // in the order of the file

	// The fields of the original file, with their meaning.
	TotalMilestones      int     `json:"total_milestones"`
	CompletedMilestones  int     `json:"completed_milestones"`
	InProgressMilestones int     `json:"in_progress_milestones"`
	NotStartedMilestones int     `json:"not_started_milestones"`
	TotalWeight          float64 `json:"total_weight"`     // same as totals.weight_total
	CompletedWeight      float64 `json:"completed_weight"` // same as totals.weight_done
	CompletionPercentage Percent `json:"completion_percentage"`
	LastUpdated          Time    `json:"last_updated"` // same as generated_at
}

// MilestoneTotals sums the weights.
type MilestoneTotals struct {
	WeightTotal float64 `json:"weight_total"`
	WeightDone  float64 `json:"weight_done"`
	Percent     Percent `json:"percent"`
}

// Milestone is one item of project_milestones.json.
type Milestone struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	Weight    float64 `json:"weight"`
	WeightPct Percent `json:"weight_pct"` // of all weight
	Status    string  `json:"status"`
}

// Manifest is manifest.json: who made the files of a folder, and every file of the last run except those that prove it and those that
// only grow, sorted by path.
type Manifest struct {
	Schema      string             `json:"schema"` // govctl/manifest/v1
	GeneratedAt Time               `json:"generated_at"`
	SHA         string             `json:"sha"`
	RunID       string             `json:"run_id,omitzero"`
	Govctl      string             `json:"govctl"`             // version of the program
	Project     string             `json:"project,omitzero"`   // stable identity of the project that owns the folder
	Contracts   []ManifestContract `json:"contracts,omitzero"` // sorted by name
	Files       []ManifestFile     `json:"files"`
	Steps       []Step             `json:"steps,omitzero"` // all of them, in order; those after the summary appear only here
}

// ManifestContract is what the next run must know of a contract. Digests are SHA-256 of the canonical JSON; an empty one means that there
// was none.
type ManifestContract struct {
	Name           string `json:"name"`
	Outcome        string `json:"outcome"`         // passed, failed, not-checked: how its gate ended
	SHA256         string `json:"sha256"`          // the contract of this run
	BaselineSHA256 string `json:"baseline_sha256"` // the contract that this run compared with
	AcceptedSHA256 string `json:"accepted_sha256"` // the contract that the next run compares with
	HistoryLines   int    `json:"history_lines"`   // readable lines of the run history after this run

	Rotated *RotatedHistory `json:"rotated,omitzero"` // what the lines in other files than history.jsonl come to

	VersionFrom     string          `json:"version_from,omitzero"`      // where the version of the accepted contract was read from, other than info.version
	AcceptedVersion string          `json:"accepted_version,omitzero"`  // what its version is taken for, where that is another than it says
	BaselineVersion string          `json:"baseline_version,omitzero"`  // the same of the contract that this run compared with
	Pending         []PendingBreak  `json:"pending,omitzero,omitempty"` // breaking changes that wait for a version
	RefusedVersion  string          `json:"refused_version,omitzero"`   // the release tag that did not declare them
	RefusedSince    string          `json:"refused_since,omitzero"`     // the commit, else the identity, of the run that refused it first
	Spent           []AcceptedBreak `json:"spent,omitzero,omitempty"`   // waived changes that are in the accepted contract, the newest last
}

// PendingBreak is a breaking change that a run has reported and that no version has declared yet.
type PendingBreak struct {
	Fingerprint string `json:"fingerprint"`
	Since       string `json:"since"` // the commit, else the identity, of the run that reported it first
}

// AcceptedBreak is a waived change that became a part of the baseline: the waiver is no longer
// needed.
type AcceptedBreak struct {
	Rule        string `json:"id"`
	Subject     string `json:"subject"`
	Fingerprint string `json:"fingerprint"`
}

// ManifestFile is one written file. Path is relative to the output folder, with forward slashes.
type ManifestFile struct {
	Path      string `json:"path"`
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"`
	MediaType string `json:"media_type"`
	Step      string `json:"step"`
}

// RunLog is run-log.json: how long each step of the last run took. It is not signed, so that the same inputs give the same signed bytes.
type RunLog struct {
	Schema      string     `json:"schema"` // govctl/run-log/v1
	GeneratedAt Time       `json:"generated_at"`
	SHA         string     `json:"sha"`
	RunID       string     `json:"run_id,omitzero"`
	Steps       []StepTime `json:"steps"` // in their order
}

// StepTime is the time that one step took.
type StepTime struct {
	Name       string `json:"name"`        // with the contract among several
	DurationMS int64  `json:"duration_ms"` // 0 under a fixed clock
}

// Checksums is checksums.json: the digest of every covered file, sorted by path.
type Checksums struct {
	Schema          string     `json:"schema"` // govctl/checksums/v1
	GeneratedAt     Time       `json:"generated_at"`
	Artifacts       []Checksum `json:"artifacts"`
	AggregateSHA256 string     `json:"aggregate_sha256"` // SHA-256 over the concatenated hex digests in path order; empty without artifacts
	Count           int        `json:"count"`
	Missing         []string   `json:"missing"`
}

// Checksum is the digest of one file. Path is relative to the output folder, with forward slashes.
type Checksum struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Raw is a value that is passed on as it was read.
type Raw = jsontext.Value

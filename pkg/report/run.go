package report

// RunRecord is status/runs/ID.json: one run as pages show and compare it. It is bounded, whatever the run found: texts are cut, and what is
// left out is counted.
type RunRecord struct {
	Schema                 string        `json:"schema"` // govctl/run-record/v1
	ID                     string        `json:"id"`     // from commit and run id: the name of the file
	SHA                    string        `json:"sha"`
	RunID                  string        `json:"run_id,omitzero"`
	GeneratedAt            Time          `json:"generated_at"`
	Project                string        `json:"project,omitzero"`
	URL                    string        `json:"url,omitzero"`     // address of the run in CI
	Version                string        `json:"version,omitzero"` // of the only contract
	Outcome                string        `json:"outcome"`          // passed, failed, not-checked
	Passed                 bool          `json:"passed"`
	Checked                bool          `json:"checked"`
	Headline               string        `json:"headline"`
	BreakingChangesCount   int           `json:"breaking_changes_count"`
	BreakingAccepted       int           `json:"breaking_changes_accepted,omitzero"`
	Contracts              []RunContract `json:"contracts"`                    // those with something to report, failed ones first
	ContractsWithoutReport int           `json:"contracts_unchanged,omitzero"` // the others, of several
	ContractsLeftOut       int           `json:"contracts_left_out,omitzero"`
	ChangesLeftOut         int           `json:"changes_left_out,omitzero"` // of all contracts
}

// RunContract is one contract in the record of a run.
type RunContract struct {
	Name                 string      `json:"name"`
	Outcome              string      `json:"outcome"` // passed, failed, not-checked
	Version              string      `json:"version,omitzero"`
	PreviousVersion      string      `json:"previous_version,omitzero"`
	SemverPolicyStatus   string      `json:"semver_policy_status"` // ok, warn, fail, unknown
	StabilityRatio       Ratio       `json:"stability_ratio"`      // of the window; 1 while placeholder
	BreakingChangesCount int         `json:"breaking_changes_count"`
	FirstRun             bool        `json:"first_run,omitzero"`
	Placeholder          bool        `json:"placeholder,omitzero"`
	Reason               string      `json:"reason,omitzero"` // why it was not measured
	Changes              []RunChange `json:"changes"`         // worst first
	ChangesLeftOut       int         `json:"changes_left_out,omitzero"`
}

// RunChange is one change in the record of a run. Two runs report the same change where its fingerprint is the same.
type RunChange struct {
	Rule        string     `json:"rule"`
	Kind        string     `json:"kind,omitzero"`
	Level       Level      `json:"level"`
	Breaking    bool       `json:"breaking"`
	Message     string     `json:"message"`
	Fingerprint string     `json:"fingerprint"`
	Operation   string     `json:"operation,omitzero"`  // the first one that it reaches
	Operations  int        `json:"operations,omitzero"` // how many it reaches, if several
	Waiver      *RunWaiver `json:"waiver,omitzero"`
}

// Waived reports whether a waiver that had not expired covers the change.
func (c *RunChange) Waived() bool { return c.Waiver != nil && !c.Waiver.Expired }

// RunWaiver is the waiver of a change in the record of a run.
type RunWaiver struct {
	Owner   string `json:"owner"`
	Until   string `json:"until"` // YYYY-MM-DD
	Reason  string `json:"reason"`
	Expired bool   `json:"expired,omitzero"` // on the day of the run
}

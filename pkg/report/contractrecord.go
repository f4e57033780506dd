package report

// ContractRecord is contract-record.json: what a run found out about one contract, as far as the rest of the run and later runs need it. The
// figures of the whole are made from the records of all contracts, wherever and by whatever run these were made. It is bounded, whatever was
// found: of the changes it has the first, cut. Its form is that of one version of govctl.
type ContractRecord struct {
	Schema      string           `json:"schema"` // govctl/contract-record/v1
	GeneratedAt Time             `json:"generated_at"`
	SHA         string           `json:"sha"`
	RunID       string           `json:"run_id,omitzero"`
	Project     string           `json:"project,omitzero"`
	State       ContractState    `json:"state"`
	Gated       bool             `json:"gated"`             // the gate was reached and passed
	Absent      bool             `json:"absent,omitzero"`   // no contract is configured
	Empty       bool             `json:"empty,omitzero"`    // it describes no operation
	Refresh     bool             `json:"refresh,omitzero"`  // nothing new was counted
	Reverted    bool             `json:"reverted,omitzero"` // the contract is what it was compared with
	Accepted    ManifestContract `json:"-"`                 // what the next run must know, where the run accepts the contract
	Kept        ManifestContract `json:"-"`                 // the same where it does not
	Inputs      []Input          `json:"inputs,omitzero"`   // the files by which a change of the contract shows; none where it does not show in files
	Settings    string           `json:"settings"`          // SHA-256 of what the configuration says about the contract
	Govctl      string           `json:"govctl"`            // version that made the record
	Steps       []ContractStep   `json:"steps"`             // in order, by their names without that of the contract

	Diff        *Diff               `json:"diff,omitzero"`       // without examples and places, and with the first changes alone
	Operations  *Operations         `json:"operations,omitzero"` // their numbers
	Semver      *Semver             `json:"semver,omitzero"`
	Breaking    *BreakingCounts     `json:"breaking,omitzero"`
	Stability   *Stability          `json:"stability,omitzero"`
	Placeholder *PlaceholderMetrics `json:"placeholder,omitzero"`
	Line        string              `json:"line,omitzero"`       // of the share of stable runs over the latest runs, as a path of SVG
	ChangedAt   Time                `json:"changed_at,omitzero"` // of the last run that found a change
	Report      RunContract         `json:"report"`              // for the record of the run
	Changelog   *ContractRelease    `json:"changelog,omitzero"`  // of its API; none before the first release
	Badges      []NamedBadge        `json:"badges"`
	PageError   string              `json:"page_error,omitzero"` // why its pages could not be built
	Files       []ManifestFile      `json:"files"`               // all that the run has written about the contract but this record, sorted by path
}

// ContractStep is a step of a run about one contract.
type ContractStep struct {
	Step
	Exit      int      `json:"exit"`               // what it does to the exit code of the run: 0 to 3
	Tolerated bool     `json:"tolerated,omitzero"` // the contract has no gate, so that this fails no run
	Hint      string   `json:"hint,omitzero"`      // what can be done about it
	Details   []string `json:"details,omitzero"`   // the single errors, where there are several
}

// BreakingCounts are the breaking changes of a contract by kind.
type BreakingCounts struct {
	Breaking         bool `json:"breaking"`
	Total            int  `json:"total"`
	Incompatible     int  `json:"incompatible"`
	DeletedOrRemoved int  `json:"deleted_or_removed"`
	Waived           int  `json:"waived"`
}

// ContractRelease is the newest release of the changelog of an API.
type ContractRelease struct {
	Title   string `json:"title"`
	Version string `json:"version"`
	Date    string `json:"date,omitzero"`
	Summary string `json:"summary"`
}

// NamedBadge is a badge with its file.
type NamedBadge struct {
	Path string `json:"path"`
	Badge
}

// Input is a file that a record was made from.
type Input struct {
	Path string `json:"path"`          // from the folder of the run, with slashes
	Blob string `json:"blob,omitzero"` // what git calls its content: the SHA-1 of a blob; empty for a file that was not there
}

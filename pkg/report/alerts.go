package report

// AlertState is alert-state.json: which alerts are open, the state by which a recovery is reported exactly once.
type AlertState struct {
	Schema      string     `json:"schema"` // govctl/alert-state/v1
	GeneratedAt Time       `json:"generated_at"`
	SHA         string     `json:"sha"`    // of the run that wrote it
	RunID       string     `json:"run_id"` // of the run that wrote it
	Project     string     `json:"project,omitzero"`
	Reasons     []string   `json:"reasons"`
	Alerts      []Incident `json:"alerts"` // one per contract and kind, in a fixed order
}

// Incident is the state of one kind of alert of one contract.
type Incident struct {
	Contract     string `json:"contract,omitzero"` // empty in files of versions that kept one state for all contracts
	Reason       string `json:"reason"`            // semver_fail, stability_drop, placeholder_streak, breaking
	Open         bool   `json:"open"`
	Opened       int    `json:"opened"` // how often it has opened: names the episode
	Since        Time   `json:"since,omitzero"`
	OpenedBy     string `json:"opened_by,omitzero"`     // SHA/RUN_ID of the run that opened the episode
	LastNotified Time   `json:"last_notified,omitzero"` // last run that raised a notice for it
	RecoveredAt  Time   `json:"recovered_at,omitzero"`
	RecoveredBy  string `json:"recovered_by,omitzero"` // SHA/RUN_ID of the run that closed the episode
	Why          string `json:"why,omitzero"`          // why it recovered
	SHA          string `json:"sha,omitzero"`          // of the last run that failed
	Version      string `json:"version,omitzero"`      // of the contract at the last run that failed
}

// Notice is the webhook payload, version 1. Its shape is a contract with receivers: only new keys are added.
type Notice struct {
	Event           string                  `json:"event"` // governance_notice
	Version         int                     `json:"version"`
	SHA             string                  `json:"sha"` // short, as the original sent it
	SemverStatus    string                  `json:"semver_status"`
	StabilityRatio  Ratio                   `json:"stability_ratio"` // of the window; 0 when there are no metrics
	Reasons         []string                `json:"reasons"`
	Operations      NoticeOperations        `json:"operations"`
	BreakingChanges int                     `json:"breaking_changes_count"`
	Checked         bool                    `json:"checked"`                         // false when something that the verdict depends on could not be checked
	SchemaChecksum  string                  `json:"schema_checksum_sha256,omitzero"` // of the canonical contract
	At              Time                    `json:"at"`
	Commit          string                  `json:"commit"` // whole
	Repository      string                  `json:"repository,omitzero"`
	RunURL          string                  `json:"run_url,omitzero"`
	Details         map[string]NoticeDetail `json:"details"`     // by reason
	Placeholder     bool                    `json:"placeholder"` // the ratio was not measured
	Metadata        NoticeMetadata          `json:"metadata"`
	BundleSHA256    string                  `json:"bundle_sha256,omitzero"` // over the canonical contracts and the summary
}

// NoticeMetadata are figures of the run. Those of the stability metrics are absent where nothing was measured.
type NoticeMetadata struct {
	Timestamp           Time     `json:"timestamp"`
	CurrentStableStreak *int     `json:"current_stable_streak,omitzero"`
	WindowSize          *int     `json:"window_size,omitzero"`
	Score               *Percent `json:"score,omitzero"`
}

// NoticeOperations counts the operations that were added and removed.
type NoticeOperations struct {
	Added   int `json:"added"`
	Removed int `json:"removed"`
}

// NoticeDetail is what stands behind a reason.
type NoticeDetail struct {
	Since   Time   `json:"since"`   // when the alert opened
	Episode int    `json:"episode"` // how often it has opened
	Why     string `json:"why,omitzero"`
	// Contracts are those that the notice is about, where the project has several; since, episode and why are those of the first.
	Contracts []NoticeContract `json:"contracts,omitzero"`
}

// NoticeContract is what stands behind a reason for one contract.
type NoticeContract struct {
	Contract string `json:"contract"`
	Since    Time   `json:"since"`
	Episode  int    `json:"episode"`
	Why      string `json:"why,omitzero"`
}

// Delivery is one line of webhook-deliveries.jsonl. A notice begins with a pending line that carries its payload; each run that tries adds
// a line. It is over once any of its lines says delivered or expired, so that two copies of the file can be merged as a union.
type Delivery struct {
	Time       Time     `json:"time"`
	ID         string   `json:"delivery_id"`
	SHA        string   `json:"sha"`    // of the run that wrote the line
	RunID      string   `json:"run_id"` // of the run that wrote the line
	Reasons    []string `json:"reasons"`
	Chat       string   `json:"chat,omitzero"` // slack or teams; empty: the webhook
	Host       string   `json:"host"`          // never the URL, which is a secret
	Attempts   int      `json:"attempts"`      // 0 on the first line
	LastStatus int      `json:"last_status"`   // HTTP status; 0 when no answer came
	State      string   `json:"state"`         // queued, pending, delivered, expired
	Delivered  bool     `json:"delivered"`
	Error      string   `json:"error,omitzero"`
	Payload    Raw      `json:"payload,omitzero"` // on the first line only
}

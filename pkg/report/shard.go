package report

// Shard is status/shards/I-of-N.json: the contracts that one of several parallel parts of a run has assessed. It is written last, so that a part
// that was killed has none. Its form is that of one version of govctl.
type Shard struct {
	Schema       string          `json:"schema"` // govctl/shard/v1
	Shard        int             `json:"shard"`  // from 1
	Of           int             `json:"of"`
	GeneratedAt  Time            `json:"generated_at"`
	SHA          string          `json:"sha"`
	RunID        string          `json:"run_id"`
	Project      string          `json:"project"`
	Govctl       string          `json:"govctl"`
	ConfigSHA256 string          `json:"config_sha256"`   // of the configuration, as it was read
	Policy       string          `json:"policy,omitzero"` // the base of --policy: its commit, or where that has none its name
	Worst        string          `json:"worst"`           // of its contracts: passed, failed, not-checked
	Contracts    []ShardContract `json:"contracts"`       // in the order of the configuration
}

// ShardContract is a contract that a shard has assessed.
type ShardContract struct {
	Name     string           `json:"name"`
	SHA256   string           `json:"sha256"`          // of its record
	Accepted ManifestContract `json:"if_accepted"`     // what the next run must know, where the run accepts the contract
	Kept     ManifestContract `json:"if_kept"`         // the same where it does not
	Policy   *PolicyCheck     `json:"policy,omitzero"` // its gate under the policy that does not count, where that differs
}

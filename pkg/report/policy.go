package report

// Policy is policy.json: what a change does to its own policy, and the verdict under both policies.
type Policy struct {
	Schema      string        `json:"schema"` // govctl/policy/v1
	GeneratedAt Time          `json:"generated_at"`
	SHA         string        `json:"sha"`
	RunID       string        `json:"run_id,omitzero"`
	Base        string        `json:"base"`              // revision that the policy is compared with, as --policy names it
	BaseSHA     string        `json:"base_sha,omitzero"` // commit of that revision; empty where there is no earlier commit
	Mode        string        `json:"mode"`              // of the base: show or block
	Headline    string        `json:"headline"`          // one sentence on what the change does to the policy
	VerdictBase string        `json:"verdict_base"`      // passed, failed, not-checked
	VerdictNew  string        `json:"verdict_new"`       // passed, failed, not-checked
	Weaker      int           `json:"weaker"`            // findings after which something may pass that did not pass before
	Overrides   []string      `json:"overrides,omitzero"`
	Checks      []PolicyCheck `json:"checks"`   // under the policy that does not count
	Findings    []Finding     `json:"findings"` // in the order of the table of keys
}

// PolicyCheck is how one check ends under the policy that does not count.
type PolicyCheck struct {
	Check    string `json:"check"`             // gate, taxonomy, alert-gates
	Contract string `json:"contract,omitzero"` // its name under that policy
	Outcome  string `json:"outcome"`           // passed, failed, not-checked
	Reason   string `json:"reason,omitzero"`
}

package report

// RuleTests is what `govctl rules test --format json` prints: the outcome of the unit tests of Prometheus rules, and which rules they cover.
type RuleTests struct {
	Schema      string         `json:"schema"` // govctl/rule-tests/v1
	GeneratedAt Time           `json:"generated_at"`
	Passed      bool           `json:"passed"` // every case holds, every file is well-formed, and the coverage gate passes
	Tests       int            `json:"tests"`
	Assertions  int            `json:"assertions"`
	Failed      int            `json:"failed"`
	Invalid     int            `json:"invalid"`
	Files       []RuleTestFile `json:"files"`             // in the order in which they were given
	Coverage    *RuleCoverage  `json:"coverage,omitzero"` // absent when it was not asked for
	Findings    []Finding      `json:"findings"`
}

// RuleTestFile is one test file.
type RuleTestFile struct {
	File    string     `json:"file"`
	Status  string     `json:"status"` // passed, failed, invalid
	Tests   []RuleTest `json:"tests"`  // in the order of the file
	Invalid []string   `json:"invalid"`
}

// RuleTest is one test group of a test file.
type RuleTest struct {
	Name       string        `json:"name"`
	At         Place         `json:"at"`
	Status     string        `json:"status"` // passed, failed, invalid
	Assertions int           `json:"assertions"`
	Failures   []RuleFailure `json:"failures"`
	Invalid    []string      `json:"invalid"`
}

// RuleFailure is a case that does not hold.
type RuleFailure struct {
	At       Place    `json:"at"`
	Subject  string   `json:"subject"`   // name of the alert, or the expression
	EvalTime float64  `json:"eval_time"` // seconds from the start of the test
	Message  string   `json:"message"`
	Expected []string `json:"expected"`
	Got      []string `json:"got"`
	Hint     string   `json:"hint,omitzero"` // what explains it, where that is known
}

// Kinds of rules.
const (
	AlertRule     = "alert"
	RecordingRule = "record"
)

// RuleCoverage says how much of the rules unit tests cover. An alerting rule has two branches, firing and silent; a
// recording rule has one.
type RuleCoverage struct {
	Percent               Percent       `json:"percent"`     // of the branches; 100 without a rule
	MinPercent            *Percent      `json:"min_percent"` // null without a gate
	Passed                bool          `json:"passed"`
	Branches              int           `json:"branches"`
	BranchesCovered       int           `json:"branches_covered"`
	Alerts                int           `json:"alerts"`
	AlertsFiring          int           `json:"alerts_firing"`
	AlertsSilent          int           `json:"alerts_silent"`
	RecordingRules        int           `json:"recording_rules"`
	RecordingRulesCovered int           `json:"recording_rules_covered"`
	Rules                 []CoveredRule `json:"rules"` // sorted by place
}

// CoveredRule is one rule with its test coverage.
type CoveredRule struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"` // alert, record
	Group    string `json:"group"`
	At       Place  `json:"at"`
	Critical bool   `json:"critical"`
	Firing   int    `json:"firing"`   // cases that hold and see the alert firing
	Silent   int    `json:"silent"`   // cases that hold and see the alert not firing
	Recorded bool   `json:"recorded"` // the recording rule yields samples in a test
	Direct   bool   `json:"direct"`   // a case reads what it records
	Through  bool   `json:"through"`  // an asserted alert, or a rule that a case reads, is built on it
}

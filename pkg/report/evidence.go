package report

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// EvidenceSchema names the shape of Evidence.
const EvidenceSchema = "govctl/evidence/v1"

// The statuses of evidence. The first four are those of an envelope; the others are only in a verdict.
const (
	EvidenceOK      = "ok"
	EvidenceWarn    = "warn"  // no error, and a warning that no waiver covers
	EvidenceFail    = "fail"  // an error that no waiver covers
	EvidenceError   = "error" // what was to be checked could not be reached or measured
	EvidenceMissing = "missing"
	EvidenceStale   = "stale"   // too old, or of another commit
	EvidenceInvalid = "invalid" // not what govctl writes
)

// Evidence is status/evidence/KIND.json: what one check of something outside of the repository found. Status and Passed follow from
// Checks and Reason.
type Evidence struct {
	Schema      string            `json:"schema"` // EvidenceSchema
	Kind        string            `json:"kind"`
	SHA         string            `json:"sha"`
	RunID       string            `json:"run_id,omitzero"`
	GeneratedAt Time              `json:"generated_at"`
	Govctl      string            `json:"govctl"` // version of the program
	Status      string            `json:"status"`
	Passed      bool              `json:"passed"`          // status is ok or warn
	Reason      string            `json:"reason,omitzero"` // why it could not be measured; only with the status error
	Subjects    []EvidenceSubject `json:"subjects"`        // in the order in which they were given; none only with the status error
	Checks      []Finding         `json:"checks"`          // what was found, worst first
	Figures     []Figure          `json:"figures"`
	Detail      jsontext.Value    `json:"detail,omitzero"` // of the kind, with a schema of its own
	SHA256      string            `json:"sha256,omitzero"` // of the rest in canonical form (RFC 8785); another tool, whose govctl is empty, may leave it out
}

// EvidenceSubject is one thing that was checked.
type EvidenceSubject struct {
	Name string `json:"name"`
	Mode string `json:"mode,omitzero"` // how it was reached, such as direct or edge
	At   string `json:"at,omitzero"`   // address or file, without credentials
}

// Figure is one measured value, written as a gauge.
type Figure struct {
	Name   string            `json:"name"` // of the metric, with its unit
	Help   string            `json:"help"`
	Labels map[string]string `json:"labels,omitzero"`
	Value  float64           `json:"value"`
}

// EvidenceVerdict is status/evidence-verdict.json: what a run made of the evidence in its folder.
type EvidenceVerdict struct {
	Schema      string         `json:"schema"` // govctl/evidence-verdict/v1
	SHA         string         `json:"sha"`
	RunID       string         `json:"run_id,omitzero"`
	GeneratedAt Time           `json:"generated_at"`
	Passed      bool           `json:"passed"` // each required kind passed
	Kinds       []EvidenceKind `json:"kinds"`  // sorted by kind
}

// EvidenceKind is one kind of evidence in a verdict, under the waivers of the day.
type EvidenceKind struct {
	EvidenceState
	Required    bool      `json:"required"`
	Reason      string    `json:"reason,omitzero"` // why the status is not ok; empty where the checks say it
	SHA         string    `json:"sha,omitzero"`    // commit that it is about
	GeneratedAt *Time     `json:"generated_at"`    // null where it could not be read
	Warnings    int       `json:"warnings"`
	Waived      int       `json:"waived"`
	Subjects    int       `json:"subjects"`
	Checks      []Finding `json:"checks"`
	Figures     []Figure  `json:"figures"`
}

// EvidenceState is one kind of evidence in the summary.
type EvidenceState struct {
	Kind       string `json:"kind"`
	Status     string `json:"status"`
	Failed     int    `json:"failed"`      // errors that no waiver covers
	AgeSeconds *int64 `json:"age_seconds"` // null where it could not be read
}

// Passed reports whether evidence of this status lets a run pass that requires it.
func (s *EvidenceState) Passed() bool { return s.Status == EvidenceOK || s.Status == EvidenceWarn }

// EvidenceLine is one line of evidence-history.jsonl: one figure of one run.
type EvidenceLine struct {
	Timestamp Time              `json:"timestamp"`
	SHA       string            `json:"sha"`
	RunID     string            `json:"run_id,omitzero"`
	Kind      string            `json:"kind"`
	Figure    string            `json:"figure"`
	Labels    map[string]string `json:"labels,omitzero"`
	Value     float64           `json:"value"`
}

// EvidenceRule is one row of a table of rules of evidence. Each has a case in testdata/probe/ID.
type EvidenceRule struct {
	ID      string
	Kind    string // of the evidence in which it is found
	Level   Level
	Summary string // one sentence
	Why     string
	Hint    string // what a person can do about it
}

// Finding is a finding of the rule on a subject. Its fingerprint does not depend on the message; detail tells several findings of one
// rule and subject apart.
func (r *EvidenceRule) Finding(subject EvidenceSubject, message string, detail ...string) Finding {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{r.ID, subject.Name, subject.Mode}, detail...), "\x00")))
	return Finding{Rule: r.ID, Level: r.Level, Subject: subject.Name, Mode: subject.Mode, Message: message, Why: r.Why, Hint: r.Hint,
		Fingerprint: hex.EncodeToString(sum[:8])}
}

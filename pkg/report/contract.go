package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Diff is openapi-diff.json: every change between two contracts, worst first.
type Diff struct {
	Schema      string   `json:"schema"` // govctl/openapi-diff/v1
	GeneratedAt Time     `json:"generated_at"`
	Old         Contract `json:"old"`
	New         Contract `json:"new"`
	FirstRun    bool     `json:"first_run"`     // no baseline: nothing was compared
	Headline    string   `json:"headline"`      // one sentence: counts and the bump it needs
	Bump        string   `json:"required_bump"` // none, patch, minor, major
	Advice
	Totals        DiffTotals             `json:"totals"`
	Changes       []Finding              `json:"changes"`
	Causes        map[string]string      `json:"causes,omitzero"`         // by cause: what several changes have in common, in a sentence without the place
	OperationSets map[string][]Operation `json:"operation_sets,omitzero"` // long lists of operations by operation_set: each once, however many changes reach them
}

// ListedOperations is how many operations a written finding lists; where it reaches more, an operation set has them all.
const ListedOperations = 20

// plainDiff is a Diff as it is written.
type plainDiff Diff

// MarshalJSONTo writes long lists of operations once.
func (d Diff) MarshalJSONTo(e *jsontext.Encoder) error {
	p := plainDiff(d)
	p.Changes, p.OperationSets = make([]Finding, len(d.Changes)), nil
	ids := map[*Operation]string{} // findings that share a list share its array
	for i, f := range d.Changes {
		if n := len(f.Operations); n > ListedOperations {
			id, known := ids[&f.Operations[0]]
			if !known || len(p.OperationSets[id]) != n {
				id = idOfSet(f.Operations)
				ids[&f.Operations[0]] = id
			}
			if p.OperationSets == nil {
				p.OperationSets = map[string][]Operation{}
			}
			p.OperationSets[id] = f.Operations
			f.Operations, f.OperationSet = f.Operations[:ListedOperations], id
		}
		p.Changes[i] = f
	}
	return json.MarshalEncode(e, p)
}

// UnmarshalJSONFrom gives each finding its operations back.
func (d *Diff) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var p plainDiff
	if err := json.UnmarshalDecode(dec, &p); err != nil {
		return err
	}
	*d = Diff(p)
	for i := range d.Changes {
		f := &d.Changes[i]
		if all, ok := d.OperationSets[f.OperationSet]; ok {
			f.Operations = slices.Clip(all)
		}
		f.OperationSet = ""
	}
	d.OperationSets = nil
	return nil
}

// idOfSet names a list of operations by what it holds.
func idOfSet(ops []Operation) string {
	h := sha256.New()
	for _, op := range ops {
		h.Write([]byte(op.Method + " " + op.Path + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// Advice is the version that a change requires under the configured version policy. Every report
// that names one has it from the same function.
type Advice struct {
	RecommendedBump    string `json:"recommended_bump,omitzero"`    // none, patch, minor, major
	RecommendedVersion string `json:"recommended_version,omitzero"` // empty where there is no version to count from
	LowestVersion      string `json:"lowest_version,omitzero"`      // the lowest that the policy accepts
}

// Contract identifies one side of a comparison.
type Contract struct {
	Source     string `json:"source"`
	Title      string `json:"title,omitzero"`
	Version    string `json:"version,omitzero"` // info.version
	OpenAPI    string `json:"openapi,omitzero"`
	SHA256     string `json:"sha256,omitzero"` // of the canonical JSON
	Operations int    `json:"operations"`
	Major      string `json:"contract_major,omitzero"` // info.x-contract-major, for calendar versions
}

// DiffTotals counts the changes of a Diff. A waived change counts under Waived and nowhere else.
type DiffTotals struct {
	Changes            int            `json:"changes"`
	Breaking           int            `json:"breaking"`
	BreakingOperations int            `json:"breaking_operations"` // operations that a breaking change reaches
	Waived             int            `json:"waived"`
	Proved             int            `json:"proved"`
	Asserted           int            `json:"asserted"`
	ByLevel            map[string]int `json:"by_level"`
	ByCategory         map[string]int `json:"by_category"`
	ByKind             map[string]int `json:"by_kind"`
	Unread             int            `json:"references_not_read,omitzero"`     // references that do not resolve: what they name was not compared
	WithoutEffect      int            `json:"keywords_without_effect,omitzero"` // that the new version has added where they have no effect: neither changes nor breaks
}

// Operations is operations-classification.json: the operations that were added, removed or changed, sorted by path then method. The counts
// are those of all, where the lists of added, removed and deprecated ones are cut.
type Operations struct {
	Schema      string             `json:"schema"` // govctl/operations-classification/v1
	GeneratedAt Time               `json:"generated_at"`
	Counts      OperationCounts    `json:"counts"`
	Added       []Operation        `json:"operations_added"`
	Removed     []Operation        `json:"operations_removed"`
	Changed     []ChangedOperation `json:"operations_changed"`
	Deprecated  []Operation        `json:"operations_deprecated"`
}

// OperationCounts counts operations; TotalNew and TotalOld are all operations of each side.
type OperationCounts struct {
	Added      int `json:"added"`
	Removed    int `json:"removed"`
	Changed    int `json:"changed"`
	Deprecated int `json:"deprecated"`
	TotalNew   int `json:"total_new"`
	TotalOld   int `json:"total_old"`
}

// ChangedOperation is an operation of both sides with what changed in it.
type ChangedOperation struct {
	Method    string   `json:"method"`
	Path      string   `json:"path"`
	Breaking  bool     `json:"breaking"`
	Migration string   `json:"migration,omitzero"`    // auto, manual, none: the hardest of its changes
	Changes   []string `json:"changes"`               // fingerprints into openapi-diff.json
	More      int      `json:"more_changes,omitzero"` // changes that are not listed
}

// Breaking is breaking-status.json: the short answer for release tools.
type Breaking struct {
	Schema           string           `json:"schema"` // govctl/breaking-status/v1
	GeneratedAt      Time             `json:"generated_at"`
	Breaking         bool             `json:"breaking"`
	Incompatible     int              `json:"incompatible"`       // breaking root causes other than removals
	DeletedOrRemoved int              `json:"deleted_or_removed"` // removed operations, paths and responses
	Total            int              `json:"total"`
	Changes          []BreakingChange `json:"breaking_changes"`
	Waived           []BreakingChange `json:"waived"`
}

// BreakingChange is one breaking root cause in a line.
type BreakingChange struct {
	Rule        string `json:"id"`
	Operation   string `json:"operation"` // "GET /pets", or "GET /pets (+3)" where it reaches more
	Text        string `json:"text"`
	Fingerprint string `json:"fingerprint,omitzero"`
}

// Semver is semver-validation.json: whether the version number matches the change.
type Semver struct {
	Schema          string   `json:"schema"` // govctl/semver-validation/v1
	GeneratedAt     Time     `json:"generated_at"`
	Status          string   `json:"status"` // ok, warn, fail
	CurrentVersion  string   `json:"current_version"`
	PreviousVersion string   `json:"previous_version"`
	Current         string   `json:"current"`  // same as current_version, for old readers
	Previous        string   `json:"previous"` // same as previous_version, for old readers
	Scheme          string   `json:"scheme"`   // semver, calver; unknown when no version could be read
	Breaking        bool     `json:"breaking"`
	Rule            string   `json:"rule"` // id of the row of the policy that decided
	Messages        []string `json:"messages"`
	Recommendations []string `json:"recommendations"`
	ExpectedVersion string   `json:"expected_version_hint,omitzero"`
	ExpectedMajor   string   `json:"expected_contract_major,omitzero"` // what info.x-contract-major must be at least
	Advice
	PendingBump string `json:"pending_bump,omitzero"` // what the next version must raise at least, while the version has not moved: patch, minor, major
	VersionFrom string `json:"version_from,omitzero"` // where the version is read from, other than info.version
}

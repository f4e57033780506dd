package report

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Level says what a finding does to a run: an error fails a gate, a warning and an info do not.
type Level string

// The three levels, most severe first.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Info    Level = "info"
)

// Place is a position in an input file. Line and Column start at 1; both are 0 where the input has no lines.
type Place struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitzero"`
	Column  int    `json:"column,omitzero"`
	Pointer string `json:"pointer,omitzero"` // RFC 6901 pointer from the root of File
}

// Operation names one operation of a contract. Method is upper case; Path is the template as written.
type Operation struct {
	Method string `json:"method"`
	Path   string `json:"path"`
}

// Waiver is the recorded decision to accept a finding for a time.
type Waiver struct {
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"` // date, YYYY-MM-DD: the last day on which it holds
	Ticket  string `json:"ticket,omitzero"`
	Expired bool   `json:"expired,omitzero"`
}

// Witness is an example of a breaking change: a value that one version accepts and the other rejects,
// confirmed by validators that share no code with the differ.
type Witness struct {
	Value       jsontext.Value `json:"value,omitzero"`        // the instance, as JSON
	AcceptedBy  string         `json:"accepted_by"`           // "old" or "new"
	RefusedBy   string         `json:"refused_by"`            // "new" or "old"
	Refusal     string         `json:"refusal"`               // message of the rejecting validator
	Request     string         `json:"request,omitzero"`      // HTTP/1.1 request text, for request positions
	Curl        string         `json:"curl,omitzero"`         // the same request as a curl command line
	ConfirmedBy []string       `json:"confirmed_by,omitzero"` // names of the validators that agreed
	Accepted    string         `json:"-"`                     // beside a rejected request, the nearest one that the new version accepts, where it was asked for
}

// Verdict says how sure a breaking change is.
type Verdict string

// The verdicts: proved has a confirmed witness, asserted has a rule but no witness within the budget,
// compatible means that containment was established, none is for changes that make no claim about messages.
const (
	Proved     Verdict = "proved"
	Asserted   Verdict = "asserted"
	Compatible Verdict = "compatible"
	NoVerdict  Verdict = "none"
)

// Finding is one result of a rule for an input: a change of the contract, a lint of an alert.
// All output formats print this one type.
type Finding struct {
	Rule         string         `json:"id"`
	Level        Level          `json:"level"`
	Category     string         `json:"category,omitzero"`  // wire, validation, sdk, docs for changes; the table's group for lint
	Kind         string         `json:"kind,omitzero"`      // added, removed, changed, deprecated
	Direction    string         `json:"direction,omitzero"` // request or response
	Subject      string         `json:"subject"`            // what it is about, independent of place and wording
	Message      string         `json:"message"`
	Hint         string         `json:"hint,omitzero"`
	Why          string         `json:"why,omitzero"` // the reason of the rule
	Old          *Place         `json:"old,omitzero"`
	New          *Place         `json:"new,omitzero"`
	From         jsontext.Value `json:"from,omitzero"`
	To           jsontext.Value `json:"to,omitzero"`
	Mode         string         `json:"mode,omitzero"`          // of evidence: how the subject was reached
	Expected     string         `json:"expected,omitzero"`      // of evidence
	Actual       string         `json:"actual,omitzero"`        // of evidence
	Operations   []Operation    `json:"operations,omitzero"`    // operations reached, sorted by path then method
	OperationSet string         `json:"operation_set,omitzero"` // in a diff that is written: where more than 20 operations are reached, the list in operation_sets that has them all
	Breaking     bool           `json:"breaking"`
	Verdict      Verdict        `json:"verdict,omitzero"`
	Witness      *Witness       `json:"witness,omitzero"`
	Migration    string         `json:"migration,omitzero"` // auto, manual, none
	Fingerprint  string         `json:"fingerprint,omitzero"`
	Cause        string         `json:"cause,omitzero"` // the same in all findings of one edit that was made in many places
	Waiver       *Waiver        `json:"waiver,omitzero"`
	More         int            `json:"more,omitzero"` // it stands for so many findings of its rule that are not listed
}

// Count is the number of findings that it stands for.
func (f *Finding) Count() int { return max(1, f.More) }

// Waived reports whether a waiver that has not expired covers the finding.
func (f *Finding) Waived() bool { return f.Waiver != nil && !f.Waiver.Expired }

// Gone reports whether the finding is about something that only the old side has. Its New is then what held it, or where
// the list of its kind begins: a place that says nothing of what was removed.
func (f *Finding) Gone() bool {
	switch {
	case f.Old == nil:
		return false
	case f.New == nil, f.Kind == "removed":
		return true
	}
	return len(f.To) == 0 && strings.HasPrefix(f.Old.Pointer, f.New.Pointer+"/")
}

// At is the place to show a reader: the new side, or the old one for what was removed.
func (f *Finding) At() *Place {
	if f.Gone() {
		return f.Old
	}
	return f.AtNew()
}

// AtNew is the place for what can only point into the new side, as annotations of a change do; the old one where there is no
// other.
func (f *Finding) AtNew() *Place {
	if f.New != nil {
		return f.New
	}
	return f.Old
}

package report

// APIChangelog is the releases of an API, newest first, for developers of its clients: what a run keeps, and what
// `govctl changelog api --format json` prints.
type APIChangelog struct {
	Schema      string       `json:"schema"` // govctl/api-changelog/v1
	GeneratedAt Time         `json:"generated_at"`
	Title       string       `json:"title,omitzero"`          // info.title
	Audience    string       `json:"audience"`                // public, all
	Releases    []APIRelease `json:"releases"`                // newest first
	More        int          `json:"more,omitzero"`           // older releases that are not listed
	Release     string       `json:"release_sha256,omitzero"` // of the contract of the newest release that is not pending
	MadeFrom    string       `json:"made_from,omitzero"`      // SHA-256 of all that the pending release was made from: as long as it stays, so does the release
}

// APIRelease is what one version changed.
type APIRelease struct {
	Version  string         `json:"version"`                   // "Unreleased" for what no release has yet
	Previous string         `json:"previous_version,omitzero"` // the release before it
	Date     string         `json:"date,omitzero"`             // YYYY-MM-DD
	First    bool           `json:"first,omitzero"`            // there is nothing to compare with
	Pending  bool           `json:"pending,omitzero"`          // the run that wrote it has made it; the next one makes it again
	Summary  string         `json:"summary"`                   // one sentence
	Counts   map[string]int `json:"counts"`                    // by kind: breaking, deprecated, added, changed, wording
	Entries  []APIEntry     `json:"entries"`                   // by kind, then group
	More     int            `json:"more,omitzero"`             // entries that are not listed
}

// APIEntry is one edit, or the same edit in several places.
type APIEntry struct {
	Kind         string        `json:"kind"`          // breaking, deprecated, added, changed
	Group        string        `json:"group"`         // first tag of its operations
	Text         string        `json:"text"`          // a sentence; code is between backquotes, the summary of an operation between asterisks
	Line         string        `json:"line,omitzero"` // the same with fewer names, where they are many
	Rule         string        `json:"rule"`
	Changes      int           `json:"changes"`             // changes of the diff that it stands for
	Operations   []Operation   `json:"operations,omitzero"` // at most 20
	Fingerprints []string      `json:"fingerprints"`        // at most 20, into openapi-diff.json
	Migration    *APIMigration `json:"migration,omitzero"`
}

// APIMigration is what a client does about a change that breaks it.
type APIMigration struct {
	Text        string `json:"text"`                 // what to do
	Replacement string `json:"replacement,omitzero"` // what to use instead
	Before      string `json:"before,omitzero"`      // a request that is rejected now
	After       string `json:"after,omitzero"`       // the nearest request that is accepted
	Example     string `json:"example,omitzero"`     // a value that responses can have now, as JSON
}

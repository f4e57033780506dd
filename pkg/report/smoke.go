package report

// SmokeSchema names the shape of Smoke.
const SmokeSchema = "govctl/evidence-smoke/v1"

// Smoke is smoke_results.json, and the detail of evidence of the kind smoke: the answers of health addresses and of request flows. Values of
// secret variables, credentials and cookies are *** in it.
type Smoke struct {
	Schema     string           `json:"schema"` // SmokeSchema
	Results    []SmokeResult    `json:"results"`
	Flows      []SmokeFlow      `json:"flows"`
	Operations *SmokeOperations `json:"operations,omitzero"` // nil where nothing was compared with a contract
}

// SmokeResult is one health address.
type SmokeResult struct {
	Name      string   `json:"name"`
	URL       string   `json:"url"` // without credentials and query
	Required  bool     `json:"required"`
	Status    *int     `json:"status"`     // null without an answer
	LatencyMS *float64 `json:"latency_ms"` // null without an answer
	Success   bool     `json:"success"`    // the status is 2xx
	Error     *string  `json:"error"`      // null with success
	Attempts  int      `json:"attempts"`
}

// SmokeFlow is one flow.
type SmokeFlow struct {
	Name    string       `json:"name"` // its file
	Passed  bool         `json:"passed"`
	Entries []SmokeEntry `json:"entries"` // up to the first that failed
}

// SmokeEntry is one request of a flow.
type SmokeEntry struct {
	Line       int            `json:"line"`
	Method     string         `json:"method"`
	Path       string         `json:"path"`
	Status     int            `json:"status"`
	DurationMS int64          `json:"duration_ms"`
	Attempts   int            `json:"attempts"`
	Asserts    []SmokeAssert  `json:"asserts"`
	Captures   []SmokeCapture `json:"captures"`
	Operation  string         `json:"operation,omitzero"` // of the contract, like GET /users/{id}
	Conforms   *bool          `json:"conforms,omitzero"`  // nil where the exchange was not compared with a contract
}

// SmokeAssert is one expectation.
type SmokeAssert struct {
	Line   int    `json:"line"`
	Text   string `json:"text"`
	Passed bool   `json:"passed"`
}

// SmokeCapture is a variable that got its value from an answer.
type SmokeCapture struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// SmokeOperations says how many operations of the contract the flows used.
type SmokeOperations struct {
	Contract  string `json:"contract"`
	Exercised int    `json:"exercised"`
	Total     int    `json:"total"`
}

package report

// HeadersSchema names the shape of HeadersDetail.
const HeadersSchema = "govctl/evidence-headers/v1"

// HeadersDetail is the detail of evidence of the kind headers: what each target answered, and how it did by rule.
type HeadersDetail struct {
	Schema  string          `json:"schema"` // HeadersSchema
	Targets []HeadersTarget `json:"targets"`
	Matrix  []HeadersRow    `json:"matrix"` // rules that apply to a target, in the order of the table
}

// HeadersTarget is one target in one mode.
type HeadersTarget struct {
	Name    string          `json:"name"`
	Mode    string          `json:"mode"`
	Profile string          `json:"profile"`
	Answers []HeadersAnswer `json:"answers"`
}

// HeadersAnswer is the answer to one request. It has the headers that a rule looks at, and no others.
type HeadersAnswer struct {
	Request string        `json:"request"` // url, unknown-path, forbidden-method
	Method  string        `json:"method"`
	At      string        `json:"at"` // address without credentials and query
	Status  int           `json:"status"`
	Remote  string        `json:"remote,omitzero"`
	Hops    []HeadersHop  `json:"hops,omitzero"` // redirects that were followed, and last the one that was not
	Headers []HeaderField `json:"headers"`       // a name that was sent twice is there twice
	Lost    []string      `json:"lost,omitzero"` // headers of earlier evidence that are missing and were not accepted
}

// HeadersHop is one redirect.
type HeadersHop struct {
	At       string `json:"at"`
	Status   int    `json:"status"`
	Location string `json:"location"`
	Followed bool   `json:"followed"` // false: it leads to another host, or from https to http
}

// HeaderField is one header as it was sent.
type HeaderField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// HeadersRow is one rule in the matrix.
type HeadersRow struct {
	Rule  string   `json:"rule"`
	Cells []string `json:"cells"` // by target: ok, error, warning; empty where the rule does not apply
}

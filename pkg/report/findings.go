package report

// FindingsSchema names the shape of Findings.
const FindingsSchema = "govctl/findings/v1"

// Findings is what --format json prints: the findings of one command, worst first.
type Findings struct {
	Schema   string        `json:"schema"` // FindingsSchema
	Title    string        `json:"title"`
	Headline string        `json:"headline"` // one sentence with the counts
	Tool     string        `json:"tool"`
	Version  string        `json:"version"` // of the tool
	Totals   FindingTotals `json:"totals"`
	Findings []Finding     `json:"findings"`
}

// FindingTotals counts findings by level. A waived one counts under Waived and nowhere else.
type FindingTotals struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	Waived   int `json:"waived"`
}

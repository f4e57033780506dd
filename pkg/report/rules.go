package report

// RulesCheck is what `rules check` prints: the state of a set of rule files.
type RulesCheck struct {
	Schema      string         `json:"schema"` // govctl/rules-check/v1
	GeneratedAt Time           `json:"generated_at"`
	Profile     string         `json:"profile"`
	Dialect     string         `json:"dialect,omitzero"` // program that loads the files
	Files       int            `json:"files"`
	Groups      int            `json:"groups"`
	Alerts      int            `json:"alerts"`
	Records     int            `json:"records"`
	NotParsed   int            `json:"not_parsed,omitzero"` // rules whose expressions are in a language that is not parsed
	Refused     int            `json:"refused"`             // findings that keep a rule file from being loaded
	Totals      FindingTotals  `json:"totals"`
	ByRule      map[string]int `json:"by_rule"`
	Findings    []Finding      `json:"findings"` // by place, then rule
}

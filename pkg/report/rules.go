package report

// RulesCheck is what `rules check` prints: the state of a set of rule files.
type RulesCheck struct {
	Schema      string         `json:"schema"` // govctl/rules-check/v1
	GeneratedAt Time           `json:"generated_at"`
	Profile     string         `json:"profile"`
	Files       int            `json:"files"`
	Groups      int            `json:"groups"`
	Alerts      int            `json:"alerts"`
	Records     int            `json:"records"`
	Refused     int            `json:"refused"` // findings that keep a rule file from being loaded
	Totals      FindingTotals  `json:"totals"`
	ByRule      map[string]int `json:"by_rule"`
	Findings    []Finding      `json:"findings"` // by place, then rule
}

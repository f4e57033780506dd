package cli

import (
	"slices"
	"strings"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/grafana"
)

// latencyRules is the name by which --with asks for what belongs to the metrics of govctl probe latency --listen: alerts and recording rules
// with their tests, entries of the catalogue of alerts, and a dashboard.
const latencyRules = "latency"

// The files of the rules and of their tests.
const (
	latencyRuleFile = "prometheus/internal_latency.yml"
	latencyTestFile = "prometheus/tests/internal_latency.test.yml"
)

func latencyWatched(r *repository) bool { return r.has(latencyRules) }

// latencyDashboard is the dashboard over the sampler.
func latencyDashboard(r *repository) []generated {
	if !latencyWatched(r) {
		return nil
	}
	return []generated{{dashboardFolder + "internal-latency.json", string(grafana.Latency())}}
}

// addLatency adds the rules to what the configuration names, and their alerts to the catalogue: as a file where there is none, else as entries
// to paste.
func (p *plan) addLatency(r *repository, kept *config.Config) {
	if !latencyWatched(r) {
		return
	}
	standard := config.Default().Taxonomy.File
	switch {
	case r.taxonomy == "" && r.unfit == "" && (kept == nil || !kept.Given("/taxonomy/file")):
		r.latencyAlerts, r.taxonomy = true, standard
	case r.taxonomy == "" || !p.catalogues(r.taxonomy):
		entries, err := templates.ReadFile("templates/latency/alerts_taxonomy.json")
		if err == nil {
			p.snippets = append(p.snippets, snippet{firstOf(r.taxonomy, standard), "is kept: add the alerts of the latency sampler to its list", strings.ReplaceAll(string(entries), "{{NOW}}", r.generated)})
		}
	}
	if kept != nil {
		if !slices.Contains(kept.Taxonomy.Rules, latencyRuleFile) && !slices.Contains(kept.Taxonomy.Rules, "prometheus/*.yml") {
			p.snippets = append(p.snippets, snippet{config.File, "is kept: name the rules of the latency sampler in taxonomy.rules", latencyRuleFile + "\n"})
		}
		return
	}
	r.ruled = true
	if !slices.Contains(r.patterns, "prometheus/*.yml") && !slices.Contains(r.ruleFiles, latencyRuleFile) {
		r.patterns = append(r.patterns, latencyRuleFile)
	}
	for file, list := range map[string]*[]string{latencyRuleFile: &r.ruleFiles, latencyTestFile: &r.testFiles} {
		if !slices.Contains(*list, file) {
			*list = append(*list, file)
		}
	}
}

// catalogues reports whether a catalogue has the alerts of the sampler.
func (p *plan) catalogues(name string) bool {
	text, _, _ := p.file(name)
	for _, alert := range []string{"P99LatencyHigh", "FailureRateHigh", "P99LatencyBurnFast", "P99LatencyBurnSlow"} {
		if !strings.Contains(text, "\"InternalService"+alert+"\"") {
			return false
		}
	}
	return true
}

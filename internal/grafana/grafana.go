// Package grafana writes dashboards: one over governance.prom, and one over the JSON files of the published pages.
package grafana

import (
	"maps"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// panel is one row of a table of panels. They are laid out in the order of the table, in lines of 24 columns.
type panel struct {
	title, about string
	kind         string   // stat, timeseries, state-timeline, table, bargauge
	unit         string   // of Grafana: none, percentunit, percent, s, dateTimeAsIso
	width        int      // in columns
	steps        []step   // colours by value; none: no colours
	names        []string // of the values 0, 1, 2 ...; none: the values are shown
	stacked      bool
	targets      []map[string]any
	colours      bool // the column Severity is in colours
}

// step is a colour from a value on.
type step struct {
	colour string
	from   float64
}

// The colours that the badges have: the higher, the better or the worse.
var (
	shares = []step{{"red", 0}, {"orange", 0.8}, {"yellow", 0.9}, {"green", 0.95}}
	whole  = []step{{"red", 0}, {"orange", 80}, {"yellow", 90}, {"green", 95}}
	churn  = []step{{"green", 0}, {"yellow", 6}, {"orange", 16}, {"red", 26}}
	faults = []step{{"green", 0}, {"red", 1}}
)

const (
	columns    = 24 // of a dashboard
	statHeight = 4
	height     = 8
)

// dashboard is the whole: panels laid out, with the variables that choose where figures come from.
func dashboard(uid, title, about string, variables []map[string]any, source map[string]any, panels []panel) []byte {
	out := map[string]any{
		"uid": uid, "title": title, "description": about, "tags": []string{"govctl"}, "schemaVersion": 39, "version": 1, "editable": true,
		"refresh": "5m", "timezone": "browser", "time": map[string]any{"from": "now-90d", "to": "now"},
		"templating": map[string]any{"list": variables}, "annotations": map[string]any{"list": []any{}}, "links": []any{},
	}
	laid := make([]map[string]any, 0, len(panels))
	x, y, line := 0, 0, 0
	for i := range panels {
		p := &panels[i]
		h := height
		if p.kind == "stat" {
			h = statHeight
		}
		if x+p.width > columns {
			x, y, line = 0, y+line, 0
		}
		laid = append(laid, p.json(i+1, source, map[string]any{"x": x, "y": y, "w": p.width, "h": h}))
		x, line = x+p.width, max(line, h)
	}
	out["panels"] = laid
	text, err := json.Marshal(out, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		panic(err) // tables of texts and numbers always can be written
	}
	return append(text, '\n')
}

func (p *panel) json(id int, source, place map[string]any) map[string]any {
	defaults := map[string]any{"unit": p.unit}
	if len(p.steps) > 0 {
		steps := make([]map[string]any, len(p.steps))
		for i, s := range p.steps {
			steps[i] = map[string]any{"color": s.colour, "value": s.from}
			if i == 0 {
				steps[i]["value"] = nil // the colour of everything below the next step
			}
		}
		defaults["thresholds"] = map[string]any{"mode": "absolute", "steps": steps}
		defaults["color"] = map[string]any{"mode": "thresholds"}
	}
	if len(p.names) > 0 {
		named := map[string]any{}
		for i, name := range p.names {
			named[strconv.Itoa(i)] = map[string]any{"text": name, "index": i}
		}
		defaults["mappings"] = []map[string]any{{"type": "value", "options": named}}
	}
	if p.stacked {
		defaults["custom"] = map[string]any{"stacking": map[string]any{"mode": "normal"}}
	}
	targets := make([]map[string]any, len(p.targets))
	for i, t := range p.targets {
		targets[i] = maps.Clone(t)
		targets[i]["refId"], targets[i]["datasource"] = string(rune('A'+i)), source
	}
	options := map[string]any{}
	if p.kind == "stat" || p.kind == "bargauge" {
		options["reduceOptions"] = map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}
	}
	overrides := []any{}
	if p.colours {
		overrides = append(overrides, map[string]any{
			"matcher": map[string]any{"id": "byName", "options": "Severity"},
			"properties": []map[string]any{
				{"id": "mappings", "value": coloured},
				{"id": "custom.cellOptions", "value": map[string]any{"type": "color-background", "mode": "basic"}},
			},
		})
	}
	return map[string]any{
		"id": id, "type": p.kind, "title": p.title, "description": p.about, "gridPos": place, "datasource": source, "targets": targets,
		"fieldConfig": map[string]any{"defaults": defaults, "overrides": overrides}, "options": options,
	}
}

// variable chooses a data source of a type.
func variable(name, label, kind string) map[string]any {
	return map[string]any{"name": name, "label": label, "type": "datasource", "query": kind, "refresh": 1, "hide": 0, "options": []any{}, "multi": false, "includeAll": false}
}

package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/docblocks"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/schemas"
)

// thresholdsBlock are two tables: the limits of the configuration, and those of the alerting rules.
func (a *app) thresholdsBlock(_ context.Context, cfg config.Config, _ *docblocks.Document) (string, error) {
	limits, err := configuredLimits(cfg)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| Limit | Value | Where | |\n|---|---|---|---|\n")
	for _, l := range limits {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", l.key, l.value, l.where, tableCell(l.about))
	}
	files, err := a.ruleFiles(cfg, cfg.Taxonomy.Rules)
	if err != nil || len(files) == 0 {
		return b.String(), err
	}
	b.WriteString("\n| Alert | Condition | For | Severity | Where |\n|---|---|---|---|---|\n")
	for _, file := range files {
		for i := range file.Groups {
			for j := range file.Groups[i].Rules {
				r := &file.Groups[i].Rules[j]
				for _, condition := range promrules.Thresholds(r.Expr) {
					if r.Alert != "" {
						fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s:%d |\n", tableCell(r.Alert), tableCell(condition), tableCell(r.For), tableCell(r.Labels["severity"]), tableCell(file.Name), r.Place(file.Name).Line)
					}
				}
			}
		}
	}
	return b.String(), nil
}

// limit is a number or a duration of the configuration.
type limit struct{ key, value, where, about string }

// limitSchema is what the schema of the configuration says of a key.
type limitSchema struct {
	Ref         string                  `json:"$ref"`
	Description string                  `json:"description"`
	Type        string                  `json:"type"`
	Pattern     string                  `json:"pattern"`
	Properties  map[string]*limitSchema `json:"properties"`
	Defs        map[string]*limitSchema `json:"$defs"`
}

// configuredLimits are the numbers and durations of the configuration with the place of each, or that it is the default.
func configuredLimits(cfg config.Config) (all []limit, err error) {
	source, err := schemas.Source("govctl")
	if err != nil {
		return nil, err
	}
	var root limitSchema
	if err := json.Unmarshal(source, &root); err != nil {
		return nil, err
	}
	if len(cfg.Contracts) == 1 {
		cfg.Contract = cfg.Contracts[0]
	}
	text, err := artifact.Encode(cfg)
	if err != nil {
		return nil, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, err
	}
	return limitsBelow(&cfg, &root, &root, nil, values), nil
}

func limitsBelow(cfg *config.Config, root, s *limitSchema, at []string, values map[string]json.RawMessage) (all []limit) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		key, is := append(slices.Clone(at), name), s.Properties[name]
		if is.Ref != "" {
			is = root.Defs[strings.TrimPrefix(is.Ref, "#/$defs/")]
		}
		value, set := values[name]
		var below map[string]json.RawMessage
		switch {
		case !set:
		case is.Type == "integer" || is.Type == "number" || strings.Contains(is.Pattern, "(ms|s|m|h)"):
			all = append(all, limit{strings.Join(key, "."), strings.Trim(string(value), `"`), whereSet(cfg, key), is.Description})
		case len(is.Properties) > 0 && json.Unmarshal(value, &below) == nil:
			all = append(all, limitsBelow(cfg, root, is, key, below)...)
		}
	}
	return all
}

func whereSet(cfg *config.Config, key []string) string {
	pointer := "/" + strings.Join(key, "/")
	if !cfg.Given(pointer) {
		return "default"
	}
	place := cfg.KeyPlace(pointer)
	return fmt.Sprintf("%s:%d", tableCell(place.File), place.Line)
}

// tableCell is a text in a cell of a Markdown table.
func tableCell(text string) string {
	return strings.NewReplacer("|", `\|`, "`", "'").Replace(oneLine(text))
}

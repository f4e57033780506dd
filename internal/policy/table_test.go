package policy

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// schemaKeys are the keys of govctl.schema.json that hold a value, in its order.
func schemaKeys(t *testing.T) []string {
	t.Helper()
	source, err := schemas.Source("govctl")
	if err != nil {
		t.Fatal(err)
	}
	type node struct {
		Ref        string           `json:"$ref"`
		Properties map[string]*node `json:"properties"`
		Defs       map[string]*node `json:"$defs"`
	}
	var root node
	if err := json.Unmarshal(source, &root); err != nil {
		t.Fatal(err)
	}
	var keys []string
	var walk func(at string, n *node)
	walk = func(at string, n *node) {
		if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
			n = root.Defs[name]
		}
		for name, child := range n.Properties {
			walk(strings.TrimPrefix(at+"."+name, "."), child)
		}
		if len(n.Properties) == 0 {
			keys = append(keys, at)
		}
	}
	walk("", &root)
	slices.Sort(keys)
	return keys
}

// A key that somebody adds to the schema decides something, or does not: the table must say which.
func TestEveryKeyOfTheSchemaHasARow(t *testing.T) {
	var rows []string
	for _, row := range Table() {
		rows = append(rows, row.Key)
	}
	slices.Sort(rows)
	if want := schemaKeys(t); !slices.Equal(want, rows) {
		t.Errorf("keys of the schema\n%v\nand rows of the table\n%v", want, rows)
	}
}

func TestRowsAreComplete(t *testing.T) {
	used := map[string]bool{}
	for _, row := range Table() {
		if row.Why == "" {
			t.Errorf("%s has no reason", row.Key)
		}
		if (row.ID == "") != (row.Order == nil) {
			t.Errorf("%s: a finding needs an order, and an order a finding", row.Key)
		}
		for _, id := range []string{row.ID, row.Changed} {
			if id == "" {
				continue
			}
			used[id] = true
			if !slices.ContainsFunc(Rules(), func(r Rule) bool { return r.ID == id && r.Level == report.Warning }) {
				t.Errorf("%s: no rule %s of level warning", row.Key, id)
			}
		}
	}
	id := regexp.MustCompile(`^policy(-[a-z]+)+$`)
	seen := map[string]bool{}
	for _, r := range Rules() {
		if !id.MatchString(r.ID) || seen[r.ID] || r.One == "" || r.Many == "" || r.Why == "" {
			t.Errorf("%+v is incomplete, or there twice", r)
		}
		if (r.Hint == "") != (r.Level == report.Info) {
			t.Errorf("%s: what is weaker needs a hint, what is stricter none", r.ID)
		}
		seen[r.ID] = true
	}
	if len(used) < 15 {
		t.Errorf("the table uses only %d rules", len(used))
	}
}

// orders has for each key that is policy: a value, one that is weaker (or cannot be ordered, which counts as weaker), one that is stricter
// where there is one, and the finding for the weaker one.
var orders = []struct {
	key                    string
	value, weaker, tighter any
	id                     string
}{
	{"project", "a", "b", nil, "policy-state-changed"},
	{"project", "a", nil, nil, "policy-state-changed"},
	{"policy.mode", "block", "show", nil, "policy-mode-lowered"},
	{"policy.mode", "show", nil, "block", "policy-mode-lowered"},
	{"contract.renamed_from", "a", "b", nil, "policy-contract-renamed"},
	{"contract.renamed_from", nil, "b", nil, "policy-contract-renamed"},
	{"contract.renamed_from", "a", "b", "", "policy-contract-renamed"},
	{"contract.source", "a.yaml", "b.yaml", nil, "policy-source-changed"},
	{"contract.source", "a.yaml", "", nil, "policy-source-changed"},
	{"contract.baseline", "git:origin/main:a.yaml", "none", nil, "policy-baseline-changed"},
	{"contract.baseline", nil, "none", nil, "policy-baseline-changed"},
	{"contract.baseline", "none", nil, nil, "policy-baseline-changed"},
	{"contract.gate", "semver", "none", nil, "policy-gate-lowered"},
	{"contract.gate", "breaking", "none", nil, "policy-gate-lowered"},
	{"contract.gate", "breaking", "semver", nil, "policy-gate-lowered"},
	{"contract.gate", "semver", "breaking", nil, "policy-gate-changed"},
	{"contract.gate", "none", "strange", "semver", "policy-gate-changed"},
	{"contract.gate", "strange", "none", nil, "policy-gate-changed"},
	{"contract.gate", "none", "other", "breaking", "policy-gate-changed"},
	{"contract.allow_breaking", false, true, nil, "policy-allow-added"},
	{"contract.allow_breaking", nil, true, nil, "policy-allow-added"},
	{"contract.allow_remote_refs", false, true, nil, "policy-allow-added"},
	{"contract.allow_dangling_refs", false, true, nil, "policy-allow-added"},
	{"contract.allow_private", false, true, nil, "policy-allow-added"},
	{"contract.rules.category", "validation", "wire", "sdk", "policy-category-narrowed"},
	{"contract.rules.category", "sdk", "validation", "docs", "policy-category-narrowed"},
	{"contract.rules.deprecation_days", 30.0, 29.0, 31.0, "policy-threshold-lowered"},
	{"contract.rules.deprecation_days", 30.0, nil, 60.0, "policy-threshold-lowered"},
	{"contract.rules.response_growth", "breaking", "sdk", nil, "policy-level-lowered"},
	{"contract.rules.waiver_max_days", 180.0, 181.0, 179.0, "policy-threshold-lowered"},
	{"contract.waivers", "a.yaml", "b.yaml", nil, "policy-waiver-file-changed"},
	{"contract.semver.scheme", "auto", "calver", nil, "policy-semver-changed"},
	{"contract.semver.zero_major", "major", "minor", nil, "policy-semver-lowered"},
	{"contract.semver.zero_major", "minor", nil, "major", "policy-semver-lowered"},
	{"contract.semver.warn_as_fail", true, false, nil, "policy-check-removed"},
	{"contract.semver.warn_as_fail", true, nil, nil, "policy-check-removed"},
	{"contract.semver.policy", "semver2", "original", nil, "policy-semver-lowered"},
	{"contract.semver.policy", "original", nil, "semver2", "policy-semver-lowered"},
	{"contract.semver.planned_major", nil, true, nil, "policy-semver-lowered"},
	{"contract.semver.version_from", "tag", "info", nil, "policy-semver-changed"},
	{"stability.window", 30.0, 29.0, nil, "policy-threshold-changed"},
	{"stability.alert_threshold", 0.8, 0.79, 0.81, "policy-threshold-lowered"},
	{"stability.placeholder_max_runs", 10.0, 11.0, 9.0, "policy-threshold-lowered"},
	{"stability.placeholder_max_runs", 10.0, 0.0, 1.0, "policy-threshold-lowered"},
	{"stability.placeholder_streak_alert_threshold", 5.0, 0.0, 4.0, "policy-threshold-lowered"},
	{"taxonomy.file", "a.json", "b.json", nil, "policy-input-changed"},
	{"taxonomy.rules", []any{"a", "b"}, []any{"a"}, []any{"a", "b", "c"}, "policy-input-changed"},
	{"taxonomy.rules", []any{"a", "b"}, []any{"a", "c"}, nil, "policy-input-changed"},
	{"taxonomy.rules", []any{"a", "b"}, nil, nil, "policy-input-changed"},
	{"taxonomy.profile", "default", "mixin", nil, "policy-profile-changed"},
	{"taxonomy.dialect", "prometheus", "loki", nil, "policy-input-changed"},
	{"taxonomy.fail_on", "warning", "error", nil, "policy-threshold-lowered"},
	{"taxonomy.severities", map[string]any{"high": 3.0}, map[string]any{"high": 1.0}, nil, "policy-vocabulary-changed"},
	{"taxonomy.runbook_min_percent", 90.0, 89.0, 91.0, "policy-threshold-lowered"},
	{"taxonomy.scopes", []any{"a"}, []any{"a", "b"}, nil, "policy-vocabulary-changed"},
	{"taxonomy.scopes", []any{"a", "b"}, []any{"a", "c"}, []any{"b"}, "policy-vocabulary-changed"},
	{"taxonomy.categories", []any{"a", "b"}, []any{"a", "b", "c"}, []any{"a"}, "policy-vocabulary-changed"},
	{"taxonomy.required_labels", []any{"severity", "team"}, []any{"team"}, []any{"severity", "team", "a"}, "policy-check-removed"},
	{"taxonomy.runbooks", []any{"a", "b"}, []any{"b"}, []any{"c", "b", "a"}, "policy-input-changed"},
	{"taxonomy.runbook_sla_days", 7.0, 8.0, 6.0, "policy-threshold-lowered"},
	{"taxonomy.runbook_sla_days", 7.0, nil, nil, "policy-threshold-lowered"},
	{"taxonomy.window_days", 30.0, 60.0, nil, "policy-threshold-changed"},
	{"taxonomy.deprecation_max_days", 30.0, 0.0, 1.0, "policy-threshold-lowered"},
	{"taxonomy.deprecation_strict", true, false, nil, "policy-check-removed"},
	{"taxonomy.max_churn_delta", 5.0, 6.0, 4.0, "policy-threshold-lowered"},
	{"taxonomy.max_churn_delta", 5.0, 6.0, 0.0, "policy-threshold-lowered"},
	{"taxonomy.max_risk_churn_delta", 10.0, 11.0, 9.0, "policy-threshold-lowered"},
	{"taxonomy.risk_churn_spike_threshold", 2.0, 2.1, 1.9, "policy-threshold-lowered"},
	{"taxonomy.risk_churn_spike_fail", true, false, nil, "policy-check-removed"},
	{"evidence.require", []any{"headers", "smoke"}, []any{"smoke"}, []any{"headers", "smoke", "image"}, "policy-check-removed"},
	{"evidence.require", []any{"headers"}, []any{"smoke"}, nil, "policy-check-removed"},
	{"evidence.max_age", "26h0m0s", "48h0m0s", "90m0s", "policy-threshold-lowered"},
	{"evidence.max_age_of", map[string]any{"image": "48h"}, map[string]any{"image": "24h"}, nil, "policy-threshold-changed"},
	{"metrics.sources", []any{"a", "b"}, []any{"a"}, []any{"a", "b", "c"}, "policy-input-changed"},
	{"metrics.names_budget", 200.0, 300.0, 100.0, "policy-threshold-lowered"},
	{"metrics.series_budget", 200.0, 0.0, 100.0, "policy-threshold-lowered"},
	{"metrics.series_per_metric", 200.0, 300.0, 100.0, "policy-threshold-lowered"},
	{"docs.files", []any{"a", "b"}, []any{"b"}, []any{"a", "b", "c"}, "policy-input-changed"},
	{"evidence.waivers", "a.yaml", "b.yaml", nil, "policy-waiver-file-changed"},
	{"probe.targets", []any{map[string]any{"name": "shop", "url": "http://localhost:8080/"}}, []any{map[string]any{"name": "shop", "url": "http://localhost:8081/"}}, nil, "policy-input-changed"},
	{"probe.headers.profile", "api", "none", "web", "policy-profile-changed"},
	{"probe.headers.require", map[string]any{"Server": "absent"}, map[string]any{"Server": "present"}, nil, "policy-threshold-changed"},
	{"probe.headers.allow", []any{}, []any{"Server"}, nil, "policy-allow-added"},
	{"image.files", []any{"a", "b"}, []any{"a"}, []any{"a", "b", "c"}, "policy-input-changed"},
	{"image.settle", "24h", "1h", nil, "policy-threshold-changed"},
	{"image.severities", []any{"CRITICAL", "HIGH"}, []any{"CRITICAL"}, []any{"CRITICAL", "HIGH", "LOW"}, "policy-check-removed"},
	{"image.ignore_unfixed", false, true, nil, "policy-allow-added"},
	{"image.ignore_files", []any{"a"}, []any{"a", "b"}, []any{}, "policy-waiver-file-changed"},
	{"image.max_report_age", "48h", "72h", "24h", "policy-threshold-lowered"},
	{"image.max_report_age", "48h", "0s", nil, "policy-threshold-lowered"},
	{"trend.bench.window", 30.0, 10.0, nil, "policy-threshold-changed"},
	{"trend.bench.min_effect", 0.1, 0.2, 0.05, "policy-threshold-lowered"},
	{"trend.bench.alpha", 0.05, 0.01, 0.1, "policy-threshold-lowered"},
	{"trend.bench.confirm", 2.0, 3.0, 1.0, "policy-threshold-lowered"},
	{"trend.resources.window", 120.0, 10.0, nil, "policy-threshold-changed"},
	{"probe.smoke.flows", []any{"a.hurl"}, []any{}, nil, "policy-input-changed"},
	{"probe.smoke.targets", []any{map[string]any{"name": "api", "url": "http://localhost:8000/health"}}, []any{}, nil, "policy-input-changed"},
	{"probe.smoke.contract", "a", "b", nil, "policy-input-changed"},
	{"probe.smoke.conform", "error", "off", nil, "policy-threshold-lowered"},
	{"probe.smoke.undocumented", []any{"/metrics"}, []any{"/metrics", "/health"}, nil, "policy-allow-added"},
	{"probe.latency.good_ms", 150.0, 200.0, 100.0, "policy-threshold-lowered"},
	{"probe.latency.warn_ms", 400.0, 800.0, 300.0, "policy-threshold-lowered"},
	{"probe.latency.targets_file", "a.json", "b.json", nil, "policy-input-changed"},
	{"sign.public_keys", "a.json", "b.json", nil, "policy-key-file-changed"},
	{"sign.public_keys", "a.json", nil, nil, "policy-key-file-changed"},
	{"publish.schemas_branch", "a", "b", nil, "policy-state-changed"},
	{"publish.folder", nil, "b", nil, "policy-state-changed"},
}

// sideWith is a policy in which one key has a value.
func sideWith(key string, value any) *Side {
	s := &Side{Config: Config{File: "govctl.yaml", Values: map[string]any{}}, Contracts: []Contract{{Name: "openapi", Source: "a.yaml", Pointer: "/contract", Values: map[string]any{}}}}
	to := s.Config.Values
	if strings.HasPrefix(key, "contract.") {
		to = s.Contracts[0].Values
	}
	to[strings.TrimPrefix(key, "contract.")] = value
	return s
}

// TestOrder: each row reports the weaker value, is silent on the same value, and reports the stricter one as an info.
func TestOrder(t *testing.T) {
	tried := map[string]bool{}
	for _, c := range orders {
		tried[c.key] = true
		one := func(from, to any) (string, report.Level) {
			found := Compare(sideWith(c.key, from), sideWith(c.key, to))
			if len(found) != 1 {
				t.Fatalf("%s from %v to %v: %d findings: %+v", c.key, from, to, len(found), found)
			}
			return found[0].Rule, found[0].Level
		}
		if id, level := one(c.value, c.weaker); id != c.id || level != report.Warning {
			t.Errorf("%s from %v to %v: %s %s, want %s", c.key, c.value, c.weaker, level, id, c.id)
		}
		for _, same := range []any{c.value, c.weaker, c.tighter} {
			if found := Compare(sideWith(c.key, same), sideWith(c.key, same)); len(found) != 0 {
				t.Errorf("%s stays %v: %+v", c.key, same, found)
			}
		}
		if c.tighter == nil {
			continue
		}
		if id, level := one(c.value, c.tighter); id != "policy-raised" || level != report.Info {
			t.Errorf("%s from %v to %v: %s %s, want an info policy-raised", c.key, c.value, c.tighter, level, id)
		}
	}
	for _, row := range Table() {
		if row.ID != "" && !row.PerRule && !tried[row.Key] {
			t.Errorf("no case for %s", row.Key)
		}
	}
}

// What is set for the first time, and begins a check by that, is stricter.
func TestFirstValue(t *testing.T) {
	for key, value := range map[string]any{"contract.source": "a.yaml", "taxonomy.file": "a.json", "sign.public_keys": "trusted.json", "taxonomy.rules": []any{"a"},
		"taxonomy.runbook_sla_days": 3.0, "taxonomy.risk_churn_spike_fail": true, "contract.rules.deprecation_days": 1.0} {
		found := Compare(sideWith(key, nil), sideWith(key, value))
		if len(found) != 1 || found[0].Rule != "policy-raised" || found[0].Kind != "added" || found[0].From != nil || found[0].To == nil {
			t.Errorf("%s is set to %v: %+v", key, value, found)
		}
	}
	for key, value := range map[string]any{"contract.allow_breaking": true, "contract.renamed_from": "a"} {
		found := Compare(sideWith(key, value), sideWith(key, nil))
		if len(found) != 1 || found[0].Rule != "policy-raised" || found[0].Kind != "removed" {
			t.Errorf("%s is taken out: %+v", key, found)
		}
	}
}

// TestListOrder: an item that a list of checks loses is weaker, also beside one that it gains.
func TestListOrder(t *testing.T) {
	one, two, both := []any{"a"}, []any{"b"}, []any{"a", "b"}
	for _, c := range []struct {
		from, to     any
		checks, lets Direction
	}{
		{one, one, Same, Same}, {nil, []any{}, Same, Same}, {one, both, Stricter, Looser}, {both, one, Looser, Stricter}, {nil, one, Stricter, Looser},
		{one, nil, Looser, Stricter}, {one, two, Other, Other}, {both, []any{"b", "a"}, Same, Same},
	} {
		if checks, lets := moreIsStricter(c.from, c.to), moreIsWeaker(c.from, c.to); checks != c.checks || lets != c.lets {
			t.Errorf("%v to %v: %v for what is checked, %v for what is let pass; want %v, %v", c.from, c.to, checks, lets, c.checks, c.lets)
		}
	}
}

// Keys that are no policy are never reported.
func TestNoPolicy(t *testing.T) {
	for _, row := range Table() {
		if row.ID != "" {
			continue
		}
		if found := Compare(sideWith(row.Key, "a"), sideWith(row.Key, "b")); len(found) != 0 {
			t.Errorf("%s: %+v", row.Key, found)
		}
	}
}

// TestLevels: a level is compared with what the rule has by default where one side does not name it.
func TestLevels(t *testing.T) {
	adjusted := func(key string, levels map[string]any) *Side {
		s := sideWith(key, levels)
		s.Config.Level = func(at, rule string) string {
			if at != key {
				t.Errorf("asked for a default of %s", at)
			}
			return map[string]string{"body-became-required": "error", "description-changed": "info"}[rule]
		}
		return s
	}
	for _, key := range []string{"contract.rules.levels", "taxonomy.levels"} {
		for _, c := range []struct {
			from, to map[string]any
			want     string
		}{
			{nil, map[string]any{"body-became-required": "warning"}, "policy-level-lowered"},
			{nil, map[string]any{"body-became-required": "info"}, "policy-level-lowered"},
			{nil, map[string]any{"body-became-required": "off"}, "policy-level-lowered"},
			{map[string]any{"description-changed": "error"}, nil, "policy-level-lowered"},
			{map[string]any{"description-changed": "warning"}, map[string]any{"description-changed": "info"}, "policy-level-lowered"},
			{nil, map[string]any{"description-changed": "error"}, "policy-raised"},
			{map[string]any{"body-became-required": "warning"}, nil, "policy-raised"},
			{map[string]any{"body-became-required": "info"}, map[string]any{"body-became-required": "warning"}, "policy-raised"},
			{nil, map[string]any{"body-became-required": "error"}, ""},
			{map[string]any{"description-changed": "info"}, nil, ""},
			{map[string]any{"unknown-rule": "error"}, nil, "policy-level-lowered"},
		} {
			found := Compare(adjusted(key, c.from), adjusted(key, c.to))
			got := ""
			if len(found) > 0 {
				got = found[0].Rule
			}
			if got != c.want || len(found) > 1 {
				t.Errorf("%s from %v to %v: %+v, want %q", key, c.from, c.to, found, c.want)
			}
		}
	}
	// A rule that stays as it was does not end the comparison.
	several := Compare(adjusted("taxonomy.levels", map[string]any{"a": "error", "b": "error", "c": "error"}), adjusted("taxonomy.levels", map[string]any{"a": "error", "b": "info", "c": "off"}))
	if len(several) != 2 || several[0].Subject != "rule b" || several[1].Subject != "rule c" {
		t.Errorf("%+v", several)
	}
	s := sideWith("taxonomy.levels", map[string]any{"a": "info"})
	if found := Compare(sideWith("taxonomy.levels", nil), s); len(found) != 1 || found[0].Message != "level of the rule a: not set before, info now" {
		t.Errorf("without defaults: %+v", found)
	}
	found := Compare(adjusted("contract.rules.levels", nil), adjusted("contract.rules.levels", map[string]any{"body-became-required": "warning"}))
	if f := found[0]; f.Subject != "rule body-became-required of openapi" || f.Message != "level of the rule body-became-required of openapi: error before, warning now" ||
		string(f.From) != `"error"` || string(f.To) != `"warning"` {
		t.Errorf("%+v", f)
	}
}

package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// The configurations of the rows: alertConfig names every input that a run can depend on, plainConfig those of a contract alone.
const (
	plainConfig = `project: shop
contract: {source: openapi.yaml, waivers: accepted.yaml}
sign: {public_keys: trusted.json}
`
	alertConfig = plainConfig + `taxonomy: {file: alerts_taxonomy.json, rules: ["prometheus/*.yml"]}
milestones: project_milestones.json
`
)

// The inputs of these configurations that are no contract.
var (
	plainInputs = map[string]string{"accepted.yaml": "[]\n", "trusted.json": trustedKeys, "released.json": baseContract}
	alertInputs = map[string]string{
		"alerts_taxonomy.json": `{"schema_version": "1", "last_updated": "2026-01-01T00:00:00Z", "alerts": [{"alert": "ShopDown", "group": "shop", "severity": "critical",
  "scope": "service", "category": "availability", "description": "No instance of the shop answers.", "runbook": "https://runbooks.example/shop-down"}]}`,
		"prometheus/shop.yml": "groups:\n  - name: shop\n    rules:\n      - alert: ShopDown\n        expr: absent(up{job=\"shop\"} == 1)\n        for: 2m\n" +
			"        labels: {severity: critical}\n        annotations: {summary: No instance of the shop answers}\n",
		"project_milestones.json": `[{"id": "m1", "title": "First", "weight": 2, "status": "done"}]`,
	}
)

// waiver accepts what badContract removes, and nothing else.
const waiver = "- {rule: operation-removed, subject: \"DELETE /items\", reason: nobody calls it, owner: team-a, expires: 2026-12-31}\n"

// accept begins a state: two good runs with this configuration.
func (s *shop) accept(config string) {
	s.write("govctl.yaml", config)
	for name, text := range plainInputs {
		s.write(name, text)
	}
	if strings.Contains(config, "taxonomy:") {
		for name, text := range alertInputs {
			s.write(name, text)
		}
	}
	s.want(s.over(baseContract), 0, "the first run")
	s.want(s.over(goodContract), 0, "the second run")
}

// The states that the rows begin with.
var (
	accepted  = template{make: func(s *shop) { s.accept(plainConfig) }}
	alerted   = template{make: func(s *shop) { s.accept(alertConfig) }}
	baselined = template{make: func(s *shop) { // the configuration names the baseline
		s.accept(strings.Replace(plainConfig, "waivers: accepted.yaml", "baseline: released.json", 1))
	}}
	broken = template{make: func(s *shop) { // the last run did not pass
		s.accept(plainConfig)
		s.want(s.over(badContract), 1, "the run that breaks")
	}}
	waived = template{make: func(s *shop) { // the next run has a break that a waiver accepts
		s.accept(plainConfig)
		s.write("accepted.yaml", waiver)
		s.write("openapi.yaml", badContract)
	}}
	stated = template{make: func(s *shop) { // the state is taken from another folder, whose signature the trusted keys prove
		s.accept(plainConfig)
		s.must("mv", "governance", "before")
	}}
	foreignState = template{make: func(s *shop) { // what another project left
		s.write("govctl.yaml", strings.Replace(alertConfig, "project: shop", "project: other", 1))
		for name, text := range alertInputs {
			s.write(name, strings.ReplaceAll(text, "Shop", "Bills"))
		}
		s.write("accepted.yaml", "[]\n")
		s.write("trusted.json", trustedKeys)
		s.n = 20
		s.want(s.over(contract("4.0.0", "get /bills")), 0, "the first run")
		s.want(s.over(contract("4.0.1", "get /bills", "get /dues")), 0, "the second run")
	}}
)

// args are the flags of the runs over a state.
func (p *template) args() []string {
	if p == &stated {
		return []string{"--state", "before"}
	}
	return nil
}

// damages are the columns of gateRows.
var damages = []string{"missing", "empty", "truncated", "binary", "wrong type", "newer version", "another project's"}

// gateRows has for each input of a run the exit codes that each damage may lead to, in the order of damages; "-" where there is no such
// damage. 2: an input is wrong. 3: the state of earlier runs is damaged. 1: the input can be read and the contract breaks or a gate fails.
// A 0 stands only where nothing that a verdict depends on is lost, and the run after it must still catch a break.
var gateRows = []struct {
	input, file string
	from        *template
	exits       string
}{
	{"contract", "openapi.yaml", &accepted, "2 2 2 2 2 2 1"},
	{"configured baseline", "released.json", &baselined, "2 2 2 2 2 2 1"},
	{"waivers", "accepted.yaml", &waived, "2 1|2 2 2 2 2 1"},
	{"taxonomy", "alerts_taxonomy.json", &alerted, "2 2 2 2 2 - 1"},
	{"rules", "prometheus/shop.yml", &alerted, "2 0|1|2 2 2 2 2 1"}, // an empty file is one without alerts
	{"milestones", "project_milestones.json", &alerted, "2 2 2 2 2 - -"},
	{"trusted keys", "trusted.json", &stated, "2 2 2 2 2 2|3 3"},
	{"configuration", "govctl.yaml", &accepted, "2 2 2 2 2 2 2"},
	{"manifest", "governance/status/manifest.json", &accepted, "3 3 3 3 3 3 3"},
	{"summary", "governance/status/governance-summary.json", &accepted, "3 3 3 3 3 3 3"},
	{"published contract", "governance/schemas/openapi.json", &accepted, "3 3 3 3 3 3 3"},
	{"baseline contract", "governance/schemas/openapi-baseline.json", &broken, "3 3 3 3 3 3 3"},
	{"history", "governance/status/history.jsonl", &accepted, "3 3 3 3 3 - 0|2|3"}, // lines keep the name that their project had
	{"alert state", "governance/status/alert-state.json", &accepted, "3 3 3 3 3 3 3"},
	{"taxonomy history", "governance/status/taxonomy-metrics-history.json", &alerted, "3 3 3 3 3 3 3"},
	{"deliveries", "governance/status/webhook-deliveries.jsonl", &accepted, "- 0 0|3 0|3 0|3 - -"},
	{"stability metrics", "governance/status/stability-metrics.json", &accepted, "0|3 0|3 0|3 0|3 0|3 0|3 0|3"}, // computed anew from the history
}

// TestNothingPassesUnchecked damages each input of a run in each way. Whatever comes of it, a later run still catches a break.
func TestNothingPassesUnchecked(t *testing.T) {
	for _, row := range gateRows {
		t.Run(row.input, func(t *testing.T) {
			exits := strings.Fields(row.exits)
			if len(exits) != len(damages) {
				t.Fatalf("%d exit codes for %d damages", len(exits), len(damages))
			}
			t.Run("whole", func(t *testing.T) {
				s := row.from.shop(t, 3)
				if !strings.Contains(row.file, "deliveries") && s.read(row.file) == "" {
					t.Fatalf("no run left %s", row.file)
				}
				want := 0
				if row.from == &broken {
					want = 1
				}
				r := s.run(row.from.args()...)
				s.want(r, want, "the run over whole inputs")
				s.agrees(r, "governance")
			})
			for i, name := range damages {
				if exits[i] == "-" {
					continue
				}
				t.Run(name, func(t *testing.T) {
					damaged(t, row.from, row.file, name, strings.Split(exits[i], "|"))
				})
			}
		})
	}
}

// damaged runs over one damaged input, restores it, and runs over a contract that breaks.
func damaged(t *testing.T, from *template, file, name string, exits []string) {
	s := from.shop(t, 3)
	args := from.args()
	if name == "another project's" && strings.HasPrefix(file, "governance/") && from != &broken { // nobody puts one file into his own folder
		s.must("mv", "governance", "before")
		file, args = strings.Replace(file, "governance/", "before/", 1), []string{"--state", "before"}
	}
	if file == "governance/status/webhook-deliveries.jsonl" {
		s.write(file, delivery)
	}
	whole := s.read(file)
	hurt := s.damage(file, whole, name)
	r := s.run(args...)
	if !among(exits, r.code) {
		t.Errorf("exit code %d, want %s\n%s", r.code, strings.Join(exits, " or "), r.out)
	}
	s.agrees(r, "governance")
	if name != "another project's" && (r.code == 2 || r.code == 3) {
		named := strings.TrimSuffix(strings.TrimPrefix(file, "governance/"), "-baseline.json")
		if !strings.Contains(r.out, named) && !strings.Contains(r.out, "prometheus/*.yml") {
			t.Errorf("the output does not name %s\n%s", named, r.out)
		}
	}
	if (r.code == 2 || r.code == 3) && !strings.Contains(r.out, "hint: ") {
		t.Errorf("the output does not say what to do\n%s", r.out)
	}
	if s.read(file) == hurt { // what the damaged run has written stays
		s.write(file, whole)
	}
	r = s.over(worseContract, args...)
	s.want(r, 1, "the run that breaks, after the damage")
	s.agrees(r, "governance")
}

// among reports whether a code is one of those.
func among(exits []string, code int) bool {
	for _, e := range exits {
		if e == strconv.Itoa(code) {
			return true
		}
	}
	return false
}

// damage does to a file what its name says and returns its text then.
func (s *shop) damage(file, whole, name string) string {
	s.t.Helper()
	if name == "missing" {
		if err := os.Remove(s.path(file)); err != nil {
			s.t.Fatal(err)
		}
		return ""
	}
	text := spoil(s.t, file, whole, name)
	if text == whole {
		s.t.Fatalf("%s: %s has no such damage", file, name)
	}
	s.write(file, text)
	return text
}

// delivery is a receipt as a run leaves it.
const delivery = `{"time":"2026-12-01T00:00:00Z","delivery_id":"d","sha":"abcd1001","run_id":"1","reasons":["semver_fail"],"host":"hooks.example","attempts":1,"state":"delivered"}` + "\n"

// spoil is the text of a file with this damage.
func spoil(t testing.TB, file, whole, name string) string {
	t.Helper()
	switch name {
	case "empty":
		return ""
	case "truncated":
		return whole[:len(whole)*9/10]
	case "binary":
		var b []byte
		for i := range 512 {
			b = append(b, byte(i*7))
		}
		return string(b)
	case "wrong type":
		switch {
		case strings.HasSuffix(file, ".jsonl"):
			return "[\"x\"]\n[\"y\"]\n"
		case strings.HasPrefix(whole, "["):
			return "{\"x\": 1}\n"
		case strings.HasPrefix(whole, "- "):
			return "x: 1\n"
		}
		return "[\"x\"]\n"
	case "newer version":
		return newer(whole)
	case "another project's":
		return another(t, file)
	}
	t.Fatalf("no damage %q", name)
	return ""
}

// newer is a file as a later version may write it.
func newer(whole string) string {
	switch {
	case strings.Contains(whole, `"openapi":"3.1.0"`) || strings.Contains(whole, `"openapi": "3.1.0"`):
		return strings.Replace(strings.Replace(whole, `"openapi":"3.1.0"`, `"openapi":"9.0.0"`, 1), `"openapi": "3.1.0"`, `"openapi": "9.0.0"`, 1)
	case strings.Contains(whole, `/v1"`):
		return strings.Replace(whole, `/v1"`, `/v99"`, 1)
	case strings.Contains(whole, `"schema_version": "1"`):
		return strings.Replace(whole, `"schema_version": "1"`, `"schema_version": "99"`, 1)
	case strings.HasPrefix(whole, "- {"):
		return strings.Replace(whole, "- {", "- {schema: govctl/waiver/v99, ", 1)
	}
	return "schema: govctl/input/v99\n" + whole
}

// another is the file of a project that has nothing to do with this one.
func another(t testing.TB, file string) string {
	t.Helper()
	switch file {
	case "openapi.yaml", "released.json":
		return contract("1.0.9", "get /bills", "put /dues")
	case "accepted.yaml":
		return strings.Replace(waiver, "DELETE /items", "DELETE /bills", 1)
	case "alerts_taxonomy.json", "prometheus/shop.yml":
		return strings.ReplaceAll(alertInputs[file], "ShopDown", "BillsDown")
	case "trusted.json":
		return strings.Replace(trustedKeys, testPublicKey, "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=", 1)
	case "govctl.yaml":
		return strings.Replace(plainConfig, "project: shop", "project: other", 1)
	case "governance/schemas/openapi-baseline.json":
		file = "governance/schemas/openapi.json"
	}
	return foreignState.shop(t, 0).read(strings.Replace(file, "before/", "governance/", 1))
}

// TestGateRowsAreMany keeps the table as large as it has to be.
func TestGateRowsAreMany(t *testing.T) {
	n := 0
	for _, row := range gateRows {
		n += len(strings.Fields(row.exits)) - strings.Count(row.exits, "-")
	}
	if n < 60 {
		t.Errorf("%d rows", n)
	}
	t.Logf("%d rows", n)
}

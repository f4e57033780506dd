package promrules

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// inPlace is a rule file with a key in the mapping that the row is about.
func inPlace(in level, line string) string {
	file, group, rule := "", "", ""
	switch in {
	case inFile:
		file = line + "\n"
	case inGroup:
		group = "  " + line + "\n"
	case inRule:
		rule = "    " + line + "\n"
	}
	return file + "groups:\n- name: g\n" + group + "  rules:\n  - alert: A\n    expr: 'rate({a=\"b\"}[5m]) > 1'\n" + rule
}

// samples are a value of each form, and one that is nearly one.
var samples = map[string]struct{ good, bad string }{
	"text":             {"x", "[x]"},
	"duration":         {"1m30s", "soon"},
	"whole number":     {"0", "1.5"},
	"warn or abort":    {"WARN", "warning"},
	"true or false":    {"true", "'true'"},
	"list of texts":    {"[a, b]", "[a, '']"},
	"list of mappings": {"[{url: 'http://a'}]", "[a]"},
	"mapping of texts": {"{a: b}", "[a]"},
}

// Each key is read in each dialect that knows it, with a value of its form only, and refused at its place by the others, with
// the name of one that knows it.
func TestKeys(t *testing.T) {
	for _, k := range Keys {
		s, ok := samples[k.Value]
		if !ok || slices.Contains([]string{"groups", "rules", "name", "alert", "record", "expr"}, k.Name) {
			continue // every file has them
		}
		for _, name := range append([]string{""}, Dialects...) {
			d := Dialect(name)
			_, err := d.Parse("r.yml", []byte(inPlace(k.In, k.Name+": "+s.good)))
			var bad *contract.Error
			switch known := k.knownTo(d, false); {
			case known && err != nil:
				t.Errorf("%s in %q: %v", k.Name, d, err)
			case !known && !errors.As(err, &bad):
				t.Errorf("%s in %q was accepted", k.Name, d)
			case !known && (bad.Place.Line == 0 || bad.Place.Column == 0 || !strings.Contains(bad.Hint, "taxonomy.dialect: "+string(k.Known[0]))):
				t.Errorf("%s in %q: %+v", k.Name, d, bad)
			case known:
				if _, err := d.Parse("r.yml", []byte(inPlace(k.In, k.Name+": "+s.bad))); err == nil && k.Name != "namespace" {
					t.Errorf("%s in %q with %s was accepted", k.Name, d, s.bad)
				}
				if _, err := d.Parse("r.yml", []byte(inPlace(k.In, k.Name+":"))); err != nil {
					t.Errorf("%s in %q without a value: %v", k.Name, d, err)
				}
			}
		}
		if _, err := Prometheus.Parse("r.yml", []byte(inPlace(k.In, k.Name+"s2: x"))); err == nil {
			t.Errorf("%ss2 was accepted", k.Name)
		}
	}
}

// The forms of the table have checks, or are read by the reader itself.
func TestForms(t *testing.T) {
	for _, k := range Keys {
		if _, ok := samples[k.Value]; !ok && k.Value != "list of groups" && k.Value != "list of rules" {
			t.Errorf("%s: no sample of the form %q", k.Name, k.Value)
		}
	}
	for form := range forms {
		if !slices.ContainsFunc(Keys, func(k Key) bool { return k.Value == form }) {
			t.Errorf("no key has the form %q", form)
		}
	}
}

// The documentation has a row for each key, with the dialects that read it.
func TestKeysAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/dialects.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, k := range Keys {
		row := "| " + string(k.In) + " | `" + k.Name + "` | " + k.Value + " |"
		for _, name := range Dialects {
			d := Dialect(name)
			switch {
			case !k.knownTo(d, false) && k.Objects:
				row += " in objects |"
			case !k.knownTo(d, false):
				row += " no |"
			case slices.Contains(k.Ignored, d):
				row += " ignored |"
			default:
				row += " yes |"
			}
		}
		want = append(want, row)
	}
	got := regexp.MustCompile("(?m)^\\| (?:file|group|rule) \\| `.*$").FindAllString(string(page), -1)
	if !slices.Equal(got, want) {
		t.Errorf("docs/dialects.md should have\n%s", strings.Join(want, "\n"))
	}
}

func TestDelays(t *testing.T) {
	for text, want := range map[string]string{
		"  evaluation_delay: 60s\n  query_offset: 1m\n": "",
		"  query_offset: 1m\n":                          "",
		"  evaluation_delay: 1m\n  query_offset: 2m\n":  "r.yml:3:21: evaluation_delay and query_offset are both set, to different values",
	} {
		_, err := Mimir.Parse("r.yml", []byte("groups:\n- name: g\n"+text))
		if got := errText(err); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Kubernetes objects and documents as each program reads them.
func TestDialectDocuments(t *testing.T) {
	const (
		object  = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  groups:\n  - name: g\n    partial_response_strategy: abort\n"
		tenants = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  groups:\n  - name: g\n    source_tenants: [a]\n"
		loki    = "apiVersion: loki.grafana.com/v1\nkind: AlertingRule\nspec:\n  tenantID: t\n  groups:\n  - name: g\n"
		lokis   = "apiVersion: loki.grafana.com/v1\nkind: RecordingRuleList\nitems:\n- spec: {groups: [{name: g}]}\n"
		other   = "apiVersion: example.org/v1\nkind: AlertingRule\nspec: {}\n"
		spaces  = "namespace: a\ngroups: [{name: g}]\n---\nnamespace: b\ngroups: [{name: g}]\n"
		again   = "groups: [{name: g}]\n---\ngroups: [{name: h}]\n"
	)
	for _, c := range []struct {
		text    string
		dialect Dialect
		groups  int
		want    string
	}{
		{object, Prometheus, 1, ""},
		{object, Mimir, 1, ""},
		{tenants, Mimir, 1, ""},
		{tenants, Prometheus, 0, `r.yml:6:5: Prometheus does not know the key "source_tenants" of a group`},
		{loki, Loki, 1, ""},
		{lokis, Loki, 1, ""},
		{loki, "", 1, ""},
		{loki, Thanos, 0, "r.yml:1:1: the manifest contains rules of Loki, which Thanos does not load (kind: AlertingRule)"},
		{lokis, Prometheus, 0, "r.yml:1:1: the manifest contains rules of Loki, which Prometheus does not load (kind: RecordingRuleList)"},
		{other, Loki, 0, "r.yml:1:1: the manifest contains no PrometheusRule (kind: AlertingRule)"},
		{loki + "---\n" + object, Prometheus, 1, ""},
		{spaces, Mimir, 2, ""},
		{spaces, Loki, 2, ""},
		{spaces, Prometheus, 0, `r.yml:1:1: Prometheus does not know the key "namespace" of a file`},
		{again, Mimir, 0, `r.yml:3:1: a second YAML document of the namespace "" begins here`},
		{again, Thanos, 0, "r.yml:3:1: a second YAML document begins here, which Thanos does not read"},
		{again, "", 0, "r.yml:3:1: a second YAML document begins here, which Prometheus does not read"},
	} {
		f, err := c.dialect.Parse("r.yml", []byte(c.text))
		if got := errText(err); got != c.want || err == nil && len(f.Groups) != c.groups {
			t.Errorf("%q in %q: %q, want %q", c.text, c.dialect, got, c.want)
		}
	}
	for d, want := range map[Dialect]string{"": "", Loki: "", Prometheus: "rules of Loki"} {
		if got := d.Aside("r.yml", []byte(loki)); got != want {
			t.Errorf("%q: %q, want %q", d, got, want)
		}
	}
}

// What is surely wrong with LogQL is found, and nothing else.
func TestLogQL(t *testing.T) {
	for expr, want := range map[string]string{
		`sum(rate({app="foo"} |= "error" [5m])) by (job) > 0.05`:                            "",
		"count_over_time({a=\"b\"} |~ `(` | json | line_format \"{{.x}}\" # (\n[1m]) > 1e3": "",
		`max_over_time({a="b"} |= "\"}" | unwrap bytes(size) [5m]) > 1`:                     "",
		`vector(0)`:                         "",
		`vector(1) > bool 0`:                "",
		`1 > 0`:                             "",
		`1e3 > Inf`:                         "",
		`up == 0`:                           "it selects no log streams: LogQL needs a selector like {job=\"api\"}",
		`rate(http_requests_total[5m]) > 1`: "it selects no log streams: LogQL needs a selector like {job=\"api\"}",
		`rate(http_total{a="b"}[5m])`:       "unexpected name before {: LogQL selects log streams, not metrics",
		`sum by (a) (rate({a="b"}[5m]) or rate( {c="d"}[5m]))`: "",
		`rate({a="b"}[5m]`:       "the bracket ( is not closed",
		`rate({a="b"}[5m])) > 1`: "unexpected )",
		`rate({a="b"]}[5m])`:     "unexpected ]",
		`rate({a="b}[5m])`:       "a text that begins here does not end",
		"rate({a=`b} |= \"[5m])": "a text that begins here does not end",
	} {
		if off, got := logQLError(expr); got != want || off < 0 || off > len(expr) {
			t.Errorf("%s: %q at %d, want %q", expr, got, off, want)
		}
	}
}

// LogQL is not PromQL; the advice names the dialect, and only where the expression looks like it.
func TestLogQLHint(t *testing.T) {
	for expr, hinted := range map[string]bool{
		`sum(rate({app="foo"} |= "error" [5m])) > 1`:   true,
		`count_over_time({app="foo"} | json [5m]) > 1`: true,
		`sum(rate(up)) > 1`:                            false,
		`up == `:                                       false,
	} {
		text := "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: '" + expr + "'\n"
		for _, d := range []Dialect{Prometheus, Loki} {
			refused := false
			for _, f := range Check([]Source{{"r.yml", []byte(text)}}, Config{Dialect: d}).Findings {
				if f.Rule != "rule-refused" {
					continue
				}
				refused = true
				if got := strings.Contains(f.Hint, "--dialect loki"); d == Prometheus && got != hinted {
					t.Errorf("%s: %q", expr, f.Hint)
				}
			}
			if refused == (d == Loki && hinted) {
				t.Errorf("%s in %s: refused %v", expr, d, refused)
			}
		}
	}
}

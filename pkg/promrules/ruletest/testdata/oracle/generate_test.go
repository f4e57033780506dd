package oracle

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator makes rules, series and cases out of a seed: everything in which an own evaluation could differ from promtool's.
// All cases expect nothing, so that both sides print what they have.
type generator struct {
	*rand.Rand
	alerts, records []string
}

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// chance is true in n of 100 cases.
func (g *generator) chance(n int) bool { return g.IntN(100) < n }

// generate is a rule file and a test file.
func generate(seed uint64) (rules, tests string) {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 8))}
	names := []string{"one", "two", "three"}[:1+g.IntN(3)]
	var r strings.Builder
	r.WriteString("groups:\n")
	for _, name := range names {
		g.group(&r, name)
	}
	var t strings.Builder
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	every := pick(g, "30s", "1m", "1m", "1m", "90s", "2m", "5m")
	fmt.Fprintf(&t, "rule_files: [rules.yml]\nevaluation_interval: %s\ngroup_eval_order: [%s]\ntests:\n", every, strings.Join(names, ", "))
	g.test(&t, every)
	return r.String(), t.String()
}

func (g *generator) group(b *strings.Builder, name string) {
	fmt.Fprintf(b, "- name: %s\n", name)
	if g.chance(10) {
		fmt.Fprintf(b, "  limit: %d\n", 1+g.IntN(6))
	}
	if g.chance(15) {
		fmt.Fprintf(b, "  query_offset: %s\n", pick(g, "30s", "1m", "90s", "13h"))
	}
	if g.chance(15) {
		fmt.Fprintf(b, "  labels: {team: %s, job: fixed}\n", name)
	}
	if g.chance(20) {
		b.WriteString("  interval: 7m\n")
	}
	b.WriteString("  rules:\n")
	for range 1 + g.IntN(5) {
		if g.chance(55) {
			g.alert(b)
		} else {
			g.record(b)
		}
	}
}

func (g *generator) alert(b *strings.Builder) {
	name := fmt.Sprintf("A%d", len(g.alerts))
	if len(g.alerts) > 0 && g.chance(8) {
		name = g.alerts[0]
	}
	g.alerts = append(g.alerts, name)
	fmt.Fprintf(b, "  - alert: %s\n    expr: %s\n", name, g.quote(g.condition()))
	if g.chance(60) {
		fmt.Fprintf(b, "    for: %s\n", pick(g, "0s", "30s", "1m", "2m", "5m", "3m30s"))
	}
	if g.chance(30) {
		fmt.Fprintf(b, "    keep_firing_for: %s\n", pick(g, "1m", "2m", "5m", "20m"))
	}
	if g.chance(60) {
		fmt.Fprintf(b, "    labels:\n      severity: %s\n", g.quote(pick(g, "page", "{{ $labels.job }}", "{{ if gt $value 5.0 }}high{{ else }}low{{ end }}", "{{ $labels.nothing }}", "{{ $externalLabels.zone }}")))
	}
	if g.chance(60) {
		fmt.Fprintf(b, "    annotations:\n      text: %s\n", g.quote(pick(g,
			"{{ $labels.instance }} of {{ .Labels.job }}: {{ $value }}", "{{ $value | humanize }} {{ $value | humanizePercentage }}", "{{ humanizeDuration $value }}",
			`{{ with query "sum(m0)" }}{{ . | first | value }}{{ end }}`, "{{ $externalURL }}{{ externalURL }}", "{{ .Nothing }}", "{{ now }} {{ pathPrefix }}",
			`{{ range query "sum by (instance) (m1)" | sortByLabel "instance" }}{{ .Labels.instance }}={{ .Value }} {{ end }}`, `{{ printf "%.3f" $value }}`, "plain", "{{ len $labels }}{{ $labels.job | title | toUpper }}")))
	}
}

func (g *generator) record(b *strings.Builder) {
	name := fmt.Sprintf("r:%d", len(g.records))
	switch {
	case len(g.records) > 0 && g.chance(6):
		name = g.records[0]
	case g.chance(4):
		name = "m0" // an input series has the name
	}
	g.records = append(g.records, name)
	expr := g.vector(3)
	if g.chance(4) {
		expr = pick(g, "time()", "5", "scalar(sum(m0))")
	}
	fmt.Fprintf(b, "  - record: %s\n    expr: %s\n", name, g.quote(expr))
	if g.chance(30) {
		fmt.Fprintf(b, "    labels: {%s}\n", pick(g, "level: rule", "job: rule", "instance: ''"))
	}
}

func (g *generator) quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (g *generator) condition() string {
	switch g.IntN(8) {
	case 0:
		return "absent(" + g.selector() + ")"
	case 1:
		return g.selector() + pick(g, " and on(job) ", " unless on(job) ", " or on(instance) ") + g.selector()
	case 2:
		return g.vector(2)
	}
	return g.vector(2) + " " + pick(g, ">", "<", ">=", "==", "!=") + " " + fmt.Sprint(g.IntN(12))
}

func (g *generator) selector() string {
	name := pick(g, "m0", "m0", "m1", "m2", "mix", "nh", "h_count", "nothing", "ALERTS", "ALERTS_FOR_STATE")
	if g.chance(35) && len(g.records) > 0 {
		name = pick(g, g.records...)
	}
	var matchers []string
	if g.chance(30) {
		matchers = append(matchers, pick(g, `job="a"`, `job!="a"`, `job=~"a|b"`, `instance="1"`, `le="+Inf"`, `job=""`, `alertstate="firing"`, `alertname="A0"`))
	}
	s := name
	if len(matchers) > 0 {
		s += "{" + strings.Join(matchers, ",") + "}"
	}
	return s
}

func (g *generator) window() string {
	return "[" + pick(g, "1m", "2m", "5m", "5m", "10m", "1h") + "]"
}

// vector is an instant vector, nested at most depth deep.
func (g *generator) vector(depth int) string {
	if depth == 0 {
		return g.selector()
	}
	by := pick(g, "", "by (job) ", "by (instance, job) ", "without (instance) ", "by (le) ")
	switch g.IntN(18) {
	case 0, 1:
		return pick(g, "rate", "increase", "delta", "irate", "idelta", "changes", "resets", "deriv") + "(" + g.selector() + g.window() + ")"
	case 2:
		return pick(g, "max_over_time", "min_over_time", "avg_over_time", "sum_over_time", "count_over_time", "last_over_time", "present_over_time", "stddev_over_time") + "(" + g.selector() + g.window() + ")"
	case 3, 4:
		return pick(g, "sum ", "avg ", "max ", "min ", "count ", "group ", "stddev ") + by + "(" + g.vector(depth-1) + ")"
	case 5:
		return fmt.Sprintf("histogram_quantile(0.%d, sum by (le, job) (rate(h_bucket%s)))", 1+g.IntN(9), g.window())
	case 6:
		return pick(g, "histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev") + "(" + pick(g, "nh", "rate(nh[5m])", "mix", "increase(nh[10m])") + ")"
	case 7:
		return fmt.Sprintf("histogram_quantile(0.%d, %s)", 1+g.IntN(9), pick(g, "nh", "rate(nh[5m])", "sum(nh)", "sum(rate(nh[5m]))"))
	case 8:
		return pick(g, "nh", "rate(nh[5m])", "sum(nh)", "avg by (job) (nh)", "nh * 2", "nh - nh offset 2m", "max_over_time(nh[5m])", "delta(nh[5m])", "last_over_time(nh[10m])", "sum_over_time(nh[10m])", "histogram_fraction(0, 2, nh)", "count(nh)")
	case 9:
		return g.selector() + " offset " + pick(g, "1m", "5m", "-1m")
	case 10:
		return pick(g, "max_over_time", "avg_over_time", "sum_over_time", "deriv") + "((" + g.selector() + ")[" + pick(g, "5m:1m", "10m:", "5m:30s", "10m:2m") + "])"
	case 11:
		return "(" + g.vector(depth-1) + ")" + pick(g, " + ", " - ", " * ", " / ", " % ") + fmt.Sprint(1+g.IntN(4))
	case 12:
		return g.selector() + pick(g, " + on(job, instance) ", " / ignoring(team) ", " * on(job) group_left ", " - ") + g.selector()
	case 13:
		return fmt.Sprintf(pick(g, "abs(%s)", "timestamp(%s)", "clamp_max(%s, 5)", "label_replace(%s, \"job\", \"x$1\", \"instance\", \"(.*)\")", "-%s", "sgn(%s)", "absent_over_time(%s[3m])", "sort_desc(%s)", "vector(scalar(%s))"), g.selector())
	case 14:
		return pick(g, "vector(1)", "vector(time())", "vector(time() % 60)", "topk(1, m2)", "count_values(\"v\", m0)", "quantile(0.5, m1)", "predict_linear(m1[5m], 60)", "m0 @ 60", "m0 @ end()", "minute()")
	}
	return g.selector()
}

// test writes one test group.
func (g *generator) test(b *strings.Builder, every string) {
	interval := pick(g, "30s", "1m", "1m", "1m", "2m", "5m", "37s", "15s")
	fmt.Fprintf(b, "- interval: %s\n", interval)
	if g.chance(30) {
		fmt.Fprintf(b, "  name: test\n  external_labels: {zone: north}\n  external_url: http://host/p\n")
	}
	if g.chance(20) {
		fmt.Fprintf(b, "  start_timestamp: %s\n", pick(g, "2024-02-29T23:58:30Z", "1700000000.5", "-3600", "86340"))
	}
	b.WriteString("  input_series:\n")
	for _, job := range []string{"a", "b", "c"} {
		for _, instance := range []string{"1", "2"} {
			for _, m := range []string{"m0", "m1", "m2"} {
				if g.chance(45) {
					g.series(b, fmt.Sprintf(`%s{job="%s",instance="%s"}`, m, job, instance), g.floats(12))
				}
			}
		}
		if g.chance(30) {
			g.series(b, fmt.Sprintf(`mix{job="%s"}`, job), g.mixed())
		}
		if g.chance(50) {
			g.series(b, fmt.Sprintf(`nh{job="%s"}`, job), g.histograms(10))
		}
	}
	if g.chance(40) {
		for i, le := range []string{"0.5", "1", "5", "+Inf"} {
			g.series(b, fmt.Sprintf(`h_bucket{job="a",le="%s"}`, le), fmt.Sprintf("0+%dx10 %d+%dx10", i*2, i, i*3))
		}
		g.series(b, `h_count{job="a"}`, "0+6x10 3+9x10")
	}
	g.cases(b, every)
}

func (g *generator) series(b *strings.Builder, series, values string) {
	fmt.Fprintf(b, "  - {series: %s, values: %s}\n", g.quote(series), g.quote(values))
}

// floats is a series of n pieces at most.
func (g *generator) floats(n int) string {
	var out []string
	for range 1 + g.IntN(n) {
		v := g.IntN(12)
		switch g.IntN(12) {
		case 0:
			out = append(out, pick(g, "_", "_x2", "_x7"))
		case 1:
			out = append(out, "stale")
		case 2, 3:
			out = append(out, fmt.Sprintf("%d+%dx%d", v, 1+g.IntN(5), g.IntN(8)))
		case 4:
			out = append(out, fmt.Sprintf("%d-%dx%d", v, 1+g.IntN(3), g.IntN(6)))
		case 5:
			out = append(out, fmt.Sprintf("%dx%d", v, g.IntN(8)))
		case 6:
			out = append(out, pick(g, "NaN", "Inf", "-Inf", "0.25", "1e3"))
		default:
			out = append(out, fmt.Sprint(v))
		}
	}
	return strings.Join(out, " ")
}

// native is a native histogram.
func (g *generator) native() string {
	schema := pick(g, 0, 0, 0, 0, 1, 3, -1)
	buckets := fmt.Sprintf("%d %d %d", g.IntN(4), g.IntN(5), g.IntN(3))
	extra := ""
	if g.chance(20) {
		extra += fmt.Sprintf(" z_bucket:%d z_bucket_w:0.%d", g.IntN(3), 1+g.IntN(3))
	}
	if g.chance(15) {
		extra += fmt.Sprintf(" n_buckets:[%d 1]", g.IntN(3))
	}
	if g.chance(15) {
		extra += " offset:" + pick(g, "1", "-2")
	}
	if g.chance(20) {
		extra += " counter_reset_hint:" + pick(g, "gauge", "reset", "not_reset", "unknown")
	}
	if g.chance(10) {
		return fmt.Sprintf("{{schema:-53 count:%d sum:%d custom_values:[1 5] buckets:[%s]}}", 3+g.IntN(9), g.IntN(30), buckets)
	}
	return fmt.Sprintf("{{schema:%d count:%d sum:%d buckets:[%s]%s}}", schema, 4+g.IntN(9), g.IntN(30), buckets, extra)
}

func (g *generator) histograms(n int) string {
	var out []string
	base := g.native()
	for range 1 + g.IntN(n) {
		switch g.IntN(8) {
		case 0:
			out = append(out, pick(g, "_", "_x3"))
		case 1:
			out = append(out, "stale")
		case 2:
			out = append(out, g.native())
		case 3, 4:
			out = append(out, fmt.Sprintf("{{schema:0 count:3 sum:5 buckets:[1 1 1]}}+{{schema:0 count:2 sum:3 buckets:[1 0 1]}}x%d", 1+g.IntN(pick(g, 6, 6, 200))))
		case 5:
			out = append(out, fmt.Sprintf("%sx%d", base, 1+g.IntN(5)))
		default:
			out = append(out, base)
		}
	}
	return strings.Join(out, " ")
}

// mixed is a series in which floats and histograms follow each other.
func (g *generator) mixed() string {
	return g.floats(3) + " " + g.histograms(3) + " " + g.floats(2) + " " + g.histograms(2)
}

// cases ask for everything at every evaluation.
func (g *generator) cases(b *strings.Builder, every string) {
	steps := map[string][]string{
		"30s": {"0s", "30s", "1m", "90s", "2m", "150s", "3m", "210s", "4m", "270s", "5m", "330s", "6m", "390s", "7m", "20m"},
		"1m":  {"0", "1m", "2m", "3m", "4m", "5m", "6m", "7m", "8m", "9m", "10m", "11m", "12m", "13m", "14m", "15m", "40m"},
		"90s": {"0s", "90s", "3m", "4m30s", "6m", "7m30s", "9m", "10m30s", "12m", "13m30s", "15m"},
		"2m":  {"0s", "2m", "4m", "6m", "8m", "10m", "12m", "14m", "16m", "18m", "20m", "50m"},
		"5m":  {"0s", "5m", "10m", "15m", "20m", "25m", "30m", "1h", "2h"},
	}[every]
	if g.chance(3) {
		steps = append(steps, "15h") // beyond the window of the database's head
	}
	if len(g.alerts) > 0 {
		b.WriteString("  alert_rule_test:\n")
		for _, at := range steps {
			for _, name := range g.alerts {
				fmt.Fprintf(b, "  - {eval_time: %s, alertname: %s}\n", at, name)
			}
		}
	}
	b.WriteString("  promql_expr_test:\n")
	for _, at := range steps {
		fmt.Fprintf(b, "  - {eval_time: %s, expr: '{__name__=~\".+\"}'}\n", at)
	}
	for _, expr := range []string{`count_over_time({__name__=~".+"}[1h])`, `sum_over_time(nh[20m])`, `last_over_time({__name__=~"r:.*|mix|nh"}[30m])`, g.vector(3), g.vector(3), g.condition()} {
		fmt.Fprintf(b, "  - {eval_time: %s, expr: %s}\n", pick(g, steps...), g.quote(expr))
	}
}

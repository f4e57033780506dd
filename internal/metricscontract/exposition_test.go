package metricscontract_test

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/pkg/contract"
)

// What Prometheus reads from a text is what a snapshot has.
func TestSnapshotIsReadAsPrometheusReadsIt(t *testing.T) {
	for _, text := range []string{
		"a 1\n",
		"a 1",
		"a \t 1 \n",
		"a{} 1 1700000000000\n",
		"a{x=\"1\",} +Inf\na{ x = \"2\" , y=\"}\" } -inf\n",
		"a{x=\"q\\\"b\\\\n\\nt\\t\"} NaN\n",
		"a{x=\"\"} 1\n",
		"{\"a.b\"} 1\n{\"a.b\", \"c.d\"=\"1\"} 2\n{x=\"1\", \"a.b\"} 3\n",
		"# TYPE \"a.b\" counter\n{\"a.b\"} 1e9\n",
		"#comment\n# HELP\n# comment\n\n#\ta\na 1\n",
		"a:b_c 0.5\n_x .5\n",
		"# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 2\n",
		"# TYPE s summary\ns{quantile=\"0.50\"} 1\n# TYPE g gauge\ng{le=\"1\"} 1\n",
		"a{x=\"é#{\"} 1\n",
		"# TYPE a counter\na_total{x=\"1\"} 1 1.5 # {trace_id=\"a}b\"} 0.67 1.25\na_created{x=\"1\"} 1\n# EOF\n",
		"# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {} 0.5\nh_bucket{le=\"+Inf\"} 2\n# EOF\n",
		"# TYPE i info\ni_info{v=\"1 # {\"} 1\n# TYPE u unknown\nu 3\n# TYPE st stateset\nst{st=\"a\"} 1\n# EOF",
	} {
		s, err := metricscontract.ParseSnapshot("f", []byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		want := byPrometheus(t, text)
		same := func(a, b metricscontract.Series) bool {
			return labels.Equal(a.Labels, b.Labels) && (a.Value == b.Value || math.IsNaN(a.Value) && math.IsNaN(b.Value))
		}
		if !slices.EqualFunc(s.Series, want, same) {
			t.Errorf("%q:\n%v\n%v", text, s.Series, want)
		}
	}
}

func byPrometheus(t *testing.T, text string) (list []metricscontract.Series) {
	t.Helper()
	p := textparse.NewPromParser([]byte(text), labels.NewSymbolTable(), false)
	if strings.HasSuffix(strings.TrimRight(text, "\n"), "# EOF") {
		p = textparse.NewOpenMetricsParser([]byte(text), labels.NewSymbolTable())
	}
	for {
		kind, err := p.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if kind == textparse.EntrySeries {
			var l labels.Labels
			_, _, v := p.Series()
			p.Labels(&l)
			list = append(list, metricscontract.Series{Labels: l.WithoutEmpty(), Value: v})
		}
	}
}

func TestPlaceAndReasonOfARefusedLine(t *testing.T) {
	for _, c := range []struct {
		text         string
		line, column int
		msg          string
	}{
		{"a 1\nb-c 1\n", 2, 2, `"-c" is not a number`},
		{"a{1x=\"1\"} 1\n", 1, 3, "no name at"},
		{"a{b:c=\"1\"} 1\n", 1, 4, `after the label "b" there is no =`},
		{"a{x=1} 1\n", 1, 5, "no quoted text"},
		{"a{x=\"1} 1\n", 1, 5, "the quotes are not closed"},
		{"a{x=\"1\\", 1, 5, "the quotes are not closed"},
		{"a{x=\"1\",x=\"2\"} 1\n", 1, 9, `the label "x" is given twice`},
		{"a{x=\"1\",\"b\"} 1\n", 1, 9, `the label "__name__" is given twice`},
		{"a{x=\"1\" y=\"2\"} 1\n", 1, 9, "neither a comma nor a brace"},
		{"a{x=\"1\"", 1, 8, "neither a comma nor a brace"},
		{"a{,} 1\n", 1, 3, "no name at"},
		{"{x=\"1\"} 1\n", 1, 9, "the series has no name"},
		{"{\"\"} 1\n", 1, 2, "the name is empty"},
		{"{__name__=\"\"} 1\n", 1, 15, "the series has no name"},
		{"a\n", 1, 2, "there is no value"},
		{"a 0x1p3\n", 1, 3, "is not a number"},
		{"a 1_0\n", 1, 3, "is not a number"},
		{"a 1 1.5\n", 1, 5, `"1.5" is no timestamp`},
		{"a 1 1 1\n", 1, 7, "follows the sample"},
		{"a 1 # {t=\"1\"} 1\n", 1, 5, "follows the sample"},
		{"a 1 # {t=\"1\"} x\n# EOF\n", 1, 15, "is not a number"},
		{"a 1 # x\n# EOF\n", 1, 7, "the exemplar has no labels"},
		{"a{x=\"\xff\"} 1\n", 1, 1, "no UTF-8"},
		{"# TYPE a info\na 1\n", 1, 10, "the type info is of OpenMetrics"},
		{"# TYPE a number\na 1\n", 1, 10, `the type "number" is none of`},
		{"# TYPE a counter\na 1\n# TYPE a gauge\n", 3, 0, "is of the type counter, and now gauge"},
		{"a 1\n# EOF\nb 1\n", 3, 0, `there is text after the "# EOF" of line 2`},
		{"a 1\n# EOF\n# EOF\n", 3, 0, `there is text after the "# EOF" of line 2`},
		{"a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\",z=\"\"} 1\n", 2, 0, "is given twice"},
	} {
		_, err := metricscontract.ParseSnapshot("f", []byte(c.text))
		var refused *contract.Error
		if !errors.As(err, &refused) || refused.Place.Line != c.line || refused.Place.Column != c.column || !strings.Contains(refused.Msg, c.msg) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

// Windows ends lines with two bytes.
func TestSnapshotWithCarriageReturns(t *testing.T) {
	s, err := metricscontract.ParseSnapshot("f", []byte("# TYPE a counter\r\na_total 1\r\n# EOF\r\n"))
	if err != nil || s.Metrics["a_total"] == nil || s.Metrics["a_total"].Type != "counter" {
		t.Errorf("%+v, %v", s, err)
	}
}

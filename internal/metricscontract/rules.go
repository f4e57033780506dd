package metricscontract

import "github.com/romel/govctl/pkg/report"

const (
	assertKind  = "metrics-assert"
	diffKind    = "metrics-diff"
	catalogKind = "metrics-catalog"
)

// Rules is the table. A change of a metric that an alert or a recording rule reads is an error whatever the row says: the row has the level of
// a change that nothing reads.
var Rules = []report.EvidenceRule{
	{ID: "metrics-assertion", Kind: assertKind, Level: report.Error, Summary: "An asserted expression has an empty result.", Why: "The expression is what the service promises to report.", Hint: "run the expression with --print to see what it yields"},
	{ID: "metric-removed", Kind: diffKind, Level: report.Warning, Summary: "A metric is no longer there.", Why: "An expression on a removed metric returns nothing, so that its alert never fires again.", Hint: "keep the metric, or change what reads it in the same commit"},
	{ID: "unit-suffix-changed", Kind: diffKind, Level: report.Warning, Summary: "A metric has another unit in its name.", Why: "Expressions on the old name yield nothing, and thresholds are off by the factor of the unit.", Hint: "change names and thresholds of what reads it in the same commit"},
	{ID: "metric-type-changed", Kind: diffKind, Level: report.Warning, Summary: "A metric has another type.", Why: "rate() on a gauge and a plain value of a counter both give numbers that mean nothing.", Hint: "give the metric of the other type another name"},
	{ID: "label-removed", Kind: diffKind, Level: report.Warning, Summary: "A metric has lost a label.", Why: "A matcher on the label selects nothing, and grouping by it puts all series into one.", Hint: "keep the label, or change the expressions that use it in the same commit"},
	{ID: "label-added", Kind: diffKind, Level: report.Info, Summary: "A metric has a new label.", Why: "Binary operations without on() no longer match, and the number of series grows.", Hint: "look at the expressions that join the metric with others"},
	{ID: "buckets-changed", Kind: diffKind, Level: report.Warning, Summary: "A histogram or summary has lost a bucket or quantile.", Why: "A matcher on le or quantile selects nothing, and quantiles jump without a change of the service.", Hint: "keep the borders that thresholds rely on"},
	{ID: "counter-decreased", Kind: diffKind, Level: report.Error, Summary: "A counter is lower than before.", Why: "A counter that falls without a restart counts a gauge, or loses events.", Hint: "leave --strict-counters out where the service was restarted between the snapshots"},
	{ID: "series-over-budget", Kind: diffKind, Level: report.Warning, Summary: "There are more metrics or series than the budget allows.", Why: "Each series costs memory in Prometheus for as long as it is kept.", Hint: "drop labels with many values, or raise the limit on purpose"},
	{ID: "series-growth", Kind: diffKind, Level: report.Warning, Summary: "A metric has many more series than before.", Why: "A label that takes a value of each request grows without bound.", Hint: "look at the label with the most values"},
	{ID: "catalog-stale", Kind: catalogKind, Level: report.Error, Summary: "The catalogue of metrics is not that of the service.", Why: "Names and labels are looked up there when an alert is written.", Hint: "govctl metrics catalog writes it again"},
	{ID: "metric-without-help", Kind: catalogKind, Level: report.Error, Summary: "A metric has no description.", Why: "The name alone does not show what is counted, and when.", Hint: "give it a HELP text where it is registered"},
	{ID: "metric-name", Kind: catalogKind, Level: report.Warning, Summary: "A name is against the conventions of Prometheus.", Why: "The name shows type and unit: rate() needs a counter, and thresholds are in base units.", Hint: "rename the metric in a major release, and keep the old one until nothing reads it"},
}

// row is a row of the table; the ids are constants of this package.
func row(id string) *report.EvidenceRule {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i]
		}
	}
	panic("no rule " + id)
}

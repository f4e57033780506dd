package report

// LatencySchema names the shape of LatencyDetail.
const LatencySchema = "govctl/evidence-latency/v1"

// LatencyDetail is the detail of evidence of the kind latency: what was sampled, and by which limits it was classed.
type LatencyDetail struct {
	Schema string  `json:"schema"`  // LatencySchema
	Source string  `json:"source"`  // of the targets: args, persisted, env, config
	GoodMS float64 `json:"good_ms"` // up to this a sample is good
	WarnMS float64 `json:"warn_ms"` // up to this it is warn, above high
	ServiceLatencies
}

// ServiceLatencies is what the sampler serves at /service-latencies.
type ServiceLatencies struct {
	UpdatedAt Time             `json:"updatedAt"` // of the last sample; empty before the first
	Services  []ServiceLatency `json:"services"`  // in the order of the targets
}

// ServiceLatency is one service with the samples that are kept.
type ServiceLatency struct {
	Name    string          `json:"name"`
	URL     string          `json:"url"` // without credentials and query
	Samples []LatencySample `json:"samples"`
	Stats   LatencyStats    `json:"stats"`
}

// LatencySample is one request.
type LatencySample struct {
	TS     Time    `json:"ts"`
	MS     float64 `json:"ms"`     // until the headers of the answer, or until the error
	Status int     `json:"status"` // 0: no answer
	OK     bool    `json:"ok"`     // the status is 200 to 399
	Class  string  `json:"cls"`    // good, warn, high; na where the request failed
}

// LatencyStats are the figures over the samples that are kept. Latencies are of successful samples; null where there is none.
type LatencyStats struct {
	LatestMS       *float64 `json:"latest_ms"`
	MinMS          *float64 `json:"min_ms"`
	MaxMS          *float64 `json:"max_ms"`
	P50MS          *float64 `json:"p50_ms"` // nearest rank
	P90MS          *float64 `json:"p90_ms"`
	P99MS          *float64 `json:"p99_ms"`
	Attempts       int      `json:"attempts"`
	OK             int      `json:"ok"`
	FailureRatePct float64  `json:"failure_rate_pct"`
	LatestClass    string   `json:"latest_class"` // na before the first sample, too
}

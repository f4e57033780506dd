package report

// ResourceTrendSchema names the shape of ResourceTrend.
const ResourceTrendSchema = "govctl/evidence-resources/v1"

// ResourceRow is one line of resource_usage.jsonl: what a container used at one time.
type ResourceRow struct {
	Seq          int64    `json:"seq"` // grows by one with each row
	Timestamp    Time     `json:"ts"`
	Container    string   `json:"container"`
	CPUPct       float64  `json:"cpu_pct"`  // of one processor
	MemPct       *float64 `json:"mem_pct"`  // of the limit; null without one
	MemUsed      int64    `json:"mem_used"` // bytes
	NetRx        *int64   `json:"net_rx"`   // bytes since the container began; null where the source does not have it
	NetTx        *int64   `json:"net_tx"`
	DeltaNetIn   int64    `json:"delta_net_in"` // since the row before of the container; 0 in its first row and after a reset
	DeltaNetOut  int64    `json:"delta_net_out"`
	DeltaMemUsed int64    `json:"delta_mem_used"` // negative where less is used; 0 in its first row
	Reset        bool     `json:"reset,omitzero"` // a counter is lower than before: the container was restarted
}

// ResourceTrend is the detail of the evidence resources: figures of containers over a window of rows.
type ResourceTrend struct {
	Schema     string              `json:"schema"`  // ResourceTrendSchema
	Window     int                 `json:"window"`  // rows that were asked for
	Rows       int                 `json:"rows"`    // rows that there were, of all containers
	Skipped    int                 `json:"skipped"` // lines that could not be read
	Containers []ResourceContainer `json:"containers"`
}

// ResourceContainer is a container over the window.
type ResourceContainer struct {
	Name    string        `json:"name"`
	Rows    int           `json:"rows"`
	Current bool          `json:"current"` // is in the last sample
	CPUPct  ResourceShare `json:"cpu_pct"`
	MemPct  ResourceShare `json:"mem_pct"`
	MemUsed int64         `json:"mem_used"`
	NetRx   *int64        `json:"net_rx"`
	NetTx   *int64        `json:"net_tx"`
	Resets  int           `json:"resets"`
	Growth  *float64      `json:"growth"` // of the memory since the last reset: median of the last third against that of the first; null with too few rows
}

// ResourceShare are figures over the window; null without any.
type ResourceShare struct {
	Latest *float64 `json:"latest"`
	Avg    *float64 `json:"avg"`
	Max    *float64 `json:"max"`
}

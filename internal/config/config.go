// Package config reads govctl.yaml: every key optional, every unknown key an error with its place.
package config

import (
	"time"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// File is the name that is looked for when no other is given.
const File = "govctl.yaml"

// The sources of a version, as semver.version_from names them; a file and a variable follow after their prefix.
const (
	FromInfo = "info"
	FromTag  = "tag"
	FromTags = "tag:" // with what stands before the version in the tags of this contract
	FromFile = "file:"
	FromEnv  = "env:"
)

// NoBaseline is the baseline of a contract that is compared with nothing.
const NoBaseline = "none"

// Config is a whole configuration with its defaults filled in.
type Config struct {
	Project    string     `json:"project,omitzero"` // stable identity on shared branches; empty: derived from the remote origin
	Policy     Policy     `json:"policy,omitzero"`
	Contract   Contract   `json:"contract,omitzero"`  // the one contract of a repository
	Contracts  []Contract `json:"contracts,omitzero"` // or several, in a monorepo
	Semver     Semver     `json:"semver,omitzero"`
	Stability  Stability  `json:"stability,omitzero"`
	Taxonomy   Taxonomy   `json:"taxonomy,omitzero"`
	Milestones string     `json:"milestones,omitzero"` // file; an absent default file is no error
	Changelog  Changelog  `json:"changelog,omitzero"`
	Evidence   Evidence   `json:"evidence,omitzero"`
	Metrics    Metrics    `json:"metrics,omitzero"`
	Docs       Docs       `json:"docs,omitzero"`
	Probe      Probe      `json:"probe,omitzero"`
	Image      Image      `json:"image,omitzero"`
	Trend      Trend      `json:"trend,omitzero"`
	Sign       Sign       `json:"sign,omitzero"`
	Webhook    Webhook    `json:"webhook,omitzero"`
	GitHub     GitHub     `json:"github,omitzero"`
	Publish    Publish    `json:"publish,omitzero"`

	root contract.Node // of the file; what it says nothing about does not exist in it
}

// Given reports whether the file itself sets the value at a JSON pointer: what is a default there is none.
//
//go:noinline
func (c *Config) Given(pointer string) bool { return c.root.Find(pointer).Exists() }

// KeyPlace is where the file names the key at a JSON pointer, for errors about it.
func (c *Config) KeyPlace(pointer string) report.Place {
	if n := c.root.Find(pointer); n.Exists() {
		return n.KeyPlace()
	}
	return report.Place{File: File}
}

// Contract says where an API contract is read from and what its changes may do.
type Contract struct {
	Name            string  `json:"name,omitzero"`             // published as schemas/NAME.json
	RenamedFrom     string  `json:"renamed_from,omitzero"`     // the name that its state is kept under until now
	Owner           string  `json:"owner,omitzero"`            // who is responsible for it: a name for people
	Source          string  `json:"source,omitzero"`           // file | https URL | cmd:COMMAND | git:REV:PATH
	Baseline        string  `json:"baseline,omitzero"`         // same forms, or "none"; empty: the last published contract
	ReleaseBaseline string  `json:"release_baseline,omitzero"` // compared with and reported, never gated
	Gate            string  `json:"gate,omitzero"`             // semver, breaking, none
	AllowBreaking   bool    `json:"allow_breaking,omitzero"`   // for gate: breaking
	AllowRemoteRefs bool    `json:"allow_remote_refs,omitzero"`
	AllowDangling   bool    `json:"allow_dangling_refs,omitzero"` // compare the other parts where references do not resolve
	AllowPrivate    bool    `json:"allow_private,omitzero"`       // also read from private and loopback addresses
	Rules           Rules   `json:"rules,omitzero"`
	Waivers         string  `json:"waivers,omitzero"` // file; an absent default file is no error
	Semver          *Semver `json:"semver,omitzero"`  // instead of the common one, in a monorepo
	At              string  `json:"-"`                // JSON pointer of the contract in the file
	ReadAs          string  `json:"-"`                // the version that its documents are read with instead of their own; empty: their own
}

// Rules adjusts the table of change rules.
type Rules struct {
	Category        string            `json:"category,omitzero"`         // widest category that gates: wire, validation, sdk, docs
	Levels          map[string]string `json:"levels,omitzero"`           // rule id to error, warning, info
	ResponseGrowth  string            `json:"response_growth,omitzero"`  // whether new values and properties of closed response types break: sdk, breaking
	DeprecationDays int               `json:"deprecation_days,omitzero"` // a deprecation without a sunset this far ahead is a warning; 0 disables
	WaiverMaxDays   int               `json:"waiver_max_days,omitzero"`  // how far ahead a waiver may expire
}

// Semver is the version policy.
type Semver struct {
	Scheme     string `json:"scheme,omitzero"`     // auto, semver, calver
	ZeroMajor  string `json:"zero_major,omitzero"` // minor: 0.y.z may break on a minor; major: only on a major
	WarnAsFail bool   `json:"warn_as_fail,omitzero"`

	Policy       string `json:"policy,omitzero"`        // original: an addition needs no more than a patch; semver2: it needs a minor
	PlannedMajor bool   `json:"planned_major,omitzero"` // a major version without a breaking change is meant
	VersionFrom  string `json:"version_from,omitzero"`  // info, tag[:PREFIX], file:PATH[:KEY], env:NAME
}

// Stability is the rolling window and its thresholds.
type Stability struct {
	Window                          int     `json:"window,omitzero"`          // runs
	AlertThreshold                  float64 `json:"alert_threshold,omitzero"` // window ratio below which an alert opens
	PlaceholderMaxRuns              int     `json:"placeholder_max_runs"`     // a longer streak fails the run; 0 disables
	PlaceholderStreakAlertThreshold int     `json:"placeholder_streak_alert_threshold"`
}

// Taxonomy is the alert catalogue and its gates.
type Taxonomy struct {
	File              string         `json:"file,omitzero"`
	Rules             []string       `json:"rules,omitzero"`           // files, folders, globs
	Dialect           string         `json:"dialect,omitzero"`         // program that loads the rule files: prometheus, thanos, mimir, loki
	Profile           string         `json:"profile,omitzero"`         // default, mixin, openshift
	Severities        map[string]int `json:"severities,omitzero"`      // name to weight
	Scopes            []string       `json:"scopes,omitzero"`          // allowed scopes; empty: those of the original system
	Categories        []string       `json:"categories,omitzero"`      // allowed categories; empty: those of the original system
	RequiredLabels    []string       `json:"required_labels,omitzero"` // that each alerting rule must have
	Runbooks          []string       `json:"runbooks,omitzero"`        // runbook files, each expected to serve an alert
	RunbookMinPercent float64        `json:"runbook_min_percent"`
	RunbookSLADays    int            `json:"runbook_sla_days,omitzero"` // an active alert may wait so long for a runbook; 0: no policy
	WindowDays        int            `json:"window_days,omitzero"`      // of churn

	DeprecationMaxDays      int     `json:"deprecation_max_days,omitzero"` // 0: no limit
	DeprecationStrict       bool    `json:"deprecation_strict,omitzero"`   // past the limit is an error
	MaxChurnDelta           int     `json:"max_churn_delta"`
	MaxRiskChurnDelta       int     `json:"max_risk_churn_delta"`
	RiskChurnSpikeThreshold float64 `json:"risk_churn_spike_threshold,omitzero"`
	RiskChurnSpikeFail      bool    `json:"risk_churn_spike_fail,omitzero"`

	Levels map[string]string `json:"levels,omitzero"`  // rule id to error, warning, info, off
	FailOn string            `json:"fail_on,omitzero"` // lowest level of a finding that fails
}

// Changelog is about the changelog of the API.
type Changelog struct {
	API      string `json:"api,omitzero"`      // name of the Markdown file; empty: none is written
	Audience string `json:"audience,omitzero"` // all, public
}

// Evidence says which kinds of evidence a run requires.
type Evidence struct {
	Require  []string            `json:"require,omitzero"`
	MaxAge   Duration            `json:"max_age,omitzero"`
	MaxAgeOf map[string]Duration `json:"max_age_of,omitzero"` // by kind
	Waivers  string              `json:"waivers,omitzero"`    // file; an absent default file is no error
}

// Metrics says where the metrics of the services are, and how many there may be. A budget of 0 is no limit; one that the file does not set
// warns.
type Metrics struct {
	Sources         []string `json:"sources,omitzero"` // files and addresses
	Catalog         string   `json:"catalog,omitzero"` // document with the block metrics
	NamesBudget     int      `json:"names_budget,omitzero"`
	SeriesBudget    int      `json:"series_budget,omitzero"`
	SeriesPerMetric int      `json:"series_per_metric,omitzero"`
	Detail          bool     `json:"detail,omitzero"` // of each of several contracts in governance.prom
}

// Docs names documents with generated blocks.
type Docs struct {
	Files []string `json:"files,omitzero"`
}

// Probe names the running services that the commands of probe reach.
type Probe struct {
	Targets []ProbeTarget `json:"targets,omitzero"`
	Headers ProbeHeaders  `json:"headers,omitzero"`
	Smoke   ProbeSmoke    `json:"smoke,omitzero"`
	Latency ProbeLatency  `json:"latency,omitzero"`
}

// ProbeTarget is one address of a service.
type ProbeTarget struct {
	Name             string `json:"name"` // the same in all modes of a service
	URL              string `json:"url"`
	Mode             string `json:"mode,omitzero"`              // direct, edge
	Headers          string `json:"headers,omitzero"`           // profile of its headers: web, api, none; empty: probe.headers.profile
	Insecure         bool   `json:"insecure,omitzero"`          // do not verify its certificate
	CAFile           string `json:"ca_file,omitzero"`           // certificates, in PEM, that its own is verified with
	AuthorizationEnv string `json:"authorization_env,omitzero"` // variable with the value of the header Authorization
}

// ProbeHeaders says what the headers of targets must be.
type ProbeHeaders struct {
	Profile string            `json:"profile,omitzero"` // web, api, none
	Require map[string]string `json:"require,omitzero"` // header to present, absent or its value
	Allow   []string          `json:"allow,omitzero"`   // headers that may name the software
}

// Image says which Dockerfiles are pinned, and which vulnerabilities of images fail.
type Image struct {
	Files         []string `json:"files,omitzero"`        // Dockerfiles: files and globs
	Settle        Duration `json:"settle"`                // how long a tag has to point to a digest before the digest replaces a pin
	Severities    []string `json:"severities,omitzero"`   // that fail
	IgnoreUnfixed bool     `json:"ignore_unfixed"`        // what no version fixes does not fail
	IgnoreFiles   []string `json:"ignore_files,omitzero"` // of Trivy; absent default files are no error
	MaxReportAge  Duration `json:"max_report_age"`        // of a report; 0: no limit
}

// Trend says when a trend of measurements is a finding.
type Trend struct {
	Bench     TrendBench     `json:"bench,omitzero"`
	Resources TrendResources `json:"resources,omitzero"`
}

// TrendBench is about benchmarks.
type TrendBench struct {
	Window    int     `json:"window,omitzero"`     // earlier runs that the last is compared with
	MinEffect float64 `json:"min_effect,omitzero"` // smallest relative shift that counts
	Alpha     float64 `json:"alpha,omitzero"`      // of the Mann-Whitney test
	Confirm   int     `json:"confirm,omitzero"`    // consecutive shifted runs before a regression is an error
}

// TrendResources is about the resources of containers.
type TrendResources struct {
	Window int `json:"window,omitzero"` // latest rows of all containers
}

// ProbeSmoke names request flows, and what their exchanges are compared with.
type ProbeSmoke struct {
	Flows        []string      `json:"flows,omitzero"`        // files, folders or globs
	Targets      []SmokeTarget `json:"targets,omitzero"`      // health addresses
	Contract     string        `json:"contract,omitzero"`     // name; empty: the only one
	Conform      string        `json:"conform,omitzero"`      // error, warning, off
	Undocumented []string      `json:"undocumented,omitzero"` // paths that need not be in the contract
}

// SmokeTarget is one health address.
type SmokeTarget struct {
	Name     string `json:"name"`
	URL      string `json:"url"`
	Required *bool  `json:"required,omitzero"` // nil: true
}

// ProbeLatency says how latencies are sampled and evaluated.
type ProbeLatency struct {
	Interval    Duration `json:"interval,omitzero"`     // between two samples of a target
	Samples     int      `json:"samples,omitzero"`      // of a service that are kept
	GoodMS      float64  `json:"good_ms,omitzero"`      // up to this many milliseconds a sample is good
	WarnMS      float64  `json:"warn_ms,omitzero"`      // up to this it is warn, above high
	TargetsFile string   `json:"targets_file,omitzero"` // its targets, where there are some, count before all others but arguments
}

// Sign names the keys that verification trusts.
type Sign struct {
	PublicKeys string `json:"public_keys,omitzero"`
}

// Webhook bounds a delivery.
type Webhook struct {
	Timeout  Duration `json:"timeout,omitzero"`  // one try
	Deadline Duration `json:"deadline,omitzero"` // all tries
	Repeat   string   `json:"repeat,omitzero"`   // always: a failure is reported on each run that has it; on-change: once
	Reasons  []string `json:"reasons,omitzero"`  // further reasons: breaking_change
}

// GitHub adjusts what govctl does with issues and comments.
type GitHub struct {
	SuppressionLabels []string `json:"suppression_labels,omitzero"`
	Author            string   `json:"author,omitzero"` // whose comments and issues are our own
}

// Publish names the branches.
type Publish struct {
	SchemasBranch string `json:"schemas_branch,omitzero"`
	PagesBranch   string `json:"pages_branch,omitzero"`
	Folder        string `json:"folder,omitzero"`       // of this project on both branches; empty: the top
	PagesFolder   string `json:"pages_folder,omitzero"` // on the branch of the pages, where it differs
}

// GrowthBreaks is the value of response_growth with which response growth breaks whatever the gate's category.
const GrowthBreaks = "breaking"

// The modes in which a change of the policy itself is evaluated.
const (
	PolicyShow  = "show"  // the verdict under the new policy counts, and the change is a finding
	PolicyBlock = "block" // only the verdict under the policy of the base branch counts
)

// Policy says how a pull request that changes the policy is evaluated. The value of the base branch counts.
type Policy struct {
	Mode string `json:"mode,omitzero"`
}

// Duration is a time span, written like 10s or 1m30s.
type Duration time.Duration

// UnmarshalText reads the form of time.ParseDuration.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// MarshalText writes the form of time.Duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Default is the configuration of a repository without govctl.yaml.
func Default() Config {
	return Config{
		Milestones: "project_milestones.json",
		Changelog:  Changelog{Audience: "all"},
		Semver:     Semver{Scheme: "auto", ZeroMajor: "major", Policy: "original", VersionFrom: FromInfo},
		Stability:  Stability{Window: 30, AlertThreshold: 0.8, PlaceholderMaxRuns: 10, PlaceholderStreakAlertThreshold: 5},
		Taxonomy: Taxonomy{File: "alerts_taxonomy.json", Dialect: "prometheus", Profile: "default", FailOn: "error", RunbookMinPercent: 90, WindowDays: 30,
			MaxChurnDelta: 5, MaxRiskChurnDelta: 10, RiskChurnSpikeThreshold: 2},
		Evidence: Evidence{MaxAge: Duration(26 * time.Hour), Waivers: ".govctl-evidence-waivers.yaml"},
		Metrics:  Metrics{Catalog: "METRICS.md", NamesBudget: 200, SeriesBudget: 2000, SeriesPerMetric: 100},
		Image: Image{Files: []string{"Dockerfile*"}, Settle: Duration(24 * time.Hour), Severities: []string{"CRITICAL", "HIGH"}, IgnoreUnfixed: true,
			IgnoreFiles: []string{".trivyignore", ".trivyignore.yaml"}, MaxReportAge: Duration(48 * time.Hour)},
		Trend: Trend{Bench: TrendBench{Window: 30, MinEffect: 0.10, Alpha: 0.05, Confirm: 2}, Resources: TrendResources{Window: 120}},
		Probe: Probe{Headers: ProbeHeaders{Profile: "web"}, Smoke: ProbeSmoke{Conform: "error", Undocumented: []string{"/metrics"}},
			Latency: ProbeLatency{Interval: Duration(15 * time.Second), Samples: 200, GoodMS: 150, WarnMS: 400, TargetsFile: "latency_targets.json"}},
		Webhook: Webhook{Timeout: Duration(10 * time.Second), Deadline: Duration(time.Minute), Repeat: "always"},
		GitHub:  GitHub{SuppressionLabels: []string{"governance-hold", "do-not-close", "no-auto-close"}, Author: "github-actions[bot]"},
		Policy:  Policy{Mode: PolicyShow},
		Publish: Publish{SchemasBranch: "schemas", PagesBranch: "gh-pages"},
	}
}

// contractDefaults are the values of one contract's empty keys.
var contractDefaults = Contract{Name: "openapi", Gate: "semver", Waivers: ".govctl-waivers.yaml",
	Rules: Rules{Category: "validation", ResponseGrowth: "sdk", WaiverMaxDays: 180}}

// Package artifact is the only writer of files: what a run leaves behind is whole, valid against its schema and
// listed in the manifest, or it is not there.
package artifact

import (
	"path"
	"reflect"
	"strings"
	"sync"

	"github.com/romel/govctl/pkg/report"
)

// Kind is one row of the table of files: where it lies in the output folder, which schema it fits, which types it has.
type Kind struct {
	Path   string         // below the output folder, with forward slashes; "*" stands for one changing part; empty for what is printed
	Schema string         // name of its schema; empty for files that are not JSON
	Shapes []reflect.Type // Go types of the schema; two where a file has two forms
	Served bool           // the pages have a copy at their root: what others read, and not the memory of runs
	About  string         // one sentence for docs/artifacts.md
}

// Paths of the files that more than one part of govctl names.
const (
	DiffPath       = "status/openapi-diff.json"
	OperationsPath = "status/operations-classification.json"
	BreakingPath   = "status/breaking-status.json"
	SemverPath     = "status/semver-validation.json"
	HistoryPath    = "status/history.jsonl"
	StabilityPath  = "status/stability-metrics.json"
	SummaryPath    = "status/governance-summary.json"
	MilestonesPath = "status/milestone-summary.json"
	LintPath       = "status/taxonomy-lint.json"
	AlertsPath     = "status/taxonomy.jsonl"
	AlertsPagePath = "status/taxonomy.md"
	MetricsPath    = "status/taxonomy-metrics.json"
	SnapshotsPath  = "status/taxonomy-metrics-history.json"
	AlertDiffPath  = "status/taxonomy-diff.json"
	GatesPath      = "status/taxonomy-gates.json"
	AlertLogPath   = "status/ALERTS_CHANGELOG.md"
	APILogPath     = "status/api-changelog.json"
	APIReleasePath = "status/api-release.json"
	// ContractRecordPath is what a run found out about a contract, for the rest of the run and for later ones.
	ContractRecordPath = "status/contract-record.json"
	FirstSeenPath      = "status/recording_rules_first_seen.json"
	PromPath           = "status/governance.prom"
	ChecksumsPath      = "status/checksums.json"
	SumsPath           = "status/SHA256SUMS"
	AlertStatePath     = "status/alert-state.json"
	DeliveriesPath     = "status/webhook-deliveries.jsonl"
	ManifestPath       = "status/manifest.json"
	RunLogPath         = "status/run-log.json"
	PolicyPath         = "status/policy.json"
	EvidenceDir        = "status/evidence"
	MetricsContract    = "schemas/metrics.txt"
	SARIFPath          = "status/evidence/image.sarif"
	SmokePath          = "status/smoke_results.json"
	SmokePromPath      = "status/smoke_metrics.prom"
	VerdictPath        = "status/evidence-verdict.json"
	FiguresPath        = "status/evidence-history.jsonl"
	IndexPath          = "status/index.html"
	PagePath           = "site/index.html"
	AlertsHTMLPath     = "site/taxonomy.html"
	AlertsArrayPath    = "site/alerts.json"
	ChangelogPath      = "site/changelog.html"
	// APIChangelogPath is the changelog of the API for developers of its clients.
	APIChangelogPath = "site/api-changelog.html"
	APIFeedPath      = "site/api-changelog.xml"
	BadgesPath       = "site/badges.html"
	EmbedPath        = "site/embed.html"
	RunsDir          = "status/runs"
	ShardsDir        = "status/shards"
	RunPagesDir      = "site/runs"
	NoJekyllPath     = "site/.nojekyll"
	BreakingBadge    = "status/breaking-badge.json"
	StabilityBadge   = "status/stability-badge.json"
	StreakBadge      = "status/placeholder-streak-badge.json"
	SummaryBadge     = "status/governance-summary-badge.json"
	CombinedBadge    = "status/governance-combined-badge.json"
	PayloadBadge     = "status/payload-version-badge.json"
	MilestonesBadge  = "status/milestones-badge.json"
	ChecksumsBadge   = "status/checksums-badge.json"
	SignaturePath    = "status/checksums-signature.json"
	TrustedPath      = "trusted.json"
	BenchPath        = "artifacts/aggregate.json"
	BenchTablePath   = "artifacts/aggregate.md"

	ResourceLogPath  = "artifacts/resource_usage.jsonl"
	ResourcePromPath = "artifacts/resource_usage.prom"
)

func shape[T any]() []reflect.Type { return []reflect.Type{reflect.TypeFor[T]()} }

// Kinds is the table, in the order of docs/artifacts.md.
func Kinds() []Kind { return kinds() }

var kinds = sync.OnceValue(func() []Kind {
	badge := shape[report.Badge]()
	return []Kind{
		{"schemas/*.json", "", nil, false, "The canonical contract: sorted keys, stable bytes. `NAME-baseline.json` beside it is the contract that the last diff compared with."},
		{DiffPath, "openapi-diff", shape[report.Diff](), true, "Every change between the baseline and the contract, with locations, verdicts and examples."},
		{OperationsPath, "operations-classification", shape[report.Operations](), true, "Which operations were added, removed, changed or deprecated."},
		{BreakingPath, "breaking-status", shape[report.Breaking](), true, "The short answer for release tools: is it breaking, and what breaks."},
		{SemverPath, "semver-validation", shape[report.Semver](), true, "Whether the version number matches the change."},
		{HistoryPath, "history-line", shape[report.HistoryLine](), true, "One line per run; the data from which the stability metrics are computed."},
		{"status/history-*.jsonl", "history-line", shape[report.HistoryLine](), false, "Older lines of the history, by year: `history.jsonl` keeps the newest ones. Of a year with very many lines there are several files, `history-2026-2.jsonl` and so on."},
		{StabilityPath, "stability-metrics", append(shape[report.Stability](), shape[report.PlaceholderMetrics]()...), true, "Rolling stability figures, or a placeholder when measuring itself failed."},
		{ContractRecordPath, "", nil, false, "What a run found out about a contract, for the rest of the run and for the next one: its form is that of one version of govctl."},
		{ShardsDir + "/*.json", "", nil, false, "The contracts that one of several parallel parts of a run has assessed, for `govctl run --merge`: its form is that of one version of govctl."},
		{RunsDir + "/*.json", "run-record", shape[report.RunRecord](), false, "One run: its verdict, changes and waivers, for the pages. The name is made from commit and run id; those of the window are kept."},
		{SummaryPath, "governance-summary", shape[report.Summary](), true, "The summary for dashboards, in a single file."},
		{PolicyPath, "policy", shape[report.Policy](), true, "What a change does to its own policy, and the verdict under both policies. Written with `run --policy` only."},
		{MilestonesPath, "milestone-summary", shape[report.Milestones](), true, "Weighted progress of the project's milestones."},
		{MetricsContract, "", nil, false, "The metrics of a service as a contract: one line for each, with type, labels and buckets."},
		{VerdictPath, "evidence-verdict", shape[report.EvidenceVerdict](), true, "What a run made of the evidence in its folder. Written where evidence is required or there is some."},
		{FiguresPath, "evidence-line", shape[report.EvidenceLine](), false, "One line for each figure of evidence and run."},
		{"status/evidence-*-badge.json", "badge", badge, false, "Badge of a kind of evidence: ok, the number of failed checks, or how old it is."},
		{BreakingBadge, "badge", badge, false, "Badge: stable, or the number of breaking changes."},
		{StabilityBadge, "badge", badge, false, "Badge: score, stable share and streak."},
		{StreakBadge, "badge", badge, false, "Badge: consecutive placeholder runs."},
		{SummaryBadge, "badge", badge, false, "Badge: stability of the window."},
		{CombinedBadge, "badge", badge, false, "Badge: stability and version policy."},
		{PayloadBadge, "badge", badge, false, "Badge: version of the webhook payload contract."},
		{MilestonesBadge, "badge", badge, false, "Badge: weighted milestone progress."},
		{ChecksumsBadge, "badge", badge, false, "Badge: the first digits of the aggregate digest and the number of files."},
		{LintPath, "taxonomy-lint", shape[report.TaxonomyLint](), true, "Lint findings of the alert taxonomy, and the alerts of the rule files that have no entry."},
		{AlertsPath, "taxonomy-line", shape[report.AlertLine](), false, "Every alert of the taxonomy, one line each."},
		{AlertsPagePath, "", nil, false, "The same as a table in Markdown."},
		{MetricsPath, "taxonomy-metrics", shape[report.TaxonomyMetrics](), true, "Churn, stability, runbook coverage and runbook times of the taxonomy."},
		{"status/metrics-history/metrics-*.json", "taxonomy-snapshot", shape[report.TaxonomySnapshot](), true, "The first metrics of a day; 180 days are kept."},
		{SnapshotsPath, "taxonomy-metrics-history", shape[report.TaxonomyHistory](), true, "All snapshots in one file, for Grafana."},
		{AlertDiffPath, "taxonomy-diff", shape[report.TaxonomyDiff](), true, "How the set of alerts changed since the last run, or between two revisions."},
		{GatesPath, "taxonomy-gates", shape[report.TaxonomyGates](), true, "The verdict of each gate of the taxonomy with its numbers."},
		{AlertLogPath, "", nil, false, "The changelog of the alerts: one section for each commit that changed them."},
		{"status/*.md", "", nil, false, "The API changelog in Markdown, under the name that `changelog.api` gives."},
		{"status/badge-*.json", "badge", badge, false, "Badges about the alerts: last change and its age, total, deprecated, churn, risk churn, stability, risk stability, runbooks."},
		{"", "taxonomy-drift", shape[report.TaxonomyDrift](), false, "What `govctl taxonomy notify --format json` prints: taxonomy drift."},
		{APILogPath, "api-changelog", shape[report.APIChangelog](), true, "What each release of the API changed, and how to migrate: what `govctl changelog api --format json` prints, too."},
		{APIReleasePath, "", nil, false, "The contract of the last release, canonical, where it is not `NAME-baseline.json`: what the newest release of the API changelog is compared with."},
		{"", "rules-check", shape[report.RulesCheck](), false, "What `govctl rules check --format json` prints."},
		{AlertStatePath, "alert-state", shape[report.AlertState](), false, "Which alerts are open and since when; the state behind recoveries and issues."},
		{DeliveriesPath, "webhook-delivery", shape[report.Delivery](), false, "Receipts of the webhook, and the notices that wait for the next run."},
		{"", "rule-tests", shape[report.RuleTests](), false, "What `govctl rules test --format json` prints: the unit tests of the Prometheus rules, and which rules they cover."},
		{FirstSeenPath, "recording-rules-first-seen", shape[report.FirstSeen](), false, "How long the series of each recording rule took to appear in a running Prometheus."},
		{PromPath, "", nil, false, "Every figure in Prometheus text format, for node_exporter's textfile collector."},
		{ChecksumsPath, "checksums", shape[report.Checksums](), false, "The digest of every covered file and one over all of them."},
		{SumsPath, "", nil, false, "The same digests for `sha256sum -c status/SHA256SUMS`, run in the output folder."},
		{SignaturePath, "checksums-signature", shape[report.Signature](), false, "Ed25519 signature over the checksums. Read docs/verify.md for it and for the files below."},
		{"status/checksums-pubkey.txt", "", nil, false, "The public key, base64."},
		{"status/checksums-payload.json", "", nil, false, "The bytes that were signed."},
		{"status/checksums.sig", "", nil, false, "The signature, 64 raw bytes, for openssl."},
		{"status/checksums-pubkey.pem", "", nil, false, "The public key as PEM (SubjectPublicKeyInfo), for openssl and cosign."},
		{"status/checksums.minisig", "", nil, false, "The signature for minisign and signify."},
		{"status/minisign.pub", "", nil, false, "The public key for minisign and signify."},
		{"status/checksums.sigstore.json", "", nil, false, "A Sigstore bundle v0.3 with an in-toto statement, one subject per file, for cosign with a key. Its predicate binds the time of signing."},
		{TrustedPath, "trusted-keys", shape[report.TrustedKeys](), false, "The keys that verification accepts, with their rotation records. It is stored with the project's keys (`keys/`), not in the output folder."},
		{"", "key-rotation", shape[report.Rotation](), false, "What `govctl key rotate` prints: the transfer from one key to the next, signed by both."},
		{"", "verification", shape[report.Verification](), false, "What `govctl verify --format json` prints: a verdict per step and per file."},
		{IndexPath, "", nil, false, "The status page."},
		{PagePath, "", nil, false, "The same page at the root of the published site, with the badges beside it. Of several contracts it is a table, and `site/NAME/index.html` is the page of each."},
		{AlertsHTMLPath, "", nil, false, "Every alert, to search, filter and sort."},
		{ChangelogPath, "", nil, false, "What was added to the contract, and what changed among the alerts."},
		{BadgesPath, "", nil, false, "Every badge with the Markdown and HTML that show it elsewhere."},
		{EmbedPath, "", nil, false, "A small page for frames, with a snippet for the figures alone."},
		{APIChangelogPath, "", nil, false, "The API changelog, newest release first. Of several contracts it is a list, and `site/NAME/api-changelog.html` is the page of each."},
		{"site/api-changelog/*.html", "", nil, false, "A page for each release of the API. Of several contracts it is in `site/NAME/api-changelog/`."},
		{APIFeedPath, "", nil, false, "The API changelog as an Atom feed. Of several contracts it is `site/NAME/api-changelog.xml`."},
		{RunPagesDir + "/*.html", "", nil, false, "The runs of the window: `index.html` lists them, `ID.html` is one of them, `compare.html` compares any two."},
		{RunPagesDir + "/*.json", "run-record", shape[report.RunRecord](), false, "Copies of the records, which `compare.html` fetches."},
		{"site/manifest.json", "manifest", shape[report.Manifest](), false, "The manifest of the pages: as `status/manifest.json`, with paths from `site/`, which is the root of the published pages."},
		{"site/checksums.json", "checksums", shape[report.Checksums](), false, "The digest of every page. Beside it are `SHA256SUMS` and, where a key signs, the same files as in `status/`."},
		{"site/checksums-signature.json", "checksums-signature", shape[report.Signature](), false, "Ed25519 signature over the checksums of the pages."},
		{"site/checksums-badge.json", "badge", badge, false, "A copy of `status/checksums-badge.json`, for Shields, with the same badge as SVG."},
		{AlertsArrayPath, "", nil, false, "Every alert, as in `status/taxonomy.jsonl`, in one array: what dashboards read."},
		{"site/*.json", "", nil, false, "Copies of the badges and of the files of `status/` that dashboards, snippets and scripts read: those with a *yes* under *Pages*. Among several contracts those of each are in `site/NAME/`."},
		{"site/history.jsonl", "history-line", shape[report.HistoryLine](), false, "The last 1,000 lines of `status/history.jsonl`."},
		{NoJekyllPath, "", nil, false, "Empty. GitHub serves the files as they are where it is at the root of the branch."},
		{"site/*.svg", "", nil, false, "The badges as SVG."},
		{ManifestPath, "manifest", shape[report.Manifest](), false, "Who made the files of the folder, what the next run compares with, and every file of the last run with digest, size and the step that wrote it."},
		{RunLogPath, "run-log", shape[report.RunLog](), false, "How long each step of the last run took. It is not signed."},
		{EvidenceDir + "/*.json", "evidence", shape[report.Evidence](), false, "What a check of something outside of the repository found: one file for each kind of evidence, written by the commands of docs/evidence.md."},
		{"", "evidence-image-pin", shape[report.ImagePins](), false, "The detail of `status/evidence/image-pin.json`: the references of the Dockerfiles, and since when each tag points to its digest."},
		{"", "evidence-image", shape[report.ImageGate](), false, "The detail of `status/evidence/image.json`: the reports of scanners, the vulnerabilities that count, and those that are known."},
		{SARIFPath, "", nil, false, "The vulnerabilities that count, in SARIF, for code scanning. Written by `govctl image gate --out`."},
		{BenchPath, "evidence-bench", shape[report.BenchTrend](), false, "The runs of benchmarks with their samples, and the verdict on the last of each: what the next comparison reads. Without samples it is the detail of `status/evidence/bench.json`."},
		{BenchTablePath, "", nil, false, "The same as a table in Markdown."},
		{ResourceLogPath, "resource-row", shape[report.ResourceRow](), false, "One line for each sample of a container: processor, memory, network, and the differences from the line before."},
		{ResourcePromPath, "", nil, false, "The figures of containers over the window in Prometheus text format, with the histograms that were asked for."},
		{"", "evidence-resources", shape[report.ResourceTrend](), false, "The detail of `status/evidence/resources.json`: figures of containers over a window of samples."},
		{SmokePath, "evidence-smoke", shape[report.Smoke](), false, "What `govctl probe smoke` asked and which answers it got: health addresses and request flows."},
		{SmokePromPath, "", nil, false, "Whether each health address answers, and after how many milliseconds, in Prometheus text format."},
		{EvidenceDir + "/*.prom", "", nil, false, "The figures of a kind of evidence in Prometheus text format."},
	}
})

// kindOf is the row for a path. In a monorepo a contract's files lie one folder deeper (status/NAME/...).
func kindOf(p string) (Kind, bool) {
	for _, k := range Kinds() {
		if match(k.Path, p) {
			return k, true
		}
	}
	return Kind{}, false
}

func match(pattern, p string) bool {
	if ok, _ := path.Match(pattern, p); ok { // the patterns of the table are well-formed
		return true
	}
	dir, file := path.Split(pattern)
	top, rest, nested := strings.Cut(p, "/")
	if !nested || top+"/" != dir {
		return false
	}
	_, name, deeper := strings.Cut(rest, "/")
	ok, _ := path.Match(file, name)
	return deeper && ok
}

// PageCopy is where the pages have a copy of a file; empty where they have none. The days of a history are at the root, too, and what belongs
// to one contract among several is in the folder of its name.
func PageCopy(p string) string {
	k, ok := kindOf(p)
	if !ok || !k.Served {
		return ""
	}
	return path.Join("site", strings.TrimPrefix(p, path.Dir(k.Path)+"/"))
}

// IsPageCopy reports whether a file of the pages is a copy, whichever run made it.
func IsPageCopy(p string) bool {
	for _, k := range Kinds() {
		if ok, _ := path.Match(path.Base(k.Path), path.Base(p)); ok && k.Served { // the patterns of the table are well-formed
			return true
		}
	}
	return false
}

// mediaTypes by extension; the extension of every written file stands here.
var mediaTypes = map[string]string{
	".json":     "application/json",
	".jsonl":    "application/jsonl",
	".html":     "text/html; charset=utf-8",
	".nojekyll": "text/plain; charset=utf-8",
	".md":       "text/markdown; charset=utf-8",
	".prom":     "text/plain; version=0.0.4",
	".sarif":    "application/sarif+json",
	".svg":      "image/svg+xml",
	".xml":      "application/atom+xml",
	".txt":      "text/plain; charset=utf-8",
	".pem":      "application/x-pem-file",
	".pub":      "text/plain; charset=utf-8",
}

// MediaType is that of a file by its extension.
func MediaType(p string) string {
	if m, ok := mediaTypes[path.Ext(p)]; ok {
		return m
	}
	return "application/octet-stream"
}

// SchemaOf is the schema of a file by its name, wherever it is; empty when no schema belongs to it. Where several patterns match the
// name, that of the same folder counts; a pattern that begins with * belongs to its folder alone.
func SchemaOf(file string) string {
	name, folder := path.Base(file), path.Base(path.Dir(file))
	if name == "govctl.yaml" {
		return "govctl"
	}
	elsewhere := ""
	for _, k := range Kinds() {
		pattern := path.Base(k.Path)
		if ok, _ := path.Match(pattern, name); !ok || k.Schema == "" { // the patterns of the table are well-formed
			continue
		}
		if path.Base(path.Dir(k.Path)) == folder {
			return k.Schema
		}
		if elsewhere == "" && !strings.HasPrefix(pattern, "*") {
			elsewhere = k.Schema
		}
	}
	return elsewhere
}

// RunPath is the record of a run, or with the folder RunPagesDir and another extension its page.
func RunPath(dir, id, ext string) string { return dir + "/" + id + ext }

// EvidencePath is the file of a kind of evidence, with the extension .json or .prom.
func EvidencePath(kind, ext string) string { return EvidenceDir + "/" + kind + ext }

// EvidenceBadge is the badge of a kind of evidence.
func EvidenceBadge(kind string) string { return "status/evidence-" + kind + "-badge.json" }

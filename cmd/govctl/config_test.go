package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/schemas"
)

// The scripts that several keys share. g runs govctl at a fixed time, whatever it comes to.
const (
	runTwice = `cp openapi/v2.yaml openapi.yaml; g run --sha aaaaaaa --run-id 1 >/dev/null; cp openapi/v3.yaml openapi.yaml; g run --sha bbbbbbb --run-id 2`
	grown    = `git init -q; GIT_COMMITTER_DATE=2026-01-01T00:00:00Z c alerts_taxonomy.json; add 2026-02-10; g taxonomy metrics >/dev/null; NOW=2026-03-03
		add 2026-03-02 C; add 2026-03-02 D; add 2026-03-02 E; add 2026-03-02 F; add 2026-03-02 G; add 2026-03-02 H; g taxonomy gate`
	issues = `GITHUB_API_URL=$SERVER GITHUB_REPOSITORY=o/r GITHUB_TOKEN=t; export GITHUB_API_URL GITHUB_REPOSITORY GITHUB_TOKEN
		cp openapi/v2.yaml openapi.yaml; g run --sha aaaaaaa --run-id 1 >/dev/null; g issues sync --dry-run`
	measured   = `echo 'a 1' > m.txt; echo 'b 1' > n.txt; g metrics diff --out governance --sha abcdef1 --now 2026-03-10T11:00:00Z ` // and two of the files
	afterwards = `g run --sha abcdef1 --now 2026-03-10T14:00:00Z`
	scanned    = `g image gate r.json`
	scan       = `echo '{"SchemaVersion": 2, "CreatedAt": "2026-02-28T22:00:00Z", "Results": [{"Class": "os-pkgs", "Target": "t", "Vulnerabilities": [{"VulnerabilityID": "CVE-2026-1", "PkgName": "p", "Severity": "LOW", "FixedVersion": "2"}, {"VulnerabilityID": "CVE-2026-2", "PkgName": "p", "Severity": "HIGH"}]}]}' > r.json; `
	benched    = `i=100; b() { for v; do i=$((i+1)); echo "[{\"name\":\"a\",\"unit\":\"s\",\"value\":$v}]" > r$i.json; done; }; b 99 100 100 101 100 99 101 100 100 100; ` // runs of a benchmark
	sampled    = `s() { for v; do echo "BenchmarkA 1 $v ns/op"; done; }; s 10 10.1 10.2 10.3 10.4 10.5 > o.txt; s 12 12.1 12.2 12.3 12.4 10.25 > n.txt; g trend bench o.txt n.txt`
	hook       = runTwice + ` >/dev/null; GOVERNANCE_WEBHOOK=$SERVER/hook g webhook send --allow-private`
)

// effects says for each key of govctl.yaml what it changes: the output of the script holds want with the key, and does not without it.
var effects = []struct {
	key       string
	base, set string // the configurations without and with the key
	script    string
	want      string
}{
	{"policy.mode", "policy: {mode: show}", "policy: {mode: block}", `git init -q; c govctl.yaml; cp openapi/v2.yaml openapi.yaml; g run --sha aaaaaaa >/dev/null; cp openapi/v3.yaml openapi.yaml
		sed -i '/^contract/s/{/{gate: none, /' govctl.yaml; g run --sha bbbbbbb --policy git:HEAD`, "exit code 1"},
	{"contracts", "", "contracts: [{name: a, source: openapi/v1.yaml}, {name: b, source: openapi/v2.yaml}]", "g run --sha aaaaaaa", "diff b "},
	{"contract.name", "", "contract: {name: parcels}", "cp openapi/v1.yaml openapi.yaml; g run --sha aaaaaaa", "schemas/parcels.json"},
	{"project", "", "project: parcels", "cp openapi/v1.yaml openapi.yaml; g run --sha aaaaaaa >/dev/null; cat governance/status/manifest.json", `"project": "parcels"`},
	{"contract.renamed_from", "project: p\ncontract: {source: openapi.yaml, name: parcels}", "project: p\ncontract: {source: openapi.yaml, name: parcels, renamed_from: openapi}", `printf 'project: p\ncontract: {source: openapi.yaml}\n' > first.yaml; cp openapi/v2.yaml openapi.yaml; g --config first.yaml run --sha aaaaaaa >/dev/null; cp openapi/v3.yaml openapi.yaml; g run --sha bbbbbbb --run-id 2`, "breaks its clients in 6 ways"},
	{"contract.allow_dangling_refs", "", "contract: {allow_dangling_refs: true}", `sed 's|#/components/schemas/Money|#/components/schemas/Nothing|' openapi/v1.yaml > openapi.yaml; g run --sha aaaaaaa`, "exit code 0"},
	{"contract.source", "", "contract: {source: openapi/v2.yaml}", "g openapi export", `"version": "1.5.0"`},
	{"contract.baseline", "", "contract: {baseline: openapi/v1.yaml}", "cp openapi/v3.yaml openapi.yaml; g run --sha aaaaaaa", "1.4.0 to 1.6.0"},
	{"contract.release_baseline", "", "contract: {release_baseline: openapi/v1.yaml}", runTwice, "since the release: "},
	{"contract.owner", "", "contract: {owner: parcels-team}", runTwice + "; cat governance/site/index.html", "--owner parcels-team"},
	{"changelog.api", "", "changelog: {api: CHANGELOG-API.md}", runTwice + "; cat governance/status/CHANGELOG-API.md", "^### Breaking changes"},
	{"changelog.audience", "", "changelog: {audience: public}", runTwice + "; cat governance/status/api-changelog.json", `"audience": "public"`},
	{"contract.gate", "", "contract: {gate: breaking}", runTwice, "none may pass"},
	{"contract.allow_breaking", "contract: {gate: breaking}", "contract: {gate: breaking, allow_breaking: true}", runTwice, "breaking changes allowed"},
	{"contract.allow_remote_refs", "", "contract: {allow_remote_refs: true}", `sed 's|#/components/schemas/Money|https://127.0.0.1:1/x.yaml#/a|' openapi/v1.yaml > openapi.yaml; g openapi export`, "127.0.0.1 is private"},
	{"contract.allow_private", "contract: {allow_remote_refs: true}", "contract: {allow_remote_refs: true, allow_private: true}", `sed 's|#/components/schemas/Money|https://127.0.0.1:1/x.yaml#/a|' openapi/v1.yaml > openapi.yaml; g openapi export`, "connection refused"},
	{"contract.waivers", "", "contract: {waivers: accepted.yaml}", `printf -- '- {rule: operation-removed, subject: "*", reason: r, owner: o, expires: 2026-04-01}\n' > accepted.yaml; g openapi waivers list`, "operation-removed"},
	{"contract.rules.category", "", "contract: {rules: {category: wire}}", "g openapi diff openapi/v2.yaml openapi/v3.yaml", "^1 breaking"},
	{"contract.rules.levels", "", "contract: {rules: {levels: {operation-removed: info}}}", "g openapi diff openapi/v2.yaml openapi/v3.yaml", "^5 breaking"},
	{"contract.rules.deprecation_days", "", "contract: {rules: {deprecation_days: 90}}", `sed 's|operationId: listParcels|&\n      deprecated: true|' openapi/v1.yaml > openapi.yaml; g openapi diff openapi/v1.yaml openapi.yaml`, "sunset"},
	{"contract.rules.response_growth", "", "contract: {rules: {response_growth: breaking}}", `sed 's|, cancelled]|, cancelled, lost]|' openapi/v1.yaml > openapi.yaml; g openapi diff openapi/v1.yaml openapi.yaml`, "^1 breaking"},
	{"contract.rules.waiver_max_days", "", "contract: {rules: {waiver_max_days: 10}}", `printf -- '- {rule: operation-removed, subject: "*", reason: r, owner: o, expires: 2026-04-01}\n' > .govctl-waivers.yaml; g openapi waivers list`, "10 days"},
	{"contract.semver.scheme", "", "contract: {semver: {scheme: calver}}", "g semver check --previous 1.2.3 --current 1.2.4", "not a valid calendar version"},
	{"contract.semver.zero_major", "", "contract: {semver: {zero_major: minor}}", "g semver check --breaking --previous 0.1.0 --current 0.2.0", "^ok"},
	{"contract.semver.warn_as_fail", "", "contract: {semver: {warn_as_fail: true}}", "g semver check --previous 1.1.0 --current 1.2.0", "exit code 1"},
	{"semver.scheme", "", "semver: {scheme: calver}", "g semver check --previous 1.2.3 --current 1.2.4", "not a valid calendar version"},
	{"semver.zero_major", "", "semver: {zero_major: minor}", "g semver check --breaking --previous 0.1.0 --current 0.2.0", "^ok"},
	{"semver.warn_as_fail", "", "semver: {warn_as_fail: true}", "cp openapi/v1.yaml openapi.yaml; g run --sha aaaaaaa; sed 's/1.5.0/1.4.0/' openapi/v2.yaml > openapi.yaml; g run --sha bbbbbbb", "warn_as_fail is set"},
	{"contract.semver.policy", "", "contract: {semver: {policy: semver2}}", "g semver next openapi/v1.yaml openapi/v2.yaml", "^1.5.0$"},
	{"semver.policy", "", "semver: {policy: semver2}", "g semver next openapi/v1.yaml openapi/v2.yaml", "^1.5.0$"},
	{"contract.semver.planned_major", "", "contract: {semver: {planned_major: true}}", "g semver check --previous 1.1.0 --current 2.0.0", "exit code 0"},
	{"semver.planned_major", "", "semver: {planned_major: true}", "g semver check --previous 1.1.0 --current 2.0.0", "exit code 0"},
	{"contract.semver.version_from", "", "contract: {semver: {version_from: 'file:VERSION'}}", "echo 9.8.7 > VERSION; cp openapi/v1.yaml openapi.yaml; g run --sha aaaaaaa", "first release: 9.8.7"},
	{"semver.version_from", "", "semver: {version_from: 'env:HOME_VERSION'}", "export HOME_VERSION=9.8.7; cp openapi/v1.yaml openapi.yaml; g run --sha aaaaaaa", "first release: 9.8.7"},
	{"stability.window", "", "stability: {window: 7}", "g stability show history.jsonl", "of 7 runs stable"},
	{"stability.alert_threshold", "", "stability: {alert_threshold: 1}", "g stability show history.jsonl", "of 0 breaking runs"},
	{"stability.placeholder_max_runs", "", "stability: {placeholder_max_runs: 1}", "g stability record --sha aaaaaaa --placeholder x; g stability record --sha bbbbbbb --placeholder x", "exit code 1"},
	{"stability.placeholder_streak_alert_threshold", "", "stability: {placeholder_streak_alert_threshold: 1}", "echo '{}' > openapi.yaml; g run --sha aaaaaaa", "reasons +placeholder_streak"},
	{"milestones", "", "milestones: plan.json", "sed 's/in-progress/done/' project_milestones.json > plan.json; cp plan.json project_milestones.json; sed -i 's/done/blocked/' project_milestones.json; g milestones", "^ +done"},
	{"sign.public_keys", "", "sign: {public_keys: trusted.json}", "export GOV_SIGNING_PRIVATE_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; " + runTwice + " >/dev/null; g verify", "trusted.json"},
	{"github.author", "", "github: {author: somebody}", issues, "breaking: close #7"},
	{"github.suppression_labels", "github: {author: somebody}", "github: {author: somebody, suppression_labels: [keep]}", issues, "breaking: held #7"},
	{"publish.schemas_branch", "", "publish: {schemas_branch: artefacts}", publishDry, "artefacts"},
	{"publish.pages_branch", "", "publish: {pages_branch: www}", publishDry, "www"},
	{"publish.folder", "", "publish: {folder: team}", publishReal + " schemas", "^team/status/manifest.json"},
	{"publish.pages_folder", "", "publish: {pages_folder: www}", publishReal + " gh-pages", "^www/index.html"},
	{"webhook.repeat", "", "webhook: {repeat: on-change}", runTwice + ` >/dev/null; sed -i 's/1.6.0/1.7.0/' openapi.yaml; g run --sha ccccccc --run-id 3`, "reasons +nothing to report"},
	{"webhook.reasons", "", "webhook: {reasons: [breaking_change]}", runTwice, "reasons +.*breaking_change"},
	{"webhook.timeout", "webhook: {deadline: 30s}", "webhook: {deadline: 30s, timeout: 20ms}", hook, "not delivered"}, // a loaded machine delivers in 30 s
	{"webhook.deadline", "", "webhook: {deadline: 20ms}", hook, "not delivered"},
	{"taxonomy.file", "", "taxonomy: {file: other.json}", "sed 's/ParcelsApiDown/ParcelsGone/' alerts_taxonomy.json > other.json; g taxonomy render", "ParcelsGone"},
	{"taxonomy.rules", "", "taxonomy: {rules: [prometheus/api.yml]}", "g taxonomy lint", "TrackingEventsStalled"},
	{"taxonomy.dialect", "", "taxonomy: {dialect: loki}", "g rules check prometheus", "selects no log streams"},
	{"taxonomy.fail_on", "taxonomy: {scopes: [galaxy], levels: {scope-unknown: info}}", "taxonomy: {scopes: [galaxy], levels: {scope-unknown: info}, fail_on: info}", "g taxonomy lint", "exit code 1"},
	{"taxonomy.required_labels", "taxonomy: {rules: [prometheus/api.yml]}", "taxonomy: {rules: [prometheus/api.yml], required_labels: [cost_centre]}", "g taxonomy lint", "cost_centre"},
	{"probe.targets", "", "probe: {targets: [{name: shop, url: '$SERVER/shop'}]}", served + "g probe headers", "shop direct"},
	{"probe.headers.profile", "", "probe: {headers: {profile: none}}", "g probe headers $SERVER", "exit code 0"},
	{"probe.headers.require", "probe: {headers: {profile: api}}", "probe: {headers: {profile: api, require: {X-Odd: present}}}", "g probe headers $SERVER", "there is no X-Odd"},
	{"probe.headers.allow", "probe: {headers: {profile: api}}", "probe: {headers: {profile: api, allow: [Server]}}", "g probe headers $SERVER", "^header-server-shown +ok"},
	{"probe.smoke.flows", "", "probe: {smoke: {flows: [flow.hurl]}}", smoked + "g probe smoke --variable server=$SERVER", "1 of 1 flow passed"},
	{"probe.smoke.targets", "", "probe: {smoke: {targets: [{name: shop, url: '$SERVER/shop'}]}}", served + "g probe smoke", "0 of 0 flows"},
	{"probe.smoke.contract", "", "probe: {smoke: {contract: other}}", smoked + "g probe smoke flow.hurl --variable server=$SERVER", `there is no contract "other"`},
	{"probe.smoke.conform", "", "probe: {smoke: {conform: 'off'}}", smoked + "g probe smoke flow.hurl --variable server=$SERVER", "exit code 0"},
	{"probe.smoke.undocumented", "", "probe: {smoke: {undocumented: [/shop]}}", smoked + "g probe smoke flow.hurl --variable server=$SERVER", "no request of the flows went"},
	{"probe.latency.interval", "", "probe: {latency: {interval: 0s}}", "g probe latency $SERVER --samples 1", "probe.latency.interval must be more than 0"},
	{"probe.latency.samples", "", "probe: {latency: {samples: 1}}", "g probe latency $SERVER --samples 2 --interval 1ms", "--samples must be 1 to 1"},
	{"probe.latency.good_ms", "", "probe: {latency: {good_ms: 0.001, warn_ms: 600000}}", "g probe latency $SERVER --samples 1", "latency-raised"},
	{"probe.latency.warn_ms", "probe: {latency: {good_ms: 0.001, warn_ms: 600000}}", "probe: {latency: {good_ms: 0.001, warn_ms: 0.002}}", "g probe latency $SERVER --samples 1", "latency-high"},
	{"probe.latency.targets_file", "", "probe: {latency: {targets_file: t.json}}", `printf '[{"name":"filed","url":"%s"}]' $SERVER >t.json; g probe latency --samples 1`, "filed"},
	{"evidence.require", "", "evidence: {require: [headers]}", "g run", "headers: missing"},
	{"evidence.max_age", "evidence: {require: [metrics-diff]}", "evidence: {require: [metrics-diff], max_age: 1h}", measured + "m.txt m.txt; " + afterwards, "metrics-diff: stale"},
	{"evidence.max_age_of", "evidence: {require: [metrics-diff]}", "evidence: {require: [metrics-diff], max_age_of: {metrics-diff: 1h}}", measured + "m.txt m.txt; " + afterwards, "metrics-diff: stale"},
	{"evidence.waivers", "evidence: {require: [metrics-diff]}", "evidence: {require: [metrics-diff], waivers: w.yaml}", `echo '- {rule: metric-removed, subject: "*", reason: r, owner: o, expires: "2026-03-20"}' > w.yaml; ` + measured + "m.txt n.txt; " + afterwards, "1 waived"},
	{"metrics.sources", "", "metrics: {sources: [m.txt]}", "echo 'a 1' > m.txt; g metrics catalog", "METRICS.md: 1 metric"},
	{"metrics.catalog", "metrics: {sources: [m.txt]}", "metrics: {sources: [m.txt], catalog: reference.md}", "echo 'a 1' > m.txt; g metrics catalog", "reference.md: 1 metric"},
	{"metrics.names_budget", "", "metrics: {names_budget: 1}", `printf 'a 1\nb 1\n' > m.txt; g metrics diff m.txt m.txt`, "2 metrics, more than 1"},
	{"metrics.series_budget", "", "metrics: {series_budget: 1}", `printf 'a 1\nb 1\n' > m.txt; g metrics diff m.txt m.txt`, "2 series, more than 1"},
	{"metrics.series_per_metric", "", "metrics: {series_per_metric: 1}", `printf 'a{b="1"} 1\na{b="2"} 1\n' > m.txt; g metrics diff m.txt m.txt`, "2 series of the metric a, more than 1"},
	{"metrics.detail", "contracts: [{name: a, source: openapi/v1.yaml}, {name: b, source: openapi/v1.yaml}]", "metrics: {detail: true}\ncontracts: [{name: a, source: openapi/v1.yaml}, {name: b, source: openapi/v1.yaml}]", "g run > /dev/null; grep 'window_mean_score.*contract=\"a\"' governance/status/governance.prom", "govctl_stability_window_mean_score"},
	{"docs.files", "", "docs: {files: [a.md]}", `printf '<!-- govctl:begin tldr -->\n<!-- govctl:end -->\n## A\nText.\n' > a.md; g docs sync`, "1 block in 1 document, 1 written"},
	{"image.files", "", "image: {files: [x.Dockerfile]}", "echo FROM scratch > x.Dockerfile; g image pin", "^0 of 0 image references pinned"},
	{"image.settle", "", "image: {settle: 1h}", "echo FROM ${SERVER#http://}/x:v1 > Dockerfile; g image pin --write; sed -i s/v1@/v2@/ Dockerfile; g image pin", "offered after 1h0m0s"},
	{"image.severities", "", "image: {severities: [LOW]}", scan + scanned, "error: LOW CVE-2026-1"},
	{"image.ignore_unfixed", "", "image: {ignore_unfixed: false}", scan + scanned, "error: HIGH CVE-2026-2"},
	{"image.ignore_files", "", "image: {ignore_files: [accepted]}", "echo CVE-2026-1 > accepted; " + scan + scanned, "1 accepted"},
	{"image.max_report_age", "", "image: {max_report_age: 1h}", scan + scanned, "image-report-old"},
	{"trend.bench.window", "", "trend: {bench: {window: 8}}", benched + "b 130 130 130 130 130 130 130 130 130 130; g trend bench 'r*.json'", "20 runs: 1 ok"},
	{"trend.bench.min_effect", "", "trend: {bench: {min_effect: 0.2}}", benched + "b 115 115; g trend bench 'r*.json'", "1 ok"},
	{"trend.bench.alpha", "", "trend: {bench: {alpha: 0.01}}", sampled, "1 ok"},
	{"trend.bench.confirm", "", "trend: {bench: {confirm: 1}}", benched + "b 115; g trend bench 'r*.json'", "1 regressed"},
	{"trend.resources.window", "", "trend: {resources: {window: 3}}", `for v in 1 2 3 4 5; do echo '{"Name":"a","CPUPerc":"1%","MemPerc":"1%","MemUsage":"1MiB / 1GiB","NetIO":"1B / 1B"}'; done > s.json; g trend resources --jsonl l.jsonl --stats s.json >/dev/null; tail -1 s.json > o.json; g trend resources --jsonl l.jsonl --stats o.json`, "3 rows in the window"},
	{"taxonomy.profile", "", "taxonomy: {profile: openshift}", "g rules check prometheus", "openshift|namespace|runbook|description"},
	{"taxonomy.severities", "", "taxonomy: {severities: {critical: 50, high: 3, medium: 2, low: 1, info: 1}}", "g taxonomy metrics --format json", `"critical": 50|"current_weight_total": 2[0-9][0-9]`},
	{"taxonomy.scopes", "", "taxonomy: {scopes: [galaxy]}", "g taxonomy lint", "galaxy"},
	{"taxonomy.categories", "", "taxonomy: {categories: [weather]}", "g taxonomy lint", "weather"},
	{"taxonomy.levels", "taxonomy: {scopes: [galaxy]}", "taxonomy: {scopes: [galaxy], levels: {scope-unknown: info}}", "g taxonomy lint", "exit code 0"},
	{"taxonomy.runbooks", "", "taxonomy: {runbooks: [runbooks/*.md]}", "mkdir runbooks; echo x > runbooks/orphan.md; g taxonomy lint", "orphan.md"},
	{"taxonomy.runbook_min_percent", "", "taxonomy: {runbook_min_percent: 95}", `sed -i '0,/"runbook": "[^"]*"/s//"runbook": "TODO"/' alerts_taxonomy.json; g taxonomy gate`, "fail +runbook-completeness"},
	{"taxonomy.runbook_sla_days", "", "taxonomy: {runbook_sla_days: 3}", `git init -q; sed -i '0,/"runbook": "[^"]*"/s//"runbook": "TODO"/' alerts_taxonomy.json; GIT_COMMITTER_DATE=2026-01-01T00:00:00Z c alerts_taxonomy.json; g taxonomy gate`, "(fail|pass|warn) +runbook-sla"},
	{"taxonomy.window_days", "", "taxonomy: {window_days: 5}", "git init -q; GIT_COMMITTER_DATE=2026-01-01T00:00:00Z c alerts_taxonomy.json; add 2026-02-10; g taxonomy metrics", "in 5 days"},
	{"taxonomy.deprecation_max_days", "", "taxonomy: {deprecation_max_days: 3}", "g taxonomy lint", "LabelPrinterQueueLong"},
	{"taxonomy.deprecation_strict", "taxonomy: {deprecation_max_days: 3}", "taxonomy: {deprecation_max_days: 3, deprecation_strict: true}", "g taxonomy lint", "exit code 1"},
	{"taxonomy.max_churn_delta", "", "taxonomy: {max_churn_delta: 50}", grown, "pass +churn-regression"},
	{"taxonomy.max_risk_churn_delta", "", "taxonomy: {max_risk_churn_delta: 50}", grown, "pass +risk-churn-regression"},
	{"taxonomy.risk_churn_spike_threshold", "", "taxonomy: {risk_churn_spike_threshold: 50}", grown, "pass +risk-churn-spike"},
	{"taxonomy.risk_churn_spike_fail", "", "taxonomy: {risk_churn_spike_fail: true}", grown, "fail +risk-churn-spike"},
}

// smoked makes a flow of one request, and a contract without operations.
const smoked = `printf 'GET {{server}}/shop\n' > flow.hurl; printf 'openapi: 3.0.3\ninfo: {title: t, version: "1"}\npaths: {}\n' > openapi.yaml; `

// served puts the address of the server into the configuration.
const served = `sed -i "s|.SERVER|$SERVER|" govctl.yaml; `

const publishDry = runTwice + ` >/dev/null; git init -q; git init -q --bare remote.git; git remote add origin remote.git; c govctl.yaml; g publish --dry-run --allow-unsigned`

const publishReal = runTwice + ` >/dev/null; git init -q; git init -q --bare remote.git; git remote add origin remote.git; g publish --allow-unsigned; git -C remote.git ls-tree -r --name-only`

// helpers are what the scripts call.
const helpers = `export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com
	exec 2>&1; set +e; NOW=2026-03-01
	g() { govctl --now $NOW "$@"; echo "exit code $?"; }
	c() { git add "$@"; git commit -q -m x; }
	add() { sed -i '0,/"alerts": \[/s//"alerts": [{"alert": "Extra'$2'", "group": "g", "severity": "critical", "scope": "service", "category": "latency", "description": "d d d d", "runbook": "https:\/\/example.com\/r"},/' alerts_taxonomy.json
		GIT_COMMITTER_DATE=${1}T00:00:00Z c alerts_taxonomy.json; }
`

// TestEveryKeyHasAnEffect runs each script without the key and with it.
func TestEveryKeyHasAnEffect(t *testing.T) {
	bin := withProgram(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/", slowAnswers)
	mux.Handle("/v2/", newImages(t.TempDir()))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close) // the cases run after this function
	var tried []string
	for _, e := range effects {
		tried = append(tried, e.key)
		t.Run(e.key, func(t *testing.T) {
			t.Parallel()
			want := regexp.MustCompile("(?m)" + e.want)
			for _, config := range []string{e.base, e.set} {
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS("../../testdata/quickstart")); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "govctl.yaml"), []byte(withSource(config)), 0o644); err != nil {
					t.Fatal(err)
				}
				env := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "SERVER=" + server.URL}
				for _, name := range []string{"GITHUB_ACTIONS", "GITHUB_SHA", "GITHUB_RUN_ID", "GITHUB_TOKEN", "GITHUB_REPOSITORY", "GOV_SIGNING_PRIVATE_KEY", "SOURCE_DATE_EPOCH"} {
					env = append(env, name+"=")
				}
				output := say(t, dir, env, helpers+e.script+"\nexit 0")
				if has := want.MatchString(output); has != (config == e.set) {
					t.Errorf("with %q the output has %q: %v\n%s", config, e.want, has, output)
				}
			}
		})
	}
	slices.Sort(tried)
	if keys := configKeys(t); !slices.Equal(keys, tried) {
		t.Errorf("keys of the schema\n%v\nand keys that are tried\n%v", keys, tried)
	}
}

// withSource is a configuration that says where the contract is, too.
func withSource(config string) string {
	switch {
	case strings.Contains(config, "source:"):
		return config
	case strings.HasPrefix(config, "contract: {"):
		return strings.Replace(config, "{", "{source: openapi.yaml, ", 1)
	}
	return "contract: {source: openapi.yaml}\n" + config
}

// slowAnswers is a webhook that takes its time, and a GitHub with one open issue of somebody else.
func slowAnswers(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Server", "test")
	if r.URL.Path == "/hook" {
		time.Sleep(100 * time.Millisecond)
		return
	}
	list := []map[string]any{}
	if r.URL.Query().Get("state") == "open" && strings.HasSuffix(r.URL.Path, "/issues") {
		list = append(list, map[string]any{"number": 7, "title": "Breaking API changes detected (aaaaaaa)", "body": "<!-- govctl:alert=breaking -->\n<!-- govctl:episode=1 facts=x -->\n",
			"user": map[string]string{"login": "somebody"}, "labels": []map[string]string{{"name": "keep"}}})
	}
	_ = json.NewEncoder(w).Encode(list)
}

// configKeys are the keys of the schema that hold a value.
func configKeys(t *testing.T) []string {
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

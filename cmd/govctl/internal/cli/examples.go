package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// examples are command lines for the help of the command that each calls.
var examples = []string{
	"govctl run",
	"govctl run --state git:origin/schemas --send",
	"govctl run --format json --output summary.json",
	"govctl init",
	"govctl init --dry-run",
	"govctl openapi export api/openapi.yaml --output contract.json",
	"govctl openapi export git:origin/main:api/openapi.yaml",
	"govctl openapi diff old.yaml new.yaml",
	"govctl openapi diff git:origin/main:api/openapi.yaml api/openapi.yaml",
	"govctl openapi diff --format sarif --output diff.sarif",
	"govctl probe headers https://localhost:8445/shop --insecure --mode edge",
	"govctl probe headers --wait 30s --format markdown",
	"govctl probe smoke smoke/auth.hurl --base http://localhost:8000 --user admin",
	"govctl probe smoke --from build/report.json --conform warning",
	"govctl probe latency api:http://localhost:8010/health --samples 20",
	"govctl probe latency --listen 127.0.0.1:9118",
	"govctl metrics assert --source http://localhost:8080/metrics 'auth_login_total{result=\"success\"}'",
	"govctl metrics assert --source after.txt --before before.txt 'auth_login_total - auth_login_total offset 1m >= 1'",
	"govctl metrics diff before.txt after.txt --rules 'rules/*.yml'",
	"govctl metrics diff --state git:origin/schemas --out governance",
	"govctl metrics catalog --source http://localhost:8080/metrics",
	"govctl metrics catalog --check",
	"govctl docs sync OPERATIONS.md",
	"govctl docs sync --check",
	"govctl image pin",
	"govctl image pin --check Dockerfile.platform",
	"govctl image pin --write --settle 0s 'services/**/Dockerfile'",
	"govctl image gate trivy.json",
	"govctl image gate --new-only --out governance trivy.json grype.json",
	"govctl image gate --digest python@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef trivy.json",
	"govctl trend bench old.txt new.txt",
	"govctl trend bench artifacts/aggregate.json new.txt --json-out artifacts/aggregate.json --md-out artifacts/aggregate.md",
	"govctl trend resources --jsonl trends/resource_usage.jsonl --prom trends/resource_usage.prom --hist-cpu 0,10,25,50,75,90,100",
	"govctl trend resources --stats stats.json --max-mem-pct 90",
	"govctl openapi rules",
	"govctl openapi rules request-property-became-required",
	"govctl openapi waivers list",
	"govctl openapi waivers check old.yaml new.yaml",
	"govctl openapi waivers add --fingerprint 0123456789abcdef --reason 'no client sends it' --owner api-team --expires 2026-12-31",
	"govctl openapi waivers prune",
	"govctl semver check old.yaml new.yaml",
	"govctl semver check --previous 1.4.2 --current 2.0.0 --breaking",
	"govctl semver next",
	"govctl semver next --previous 1.4.2 --breaking",
	"govctl stability record",
	"govctl stability record --placeholder 'the contract could not be built'",
	"govctl stability show",
	"govctl stability show governance/status/history.jsonl --format json",
	"govctl milestones",
	"govctl taxonomy lint",
	"govctl taxonomy lint --fix",
	"govctl taxonomy rules",
	"govctl taxonomy rules severity-unknown",
	"govctl taxonomy sync --check",
	"govctl taxonomy sync --scaffold",
	"govctl taxonomy render --format html --output alerts.html",
	"govctl taxonomy diff",
	"govctl taxonomy diff git:v1.4.0 --format markdown",
	"govctl taxonomy metrics",
	"govctl taxonomy gate --runbook-min-percent 90",
	"govctl taxonomy dashboard",
	"govctl taxonomy notify --fail-on-drift --dry-run",
	"govctl rules check 'prometheus/rules/*.yml'",
	"govctl rules check --format sarif --output rules.sarif prometheus",
	"govctl rules test prometheus/tests/alerts.yml",
	"govctl rules live --prometheus http://localhost:9090 prometheus/rules",
	"govctl rules explain rule-refused",
	"govctl changelog api",
	"govctl changelog api --from latest-tag --audience public",
	"govctl changelog api --append CHANGELOG-API.md",
	"govctl changelog api --format atom --output api.atom",
	"govctl changelog alerts --since git:v1.4.0",
	"govctl changelog alerts --append ALERTS.md",
	"govctl badge list",
	"govctl badge render governance-combined --output badge.svg",
	"govctl badge render --label coverage --message '93 %' --color brightgreen",
	"govctl badge write",
	"govctl site build",
	"govctl webhook payload",
	"govctl webhook send --dry-run",
	"govctl issues sync --dry-run",
	"govctl comment --dry-run",
	"govctl publish --dry-run",
	"govctl send --dry-run",
	"govctl checksums write",
	"govctl checksums verify governance",
	"govctl sign --key-file ../first.key",
	"govctl verify governance --trusted-keys keys/trusted.json",
	"govctl verify --commit 0123456 --max-age 2d --format json",
	"govctl key new",
	"govctl key show --key-file ../first.key",
	"govctl key rotate --key-file ../first.key --new-key-file ../second.key --reason 'yearly change' --overlap 720h",
	"govctl key revoke 0123456789abcdef --reason 'the key was lost'",
	"govctl doctor",
	"govctl doctor --offline --format json",
	"govctl explain request-property-became-required",
	"govctl explain exit-3",
	"govctl schema list",
	"govctl schema show govctl",
	"govctl schema check governance/status/governance-summary.json",
	"govctl version",
}

// addExamples puts each example into the help of the command that it calls.
func addExamples(c *cobra.Command) {
	if !c.HasSubCommands() {
		var lines []string
		for path, i := c.CommandPath(), 0; i < len(examples); i++ {
			if rest, ok := strings.CutPrefix(examples[i], path); ok && (rest == "" || rest[0] == ' ') {
				lines = append(lines, "  "+examples[i])
			}
		}
		c.Example = strings.Join(lines, "\n")
	}
	for _, child := range c.Commands() {
		addExamples(child)
	}
}

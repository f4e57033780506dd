package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/pkg/contract"
)

// Contents of the trees below.
const (
	okResponse = `{"200": {description: OK}}`
	aContract  = "openapi: 3.0.3\ninfo: {title: Shop, version: 1.0.0}\npaths: {/a: {get: {responses: " + okResponse + "}}}\n"
	bContract  = "openapi: 3.1.0\ninfo: {title: Bills, version: 2.1.0}\npaths: {/b: {get: {responses: " + okResponse + "}}}\n"
	cContract  = "openapi: 3.1.0\ninfo: {title: Mail, version: 0.3.0}\npaths: {/c: {post: {responses: " + okResponse + "}}}\n"
	jContract  = `{"info": {"title": "Shop", "version": "1.0.0"}, "openapi": "3.0.3", "paths": {"/a": {"get": {"responses": {"200": {"description": "OK"}}}}}}`
	swagger    = "swagger: '2.0'\ninfo: {title: Shop, version: 1.0.0}\npaths: {/a: {get: {responses: " + okResponse + "}}}\n"
	downRules  = "groups:\n  - name: g\n    rules:\n      - alert: Down\n        expr: up == 0\n        labels: {severity: critical}\n        annotations: {summary: Down, description: It is down., runbook_url: https://example.com/r}\n"
	ruleTests  = "rule_files: [x.yml]\ntests:\n  - interval: 1m\n"
	prometheus = "global: {scrape_interval: 1m}\nrule_files: ['*.yml']\nscrape_configs: []\n"
	operator   = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec:\n  groups:\n    - name: g\n      rules:\n        - alert: Down\n          expr: up == 0\n          labels: {severity: critical}\n"
	chart      = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  groups:\n  {{- range .Values.groups }}\n  - name: {{ . }}\n  {{- end }}\n"
	catalogue1 = `{"schema_version": "1", "last_updated": "2026-01-01T00:00:00Z", "alerts": [{"alert": "Down", "id": "down", "group": "g", "severity": "critical", "scope": "service", "category": "availability", "description": "It is down.", "runbook": "https://example.com/r", "created_at": "2026-01-01T00:00:00Z", "deprecated": false}]}`
)

// layout is a tree before init, and what a person would make of it.
type layout struct {
	name   string
	files  map[string]string
	links  map[string]string
	git    bool
	args   []string
	chosen []string          // lines of what was found, without what is said of a contract: KIND PATH
	left   map[string]string // what is left out, with a part of the reason
	config []string          // what stands in govctl.yaml
	absent []string          // what does not, and files that are not written, with a slash before them
	paste  []string          // of which file lines are to be pasted
	also   func(t *testing.T, out string)
	code   int // of the first run
}

func tree(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

var layouts = []layout{
	{name: "an empty folder", absent: []string{"\ncontract:", "/.github/workflows/governance.yml", "/api/openapi.yaml", "/alerts_taxonomy.json"}, config: []string{"init found no OpenAPI description"}, code: 1},
	{name: "an empty folder with an example", args: []string{"--example"}, config: []string{"source: api/openapi.yaml", "file: alerts_taxonomy.json", `rules: ["prometheus/*.yml"]`}},
	{name: "no contract", files: tree("README.md", "# x\n", "config.yaml", "openapi:\n  generator: x\n", "package.json", `{"openapi": {"x": 1}}`), absent: []string{"\ncontract:"}, code: 1},
	{name: "the usual place", files: tree("openapi.yaml", aContract), chosen: []string{"contract openapi.yaml"}, config: []string{"source: openapi.yaml"}},
	{name: "any name and place", files: tree("server/deep/down/shop.yml", aContract), chosen: []string{"contract server/deep/down/shop.yml"}, config: []string{"source: server/deep/down/shop.yml"}},
	{name: "JSON with its version last", files: tree("server/openapi.json", jContract), chosen: []string{"contract server/openapi.json"}, config: []string{"source: server/openapi.json"}},
	{name: "in git", git: true, files: tree("api/openapi.yaml", aContract, ".gitignore", "/build/\n", "build/openapi.yaml", bContract), chosen: []string{"contract api/openapi.yaml"}, config: []string{"source: api/openapi.yaml"}},
	{name: "the output folder is somebody's", git: true, args: []string{"--out", "reports"}, files: tree("openapi.yaml", aContract, "reports/q1.md", "# Q1\n"),
		also: func(t *testing.T, _ string) {
			if strings.Contains(content(t, ".gitignore"), "reports") {
				t.Error("their folder is ignored")
			}
		}},
	{name: "Swagger 2.0", files: tree("api/swagger.yml", swagger), chosen: []string{"contract api/swagger.yml"}, config: []string{"# Swagger 2.0: each run converts it"}},
	{name: "a monorepo", files: tree("services/shop/api/openapi.yaml", aContract, "services/billing/api/openapi.yaml", bContract, "services/mail/openapi.yaml", cContract),
		chosen: []string{"contract services/billing/api/openapi.yaml", "contract services/mail/openapi.yaml", "contract services/shop/api/openapi.yaml"},
		config: []string{"- name: billing\n    source: services/billing/api/openapi.yaml", "- name: mail\n", "- name: shop\n"}},
	{name: "versions of an API", files: tree("api/v1/openapi.yaml", aContract, "api/v2/openapi.yaml", strings.Replace(aContract, "1.0.0", "2.0.0", 1)),
		chosen: []string{"contract api/v1/openapi.yaml", "contract api/v2/openapi.yaml"}, config: []string{"- name: v1\n", "- name: v2\n"}},
	{name: "versions of APIs", files: tree("shop/v1.yaml", aContract, "shop/v2.yaml", strings.Replace(aContract, "1.0.0", "2.0.0", 1), "mail/v1.yaml", cContract),
		config: []string{"- name: shop-v1\n", "- name: shop-v2\n", "- name: mail-v1\n"}},
	{name: "one folder with several APIs", files: tree("docs/public.yaml", aContract, "docs/internal-billing.yaml", bContract), config: []string{"- name: public\n", "- name: internal-billing\n"}},
	{name: "old and new beside it", files: tree("openapi.yaml", aContract, "old.yaml", strings.Replace(aContract, "1.0.0", "0.9.0", 1), "openapi.new.yaml", strings.Replace(aContract, "1.0.0", "1.1.0", 1)),
		chosen: []string{"contract openapi.yaml"}, left: map[string]string{"old.yaml": "another state of openapi.yaml", "openapi.new.yaml": "another state"}},
	{name: "the same in two formats and places", files: tree("api/openapi.yaml", aContract, "api/openapi.json", strings.Replace(jContract, `"OK"`, `"Okay"`, 1), "docs/static/openapi.yaml", aContract),
		chosen: []string{"contract api/openapi.yaml"}, left: map[string]string{"api/openapi.json": "in another format", "docs/static/openapi.yaml": "has the same content"}},
	{name: "Swagger beside OpenAPI", files: tree("api/openapi.yaml", strings.Replace(aContract, "1.0.0", "1.2.0", 1), "api/swagger.yaml", swagger), chosen: []string{"contract api/openapi.yaml"}, left: map[string]string{"api/swagger.yaml": "in Swagger 2.0"}},
	{name: "split over files", files: tree("api/openapi.yaml", "openapi: 3.0.3\ninfo: {title: Shop, version: 1.0.0}\npaths: {/a: {$ref: paths/a.yaml}}\n",
		"api/paths/a.yaml", "get: {responses: {'200': {description: OK, content: {application/json: {schema: {$ref: '../shared.yaml#/components/schemas/A'}}}}}}\n",
		"api/shared.yaml", "openapi: 3.0.3\ninfo: {title: Parts, version: 1.0.0}\npaths: {}\ncomponents: {schemas: {A: {type: string}}}\n"),
		chosen: []string{"contract api/openapi.yaml"}, left: map[string]string{"api/shared.yaml": "a part of api/openapi.yaml"}},
	{name: "references that lead nowhere", files: tree("openapi.yaml", strings.Replace(aContract, "{description: OK}", "{$ref: 'gone.yaml#/x'}", 1)), config: []string{"allow_dangling_refs: true", "gone.yaml"}},
	{name: "references into the network", files: tree("openapi.yaml", strings.Replace(aContract, "{description: OK}", "{$ref: 'https://example.invalid/x.yaml#/x'}", 1)), config: []string{"allow_dangling_refs: true", "example.invalid"}, absent: []string{"allow_remote_refs"}},
	{name: "a version that is none", files: tree("openapi.yaml", strings.Replace(aContract, "1.0.0", "latest", 1)), config: []string{"gate: breaking", `"latest"`}, absent: []string{"\n  gate: semver"}},
	{name: "a contract without operations", files: tree("openapi.yaml", "openapi: 3.0.3\ninfo: {title: x, version: 1.0.0}\npaths: {}\n"), chosen: []string{"contract openapi.yaml"},
		also: func(t *testing.T, out string) {
			if strings.Contains(out, "score 100") || !strings.Contains(out, "describes no operation") {
				t.Errorf("the run says:\n%s", out)
			}
		}},
	{name: "pieces of an API", files: tree("api/all.yaml", strings.Replace(aContract, "paths: {", "paths: {/x: {get: {responses: "+okResponse+"}}, ", 1), "api/one/a.yaml", aContract), chosen: []string{"contract api/all.yaml"},
		left: map[string]string{"api/one/a.yaml": "its operations are all in api/all.yaml"}},
	{name: "a copy that a generator made", files: tree("api/shop.yaml", aContract, "clients/java/api/openapi.yaml", strings.Replace(aContract, "OK", "Fine", 1), "v1/s.yaml", bContract, "v2/s.yaml", strings.Replace(bContract, "OK", "Fine", 1)),
		chosen: []string{"contract api/shop.yaml", "contract v1/s.yaml", "contract v2/s.yaml"}, left: map[string]string{"clients/java/api/openapi.yaml": "its operations are all in api/shop.yaml"}},
	{name: "a text of another encoding", files: tree("openapi.yaml", aContract, ".gitignore", "\xff\xfea\x00\n\x00"), paste: []string{".gitignore"}},
	{name: "test data and examples", files: tree("openapi.yaml", aContract, "testdata/a.yaml", bContract, "examples/pets/openapi.yaml", bContract, "pkg/fixtures/b.json", jContract, "tests/api.yaml", cContract, "node_modules/x/openapi.yaml", bContract, "vendor/x/openapi.yaml", bContract),
		chosen: []string{"contract openapi.yaml"}, left: map[string]string{"testdata/a.yaml": "test data", "examples/pets/openapi.yaml": "an example", "pkg/fixtures/b.json": "test data", "tests/api.yaml": "for tests"},
		also: func(t *testing.T, out string) {
			if strings.Contains(out, "node_modules") || strings.Contains(out, "vendor") {
				t.Errorf("foreign code was looked at:\n%s", out)
			}
		}},
	{name: "only an example", files: tree("examples/openapi.yaml", aContract), left: map[string]string{"examples/openapi.yaml": "an example"}, code: 1},
	{name: "YAML that is none", files: tree("openapi.yaml", "openapi: 3.0.3\ninfo: {title: [x\npaths: {}\n"), left: map[string]string{"openapi.yaml": "cannot be read"}, absent: []string{"\ncontract:"}, code: 1},
	{name: "YAML that is none beside a contract", files: tree("api/openapi.yaml", aContract, "b.yaml", "openapi: 3.0.3\n\tx: 1\n"), chosen: []string{"contract api/openapi.yaml"}, left: map[string]string{"b.yaml": "cannot be read"}},
	{name: "a huge file", files: tree("openapi.yaml", aContract, "dump.json", `{"x": "`+strings.Repeat("y", 1<<20)+`"}`, "swagger.json", "huge"), chosen: []string{"contract openapi.yaml"}, left: map[string]string{"swagger.json": "larger than 64 MiB"}},
	{name: "names with spaces", files: tree("my api/open api.yaml", aContract, "my rules/a b.yml", downRules), chosen: []string{"contract my api/open api.yaml", "rules my rules/a b.yml"}, config: []string{`source: "my api/open api.yaml"`, `"my rules/*.yml"`}},
	{name: "a name like a command", files: tree("cmd:touch x/openapi.yaml", aContract, "yes", "", "no.yaml", "a: b\n"), config: []string{`source: "./cmd:touch x/openapi.yaml"`}},
	{name: "a name with a line end", files: tree("a\nb.yaml", aContract, "openapi.yaml", bContract), chosen: []string{"contract openapi.yaml"}, left: map[string]string{"a b.yaml": "cannot be shown"}},
	{name: "links", files: tree("api/real.yaml", aContract), links: map[string]string{"openapi.yaml": "../outside.yaml", "linked": "..", ".gitignore": "../theirs", "docs": "api"}, chosen: []string{"contract api/real.yaml"},
		left: map[string]string{"openapi.yaml": "symbolic link"}, paste: []string{".gitignore"}},
	{name: "a folder of workflows that is a link", files: tree("openapi.yaml", aContract), links: map[string]string{".github": "../elsewhere"}, paste: []string{".github/workflows/governance.yml"}},
	{name: "rules in the usual place", files: tree("openapi.yaml", aContract, "prometheus/a.yml", downRules, "prometheus/prometheus.yml", prometheus, "prometheus/tests/a.test.yml", ruleTests),
		chosen: []string{"contract openapi.yaml", "rules prometheus/a.yml", "rule tests prometheus/tests/a.test.yml"}, config: []string{`rules: ["prometheus/*.yml"]`}},
	{name: "rules and nothing else", files: tree("monitoring/a.yaml", downRules), absent: []string{"/.github/workflows/governance.yml"}, code: 1,
		also: func(t *testing.T, out string) {
			if !strings.Contains(out, "govctl taxonomy sync --scaffold") {
				t.Errorf("init does not print what comes next:\n%s", out)
			}
			if code, out, talk := on(false, "run"); code != 1 || !strings.Contains(talk, "hint: govctl taxonomy sync --scaffold writes alerts_taxonomy.json") {
				t.Errorf("%d %s%s", code, out, talk)
			}
			for _, args := range [][]string{{"rules", "check"}, {"taxonomy", "sync", "--scaffold"}, {"run"}} {
				if code, out, talk := on(false, args...); code > 1 {
					t.Errorf("%v: %d %s%s", args, code, out, talk)
				}
			}
		}},
	{name: "rules elsewhere", files: tree("monitoring/a.yaml", downRules, "monitoring/b.yaml", strings.ReplaceAll(downRules, "Down", "Out"), "monitoring/tests/a.yaml", ruleTests), config: []string{`rules: ["monitoring/*.yaml"]`},
		also: func(t *testing.T, _ string) {
			holds(t, ".github/workflows/taxonomy.yml", `paths: ["monitoring/**", "monitoring/tests/**", govctl.yaml]`, "govctl rules test 'monitoring/tests/*.y*ml' --coverage")
			holds(t, ".pre-commit-config.yaml", `files: "^(monitoring/[^/]*\\.(ya?ml|rules|json))$"`, "- id: govctl-rules-test", `args: ["monitoring/tests/*.y*ml"]`)
		}, code: 1},
	{name: "rules among much else", files: tree("openapi.yaml", aContract, "alerts.yml", downRules, "compose.yml", "services: {}\n", "deploy/a.yml", "kind: Deployment\n", "deploy/b.yml", "kind: Service\n", "deploy/rules.yml", operator),
		config: []string{`rules: ["alerts.yml", "deploy/rules.yml"]`}},
	{name: "PrometheusRule objects", files: tree("openapi.yaml", aContract, "k8s/rules.yaml", operator), chosen: []string{"contract openapi.yaml", "rules k8s/rules.yaml"}, config: []string{`rules: ["k8s/*.yaml"]`}},
	{name: "a Helm chart", files: tree("openapi.yaml", aContract, "charts/x/templates/rules.yaml", chart, "charts/x/templates/deploy.yaml", "kind: Deployment\nmetadata: {{ x }}\n", "charts/x/values.yaml", "a: 1\n", "charts/x/rules/a.yaml", downRules),
		chosen: []string{"contract openapi.yaml", "rules charts/x/rules/a.yaml"}, left: map[string]string{"charts/x/templates/rules.yaml": "template"}, config: []string{`rules: ["charts/x/rules/*.yaml"]`}},
	{name: "a broken rule file beside a good one", files: tree("openapi.yaml", aContract, "rules/a.yml", downRules, "rules/b.yml", strings.Replace(downRules, "up == 0", "up ==", 1)), left: map[string]string{"rules/b.yml": "cannot be read as rules"}, config: []string{`rules: ["rules/a.yml"]`}},
	{name: "a taxonomy with rules and runbooks", files: tree("openapi.yaml", aContract, "alerts_taxonomy.json", catalogue1, "prometheus/a.yml", downRules, "docs/runbooks/down.md", "# Down\n"),
		config: []string{"file: alerts_taxonomy.json", `rules: ["prometheus/*.yml"]`, `runbooks: ["docs/runbooks/**/*.md"]`}},
	{name: "a taxonomy alone, elsewhere", files: tree("monitoring/taxonomy.json", catalogue1, "other.json", `{"alerts": [{"labels": {}}]}`), chosen: []string{"taxonomy monitoring/taxonomy.json"}, config: []string{"file: monitoring/taxonomy.json"}, absent: []string{"\ncontract:"},
		also: func(t *testing.T, _ string) {
			holds(t, ".github/workflows/taxonomy.yml", "paths: [monitoring/taxonomy.json, govctl.yaml]", "\n  delta:", "govctl taxonomy gate")
			if text := content(t, ".github/workflows/taxonomy.yml"); strings.Contains(text, "rules") && strings.Contains(text, "sync") {
				t.Errorf("rules that are not there are checked:\n%s", text)
			}
		}},
	{name: "a broken taxonomy", files: tree("openapi.yaml", aContract, "alerts_taxonomy.json", `{"alerts": [`), left: map[string]string{"alerts_taxonomy.json": "cannot be read as a taxonomy"}, config: []string{`file: ""`}},
	{name: "everything is there already", files: tree("openapi.yaml", aContract, ".gitignore", "node_modules/\n*.log", ".pre-commit-config.yaml", "# ours\nrepos:\n- repo: https://github.com/x/y\n  rev: v1\n  hooks:\n  - id: z\n\n# the end\nfail_fast: true\n",
		"CODEOWNERS", "* @shop/team\n/docs/ @shop/writers\n", ".github/workflows/governance.yml", "name: ours\n", ".github/workflows/verify.yml", "name: also ours\n"), paste: []string{".github/workflows/governance.yml", ".github/workflows/verify.yml"},
		also: func(t *testing.T, _ string) { holds(t, "CODEOWNERS", "/govctl.yaml @shop/team\n") }},
	{name: "line ends of Windows", files: tree("openapi.yaml", strings.ReplaceAll(aContract, "\n", "\r\n"), ".gitignore", "a\r\nb\r\n", ".pre-commit-config.yaml", "repos:\r\n  - repo: local\r\n    hooks: []\r\nci: {}\r\n", ".github/CODEOWNERS", "*  @a @b\r\n"),
		also: func(t *testing.T, _ string) {
			for _, name := range []string{".gitignore", ".pre-commit-config.yaml", ".github/CODEOWNERS"} {
				if text := content(t, name); strings.Count(text, "\n") != strings.Count(text, "\r\n") {
					t.Errorf("%s: line ends of both kinds: %q", name, text)
				}
			}
		}},
	{name: "no line end at the end", files: tree("openapi.yaml", aContract, ".gitignore", "a\nb", ".pre-commit-config.yaml", "repos:\n- repo: local\n  hooks: []", "CODEOWNERS", "* @a")},
	{name: "an empty .gitignore", files: tree("openapi.yaml", aContract, ".gitignore", "")},
	{name: "hooks in another form", files: tree("openapi.yaml", aContract, ".pre-commit-config.yaml", "repos: [{repo: local, hooks: []}]\n", "CODEOWNERS", "/docs @a\n"), paste: []string{".pre-commit-config.yaml", "CODEOWNERS"}},
	{name: "hooks of govctl already", files: tree("openapi.yaml", aContract, ".pre-commit-config.yaml", "repos:\n- repo: https://github.com/romel/govctl\n  rev: v1\n  hooks: [{id: govctl-config}]\n", ".gitignore", "/governance/\n/governance.sarif\n", "CODEOWNERS", "/govctl.yaml @a\n"),
		also: func(t *testing.T, _ string) {
			if hasMark(content(t, ".pre-commit-config.yaml") + content(t, ".gitignore") + content(t, "CODEOWNERS")) {
				t.Error("a block beside lines that say the same")
			}
		}},
	{name: "an older block", files: tree("openapi.yaml", aContract, ".gitignore", "a\n# >>> govctl: of old\n/old/\n# <<< govctl\nb\n")},
	{name: "half a block", files: tree("openapi.yaml", aContract, ".gitignore", "a\n# >>> govctl: of old\n/old/\n"), paste: []string{".gitignore"}},
	{name: "a configuration is there", files: tree("openapi.yaml", aContract, "b.yaml", bContract, "govctl.yaml", "contract:\n  source: b.yaml\n  gate: breaking\n"), config: []string{"source: b.yaml\n  gate: breaking"}},
	{name: "a configuration without a contract", files: tree("openapi.yaml", aContract, "rules/a.yml", downRules, "govctl.yaml", "stability: {window: 7}\n"), paste: []string{"govctl.yaml"}, code: 1},
	{name: "GitLab", args: []string{"--ci", "gitlab"}, git: true, files: tree("openapi.yaml", aContract, ".gitlab/CODEOWNERS", "* @shop/team\n"), absent: []string{"/.github/workflows/governance.yml", "/.gitlab/govctl.yml"},
		also: func(t *testing.T, _ string) {
			holds(t, ".gitlab-ci.yml", "govctl@0123456789012345678901234567890123456789\n", "needs: [govctl-build, govctl-merge-request]")
			holds(t, ".gitlab/CODEOWNERS", "/.gitlab-ci.yml @shop/team\n")
		}},
	{name: "GitLab with a pipeline", args: []string{"--ci", "gitlab"}, files: tree("openapi.yaml", aContract, ".gitlab-ci.yml", "stages: [test]\nours:\n  script: [make]\n"), paste: []string{".gitlab-ci.yml"},
		also: func(t *testing.T, out string) {
			holds(t, ".gitlab/govctl.yml", "govctl-send:")
			if !strings.Contains(out, "    include:\n      - local: .gitlab/govctl.yml\n") {
				t.Errorf("the line to paste is not shown:\n%s", out)
			}
		}},
	{name: "GitLab with a pipeline that includes it", args: []string{"--ci", "gitlab"}, files: tree("openapi.yaml", aContract, ".gitlab-ci.yml", "include:\n  - local: .gitlab/govctl.yml\n"),
		also: func(t *testing.T, _ string) { holds(t, ".gitlab/govctl.yml", "govctl-send:") }},
	{name: "GitLab without anything to govern", args: []string{"--ci", "gitlab"}, files: tree("README.md", "# x\n"), absent: []string{"/.gitlab-ci.yml", "/.gitlab/govctl.yml"}, code: 1},
	{name: "workflows of an earlier version", files: tree("openapi.yaml", aContract, "alerts_taxonomy.json", catalogue1, "prometheus/a.yml", downRules, ".github/workflows/promtool.yml", "run: govctl rules check\n",
		".github/workflows/taxonomy-pr-delta.yml", "run: govctl taxonomy diff\n", ".github/workflows/taxonomy-pages.yml", "run: govctl run\n"),
		also: func(t *testing.T, out string) {
			for _, want := range []string{"promtool.yml is covered by the job rules of .github/workflows/taxonomy.yml and can be removed", "taxonomy-pr-delta.yml is covered by the job delta of", "taxonomy-pages.yml is covered by the daily run of .github/workflows/governance-stability-nightly.yml"} {
				if !strings.Contains(out, want) {
					t.Errorf("init does not print %q:\n%s", want, out)
				}
			}
			holds(t, ".github/workflows/promtool.yml", "run: govctl rules check\n")
		}},
	{name: "workflows of an earlier version, each kept", files: tree("alerts_taxonomy.json", catalogue1, "prometheus/a.yml", downRules, ".github/workflows/promtool.yml", "run: govctl rules check\n", ".github/workflows/taxonomy.yml", "name: taxonomy\n"),
		paste: []string{".github/workflows/taxonomy.yml"},
		also: func(t *testing.T, out string) {
			if want := "promtool.yml will be covered by the job rules of .github/workflows/taxonomy.yml once that is as init writes it today (--force)"; !strings.Contains(out, want) {
				t.Errorf("init does not print %q:\n%s", want, out)
			}
		}},
	{name: "workflows of their own", args: []string{"--with", "promtool", "--with", "taxonomy-pr-delta", "--with", "taxonomy-pages"}, files: tree("openapi.yaml", aContract, "alerts_taxonomy.json", catalogue1, "prometheus/a.yml", downRules),
		also: func(t *testing.T, out string) {
			if text := content(t, ".github/workflows/taxonomy.yml"); strings.Contains(text, "\n  delta:") || strings.Contains(text, "\n  rules:") || strings.Contains(out, "can be removed") {
				t.Errorf("jobs that other workflows have:\n%s%s", text, out)
			}
			holds(t, ".github/workflows/promtool.yml", "govctl rules test")
			holds(t, ".github/workflows/taxonomy-pr-delta.yml", "govctl comment --only taxonomy")
			holds(t, ".github/workflows/taxonomy-pages.yml", "govctl send --refresh")
			if code, again, _ := on(false, "init", "--ref", strings.Repeat("0123456789", 4)); code != 0 || !strings.Contains(again, "Nothing to do") || strings.Contains(again, "can be removed") {
				t.Errorf("the next init without --with: %d\n%s", code, again)
			}
		}},
	{name: "dashboards and the live test", args: []string{"--with", "dashboard", "--with", "prometheus-live-test-reusable"}, files: tree("openapi.yaml", aContract, "alerts_taxonomy.json", catalogue1, "ops/rules/a.yml", downRules),
		also: func(t *testing.T, out string) {
			holds(t, "grafana/govctl.json", `"uid": "govctl"`)
			holds(t, "grafana/govctl-pages.json", unknownPages)
			holds(t, ".github/workflows/prometheus-live-test-reusable.yml", "default: ops/rules\n")
		}},
	{name: "workflows of evidence", args: []string{"--with", "security-headers-matrix", "--with", "trivy-scan", "--with", "pin-base-image"}, files: tree("openapi.yaml", aContract),
		also: func(t *testing.T, out string) {
			holds(t, ".github/workflows/security-headers-matrix.yml", "mode: [direct, traefik]")
			holds(t, ".github/workflows/trivy-scan.yml", "govctl image gate --out governance trivy.json")
			holds(t, ".github/workflows/pin-base-image.yml", "govctl image pin --write")
		}},
	{name: "the QA profile", args: []string{"--with", "qa-profile"}, files: tree("openapi.yaml", aContract, "alerts_taxonomy.json", catalogue1),
		also: func(t *testing.T, _ string) {
			text := content(t, ".github/workflows/qa-profile.yml")
			for _, command := range []string{"taxonomy lint", "taxonomy dashboard", "probe smoke", "probe latency", "trend resources"} {
				if strings.Count(text, "run: govctl "+command) != 1 {
					t.Errorf("govctl %s is not called once:\n%s", command, text)
				}
			}
			for _, file := range []string{artifact.SmokePath, artifact.SmokePromPath, "severity_runbook_dashboard.html", "taxonomy_dashboard_metrics.prom", artifact.ResourcePromPath, artifact.ResourceLogPath} {
				if !strings.Contains(text, "\n            governance/"+file+"\n") {
					t.Errorf("%s is not kept:\n%s", file, text)
				}
			}
		}},
	{name: "the QA profile without alerts", args: []string{"--with", "qa-profile"}, files: tree("openapi.yaml", aContract),
		also: func(t *testing.T, _ string) {
			if text := content(t, ".github/workflows/qa-profile.yml"); strings.Contains(text, "govctl taxonomy") {
				t.Errorf("there is no catalogue of alerts:\n%s", text)
			}
		}},
	{name: "dashboards of a contract alone", args: []string{"--with", "dashboard", "--ci", "none"}, files: tree("openapi.yaml", aContract), absent: []string{"/grafana/govctl-pages.json"},
		also: func(t *testing.T, out string) { holds(t, "grafana/govctl.json", `"uid": "govctl"`) }},
	{name: "the latency sampler", args: []string{"--with", "latency", "--ci", "none"}, files: tree("openapi.yaml", aContract), config: []string{"file: alerts_taxonomy.json", "prometheus/internal_latency.yml"},
		also: func(t *testing.T, _ string) {
			holds(t, "grafana/internal-latency.json", `"title": "Internal Latency Overview"`)
			passes(t, "taxonomy", "lint")
			passes(t, "rules", "check", "prometheus")
			passes(t, "rules", "test", "prometheus/tests/internal_latency.test.yml")
		}},
	{name: "the latency sampler beside a catalogue", args: []string{"--with", "latency", "--ci", "none"}, files: tree("alerts_taxonomy.json", catalogue1, "ops/rules/a.yml", downRules), paste: []string{"alerts_taxonomy.json"},
		config: []string{"prometheus/internal_latency.yml"}, code: 1, // until the entries are pasted
		also: func(t *testing.T, _ string) { holds(t, "alerts_taxonomy.json", "\"Down\"") }},
	{name: "contracts in parts on GitHub", args: []string{"--shards", "3"}, files: tree("openapi.yaml", aContract),
		also: func(t *testing.T, _ string) {
			holds(t, ".github/workflows/governance.yml", "shard: [1, 2, 3]", `--shard "$SHARD/3"`, "needs: [govctl, part]", `--merge "$RUNNER_TEMP"/parts/*`, `--changed "$BASE"`)
			holds(t, ".github/workflows/governance-stability-nightly.yml", "shard: [1, 2, 3]", `--merge "$RUNNER_TEMP"/parts/*`)
		}},
	{name: "contracts in parts on GitLab", args: []string{"--shards", "3", "--ci", "gitlab"}, files: tree("openapi.yaml", aContract),
		also: func(t *testing.T, _ string) {
			holds(t, ".gitlab-ci.yml", "parallel: 3", "--shard auto", "--merge parts/*", `--changed "$CI_MERGE_REQUEST_DIFF_BASE_SHA"`)
		}},
	{name: "contracts in parts on Kubernetes", args: []string{"--shards", "3", "--ci", "kubernetes"}, files: tree("openapi.yaml", aContract), absent: []string{"/.github/workflows/governance.yml"},
		also: func(t *testing.T, out string) {
			holds(t, "kubernetes/govctl-merge.yaml", "--merge, /work/parts/0, /work/parts/1, /work/parts/2]")
			if !strings.Contains(out, "docs/ci.md") {
				t.Errorf("init does not say how to go on:\n%s", out)
			}
		}},
	{name: "parts of nothing", args: []string{"--shards", "3"}, files: tree("alerts_taxonomy.json", catalogue1),
		also: func(t *testing.T, _ string) {
			if strings.Contains(content(t, ".github/workflows/governance.yml"), "--shard") {
				t.Error("jobs for parts without a contract")
			}
		}},
	{name: "no workflows", args: []string{"--ci", "none"}, files: tree("openapi.yaml", aContract), absent: []string{"/.github/workflows/governance.yml"}},
}

// passes runs a command that must pass.
func passes(t *testing.T, args ...string) {
	t.Helper()
	if code, out, said := on(false, args...); code != 0 {
		t.Errorf("%v: %d\n%s%s", args, code, out, said)
	}
}

// hasMark reports whether a text has a mark of a block.
func hasMark(text string) bool { return strings.Contains(text, "govctl init keeps") }

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

func holds(t *testing.T, name string, parts ...string) {
	t.Helper()
	text := content(t, name)
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q:\n%s", name, part, text)
		}
	}
}

// network is an outside that answers requests by their address; nothing else is there.
type network struct {
	answers map[string]string
	asked   int
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.asked++
	text, there := n.answers[r.URL.String()]
	if !there {
		return nil, errors.New("no such host")
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

// on calls govctl in the current folder; without git where the folder is no repository.
func on(git bool, args ...string) (code int, out, talk string) {
	return call(git, &network{}, args...)
}

func call(git bool, outside *network, args ...string) (code int, out, talk string) {
	var stdout, stderr bytes.Buffer
	env := World()
	env.Stdout, env.Stderr = &stdout, &stderr
	env.Getenv = func(string) string { return "" }
	env.Contracts = func(bool) *http.Client { return &http.Client{Transport: outside} }
	if !git {
		env.Git = func() gitrepo.Repo {
			return gitrepo.Repo{Dir: ".", Run: func(context.Context, gitrepo.Command) error { return gitrepo.ErrNoGit }}
		}
	}
	code = Main(env, args)
	return code, stdout.String(), stderr.String()
}

// snapshot is every file of the current folder, output folder and git aside.
func snapshot(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || p == "governance"):
			return fs.SkipDir
		case d.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(p)
			all[filepath.ToSlash(p)] = "-> " + to
			return err
		case d.IsDir():
			return nil
		}
		if info, err := d.Info(); err == nil && info.Size() > 1<<24 {
			all[filepath.ToSlash(p)] = info.ModTime().String()
			return nil
		}
		b, err := os.ReadFile(p)
		all[filepath.ToSlash(p)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var hunk = regexp.MustCompile(`^@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n$`)

// patched is what a tree becomes by the diffs in a text.
func patched(t *testing.T, before map[string]string, text string) map[string]string {
	t.Helper()
	after := maps.Clone(before)
	lines := slices.Collect(strings.Lines(text))
	for i := 0; i+2 < len(lines); i++ {
		if !strings.HasPrefix(lines[i], "--- ") {
			continue
		}
		name := strings.TrimRight(strings.TrimPrefix(lines[i+1], "+++ b/"), "\t\n")
		m := hunk.FindStringSubmatch(lines[i+2])
		if m == nil {
			t.Fatalf("no hunk: %q", lines[i+2])
		}
		number := func(k int) int { n, _ := strconv.Atoi(m[k]); return n }
		old := slices.Collect(strings.Lines(before[name]))
		from, gone, come := max(number(1)-1, 0), number(2), number(4)
		var out []string
		out = append(out, old[:from]...)
		at := from
		for i += 3; gone > 0 || come > 0; i++ {
			line := lines[i][1:]
			if i+1 < len(lines) && strings.HasPrefix(lines[i+1], `\ `) {
				line = strings.TrimSuffix(line, "\n")
			}
			if lines[i][0] != '+' {
				if old[at] != line {
					t.Fatalf("%s: the diff has %q where the file has %q", name, line, old[at])
				}
				at, gone = at+1, gone-1
			}
			if lines[i][0] != '-' {
				out, come = append(out, line), come-1
			}
			if i+1 < len(lines) && strings.HasPrefix(lines[i+1], `\ `) {
				i++
			}
		}
		i--
		after[name] = strings.Join(append(out, old[at:]...), "")
	}
	return after
}

var marked = regexp.MustCompile(`(?ms)^[ ]*# >>> govctl:.*?# <<< govctl(\r?\n|$)`)

// theirs is a text without govctl's block.
func theirs(text string) string { return strings.TrimRight(marked.ReplaceAllString(text, ""), "\r\n") }

// TestInitLayouts: in repositories of many kinds init finds, chooses and leaves out what a person would, changes nothing that is not its own,
// does what --dry-run shows, has nothing to do the second time, and leaves a first run that comes to a verdict.
func TestInitLayouts(t *testing.T) {
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) { l.try(t) })
	}
}

// TestInitAsksTheNetworkOnce: where references lead to the network and it answers, they are allowed; where it does not, it is not asked for each
// contract again.
func TestInitAsksTheNetworkOnce(t *testing.T) {
	far := strings.Replace(aContract, "{description: OK}", "{$ref: 'https://example.com/x.yaml#/x'}", 1)
	l := layout{files: tree("openapi.yaml", far)}
	l.build(t)
	there := &network{answers: map[string]string{"https://example.com/x.yaml": "x: {description: OK}\n"}}
	if code, out, talk := call(false, there, "init", "--ref", strings.Repeat("0123456789", 4)); code != 0 || !strings.Contains(out, "allow_remote_refs: true") {
		t.Errorf("%d %s%s", code, out, talk)
	}
	holds(t, "govctl.yaml", "allow_remote_refs: true", "https://example.com/x.yaml")
	if strings.Contains(content(t, "govctl.yaml"), "allow_dangling_refs") {
		t.Error("a reference that is read is no dangling one")
	}
	if code, out, talk := call(false, there, "run"); code != 0 {
		t.Errorf("the first run: %d %s%s", code, out, talk)
	}
	l = layout{files: tree("a/openapi.yaml", far, "b/openapi.yaml", strings.Replace(far, "Shop", "Bills", 1), "c/openapi.yaml", strings.Replace(far, "Shop", "Mail", 1))}
	l.build(t)
	gone := &network{}
	if code, out, talk := call(false, gone, "init", "--ref", strings.Repeat("0123456789", 4)); code != 0 || gone.asked != 1 {
		t.Errorf("%d, asked %d times: %s%s", code, gone.asked, out, talk)
	}
}

func (l *layout) build(t *testing.T) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "repository")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for name, text := range l.files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if text == "huge" {
			if err := os.Truncate(name, maxFound+1); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, to := range l.links {
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	if l.git {
		for _, args := range [][]string{{"init", "-q", "-b", "main", "."}, {"add", "."}} {
			if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
	}
}

func (l *layout) try(t *testing.T) {
	l.build(t)
	args := append([]string{"init", "--ref", strings.Repeat("0123456789", 4), "--now", "2026-01-01"}, l.args...)
	before := snapshot(t)
	code, shown, talk := on(l.git, append(args, "--dry-run")...)
	if code != 0 {
		t.Fatalf("--dry-run: exit code %d: %s", code, talk)
	}
	if !maps.Equal(before, snapshot(t)) {
		t.Fatal("--dry-run wrote something")
	}
	code, out, talk := on(l.git, args...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, talk)
	}
	after := snapshot(t)
	if want := patched(t, before, shown); !maps.Equal(want, after) {
		for name := range after {
			if want[name] != after[name] {
				t.Errorf("%s: --dry-run shows %q, and it is %q", name, want[name], after[name])
			}
		}
	}
	for name, text := range before {
		if got, there := after[name]; !there || theirs(got) != theirs(text) {
			t.Errorf("%s was changed: %q", name, got)
		}
	}
	l.said(t, out)
	if code, again, talk := on(l.git, args...); code != 0 || !strings.Contains(again, "Nothing to do") || !maps.Equal(after, snapshot(t)) {
		t.Errorf("the second time: exit code %d, %s%s", code, again, talk)
	}
	l.hooks(t, after)
	code, ran, talk := on(l.git, "run", "--now", "2026-01-01", "--out", "governance")
	if code != l.code {
		t.Errorf("the first run: exit code %d, want %d:\n%s%s\n%s", code, l.code, ran, talk, after["govctl.yaml"])
	}
	if l.also != nil {
		l.also(t, out+ran)
	}
	if l.git {
		for _, args := range [][]string{{"add", "."}, {"ls-files"}} {
			text, err := exec.Command("git", args...).CombinedOutput()
			if err != nil || strings.Contains(string(text), "governance/") && l.args == nil {
				t.Errorf("the output folder would be committed: %v\n%s", err, text)
			}
		}
	}
}

var foundLine = regexp.MustCompile(`(?m)^  (contract|rules|rule tests|taxonomy) +(.*)$`)

// said holds what init prints and writes against what a person would.
func (l *layout) said(t *testing.T, out string) {
	t.Helper()
	found, left, _ := strings.Cut(out, "Left out:")
	var chosen []string
	for _, m := range foundLine.FindAllStringSubmatch(found, -1) {
		name, _, _ := strings.Cut(m[2], ": ")
		chosen = append(chosen, m[1]+" "+name)
	}
	slices.Sort(chosen)
	if want := slices.Sorted(slices.Values(l.chosen)); l.chosen != nil && !slices.Equal(chosen, want) {
		t.Errorf("chosen %q, want %q\n%s", chosen, want, out)
	}
	for name, why := range l.left {
		if !regexp.MustCompile(`(?m)^  [a-z ]+ ` + regexp.QuoteMeta(name) + `: .*` + regexp.QuoteMeta(why)).MatchString(left) {
			t.Errorf("%s is not left out with %q:\n%s", name, why, out)
		}
	}
	holds(t, "govctl.yaml", l.config...)
	for _, part := range l.absent {
		if name, file := strings.CutPrefix(part, "/"); file {
			if _, err := os.Lstat(name); err == nil {
				t.Errorf("%s was written", name)
			}
		} else if strings.Contains(content(t, "govctl.yaml"), part) {
			t.Errorf("govctl.yaml has %q", part)
		}
	}
	var pasted []string
	for _, m := range regexp.MustCompile(`(?m)^(\S+) .*\nTo paste:\n`).FindAllStringSubmatch(out, -1) {
		if !slices.Contains(pasted, m[1]) {
			pasted = append(pasted, m[1])
		}
	}
	for _, name := range l.paste {
		if !slices.Contains(pasted, name) {
			t.Errorf("nothing to paste into %s:\n%s", name, out)
		}
	}
	if len(l.paste) == 0 && len(pasted) > 0 {
		t.Errorf("to paste into %q:\n%s", pasted, out)
	}
}

// hooks runs the hooks that init wrote on the files that they match: what is there passes, or comes to a verdict.
func (l *layout) hooks(t *testing.T, files map[string]string) {
	t.Helper()
	parse := func(name, text string) contract.Node {
		n, err := contract.ParseValue(t.Context(), name, []byte(text), contract.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return n
	}
	source, err := os.ReadFile(filepath.Join(ownRoot, ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defined := map[string]contract.Node{}
	for _, h := range parse("hooks", string(source)).Items() {
		defined[h.Get("id").Text()] = h
	}
	for _, repo := range parse(hooksFile, files[hooksFile]).Get("repos").Items() {
		if repo.Get("repo").Text() != home || repo.Get("rev").Text() == "v1" {
			continue
		}
		for _, h := range repo.Get("hooks").Items() {
			def := defined[h.Get("id").Text()]
			pattern := def.Get("files").Text()
			if h.Get("files").Exists() {
				pattern = h.Get("files").Text()
			}
			args := strings.Fields(def.Get("entry").Text())[1:]
			given := h.Get("args")
			if !given.Exists() {
				given = def.Get("args")
			}
			for _, arg := range given.Items() {
				args = append(args, arg.Text())
			}
			matched := 0
			for name, text := range files {
				if regexp.MustCompile(pattern).MatchString(name) && !strings.HasPrefix(text, "-> ") {
					matched++
					if !def.Get("pass_filenames").Exists() {
						args = append(args, name)
					}
				}
			}
			if matched == 0 {
				t.Errorf("%s matches no file", h.Get("id").Text())
				continue
			}
			if code, out, talk := on(l.git, args...); code > 1 && l.left["rules/b.yml"] == "" {
				t.Errorf("govctl %s: exit code %d: %s%s", strings.Join(args, " "), code, out, talk)
			}
		}
	}
	for name, text := range files {
		if strings.HasPrefix(name, ".github/workflows/") || name == pipelineFile || name == includedFile {
			parse(name, text)
		}
	}
}

// TestEveryHookIsTried: the script test of the hooks runs the command of each of them.
func TestEveryHookIsTried(t *testing.T) {
	script := content(t, filepath.Join(ownRoot, "cmd/govctl/testdata/script/hooks.txtar"))
	n, err := contract.ParseValue(t.Context(), "hooks", []byte(content(t, filepath.Join(ownRoot, ".pre-commit-hooks.yaml"))), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hooks := 0
	for _, h := range n.Items() {
		hooks++
		if !strings.Contains(script, "\nexec "+h.Get("entry").Text()) || !strings.Contains(script, "\n! exec "+h.Get("entry").Text()) && h.Get("id").Text() == "govctl-contract" {
			t.Errorf("%s: %s is not tried", h.Get("id").Text(), h.Get("entry").Text())
		}
	}
	if hooks != 7 {
		t.Errorf("%d hooks", hooks)
	}
}

// ownRoot is the top of this repository.
var ownRoot = func() string {
	dir, err := filepath.Abs("../../../..")
	if err != nil {
		panic(err)
	}
	return dir
}()

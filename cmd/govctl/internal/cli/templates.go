package cli

import (
	_ "embed"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/packed"
	"github.com/romel/govctl/internal/sanitize"
)

//go:embed templates.packed
var packedTemplates []byte

// templates are the files below templates/. They are packed: `make update` packs them again.
var templates = packed.Open(packedTemplates)

// target is a row of the table of generated files: where a template, or each of a folder's, goes.
type target struct {
	from, to string
	when     func(r *repository) bool
}

func always(*repository) bool            { return true }
func exampleContract(r *repository) bool { return r.exampleContract }
func exampleAlerts(r *repository) bool   { return r.exampleAlerts }

// governed reports that there is something that a run evaluates; without it every workflow would only fail.
func governed(r *repository) bool  { return r.ci == ciGitHub && (r.sourced || r.taxonomy != "") }
func inActions(r *repository) bool { return r.ci == ciGitHub }
func ruled(r *repository) bool     { return r.ci == ciGitHub && r.ruled }
func catalogue(r *repository) bool { return r.ci == ciGitHub && r.taxonomy != "" }
func compared(r *repository) bool  { return ruled(r) && catalogue(r) }
func deltaJob(r *repository) bool  { return catalogue(r) && !r.has("taxonomy-pr-delta") }
func rulesJob(r *repository) bool  { return ruled(r) && !r.has("promtool") }
func alerting(r *repository) bool  { return catalogue(r) || rulesJob(r) }

// shared reports that two workflows of a pull request would build govctl. The job of each that does is in one concurrency group: GitHub lets
// one run and one wait, and cancels what waits when a third comes, so that no other workflow may be in it.
func shared(r *repository) bool { return governed(r) && alerting(r) && r.govctl.version == "source" }

// onRequest is the condition of a workflow that is written where it is asked for.
func onRequest(name string, when func(*repository) bool) func(*repository) bool {
	return func(r *repository) bool { return r.has(name) && when(r) }
}

// has reports that an optional workflow is asked for.
func (r *repository) has(workflow string) bool { return slices.Contains(r.with, workflow) }

// optional are the workflows and dashboards that are written where they are asked for, with the workflow that has their jobs otherwise, and the line by
// which it can be seen that it does; empty where none has.
var optional = []struct{ name, covering, job, line string }{
	{"promtool", "taxonomy", "job rules", "\n  rules:"},
	{"taxonomy-pr-delta", "taxonomy", "job delta", "\n  delta:"},
	{"taxonomy-pages", "governance-stability-nightly", "daily run", "\n  schedule:"},
	{"prometheus-live-test-reusable", "", "", ""},
	{"security-headers-matrix", "", "", ""},
	{"trivy-scan", "", "", ""},
	{"pin-base-image", "", "", ""},
	{"qa-profile", "", "", ""},
	{dashboards, "", "", ""},
	{latencyRules, "", "", ""},
}

func optionalNames() []string {
	var names []string
	for _, o := range optional {
		names = append(names, o.name)
	}
	return names
}

// sections are the conditions that a template may name in lines of its own: "#if NAME", "#else" and "#end".
var sections = map[string]func(*repository) bool{"catalogue": catalogue, "ruled": ruled, "delta": deltaJob, "rules": rulesJob, "shared": shared, "sharded": sharded}

// keepSections leaves out the lines whose condition does not hold, and the lines that name conditions.
func (r *repository) keepSections(text string) string {
	var b strings.Builder
	var holds []bool
	for line := range strings.Lines(text) {
		word, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case word == "#if":
			holds = append(holds, sections[name](r))
		case word == "#else":
			holds[len(holds)-1] = !holds[len(holds)-1]
		case word == "#end":
			holds = holds[:len(holds)-1]
		case !slices.Contains(holds, false):
			b.WriteString(line)
		}
	}
	return b.String()
}

// pipelined reports that the jobs of GitLab CI are written: as the file that GitLab reads, or beside one that is there.
func pipelined(r *repository) bool   { return r.ci == ciGitLab && (r.sourced || r.taxonomy != "") }
func ownPipeline(r *repository) bool { return pipelined(r) && !r.hasPipeline }
func included(r *repository) bool    { return pipelined(r) && r.hasPipeline }

const (
	workflows    = ".github/workflows/"
	pipelineFile = ".gitlab-ci.yml"
	includedFile = ".gitlab/govctl.yml"
)

// targets lists what init writes as files of their own. A workflow of which another one has the jobs is written where it is asked for.
var targets = []target{
	{"govctl.yaml", config.File, always},
	{"workflows/governance.yml", workflows, governed},
	{"workflows/governance-stability-nightly.yml", workflows, governed},
	{"workflows/verify.yml", workflows, governed},
	{"workflows/taxonomy.yml", workflows, alerting},
	{"workflows/taxonomy-weekly-audit.yml", workflows, compared},
	{"gitlab/govctl.yml", pipelineFile, ownPipeline},
	{"gitlab/govctl.yml", includedFile, included},
	{"kubernetes/*.yaml", "kubernetes/", indexed},
	{"workflows/promtool.yml", workflows, onRequest("promtool", ruled)},
	{"workflows/taxonomy-pages.yml", workflows, onRequest("taxonomy-pages", catalogue)},
	{"workflows/taxonomy-pr-delta.yml", workflows, onRequest("taxonomy-pr-delta", catalogue)},
	{"workflows/prometheus-live-test-reusable.yml", workflows, onRequest("prometheus-live-test-reusable", ruled)},
	{"workflows/security-headers-matrix.yml", workflows, onRequest("security-headers-matrix", inActions)},
	{"workflows/trivy-scan.yml", workflows, onRequest("trivy-scan", inActions)},
	{"workflows/pin-base-image.yml", workflows, onRequest("pin-base-image", inActions)},
	{"workflows/qa-profile.yml", workflows, onRequest("qa-profile", inActions)},
	{"latency/internal_latency.yml", "prometheus/", latencyWatched},
	{"latency/tests/internal_latency.test.yml", "prometheus/tests/", latencyWatched},
	{"latency/alerts_taxonomy.json", "alerts_taxonomy.json", func(r *repository) bool { return r.latencyAlerts }},
	{"starter/openapi.yaml", starterContract, exampleContract},
	{"starter/alerts_taxonomy.json", "alerts_taxonomy.json", exampleAlerts},
	{"starter/prometheus/*.yml", "prometheus/", exampleAlerts},
	{"starter/prometheus/tests/*.yml", "prometheus/tests/", exampleAlerts},
}

// generated is one file that init writes into the repository.
type generated struct{ path, text string }

// generatedFiles are all that init writes into a repository as files of their own.
func generatedFiles(r *repository) ([]generated, error) {
	rules, tests, hashed := r.triggers()
	fill := strings.NewReplacer("{{ACTION}}", r.govctl.action, "{{VERSION}}", r.govctl.version, "{{COMMIT}}", r.govctl.hooks, "{{BRANCH}}", r.branch, "{{NOW}}", r.generated,
		"{{CONTRACT}}", r.contractSection(), "{{ALERTS}}", r.alertSection(), "{{RULES}}", rules, "{{TESTS}}", tests, "{{HASHED}}", hashed, "{{RULEFOLDERS}}", r.ruleFolders(), "{{WATCHED}}", r.watched(rules),
		"{{TAXONOMY}}", yamlText(r.taxonomy), "{{CATALOGUE}}", sanitize.ShellWord(r.taxonomy),
		"{{SHARDS}}", strconv.Itoa(r.shards), "{{MATRIX}}", numbered("", 1, r.shards), "{{FOLDERS}}", numbered("/work/parts/", 0, r.shards))
	var files []generated
	for _, t := range targets {
		if !t.when(r) {
			continue
		}
		names, err := fs.Glob(templates, "templates/"+t.from)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := templates.ReadFile(name)
			if err != nil {
				return nil, err
			}
			to := t.to
			if strings.HasSuffix(to, "/") {
				to += path.Base(name)
			}
			files = append(files, generated{to, fill.Replace(expand(r.keepSections(string(text))))})
		}
	}
	return append(append(files, dashboardFiles(r)...), latencyDashboard(r)...), nil
}

// watched are the paths that taxonomy.yml looks at: the taxonomy and, given as in the filter, the rules.
func (r *repository) watched(rules string) string {
	var paths []string
	if r.taxonomy != "" {
		paths = append(paths, yamlText(r.taxonomy))
	}
	if r.ruled {
		paths = append(paths, rules)
	}
	return strings.Join(paths, ", ")
}

// ruleFolders are the folders of the rule files as one text, for an input.
func (r *repository) ruleFolders() string {
	folders := foldersOf(r.ruleFiles, "")
	if len(folders) == 0 || slices.ContainsFunc(folders, func(f string) bool { return strings.ContainsAny(f, "* ") }) {
		folders = []string{"prometheus"}
	}
	return yamlText(strings.Join(folders, " "))
}

package cli

import (
	"embed"
	"io/fs"
	"path"
	"strings"

	"github.com/romel/govctl/internal/config"
)

//go:embed templates
var templates embed.FS

// target is a row of the table of generated files: where a template, or each of a folder's, goes.
type target struct {
	from, to string
	when     func(r *repository) bool
}

func always(*repository) bool            { return true }
func exampleContract(r *repository) bool { return r.exampleContract }
func exampleAlerts(r *repository) bool   { return r.exampleAlerts }

// governed reports that there is something that a run judges; without it every workflow would only fail.
func governed(r *repository) bool  { return r.ci == ciGitHub && (r.sourced || r.taxonomy != "") }
func ruled(r *repository) bool     { return r.ci == ciGitHub && r.ruled }
func catalogue(r *repository) bool { return r.ci == ciGitHub && r.taxonomy != "" }
func compared(r *repository) bool  { return ruled(r) && catalogue(r) }

// pipelined reports that the jobs of GitLab CI are written: as the file that GitLab reads, or beside one that is there.
func pipelined(r *repository) bool   { return r.ci == ciGitLab && (r.sourced || r.taxonomy != "") }
func ownPipeline(r *repository) bool { return pipelined(r) && !r.hasPipeline }
func included(r *repository) bool    { return pipelined(r) && r.hasPipeline }

const (
	workflows    = ".github/workflows/"
	pipelineFile = ".gitlab-ci.yml"
	includedFile = ".gitlab/govctl.yml"
)

// targets lists what init writes as files of their own.
var targets = []target{
	{"govctl.yaml", config.File, always},
	{"workflows/governance.yml", workflows, governed},
	{"workflows/governance-stability-nightly.yml", workflows, governed},
	{"workflows/verify.yml", workflows, governed},
	{"workflows/promtool.yml", workflows, ruled},
	{"workflows/taxonomy.yml", workflows, compared},
	{"workflows/taxonomy-pages.yml", workflows, catalogue},
	{"workflows/taxonomy-pr-delta.yml", workflows, catalogue},
	{"workflows/taxonomy-weekly-audit.yml", workflows, compared},
	{"gitlab/govctl.yml", pipelineFile, ownPipeline},
	{"gitlab/govctl.yml", includedFile, included},
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
		"{{CONTRACT}}", r.contractSection(), "{{ALERTS}}", r.alertSection(), "{{RULES}}", rules, "{{TESTS}}", tests, "{{HASHED}}", hashed,
		"{{TAXONOMY}}", yamlText(r.taxonomy), "{{CATALOGUE}}", shellWord(r.taxonomy))
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
			files = append(files, generated{to, fill.Replace(string(text))})
		}
	}
	return files, nil
}

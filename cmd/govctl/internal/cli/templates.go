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
	when     func(r *repository) bool // nil: always
}

func noContract(r *repository) bool { return !r.contract }
func noIgnores(r *repository) bool  { return !r.ignores }
func noAlerts(r *repository) bool   { return !r.alerts }

// targets lists what init writes, configuration first: when that is there already, nothing else is touched.
var targets = []target{
	{"govctl.yaml", config.File, nil},
	{"workflows/*.yml", ".github/workflows/", nil},
	{"pre-commit-config.yaml", ".pre-commit-config.yaml", nil},
	{"gitignore", ".gitignore", noIgnores},
	{"starter/openapi.yaml", starterContract, noContract},
	{"starter/alerts_taxonomy.json", "alerts_taxonomy.json", noAlerts},
	{"starter/prometheus/*.yml", "prometheus/", noAlerts},
	{"starter/prometheus/tests/*.yml", "prometheus/tests/", noAlerts},
}

// generatedFiles are all that init writes into a repository.
func generatedFiles(r repository) ([]generated, error) {
	unless := "# "
	if r.compared {
		unless = ""
	}
	fill := strings.NewReplacer("{{ACTION}}", r.govctl.action, "{{VERSION}}", r.govctl.version, "{{REV}}", r.govctl.hooks, "{{SOURCE}}", r.source, "{{BRANCH}}", r.branch,
		"{{NOW}}", r.generated, "{{ALERTS}}", unless)
	var files []generated
	for _, t := range targets {
		if t.when != nil && !t.when(&r) {
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

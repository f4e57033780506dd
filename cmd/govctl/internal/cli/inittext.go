package cli

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/adopt"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/late"
)

var (
	plainText = late.Pattern(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)
	wordLike  = late.Pattern(`(?i)^(?:y|n|yes|no|on|off|true|false|null|~|[-+.\d_]+|0[xo].*|[\d.]+e[\d]+|\.inf|\.nan)$`)
)

// yamlText is a text as a value of YAML: bare where nobody could take it for something else.
func yamlText(s string) string {
	if plainText().MatchString(s) && !wordLike().MatchString(s) {
		return s
	}
	b, err := json.Marshal(s)
	if err != nil { // a text always can be written
		return "null"
	}
	return string(b)
}

func yamlList(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		b, err := json.Marshal(s)
		if err == nil { // a text always can be written
			quoted[i] = string(b)
		}
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// setting is a line of the configuration that a contract needs, with the reason.
type setting struct{ why, line string }

// settings are what the first run of a contract needs to come to a verdict.
func (c *foundContract) settings() (out []setting) {
	if c.swagger {
		out = append(out, setting{why: "Swagger 2.0: each run converts it to OpenAPI 3.0 and compares that"})
	}
	if c.remote != "" {
		out = append(out, setting{c.remote, "allow_remote_refs: true"})
	}
	if c.dangling != "" {
		out = append(out, setting{c.dangling + "; the other parts are compared, and each run reports what was not read", "allow_dangling_refs: true"})
	}
	switch {
	case c.tagged != nil:
		out = append(out, *c.tagged)
	case c.dated:
		out = append(out, setting{"version " + c.version + " is a calendar version, and its year has two digits", "semver: {scheme: calver}"})
	case c.unread != "":
		out = append(out, setting{c.unread + ": it is not checked, and every breaking change fails. With a version such as 1.0.0, write gate: semver; " +
			"where the version is a tag or in another file, name that by semver.version_from", "gate: breaking"})
	}
	return out
}

// noContract is what a configuration without one says.
const noContract = `# init found no OpenAPI description that can be read. Name yours here, then run govctl init again: it writes the workflows for it.
# contract:
#   source: openapi.yaml       # file, https URL, cmd:COMMAND (its output is the document) or git:REV:PATH
#   gate: semver               # semver: the version must match the change; breaking: nothing may break; none: only report
`

// contractSection is the part of the configuration about contracts.
func (r *repository) contractSection() string {
	switch len(r.contracts) {
	case 0:
		return noContract
	case 1:
		return r.oneContract(r.contracts[0])
	}
	var b strings.Builder
	b.WriteString("# Each contract has its own gate, baseline and history; it is published as schemas/NAME.json.\ncontracts:\n")
	for _, c := range r.contracts {
		fmt.Fprintf(&b, "  - name: %s\n    source: %s\n", yamlText(c.name), yamlText(sourceOf(c.path)))
		writeSettings(&b, "    ", c.contract.settings())
	}
	b.WriteString(`    # gate: semver             # of each: semver, breaking, none
    # baseline: git:origin/main:PATH   # left out, it is the contract that the last run published
`)
	return b.String()
}

func (r *repository) oneContract(c namedContract) string {
	var b strings.Builder
	source := sourceOf(c.path)
	fmt.Fprintf(&b, `contract:
  name: %s                # published as schemas/%s.json
  source: %s
  # file, https URL, cmd:COMMAND (its output is the document) or git:REV:PATH

  # What the contract is compared with. Left out, it is the contract that the last run published.
  # baseline: %s

  # A second comparison that reports and never fails the run.
  # release_baseline: %s

`, c.name, c.name, yamlText(source), yamlText("git:origin/"+r.branch+":"+c.path), yamlText("git:latest-tag:"+c.path))
	settings := c.contract.settings()
	writeSettings(&b, "  ", settings)
	if !slices.ContainsFunc(settings, func(s setting) bool { return strings.HasPrefix(s.line, "gate:") }) {
		b.WriteString("  gate: semver                 # semver: the version must match the change; breaking: nothing may break; none: only report\n")
	}
	b.WriteString(`  # waivers: .govctl-waivers.yaml
  # rules:
  #   category: validation     # the widest category that gates: wire, validation, sdk, docs
  #   levels:
  #     request-body-became-required: warning
`)
	return b.String()
}

// maxWhy bounds a reason in a comment, in bytes.
const maxWhy = 400

func writeSettings(b *strings.Builder, indent string, settings []setting) {
	for _, s := range settings {
		why := oneLine(s.why)
		if len(why) > maxWhy {
			why = strings.ToValidUTF8(why[:maxWhy], "") + "..."
		}
		fmt.Fprintf(b, "%s# %s\n", indent, why)
		if s.line != "" {
			fmt.Fprintf(b, "%s%s\n", indent, s.line)
		}
	}
}

// alertSection is the part of the configuration about alerts.
func (r *repository) alertSection() string {
	standard := config.Default().Taxonomy.File
	if r.taxonomy == "" && len(r.patterns) == 0 && r.unfit == "" {
		return "# taxonomy:\n#   file: " + standard + "\n#   rules: [\"prometheus/*.yml\"]\n"
	}
	var b strings.Builder
	b.WriteString("taxonomy:\n")
	switch {
	case r.taxonomy != "":
		fmt.Fprintf(&b, "  file: %s\n", yamlText(r.taxonomy))
	case r.unfit != "":
		fmt.Fprintf(&b, "  # %s\n  file: \"\"\n", oneLine(standard+" "+r.unfit))
	default:
		b.WriteString("  # file: " + standard + "   # govctl taxonomy sync --scaffold writes it from the rules, then govctl init its workflows\n")
	}
	if len(r.patterns) > 0 {
		b.WriteString("  rules:" + wrappedList(r.patterns) + "\n")
	}
	if len(r.runbooks) > 0 && r.taxonomy != "" {
		b.WriteString("  runbooks:" + wrappedList(r.runbooks) + "\n")
	}
	return b.String()
}

// wrappedList is a list in one line, or with an entry a line where that would be long.
func wrappedList(items []string) string {
	if s := yamlList(items); len(s) < 100 {
		return " " + s
	}
	var b strings.Builder
	for _, item := range items {
		fmt.Fprintf(&b, "\n    - %s", yamlText(item))
	}
	return b.String()
}

// Where rules are looked for when they lie where most projects have them.
const (
	usualRules  = `"**/prometheus/**"`
	usualTests  = `'**/prometheus/**/*.y*ml'`
	usualHashed = `'**/prometheus/**/*test*.y*ml'`
)

// triggers are the paths of rules and tests as the workflows write them: in a filter, as words of a shell, and for hashFiles.
func (r *repository) triggers() (rules, tests, hashed string) {
	rules, tests, hashed = usualRules, usualTests, usualHashed
	usual := func(p string) bool { return slices.Contains(strings.Split(path.Dir(p), "/"), "prometheus") }
	if dirs := foldersOf(slices.Concat(r.ruleFiles, r.testFiles), "**"); slices.ContainsFunc(slices.Concat(r.ruleFiles, r.testFiles), func(p string) bool { return !usual(p) }) {
		rules = strings.Trim(yamlList(dirs), "[]")
	}
	if len(r.testFiles) > 0 && slices.ContainsFunc(r.testFiles, func(p string) bool { return !usual(p) }) {
		globs := foldersOf(r.testFiles, "*.y*ml")
		tests, hashed = "'"+strings.Join(globs, "' '")+"'", "'"+strings.Join(globs, "', '")+"'"
	}
	return rules, tests, hashed
}

var plainFolder = late.Pattern(`^[A-Za-z0-9_.][A-Za-z0-9_./ -]*$`)

// foldersOf are the folders of files with a glob in each. A folder whose name has a meaning in globs or quotes is named by all that end so.
func foldersOf(files []string, glob string) (out []string) {
	for _, f := range files {
		dir := path.Dir(f)
		if !plainFolder().MatchString(dir) {
			dir = "**"
		}
		if one := path.Join(dir, glob); !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	slices.Sort(out)
	return out
}

// hookLines are the entry of a pre-commit configuration, for the files that are there.
func (r *repository) hookLines() []string {
	lines := []string{"- repo: " + home, "  rev: " + r.govctl.hooks, "  hooks:", "    - id: govctl-config"}
	if r.taxonomy != "" {
		lines = append(lines, "    - id: govctl-taxonomy")
		if path.Base(r.taxonomy) != config.Default().Taxonomy.File {
			lines = append(lines, "      files: "+yamlText("^"+regexp.QuoteMeta(r.taxonomy)+"$"))
		}
	}
	if r.taxonomy != "" && len(r.ruleFiles) > 0 {
		lines = append(lines, "    - id: govctl-taxonomy-sync", "      files: "+yamlText("^("+strings.Join(append(patternsOf(r.ruleFiles), regexp.QuoteMeta(r.taxonomy)), "|")+")$"))
	}
	if len(r.ruleFiles) > 0 {
		lines = append(lines, "    - id: govctl-rules", "      files: "+yamlText("^("+strings.Join(patternsOf(r.ruleFiles), "|")+")$"))
	}
	if len(r.testFiles) > 0 {
		globs := foldersOf(r.testFiles, "*.y*ml")
		lines = append(lines, "    - id: govctl-rules-test", "      args: "+yamlList(globs),
			"      files: "+yamlText("^("+strings.Join(patternsOf(slices.Concat(r.ruleFiles, r.testFiles)), "|")+")$"))
	}
	return lines
}

// patternsOf are regular expressions of the files that may hold rules or tests in the folders of these.
func patternsOf(files []string) (out []string) {
	for _, dir := range foldersOf(files, "") {
		switch dir {
		case ".", "**":
			dir = ""
		default:
			dir = regexp.QuoteMeta(dir) + "/"
		}
		out = append(out, dir+`[^/]*\.(ya?ml|rules|json)`)
	}
	return out
}

// ignored are the lines of a .gitignore.
func (r *repository) ignored() []string {
	lines := []string{"/governance.sarif"}
	if r.out != "" && filepath.IsLocal(r.out) {
		lines = append([]string{"/" + r.out + "/"}, lines...)
	}
	return lines
}

// ownerLines give the files that evaluate a change to their owners.
func (r *repository) ownerLines(owners string) []string {
	files := []string{"/" + config.File, "/.govctl-waivers.yaml", "/keys/"}
	for _, t := range targets {
		if t.to == workflows && t.when(r) {
			files = append(files, "/"+workflows+path.Base(t.from))
		}
		if (t.to == pipelineFile || t.to == includedFile) && t.when(r) {
			files = append(files, "/"+t.to)
		}
	}
	for i, f := range files {
		files[i] = f + " " + owners
	}
	return files
}

// kindWords are the kinds of files in words.
var kindWords = map[adopt.Kind]string{
	adopt.Contract: "contract", adopt.Rules: "rules", adopt.Tests: "rule tests", adopt.Taxonomy: "taxonomy",
}

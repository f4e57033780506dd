package cli

import (
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commandHabits are words that users of other tools type first, below a command of govctl, and what they mean here. The word * is any other.
var commandHabits = []struct{ below, word, meant string }{
	{"govctl", "alerts", "govctl taxonomy lint checks the alerts, govctl taxonomy metrics counts them"},
	{"govctl", "api", "govctl openapi diff OLD NEW compares two contracts"},
	{"govctl", "audit", "govctl taxonomy gate, or govctl run for every check of the configuration"},
	{"govctl", "badges", "govctl badge list"},
	{"govctl", "breaking", "govctl openapi diff OLD NEW; exit code 1 means that a change breaks clients"},
	{"govctl", "build", "govctl run makes all files, govctl site build the pages"},
	{"govctl", "bump", "govctl semver next prints the version to publish next"},
	{"govctl", "bundle", "govctl openapi export prints a contract of several files as one"},
	{"govctl", "check", "govctl rules check, govctl semver check, govctl schema check; govctl run for every check of the configuration"},
	{"govctl", "check-breaking", "govctl openapi diff OLD NEW; exit code 1 means that a change breaks clients"},
	{"govctl", "checks", "govctl openapi rules lists the change rules"},
	{"govctl", "ci", "govctl run"},
	{"govctl", "compare", "govctl openapi diff OLD NEW"},
	{"govctl", "config", "govctl init writes govctl.yaml; its schema: govctl schema show govctl"},
	{"govctl", "convert", "govctl openapi export --convert-swagger FILE"},
	{"govctl", "delta", "govctl openapi diff OLD NEW"},
	{"govctl", "diff", "govctl openapi diff OLD NEW for contracts, govctl taxonomy diff for alerts"},
	{"govctl", "export", "govctl openapi export"},
	{"govctl", "flatten", "govctl openapi export prints a contract of several files as one"},
	{"govctl", "format", "govctl openapi export prints the canonical form of a contract, govctl taxonomy lint --fix corrects a taxonomy"},
	{"govctl", "generate", "govctl run makes all files"},
	{"govctl", "generate-key-pair", "govctl key new"},
	{"govctl", "history", "govctl stability show"},
	{"govctl", "ignore", "govctl openapi waivers add accepts a breaking change for a time"},
	{"govctl", "issue", "govctl issues sync"},
	{"govctl", "keygen", "govctl key new"},
	{"govctl", "lint", "govctl taxonomy lint for a taxonomy of alerts, govctl rules check for rule files of Prometheus"},
	{"govctl", "next", "govctl semver next"},
	{"govctl", "notify", "govctl webhook send, or govctl taxonomy notify"},
	{"govctl", "pr", "govctl comment keeps one comment on a pull request up to date"},
	{"govctl", "public-key", "govctl key show"},
	{"govctl", "release", "govctl semver next prints the version, govctl publish pushes the files"},
	{"govctl", "report", "govctl run; govctl openapi diff --format html --output FILE for one page"},
	{"govctl", "rule", "govctl rules check FILE"},
	{"govctl", "scan", "govctl run"},
	{"govctl", "serve", "govctl site build writes the pages, which any web server can serve"},
	{"govctl", "show", "govctl stability show, or govctl explain ID"},
	{"govctl", "sign-blob", "govctl sign"},
	{"govctl", "status", "govctl run prints it; govctl badge list and govctl stability show print what the last run found"},
	{"govctl", "summary", "govctl openapi diff OLD NEW begins with it"},
	{"govctl", "test", "govctl rules test FILE for unit tests of Prometheus rules"},
	{"govctl", "upload", "govctl publish"},
	{"govctl", "validate", "govctl schema check FILE for files of govctl, govctl openapi export FILE for an OpenAPI document, govctl rules check FILE for rules"},
	{"govctl", "verify-blob", "govctl verify"},
	{"govctl", "waivers", "govctl openapi waivers list"},
	{"govctl badge", "*", "govctl badge render NAME prints a badge"},
	{"govctl changelog", "*", "govctl changelog api --from OLD --to NEW for contracts, govctl changelog alerts for alerts"},
	{"govctl openapi", "breaking", "govctl openapi diff OLD NEW; exit code 1 means that a change breaks clients"},
	{"govctl openapi", "bundle", "govctl openapi export FILE"},
	{"govctl openapi", "changelog", "govctl changelog api --from OLD --to NEW"},
	{"govctl openapi", "checks", "govctl openapi rules"},
	{"govctl openapi", "compare", "govctl openapi diff OLD NEW"},
	{"govctl openapi", "lint", "govctl does not lint contracts; govctl openapi export FILE checks whether one can be read"},
	{"govctl openapi", "validate", "govctl openapi export FILE checks whether a contract can be read"},
	{"govctl rules", "lint", "govctl rules check FILE"},
	{"govctl rules", "unit", "govctl rules test FILE"},
	{"govctl semver", "bump", "govctl semver next"},
	{"govctl semver", "get", "govctl semver next"},
	{"govctl semver", "validate", "govctl semver check"},
	{"govctl taxonomy", "check", "govctl taxonomy lint, or govctl taxonomy gate"},
	{"govctl taxonomy", "validate", "govctl taxonomy lint"},
}

// documentNames are how the names of documents end that users of other tools give without a command.
var documentNames = []string{".yaml", ".yml", ".json"}

// commandMeant is what the arguments of a command that only holds others mean; empty where nobody knows.
func commandMeant(c *cobra.Command, args []string) string {
	other := ""
	for _, h := range commandHabits {
		switch {
		case h.below != c.CommandPath():
		case h.word == args[0]:
			return h.meant
		case h.word == "*":
			other = h.meant
		}
	}
	if other == "" && slices.Contains(documentNames, path.Ext(args[0])) {
		return "govctl openapi diff OLD NEW compares two contracts, govctl rules check FILE checks rules"
	}
	return other
}

// flagHabits are flags of other tools, or of other commands of govctl, and what they are here. Without a command they hold for all.
var flagHabits = []struct{ below, flag, meant string }{
	{"govctl sign", "key", "--key-file FILE, or the variable " + seedVariable},
	{"govctl verify", "key", "--public-key KEY, or --trusted-keys FILE"},
	{"govctl openapi diff", "fail-on", "exit code 1 means that a change breaks clients; --category widens what breaks, rules.levels in govctl.yaml changes the level of a rule"},
	{"govctl openapi diff", "base", "give both contracts without a flag: govctl openapi diff OLD NEW"},
	{"govctl openapi diff", "revision", "give both contracts without a flag: govctl openapi diff OLD NEW"},
	{"govctl openapi diff", "against", "give both contracts without a flag: govctl openapi diff OLD NEW, such as git:main:api/openapi.yaml api/openapi.yaml"},
	{"govctl openapi diff", "from", "give both contracts without a flag: govctl openapi diff OLD NEW"},
	{"govctl openapi diff", "to", "give both contracts without a flag: govctl openapi diff OLD NEW"},
	{"govctl openapi diff", "err-ignore", "govctl openapi waivers add accepts a breaking change for a time"},
	{"govctl openapi diff", "warn-ignore", "govctl openapi waivers add accepts a breaking change for a time"},
	{"govctl rules check", "fix", "govctl rules check changes no file; govctl taxonomy lint --fix corrects a taxonomy"},
	{"govctl rules check", "lint", "taxonomy.levels in govctl.yaml changes the level of a check; all are on"},
	{"govctl rules check", "lint-fatal", "taxonomy.levels in govctl.yaml changes the level of a check"},
	{"", "no-color", "--color never, or the variable NO_COLOR"},
	{"", "colour", "--color auto, always or never"},
	{"", "verbose", "there is no verbose mode; --format json has everything, govctl explain ID explains an id"},
	{"", "debug", "there is no verbose mode; --format json has everything, govctl explain ID explains an id"},
	{"", "v", "there is no verbose mode; --format json has everything. govctl version prints the version"},
	{"", "version", "govctl version prints the version"},
	{"", "silent", "--quiet"},
	{"", "cwd", "-C FOLDER"},
	{"", "chdir", "-C FOLDER"},
	{"", "dir", "-C FOLDER to go to a folder first, --out FOLDER for the output folder"},
	{"", "c", "--config FILE"},
	{"", "config-file", "--config FILE"},
	{"", "output-format", "--format WORD"},
	{"", "out-format", "--format WORD"},
	{"", "formatter", "--format WORD"},
	{"", "reporter", "--format WORD"},
	{"", "error-format", "--format WORD"},
	{"", "output-file", "--output FILE"},
	{"", "outfile", "--output FILE"},
	{"", "report-file", "--output FILE"},
	{"", "ignore", "govctl openapi waivers add accepts a breaking change for a time"},
	{"", "exclude", "govctl openapi waivers add accepts a breaking change for a time; rules.levels in govctl.yaml changes the level of a rule"},
	{"", "exit-zero", "what is found ends with exit code 1, an error with 2 or 3; append `|| [ $? -eq 1 ]` to ignore findings"},
	{"", "no-fail", "what is found ends with exit code 1, an error with 2 or 3; append `|| [ $? -eq 1 ]` to ignore findings"},
	{"", "exit-code", "what is found always ends with exit code 1; govctl explain exit-1"},
}

// formatWords are other names of formats.
var formatWords = map[string]string{"md": "markdown", "xml": "junit", "plain": "text", "svg": "svg"}

// flagMeant is what a flag that a command does not have means; empty where nobody knows. The name of a format is that format.
func flagMeant(c *cobra.Command, flag string) string {
	format := flag
	if word := formatWords[flag]; word != "" {
		format = word
	}
	if f := c.Flags().Lookup("format"); f != nil && takes(f, format) {
		return "--format " + format
	}
	for _, h := range flagHabits {
		if h.flag == flag && (h.below == "" || h.below == c.CommandPath()) && has(c, h.meant) {
			return h.meant
		}
	}
	return ""
}

func takes(f *pflag.Flag, word string) bool {
	value, ok := f.Value.(*choice)
	return ok && slices.Contains(value.words, word)
}

// has reports that the flag with which a hint begins is one of the command.
func has(c *cobra.Command, hint string) bool {
	name, ok := strings.CutPrefix(strings.FieldsFunc(hint, func(r rune) bool { return r == ' ' || r == ',' })[0], "--")
	return !ok || c.Flags().Lookup(name) != nil
}

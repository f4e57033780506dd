package cli

import (
	"bytes"
	"strings"
	"testing"
)

// habits are the command lines that users of other tools type first: each works (and means the command that is named), or the hint names the right one.
var habits = []struct{ from, line, want string }{
	{"oasdiff", "govctl diff old.yaml new.yaml", "hint: govctl openapi diff OLD NEW"},
	{"oasdiff", "govctl breaking old.yaml new.yaml", "hint: govctl openapi diff OLD NEW"},
	{"oasdiff", "govctl breaking --fail-on ERR old.yaml new.yaml", "hint: govctl openapi diff OLD NEW"},
	{"oasdiff", "govctl changelog old.yaml new.yaml", "hint: govctl changelog api --from OLD --to NEW"},
	{"oasdiff", "govctl summary old.yaml new.yaml", "hint: govctl openapi diff OLD NEW"},
	{"oasdiff", "govctl checks", "hint: govctl openapi rules"},
	{"oasdiff", "govctl flatten openapi.yaml", "hint: govctl openapi export"},
	{"oasdiff", "govctl openapi diff old.yaml new.yaml --fail-on ERR", "hint: exit code 1 means that a change breaks clients"},
	{"oasdiff", "govctl openapi diff --base old.yaml --revision new.yaml", "hint: give both contracts without a flag: govctl openapi diff OLD NEW"},
	{"oasdiff", "govctl openapi diff old.yaml new.yaml -f json", ""},
	{"oasdiff", "govctl openapi diff old.yaml new.yaml --format markdown", ""},
	{"oasdiff", "govctl openapi breaking old.yaml new.yaml", "hint: govctl openapi diff OLD NEW"},
	{"openapi-diff", "govctl old.yaml new.yaml", "hint: govctl openapi diff OLD NEW"},
	{"openapi-diff", "govctl openapi diff old.yaml new.yaml --markdown", "hint: --format markdown"},
	{"optic", "govctl diff openapi.yaml --base main --check", "hint: govctl openapi diff OLD NEW"},
	{"optic", "govctl lint openapi.yaml", "hint: govctl taxonomy lint"},
	{"buf", "govctl breaking --against .git#branch=main", "hint: govctl"},
	{"buf", "govctl openapi diff --against main", "such as git:main:api/openapi.yaml api/openapi.yaml"},
	{"buf", "govctl build", "hint: govctl run"},
	{"spectral", "govctl lint api/openapi.yaml --ruleset rules.yaml", "hint: govctl taxonomy lint"},
	{"spectral", "govctl openapi lint api/openapi.yaml", "hint: govctl does not lint contracts"},
	{"golangci-lint", "govctl run", ""},
	{"golangci-lint", "govctl run -c govctl.yaml", "hint: --config FILE"},
	{"golangci-lint", "govctl run --out-format json", "hint: --format WORD"},
	{"golangci-lint", "govctl run -v", "hint: there is no verbose mode"},
	{"golangci-lint", "govctl run --color always", ""},
	{"golangci-lint", "govctl config verify", "hint: govctl init writes govctl.yaml"},
	{"eslint", "govctl rules check rules --no-color", "hint: --color never"},
	{"eslint", "govctl rules check rules --fix", "hint: govctl rules check changes no file"},
	{"eslint", "govctl rules check rules --format junit --output-file report.xml", "hint: --output FILE"},
	{"gh", "govctl openapi diff --json", "hint: --format json"},
	{"gh", "govctl pr comment", "hint: govctl comment"},
	{"gh", "govctl issue list", "hint: govctl issues sync"},
	{"gh", "govctl --version", ""},
	{"gh", "govctl run --version", "hint: govctl version"},
	{"git", "govctl -C service run -q", ""},
	{"promtool", "govctl check rules rules.yml", "hint: govctl rules check"},
	{"promtool", "govctl test rules tests.yml", "hint: govctl rules test FILE"},
	{"promtool", "govctl rules test tests.yml", ""},
	{"promtool", "govctl rules check rules.yml --lint-fatal", "hint: taxonomy.levels in govctl.yaml"},
	{"pint", "govctl lint rules.yml", "govctl rules check"},
	{"pint", "govctl rules lint rules.yml", "hint: govctl rules check FILE"},
	{"pint", "govctl ci", "hint: govctl run"},
	{"semver", "govctl semver bump minor", "hint: govctl semver next"},
	{"semver", "govctl bump", "hint: govctl semver next"},
	{"svu", "govctl next", "hint: govctl semver next"},
	{"cosign", "govctl sign-blob --key cosign.key file", "hint: govctl sign"},
	{"cosign", "govctl verify-blob --key cosign.pub file", "hint: govctl verify"},
	{"cosign", "govctl generate-key-pair", "hint: govctl key new"},
	{"cosign", "govctl verify --key cosign.pub", "hint: --public-key KEY"},
	{"cosign", "govctl sign --key cosign.key", "hint: --key-file FILE"},
	{"shields", "govctl badge coverage 93", "hint: govctl badge render NAME"},
	{"anything", "govctl validate openapi.yaml", "govctl openapi export FILE"},
	{"anything", "govctl status --json", "govctl badge list"},
	{"anything", "govctl openapi diff a.yaml b.yaml --sarif", "hint: --format sarif"},
	{"anything", "govctl openapi diff a.yaml b.yaml --verbose", "hint: there is no verbose mode"},
}

func TestHabits(t *testing.T) {
	for _, h := range habits {
		if h.want == "" {
			if _, err := parsed(h.line); err != nil {
				t.Errorf("%s: %s does not work: %v", h.from, h.line, err)
			}
			continue
		}
		var out, errs bytes.Buffer
		env := &Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Environ: func() []string { return nil }}
		code := Main(env, words(h.line)[1:])
		if code != BadInput || !strings.Contains(errs.String(), h.want) || out.Len() > 0 {
			t.Errorf("%s: %s: exit %d, want 2 and %q in\n%s%s", h.from, h.line, code, h.want, errs.String(), out.String())
		}
	}
}

// TestHabitsLeadSomewhere: a hint names commands and flags that there are, and no command that exists is taken for a habit.
func TestHabitsLeadSomewhere(t *testing.T) {
	for _, h := range commandHabits {
		named := false
		for _, line := range strings.Split(h.meant, "govctl ")[1:] {
			fields := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
			if fields[0] == "does" { // a sentence
				continue
			}
			c, _, err := Root().Find(fields)
			if err != nil || !c.HasParent() || c.HasSubCommands() {
				t.Errorf("%s %s: there is no command govctl %s", h.below, h.word, line)
			}
			named = true
		}
		if !named {
			t.Errorf("%s %s: %q names no command", h.below, h.word, h.meant)
		}
		if c, rest, err := Root().Find(append(strings.Fields(h.below)[1:], h.word)); err == nil && len(rest) == 0 {
			t.Errorf("%s is a command", c.CommandPath())
		}
	}
	for _, h := range flagHabits {
		if h.below == "" {
			continue
		}
		c, rest, err := Root().Find(strings.Fields(h.below)[1:])
		if err != nil || len(rest) > 0 || c.Flags().Lookup(h.flag) != nil {
			t.Errorf("%s --%s is no habit: no such command, or it has the flag", h.below, h.flag)
		}
	}
}

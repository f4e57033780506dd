package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/schemas"
)

// TestConfigPage keeps docs/config.md equal to the schema, the defaults and the table of variables.
func TestConfigPage(t *testing.T) { held(t, "config.md", configPage(t)) }

// keySchema is what the page shows of a part of the schema.
type keySchema struct {
	Ref                  string                `json:"$ref"`
	Description          string                `json:"description"`
	Type                 string                `json:"type"`
	Enum                 []string              `json:"enum"`
	Minimum              *float64              `json:"minimum"`
	Maximum              *float64              `json:"maximum"`
	Properties           map[string]*keySchema `json:"properties"`
	Items                *keySchema            `json:"items"`
	AdditionalProperties json.RawMessage       `json:"additionalProperties"`
	Defs                 map[string]*keySchema `json:"$defs"`
}

func configPage(t *testing.T) string {
	t.Helper()
	source, err := schemas.Source("govctl")
	if err != nil {
		t.Fatal(err)
	}
	var root keySchema
	if err := json.Unmarshal(source, &root); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Configuration\n\nGenerated from `schemas/govctl.schema.json`, the defaults and the table of variables; `make update` rewrites this page.\n\n" +
		"`govctl.yaml` is read from the current folder or, where that has none, from the nearest folder above it, as far as the top of the repository (which git has to\n" +
		"confirm). Its paths and the output folder are relative to its own folder, the paths of the command line to the current one. `--config FILE` names another file;\n" +
		"the paths in that one are relative to the current folder. Every key is optional. A key that does not exist is an error with\n" +
		"its line and the key that was probably meant, so that no setting is silently ignored. `govctl init` writes a commented file,\n" +
		"whose first line names the schema for editors (`govctl schema show govctl` prints it; `schemas/schemastore.json` is the entry for the schema catalogue).\n\n| Key | Value | Default | |\n|---|---|---|---|\n")
	standard := defaults(t)
	var walk func(at string, s *keySchema)
	walk = func(at string, s *keySchema) {
		if s.Ref != "" {
			about := s.Description
			s = root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
			if at == "contracts[]" || strings.HasPrefix(at, "contract.") { // the keys stand once, under contract and semver
				fmt.Fprintf(&b, "| `%s` | keys | | %s |\n", at, cell(firstOf(about, s.Description)))
				return
			}
		}
		if len(s.Properties) == 0 {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", at, cell(s.values()), standard[at], cell(s.Description))
			if s.Items != nil && s.Items.Ref != "" {
				fmt.Fprintf(&b, "| `%s[].*` | | | the keys of `contract` |\n", at)
			}
			return
		}
		if at != "" && s.Description != "" {
			fmt.Fprintf(&b, "| **`%s`** | | | %s |\n", at, cell(s.Description))
		}
		for _, name := range keyOrder(s) {
			walk(strings.TrimPrefix(at+"."+name, "."), s.Properties[name])
		}
	}
	walk("", &root)
	b.WriteString("\n## Several contracts\n\n```yaml\ncontracts:\n  - {name: public, source: api/public.yaml}\n  - {name: internal, source: api/internal.yaml, gate: breaking, semver: {zero_major: minor}}\n```\n\n" +
		"Each contract has its own gate, baseline and history; its files are in `status/NAME/`, its contract in `schemas/NAME.json`. The summary is as good as the worst of them\n" +
		"and lists them all, `governance.prom` labels their figures with `contract`. Commands about one contract take `--contract NAME`; where a document is given that is\n" +
		"read from the place of a contract, its rules hold without the flag.\n")
	b.WriteString("\n## Where the version comes from\n\n" +
		"`semver.version_from` names it: `info` is `info.version`; `tag` is the nearest release tag, with or without `v`, semantic or calendar (prereleases are passed\n" +
		"over, and without any tag `info.version` counts; the clone needs its history, `fetch-depth: 0`); `tag:PREFIX` is the nearest tag of PREFIX and a version, for\n" +
		"repositories that release several things (`tag:users/` for `users/v1.2.3`, `tag:users-` for `users-1.2.3`); `file:VERSION` is the text of a file; `file:package.json:version`\n" +
		"is a key of a JSON or YAML file, with dots on the way down (`file:chart.yaml:meta.version`); `env:NAME` is a variable. Keys of TOML are not read. The published\n" +
		"contract carries that version in `info.version`, the source file is not touched. `contract.baseline` is best left out beside `tag`: the last contract that a\n" +
		"release brought is kept, and `git:latest-tag:` is the release itself on its own commit.\n\n" +
		"While the version does not change, nothing is lost. With a version that is set by hand, the run that brings a break fails; later runs with the same breaks warn, name the bump that is\n" +
		"pending (`pending_bump`) and keep the baseline, and any new break fails. With `tag`, runs between two releases warn, and the run of the tag fails where the tag\n" +
		"is below the pending bump; where no run is made for tags, the next one checks the tag against the contract that it has.\n\n" +
		"`semver.policy: original` accepts a patch for everything that breaks nothing and warns of a minor; `semver2` asks for a minor where something is added, as\n" +
		"section 7 of Semantic Versioning 2.0.0 does (not below 1.0.0 with `zero_major: minor`). A major version without a break fails under both, unless\n" +
		"`semver.planned_major: true` says for one release that it is meant.\n\n" +
		"For calendar versions `govctl semver next` proposes the day's in the form of the last one: `2025.09.16+def5678` becomes `2026.11.29+` and the commit, `26.04`\n" +
		"becomes `26.11`. A third number of two digits is a day, any other a counter: after `2026.10.1` comes `2026.10.2` in October and `2026.11.0` in November.\n")
	b.WriteString("\n## Settings for one run\n\n`run` and `stability record` take the keys of `stability` as flags and as variables. What differs from the configuration is listed as an\n" +
		"override in the headline, on the page and in `status/policy.json`, since it changes how the run is evaluated.\n")
	b.WriteString("\n## Milestones\n\nThe file of `milestones` is read as the original's tools read it: a milestone without `status` is not started, `in_progress` is `in-progress`, an\n" +
		"`id` may be a number, and a `weight` may be in quotes. Two things differ. The original took an unknown status for `not-started` and a negative\n" +
		"weight for 0; here both are errors with the line, exit code 2. The statuses are `done`, `in-progress`, `not-started` and `blocked`.\n")
	b.WriteString("\n## Environment variables\n\nThe order of precedence is: flag, environment, `govctl.yaml`, default. A variable that is set to nothing counts as not set.\n\n" +
		"Every flag has a variable: `GOVCTL_` and the name of the flag in capitals, with `_` for `-`. `GOVCTL_FORMAT=json` is `--format json`, `GOVCTL_OUT=out` is `--out out`,\n" +
		"`GOVCTL_ALLOW_BREAKING=true` is `--allow-breaking`; of a flag that may be repeated it sets one. It applies to each command that has the flag and takes precedence over\n" +
		"the variables below and over `govctl.yaml`. A value that the flag refuses is an error which names the variable, and one whose name is almost that of a flag is a warning.\n" +
		"`GOVCTL_HELP` and `GOVCTL_VERSION` set nothing.\n\n" +
		"| Variable | Flag | Key | |\n|---|---|---|---|\n")
	for _, v := range variables() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", v.name, ticked(v.flag), ticked(v.key), cell(v.about))
	}
	b.WriteString("\n## What other programs get\n\nA `cmd:` source gets the environment of govctl without these variables. git gets the same and one token of the repository, which its\n" +
		"credential helpers read: the first that is set of those marked *git*.\n\n| Set by or for | Variables |\n|---|---|\n")
	for _, row := range secretRows() {
		fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
	}
	b.WriteString("\nTokens of package registries and clouds (`NPM_TOKEN`, `AWS_*` and the like) are passed on, since a build may need them: do not set them for a job that\n" +
		"runs code of pull requests.\n")
	return b.String()
}

// secretRows are the variables that other programs do not get, by what sets them.
func secretRows() [][2]string {
	var rows [][2]string
	at := map[string]int{}
	for _, s := range secrets {
		name := ticked(s.name)
		if s.git {
			name += " *git*"
		}
		if i, ok := at[s.of]; ok {
			rows[i][1] += ", " + name
			continue
		}
		at[s.of] = len(rows)
		rows = append(rows, [2]string{s.of, name})
	}
	return rows
}

func ticked(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// values says what a key may hold.
func (s *keySchema) values() string {
	switch {
	case len(s.Enum) > 0:
		return strings.Join(s.Enum, ", ")
	case s.Type == "array":
		return "list"
	case s.Type == "object":
		return "map"
	case s.Minimum != nil && s.Maximum != nil:
		return fmt.Sprintf("%s from %v to %v", s.Type, *s.Minimum, *s.Maximum)
	case s.Minimum != nil:
		return fmt.Sprintf("%s from %v", s.Type, *s.Minimum)
	}
	return s.Type
}

// keyOrder lists plain keys before sections, each by name.
func keyOrder(s *keySchema) []string {
	var plain, parts []string
	for name, p := range s.Properties {
		if len(p.Properties) > 0 || p.Ref != "" {
			parts = append(parts, name)
		} else {
			plain = append(plain, name)
		}
	}
	slices.Sort(plain)
	slices.Sort(parts)
	return append(plain, parts...)
}

// defaults are the values of keys that nobody set, as the reader of the configuration fills them in.
func defaults(t *testing.T) map[string]string {
	t.Helper()
	c, err := config.Parse(t.Context(), config.File, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Contract, c.Contracts = c.Contracts[0], nil
	c.Contract.Semver = nil
	text, err := artifact.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	flat := map[string]string{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		if m, ok := v.(map[string]any); ok {
			for name, value := range m {
				walk(strings.TrimPrefix(at+"."+name, "."), value)
			}
			return
		}
		one, _ := json.Marshal(v)
		flat[at] = "`" + strings.Trim(string(one), `"`) + "`"
	}
	walk("", tree)
	return flat
}

// variable is an environment variable that govctl reads, for the help of readers.
type variable struct{ name, flag, key, about string }

// variables lists every variable that a user sets; those that GitHub Actions sets are told where they are read. The limits of the alerts come
// from their own table.
func variables() []variable {
	list := []variable{
		{"SOURCE_DATE_EPOCH", "--now", "", "fixes the clock at this number of seconds since 1970"},
		{"ALLOW_BREAKING", "run --allow-breaking", "contract.allow_breaking", "1: breaking changes pass, for gate: breaking; 0: they do not"},
		{"CURRENT_API_VERSION", "semver check --current", "", "the new version"},
		{"PREVIOUS_API_VERSION", "semver check --previous", "", "the published version"},
		{"GOVERNANCE_VERSION", "", "semver.version_from", "the original's name for the version of an export: `version_from: env:GOVERNANCE_VERSION` reads it"},
		{"GOV_SIGNING_PRIVATE_KEY", "--key-file", "", "the seed of the signing key, 32 bytes in base64: a secret"},
		{"GOVERNANCE_WEBHOOK", "", "", "where notices are sent, also GOVERNANCE_WEBHOOK_URL: a secret, so it has no flag ([docs/receiving-webhooks.md](receiving-webhooks.md))"},
		{"SLACK_WEBHOOK", "", "", "a Slack chat that `run --send`, `send` and `webhook send --chat slack` notify, also SLACK_WEBHOOK_URL: a secret"},
		{"TEAMS_WEBHOOK_URL", "", "", "the same for a Teams chat: a secret"},
		{"GOVERNANCE_WEBHOOK_SECRET", "", "", "what notices are signed with: a secret"},
		{"TAXONOMY_WEBHOOK", "taxonomy notify --webhook", "", "chat webhook for drift; also TAXONOMY_WEBHOOK_URL, SLACK_WEBHOOK_URL and TEAMS_WEBHOOK_URL, first come first"},
		{"TAXONOMY_SLACK_BLOCKS", "taxonomy notify --chat slack", "", "1: the message is written in Slack's blocks"},
		{"PROMETHEUS_URL", "rules live --prometheus", "", "the Prometheus that is looked at"},
		{"PROMETHEUS_TOKEN", "", "", "bearer token for it: a secret"},
		{"NO_COLOR", "--color never", "", "set to disable colour"},
		{"COLUMNS", "", "", "the width at which text is wrapped on a terminal; text in a pipe or a file is never wrapped"},
		{"GITHUB_SHA", "--sha", "", "the commit of the run; without it git is asked. Other CI systems have variables of their own ([ci.md](ci.md))"},
		{"GITHUB_RUN_ID", "--run-id", "", "the identity of the run; other CI systems as above"},
		{"GITHUB_TOKEN", "", "", "for issues, comments and publishing from GitHub Actions: a secret"},
		{"GITLAB_TOKEN", "", "", "for the note on a merge request and publishing from GitLab CI ([gitlab.md](gitlab.md)): a secret"},
	}
	for _, l := range settings {
		list = append(list, variable{l.env, "--" + l.flag, "stability." + l.key, l.about})
	}
	for _, l := range limits {
		if l.env != "" {
			list = append(list, variable{l.env, "--" + l.flag, "taxonomy." + l.key, l.about})
		}
	}
	return list
}

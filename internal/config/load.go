package config

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/schemas"
)

// maxBytes bounds the configuration file.
const maxBytes = 1 << 20

// Parse reads a configuration over the defaults. Every error is a *contract.Error with file, line and column.
func Parse(ctx context.Context, file string, data []byte) (Config, error) {
	c := Default()
	if onlyComments(string(data)) {
		return finish(c, contract.Node{})
	}
	root, err := contract.ParseValue(ctx, file, data, contract.Options{MaxBytes: maxBytes, MaxDepth: 50})
	if err != nil {
		return Config{}, err
	}
	text := root.AppendJSON(nil)
	if err := check(root, text); err != nil {
		return Config{}, err
	}
	if err := json.Unmarshal(text, &c, json.RejectUnknownMembers(true)); err != nil {
		return Config{}, semantic(root, err)
	}
	return finish(c, root)
}

// onlyComments reports a file in which every key is commented out, as init writes it.
func onlyComments(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

// check holds the document against its schema and turns the first violation into an error with a place.
func check(root contract.Node, text []byte) error {
	if n, parent, ok := unknownKey(root); ok {
		return &contract.Error{Place: n.KeyPlace(), Msg: fmt.Sprintf("unknown key %q", n.Key()), Hint: suggestion(n.Key(), known(parent))}
	}
	err := schemas.Validate("govctl", text)
	var bad *schemas.Invalid
	if !errors.As(err, &bad) {
		return err
	}
	v := bad.Violations[0]
	hint := "govctl schema show govctl lists every key with its values"
	if root.Find(v.Pointer).Kind() == contract.Null {
		hint = "remove the key, or give it a value"
	}
	return &contract.Error{Place: root.Find(v.Pointer).Place(), Msg: name(v.Pointer) + ": " + v.Reason, Hint: hint}
}

// name is how a message calls the value at a pointer.
func name(pointer string) string {
	if pointer == "" {
		return "the configuration"
	}
	return strings.TrimPrefix(pointer, "/")
}

// semantic gives a decoding error its place.
func semantic(root contract.Node, err error) error {
	var sem *json.SemanticError
	if !errors.As(err, &sem) {
		return err
	}
	at := string(sem.JSONPointer)
	return &contract.Error{Place: root.Find(at).Place(), Msg: fmt.Sprintf("%s: wrong value %s", name(at), root.Find(at).AppendJSON(nil)), Err: err,
		Hint: "the value is out of range: govctl schema show govctl lists the values"}
}

// maxContracts bounds the contracts of one configuration, of each of which a run writes several files.
const maxContracts = 1_000

// folders of the output folder, for evidence, for the records of runs and for its parts. Each of several contracts has a folder of its name beside them.
var folders = []string{"evidence", "runs", "shards"}

// finish fills in what each contract leaves empty and holds the contracts apart.
func finish(c Config, root contract.Node) (Config, error) {
	c.root = root
	at := "/contract"
	if len(c.Contracts) == 0 {
		c.Contracts = []Contract{c.Contract}
	} else if root.Get("contract").Exists() {
		return Config{}, &contract.Error{Place: root.Get("contract").KeyPlace(), Msg: "contract and contracts are both given", Hint: "move the single contract into the list"}
	}
	if n := len(c.Contracts); n > maxContracts {
		return Config{}, &contract.Error{Place: root.Get("contracts").KeyPlace(), Msg: fmt.Sprintf("%d contracts are configured, more than %d", n, maxContracts), Hint: "give parts of the repository configurations of their own"}
	}
	var names []string
	for i := range c.Contracts {
		if root.Get("contracts").Exists() {
			at = fmt.Sprintf("/contracts/%d", i)
		}
		c.Contracts[i].At = at
		fill(&c.Contracts[i], c.Semver)
		if !c.Given(at + "/semver/warn_as_fail") {
			c.Contracts[i].Semver.WarnAsFail = c.Semver.WarnAsFail
		}
		if !c.Given(at + "/semver/planned_major") {
			c.Contracts[i].Semver.PlannedMajor = c.Semver.PlannedMajor
		}
		name := c.Contracts[i].Name
		if slices.Contains(names, strings.ToLower(name)) { // they become file names, and some file systems fold case
			return Config{}, &contract.Error{Place: root.Get("contracts").At(i).Place(), Msg: fmt.Sprintf("a second contract is named %q", name), Hint: "give each contract its own name"}
		}
		if folder := strings.ToLower(name); len(c.Contracts) > 1 && slices.Contains(folders, folder) {
			return Config{}, &contract.Error{Place: root.Get("contracts").At(i).Place(), Msg: fmt.Sprintf("a contract is named %q, as the folder of %s in the output folder is", name, folder),
				Hint: "choose another name; renamed_from: " + name + " continues what was published under this one"}
		}
		names = append(names, strings.ToLower(name))
	}
	c.Contract = Contract{}
	if slices.Contains(ownNames, strings.ToLower(c.Changelog.API)) {
		return Config{}, &contract.Error{Place: root.Get("changelog").Get("api").Place(), Msg: fmt.Sprintf("changelog/api: govctl writes another file of the name %q", c.Changelog.API), Hint: "choose another name, such as CHANGELOG-API.md"}
	}
	return c, nil
}

// ownNames are the Markdown files that a run writes into status/ under fixed names, in small letters.
var ownNames = []string{"taxonomy.md", "alerts_changelog.md"}

func fill(c *Contract, common Semver) {
	d := contractDefaults
	for _, f := range []struct{ value, standard *string }{
		{&c.Name, &d.Name}, {&c.Gate, &d.Gate}, {&c.Waivers, &d.Waivers}, {&c.Rules.Category, &d.Rules.Category},
		{&c.Rules.ResponseGrowth, &d.Rules.ResponseGrowth},
	} {
		if *f.value == "" {
			*f.value = *f.standard
		}
	}
	if c.Rules.WaiverMaxDays == 0 {
		c.Rules.WaiverMaxDays = d.Rules.WaiverMaxDays
	}
	if c.Semver == nil {
		c.Semver = &common
		return
	}
	for _, f := range []struct{ value, standard *string }{
		{&c.Semver.Scheme, &common.Scheme}, {&c.Semver.ZeroMajor, &common.ZeroMajor}, {&c.Semver.Policy, &common.Policy},
		{&c.Semver.VersionFrom, &common.VersionFrom},
	} {
		if *f.value == "" {
			*f.value = *f.standard
		}
	}
}

package promrules

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
)

// Limits of one file.
const (
	maxBytes = 64 << 20
	maxRules = 200_000
)

// Parse reads the structure of a rule file: groups, rules, labels and annotations, without looking into expressions and
// templates (Check does). The error is a *contract.Error with the place of the first thing that no Prometheus would load.
// The file holds on to data, which must not change. Keys of all dialects are read.
func Parse(name string, data []byte) (*File, error) { return Dialect("").Parse(name, data) }

// Parse reads a rule file as the program of the dialect does: keys of other programs are refused.
func (d Dialect) Parse(name string, data []byte) (*File, error) {
	r := reader{dialect: d, file: &File{Name: name}}
	docs, err := r.documents(data)
	if err == nil {
		err = r.read(docs)
	}
	if err != nil {
		return nil, refusal(name, data, err)
	}
	return r.file, nil
}

// ErrTests is in the error of a file that holds promtool's unit tests: its folder may well be one of rules.
var ErrTests = errors.New("unit tests, not rules")

// ErrNoRules is in the error of a file that is nothing about rules at all, like the configuration of Prometheus itself.
var ErrNoRules = errors.New("no rule file")

// foreignError is in the error of a file whose objects another program loads.
type foreignError struct{ dialect Dialect }

func (e *foreignError) Error() string { return "rules of " + e.dialect.program() }

type reader struct {
	dialect Dialect
	file    *File
	doc     document // the one that is read
	rules   int
	foreign Dialect // whose objects were met and not read

	patterns int // instructions of those in matchers
}

// shape is the advice where the structure of a rule file is another one.
const shape = `the structure is groups: [{name: NAME, rules: [{alert: NAME, expr: EXPR}]}]`

func (r *reader) fail(n contract.Node, msg, hint string) *contract.Error {
	return &contract.Error{Place: r.spot(n).place(r.file.Name), Msg: msg, Hint: hint}
}

func (r *reader) spot(n contract.Node) spot { return spot{n, r.doc.above} }

func (r *reader) read(docs []document) error {
	if len(docs) == 0 {
		return nil
	}
	r.doc = docs[0]
	first := docs[0].root
	r.file.Object = value(first, "kind").Exists() && value(first, "apiVersion").Exists()
	if r.file.Object {
		return r.objects(docs)
	}
	namespaced := r.dialect.namespaces() || r.dialect == "" && value(first, "namespace").Exists()
	seen := map[string]bool{}
	for i, doc := range docs {
		r.doc = doc
		// Prometheus reads the first document and leaves the others out without a word. The tools of Mimir and Loki read all
		// of them, and take the name of the file for a namespace that is not given.
		if i > 0 && !namespaced {
			return r.fail(doc.root, "a second YAML document begins here, which "+r.dialect.program()+" does not read", "put its groups into the first one, or into a file of their own")
		}
		namespace := value(doc.root, "namespace").Text()
		if seen[namespace] {
			return r.fail(doc.root, fmt.Sprintf("a second YAML document of the namespace %q begins here", namespace), "give each document of the file its own namespace")
		}
		seen[namespace] = true
		if err := r.plain(doc.root); err != nil {
			return err
		}
	}
	return nil
}

// value is a field of an object; absent where it is null.
func value(n contract.Node, key string) contract.Node {
	if v := n.Get(key); v.Kind() != contract.Null {
		return v
	}
	return contract.Node{}
}

// plain reads a plain rule file.
func (r *reader) plain(doc contract.Node) error {
	if doc.Kind() != contract.Object {
		err := r.fail(doc, "a rule file is a mapping with a list \"groups\"", shape)
		err.Err = ErrNoRules
		return err
	}
	if !doc.Get("groups").Exists() {
		if err := r.another(doc); err != nil {
			return err
		}
	}
	namespace := ""
	var groups contract.Node
	err := r.fields(doc, inFile, func(key string, v contract.Node) error {
		switch key {
		case "groups":
			groups = v
		case "namespace": // Mimir and Cortex
			namespace = v.Text()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.groups(groups, namespace)
}

// another is the error of a document that is of another kind than a rule file: unit tests, or a configuration with keys that rules have not.
func (r *reader) another(doc contract.Node) error {
	tests := doc.Get("tests").Exists()
	for key, v := range doc.Fields() {
		if tests || slices.Contains(named(inFile, "", false), key) {
			break
		}
		err := r.fail(v, fmt.Sprintf("the file is no rule file: it has no groups, and %q is no key of one", key), shape)
		err.Place, err.Err = v.KeyPlace(), ErrNoRules
		err.Place.Line += r.doc.above
		return err
	}
	if !tests {
		return nil
	}
	err := r.fail(doc, "the file contains unit tests, not rules", "leave it out of the rules")
	err.Err = ErrTests
	return err
}

// Aside is why a file is to be left out of rules where only a search brought it in: it holds unit tests, or nothing about rules. It is empty
// for rules, and for what may be meant as some: a misspelt key must not make alerts go away.
func Aside(name string, data []byte) string { return Dialect("").Aside(name, data) }

// Aside is Aside for the files of a dialect: objects that another program loads are left out as well.
func (d Dialect) Aside(name string, data []byte) string {
	_, err := Parse(name, data)
	if err == nil {
		_, err = d.Parse(name, data)
	}
	var foreign *foreignError
	switch {
	case errors.As(err, &foreign):
		return foreign.Error()
	case errors.Is(err, ErrTests):
		return "unit tests, not rules"
	case errors.Is(err, ErrNoRules) && !ruleLine().Match(data), err != nil && !ruleWord().Match(data):
		return "no rules"
	}
	return ""
}

var (
	ruleLine = late.Pattern(`(?m)^\s*(?:- )?["']?(?:alert|record)["']?\s*:\s*["']?[A-Za-z_]`)
	ruleWord = late.Pattern(`groups|PrometheusRule|(?m:^\s*(?:- )?["']?(?:alert|record)["']?\s*:)`)
)

// IsTest reports whether a file holds promtool's unit tests and no rules.
func IsTest(name string, data []byte) bool {
	if !bytes.Contains(data, []byte("rule_files")) && !bytes.Contains(data, []byte("tests")) {
		return false
	}
	_, err := Parse(name, data)
	return errors.Is(err, ErrTests)
}

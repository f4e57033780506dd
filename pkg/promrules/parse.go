package promrules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Limits of one file.
const (
	maxBytes = 64 << 20
	maxRules = 200_000
)

// Parse reads the structure of a rule file: groups, rules, labels and annotations, without looking into expressions and
// templates (Check does). The error is a *contract.Error with the place of the first thing that no Prometheus would load.
func Parse(name string, data []byte) (*File, error) {
	r := reader{file: &File{Name: name}}
	if len(data) > maxBytes {
		return nil, r.fail(nil, fmt.Sprintf("the rule file is larger than %d MiB", maxBytes>>20), "")
	}
	docs, err := r.documents(data)
	if err != nil {
		return nil, err
	}
	if err := r.read(docs); err != nil {
		return nil, err
	}
	return r.file, nil
}

type reader struct {
	file  *File
	rules int
}

func (r *reader) fail(n *yaml.Node, msg, hint string) *contract.Error {
	at := report.Place{File: r.file.Name, Line: 1, Column: 1}
	if n != nil {
		at.Line, at.Column = max(n.Line, 1), max(n.Column, 1)
	}
	return &contract.Error{Place: at, Msg: msg, Hint: hint}
}

// documents are the YAML documents of a file that are not empty.
func (r *reader) documents(data []byte) (docs []*yaml.Node, err error) {
	defer func() { // the library recovers from its own errors; what it misses must not end the program
		if p := recover(); p != nil {
			docs, err = nil, r.fail(nil, fmt.Sprintf("the YAML library gave up: %v", p), "check the file with another YAML reader")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			return nil, r.yamlError(err)
		case len(doc.Content) == 1 && doc.Content[0].Tag != "!!null":
			docs = append(docs, doc.Content[0])
		}
	}
}

var yamlErrorLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func (r *reader) yamlError(err error) error {
	msg := err.Error()
	m := yamlErrorLine.FindStringSubmatch(msg)
	at := &yaml.Node{Line: 1}
	if m != nil {
		msg = msg[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil {
			at.Line = line
		}
	}
	hint := ""
	switch {
	case strings.Contains(msg, "found character that cannot start any token"):
		hint = "a tab cannot indent YAML, and a value that begins with @, % or ` must be quoted"
	case strings.Contains(msg, "mapping values are not allowed"):
		hint = "a text that holds \": \" must be quoted"
	case strings.Contains(msg, "did not find expected") && strings.Contains(r.file.Name, "templates/"):
		hint = "a Helm template is no rule file before it is rendered"
	}
	return r.fail(at, msg, hint)
}

func (r *reader) read(docs []*yaml.Node) error {
	if len(docs) == 0 {
		return nil
	}
	kind := valueOf(docs[0], "kind")
	r.file.Object = kind != nil && valueOf(docs[0], "apiVersion") != nil
	if r.file.Object {
		return r.objects(docs)
	}
	namespaced := valueOf(docs[0], "namespace") != nil
	for i, doc := range docs {
		// Prometheus reads the first document and leaves the others out without a word. Mimir's tools read all of them.
		if i > 0 && !namespaced {
			return r.fail(doc, "a second YAML document begins here, which Prometheus does not read", "put its groups into the first one, or into a file of their own")
		}
		if err := r.document(doc); err != nil {
			return err
		}
	}
	return nil
}

// document reads a plain rule file.
func (r *reader) document(doc *yaml.Node) error {
	if deref(doc).Kind != yaml.MappingNode {
		return r.fail(doc, "a rule file is a mapping with a list \"groups\"", "")
	}
	namespace := ""
	var groups *yaml.Node
	err := r.fields(doc, []string{"groups", "namespace"}, func(key, value *yaml.Node) error {
		switch key.Value {
		case "groups":
			groups = value
		case "namespace": // Mimir and Cortex
			namespace = value.Value
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.groups(groups, namespace)
}

// objects reads the PrometheusRule objects of a manifest; objects of other kinds may stand between them.
func (r *reader) objects(docs []*yaml.Node) error {
	found := 0
	for _, doc := range docs {
		n, err := r.object(doc)
		if err != nil {
			return err
		}
		found += n
	}
	if found == 0 {
		return r.fail(docs[0], fmt.Sprintf("the manifest holds no PrometheusRule: it is a %s", valueOf(docs[0], "kind").Value), "leave the file out of the rules")
	}
	return nil
}

// object reads one object, or the objects of a list, and returns how many were PrometheusRules.
func (r *reader) object(doc *yaml.Node) (int, error) {
	kind := valueOf(doc, "kind")
	switch {
	case kind == nil:
		return 0, r.fail(doc, "an object without kind stands among Kubernetes objects", "")
	case kind.Value == "PrometheusRule":
		return 1, r.rule(doc)
	case kind.Value == "List", kind.Value == "PrometheusRuleList":
		items := valueOf(doc, "items")
		if items == nil {
			return 1, nil
		}
		if items.Kind != yaml.SequenceNode {
			return 0, r.fail(items, "items must be a list", "")
		}
		found := 0
		for _, item := range items.Content {
			if item = deref(item); valueOf(item, "kind") == nil && kind.Value == "PrometheusRuleList" {
				found++
				if err := r.rule(item); err != nil {
					return 0, err
				}
				continue
			}
			n, err := r.object(item)
			if err != nil {
				return 0, err
			}
			found += n
		}
		return found, nil
	}
	return 0, nil
}

// rule reads a PrometheusRule.
func (r *reader) rule(doc *yaml.Node) error {
	spec := valueOf(doc, "spec")
	if spec == nil {
		return nil
	}
	if spec.Kind != yaml.MappingNode {
		return r.fail(spec, "spec must be a mapping with a list \"groups\"", "")
	}
	name := ""
	if meta := valueOf(doc, "metadata"); meta != nil {
		if n := valueOf(meta, "name"); n != nil {
			name = n.Value
		}
		if ns := valueOf(meta, "namespace"); ns != nil {
			name = ns.Value + "/" + name
		}
	}
	return r.groups(valueOf(spec, "groups"), name)
}

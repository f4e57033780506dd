package promrules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// ruleKinds are the Kubernetes objects that hold rules. A list of them is of the kind with List behind it.
var ruleKinds = []struct {
	kind, api string    // api: how its apiVersion begins
	dialects  []Dialect // that load it; all where empty: operators give PrometheusRules to any of the programs
}{
	{"PrometheusRule", "", nil},
	{"AlertingRule", "loki.grafana.com/", []Dialect{Loki}},
	{"RecordingRule", "loki.grafana.com/", []Dialect{Loki}},
}

// holdsRules reports whether objects of a kind hold rules, and which program loads them where the dialect's does not.
func (r *reader) holdsRules(kind, api string) (rules bool, foreign Dialect) {
	for _, k := range ruleKinds {
		if k.kind != kind || !strings.HasPrefix(api, k.api) {
			continue
		}
		if r.dialect != "" && len(k.dialects) > 0 && !slices.Contains(k.dialects, r.dialect) {
			return false, k.dialects[0]
		}
		return true, ""
	}
	return false, ""
}

// objects reads the objects with rules of a manifest; objects of other kinds may be among them.
func (r *reader) objects(docs []document) error {
	found := 0
	for _, doc := range docs {
		r.doc = doc
		n, err := r.object(doc.root)
		if err != nil {
			return err
		}
		found += n
	}
	if found > 0 {
		return nil
	}
	r.doc = docs[0]
	kind := value(docs[0].root, "kind").Text()
	if r.foreign != "" {
		err := r.fail(docs[0].root, fmt.Sprintf("the manifest contains rules of %s, which %s does not load (kind: %s)", r.foreign.program(), r.dialect.program(), kind), setDialect(r.foreign))
		err.Err = &foreignError{r.foreign}
		return err
	}
	err := r.fail(docs[0].root, "the manifest contains no PrometheusRule (kind: "+kind+")", "leave the file out of the rules")
	err.Err = ErrNoRules
	return err
}

// object reads one object, or the objects of a list, and returns how many held rules.
func (r *reader) object(doc contract.Node) (int, error) {
	kind, api := value(doc, "kind").Text(), value(doc, "apiVersion").Text()
	if kind == "" {
		return 0, r.fail(doc, "an object among Kubernetes objects has no kind", "give it a kind, or remove it")
	}
	ofList, isList := strings.CutSuffix(kind, "List")
	rules, foreign := r.holdsRules(ofList, api)
	if foreign != "" {
		r.foreign = foreign
	}
	switch {
	case rules && !isList:
		return 1, r.ruleObject(doc)
	case !isList || ofList != "" && !rules:
		return 0, nil
	}
	items := value(doc, "items")
	if items.Exists() && items.Kind() != contract.Array {
		return 0, r.fail(items, "items must be a list", "")
	}
	found := 0
	for _, item := range items.Items() {
		if rules && !value(item, "kind").Exists() {
			found++
			if err := r.ruleObject(item); err != nil {
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
	if rules {
		found = max(found, 1) // an empty list is a list of rules all the same
	}
	return found, nil
}

// ruleObject reads an object with rules.
func (r *reader) ruleObject(doc contract.Node) error {
	spec := value(doc, "spec")
	if spec.Exists() && spec.Kind() != contract.Object {
		return r.fail(spec, "spec must be a mapping with a list \"groups\"", "")
	}
	meta := value(doc, "metadata")
	name := meta.Get("name").Text()
	if ns := meta.Get("namespace").Text(); ns != "" {
		name = ns + "/" + name
	}
	return r.groups(value(spec, "groups"), name)
}

package operations

import (
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

func (e *Comparer) compareIdentity(x exchange) {
	o, n := x.old.Op, x.new.Op
	e.compareID(x, o.Get("operationId"), n.Get("operationId"))
	e.compareTags(x, o.Get("tags"), n.Get("tags"))
	e.compareDocumentation(x.part, o, n, "summary", "description", "externalDocs")
	e.compareOtherKeys(x.part, o, n, operationKeys)
	if x.old.Item != (contract.Node{}) && x.new.Item != (contract.Node{}) {
		e.compareDocumentation(x.part, x.old.Item, x.new.Item, "summary", "description")
	}
}

func (e *Comparer) compareID(x exchange, was, is contract.Node) {
	d := subschema.Difference{On: "operation", Attr: "operation-id", Old: was, New: is, From: jsonvalue.JSONOf(was), To: jsonvalue.JSONOf(is), OldAt: x.old.Op, NewAt: x.new.Op}
	switch {
	case d.From == d.To:
		return
	case !was.Exists():
		d.Op = rules.Added
	case !is.Exists():
		d.Op = rules.Removed
	default:
		d.Op = rules.Changed
	}
	x.part.note(d)
}

func (e *Comparer) compareTags(x exchange, was, is contract.Node) {
	a, b := jsonvalue.NewEnum(jsonvalue.Items(was), was), jsonvalue.NewEnum(jsonvalue.Items(is), is)
	for _, v := range a.Without(b) {
		x.part.note(subschema.Difference{On: "operation", Attr: "tag", Op: rules.Removed, Name: v.Text(), Old: v, From: jsonvalue.JSONOf(v), OldAt: x.old.Op, NewAt: x.new.Op})
	}
	for _, v := range b.Without(a) {
		x.part.note(subschema.Difference{On: "operation", Attr: "tag", Op: rules.Added, Name: v.Text(), New: v, To: jsonvalue.JSONOf(v), OldAt: x.old.Op, NewAt: x.new.Op})
	}
}

// operationKeys are the fields of an operation that are compared one by one elsewhere.
var operationKeys = jsonvalue.Known("operationId", "tags", "summary", "description", "externalDocs", "parameters", "requestBody", "responses", "callbacks", "deprecated", "security", "servers",
	"x-sunset", "x-stability-level")

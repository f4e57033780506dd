package apidiff

import (
	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

// input is what a comparison reads: both contracts, what was worked out about them, the options and
// the rules.
type input struct {
	opt        Options
	rules      *rules.Table
	old, new   *subschema.Catalog
	meter      *work.Meter
	schemas    *subschema.Comparer
	operations *operations.Comparer
}

// contracts are the two contracts as the phases after the comparison read them.
type contracts struct {
	opt      Options
	old, new *contract.Document
	ops      []operations.Operation // of both
}

func newInput(old, new *contract.Document, opt Options) input {
	m := work.NewMeter()
	if opt.WitnessBudget <= 0 {
		opt.WitnessBudget = 24 // measured: what is found at all is found by then, and a miss in deep alternatives costs
	}
	in := input{opt: opt, rules: rules.Default(), meter: m, old: subschema.NewCatalog(old, m), new: subschema.NewCatalog(new, m)}
	same := in.old.V30 == in.new.V30
	in.schemas = &subschema.Comparer{Old: in.old, New: in.new, Same: same, Meter: m, Prover: subschema.NewProver(same, m), Now: opt.Now}
	in.operations = &operations.Comparer{Schemas: in.schemas, Old: in.old, New: in.new, Same: same && in.old.V32 == in.new.V32, Now: opt.Now, DeprecationDays: opt.DeprecationDays}
	return in
}

// equal reports whether the contracts are the same, so that nothing has to be compared.
func (in input) equal() bool {
	o, n := in.old.Doc, in.new.Doc
	return o.Same(n) || in.operations.Same && o.Root().Hash() == n.Root().Hash() && in.old.Closure(o.Root()) == in.new.Closure(n.Root())
}

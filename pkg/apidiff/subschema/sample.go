package subschema

import (
	"context"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// Bounds of samples: their nesting, the bytes of a text, the alternatives; allSamples is more than any schema has.
const maxSampleDepth, maxSampleText, maxSampledBranches, allSamples = 5, 2000, 8, 1000

// samples are a few values, as JSON, that the schema is likely to accept: the smallest object, the
// full one, the ends of ranges. They are evidence for the prover; whether they are valid is asked
// of the schema itself. Those after the first so many may be missing: what is inside a sample needs one
// of each schema, and to make all of them there would double the work with each level.
func (n *NormalForm) samples(many int, s *Catalog, dir rules.Side, depth int) []string {
	if n.meter.Charge(20); n.uninhabited || depth > maxSampleDepth || n.meter.Spent() {
		return nil
	}
	var out []string
	if n.enum != nil {
		for _, v := range n.enum.Values[:min(len(n.enum.Values), many, 8)] {
			out = append(out, jsonvalue.JSONOf(v))
		}
		return out
	}
	for _, k := range n.kinds() {
		switch {
		case len(out) >= many: // enough
		case k == Null:
			out = append(out, "null")
		case k == Boolean:
			out = append(out, "true", "false")
		case k&Number != 0:
			out = append(out, n.numberSamples()...)
		case k == String:
			out = append(out, n.textSamples()...)
		case k == Array:
			out = append(out, n.arraySamples(s, dir, depth)...)
		case k == Object:
			out = append(out, n.objectSamples(many, s, dir, depth)...)
		}
	}
	return out
}

// sample is a list that begins with the first of the samples; empty where there is none.
func (c *Schema) sample(dir rules.Side, depth int) []string {
	k := formKey{c.Normal(), dir, depth}
	list, known := c.catalog.sampleOf[k]
	if !known {
		if list = k.form.samples(1, c.catalog, dir, depth); !c.catalog.meter.Spent() {
			c.catalog.sampleOf[k] = list
		}
	}
	return list
}

// samplesOf are a few values of a term, for evidence.
func (p *prover) samplesOf(a term, dir rules.Side) []contract.Node {
	texts := a.norm.samples(allSamples, a.catalog, dir, 0)
	if len(a.norm.unions) > 0 && strings.Count(a.key, "/") < 2 {
		for i := range min(len(a.norm.unions[0].branches), maxSampledBranches) {
			texts = append(texts, a.alternative(i, alone).norm.samples(allSamples, a.catalog, dir, 0)...)
		}
	}
	var out []contract.Node
	for _, text := range texts {
		p.meter.Charge(20 + len(text)/4)
		if n, err := contract.ParseValue(context.Background(), "sample.json", []byte(text), contract.Options{}); err == nil {
			out = append(out, n)
		}
	}
	return out
}

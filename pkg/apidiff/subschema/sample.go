package subschema

import (
	"context"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// maxSampleDepth bounds the nesting of samples.
const maxSampleDepth = 5

// samples are a few values, as JSON, that the schema is likely to accept: the smallest object, the
// full one, the ends of ranges. They are evidence for the prover; whether they are valid is asked
// of the schema itself.
func (n *NormalForm) samples(s *Catalog, dir rules.Side, depth int) []string {
	return n.samplesUpTo(enoughSamples, s, dir, depth)
}

// enoughSamples is more than a schema has: all of them.
const enoughSamples = 1 << 20

// samplesUpTo are the first samples, and at least so many of them where there are as many. What is inside a sample
// takes one of each schema: to make all of them there would double the work with each level.
func (n *NormalForm) samplesUpTo(most int, s *Catalog, dir rules.Side, depth int) []string {
	if n.meter.Charge(20); n.uninhabited || depth > maxSampleDepth || n.meter.Spent() {
		return nil
	}
	if n.enum != nil {
		var out []string
		for i, v := range n.enum.Values {
			if i == min(most, 8) {
				break
			}
			out = append(out, jsonvalue.JSONOf(v))
		}
		return out
	}
	var out []string
	for _, k := range n.kinds() {
		if len(out) >= most {
			break
		}
		switch {
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
			out = append(out, n.objectSamples(most, s, dir, depth)...)
		}
	}
	return out
}

// samplesOf are a few values of a term, for evidence.
func (p *prover) samplesOf(a term, dir rules.Side) []contract.Node {
	texts := a.norm.samples(a.catalog, dir, 0)
	const most = 8
	if len(a.norm.unions) > 0 && strings.Count(a.key, "/") < 2 {
		for i := range min(len(a.norm.unions[0].branches), most) {
			texts = append(texts, a.alternative(i, alone).norm.samples(a.catalog, dir, 0)...)
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

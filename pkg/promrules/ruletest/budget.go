package ruletest

import (
	"errors"
	"fmt"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/contract"
)

// Budgets of one test file. They are counted, so that the outcome does not depend on the machine.
const (
	maxTemplateBytes = 32 << 20                // that templates write, together
	maxSamples       = perEvaluation * 300_000 // that evaluations go over, and what else costs as much as going over one
	maxListed        = 20_000                  // alerts and samples that failures name
	maxLabels        = 128 << 10               // bytes of the labels of one series: Prometheus ends its work at 16 MiB without a word
	bytesPerPass     = 16                      // what one pass through a loop or a template costs beside its text
)

// What else costs, beside a sample that an evaluation goes over.
const (
	perEvaluation = 60 // samples for an evaluation
	perAnswer     = 10 // samples for a series that a template asks for
	perState      = 10 // samples for a rule in a test, which keeps what fires and what is written
	bytesPerUnit  = 50 // bytes of an expression for which it counts as one more evaluation
)

// budget is what is left for one test file.
type budget struct {
	text    int              // bytes that templates may still write
	samples int              // that evaluations may still go over
	prices  map[string]price // by expression

	listed int // alerts and samples that failures name
}

func newBudget() *budget { return &budget{text: maxTemplateBytes, samples: maxSamples} }

var errTemplateBudget = errors.New("the templates write more than 32 MiB in one test file")

// write takes n bytes from what templates may write.
func (b *budget) write(n int) error {
	if b.text -= n; b.text < 0 {
		return errTemplateBudget
	}
	return nil
}

// A price is what an evaluation of an expression costs, in samples: in any case, and for each sample, of which every operator makes others.
type price struct {
	once   int
	sample int64
}

// evaluated takes one evaluation from the budget; false when no more may follow.
func (b *budget) evaluated(expr string, samples int64) bool {
	p, known := b.prices[expr]
	if !known {
		if b.prices == nil {
			b.prices = map[string]price{}
		}
		p = price{perEvaluation + perEvaluation*(len(expr)/bytesPerUnit) + promrules.PatternSize(expr), int64(1 + promrules.Operators(expr))}
		b.prices[expr] = p
	}
	return b.spend(p.once + int(min(samples*p.sample, maxSamples)))
}

// spent is whether a test of the file ended for want of budget.
func (b *budget) spent() bool { return b.samples < 0 || b.text < 0 }

// spend takes what costs as much as going over n samples; false when nothing is left.
func (b *budget) spend(n int) bool {
	b.samples -= n
	return b.samples >= 0
}

// errEvaluationBudget is the end of what the tests of one file may evaluate.
var errEvaluationBudget = errors.New("the tests of one file evaluate more than 300,000 expressions, counting 60 samples as one")

// charge takes what a template wrote from the budget of the file.
func (t *testRun) charge(r *Rule, n int) *contract.Error {
	if err := t.budget.write(n); err != nil {
		return t.overBudget(r, err)
	}
	return nil
}

// spend takes what costs as much as going over n samples from the budget of the file.
func (t *testRun) spend(r *Rule, n int) {
	if !t.budget.spend(n) && t.excess == nil {
		t.excess = t.overBudget(r, errEvaluationBudget)
	}
}

// overBudget is the problem of a test whose file has no budget left.
func (t *testRun) overBudget(r *Rule, err error) *contract.Error {
	if r == nil {
		return &contract.Error{Place: t.group.place, Msg: err.Error(), Err: err, Hint: "shorten the tested time or the series"}
	}
	return &contract.Error{
		Place: r.Place, Msg: fmt.Sprintf("%s %s: %v", map[bool]string{true: "alert", false: "rule"}[r.Alert != ""], quoted(r.Name()), err), Err: err,
		Hint: "shorten the template, the tested time or the series",
	}
}

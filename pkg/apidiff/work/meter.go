// Package work counts the work of a comparison, so that what it may cost does not depend on the
// machine, and asks regular expressions within those bounds.
package work

import "github.com/romel/govctl/pkg/internal/ecmaregex"

// Budgets of one comparison, in units of counted work (some 20 to 50 ns each). They are counted,
// not timed, so that the answer does not depend on the machine.
const (
	PerQuestion = 2_000_000  // of one question to the prover
	PerProver   = 20_000_000 // of all questions
	PerRun      = 40_000_000 // of everything before the search for witnesses
)

// PerDifference is what a difference costs until it is printed or counted.
const PerDifference = 400

// A Meter counts the work of one comparison. Both sides and the prover share it. When it is spent,
// whoever asks gets a quick answer that nobody may rely on: the schema pair is reported as not
// compared, the proof as not found.
type Meter struct {
	Used int64
	Stop int64 // of what is under way
	Run  int64 // of the whole comparison

	patterns map[string]*ecmaregex.Pattern
	contains map[[2]string]bool // patterns within each other
}

func NewMeter() *Meter {
	return &Meter{Stop: PerRun, Run: PerRun, patterns: map[string]*ecmaregex.Pattern{}, contains: map[[2]string]bool{}}
}

// Charge counts n units. A nil meter counts nothing.
func (m *Meter) Charge(n int) {
	if m != nil {
		m.Used += int64(n)
	}
}

func (m *Meter) Spent() bool { return m != nil && m.Used > m.Stop }

// ForAll lets what is kept beyond the question under way use the budget of the whole comparison;
// the result ends that.
func (m *Meter) ForAll() (end func()) {
	stop := m.Stop
	m.Stop = m.Run
	return func() { m.Stop = stop }
}

// Limit bounds what follows by n units; end gives the units that were used.
func (m *Meter) Limit(n int64) (end func() int64) {
	before, stop := m.Used, m.Stop
	m.Stop = min(m.Used+n, m.Run)
	return func() int64 {
		m.Stop = stop
		return m.Used - before
	}
}

// Over reports whether the budget of the whole comparison is spent.
func (m *Meter) Over() bool { return m != nil && m.Used > m.Run }

// BudgetOfRun is how findings name the budget of the whole comparison.
const BudgetOfRun = "the budget of 40 million steps for one comparison was spent"

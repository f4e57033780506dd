package report

// Outcome is how a step, a contract or a run ended. It is the one type that carries the answer from the step to the exit code; its values
// are the exit codes, so that the worst of several is the greatest.
type Outcome int

// The outcomes, best first. The last two mean "not checked": nothing may be concluded from such a run.
const (
	Passed     Outcome = 0 // checked, and no gate failed
	GateFailed Outcome = 1 // checked, and a gate failed
	BadInput   Outcome = 2 // not checked: an input is wrong
	WorkFailed Outcome = 3 // not checked: the work could not be done
)

// Checked reports whether a verdict was reached, good or bad.
func (o Outcome) Checked() bool { return o == Passed || o == GateFailed }

// String is the word that files use.
func (o Outcome) String() string {
	switch o {
	case Passed:
		return "passed"
	case GateFailed:
		return "failed"
	}
	return "not-checked"
}

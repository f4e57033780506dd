package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/contract"
)

// The exit codes of govctl. Scripts depend on them.
const (
	Passed   = 0
	Findings = 1 // a policy gate failed, a signature did not verify
	BadInput = 2 // the command line, the configuration or an input file is wrong
	Failed   = 3 // govctl could not do its work: I/O, network, git
)

// exitError is an error with the exit code that it stands for.
type exitError struct {
	code int
	err  error
	tip  string // what the user can do about it
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func (e *exitError) hint(format string, args ...any) *exitError {
	e.tip = fmt.Sprintf(format, args...)
	if inner := (*contract.Error)(nil); errors.As(e.err, &inner) && inner.Hint != "" { // it knows better what can be done
		e.tip = inner.Hint
	}
	return e
}

// usage is the error of a wrong command line or input.
func usage(format string, args ...any) *exitError {
	return &exitError{code: BadInput, err: fmt.Errorf(format, args...)}
}

// errFindings ends a command whose findings are already printed.
var errFindings = &exitError{code: Findings, err: errors.New("findings")}

// errBadInput ends a command that has already said which input is wrong.
var errBadInput = &exitError{code: BadInput, err: errors.New("wrong input")}

// errFailed ends a command that has already said what it could not do.
var errFailed = &exitError{code: Failed, err: errors.New("failed")}

// codeOf is the exit code for what a command body returned.
func codeOf(err error) int {
	var exit *exitError
	var input *contract.Error
	switch {
	case err == nil:
		return Passed
	case errors.As(err, &exit):
		return exit.code
	case errors.Is(err, contract.ErrOutside):
		return Failed
	case errors.As(err, &input), errors.Is(err, gitrepo.ErrNoRevision), errors.Is(err, gitrepo.ErrNoFile), errors.Is(err, gitrepo.ErrNoTag):
		return BadInput
	}
	return Failed
}

// say prints an error as govctl prints all of them: one line, and a hint where the user can fix it.
func (a *app) say(err error) {
	if errors.Is(err, errFindings) || errors.Is(err, errBadInput) || errors.Is(err, errFailed) {
		return
	}
	fmt.Fprintf(a.Stderr, "govctl: %s\n", oneLine(err.Error()))
	var exit *exitError
	var input *contract.Error
	switch {
	case errors.As(err, &exit) && exit.tip != "":
		a.hint(exit.tip)
	case errors.As(err, &input) && input.Hint != "":
		a.hint(input.Hint)
	}
}

// hint prints what can be done, once: thirty broken files need no advice thirty times.
func (a *app) hint(text string) {
	if text == "" || a.hinted[text] {
		return
	}
	if a.hinted == nil {
		a.hinted = map[string]bool{}
	}
	a.hinted[text] = true
	fmt.Fprintf(a.Stderr, "hint: %s\n", oneLine(text))
}

// oneLine keeps what came from an input from painting the terminal or from starting a workflow command.
func oneLine(s string) string {
	return sanitize.Log(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(s))
}

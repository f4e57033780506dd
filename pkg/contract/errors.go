package contract

import (
	"errors"
	"strconv"

	"github.com/romel/govctl/pkg/report"
)

// ErrOutside is the error of a remote reference that could not be fetched: the network failed, and the document may be right.
var ErrOutside = errors.New("the network failed")

// outside adds ErrOutside to an error without changing its text.
type outside struct{ error }

func (outside) Is(target error) bool { return target == ErrOutside }
func (o outside) Unwrap() error      { return o.error }

// Error is what bad input returns: where it is, what is wrong, and what the user can do about it.
type Error struct {
	Place report.Place
	Msg   string // lower case, no full stop
	Hint  string // "" where there is no advice
	Err   error  // the cause, for errors.Is: fs.ErrNotExist for a source that does not exist

	final bool // holds whatever format the text is in: a limit, a key that stands twice
}

// Error is "file:line:column: what is wrong", without the hint.
func (e *Error) Error() string {
	at := e.Place.File
	if e.Place.Line > 0 {
		at += ":" + strconv.Itoa(e.Place.Line)
		if e.Place.Column > 0 {
			at += ":" + strconv.Itoa(e.Place.Column)
		}
	}
	if at == "" {
		return e.Msg
	}
	return at + ": " + e.Msg
}

// Unwrap is the cause, which may be nil.
func (e *Error) Unwrap() error { return e.Err }

const emptyHint = "is it the right file, and did the process that writes it finish?"

// fail is an error at a value.
//
//go:noinline
func fail(n Node, msg, hint string) *Error { return &Error{Place: n.Place(), Msg: msg, Hint: hint} }

// failKey is an error at the key that introduces n.
func failKey(n Node, msg, hint string) *Error {
	return &Error{Place: n.KeyPlace(), Msg: msg, Hint: hint}
}

// asError is err, which this package made, as what it is.
func asError(err error) *Error {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Msg: err.Error(), Err: err}
	}
	return e
}

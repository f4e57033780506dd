package ruletest

import (
	"errors"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// rulefmtPlace and yamlPlace are where the libraries put positions into their messages.
var (
	rulefmtPlace = late.Pattern(`^(\d+):(\d+): `)
	yamlPlace    = late.Pattern(`(?:^yaml: |\n\s+)line (\d+): `)
)

// placed gives errors of the rule library the place that their text names.
func placed(file string, errs []error) []*contract.Error {
	out := make([]*contract.Error, 0, len(errs))
	for _, err := range errs {
		e := &contract.Error{Place: report.Place{File: file}, Msg: err.Error(), Err: err}
		if m := rulefmtPlace().FindStringSubmatch(e.Msg); m != nil {
			e.Place.Line, e.Place.Column, e.Msg = number(m[1]), number(m[2]), e.Msg[len(m[0]):]
		} else if m := yamlPlace().FindStringSubmatch(e.Msg); m != nil {
			e.Place.Line, e.Place.Column = number(m[1]), 1
		}
		e.Msg = strings.Join(strings.Fields(e.Msg), " ")
		out = append(out, e)
	}
	return out
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil { // more digits than a line can have
		return 0
	}
	return n
}

// ruleOfGroup and groupAgain are how the rule library names what it gives no position for.
var (
	ruleOfGroup = late.Pattern(`^group "((?:[^"\\\\]|\\\\.)*)", rule (\d+), `)
	groupAgain  = late.Pattern(`^groupname: "((?:[^"\\\\]|\\\\.)*)" is repeated`)
)

// explained are errors of the rule library with the places that it leaves out. Where it cannot decode a file it names lines
// and Go types only, so that the project's own reader has the word.
func explained(file string, data []byte, places []groupPlace, errs []error) []*contract.Error {
	out := placed(file, errs)
	var own *contract.Error
	_, err := promrules.Parse(file, data)
	if errors.As(err, &own) && own.Place.Line > 0 && !errors.Is(err, promrules.ErrTests) {
		if out[0].Place.Line == 0 || strings.HasPrefix(out[0].Msg, "yaml: unmarshal errors") {
			return []*contract.Error{own}
		}
	}
	for _, e := range out {
		if e.Place.Line == 0 {
			e.Place = named(e.Msg, places, e.Place)
		}
	}
	return out
}

// named is the place of the rule or group that a message names; otherwise where it names none.
func named(msg string, places []groupPlace, otherwise report.Place) report.Place {
	if m := ruleOfGroup().FindStringSubmatch(msg); m != nil {
		for _, g := range places {
			if n := number(m[2]); strconv.Quote(g.name) == `"`+m[1]+`"` && 0 < n && n <= len(g.rules) {
				return g.rules[n-1]
			}
		}
	}
	if m := groupAgain().FindStringSubmatch(msg); m != nil {
		for i := len(places) - 1; i >= 0; i-- { // the last one of the name is one too many
			if strconv.Quote(places[i].name) == `"`+m[1]+`"` {
				return places[i].at
			}
		}
	}
	return otherwise
}

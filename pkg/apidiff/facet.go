package apidiff

import "github.com/romel/govctl/pkg/report"

// effect is what a delta does to the set of accepted values.
type effect uint8

const (
	neutral effect = iota
	narrows
	widens
	shifts // neither set contains the other, or nobody can tell
)

// facet is an attribute whose values are ordered by containment. Each of its operations gives two rules, one for
// what a client sends and one for what it receives, with opposite verdicts.
type facet struct {
	On       string
	Attr     string // also the middle of the rule ids
	Category Category
	Means    string // what the attribute does, as a sentence
	Ops      []facetOp
}

// facetOp is one operation of a facet. Zero fields are derived from the effect.
type facetOp struct {
	Op               Op
	Effect           effect
	Say              string
	When             string
	Only             Side         // the side on which it can happen; None: both
	ID               string       // end of the rule id where it is not "<attr>-<op>"
	Send, Receive    report.Level // where a policy and not containment sets the level
	SendCat, RecvCat Category
	Migration        string
	SendWhy, RecvWhy string // reason of the overriding level
}

// idPrefixes name the thing in rule ids, for what a client sends and for what it receives.
var idPrefixes = map[string][2]string{
	"property":   {"request-property", "response-property"},
	"parameter":  {"request-parameter", "callback-parameter"},
	"body":       {"request-body", "callback-body"},
	"media-type": {"request-media-type", "response-media-type"},
	"encoding":   {"request-encoding", "response-encoding"},
	"response":   {"callback-response", "response"},
	"header":     {"callback-header", "response-header"},
}

// facetRules are the rows, mostly two, of every operation of every facet.
func facetRules(facets []facet) []Rule {
	size := 0
	for _, f := range facets {
		size += 2 * len(f.Ops)
	}
	rows := make([]Rule, 0, size)
	for _, f := range facets {
		for _, o := range f.Ops {
			for _, side := range []Side{Request, Response} {
				if o.Only == None || o.Only == side {
					rows = append(rows, f.rule(o, side))
				}
			}
		}
	}
	return rows
}

func (f *facet) rule(o facetOp, side Side) Rule {
	prefix, level, category, why := idPrefixes[f.On][0], o.Send, o.SendCat, o.SendWhy
	if side == Response {
		prefix, level, category, why = idPrefixes[f.On][1], o.Receive, o.RecvCat, o.RecvWhy
	}
	if category == "" {
		category = f.Category
	}
	if level == "" {
		level = o.Effect.level(side)
	}
	if why == "" {
		why = o.Effect.why(side)
	}
	return Rule{
		ID: prefix + "-" + f.idEnd(o), On: f.On, Attr: f.Attr, Op: o.Op, Side: side, When: o.When,
		Level: level, Category: category, Migration: f.migration(o, level), Say: o.Say,
		Why: f.Means + " " + why, Since: "0.1.0", effect: o.Effect,
	}
}

func (f *facet) idEnd(o facetOp) string {
	switch {
	case o.ID != "":
		return o.ID
	case f.Attr == "":
		return string(o.Op)
	default:
		return f.Attr + "-" + string(o.Op)
	}
}

func (f *facet) migration(o facetOp, level report.Level) string {
	switch {
	case o.Migration != "":
		return o.Migration
	case level == report.Info:
		return Auto
	default:
		return Manual
	}
}

// harms reports whether the effect breaks a client on that side.
func (e effect) harms(side Side) bool {
	switch e {
	case narrows:
		return side == Request
	case widens:
		return side == Response
	case shifts:
		return true
	default:
		return false
	}
}

func (e effect) level(side Side) report.Level {
	if e.harms(side) {
		return report.Error
	}
	return report.Info
}

func (e effect) why(side Side) string {
	switch {
	case e == neutral:
		return "It says nothing about which messages are valid."
	case e == shifts && side == Request:
		return "The two sets of values do not contain each other: something that a client may send today is refused by the new contract."
	case e == shifts:
		return "The two sets of values do not contain each other: a client may receive something that the old contract ruled out."
	case e == narrows && side == Request:
		return "Fewer values are accepted: something that a client may send today is refused by the new contract."
	case e == widens && side == Request:
		return "All that a client may send today is still accepted."
	case e == narrows:
		return "What a client may receive is still within the old promise."
	default:
		return "The promise is weaker: a client may receive something that the old contract ruled out."
	}
}

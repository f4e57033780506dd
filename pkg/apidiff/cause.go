package apidiff

import "strings"

// maxCauseText is how many bytes the words for a cause may have.
const maxCauseText = 300

// causeOf names an edit that may have been made in many places: the same rule for a thing of the
// same name with the same values. What has no name within its place, such as an operation, is named
// by the rule alone: a hundred operations that went in one comparison went together.
func causeOf(r *record, s subject) string {
	return fingerprint(r.rule.ID, s.name(r), r.Name, r.From, r.To)[:causeDigits]
}

// causeDigits tell the causes of one report apart; nothing outside of it refers to them.
const causeDigits = 12

// causeMessage is the message of a finding without its place.
func causeMessage(r *record, s subject) string {
	return cutText(messageAbout(r, s.general(r)), maxCauseText)
}

// name is what a reader calls the thing within its place: the property, the parameter, the status.
func (s subject) name(r *record) string {
	switch {
	case s.path != "":
		return s.path[strings.LastIndexByte(s.path, '.')+1:]
	case s.part != "":
		return s.part
	case s.thing == "operation" || r.On == "component" && r.Attr == "":
		return ""
	default:
		return s.owner
	}
}

// general is the phrase for the thing wherever it is.
func (s subject) general(r *record) string {
	switch {
	case s.path != "":
		p := s
		p.path = s.name(r)
		what, _, _ := strings.Cut(p.phrase(r.Side), " of "+p.what)
		return what
	case s.part != "":
		return strings.TrimPrefix(strings.Replace(s.what, " of "+s.op, "", 1), "the ")
	case s.thing == "operation":
		if r.On == "webhook" || r.On == "callback" {
			return r.On
		}
		return "operation"
	case r.On == "component" && r.Attr == "":
		return "schema"
	default:
		return s.phrase(r.Side)
	}
}

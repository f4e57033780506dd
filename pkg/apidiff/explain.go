package apidiff

import "strings"

// Summary is the row's message with words in place of what a finding fills in: "a request property became required".
func (r *Rule) Summary() string {
	what := r.On
	if r.Side.String() != "" && !strings.HasPrefix(what, r.Side.String()) {
		what = r.Side.String() + " " + what
	}
	article := "a "
	if strings.ContainsAny(what[:1], "aeiou") {
		article = "an "
	}
	return strings.NewReplacer("{what}", article+what, "{name}", "NAME", "{from}", "OLD", "{to}", "NEW").Replace(r.Say)
}

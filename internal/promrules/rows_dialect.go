package promrules

import "github.com/romel/govctl/pkg/report"

// dialectRows are about keys that the program of the dialect reads.
func dialectRows() []Row {
	return []Row{{
		ID: "ignored-key", Level: report.Warning, Want: "have only keys that its program uses",
		Why:      "the program ignores the key: what it requests does not happen",
		Hint:     "remove the key, or express it in the rule",
		CheckSet: ignoredKeys,
	}}
}

func ignoredKeys(c *checker) []problem {
	var out []problem
	for _, f := range c.files {
		for _, k := range f.ignored {
			at := k.at.place(f.Name)
			out = append(out, problem{subject: k.Subject, at: &at, got: c.Dialect.program() + " does not use " + k.Name})
		}
	}
	return out
}

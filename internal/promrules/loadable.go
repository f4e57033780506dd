package promrules

import (
	"bytes"
	"errors"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Loadable reads rule files of a dialect, and refuses what its program would not load: an empty file, which is taken for one that was cut off,
// and a rule whose expression or template cannot be parsed. A level "off" for the row "rule-refused" switches the latter off, for rules of
// another language. The errors of all files come together.
func Loadable(sources []Source, d Dialect, levels map[string]string) ([]*File, error) {
	files, errs := ParseAll(sources, d)
	for _, s := range sources {
		if len(bytes.TrimSpace(s.Data)) == 0 {
			errs = append(errs, &contract.Error{Place: report.Place{File: s.Name, Line: 1, Column: 1}, Msg: "the rule file is empty", Hint: "is the file cut off? leave it out of the rules where it is not needed"})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	rows := syntaxRows()
	c := &checker{Config: Config{Dialect: d, Levels: levels}, files: files, exprs: newExpressions()}
	bad := make([][]report.Finding, len(files))
	each(len(files), func(i int) {
		one := *c
		one.file = files[i]
		bad[i] = one.look(rows)
	})
	for _, list := range bad {
		for _, f := range list {
			errs = append(errs, &contract.Error{Place: *f.New, Msg: f.Message, Hint: f.Hint})
		}
	}
	return files, errors.Join(errs...)
}

package evidence

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// Bounds of the evidence of one run.
const (
	MaxFile  = 16 << 20 // bytes of one envelope
	MaxFiles = 64       // in the folder
)

// File is one file of the folder of evidence. Data is nil where it is larger than MaxFile or cannot be read; Err says why.
type File struct {
	Name string
	Data []byte
	Err  error
}

// Parse reads an envelope, and refuses one that no command of govctl can have written.
func Parse(name string, data []byte) (e report.Evidence, err error) {
	if len(data) == 0 {
		return e, errors.New("the file is empty")
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("is not valid evidence: %w", err)
	}
	if err := schemas.Validate("evidence", data); err != nil {
		return e, err
	}
	if err := check(name, &e); err != nil {
		return e, err
	}
	return e, sealed(&e, data)
}

// check holds an envelope to what the schema cannot say.
func check(name string, e *report.Evidence) error {
	_, known := Lookup(e.Kind)
	switch {
	case !known:
		return fmt.Errorf("there is no kind of evidence %q: expected one of %s", e.Kind, strings.Join(Names(), ", "))
	case path.Base(name) != e.Kind+".json":
		return fmt.Errorf("is evidence of the kind %s, which belongs in %s.json", e.Kind, e.Kind)
	case (e.Status == report.EvidenceError) != (e.Reason != ""):
		return errors.New("a reason belongs to the status error, and to no other")
	case len(e.Subjects) == 0 && e.Reason == "":
		return errors.New("nothing was checked: it has no subjects")
	}
	series := map[string]bool{}
	for i := range e.Figures {
		f := &e.Figures[i]
		name := f.Name + fmt.Sprint(f.Labels) // maps are printed sorted
		if series[name] {
			return fmt.Errorf("the figure %s is given twice with the same labels", f.Name)
		}
		series[name] = true
	}
	if want := status(e); e.Status != want {
		return fmt.Errorf("the status is %s, and from its checks follows %s: the file was changed after it was written", e.Status, want)
	}
	if want := e.Status == report.EvidenceOK || e.Status == report.EvidenceWarn; e.Passed != want {
		return fmt.Errorf("passed is %t, and from the status %s follows %t: the file was changed after it was written", e.Passed, e.Status, want)
	}
	return nil
}

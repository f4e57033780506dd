package taxonomy

import (
	"fmt"
	"strings"
)

// Fix returns the text of the taxonomy with the mechanical corrections made, and their number. Findings under a waiver are
// left alone, and so is everything that needs a decision.
func Fix(in Input) (text []byte, corrections int, err error) {
	const rounds = 8 // a field filled in one round can be evaluated in the next
	for range rounds {
		l := newLinter(in)
		edits := l.fixes()
		fixed := apply(in.File.src, edits)
		if in.File.Legacy {
			fixed, edits = upgraded(fixed, in.File.newline()), append(edits, edit{})
		}
		if fixed == in.File.src {
			return in.File.Bytes(), corrections, nil
		}
		corrections += len(edits)
		if in.File, err = Parse(in.File.Name, []byte(fixed)); err != nil {
			return nil, 0, fmt.Errorf("correct the taxonomy: %w", err)
		}
	}
	return in.File.Bytes(), corrections, nil
}

func (l *linter) fixes() []edit {
	var edits []edit
	w := l.waivers()
	for _, row := range Rows() {
		if row.Fix == nil || !l.applies(&row) {
			continue
		}
		for i := range l.File.Alerts {
			a := &l.File.Alerts[i]
			if row.Check == nil || len(row.Check(l, a)) == 0 {
				continue
			}
			if waiver := w.use(a, row.ID); waiver == nil || waiver.Expired {
				edits = append(edits, row.Fix(l, a)...)
			}
		}
	}
	return append(edits, l.fixHeader()...)
}

// fixHeader adds schema_version to an object without one.
func (l *linter) fixHeader() []edit {
	f := l.File
	if f.Legacy || f.SchemaVersion != "" || len(versionMissing(l)) == 0 {
		return nil
	}
	open := int32(strings.IndexByte(f.src, '{')) + 1
	rest := f.src[open:]
	space := rest[:len(rest)-len(strings.TrimLeft(rest, " \t\r\n"))]
	return []edit{{span{open, open}, space + `"schema_version": ` + literal(SchemaVersion) + ","}}
}

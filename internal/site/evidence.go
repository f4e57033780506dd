package site

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// The most checks of a kind of evidence, and figures of it, that the page shows; the file behind it has the rest.
const (
	shownChecks  = 20
	shownFigures = 6
	shownValues  = 24 // of a figure, the latest
)

// evidenceView is one kind of evidence with what is shown beneath it.
type evidenceView struct {
	*report.EvidenceKind
	Tone    string // of the tag
	Note    string
	Failing []report.Finding // unwaived errors and warnings
	More    int
	Trends  []figureView
}

// figureView is a figure with its latest values, drawn with characters.
type figureView struct{ Name, Value, Spark string }

var evidenceTones = map[string]string{report.EvidenceOK: "ok", report.EvidenceWarn: "warn", report.EvidenceFail: "bad",
	report.EvidenceError: "bad", report.EvidenceInvalid: "bad"}

func evidenceViews(p *Page) (all []evidenceView) {
	if p.Evidence == nil {
		return nil
	}
	for i := range p.Evidence.Kinds {
		k := &p.Evidence.Kinds[i]
		v := evidenceView{EvidenceKind: k, Tone: evidenceTones[k.Status], Note: k.Reason, Trends: figureViews(k, p.Figures)}
		if v.Tone == "" {
			v.Tone = "none"
		}
		if v.Note == "" {
			v.Note = fmt.Sprintf("%s checked: %s, %s, %d waived", plural(k.Subjects, "subject"), plural(k.Failed, "error"), plural(k.Warnings, "warning"), k.Waived)
		}
		for _, f := range k.Checks {
			if !f.Waived() && f.Level != report.Info {
				v.Failing = append(v.Failing, f)
			}
		}
		v.More = max(0, len(v.Failing)-shownChecks)
		v.Failing = v.Failing[:len(v.Failing)-v.More]
		all = append(all, v)
	}
	return all
}

// figureViews are the figures of a kind that have been measured before.
func figureViews(k *report.EvidenceKind, history []report.EvidenceLine) (all []figureView) {
	for _, f := range k.Figures[:min(len(k.Figures), shownFigures)] {
		var values []float64
		for _, l := range history {
			if l.Kind == k.Kind && l.Figure == f.Name && fmt.Sprint(l.Labels) == fmt.Sprint(f.Labels) { // maps are printed sorted
				values = append(values, l.Value)
			}
		}
		if len(values) < 2 {
			continue
		}
		name := f.Name
		for _, label := range sortedNames(f.Labels) {
			name += " " + label + "=" + f.Labels[label]
		}
		all = append(all, figureView{name, fmt.Sprintf("%.4g", f.Value), spark(values[max(0, len(values)-shownValues):])})
	}
	return all
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// spark draws values with characters of eight heights.
func spark(values []float64) string {
	steps := []rune("▁▂▃▄▅▆▇█")
	low, high := slices.Min(values), slices.Max(values)
	var b strings.Builder
	for _, v := range values {
		i := 0
		if high > low {
			i = int(math.Round((v - low) / (high - low) * float64(len(steps)-1)))
		}
		b.WriteRune(steps[i])
	}
	return b.String()
}

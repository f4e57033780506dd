// Package promrules reads Prometheus rule files as people keep them: plain files, PrometheusRule objects, and the files of
// Thanos, Mimir and Loki, which are dialects of one format. It is the only code that calls Prometheus' own rule parser.
package promrules

import (
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// File is one rule file.
type File struct {
	Name   string
	Object bool // PrometheusRule objects and not a plain rule file
	Groups []Group

	ignored []IgnoredKey // keys that the dialect reads and does not use
}

// Group is a list of rules that are evaluated together.
type Group struct {
	Name      string
	Namespace string // of the document: Mimir's namespace, or namespace/name of a PrometheusRule
	Interval  string
	Labels    map[string]string
	Rules     []Rule

	at spot
}

// Rule is an alerting or a recording rule. For, Interval and KeepFiringFor are as written; empty where absent.
type Rule struct {
	Alert         string
	Record        string
	Expr          string
	For           string
	KeepFiringFor string
	Labels        map[string]string
	Annotations   map[string]string

	at    spot // the name
	expr  spot
	whole spot
}

// spot is a value of one of the documents of a file. Its place costs only when it is asked for.
type spot struct {
	node  contract.Node
	above int // lines of the file above the document
}

func (s spot) place(file string) report.Place {
	p := s.node.Place()
	p.File = file
	p.Line += s.above
	return p
}

// Name is the name of the alert or of the recorded series.
func (r *Rule) Name() string {
	if r.Alert != "" {
		return r.Alert
	}
	return r.Record
}

// Place is where the rule's name stands in its file; where the rule begins, if its name comes from an anchor above it.
func (r *Rule) Place(file string) report.Place {
	name, whole := r.at.place(file), r.Whole(file)
	if name.Line < whole.Line || name.Line == whole.Line && name.Column < whole.Column {
		return whole
	}
	return name
}

// Whole is where the rule itself begins, before its name.
func (r *Rule) Whole(file string) report.Place { return r.whole.place(file) }

// Place is where the group stands in its file.
func (g *Group) Place(file string) report.Place { return g.at.place(file) }

// AllLabels are the labels of a rule with those of its group below them.
func (g *Group) AllLabels(r *Rule) map[string]string {
	if len(g.Labels) == 0 {
		return r.Labels
	}
	all := make(map[string]string, len(g.Labels)+len(r.Labels))
	for k, v := range g.Labels {
		all[k] = v
	}
	for k, v := range r.Labels {
		all[k] = v
	}
	return all
}

// Alerts counts the alerting rules.
func (f *File) Alerts() int {
	n := 0
	for i := range f.Groups {
		for j := range f.Groups[i].Rules {
			if f.Groups[i].Rules[j].Alert != "" {
				n++
			}
		}
	}
	return n
}

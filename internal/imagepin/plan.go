package imagepin

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Observation is what a registry says of a tag or a digest.
type Observation struct {
	Missing bool // the registry has it not
	report.ImageRef
	Size int64 // bytes of the compressed layers of one platform; 0 where it is not known
}

// Input is what the plan follows from.
type Input struct {
	Files  []*File
	Tags   map[string]Observation // by Name.String()
	Pins   map[string]Observation // by Key
	Memory []report.ImageSeen     // of the last comparison
	Settle time.Duration          // how long a tag has to point to a digest before the digest is offered in place of another
	Now    time.Time
}

// Key is the name of a digest in a repository.
func (n Name) Key() string { return n.Registry + "/" + n.Repository + "@" + n.Digest }

// Edit replaces bytes of a file.
type Edit struct {
	Start, End int
	New        string
}

// Plan is what the references of the files come to.
type Plan struct {
	Checks []report.Finding
	Detail report.ImagePins
	Edits  map[string][]Edit // by file
}

// The actions for a reference.
const (
	actNone   = "none"
	actPin    = "pin"
	actUpdate = "update"
	actWait   = "wait" // a new digest has not been there for long enough
	actKeep   = "keep" // a new digest is not to be taken, or there is no place for it
)

// Decide compares the references with what the registries say.
func Decide(in Input) *Plan {
	p := &planner{in: in, plan: &Plan{Edits: map[string][]Edit{}}, since: map[string]time.Time{}, times: map[string]int{}}
	p.plan.Detail.Schema = "govctl/evidence-image-pin/v1"
	p.plan.Detail.References = []report.ImageReference{}
	p.remember()
	for _, f := range in.Files {
		for i := range f.References {
			p.reference(f, &f.References[i])
		}
	}
	for name, edits := range p.plan.Edits {
		sorting.Stable(edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
		p.plan.Edits[name] = slices.Compact(edits)
	}
	return p.plan
}

type planner struct {
	in    Input
	plan  *Plan
	since map[string]time.Time // tag: since when it points to its digest
	times map[string]int       // references of one image in one file so far
}

// remember says since when each tag points to its digest: since the time of the memory, or since now. What was not asked for stays in memory.
func (p *planner) remember() {
	seen := map[string]report.ImageSeen{}
	for _, old := range p.in.Memory {
		seen[old.Image] = old
	}
	for image, o := range p.in.Tags {
		old, known := seen[image]
		if o.Missing || known && old.Digest == o.Digest && !old.Since.After(p.in.Now) {
			continue
		}
		seen[image] = report.ImageSeen{Image: image, Digest: o.Digest, Since: report.At(p.in.Now)}
	}
	p.plan.Detail.Seen = []report.ImageSeen{}
	for image, s := range seen {
		p.since[image] = s.Since.Time
		p.plan.Detail.Seen = append(p.plan.Detail.Seen, s)
	}
	sorting.Stable(p.plan.Detail.Seen, func(a, b report.ImageSeen) int { return cmp.Compare(a.Image, b.Image) })
}

// one is a reference while it is evaluated.
type one struct {
	*Reference
	out report.ImageReference
	tag Observation
	pin Observation
}

func (p *planner) reference(f *File, r *Reference) {
	o := &one{Reference: r, out: report.ImageReference{Place: r.Place, Form: r.Form, Kind: r.Kind, Text: r.Text, Action: actNone, Reason: r.Why}}
	switch r.Kind {
	case KindUnresolved:
		o.out.Action = actKeep
		p.report(o, "image-unresolved", r.Text+" is not pinned: "+r.Why)
	case KindImage:
		o.out.Image = r.Name.String()
		p.image(o)
	}
	if o.out.Action == actPin || o.out.Action == actUpdate {
		p.plan.Edits[f.Name] = append(p.plan.Edits[f.Name], Edit{r.start, r.end, r.before + o.tag.Digest})
	}
	p.plan.Detail.References = append(p.plan.Detail.References, o.out)
}

// image evaluates a reference that names an image.
func (p *planner) image(o *one) {
	name := o.Name
	if name.Digest != "" {
		o.pin = p.in.Pins[name.Key()]
		o.out.Pinned = known(o.pin)
		if o.pin.Missing {
			p.report(o, "image-digest-missing", fmt.Sprintf("%s: the registry no longer has %s", o.out.Image, name.Digest))
		}
	}
	if name.Tag == "" {
		o.out.Reason = "without a tag there is nothing newer"
		return
	}
	var asked bool
	if o.tag, asked = p.in.Tags[name.String()]; !asked {
		o.out.Action, o.out.Reason = actKeep, "the tag was not looked up in the registry"
		return
	}
	o.out.Current = known(o.tag)
	switch {
	case o.tag.Missing:
		o.out.Action, o.out.Reason = actKeep, "the registry has no such tag"
		p.report(o, "image-tag-missing", o.out.Image+": the registry has no such tag")
	case name.Digest == "":
		o.out.Action = actPin
		p.report(o, "image-unpinned", fmt.Sprintf("%s is not pinned; it is %s%s", o.out.Image, o.tag.Digest, details("", labels(&o.tag))))
	case name.Digest != o.tag.Digest:
		p.drift(o)
	}
}

func known(o Observation) *report.ImageRef {
	if o.Missing || o.Digest == "" {
		return nil
	}
	ref := o.ImageRef
	ref.Platforms = append([]string{}, ref.Platforms...)
	return &ref
}

// drift evaluates a tag that points to another digest than the pin.
func (p *planner) drift(o *one) {
	if o.pin.Size > 0 && o.tag.Size > 0 {
		delta := o.tag.Size - o.pin.Size
		o.out.SizeDelta = &delta
	}
	change := fmt.Sprintf("%s: %s -> %s", o.out.Image, o.Name.Digest, o.tag.Digest)
	if len(o.pin.Platforms) == 0 && len(o.tag.Platforms) > 0 && !o.pin.Missing {
		o.out.Action, o.out.Reason = actUpdate, "the tag is an index"
		p.report(o, "image-platform-pinned", change+details("the pin is the image of one platform, the tag is for "+strings.Join(o.tag.Platforms, ", "), difference(o)))
		return
	}
	if gone := without(o.pin.Platforms, o.tag.Platforms); len(gone) > 0 {
		o.out.Action, o.out.Reason = actKeep, "the tag lacks "+strings.Join(gone, ", ")
		p.report(o, "image-platform-missing", change+details("it lacks "+strings.Join(gone, ", "), difference(o)), gone...)
		return
	}
	o.out.Action = actUpdate
	if age := p.in.Now.Sub(p.since[o.out.Image]); age < p.in.Settle && !o.pin.Missing {
		o.out.Action = actWait
		o.out.Reason = fmt.Sprintf("seen for %s, offered after %s", age.Truncate(time.Minute), p.in.Settle)
	}
	p.report(o, "image-drift", change+details(o.out.Reason, difference(o)), o.tag.Digest)
}

// without lists what is in all and not in some.
func without(all, some []string) (gone []string) {
	for _, one := range all {
		if !slices.Contains(some, one) {
			gone = append(gone, one)
		}
	}
	return gone
}

// details are remarks behind a message.
func details(remarks ...string) string {
	remarks = slices.DeleteFunc(remarks, func(s string) bool { return s == "" })
	if len(remarks) == 0 {
		return ""
	}
	return " (" + strings.Join(remarks, "; ") + ")"
}

// labels are the revision and the time of an image.
func labels(o *Observation) string {
	var parts []string
	for _, l := range []struct{ name, value string }{{"revision", o.Revision}, {"created", o.Created}} {
		if l.value != "" {
			parts = append(parts, l.name+" "+l.value)
		}
	}
	return strings.Join(parts, ", ")
}

// difference is what has changed between the pin and the tag.
func difference(o *one) string {
	var parts []string
	for _, l := range []struct{ name, from, to string }{{"revision", o.pin.Revision, o.tag.Revision}, {"created", o.pin.Created, o.tag.Created}} {
		if l.to != "" && l.from != l.to {
			parts = append(parts, fmt.Sprintf("%s %s -> %s", l.name, cmp.Or(l.from, "unknown"), l.to))
		}
	}
	if o.out.SizeDelta != nil {
		parts = append(parts, fmt.Sprintf("%+.1f MB", float64(*o.out.SizeDelta)/1e6))
	}
	return strings.Join(parts, "; ")
}

// report adds a finding. Several references of one image in one file are told apart by their order.
func (p *planner) report(o *one, rule, message string, detail ...string) {
	subject := cmp.Or(o.out.Image, o.Text)
	key := strings.Join([]string{rule, o.Place.File, subject}, "\x00")
	p.times[key]++
	f := row(rule).Finding(report.EvidenceSubject{Name: subject}, message, append([]string{o.Place.File, fmt.Sprint(p.times[key])}, detail...)...)
	place := o.Place
	f.New = &place
	f.Expected, f.Actual = o.tag.Digest, o.Name.Digest
	p.plan.Checks = append(p.plan.Checks, f)
}

// Apply makes the edits of one file. They are sorted and do not overlap, as Decide returns them.
func Apply(data []byte, edits []Edit) []byte {
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, data[at:e.Start]...), e.New...)
		at = e.End
	}
	return append(out, data[at:]...)
}

// Package imagepin reads the image references of Dockerfiles, decides which digest each is pinned to, and edits the references and
// nothing else.
package imagepin

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// What a reference names.
const (
	KindImage      = "image"
	KindStage      = "stage"
	KindScratch    = "scratch"
	KindUnresolved = "unresolved" // Why says what is missing
)

// Reference is one place where a Dockerfile names an image.
type Reference struct {
	Place report.Place
	Form  string // from, copy or mount
	Text  string // as written
	Kind  string
	Name  Name // of an image
	Why   string

	whole      *expanded
	start, end int    // in the file: the digest that an edit replaces, or the place of a new one
	before     string // what an edit writes before the digest
}

// maxReferences bounds those of one file.
const maxReferences = 500

// File is a Dockerfile with its references, in their order.
type File struct {
	Name       string
	Data       []byte
	References []Reference

	inStages [][]int // offsets of the values of variables that a stage uses for other things
}

// Parse reads a Dockerfile. Its error is a *contract.Error.
func Parse(name string, data []byte) (*File, error) {
	instructions, escape, err := scan(name, data)
	if err != nil {
		return nil, err
	}
	p := &parser{file: &File{Name: name, Data: data}, escape: escape, scope: scope{}, all: map[string]bool{}}
	p.stageNames(instructions)
	for i := range instructions {
		if err := p.instruction(&instructions[i]); err != nil {
			return nil, err
		}
		if len(p.file.References) > maxReferences {
			return nil, p.fail(&instructions[i], "there are more than %d references of images", maxReferences)
		}
	}
	p.shared()
	return p.file, nil
}

type parser struct {
	file   *File
	escape byte
	scope  scope
	stages []string        // names so far; empty for one without
	all    map[string]bool // names of all stages
}

func (p *parser) fail(one *instruction, format string, args ...any) error {
	return &contract.Error{Place: report.Place{File: p.file.Name, Line: one.line}, Msg: fmt.Sprintf(format, args...), Hint: "govctl reads Dockerfiles as BuildKit does"}
}

// stageNames collects the names of all stages: COPY may name a later one.
func (p *parser) stageNames(instructions []instruction) {
	for i := range instructions {
		if words := instructions[i].args.words(); instructions[i].keyword == "from" && len(words) == 3 {
			p.all[strings.ToLower(words[2].s)] = true
		}
	}
}

func (p *parser) instruction(one *instruction) error {
	switch one.keyword {
	case "arg":
		return p.arg(one)
	case "from":
		return p.from(one)
	case "copy":
		for _, flag := range one.flags {
			if v, ok := value(flag, "--from="); ok {
				p.used("copy", v)
			}
		}
	case "run":
		for _, flag := range one.flags {
			if v, ok := value(flag, "--mount="); ok {
				p.mount(v)
			}
		}
	}
	return nil
}

func value(flag text, prefix string) (text, bool) {
	if !strings.HasPrefix(flag.s, prefix) {
		return text{}, false
	}
	return flag.slice(len(prefix), len(flag.s)), true
}

// arg declares variables before the first FROM. In a stage it makes use of one.
func (p *parser) arg(one *instruction) error {
	for _, word := range one.args.quotedWords(p.escape) {
		name, _, given := strings.Cut(word.s, "=")
		switch global := p.scope[name]; {
		case len(p.stages) > 0 && !given && global.value != nil:
			p.file.inStages = append(p.file.inStages, global.value.at)
			continue
		case len(p.stages) > 0:
			continue
		case !given:
			p.scope[name] = variable{why: errNoDefault}
		default:
			v, err := expand(word.slice(len(name)+1, len(word.s)), p.scope, p.escape)
			if err != nil {
				v = nil
			}
			p.scope[name] = variable{v, err}
		}
		if len(p.scope) > maxVariables {
			return p.fail(one, "there are more than %d variables", maxVariables)
		}
	}
	return nil
}

func (p *parser) from(one *instruction) error {
	words := one.args.words()
	if len(words) != 1 && (len(words) != 3 || !strings.EqualFold(words[1].s, "as")) {
		return p.fail(one, "FROM needs an image, or an image, AS and a name")
	}
	r := p.reference("from", words[0])
	whole, err := expand(words[0], p.scope, p.escape)
	switch {
	case err != nil:
		r.Kind, r.Why = KindUnresolved, err.Error()
	case string(whole.s) == "scratch":
		r.Kind = KindScratch
	case slices.Contains(p.stages, strings.ToLower(string(whole.s))) && len(whole.s) > 0:
		r.Kind = KindStage
	default:
		r.resolve(whole)
	}
	r.whole = whole
	p.file.References = append(p.file.References, r)
	stage := ""
	if len(words) == 3 {
		stage = strings.ToLower(words[2].s)
	}
	p.stages = append(p.stages, stage)
	return nil
}

// used is a reference of COPY or of a mount, in which no variables are put in place.
func (p *parser) used(form string, word text) {
	r := p.reference(form, word)
	_, notNumber := strconv.Atoi(word.s)
	whole := &expanded{}
	for i := range word.s {
		whole.add(word.s[i], word.at[i], nil)
	}
	r.whole = whole
	switch {
	case word.s == "":
		return
	case notNumber == nil, p.all[strings.ToLower(word.s)]:
		r.Kind = KindStage
	case word.s == "scratch":
		r.Kind = KindScratch
	case strings.Contains(word.s, "$"):
		r.Kind, r.Why = KindUnresolved, "variables are not put in place here: give a stage a name with FROM ... AS"
	default:
		r.resolve(whole)
	}
	p.file.References = append(p.file.References, r)
}

// mount looks for from= in the fields of a mount.
func (p *parser) mount(v text) {
	fields, err := csv.NewReader(strings.NewReader(v.s)).Read()
	if err != nil || strings.Contains(v.s, `"`) || strings.Join(fields, ",") != v.s {
		return // what BuildKit refuses, or quoted: offsets would be off
	}
	start := 0
	for _, field := range fields {
		if key, _, ok := strings.Cut(field, "="); ok && strings.EqualFold(key, "from") {
			p.used("mount", v.slice(start+len(key)+1, start+len(field)))
		}
		start += len(field) + 1
	}
}

func (p *parser) reference(form string, word text) Reference {
	r := Reference{Form: form, Text: word.s}
	r.Place = report.Place{File: p.file.Name}
	if len(word.at) > 0 {
		before := p.file.Data[:word.at[0]]
		r.Place.Line = bytes.Count(before, []byte("\n")) + 1
		r.Place.Column = word.at[0] - bytes.LastIndexByte(before, '\n')
	}
	return r
}

// resolve reads the name, and finds the place of its digest.
func (r *Reference) resolve(whole *expanded) {
	name, err := ParseName(string(whole.s))
	if err != nil {
		r.Kind, r.Why = KindUnresolved, err.Error()
		return
	}
	r.Kind, r.Name = KindImage, name
	if err := r.locate(whole); err != nil {
		r.Kind, r.Why = KindUnresolved, err.Error()
	}
}

// locate finds the bytes of the file that hold the digest. A variable that decides on repository or tag has to decide on the digest, too: with
// a digest elsewhere, setting it at build time would change nothing.
func (r *Reference) locate(whole *expanded) error {
	last := len(whole.s) - 1
	holder := whole.vars[last]
	for i := bytes.LastIndexByte(whole.s, '/') + 1; i < last; i++ {
		if !whole.vars[i].within(holder) {
			return fmt.Errorf("%s is a part of the name and not its end: a digest behind it would make it useless", whole.vars[i].name)
		}
	}
	r.start, r.end = whole.at[last]+1, whole.at[last]+1
	if r.Name.Digest == "" {
		r.before = "@"
		if !bytes.HasSuffix(whole.s, []byte(":"+r.Name.Tag)) { // without it the next comparison would have no tag
			r.before = ":" + r.Name.Tag + "@"
		}
		return nil
	}
	first := len(whole.s) - len(r.Name.Digest)
	if whole.at[last]-whole.at[first] != last-first {
		return errors.New("its digest is in several pieces")
	}
	r.start = whole.at[first]
	return nil
}

// shared refuses references whose edit would change something else: another image, or a variable that a stage uses.
func (p *parser) shared() {
	refs := p.file.References
	for i := range refs {
		r := &refs[i]
		if r.Kind != KindImage {
			continue
		}
		why := ""
		for _, at := range p.file.inStages {
			if touches(at, r) {
				why = "a stage uses the variable with its tag for something else"
			}
		}
		for j := range refs {
			if other := &refs[j]; j != i && other.whole != nil && touches(other.whole.at, r) && !other.same(r) {
				why = "its text is also a part of " + other.Text
			}
		}
		if why != "" {
			r.Why = why
		}
	}
	for i := range refs {
		if refs[i].Kind == KindImage && refs[i].Why != "" {
			refs[i].Kind = KindUnresolved
		}
	}
}

func (r *Reference) same(other *Reference) bool {
	return r.Kind == KindImage && r.Name == other.Name && r.start == other.start && r.end == other.end
}

// touches reports whether offsets include what an edit of the reference replaces, or the byte before it.
func touches(offsets []int, r *Reference) bool {
	return slices.ContainsFunc(offsets, func(at int) bool { return at >= r.start-1 && at < r.end })
}

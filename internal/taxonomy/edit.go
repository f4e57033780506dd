package taxonomy

import (
	"fmt"
	"sort"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// edit replaces a piece of the text.
type edit struct {
	at   span
	text string
}

// apply makes the edits in a text. Edits that overlap one before them are left out: the next call makes them.
func apply(src string, edits []edit) string {
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].at.start < edits[j].at.start })
	var b strings.Builder
	b.Grow(len(src) + 64*len(edits))
	done := int32(0)
	for _, e := range edits {
		if e.at.start < done || e.at == (span{}) {
			continue
		}
		b.WriteString(src[done:e.at.start])
		b.WriteString(e.text)
		done = e.at.end
	}
	b.WriteString(src[done:])
	return b.String()
}

// literal is a JSON string as people write it: nothing is escaped that need not be.
func literal(s string) string {
	b, err := jsontext.AppendQuote(nil, s)
	if err != nil { // invalid UTF-8 is replaced, and no other error exists
		b, _ = jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\ufffd"))
	}
	return string(b)
}

// setText is the edit that gives a field a new value: in its place, or behind the field after it in the model's order where it
// is absent.
func (f *File) setText(a *Alert, field, text string) edit {
	if _, val, ok := f.find(a, field); ok {
		return edit{val, literal(text)}
	}
	return f.addField(a, field, literal(text))
}

// addField is the edit that appends a field to an entry, indented like the entry's last field.
func (f *File) addField(a *Alert, field, value string) edit {
	var lastKey, lastVal span
	for k, v := range f.fields(a) {
		lastKey, lastVal = k, v
	}
	if lastVal == (span{}) {
		return edit{span{a.at.start + 1, a.at.start + 1}, literal(field) + ": " + value}
	}
	colon := ": "
	if between := f.src[lastKey.end:lastVal.start]; strings.TrimSpace(between) == ":" {
		colon = between
	}
	sep := f.spaceBefore(lastKey.start)
	return edit{span{lastVal.end, lastVal.end}, "," + sep + literal(field) + colon + value}
}

// spaceBefore is the white space that ends at an offset.
func (f *File) spaceBefore(off int32) string {
	text := f.src[:off]
	return text[len(strings.TrimRight(text, " \t\r\n")):]
}

// layout is the white space of a file, so that what is added looks like what is there.
type layout struct {
	item  string // before an entry
	open  string // before the first key of an entry
	sep   string // before each further key
	shut  string // before the closing bracket of an entry
	colon string
	end   string // before the closing bracket of the list
}

// layoutOf reads the layout from the last entry; a list without entries is indented one level deeper than its own line.
func (f *File) layoutOf() layout {
	if len(f.Alerts) > 0 {
		return f.layoutLike(&f.Alerts[len(f.Alerts)-1])
	}
	newline, own := f.newline(), f.indentOf(f.list.start)
	step := own
	if step == "" {
		step = "  "
	}
	key := newline + own + step + step
	return layout{item: newline + own + step, open: key, sep: key, shut: newline + own + step, colon: ": ", end: newline + own}
}

func (f *File) newline() string {
	if strings.Contains(f.src, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

func (f *File) layoutLike(a *Alert) layout {
	out := layout{item: f.spaceBefore(a.at.start), shut: f.spaceBefore(a.at.end - 1), colon: ": "}
	n := 0
	for k, v := range f.fields(a) {
		switch n++; n {
		case 1:
			out.open = f.spaceBefore(k.start)
			out.sep = out.open
			if between := f.src[k.end:v.start]; strings.Trim(between, " ") == ":" {
				out.colon = between
			}
		case 2:
			out.sep = f.spaceBefore(k.start)
		}
	}
	if len(f.Alerts) == 1 && out.item == "" && out.colon != ":" {
		out.item = " " // "[{...}]" with one entry does not show what stands between two
	}
	return out
}

// indentOf is the white space at the start of the line in which an offset lies.
func (f *File) indentOf(off int32) string {
	line := f.src[strings.LastIndexByte(f.src[:off], '\n')+1 : off]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// Append returns the text of the file with entries behind the last one. Nothing else changes, except that a bare array
// becomes an object with schema_version. Reading the result back is part of it: a text that lost an alert is never returned.
func (f *File) Append(entries []Alert) ([]byte, error) {
	if len(entries) == 0 {
		return f.Bytes(), nil
	}
	lay := f.layoutOf()
	var b strings.Builder
	for i := range entries {
		if i > 0 || len(f.Alerts) > 0 {
			b.WriteString(",")
		}
		b.WriteString(lay.item)
		lay.entry(&b, &entries[i])
	}
	e := edit{at: span{f.list.start + 1, f.list.end - 1}, text: b.String() + lay.end}
	if n := len(f.Alerts); n > 0 {
		e = edit{at: span{f.Alerts[n-1].at.end, f.Alerts[n-1].at.end}, text: b.String()}
	}
	text := apply(f.src, []edit{e})
	if f.Legacy {
		text = upgraded(text, f.newline())
	}
	back, err := Parse(f.Name, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("add entries: %w", err)
	}
	if len(back.Alerts) != len(f.Alerts)+len(entries) {
		return nil, fmt.Errorf("add entries to %s: %d became %d", f.Name, len(f.Alerts)+len(entries), len(back.Alerts))
	}
	return []byte(text), nil
}

// entry writes one entry in the layout of the file.
func (l *layout) entry(b *strings.Builder, a *Alert) {
	b.WriteString("{" + l.open)
	first := true
	put := func(key, value string) {
		if !first {
			b.WriteString("," + l.sep)
		}
		first = false
		b.WriteString(literal(key) + l.colon + value)
	}
	for _, t := range textFields {
		if v := *t.of(a); v != "" {
			put(t.name, literal(v))
		}
	}
	if len(a.Labels) > 0 {
		labels := make([]string, 0, len(a.Labels))
		for _, k := range sortedKeys(a.Labels) {
			labels = append(labels, literal(k)+": "+literal(a.Labels[k]))
		}
		put("labels", "{"+strings.Join(labels, ", ")+"}")
	}
	put("deprecated", fmt.Sprint(a.Deprecated))
	b.WriteString(l.shut + "}")
}

// SchemaVersion is what a taxonomy that govctl makes or upgrades says about itself.
const SchemaVersion = "1"

// upgraded wraps a bare array into the object that today's readers expect.
func upgraded(array, newline string) string {
	body := strings.TrimSpace(strings.TrimPrefix(array, bom))
	// No string of JSON holds a raw line break, so every one of them is layout.
	body = strings.ReplaceAll(body, newline, newline+"  ")
	return "{" + newline + `  "schema_version": ` + literal(SchemaVersion) + "," + newline + `  "alerts": ` + body + newline + "}" + newline
}

// Empty is the text of a taxonomy without alerts.
const Empty = "{\n  \"schema_version\": \"" + SchemaVersion + "\",\n  \"alerts\": []\n}\n"

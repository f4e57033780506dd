// Package xmltext writes XML documents from trees of elements. encoding/xml marshals by reflection, which costs 60 kB of the program for three
// small formats; its escaping is used here.
package xmltext

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
)

// Element is an element with attributes and either text or elements in it.
type Element struct {
	Name     string
	Attrs    []Attr
	Text     string
	Children []*Element
}

// Attr is an attribute.
type Attr struct{ Name, Value string }

// Add appends elements; those that are nil are left out.
func (e *Element) Add(children ...*Element) *Element {
	for _, c := range children {
		if c != nil {
			e.Children = append(e.Children, c)
		}
	}
	return e
}

// Set appends an attribute.
func (e *Element) Set(name, value string) *Element {
	e.Attrs = append(e.Attrs, Attr{name, value})
	return e
}

// Count appends an attribute that is a number.
func (e *Element) Count(name string, n int) *Element { return e.Set(name, strconv.Itoa(n)) }

// Text is an element with text.
func Text(name, text string) *Element { return &Element{Name: name, Text: text} }

// Document is the XML of an element, indented by two spaces, with its declaration and a newline at the end.
func Document(e *Element) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e.write(&b, 0)
	b.WriteByte('\n')
	return b.Bytes()
}

func (e *Element) write(b *bytes.Buffer, depth int) {
	b.WriteString("<" + e.Name)
	for _, a := range e.Attrs {
		b.WriteString(" " + a.Name + `="`)
		escape(b, a.Value)
		b.WriteByte('"')
	}
	b.WriteByte('>')
	escape(b, e.Text)
	for _, c := range e.Children {
		b.WriteString("\n" + strings.Repeat("  ", depth+1))
		c.write(b, depth+1)
	}
	if len(e.Children) > 0 {
		b.WriteString("\n" + strings.Repeat("  ", depth))
	}
	b.WriteString("</" + e.Name + ">")
}

func escape(b *bytes.Buffer, text string) {
	_ = xml.EscapeText(b, []byte(text)) // a buffer takes everything
}

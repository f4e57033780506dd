package xmltext

import (
	"encoding/xml"
	"testing"
)

// TestDocument compares with the encoder of the standard library.
func TestDocument(t *testing.T) {
	type item struct {
		Name string `xml:"name,attr"`
		Line int    `xml:"line,attr"`
		Text string `xml:",chardata"`
	}
	type list struct {
		XMLName xml.Name `xml:"list"`
		Title   string   `xml:"title,attr"`
		Items   []item   `xml:"item"`
		Note    string   `xml:"note"`
	}
	for _, text := range []string{"", "plain", "a<b>&\"c\"'d'", "two\nlines\tand\r", "\x00\x1b[31m", "\xff\xfe", "\ufffe", "]]>"} {
		want, err := xml.MarshalIndent(list{Title: text, Items: []item{{text, 3, text}, {"", 0, ""}}, Note: text}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		e := (&Element{Name: "list"}).Set("title", text).Add((&Element{Name: "item", Text: text}).Set("name", text).Count("line", 3),
			nil, (&Element{Name: "item"}).Set("name", "").Count("line", 0), Text("note", text))
		if got := string(Document(e)); got != xml.Header+string(want)+"\n" {
			t.Errorf("%q:\n%s\nwant:\n%s", text, got, want)
		}
	}
}

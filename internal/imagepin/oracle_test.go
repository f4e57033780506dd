package imagepin

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	dockerfile "github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// BuildKit reads flags byte by byte and takes a letter that is not ASCII apart; references have none.
//
// words are the pieces of which the texts of the oracle are made: what the reading of Dockerfiles depends on.
var words = []string{"FROM ", "from ", "ARG ", "COPY ", "RUN ", "ONBUILD ", "ADD ", "ENV A=b", "--from=x ", "--from=\"y z\" ", "--mount=type=bind,from=q ", "--", "-- ", "python:3.11", "$TAG", "${TAG}",
	"TAG=1", "TAG=\"a b\"", " AS ", "as build", "\\\n", "\\ \n", "\\\\\n", "`\n", "\n", "\n\n", "\r\n", "\r", "\t", " ", "  ", "#", "# comment\n", "# escape=`\n", "#escape=\\\n", "# syntax=x\n", "<<EOF", "<<-EOF", "<< EOF", "<<\"EOF\"", "<<'E F'",
	"EOF\n", "\nEOF\n", "\tEOF\n", "E F\n", "'", "\"", "\\", "`", "[\"a\", \"<<b\"]", "3<<EOF", "=", ","}

func generated(r *rand.Rand) []byte {
	var b strings.Builder
	if r.IntN(20) == 0 {
		b.WriteString("\ufeff")
	}
	for range 1 + r.IntN(14) {
		b.WriteString(words[r.IntN(len(words))])
	}
	return []byte(b.String())
}

// shape is what BuildKit and we are compared by: keyword, line, flags and arguments of each instruction.
func shape(keyword string, line int, flags []string, args string) string {
	return fmt.Sprintf("%d %s %q %q", line, strings.ToLower(keyword), flags, args)
}

func buildkit(data []byte) (all []string, err error) {
	result, err := dockerfile.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	for _, n := range result.AST.Children {
		if n.Value == "" { // of a line with nothing but a continuation
			continue
		}
		args := ""
		for w := n.Next; w != nil; w = w.Next {
			args += w.Value + "|"
		}
		keyword := strings.ToLower(n.Value)
		if keyword != "from" && keyword != "arg" {
			args = ""
		}
		all = append(all, shape(keyword, n.StartLine, append([]string{}, n.Flags...), args))
	}
	return all, nil
}

func ours(data []byte) (all []string, err error) {
	instructions, escape, err := scan("Dockerfile", data)
	if err != nil {
		return nil, err
	}
	for _, one := range instructions {
		args := ""
		var parts []text
		switch one.keyword {
		case "from":
			parts = one.args.words()
		case "arg":
			parts = one.args.quotedWords(escape)
		}
		for _, w := range parts {
			args += w.s + "|"
		}
		flags := []string{}
		for _, f := range one.flags {
			flags = append(flags, f.s)
		}
		all = append(all, shape(one.keyword, one.line, flags, args))
	}
	return all, nil
}

// BuildKit refuses more than we do: it reads each instruction, and we read five. What it reads, we read in the same way.
func TestBuildKitReadsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	read := 0
	for range 60000 {
		data := generated(r)
		want, err := buildkit(data)
		if err != nil {
			continue
		}
		read++
		got, err := ours(data)
		if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%q\nBuildKit:\n%s\nours (%v):\n%s", data, strings.Join(want, "\n"), err, strings.Join(got, "\n"))
		}
		for _, one := range must(t, data) {
			checkOffsets(t, data, one.args)
		}
	}
	if read < 10000 {
		t.Errorf("only %d texts were read by BuildKit", read)
	}
}

func must(t *testing.T, data []byte) []instruction {
	t.Helper()
	all, _, err := scan("Dockerfile", data)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// checkOffsets: each byte of a text is the byte of the file at its offset.
func checkOffsets(t *testing.T, data []byte, w text) {
	t.Helper()
	for i := range w.s {
		if data[w.at[i]] != w.s[i] {
			t.Fatalf("%q: byte %d of %q is not at %d", data, i, w.s, w.at[i])
		}
	}
}

var pieces = []string{"a", "python", ":", "3.11", "$A", "${A}", "${B}", "$EMPTY", "${EMPTY:-x}", "${EMPTY-x}", "${A:-y}", "${NONE:-z}", "${NONE-z$A}", "${A:+p}", "${NONE:+p}", "${EMPTY+q}", "${EMPTY:+q}", "'", "\"", "\\", "`", "$", "{", "}", "/", "@", "\\$A", " ", "${NONE:-\"a}b\"}", "é"}

// What a variable comes to is what BuildKit makes of it.
func TestBuildKitExpandsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	lit := func(s string) *expanded {
		e := &expanded{}
		for i := range s {
			e.add(s[i], 0, nil)
		}
		return e
	}
	env := []string{"A=val", "B=b/c", "EMPTY="}
	vars := scope{"A": {value: lit("val")}, "B": {value: lit("b/c")}, "EMPTY": {value: lit("")}}
	same := 0
	for range 60000 {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		word := text{b.String(), make([]int, b.Len())}
		escape := "\\`"[r.IntN(2)]
		got, err := expand(word, vars, escape)
		if err != nil {
			continue // a variable without a value, or what we do not read: it is reported
		}
		want, _, err := shell.NewLex(rune(escape)).ProcessWord(word.s, shell.EnvsFromSlice(env))
		if err != nil || want != string(got.s) {
			t.Fatalf("%q with %c: BuildKit %q (%v), ours %q", word.s, escape, want, err, got.s)
		}
		same++
	}
	if same < 10000 {
		t.Errorf("only %d words were compared", same)
	}
}

// Package adopt is what `govctl init` needs to know about an existing repository: what a file is by its content, how
// a contract may be called by where it lies, and how a few lines get into a file that belongs to somebody else and out of it again.
package adopt

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// Kind is what a file is.
type Kind string

// What init looks for.
const (
	None     Kind = ""
	Contract Kind = "contract"
	Rules    Kind = "rules"
	Tests    Kind = "tests" // of rules
	Taxonomy Kind = "taxonomy"
)

// Limits of a look.
const (
	maxKeys  = 10_000 // top-level keys of a file
	keyRoom  = 200    // bytes of a key with the beginning of its value
	decisive = "openapi swagger"
)

// key is a key at the top of a document, with the beginning of its value.
type key struct{ name, value string }

// rows tell kinds by the keys at the top of a file; the first that holds counts.
var rows = []struct {
	kind Kind
	is   func(keys []key) bool
}{
	{Contract, func(keys []key) bool { return has(keys, "openapi", version()) || has(keys, "swagger", version()) }},
	{Rules, func(keys []key) bool { return has(keys, "kind", ruleObject()) }},
	{Rules, func(keys []key) bool { return has(keys, "groups", nil) && !has(keys, "kind", nil) }},
	{Tests, func(keys []key) bool { return has(keys, "rule_files", nil) && has(keys, "tests", nil) }},
	{Taxonomy, func(keys []key) bool { return has(keys, "alerts", nil) && !has(keys, "kind", nil) }},
}

var (
	version    = late.Pattern(`^["']?[0-9]`)
	ruleObject = late.Pattern(`^["']?PrometheusRule(?:List)?["']?\s*(?:#.*)?$`)
)

func has(keys []key, name string, value *regexp.Regexp) bool {
	return slices.ContainsFunc(keys, func(k key) bool { return k.name == name && (value == nil || value.MatchString(k.value)) })
}

// Look tells what a file is by the keys at its top. It reads no further than it must, holds no more than a line, and understands neither
// YAML nor JSON: what it finds is to be read properly before anything is made of it.
func Look(r io.Reader) (Kind, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if head, err := in.Peek(3); err == nil && string(head) == "\ufeff" {
		_, _ = in.Discard(3) // it was just seen
	}
	scan := yamlKeys
	if first, err := firstByte(in); err != nil {
		return None, ended(err)
	} else if first == '{' {
		scan = jsonKeys
	}
	keys, err := scan(in)
	if err != nil {
		return None, err
	}
	for _, row := range rows {
		if row.is(keys) {
			return row.kind, nil
		}
	}
	return None, nil
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// firstByte is the first byte that is no white space; it is left in the reader.
func firstByte(in *bufio.Reader) (byte, error) {
	for {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(b)) {
			return b, in.UnreadByte()
		}
	}
}

// decided reports a key after which nothing else of a file matters.
func decided(k key) bool {
	return slices.Contains(strings.Fields(decisive), k.name) && version().MatchString(k.value)
}

var yamlKey = late.Pattern(`^(?:"([^"\\]+)"|'([^']+)'|([A-Za-z_][\w.-]*))\s*:(?:\s+(.*))?$`)

// yamlKeys are the keys that begin at the first column, of all documents of a file.
func yamlKeys(in *bufio.Reader) (keys []key, err error) {
	begins := true // the next bytes begin a line
	for len(keys) < maxKeys {
		part, err := in.ReadSlice('\n')
		if begins && len(part) > 0 {
			line := strings.TrimRight(string(part[:min(len(part), keyRoom)]), "\r\n")
			if m := yamlKey().FindStringSubmatch(line); m != nil {
				k := key{m[1] + m[2] + m[3], m[4]}
				if keys = append(keys, k); decided(k) {
					return keys, nil
				}
			}
		}
		begins = !errors.Is(err, bufio.ErrBufferFull)
		if err != nil && begins {
			return keys, ended(err)
		}
	}
	return keys, nil
}

// jsonKeys are the keys of the outermost object.
func jsonKeys(in *bufio.Reader) (keys []key, err error) {
	var text []byte // the string that was read last, or the value that is
	depth, inside, escaped := 0, false, false
	name, naming, valued := "", true, false
	end := func() bool { // of a value
		if !valued {
			return false
		}
		k := key{name, string(bytes.TrimSpace(text))}
		keys, valued = append(keys, k), false
		return decided(k) || len(keys) >= maxKeys
	}
	for {
		b, err := in.ReadByte()
		if err != nil {
			end()
			return keys, ended(err)
		}
		switch {
		case escaped:
			escaped = false
		case inside && b == '\\':
			escaped = true
		case b == '"':
			if inside = !inside; inside && depth == 1 {
				text = text[:0]
				continue
			}
		case inside:
		case b == '{' || b == '[':
			depth++
			if depth == 1 {
				continue
			}
		case b == '}' || b == ']':
			if depth == 1 && end() || depth <= 1 {
				return keys, nil
			}
			depth--
		case depth == 1 && b == ':' && naming:
			name, naming, valued, text = strings.TrimSuffix(strings.TrimSpace(string(text)), `"`), false, true, text[:0]
			continue
		case depth == 1 && b == ',':
			if end() {
				return keys, nil
			}
			naming, text = true, text[:0]
			continue
		}
		if depth == 1 && len(text) < keyRoom {
			text = append(text, b)
		}
	}
}

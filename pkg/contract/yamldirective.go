package contract

import (
	"bytes"
	"fmt"
	"regexp"
)

const maxTagDirectives = 100

// yamlVersion is the whole line of a %YAML directive.
var yamlVersion = regexp.MustCompile(`^%YAML[ \t]+([0-9]+)\.([0-9]+)([ \t]+#.*|[ \t]*)$`)

// plainDirectives reads the directives before the document. What comes back is data with comments in place of those that need
// no more attention: %YAML, of which the library takes version 1.1 only, and the ones that are reserved for future use, which a
// reader has to ignore. %TAG is left to the library. Offsets stay those of data, which is not changed.
func plainDirectives(t *tree, data []byte) ([]byte, error) {
	i := 0
	if bytes.HasPrefix(data, []byte(bom)) {
		i = len(bom)
	}
	first, version, tags := -1, false, 0
	out := data
	for i < len(data) {
		line := data[i:]
		if k := bytes.IndexAny(line, "\r\n"); k >= 0 {
			line = line[:k]
		}
		body := bytes.TrimLeft(line, " \t")
		switch {
		case len(body) == 0 || body[0] == '#':
		case line[0] == '%':
			name, _, _ := bytes.Cut(line, []byte(" "))
			name, _, _ = bytes.Cut(name, []byte("\t"))
			if first < 0 {
				first = i
			}
			switch string(name) {
			case "%":
				return data, nil // the library refuses it
			case "%TAG":
				if tags++; tags > maxTagDirectives { // each is compared with all before it
					return nil, t.fail(uint32(i), fmt.Sprintf("more than %d %%TAG directives", maxTagDirectives), "remove them: tags mean nothing in an OpenAPI description")
				}
			case "%YAML":
				if err := checkYAMLVersion(t, uint32(i), line, version); err != nil {
					return nil, err
				}
				version = true
				fallthrough
			default:
				if &out[0] == &data[0] {
					out = bytes.Clone(data)
				}
				out[i] = '#'
			}
		case first < 0 || bytes.HasPrefix(line, []byte("---")) && (len(line) == 3 || line[3] == ' ' || line[3] == '\t'):
			return out, nil
		default:
			return nil, directiveAlone(t, uint32(first))
		}
		i += len(line) + 1
	}
	if first >= 0 {
		return nil, directiveAlone(t, uint32(first))
	}
	return data, nil
}

func directiveAlone(t *tree, off uint32) error {
	return t.fail(off, "no document follows the directive", "begin the document with a separate line that reads ---")
}

// checkYAMLVersion checks the %YAML directive at off. Those of version 1.x are read alike, as YAML 1.2 asks for.
func checkYAMLVersion(t *tree, off uint32, line []byte, again bool) error {
	m := yamlVersion.FindSubmatch(line)
	switch {
	case again:
		return t.fail(off, "a second %YAML directive", "remove one of them")
	case m == nil:
		return t.fail(off, "the %YAML directive is malformed", "write %YAML 1.2, with nothing after it")
	case string(m[1]) != "1":
		return t.fail(off, fmt.Sprintf("the document is YAML %s.%s", m[1], m[2]), "write it in YAML 1.2")
	}
	return nil
}

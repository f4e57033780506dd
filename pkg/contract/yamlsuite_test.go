package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "github.com/goccy/go-yaml/testdata/yaml-test-suite" // the files of YAML's own test suite

	"github.com/romel/govctl/pkg/contract"
)

// refusedYAML are the valid documents of the suite that are refused, by the name of their folder in the module, and why.
var refusedYAML = map[string]string{
	"anchors-with-colon-in-name":    "the library takes only letters, digits, - and _ in the name of an anchor",
	"anchor-with-unicode-character": "the library takes only letters, digits, - and _ in the name of an anchor",
	"allowed-characters-in-alias":   "the library takes only letters, digits, - and _ in the name of an anchor",
}

// A yamlCase is one document or stream of the suite.
type yamlCase struct {
	name  string
	text  []byte
	json  []byte // the values of its documents, nil where they have no form in JSON
	wrong bool   // must be refused
}

// YAML's own test suite, through the fast reader and the library as one: nothing invalid is accepted, no document is read
// otherwise than it means, and what is refused although it is valid is known. go test -v prints the figures.
func TestYAMLSuite(t *testing.T) {
	t.Run("module", func(t *testing.T) {
		dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/goccy/go-yaml/testdata/yaml-test-suite").Output()
		if err != nil {
			t.Fatalf("find the module: %v", err)
		}
		checkYAMLSuite(t, strings.TrimSpace(string(dir)))
	})
	t.Run("shared", func(t *testing.T) {
		dir := filepath.Join("..", "..", "..", "shared", "data", "suites", "yaml")
		if _, err := os.Stat(dir); err != nil {
			t.Skipf("the shared test data is not here: %v", err)
		}
		checkYAMLSuite(t, dir)
	})
}

func checkYAMLSuite(t *testing.T, dir string) {
	invalid, accepted, single, right, streams, other := 0, 0, 0, 0, 0, 0
	for _, c := range yamlCases(t, dir) {
		root, err := contract.ParseValue(context.Background(), "in.yaml", c.text, contract.Options{})
		var bad *contract.Error
		if err != nil && (!errors.As(err, &bad) || bad.Place.Line < 1 || bad.Place.Column < 1 || bad.Hint == "") {
			t.Errorf("%s: %v has no place or no advice", c.name, err)
		}
		values := decodeAll(t, c)
		switch _, known := refusedYAML[c.name]; {
		case c.wrong:
			if invalid++; err == nil {
				accepted++
				t.Errorf("%s: accepted, but it is invalid:\n%s", c.name, c.text)
			}
		case len(values) > 1:
			if streams++; err == nil {
				t.Errorf("%s: %d documents were read as one", c.name, len(values))
			}
		case len(values) == 0: // no document at all, or one without a form in JSON
			other++
		case err != nil:
			if single++; !known {
				t.Errorf("%s: %v", c.name, err)
			}
		case !sameJSON(root.Value(), values[0]):
			single++
			t.Errorf("%s: read as %v, must be %v\n%s", c.name, root.Value(), values[0], c.text)
		default:
			single++
			if right++; known {
				t.Errorf("%s is read right now: take it from the list", c.name)
			}
		}
	}
	t.Logf("YAML test suite: %d of %d invalid documents refused; %d of %d single documents with a JSON value read right (%.1f %%), %d refused (known); %d streams of several documents refused, %d without a JSON value",
		invalid-accepted, invalid, right, single, 100*float64(right)/float64(max(single, 1)), single-right, streams, other)
	if invalid < 90 || single < 250 {
		t.Errorf("%s has only %d invalid and %d single documents: is this the suite?", dir, invalid, single)
	}
	if right*100 < single*97 {
		t.Errorf("%d of %d read right: less than 97 %%", right, single)
	}
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// yamlCases are the cases below dir. A folder has the name of its case, or a code and the name in a file called ===.
func yamlCases(t *testing.T, dir string) (cases []yamlCase) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "in.yaml" {
			return err
		}
		c := yamlCase{}
		at := filepath.Dir(file)
		rel, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		c.name = filepath.ToSlash(rel)
		if title, err := os.ReadFile(filepath.Join(at, "===")); err == nil {
			_, sub, _ := strings.Cut(c.name, "/")
			c.name = strings.Trim(notInName.ReplaceAllString(strings.ToLower(string(title)), "-"), "-")
			if sub != "" {
				c.name += "/" + sub
			}
		}
		if c.text, err = os.ReadFile(file); err != nil {
			return err
		}
		_, missing := os.Stat(filepath.Join(at, "error"))
		c.wrong = missing == nil
		if c.json, err = os.ReadFile(filepath.Join(at, "in.json")); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		cases = append(cases, c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// decodeAll are the JSON values of a case.
func decodeAll(t *testing.T, c yamlCase) (values []any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(c.json))
	d.UseNumber()
	for {
		var v any
		switch err := d.Decode(&v); {
		case errors.Is(err, io.EOF):
			return values
		case err != nil:
			t.Fatalf("%s: %v", c.name, err)
		}
		values = append(values, v)
	}
}

// sameJSON reports whether two decoded values are equal, numbers by their value.
func sameJSON(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		x, xOK := new(big.Rat).SetString(a.String())
		y, yOK := new(big.Rat).SetString(b.String())
		return ok && xOK && yOK && x.Cmp(y) == 0
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !sameJSON(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k := range a {
			if v, ok := b[k]; !ok || !sameJSON(a[k], v) {
				return false
			}
		}
		return true
	default:
		return a == b
	}
}

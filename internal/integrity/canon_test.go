package integrity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// vectors reads a file of published vectors, which are not part of the repository.
func vectors(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../shared/data/vectors", name))
	if os.IsNotExist(err) {
		t.Skipf("no vectors here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCanonicalAsPythonWritesIt(t *testing.T) {
	cases := 0
	for line := range strings.Lines(string(vectors(t, "python-json/python-json-dumps-400.tsv"))) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			t.Fatalf("a line of %d fields", len(f))
		}
		cases++
		for _, in := range []string{f[0], f[1], f[2]} { // default form, signed form, unescaped form: one value
			if got, err := canonical([]byte(in)); err != nil || string(got) != f[1] {
				t.Errorf("%s\n got %s (%v)\nwant %s", in, got, err, f[1])
			}
		}
	}
	if cases != 400 {
		t.Errorf("%d cases", cases)
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		`{"b":1,"a":[true,false,null]}`: `{"a":[true,false,null],"b":1}`,
		`"<>&'/\u007f\u2028é😀"`:         `"<>&'/\u007f\u2028\u00e9\ud83d\ude00"`,
		`"\"\\\b\f\n\r\t\u0001"`:        `"\"\\\b\f\n\r\t\u0001"`,
		`{"\ud83d\ude00":1,"\uffff":2}`: `{"\uffff":2,"\ud83d\ude00":1}`, // by code point, not by UTF-16 unit
		`[-0,-0.0,0.0,1.0,1e5,1E-5]`:    `[0,-0.0,0.0,1.0,100000.0,1e-05]`,
		`[1e15,1e16,0.0001,0.00001]`:    `[1000000000000000.0,1e+16,0.0001,1e-05]`,
		`123456789012345678901234567`:   `123456789012345678901234567`,
	} {
		if got, err := canonical([]byte(in)); err != nil || string(got) != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", in, got, err, want)
		}
	}
	for _, in := range []string{``, `1e999`, `{"a":1,"a":2}`, `"\ud800"`, "\"\xff\"", strings.Repeat("[", 50) + strings.Repeat("]", 50)} {
		if got, err := canonical([]byte(in)); err == nil {
			t.Errorf("%.20q gave %s", in, got)
		}
	}
}

func TestPayload(t *testing.T) {
	list := report.Checksums{AggregateSHA256: "ab", Count: 2, Artifacts: []report.Checksum{{Path: "a<é>", SHA256: "00"}, {Path: "b", SHA256: "11", Size: 5}}}
	if got, want := string(payload(1, list)), `{"aggregate_sha256":"ab","count":2}`; got != want {
		t.Errorf("version 1: %s", got)
	}
	want := `{"aggregate_sha256":"ab","artifacts":[{"path":"a<\u00e9>","sha256":"00"},{"path":"b","sha256":"11"}],"count":2}`
	got := payload(2, list)
	if string(got) != want {
		t.Errorf("version 2: %s", got)
	}
	if again, err := canonical(got); err != nil || string(again) != want {
		t.Errorf("the payload is not its own canonical form: %s (%v)", again, err)
	}
}

func FuzzPayload(f *testing.F) {
	for _, s := range []string{`{"b":[1,2.5e-7,"\u00e9"],"a":null}`, `"\ud83d\ude00"`, `-0`, `[[[[]]]]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		once, err := canonical(in)
		if err != nil {
			return
		}
		for _, b := range once {
			if b < ' ' || b > '~' {
				t.Fatalf("%q is not printable ASCII", once)
			}
		}
		if twice, err := canonical(once); err != nil || string(twice) != string(once) {
			t.Fatalf("%s, again %s (%v)", once, twice, err)
		}
	})
}

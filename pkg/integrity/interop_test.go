package integrity_test

import (
	"bytes"
	"encoding/base64"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/integrity"
)

// write puts a folder on disk.
func (f folder) write(t testing.TB, dir string) {
	t.Helper()
	for p, b := range f {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// block is one fenced block of docs/verify.md; the words after "sh" name the tools that it needs.
type block struct {
	text  string
	tools []string
}

func blocks(t *testing.T) (all []block) {
	t.Helper()
	page, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split(string(page), "```") {
		head, text, _ := strings.Cut(part, "\n")
		if words := strings.Fields(head); i%2 == 1 && len(words) > 1 && words[0] == "sh" {
			all = append(all, block{text, words[1:]})
		}
	}
	return all
}

// govctl builds the program once for the blocks that call it, and gives the folder that it lies in.
func govctl(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), need(t, "go"), "build", "-buildvcs=false", "-o", dir, "github.com/romel/govctl/cmd/govctl")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// TestVerifyPage executes docs/verify.md: on a true bundle every block passes; on a falsified one the blocks that look at what was
// falsified fail.
func TestVerifyPage(t *testing.T) {
	need(t, "sh")
	bin := govctl(t)
	k := key(t, 1)
	bundle := signed(t, contents(), k)
	true1 := t.TempDir()
	bundle.write(t, true1)
	forged := t.TempDir() // all files of another key, which the reader's KEY is not
	signed(t, contents(), key(t, 2)).write(t, forged)
	changed := t.TempDir() // contents changed and checksums taken anew, the signature left as it was
	other := contents()
	other["schemas/openapi.json"] = []byte("evil")
	evil := bundle.clone()
	maps.Copy(evil, summed(t, other))
	evil["schemas/openapi.json"] = []byte("another evil")
	evil["status/checksums-payload.json"] = bytes.Replace(evil["status/checksums-payload.json"], []byte(`"count":5`), []byte(`"count":4`), 1)
	evil["status/checksums.sigstore.json"] = signed(t, other, key(t, 2))["status/checksums.sigstore.json"]
	evil["status/SHA256SUMS"] = append(evil["status/SHA256SUMS"], strings.Repeat("0", 64)+"  status/none.json\n"...)
	evil.write(t, changed)

	run := func(b block, dir string) ([]byte, error) {
		c := exec.CommandContext(t.Context(), "sh", "-ec", b.text)
		c.Dir = dir
		c.Env = append(os.Environ(), "KEY="+k.Public().Base64(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "TMPDIR="+t.TempDir(), "HOME="+t.TempDir())
		return c.CombinedOutput()
	}
	tools := map[string]bool{}
	for _, b := range blocks(t) {
		t.Run(strings.Join(b.tools, "+"), func(t *testing.T) {
			for _, tool := range b.tools {
				tools[tool] = true
				switch tool {
				case "govctl":
				case "cosign": // no Debian package; run where someone has it
					if _, err := exec.LookPath(tool); err != nil {
						t.Skip("cosign is not installed")
					}
				default:
					need(t, tool)
				}
			}
			if out, err := run(b, true1); err != nil {
				t.Errorf("on the true bundle: %v\n%s", err, out)
			}
			keyed := strings.Contains(b.text, "$KEY")
			if out, err := run(b, forged); keyed && err == nil {
				t.Errorf("passes on a bundle of another key\n%s", out)
			}
			if out, err := run(b, changed); err == nil && !strings.Contains(b.text, "cut -c") { // the aggregate of the new list is right
				t.Errorf("passes on a falsified bundle\n%s", out)
			}
		})
	}
	for _, tool := range []string{"govctl", "sha256sum", "jq", "openssl", "minisign", "signify-openbsd", "cosign"} {
		if !tools[tool] {
			t.Errorf("docs/verify.md has no block for %s", tool)
		}
	}
}

func python(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	return exec.CommandContext(t.Context(), need(t, "python3"), append([]string{"testdata/verifier.py"}, args...)...).CombinedOutput()
}

// TestPythonVerifiesOurs holds our bundles against a verifier that knows only the specification.
func TestPythonVerifiesOurs(t *testing.T) {
	k := key(t, 1)
	good := signed(t, contents(), k, key(t, 2))
	dir := t.TempDir()
	good.write(t, dir)
	if out, err := python(t, "verify", dir, k.Public().Base64()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := python(t, "verify", dir, key(t, 2).Public().Base64()); err == nil {
		t.Errorf("it passes under another key\n%s", out)
	}
	for _, name := range slices.Sorted(maps.Keys(contents())) {
		bad := good.clone()
		bad[name] = append(bytes.Clone(bad[name]), 'x')
		dir := t.TempDir()
		bad.write(t, dir)
		if out, err := python(t, "verify", dir, k.Public().Base64()); err == nil {
			t.Errorf("it passes with another %s\n%s", name, out)
		}
	}
}

// TestWeVerifyPythons verifies what that program signed.
func TestWeVerifyPythons(t *testing.T) {
	seed := bytes.Repeat([]byte{5}, 32)
	for _, version := range []string{"1", "2"} {
		dir := t.TempDir()
		files := contents()
		files["status/tab\tquote\"back\\slash\u2028.json"] = []byte("escapes")
		files.write(t, dir)
		if out, err := python(t, "sign", dir, base64.StdEncoding.EncodeToString(seed), version); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		f := folder{}
		for _, p := range []string{sumsPath, sigPath} {
			b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p)))
			if err != nil {
				t.Fatal(err)
			}
			f[p] = b
		}
		maps.Copy(f, files)
		r := request(t, f)
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		r.Files, r.Trust, r.Exact = root.FS(), trusting(key(t, 5)), true
		v, err := integrity.Verify(t.Context(), r)
		if err != nil || v.Verdict != "ok" || v.Count != 6 {
			t.Errorf("format %s: %s %v %s", version, v.Verdict, err, reasons(v))
		}
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	}
}

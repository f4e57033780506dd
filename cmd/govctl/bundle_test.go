package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
)

// tampering is a change to a clone of a published branch, and how verification refuses it. In commands and reasons MAIN is a file of the
// bundle, OTHER another one, DIR the folder of the integrity files, OLD a clone of the bundle before, FORGED the bundle signed by another key.
type tampering struct {
	name   string
	change string   // shell commands in the clone
	flags  []string // of govctl verify, besides the key
	want   string   // begins a line VERIFY_FAIL
}

// relist makes all lists consistent with the files again, as who has no key can.
const relist = `
	jq -r '.artifacts[].path' "$DIR/checksums.json" > paths
	xargs -d '\n' sha256sum < paths > sums
	xargs -d '\n' wc -c < paths > sizes
	jq --rawfile sums sums --rawfile sizes sizes '
		([$sums | splits("\n") | select(. != "") | {(.[66:]): .[:64]}] | add) as $sum |
		([$sizes | splits("\n") | capture("^ *(?<n>[0-9]+) (?<p>.*)$") | {(.p): (.n | tonumber)}] | add) as $size |
		.artifacts[] |= (.sha256 = $sum[.path] | .size = $size[.path])' "$DIR/checksums.json" > new
	mv new "$DIR/checksums.json"; rm paths sums sizes
	aggregate=$(jq -j '.artifacts[].sha256' "$DIR/checksums.json" | sha256sum | cut -c 1-64)
	jq --arg a "$aggregate" '.aggregate_sha256 = $a | .count = (.artifacts | length)' "$DIR/checksums.json" > new; mv new "$DIR/checksums.json"
	jq -r '.artifacts[] | "\(.sha256)  \(.path)"' "$DIR/checksums.json" > "$DIR/SHA256SUMS"
	jq -acjS '{aggregate_sha256, artifacts: [.artifacts[] | {path, sha256}], count}' "$DIR/checksums.json" > "$DIR/checksums-payload.json"`

// edit changes a JSON file by a program for jq.
func edit(file, program string) string {
	return `jq '` + program + `' "$DIR/` + file + `" > new; mv new "$DIR/` + file + `"`
}

var tamperings = []tampering{
	{"bytes flipped", `printf X | dd of="$MAIN" bs=1 seek=20 conv=notrunc 2> /dev/null`, nil, "file-changed: MAIN: the file has sha256"},
	{"truncated", `head -c 20 "$MAIN" > new; mv new "$MAIN"`, nil, "file-changed: MAIN: the file has 20 bytes"},
	{"appended", `echo >> "$MAIN"`, nil, "file-changed: MAIN: the file has "},
	{"replaced by something huge", `truncate -s 1T "$MAIN"`, nil, "file-changed: MAIN: the file has 1099511627776 bytes"},
	{"removed", `rm "$MAIN"`, nil, "file-missing: MAIN"},
	{"renamed", `mv "$MAIN" other.txt`, nil, "file-renamed: MAIN: .* other.txt"},
	{"added", `echo > other.txt`, []string{"--exact"}, "file-extra: other.txt"},
	{"swapped", `mv "$MAIN" new; mv "$OTHER" "$MAIN"; mv new "$OTHER"`, nil, "file-changed: OTHER: "},
	{"a link to the same content", `cp "$MAIN" copy; rm "$MAIN"; ln -s "$PWD/copy" "$MAIN"`, nil, "file-refused: MAIN: it is reached through a symbolic link"},
	{"a link inside the bundle", `cp "$MAIN" "$(dirname "$MAIN")/copy"; ln -sf copy "$MAIN"`, nil, "file-refused: MAIN: it is reached through a symbolic link"},
	{"the checksums are a link", `mv "$DIR/checksums.json" "$DIR/c"; ln -s c "$DIR/checksums.json"`, nil, "file-refused: .*checksums.json: it is a symbolic link"},
	{"manifest: commit", `sed -i 's/"sha": "b30f/"sha": "a30f/' "$DIR/manifest.json"`, nil, "file-changed: IN/manifest.json"},
	{"manifest: time", `sed -i 's/2026-03-03/2026-03-04/' "$DIR/manifest.json"`, nil, "file-changed: IN/manifest.json"},
	{"manifest: run", `sed -i 's/"run_id": "2"/"run_id": "3"/' "$DIR/manifest.json"`, nil, "file-changed: IN/manifest.json"},
	{"manifest: project", `sed -i 's/"sha":/"project": "other", "sha":/' "$DIR/manifest.json"`, nil, "file-changed: IN/manifest.json"},
	{"manifest: commit, lists made anew", `sed -i 's/"sha": "b30f/"sha": "a30f/' "$DIR/manifest.json"` + relist, nil, "signature-invalid"},
	{"manifest taken off the list", edit("checksums.json", `del(.artifacts[] | select(.path | test("manifest.json$")))`) + relist, nil, "manifest-not-covered: IN/manifest.json"},
	{"manifest gone from list and folder", `rm "$DIR/manifest.json"; ` + edit("checksums.json", `del(.artifacts[] | select(.path | test("manifest.json$")))`) + relist, nil, "signature-invalid"},
	{"file changed, lists made anew", `echo >> "$MAIN"` + relist, nil, "signature-invalid"},
	{"checksums: digest", edit("checksums.json", `.artifacts[0].sha256 = .artifacts[1].sha256`), nil, "aggregate-mismatch"},
	{"checksums: size", edit("checksums.json", `.artifacts[0].size += 1`), nil, "file-changed"},
	{"checksums: entry dropped", edit("checksums.json", `del(.artifacts[0])`), nil, "count-mismatch"},
	{"checksums: order", edit("checksums.json", `.artifacts |= reverse`), nil, "list-unsorted"},
	{"checksums: key in other letters", `sed -i 's/"count":/"Count": 1, "count":/' "$DIR/checksums.json"`, nil, "key-case-variant"},
	{"checksums: key twice", `sed -i 's/"count":/"count": 1, "count":/' "$DIR/checksums.json"`, nil, "key-duplicate"},
	{"SHA256SUMS: digest", `sed -i '1s/^....../000000/' "$DIR/SHA256SUMS"`, nil, "sums-mismatch"},
	{"SHA256SUMS: removed", `rm "$DIR/SHA256SUMS"`, nil, "companion-missing: IN/SHA256SUMS"},
	{"signature: other bytes", `head -c 64 /dev/zero > "$DIR/checksums.sig"`, nil, "sig-file-mismatch"},
	{"signature: of the bundle before", `cp "$OLD/$DIR/checksums-signature.json" "$DIR"`, nil, "signature-invalid"},
	{"signature: version", edit("checksums-signature.json", `.signature_format_version = 1`), nil, "version-downgraded"},
	{"signature: statement of the bundle before", `cp "$OLD/$DIR/checksums.sigstore.json" "$DIR"`, nil, "sigstore-mismatch"},
	{"signed by another key", `cp -r "$FORGED/." .`, nil, "key-untrusted"},
	{"signed by another key, the project's named", `cp -r "$FORGED/." .; ` + edit("checksums-signature.json", `.public_key_base64 = "`+projectKey+`"`), nil, "key-id-mismatch"},
	{"the bundle before, for the commit", `rm -r ./*; cp -r "$OLD/". .`, []string{"--commit", newerCommit[:7]}, "commit-differs: IN/manifest.json"},
	{"the bundle before, for its age", `rm -r ./*; cp -r "$OLD/". .`, []string{"--max-age", "24h", "--now", "2026-03-03T12:00:00Z"}, "bundle-too-old: IN/manifest.json"},
	{"a file of the bundle before", `cp "$OLD/$DIR/manifest.json" "$DIR"`, nil, "file-changed: IN/manifest.json"},
}

// TestTamperedClones: what is cloned from the published branches verifies as it is, with govctl and with sha256sum, and no longer after a
// change; the answer names the file.
func TestTamperedClones(t *testing.T) {
	for _, tool := range []string{"git", "jq", "sha256sum"} {
		needTool(t, tool)
	}
	clones, _ := published(t)
	verify := func(dir string, flags ...string) (code int, out, diagnostics string) {
		t.Chdir(dir)
		env := cli.World()
		var stdout, stderr bytes.Buffer
		env.Stdout, env.Stderr = &stdout, &stderr
		code = cli.Main(env, append([]string{"verify", "--public-key", projectKey}, flags...))
		return code, stdout.String(), stderr.String()
	}
	for branch, in := range map[string]struct{ dir, main, other string }{
		"schemas":  {"status", "schemas/openapi.json", "status/stability-metrics.json"},
		"gh-pages": {".", "index.html", "embed.html"},
	} {
		genuine := filepath.Join(clones, branch)
		t.Run(branch, func(t *testing.T) {
			say(t, genuine, nil, "sha256sum -c --strict --quiet '"+in.dir+"/SHA256SUMS'")
			for _, flags := range [][]string{nil, {"--exact"}, {".", "--exact", "--commit", newerCommit}, {"--commit", strings.ToUpper(newerCommit[:7]), "--max-age", "1d12h", "--now", "2026-03-04T00:00:00Z"}} {
				if code, out, diagnostics := verify(genuine, flags...); code != 0 || out != "VERIFY_OK\n" {
					t.Fatalf("genuine %v: %d %s%s", flags, code, out, diagnostics)
				}
			}
			for _, c := range tamperings {
				t.Run(c.name, func(t *testing.T) {
					dir := t.TempDir()
					say(t, dir, []string{"DIR=" + in.dir, "MAIN=" + in.main, "OTHER=" + in.other, "OLD=" + filepath.Join(clones, "older-"+branch), "FORGED=" + filepath.Join(clones, "forged-"+branch)},
						"cp -r '"+genuine+"/.' .\n"+c.change)
					inside := ""
					if in.dir != "." {
						inside = in.dir + "/"
					}
					want := strings.NewReplacer("MAIN", in.main, "OTHER", in.other, "IN/", inside).Replace(c.want)
					if strings.HasPrefix(c.want, "companion") { // named without the folder
						want = strings.Replace(c.want, "IN/", "", 1)
					}
					code, out, diagnostics := verify(dir, c.flags...)
					if code != 1 || out != "" || !regexp.MustCompile(`(?m)^VERIFY_FAIL: `+want).MatchString(diagnostics) {
						t.Errorf("%d %s%s, want %s", code, out, diagnostics, want)
					}
				})
			}
		})
	}
	if n := len(tamperings); n < 20 {
		t.Errorf("%d tamperings", n)
	}
	if _, err := os.Stat(filepath.Join(clones, "schemas", ".git")); err != nil {
		t.Errorf("the clone is not one: %v", err)
	}
}

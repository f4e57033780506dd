package imagepin_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/imagepin"
	"github.com/romel/govctl/pkg/report"
)

// cases are the cases of the rules.
var cases = os.DirFS("../../testdata/probe")

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

var (
	digestA = "sha256:" + strings.Repeat("a", 64)
	digestB = "sha256:" + strings.Repeat("b", 64)
)

func parse(t *testing.T, name, data string) *imagepin.File {
	t.Helper()
	f, err := imagepin.Parse(name, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// registry is what a case's registry says: tags by name, digests by themselves. What it does not have is missing.
type registry struct {
	Tags, Pins map[string]report.ImageRef
}

func (r *registry) input(files ...*imagepin.File) imagepin.Input {
	in := imagepin.Input{Files: files, Now: now, Tags: map[string]imagepin.Observation{}, Pins: map[string]imagepin.Observation{}}
	observed := func(ref report.ImageRef, ok bool) imagepin.Observation {
		return imagepin.Observation{Missing: !ok, ImageRef: ref}
	}
	for _, f := range files {
		for _, ref := range f.References {
			if ref.Kind == imagepin.KindImage {
				tag, ok := r.Tags[ref.Name.String()]
				in.Tags[ref.Name.String()] = observed(tag, ok)
				pin, ok := r.Pins[ref.Name.Digest]
				in.Pins[ref.Name.Key()] = observed(pin, ok)
			}
		}
	}
	return in
}

// Each rule fires alone on its case, and nothing fires on the case's twin.
func TestCases(t *testing.T) {
	for _, rule := range imagepin.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			read := func(name string) []byte {
				data, err := fs.ReadFile(cases, path.Join(rule.ID, name))
				if err != nil {
					t.Fatal(err)
				}
				return data
			}
			var r registry
			if err := json.Unmarshal(read("registry.json"), &r); err != nil {
				t.Fatal(err)
			}
			if found := imagepin.Decide(r.input(parse(t, "Dockerfile", string(read("good.Dockerfile"))))).Checks; len(found) > 0 {
				t.Errorf("good: %+v", found)
			}
			found := imagepin.Decide(r.input(parse(t, "Dockerfile", string(read("bad.Dockerfile"))))).Checks
			if len(found) != 1 || found[0].Rule != rule.ID || found[0].Level != rule.Level || len(found[0].Fingerprint) != 16 || found[0].New.Line == 0 {
				t.Errorf("bad: %+v", found)
			}
		})
	}
}

// References of one file, what each names, and what the file is after the digest is written.
func TestReferences(t *testing.T) {
	pinned := "@" + digestB
	for _, c := range []struct {
		name, text string
		want       string // kinds and names
		after      string // with @ for the digest; empty: unchanged
	}{
		{"plain", "FROM python:3.11\n", "image python:3.11", "FROM python:3.11@\n"},
		{"no tag", "FROM python", "image python:latest", "FROM python:latest@"},
		{"lower case, tabs and a name", "from\tpython:3.11  as  build # x\n", "", ""},
		{"platform and a name", "FROM --platform=$BUILDPLATFORM  python:3.11  AS build\r\nFROM build\r\n", "image python:3.11|stage build", "FROM --platform=$BUILDPLATFORM  python:3.11@  AS build\r\nFROM build\r\n"},
		{"two of one image", "FROM a:1\nFROM a:1 AS b\n", "image a:1|image a:1", "FROM a:1@\nFROM a:1@ AS b\n"},
		{"scratch", "FROM scratch\nCOPY --from=python:3.11 /a /b\n", "scratch scratch|image python:3.11", "FROM scratch\nCOPY --from=python:3.11@ /a /b\n"},
		{"stages by name and number", "FROM a:1 AS Build\nFROM b:1\nCOPY --from=build /a /a\nCOPY --from=0 --chown=1 /a /a\nCOPY --from=later a b\nFROM c:1 AS later\n", "image a:1|image b:1|stage build|stage 0|stage later|image c:1", "FROM a:1@ AS Build\nFROM b:1@\nCOPY --from=build /a /a\nCOPY --from=0 --chown=1 /a /a\nCOPY --from=later a b\nFROM c:1@ AS later\n"},
		{"mount", "FROM a:1\nRUN --mount=type=bind,from=tools:2,target=/t --network=none go\n", "image a:1|image tools:2", "FROM a:1@\nRUN --mount=type=bind,from=tools:2@,target=/t --network=none go\n"},
		{"default of the whole name", "ARG BASE=python:3.11\nFROM $BASE\n", "image python:3.11", "ARG BASE=python:3.11@\nFROM $BASE\n"},
		{"default in quotes", "ARG X=1 BASE=\"python:3.11\" Y\nFROM ${BASE} AS a\n", "image python:3.11", "ARG X=1 BASE=\"python:3.11@\" Y\nFROM ${BASE} AS a\n"},
		{"default of the tag", "ARG TAG=3.11\nFROM python:${TAG}\n", "image python:3.11", "ARG TAG=3.11@\nFROM python:${TAG}\n"},
		{"default of the registry", "ARG MIRROR=example.com\nFROM ${MIRROR}/x/python:3.11\n", "image example.com/x/python:3.11", "ARG MIRROR=example.com\nFROM ${MIRROR}/x/python:3.11@\n"},
		{"default in the substitution", "FROM ${BASE:-python:3.11}\n", "image python:3.11", "FROM ${BASE:-python:3.11@}\n"},
		{"default of a default", "ARG V=3.11\nARG TAG=${V}\nFROM python:$TAG\n", "image python:3.11", "ARG V=3.11@\nARG TAG=${V}\nFROM python:$TAG\n"},
		{"digest in a variable", "ARG D=" + digestA + "\nFROM python:3.11@$D\n", "image python:3.11", "ARG D=" + digestB + "\nFROM python:3.11@$D\n"},
		{"digest in place", "FROM python:3.11@" + digestA + " AS x\n", "image python:3.11", "FROM python:3.11@ AS x\n"},
		{"continuation in the word", "FROM pyth\\\non:3.\\\n# x\n\n11 AS \\\n x\n", "image python:3.11", "FROM pyth\\\non:3.\\\n# x\n\n11@ AS \\\n x\n"},
		{"backquote", "# escape=`\nFROM `\npython:3.11\nRUN echo \\\nFROM x\n", "image python:3.11|image x:latest", "# escape=`\nFROM `\npython:3.11@\nRUN echo \\\nFROM x:latest@\n"},
		{"heredoc", "FROM a:1\nRUN <<EOF\nFROM b:1\nEOF\nCOPY <<-\"X\" <<Y /a\n\tFROM c:1\n\tX\nFROM d:1\nY\nFROM e:1\n", "image a:1|image e:1", "FROM a:1@\nRUN <<EOF\nFROM b:1\nEOF\nCOPY <<-\"X\" <<Y /a\n\tFROM c:1\n\tX\nFROM d:1\nY\nFROM e:1@\n"},
		{"comment and continuation", "FROM a:1\nRUN a \\\n# FROM b:1\n  FROM c:1\n#FROM d:1\n", "image a:1", "FROM a:1@\nRUN a \\\n# FROM b:1\n  FROM c:1\n#FROM d:1\n"},
		{"mark of byte order", "\ufeffFROM a:1\n", "image a:1", "\ufeffFROM a:1@\n"},
		{"host with a port", "FROM localhost:5000/a/b:1\n", "image localhost:5000/a/b:1", "FROM localhost:5000/a/b:1@\n"},
		{"no default", "ARG BASE\nFROM $BASE\n", "unresolved $BASE", ""},
		{"set by the builder", "FROM base:$TARGETARCH\n", "unresolved base:$TARGETARCH", ""},
		{"not declared", "FROM a:$TAG\nARG TAG=1\n", "unresolved a:$TAG", ""},
		{"a part of the tag", "ARG V=3.11\nFROM python:$V-slim\n", "unresolved python:$V-slim", ""},
		{"a part of the tag of a default", "ARG V=3.11\nARG T=$V-slim\nFROM python:$T\n", "unresolved python:$T", ""},
		{"a variable before a digest", "ARG V=3.11\nFROM python:$V@" + digestA + "\n", "unresolved python:$V@" + digestA, ""},
		{"a tag of two images", "ARG V=1\nFROM a:$V\nFROM b:$V\n", "unresolved a:$V|unresolved b:$V", ""},
		{"a tag of one image twice", "ARG V=1\nFROM a:$V\nFROM a:$V AS x\n", "image a:1|image a:1", "ARG V=1@\nFROM a:$V\nFROM a:$V AS x\n"},
		{"a tag that a stage uses", "ARG V=1\nFROM a:$V\nARG V\nRUN echo $V\n", "unresolved a:$V", ""},
		{"a stage that has its own", "ARG V=1\nFROM a:$V\nARG V=2\nRUN echo $V\n", "image a:1", "ARG V=1@\nFROM a:$V\nARG V=2\nRUN echo $V\n"},
		{"a tag that is also a stage", "ARG V=x\nFROM a:1 AS x\nFROM $V\nFROM b:$V\n", "image a:1|stage $V|unresolved b:$V", "FROM a:1@ AS x\n"},
		{"variable in COPY", "ARG A=a\nFROM a:1\nCOPY --from=$A x y\n", "image a:1|unresolved $A", "ARG A=a\nFROM a:1@\nCOPY --from=$A x y\n"},
		{"not a name", "FROM Python:3.11\n", "unresolved Python:3.11", ""},
		{"another digest", "FROM a@sha512:00\n", "unresolved a@sha512:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == "" {
				if _, err := imagepin.Parse("Dockerfile", []byte(c.text)); err == nil || !strings.Contains(err.Error(), "FROM needs an image") {
					t.Errorf("%v", err)
				}
				return
			}
			f := parse(t, "Dockerfile", c.text)
			var got []string
			for _, r := range f.References {
				name := r.Text
				if r.Kind == imagepin.KindImage {
					name = r.Name.String()
				}
				got = append(got, r.Kind+" "+name)
			}
			if strings.Join(got, "|") != c.want {
				t.Fatalf("%s, want %s", strings.Join(got, "|"), c.want)
			}
			want := c.text
			switch {
			case strings.HasPrefix(c.after, "FROM a:1@ AS x"):
				want = strings.Replace(c.text, "FROM a:1", "FROM a:1"+pinned, 1)
			case c.name == "digest in a variable":
				want = c.after
			case c.after != "":
				want = strings.ReplaceAll(c.after, "@", pinned)
			}
			if after := write(t, f); string(after) != want {
				t.Errorf("%q\nwant %q", after, want)
			}
		})
	}
}

// write pins every image of the file to digest B.
func write(t *testing.T, f *imagepin.File) []byte {
	t.Helper()
	in := imagepin.Input{Files: []*imagepin.File{f}, Now: now, Tags: map[string]imagepin.Observation{}, Pins: map[string]imagepin.Observation{}}
	for _, r := range f.References {
		in.Tags[r.Name.String()] = imagepin.Observation{ImageRef: report.ImageRef{Digest: digestB}}
		in.Pins[r.Name.Key()] = imagepin.Observation{ImageRef: report.ImageRef{Digest: r.Name.Digest}}
	}
	plan := imagepin.Decide(in)
	return imagepin.Apply(f.Data, plan.Edits[f.Name])
}

var snippets = []string{"FROM a:1\n", "FROM a:1 AS x\n", "FROM x\n", "ARG V=1\n", "ARG V=1@" + digestA + "\n", "ARG W=$V\n", "ARG B=\"a:1\"\n", "FROM $B\n", "FROM a:$V\n", "FROM a:$W AS y\n", "FROM b:$V\n", "FROM a:1@" + digestA + "\n", "FROM ${Z:-q:7}\n",
	"COPY --from=x a b\n", "COPY --from=tool:2 a b\n", "RUN --mount=from=tool:2,target=/x y\n", "RUN <<E\nFROM a:1\nE\n", "# FROM a:1\n", "\n", "FROM \\\n a:1\n", "FROM a:\\\n1\r\n", "ENV Q=a:1\n", "LABEL x=\"FROM a:1\"\n", "ARG V\n"}

// Written twice is written once; all but the references stays as it is; and what is written is read back as pinned.
func TestWritingProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	written := 0
	for range 20000 {
		var b strings.Builder
		for range 1 + r.IntN(8) {
			b.WriteString(snippets[r.IntN(len(snippets))])
		}
		text := b.String()
		before := parse(t, "Dockerfile", text)
		once := write(t, before)
		after := parse(t, "Dockerfile", string(once))
		if twice := write(t, after); string(twice) != string(once) {
			t.Fatalf("%q\nonce  %q\ntwice %q", text, once, twice)
		}
		strip := func(s string) string {
			return strings.NewReplacer(":latest", "", "@"+digestA, "", "@"+digestB, "").Replace(s)
		}
		if strip(string(once)) != strip(text) {
			t.Fatalf("%q\nwas changed elsewhere: %q", text, once)
		}
		if len(before.References) != len(after.References) {
			t.Fatalf("%q has other references than %q", once, text)
		}
		for i, ref := range after.References {
			old := before.References[i]
			if ref.Kind != old.Kind || ref.Name.String() != old.Name.String() || ref.Kind == imagepin.KindImage && ref.Name.Digest != digestB {
				t.Fatalf("%q: %+v was %+v", once, ref, old)
			}
		}
		if text != string(once) {
			written++
		}
	}
	if written < 5000 {
		t.Errorf("only %d texts were changed", written)
	}
}

// A new digest is offered when its tag was seen to point to it for long enough, and not before.
func TestSettling(t *testing.T) {
	f := parse(t, "Dockerfile", "FROM python:3.11@"+digestA+"\n")
	both := []string{"linux/amd64", "linux/arm64"}
	r := registry{Tags: map[string]report.ImageRef{"python:3.11": {Digest: digestB, Platforms: both}}, Pins: map[string]report.ImageRef{digestA: {Digest: digestA, Platforms: both}}}
	var memory []report.ImageSeen
	run := func(at time.Time, tag string, platforms []string) (string, bool) {
		in := r.input(f)
		in.Tags["python:3.11"] = imagepin.Observation{ImageRef: report.ImageRef{Digest: tag, Platforms: platforms}}
		in.Memory, in.Now, in.Settle = memory, at, 24*time.Hour
		plan := imagepin.Decide(in)
		memory = plan.Detail.Seen
		return plan.Detail.References[0].Action, len(plan.Edits) > 0
	}
	other := "sha256:" + strings.Repeat("c", 64)
	for i, c := range []struct {
		after     time.Duration
		tag       string
		platforms []string
		want      string
	}{
		{0, digestA, both, "none"},
		{time.Hour, digestB, both, "wait"},
		{24 * time.Hour, digestB, both, "wait"},
		{25 * time.Hour, other, both, "wait"}, // it has moved again: the time begins anew
		{48 * time.Hour, other, both, "wait"},
		{49 * time.Hour, other, both, "update"},
		{50 * time.Hour, digestB, both[:1], "keep"}, // it lacks a platform
		{99 * time.Hour, digestB, both[:1], "keep"},
		{100 * time.Hour, digestB, append(slices.Clone(both), "linux/s390x"), "update"},
		{1 * time.Hour, digestB, both, "wait"}, // the clock went back: the memory is from the future
	} {
		if action, edits := run(now.Add(c.after), c.tag, c.platforms); action != c.want || edits != (c.want == "update") {
			t.Errorf("%d: %s, edits %t; want %s", i, action, edits, c.want)
		}
	}
}

func TestWhatADriftShows(t *testing.T) {
	f := parse(t, "Dockerfile", "FROM python:3.11@"+digestA+"\n")
	in := imagepin.Input{Files: []*imagepin.File{f}, Now: now,
		Tags: map[string]imagepin.Observation{"python:3.11": {ImageRef: report.ImageRef{Digest: digestB, Revision: "r2", Created: "2026-03-09"}, Size: 5_500_000}},
		Pins: map[string]imagepin.Observation{f.References[0].Name.Key(): {ImageRef: report.ImageRef{Digest: digestA, Created: "2026-03-01"}, Size: 4_300_000}}}
	want := fmt.Sprintf("python:3.11: %s -> %s (revision unknown -> r2; created 2026-03-01 -> 2026-03-09; +1.2 MB)", digestA, digestB)
	if got := imagepin.Decide(in).Checks[0]; got.Message != want || got.Level != report.Info {
		t.Errorf("%s", got.Message)
	}
}

func TestHostileFiles(t *testing.T) {
	deep := strings.Repeat("${A:-", 1<<17)
	for name, text := range map[string]string{
		"nested": "FROM " + deep, "references": strings.Repeat("FROM a\n", 501), "variables": func() string {
			var b strings.Builder
			for i := range 501 {
				fmt.Fprintf(&b, "ARG A%d=x\n", i)
			}
			return b.String() + "FROM a"
		}(),
		"large": strings.Repeat("#", imagepin.MaxFile+1), "heredoc": "FROM a\nRUN <<E\n" + strings.Repeat("x\n", 1<<18), "escape": "# escape=x\nFROM a", "directive": "# escape=`\n# escape=`\nFROM a",
	} {
		f, err := imagepin.Parse("Dockerfile", []byte(text))
		if err == nil && (len(f.References) != 1 || f.References[0].Kind != imagepin.KindUnresolved) {
			t.Errorf("%s: %+v", name, f.References)
		}
	}
	var b strings.Builder
	b.WriteString("ARG A0=aaaaaaaaaaaaaaaa\n")
	for i := range 400 {
		fmt.Fprintf(&b, "ARG A%d=$A%d$A%d\n", i+1, i, i)
	}
	b.WriteString("FROM $A400")
	if f := parse(t, "Dockerfile", b.String()); f.References[0].Kind != imagepin.KindUnresolved {
		t.Errorf("%.80s", f.References[0].Text)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range snippets {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := imagepin.Parse("Dockerfile", []byte(text))
		if err != nil {
			return
		}
		once := write(t, file)
		after, err := imagepin.Parse("Dockerfile", once)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, once, err)
		}
		if twice := write(t, after); string(twice) != string(once) {
			t.Fatalf("%q: %q, then %q", text, once, twice)
		}
	})
}

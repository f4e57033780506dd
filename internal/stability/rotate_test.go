package stability

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/romel/govctl/pkg/report"
)

var rotatedAt = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// years makes n lines, one every three hours from 2023 on.
func years(from, n int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		at := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 3 * time.Hour)
		fmt.Fprintf(&b, `{"timestamp":"%s","sha":"s%d","run_id":"%d","breaking":%t,"placeholder":%t}`+"\n", at.Format(time.RFC3339), i, i, i%7 == 3, i%11 == 5)
	}
	return b.String()
}

// everything is a history as its readers have it.
func everything(t *testing.T, files map[string][]byte) string {
	t.Helper()
	all, err := io.ReadAll(inOrder(files, append(OlderOf(sortedNames(files)), Newest)))
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func earlierOf(files map[string][]byte, twice bool) Earlier {
	older := OlderOf(sortedNames(files))
	if len(older) == 0 {
		return Earlier{}
	}
	return Earlier{Lines: inOrder(files, older), Twice: twice}
}

func shown(t *testing.T, files map[string][]byte, e Earlier) Result {
	t.Helper()
	c := Defaults()
	c.Earlier = e
	r, err := Show(bytes.NewReader(files[Newest]), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sameFigures compares all but what earlier lines come to.
func sameFigures(t *testing.T, what string, got, want Result) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Result{}, "Past")); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}

const tooMany = MaxWindow + 8_000

func TestRotationKeepsEveryLineAndFigure(t *testing.T) {
	text := "\ufeff" + years(0, 3) + "not JSON\n" + years(3, tooMany)
	files := map[string][]byte{Newest: []byte(text)}
	want := shown(t, files, Earlier{})
	const bound = 200_000
	if err := InMemory(files, bound, rotatedAt).Do(); err != nil {
		t.Fatal(err)
	}
	if got := everything(t, files); got != text {
		t.Errorf("%d bytes of %d, or another order", len(got), len(text))
	}
	names := OlderOf(sortedNames(files))
	if len(names) < 5 || names[0] != "history-2023.jsonl" || names[1] != "history-2023-2.jsonl" {
		t.Errorf("%q", names)
	}
	for _, name := range names {
		year := strings.TrimPrefix(name, "history-")[:4]
		for line := range strings.Lines(string(files[name])) {
			if strings.Contains(line, `"timestamp"`) && !strings.Contains(line, `"timestamp":"`+year) {
				t.Fatalf("%s has %s", name, line)
			}
		}
		if len(files[name]) > bound {
			t.Errorf("%s has %d bytes", name, len(files[name]))
		}
	}
	if lines := bytes.Count(files[Newest], []byte("\n")); lines != MaxWindow {
		t.Errorf("%d lines stayed", lines)
	}
	got := shown(t, files, earlierOf(files, false))
	sameFigures(t, "read in full", got, want)
	got.Past.Files, got.Past.Bytes = 3, 7
	if !Sound(got.Past, 3, 7) || Sound(got.Past, 3, 8) || Sound(got.Past, 2, 7) || Sound(nil, 0, 0) {
		t.Error("the files that figures belong to are not looked at")
	}
	sameFigures(t, "continued", shown(t, files, Earlier{Past: got.Past}), want)
	digest, lines, err := Digest(inOrder(files, append(names, Newest)), 0)
	if err != nil || digest != want.Metrics.Extensions.HistorySHA256 || lines != want.Lines {
		t.Errorf("%d lines, digest %s, %v", lines, digest, err)
	}
}

// TestRotationsGoOn: rotating and recording in turn gives the figures of one file.
func TestRotationsGoOn(t *testing.T) {
	files := map[string][]byte{}
	var text strings.Builder
	const each = 7_000
	for i := range 6 {
		more := years(i*each, each)
		text.WriteString(more)
		files[Newest] = append(files[Newest], more...)
		if err := InMemory(files, 300_000, rotatedAt).Do(); err != nil {
			t.Fatal(err)
		}
		if got := everything(t, files); got != text.String() {
			t.Fatalf("after %d rotations: %d bytes of %d, or another order", i+1, len(got), text.Len())
		}
	}
	want := shown(t, map[string][]byte{Newest: []byte(text.String())}, Earlier{})
	sameFigures(t, "rotated", shown(t, files, earlierOf(files, false)), want)
}

var errKilled = errors.New("killed")

// TestInterruptedRotation: whichever of its writes is the last one, no line is lost and none counts twice.
func TestInterruptedRotation(t *testing.T) {
	text := years(0, tooMany)
	want := shown(t, map[string][]byte{Newest: []byte(text)}, Earlier{})
	for writes := range 8 {
		files := map[string][]byte{Newest: []byte(text)}
		r := InMemory(files, 300_000, rotatedAt)
		create, left := r.Create, writes
		r.Create = func(name string) (Output, error) {
			out, err := create(name)
			return dying{out, &left}, err
		}
		if err := r.Do(); err != nil && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		sameFigures(t, fmt.Sprint("read after ", writes), shown(t, files, earlierOf(files, true)), want)
		if err := InMemory(files, 300_000, rotatedAt).Do(); err != nil {
			t.Fatal(err)
		}
		if got := everything(t, files); got != text {
			t.Errorf("after %d writes: %d bytes of %d", writes, len(got), len(text))
		}
	}
}

type dying struct {
	Output
	left *int
}

func (d dying) Commit() error {
	if *d.left--; *d.left < 0 {
		return errKilled
	}
	return d.Output.Commit()
}

// TestJoin: whichever side has rotated, and in any order, every run is there once.
func TestJoin(t *testing.T) {
	const bound = 300_000
	r := rand.New(rand.NewPCG(1, 2))
	all := slices.Collect(strings.Lines(years(0, tooMany+4_000)))
	side := func(lines []string, rotations int) map[string][]byte {
		files := map[string][]byte{}
		for part := range slices.Chunk(lines, max(1, (len(lines)+rotations)/(rotations+1))) {
			files[Newest] = append(files[Newest], strings.Join(part, "")...)
			if rotations > 0 {
				if err := InMemory(files, bound, rotatedAt).Do(); err != nil {
					t.Fatal(err)
				}
			}
		}
		return files
	}
	without := func(share int) []string {
		return slices.DeleteFunc(slices.Clone(all), func(string) bool { return share > 0 && r.IntN(share) == 0 })
	}
	cases := map[string][2]map[string][]byte{
		"one continues the other":        {side(all[:tooMany], 0), side(all, 1)},
		"neither has rotated":            {side(without(3), 0), side(without(4), 0)},
		"one has":                        {side(without(50), 0), side(without(40), 1)},
		"both have, differently":         {side(without(20), 2), side(without(30), 1)},
		"both have, then they diverged":  {side(all[:len(all)-10], 1), side(append(slices.Clone(all[:len(all)-20]), all[len(all)-5:]...), 1)},
		"the older lines of one are new": {side(all[4_000:], 1), side(all[:9_000], 0)},
	}
	for name, c := range cases {
		var results []map[string][]byte
		for _, sides := range [][2]map[string][]byte{{c[0], c[1]}, {c[1], c[0]}} {
			joined, err := Join(maps.Clone(sides[0]), maps.Clone(sides[1]), bound, rotatedAt)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Join(maps.Clone(joined), maps.Clone(sides[1]), bound, rotatedAt)
			if err != nil {
				t.Fatal(err)
			}
			results = append(results, joined, again)
		}
		union := map[string]bool{}
		for line := range strings.Lines(everything(t, c[0]) + everything(t, c[1])) {
			union[line] = true
		}
		want := slices.Sorted(maps.Keys(union))
		for i, files := range results {
			if got := slices.Sorted(strings.Lines(everything(t, files))); !slices.Equal(got, want) {
				t.Errorf("%s: result %d has %d lines of %d", name, i, len(got), len(want))
			}
			for file, data := range files {
				if file != Newest && len(data) > bound {
					t.Errorf("%s: %s has %d bytes", name, file, len(data))
				}
			}
		}
	}
}

// TestShortWindow: figures of earlier lines are no substitute for lines of the window.
func TestShortWindow(t *testing.T) {
	files := map[string][]byte{Newest: []byte(years(20, 5)), "history-2023.jsonl": []byte(years(0, 20))}
	past := shown(t, files, earlierOf(files, false)).Past
	c := Defaults()
	c.Earlier = Earlier{Past: past}
	if _, err := Show(bytes.NewReader(files[Newest]), c); !errors.Is(err, ErrShort) {
		t.Errorf("%v", err)
	}
	var out bytes.Buffer
	if _, err := Record(bytes.NewReader(files[Newest]), &out, report.HistoryLine{Timestamp: report.At(rotatedAt), SHA: "x", RunID: "x"}, c); !errors.Is(err, ErrShort) {
		t.Errorf("%v", err)
	}
}

func TestNamesOfOlderLines(t *testing.T) {
	names := []string{"history-2026-10.jsonl", "history-2026-2.jsonl", "history.jsonl", "history-2025.jsonl", "history-2026.jsonl", "history-26.jsonl", "history-2026-1.jsonl",
		"history-2026-02.jsonl", "history-x.jsonl", "history-2026.json", "history--2026.jsonl", "history-2026-2-3.jsonl", "other"}
	want := []string{"history-2025.jsonl", "history-2026.jsonl", "history-2026-2.jsonl", "history-2026-10.jsonl"}
	if got := OlderOf(names); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestHostilePast: figures that nobody can have written are not used.
func TestHostilePast(t *testing.T) {
	files := map[string][]byte{Newest: []byte(years(20, 5)), "history-2023.jsonl": []byte(years(0, 20))}
	good := shown(t, files, earlierOf(files, false)).Past
	for name, change := range map[string]func(*report.RotatedHistory){
		"negative":             func(p *report.RotatedHistory) { p.StableRuns = -1 },
		"too many":             func(p *report.RotatedHistory) { p.Lines, p.StableRuns = 1<<40, 1<<40 },
		"more runs than lines": func(p *report.RotatedHistory) { p.Lines = 3 },
		"no digest":            func(p *report.RotatedHistory) { p.DigestState = "" },
		"a torn digest":        func(p *report.RotatedHistory) { p.DigestState = p.DigestState[4:] },
		"many lines named":     func(p *report.RotatedHistory) { p.SkippedLines = make([]report.SkippedLine, maxNamed+1) },
	} {
		p := *good
		if change(&p); Sound(&p, 0, 0) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if !Sound(good, 0, 0) {
		t.Errorf("%+v", good)
	}
}

package evidence_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/evidence"
	"github.com/romel/govctl/pkg/report"
)

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

const sha = "1111111111111111111111111111111111111111"

// good is evidence that passes.
func good() report.Evidence {
	e := report.Evidence{Kind: "headers", SHA: sha, GeneratedAt: report.At(now.Add(-time.Hour)), Govctl: "1.4.0",
		Subjects: []report.EvidenceSubject{{Name: "shop", Mode: "edge", At: "https://localhost:8445/"}},
		Checks:   []report.Finding{}, Figures: []report.Figure{{Name: "probe_header_checks_failed", Help: "Checks that failed.", Value: 0}}}
	evidence.Complete(&e)
	return e
}

func failing() report.Finding {
	return report.Finding{Rule: "header-hsts-missing", Level: report.Error, Subject: "shop", Message: "no Strict-Transport-Security", Fingerprint: "0123456789abcdef"}
}

// encode is an envelope as govctl writes it, whatever its content.
func encode(t *testing.T, e report.Evidence) []byte {
	t.Helper()
	if err := evidence.Seal(&e); err != nil {
		t.Fatal(err)
	}
	return plain(t, e)
}

func plain(t *testing.T, e report.Evidence) []byte {
	t.Helper()
	b, err := json.Marshal(e, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func input(files ...evidence.File) evidence.Input {
	return evidence.Input{Files: files, Require: []string{"headers"}, MaxAge: 26 * time.Hour, SHA: sha, Now: now}
}

func TestGoodEvidencePasses(t *testing.T) {
	v := evidence.Evaluate(input(evidence.File{Name: "headers.json", Data: encode(t, good())})).Verdict
	if !v.Passed || len(v.Kinds) != 1 || v.Kinds[0].Status != report.EvidenceOK || *v.Kinds[0].AgeSeconds != 3600 {
		t.Errorf("%+v", v)
	}
}

// Another tool writes the same envelope and need not know the digest; that of govctl holds with other white space.
func TestEvidenceOfAnotherTool(t *testing.T) {
	e := good()
	e.Govctl = ""
	spaced := bytes.ReplaceAll(encode(t, good()), []byte(`,"kind"`), []byte(",\r\n  \"kind\""))
	for _, data := range [][]byte{plain(t, e), spaced} {
		if v := evidence.Evaluate(input(evidence.File{Name: "headers.json", Data: data})).Verdict; !v.Passed {
			t.Errorf("%+v", v)
		}
	}
}

// Each case is the good evidence with one thing wrong. None may pass.
func TestRequiredEvidenceThatNeverPasses(t *testing.T) {
	edited := func(edit func(*report.Evidence)) func(*testing.T) []evidence.File {
		return func(t *testing.T) []evidence.File {
			e := good()
			edit(&e)
			return []evidence.File{{Name: "headers.json", Data: encode(t, e)}}
		}
	}
	text := func(old, new string) func(*testing.T) []evidence.File {
		return func(t *testing.T) []evidence.File {
			data := encode(t, good())
			changed := bytes.Replace(data, []byte(old), []byte(new), 1)
			if bytes.Equal(data, changed) {
				t.Fatalf("the case changes nothing: %s", data)
			}
			return []evidence.File{{Name: "headers.json", Data: changed}}
		}
	}
	// byHand is the evidence that made completes, edited after it was written, so that status and verdict follow from its checks.
	byHand := func(made, edit func(*report.Evidence)) func(*testing.T) []evidence.File {
		return func(t *testing.T) []evidence.File {
			e := good()
			made(&e)
			evidence.Complete(&e)
			if err := evidence.Seal(&e); err != nil {
				t.Fatal(err)
			}
			edit(&e)
			evidence.Complete(&e)
			return []evidence.File{{Name: "headers.json", Data: plain(t, e)}}
		}
	}
	failed := func(e *report.Evidence) { e.Checks = []report.Finding{failing()} }
	expired := evidence.Waiver{Rule: "header-hsts-missing", Subject: "*", Reason: "r", Owner: "o", Expires: now.AddDate(0, 0, -2)}
	for _, c := range []struct {
		name    string
		files   func(*testing.T) []evidence.File
		waivers []evidence.Waiver
		status  string
		reason  string
	}{
		{"missing", func(*testing.T) []evidence.File { return nil }, nil, "missing", "no headers.json"},
		{"stale", edited(func(e *report.Evidence) { e.GeneratedAt = report.At(now.Add(-27 * time.Hour)) }), nil, "stale", "27h ago"},
		{"of another commit", edited(func(e *report.Evidence) { e.SHA = strings.Repeat("2", 40) }), nil, "stale", "commit 222222222222"},
		{"from the future", edited(func(e *report.Evidence) { e.GeneratedAt = report.At(now.Add(time.Hour)) }), nil, "invalid", "future"},
		{"truncated", func(t *testing.T) []evidence.File {
			data := encode(t, good())
			return []evidence.File{{Name: "headers.json", Data: data[:len(data)-40]}}
		}, nil, "invalid", "not valid evidence"},
		{"empty", func(*testing.T) []evidence.File { return []evidence.File{{Name: "headers.json", Data: []byte{}}} }, nil, "invalid", "empty"},
		{"two documents", func(t *testing.T) []evidence.File {
			data := encode(t, good())
			return []evidence.File{{Name: "headers.json", Data: append(data, data...)}}
		}, nil, "invalid", "not valid evidence"},
		{"a key twice", text(`"passed":true`, `"passed":true,"passed":true`), nil, "invalid", "duplicate"},
		{"of another schema", text("govctl/evidence/v1", "govctl/findings/v1"), nil, "invalid", "schema"},
		{"with an unknown key", text(`"kind"`, `"extra":1,"kind"`), nil, "invalid", "extra"},
		{"of an unknown kind", edited(func(e *report.Evidence) { e.Kind = "header" }), nil, "invalid", `"header"`},
		{"of another kind", edited(func(e *report.Evidence) { e.Kind = "smoke" }), nil, "invalid", "belongs in smoke.json"},
		{"status edited", edited(func(e *report.Evidence) { e.Checks = []report.Finding{failing()} }), nil, "invalid", "follows fail"},
		{"passed edited", edited(func(e *report.Evidence) {
			e.Checks = []report.Finding{failing()}
			e.Status = report.EvidenceFail
		}), nil, "invalid", "follows false"},
		{"findings removed by hand", byHand(failed, func(e *report.Evidence) { e.Checks = nil }), nil, "invalid", "changed after it was written"},
		{"level lowered by hand", byHand(failed, func(e *report.Evidence) { e.Checks[0].Level = report.Info }), nil, "invalid", "changed after it was written"},
		{"commit edited", byHand(func(e *report.Evidence) { e.SHA = strings.Repeat("2", 40) }, func(e *report.Evidence) { e.SHA = sha }), nil, "invalid", "changed after it was written"},
		{"time edited", byHand(func(e *report.Evidence) { e.GeneratedAt = report.At(now.AddDate(0, 0, -9)) }, func(e *report.Evidence) { e.GeneratedAt = report.At(now) }), nil, "invalid", "changed after it was written"},
		{"digest removed", byHand(failed, func(e *report.Evidence) { e.Checks, e.SHA256 = nil, "" }), nil, "invalid", "no sha256"},
		{"failed", edited(func(e *report.Evidence) {
			e.Checks = []report.Finding{failing()}
			evidence.Complete(e)
		}), nil, "fail", ""},
		{"could not be measured", edited(func(e *report.Evidence) {
			e.Reason, e.Subjects = "connection refused", nil
			evidence.Complete(e)
		}), nil, "error", "connection refused"},
		{"error without a reason", edited(func(e *report.Evidence) { e.Status, e.Passed = "error", false }), nil, "invalid", "reason"},
		{"about nothing", edited(func(e *report.Evidence) { e.Subjects = []report.EvidenceSubject{} }), nil, "invalid", "nothing was checked"},
		{"waiver of its own, which nobody decided", edited(func(e *report.Evidence) {
			f := failing()
			f.Waiver = &report.Waiver{Reason: "r", Owner: "o", Expires: "2026-12-31"}
			e.Checks = []report.Finding{f}
			evidence.Complete(e)
		}), nil, "fail", ""},
		{"waiver that is over", edited(func(e *report.Evidence) {
			f := failing()
			f.Waiver = &report.Waiver{Reason: "r", Owner: "o", Expires: "2026-03-08"}
			e.Checks = []report.Finding{f}
			evidence.Complete(e)
		}), []evidence.Waiver{expired}, "fail", ""},
		{"claimed by a second file", func(t *testing.T) []evidence.File {
			data := encode(t, good())
			return []evidence.File{{Name: "headers.json", Data: data}, {Name: "headers-2.json", Data: data}}
		}, nil, "invalid", "two files"},
		{"too large", func(*testing.T) []evidence.File {
			return []evidence.File{{Name: "headers.json", Data: bytes.Repeat([]byte(" "), evidence.MaxFile+1)}}
		}, nil, "invalid", "larger"},
		{"not readable", func(*testing.T) []evidence.File {
			return []evidence.File{{Name: "headers.json", Err: fmt.Errorf("is a folder")}}
		}, nil, "invalid", "is a folder"},
		{"a series twice", edited(func(e *report.Evidence) { e.Figures = append(e.Figures, e.Figures...) }), nil, "invalid", "twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := input(c.files(t)...)
			in.Waivers = c.waivers
			v := evidence.Evaluate(in).Verdict
			if v.Passed {
				t.Errorf("passed: %+v", v)
			}
			for _, k := range v.Kinds {
				if k.Kind == "headers" && (k.Status != c.status || !strings.Contains(k.Reason, c.reason)) {
					t.Errorf("status %s, reason %q; want %s, %q", k.Status, k.Reason, c.status, c.reason)
				}
			}
		})
	}
}

func TestWaiversOfTheDay(t *testing.T) {
	e := good()
	e.Checks = []report.Finding{failing()}
	evidence.Complete(&e)
	in := input(evidence.File{Name: "headers.json", Data: encode(t, e)})
	for _, w := range []evidence.Waiver{
		{Rule: "header-hsts-missing", Subject: "sh*", Expires: now}, {Fingerprint: "01234567", Expires: now.AddDate(0, 0, 1)},
	} {
		in.Waivers = []evidence.Waiver{w}
		if v := evidence.Evaluate(in).Verdict; !v.Passed || v.Kinds[0].Waived != 1 {
			t.Errorf("%+v: %+v", w, v)
		}
	}
	for _, w := range []evidence.Waiver{
		{Rule: "header-hsts-missing", Subject: "other*", Expires: now}, {Rule: "header-csp-missing", Subject: "*", Expires: now}, {Fingerprint: "11234567", Expires: now},
	} {
		in.Waivers = []evidence.Waiver{w}
		if v := evidence.Evaluate(in).Verdict; v.Passed {
			t.Errorf("%+v waived it", w)
		}
	}
}

func TestNightlyEvidenceCountsForOtherCommits(t *testing.T) {
	e := good()
	e.Kind, e.SHA = "image", strings.Repeat("2", 40)
	in := input(evidence.File{Name: "image.json", Data: encode(t, e)})
	in.Require = []string{"image"}
	if v := evidence.Evaluate(in).Verdict; !v.Passed {
		t.Errorf("%+v", v)
	}
	in.MaxAgeOf = map[string]time.Duration{"image": 30 * time.Minute}
	if v := evidence.Evaluate(in).Verdict; v.Passed {
		t.Errorf("%+v", v)
	}
}

func TestEvidenceThatIsNotRequiredFailsNothing(t *testing.T) {
	in := input(evidence.File{Name: "smoke.json", Data: []byte("{")})
	in.Require = nil
	if v := evidence.Evaluate(in).Verdict; !v.Passed || v.Kinds[0].Status != report.EvidenceInvalid {
		t.Errorf("%+v", v)
	}
}

func TestMergeFiguresIsAUnion(t *testing.T) {
	line := func(minute int) string {
		return fmt.Sprintf(`{"timestamp":"2026-03-10T12:%02d:00Z","sha":"a","kind":"smoke","figure":"f","value":1}`+"\n", minute)
	}
	a, b := line(1)+line(3), line(3)+line(2)+"torn"
	ab, err := evidence.MergeFigures([]byte(a), []byte(b))
	if err != nil {
		t.Fatal(err)
	}
	ba, err := evidence.MergeFigures([]byte(b), []byte(a))
	if err != nil {
		t.Fatal(err)
	}
	if want := line(1) + line(2) + line(3); string(ab) != want || string(ba) != want {
		t.Errorf("%s\n%s", ab, ba)
	}
}

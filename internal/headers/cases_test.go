package headers_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/headers"
	"github.com/romel/govctl/pkg/report"
)

// cases are the cases of the rules.
var cases = os.DirFS("../../testdata/probe")

// parseTargets reads answers as the cases have them: blocks that begin with "> PROFILE MODE REQUEST ADDRESS [personal]", followed by the head of
// an answer. Blocks of one mode are one target.
func parseTargets(t *testing.T, text string) (targets []headers.Target) {
	t.Helper()
	var answer *headers.Answer
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "> "):
			words := strings.Fields(line)
			target := headers.Target{Subject: report.EvidenceSubject{Name: "shop", Mode: words[2], At: words[4]}, Profile: words[1], Personal: len(words) > 5}
			at := slices.IndexFunc(targets, func(o headers.Target) bool { return o.Subject.Mode == words[2] })
			if at < 0 {
				at = len(targets)
				targets = append(targets, target)
			}
			targets[at].Answers = append(targets[at].Answers, headers.Answer{Request: words[3], Method: "GET", At: words[4]})
			answer = &targets[at].Answers[len(targets[at].Answers)-1]
		case strings.HasPrefix(line, "HTTP/1.1 "):
			status, err := strconv.Atoi(line[9:12])
			if err != nil {
				t.Fatal(err)
			}
			answer.Status = status
		case line != "":
			name, value, _ := strings.Cut(line, ":")
			answer.Headers = append(answer.Headers, report.HeaderField{Name: name, Value: value})
		}
	}
	return targets
}

func file(t *testing.T, rule, name string) string {
	t.Helper()
	data, err := fs.ReadFile(cases, path.Join(rule, name))
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// runCase evaluates good.http or bad.http of a rule after its before.http, where it has one.
func runCase(t *testing.T, rule, name string) ([]report.Finding, report.HeadersDetail) {
	t.Helper()
	var o headers.Options
	if text := file(t, rule, "case.json"); text != "" {
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			t.Fatal(err)
		}
	}
	var last *report.HeadersDetail
	if text := file(t, rule, "before.http"); text != "" {
		_, detail := headers.Evaluate(parseTargets(t, text), o, nil)
		last = &detail
	}
	targets := parseTargets(t, file(t, rule, name))
	if len(targets) == 0 {
		t.Fatalf("%s/%s has no answer", rule, name)
	}
	return headers.Evaluate(targets, o, last)
}

// Each rule fires alone on its case, and nothing fires on the case's twin.
func TestCases(t *testing.T) {
	for _, rule := range headers.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			if found, _ := runCase(t, rule.ID, "good.http"); len(found) > 0 {
				t.Errorf("good.http: %+v", found)
			}
			found, detail := runCase(t, rule.ID, "bad.http")
			if len(found) != 1 || found[0].Rule != rule.ID || found[0].Level != rule.Level || len(found[0].Fingerprint) != 16 {
				t.Fatalf("bad.http: %+v", found)
			}
			row := slices.IndexFunc(detail.Matrix, func(r report.HeadersRow) bool { return r.Rule == rule.ID })
			if row < 0 || !slices.Contains(detail.Matrix[row].Cells, string(rule.Level)) {
				t.Errorf("the matrix does not show it: %+v", detail.Matrix)
			}
		})
	}
}

// What has not changed since the last evidence has lost nothing.
func TestNothingIsLostWithoutAChange(t *testing.T) {
	for _, rule := range headers.Rules {
		for _, name := range []string{"good.http", "bad.http"} {
			before, detail := headers.Evaluate(parseTargets(t, file(t, rule.ID, name)), headers.Options{}, nil)
			after, _ := headers.Evaluate(parseTargets(t, file(t, rule.ID, name)), headers.Options{}, &detail)
			if len(before) != len(after) {
				t.Errorf("%s/%s: %+v after %+v", rule.ID, name, after, before)
			}
		}
	}
}

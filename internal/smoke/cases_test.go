package smoke_test

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/smoke"
	"github.com/romel/govctl/internal/smoke/hurl"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// cases are the cases of the rules.
var cases = os.DirFS("../../testdata/probe")

const base = "http://localhost:8000"

// sections are the parts of a case, each after a line like -- flow.hurl --.
func sections(t *testing.T, rule, name string) map[string]string {
	t.Helper()
	data, err := fs.ReadFile(cases, path.Join(rule, name))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, part := range strings.Split("\n"+string(data), "\n-- ")[1:] {
		title, text, _ := strings.Cut(part, " --\n")
		all[title] = text + "\n"
	}
	return all
}

// answer is the client of a runner: it gives every request the answer of the case.
func answer(t *testing.T, text string) func(context.Context, probeclient.Request, bool) (*probeclient.Answer, error) {
	t.Helper()
	got, err := http.ReadResponse(bufio.NewReader(strings.NewReader(text)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := &probeclient.Answer{Status: got.StatusCode, Body: body, Duration: time.Millisecond}
	for name, values := range got.Header {
		for _, value := range values {
			a.Headers = append(a.Headers, probeclient.Header{Name: name, Value: value})
		}
	}
	return func(context.Context, probeclient.Request, bool) (*probeclient.Answer, error) { return a, nil }
}

func load(t *testing.T, text string) *smoke.Contract {
	t.Helper()
	doc, err := contract.Parse(t.Context(), "openapi.yaml", []byte(text), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := smoke.NewContract(doc, "")
	c.Undocumented = []string{"/metrics"}
	return c
}

// runCase runs the flow or target of a case.
func runCase(t *testing.T, rule, name string) []report.Finding {
	t.Helper()
	in := sections(t, rule, name)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	r := &smoke.Runner{Do: answer(t, in["answer"]), Sleep: func(context.Context, time.Duration) error { return nil }, Variables: hurl.Variables{"base": base},
		Base: u, Level: report.Error, Secrets: &smoke.Secrets{}}
	if target := in["target"]; target != "" {
		_, found, err := r.Target(t.Context(), smoke.Target{Name: "api", URL: base + "/health", Required: strings.HasPrefix(target, "required")})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	r.Contract = load(t, in["openapi.yaml"])
	flow, err := hurl.Parse("flow.hurl", []byte(in["flow.hurl"]))
	if err != nil {
		t.Fatal(err)
	}
	_, found, err := r.Flow(t.Context(), flow)
	if err != nil {
		t.Fatal(err)
	}
	return append(found, r.Uncompared("flow.hurl")...)
}

// Each rule fires alone on its case, and nothing fires on the case's twin.
func TestCases(t *testing.T) {
	for _, rule := range smoke.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			if found := runCase(t, rule.ID, "good.txt"); len(found) > 0 {
				t.Errorf("good.txt: %+v", found)
			}
			found := runCase(t, rule.ID, "bad.txt")
			if len(found) != 1 || found[0].Rule != rule.ID || found[0].Level != rule.Level || len(found[0].Fingerprint) != 16 {
				t.Fatalf("bad.txt: %+v", found)
			}
			at := found[0].New
			if strings.Contains(found[0].Message, "of the flow)") && (at == nil || at.File != "openapi.yaml" || at.Line == 0 || at.Pointer == "") {
				t.Errorf("the place in the contract is missing: %+v", at)
			}
		})
	}
}

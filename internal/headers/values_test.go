package headers_test

import (
	"strings"
	"testing"

	"github.com/romel/govctl/internal/headers"
	"github.com/romel/govctl/pkg/report"
)

// rulesOn are the rules that a header of an answer over https breaks, of those about its value.
func rulesOn(name string, values ...string) string {
	target := headers.Target{Subject: report.EvidenceSubject{Name: "s"}, Profile: "web", Answers: []headers.Answer{{Request: headers.RequestURL, At: "https://s/", Status: 200}}}
	for _, v := range values {
		target.Answers[0].Headers = append(target.Answers[0].Headers, report.HeaderField{Name: name, Value: v})
	}
	found, _ := headers.Evaluate([]headers.Target{target}, headers.Options{}, nil)
	var ids []string
	for _, f := range found {
		if f.Rule == "header-nosniff-missing" && name == "X-Content-Type-Options" || !strings.HasSuffix(f.Rule, "-missing") {
			ids = append(ids, strings.TrimPrefix(f.Rule, "header-"))
		}
	}
	return strings.Join(ids, " ")
}

func TestValues(t *testing.T) {
	const safe = "; object-src 'none'; base-uri 'none'"
	for _, c := range []struct{ name, value, want string }{
		{"Strict-Transport-Security", "max-age=15552000", ""},
		{"Strict-Transport-Security", `MAX-AGE = "31536000" ; includeSubDomains;`, ""},
		{"Strict-Transport-Security", "max-age=99999999999999999999999", ""},
		{"Strict-Transport-Security", "max-age=15551999", "hsts-weak"},
		{"Strict-Transport-Security", "max-age=-1", "hsts-weak"},
		{"Strict-Transport-Security", "max-age=31536000; max-age=0", "hsts-weak"},
		{"Strict-Transport-Security", "includeSubDomains", "hsts-weak"},
		{"Strict-Transport-Security", "", "hsts-weak"},
		{"Content-Security-Policy", "default-src 'self'" + safe, ""},
		{"Content-Security-Policy", "DEFAULT-SRC 'SELF'" + safe, ""},
		{"Content-Security-Policy", "script-src 'self'" + safe, ""},
		{"Content-Security-Policy", "img-src 'self'" + safe, "csp-weak"},
		{"Content-Security-Policy", "default-src *" + safe, "csp-weak"},
		{"Content-Security-Policy", "default-src 'self'; script-src https:" + safe, "csp-weak"},
		{"Content-Security-Policy", "default-src 'self'; script-src 'self'; script-src *" + safe, ""}, // the first counts
		{"Content-Security-Policy", "default-src 'self' 'unsafe-inline'" + safe, "csp-weak"},
		{"Content-Security-Policy", "script-src 'unsafe-inline' 'sha256-x'" + safe, ""},
		{"Content-Security-Policy", "script-src 'nonce-x' 'strict-dynamic' https: 'unsafe-inline'" + safe, ""},
		{"Content-Security-Policy", "img-src *" + safe + ", default-src 'self'", ""}, // both apply
		{"Content-Security-Policy", "default-src 'self'; base-uri 'none'", ""},
		{"Content-Security-Policy", "script-src 'self'; base-uri 'none'", "csp-incomplete"},
		{"Content-Security-Policy", "", "csp-weak"},
		{"Content-Security-Policy", "default-src 'self'; frame-ancestors *" + safe, "framing-weak"},
		{"X-Frame-Options", "deny", ""},
		{"X-Frame-Options", "ALLOWALL", "framing-weak"},
		{"X-Content-Type-Options", "NoSniff", ""},
		{"X-Content-Type-Options", "none", "nosniff-missing"},
		{"Referrer-Policy", "no-referrer, strict-origin-when-cross-origin", ""},
		{"Referrer-Policy", "strict-origin, unsafe-url", "referrer-policy-weak"},
		{"Referrer-Policy", "never", "referrer-policy-weak"},
		{"Permissions-Policy", `geolocation=(self "https://a.example"), camera=()`, ""},
		{"Permissions-Policy", "camera=*", "permissions-policy-weak"},
		{"Permissions-Policy", "camera=(self *)", "permissions-policy-weak"},
		{"Permissions-Policy", "camera 'none'", "permissions-policy-weak"},
		{"Server", "nginx", "server-shown"},
		{"Server", "Apache/2.4", "server-version"},
		{"Server", "Werkzeug 2.0.1", "server-version"},
		{"Server", "", ""},
		{"x-powered-by", "PHP", "forbidden"},
	} {
		if got := rulesOn(c.name, c.value); got != c.want {
			t.Errorf("%s: %q: %q, want %q", c.name, c.value, got, c.want)
		}
	}
	if got := rulesOn("Content-Security-Policy", "default-src 'self'"+safe, "default-src 'self'"+safe); got != "duplicate" {
		t.Errorf("a policy twice: %s", got)
	}
	if got := rulesOn("Strict-Transport-Security", "max-age=31536000", "max-age=0"); got != "conflict" {
		t.Errorf("two values: %s", got)
	}
}

// A product name that the configuration allows is no finding, and neither is anything under the profile none.
func TestAllowedAndNone(t *testing.T) {
	target := headers.Target{Subject: report.EvidenceSubject{Name: "s"}, Profile: "api", Answers: []headers.Answer{{Request: headers.RequestURL, At: "http://s/", Status: 200,
		Headers: []report.HeaderField{{Name: "Server", Value: "nginx/1.2"}, {Name: "X-Content-Type-Options", Value: "nosniff"}}}}}
	if found, _ := headers.Evaluate([]headers.Target{target}, headers.Options{Allowed: []string{"server"}}, nil); len(found) > 0 {
		t.Errorf("%+v", found)
	}
	target.Profile = "none"
	if found, _ := headers.Evaluate([]headers.Target{target}, headers.Options{}, nil); len(found) > 0 {
		t.Errorf("%+v", found)
	}
}

// Whatever a server sends is evaluated, shown in bounds, and has lost nothing when it comes again.
func FuzzEvaluate(f *testing.F) {
	f.Add("Content-Security-Policy", "default-src 'self', ;;\xff")
	f.Add("Permissions-Policy", "a=(\"\\\", b=*")
	f.Fuzz(func(t *testing.T, name, value string) {
		targets := []headers.Target{{Subject: report.EvidenceSubject{Name: name, Mode: "edge"}, Profile: "web",
			Answers: []headers.Answer{{Request: headers.RequestURL, At: "https://s/", Headers: []report.HeaderField{{Name: name, Value: value}, {Name: "Server", Value: value}}}}}}
		first, detail := headers.Evaluate(targets, headers.Options{}, nil)
		again, _ := headers.Evaluate(targets, headers.Options{}, &detail)
		if len(first) != len(again) {
			t.Errorf("%+v, then %+v", first, again)
		}
		if strings.ContainsAny(headers.Text(&detail), "\x1b\x00") {
			t.Error("control characters in the matrix")
		}
	})
}

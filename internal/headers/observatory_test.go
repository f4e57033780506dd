package headers_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/probeclient"
)

// TestRealObservatory compares verdicts with those of MDN's HTTP Observatory, where both have a rule. GOVCTL_OBSERVATORY is the folder that
// npm installed @mdn/mdn-http-observatory into.
func TestRealObservatory(t *testing.T) {
	folder := os.Getenv("GOVCTL_OBSERVATORY")
	if folder == "" {
		t.Skip("GOVCTL_OBSERVATORY is not set to a folder with npm's @mdn/mdn-http-observatory")
	}
	node := tool(t, "node")
	rules := map[string][]string{
		"content-security-policy": {"header-csp-missing", "header-csp-weak"}, "x-content-type-options": {"header-nosniff-missing"},
		"x-frame-options": {"header-framing-missing", "header-framing-weak"}, "referrer-policy": {"header-referrer-policy-weak"},
	}
	for name, headers := range map[string]map[string]string{
		"none":       {},
		"all":        {"Content-Security-Policy": policies, "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"},
		"unsafe":     {"Content-Security-Policy": "script-src 'unsafe-inline'", "X-Frame-Options": "SAMEORIGIN", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "unsafe-url"},
		"misspelled": {"Content-Security-Policy": "default-src *", "X-Frame-Options": "DENIED", "X-Content-Type-Options": "no-sniff", "Referrer-Policy": "strict-origin"},
		"by policy":  {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'", "X-Content-Type-Options": "nosniff"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				for header, value := range headers {
					w.Header().Set(header, value)
				}
				_, _ = w.Write([]byte("<!doctype html><title>x</title>"))
			}))
			defer s.Close()
			at, err := url.Parse(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(node, "testdata/observatory.mjs", folder, at.Port()).Output()
			var passes map[string]bool
			if err == nil {
				err = json.Unmarshal(out, &passes)
			}
			if err != nil || len(passes) != len(rules) {
				t.Fatalf("%v: %s", err, out)
			}
			fired, _ := ask(t, probeclient.Options{}, s.URL, "direct")
			for row, passed := range passes {
				ours := slices.ContainsFunc(fired, func(f string) bool {
					rule, _, _ := strings.Cut(f, " ")
					return slices.Contains(rules[row], rule)
				})
				if missing := row == "referrer-policy" && headers["Referrer-Policy"] == ""; ours == passed && !missing { // which browsers have a default for
					t.Errorf("%s: the observatory passes it: %t, and govctl reports %v", row, passed, fired)
				}
			}
		})
	}
}

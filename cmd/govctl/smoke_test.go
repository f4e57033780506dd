package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// authService is a service with the flow of testdata/quickstart/smoke/auth.hurl, and health addresses. Its tokens are canaries. In the folder
// /lies, its answers differ from its contract.
func authService() http.Handler {
	mux := http.NewServeMux()
	login := func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Username, Password string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Password != "canary-password" {
			http.Error(w, "wrong password "+in.Password, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token": "canary-access", "refresh_token": "canary-refresh"}`)
	}
	for _, prefix := range []string{"", "/lies"} {
		mux.HandleFunc("POST "+prefix+"/auth/login", login)
		mux.HandleFunc("GET "+prefix+"/achievements", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			switch {
			case r.Header.Get("Authorization") != "Bearer canary-access":
				w.WriteHeader(http.StatusForbidden)
			case prefix == "":
				_, _ = io.WriteString(w, `[{"id": 1, "name": "first"}]`)
			default:
				_, _ = io.WriteString(w, `[{"id": "canary-access"}]`)
			}
		})
		mux.HandleFunc("POST "+prefix+"/auth/refresh", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token": "canary-access", "refresh_token": "canary-refresh"}`)
		})
		mux.HandleFunc("GET "+prefix+"/metrics", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "auth_login_total 1\n") })
	}
	mux.HandleFunc("GET /health", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /absent", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	return mux
}

// startSmoke starts the service at $SERVICE.
func startSmoke(e *testscript.Env) {
	s := httptest.NewServer(authService())
	e.Defer(s.Close)
	e.Setenv("SERVICE", s.URL)
}

// TestRealHurl runs the example under hurl: what the subset accepts is Hurl, and the verdicts are the same.
func TestRealHurl(t *testing.T) {
	hurl, err := exec.LookPath("hurl")
	if err != nil {
		t.Skip("no hurl: its npm package fetches the binary from GitHub, and Debian 12 has no package of it")
	}
	s := httptest.NewServer(authService())
	defer s.Close()
	for password, want := range map[string]bool{"canary-password": true, "wrong": false} {
		c := exec.Command(hurl, "--test", "--variable", "base="+s.URL, "--variable", "user=admin", "../../testdata/quickstart/smoke/auth.hurl")
		c.Env = append(os.Environ(), "HURL_VARIABLE_password="+password, "HURL_password="+password)
		out, err := c.CombinedOutput()
		if (err == nil) != want {
			t.Errorf("%s", fmt.Sprint(strings.TrimSpace(string(out)), err))
		}
	}
}

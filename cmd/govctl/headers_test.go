package main

import (
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// protected are headers that pass every rule of the profile web.
var protected = map[string]string{
	"Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "no-referrer", "Permissions-Policy": "camera=()",
}

// startHeaders starts services at $HEADERS: /good with all headers, /partly without X-Frame-Options on error pages, /bare with none, /echo, which
// repeats credentials, and two that redirect.
func startHeaders(e *testscript.Env) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		service, below, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		status := http.StatusOK
		switch {
		case below != "":
			status = http.StatusNotFound
		case r.Method != http.MethodGet:
			status = http.StatusMethodNotAllowed
		}
		for name, value := range protected {
			if service != "bare" && (service != "partly" || status != http.StatusNotFound || name != "X-Frame-Options") {
				w.Header().Set(name, value)
			}
		}
		switch service {
		case "echo":
			w.Header().Set("Server", "echo "+r.Header.Get("Authorization"))
			w.Header().Set("Set-Cookie", "session=canary")
		case "moved":
			w.Header().Set("Location", "/good")
			status = http.StatusFound
		case "away":
			w.Header().Set("Location", "http://other.invalid/?token=canary")
			w.Header().Del("X-Frame-Options")
			status = http.StatusFound
		}
		w.WriteHeader(status)
	}))
	e.Defer(s.Close)
	e.Setenv("HEADERS", s.URL)
}

package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// startContracts starts a server of contracts over https, at $CONTRACTS; with SSL_CERT_FILE=$WORK/ca.pem govctl trusts it.
func startContracts(e *testscript.Env) error {
	redirects := map[string]string{
		"/moved": "/openapi.yaml", "/loop": "/loop", "/plain": "http://127.0.0.1:1/openapi.yaml", "/metadata": "https://169.254.169.254/latest",
	}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch to := redirects[r.URL.Path]; {
		case to != "":
			http.Redirect(w, r, to, http.StatusFound)
		case r.URL.Path == "/openapi.yaml":
			fmt.Fprintln(w, `{"openapi": "3.0.3", "info": {"title": "served", "version": "1.0.0"}, "paths": {}}`)
		case r.URL.Path == "/down":
			w.WriteHeader(http.StatusBadGateway)
		default:
			http.NotFound(w, r)
		}
	}))
	e.Defer(s.Close)
	e.Setenv("CONTRACTS", s.URL)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	return os.WriteFile(filepath.Join(e.WorkDir, "ca.pem"), cert, 0o600)
}

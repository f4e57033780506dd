package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// outside is what a script meets beyond its folder: a webhook receiver under /hook/... and as much of GitHub's API as issues and
// comments need. What it got stands in the file outside.log of the script's folder.
type outside struct {
	mu     sync.Mutex
	log    string
	issues []map[string]any
}

// startOutside serves until the script ends and tells it the address in OUTSIDE.
func startOutside(e *testscript.Env) {
	o := &outside{log: filepath.Join(e.WorkDir, "outside.log")}
	s := httptest.NewServer(o)
	e.Defer(s.Close)
	e.Setenv("OUTSIDE", s.URL)
}

func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f, err := os.OpenFile(o.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		fmt.Fprintf(f, "%s %s %s %s\n", r.Method, r.URL.Path, r.Header.Get("X-Governance-Delivery"), body)
		_ = f.Close()
	}
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasPrefix(r.URL.Path, "/hook/down"):
		w.WriteHeader(http.StatusNotFound)
	case strings.HasPrefix(r.URL.Path, "/hook/"):
	case strings.HasPrefix(r.URL.Path, "/asks/"): // for a password
		w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/issues"):
		_ = json.NewEncoder(w).Encode(slices.DeleteFunc(slices.Clone(o.issues), func(i map[string]any) bool { return i["state"] != r.URL.Query().Get("state") }))
	case r.Method == http.MethodPatch && o.issue(r.URL.Path) != nil:
		_ = json.Unmarshal(body, o.issue(r.URL.Path))
		_ = json.NewEncoder(w).Encode(o.issue(r.URL.Path))
	case strings.HasSuffix(r.URL.Path, "/v4/user"):
		fmt.Fprint(w, `{"id":41}`)
	case r.Method == http.MethodGet:
		fmt.Fprint(w, "[]")
	case strings.HasPrefix(r.URL.Path, "/repos/o/fork/"), strings.HasPrefix(r.URL.Path, "/api/v4/projects/403/"):
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message":"Resource not accessible by integration"}`)
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/issues"):
		var i map[string]any
		_ = json.Unmarshal(body, &i)
		i["number"], i["user"], i["labels"], i["state"] = len(o.issues)+1, map[string]string{"login": "github-actions[bot]"}, []any{}, "open"
		o.issues = append(o.issues, i)
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(i)
	default:
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, "{}")
	}
}

// issue is the issue of an address; nil where there is none.
func (o *outside) issue(path string) *map[string]any {
	for i := range o.issues {
		if strings.HasSuffix(path, fmt.Sprintf("/issues/%d", i+1)) {
			return &o.issues[i]
		}
	}
	return nil
}

// The API server for the workflow runs in CI: it answers like GitHub where issues and comments are concerned, like GitLab where notes are, and
// writes down each request.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: api LOG ADDRESS-FILE")
		os.Exit(2)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = os.WriteFile(os.Args[2], []byte("http://"+l.Addr().String()), 0o644)
	}
	if err == nil {
		err = http.Serve(l, http.HandlerFunc(serve))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f, err := os.OpenFile(os.Args[1], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		fmt.Fprintf(f, "%s %s %s\n", r.Method, r.URL.Path, body)
		err = f.Close()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(r.URL.Path, "/api/v4/") {
		gitlab(w, r, body)
		return
	}
	if r.Method == http.MethodGet {
		fmt.Fprint(w, "[]")
		return
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `{"number":1,"id":1}`)
}

// notes are what GitLab has of the one merge request.
var (
	mu    sync.Mutex
	notes []note
)

type note struct {
	ID     int    `json:"id"`
	Body   string `json:"body"`
	Author struct {
		ID int `json:"id"`
	} `json:"author"`
}

func gitlab(w http.ResponseWriter, r *http.Request, body []byte) {
	mu.Lock()
	defer mu.Unlock()
	var sent note
	_ = json.Unmarshal(body, &sent)
	var answer any = notes
	switch {
	case r.Header.Get("PRIVATE-TOKEN") != "glpat-n0te":
		w.WriteHeader(http.StatusUnauthorized)
		answer = map[string]string{"message": "401 Unauthorized"}
	case strings.HasSuffix(r.URL.Path, "/user"):
		answer = map[string]int{"id": 41}
	case r.Method == http.MethodPost:
		sent.ID, sent.Author.ID = len(notes)+1, 41
		notes, answer = append(notes, sent), sent
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPut && len(notes) > 0:
		notes[0].Body, answer = sent.Body, notes[0]
	case notes == nil:
		answer = []note{}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

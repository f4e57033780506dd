package readserver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/readserver"
)

// serve starts a server with documents until the test ends, which fails unless it ends without an error.
func serve(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- readserver.Serve(ctx, l, map[string]readserver.Document{
			"/good": {Type: "text/plain", Make: func() ([]byte, error) { return []byte("fine\n"), nil }},
			"/bad":  {Type: "text/plain", Make: func() ([]byte, error) { return nil, errors.New("canary") }},
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func TestAnswers(t *testing.T) {
	address := serve(t)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/good", "fine\n", 200},
		{"GET", "/good?x=1", "fine\n", 200},
		{"HEAD", "/good", "", 200},
		{"POST", "/good", "GET and HEAD only\n", 405},
		{"GET", "/", "there is no such document\n", 404},
		{"GET", "/bad", "the document could not be made\n", 500},
	} {
		req, err := http.NewRequest(c.method, "http://"+address+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(c.method, c.path, err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != c.status || string(body) != c.body {
			t.Errorf("%s %s: %d %q %v", c.method, c.path, answer.StatusCode, body, err)
		}
		_ = answer.Body.Close()
	}
}

// A client that sends no request, one without an end, or none at all does not keep others from their answers.
func TestHostileClients(t *testing.T) {
	address := serve(t)
	for _, request := range []string{"", "\x16\x03\x01\x02", "GET /good HTTP/1.1\r\n", "GET /good HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("X: "+strings.Repeat("y", 1000)+"\r\n", 100)} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_, _ = fmt.Fprint(c, request)
	}
	answer, err := http.Get("http://" + address + "/good")
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(answer, err)
	}
	_ = answer.Body.Close()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := fmt.Fprint(c, "nothing\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 400 ") {
		t.Errorf("%q %v", text, err)
	}
}

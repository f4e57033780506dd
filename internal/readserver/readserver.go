// Package readserver serves a few documents over HTTP/1.1 that are made anew for each request. It answers GET and HEAD, one request on each
// connection, and bounds time, size and connections. net/http has a server for everything else: with HTTP/2 and connections that stay open
// it would be a large part of a binary that serves nothing but this.
package readserver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Bounds of what clients can use.
const (
	maxConnections = 64 // further ones wait
	maxRequest     = 16 << 10
	maxExchange    = 10 * time.Second
)

// Document is what one path answers.
type Document struct {
	Type string // media type
	Make func() ([]byte, error)
}

// Serve answers until the context ends, which is no error, and closes the listener.
func Serve(ctx context.Context, l net.Listener, documents map[string]Document) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var open sync.WaitGroup
	defer open.Wait()
	free := make(chan struct{}, maxConnections)
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		free <- struct{}{}
		open.Add(1)
		go func() {
			defer func() { <-free; open.Done() }()
			answer(ctx, c, documents)
		}()
	}
}

// answer reads one request and answers it. The end of the context ends it, too.
func answer(ctx context.Context, c net.Conn, documents map[string]Document) {
	ctx, cancel := context.WithTimeout(ctx, maxExchange)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })() // what is not closed by it is closed below
	defer func() { _ = c.Close() }()
	method, path, ok := request(io.LimitReader(c, maxRequest))
	if !ok {
		reply(c, http.StatusBadRequest, plain, []byte("the request cannot be read\n"), true)
		return
	}
	status, mediaType, body := respond(method, path, documents)
	reply(c, status, mediaType, body, method != http.MethodHead)
}

const plain = "text/plain; charset=utf-8"

// request reads the head of a request. What is in its headers changes nothing.
func request(from io.Reader) (method, path string, ok bool) {
	lines := bufio.NewReader(from)
	for n := 0; ; n++ {
		line, err := lines.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		switch {
		case err != nil: // it ended before its head did
			return "", "", false
		case n == 0:
			var target, version string
			method, line, _ = strings.Cut(line, " ")
			target, version, ok = strings.Cut(line, " ")
			path, _, _ = strings.Cut(target, "?")
			if !ok || !strings.HasPrefix(version, "HTTP/1.") {
				return "", "", false
			}
		case line == "":
			return method, path, true
		}
	}
}

// respond is the answer to a request.
func respond(method, path string, documents map[string]Document) (status int, mediaType string, body []byte) {
	document, ok := documents[path]
	switch {
	case !ok:
		return http.StatusNotFound, plain, []byte("there is no such document\n")
	case method != http.MethodGet && method != http.MethodHead:
		return http.StatusMethodNotAllowed, plain, []byte("GET and HEAD only\n")
	}
	body, err := document.Make()
	if err != nil {
		return http.StatusInternalServerError, plain, []byte("the document could not be made\n")
	}
	return http.StatusOK, document.Type, body
}

// reply writes an answer. A client that is gone does not get it.
func reply(c net.Conn, status int, mediaType string, body []byte, withBody bool) {
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n",
		status, http.StatusText(status), mediaType, len(body))
	if status == http.StatusMethodNotAllowed {
		head += "Allow: GET, HEAD\r\n"
	}
	if !withBody {
		body = nil
	}
	_, _ = c.Write(append([]byte(head+"\r\n"), body...))
}

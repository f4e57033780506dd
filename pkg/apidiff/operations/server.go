package operations

import (
	"net/url"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/contract"
)

// A server is one address.
type server struct {
	url string
	at  contract.Node
}

// servers are the addresses of an operation: its own, or those of the path item, or those of the
// document.
func (c Call) servers() []server {
	for _, h := range c.holders {
		if list := h.Get("servers"); list.Len() > 0 {
			var out []server
			for _, n := range list.Items() {
				out = append(out, expandServer(n)...)
			}
			return out
		}
	}
	return []server{{url: "/"}}
}

// maxExpanded bounds the addresses that the variables of one server stand for.
const maxExpanded = 64

// expandServer writes out the variables that have an enum and puts the defaults in for the others'
// base path.
func expandServer(n contract.Node) []server {
	urls := []string{n.Get("url").Text()}
	for name, v := range n.Get("variables").Fields() {
		values := jsonvalue.Items(v.Get("enum"))
		if len(values) == 0 {
			continue // anything: the placeholder stays
		}
		if len(urls)*len(values) > maxExpanded {
			break
		}
		var next []string
		for _, u := range urls {
			for _, value := range values {
				next = append(next, strings.ReplaceAll(u, "{"+name+"}", value.Text()))
			}
		}
		urls = next
	}
	out := make([]server, len(urls))
	for i, u := range urls {
		out[i] = server{url: u, at: n}
	}
	return out
}

// base is the path of the address, without a final slash.
func (s server) base() string {
	path := s.url
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
		if j := strings.IndexByte(path, '/'); j >= 0 {
			path = path[j:]
		} else {
			path = "/"
		}
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return strings.TrimSuffix(path, "/")
}

var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443"}

// origin is the address without its path, in lower case; empty for a relative one.
func (s server) origin() string {
	u, err := url.Parse(s.url)
	if err != nil || u.Host == "" {
		if i := strings.Index(s.url, "://"); i >= 0 {
			rest := s.url[i+3:]
			if j := strings.IndexByte(rest, '/'); j >= 0 {
				rest = rest[:j]
			}
			return strings.ToLower(s.url[:i+3] + rest)
		}
		return ""
	}
	host := u.Host
	if defaultPorts[strings.ToLower(u.Scheme)] == u.Port() {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return strings.ToLower(u.Scheme + "://" + host)
}

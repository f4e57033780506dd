package message

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// target is the path and query of a request, percent-encoded.
func (m *Message) target() string {
	path := m.Endpoint.Path
	if !strings.HasPrefix(path, "/") {
		path = "/callback" // of a callback: the receiver decides
	}
	var b strings.Builder
	for len(path) > 0 {
		open := strings.IndexByte(path, '{')
		end := strings.IndexByte(path, '}')
		if open < 0 || end < open {
			b.WriteString(escapePath(path))
			break
		}
		b.WriteString(escapePath(path[:open]))
		value, ok := m.Path[path[open+1:end]]
		if !ok {
			value = "a"
		}
		b.WriteString(url.PathEscape(value))
		path = path[end+1:]
	}
	for i, q := range m.query {
		sep := "&"
		if i == 0 {
			sep = "?"
		}
		b.WriteString(sep + url.QueryEscape(q.name) + "=" + url.QueryEscape(q.value))
	}
	if m.whole != "" {
		b.WriteString("?" + strings.ReplaceAll(url.QueryEscape(m.whole), "+", "%20"))
	}
	return b.String()
}

// escapePath keeps the slashes of a template.
func escapePath(s string) string { return (&url.URL{Path: s}).EscapedPath() }

// url is the whole address.
func (m *Message) url() string { return m.Endpoint.Server + m.target() }

func (m *Message) method() string {
	if !contract.IsToken(m.Endpoint.Method) {
		return "POST"
	}
	return m.Endpoint.Method
}

// headers are those of the request, without Host.
func (m *Message) headers() []Pair {
	out := append([]Pair(nil), m.header...)
	if len(m.cookie) > 0 {
		var parts []string
		for _, c := range m.cookie {
			parts = append(parts, c.name+"="+c.value)
		}
		out = append(out, Pair{"Cookie", strings.Join(parts, "; ")})
	}
	if m.HasBody && plainText(m.MediaType) {
		out = append(out, Pair{"Content-Type", m.MediaType})
	}
	return out
}

// Text is the request as HTTP/1.1; "" where its body cannot be written.
func (m *Message) Text() string {
	if m.HasBody && m.Raw == nil {
		return ""
	}
	address := m.Endpoint.Server
	host, base := address[strings.Index(address, "//")+2:], ""
	if i := strings.IndexByte(host, '/'); i >= 0 {
		host, base = host[:i], host[i:]
	}
	var b strings.Builder
	b.WriteString(m.method() + " " + base + m.target() + " HTTP/1.1\r\nHost: " + host + "\r\n")
	for _, h := range m.headers() {
		b.WriteString(h.name + ": " + h.value + "\r\n")
	}
	if m.HasBody {
		b.WriteString("Content-Length: " + strconv.Itoa(len(m.Raw)) + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(m.Raw)
	return b.String()
}

// Curl is the request as a command line for a POSIX shell.
func (m *Message) Curl() string {
	if m.HasBody && m.Raw == nil {
		return ""
	}
	address := m.url()
	args := []string{"curl", "-X", word(m.method()), quote(address)}
	if strings.ContainsAny(address, "[]{}") {
		args = append(args, "--globoff") // brackets stand for themselves
	}
	if strings.Contains(address, "/.") {
		args = append(args, "--path-as-is") // no dots are resolved
	}
	for _, h := range m.headers() {
		args = append(args, "-H", quote(h.name+": "+h.value))
	}
	if m.HasBody {
		args = append(args, "--data-raw", quote(string(m.Raw)))
	}
	return strings.Join(args, " ")
}

// word is a method as a word for a POSIX shell, quoted where it holds more than letters.
func word(method string) string {
	if strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "" && !strings.HasPrefix(method, "-") {
		return method
	}
	return quote(method)
}

// quote makes one word of s for a POSIX shell: nothing has a meaning between single quotes.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

package message

import (
	"cmp"
	"net/url"
	"slices"
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
	values := m.pathValues()
	for len(path) > 0 {
		open := strings.IndexByte(path, '{')
		end := strings.IndexByte(path, '}')
		if open < 0 || end < open {
			b.WriteString(escapePath(path))
			break
		}
		b.WriteString(escapePath(path[:open]))
		b.WriteString(url.PathEscape(cmp.Or(values[path[open+1:end]], "a")))
		path = path[end+1:]
	}
	sep := "?"
	for _, q := range m.sent["query"] {
		b.WriteString(sep + url.QueryEscape(q.name) + "=" + url.QueryEscape(q.value))
		sep = "&"
	}
	for _, q := range m.sent[string(QueryString)] {
		b.WriteString("?" + strings.ReplaceAll(url.QueryEscape(q.value), "+", "%20"))
	}
	return b.String()
}

// pathValues are the values of the path's parameters. None is empty.
func (m *Message) pathValues() map[string]string {
	out := map[string]string{}
	for _, p := range m.sent["path"] {
		out[p.name] = p.value
	}
	return out
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
func (m *Message) headers() []pair {
	out := slices.Clone(m.sent["header"])
	var cookies []string
	for _, c := range m.sent["cookie"] {
		cookies = append(cookies, c.name+"="+c.value)
	}
	if len(cookies) > 0 {
		out = append(out, pair{"Cookie", strings.Join(cookies, "; ")})
	}
	if m.HasBody && plainText(m.MediaType) {
		out = append(out, pair{"Content-Type", m.MediaType})
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

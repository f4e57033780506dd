package smoke

import (
	"net/http"
	"net/url"
	"strings"
)

// maxCookies bounds the cookies that a flow keeps.
const maxCookies = 200

// jar keeps the cookies of a flow, as Hurl does. A cookie goes to the host that set it, whatever its domain says, below its path.
type jar map[string][]*http.Cookie // by host and port

// keep takes the cookies of an answer.
func (j jar) keep(u *url.URL, headers http.Header, secrets *Secrets) {
	for _, c := range (&http.Response{Header: headers}).Cookies() {
		secrets.Add(c.Value)
		if !strings.HasPrefix(c.Path, "/") {
			c.Path = defaultPath(u.Path)
		}
		kept := j[u.Host][:0:0]
		for _, old := range j[u.Host] {
			if old.Name != c.Name || old.Path != c.Path {
				kept = append(kept, old)
			}
		}
		if c.MaxAge >= 0 && c.Value != "" && len(kept) < maxCookies {
			kept = append(kept, c)
		}
		j[u.Host] = kept
	}
}

// defaultPath is the folder of a path (RFC 6265, 5.1.4).
func defaultPath(p string) string {
	if i := strings.LastIndexByte(p, '/'); i > 0 {
		return p[:i]
	}
	return "/"
}

// of are the pairs to send with a request.
func (j jar) of(u *url.URL) (pairs []string) {
	p := u.Path
	if p == "" {
		p = "/"
	}
	for _, c := range j[u.Host] {
		below := p == c.Path || strings.HasPrefix(p, c.Path) && (strings.HasSuffix(c.Path, "/") || p[len(c.Path)] == '/')
		if below && (!c.Secure || u.Scheme == "https") {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
	}
	return pairs
}

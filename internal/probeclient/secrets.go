package probeclient

import (
	"net/http"
	"net/url"
	"strings"
)

// shortest is the length in bytes from which a credential is hidden: shorter ones occur in texts by chance.
const shortest = 4

// secretHeaders are the headers of a request whose values are credentials.
var secretHeaders = []string{"Authorization", "Cookie", "X-Api-Key", "X-Auth-Token"}

// secrets are the credentials of a request, which a server may repeat in its answer.
func secrets(r *Request, u *url.URL) (all []string) {
	add := func(text string) {
		if len(text) >= shortest {
			all = append(all, text)
		}
	}
	if password, ok := u.User.Password(); ok {
		add(password)
		basic := http.Request{Header: http.Header{}}
		basic.SetBasicAuth(u.User.Username(), password)
		add(strings.TrimPrefix(basic.Header.Get("Authorization"), "Basic "))
	}
	for _, name := range secretHeaders {
		for _, value := range r.Header.Values(name) {
			add(value)
			for _, part := range strings.Fields(value) {
				if !strings.EqualFold(part, "bearer") && !strings.EqualFold(part, "basic") && !strings.EqualFold(part, "digest") {
					add(part)
				}
			}
		}
	}
	return all
}

// redact replaces the credentials of the request in what the answer shows. A body is for its reader to judge.
func redact(a *Answer, hide []string) {
	for _, secret := range hide {
		for i := range a.Headers {
			a.Headers[i].Value = strings.ReplaceAll(a.Headers[i].Value, secret, "***")
		}
		for _, text := range []*string{&a.URL, &a.Location} {
			*text = strings.ReplaceAll(strings.ReplaceAll(*text, secret, "***"), url.PathEscape(secret), "***")
		}
	}
}

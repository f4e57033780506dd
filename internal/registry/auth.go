package registry

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/probeclient"
)

// Credentials are user and password by registry, as docker login writes them.
type Credentials map[string]login

type login struct{ user, password string }

// hubKey is the name of Docker Hub in a configuration of Docker.
const hubKey = "https://index.docker.io/v1/"

// ParseCredentials reads auths of a configuration of Docker (config.json). Helper programs are not run. Its errors do not repeat the file.
func ParseCredentials(data []byte) (Credentials, error) {
	var file struct {
		Auths map[string]struct {
			Auth     string `json:"auth"`
			Username string `json:"username"`
			Password string `json:"password"`
		} `json:"auths"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, errors.New("is not a configuration of Docker")
	}
	all := Credentials{}
	for name, a := range file.Auths {
		l := login{a.Username, a.Password}
		if a.Auth != "" {
			plain, err := base64.StdEncoding.DecodeString(a.Auth)
			user, password, ok := strings.Cut(strings.TrimRight(string(plain), "\x00"), ":")
			if err != nil || !ok {
				return nil, fmt.Errorf("auth of %.80q is not a user and a password in base64", name)
			}
			l = login{user, password}
		}
		if l.user != "" {
			all[hostOf(name)] = l
		}
	}
	return all, nil
}

// hostOf is the registry that a key of auths is about.
func hostOf(key string) string {
	if key == hubKey || key == "index.docker.io" || key == "registry-1.docker.io" {
		return "docker.io"
	}
	key = strings.TrimPrefix(strings.TrimPrefix(key, "https://"), "http://")
	host, _, _ := strings.Cut(key, "/")
	return host
}

// basic is the Authorization header with user and password; empty without.
func (c *Client) basic(registry string) string {
	l, ok := c.Credentials[registry]
	if !ok {
		return ""
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(l.user+":"+l.password))
}

// authorize answers the challenge of a registry. Its errors repeat neither credentials nor tokens.
func (c *Client) authorize(ctx context.Context, r Repository, challenges []string) error {
	if c.tokens == nil {
		c.tokens = map[string]string{}
	}
	for _, text := range challenges {
		scheme, parameters := challenge(text)
		switch scheme {
		case "bearer":
			token, err := c.token(ctx, r, parameters)
			if err != nil {
				return err
			}
			c.tokens[r.String()] = "Bearer " + token
			return nil
		case "basic":
			header := c.basic(r.Registry)
			if header == "" {
				return errors.New("the registry requires a user and a password: docker login writes them")
			}
			c.tokens[r.String()] = header
			return nil
		}
	}
	return errors.New("the registry requires a kind of authentication that is not supported")
}

// safeRealm reports whether credentials may be sent to an address for tokens: over https, or from loopback to loopback.
func safeRealm(realm *url.URL, registry string) bool {
	if realm.Host == "" || realm.User != nil {
		return false
	}
	return realm.Scheme == "https" || realm.Scheme == "http" && loopback(realm.Host) && loopback(registry)
}

// token fetches a token for reading one repository.
func (c *Client) token(ctx context.Context, r Repository, parameters map[string]string) (string, error) {
	realm, err := url.Parse(parameters["realm"])
	if err != nil || !safeRealm(realm, r.Registry) {
		return "", errors.New("the registry names no safe address for tokens")
	}
	query := realm.Query()
	if service := parameters["service"]; service != "" {
		query.Set("service", service)
	}
	query.Set("scope", "repository:"+r.Path+":pull")
	realm.RawQuery = query.Encode()
	answer, err := c.do(ctx, realm.String(), map[string]string{"Authorization": c.basic(r.Registry)})
	if err != nil {
		return "", fmt.Errorf("token: %w", probeclient.Cause(err))
	}
	if answer.StatusCode != http.StatusOK {
		drain(answer)
		return "", fmt.Errorf("token: the answer has the status %d", answer.StatusCode)
	}
	data, err := readAll(answer, maxToken)
	if err != nil {
		return "", fmt.Errorf("token: %w", probeclient.Cause(err))
	}
	var body struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(data, &body) != nil || body.Token == "" && body.AccessToken == "" {
		return "", errors.New("token: the answer has none")
	}
	if body.Token == "" {
		body.Token = body.AccessToken
	}
	if strings.ContainsFunc(body.Token, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
		return "", errors.New("token: the answer has one that cannot be sent")
	}
	return body.Token, nil
}

// challenge reads a WWW-Authenticate header: its scheme in lower case, and its parameters.
func challenge(text string) (scheme string, parameters map[string]string) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	parameters = map[string]string{}
	for rest = strings.TrimLeft(rest, " ,"); rest != ""; rest = strings.TrimLeft(rest, " ,") {
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			break
		}
		var value string
		if value, rest = parameter(after); len(parameters) < 20 {
			parameters[strings.ToLower(strings.TrimSpace(name))] = value
		}
	}
	return strings.ToLower(scheme), parameters
}

// parameter is a value of a header, quoted or not, and what follows it.
func parameter(text string) (value, rest string) {
	if !strings.HasPrefix(text, `"`) {
		i := strings.IndexAny(text, ", ")
		if i < 0 {
			return text, ""
		}
		return text[:i], text[i:]
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), text[i+1:]
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), ""
}

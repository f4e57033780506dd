package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"time"
)

// The rules for reading URLs: a time for the whole answer, and a few redirects that stay on https.
const (
	urlTimeout   = 60 * time.Second
	maxRedirects = 5
)

func (r Reader) readURL(ctx context.Context, source string, opt Options) (*Input, error) {
	u, err := url.Parse(source)
	if err != nil {
		return nil, sourceError("", "the URL of the contract cannot be read", "", nil) // it may hold a secret
	}
	name := u.Scheme + "://" + u.Host + u.EscapedPath() // user and query may hold secrets
	data, err := r.get(ctx, name, u, opt)
	if err != nil {
		return nil, err
	}
	return &Input{Name: name, Data: data, opt: opt}, nil
}

// fetch reads the URLs of remote references.
func (r Reader) fetch(opt Options) func(context.Context, string) ([]byte, error) {
	return func(ctx context.Context, address string) ([]byte, error) {
		u, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		data, err := r.get(ctx, address, u, opt)
		if bad := (*Error)(nil); err != nil && !errors.As(err, &bad) {
			err = outside{err}
		}
		return data, err
	}
}

func (r Reader) get(ctx context.Context, name string, u *url.URL, opt Options) ([]byte, error) {
	if u.Scheme != "https" {
		return nil, sourceError(name, fmt.Sprintf("contracts are not read over %s", u.Scheme), "use https", nil)
	}
	if r.HTTP == nil {
		return nil, sourceError(name, "URLs cannot be read here", "", nil)
	}
	client := *r.HTTP(opt.AllowPrivate)
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		switch {
		case next.URL.Scheme != "https":
			return &Error{Msg: "redirected away from https", Hint: "use the https address that it redirects to"}
		case len(via) > maxRedirects:
			return errors.New("too many redirects")
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, urlTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, sourceError(name, "cannot be requested", "", nil)
	}
	request.Header.Set("Accept", "application/vnd.oai.openapi+json, application/json, application/yaml, text/yaml;q=0.9, */*;q=0.5")
	answer, err := client.Do(request)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // its text holds the whole URL
		}
		var refused *Error
		if errors.As(err, &refused) {
			return nil, sourceError(name, refused.Msg, refused.Hint, refused.Err)
		}
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	switch answer.StatusCode {
	case http.StatusOK:
		data, err := readAll(name, answer.Body, int(min(answer.ContentLength, int64(opt.maxBytes()))), opt)
		var tooLarge *Error
		if err != nil && !errors.As(err, &tooLarge) {
			err = fmt.Errorf("read %s: %w", name, err)
		}
		return data, err
	case http.StatusNotFound, http.StatusGone:
		return nil, sourceError(name, "the server answers "+answer.Status, "", fs.ErrNotExist)
	}
	return nil, fmt.Errorf("read %s: the server answers %s", name, answer.Status)
}

// Package webfiles reads files of a published site: the content of some, the digest of the others. The server is not trusted: number and
// size of the files, all bytes together and the requests at a time are bounded, and no redirect to another host is followed.
package webfiles

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// Bounds. GitHub takes no larger file, and serves no larger site.
const (
	maxKept   = 4 << 20 // bytes of a file whose content is kept
	maxFile   = 100 << 20
	maxTotal  = 1 << 30 // of all answers
	maxFiles  = 10_000
	parallel  = 4
	redirects = 3
)

// Error is why a file could not be read.
type Error struct {
	URL   string // without credentials
	Why   string
	Later bool  // another try may succeed
	Moved bool  // the server sends whoever asks to another site
	Err   error // of the exchange, if there was no answer
}

func (e *Error) Error() string { return e.URL + ": " + e.Why }
func (e *Error) Unwrap() error { return e.Err }

// Site reads the files below an address. What was read as it is listed is not read again.
type Site struct {
	client *probeclient.Client
	base   *url.URL
	total  atomic.Int64
	have   map[string]report.Checksum
}

// New is the site at an address of the form https://HOST/PATH/.
func New(address string, o probeclient.Options) (*Site, error) {
	u, err := probeclient.Parse(address)
	if err == nil && (u.RawQuery != "" || u.Fragment != "") {
		err = errors.New("the address of a site has no query and no fragment")
	}
	if err != nil {
		return nil, err
	}
	if u.Scheme == "http" && o.Public {
		return nil, errors.New("the address is not of the form https://HOST/PATH")
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path, u.RawPath = u.Path+"/", ""
	}
	return &Site{client: probeclient.New(o), base: u, have: map[string]report.Checksum{}}, nil
}

// At is the address of a file, as messages name it.
func (s *Site) At(name string) string { return probeclient.Public(s.address(name)) }

func (s *Site) address(name string) *url.URL {
	u := *s.base
	u.Path, u.RawPath = u.Path+name, ""
	return &u
}

// Content reads files; those that are absent are left out. Its error is an *Error.
func (s *Site) Content(ctx context.Context, names []string) (map[string][]byte, error) {
	all := make([]*received, len(names))
	for i, name := range names {
		all[i] = &received{name: name, keep: true}
	}
	err := s.read(ctx, all)
	content := map[string][]byte{}
	for _, f := range all {
		if f.there {
			content[f.name] = f.data
		}
	}
	return content, err
}

// Sums are the digests of the listed files, each as the server has it; those that are absent are left out. Content that was read is not read
// again, and of an empty file the list says all, so that a server may hide one. Its error is an *Error.
func (s *Site) Sums(ctx context.Context, listed map[string]report.Checksum, content map[string][]byte) (map[string]report.Checksum, error) {
	if len(listed) > maxFiles {
		return nil, &Error{URL: s.At(""), Why: fmt.Sprintf("%d files are listed, more than %d", len(listed), maxFiles)}
	}
	sums := map[string]report.Checksum{}
	var all []*received
	for name, want := range listed {
		data, read := content[name]
		switch {
		case read || want.Size == 0:
			sums[name] = report.Checksum{Path: name, SHA256: fmt.Sprintf("%x", sha256.Sum256(data)), Size: int64(len(data))}
		case s.have[name] == want:
			sums[name] = want
		default:
			all = append(all, &received{name: name})
		}
	}
	err := s.read(ctx, all)
	for _, f := range all {
		if f.there {
			sums[f.name] = report.Checksum{Path: f.name, SHA256: fmt.Sprintf("%x", f.hash.Sum(nil)), Size: f.size}
			s.have[f.name] = sums[f.name]
		}
	}
	return sums, err
}

// received is a file in the making.
type received struct {
	name  string
	keep  bool // the content
	data  []byte
	hash  hash.Hash
	size  int64
	there bool
}

func (f *received) Write(b []byte) (int, error) {
	f.size += int64(len(b))
	if f.keep {
		f.data = append(f.data, b...)
		return len(b), nil
	}
	return f.hash.Write(b)
}

// read reads files, some at a time. The first error ends the others.
func (s *Site) read(ctx context.Context, all []*received) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan *received)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for f := range next {
				if ctx.Err() != nil {
					continue
				}
				f.hash = sha256.New()
				if err := s.get(ctx, f); err != nil && ctx.Err() == nil {
					cancel(err)
				}
			}
		})
	}
	for _, f := range all {
		next <- f
	}
	close(next)
	workers.Wait()
	var e *Error
	err := context.Cause(ctx)
	if err == nil || errors.As(err, &e) {
		return err
	}
	return &Error{URL: s.At(""), Why: "no complete answer in time", Later: true}
}

// noCache asks caches on the way for what the server has now. They need not obey.
var noCache = http.Header{"Cache-Control": {"no-cache"}}

// get reads one file. An absent one is no error.
func (s *Site) get(ctx context.Context, f *received) error {
	most := int64(maxFile)
	if f.keep {
		most = maxKept
	}
	most = min(most, maxTotal-s.total.Load())
	a, err := s.client.Do(ctx, probeclient.Request{URL: s.address(f.name).String(), Header: noCache, Redirects: redirects, MaxBody: int(most), To: f})
	s.total.Add(f.size)
	e := &Error{URL: s.At(f.name)}
	switch {
	case err != nil:
		var failed *probeclient.Error
		e.Err, e.Why = err, err.Error()
		if errors.As(err, &failed) {
			e.Why, e.Later = failed.Err.Error(), failed.Absent || failed.Slow
		}
	case a.Cut:
		e.Why = fmt.Sprintf("more than %d bytes are sent", most)
	case a.Status == http.StatusOK:
		f.there = true
		return nil
	case a.Status == http.StatusNotFound || a.Status == http.StatusGone:
		return nil
	case a.Location != "":
		e.Why, e.Moved = "the server redirects to "+sanitize.Cut(a.Location, 300), true
	default:
		e.Why, e.Later = fmt.Sprintf("the answer has the status %d", a.Status), a.Status >= 500 || a.Status == http.StatusTooManyRequests
	}
	return e
}

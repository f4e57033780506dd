package resources

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/sorting"
)

// Bounds of the answers of the Docker Engine API.
const (
	maxContainers = 1_000
	maxList       = 4 << 20
	maxStats      = 1 << 20
	atOnce        = 8 // the API takes a second or two for each container, since it measures twice
)

// Docker is the Docker Engine API behind a client that connects to its socket.
type Docker struct{ HTTP *http.Client }

// errGone is a container that ended between the list and its stats.
var errGone = errors.New("the container no longer exists")

// Snapshot measures the running containers whose names match one of the globs; all without globs.
func (d *Docker) Snapshot(ctx context.Context, globs []string) ([]Sample, error) {
	containers, err := d.list(ctx, globs)
	if err != nil {
		return nil, err
	}
	samples := make([]*Sample, len(containers))
	errs := make([]error, len(containers))
	var wait sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, c := range containers {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			samples[i], errs[i] = d.stats(ctx, c)
		})
	}
	wait.Wait()
	var out []Sample
	for _, s := range samples {
		if s != nil {
			out = append(out, *s)
		}
	}
	return out, first(errs)
}

// first is the first error, with the number of the others.
func first(errs []error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	return fmt.Errorf("%w (%d further containers failed, too)", errs[0], len(errs)-1)
}

// container is one row of the list of running containers.
type container struct {
	ID    string   `json:"Id"`
	Names []string `json:"Names"`
}

func (c *container) name() string {
	if len(c.Names) == 0 {
		return c.ID
	}
	return strings.TrimPrefix(c.Names[0], "/")
}

func (d *Docker) list(ctx context.Context, globs []string) ([]*container, error) {
	data, err := d.get(ctx, "/containers/json", maxList)
	if err != nil {
		return nil, err
	}
	var all []*container
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("the list of containers cannot be read: %w", err)
	}
	all = slices.DeleteFunc(all, func(c *container) bool { return c == nil || !Matches(globs, c.name()) })
	if len(all) > maxContainers {
		return nil, fmt.Errorf("more than %d containers are running", maxContainers)
	}
	sorting.Stable(all, func(a, b *container) int { return strings.Compare(a.name(), b.name()) })
	return all, nil
}

// Matches reports whether a name matches one of the globs; it does where there are none.
func Matches(globs []string, name string) bool {
	return len(globs) == 0 || slices.ContainsFunc(globs, func(glob string) bool {
		ok, err := path.Match(glob, name)
		return err == nil && ok
	})
}

func (d *Docker) stats(ctx context.Context, c *container) (*Sample, error) {
	data, err := d.get(ctx, "/containers/"+url.PathEscape(c.ID)+"/stats?stream=false", maxStats)
	if errors.Is(err, errGone) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", c.name(), err)
	}
	s, err := ParseStats(data, c.name())
	if err != nil {
		return nil, fmt.Errorf("%q: %w", c.name(), err)
	}
	return &s, nil
}

func (d *Docker) get(ctx context.Context, target string, limit int64) (data []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://docker"+target, nil) // the client connects to the socket, whatever the host
	if err != nil {
		return nil, err
	}
	answer, err := d.HTTP.Do(req)
	if err != nil {
		return nil, probeclient.Cause(err)
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusConflict:
		return nil, errGone
	default:
		return nil, fmt.Errorf("the answer has the status %d", answer.StatusCode)
	}
	data, err = io.ReadAll(io.LimitReader(answer.Body, limit+1))
	switch {
	case err != nil:
		return nil, probeclient.Cause(err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("the answer is larger than %d bytes", limit)
	}
	return data, nil
}

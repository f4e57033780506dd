package cli

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// answer is a server that gives every request the same answer.
type answer struct {
	status int
	body   string
}

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

// TestDoctorAsksWhatTheTokenMayDo: what GitHub answers becomes a line with the permission to give; the token is never printed.
func TestDoctorAsksWhatTheTokenMayDo(t *testing.T) {
	for _, c := range []struct {
		name string
		from answer
		args []string
		want string
	}{
		{"may push", answer{200, `{"permissions": {"push": true}}`}, nil, "ok     github         the token may push to o/r"},
		{"may read", answer{200, `{"permissions": {"pull": true}}`}, nil, "warn   github         the token cannot push: a run can measure and comment, but not publish"},
		{"archived", answer{200, `{"archived": true, "permissions": {"push": true}}`}, nil, "error  github         the repository is archived"},
		{"not valid", answer{401, `{"message": "Bad credentials"}`}, nil, "error  github         GITHUB_TOKEN: looking up o/r: the GitHub token is not valid"},
		{"not asked", answer{500, ``}, []string{"--offline"}, "ok     github         GITHUB_TOKEN is set; GitHub is not contacted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var stdout, stderr bytes.Buffer
			env := World()
			env.Stdout, env.Stderr = &stdout, &stderr
			env.Getenv = func(name string) string {
				return map[string]string{"GITHUB_TOKEN": "t0ps3cret", "GITHUB_REPOSITORY": "o/r"}[name]
			}
			env.HTTP = func() *http.Client { return &http.Client{Transport: c.from} }
			Main(env, append([]string{"doctor"}, c.args...))
			if !strings.Contains(stdout.String(), c.want) || strings.Contains(stdout.String()+stderr.String(), "t0ps3cret") {
				t.Errorf("no %q in\n%s%s", c.want, &stdout, &stderr)
			}
		})
	}
}

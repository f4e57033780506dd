package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Beside a Prometheus that docker compose has started nothing has to be set, and what is asked is said.
func TestWhichPrometheusIsAsked(t *testing.T) {
	for _, c := range []struct {
		name, flag, variable, want string
		said                       bool
	}{
		{"nothing is given", "", "", "http://localhost:9090", true},
		{"the variable", "", "http://prom:9091", "http://prom:9091", false},
		{"the flag wins", "https://other/sub", "http://prom:9091", "https://other/sub", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said strings.Builder
			env := &Env{Stderr: &said, HTTP: func() *http.Client { return &http.Client{} }, Getenv: func(name string) string {
				return map[string]string{"PROMETHEUS_URL": c.variable}[name]
			}}
			o, err := (&app{Env: env}).liveOptions(&liveFlags{prometheus: c.flag, answer: time.Second})
			if err != nil || o.Base.String() != c.want || strings.Contains(said.String(), "asking "+c.want) != c.said {
				t.Errorf("%v, %v; said %q", o.Base, err, said.String())
			}
		})
	}
}

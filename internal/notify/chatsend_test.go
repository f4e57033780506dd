package notify

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestPost(t *testing.T) {
	for _, c := range []struct {
		name     string
		statuses []int
		want     string
		tries    int
	}{
		{"taken at once", []int{200}, "", 1},
		{"taken after a try that was worth another", []int{503, 429, 200}, "", 3},
		{"refused for good", []int{404, 200}, "404", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			tries := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil || string(body) != `{"text":"x"}` || r.Header.Get("X-Governance-Event") != "" || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
					t.Errorf("%s %v %v", body, r.Header, err)
				}
				w.WriteHeader(c.statuses[tries])
				tries++
			}))
			defer server.Close()
			now := time.Unix(0, 0)
			s, err := NewSender(Endpoint{URL: server.URL + "/secret", AllowPrivate: true, Timeout: 5 * time.Second}, Clock{
				Now: func() time.Time { return now }, Jitter: func() float64 { return 0 },
				Sleep: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.within = unhurried
			err = s.Post(t.Context(), []byte(`{"text":"x"}`), time.Minute)
			if tries != c.tries || (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret")) {
				t.Errorf("%d tries, %v", tries, err)
			}
		})
	}
}

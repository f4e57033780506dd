package gitrepo_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTagDates(t *testing.T) {
	r := newRepo(t)
	r.commit("one")
	r.git("tag", "v1.0.0")
	r.day(3)
	r.git("tag", "-a", "-m", "an annotated tag has a date of its own", "users/v1.1.0")
	r.day(5)
	r.git("tag", "tree", "HEAD^{tree}")
	got, err := r.open().TagDates(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]time.Time{"v1.0.0": day0, "users/v1.1.0": day0.AddDate(0, 0, 3)}, got); diff != "" {
		t.Error(diff)
	}
}

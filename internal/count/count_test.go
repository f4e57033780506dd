package count_test

import (
	"testing"

	"github.com/romel/govctl/internal/count"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		n          int
		noun, want string
	}{
		{0, "file", "0 files"}, {1, "file", "1 file"}, {2, "recording rule", "2 recording rules"}, {-1, "day", "-1 days"},
		{1, "entry", "1 entry"}, {3, "entry", "3 entries"}, {2, "day", "2 days"}, {2, "key", "2 keys"},
		{2, "branch", "2 branches"}, {2, "index", "2 indexes"}, {2, "pass", "2 passes"}, {2, "y", "2 ys"},
	} {
		if got := count.Of(c.n, c.noun); got != c.want {
			t.Errorf("%d %s: %q, want %q", c.n, c.noun, got, c.want)
		}
	}
}

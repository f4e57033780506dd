package evidence

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/romel/govctl/internal/jointest"
)

// TestFiguresJoinTheSameEveryWay: figures of few kinds, names and times, some torn.
func TestFiguresJoinTheSameEveryWay(t *testing.T) {
	figures := func(r *rand.Rand) (all [][]byte) {
		for range 60 {
			line := fmt.Sprintf(`{"timestamp":"2026-01-0%dT00:00:00Z","sha":"a","run_id":"%d","kind":"smoke","figure":"f%d","value":%d}`,
				1+r.IntN(3), r.IntN(3), r.IntN(2), r.IntN(2))
			if r.IntN(10) == 0 {
				line = line[:r.IntN(len(line))]
			}
			all = append(all, []byte(line+"\n"))
		}
		return all
	}
	jointest.Check(t, figures, func(a, b []byte) []byte {
		out, err := MergeFigures(a, b)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}, func(history []byte) string { return string(history) })
}

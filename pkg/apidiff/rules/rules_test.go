package rules

import (
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

func TestRuleRows(t *testing.T) {
	ids, keys := map[string]bool{}, map[key]string{}
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for _, r := range All() {
		if !kebab.MatchString(r.ID) {
			t.Errorf("%s: the id is not in kebab case", r.ID)
		}
		if ids[r.ID] {
			t.Errorf("%s: the id stands twice", r.ID)
		}
		if other := keys[r.key()]; other != "" {
			t.Errorf("%s claims the same delta as %s", r.ID, other)
		}
		ids[r.ID], keys[r.key()] = true, r.ID
		if len(r.Why) < 20 || !strings.HasSuffix(r.Why, ".") {
			t.Errorf("%s: no reason: %q", r.ID, r.Why)
		}
		if !strings.Contains(r.Say, "{what}") {
			t.Errorf("%s: the message does not say what: %q", r.ID, r.Say)
		}
		if r.Migration == "" || r.Category == "" || r.Level == "" || r.Since == "" {
			t.Errorf("%s: a field is empty", r.ID)
		}
	}
}

// effectWhy ends the reason of a row whose level follows from its effect.
func effectWhy(e Effect, side Side) string {
	switch {
	case e == Neutral:
		return saysNothing
	case e == Shifts && side == Request:
		return othersAccepted
	case e == Shifts:
		return othersReceived
	case e == Narrows && side == Request:
		return fewerAccepted
	case e == Widens && side == Request:
		return allAccepted
	case e == Narrows:
		return promiseKept
	default:
		return promiseWeakened
	}
}

// A row that gives the reason of an effect has that effect, and the level that follows from it:
// another level is a policy and needs a reason of its own.
func TestLevelsFollowEffects(t *testing.T) {
	for _, r := range All() {
		for _, e := range []Effect{Neutral, Narrows, Widens, Shifts} {
			if r.Side == None || !strings.HasSuffix(r.Why, effectWhy(e, r.Side)) {
				continue
			}
			level := report.Info
			if e.Breaks(r.Side) {
				level = report.Error
			}
			if r.Effect != e || r.Level != level {
				t.Errorf("%s is %s, and its reason is that of effect %d on the %s", r.ID, r.Level, e, r.Side)
			}
		}
	}
}

// The two rows of a difference, one for each side, have one effect.
func TestPairsOfRowsAgree(t *testing.T) {
	byKey := map[key]Rule{}
	for _, r := range All() {
		byKey[r.key()] = r
	}
	for _, r := range All() {
		k := r.key()
		if k.side != Request {
			continue
		}
		k.side = Response
		if twin, ok := byKey[k]; ok && (twin.Effect != r.Effect || twin.Say != r.Say) {
			t.Errorf("%s and %s claim one difference and disagree about it", r.ID, twin.ID)
		}
	}
}

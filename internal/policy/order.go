package policy

import (
	"fmt"
	"slices"
	"time"
)

// Direction says how a value relates to the one before.
type Direction int

// The directions. Other is a change that cannot be ordered: another baseline is neither stricter nor weaker.
const (
	Same Direction = iota
	Stricter
	Looser
	Other
)

// Order compares the value of a key before and after a change.
type Order func(from, to any) Direction

// ranks orders the values of an enumeration, weakest first. An unknown value cannot be ordered.
func ranks(values ...string) Order {
	return func(from, to any) Direction {
		a, _ := from.(string)
		b, _ := to.(string)
		i, j := slices.Index(values, a), slices.Index(values, b)
		switch {
		case a == b:
			return Same
		case i < 0 || j < 0:
			return Other
		case i < j:
			return Stricter
		}
		return Looser
	}
}

// gates orders the gates. semver and breaking check different things: breaking lets no break pass but does not look at the version.
func gates(from, to any) Direction {
	if from == "semver" && to == "breaking" {
		return Other
	}
	return ranks("none", "semver", "breaking")(from, to)
}

// higher: a greater number is stricter.
func higher(from, to any) Direction {
	switch a, b := number(from), number(to); {
	case a == b:
		return Same
	case a < b:
		return Stricter
	}
	return Looser
}

// lower: a smaller number is stricter.
func lower(from, to any) Direction { return higher(to, from) }

// lowerOrOff: a smaller number is stricter, and 0 switches the check off.
func lowerOrOff(from, to any) Direction {
	switch a, b := number(from), number(to); {
	case a == b:
		return Same
	case b == 0:
		return Looser
	case a == 0:
		return Stricter
	}
	return lower(from, to)
}

// shorter: a shorter time is stricter.
func shorter(from, to any) Direction {
	a, errA := time.ParseDuration(fmt.Sprint(from))
	b, errB := time.ParseDuration(fmt.Sprint(to))
	if errA != nil || errB != nil {
		return unordered(from, to)
	}
	return higher(-a.Seconds(), -b.Seconds())
}

// shorterOrOff: a shorter time is stricter, and 0 switches the check off.
func shorterOrOff(from, to any) Direction {
	off := func(v any) bool {
		d, err := time.ParseDuration(fmt.Sprint(v))
		return err == nil && d == 0
	}
	switch a, b := off(from), off(to); {
	case a && b:
		return Same
	case b:
		return Looser
	case a:
		return Stricter
	}
	return shorter(from, to)
}

// onIsStricter: the key switches a check on.
func onIsStricter(from, to any) Direction {
	switch a, b := from == true, to == true; {
	case a == b:
		return Same
	case b:
		return Stricter
	}
	return Looser
}

// onIsWeaker: the key lets something pass.
func onIsWeaker(from, to any) Direction { return onIsStricter(to, from) }

// moreIsStricter: each item of the list is checked.
func moreIsStricter(from, to any) Direction {
	a, b := list(from), list(to)
	switch lost, gained := lacks(b, a), lacks(a, b); {
	case !lost && !gained:
		return Same
	case !lost:
		return Stricter
	case !gained:
		return Looser
	}
	return Other
}

// moreIsWeaker: each item of the list is allowed.
func moreIsWeaker(from, to any) Direction { return moreIsStricter(to, from) }

// lacks reports that an item of the wanted ones is not in a list.
func lacks(list, wanted map[string]bool) bool {
	for item := range wanted {
		if !list[item] {
			return true
		}
	}
	return false
}

// unordered: every other value is another policy.
func unordered(from, to any) Direction {
	if empty(from) && empty(to) || encode(from) == encode(to) {
		return Same
	}
	return Other
}

// firstIsStricter: setting the key for the first time begins a check; every later change is another policy.
func firstIsStricter(from, to any) Direction {
	d := unordered(from, to)
	if d == Other && empty(from) {
		return Stricter
	}
	return d
}

// lastIsStricter: taking the key out ends what it let in; every other change is another policy.
func lastIsStricter(from, to any) Direction { return firstIsStricter(to, from) }

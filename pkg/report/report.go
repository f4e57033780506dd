// Package report defines the types of every file that govctl writes. It has no behaviour, so that
// packages that measure and packages that render depend on it and not on each other.
//
// Existing readers depend on field names: a name is never changed, only new ones are added. Every
// type has a JSON Schema in schemas/, and a test compares the two. Times are RFC 3339 in UTC with
// seconds; lists are sorted by a stated key and never null.
package report

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Time is an instant, written as RFC 3339 in UTC with second precision ("2025-09-17T10:23:45Z").
type Time struct{ time.Time }

// At is t cut to the second, in UTC.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Second)} }

// MarshalText writes the RFC 3339 form; the zero time is the empty string.
func (t Time) MarshalText() ([]byte, error) {
	if t.IsZero() {
		return []byte{}, nil
	}
	return t.UTC().AppendFormat(nil, time.RFC3339), nil
}

// UnmarshalText reads any RFC 3339 time, with or without fractions of a second; empty is the zero time.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = Time{}
		return nil
	}
	v, err := time.Parse(time.RFC3339, string(b))
	if err != nil {
		return err
	}
	*t = At(v)
	return nil
}

// MaybeTime is a Time that may be unknown: that is an empty text, where a Time has the year 1.
type MaybeTime struct{ Time }

// MarshalJSON writes the text.
func (t MaybeTime) MarshalJSON() ([]byte, error) {
	text, err := t.MarshalText()
	return append(append([]byte{'"'}, text...), '"'), err
}

// UnmarshalJSON reads what MarshalJSON writes; null leaves the time as it is.
func (t *MaybeTime) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	text, ok := bytes.CutPrefix(b, []byte{'"'})
	text, closed := bytes.CutSuffix(text, []byte{'"'})
	if !ok || !closed {
		return fmt.Errorf("%s is not a time", b)
	}
	return t.UnmarshalText(text)
}

// Ratio is a share between 0 and 1, written with at most four decimals.
type Ratio float64

// MarshalJSON rounds half away from zero to four decimals.
func (r Ratio) MarshalJSON() ([]byte, error) { return appendRounded(float64(r), 1e4), nil }

// Rounded is the value that readers of the file see.
func (r Ratio) Rounded() float64 { return math.Round(float64(r)*1e4) / 1e4 }

// Percent is a share between 0 and 100 or a mean score, written with at most two decimals.
type Percent float64

// MarshalJSON rounds half away from zero to two decimals.
func (p Percent) MarshalJSON() ([]byte, error) { return appendRounded(float64(p), 1e2), nil }

// Rounded is the value that readers of the file see.
func (p Percent) Rounded() float64 { return math.Round(float64(p)*1e2) / 1e2 }

func appendRounded(v, unit float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	return strconv.AppendFloat(nil, math.Round(v*unit)/unit, 'f', -1, 64)
}

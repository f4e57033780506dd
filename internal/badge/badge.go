// Package badge makes the badges of a run: answers to Shields' endpoint badge, with colours from tables.
package badge

import "github.com/romel/govctl/pkg/report"

// The colours of a badge, by their Shields names.
const (
	BrightGreen = "brightgreen"
	Green       = "green"
	YellowGreen = "yellowgreen"
	Yellow      = "yellow"
	Orange      = "orange"
	Red         = "red"
	Blue        = "blue"
	LightGrey   = "lightgrey"
)

// cacheSeconds is how long Shields may keep a badge; 300 is the least that it accepts.
const cacheSeconds = 300

// New returns a badge. An empty message becomes "none", because Shields shows an error for it.
func New(label, message, color string) report.Badge {
	if message == "" {
		message = "none"
	}
	return report.Badge{SchemaVersion: 1, Label: label, Message: message, Color: color, CacheSeconds: cacheSeconds}
}

// Op compares a value with the limit of a row.
type Op string

// The comparisons of a scale.
const (
	AtLeast Op = ">="
	AtMost  Op = "<="
	Below   Op = "<"
)

// Row gives a colour to the values that compare so with Limit.
type Row struct {
	Op    Op
	Limit float64
	Color string
}

// Scale is a colour scale. The first row that holds gives the colour, Else when none does.
//
// A scale is applied to the value that readers of the JSON see, so round before: report.Ratio and report.Percent have
// Rounded for that.
type Scale struct {
	Rows []Row
	Else string
}

// Color returns the colour of a value. What is not a number has the colour of Else.
func (s Scale) Color(value float64) string {
	for _, r := range s.Rows {
		if r.holds(value) {
			return r.Color
		}
	}
	return s.Else
}

func (r Row) holds(value float64) bool {
	switch r.Op {
	case AtLeast:
		return value >= r.Limit
	case AtMost:
		return value <= r.Limit
	case Below:
		return value < r.Limit
	}
	return false
}

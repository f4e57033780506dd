package benchtrend

import "strings"

// higherUnits are the units, or their endings, that are better when they are higher. All others, such as times, are better when lower.
var higherUnits = []struct {
	unit   string
	ending bool
}{
	{"/s", true}, {"/sec", true}, {"/second", true}, // rates, such as MB/s
	{"rps", false}, {"qps", false}, {"tps", false}, {"fps", false}, {"iops", false},
	{speedupUnit, false},
}

func betterOf(unit string) Better {
	unit = strings.ToLower(strings.TrimSpace(unit))
	for _, row := range higherUnits {
		if unit == row.unit || row.ending && strings.HasSuffix(unit, row.unit) {
			return Higher
		}
	}
	return Lower
}

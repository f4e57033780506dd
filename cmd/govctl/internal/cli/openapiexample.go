package cli

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/testdata/change"
)

// showExample prints the test case of a rule, near-misses included, as the lines that differ.
func (a *app) showExample(id string) error {
	old, err := change.Files.ReadFile(id + "/old.yaml")
	if err != nil {
		return err
	}
	new, err := change.Files.ReadFile(id + "/new.yaml")
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "\nexample (what else differs in it is harmless)\n\n")
	a.printChanged(old, new)
	return nil
}

// printChanged prints the lines of two texts that differ, with a few around them.
func (a *app) printChanged(old, new []byte) {
	lines := func(text []byte) []string { return strings.Split(strings.TrimRight(string(text), "\n"), "\n") }
	for _, line := range changedLines(lines(old), lines(new)) {
		fmt.Fprintln(a.Stdout, "  "+line)
	}
}

// changedLines are the lines of both texts with "- " and "+ " before those of one, and few of those that they share.
func changedLines(a, b []string) []string {
	const around = 4 // shared lines that are kept on each side of a change
	all := aligned(a, b)
	near := make([]bool, len(all))
	for i, line := range all {
		for k := max(0, i-around); line[0] != ' ' && k <= min(len(all)-1, i+around); k++ {
			near[k] = true
		}
	}
	var out []string
	for i, line := range all {
		switch {
		case near[i]:
			out = append(out, strings.TrimRight(line, " "))
		case i > 0 && near[i-1]:
			out = append(out, "  ...")
		}
	}
	return out
}

// aligned puts the lines of two short texts in one order, by their longest common subsequence.
func aligned(a, b []string) []string {
	common := make([][]int, len(a)+1) // common[i][k]: of a[i:] and b[k:]
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for k := len(b) - 1; k >= 0; k-- {
			if common[i][k] = max(common[i+1][k], common[i][k+1]); a[i] == b[k] {
				common[i][k] = common[i+1][k+1] + 1
			}
		}
	}
	var out []string
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		switch {
		case i < len(a) && k < len(b) && a[i] == b[k]:
			out = append(out, "  "+a[i])
			i, k = i+1, k+1
		case k == len(b) || i < len(a) && common[i+1][k] >= common[i][k+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[k])
			k++
		}
	}
	return out
}

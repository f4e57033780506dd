package benchtrend

import (
	"math"
	"slices"
)

// Sizes of both samples up to which the distribution of U is counted, not approximated.
const (
	exactLimit     = 50
	exactTiedLimit = 20 // with ties, for which counting costs more
)

// mannWhitney is the two-sided p-value of the Mann-Whitney U test: how probable a difference of ranks as large as that of x and y is where both
// come from one distribution. It is 1 where there is nothing to rank.
//
// For small samples the distribution is counted; otherwise it is the normal approximation with the
// corrections for ties and for continuity (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 4.1).
func mannWhitney(x, y []float64) float64 {
	if len(x) == 0 || len(y) == 0 {
		return 1
	}
	u, groups, ties := rankSum(x, y)
	m, n := float64(len(x)), float64(len(y))
	tied := ties > 0
	switch {
	case !tied && len(x) <= exactLimit && len(y) <= exactLimit:
		return exactP(u, len(x), len(y))
	case tied && len(x) <= exactTiedLimit && len(y) <= exactTiedLimit:
		return exactTiedP(u, groups, len(x), len(y))
	}
	all := m + n
	variance := m * n / 12 * (all + 1 - ties/(all*(all-1)))
	if variance <= 0 { // all values are equal
		return 1
	}
	z := max(math.Abs(u-m*n/2)-0.5, 0) / math.Sqrt(variance)
	return min(math.Erfc(z/math.Sqrt2), 1)
}

// rankSum is U of x, the sizes of the groups of equal values, and the sum of t³-t over these sizes t.
func rankSum(x, y []float64) (u float64, groups []int, ties float64) {
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	ranks, rank := 0.0, 0.0
	for i, j := 0, 0; i < len(x) || j < len(y); {
		v := math.Inf(1)
		if i < len(x) {
			v = x[i]
		}
		if j < len(y) {
			v = min(v, y[j])
		}
		inX, inY := run(x[i:], v), run(y[j:], v)
		t := float64(inX + inY)
		ranks += float64(inX) * (rank + (t+1)/2) // the mean rank of the group
		rank += t
		ties += t*t*t - t
		groups = append(groups, inX+inY)
		i, j = i+inX, j+inY
	}
	m := float64(len(x))
	return ranks - m*(m+1)/2, groups, ties
}

// run is how many values at the beginning are v.
func run(values []float64, v float64) (n int) {
	for n < len(values) && values[n] == v {
		n++
	}
	return n
}

// exactP counts the orders of m and n values whose U is at least as far from its mean as u.
func exactP(u float64, m, n int) float64 {
	low := int(min(u, float64(m*n)-u))
	counts := uCounts(m, n)
	below, total := 0.0, 0.0
	for i, c := range counts {
		if total += c; i <= low {
			below += c
		}
	}
	return min(2*below/total, 1)
}

// uCounts are the numbers of orders of m and n values for each U. They are the coefficients of the Gaussian binomial coefficient:
// the product of (1-q^(n+i)) / (1-q^i) for i from 1 to m.
func uCounts(m, n int) []float64 {
	counts := make([]float64, m*n+1)
	counts[0] = 1
	for i := 1; i <= m; i++ {
		for u := len(counts) - 1; u >= n+i; u-- {
			counts[u] -= counts[u-n-i]
		}
		for u := i; u < len(counts); u++ {
			counts[u] += counts[u-i]
		}
	}
	return counts
}

// exactTiedP is exactP with ties: of all choices of m values, those of which U is at most as large. Ranks are doubled, so that the mean rank of
// a group is an integer.
func exactTiedP(u float64, groups []int, m, n int) float64 {
	most := 2 * m * (m + n)
	ways := make([][]float64, m+1) // by values chosen and by the sum of their doubled ranks
	for i := range ways {
		ways[i] = make([]float64, most+1)
	}
	ways[0][0] = 1
	before := 0
	for _, t := range groups {
		rank := 2*before + t + 1
		for chosen := m; chosen > 0; chosen-- { // downwards: each group is used once
			choices := 1.0
			for k := 1; k <= min(t, chosen); k++ {
				choices = choices * float64(t-k+1) / float64(k)
				for sum := k * rank; sum <= most; sum++ {
					ways[chosen][sum] += choices * ways[chosen-k][sum-k*rank]
				}
			}
		}
		before += t
	}
	low := int(2*min(u, float64(m*n)-u)) + m*(m+1)
	below, total := 0.0, 0.0
	for sum, c := range ways[m] {
		if total += c; sum <= low {
			below += c
		}
	}
	return min(2*below/total, 1)
}

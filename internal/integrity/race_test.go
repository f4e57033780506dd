//go:build race

package integrity_test

// stride is how many bytes TestEveryByte steps on: the race detector makes each verification some ten times slower.
const stride = 7

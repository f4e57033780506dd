//go:build !race

package integrity_test

const stride = 1

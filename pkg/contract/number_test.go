package contract

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestCanonicalNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "-0e5": "0", "1": "1", "-1": "-1", "1.0": "1", "1e0": "1", "10e-1": "1", "100": "100", "1e2": "100",
		"1.50": "1.5", "0.1": "0.1", "-0.10": "-0.1", "1e-1": "0.1", "123.456e1": "1234.56", "0.000001": "0.000001", "1e-7": "1e-7", "0.00000012": "1.2e-7",
		"1e20": "100000000000000000000", "1e21": "1e+21", "123456789012345678901": "123456789012345678901", "1234567890123456789012": "1.234567890123456789012e+21",
		"9007199254740993": "9007199254740993", "0.1000000000000000055511151231257827": "0.1000000000000000055511151231257827", "1E+5": "100000", "-1.5E-3": "-0.0015",
	} {
		if got := string(appendNumber(nil, in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Equal values have one spelling, and the spelling has the value.
func TestCanonicalNumbersKeepTheValue(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	seen := map[string]string{}
	for range 20_000 {
		lit := fmt.Sprintf("%s%d", []string{"", "-"}[r.IntN(2)], r.IntN(1000))
		if r.IntN(2) == 0 {
			lit += fmt.Sprintf(".%0*d", 1+r.IntN(8), r.IntN(10))
		}
		if r.IntN(2) == 0 {
			lit += fmt.Sprintf("e%+d", r.IntN(60)-30)
		}
		value, _ := new(big.Rat).SetString(lit)
		got := string(appendNumber(nil, lit))
		back, ok := new(big.Rat).SetString(got)
		if !ok || back.Cmp(value) != 0 || jsonNumber(got) != len(got) {
			t.Fatalf("%s became %s", lit, got)
		}
		if before, known := seen[value.RatString()]; known && before != got {
			t.Fatalf("%s has two spellings: %s and %s", lit, before, got)
		}
		seen[value.RatString()] = got
	}
}

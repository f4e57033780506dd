package action

import "testing"

func TestHasKey(t *testing.T) {
	for slot, want := range map[string]bool{
		"": false, "\n \n": false, "# no key yet\n": false,
		"# the key\niojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\n": true,
		"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n": true,
	} {
		if hasKey(slot) != want {
			t.Errorf("%q: %v, want %v", slot, !want, want)
		}
	}
}

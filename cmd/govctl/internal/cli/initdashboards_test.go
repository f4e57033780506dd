package cli

import "testing"

// TestPagesAreFoundByTheRemote: the address of the pages follows from the remote, however it is written.
func TestPagesAreFoundByTheRemote(t *testing.T) {
	for remote, want := range map[string][]string{
		"https://github.com/Acme/orders.git":            {"Acme", "orders"},
		"https://x-access-token@github.com/acme/orders": {"acme", "orders"},
		"git@github.com:acme/orders.api.git":            {"acme", "orders.api"},
		"ssh://git@github.com/acme/orders/":             {"acme", "orders"},
		"https://gitlab.com/acme/orders.git":            nil,
		"https://github.com/acme/orders/tree/main":      nil,
	} {
		found := onGitHub().FindStringSubmatch(remote)
		if (found == nil) != (want == nil) || want != nil && (found[1] != want[0] || found[2] != want[1]) {
			t.Errorf("%s is read as %q", remote, found)
		}
	}
}

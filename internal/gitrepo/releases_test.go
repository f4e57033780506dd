package gitrepo_test

import (
	"slices"
	"testing"

	"github.com/romel/govctl/internal/gitrepo"
)

// TestReleasesOf: the tags that release a contract, among those of other products.
func TestReleasesOf(t *testing.T) {
	for _, c := range []struct {
		contract string
		tags     []string
		prefix   string
		want     []string
	}{
		{"openapi.yaml", []string{"v2.0.0", "1.9.0", "v2.0.0-rc.1", "v2", "nightly-20260101"}, "", []string{"v2.0.0", "1.9.0"}},
		{"services/shop/openapi.yaml", []string{"shop/v2.0.0", "shop/v1.0.0", "billing/v1.0.0", "v7.0.0"}, "shop/", []string{"shop/v2.0.0", "shop/v1.0.0"}},
		{"services/shop/openapi.yaml", []string{"shop-v2.0.0", "billing-v1.0.0"}, "shop-", []string{"shop-v2.0.0"}},
		{"services/shop/openapi.yaml", []string{"@acme/shop@2.0.0", "services/shop/v3.0.0", "services-v9.0.0"}, "services/shop/", []string{"services/shop/v3.0.0"}},
		{"services/shop/openapi.yaml", []string{"workshop-v1.0.0", "v1.0.0"}, "", []string{"v1.0.0"}},
		{"api/v2/openapi.yaml", []string{"v2.0.0", "v2.1.0"}, "", []string{"v2.0.0", "v2.1.0"}},
		{"apis/billing.yaml", []string{"billing_1.2.3+build.5"}, "billing_", []string{"billing_1.2.3+build.5"}},
		{"openapi.yaml", []string{"2026.11.29", "release-1.0.0"}, "", []string{"2026.11.29"}},
		{"services/shop/openapi.yaml", []string{"shop-26.04", "shop-2026.11", "26.04", "shop-1.2"}, "shop-", []string{"shop-26.04", "shop-2026.11"}},
		{"openapi.yaml", nil, "", nil},
	} {
		prefix, got := gitrepo.ReleasesOf(c.tags, c.contract)
		if prefix != c.prefix || !slices.Equal(got, c.want) {
			t.Errorf("%s among %v: %q %v, want %q %v", c.contract, c.tags, prefix, got, c.prefix, c.want)
		}
	}
}

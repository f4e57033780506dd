package cli

import (
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/romel/govctl/internal/netguard"
	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/pkg/contract"
)

// contractTimeout bounds one answer with a contract, redirects included.
const contractTimeout = 30 * time.Second

// contractClient reads contracts and remote references from addresses that internal/netguard passes; every hop of a redirect is checked
// as the first address was. A proxy connects in our place to addresses that nobody here can check, so that HTTPS_PROXY counts
// only where private addresses are allowed.
func contractClient(allowPrivate bool) *http.Client {
	t := netguard.Transport(allowPrivate, nil)
	if allowPrivate {
		t.Proxy = http.ProxyFromEnvironment
	}
	return &http.Client{Timeout: contractTimeout, Transport: &guarded{t, allowPrivate}}
}

// guarded turns the refusal of an address into an error of the input, with what the user can do about it.
type guarded struct {
	next         http.RoundTripper
	allowPrivate bool
}

func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if addr, err := netip.ParseAddr(r.URL.Hostname()); err == nil { // behind a proxy no connection checks it
		if err := netguard.Check(addr, g.allowPrivate); err != nil {
			return nil, refusedAddress(err)
		}
	}
	answer, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, refusedAddress(err)
	}
	if err := probeclient.Switched(answer); err != nil {
		return nil, errors.Join(err, answer.Body.Close())
	}
	return answer, nil
}

func refusedAddress(err error) error {
	var refused *netguard.Error
	if !errors.As(err, &refused) {
		return err
	}
	hint := "contracts are not read from link-local addresses and metadata services"
	if refused.Private {
		hint = "contract.allow_private: true, or --allow-private, allows addresses of your own network"
	}
	return &contract.Error{Msg: refused.Error(), Hint: hint, Err: err}
}

package netguard_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/netguard"
)

func TestAddresses(t *testing.T) {
	const yes, flag, never = "yes", "flag", "never"
	for addr, want := range map[string]string{
		"93.184.216.34": yes, "2606:2800:220:1:248:1893:25c8:1946": yes, "192.0.1.1": yes, "172.32.0.1": yes, "100.128.0.1": yes,
		"127.0.0.1": flag, "127.9.9.9": flag, "::1": flag, "10.0.0.5": flag, "172.16.0.1": flag, "192.168.1.1": flag, "fd12::1": flag, "100.64.0.1": flag,
		"::ffff:10.0.0.5": flag, "64:ff9b::a00:5": flag, "2002:a00:5::1": flag, "198.18.0.1": flag,
		"169.254.169.254": never, "169.254.1.1": never, "fe80::1": never, "0.0.0.0": never, "0.1.2.3": never, "::": never, "100.100.100.200": never, "fd00:ec2::254": never,
		"::ffff:169.254.169.254": never, "64:ff9b::a9fe:a9fe": never, "2002:a9fe:a9fe::1": never, "224.0.0.1": never, "255.255.255.255": never, "192.0.0.192": never, "fd20:ce::254": never, "168.63.129.16": never, "::ffff:0:a9fe:a9fe": never, "ff02::1": never,
	} {
		a := netip.MustParseAddr(addr)
		strict, open := netguard.Check(a, false) == nil, netguard.Check(a, true) == nil
		if strict != (want == yes) || open != (want != never) {
			t.Errorf("%s: strict %t, with the flag %t, want %s", addr, strict, open, want)
		}
		var refused *netguard.Error
		if err := netguard.Check(a, false); errors.As(err, &refused) != (want != yes) || refused != nil && refused.Private != (want == flag) {
			t.Errorf("%s: %v, want %s", addr, err, want)
		}
	}
}

// A literal address, a name and a redirect are all checked where the connection is made.
func TestTransportRefusesBeforeItConnects(t *testing.T) {
	reached := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reached++ }))
	t.Cleanup(server.Close)
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		client := &http.Client{Transport: netguard.Transport(false, nil)}
		var refused *netguard.Error
		if answer, err := client.Get(address); !errors.As(err, &refused) || !refused.Private {
			t.Errorf("%s: %v, %v", address, answer, err)
		}
		client.Transport = netguard.Transport(true, nil)
		answer, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	if reached != 2 {
		t.Errorf("the server was reached %d times, want 2", reached)
	}
}

// Package netguard decides which network addresses govctl connects to. It checks the address that a name resolved to, when the
// connection is made, so that no second lookup can differ from the checked one; each hop of a redirect is a connection of its own.
package netguard

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Addresses at which clouds serve credentials to whoever asks, beyond the link-local ones.
var metadata = []netip.Addr{
	netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("192.0.0.192"),     // Oracle Cloud
	netip.MustParseAddr("fd20:ce::254"),    // Google Cloud
	netip.MustParseAddr("168.63.129.16"),   // Azure's host agent
}

// Ranges of our own network; an address there must be allowed explicitly.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("192.0.0.0/24"),
}

// Prefixes whose addresses carry an IPv4 address, and where it begins.
var embedding = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12},
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12},
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12}, // RFC 2765, IPv4-translated
	{netip.MustParsePrefix("2002::/16"), 2},
	{netip.MustParsePrefix("::/96"), 12},
}

// Error is a refused address.
type Error struct {
	Addr    netip.Addr
	Why     string
	Private bool // allowPrivate would have passed it
}

func (e *Error) Error() string { return fmt.Sprintf("address refused: %s %s", e.Addr, e.Why) }

// Check refuses link-local and multicast addresses and metadata services always, private and loopback ones unless allowPrivate is set.
func Check(addr netip.Addr, allowPrivate bool) error {
	addr = addr.Unmap().WithZone("")
	if addr.IsUnspecified() || addr.IsLinkLocalUnicast() || addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}) ||
		addr.Is4() && addr.As4()[0] == 0 {
		return &Error{Addr: addr, Why: "is link-local or not a host"}
	}
	for _, m := range metadata {
		if addr == m {
			return &Error{Addr: addr, Why: "is a metadata service"}
		}
	}
	for _, p := range private {
		if p.Contains(addr) {
			if !allowPrivate {
				return &Error{Addr: addr, Why: "is private", Private: true}
			}
			return nil
		}
	}
	for _, e := range embedding {
		if b := addr.As16(); addr.Is6() && e.prefix.Contains(addr) {
			return Check(netip.AddrFrom4([4]byte(b[e.at:e.at+4])), allowPrivate)
		}
	}
	return nil
}

// Transport connects to the addresses that Check passes, through no proxy, and accepts bounded headers. A nil pool is that of the system.
func Transport(allowPrivate bool, roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return &Error{Why: "cannot be read"}
		}
		return Check(to.Addr(), allowPrivate)
	}}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
		DisableKeepAlives:      true, // net/http logs what a server sends on an idle connection, the server's text included
	}
}

package headers

import "github.com/romel/govctl/pkg/report"

const kind = "headers"

// minAge is the shortest max-age of Strict-Transport-Security, in seconds: 180 days.
const minAge = 15_552_000

// Rules is the table.
var Rules = []report.EvidenceRule{
	{ID: "header-csp-missing", Kind: kind, Level: report.Error, Summary: "An answer has no Content-Security-Policy.", Why: "Without a policy a browser runs every script that gets into the page.", Hint: "begin with default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"},
	{ID: "header-csp-weak", Kind: kind, Level: report.Error, Summary: "A Content-Security-Policy allows scripts from any source.", Why: "A policy without a limit on scripts, with 'unsafe-inline' or with a source that anyone can use does not stop an injected script.", Hint: "name the origins of scripts, and use nonces or hashes for inline ones"},
	{ID: "header-csp-incomplete", Kind: kind, Level: report.Warning, Summary: "A Content-Security-Policy leaves out a directive that has no safe default.", Why: "base-uri does not fall back to default-src, and plugins run under object-src: either can get around the limit on scripts.", Hint: "add object-src 'none' and base-uri 'none'"},
	{ID: "header-hsts-missing", Kind: kind, Level: report.Error, Summary: "An answer over https has no Strict-Transport-Security.", Why: "Without it the first request of each visit can be made over http, where anyone on the network path can change the response.", Hint: "Strict-Transport-Security: max-age=31536000; includeSubDomains"},
	{ID: "header-hsts-weak", Kind: kind, Level: report.Error, Summary: "Strict-Transport-Security cannot be parsed, or is valid for less than 180 days.", Why: "A browser forgets the host soon, or ignores the header.", Hint: "Strict-Transport-Security: max-age=31536000; includeSubDomains"},
	{ID: "header-framing-missing", Kind: kind, Level: report.Error, Summary: "An answer has neither X-Frame-Options nor the CSP directive frame-ancestors.", Why: "Other sites can show the page in a frame and get clicks on it.", Hint: "frame-ancestors 'none' in the policy, or X-Frame-Options: DENY"},
	{ID: "header-framing-weak", Kind: kind, Level: report.Error, Summary: "X-Frame-Options has a value that browsers ignore, or frame-ancestors allows every site.", Why: "Browsers know DENY and SAMEORIGIN alone; with any other value the page can be framed.", Hint: "frame-ancestors with the origins that may frame the page, or X-Frame-Options: DENY"},
	{ID: "header-nosniff-missing", Kind: kind, Level: report.Error, Summary: "An answer has no X-Content-Type-Options: nosniff.", Why: "Browsers may then take the body for another type than that of Content-Type, a script among them.", Hint: "X-Content-Type-Options: nosniff"},
	{ID: "header-referrer-policy-missing", Kind: kind, Level: report.Warning, Summary: "An answer has no Referrer-Policy.", Why: "The default of a browser decides which addresses other sites learn.", Hint: "Referrer-Policy: no-referrer, or strict-origin-when-cross-origin"},
	{ID: "header-referrer-policy-weak", Kind: kind, Level: report.Warning, Summary: "Referrer-Policy has no value that browsers support, or sends full addresses to other sites.", Why: "Addresses can have identities and tokens in them.", Hint: "Referrer-Policy: no-referrer, or strict-origin-when-cross-origin"},
	{ID: "header-permissions-policy-missing", Kind: kind, Level: report.Warning, Summary: "An answer has no Permissions-Policy.", Why: "Frames and injected scripts can ask for camera, microphone and location.", Hint: "Permissions-Policy: camera=(), microphone=(), geolocation=()"},
	{ID: "header-permissions-policy-weak", Kind: kind, Level: report.Warning, Summary: "Permissions-Policy cannot be read, or gives a feature to every site.", Why: "Browsers ignore a value in the syntax of the older Feature-Policy.", Hint: "Permissions-Policy: camera=(), microphone=(), geolocation=()"},
	{ID: "header-cache-control-weak", Kind: kind, Level: report.Error, Summary: "An answer of an API to one user may be stored by caches.", Why: "A shared cache can give the answer to the next user.", Hint: "Cache-Control: no-store on answers to requests with credentials and on answers that set a cookie"},
	{ID: "header-forbidden", Kind: kind, Level: report.Error, Summary: "An answer has a header that names the software behind it.", Why: "It shows which known vulnerabilities to try.", Hint: "remove the header at the service or at the edge, or list it under probe.headers.allow"},
	{ID: "header-server-version", Kind: kind, Level: report.Error, Summary: "The header Server has a version in it.", Why: "It shows which known vulnerabilities to try.", Hint: "nginx: server_tokens off; Apache: ServerTokens Prod; or remove the header at the edge"},
	{ID: "header-server-shown", Kind: kind, Level: report.Warning, Summary: "The header Server names the product.", Why: "It narrows down which known vulnerabilities to try. nginx also sends it with server_tokens off.", Hint: "remove it at the edge (nginx needs the headers-more module, uvicorn --no-server-header), or list Server under probe.headers.allow"},
	{ID: "header-conflict", Kind: kind, Level: report.Error, Summary: "A header that has one value was sent with several that differ.", Why: "Browsers take the first, the last or none of them.", Hint: "set it in one place, the service or the edge"},
	{ID: "header-duplicate", Kind: kind, Level: report.Warning, Summary: "A header was sent twice with the same value.", Why: "Service and edge both set it: the next change in one of them makes a conflict.", Hint: "set it in one place, the service or the edge"},
	{ID: "header-required", Kind: kind, Level: report.Error, Summary: "A header does not have the value that probe.headers.require requires.", Why: "The configuration requires it.", Hint: "set the header, or change probe.headers.require"},
	{ID: "header-lost", Kind: kind, Level: report.Error, Summary: "A header that a response had in the previous evidence is missing.", Why: "A protection that was there has been switched off, whether the profile requires it or not.", Hint: "bring it back, or accept the new state with --accept-lost"},
	{ID: "header-mode-differs", Kind: kind, Level: report.Warning, Summary: "A target has a header in one mode and another value or none in another.", Why: "Tests of the service alone then do not show what clients receive.", Hint: "set it in both, or give the mode that does without the profile none"},
}

// row is a row of the table; the ids are constants of this package.
func row(id string) *report.EvidenceRule {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i]
		}
	}
	panic("no rule " + id)
}

// Profiles are what a target can be, the least strict first.
var Profiles = []string{"none", "api", "web"}

// forbidden are headers that name the software behind an answer.
var forbidden = []string{"X-Powered-By", "X-Powered-By-Plesk", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator", "X-Powered-CMS"}

// watched are the headers that protect: those that can be lost, and that the modes of a target are compared by.
var watched = []string{
	csp, "Content-Security-Policy-Report-Only", hsts, framing, nosniff, referrer, permissions,
	"Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy", "X-Permitted-Cross-Domain-Policies",
}

// single are the headers with one value: a browser does not combine several.
var single = []string{hsts, framing, nosniff, "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy"}

const (
	csp         = "Content-Security-Policy"
	hsts        = "Strict-Transport-Security"
	framing     = "X-Frame-Options"
	nosniff     = "X-Content-Type-Options"
	referrer    = "Referrer-Policy"
	permissions = "Permissions-Policy"
	caching     = "Cache-Control"
	server      = "Server"
)

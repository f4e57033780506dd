package headers

import (
	"fmt"
	"slices"
	"strings"
)

// policy is one Content-Security-Policy: sources by directive. Of a directive that is given twice the first counts (CSP 3, 2.2.1).
type policy map[string][]string

// parsePolicies reads the values of the header, each of which may be a list of policies. All of them apply.
func parsePolicies(values []string) (all []policy) {
	for _, value := range values {
		for text := range strings.SplitSeq(value, ",") {
			p := policy{}
			for directive := range strings.SplitSeq(text, ";") {
				words := strings.Fields(strings.ToLower(directive))
				if len(words) == 0 {
					continue
				}
				if _, given := p[words[0]]; !given {
					p[words[0]] = words[1:]
				}
			}
			if len(p) > 0 {
				all = append(all, p)
			}
		}
	}
	return all
}

// first are the sources of the first of the directives that the policy has.
func (p policy) first(directives ...string) (sources []string, found bool) {
	for _, d := range directives {
		if sources, found = p[d]; found {
			return sources, true
		}
	}
	return nil, false
}

// anybody are sources that everybody can put a script at.
var anybody = []string{"*", "http:", "https:", "data:", "blob:"}

// scriptFault says why the policy stops no injected script; empty where it does.
func (p policy) scriptFault() string {
	if _, sandboxed := p["sandbox"]; sandboxed && !slices.Contains(p["sandbox"], "allow-scripts") {
		return ""
	}
	sources, found := p.first("script-src-elem", "script-src", "default-src")
	if !found {
		return "it has neither default-src nor script-src"
	}
	trusted := slices.ContainsFunc(sources, func(s string) bool {
		return strings.HasPrefix(s, "'nonce-") || strings.HasPrefix(s, "'sha256-") || strings.HasPrefix(s, "'sha384-") || strings.HasPrefix(s, "'sha512-")
	})
	dynamic := slices.Contains(sources, "'strict-dynamic'")
	if !trusted && !dynamic && slices.Contains(sources, "'unsafe-inline'") { // browsers ignore it beside a nonce, a hash or strict-dynamic
		return "scripts have 'unsafe-inline' without a nonce or hash"
	}
	if dynamic { // hosts and schemes are ignored beside it
		return ""
	}
	for _, s := range sources {
		if slices.Contains(anybody, s) {
			return fmt.Sprintf("scripts may come from %s", s)
		}
	}
	return ""
}

// gaps are the directives that the policy lacks and that do not fall back to something safe.
func (p policy) gaps() (missing []string) {
	if sources, found := p.first("object-src", "default-src"); !found || slices.ContainsFunc(sources, func(s string) bool { return slices.Contains(anybody, s) }) {
		missing = append(missing, "object-src")
	}
	if _, found := p["base-uri"]; !found {
		missing = append(missing, "base-uri")
	}
	return missing
}

// cspWeak reports policies of which none stops injected scripts.
func cspWeak(v *view) []problem {
	policies := parsePolicies(v.values(csp))
	fault := ""
	for _, p := range policies {
		if fault = p.scriptFault(); fault == "" {
			return nil
		}
	}
	if len(policies) == 0 {
		if !v.has(csp) {
			return nil
		}
		fault = "it has no directive"
	}
	return one(csp, "the Content-Security-Policy stops no injected script: "+fault, "sources of scripts that only the service controls", v.value(csp))
}

// cspIncomplete reports directives that no policy has.
func cspIncomplete(v *view) []problem {
	policies := parsePolicies(v.values(csp))
	if len(policies) == 0 {
		return nil
	}
	missing := policies[0].gaps()
	for _, p := range policies[1:] {
		gaps := p.gaps()
		missing = slices.DeleteFunc(missing, func(d string) bool { return !slices.Contains(gaps, d) })
	}
	if len(missing) == 0 {
		return nil
	}
	return one(csp, "the Content-Security-Policy has no limit in "+strings.Join(missing, " and "), strings.Join(missing, ", "), v.value(csp))
}

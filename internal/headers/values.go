package headers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// missing is a check for a header that must be there.
func missing(name string) func(*view) []problem {
	return func(v *view) []problem {
		if v.has(name) {
			return nil
		}
		return one(name, "there is no "+name, "", "")
	}
}

// maxAge reads the value of Strict-Transport-Security (RFC 6797, 6.1): directives between semicolons, each at most once.
func maxAge(value string) (seconds int64, err error) {
	seen := map[string]bool{}
	seconds = -1
	for directive := range strings.SplitSeq(value, ";") {
		name, argument, _ := strings.Cut(strings.TrimSpace(directive), "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		if seen[name] {
			return 0, fmt.Errorf("it has %s twice", name)
		}
		seen[name] = true
		if name != "max-age" {
			continue
		}
		argument = strings.Trim(strings.TrimSpace(argument), `"`)
		if argument == "" || strings.Trim(argument, "0123456789") != "" {
			return 0, fmt.Errorf("its max-age is not a number of seconds")
		}
		if seconds, err = strconv.ParseInt(argument, 10, 64); err != nil {
			seconds = 1<<63 - 1 // more digits than fit
		}
	}
	if seconds < 0 {
		return 0, fmt.Errorf("it has no max-age")
	}
	return seconds, nil
}

func hstsMissing(v *view) []problem {
	if !v.https {
		return nil // browsers ignore the header over http, and RFC 6797 forbids it there
	}
	return missing(hsts)(v)
}

func hstsWeak(v *view) []problem {
	if !v.https || !v.has(hsts) {
		return nil
	}
	value := v.values(hsts)[0] // the one that browsers process
	expected := fmt.Sprintf("max-age>=%d", minAge)
	seconds, err := maxAge(value)
	switch {
	case err != nil:
		return one(hsts, "Strict-Transport-Security cannot be read: "+err.Error(), expected, value)
	case seconds < minAge:
		return one(hsts, fmt.Sprintf("Strict-Transport-Security is valid for %d seconds", seconds), expected, value)
	}
	return nil
}

// ancestors are the sources of frame-ancestors in the first policy that has it.
func (v *view) ancestors() ([]string, bool) {
	for _, p := range parsePolicies(v.values(csp)) {
		if sources, found := p["frame-ancestors"]; found {
			return sources, true
		}
	}
	return nil, false
}

func framingMissing(v *view) []problem {
	if _, found := v.ancestors(); found || v.has(framing) {
		return nil
	}
	return one(framing, "there is neither X-Frame-Options nor frame-ancestors", "DENY", "")
}

func framingWeak(v *view) []problem {
	if sources, found := v.ancestors(); found { // where it is given, browsers ignore X-Frame-Options
		for _, s := range sources {
			if s == "*" || s == "http:" || s == "https:" {
				return one(csp, "frame-ancestors allows every site to frame the page", "'none' or named origins", v.value(csp))
			}
		}
		return nil
	}
	for _, value := range v.values(framing) {
		for part := range strings.SplitSeq(value, ",") {
			if word := strings.ToUpper(strings.TrimSpace(part)); word != "DENY" && word != "SAMEORIGIN" {
				return one(framing, "X-Frame-Options has a value that browsers ignore", "DENY or SAMEORIGIN", value)
			}
		}
	}
	return nil
}

func nosniffMissing(v *view) []problem {
	if !v.has(nosniff) {
		return one(nosniff, "there is no X-Content-Type-Options", "nosniff", "")
	}
	first, _, _ := strings.Cut(v.value(nosniff), ",")
	if !strings.EqualFold(strings.TrimSpace(first), "nosniff") {
		return one(nosniff, "X-Content-Type-Options is not nosniff", "nosniff", v.value(nosniff))
	}
	return nil
}

// referrers are the values of Referrer-Policy, and whether each keeps paths from other sites.
var referrers = map[string]bool{
	"no-referrer": true, "same-origin": true, "strict-origin": true, "strict-origin-when-cross-origin": true, "origin": true, "origin-when-cross-origin": true,
	"no-referrer-when-downgrade": false, "unsafe-url": false,
}

func referrerWeak(v *view) []problem {
	if !v.has(referrer) {
		return nil
	}
	last := "" // the last value that a browser knows counts
	for word := range strings.SplitSeq(strings.Join(v.values(referrer), ","), ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		if _, known := referrers[word]; known {
			last = word
		}
	}
	expected := "no-referrer, or another value that sends no path to other sites"
	if last == "" {
		return one(referrer, "Referrer-Policy has no value that browsers know", expected, v.value(referrer))
	}
	if !referrers[last] {
		return one(referrer, "Referrer-Policy "+last+" sends full addresses to other sites", expected, v.value(referrer))
	}
	return nil
}

// permission is one member of Permissions-Policy: a feature, and a list of origins, one origin or *.
var permission = late.Pattern(`^([a-z*][a-z0-9_.*-]*)\s*=\s*(\*|self|src|"[^"]*"|\(\s*((\*|self|src|"[^"]*")(\s+(\*|self|src|"[^"]*"))*)?\s*\))(;.*)?$`)

func permissionsWeak(v *view) []problem {
	for member := range strings.SplitSeq(strings.Join(v.values(permissions), ","), ",") {
		member = strings.TrimSpace(member)
		if member == "" {
			continue
		}
		parts := permission().FindStringSubmatch(member)
		if parts == nil {
			return one(permissions, "Permissions-Policy cannot be read, so that browsers ignore it", "feature=(), feature=(self)", v.value(permissions))
		}
		if slices.Contains(strings.Fields(strings.Trim(parts[2], "()")), "*") {
			return one(permissions, "Permissions-Policy gives "+parts[1]+" to every site", parts[1]+"=(self)", v.value(permissions))
		}
	}
	return nil
}

func cacheWeak(v *view) []problem {
	if !v.personal && !v.has("Set-Cookie") {
		return nil
	}
	for directive := range strings.SplitSeq(strings.Join(v.values(caching), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(directive), "no-store") {
			return nil
		}
	}
	return one(caching, "an answer to one user may be stored by caches", "no-store", v.value(caching))
}

func forbiddenSent(v *view) (all []problem) {
	for _, name := range forbidden {
		if v.has(name) && !v.allowed(name) {
			all = append(all, problem{header: name, message: name + " names the software behind the answer", expected: "absent", actual: v.value(name)})
		}
	}
	return all
}

// version is a product with a version, as Server has it (RFC 9110, 10.2.4), or a number with a dot anywhere else.
var version = late.Pattern(`/[vV]?[0-9]|[0-9]+\.[0-9]+`)

func serverVersion(v *view) []problem {
	if v.allowed(server) || !version().MatchString(v.value(server)) {
		return nil
	}
	return one(server, "Server has a version in it", "absent", v.value(server))
}

func serverShown(v *view) []problem {
	if v.allowed(server) || !v.has(server) || v.value(server) == "" || version().MatchString(v.value(server)) {
		return nil
	}
	return one(server, "Server names the product", "absent", v.value(server))
}

func conflicts(v *view) (all []problem) {
	for _, name := range single {
		if distinct := v.distinct(name); len(distinct) > 1 {
			all = append(all, problem{header: name, message: fmt.Sprintf("%s has %d values that differ", name, len(distinct)), expected: "one value", actual: strings.Join(distinct, " | ")})
		}
	}
	return all
}

func duplicates(v *view) (all []problem) {
	for _, name := range watched {
		if n := len(v.values(name)); n > 1 && len(v.distinct(name)) == 1 {
			all = append(all, problem{header: name, message: fmt.Sprintf("%s was sent %d times", name, n), expected: "once", actual: v.value(name)})
		}
	}
	return all
}

func required(v *view) (all []problem) {
	for _, r := range v.required {
		have := v.value(r.Name)
		switch {
		case r.Value == "present" && v.has(r.Name), r.Value == "absent" && !v.has(r.Name), r.Value == have && v.has(r.Name):
		case r.Value == "present":
			all = append(all, problem{header: r.Name, message: "there is no " + r.Name, expected: "present"})
		default:
			all = append(all, problem{header: r.Name, message: r.Name + " is not as required", expected: r.Value, actual: have})
		}
	}
	return all
}

package policy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/pkg/report"
)

// short is a finding in a line: its rule, its level, its kind, where it is and what it says.
func short(f report.Finding) string {
	at := func(p *report.Place) string {
		if p == nil {
			return "-"
		}
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s %s %s %s %s | %s", f.Rule, f.Level, f.Kind, at(f.Old), at(f.New), f.Message)
}

func shorts(found []report.Finding) []string {
	out := []string{}
	for _, f := range found {
		out = append(out, short(f))
	}
	return out
}

func check(t *testing.T, found []report.Finding, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), shorts(found)); diff != "" {
		t.Errorf("findings: want (-), got (+):\n%s", diff)
	}
}

func at(file string, line int) report.Place { return report.Place{File: file, Line: line, Column: 3} }

func TestWaivers(t *testing.T) {
	known := Waiver{Rule: "operation-removed", Subject: "GET /a", Owner: "ann", Reason: "r", Ticket: "t", Expires: "2026-12-31", Place: at("w.yaml", 1)}
	with := func(change func(*Waiver)) []Waiver {
		w := known
		w.Place = at("w.yaml", 9)
		change(&w)
		return []Waiver{w}
	}
	print8 := Waiver{Fingerprint: "ABCDEF12", Owner: "bob", Reason: "r", Expires: "2027-01-01", Place: at("w.yaml", 5)}
	for name, c := range map[string]struct {
		base, head []Waiver
		want       []string
	}{
		"none":      {nil, nil, nil},
		"unchanged": {[]Waiver{known}, with(func(*Waiver) {}), nil},
		"added": {nil, []Waiver{known, print8}, []string{
			"policy-waiver-added warning added - w.yaml:1 | new waiver for operation-removed on GET /a, until 2026-12-31, owner ann",
			"policy-waiver-added warning added - w.yaml:5 | new waiver for ABCDEF12, until 2027-01-01, owner bob"}},
		"the same fingerprint in other letters": {[]Waiver{print8}, []Waiver{{Fingerprint: "abcdef12", Owner: "bob", Reason: "r", Expires: "2027-01-01"}}, nil},
		"another subject": {[]Waiver{known}, with(func(w *Waiver) { w.Subject = "*" }), []string{
			"policy-waiver-added warning added - w.yaml:9 | new waiver for operation-removed on *, until 2026-12-31, owner ann",
			"policy-waiver-removed info removed w.yaml:1 - | the waiver for operation-removed on GET /a was removed"}},
		"extended": {[]Waiver{known}, with(func(w *Waiver) { w.Expires = "2027-01-01" }), []string{
			"policy-waiver-extended warning changed w.yaml:1 w.yaml:9 | the waiver for operation-removed on GET /a was valid until 2026-12-31 and is now valid until 2027-01-01"}},
		"for ever": {[]Waiver{known}, with(func(w *Waiver) { w.Expires = "" }), []string{
			"policy-waiver-extended warning changed w.yaml:1 w.yaml:9 | the waiver for operation-removed on GET /a was valid until 2026-12-31 and is now valid indefinitely"}},
		"shortened": {[]Waiver{known}, with(func(w *Waiver) { w.Expires = "2026-12-30" }), []string{
			"policy-raised info changed w.yaml:1 w.yaml:9 | the waiver for operation-removed on GET /a was valid until 2026-12-31 and is now valid until 2026-12-30"}},
		"another owner": {[]Waiver{known}, with(func(w *Waiver) { w.Owner = "mallory" }), []string{
			"policy-waiver-edited info changed w.yaml:1 w.yaml:9 | owner, reason or ticket of the waiver for operation-removed on GET /a changed"}},
		"another reason": {[]Waiver{known}, with(func(w *Waiver) { w.Reason = "x" }), []string{
			"policy-waiver-edited info changed w.yaml:1 w.yaml:9 | owner, reason or ticket of the waiver for operation-removed on GET /a changed"}},
		"another ticket": {[]Waiver{known}, with(func(w *Waiver) { w.Ticket = "" }), []string{
			"policy-waiver-edited info changed w.yaml:1 w.yaml:9 | owner, reason or ticket of the waiver for operation-removed on GET /a changed"}},
		"the longest of two counts":                       {[]Waiver{known}, append(with(func(w *Waiver) { w.Expires = "2026-01-01" }), with(func(*Waiver) {})...), nil},
		"the longest of two counts, whatever their order": {append(with(func(w *Waiver) { w.Expires = "2027-06-01" }), known), with(func(w *Waiver) { w.Expires = "2027-06-01" }), nil},
		"nobody": {nil, []Waiver{{Rule: "r", Subject: "s"}}, []string{"policy-waiver-added warning added - - | new waiver for r on s, indefinitely, owner not named"}},
	} {
		t.Run(name, func(t *testing.T) {
			base, head := sideWith("contract.gate", "semver"), sideWith("contract.gate", "semver")
			base.Contracts[0].Waivers, head.Contracts[0].Waivers = c.base, c.head
			check(t, Compare(base, head), c.want...)
			lint := func(s string) string {
				s = strings.ReplaceAll(s, "policy-waiver", "policy-lint-ignore")
				return strings.NewReplacer("new waiver", "new lint_ignore", "the waiver", "the lint_ignore").Replace(s)
			}
			var want []string
			for _, s := range c.want {
				want = append(want, lint(s))
			}
			check(t, Compare(&Side{Waivers: c.base}, &Side{Waivers: c.head}), want...)
		})
	}
	extended := Compare(&Side{Waivers: []Waiver{known}}, &Side{Waivers: with(func(w *Waiver) { w.Expires = "2027-01-01" })})[0]
	if string(extended.From) != `"2026-12-31"` || string(extended.To) != `"2027-01-01"` || extended.Subject != "operation-removed on GET /a" || extended.Category != "policy" ||
		extended.Hint == "" || extended.Why == "" {
		t.Errorf("%+v", extended)
	}
}

func TestContracts(t *testing.T) {
	find := func(known map[string]int) func(string) (report.Place, bool) {
		return func(p string) (report.Place, bool) { return at("govctl.yaml", known[p]), known[p] > 0 }
	}
	side := func(lines map[string]int, contracts ...Contract) *Side {
		return &Side{Config: Config{File: "govctl.yaml", Find: find(lines)}, Contracts: contracts}
	}
	a := Contract{Name: "a", Source: "a.yaml", Pointer: "/contracts/0"}
	b := Contract{Name: "b", Source: "b.yaml", Pointer: "/contracts/1"}
	lines := map[string]int{"/contracts": 1, "/contracts/0": 2, "/contracts/0/name": 3, "/contracts/1": 5, "/contracts/1/name": 6, "/contracts/1/source": 7}
	renamed := func(c Contract, name string) Contract {
		c.Name = name
		return c
	}
	check(t, Compare(side(lines, a, b), side(lines, a, b)))
	check(t, Compare(side(lines, a), side(lines, a, b)), "policy-contract-added info added - govctl.yaml:5 | the contract b is governed from now on")
	check(t, Compare(side(lines, a, b), side(lines, a)), "policy-contract-removed warning removed govctl.yaml:5 govctl.yaml:1 | the contract b is no longer governed")
	check(t, Compare(side(lines, a, b), side(lines, a, renamed(b, "c"))),
		"policy-contract-renamed warning changed govctl.yaml:6 govctl.yaml:6 | the contract b is now named c")
	// Without a file there is no place; the first line stands for what a file does not name.
	check(t, Compare(side(lines, a, b), &Side{Contracts: []Contract{a}}), "policy-contract-removed warning removed govctl.yaml:5 - | the contract b is no longer governed")
	check(t, Compare(&Side{Config: Config{File: "govctl.yaml"}, Contracts: []Contract{a, b}}, &Side{Contracts: []Contract{a}}),
		"policy-contract-removed warning removed govctl.yaml:1 - | the contract b is no longer governed")

	// renamed_from that names the old name is part of the rename; one that names another contract is reported as well.
	from := func(c Contract, name string) Contract {
		c.RenamedFrom, c.Values = name, map[string]any{"renamed_from": name}
		return c
	}
	check(t, Compare(side(lines, a, b), side(lines, a, from(renamed(b, "c"), "b"))),
		"policy-contract-renamed warning changed govctl.yaml:6 govctl.yaml:6 | the contract b is now named c")
	check(t, Compare(side(lines, a, b), side(lines, a, from(b, "a"))),
		"policy-contract-renamed warning added govctl.yaml:5 govctl.yaml:5 | contract.renamed_from of b: not set before, a now")
	check(t, Compare(side(lines, a, b), side(lines, a, from(renamed(b, "c"), "x"))),
		"policy-contract-renamed warning changed govctl.yaml:6 govctl.yaml:6 | the contract b is now named c",
		"policy-contract-renamed warning added govctl.yaml:5 govctl.yaml:5 | contract.renamed_from of c: not set before, x now")

	// A rename that renamed_from declares hides nothing else that the change does to the contract.
	gated := func(c Contract, gate string) Contract {
		c.Values = map[string]any{"gate": gate, "renamed_from": c.RenamedFrom}
		return c
	}
	check(t, Compare(side(lines, a, gated(b, "semver")), side(lines, a, gated(from(renamed(b, "c"), "b"), "none"))),
		"policy-contract-renamed warning changed govctl.yaml:6 govctl.yaml:6 | the contract b is now named c",
		"policy-gate-lowered warning changed govctl.yaml:5 govctl.yaml:5 | contract.gate of c: semver before, none now")
}

// TestPlaces: a finding is at the line of the key, else at the key that holds it, else at the first line.
func TestPlaces(t *testing.T) {
	base := sideWith("contract.semver.zero_major", "major")
	head := sideWith("contract.semver.zero_major", "minor")
	for _, c := range []struct {
		lines map[string]int
		want  int
	}{
		{map[string]int{"/contract/semver/zero_major": 7, "/semver/zero_major": 3, "/contract": 2}, 7},
		{map[string]int{"/semver/zero_major": 3, "/contract": 2}, 3},
		{map[string]int{"/contract/semver": 5, "/contract": 2}, 5},
		{map[string]int{"/contract": 2}, 2},
		{map[string]int{}, 1},
	} {
		head.Config.Find = func(p string) (report.Place, bool) { return at("govctl.yaml", c.lines[p]), c.lines[p] > 0 }
		f := Compare(base, head)[0]
		if f.New == nil || f.New.Line != c.want || f.Old == nil || f.Old.Line != 1 {
			t.Errorf("%v: %+v, %+v", c.lines, f.New, f.Old)
		}
	}
	base.Config.File = ""
	if f := Compare(base, head)[0]; f.Old != nil || f.Subject != "contract.semver.zero_major of openapi" || f.Message != "contract.semver.zero_major of openapi: major before, minor now" {
		t.Errorf("%+v", f)
	}
	// A key at the top is looked for there alone.
	head = sideWith("stability.alert_threshold", 0.1)
	head.Config.Find = func(p string) (report.Place, bool) { return at("govctl.yaml", 4), p == "/stability/alert_threshold" }
	f := Compare(sideWith("stability.alert_threshold", 0.8), head)[0]
	if f.New.Line != 4 || f.Message != "stability.alert_threshold: 0.8 before, 0.1 now" || string(f.From) != "0.8" || string(f.To) != "0.1" || f.Why != "A lower threshold alerts later." {
		t.Errorf("%+v", f)
	}
}

func TestKeys(t *testing.T) {
	read := func(text string) *Side {
		t.Helper()
		keys, err := ReadKeys(context.Background(), "trusted.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return &Side{Keys: keys}
	}
	list := func(keys ...string) *Side { return read("{\"keys\": [\n" + strings.Join(keys, ",\n") + "\n]}") }
	const one = `{"public_key_base64": "ONE=", "key_id": "1111", "status": "active"}`
	retired := `{"public_key_base64": "ONE=", "key_id": "1111", "status": "retired", "not_after": "2026-06-01T00:00:00Z"}`
	later := strings.Replace(retired, "06-01", "07-01", 1)
	revoked := `{"public_key_base64": "ONE=", "key_id": "1111", "status": "revoked"}`
	two := `{"public_key_base64": "TWO=", "status": "active"}`
	changed := func(kind, before, now string) string {
		level := "warning"
		if kind == "policy-raised" {
			level = "info"
		}
		return kind + " " + level + " changed trusted.json:2 trusted.json:2 | key 1111: " + before + " before, " + now + " now"
	}
	check(t, Compare(list(one), list(one)))
	check(t, Compare(list(one), list(strings.Replace(one, `}`, `, "reason": "new words"}`, 1))))
	check(t, Compare(list(one), list(one, two)), "policy-key-added warning added - trusted.json:3 | key TWO= is trusted from now on")
	check(t, Compare(&Side{}, list(one)), "policy-key-added warning added - trusted.json:2 | key 1111 is trusted from now on")
	check(t, Compare(&Side{}, list(revoked)), "policy-raised info added - trusted.json:2 | key 1111 is revoked")
	check(t, Compare(list(one, two), list(one)), "policy-key-removed info removed trusted.json:3 - | key TWO= is no longer listed")
	check(t, Compare(list(revoked), list(two)), "policy-key-added warning added - trusted.json:2 | key TWO= is trusted from now on",
		"policy-key-changed warning removed trusted.json:2 - | key 1111 is no longer listed, so that its revocation is forgotten")
	check(t, Compare(list(one), list(retired)), changed("policy-raised", "active", "retired until 2026-06-01T00:00:00Z"))
	check(t, Compare(list(retired), list(one)), changed("policy-key-changed", "retired until 2026-06-01T00:00:00Z", "active"))
	check(t, Compare(list(one), list(revoked)), changed("policy-raised", "active", "revoked"))
	check(t, Compare(list(revoked), list(one)), changed("policy-key-changed", "revoked", "active"))
	check(t, Compare(list(retired), list(later)), changed("policy-key-changed", "retired until 2026-06-01T00:00:00Z", "retired until 2026-07-01T00:00:00Z"))
	check(t, Compare(list(later), list(retired)), changed("policy-raised", "retired until 2026-07-01T00:00:00Z", "retired until 2026-06-01T00:00:00Z"))
	accepts := strings.Replace(retired, `}`, `, "accepts": ["abc"]}`, 1)
	check(t, Compare(list(retired), list(accepts)), changed("policy-key-changed", "retired until 2026-06-01T00:00:00Z", `retired until 2026-06-01T00:00:00Z accepts ["abc"]`))
	check(t, Compare(list(accepts), list(retired)), changed("policy-raised", `retired until 2026-06-01T00:00:00Z accepts ["abc"]`, "retired until 2026-06-01T00:00:00Z"))
	check(t, Compare(list(accepts), list(strings.Replace(accepts, "06-01", "05-01", 1))),
		changed("policy-raised", `retired until 2026-06-01T00:00:00Z accepts ["abc"]`, `retired until 2026-05-01T00:00:00Z accepts ["abc"]`))
	begins := strings.Replace(one, `}`, `, "not_before": "2026-01-01T00:00:00Z"}`, 1)
	check(t, Compare(list(one), list(begins)), changed("policy-raised", "active", "active from 2026-01-01T00:00:00Z"))
	check(t, Compare(list(begins), list(one)), changed("policy-key-changed", "active from 2026-01-01T00:00:00Z", "active"))
	unknown := strings.Replace(one, "active", "blessed", 1)
	check(t, Compare(list(one), list(unknown)), changed("policy-key-changed", "active", "blessed"))

	// A rotation record makes the new key trusted, and one that is gone ends that.
	rotation := read(`{"keys": [` + one + `], "rotations": [` + "\n" + `{"old": "ONE=", "new": "TWO="}]}`)
	check(t, Compare(list(one), rotation), "policy-key-added warning added - trusted.json:2 | rotation to the key TWO= is trusted from now on")
	check(t, Compare(rotation, list(one)), "policy-key-removed info removed trusted.json:2 - | rotation to the key TWO= is no longer listed")
	check(t, Compare(rotation, rotation))
	if _, err := ReadKeys(context.Background(), "trusted.json", []byte("{")); err == nil {
		t.Error("a truncated list of keys was read")
	}
}

func TestWorkflows(t *testing.T) {
	const file = ".github/workflows/governance.yml"
	side := func(text string) *Side { return &Side{Workflows: map[string][]byte{file: []byte(text)}} }
	const plain, with, without = "a: 1\nb: 2\n", "a: 1\nrun: Govctl run --policy git:HEAD^1\nc: 3\n", "a: 1\nrun: govctl run\nc: 3\n"
	check(t, Compare(side(with), side(with)))
	check(t, Compare(side(plain), side("a: 2\n"))) // no business of ours
	check(t, Compare(&Side{}, side(with)), "policy-workflow-added info added - "+file+":2 | "+file+" runs govctl from now on")
	check(t, Compare(side(plain), side(with)), "policy-workflow-added info added - "+file+":2 | "+file+" runs govctl from now on")
	check(t, Compare(side(with), &Side{}), "policy-workflow-changed warning removed - "+file+":0 | "+file+" no longer runs govctl")
	check(t, Compare(side(with), side(plain)), "policy-workflow-changed warning removed - "+file+":1 | "+file+" no longer runs govctl")
	check(t, Compare(side(with), side(without)), "policy-workflow-changed warning changed - "+file+":2 | "+file+
		" no longer passes --policy: from the merge on, changes of policy are not reported")
	check(t, Compare(side(without), side(with)), "policy-workflow-changed warning changed - "+file+":2 | "+file+" runs govctl and is changed")
	check(t, Compare(side(with), side(with+"d: 4\n")), "policy-workflow-changed warning changed - "+file+":4 | "+file+" runs govctl and is changed")
	check(t, Compare(side(with), side("x\n"+with)), "policy-workflow-changed warning changed - "+file+":1 | "+file+" runs govctl and is changed")
	check(t, Compare(side(with+"d: 4\n"), side(with)), "policy-workflow-changed warning changed - "+file+":3 | "+file+" runs govctl and is changed")

	for name, want := range map[string]bool{
		".github/workflows/ci.yml": true, ".github/workflows/ci.yaml": true, ".gitlab-ci.yml": true, "action.yml": true, ".gitlab/govctl.yml": true, ".gitlab/deep/ci.yml": false, ".pre-commit-config.yaml": true,
		".github/actions/govern/action.yml": true, ".github/workflows/deep/ci.yml": false, "sub/.gitlab-ci.yml": false, "README.md": false, ".github/workflows/ci.sh": false,
	} {
		if IsWorkflow(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	if len(WorkflowFiles()) != 10 {
		t.Error(WorkflowFiles())
	}
}

func TestMatch(t *testing.T) {
	c := func(name, source, from string) Contract {
		return Contract{Name: name, Source: source, RenamedFrom: from}
	}
	for name, x := range map[string]struct {
		base, head []Contract
		want       string
	}{
		"by name, whatever the source":      {[]Contract{c("a", "1", ""), c("b", "2", "")}, []Contract{c("b", "1", ""), c("a", "2", "")}, "b=b a=a"},
		"by renamed_from":                   {[]Contract{c("a", "1", ""), c("b", "2", "")}, []Contract{c("x", "2", "a"), c("y", "3", "")}, "a=x b=y"},
		"by source":                         {[]Contract{c("a", "1", ""), c("b", "2", "")}, []Contract{c("x", "2", ""), c("y", "1", "")}, "b=x a=y"},
		"by source in a revision":           {[]Contract{c("a", "git:main:api/x.yaml", ""), c("b", "2", "")}, []Contract{c("y", "3", ""), c("x", "./api/x.yaml", "")}, "b=y a=x"},
		"the only two that are left":        {[]Contract{c("a", "1", ""), c("b", "2", "")}, []Contract{c("a", "1", ""), c("y", "9", "")}, "a=a b=y"},
		"two that are left cannot be told":  {[]Contract{c("a", "1", ""), c("b", "2", "")}, []Contract{c("x", "8", ""), c("y", "9", "")}, "-=x -=y a=- b=-"},
		"one removed, two added":            {[]Contract{c("a", "1", "")}, []Contract{c("x", "8", ""), c("y", "9", "")}, "-=x -=y a=-"},
		"two removed, one added":            {[]Contract{c("a", "1", ""), c("b", "2", "")}, []Contract{c("x", "8", "")}, "-=x a=- b=-"},
		"a base without a source":           {[]Contract{c("openapi", "", "")}, []Contract{c("parcels", "1", "")}, "-=parcels"},
		"a base without a source, the same": {[]Contract{c("openapi", "", "")}, []Contract{c("openapi", "1", "")}, "openapi=openapi"},
		"by source in the index":            {[]Contract{c("a", "git::x.yaml", ""), c("b", "2", "")}, []Contract{c("y", "3", ""), c("x", "x.yaml", "")}, "b=y a=x"},
		"addresses are no paths":            {[]Contract{c("a", "https://h/x", ""), c("b", "2", "")}, []Contract{c("x", "https://h/x", ""), c("y", "cmd:make", "")}, "a=x b=y"},
		"a name is used once":               {[]Contract{c("a", "1", "")}, []Contract{c("a", "1", ""), c("x", "1", "a")}, "a=a -=x"},
	} {
		var got []string
		for _, p := range Match(x.base, x.head) {
			one := []string{"-", "-"}
			if p.Base != nil {
				one[0] = p.Base.Name
			}
			if p.Head != nil {
				one[1] = p.Head.Name
			}
			if p.Renamed() != (one[0] != "-" && one[1] != "-" && one[0] != one[1]) {
				t.Errorf("%s: %v: renamed %v", name, one, p.Renamed())
			}
			got = append(got, one[0]+"="+one[1])
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%s: %s, want %s", name, s, x.want)
		}
	}
}

func findings(id string, n int, from, to string) []report.Finding {
	f := report.Finding{Rule: id, Level: ruleOf(id).Level, From: raw(from), To: raw(to)}
	return slices.Repeat([]report.Finding{f}, n)
}

func TestPhrase(t *testing.T) {
	all := func(parts ...[]report.Finding) []report.Finding { return slices.Concat(parts...) }
	for _, c := range []struct {
		found []report.Finding
		want  string
	}{
		{nil, ""},
		{findings("policy-raised", 3, "", ""), ""},
		{findings("policy-waiver-added", 17, "", ""), "adds 17 waivers"},
		{findings("policy-waiver-added", 1, "", ""), "adds a waiver"},
		{findings("policy-gate-lowered", 1, "semver", "none"), "lowers the gate from semver to none"},
		{findings("policy-gate-lowered", 2, "semver", "none"), "lowers 2 gates"},
		{all(findings("policy-waiver-added", 2, "", ""), findings("policy-gate-lowered", 1, "semver", "none"), findings("policy-raised", 1, "", "")),
			"lowers the gate from semver to none and adds 2 waivers"},
		{all(findings("policy-workflow-changed", 1, "", ""), findings("policy-waiver-added", 2, "", ""), findings("policy-source-changed", 1, "a", "b")),
			"adds 2 waivers, changes the source of the contract and changes a workflow that runs govctl"},
		{all(findings("policy-workflow-changed", 1, "", ""), findings("policy-waiver-added", 2, "", ""), findings("policy-source-changed", 1, "a", "b"), findings("policy-key-added", 1, "", "")),
			"adds 2 waivers, changes the source of the contract, adds a trusted key and makes 1 change more"},
		{all(findings("policy-workflow-changed", 1, "", ""), findings("policy-waiver-added", 2, "", ""), findings("policy-source-changed", 1, "a", "b"), findings("policy-key-added", 1, "", ""),
			findings("policy-allow-added", 1, "", "")), "adds 2 waivers, changes the source of the contract, sets an allow flag and makes 2 changes more"},
	} {
		if got := Phrase(c.found); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	long := Phrase(findings("policy-gate-lowered", 1, strings.Repeat("x", 200), "none"))
	if len(long) > 120 {
		t.Errorf("a value of the change fills the headline: %s", long)
	}
}

func TestHeadline(t *testing.T) {
	waivers, stricter := findings("policy-waiver-added", 17, "", ""), findings("policy-raised", 1, "", "")
	for _, c := range []struct {
		v     Verdicts
		found []report.Finding
		want  string
	}{
		{Verdicts{report.Passed, report.Passed, false}, nil, "the policy is unchanged"},
		{Verdicts{report.GateFailed, report.GateFailed, true}, nil, "the policy is unchanged"},
		{Verdicts{report.GateFailed, report.Passed, false}, waivers, "it passes only because this change adds 17 waivers"},
		{Verdicts{report.BadInput, report.Passed, false}, waivers, "it passes only because this change adds 17 waivers"},
		{Verdicts{report.Passed, report.Passed, false}, waivers, "this change adds 17 waivers"},
		{Verdicts{report.GateFailed, report.GateFailed, false}, waivers, "this change adds 17 waivers"},
		{Verdicts{report.Passed, report.GateFailed, false}, stricter, "it fails only because this change makes the policy stricter"},
		{Verdicts{report.Passed, report.Passed, false}, stricter, "this change makes the policy stricter"},
		{Verdicts{report.GateFailed, report.Passed, true}, waivers,
			"it fails under the policy of the base; this change adds 17 waivers, which does not count before the merge (policy.mode: block)"},
		{Verdicts{report.Passed, report.GateFailed, true}, stricter,
			"this change makes the policy stricter, and would fail under its own policy; it is evaluated under that of the base (policy.mode: block)"},
		{Verdicts{report.Passed, report.Passed, true}, waivers, "this change adds 17 waivers, which does not count before the merge (policy.mode: block)"},
		{Verdicts{report.GateFailed, report.GateFailed, true}, waivers, "this change adds 17 waivers, which does not count before the merge (policy.mode: block)"},
	} {
		if got := c.v.Headline(c.found); got != c.want {
			t.Errorf("%+v: %q, want %q", c.v, got, c.want)
		}
	}
}

func TestWeaker(t *testing.T) {
	all := append(findings("policy-raised", 1, "", ""), findings("policy-waiver-added", 1, "", "")...)
	if got := Weaker(all); len(got) != 1 || got[0].Rule != "policy-waiver-added" || len(all) != 2 || all[0].Rule != "policy-raised" {
		t.Errorf("%+v of %+v", got, all)
	}
}

func TestShow(t *testing.T) {
	for want, v := range map[string]any{"not set": nil, "a": "a", "0.5": 0.5, "true": true, `["a"]`: []any{"a"}, `{"a":1,"b":2}`: map[string]any{"b": 2.0, "a": 1.0}} {
		if got := show(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
	for _, v := range []any{"", []any{}, map[string]any{}} {
		if show(v) != "not set" {
			t.Errorf("%#v: %q", v, show(v))
		}
	}
	if empty(0.0) || empty(false) {
		t.Error("0 and false are values")
	}
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// policyBase makes a repository whose default branch has a policy, and a state of its last run beside it. MODE is the mode of the policy.
const policyBase = `mkdir -p "$BASE/r"; cd "$BASE/r"; git init -q -b main; git config user.name t; git config user.email t@example.com
	cp "$QUICKSTART/openapi/v2.yaml" openapi.yaml; cp "$QUICKSTART/openapi/v2.yaml" copy.yaml; mkdir -p .github/workflows
	printf 'governance/\nstate/\n' > .gitignore
	printf 'policy:\n  mode: %s\ncontract:\n  source: openapi.yaml\n  gate: breaking\nsign:\n  public_keys: trusted.json\n' "$MODE" > govctl.yaml
	printf '{"keys": [\n{"public_key_base64": "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=", "status": "active"}\n]}\n' > trusted.json
	printf -- '- {rule: operation-removed, subject: "GET /old", reason: r, owner: ann, expires: 2026-12-31}\n' > .govctl-waivers.yaml
	printf 'on: pull_request\nrun: govctl run --policy git:HEAD^1\n' > .github/workflows/governance.yml
	git add .; git commit -qm base; git tag base
	sed -i /GET/d .govctl-waivers.yaml
	GOV_SIGNING_PRIVATE_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= govctl --out state run --sha aaaaaaa >/dev/null
	git checkout -q .`

// pulls are pull requests that change what evaluates them. Each begins with the break of v3 unless it says otherwise.
var pulls = []struct {
	name, change string
	findings     []string // ids, sorted
	shown        int      // exit code under policy.mode: show
	showHead     string   // of the headline under show
	blocked      int      // exit code under policy.mode: block
	blockHead    string
}{
	{"waivers", `for f in f2fef2925da1 3b012181d10b bb4028d1f643 28866f663284 11c637e44597 8c9bf2076851; do
		echo "- {fingerprint: \"$f\", reason: it is fine, owner: mallory, expires: 2026-12-31}"; done > .govctl-waivers.yaml`,
		append(slices.Repeat([]string{"policy-waiver-added"}, 6), "policy-waiver-removed"),
		0, "^The API has 6 breaking changes accepted by mallory until 2026-12-31; it passes only because this change adds 6 waivers", 1,
		"fails under the policy of the base; this change adds 6 waivers, which does not count"},
	{"gate", `sed -i 's/gate: breaking/gate: none/' govctl.yaml`, []string{"policy-gate-lowered"},
		0, "passes only because this change lowers the gate from breaking to none", 1, "fails under the policy of the base; this change lowers the gate"},
	{"level", `for id in operation-removed request-property-type-changed response-property-type-changed request-property-became-required request-property-enum-value-removed request-property-maximum-lowered; do
		[ -n "$all" ] || all='  rules:\n    levels:\n'; all="$all      $id: warning\n"; done; sed -i "s/  gate: breaking/&\n$all/" govctl.yaml`,
		slices.Repeat([]string{"policy-level-lowered"}, 6),
		0, "passes only because this change lowers the level of 6 rules", 1, "lowers the level of 6 rules, which does not count"},
	{"baseline", `sed -i 's/  gate: breaking/&\n  baseline: none/' govctl.yaml`, []string{"policy-baseline-changed"},
		0, "passes only because this change changes the baseline", 1, "changes the baseline, which does not count"},
	{"source", `sed -i 's/source: openapi.yaml/source: copy.yaml/' govctl.yaml`, []string{"policy-source-changed"},
		0, "passes only because this change changes the source of the contract", 1, "changes the source of the contract, which does not count"},
	{"source whose file is gone", `sed -i 's/source: openapi.yaml/source: copy.yaml/' govctl.yaml; rm openapi.yaml`, []string{"policy-source-changed"},
		0, "passes only because this change changes the source of the contract", 2, "not checked"},
	{"name", `sed -i 's/  gate: breaking/&\n  name: parcels/' govctl.yaml`, []string{"policy-contract-renamed"},
		1, "breaks its clients in 6 ways.*this change renames a contract", 1, "breaks its clients in 6 ways.*this change renames a contract"},
	{"keys", `cp copy.yaml openapi.yaml; sed -i 's/active"}/&,\n{"public_key_base64": "11qYAYKxCrfVS\/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "status": "active"}/' trusted.json`,
		[]string{"policy-key-added"}, 0, "this change adds a trusted key", 0, "this change adds a trusted key, which does not count before the merge"},
	// The state is signed by the key of the base: what the change trusts instead does not matter.
	{"another key", `cp copy.yaml openapi.yaml; sed -i 's/O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=/11qYAYKxCrfVS\/7TyWQHOg7hcvPapiMlrwIaaPcHURo=/' trusted.json`,
		[]string{"policy-key-added", "policy-key-removed"}, 0, "this change adds a trusted key", 0, "this change adds a trusted key, which does not count before the merge"},
	{"allow flags", `sed -i 's/  gate: breaking/&\n  allow_breaking: true\n  allow_dangling_refs: true/' govctl.yaml`, []string{"policy-allow-added", "policy-allow-added"},
		0, "passes only because this change sets 2 allow flags", 1, "fails under the policy of the base; this change sets 2 allow flags"},
	{"mode", `cp copy.yaml openapi.yaml; sed -i 's/mode: .*/mode: show/; s/gate: breaking/gate: semver/' govctl.yaml`, []string{"policy-gate-lowered"},
		0, "this change lowers the gate from breaking to semver", 0, "lets later changes be checked under their own policy"},
	{"several at once", `sed -i 's/gate: breaking/gate: none/; s/mode: .*/mode: show/' govctl.yaml; sed -i 's/ --policy git:HEAD^1//' .github/workflows/governance.yml
		printf -- '- {rule: operation-removed, subject: "*", reason: r, owner: mallory, expires: 2026-12-31}\n' >> .govctl-waivers.yaml`,
		[]string{"policy-gate-lowered", "policy-waiver-added", "policy-workflow-changed"},
		0, "passes only because this change lowers the gate from breaking to none, adds a waiver and", 1, "fails under the policy of the base"},
	{"no configuration any more", `rm govctl.yaml trusted.json .govctl-waivers.yaml; printf 'contract: {source: openapi.yaml, gate: none}' > other.yaml; mv other.yaml govctl.yaml`,
		[]string{"policy-gate-lowered", "policy-key-file-changed", "policy-key-removed", "policy-waiver-removed"},
		0, "passes only because this change lowers the gate from breaking to none and reads the trusted keys from another file", 1, "fails under the policy of the base"},
	{"stricter", `cp copy.yaml openapi.yaml; sed -i 's/  gate: breaking/&\n  rules: {waiver_max_days: 90}/' govctl.yaml`, []string{"policy-raised"},
		0, "this change makes the policy stricter", 0, "this change makes the policy stricter, which does not count before the merge"},
	{"stricter than the change itself", `sed -i 's/gate: breaking/&\n  allow_breaking: true/' govctl.yaml; git commit -qam 'a lenient base'; git tag -f base >/dev/null 2>&1; sed -i /allow_breaking/d govctl.yaml`, []string{"policy-raised"},
		1, "fails only because this change makes the policy stricter", 0, "would fail under its own policy; it is evaluated under that of the base"},
	{"none", "true", nil, 1, "breaks its clients in 6 ways[^;]*$", 1, "breaks its clients in 6 ways[^;]*$"},
	{"none, and no break", "cp copy.yaml openapi.yaml", nil, 0, "compatible[^;]*;[^;]*$", 0, "compatible[^;]*;[^;]*$"},
}

// TestPullRequestsThatChangeTheirOwnJudge runs each pull request under both modes, and looks at the exit code, the headline, the findings in
// every form, and the comment.
func TestPullRequestsThatChangeTheirOwnJudge(t *testing.T) {
	bin := withProgram(t)
	quickstart, err := filepath.Abs("../../testdata/quickstart")
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "QUICKSTART=" + quickstart, "SOURCE_DATE_EPOCH=1796000000"}
	for _, name := range []string{"GITHUB_ACTIONS", "GITHUB_SHA", "GITHUB_RUN_ID", "GITHUB_TOKEN", "GITHUB_REPOSITORY", "GOV_SIGNING_PRIVATE_KEY", "ALLOW_BREAKING"} {
		env = append(env, name+"=")
	}
	for _, mode := range []string{"show", "block"} {
		say(t, ".", append(env, "MODE="+mode, "BASE="+filepath.Join(bin, mode)), policyBase)
	}
	for _, p := range pulls {
		for mode, want := range map[string]struct {
			exit int
			head string
		}{"show": {p.shown, p.showHead}, "block": {p.blocked, p.blockHead}} {
			t.Run(p.name+" under "+mode, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "r")
				out := say(t, ".", env, "cp -r '"+filepath.Join(bin, mode, "r")+"' '"+dir+"'; cd '"+dir+`'; cp "$QUICKSTART/openapi/v3.yaml" openapi.yaml; `+p.change+`
					code=0; govctl run --sha bbbbbbb --policy git:base --sarif o.sarif --state state 2>errors.txt || code=$?; echo "exit code $code"; cat errors.txt
					govctl comment --dry-run > comment.md`)
				checkPull(t, dir, out, want.exit, want.head, p.findings, mode)
			})
		}
	}
}

func checkPull(t *testing.T, dir, out string, exit int, head string, findings []string, mode string) {
	t.Helper()
	headline, _, _ := strings.Cut(out, "\n")
	if !regexp.MustCompile(head).MatchString(headline) {
		t.Errorf("headline %q, want %q", headline, head)
	}
	if want := "exit code " + strconv.Itoa(exit) + "\n"; !strings.Contains(out, want) {
		t.Errorf("want %s in\n%s", want, out)
	}
	if mode == "block" && slices.Contains(findings, "policy-gate-lowered") && strings.Contains(out, "policy-mode-lowered") {
		findings = append(slices.Clone(findings), "policy-mode-lowered") // the base has block, the change show
	}
	slices.Sort(findings)
	id := regexp.MustCompile(`policy-[a-z-]*[a-z]`)
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for what, text := range map[string]string{
		"the text": strings.Join(regexp.MustCompile(`(?m)^  policy: .*\((policy-[a-z-]+)\)$`).FindAllString(out, -1), "\n"),
		"the JSON": strings.Join(regexp.MustCompile(`"id": "policy-[a-z-]+"`).FindAllString(read("governance/status/policy.json"), -1), "\n"),
		"SARIF":    strings.Join(regexp.MustCompile(`"ruleId": ?"policy-[a-z-]+"`).FindAllString(read("o.sarif"), -1), "\n"),
		"comment":  strings.Join(regexp.MustCompile("(?m)^- `policy-[a-z-]+`").FindAllString(read("comment.md"), -1), "\n"),
	} {
		got := id.FindAllString(text, -1)
		slices.Sort(got)
		if !slices.Equal(got, findings) {
			t.Errorf("%s has %v, want %v\n%s", what, got, findings, out)
		}
	}
	page := read("governance/site/index.html")
	if changed := len(findings) > 0; strings.Contains(page, "This change touches its own policy") != changed || strings.Contains(read("comment.md"), "### Policy") != changed {
		t.Errorf("page or comment: a change of policy is shown %v", !changed)
	}
}

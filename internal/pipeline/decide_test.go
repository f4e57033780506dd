package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// TestDecide: the gate of one contract over what was found.
func TestDecide(t *testing.T) {
	breaks, clean := &report.Breaking{Breaking: true, Total: 2}, &report.Breaking{}
	for _, c := range []struct {
		name     string
		contract config.Contract
		broken   *report.Breaking
		policy   *report.Semver
		refused  string
		note     string
	}{
		{"none", config.Contract{Gate: "none"}, breaks, nil, "", "gate: none"},
		{"breaking, nothing breaks", config.Contract{Gate: "breaking"}, clean, nil, "", "gate: breaking"},
		{"breaking", config.Contract{Gate: "breaking"}, breaks, nil, "2 unwaived breaking changes and none may pass (gate: breaking)", ""},
		{"breaking, allowed", config.Contract{Gate: "breaking", AllowBreaking: true}, breaks, nil, "", "2 breaking changes allowed"},
		{"semver, not checked", config.Contract{Gate: "semver"}, clean, nil, "the version policy could not be checked (gate: semver)", ""},
		{"semver, ok", config.Contract{Gate: "semver"}, breaks, &report.Semver{Status: "ok"}, "", "gate: semver, policy ok"},
		{"semver, warn", config.Contract{Gate: "semver"}, breaks, &report.Semver{Status: "warn"}, "", "gate: semver, policy warn"},
		{"semver, ok where warnings fail", config.Contract{Gate: "semver", Semver: &config.Semver{WarnAsFail: true}}, breaks, &report.Semver{Status: "ok"}, "", "gate: semver, policy ok"},
		{"semver, warn where warnings fail", config.Contract{Gate: "semver", Semver: &config.Semver{WarnAsFail: true}}, breaks, &report.Semver{Status: "warn"}, "the version policy warned, and warn_as_fail is set", ""},
		{"semver, fail", config.Contract{Gate: "semver"}, breaks, &report.Semver{Status: "fail"}, "the version policy failed", ""},
		{"semver, fail with a way out", config.Contract{Gate: "semver"}, breaks, &report.Semver{Status: "fail", CurrentVersion: "1.1.0", ExpectedVersion: "2.0.0"},
			"the version policy failed: info.version is 1.1.0, the lowest accepted version is 2.0.0", ""},
		{"semver, fail of a calendar version", config.Contract{Gate: "semver"}, breaks, &report.Semver{Status: "fail", CurrentVersion: "2026.1", ExpectedMajor: "2", ExpectedVersion: "2026.2"},
			"the version policy failed: info.x-contract-major must be at least 2 for version 2026.1 to declare the break", ""},
	} {
		if c.contract.Semver == nil {
			c.contract.Semver = &config.Semver{}
		}
		sc := &stepContext{run: &run{}, contract: &c.contract}
		err := sc.decide(c.broken, c.policy)
		var found finding
		if (err != nil) != (c.refused != "") || err != nil && (!errors.As(err, &found) || err.Error() != c.refused) || err == nil && sc.note != c.note {
			t.Errorf("%s: %v with the note %q, want %q with %q", c.name, err, sc.note, c.refused, c.note)
		}
	}
}

// TestSemverInput: what the version policy is told of a diff.
func TestSemverInput(t *testing.T) {
	doc, err := contract.Parse(t.Context(), "api.yaml", []byte(document("1.1.0", "a")), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	added := report.Finding{Kind: "added", Category: "wire"}
	other := report.Finding{Kind: "changed", Category: "wire"}
	words := report.Finding{Kind: "changed", Category: "docs"}
	unread := report.Finding{Rule: apidiff.ReferenceNotRead, Kind: "changed", Category: "wire"}
	waived := report.Finding{Kind: "removed", Category: "wire", Level: report.Error, Message: "accepted", Waiver: &report.Waiver{}}
	mild := waived
	mild.Level = report.Warning
	for name, c := range map[string]struct {
		changes          []report.Finding
		totals           report.DiffTotals
		addedOnly        bool
		breaking, change bool
		waived           int
	}{
		"nothing":                    {},
		"an addition":                {[]report.Finding{added}, report.DiffTotals{Changes: 1}, true, false, true, 0},
		"an addition, and its words": {[]report.Finding{added, words}, report.DiffTotals{Changes: 2}, true, false, true, 0},
		"an addition, and another":   {[]report.Finding{added, other}, report.DiffTotals{Changes: 2}, false, false, true, 0},
		"words alone":                {[]report.Finding{words}, report.DiffTotals{Changes: 1}, false, false, true, 0},
		"a reference not read":       {[]report.Finding{added, unread}, report.DiffTotals{Changes: 2}, true, false, true, 0},
		"a break":                    {[]report.Finding{other}, report.DiffTotals{Changes: 1, Breaking: 1}, false, true, true, 0},
		"an accepted break":          {[]report.Finding{waived}, report.DiffTotals{Waived: 1}, false, false, true, 1},
		"an accepted warning":        {[]report.Finding{mild}, report.DiffTotals{Waived: 1}, false, false, true, 0},
	} {
		in := SemverInput(report.Diff{Changes: c.changes, Totals: c.totals}, config.Semver{Scheme: "auto", ZeroMajor: "major"}, doc)
		if in.AddedOnly != c.addedOnly || in.Breaking != c.breaking || in.Changed != c.change || len(in.Waived) != c.waived {
			t.Errorf("%s: %+v", name, in.Change)
		}
	}
}

// TestAgain: which run repeats the last one, and which only refreshes its files.
func TestAgain(t *testing.T) {
	doc, err := contract.Parse(t.Context(), "api.yaml", []byte(document("1.0.0", "a")), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	published := doc.Canonical()
	for name, c := range map[string]struct {
		sha, runID         string // of this run
		lastSHA, lastRunID string
		published          []byte
		unreadable         bool
		again, refresh     bool
	}{
		"a first run":                       {"aaaaaaa", "1", "", "", nil, false, false, false},
		"another commit":                    {"bbbbbbb", "1", "aaaaaaa", "1", published, false, false, false},
		"the same run":                      {"aaaaaaa", "1", "aaaaaaa", "1", published, false, true, false},
		"the same commit":                   {"aaaaaaa", "2", "aaaaaaa", "1", published, false, true, true},
		"the same commit, another contract": {"aaaaaaa", "2", "aaaaaaa", "1", []byte("other"), false, true, false},
		"the same commit, no contract":      {"aaaaaaa", "2", "aaaaaaa", "1", published, true, true, false},
		"no commit":                         {UnknownSHA, "2", UnknownSHA, "1", published, false, false, false},
		"no commit, the same run":           {UnknownSHA, "1", UnknownSHA, "1", published, false, true, false},
		"nothing is known":                  {"", "", "", "", nil, false, false, false},
	} {
		job := &Job{SHA: c.sha, RunID: c.runID, State: State{SHA: c.lastSHA, RunID: c.lastRunID, Contracts: map[string]ContractState{"a": {Published: stored(c.published)}}}}
		r := &run{job: job, docs: map[string]loaded{"a": {doc: doc}}}
		if c.unreadable {
			r.docs["a"] = loaded{err: errDisk}
		}
		sc := &stepContext{run: r, contract: &config.Contract{Name: "a"}}
		if r.again() != c.again || sc.refresh(t.Context()) != c.refresh {
			t.Errorf("%s: again %v, refresh %v", name, r.again(), sc.refresh(t.Context()))
		}
	}
}

// TestRunIdentity: a run outside CI gets an identity from what it looks at; one that is given stays.
func TestRunIdentity(t *testing.T) {
	if r := newWorld(t).version("1.0.0", "a").run("aaaaaaa", "17"); r.RunID != "17" || r.SHA != "aaaaaaa" {
		t.Errorf("%s %s", r.SHA, r.RunID)
	}
	one, other := newWorld(t).version("1.0.0", "a").run("", ""), newWorld(t).version("1.0.1", "a").run("", "")
	if one.SHA != UnknownSHA || !strings.HasPrefix(one.RunID, "local-") || one.RunID == other.RunID {
		t.Errorf("%s %s, and %s", one.SHA, one.RunID, other.RunID)
	}
}

func TestDescribeInterrupted(t *testing.T) {
	for want, f := range map[string]artifact.Found{
		"": {},
		"the run of commit aaaaaaa was interrupted; this run starts from the last complete one": {Journal: &artifact.Journal{SHA: "aaaaaaa"}},
		"removed 2 incomplete file(s): x, y":                                                    {Temporary: []string{"x", "y"}},
	} {
		if got := strings.Join(describe(f), "\n"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestAccepts: the next commit is compared with the contract of a run only where all that its verdict depends on was checked.
func TestAccepts(t *testing.T) {
	for name, c := range map[string]struct {
		v         verdict
		unchecked []report.NotChecked
		want      bool
	}{
		"passed":                        {verdict{gated: true}, nil, true},
		"the gate was not reached":      {verdict{}, nil, false},
		"something was not checked":     {verdict{gated: true, outcome: report.BadInput}, nil, false},
		"the alerts were not checked":   {verdict{gated: true}, []report.NotChecked{{Step: "alerts"}}, false},
		"another contract was not":      {verdict{gated: true}, []report.NotChecked{{Step: "diff", Contract: "other"}}, true},
		"another contract, and a badge": {verdict{gated: true}, []report.NotChecked{{Step: "diff", Contract: "other"}, {Step: "badges"}}, false},
	} {
		rec := &report.ContractRecord{State: report.ContractState{Name: "a"}, Gated: c.v.gated, Accepted: report.ManifestContract{AcceptedSHA256: "new"}, Kept: report.ManifestContract{AcceptedSHA256: "old"}}
		r := &run{unchecked: c.unchecked, contracts: map[string]*verdict{"a": &c.v}}
		if got := r.choose(rec).AcceptedSHA256 == "new"; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	rows := []report.ManifestContract{{Name: "new", SHA256: "1", AcceptedSHA256: "1"}, {Name: "kept", SHA256: "1", BaselineSHA256: "2", AcceptedSHA256: "2"}, {Name: "apart", SHA256: "1", BaselineSHA256: "2", AcceptedSHA256: "3"}}
	if got := surplus(rows); !slices.Equal(got, []string{"schemas/new-accepted.json", "schemas/kept-accepted.json"}) {
		t.Errorf("%v", got)
	}
}

// TestOptionalFile: a file that the configuration names must be there, a default one may be absent.
func TestOptionalFile(t *testing.T) {
	cfg, err := config.Parse(t.Context(), config.File, []byte("taxonomy: {file: there.json}\ncontract: {source: api.yaml}\n"))
	if err != nil {
		t.Fatal(err)
	}
	j := &Job{Config: cfg, ReadFile: past{"there.json": "x", "broken.json": broken}.read}
	for name, c := range map[string]struct {
		file, key string
		found     bool
		err       bool
	}{
		"it is there":                         {"there.json", "/taxonomy/file", true, false},
		"named and absent":                    {"absent.json", "/taxonomy/file", false, true},
		"a default that is absent":            {"absent.json", "/contract/waivers", false, false},
		"absent, of no key":                   {"absent.json", "", false, false},
		"on a bad disk":                       {"broken.json", "", false, true},
		"a key without a value names no file": {"", "/taxonomy/file", false, false},
	} {
		_, found, err := j.optional(c.file, c.key)
		if found != c.found || (err != nil) != c.err {
			t.Errorf("%s: %v %v", name, found, err)
		}
	}
}

// TestDanglingReferences: a contract is compared without the parts that cannot be read only where the configuration says so.
func TestDanglingReferences(t *testing.T) {
	parse := func(text string) *contract.Document {
		doc, err := contract.Parse(t.Context(), "api.yaml", []byte(text), contract.Options{AllowDangling: true})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	whole := parse(document("1.0.0", "a"))
	torn := parse(strings.Replace(document("1.0.0", "a"), "{description: ok}", "{$ref: '#/components/responses/gone'}", 1) + "components: {responses: {}}\n")
	for _, c := range []struct {
		doc         *contract.Document
		allow, pass bool
	}{{whole, false, true}, {whole, true, true}, {torn, true, true}, {torn, false, false}} {
		sc := &stepContext{run: &run{}, contract: &config.Contract{AllowDangling: c.allow}}
		if err := sc.resolved(c.doc); (err == nil) != c.pass {
			t.Errorf("%d references that do not resolve, allowed %v: %v", len(c.doc.Dangling()), c.allow, err)
		}
	}
}

// evaluatedBy is a run under --policy up to the step of that name: the policy of the base with its files, and that of the change with the files
// of the world. The run before it accepted a contract, or none where accepted is nil.
func (w *world) evaluatedBy(base string, files map[string]string, accepted []byte, change func(*Job)) *run {
	w.t.Helper()
	cfg, err := config.Parse(w.t.Context(), config.File, []byte(base))
	if err != nil {
		w.t.Fatal(err)
	}
	store, found, err := artifact.Open(w.dir, now, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	j := w.job(store, found, "bbbbbbb", "2")
	j.Alerts = Alerts{Paths: func([]string) ([]string, error) { return nil, nil }, HasFile: func(string) bool { return false }}
	j.Policy = &Policy{Rev: "git:main", SHA: "ccccccc",
		Base: PolicySource{File: "git:main:govctl.yaml", Config: cfg, Read: func(_ context.Context, name string) ([]byte, error) { return past(files).read(name) }},
		Head: PolicySource{File: "govctl.yaml", Config: j.Config, Read: func(_ context.Context, name string) ([]byte, error) { return w.read(name) }}}
	change(j)
	j.Config, j.Policy.Other = j.Policy.Configurations()
	if accepted != nil {
		j.State = State{SHA: "aaaaaaa", RunID: "1", Contracts: map[string]ContractState{}}
		for _, c := range j.Config.Contracts {
			if c.Source == "api.yaml" {
				j.State.Contracts[c.Name] = ContractState{Published: stored(accepted), Accepted: stored(accepted)}
			}
		}
	}
	r := newRun(j)
	if err := r.begin(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	for _, s := range steps[:1+slices.IndexFunc(steps, func(s step) bool { return s.name == "policy" })] {
		for _, b := range r.places(s) {
			r.do(w.t.Context(), s, b)
		}
	}
	if err := store.Close(); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// TestPolicyOfAChange: the verdict on a break under the policy of the base and under that of the change.
func TestPolicyOfAChange(t *testing.T) {
	const (
		gate    = "contract: {source: api.yaml, gate: breaking}\n"
		open    = "contract: {source: api.yaml, gate: none}\n"
		waiving = "contract: {source: api.yaml, gate: breaking, waivers: waivers.yaml}\n"
		block   = "policy: {mode: block}\n"
		waiver  = "- {rule: operation-removed, subject: '*', reason: r, owner: o, expires: 2026-05-01}\n"
		alerts  = `{"schema_version": "1", "alerts": [{"alert": "A", "group": "g", "severity": "bad", "description": "A is wrong.", "runbook": "Restart it."IGNORE}]}`
		ignore  = `, "lint_ignore": [{"rule": "severity-unknown", "reason": "old", "until": "2026-05-01"}]`
		watched = "taxonomy: {file: alerts.json}\n"
	)
	accepted, err := contract.Parse(t.Context(), "api.yaml", []byte(document("1.0.0", "a", "b")), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	plain, ignoring := strings.Replace(alerts, "IGNORE", "", 1), strings.Replace(alerts, "IGNORE", ignore, 1)
	torn := strings.Replace(document("2.0.0", "a", "b"), "{description: ok}", "{$ref: '#/components/responses/gone'}", 1) + "components: {responses: {}}\n"
	bare := `{"schema_version": "1", "alerts": [{"alert": "A", "group": "g", "severity": "low", "description": "A is wrong.", "runbook": "Restart it."}, {"alert": "B", "group": "g", "severity": "low", "description": "B is wrong."}]}`
	for _, c := range []struct {
		name       string
		base, head string
		files      map[string]string // of the base
		ours       map[string]string // of the change, beside the contract
		change     func(*Job)
		worst      report.Outcome
		verdicts   string // base, new
		weaker     int
		headline   string
		checks     string // CHECK=OUTCOME under the policy that does not count
	}{
		{name: "unchanged", base: gate, head: gate, worst: report.GateFailed, verdicts: "failed failed", headline: "the policy is unchanged"},
		{name: "lowers the gate", base: gate, head: open, verdicts: "failed passed", weaker: 1, headline: "it passes only because this change lowers the gate", checks: "gate=failed"},
		{name: "lowers the gate, and the base blocks", base: block + gate, head: open, worst: report.GateFailed, verdicts: "failed passed", weaker: 2,
			headline: "it fails under the policy of the base", checks: "gate=passed"},
		{name: "lowers the gate, and the change is merged", base: block + gate, head: open, change: func(j *Job) {
			j.Policy.Merged = true
		}, verdicts: "failed passed", weaker: 2, headline: "it passes only because", checks: "gate=failed"},
		{name: "raises the gate", base: open, head: gate, worst: report.GateFailed, verdicts: "passed failed", headline: "it fails only because", checks: "gate=passed"},
		{name: "adds a waiver", base: waiving, head: waiving, files: map[string]string{"waivers.yaml": "[]\n"}, ours: map[string]string{"waivers.yaml": waiver}, verdicts: "failed passed", weaker: 1, headline: "it passes only because this change adds a waiver", checks: "gate=failed"},
		{name: "adds a waiver, and the base blocks", base: block + waiving, head: block + waiving, files: map[string]string{"waivers.yaml": "[]\n"}, ours: map[string]string{"waivers.yaml": waiver}, worst: report.GateFailed, verdicts: "failed passed", weaker: 1,
			headline: "it fails under the policy of the base", checks: "gate=passed"},
		{name: "keeps a waiver", base: waiving, head: waiving, files: map[string]string{"waivers.yaml": waiver}, ours: map[string]string{"waivers.yaml": waiver}, verdicts: "passed passed", headline: "the policy is unchanged"},
		{name: "gives up the baseline", base: gate, head: strings.Replace(gate, "source", "baseline: none, source", 1), verdicts: "failed passed", weaker: 1, headline: "it passes only because", checks: "gate=failed"},
		{name: "names another baseline, which the other policy does not have", base: strings.Replace(gate, "source", "baseline: 'git:gone:api.yaml', source", 1), head: gate, worst: report.GateFailed, verdicts: "not-checked failed", weaker: 1, checks: "gate=not-checked"},
		{name: "governs a contract at last", base: "stability: {window: 30}\n", head: gate, worst: report.GateFailed, verdicts: "passed failed", weaker: 1, headline: "it fails only because"},
		{name: "renames the contract", base: gate, head: strings.Replace(gate, "source", "name: parcels, renamed_from: openapi, source", 1), worst: report.GateFailed, verdicts: "failed failed", weaker: 1, checks: "gate=failed"},
		{name: "renames the contract, and the base blocks", base: block + gate, head: block + strings.Replace(gate, "source", "name: parcels, renamed_from: openapi, source", 1), worst: report.GateFailed, verdicts: "failed failed", weaker: 1, checks: "gate=failed"},
		{name: "lets references dangle", base: open, head: strings.Replace(open, "source", "allow_dangling_refs: true, source", 1), ours: map[string]string{"api.yaml": torn}, verdicts: "passed passed", weaker: 1, checks: "gate=passed"},
		{name: "lets references dangle under a gate", base: gate, head: strings.Replace(gate, "source", "allow_dangling_refs: true, source", 1), ours: map[string]string{"api.yaml": torn}, verdicts: "not-checked passed", weaker: 1, checks: "gate=not-checked"},
		{name: "adds a contract before it", base: gate, head: "contracts:\n  - {source: b.yaml, name: cart, gate: none}\n  - {source: api.yaml, name: openapi, gate: breaking}\n", worst: report.GateFailed, verdicts: "failed failed", checks: "gate=failed"},
		{name: "gives up a contract", base: "contracts:\n  - {source: b.yaml, name: cart, gate: none}\n  - {source: api.yaml, name: openapi, gate: breaking}\n", head: gate, worst: report.GateFailed, verdicts: "failed failed", weaker: 1, checks: "gate=passed gate=failed"},
		{name: "keeps ignoring a finding, and the base blocks", base: block + watched + open, head: block + watched + open, files: map[string]string{"alerts.json": ignoring}, ours: map[string]string{"alerts.json": ignoring},
			verdicts: "passed passed", headline: "the policy is unchanged"},
		{name: "names alerts of its own, and the base blocks", base: block + watched + open, head: block + watched + open, ours: map[string]string{"alerts.json": ignoring}, worst: report.GateFailed,
			verdicts: "failed passed", weaker: 1, headline: "it fails under the policy of the base", checks: "gate=passed taxonomy=passed alert-gates=passed"},
		{name: "asks for fewer runbooks", base: strings.Replace(watched, "}", ", runbook_min_percent: 100}", 1) + open, head: strings.Replace(watched, "}", ", runbook_min_percent: 1}", 1) + open,
			files: map[string]string{"alerts.json": bare}, ours: map[string]string{"alerts.json": bare}, worst: report.GateFailed, verdicts: "failed failed", weaker: 1, checks: "gate=passed taxonomy=failed alert-gates=failed"}, // lint asks for them anyway
		{name: "ignores a finding about an alert", base: watched + open, head: watched + open, files: map[string]string{"alerts.json": plain}, ours: map[string]string{"alerts.json": ignoring}, verdicts: "failed passed", weaker: 1,
			headline: "it passes only because", checks: "gate=passed taxonomy=failed alert-gates=passed"},
		{name: "ignores a finding about an alert, and the base blocks", base: block + watched + open, head: block + watched + open, files: map[string]string{"alerts.json": plain}, ours: map[string]string{"alerts.json": ignoring}, worst: report.GateFailed,
			verdicts: "failed passed", weaker: 1, headline: "it fails under the policy of the base", checks: "gate=passed taxonomy=passed alert-gates=passed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t).version("2.0.0", "a")
			w.cfg = c.head
			for name, text := range c.ours {
				w.files[name] = text
			}
			r := w.evaluatedBy(c.base, c.files, accepted.Canonical(), func(j *Job) {
				load := j.Load
				j.Load = func(ctx context.Context, source string, one config.Contract) (*contract.Document, error) {
					if text, ok := w.files[source]; ok && strings.Contains(text, "gone") {
						return contract.Parse(ctx, source, []byte(text), contract.Options{AllowDangling: true})
					}
					return load(ctx, source, one)
				}
				if c.change != nil {
					c.change(j)
				}
			})
			p := r.policyReport
			if p == nil {
				t.Fatalf("%+v", r.steps)
			}
			var checks []string
			for _, check := range p.Checks {
				checks = append(checks, check.Check+"="+check.Outcome)
			}
			if note := r.steps[len(r.steps)-1].Reason; strings.Contains(note, "unchanged since git:main") != (len(p.Findings) == 0) {
				t.Errorf("the step says %q of %d findings", note, len(p.Findings))
			}
			if r.worst != c.worst || p.VerdictBase+" "+p.VerdictNew != c.verdicts || p.Weaker != c.weaker || !strings.Contains(p.Headline, c.headline) || strings.Join(checks, " ") != c.checks {
				t.Errorf("outcome %d, verdicts %s %s, %d weaker: %s\nchecks %v %+v\n%+v", r.worst, p.VerdictBase, p.VerdictNew, p.Weaker, p.Headline, checks, p.Checks, r.steps)
			}
		})
	}
}

// TestPolicyThatCannotBeRead: a policy that is not known is no policy that lets something pass.
func TestPolicyThatCannotBeRead(t *testing.T) {
	const cfg = "contract: {source: api.yaml, waivers: w.yaml}\nsign: {public_keys: trusted.json}\ntaxonomy: {file: alerts.json}\n"
	for name, c := range map[string]struct {
		base, head map[string]string
		says       string
		code       report.Outcome
	}{
		"waivers of the base":             {map[string]string{"w.yaml": "- {rule"}, nil, "policy of git:main: ", report.BadInput},
		"waivers of the base, a bad disk": {map[string]string{"w.yaml": broken}, nil, "policy of git:main: input/output error", report.WorkFailed},
		"keys of the base":                {map[string]string{"trusted.json": "{"}, nil, "policy of git:main: ", report.BadInput},
		"keys of the base, a bad disk":    {map[string]string{"trusted.json": broken}, nil, "policy of git:main: input/output error", report.WorkFailed},
		"alerts of the base, a bad disk":  {map[string]string{"alerts.json": broken}, nil, "policy of git:main: input/output error", report.WorkFailed},
		"keys of the change":              {nil, map[string]string{"trusted.json": "{"}, "trusted.json", report.BadInput},
	} {
		w := newWorld(t).version("1.0.0", "a")
		w.cfg = strings.Replace(cfg, "waivers: w.yaml", "gate: none", 1)
		for file, text := range c.head {
			w.files[file] = text
		}
		r := w.evaluatedBy(cfg, c.base, nil, func(*Job) {})
		if s := r.steps[len(r.steps)-1]; s.Name != "policy" || s.Status != statusFailed || !strings.Contains(s.Reason, c.says) || r.worst < c.code {
			t.Errorf("%s: outcome %d, %+v", name, r.worst, s)
		}
	}
}

// TestOutcomesOfOtherSteps: a step that no policy changes ends alike under both.
func TestOutcomesOfOtherSteps(t *testing.T) {
	for name, c := range map[string]struct {
		steps []report.Step
		worst report.Outcome
		want  report.Outcome
	}{
		"none":                              {nil, report.Passed, report.Passed},
		"the gate alone":                    {[]report.Step{{Name: "gate", Status: statusFindings}}, report.GateFailed, report.Passed},
		"the gate of a contract":            {[]report.Step{{Name: "gate cart", Status: statusFindings}}, report.GateFailed, report.Passed},
		"milestones with findings":          {[]report.Step{{Name: "milestones", Status: statusFindings}}, report.GateFailed, report.GateFailed},
		"milestones that could not be read": {[]report.Step{{Name: "milestones", Status: statusFailed}}, report.BadInput, report.BadInput},
		"a changelog that failed":           {[]report.Step{{Name: "changelog", Status: statusFailed}, {Name: "milestones", Status: statusOK}}, report.WorkFailed, report.WorkFailed},
		"a step that was skipped":           {[]report.Step{{Name: "milestones", Status: statusSkipped}}, report.GateFailed, report.Passed},
	} {
		if r := (&run{steps: c.steps, worst: c.worst}); r.independentOutcome() != c.want {
			t.Errorf("%s: %d, want %d", name, r.independentOutcome(), c.want)
		}
	}
}

// TestHeadlineOfThePolicy: the headline of a run says what the change does to the policy, and what the run was told to let pass.
func TestHeadlineOfThePolicy(t *testing.T) {
	found := []report.Finding{{Rule: "policy-raised", Level: report.Info}}
	for _, c := range []struct {
		name      string
		report    *report.Policy
		file      string // of the base
		overrides []string
		want      string
	}{
		{"without --policy", nil, "", nil, "1 run."},
		{"unchanged", &report.Policy{Headline: "h", VerdictBase: "passed", VerdictNew: "passed"}, "govctl.yaml", nil, "1 run."},
		{"weaker", &report.Policy{Headline: "h", Weaker: 1}, "", nil, "1 run; h."},
		{"another verdict", &report.Policy{Headline: "h", VerdictBase: "failed", VerdictNew: "passed"}, "", nil, "1 run; h."},
		{"stricter", &report.Policy{Headline: "h", Findings: found}, "govctl.yaml", nil, "1 run; h."},
		{"a first configuration", &report.Policy{Headline: "h", Findings: found}, "", nil, "1 run."},
		{"an override", nil, "", []string{"--a"}, "1 run; overrides: --a."},
		{"two overrides, weaker", &report.Policy{Headline: "h", Weaker: 1}, "", []string{"--a", "B"}, "1 run; h; overrides: --a, B."},
	} {
		r := &run{job: &Job{Overrides: c.overrides, Policy: &Policy{Base: PolicySource{File: c.file}}}, policyReport: c.report}
		if got := r.withPolicy("1 run."); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestPlaceholdersUnderAnotherPolicy: a contract without a gate that could not be measured for too long fails by the limit of each policy.
func TestPlaceholdersUnderAnotherPolicy(t *testing.T) {
	const base, head = "contract: {source: api.yaml, gate: none}\nstability: {placeholder_max_runs: 1}\n", "contract: {source: api.yaml, gate: none}\nstability: {placeholder_max_runs: 5}\n"
	for _, c := range []struct {
		base, head string
		verdicts   string
	}{
		{base, head, "failed passed"}, {head, base, "passed failed"}, {strings.Replace(base, "1}", "0}", 1), head, "passed passed"}, {strings.Replace(base, "1}", "2}", 1), head, "passed passed"},
		{strings.Replace(base, "gate", "allow_private: true, gate", 1), head, "passed passed"}, // it is read in another way, and nothing is known of its past
	} {
		w := newWorld(t)
		w.cfg = strings.Replace(c.head, "max_runs: 1", "max_runs: 9", 1)
		w.run("aaaaaaa", "1") // there is no contract
		w.cfg = c.head
		r := w.evaluatedBy(c.base, nil, nil, func(*Job) {})
		if p := r.policyReport; p == nil || p.VerdictBase+" "+p.VerdictNew != c.verdicts {
			t.Errorf("%s to %s: %+v", c.base, c.head, p)
		}
	}
}

// TestPolicySource: what of a revision is compared.
func TestPolicySource(t *testing.T) {
	for want, s := range map[string]PolicySource{"w.yaml": {File: "govctl.yaml"}, "git:main:w.yaml": {File: "git:main:govctl.yaml"}, "C:w.yaml": {File: "git:C:govctl.yaml"}} {
		if got := s.at("w.yaml"); strings.TrimPrefix(got, "git:") != strings.TrimPrefix(want, "git:") {
			t.Errorf("%s: %s, want %s", s.File, got, want)
		}
	}
	if got := (&PolicySource{File: "C:/govctl.yaml"}).at("w.yaml"); got != "w.yaml" {
		t.Errorf("%s", got)
	}
	files := past{"w.yaml": "x", "broken": broken}
	s := &PolicySource{Read: func(_ context.Context, name string) ([]byte, error) { return files.read(name) }}
	for name, c := range map[string]struct{ found, err bool }{"": {}, "absent": {}, "w.yaml": {found: true}, "broken": {err: true}} {
		if _, found, err := s.file(t.Context(), name); found != c.found || (err != nil) != c.err {
			t.Errorf("%q: %v %v", name, found, err)
		}
	}
	for _, c := range []struct{ key, rule, want string }{
		{"contract.rules.levels", "operation-removed", "error"}, {"contract.rules.levels", "no-such-rule", ""}, {"taxonomy.levels", "severity-unknown", "error"}, {"taxonomy.levels", "no-such-rule", ""},
	} {
		if got := defaultLevel(c.key, c.rule); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.rule, c.key, got, c.want)
		}
	}
	if got := defaultLevel("taxonomy.levels", "rules-syntax"); got == "" {
		t.Log("no lint rule of that name among the rules of Prometheus") // the table of promrules is asked, too
	}
	cfg, err := config.Parse(t.Context(), config.File, []byte("contract: {source: api.yaml, gate: none}\nstability: {alert_threshold: 0.5}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if v := values(&cfg, ""); v["stability.alert_threshold"] != 0.5 || v["project"] != nil {
		t.Errorf("%v", v)
	}
	if v := values(&cfg.Contracts[0], "contract."); v["gate"] != "none" || v["source"] != "api.yaml" || v["stability.alert_threshold"] != nil {
		t.Errorf("%v", v)
	}
}

// TestIgnoresOfTheBase: the lint_ignore entries of the base count instead of those of the change only in a run that is evaluated by the base.
func TestIgnoresOfTheBase(t *testing.T) {
	const file = `{"schema_version": "1", "alerts": [{"alert": "A", "group": "g", "severity": "low", "description": "A is wrong.", "lint_ignore": [{"rule": "%s", "reason": "r"}]}]}`
	read := func(context.Context, string) ([]byte, error) {
		return []byte(strings.Replace(file, "%s", "of-the-base", 1)), nil
	}
	named := config.Config{Taxonomy: config.Taxonomy{File: "alerts.json"}}
	for _, c := range []struct {
		policy *PolicySource
		want   string
	}{
		{nil, "of-the-change"}, {&PolicySource{Config: named, Read: read}, "of-the-change"}, {&PolicySource{Config: named, Read: read, base: true}, "of-the-base"},
	} {
		f, err := taxonomy.Parse("alerts.json", []byte(strings.Replace(file, "%s", "of-the-change", 1)))
		if err != nil {
			t.Fatal(err)
		}
		in := taxonomy.Input{File: f}
		if err := (&stepContext{run: &run{policy: c.policy}}).readIgnores(&in); err != nil || len(f.Alerts[0].Ignores) != 1 || f.Alerts[0].Ignores[0].Rule != c.want {
			t.Errorf("%+v %v, want %s", f.Alerts[0].Ignores, err, c.want)
		}
	}
}

// TestWroteOfARun: a step is skipped where this run did not write what it needs.
func TestWroteOfARun(t *testing.T) {
	store, _, err := artifact.Open(t.TempDir(), now, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Bytes("status/a.md", []byte("x\n")); err != nil {
		t.Fatal(err)
	}
	r := &run{job: &Job{Store: store}}
	if !r.wrote("status/a.md") || r.wrote("status/b.md") || r.digestOf("status/a.md") != sumOf("x\n") || r.digestOf("status/b.md") != "" {
		t.Errorf("%+v", store.Written())
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

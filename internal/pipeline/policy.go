package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/policy"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

// beginPolicy prepares the run under the policy that does not count. It shares the state of this run, and writes no file.
func (r *run) beginPolicy() error {
	p := r.job.Policy
	if p == nil {
		return r.job.Store.Remove(artifact.PolicyPath) // of an earlier run with --policy
	}
	counting, other := p.counting()
	job := *r.job
	job.Config, job.Policy = p.Other, nil
	job.State.Contracts, r.partners = map[string]ContractState{}, p.partners()
	for from, to := range r.partners {
		if state, ok := r.job.State.Contracts[from]; ok {
			job.State.Contracts[to] = state
		}
	}
	r.other = newRun(&job)
	r.other.start = job.State.baselines(job.Config, job.Selection, r.again())
	r.policy, r.other.policy = counting, other
	return nil
}

// readIgnores makes the lint_ignore entries of the base count, instead of those of the change, for the run that is evaluated by the base.
func (sc *stepContext) readIgnores(in *taxonomy.Input) error {
	base := sc.policy
	if base == nil || !base.base {
		return nil
	}
	ignores, err := base.ignores(context.Background())
	for i := range in.File.Alerts {
		in.File.Alerts[i].Ignores = ignores[in.File.Alerts[i].Name]
	}
	return err
}

// readWaivers reads the waiver file of the policy that the run is evaluated by. An absent file waives nothing.
func (sc *stepContext) readWaivers(ctx context.Context) ([]byte, bool, error) {
	j := *sc.job
	if sc.policy != nil {
		j.ReadFile = func(name string) ([]byte, error) { return sc.policy.Read(ctx, name) }
	}
	return j.optional(sc.contract.Waivers, sc.contract.At+"/waivers")
}

// evaluatePolicy compares the policy of the change with that of the base, and reaches the verdict under both.
func evaluatePolicy(ctx context.Context, sc *stepContext) error {
	p := sc.job.Policy
	found, err := p.compare(ctx)
	if err != nil {
		return err
	}
	out := report.Policy{Schema: "govctl/policy/v1", GeneratedAt: report.At(sc.job.Now), SHA: sc.job.SHA, RunID: sc.job.RunID, Base: p.Rev, BaseSHA: p.SHA,
		Mode: p.Mode(), Overrides: sc.job.Overrides, Checks: []report.PolicyCheck{}, Findings: []report.Finding{}}
	other := sc.worst
	if len(found) > 0 {
		out.Findings, out.Weaker = found, len(policy.Weaker(found))
		other = sc.independentOutcome()
		for _, c := range sc.checksOfOther(ctx) {
			other = max(other, c.outcome)
			c.Outcome = c.outcome.String()
			out.Checks = append(out.Checks, c.PolicyCheck)
		}
	}
	v := policy.Verdicts{Blocks: p.blocks(), Base: other, New: sc.worst}
	if v.Blocks {
		v.Base, v.New = v.New, v.Base
	}
	out.VerdictBase, out.VerdictNew = v.Base.String(), v.New.String()
	out.Headline = v.Headline(out.Findings)
	sc.note = out.Headline + " (compared with " + p.Rev + ")"
	if len(out.Findings) == 0 {
		sc.note = "unchanged since " + p.Rev
	}
	sc.policyReport = &out
	return sc.job.Store.JSON(artifact.PolicyPath, out)
}

// compare finds what the change does to its policy.
func (p *Policy) compare(ctx context.Context) ([]report.Finding, error) {
	base, err := p.Base.side(ctx)
	if err != nil {
		return nil, fmt.Errorf("policy of %s: %w", p.Rev, err)
	}
	head, err := p.Head.side(ctx)
	if err != nil {
		return nil, err
	}
	return policy.Compare(base, head), nil
}

// againstPolicy are the steps whose outcome depends on the policy.
var againstPolicy = map[string]bool{"export": true, "diff": true, "semver": true, "stability": true, "gate": true, "taxonomy": true, "alert-gates": true}

// independentOutcome is the worst outcome of the steps that end in the same way under every policy.
func (r *run) independentOutcome() report.Outcome {
	worst := report.Passed
	for _, s := range r.steps {
		if name, _, _ := strings.Cut(s.Name, " "); !againstPolicy[name] {
			worst = max(worst, outcomeOfStep(s))
		}
	}
	return min(worst, r.worst)
}

func outcomeOfStep(s report.Step) report.Outcome {
	switch s.Status {
	case statusFindings:
		return report.GateFailed
	case statusFailed:
		return report.WorkFailed
	}
	return report.Passed
}

// policyCheck is how one check ends under the policy that does not count.
type policyCheck struct {
	report.PolicyCheck
	outcome report.Outcome
}

func checkedAgain(check, contract string, err error) policyCheck {
	step, outcome := evaluated(err, "")
	return policyCheck{report.PolicyCheck{Check: check, Contract: contract, Reason: step.Reason}, outcome}
}

// checksOfOther reaches the verdict of each check under the policy that does not count. Nothing is written.
func (sc *stepContext) checksOfOther(ctx context.Context) []policyCheck {
	var out []policyCheck
	known := sc.knownGates()
	for _, one := range sc.other.stepContexts() {
		if one.contract.Source == "" {
			continue // under that policy, nothing is governed
		}
		check, ok := known[one.contract.Name]
		if !ok {
			check = sc.checkGate(ctx, one)
		}
		out = append(out, check)
	}
	return append(out, sc.taxonomyAgain(ctx)...)
}

// knownGates are the gates under the policy that does not count of contracts that this run has not assessed: those of shards, and those of an earlier
// run, which are the same under both policies.
func (sc *stepContext) knownGates() map[string]policyCheck {
	out := map[string]policyCheck{}
	for name, check := range sc.gates {
		outcome := report.Passed
		for outcome.String() != check.Outcome && outcome < report.WorkFailed {
			outcome++
		}
		out[name] = policyCheck{check, outcome}
	}
	for contract, kept := range sc.job.State.Kept {
		check := policyCheck{PolicyCheck: report.PolicyCheck{Check: "gate", Contract: sc.partners[contract]}}
		for _, s := range kept.Record.Steps {
			name, _, _ := strings.Cut(s.Name, " ")
			if o := report.Outcome(s.Exit); againstPolicy[name] && !s.Tolerated && o > check.outcome {
				check.outcome, check.Reason = o, s.Reason
			}
		}
		out[check.Contract] = check
	}
	return out
}

// checkGate is the verdict on a contract of the policy that does not count.
func (sc *stepContext) checkGate(ctx context.Context, one *stepContext) policyCheck {
	err := one.gateAgain(ctx, sc.run)
	var u unreadable
	if errors.As(err, &u) && one.contract.Gate == "none" {
		err = sc.placeholdersAgain(one)
	}
	return checkedAgain("gate", one.contract.Name, err)
}

// checkGates is the verdict on each contract that this part of a run has assessed, by its name, where the policies differ.
func (sc *stepContext) checkGates(ctx context.Context) (map[string]report.PolicyCheck, error) {
	if sc.job.Policy == nil {
		return nil, nil
	}
	if found, err := sc.job.Policy.compare(ctx); err != nil || len(found) == 0 {
		return nil, err
	}
	out := map[string]report.PolicyCheck{}
	for _, one := range sc.other.stepContexts() {
		for i, rec := range sc.records {
			if name := sc.job.Config.Contracts[i].Name; rec != nil && sc.partners[name] == one.contract.Name && one.contract.Source != "" {
				check := sc.checkGate(ctx, one)
				check.Outcome = check.outcome.String()
				out[name] = check.PolicyCheck
			}
		}
	}
	return out, nil
}

// gateAgain is the verdict on one contract under the policy of this run, which is not the one that counts.
func (sc *stepContext) gateAgain(ctx context.Context, counting *run) error {
	doc, err := sc.documentAgain(ctx, counting)
	if err != nil {
		return err
	}
	old, err := sc.baselineAgain(ctx)
	if err != nil {
		return unreadable{fmt.Errorf("baseline: %w", err)}
	}
	opt, err := sc.options(ctx)
	if err != nil {
		return err
	}
	opt.NoWitness = true // an example changes no verdict
	opt.Advise = sc.advise(ctx, doc)
	result := apidiff.First(doc, opt)
	if old != nil {
		result = apidiff.Compare(ctx, old, doc, opt)
	}
	in, err := sc.semverInput(ctx, result.Diff, doc)
	if err != nil {
		return unreadable{err}
	}
	version, err := semver.Check(in)
	if err != nil {
		return unreadable{err}
	}
	broken := result.Breaking()
	return sc.decide(&broken, &version)
}

// placeholdersAgain checks the streak of runs that could not measure a contract without a gate by the limit of the policy that does not
// count.
func (sc *stepContext) placeholdersAgain(one *stepContext) error {
	limit := one.job.Config.Stability.PlaceholderMaxRuns
	for _, c := range sc.stepContexts() {
		s, err := written[stabilityView](c, stabilityFile)
		if err != nil {
			return err
		}
		if s != nil && limit > 0 && how(c.contract) == how(one.contract) && s.Extensions.PlaceholderStreak > limit {
			return finding(fmt.Sprintf("%d placeholder runs in a row, more than placeholder_max_runs (%d)", s.Extensions.PlaceholderStreak, limit))
		}
	}
	return nil
}

// documentAgain is the contract, which is not read a second time where both policies read it in the same way.
func (sc *stepContext) documentAgain(ctx context.Context, counting *run) (*contract.Document, error) {
	for _, one := range counting.stepContexts() {
		if how(one.contract) == how(sc.contract) {
			return one.document(ctx)
		}
	}
	return sc.document(ctx)
}

// reading is how a contract is read.
type reading struct {
	source                    string
	remote, dangling, private bool
	version                   string
}

func how(c *config.Contract) reading {
	return reading{c.Source, c.AllowRemoteRefs, c.AllowDangling, c.AllowPrivate, c.Semver.VersionFrom}
}

// baselineAgain is the baseline under this policy; nil for a first run.
func (sc *stepContext) baselineAgain(ctx context.Context) (old *contract.Document, err error) {
	switch sc.contract.Baseline {
	case config.NoBaseline:
		return nil, nil
	case "":
		start := sc.start[sc.contract.Name]
		if !start.Exists() {
			return nil, nil
		}
		data, err := start.Bytes()
		if err != nil {
			return nil, err
		}
		if old, err = sc.published(ctx, data); err != nil {
			return nil, err
		}
		r, err := sc.missed(ctx, old)
		if err != nil {
			return nil, err
		}
		if r != nil {
			old = r.doc
		}
	default:
		old, err = sc.named(ctx)
		if absentRevision(err) && !sc.job.Required {
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return old, sc.resolved(old)
}

// taxonomyAgain is the verdict on the alerts under the policy that does not count.
func (sc *stepContext) taxonomyAgain(ctx context.Context) []policyCheck {
	other := &stepContext{run: sc.other}
	in, err := other.taxonomyInput()
	var none skip
	if errors.As(err, &none) {
		return nil
	}
	if err != nil {
		return []policyCheck{checkedAgain("taxonomy", "", err)}
	}
	if n := taxonomy.Lint(in).Totals.From(report.Level(other.job.Config.Taxonomy.FailOn)); n > 0 {
		err = finding(count(n, "finding"))
	}
	return []policyCheck{checkedAgain("taxonomy", "", err), checkedAgain("alert-gates", "", other.alertGatesAgain(ctx, in))}
}

// alertGatesAgain evaluates the alerts by the limits of this policy.
func (sc *stepContext) alertGatesAgain(ctx context.Context, in taxonomy.Input) error {
	if err := in.File.Usable(); err != nil {
		return err
	}
	m, err := sc.job.Alerts.Measure(ctx, in)
	if err != nil {
		return err
	}
	history, err := ReadSnapshots(sc.job.Store.FS())
	if err != nil {
		return err
	}
	verdict := taxonomy.Evaluate(taxonomy.GateInput{
		File: in.File, Metrics: m, Past: taxonomy.Before(history, sc.job.Now), Thresholds: TaxonomyThresholds(sc.job.Config.Taxonomy), Now: sc.job.Now,
	})
	if !verdict.Passed {
		return finding(DescribeGates(verdict))
	}
	return nil
}

// withPolicy adds to a headline what the change does to the policy, and what this run was told to let pass.
func (r *run) withPolicy(headline string) string {
	var more []string
	if p := r.policyReport; p != nil && (p.Weaker > 0 || p.VerdictBase != p.VerdictNew || len(p.Findings) > 0 && r.job.Policy.Base.File != "") {
		more = append(more, p.Headline) // a first configuration that weakens nothing is no change of policy
	}
	if len(r.job.Overrides) > 0 {
		more = append(more, "overrides: "+strings.Join(r.job.Overrides, ", "))
	}
	if len(more) == 0 {
		return headline
	}
	return strings.TrimSuffix(headline, ".") + "; " + strings.Join(more, "; ") + "."
}

func hasPolicy(j *Job) bool { return j.Policy != nil }

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
	job.State.Contracts = map[string]ContractState{}
	for _, pair := range p.pairs() {
		if pair.Base == nil || pair.Head == nil {
			continue
		}
		from, to := pair.Head.Name, pair.Base.Name
		if p.blocks() {
			from, to = to, from
		}
		if state, ok := r.job.State.Contracts[from]; ok {
			job.State.Contracts[to] = state
		}
	}
	r.other = &run{job: &job, docs: map[string]loaded{}, contracts: map[string]*verdict{}, hints: map[string]string{}}
	r.other.start = job.State.baselines(job.Config, r.again())
	r.policy, r.other.policy = counting, other
	return nil
}

// readIgnores makes the lint_ignore entries of the base count, instead of those of the change, for the run that is judged by the base.
func (b *bench) readIgnores(in *taxonomy.Input) error {
	base := b.policy
	if base == nil || !base.base {
		return nil
	}
	ignores, err := base.ignores(context.Background())
	for i := range in.File.Alerts {
		in.File.Alerts[i].Ignores = ignores[in.File.Alerts[i].Name]
	}
	return err
}

// readWaivers reads the waiver file of the policy that the run is judged by. An absent file waives nothing.
func (b *bench) readWaivers(ctx context.Context) ([]byte, bool, error) {
	j := *b.job
	if b.policy != nil {
		j.ReadFile = func(name string) ([]byte, error) { return b.policy.Read(ctx, name) }
	}
	return j.optional(b.contract.Waivers, b.contract.At+"/waivers")
}

// judgePolicy compares the policy of the change with that of the base, and reaches the verdict under both.
func judgePolicy(ctx context.Context, b *bench) error {
	p := b.job.Policy
	base, err := p.Base.side(ctx)
	if err != nil {
		return fmt.Errorf("policy of %s: %w", p.Rev, err)
	}
	head, err := p.Head.side(ctx)
	if err != nil {
		return err
	}
	out := report.Policy{Schema: "govctl/policy/v1", GeneratedAt: report.At(b.job.Now), SHA: b.job.SHA, RunID: b.job.RunID, Base: p.Rev, BaseSHA: p.SHA,
		Mode: p.Mode(), Overrides: b.job.Overrides, Checks: []report.PolicyCheck{}, Findings: []report.Finding{}}
	other := b.worst
	if found := policy.Compare(base, head); len(found) > 0 {
		out.Findings, out.Weaker = found, len(policy.Weaker(found))
		other = b.unjudged()
		for _, c := range b.checksOfOther(ctx) {
			other = max(other, c.outcome)
			c.Outcome = c.outcome.String()
			out.Checks = append(out.Checks, c.PolicyCheck)
		}
	}
	v := policy.Verdicts{Blocks: p.blocks(), Base: other, New: b.worst}
	if v.Blocks {
		v.Base, v.New = v.New, v.Base
	}
	out.VerdictBase, out.VerdictNew = v.Base.String(), v.New.String()
	out.Headline = v.Headline(out.Findings)
	b.note = out.Headline + " (compared with " + p.Rev + ")"
	if len(out.Findings) == 0 {
		b.note = "unchanged since " + p.Rev
	}
	b.policyReport = &out
	return b.job.Store.JSON(artifact.PolicyPath, out)
}

// againstPolicy are the steps whose outcome depends on the policy.
var againstPolicy = map[string]bool{"export": true, "diff": true, "semver": true, "stability": true, "gate": true, "taxonomy": true, "alert-gates": true}

// unjudged is the worst outcome of the steps that end in the same way under every policy.
func (r *run) unjudged() report.Outcome {
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
	step, outcome := judged(err, "")
	return policyCheck{report.PolicyCheck{Check: check, Contract: contract, Reason: step.Reason}, outcome}
}

// checksOfOther reaches the verdict of each check under the policy that does not count. Nothing is written.
func (b *bench) checksOfOther(ctx context.Context) []policyCheck {
	var out []policyCheck
	for _, one := range b.other.benches() {
		if one.contract.Source == "" {
			continue // under that policy, nothing is governed
		}
		err := one.gateAgain(ctx, b.run)
		var u unreadable
		if errors.As(err, &u) && one.contract.Gate == "none" {
			err = b.placeholdersAgain(one)
		}
		out = append(out, checkedAgain("gate", one.contract.Name, err))
	}
	return append(out, b.taxonomyAgain(ctx)...)
}

// gateAgain is the verdict on one contract under the policy of this run, which is not the one that counts.
func (b *bench) gateAgain(ctx context.Context, counting *run) error {
	doc, err := b.documentAgain(ctx, counting)
	if err != nil {
		return err
	}
	old, err := b.baselineAgain(ctx)
	if err != nil {
		return unreadable{fmt.Errorf("baseline: %w", err)}
	}
	opt, err := b.options(ctx)
	if err != nil {
		return err
	}
	opt.NoWitness = true // an example changes no verdict
	opt.Advise = b.advise(ctx, doc)
	result := apidiff.First(doc, opt)
	if old != nil {
		result = apidiff.Compare(ctx, old, doc, opt)
	}
	in, err := b.semverInput(ctx, result.Diff, doc)
	if err != nil {
		return unreadable{err}
	}
	version, err := semver.Check(in)
	if err != nil {
		return unreadable{err}
	}
	broken := result.Breaking()
	return b.decide(&broken, &version)
}

// placeholdersAgain checks the streak of runs that could not measure a contract without a gate by the limit of the policy that does not
// count.
func (b *bench) placeholdersAgain(one *bench) error {
	limit := one.job.Config.Stability.PlaceholderMaxRuns
	for _, c := range b.benches() {
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
func (b *bench) documentAgain(ctx context.Context, counting *run) (*contract.Document, error) {
	for _, one := range counting.benches() {
		if how(one.contract) == how(b.contract) {
			return one.document(ctx)
		}
	}
	return b.document(ctx)
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
func (b *bench) baselineAgain(ctx context.Context) (old *contract.Document, err error) {
	switch b.contract.Baseline {
	case config.NoBaseline:
		return nil, nil
	case "":
		data := b.start[b.contract.Name]
		if data == nil {
			return nil, nil
		}
		if old, err = b.published(ctx, data); err != nil {
			return nil, err
		}
		r, err := b.missed(ctx, old)
		if err != nil {
			return nil, err
		}
		if r != nil {
			old = r.doc
		}
	default:
		old, err = b.named(ctx)
		if absentRevision(err) && !b.job.Required {
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return old, b.resolved(old)
}

// taxonomyAgain is the verdict on the alerts under the policy that does not count.
func (b *bench) taxonomyAgain(ctx context.Context) []policyCheck {
	other := &bench{run: b.other}
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

// alertGatesAgain judges the alerts by the limits of this policy.
func (b *bench) alertGatesAgain(ctx context.Context, in taxonomy.Input) error {
	if err := in.File.Usable(); err != nil {
		return err
	}
	m, err := b.job.Alerts.Measure(ctx, in)
	if err != nil {
		return err
	}
	history, err := ReadSnapshots(b.job.Store.FS())
	if err != nil {
		return err
	}
	verdict := taxonomy.Judge(taxonomy.GateInput{
		File: in.File, Metrics: m, Past: taxonomy.Before(history, b.job.Now), Thresholds: TaxonomyThresholds(b.job.Config.Taxonomy), Now: b.job.Now,
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

package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/policy"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/report"
)

// Policy is the policy of the base of a change, with the policy of the change itself, for `run --policy`.
type Policy struct {
	Rev, SHA string // as it was named, and the commit; the commit is empty where there is no earlier one
	Base     PolicySource
	Head     PolicySource
	Other    config.Config // the one that does not count, as the flags and the environment of this run adjust it
	Merged   bool          // the change is merged already, so that its own policy counts whatever the mode
}

// PolicySource is a policy as one revision has it.
type PolicySource struct {
	File   string // of the configuration, for places; empty where there is none
	Config config.Config
	// Read reads a file of that revision; its error is an fs.ErrNotExist where there is none.
	Read      func(ctx context.Context, name string) ([]byte, error)
	Workflows map[string][]byte
	base      bool // it is the policy of the base, whose lint_ignore entries count instead of those of the change
}

// base is the revision of the base; empty without --policy.
func (p *Policy) base() string {
	if p == nil {
		return ""
	}
	return cmp.Or(p.SHA, p.Rev)
}

// Mode is how a change of policy is evaluated: as the base says, before the merge.
func (p *Policy) Mode() string {
	if p.Merged {
		return config.PolicyShow
	}
	return p.Base.Config.Policy.Mode
}

// blocks reports that only the policy of the base counts.
func (p *Policy) blocks() bool { return p.Mode() == config.PolicyBlock }

// Configurations are the configuration that counts and the one that does not. In mode show that of the change counts, in mode block that
// of the base. A contract that the change renames continues the state of its old name, whatever renamed_from says.
func (p *Policy) Configurations() (counting, other config.Config) {
	base, head := p.Base.Config, p.Head.Config
	base.Contracts, head.Contracts = slices.Clone(base.Contracts), slices.Clone(head.Contracts)
	for i, pair := range p.pairs()[:len(head.Contracts)] { // the pairs begin with the contracts of the change, in their order
		if pair.Renamed() {
			head.Contracts[i].RenamedFrom = pair.Base.Name
		}
	}
	if p.blocks() {
		return base, head
	}
	return head, base
}

// pairs are the contracts of both sides.
func (p *Policy) pairs() []policy.Pair {
	return policy.Match(contractsOf(&p.Base.Config), contractsOf(&p.Head.Config))
}

// partners are the names of the contracts of this run under the policy that does not count, where that has them.
func (p *Policy) partners() map[string]string {
	out := map[string]string{}
	for _, pair := range p.pairs() {
		switch {
		case pair.Base == nil || pair.Head == nil:
		case p.blocks():
			out[pair.Base.Name] = pair.Head.Name
		default:
			out[pair.Head.Name] = pair.Base.Name
		}
	}
	return out
}

// same reports that both policies say the same about a contract of the configuration that counts, so that it ends in the same way under both.
func (p *Policy) same(cfg config.Config, c config.Contract) bool {
	i := slices.IndexFunc(p.Other.Contracts, func(o config.Contract) bool { return o.Name == c.Name })
	if i < 0 {
		return false
	}
	a, err := settingsOf(cfg, c)
	b, oerr := settingsOf(p.Other, p.Other.Contracts[i])
	return err == nil && oerr == nil && a == b && p.sameWaivers(c.Waivers)
}

// sameWaivers reports that a file of waivers is the same in the base and in the change.
func (p *Policy) sameWaivers(name string) bool {
	base, _, err := p.Base.file(context.Background(), name)
	head, _, herr := p.Head.file(context.Background(), name)
	return err == nil && herr == nil && bytes.Equal(base, head)
}

// counting is the source that counts, and other the one that does not.
func (p *Policy) counting() (counting, other *PolicySource) {
	p.Base.base = true
	if p.blocks() {
		return &p.Base, &p.Head
	}
	return &p.Head, &p.Base
}

func contractsOf(cfg *config.Config) []policy.Contract {
	out := make([]policy.Contract, len(cfg.Contracts))
	for i := range cfg.Contracts {
		c := &cfg.Contracts[i]
		out[i] = policy.Contract{Name: c.Name, Source: c.Source, RenamedFrom: c.RenamedFrom, Pointer: c.At, Values: values(c, "contract.")}
	}
	return out
}

// values are the values of a part of the configuration by their keys in the table of internal/policy.
func values(part any, prefix string) map[string]any {
	var tree any
	if b, err := json.Marshal(part); err == nil { // a configuration that was read can be written
		_ = json.Unmarshal(b, &tree)
	}
	out := map[string]any{}
	for _, row := range policy.Table() {
		key, ok := strings.CutPrefix(row.Key, prefix)
		if !ok {
			continue
		}
		v := tree
		for name := range strings.SplitSeq(key, ".") {
			object, _ := v.(map[string]any)
			v = object[name]
		}
		if v != nil {
			out[key] = v
		}
	}
	return out
}

// side is a source as internal/policy compares it.
func (s *PolicySource) side(ctx context.Context) (*policy.Side, error) {
	cfg := s.Config
	t := TaxonomyConfig(cfg.Taxonomy)
	cfg.Taxonomy.Severities, cfg.Taxonomy.Scopes, cfg.Taxonomy.Categories = t.Severities, t.Scopes, t.Categories
	side := &policy.Side{Contracts: contractsOf(&s.Config), Workflows: s.Workflows, Config: policy.Config{
		File: s.File, Values: values(&cfg, ""), Level: defaultLevel,
		Find: func(pointer string) (report.Place, bool) {
			at := s.Config.KeyPlace(pointer)
			at.File = s.File
			return at, s.Config.Given(pointer)
		},
	}}
	for i := range s.Config.Contracts {
		var err error
		if side.Contracts[i].Waivers, err = s.waivers(ctx, s.Config.Contracts[i]); err != nil {
			return nil, err
		}
	}
	var err error
	if side.Keys, err = s.keys(ctx); err != nil {
		return nil, err
	}
	side.Waivers, err = s.lintIgnores(ctx)
	return side, err
}

// defaultLevel is the level of a rule that the configuration does not name.
func defaultLevel(key, rule string) string {
	if key == "contract.rules.levels" {
		r, _ := rules.Lookup(rule)
		return string(r.Level)
	}
	if row, ok := taxonomy.Explain(rule); ok {
		return string(row.Level)
	}
	for _, row := range promrules.Rows() {
		if row.ID == rule {
			return string(row.Level)
		}
	}
	return ""
}

// file reads a file that may be absent.
func (s *PolicySource) file(ctx context.Context, name string) (data []byte, found bool, err error) {
	if name == "" {
		return nil, false, nil
	}
	data, err = s.Read(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// waivers are the waivers of a file as they are written, however far ahead they expire: the limit is evaluated where they are used.
func (s *PolicySource) waivers(ctx context.Context, c config.Contract) ([]policy.Waiver, error) {
	name := c.Waivers
	data, ok, err := s.file(ctx, name)
	if err != nil || !ok {
		return nil, err
	}
	all, err := apidiff.ParseWaivers(ctx, s.at(name), data, time.Time{}, 0)
	all = apidiff.WaiversFor(c.Name, all)
	out := make([]policy.Waiver, len(all))
	for i, w := range all {
		out[i] = policy.Waiver{Rule: w.Rule, Fingerprint: w.Fingerprint, Subject: w.Subject, Reason: w.Reason, Owner: w.Owner, Ticket: w.Ticket,
			Expires: w.Expires.Format(time.DateOnly), Place: w.Place}
	}
	return out, err
}

// at names a file of this revision: what is before the last colon of the configuration's own name.
func (s *PolicySource) at(name string) string {
	if i := strings.LastIndexByte(s.File, ':'); i >= 0 && strings.HasPrefix(s.File, "git:") {
		return s.File[:i+1] + name
	}
	return name
}

func (s *PolicySource) keys(ctx context.Context) ([]policy.Key, error) {
	name := s.Config.Sign.PublicKeys
	data, ok, err := s.file(ctx, name)
	if err != nil || !ok {
		return nil, err
	}
	return policy.ReadKeys(ctx, s.at(name), data)
}

// lintIgnores are the waivers in the alert taxonomy. A taxonomy that cannot be read has none: its own step reports that.
func (s *PolicySource) lintIgnores(ctx context.Context) ([]policy.Waiver, error) {
	f, err := s.taxonomy(ctx)
	if err != nil || f == nil {
		return nil, err
	}
	var out []policy.Waiver
	for i := range f.Alerts {
		a := &f.Alerts[i]
		for _, item := range a.Ignores {
			out = append(out, policy.Waiver{Rule: item.Rule, Subject: a.Name, Reason: item.Reason, Owner: a.Owner, Expires: item.Until, Place: f.Place(a, "lint_ignore")})
		}
	}
	return out, nil
}

// taxonomy is the alert taxonomy of the revision; nil where there is none that can be read.
func (s *PolicySource) taxonomy(ctx context.Context) (*taxonomy.File, error) {
	name := s.Config.Taxonomy.File
	data, ok, err := s.file(ctx, name)
	if err != nil || !ok {
		return nil, err
	}
	f, err := taxonomy.Parse(s.at(name), data)
	if err != nil {
		return nil, nil //nolint:nilerr // a taxonomy that cannot be read is reported by its own step, and has no entries that count
	}
	return f, nil
}

// ignores are the lint_ignore entries of each alert.
func (s *PolicySource) ignores(ctx context.Context) (map[string][]taxonomy.Ignore, error) {
	f, err := s.taxonomy(ctx)
	out := map[string][]taxonomy.Ignore{}
	if err != nil || f == nil {
		return out, err
	}
	for i := range f.Alerts {
		out[f.Alerts[i].Name] = append(out[f.Alerts[i].Name], f.Alerts[i].Ignores...)
	}
	return out, nil
}

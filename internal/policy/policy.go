// Package policy compares what decides about a change - the configuration, the waivers, the trusted keys, the workflows that run
// govctl - before and after that change. Every difference becomes a finding; a table says in which direction each key is stricter.
package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
)

// Side is the policy of one revision.
type Side struct {
	Config    Config
	Contracts []Contract
	Waivers   []Waiver // lint_ignore entries of the alert taxonomy; Subject is the alert
	Keys      []Key
	Workflows map[string][]byte // files that may run govctl, by path
}

// Config is a configuration with its defaults filled in. The keys of Values are those of the table without "contract.".
type Config struct {
	File   string
	Values map[string]any // string, bool, float64, []any or map[string]any
	// Find is the place of the key at a JSON pointer; false where the file does not set it. A nil Find finds nothing.
	Find func(pointer string) (report.Place, bool)
	// Level is the level that a rule has where "contract.rules.levels" or "taxonomy.levels" does not name it.
	Level func(key, rule string) string
}

// Contract is one contract of a configuration. An empty Source means that the configuration governs no contract.
type Contract struct {
	Name, Source, RenamedFrom string
	Pointer                   string         // of the contract in the file
	Values                    map[string]any // by key of the table without "contract."
	Waivers                   []Waiver
}

// Waiver is one recorded decision to accept a finding.
type Waiver struct {
	Rule, Fingerprint, Subject string // what it covers
	Reason, Owner, Ticket      string
	Expires                    string // YYYY-MM-DD; empty: never
	Place                      report.Place
}

// comparison collects the findings of one Compare.
type comparison struct {
	base, head *Side
	found      []report.Finding
}

// Compare returns what the head changes in the policy of the base, in the order of the table of keys: warnings for what becomes weaker or
// cannot be ordered, infos for what becomes stricter.
func Compare(base, head *Side) []report.Finding {
	c := &comparison{base: base, head: head}
	for i := range Table() {
		if row := &Table()[i]; !strings.HasPrefix(row.Key, contractPrefix) {
			c.key(row, base.Config.Values, head.Config.Values, "")
		}
	}
	c.contracts()
	c.waivers(base.Waivers, head.Waivers, lintIgnores)
	c.keys()
	c.workflows()
	return c.found
}

const contractPrefix = "contract."

// contracts compares each contract with what it was, and names those that came, went or changed their name.
func (c *comparison) contracts() {
	for _, p := range Match(c.base.Contracts, c.head.Contracts) {
		switch {
		case p.Base == nil:
			c.add(addedContract, change{subject: p.Head.Name, kind: "added", new: c.at(&c.head.Config, p.Head.Pointer), to: p.Head.Source,
				say: "the contract " + p.Head.Name + " is governed from now on"})
			continue
		case p.Head == nil:
			c.add(removedContract, change{subject: p.Base.Name, kind: "removed", new: c.gone(p.Base.Pointer), old: c.at(&c.base.Config, p.Base.Pointer), from: p.Base.Source,
				say: "the contract " + p.Base.Name + " is no longer governed"})
			continue
		case p.Renamed():
			c.add(renamedContract, change{subject: p.Head.Name, kind: "changed", from: p.Base.Name, to: p.Head.Name,
				new: c.at(&c.head.Config, p.Head.Pointer+"/name"), old: c.at(&c.base.Config, p.Base.Pointer+"/name"),
				say: "the contract " + p.Base.Name + " is now named " + p.Head.Name})
		}
		c.pair(p)
	}
}

// pair compares the keys and the waivers of one contract.
func (c *comparison) pair(p Pair) {
	for i := range Table() {
		row := &Table()[i]
		if !strings.HasPrefix(row.Key, contractPrefix) || row.Key == "contract.renamed_from" && p.Renamed() && p.Head.RenamedFrom == p.Base.Name {
			continue // the name itself is reported
		}
		c.key(row, p.Base.Values, p.Head.Values, p.Head.Name, p.Base.Pointer, p.Head.Pointer)
	}
	c.waivers(p.Base.Waivers, p.Head.Waivers, contractWaivers)
}

// key compares one key of the table. pointers are those of the contract in both files.
func (c *comparison) key(row *Row, base, head map[string]any, contract string, pointers ...string) {
	if row.ID == "" {
		return
	}
	key := strings.TrimPrefix(row.Key, contractPrefix)
	from, to := base[key], head[key]
	if row.PerRule {
		c.levels(row, from, to, contract, pointers)
		return
	}
	direction := row.Order(from, to)
	if direction == Same {
		return
	}
	subject := row.Key
	if contract != "" {
		subject += " of " + contract
	}
	old, new := c.places(key, pointers)
	c.add(row.idOf(direction), change{subject: subject, kind: kindOf(from, to), from: from, to: to, old: old, new: new, why: row.Why,
		say: subject + ": " + show(from) + " before, " + show(to) + " now"})
}

// levels compares the level of every rule that one of the sides adjusts.
func (c *comparison) levels(row *Row, from, to any, contract string, pointers []string) {
	base, _ := from.(map[string]any)
	head, _ := to.(map[string]any)
	key := strings.TrimPrefix(row.Key, contractPrefix)
	for _, rule := range union(base, head) {
		before, now := c.level(&c.base.Config, row.Key, base, rule), c.level(&c.head.Config, row.Key, head, rule)
		direction := row.Order(before, now)
		if direction == Same {
			continue
		}
		subject := "rule " + rule
		if contract != "" {
			subject += " of " + contract
		}
		old, new := c.places(key+"."+rule, pointers)
		c.add(row.idOf(direction), change{subject: subject, kind: "changed", from: before, to: now, old: old, new: new, why: row.Why,
			say: "level of the " + subject + ": " + show(before) + " before, " + show(now) + " now"})
	}
}

func (c *comparison) level(cfg *Config, key string, adjusted map[string]any, rule string) string {
	if level, ok := adjusted[rule].(string); ok {
		return level
	}
	if cfg.Level == nil {
		return ""
	}
	return cfg.Level(key, rule)
}

// places are where both files have a key, counted from the contract or, where the contract does not set it, from the top.
func (c *comparison) places(key string, pointers []string) (old, new *report.Place) {
	pointer := "/" + strings.ReplaceAll(key, ".", "/")
	var base, head string
	if len(pointers) == 2 {
		base, head = pointers[0], pointers[1]
	}
	return c.at(&c.base.Config, base+pointer, pointer), c.at(&c.head.Config, head+pointer, pointer)
}

// at is the place of the first pointer that the file has, else of the nearest key above the first one. It is nil where there is no file.
func (c *comparison) at(cfg *Config, pointers ...string) *report.Place {
	if cfg.File == "" {
		return nil
	}
	if cfg.Find != nil {
		for _, p := range pointers {
			if at, ok := cfg.Find(p); ok {
				return &at
			}
		}
		for p := parent(pointers[0]); p != ""; p = parent(p) {
			if at, ok := cfg.Find(p); ok {
				return &at
			}
		}
	}
	return &report.Place{File: cfg.File, Line: 1, Column: 1}
}

// gone is the place in the head's file to show for what is not in it any more.
func (c *comparison) gone(pointer string) *report.Place { return c.at(&c.head.Config, parent(pointer)) }

func parent(pointer string) string { return pointer[:max(0, strings.LastIndexByte(pointer, '/'))] }

// change is what one finding says.
type change struct {
	subject, kind, say, why string
	from, to                any
	old, new                *report.Place
}

func (c *comparison) add(id string, ch change) {
	r := ruleOf(id)
	c.found = append(c.found, report.Finding{
		Rule: r.ID, Level: r.Level, Category: Category, Kind: ch.kind, Subject: ch.subject, Message: ch.say, Hint: r.Hint, Why: cmp.Or(ch.why, r.Why),
		Old: ch.old, New: ch.new, From: raw(ch.from), To: raw(ch.to),
	})
}

// Category is the category of every finding about the policy.
const Category = "policy"

// Weaker are the findings after which something may pass that did not pass before: all but the infos.
func Weaker(findings []report.Finding) []report.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f report.Finding) bool { return f.Level == report.Info })
}

// raw is a value as JSON; nothing for a value that is not there.
func raw(v any) jsontext.Value {
	if v == nil || v == "" {
		return nil
	}
	return jsontext.Value(encode(v))
}

func kindOf(from, to any) string {
	switch {
	case empty(from):
		return "added"
	case empty(to):
		return "removed"
	}
	return "changed"
}

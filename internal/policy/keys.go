package policy

import (
	"context"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Key is a key that verification trusts, or a rotation record that makes it trust one.
type Key struct {
	ID                          string // the public key, or the record, as the file has it
	Name                        string // as messages call it
	Status, NotBefore, NotAfter string
	Accepts                     string // further signatures that it is trusted for, as JSON
	Place                       report.Place
}

// maxKeys bounds trusted.json, in bytes.
const maxKeys = 4 << 20

// ReadKeys lists the keys and the rotation records of a trusted.json. Its error is a *contract.Error.
func ReadKeys(ctx context.Context, file string, data []byte) ([]Key, error) {
	root, err := contract.ParseValue(ctx, file, data, contract.Options{MaxBytes: maxKeys, MaxDepth: 50})
	if err != nil {
		return nil, err
	}
	var out []Key
	for _, n := range root.Get("keys").Items() {
		k := Key{ID: n.Get("public_key_base64").Text(), Status: n.Get("status").Text(), NotBefore: n.Get("not_before").Text(), NotAfter: n.Get("not_after").Text(), Place: n.Place()}
		if a := n.Get("accepts"); a.Len() > 0 {
			k.Accepts = string(a.AppendJSON(nil))
		}
		k.Name = "key " + firstOf(n.Get("key_id").Text(), k.ID)
		out = append(out, k)
	}
	for _, n := range root.Get("rotations").Items() {
		out = append(out, Key{ID: string(n.AppendJSON(nil)), Name: "rotation to the key " + n.Get("new").Text(), Status: statuses[len(statuses)-1], Place: n.Place()})
	}
	return out, nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// statuses of keys, the least trusted first.
var statuses = []string{"revoked", "retired", "active"}

func (c *comparison) keys() {
	was := map[string]*Key{}
	for i := range c.base.Keys {
		was[c.base.Keys[i].ID] = &c.base.Keys[i]
	}
	is := map[string]bool{}
	for i := range c.head.Keys {
		k := &c.head.Keys[i]
		is[k.ID] = true
		c.trusted(was[k.ID], k)
	}
	for i := range c.base.Keys {
		if k := &c.base.Keys[i]; !is[k.ID] {
			c.distrusted(k)
		}
	}
}

// trusted compares a key of the head with the one of the base; nil where the base does not list it.
func (c *comparison) trusted(was, is *Key) {
	ch := change{subject: is.Name, kind: "changed", new: &is.Place, to: is.Status}
	revoked := is.Status == statuses[0]
	switch {
	case was == nil && revoked:
		ch.kind, ch.say = "added", is.Name+" is revoked"
		c.add(raised, ch)
		return
	case was == nil:
		ch.kind, ch.say = "added", is.Name+" is trusted from now on"
		c.add(addedKey, ch)
		return
	}
	ch.old, ch.from = &was.Place, was.Status
	ch.say = is.Name + ": " + was.terms() + " before, " + is.terms() + " now"
	switch {
	case was.terms() == is.terms():
	case is.within(was):
		c.add(raised, ch)
	default:
		c.add(changedKey, ch)
	}
}

// distrusted reports a key of the base that the head does not list. Without its entry, a revoked key may be trusted again.
func (c *comparison) distrusted(k *Key) {
	ch := change{subject: k.Name, kind: "removed", old: &k.Place, from: k.Status, say: k.Name + " is no longer listed"}
	if k.Status == statuses[0] {
		ch.say += ", so that its revocation is forgotten"
		c.add(changedKey, ch)
		return
	}
	c.add(removedKey, ch)
}

// terms are what the key is trusted for.
func (k *Key) terms() string {
	t := k.Status
	for _, part := range [][2]string{{"from ", k.NotBefore}, {"until ", k.NotAfter}, {"accepts ", k.Accepts}} {
		if part[1] != "" {
			t += " " + part[0] + part[1]
		}
	}
	return strings.TrimSpace(t)
}

// within reports whether the key verifies nothing that the other terms did not verify.
func (k *Key) within(was *Key) bool {
	a, b := slices.Index(statuses, k.Status), slices.Index(statuses, was.Status)
	return a >= 0 && a <= b && !outlasts(k.NotAfter, was.NotAfter) && k.NotBefore >= was.NotBefore && (k.Accepts == was.Accepts || k.Accepts == "")
}

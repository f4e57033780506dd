package integrity

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

// EditTrusted reads trusted.json to change it. Besides what ParseTrusted refuses, it refuses members that it does not know: they
// would be lost when the file is written.
func EditTrusted(file string, data []byte) (report.TrustedKeys, error) {
	var list report.TrustedKeys
	if _, err := ParseTrusted(file, data); err != nil {
		return list, err
	}
	if err := json.Unmarshal(data, &list, json.RejectUnknownMembers(true)); err != nil {
		return list, &Unreadable{Place: report.Place{File: file}, Msg: err.Error(), Hint: "a member that govctl does not know would be lost; edit the file manually"}
	}
	return list, nil
}

// HandOver adds a rotation record to a list: the new key becomes active, and the old one ends at the given time, which is the
// record's own time when verifiers change at once.
func HandOver(list report.TrustedKeys, r report.Rotation, end time.Time) report.TrustedKeys {
	list.Schema = TrustedSchema
	list.Rotations = append(slices.Clone(list.Rotations), r)
	list.Keys = slices.Clone(list.Keys)
	old := entry(&list, r.Old)
	old.NotAfter, old.Reason = report.At(end), r.Reason
	if !old.NotAfter.After(r.CreatedAt.Time) {
		old.Status = Retired
	}
	entry(&list, r.New)
	return list
}

// entry is the row of a key, which becomes a new, active one where there is none.
func entry(list *report.TrustedKeys, key string) *report.TrustedKey {
	i := slices.IndexFunc(list.Keys, func(k report.TrustedKey) bool { return k.PublicKeyBase64 == key })
	if i < 0 {
		row := report.TrustedKey{PublicKeyBase64: key, Status: Active}
		if k, bad := parsePublicKey("key", key); bad == nil {
			row.KeyID = k.ID()
		}
		i, list.Keys = len(list.Keys), append(list.Keys, row)
	}
	return &list.Keys[i]
}

// Revoke marks a key, named by its id or by itself, as revoked. A key that the list does not know yet is added as revoked, so
// that no rotation record can lead to it; for that it must be given whole.
func Revoke(list report.TrustedKeys, name, reason string) (report.TrustedKeys, PublicKey, error) {
	list.Schema = TrustedSchema
	list.Keys = slices.Clone(list.Keys)
	for i := range list.Keys {
		k, bad := parsePublicKey("key", list.Keys[i].PublicKeyBase64)
		if bad == nil && (name == k.ID() || name == k.Base64()) {
			list.Keys[i].Status, list.Keys[i].Reason = Revoked, reason
			return list, k, nil
		}
	}
	k, bad := parsePublicKey(name, name)
	if bad != nil {
		return list, k, fmt.Errorf("no key %s is in the list", name)
	}
	row := entry(&list, name)
	row.Status, row.Reason = Revoked, reason
	return list, k, nil
}

// PreviousKeys are the keys of a list that signed before the given one: all that are not revoked, in the order of the list.
func PreviousKeys(file string, data []byte, current PublicKey) ([]PublicKey, error) {
	if _, err := ParseTrusted(file, data); err != nil {
		return nil, err
	}
	var list report.TrustedKeys
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, &Unreadable{Place: report.Place{File: file}, Msg: err.Error()}
	}
	var previous []PublicKey
	for _, row := range list.Keys {
		k, bad := parsePublicKey(file, row.PublicKeyBase64)
		if bad == nil && k != current && row.Status != Revoked {
			previous = append(previous, k)
		}
	}
	return previous, nil
}

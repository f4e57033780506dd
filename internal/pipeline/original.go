package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/report"
)

// withoutManifest evaluates a folder without a manifest: no run has published into it, the original system wrote it, or a manifest was lost.
func (in *StateInput) withoutManifest() (State, error) {
	files, err := in.List("schemas")
	if err != nil {
		return State{}, damaged("schemas", "", err)
	}
	names := map[string]bool{}
	for _, f := range files {
		if name, ok := contractName("schemas/" + f); ok {
			names[name] = true
		}
	}
	there := map[string]bool{}
	for _, p := range traces {
		_, err := in.Read(p)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return State{}, damaged(p, "", err)
		}
		there[p] = err == nil
	}
	ours := slices.ContainsFunc(in.Config.Contracts, func(c config.Contract) bool { return names[c.Name] })
	switch {
	case there[artifact.SummaryPath]:
		return in.original(names)
	case ours, len(names) > 0 && (there[artifact.HistoryPath] || there[artifact.StabilityPath]):
		return State{}, damaged(artifact.ManifestPath, "the file is missing beside published contracts, and so is "+artifact.SummaryPath, nil)
	case in.Required:
		return State{}, &StateError{Outcome: report.WorkFailed, Msg: "there is no previous state (--require-state)",
			Hint: "publish a first run without --require-state, or check the name of the branch and publish.folder"}
	}
	state := State{Files: map[string][]byte{}} // a history without a contract is continued
	return state, in.originalFiles(&state)
}

// original takes over the folder of the original system, whose published contract is what the next run compares with.
func (in *StateInput) original(published map[string]bool) (State, error) {
	b, err := in.Read(artifact.SummaryPath)
	if err != nil {
		return State{}, damaged(artifact.SummaryPath, "", err)
	}
	s, err := parseOriginal(b)
	if err != nil {
		return State{}, err
	}
	state := State{Original: true, Summary: s, Contracts: map[string]ContractState{}, Files: map[string][]byte{}}
	if len(published) == 0 {
		return State{}, damaged("schemas", "there is no published contract beside "+artifact.SummaryPath, nil)
	}
	var fresh, left []string
	for _, c := range in.Config.Contracts {
		name := c.Name
		if !published[name] {
			name = c.RenamedFrom
		}
		if !published[name] {
			fresh = append(fresh, c.Name)
			continue
		}
		delete(published, name)
		text, err := in.Read(publishedPath(name))
		if err != nil {
			return State{}, damaged(publishedPath(name), "", err)
		}
		state.Contracts[c.Name] = ContractState{Published: stored(text), Accepted: stored(text)}
	}
	for name := range published {
		left = append(left, name)
	}
	if err := in.orphans(fresh, left); err != nil {
		return State{}, err
	}
	return state, in.originalFiles(&state)
}

// originalFiles carries on the history and the snapshots of the original system.
func (in *StateInput) originalFiles(state *State) error {
	carry := func(from, to string) error {
		b, err := in.Read(from)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return damaged(from, "", err)
		default:
			state.Files[to] = b
		}
		return nil
	}
	err := errors.Join(
		carry(artifact.HistoryPath, contractFile(in.Config, in.Config.Contracts[0].Name, historyFile)),
		carry(path.Base(artifact.SnapshotsPath), artifact.SnapshotsPath), // at the root of its main and pages branches
		carry(artifact.SnapshotsPath, artifact.SnapshotsPath),
	)
	for _, dir := range dayFolders {
		names, errList := in.List(dir)
		if errList != nil {
			return damaged(dir, "", errList)
		}
		for _, name := range names {
			if _, ok := dayOf(name); ok {
				err = errors.Join(err, carry(path.Join(dir, name), path.Join(dayFolder, name)))
			}
		}
	}
	return err
}

// parseOriginal reads governance-summary.json as the original system wrote it: with these eight keys, each of which must be there. Null and
// the text "null" mean that the value was not known.
func parseOriginal(b []byte) (*report.Summary, error) {
	bad := func(key, why string) error {
		return damaged(artifact.SummaryPath, fmt.Sprintf("%q %s; without %s every summary of the original system has eight keys", key, why, artifact.ManifestPath), nil)
	}
	var raw map[string]jsontext.Value
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, damaged(artifact.SummaryPath, "", err)
	}
	if schema, ours := raw["schema"]; ours {
		return nil, damaged(artifact.ManifestPath, fmt.Sprintf("the file is missing, while %s is of %s", artifact.SummaryPath, schema), nil)
	}
	s := report.Summary{SemverPolicyStatus: "unknown", StabilityRatio: 1}
	for _, key := range []struct {
		name string
		to   any
	}{
		{"stability_ratio", &s.StabilityRatio}, {"placeholder_streak", &s.PlaceholderStreak}, {"placeholder", &s.Placeholder},
		{"breaking_changes_count", &s.BreakingChangesCount}, {"semver_policy_status", &s.SemverPolicyStatus},
		{"webhook_payload_version", &s.WebhookPayloadVersion}, {"operations_added", &s.OperationsAdded}, {"operations_removed", &s.OperationsRemoved},
	} {
		v, there := raw[key.name]
		switch {
		case !there:
			return nil, bad(key.name, "is missing")
		case v.Kind() == 'n', string(v) == `"null"`:
		default:
			if err := json.Unmarshal(v, key.to); err != nil {
				return nil, bad(key.name, "has the value "+strings.TrimSpace(fmt.Sprintf("%.40s", v)))
			}
		}
	}
	return &s, nil
}

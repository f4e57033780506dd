package latency

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/contract"
)

// Named is an entry of a list of targets: a name and an address. The name is empty where the address stands alone.
type Named struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// ParseNamed reads NAME:URL, or a URL alone.
func ParseNamed(text string) (Named, error) {
	if strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		return Named{URL: text}, nil
	}
	name, url, ok := strings.Cut(text, ":")
	if name = strings.TrimSpace(name); !ok || name == "" {
		return Named{}, errors.New("a target is not of the form NAME:URL") // the text may hold credentials
	}
	return Named{name, strings.TrimSpace(url)}, nil
}

// ParseList reads the form of LATENCY_SAMPLE_TARGETS: NAME:URL, separated by commas.
func ParseList(text string) (all []Named, err error) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		one, err := ParseNamed(part)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// maxFileBytes bounds a file of targets.
const maxFileBytes = 1 << 20

// ParseFile reads a file of targets: a list of objects with name and url, or an object with such a list as targets. A file without text is
// an empty list. Its error is a *contract.Error.
func ParseFile(ctx context.Context, name string, data []byte) (all []Named, err error) {
	if strings.TrimSpace(string(data)) == "" {
		return nil, nil
	}
	root, err := contract.ParseValue(ctx, name, data, contract.Options{MaxBytes: maxFileBytes, MaxDepth: 10})
	if err != nil {
		return nil, err
	}
	list := root
	if root.Kind() == contract.Object {
		if list = root.Get("targets"); !list.Exists() && len(root.AppendJSON(nil)) == len("{}") {
			return nil, nil
		}
	}
	if list.Kind() != contract.Array {
		return nil, &contract.Error{Place: root.Place(), Msg: "targets must be a list", Hint: targetHint}
	}
	if err := json.Unmarshal(list.AppendJSON(nil), &all, json.RejectUnknownMembers(true)); err != nil {
		at := list
		if sem := (*json.SemanticError)(nil); errors.As(err, &sem) {
			at = list.Find(string(sem.JSONPointer))
		}
		return nil, &contract.Error{Place: at.Place(), Msg: "a target must be an object with the texts name and url, and nothing else", Hint: targetHint}
	}
	for i, one := range all {
		if one.Name == "" || one.URL == "" {
			return nil, &contract.Error{Place: list.Find("/" + strconv.Itoa(i)).Place(), Msg: "a target needs name and url", Hint: targetHint}
		}
	}
	return all, nil
}

const targetHint = `write [{"name": "api", "url": "http://api:8000/health"}]`

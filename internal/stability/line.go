package stability

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
)

// lineSchema is the schema name that a line may carry; another one comes from a newer govctl.
const lineSchema = "govctl/history-line/v1"

// rawLine is a history line before its values are looked at, so that a wrong one can be named by its key.
// Unknown keys are passed over: the line itself stays in the file as it is.
type rawLine struct {
	Timestamp        jsontext.Value `json:"timestamp"`
	SHA              jsontext.Value `json:"sha"`
	RunID            jsontext.Value `json:"run_id"`
	Project          jsontext.Value `json:"project"`
	Breaking         jsontext.Value `json:"breaking"`
	Placeholder      jsontext.Value `json:"placeholder"`
	Incompatible     jsontext.Value `json:"incompatible"`
	DeletedOrRemoved jsontext.Value `json:"deleted_or_removed"`
	Score            jsontext.Value `json:"score"`
	Version          jsontext.Value `json:"version"`
	Synthetic        jsontext.Value `json:"synthetic"`
	Counts           jsontext.Value `json:"counts"`
	Schema           jsontext.Value `json:"schema"`
	SchemaVersion    jsontext.Value `json:"schema_version"`
}

// parse reads a line with a full JSON parser. It accepts what older tools wrote: numeric timestamps and run ids, null or
// no value for what they did not know. The error is a reason without place.
func parse(line []byte) (report.HistoryLine, error) {
	var raw rawLine
	var out report.HistoryLine
	if err := json.Unmarshal(bytes.TrimPrefix(line, bom), &raw); err != nil {
		return out, syntax(err)
	}
	if err := raw.check(); err != nil {
		return out, err
	}
	breaking, known := false, false
	for _, err := range []error{
		timestamp(raw.Timestamp, &out.Timestamp),
		text("sha", raw.SHA, &out.SHA),
		identifier("run_id", raw.RunID, &out.RunID),
		boolean("breaking", raw.Breaking, &breaking, &known),
		boolean("placeholder", raw.Placeholder, &out.Placeholder, nil),
		count("incompatible", raw.Incompatible, &out.Incompatible),
		count("deleted_or_removed", raw.DeletedOrRemoved, &out.DeletedOrRemoved),
		score(raw.Score, &out.Score),
		text("version", raw.Version, &out.Version),
		boolean("synthetic", raw.Synthetic, &out.Synthetic, nil),
		counts(raw.Counts, &out.Counts),
	} {
		if err != nil {
			return out, err
		}
	}
	if raw.Project.Kind() == '"' { // anything else names no project, and the line counts all the same
		out.Project = plain(raw.Project)
	}
	out.Breaking = breaking
	return out, complete(&out, &raw, known)
}

// check refuses lines of a later schema before their values are evaluated by the rules of this one.
func (raw *rawLine) check() error {
	if s := raw.Schema; present(s) && string(s) != strconv.Quote(lineSchema) {
		return fmt.Errorf("schema is %.60s, this govctl reads %s", s, lineSchema)
	}
	if v := raw.SchemaVersion; present(v) && strings.Trim(string(v), `"`) != "1" {
		return fmt.Errorf("schema_version is %.60s, this govctl reads 1", v)
	}
	return nil
}

// complete fills in what older tools left out, and refuses a line that says too little to be counted.
func complete(out *report.HistoryLine, raw *rawLine, breakingKnown bool) error {
	counted := present(raw.Incompatible) && present(raw.DeletedOrRemoved)
	switch {
	case out.SHA == "" && out.Timestamp.IsZero():
		return errors.New("it has neither sha nor timestamp")
	case !breakingKnown && !out.Placeholder && !counted:
		return errors.New("it does not say whether the run was breaking")
	}
	if !breakingKnown && !out.Placeholder {
		out.Breaking = out.Incompatible+out.DeletedOrRemoved > 0
	}
	if out.Placeholder {
		out.Score = nil
		return nil
	}
	// Without counts the score of a breaking run is unknown, and it stays out of the mean.
	if out.Score == nil && (counted || !out.Breaking) {
		s := Score(out.Incompatible, out.DeletedOrRemoved)
		out.Score = &s
	}
	return nil
}

// brief is the part of a line that the figures over the whole history need.
func brief(h *report.HistoryLine) run {
	r := run{sha: []byte(h.SHA), runID: []byte(h.RunID), breaking: h.Breaking, placeholder: h.Placeholder}
	if !h.Timestamp.IsZero() {
		r.unix = h.Timestamp.Unix()
	}
	return r
}

var errNotJSON = errors.New("it is not JSON")

func present(v jsontext.Value) bool { return len(v) > 0 && v.Kind() != 'n' }

// syntax shortens the parser's message to what a reader of the history can use.
func syntax(err error) error {
	var s *jsontext.SyntacticError
	if errors.As(err, &s) {
		return fmt.Errorf("%w: %.120s at byte %d", errNotJSON, s.Err.Error(), s.ByteOffset+1)
	}
	return errors.New("it is not a JSON object")
}

func timestamp(v jsontext.Value, out *report.Time) error {
	if !present(v) {
		return nil
	}
	switch v.Kind() {
	case '"':
		if t, err := time.Parse(time.RFC3339, plain(v)); err == nil && t.Year() >= 1970 {
			*out = report.At(t)
			return nil
		}
	case '0': // Unix seconds, as the first tools wrote
		if sec, err := strconv.ParseFloat(string(v), 64); err == nil && sec >= 0 && sec < 253402300800 {
			*out = report.At(time.Unix(int64(sec), 0))
			return nil
		}
	}
	return fmt.Errorf("timestamp %.60s is not an RFC 3339 time", v)
}

func text(key string, v jsontext.Value, out *string) error {
	if !present(v) {
		return nil
	}
	if v.Kind() != '"' {
		return fmt.Errorf("%s is %.60s, not a string", key, v)
	}
	*out = plain(v)
	return nil
}

// identifier accepts a number too: CI systems give run ids as numbers.
func identifier(key string, v jsontext.Value, out *string) error {
	if v.Kind() == '0' {
		*out = string(v)
		return nil
	}
	return text(key, v, out)
}

func boolean(key string, v jsontext.Value, out, known *bool) error {
	if !present(v) {
		return nil
	}
	if k := v.Kind(); k != 't' && k != 'f' {
		return fmt.Errorf("%s is %.60s, not true or false", key, v)
	}
	*out = v.Kind() == 't'
	if known != nil {
		*known = true
	}
	return nil
}

func count(key string, v jsontext.Value, out *int) error {
	if !present(v) {
		return nil
	}
	n, err := strconv.Atoi(string(v))
	if err != nil || n < 0 || n >= maxCount {
		return fmt.Errorf("%s is %.60s, not a whole number from 0 to %d", key, v, maxCount-1)
	}
	*out = n
	return nil
}

func score(v jsontext.Value, out **report.Percent) error {
	if !present(v) {
		return nil
	}
	n, err := strconv.ParseFloat(string(v), 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > 100 {
		return fmt.Errorf("score is %.60s, not a number from 0 to 100", v)
	}
	p := report.Percent(n)
	*out = &p
	return nil
}

func counts(v jsontext.Value, out *map[string]int) error {
	if !present(v) {
		return nil
	}
	var raw map[string]jsontext.Value
	if err := json.Unmarshal(v, &raw); err != nil {
		return fmt.Errorf("counts is %.60s, not an object of numbers", v)
	}
	m := make(map[string]int, len(raw))
	for name, v := range raw {
		n := 0
		if err := count("counts."+name, v, &n); err != nil {
			return err
		}
		m[name] = n
	}
	*out = m
	return nil
}

// plain is the value of a JSON string that was already found to be well formed.
func plain(v jsontext.Value) string {
	b, _ := jsontext.AppendUnquote(nil, v) // cannot fail, see above
	return string(b)
}

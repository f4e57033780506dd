package promrules

import (
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// Dialect is the program that loads rule files. The dialects share the structure and differ in keys and in the language of
// expressions. The zero value reads the keys of all of them.
type Dialect string

// The dialects.
const (
	Prometheus Dialect = "prometheus"
	Thanos     Dialect = "thanos"
	Mimir      Dialect = "mimir"
	Loki       Dialect = "loki"
)

// Dialects are the names of the dialects in the order of the documentation.
var Dialects = []string{string(Prometheus), string(Thanos), string(Mimir), string(Loki)}

// program is the name of the program as it is spelled in texts.
func (d Dialect) program() string {
	if d == "" {
		d = Prometheus
	}
	return strings.ToUpper(string(d[:1])) + string(d[1:])
}

// setDialect is the advice where another program loads the file.
func setDialect(d Dialect) string {
	return "where " + d.program() + " loads the file, set taxonomy.dialect: " + string(d) + " (--dialect " + string(d) + ")"
}

// namespaces reports a dialect whose tools read several YAML documents of a file, each a namespace.
func (d Dialect) namespaces() bool { return d == Mimir || d == Loki }

// level is a mapping in a rule file.
type level string

const (
	inFile  level = "file"
	inGroup level = "group"
	inRule  level = "rule"
	free    level = "" // labels and annotations: any key
)

// Key is a key of a rule file.
type Key struct {
	Name    string
	In      level
	Known   []Dialect // that read it; all where empty
	Ignored []Dialect // that read it and do not use it
	Objects bool      // a PrometheusRule object has it in each dialect: the operator gives it to the program that knows it
	Value   string    // what its value is; forms has the checks
}

// Keys is the table of keys.
var Keys = []Key{
	{Name: "groups", In: inFile, Value: "list of groups"},
	{Name: "namespace", In: inFile, Known: []Dialect{Mimir, Loki}, Value: "text"},

	{Name: "name", In: inGroup, Value: "text"},
	{Name: "interval", In: inGroup, Value: "duration"},
	{Name: "query_offset", In: inGroup, Ignored: []Dialect{Loki}, Value: "duration"},
	{Name: "limit", In: inGroup, Value: "whole number"},
	{Name: "labels", In: inGroup, Ignored: []Dialect{Loki}, Value: "mapping of texts"},
	{Name: "rules", In: inGroup, Value: "list of rules"},
	{Name: "partial_response_strategy", In: inGroup, Known: []Dialect{Thanos}, Objects: true, Value: "warn or abort"},
	{Name: "source_tenants", In: inGroup, Known: []Dialect{Mimir}, Value: "list of texts"},
	{Name: "evaluation_delay", In: inGroup, Known: []Dialect{Mimir}, Value: "duration"},
	{Name: "align_evaluation_time_on_interval", In: inGroup, Known: []Dialect{Mimir}, Value: "true or false"},
	{Name: "remote_write", In: inGroup, Known: []Dialect{Mimir, Loki}, Value: "list of mappings"},

	{Name: "record", In: inRule, Value: "text"},
	{Name: "alert", In: inRule, Value: "text"},
	{Name: "expr", In: inRule, Value: "text"},
	{Name: "for", In: inRule, Value: "duration"},
	{Name: "keep_firing_for", In: inRule, Ignored: []Dialect{Loki}, Value: "duration"},
	{Name: "labels", In: inRule, Value: "mapping of texts"},
	{Name: "annotations", In: inRule, Value: "mapping of texts"},
}

// forms are the checks of values that nothing else reads.
var forms = map[string]func(r *reader, key string, v contract.Node) error{
	"duration": func(r *reader, key string, v contract.Node) error {
		_, err := r.duration(key, v)
		return err
	},
	"whole number":     (*reader).wholeNumber,
	"warn or abort":    (*reader).strategy,
	"true or false":    (*reader).boolean,
	"list of texts":    (*reader).listOfTexts,
	"list of mappings": (*reader).listOfMappings,
}

// keysIn are the rows of the table by level.
var keysIn = map[level][]Key{}

func init() {
	for _, k := range Keys {
		keysIn[k.In] = append(keysIn[k.In], k)
	}
}

// knownTo reports whether a dialect reads the key.
func (k *Key) knownTo(d Dialect, object bool) bool {
	return d == "" || len(k.Known) == 0 || slices.Contains(k.Known, d) || k.Objects && object
}

// named are the keys of a level that a dialect reads.
func named(in level, d Dialect, object bool) []string {
	var out []string
	for i := range keysIn[in] {
		if k := &keysIn[in][i]; k.knownTo(d, object) {
			out = append(out, k.Name)
		}
	}
	return out
}

// IgnoredKey is a key of a file that its program reads and does not use.
type IgnoredKey struct {
	Name    string
	Subject string
	at      spot
}

// key checks a key, and a value that nothing else reads.
func (r *reader) key(in level, name string, v contract.Node) error {
	i := slices.IndexFunc(keysIn[in], func(k Key) bool { return k.Name == name })
	if i < 0 {
		return r.atKey(v, "unknown key \""+name+"\"", "expected one of "+strings.Join(named(in, r.dialect, r.file.Object), ", "))
	}
	k := &keysIn[in][i]
	if !k.knownTo(r.dialect, r.file.Object) {
		hint := setDialect(k.Known[0])
		for _, d := range k.Known[1:] {
			hint += "; " + d.program() + " knows the key, too"
		}
		return r.atKey(v, r.dialect.program()+" does not know the key \""+name+"\" of a "+string(in), hint)
	}
	if v.Kind() == contract.Null {
		return nil
	}
	if slices.Contains(k.Ignored, r.dialect) {
		r.file.ignored = append(r.file.ignored, IgnoredKey{Name: name, Subject: string(in), at: r.spot(v)})
	}
	if check := forms[k.Value]; check != nil {
		return check(r, name, v)
	}
	return nil
}

// atKey is an error at the key of a value.
func (r *reader) atKey(v contract.Node, msg, hint string) error {
	bad := &contract.Error{Place: v.KeyPlace(), Msg: msg, Hint: hint}
	bad.Place.Line += r.doc.above
	return bad
}

func (r *reader) wholeNumber(key string, v contract.Node) error {
	if v.Kind() == contract.Number && !strings.ContainsAny(v.Literal(), ".eE") {
		return nil
	}
	return r.fail(v, key+" must be a whole number", "0 stands for no limit")
}

// strategy is the value of partial_response_strategy, in which case does not matter.
func (r *reader) strategy(key string, v contract.Node) error {
	if v.Kind() == contract.String {
		switch strings.ToLower(v.Text()) {
		case "", "warn", "abort":
			return nil
		}
	}
	return r.fail(v, key+" must be warn or abort", "abort, the default, fails the rule where a store does not answer; warn evaluates it over the others")
}

func (r *reader) boolean(key string, v contract.Node) error {
	if v.Kind() == contract.Bool {
		return nil
	}
	return r.fail(v, key+" must be true or false", "write it without quotes")
}

func (r *reader) listOfTexts(key string, v contract.Node) error {
	if v.Kind() != contract.Array {
		return r.fail(v, key+" must be a list", "write it like ["+v.Text()+"]")
	}
	for _, item := range v.Items() {
		if text, err := r.scalar(key, item); err != nil || text == "" {
			return r.fail(item, "each item of "+key+" must be a text that is not empty", "quote it, or remove it")
		}
	}
	return nil
}

func (r *reader) listOfMappings(key string, v contract.Node) error {
	if v.Kind() != contract.Array {
		return r.fail(v, key+" must be a list", "write it like [{url: ADDRESS}]")
	}
	for _, item := range v.Items() {
		if item.Kind() != contract.Object {
			return r.fail(item, "each item of "+key+" must be a mapping", "write it like {url: ADDRESS}")
		}
	}
	return nil
}

// delays refuses two values for one thing: query_offset has taken the place of evaluation_delay.
func (r *reader) delays(group contract.Node) error {
	delay, offset := value(group, "evaluation_delay"), value(group, "query_offset")
	if !delay.Exists() || !offset.Exists() || durationOf(delay.Text()) == durationOf(offset.Text()) {
		return nil
	}
	return r.fail(delay, "evaluation_delay and query_offset are both set, to different values", "remove evaluation_delay, which is deprecated")
}

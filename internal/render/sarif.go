package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	nouns "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// What code scanning accepts of one run; it refuses the whole file beyond these.
const (
	maxResults     = 25_000
	maxRuleText    = 1024
	maxResultText  = 4000
	sarifVersion   = "2.1.0"
	sarifSchemaURL = "https://json.schemastore.org/sarif-2.1.0.json"
)

var sarifLevels = map[report.Level]string{report.Error: "error", report.Warning: "warning", report.Info: "note"}

type sarifText struct {
	Text string `json:"text"`
}

type sarifRule struct {
	ID      string    `json:"id"`
	Short   sarifText `json:"shortDescription"`
	Full    sarifText `json:"fullDescription"`
	Help    sarifText `json:"help"`
	HelpURI string    `json:"helpUri,omitzero"`
	Config  struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties struct {
		Tags []string `json:"tags"`
	} `json:"properties"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitzero"`
	URI     string      `json:"informationUri,omitzero"`
	Rules   []sarifRule `json:"rules"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    *int               `json:"ruleIndex,omitzero"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Related      []sarifLocation    `json:"relatedLocations,omitzero"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitzero"`
}

type sarifLocation struct {
	ID       *int      `json:"id,omitzero"`
	Message  sarifText `json:"message,omitzero"`
	Physical struct {
		Artifact struct {
			URI  string `json:"uri"`
			Base string `json:"uriBaseId,omitzero"`
		} `json:"artifactLocation"`
		Region struct {
			Line   int `json:"startLine"`
			Column int `json:"startColumn,omitzero"`
		} `json:"region"`
	} `json:"physicalLocation"`
	Logical []sarifLogical `json:"logicalLocations,omitzero"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

// writeSARIF is one run of SARIF 2.1.0 that stays within the limits of GitHub code scanning.
func writeSARIF(w io.Writer, r *Report, _ Look) error {
	list := ranked(r.Findings)
	left := max(0, len(list)-maxResults)
	e := encoder(w)
	e.begin()
	e.field("$schema", sarifSchemaURL)
	e.field("version", sarifVersion)
	e.name("runs")
	e.token(jsontext.BeginArray)
	e.begin()
	e.field("tool", map[string]sarifDriver{"driver": driver(r)})
	e.field("columnKind", "unicodeCodePoints")
	if left > 0 {
		e.field("invocations", []any{map[string]any{"executionSuccessful": true, "toolExecutionNotifications": []any{
			map[string]any{"level": "warning", "message": sarifText{fmt.Sprintf("left out: %s; code scanning takes %d", nouns.Of(left, "finding"), maxResults)}},
		}}})
	}
	e.name("results")
	e.token(jsontext.BeginArray)
	seen := map[string]int{}
	for _, f := range list[:len(list)-left] {
		e.value(result(r, f, seen))
	}
	for _, end := range []jsontext.Token{jsontext.EndArray, jsontext.EndObject, jsontext.EndArray, jsontext.EndObject} {
		e.token(end)
	}
	return e.err
}

func driver(r *Report) sarifDriver {
	d := sarifDriver{Name: r.Tool.Name, URI: r.Tool.URL, Version: strings.TrimPrefix(r.Tool.Version, "v"), Rules: []sarifRule{}}
	for _, info := range r.Rules[:min(len(r.Rules), maxResults)] {
		rule := sarifRule{
			ID: sanitize.Line(info.ID), HelpURI: info.URL,
			Short: sarifText{sanitize.Cut(sanitize.Line(info.Summary), maxRuleText-30)},
			Full:  sarifText{sanitize.Cut(sanitize.Line(info.Why), maxRuleText-30)},
			Help:  sarifText{sanitize.Line(info.Summary) + "\n\n" + sanitize.Line(info.Why)},
		}
		if rule.Full.Text == "" {
			rule.Full = rule.Short
		}
		rule.Config.Level = sarifLevels[info.Level]
		rule.Properties.Tags = nonEmpty(sanitize.Line(info.Category))
		d.Rules = append(d.Rules, rule)
	}
	return d
}

func result(r *Report, f *report.Finding, seen map[string]int) sarifResult {
	v := viewOf(f)
	res := sarifResult{
		RuleID: v.Rule, Level: sarifLevels[f.Level], Message: sarifText{sanitize.Cut(sentence(v), maxResultText)},
		Locations: []sarifLocation{location(f.New, r.Subject)},
	}
	if i := slices.IndexFunc(r.Rules, func(info RuleInfo) bool { return info.ID == f.Rule }); i >= 0 {
		res.RuleIndex = &i
	}
	if f.Subject != "" {
		res.Locations[0].Logical = []sarifLogical{{Name: sanitize.Line(f.Subject), Kind: "member"}}
	}
	if f.Old != nil && inTree(f.Old.File) {
		first, second, when := f.New, f.Old, "before the change"
		if f.Gone() {
			first, second, when = f.Old, f.New, "after the change"
		}
		res.Locations[0].Physical = location(first, r.Subject).Physical
		if second != nil && inTree(second.File) {
			related := location(second, r.Subject)
			related.Message, related.ID = sarifText{when}, new(int)
			res.Related = []sarifLocation{related}
		}
	}
	mark := fingerprint(f)
	seen[mark]++
	res.Fingerprints = map[string]string{"govctl/v1": mark, "primaryLocationLineHash": fmt.Sprintf("%s:%d", mark, seen[mark])}
	if f.Waived() {
		res.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: sanitize.Cut(sanitize.Line(f.Waiver.Reason), maxRuleText)}}
	}
	return res
}

// fingerprint is the fingerprint of a finding, or for findings that are made without one a digest of what identifies it.
func fingerprint(f *report.Finding) string {
	if f.Fingerprint != "" {
		return sanitize.Line(f.Fingerprint)
	}
	sum := sha256.Sum256([]byte(f.Rule + "\x00" + f.Subject + "\x00" + f.Message))
	return hex.EncodeToString(sum[:16])
}

// sentence is the finding as plain text: code scanning shows the first line in lists.
func sentence(v view) string {
	var b strings.Builder
	b.WriteString(v.Message)
	for _, part := range []struct{ label, text string }{{"Removed from ", v.Gone}, {"", v.Operations}, {"", v.State}, {"Hint: ", v.Hint}} {
		if part.text != "" {
			b.WriteString("\n" + part.label + part.text)
		}
	}
	if v.Proof != nil {
		b.WriteString("\nExample: " + v.Proof.Claim + "\n" + strings.Join(append(nonEmpty(v.Proof.Value), v.Proof.Lines...), "\n"))
	}
	return b.String()
}

// location is a place of the work tree; what lies elsewhere is shown at the top of the file that stands for it.
func location(p *report.Place, subject string) sarifLocation {
	var l sarifLocation
	l.Physical.Region.Line = 1
	file := subject
	if p != nil && inTree(p.File) {
		file = p.File
		l.Physical.Region.Line = max(1, p.Line)
		l.Physical.Region.Column = p.Column
	}
	l.Physical.Artifact.URI = (&url.URL{Path: strings.TrimPrefix(path.Clean(strings.ReplaceAll(file, `\`, "/")), "/")}).EscapedPath()
	l.Physical.Artifact.Base = "%SRCROOT%"
	return l
}

// inTree reports a path below the work tree, which is all that code scanning and annotations can point at.
func inTree(file string) bool {
	clean := path.Clean(strings.ReplaceAll(file, `\`, "/"))
	switch {
	case file == "", file == "-", strings.HasPrefix(clean, "/"), clean == "..", strings.HasPrefix(clean, "../"):
		return false
	case strings.Contains(file, "://"), strings.HasPrefix(file, "git:"), strings.HasPrefix(file, "cmd:"):
		return false
	case len(file) > 1 && file[1] == ':': // a drive letter
		return false
	}
	return true
}

package imagegate

import (
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// scores are what code scanning of GitHub shows as the severities, by their CVSS ratings.
var scores = map[string]string{"CRITICAL": "9.5", "HIGH": "8.0", "MEDIUM": "5.5", "LOW": "2.0", "UNKNOWN": "0.0"}

var sarifLevels = map[string]string{"CRITICAL": "error", "HIGH": "error", "MEDIUM": "warning", "LOW": "note", "UNKNOWN": "note"}

type sarifText struct {
	Text string `json:"text"`
}

type sarifRule struct {
	ID         string            `json:"id"`
	Short      sarifText         `json:"shortDescription"`
	Properties map[string]string `json:"properties"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []any             `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
}

// SARIF writes the vulnerabilities that count, and no others: one rule for each id.
func (v *Verdict) SARIF(version string) ([]byte, error) {
	rules, results := []sarifRule{}, []sarifResult{}
	seen := map[string]bool{}
	for i := range v.Counted {
		one := &v.Counted[i]
		if !seen[one.ID] {
			seen[one.ID] = true
			rules = append(rules, sarifRule{one.ID, sarifText{one.ID}, map[string]string{"security-severity": scores[one.Severity]}})
		}
		results = append(results, one.sarif())
	}
	run := map[string]any{
		"tool":    map[string]any{"driver": map[string]any{"name": "govctl", "version": version, "informationUri": "https://github.com/romel/govctl", "rules": rules}},
		"results": results,
	}
	return json.Marshal(map[string]any{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": []any{run}},
		json.Deterministic(true), jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true))
}

// sarif is the vulnerability as a result, with the lines that Trivy writes, so that it is read back as what it is.
func (v *Vulnerability) sarif() sarifResult {
	lines := []string{"Package: " + v.Package, "Installed Version: " + v.Version, "Vulnerability " + v.ID, "Severity: " + v.Severity, "Fixed Version: " + v.FixedIn}
	if v.FixedIn == "" && !v.Unfixed { // an empty line would say that no version fixes it
		lines = lines[:4]
	}
	target := "image"
	if len(v.Targets) > 0 {
		target = v.Targets[0]
	}
	at := map[string]any{"physicalLocation": map[string]any{"artifactLocation": map[string]string{"uri": relative(target)}, "region": map[string]int{"startLine": 1}}}
	first := row("image-vulnerability").Finding(subjectOf(v), "", v.Version)
	return sarifResult{v.ID, sarifLevels[v.Severity], sarifText{strings.Join(lines, "\n")}, []any{at}, map[string]string{"govctl/v1": first.Fingerprint}}
}

// relative is a target as a relative address.
func relative(target string) string {
	parts := strings.Split(strings.Trim(target, "/"), "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" || p == "." || p == ".." }), "/")
}

package imagegate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/late"
)

// readTrivy reads `trivy image --format json`.
func readTrivy(data []byte, r *Report) error {
	var file struct {
		SchemaVersion int
		CreatedAt     time.Time
		Metadata      struct {
			ImageID     string
			RepoDigests []string
		}
		Results []struct {
			Target, Class   string
			Vulnerabilities []struct {
				VulnerabilityID, PkgName, PkgPath, InstalledVersion, FixedVersion, Severity string
				PkgIdentifier                                                               struct{ PURL string }
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return err
	}
	if file.SchemaVersion != 2 {
		return fmt.Errorf("the report has the schema version %d of Trivy, and 2 is expected", file.SchemaVersion)
	}
	r.Created = file.CreatedAt
	r.digest(append(file.Metadata.RepoDigests, file.Metadata.ImageID)...)
	for _, result := range file.Results {
		if result.Class == "os-pkgs" || result.Class == "lang-pkgs" || result.Class == "" {
			r.Scanned++
		}
		for _, v := range result.Vulnerabilities {
			r.Found = append(r.Found, Vulnerability{ID: v.VulnerabilityID, Package: v.PkgName, Version: v.InstalledVersion, FixedIn: v.FixedVersion,
				Unfixed: v.FixedVersion == "", Severity: severity(v.Severity), Targets: []string{result.Target, v.PkgPath}, PURLs: []string{v.PkgIdentifier.PURL}})
		}
	}
	return nil
}

// readGrype reads `grype --output json`.
func readGrype(data []byte, r *Report) error {
	var file struct {
		Matches *[]struct {
			Vulnerability struct {
				ID       string `json:"id"`
				Severity string `json:"severity"`
				Fix      struct {
					Versions []string `json:"versions"`
					State    string   `json:"state"`
				} `json:"fix"`
			} `json:"vulnerability"`
			Related []struct {
				ID string `json:"id"`
			} `json:"relatedVulnerabilities"`
			Artifact struct {
				Name      string `json:"name"`
				Version   string `json:"version"`
				PURL      string `json:"purl"`
				Locations []struct {
					Path string `json:"path"`
				} `json:"locations"`
			} `json:"artifact"`
		} `json:"matches"`
		Source *struct {
			Type   string `json:"type"`
			Target any    `json:"target"` // a text for folders and files
		} `json:"source"`
		Descriptor struct {
			Name      string `json:"name"`
			Timestamp string `json:"timestamp"`
		} `json:"descriptor"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return err
	}
	if file.Descriptor.Name == "" || file.Matches == nil {
		return errors.New("the report has no descriptor of Grype, or no matches")
	}
	r.Created = timeOf(file.Descriptor.Timestamp)
	if file.Source != nil {
		r.Scanned = 1
		if target, ok := file.Source.Target.(map[string]any); ok {
			for _, key := range []string{"imageID", "manifestDigest", "repoDigests", "userInput"} {
				r.digest(texts(target[key])...)
			}
		}
	}
	for i := range *file.Matches {
		m := &(*file.Matches)[i]
		v := Vulnerability{ID: m.Vulnerability.ID, Package: m.Artifact.Name, Version: m.Artifact.Version, Severity: severity(m.Vulnerability.Severity), PURLs: []string{m.Artifact.PURL}}
		v.FixedIn = strings.Join(m.Vulnerability.Fix.Versions, ", ")
		v.Unfixed = m.Vulnerability.Fix.State != "fixed"
		for _, other := range m.Related {
			v.IDs = append(v.IDs, other.ID)
		}
		for _, l := range m.Artifact.Locations {
			v.Targets = append(v.Targets, l.Path)
		}
		r.Found = append(r.Found, v)
	}
	return nil
}

// texts is a text or a list of texts.
func texts(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

func timeOf(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// osvPackage is a package in a report of OSV-Scanner.
type osvPackage struct {
	Package struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"package"`
	Vulnerabilities []struct {
		ID       string   `json:"id"`
		Aliases  []string `json:"aliases"`
		Affected []struct {
			Package struct {
				Name string `json:"name"`
			} `json:"package"`
			Ranges []struct {
				Events []struct {
					Fixed string `json:"fixed"`
				} `json:"events"`
			} `json:"ranges"`
		} `json:"affected"`
		Database struct {
			Severity any `json:"severity"`
		} `json:"database_specific"`
	} `json:"vulnerabilities"`
	Groups []struct {
		IDs         []string `json:"ids"`
		MaxSeverity string   `json:"max_severity"`
	} `json:"groups"`
}

// readOSV reads `osv-scanner --format json`.
func readOSV(data []byte, r *Report) error {
	var file struct {
		Results []struct {
			Source struct {
				Path string `json:"path"`
			} `json:"source"`
			Packages []osvPackage `json:"packages"`
		} `json:"results"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return err
	}
	for _, result := range file.Results {
		r.Scanned++
		for i := range result.Packages {
			r.Found = append(r.Found, result.Packages[i].vulnerabilities(result.Source.Path)...)
		}
	}
	return nil
}

func (p *osvPackage) vulnerabilities(target string) (all []Vulnerability) {
	for _, v := range p.Vulnerabilities {
		one := Vulnerability{ID: v.ID, IDs: slices.Clone(v.Aliases), Package: p.Package.Name, Version: p.Package.Version, Severity: "UNKNOWN", Targets: []string{target}}
		if word, ok := v.Database.Severity.(string); ok {
			one.Severity = severity(word)
		}
		for _, g := range p.Groups {
			if slices.Contains(g.IDs, v.ID) && g.MaxSeverity != "" {
				one.Severity = rated(g.MaxSeverity)
			}
		}
		for _, a := range v.Affected {
			for _, span := range a.Ranges {
				for _, e := range span.Events {
					if a.Package.Name == p.Package.Name {
						one.FixedIn = max(one.FixedIn, e.Fixed)
					}
				}
			}
		}
		one.Unfixed = one.FixedIn == ""
		all = append(all, one)
	}
	return all
}

// sarifRun is as much of a run of SARIF as is read.
type sarifRun struct {
	Tool struct {
		Driver struct {
			Name  string `json:"name"`
			Rules []struct {
				ID         string `json:"id"`
				Properties struct {
					Score any `json:"security-severity"`
				} `json:"properties"`
			} `json:"rules"`
		} `json:"driver"`
	} `json:"tool"`
	Invocations []struct {
		End     string `json:"endTimeUtc"`
		Success *bool  `json:"executionSuccessful"`
	} `json:"invocations"`
	Results *[]struct {
		RuleID  string `json:"ruleId"`
		Level   string `json:"level"`
		Message struct {
			Text string `json:"text"`
		} `json:"message"`
		Locations []struct {
			Physical struct {
				Artifact struct {
					URI string `json:"uri"`
				} `json:"artifactLocation"`
			} `json:"physicalLocation"`
		} `json:"locations"`
	} `json:"results"`
	Properties struct {
		ImageID     string   `json:"imageID"`
		RepoDigests []string `json:"repoDigests"`
	} `json:"properties"`
}

// readSARIF reads SARIF of Trivy, Grype and OSV-Scanner. Package and version are in the message, where a scanner gives them.
func readSARIF(data []byte, r *Report) error {
	var file struct {
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return err
	}
	if file.Version != "2.1.0" {
		return fmt.Errorf("the report is SARIF %.20q, and 2.1.0 is expected", file.Version)
	}
	for i := range file.Runs {
		run := &file.Runs[i]
		r.digest(append(run.Properties.RepoDigests, run.Properties.ImageID)...)
		for _, in := range run.Invocations {
			if in.Success != nil && !*in.Success {
				return errors.New("the report is of a run that did not succeed")
			}
			if end := timeOf(in.End); end.After(r.Created) {
				r.Created = end
			}
		}
		if run.Results != nil {
			r.Scanned++
			r.Found = append(r.Found, run.vulnerabilities()...)
		}
	}
	return nil
}

// The pieces of ids and messages of SARIF.
var (
	idPattern      = late.Pattern(`^(CVE-\d{4}-\d+|GHSA(?:-[0-9a-z]{4}){3}|[A-Z]+-\d{4}[-:]\d+(?:-\d+)?)(?:-(.+))?$`)
	packageLine    = late.Pattern(`(?m)^Package: (.+)$`)
	versionLine    = late.Pattern(`(?m)^Installed Version: (.+)$`)
	fixedLine      = late.Pattern(`(?m)^Fixed Version:[ \t]*(.*)$`)
	grypeMessage   = late.Pattern(`package: ([^,\s]+), version ([^,\s]+) was found`)
	osvMessage     = late.Pattern(`^Package '([^'@]+)@([^']+)' is vulnerable`)
	severityInText = late.Pattern(`(?m)^Severity: (\w+)$|^An? (\w+) vulnerability in`)
)

func (run *sarifRun) vulnerabilities() (all []Vulnerability) {
	scores := map[string]string{}
	for _, rule := range run.Tool.Driver.Rules {
		if rule.Properties.Score != nil {
			scores[rule.ID] = fmt.Sprint(rule.Properties.Score)
		}
	}
	for i := range *run.Results {
		result := &(*run.Results)[i]
		v := Vulnerability{ID: result.RuleID}
		if m := idPattern().FindStringSubmatch(result.RuleID); m != nil {
			v.ID, v.Package = m[1], m[2]
		}
		v.read(result.Message.Text)
		if v.Severity == "" || v.Severity == "UNKNOWN" {
			v.Severity = rated(scores[result.RuleID])
		}
		if v.Severity == "UNKNOWN" {
			v.Severity = severity(result.Level)
		}
		for _, l := range result.Locations {
			v.Targets = append(v.Targets, l.Physical.Artifact.URI)
		}
		all = append(all, v)
	}
	return all
}

// read takes from a message what the scanners write into it.
func (v *Vulnerability) read(text string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if m := packageLine().FindStringSubmatch(text); m != nil {
		v.Package = m[1]
	}
	if m := versionLine().FindStringSubmatch(text); m != nil {
		v.Version = m[1]
	}
	if m := fixedLine().FindStringSubmatch(text); m != nil {
		v.FixedIn, v.Unfixed = m[1], m[1] == ""
	}
	for _, p := range []*regexp.Regexp{grypeMessage(), osvMessage()} {
		if m := p.FindStringSubmatch(text); m != nil {
			v.Package, v.Version = m[1], m[2]
		}
	}
	if m := severityInText().FindStringSubmatch(text); m != nil {
		v.Severity = severity(m[1] + m[2])
	}
}

package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/report"
)

// past is what earlier runs left, in memory. The content broken cannot be read, and empty is an empty file.
type past map[string]string

const broken = "\x00broken"

var errDisk = errors.New("input/output error")

func (p past) read(name string) ([]byte, error) {
	switch text, ok := p[name]; {
	case !ok:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	case text == broken:
		return nil, errDisk
	case text == "":
		return nil, nil
	default:
		return []byte(text), nil
	}
}

func (p past) open(name string) (fs.File, error) {
	b, err := p.read(name)
	if err != nil {
		return nil, err
	}
	return fstest.MapFS{name: {Data: b}}.Open(name)
}

func (p past) list(dir string) ([]string, error) {
	var names []string
	for name := range p {
		if file, ok := strings.CutPrefix(name, dir+"/"); ok {
			names = append(names, file)
		}
	}
	return names, nil
}

func (p past) input(t *testing.T, cfg string) StateInput {
	t.Helper()
	parsed, err := config.Parse(t.Context(), config.File, []byte(cfg))
	if err != nil {
		t.Fatal(err)
	}
	return StateInput{Config: parsed, Project: "us", Former: "govctl.yaml", Read: p.read, Open: p.open, List: p.list}
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	b, err := artifact.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sumOf(text string) string { return digest([]byte(text)) }

func line(project string) string {
	return fmt.Sprintf(`{"timestamp":"2025-01-01T00:00:00Z","sha":"aaaaaaa","project":%q,"breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0}`+"\n", project)
}

// left is the folder of a project with one contract whose last run passed: it compared "old" with "new".
func left() (past, report.Manifest) {
	p := past{"schemas/openapi.json": "new", "schemas/openapi-baseline.json": "old", "status/history.jsonl": line("us")}
	return p, report.Manifest{Schema: "govctl/manifest/v1", GeneratedAt: report.At(now()), SHA: "aaaaaaa", RunID: "1", Govctl: "v1", Project: "us",
		Contracts: []report.ManifestContract{{Name: "openapi", Outcome: "passed", SHA256: sumOf("new"), BaselineSHA256: sumOf("old"), AcceptedSHA256: sumOf("new"), HistoryLines: 1}},
		Files:     []report.ManifestFile{{Path: "schemas/openapi.json", SHA256: sumOf("new")}, {Path: "schemas/openapi-baseline.json", SHA256: sumOf("old")}},
	}
}

// written adds the manifest, with a value for what its schema wants and the case does not care about.
func (p past) written(t *testing.T, m report.Manifest) {
	t.Helper()
	for i := range m.Contracts {
		m.Contracts[i].Outcome = cmp.Or(m.Contracts[i].Outcome, "passed")
	}
	for i := range m.Files {
		m.Files[i].SHA256 = cmp.Or(m.Files[i].SHA256, sumOf("any"))
	}
	p[artifact.ManifestPath] = encoded(t, m)
}

func summaryOf(project string, steps ...report.Step) report.Summary {
	return report.Summary{Schema: "govctl/governance-summary/v1", SHA: "aaaaaaa", GeneratedAt: report.At(now()), Project: project, SemverPolicyStatus: "ok", Steps: append([]report.Step{}, steps...)}
}

// tell is a state in a line.
func tell(s State) string {
	var parts []string
	for _, name := range sortedKeys(s.Contracts) {
		c := s.Contracts[name]
		text := func(s Stored) string {
			b, err := s.Bytes()
			switch {
			case err != nil:
				return err.Error()
			case b == nil:
				return "-"
			}
			return fmt.Sprintf("%q", b)
		}
		parts = append(parts, fmt.Sprintf("%s: %s after %s, next %s", name, text(c.Published), text(c.Compared), text(c.Accepted)))
	}
	return strings.Join(parts, "; ")
}

const (
	one   = "contract: {source: api.yaml}\n"
	named = "contract: {source: api.yaml, name: cart}\n"
	both  = "contracts:\n  - {source: api.yaml, name: openapi}\n  - {source: b.yaml, name: cart}\n"
)

// TestState: which previous state is used, and which is refused before anything is written.
func TestState(t *testing.T) {
	gate := func(name, status string) []report.Step {
		return []report.Step{{Name: "export", Status: "failed"}, {Name: name, Status: status}}
	}
	early := func(m *report.Manifest) { // it lists other files before those of the contract
		m.Contracts, m.Project, m.Files = nil, "", append([]report.ManifestFile{{Path: "status/x.json"}}, m.Files...)
	}
	for _, c := range []struct {
		name   string
		cfg    string // one, where it is empty
		change func(p past, m *report.Manifest, in *StateInput)
		want   string // what tell says
		says   string // of a refusal: FILE: MESSAGE
		hint   string
		code   report.Outcome
	}{
		{name: "as the last run left it", change: func(past, *report.Manifest, *StateInput) {}, want: `openapi: "new" after "old", next "new"`},
		{name: "of a version that named no project", change: func(_ past, m *report.Manifest, _ *StateInput) { m.Project = "" }, want: `openapi: "new" after "old", next "new"`},
		{name: "of the project before it had a remote", change: func(_ past, m *report.Manifest, _ *StateInput) { m.Project = "govctl.yaml" }, want: `openapi: "new" after "old", next "new"`},
		{name: "of another project", change: func(_ past, m *report.Manifest, _ *StateInput) { m.Project = "them" }, code: report.BadInput,
			says: `the folder belongs to the project "them", this is "us"`, hint: "publish.folder"},
		{name: "manifest on a bad disk", change: func(p past, _ *report.Manifest, _ *StateInput) { p[artifact.ManifestPath] = broken }, code: report.WorkFailed,
			says: "status/manifest.json: input/output error", hint: "restore the file"},
		{name: "manifest cut off", change: func(p past, _ *report.Manifest, _ *StateInput) { p[artifact.ManifestPath] = "{" }, code: report.WorkFailed, says: "status/manifest.json", hint: "restore the file"},

		// The summary and the alerts.
		{name: "summary of another project", change: func(p past, _ *report.Manifest, _ *StateInput) {
			p[artifact.SummaryPath] = encoded(t, summaryOf("them"))
		}, code: report.BadInput,
			says: `status/governance-summary.json: the file belongs to the project "them", this is "us"`, hint: "--adopt"},
		{name: "summary that is listed and missing", change: func(_ past, m *report.Manifest, _ *StateInput) {
			m.Files = append([]report.ManifestFile{{Path: artifact.SummaryPath}}, m.Files...)
		}, code: report.WorkFailed, says: "status/governance-summary.json: the file is listed in status/manifest.json and is missing", hint: "restore the file"},
		{name: "summary on a bad disk", change: func(p past, _ *report.Manifest, _ *StateInput) { p[artifact.SummaryPath] = broken }, code: report.WorkFailed, says: "status/governance-summary.json: input/output error"},
		{name: "summary cut off", change: func(p past, _ *report.Manifest, _ *StateInput) { p[artifact.SummaryPath] = "{" }, code: report.WorkFailed, says: "status/governance-summary.json"},
		{name: "alerts of another project", change: func(p past, _ *report.Manifest, _ *StateInput) {
			p[artifact.AlertStatePath] = encoded(t, report.AlertState{Schema: "govctl/alert-state/v1", Project: "them", Reasons: []string{}, Alerts: []report.Incident{}})
		}, code: report.BadInput, says: `status/alert-state.json: the file belongs to the project "them"`},
		{name: "alerts on a bad disk", change: func(p past, _ *report.Manifest, _ *StateInput) { p[artifact.AlertStatePath] = broken }, code: report.WorkFailed, says: "status/alert-state.json: input/output error"},
		{name: "alerts cut off", change: func(p past, _ *report.Manifest, _ *StateInput) { p[artifact.AlertStatePath] = "{" }, code: report.WorkFailed, says: "status/alert-state.json"},

		// Which contract continues which.
		{name: "the only contract has another name", cfg: named, change: func(past, *report.Manifest, *StateInput) {}, code: report.BadInput,
			says: `no state of the contract "cart": the folder has the contract "openapi"`, hint: "contract.renamed_from: openapi"},
		{name: "the only contract was renamed", cfg: "contract: {source: api.yaml, name: cart, renamed_from: openapi}\n", change: func(past, *report.Manifest, *StateInput) {}, want: `cart: "new" after "old", next "new"`},
		{name: "the only contract was renamed by the change", cfg: named, change: func(_ past, _ *report.Manifest, in *StateInput) { in.Renamed = map[string]string{"cart": "openapi"} },
			want: `cart: "new" after "old", next "new"`},
		{name: "its own state comes before that of the former name", cfg: "contract: {source: api.yaml, name: cart, renamed_from: openapi}\n", change: func(p past, m *report.Manifest, _ *StateInput) {
			p["schemas/cart.json"] = "own"
			m.Contracts = append(m.Contracts, report.ManifestContract{Name: "cart", SHA256: sumOf("own"), AcceptedSHA256: sumOf("own")})
		}, want: `cart: "own" after -, next "own"`},
		{name: "a contract is added", cfg: both, change: func(past, *report.Manifest, *StateInput) {}, want: `openapi: "new" after "old", next "new"`},
		{name: "a contract is added before it", cfg: "contracts:\n  - {source: b.yaml, name: cart}\n  - {source: api.yaml, name: openapi}\n", change: func(past, *report.Manifest, *StateInput) {}, want: `openapi: "new" after "old", next "new"`},
		{name: "a contract is added before one that lost its history", cfg: "contracts:\n  - {source: b.yaml, name: cart}\n  - {source: api.yaml, name: openapi}\n", change: func(p past, _ *report.Manifest, _ *StateInput) { delete(p, historyFile) },
			code: report.WorkFailed, says: "status/openapi/history.jsonl: 0 readable lines"},
		{name: "a contract is added under --require-state", cfg: both, change: func(_ past, _ *report.Manifest, in *StateInput) { in.Required = true }, want: `openapi: "new" after "old", next "new"`},
		{name: "a contract is given up under --require-state", change: func(_ past, m *report.Manifest, in *StateInput) {
			in.Required = true
			m.Contracts = append(m.Contracts, report.ManifestContract{Name: "gone"})
		}, want: `openapi: "new" after "old", next "new"`},
		{name: "a contract is replaced", cfg: both, change: func(_ past, m *report.Manifest, _ *StateInput) {
			m.Contracts[0].HistoryLines = 0
			m.Contracts = append(m.Contracts, report.ManifestContract{Name: "gone"})
		}, want: `openapi: "new" after "old", next "new"`},
		{name: "a contract is replaced under --require-state", cfg: both, change: func(_ past, m *report.Manifest, in *StateInput) {
			in.Required = true
			m.Contracts = append(m.Contracts, report.ManifestContract{Name: "gone"}, report.ManifestContract{Name: "also"})
		}, code: report.WorkFailed, says: "no state of cart, while the state of also, gone has no contract any more (--require-state)", hint: "renamed_from"},
		{name: "the only contract is new, and two states are left", cfg: named, change: func(_ past, m *report.Manifest, _ *StateInput) {
			m.Contracts = append(m.Contracts, report.ManifestContract{Name: "gone"})
		}},
		{name: "two new contracts, and one state is left", cfg: strings.ReplaceAll(both, "openapi", "shop"), change: func(past, *report.Manifest, *StateInput) {}},

		// What was published, compared and accepted.
		{name: "after a failed gate", change: func(_ past, m *report.Manifest, _ *StateInput) { m.Contracts[0].AcceptedSHA256 = sumOf("old") }, want: `openapi: "new" after "old", next "old"`},
		{name: "after a first run", change: func(_ past, m *report.Manifest, _ *StateInput) { m.Contracts[0].BaselineSHA256 = "" }, want: `openapi: "new" after -, next "new"`},
		{name: "after a run that could not read the contract", change: func(_ past, m *report.Manifest, _ *StateInput) {
			m.Contracts[0].SHA256, m.Contracts[0].AcceptedSHA256 = "", sumOf("old")
		}, want: `openapi: - after "old", next "old"`},
		{name: "killed after the contract was replaced", change: func(p past, _ *report.Manifest, _ *StateInput) {
			p["schemas/openapi.json"], p["schemas/openapi-accepted.json"] = "newest", "new"
		}, want: `openapi: "new" after "old", next "new"`},
		{name: "an empty file is one", change: func(p past, m *report.Manifest, _ *StateInput) {
			p["schemas/openapi.json"] = ""
			m.Contracts[0].SHA256, m.Contracts[0].AcceptedSHA256 = sumOf(""), sumOf("")
		}, want: `openapi: "" after "old", next ""`},
		{name: "the accepted contract is lost", change: func(p past, _ *report.Manifest, _ *StateInput) { p["schemas/openapi.json"] = "other" }, code: report.WorkFailed,
			says: "schemas/openapi.json: no file has the digest " + sumOf("new")[:12] + " that status/manifest.json gives for the baseline of the contract", hint: "restore the file"},
		{name: "what was compared is lost", change: func(p past, _ *report.Manifest, _ *StateInput) { p["schemas/openapi-baseline.json"] = "other" }, want: `openapi: "new" after -, next "new"`},
		{name: "the accepted contract is lost, and the configuration names the baseline", cfg: "contract: {source: api.yaml, baseline: none}\n",
			change: func(p past, _ *report.Manifest, _ *StateInput) { delete(p, "schemas/openapi.json") }, want: `openapi: - after "old", next -`},
		{name: "contract on a bad disk", change: func(p past, _ *report.Manifest, _ *StateInput) { p["schemas/openapi.json"] = broken }, code: report.WorkFailed, says: "schemas/openapi.json: input/output error"},
		{name: "baseline on a bad disk", change: func(p past, _ *report.Manifest, _ *StateInput) { p["schemas/openapi-baseline.json"] = broken }, code: report.WorkFailed, says: "schemas/openapi-baseline.json: input/output error"},
		{name: "a copy on a bad disk that nobody needs", change: func(p past, _ *report.Manifest, _ *StateInput) { p["schemas/openapi-accepted.json"] = broken }, want: `openapi: "new" after "old", next "new"`},
		{name: "accepted contract on a bad disk", change: func(p past, m *report.Manifest, _ *StateInput) {
			p["schemas/openapi-accepted.json"], m.Contracts[0].AcceptedSHA256 = broken, sumOf("accepted")
		}, code: report.WorkFailed, says: "schemas/openapi-accepted.json: input/output error"},

		// Manifests that did not list the contracts.
		{name: "early: its gate passed", change: func(_ past, m *report.Manifest, _ *StateInput) { early(m); m.Steps = gate("gate", "ok") }, want: `openapi: "new" after "old", next "new"`},
		{name: "early: its own gate passed", change: func(_ past, m *report.Manifest, _ *StateInput) {
			early(m)
			m.Steps = append(gate("gate cart", "findings"), gate("gate openapi", "ok")...)
		}, want: `openapi: "new" after "old", next "new"`},
		{name: "early: its gate failed", change: func(_ past, m *report.Manifest, _ *StateInput) { early(m); m.Steps = gate("gate", "findings") }, want: `openapi: "new" after "old", next "old"`},
		{name: "early: no step of the gate", change: func(_ past, m *report.Manifest, _ *StateInput) { early(m); m.Steps = gate("diff", "ok") }, code: report.WorkFailed,
			says: `status/manifest.json: no step reports the gate result of the contract "openapi"`},
		{name: "early: steps in the summary", change: func(p past, m *report.Manifest, _ *StateInput) {
			early(m)
			p[artifact.SummaryPath] = encoded(t, summaryOf("", gate("gate", "findings")...))
		}, want: `openapi: "new" after "old", next "old"`},
		{name: "early: no steps and no summary", change: func(_ past, m *report.Manifest, _ *StateInput) { early(m) }, code: report.WorkFailed,
			says: "status/governance-summary.json: the file is missing, so it is unknown whether the last run passed its gate"},
		{name: "early: a first run", change: func(_ past, m *report.Manifest, _ *StateInput) {
			early(m)
			m.Steps, m.Files = gate("gate", "ok"), m.Files[:2]
		}, want: `openapi: "new" after -, next "new"`},
		{name: "early: a run that could not read the contract", change: func(p past, m *report.Manifest, _ *StateInput) {
			early(m)
			m.Steps, m.Files = gate("gate", "failed"), append(m.Files[:1], m.Files[2:]...)
			delete(p, "schemas/openapi.json")
		}, want: `openapi: - after "old", next "old"`},
		{name: "early: no step of the gate, and only a baseline", change: func(_ past, m *report.Manifest, _ *StateInput) {
			early(m)
			m.Steps, m.Files = gate("diff", "ok"), append(m.Files[:1], m.Files[2:]...)
		}, code: report.WorkFailed, says: "no step reports"},
		{name: "early: only files in schemas/ are contracts", cfg: named, change: func(_ past, m *report.Manifest, _ *StateInput) {
			early(m)
			m.Steps = gate("gate", "ok")
			m.Files = []report.ManifestFile{{Path: "status/x.json"}, {Path: "schemas/deep/x.json"}, {Path: "schemas/x.yaml"}, {Path: "schemas/x-accepted.json"}, {Path: "status/x-baseline.json"}, {Path: "schemas/x-baseline.yaml"}}
		}},
		{name: "early: a file without a name is no contract that a new one continues", cfg: named, change: func(_ past, m *report.Manifest, _ *StateInput) {
			early(m)
			m.Steps, m.Files = gate("gate", "ok"), []report.ManifestFile{{Path: "schemas/.json"}}
		}, code: report.BadInput, says: `the folder has the contract ""`},

		// The history.
		{name: "a history that grew", change: func(p past, _ *report.Manifest, _ *StateInput) {
			p[historyFile] += strings.Replace(line("us"), "aaaaaaa", "bbbbbbb", 1)
		}, want: `openapi: "new" after "old", next "new"`},
		{name: "a history that lost a line", change: func(_ past, m *report.Manifest, _ *StateInput) { m.Contracts[0].HistoryLines = 2 }, code: report.WorkFailed,
			says: "status/history.jsonl: 1 readable lines, and there were 2 after the last run", hint: "restore the file"},
		{name: "a history that is lost", change: func(p past, _ *report.Manifest, _ *StateInput) { delete(p, historyFile) }, code: report.WorkFailed,
			says: "status/history.jsonl: 0 readable lines, and there were 1 after the last run"},
		{name: "no history, as before", change: func(p past, m *report.Manifest, _ *StateInput) {
			delete(p, historyFile)
			m.Contracts[0].HistoryLines = 0
		}, want: `openapi: "new" after "old", next "new"`},
		{name: "a history of another project", change: func(p past, _ *report.Manifest, _ *StateInput) {
			p[historyFile] += strings.Replace(line("them"), "aaaaaaa", "bbbbbbb", 1)
		}, code: report.BadInput,
			says: `status/history.jsonl: the file belongs to the project "them"`},
		{name: "a history on a bad disk", change: func(p past, _ *report.Manifest, _ *StateInput) { p[historyFile] = broken }, code: report.WorkFailed, says: "status/history.jsonl: input/output error"},
		{name: "a copied history on a bad disk", change: func(p past, _ *report.Manifest, in *StateInput) { p[historyFile], in.Copied = broken, true }, code: report.WorkFailed,
			says: "status/history.jsonl: input/output error"},
		{name: "a history that breaks off while it is read", change: func(_ past, _ *report.Manifest, in *StateInput) {
			in.Open = breaksOff(in.Open, historyFile)
		}, code: report.WorkFailed, says: "status/history.jsonl: read run history: input/output error"},
		{name: "a contract that breaks off while it is read", change: func(_ past, _ *report.Manifest, in *StateInput) {
			in.Open = breaksOff(in.Open, "schemas/openapi.json")
		}, code: report.WorkFailed, says: "schemas/openapi.json: input/output error"},
		{name: "of two contracts, the history of one is not that of the other", cfg: both, change: func(_ past, m *report.Manifest, _ *StateInput) {
			m.Contracts = append(m.Contracts, report.ManifestContract{Name: "cart"})
		}, code: report.WorkFailed, says: "status/openapi/history.jsonl: 0 readable lines"},

		// Further files that are continued.
		{name: "snapshots cut off", change: func(p past, _ *report.Manifest, _ *StateInput) { p[artifact.SnapshotsPath] = "{" }, code: report.WorkFailed, says: "read status/taxonomy-metrics-history.json"},
		{name: "alert log on a bad disk", change: func(p past, _ *report.Manifest, _ *StateInput) { p[artifact.AlertLogPath] = broken }, code: report.WorkFailed, says: "status/ALERTS_CHANGELOG.md: input/output error"},
		{name: "a figure of an earlier run is lost", change: func(_ past, m *report.Manifest, _ *StateInput) {
			m.Files = append(m.Files, report.ManifestFile{Path: "status/metrics-history/1.json"})
		}, code: report.WorkFailed, says: "status/metrics-history/1.json: the file is listed"},
		{name: "a manifest that leads out of the folder", change: func(_ past, m *report.Manifest, _ *StateInput) {
			m.Files = append(m.Files, report.ManifestFile{Path: "status/metrics-history/../../../secret"})
		}, code: report.WorkFailed, says: `status/manifest.json: it lists "status/metrics-history/../../../secret", which is outside the folder`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, m := left()
			if c.cfg == "" {
				c.cfg = one
			}
			in := p.input(t, c.cfg)
			c.change(p, &m, &in)
			if _, ok := p[artifact.ManifestPath]; !ok {
				p.written(t, m)
			}
			s, err := ReadState(in)
			if refusedState(t, err, c.code, c.says, c.hint) {
				return
			}
			if got := tell(s); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if s.SHA != "aaaaaaa" || s.RunID != "1" || s.Original || s.Files[artifact.ManifestPath] == nil {
				t.Errorf("%+v", s)
			}
		})
	}
}

// brokenFile can be opened and not read.
type brokenFile struct{ fs.File }

func (brokenFile) Read([]byte) (int, error) { return 0, errDisk }
func (brokenFile) Close() error             { return nil }

// refusedState checks the error of a state against the one that is wanted, and reports whether there was one.
func refusedState(t *testing.T, err error, code report.Outcome, says, hint string) bool {
	t.Helper()
	if (err != nil) != (says != "") {
		t.Fatalf("error %v, want %q", err, says)
	}
	if err == nil {
		return false
	}
	var refused *StateError
	if !errors.As(err, &refused) || refused.Outcome != code || !strings.Contains(refused.Error(), says) || !strings.Contains(refused.Hint, hint) || refused.Hint == "" {
		t.Errorf("%v (%+v), want outcome %d, %q with the hint %q", err, refused, code, says, hint)
	}
	if strings.Contains(says, errDisk.Error()) != errors.Is(err, errDisk) {
		t.Errorf("the cause of %v is lost", err)
	}
	return true
}

// TestStateCarries: what a run takes along into another folder, and whether the last run was killed.
func TestStateCarries(t *testing.T) {
	p, m := left()
	id := recordID("aaaaaaa", "1")
	file, text := "status/runs/"+id+".json", encoded(t, report.RunRecord{Schema: "govctl/run-record/v1", ID: id, SHA: "aaaaaaa", RunID: "1", Outcome: "passed", Contracts: []report.RunContract{}})
	m.Files = append(m.Files, report.ManifestFile{Path: file, SHA256: sumOf(text)}, report.ManifestFile{Path: "status/metrics-history/1.json"}, report.ManifestFile{Path: "status/index.html"})
	p.written(t, m)
	maps.Copy(p, past{file: text, "status/metrics-history/1.json": "figures", "status/index.html": "page", artifact.SummaryPath: encoded(t, summaryOf("us")),
		artifact.AlertStatePath: encoded(t, report.AlertState{Schema: "govctl/alert-state/v1", SHA: "aaaaaaa", Project: "us", Reasons: []string{}, Alerts: []report.Incident{}}),
		artifact.SnapshotsPath:  `{"history": []}`, artifact.AlertLogPath: "log", artifact.DeliveriesPath: "{torn"})
	in := p.input(t, one)
	in.Copied = true
	s, err := ReadState(in)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{artifact.AlertLogPath, artifact.AlertStatePath, artifact.SummaryPath, historyFile, artifact.ManifestPath, "status/metrics-history/1.json", file, artifact.SnapshotsPath, artifact.DeliveriesPath}
	if got := sortedKeys(s.Files); !slices.Equal(got, want) || s.Summary == nil || s.Alerts == nil || s.Unfinished {
		t.Errorf("carries %v, want %v; %+v", got, want, s)
	}
	for _, c := range []struct {
		journal *artifact.Journal
		want    bool
	}{
		{nil, false}, {&artifact.Journal{SHA: "aaaaaaa", RunID: "1"}, true}, {&artifact.Journal{SHA: "bbbbbbb", RunID: "1"}, false}, {&artifact.Journal{SHA: "aaaaaaa", RunID: "2"}, false},
	} {
		in.Journal = c.journal
		if s, err := ReadState(in); err != nil || s.Unfinished != c.want {
			t.Errorf("%+v: unfinished %v, %v", c.journal, s.Unfinished, err)
		}
	}
	in.Copied = false
	if s, err := ReadState(in); err != nil || s.Files[historyFile] != nil {
		t.Errorf("a history that stays where it is was read into memory: %v", err)
	}
}

// TestHistoryMoves: a history that is found where the contract had it before is carried to where it belongs now.
func TestHistoryMoves(t *testing.T) {
	contracts := func(names ...string) (rows []report.ManifestContract) {
		for _, name := range names {
			rows = append(rows, report.ManifestContract{Name: name, HistoryLines: 1})
		}
		return rows
	}
	renamed := "contract: {source: api.yaml, name: cart, renamed_from: openapi}\n"
	for _, c := range []struct {
		name, cfg string
		rows      []report.ManifestContract
		at, to    string
		renamed   map[string]string
	}{
		{name: "it stays", cfg: one, rows: contracts("openapi"), at: "status/history.jsonl"},
		{name: "the only one becomes one of two", cfg: both, rows: contracts("openapi"), at: "status/history.jsonl", to: "status/openapi/history.jsonl"},
		{name: "one of two becomes the only one", cfg: one, rows: contracts("cart", "openapi"), at: "status/openapi/history.jsonl", to: "status/history.jsonl"},
		{name: "one of two is renamed and becomes the only one", cfg: renamed, rows: contracts("openapi", "shop"), at: "status/openapi/history.jsonl", to: "status/history.jsonl"},
		{name: "the only one is renamed", cfg: renamed, rows: contracts("openapi"), at: "status/history.jsonl"},
		{name: "the change renames one of two", cfg: strings.ReplaceAll(both, "openapi", "shop"), rows: contracts("cart", "openapi"), at: "status/openapi/history.jsonl", to: "status/shop/history.jsonl", renamed: map[string]string{"shop": "openapi"}},
	} {
		for _, copied := range []bool{false, true} {
			p, m := left()
			delete(p, historyFile)
			p[c.at], p["status/cart/history.jsonl"] = line("us"), line("us")
			m.Contracts = c.rows
			p.written(t, m)
			in := p.input(t, c.cfg)
			in.Copied, in.Renamed = copied, c.renamed
			s, err := ReadState(in)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			to := c.to
			if to == "" && copied {
				to = c.at
			}
			if to != "" && s.Files[to] == nil {
				t.Errorf("%s: it is not carried to %s", c.name, to)
			}
		}
	}
	// The history of an early version with one contract is that of each of several.
	p, m := left()
	m.Contracts, m.Project, m.Steps = nil, "", []report.Step{{Name: "gate", Status: "ok"}}
	p.written(t, m)
	if s, err := ReadState(p.input(t, both)); err != nil || s.Files["status/openapi/history.jsonl"] == nil {
		t.Errorf("the history of an early version is lost: %v", err)
	}
	if s, err := ReadState(p.input(t, one)); err != nil || len(s.Files) != 1 {
		t.Errorf("%v %v", sortedKeys(s.Files), err)
	}
}

func TestStateErrorText(t *testing.T) {
	for want, e := range map[string]*StateError{
		"m":           {Msg: "m"},
		"m: cause":    {Msg: "m", Err: errors.New("cause")},
		"f: cause":    {File: "f", Err: errors.New("cause")},
		"f: m: cause": {File: "f", Msg: "m", Err: errors.New("cause")},
		"read f: no":  {File: "f", Err: errors.New("read f: no")},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e, want)
		}
	}
}

// TestFolderWithoutManifest: a first run, the folder of the original system, or one that lost its manifest.
func TestFolderWithoutManifest(t *testing.T) {
	const keys = `"stability_ratio": 0.5, "placeholder_streak": 3, "placeholder": "null", "breaking_changes_count": null, "semver_policy_status": "warn", "webhook_payload_version": 1, "operations_added": 2`
	const original = `{` + keys + `, "operations_removed": 4}`
	for _, c := range []struct {
		name     string
		cfg      string // one, where it is empty
		files    past
		required bool
		want     string // what tell says
		carries  string
		says     string
		code     report.Outcome
	}{
		{name: "a first run"},
		{name: "a first run under --require-state", required: true, says: "there is no previous state (--require-state)", code: report.WorkFailed},
		{name: "a history alone is continued", files: past{historyFile: "lines"}, carries: "status/history.jsonl"},
		{name: "a history alone, for the first of two contracts", cfg: both, files: past{historyFile: "lines", artifact.SnapshotsPath: "snaps"}, carries: "status/openapi/history.jsonl status/taxonomy-metrics-history.json"},
		{name: "a schemas folder of somebody else", files: past{"schemas/theirs.json": "x"}},
		{name: "no contract of ours", files: past{"schemas/openapi.yaml": "x", "schemas/openapi-baseline.json": "x"}},
		{name: "our contract without anything beside it", files: past{"schemas/openapi.json": "x"}, says: "status/manifest.json: the file is missing beside published contracts", code: report.WorkFailed},
		{name: "published contracts beside a history", files: past{"schemas/x.json": "x", historyFile: "lines"}, says: "status/manifest.json: the file is missing beside", code: report.WorkFailed},
		{name: "published contracts beside figures", files: past{"schemas/x.json": "x", artifact.StabilityPath: "{}"}, says: "status/manifest.json: the file is missing beside", code: report.WorkFailed},
		{name: "figures alone", files: past{artifact.StabilityPath: "{}"}},
		{name: "figures on a bad disk", files: past{artifact.StabilityPath: broken}, says: "status/stability-metrics.json: input/output error", code: report.WorkFailed},
		{name: "history on a bad disk", files: past{historyFile: broken}, says: "status/history.jsonl: input/output error", code: report.WorkFailed},
		{name: "snapshots on a bad disk", files: past{artifact.SnapshotsPath: broken}, says: "status/taxonomy-metrics-history.json: input/output error", code: report.WorkFailed},

		{name: "the original system", files: past{artifact.SummaryPath: original, "schemas/openapi.json": "text", historyFile: "lines"}, want: `openapi: "text" after -, next "text"`, carries: "status/history.jsonl"},
		{name: "the original system under another name", cfg: "contract: {source: api.yaml, renamed_from: openapi-governance}\n", files: past{artifact.SummaryPath: original, "schemas/openapi-governance.json": "text"},
			want: `openapi: "text" after -, next "text"`},
		{name: "the original system under a name that is not declared", files: past{artifact.SummaryPath: original, "schemas/openapi-governance.json": "text"}, code: report.BadInput,
			says: `no state of the contract "openapi": the folder has the contract "openapi-governance"`},
		{name: "the original system, and a second contract", cfg: both, files: past{artifact.SummaryPath: original, "schemas/openapi.json": "text"}, want: `openapi: "text" after -, next "text"`},
		{name: "the original system, after a contract that is new", cfg: "contracts:\n  - {source: b.yaml, name: cart}\n  - {source: api.yaml, name: openapi}\n", files: past{artifact.SummaryPath: original, "schemas/openapi.json": "text"}, want: `openapi: "text" after -, next "text"`},
		{name: "the original system without its contract", files: past{artifact.SummaryPath: original}, says: "schemas: there is no published contract beside status/governance-summary.json", code: report.WorkFailed},
		{name: "the original system, contract on a bad disk", files: past{artifact.SummaryPath: original, "schemas/openapi.json": broken}, says: "schemas/openapi.json: input/output error", code: report.WorkFailed},
		{name: "a summary that lacks a key", files: past{artifact.SummaryPath: "{" + keys + "}", "schemas/openapi.json": "text"}, says: `"operations_removed" is missing`, code: report.WorkFailed},
		{name: "a summary with a wrong value", files: past{artifact.SummaryPath: "{" + keys + `, "operations_removed": "many"}`, "schemas/openapi.json": "text"}, says: `"operations_removed" has the value "many"`, code: report.WorkFailed},
		{name: "a summary cut off", files: past{artifact.SummaryPath: "{", "schemas/openapi.json": "text"}, says: "status/governance-summary.json", code: report.WorkFailed},
		{name: "our summary without its manifest", files: past{artifact.SummaryPath: encoded(t, summaryOf("us")), "schemas/openapi.json": "text"},
			says: `status/manifest.json: the file is missing, while status/governance-summary.json is of "govctl/governance-summary/v1"`, code: report.WorkFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.cfg == "" {
				c.cfg = one
			}
			in := c.files.input(t, c.cfg)
			in.Required = c.required
			s, err := ReadState(in)
			if refusedState(t, err, c.code, c.says, "") {
				return
			}
			if got := strings.Join(sortedKeys(s.Files), " "); tell(s) != c.want || got != c.carries || s.Original != (c.want != "") {
				t.Errorf("%s carrying %q, original %v; want %s carrying %q", tell(s), got, s.Original, c.want, c.carries)
			}
			if sum := s.Summary; s.Original && (sum.StabilityRatio != 0.5 || sum.PlaceholderStreak != 3 || sum.Placeholder || sum.SemverPolicyStatus != "warn" || sum.OperationsRemoved != 4) {
				t.Errorf("%+v", sum)
			}
		})
	}
	in := past{}.input(t, one)
	in.List = func(string) ([]string, error) { return nil, errDisk }
	_, err := ReadState(in)
	refusedState(t, err, report.WorkFailed, "schemas: input/output error", "")
}

// TestBaselineOfARun: what a run compares with, by what the last one left.
func TestBaselineOfARun(t *testing.T) {
	state := ContractState{Accepted: stored([]byte("accepted")), Compared: stored([]byte("compared"))}
	for _, c := range []struct {
		again, unfinished bool
		want              string
	}{{false, false, "accepted"}, {true, false, "compared"}, {false, true, "compared"}} {
		s := State{Contracts: map[string]ContractState{"a": state, "b": state}, Unfinished: c.unfinished}
		got := s.baselines(config.Config{Contracts: []config.Contract{{Name: "b", Baseline: "git:main:b.yaml"}, {Name: "a"}, {Name: "new"}}}, Selection{}, c.again)
		if _, named := got["b"]; named || got["a"].SHA256 != digest([]byte(c.want)) || got["new"].Exists() || len(got) != 2 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestKeptContracts: which contracts are beside the published one while a run is under way.
func TestKeptContracts(t *testing.T) {
	for _, c := range []struct {
		name               string
		compared, accepted []byte
		want               string
	}{
		{"a first run", nil, nil, ""},
		{"the accepted one is compared", []byte("a"), []byte("a"), "openapi-baseline=a"},
		{"another one is compared", []byte("b"), []byte("a"), "openapi-accepted=a openapi-baseline=b"},
		{"the first run is repeated", nil, []byte("a"), "openapi-accepted=a"},
	} {
		store, _, err := artifact.Open(t.TempDir(), now, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{acceptedPath("openapi"), baselinePath("openapi")} { // of the run before
			if err := store.Bytes(p, []byte("stale")); err != nil {
				t.Fatal(err)
			}
		}
		s := State{Contracts: map[string]ContractState{"openapi": {Accepted: stored(c.accepted)}}}
		if err := (baselines{"openapi": stored(c.compared)}).save(store, &s); err != nil {
			t.Fatal(err)
		}
		names, _ := fs.Glob(store.FS(), "schemas/*")
		var got []string
		for _, p := range names {
			b, _ := fs.ReadFile(store.FS(), p)
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(p, "schemas/"), ".json")+"="+string(b))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKeptOfSeveral: each contract of a run is kept.
func TestKeptOfSeveral(t *testing.T) {
	store, _, err := artifact.Open(t.TempDir(), now, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := (baselines{"a": stored([]byte("1")), "b": stored([]byte("2")), "c": stored([]byte("3"))}).save(store, &State{}); err != nil {
		t.Fatal(err)
	}
	if names, _ := fs.Glob(store.FS(), "schemas/*"); len(names) != 3 {
		t.Errorf("%v", names)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestForget: a state from elsewhere replaces what earlier runs in the folder remembered, and nothing else of it.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	store, _, err := artifact.Open(dir, now, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := Forget(store); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	gone := []string{"schemas/openapi.json", "schemas/openapi-baseline.json", "status/manifest.json", "status/history.jsonl", "status/cart/history.jsonl", "status/governance-summary.json", "status/alert-state.json",
		"status/taxonomy-metrics-history.json", "status/ALERTS_CHANGELOG.md", "status/webhook-deliveries.jsonl", "status/runs/1.json", "status/metrics-history/2026-01-01.json"}
	stays := []string{"schemas/deep/x.json", "schemas/readme.md", "site/history.jsonl", "status/checksums.json", "status/index.html", "status/runs/deep/1.json"}
	for _, name := range slices.Concat(gone, stays) {
		put(t, dir+"/"+name, "x")
	}
	if err := Forget(store); err != nil {
		t.Fatal(err)
	}
	got := slices.DeleteFunc(sortedKeys(tree(t, dir)), func(p string) bool { return strings.HasPrefix(p, ".") }) // the lock of the store
	if !slices.Equal(got, stays) {
		t.Errorf("left %v, want %v", got, stays)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAcceptedFile: the file to compare with by hand, wherever the accepted contract is.
func TestAcceptedFile(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(past, *report.Manifest)
	}{
		{"published", "schemas/openapi.json", func(past, *report.Manifest) {}},
		{"after a failed gate", "schemas/openapi-baseline.json", func(_ past, m *report.Manifest) { m.Contracts[0].AcceptedSHA256 = sumOf("old") }},
		{"after a run that was killed", "schemas/openapi-accepted.json", func(p past, _ *report.Manifest) {
			p["schemas/openapi.json"], p["schemas/openapi-accepted.json"] = "newest", "new"
		}},
		{"none accepted", "", func(_ past, m *report.Manifest) { m.Contracts[0].AcceptedSHA256 = "" }},
		{"lost", "", func(p past, _ *report.Manifest) { p["schemas/openapi.json"] = "other" }},
	} {
		p, m := left()
		c.change(p, &m)
		p.written(t, m)
		got, err := AcceptedFile(p.input(t, one), "openapi")
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q %v, want %q", c.name, got, err, c.want)
		}
	}
	if _, err := AcceptedFile(past{}.input(t, one), "openapi"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no run has accepted a contract: %v", err)
	}
}

// breaksOff opens files, one of which cannot be read.
func breaksOff(open func(string) (fs.File, error), file string) func(string) (fs.File, error) {
	return func(p string) (fs.File, error) {
		if p == file {
			return brokenFile{}, nil
		}
		return open(p)
	}
}

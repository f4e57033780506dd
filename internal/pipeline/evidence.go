package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/internal/evidence"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// hasEvidence reports a run that has evidence to evaluate: without it, nothing of the step is in any file.
func hasEvidence(j *Job) bool {
	names, err := evidenceFiles(j.Store.FS())
	return len(j.Config.Evidence.Require) > 0 || len(names) > 0 || err != nil
}

// evidenceFiles are the names in the folder of evidence that end in .json.
func evidenceFiles(folder fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(folder, artifact.EvidenceDir)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	var names []string
	for _, e := range entries {
		if path.Ext(e.Name()) == ".json" {
			names = append(names, e.Name())
		}
	}
	if len(names) > evidence.MaxFiles {
		return nil, &contract.Error{Place: report.Place{File: artifact.EvidenceDir}, Msg: fmt.Sprintf("has %s, more than %d", count(len(names), "file"), evidence.MaxFiles),
			Hint: "remove the files that are not evidence"}
	}
	return names, nil
}

// evaluateEvidence reads what the commands of evidence have left in the folder, and fails for a required kind that does not pass.
func evaluateEvidence(ctx context.Context, sc *stepContext) error {
	in, err := sc.evidenceInput(ctx)
	if err != nil {
		return err
	}
	evaluated := evidence.Evaluate(in)
	if err := sc.writeEvidence(in.Files, &evaluated); err != nil {
		return err
	}
	sc.note = describeEvidence(evaluated.Verdict.Kinds)
	return outcomeOfEvidence(evaluated.Verdict.Kinds)
}

func (sc *stepContext) evidenceInput(ctx context.Context) (in evidence.Input, err error) {
	c := sc.job.Config.Evidence
	in = evidence.Input{Require: c.Require, MaxAge: time.Duration(c.MaxAge), MaxAgeOf: map[string]time.Duration{}, SHA: sc.job.SHA, RunID: sc.job.RunID, Now: sc.job.Now}
	for i, name := range c.Require {
		if _, ok := evidence.Lookup(name); !ok {
			return in, &contract.Error{Place: sc.job.Config.KeyPlace(fmt.Sprintf("/evidence/require/%d", i)), Msg: fmt.Sprintf("there is no kind of evidence %q", name),
				Hint: "expected one of " + strings.Join(evidence.Names(), ", ")}
		}
	}
	for kind, age := range c.MaxAgeOf {
		if _, ok := evidence.Lookup(kind); !ok {
			return in, &contract.Error{Place: sc.job.Config.KeyPlace("/evidence/max_age_of/" + kind), Msg: fmt.Sprintf("there is no kind of evidence %q", kind),
				Hint: "expected one of " + strings.Join(evidence.Names(), ", ")}
		}
		in.MaxAgeOf[kind] = time.Duration(age)
	}
	waivers, ok, err := sc.job.optional(c.Waivers, "/evidence/waivers")
	if err == nil && ok {
		in.Waivers, err = evidence.ParseWaivers(ctx, c.Waivers, waivers, sc.job.Now)
	}
	if err != nil {
		return in, err
	}
	names, err := evidenceFiles(sc.job.Store.FS())
	for _, name := range names {
		f := evidence.File{Name: name}
		f.Data, f.Err = artifact.Read(sc.job.Store.FS(), path.Join(artifact.EvidenceDir, name), evidence.MaxFile)
		in.Files = append(in.Files, f)
	}
	return in, err
}

// writeEvidence writes the verdict and what follows from the envelopes, and lists those that can be read with the files of the run.
func (sc *stepContext) writeEvidence(files []evidence.File, evaluated *evidence.Evaluated) error {
	errs := []error{sc.job.Store.JSON(artifact.VerdictPath, evaluated.Verdict)}
	for i := range evaluated.Read {
		e := &evaluated.Read[i]
		at := slices.IndexFunc(files, func(f evidence.File) bool { return f.Name == e.Kind+".json" })
		errs = append(errs, sc.job.Store.Carry(artifact.EvidencePath(e.Kind, ".json"), files[at].Data),
			sc.job.Store.Bytes(artifact.EvidencePath(e.Kind, ".prom"), promtext.Evidence(e.Figures)))
	}
	history, err := artifact.Read(sc.job.Store.FS(), artifact.FiguresPath, artifact.Most(artifact.FiguresPath))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(append(errs, err)...)
	}
	text, err := evidence.AddFigures(history, evaluated.Read)
	if err == nil && len(text) > 0 {
		err = sc.job.Store.Bytes(artifact.FiguresPath, text)
	}
	return errors.Join(append(errs, err)...)
}

// outcomeOfEvidence is the error of the step: of required kinds, one that is invalid is wrong input, one that could not be measured is
// work that was not done, and any other that does not pass is a finding.
func outcomeOfEvidence(kinds []report.EvidenceKind) error {
	var failed []string
	for i := range kinds {
		k := &kinds[i]
		if !k.Required || k.Passed() {
			continue
		}
		switch k.Status {
		case report.EvidenceInvalid:
			return &contract.Error{Place: report.Place{File: artifact.EvidencePath(k.Kind, ".json")}, Msg: k.Reason,
				Hint: "evidence counts as the command wrote it; make it again"}
		case report.EvidenceError:
			return fmt.Errorf("the evidence %s could not be made: %s", k.Kind, k.Reason)
		}
		failed = append(failed, describeKind(k))
	}
	if len(failed) > 0 {
		return finding(strings.Join(failed, "; "))
	}
	return nil
}

// describeEvidence is the verdict in a line.
func describeEvidence(kinds []report.EvidenceKind) string {
	parts := make([]string, len(kinds))
	for i := range kinds {
		parts[i] = describeKind(&kinds[i])
	}
	return strings.Join(parts, "; ")
}

// describeKind is one kind of evidence in a few words.
func describeKind(k *report.EvidenceKind) string {
	text := k.Kind + ": " + k.Status
	switch {
	case k.Reason != "":
		text += ", " + k.Reason
	case k.Failed > 0:
		text += ", " + count(k.Failed, "error")
	case k.Warnings > 0:
		text += ", " + count(k.Warnings, "warning")
	}
	return text
}

// states are the kinds of evidence as the summary has them.
func states(v *report.EvidenceVerdict) (all []report.EvidenceState) {
	if v == nil {
		return nil
	}
	for i := range v.Kinds {
		all = append(all, v.Kinds[i].EvidenceState)
	}
	return all
}

// evidenceBadges writes a badge for each kind.
func (sc *stepContext) evidenceBadges() error {
	v, err := written[report.EvidenceVerdict](sc, artifact.VerdictPath)
	if err != nil || v == nil {
		return err
	}
	var errs []error
	for i := range v.Kinds {
		errs = append(errs, sc.badge(artifact.EvidenceBadge(v.Kinds[i].Kind), badge.Evidence(&v.Kinds[i])))
	}
	return errors.Join(errs...)
}

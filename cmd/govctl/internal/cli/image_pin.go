package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/imagepin"
	"github.com/romel/govctl/internal/registry"
	"github.com/romel/govctl/pkg/report"
)

func imageCommand(a *app) *cobra.Command {
	return group("image", "Container images: digests of base images, reports of scanners", imagePin(a), imageGate(a))
}

// imagePinFlags are the flags of `image pin`.
type imagePinFlags struct {
	check, write    bool
	settle, timeout time.Duration
}

func imagePin(a *app) *cobra.Command {
	var f imagePinFlags
	c := a.evidenceCommand("pin [DOCKERFILE...]", "Compare the base images of Dockerfiles with their registries, and pin their digests",
		"Read the images that FROM, COPY --from and RUN --mount=from name, and compare the digest of each with what its tag points to: always that\n"+
			"of the index, where the tag has several platforms. Without files, those of image.files.\n\n"+
			"A tag without a digest is a warning, a tag that points to another digest an information: old and new digest, revision and time of\n"+
			"creation, and the change in size are shown. --check requests the digests alone, which takes fewer requests.\n\n"+
			"--write puts the digests into the files and changes nothing else in them. A digest takes the place of another only when the tag has every\n"+
			"platform of the old one and was seen to point to the new one for the time of image.settle; the evidence of the last run in the output\n"+
			"folder is the memory for it. Credentials are read from auths of the configuration of Docker.",
		cobra.ArbitraryArgs, func(ctx context.Context, args []string) (measurement, error) { return a.pinImages(ctx, &f, args) })
	flags := c.Flags()
	flags.BoolVar(&f.check, "check", false, "compare digests only, without labels and sizes")
	flags.BoolVar(&f.write, "write", false, "write the digests into the files")
	flags.DurationVar(&f.settle, "settle", 0, "how long a tag has to point to a digest before it replaces another (default image.settle)")
	flags.DurationVar(&f.timeout, "timeout", 2*time.Minute, "how long all requests may take")
	c.MarkFlagsMutuallyExclusive("check", "write")
	c.PreRun = func(c *cobra.Command, _ []string) {
		if !c.Flags().Changed("settle") {
			f.settle = -1
		}
	}
	return c
}

func (a *app) pinImages(ctx context.Context, f *imagePinFlags, args []string) (measurement, error) {
	m := measurement{kind: "image-pin"}
	in, err := a.pinInput(ctx, f, args)
	if err != nil {
		return m, err
	}
	for _, file := range in.Files {
		m.subjects = append(m.subjects, report.EvidenceSubject{Name: file.Name})
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	client, err := a.registry()
	if err == nil {
		err = observe(ctx, client, &in, f.check)
	}
	if err != nil { // what the last run has seen is kept
		m.detail = report.ImagePins{Schema: "govctl/evidence-image-pin/v1", References: []report.ImageReference{}, Seen: append([]report.ImageSeen{}, in.Memory...)}
		return m.asReason(err)
	}
	plan := imagepin.Decide(in)
	if f.write {
		if plan, err = a.writePins(in, plan); err != nil {
			return m, err
		}
	}
	m.checks, m.detail = plan.Checks, plan.Detail
	m.figures, m.headline = pinSummary(plan)
	return m, nil
}

// pinInput reads the Dockerfiles and the memory.
func (a *app) pinInput(ctx context.Context, f *imagePinFlags, args []string) (in imagepin.Input, err error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return in, err
	}
	clock, err := a.clock(a.now)
	if err != nil {
		return in, err
	}
	in = imagepin.Input{Tags: map[string]imagepin.Observation{}, Pins: map[string]imagepin.Observation{}, Settle: f.settle, Now: clock()}
	if f.settle < 0 {
		in.Settle = time.Duration(cfg.Image.Settle)
	}
	if len(args) == 0 {
		args = cfg.Image.Files
	}
	names, _, err := a.paths(args, []string{".Dockerfile", ".dockerfile"})
	if err != nil {
		return in, err
	}
	for _, name := range names {
		if path.Ext(name) == ".dockerignore" { // Dockerfile.dockerignore matches Dockerfile*
			continue
		}
		data, err := a.readInput(name)
		if err != nil {
			return in, err
		}
		file, err := imagepin.Parse(name, data)
		if err != nil {
			return in, err
		}
		in.Files = append(in.Files, file)
	}
	if len(in.Files) == 0 {
		return in, usage("no Dockerfile matches %s", strings.Join(args, ", "))
	}
	var last report.ImagePins
	if _, err := a.lastEvidence("image-pin", &last); err != nil {
		return in, err
	}
	in.Memory = last.Seen
	return in, nil
}

// registry is the client of registries, with the credentials of Docker's configuration.
func (a *app) registry() (*registry.Client, error) {
	c := &registry.Client{HTTP: a.Contracts(true), Sleep: sleep, UserAgent: "govctl/" + Version()}
	dir := a.Getenv("DOCKER_CONFIG")
	if home := firstOf(a.Getenv("HOME"), a.Getenv("USERPROFILE")); dir == "" && home != "" {
		dir = filepath.Join(home, ".docker")
	}
	if dir == "" {
		return c, nil
	}
	name := filepath.Join(dir, "config.json")
	data, err := a.readInput(name)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		if c.Credentials, err = registry.ParseCredentials(data); err != nil {
			err = &exitError{code: BadInput, err: fmt.Errorf("%s: %w", name, err)}
		}
	}
	return c, err
}

// observe asks the registries for every tag and every digest of the files, each once.
func observe(ctx context.Context, c *registry.Client, in *imagepin.Input, quick bool) error {
	ask := c.Describe
	if quick {
		ask = c.Digest
	}
	one := func(repository registry.Repository, reference string) (o imagepin.Observation, err error) {
		d, err := ask(ctx, repository, reference)
		switch {
		case errors.Is(err, registry.ErrNotFound):
			return imagepin.Observation{Missing: true}, nil
		case err != nil:
			return o, &unreachable{err}
		}
		return imagepin.Observation{ImageRef: report.ImageRef{Digest: d.Digest, Platforms: d.Platforms, Revision: d.Revision, Created: d.Created}, Size: d.Size}, nil
	}
	for _, file := range in.Files {
		for i := range file.References {
			n := file.References[i].Name
			if file.References[i].Kind != imagepin.KindImage {
				continue
			}
			repository := registry.Repository{Registry: n.Registry, Path: n.Repository}
			tag, asked := in.Tags[n.String()]
			var err error
			if n.Tag != "" && !asked {
				if tag, err = one(repository, n.Tag); err != nil {
					return err
				}
				in.Tags[n.String()] = tag
			}
			if _, asked := in.Pins[n.Key()]; n.Digest == "" || asked {
				continue
			}
			pin := tag
			if n.Digest != tag.Digest {
				if pin, err = one(repository, n.Digest); err != nil {
					return err
				}
			}
			in.Pins[n.Key()] = pin
		}
	}
	return nil
}

// writePins makes the edits, and returns what is left to say of the edited files.
func (a *app) writePins(in imagepin.Input, plan *imagepin.Plan) (*imagepin.Plan, error) {
	for i, file := range in.Files {
		edits := plan.Edits[file.Name]
		if len(edits) == 0 {
			continue
		}
		after, err := imagepin.Parse(file.Name, imagepin.Apply(file.Data, edits))
		if err != nil {
			return nil, err
		}
		for j := range after.References {
			if n := after.References[j].Name; n.Digest != "" && n.Digest == in.Tags[n.String()].Digest {
				in.Pins[n.Key()] = in.Tags[n.String()]
			}
		}
		if err := artifact.Replace(file.Name, after.Data); err != nil {
			return nil, err
		}
		in.Files[i] = after
	}
	for _, r := range plan.Detail.References {
		if r.Action == "pin" || r.Action == "update" {
			old := "no digest"
			if r.Pinned != nil {
				old = r.Pinned.Digest
			}
			fmt.Fprintf(a.Stderr, "%s:%d: %s: %s -> %s\n", oneLine(r.Place.File), r.Place.Line, oneLine(r.Image), old, r.Current.Digest)
		}
	}
	return imagepin.Decide(in), nil
}

// pinSummary counts the references.
func pinSummary(plan *imagepin.Plan) ([]report.Figure, string) {
	images, pinned, behind := 0, 0, 0
	for _, r := range plan.Detail.References {
		if r.Kind != imagepin.KindImage && r.Kind != imagepin.KindUnresolved {
			continue
		}
		images++
		if r.Pinned != nil {
			pinned++
		}
		if r.Pinned != nil && r.Current != nil && r.Pinned.Digest != r.Current.Digest {
			behind++
		}
	}
	return []report.Figure{
		{Name: "image_references", Help: "References of images in Dockerfiles.", Value: float64(images)},
		{Name: "image_references_pinned", Help: "References with a digest.", Value: float64(pinned)},
		{Name: "image_references_behind", Help: "References whose tag points to another digest.", Value: float64(behind)},
	}, fmt.Sprintf("%d of %s pinned, %d behind the tag", pinned, counted(images, "image reference"), behind)
}

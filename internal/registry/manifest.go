package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/late"
)

// The media types of indexes and of manifests of one platform.
const (
	ociIndex       = "application/vnd.oci.image.index.v1+json"
	ociManifest    = "application/vnd.oci.image.manifest.v1+json"
	dockerList     = "application/vnd.docker.distribution.manifest.list.v2+json"
	dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	accepted       = ociIndex + ", " + dockerList + ", " + ociManifest + ", " + dockerManifest
)

// Description is what a registry says of a tag or a digest.
type Description struct {
	Digest    string
	Platforms []string // of an index, sorted; none for the manifest of one platform
	Revision  string
	Created   string
	Size      int64 // bytes of the compressed layers of one platform
}

// document is an index or a manifest; each has some of the fields.
type document struct {
	MediaType     string       `json:"mediaType"`
	SchemaVersion int          `json:"schemaVersion"`
	Manifests     []descriptor `json:"manifests"`
	Config        *descriptor  `json:"config"`
	Layers        []descriptor `json:"layers"`
}

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Platform    *platform         `json:"platform"`
	Annotations map[string]string `json:"annotations"`
}

type platform struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant"`
	OSVersion    string `json:"os.version"`
}

// platformPattern is a platform that may be shown.
var platformPattern = late.Pattern(`^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?$`)

// maxEntries bounds an index.
const maxEntries = 1000

func (p *platform) String() string {
	parts := []string{p.OS, p.Architecture}
	if p.Variant != "" {
		parts = append(parts, p.Variant)
	}
	return strings.Join(parts, "/")
}

// Digest finds out what a tag or digest is, with one request. The digest is that of the bytes that arrived.
func (c *Client) Digest(ctx context.Context, r Repository, reference string) (Description, error) {
	_, d, err := c.manifest(ctx, r, reference)
	return d, err
}

// Describe is Digest with the labels and the size of one platform: of linux/amd64 where the index has it, of the first otherwise.
func (c *Client) Describe(ctx context.Context, r Repository, reference string) (Description, error) {
	doc, d, err := c.manifest(ctx, r, reference)
	if err != nil {
		return d, err
	}
	if len(doc.Manifests) > 0 {
		one := preferred(doc.Manifests)
		if one == nil {
			return d, nil
		}
		if doc, _, err = c.manifest(ctx, r, one.Digest); err != nil {
			return d, unless(err, ErrNotFound)
		}
	}
	for _, layer := range doc.Layers {
		d.Size += max(0, layer.Size)
	}
	if doc.Config == nil {
		return d, nil
	}
	d.Revision, d.Created, err = c.labels(ctx, r, doc.Config.Digest)
	return d, unless(err, ErrNotFound)
}

// unless drops one error: what an index refers to may be missing while the index is there, and its labels are not known then.
func unless(err, known error) error {
	if errors.Is(err, known) {
		return nil
	}
	return err
}

// preferred is the image of an index whose labels are shown.
func preferred(all []descriptor) *descriptor {
	var first *descriptor
	for i := range all {
		switch m := &all[i]; {
		case !m.runs():
		case m.Platform.String() == "linux/amd64":
			return m
		case first == nil:
			first = m
		}
	}
	return first
}

// runs reports whether an entry of an index is an image that runs: builders add attestations for a platform unknown/unknown.
func (d *descriptor) runs() bool {
	return d.Platform != nil && d.Platform.OS != "unknown" && platformPattern().MatchString(d.Platform.String()) && (d.MediaType == ociManifest || d.MediaType == dockerManifest || d.MediaType == "")
}

// manifest reads and verifies an index or a manifest.
func (c *Client) manifest(ctx context.Context, r Repository, reference string) (doc document, d Description, err error) {
	data, header, err := c.get(ctx, r, "/manifests/"+reference, accepted, MaxManifest)
	if err != nil {
		return doc, d, err
	}
	at := r.String() + ":" + reference
	d.Digest = digestOf(data)
	if strings.HasPrefix(reference, "sha256:") && d.Digest != reference {
		return doc, d, &Error{At: at, Why: "the registry sent " + d.Digest + " in its place"}
	}
	if said := header.Get("Docker-Content-Digest"); strings.HasPrefix(said, "sha256:") && said != d.Digest {
		return doc, d, &Error{At: at, Why: "the registry announced another digest than that of what it sent"}
	}
	if err := json.Unmarshal(data, &doc); err != nil || doc.SchemaVersion != 2 {
		return doc, d, &Error{At: at, Why: "the answer is not a manifest of version 2"}
	}
	if err := doc.check(); err != nil {
		return doc, d, &Error{At: at, Why: err.Error()}
	}
	d.Platforms = doc.platforms()
	return doc, d, nil
}

// check refuses a document that is neither an index nor a manifest, or whose digests could not be asked for.
func (doc *document) check() error {
	all := doc.Manifests
	if doc.Config != nil {
		all = append(slices.Clone(all), *doc.Config)
	}
	switch {
	case len(all) > maxEntries:
		return fmt.Errorf("the index has more than %d entries", maxEntries)
	case len(all) == 0:
		return errors.New("the answer is neither an index nor the manifest of an image")
	}
	for i := range all {
		if !isDigest(all[i].Digest) {
			return fmt.Errorf("the manifest has the digest %.80q", all[i].Digest)
		}
	}
	return nil
}

func isDigest(s string) bool {
	hex, ok := strings.CutPrefix(s, "sha256:")
	return ok && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}

// platforms lists those of an index, each once.
func (doc *document) platforms() []string {
	var all []string
	for i := range doc.Manifests {
		if m := &doc.Manifests[i]; m.runs() {
			all = append(all, m.Platform.String())
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// labels reads revision and time of creation from the configuration of an image.
func (c *Client) labels(ctx context.Context, r Repository, digest string) (revision, created string, err error) {
	data, _, err := c.get(ctx, r, "/blobs/"+digest, "*/*", MaxConfig)
	if err != nil {
		return "", "", err
	}
	if digestOf(data) != digest {
		return "", "", &Error{At: r.String() + "@" + digest, Why: "the registry sent other bytes in its place"}
	}
	var file struct {
		Created string `json:"created"`
		Config  struct {
			Labels map[string]string `json:"Labels"`
		} `json:"config"`
	}
	if err := json.Unmarshal(data, &file); err != nil { // of another kind than an image, such as an artifact
		return "", "", nil //nolint:nilerr // it has no labels then
	}
	const prefix = "org.opencontainers.image."
	if created = file.Config.Labels[prefix+"created"]; created == "" {
		created = file.Created
	}
	return clip(file.Config.Labels[prefix+"revision"]), clip(created), nil
}

// clip bounds a label for display.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 80)], "") }

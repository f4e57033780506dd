package integrity

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

const manifestSchema = "govctl/manifest/v1"

// maxAhead is how far the clock of the machine that made a bundle may be ahead of ours.
const maxAhead = 10 * time.Minute

// wireManifest is manifest.json of this version or an earlier one; a nil member was absent.
type wireManifest struct {
	Schema      *string        `json:"schema"`
	GeneratedAt *string        `json:"generated_at"`
	SHA         *string        `json:"sha"`
	Project     *string        `json:"project"`
	Contracts   jsontext.Value `json:"contracts"`
	Files       *[]struct {
		Path   *string `json:"path"`
		SHA256 *string `json:"sha256"`
	} `json:"files"`

	generated time.Time // generated_at
}

// manifest reads the manifest beside the checksums: it agrees with them, and it is of the commit and the age that were asked for.
func (v *verifier) manifest() error {
	if v.Files == nil {
		return nil
	}
	name := path.Join(v.Dir, ManifestFile)
	listed := v.lists(name)
	v.misplaced(listed)
	m, bad, err := v.readManifest(name)
	if err != nil {
		return err
	}
	switch {
	case !listed && (v.Commit != "" || v.MaxAge > 0):
		bad = refuse("manifest-not-covered", name, "%s does not list it, so its commit and time cannot be verified", v.ChecksumsName)
	case !listed && m == nil && bad == nil:
		return nil // files that no run wrote: a release
	case !listed && (bad != nil || !m.early()):
		bad = refuse("manifest-not-covered", name, "%s does not list it", v.ChecksumsName)
	case !listed:
		return nil // of a version that did not cover it; it is among the files that are named as not covered
	case m == nil && bad == nil:
		if v.Commit == "" && v.MaxAge == 0 {
			return nil // that it is missing is a finding of the step before
		}
		bad = refuse("manifest-not-covered", name, "it is missing")
	}
	v.taken[stepManifest] = true
	if bad != nil {
		v.say(bad)
		return nil
	}
	v.out.Commit, v.out.GeneratedAt.Time = *m.SHA, m.generated
	if m.Project != nil {
		v.out.Project = *m.Project
	}
	v.agrees(name, m)
	v.fresh(name, m)
	return nil
}

// misplaced refuses the list of one bundle at the place of the other: both are signed by the same key.
func (v *verifier) misplaced(listed bool) {
	other := ManifestFile
	if v.Dir != Folder {
		other = path.Join(Folder, ManifestFile)
	}
	if !listed && v.lists(other) {
		v.taken[stepManifest] = true
		v.say(refuse("bundle-misplaced", v.ChecksumsName, "it lists %s, so it belongs into %s", other, path.Join(path.Dir(other), ChecksumsFile)))
	}
}

// readManifest reads the manifest; nothing and no refusal where there is none.
func (v *verifier) readManifest(name string) (*wireManifest, *refusal, error) {
	data, bad, err := readBeside(v.Files, name, "manifest-malformed")
	if err != nil || bad != nil || data == nil {
		return nil, bad, err
	}
	sum := sha256.Sum256(data)
	for _, a := range v.list.Artifacts { // between the step before and this one the file could have changed
		if a.Path == name && a.SHA256 != hex.EncodeToString(sum[:]) {
			return nil, refuse("manifest-differs", name, "its content is not the listed one"), nil
		}
	}
	m, bad := parseManifest(name, data)
	return m, bad, nil
}

func parseManifest(name string, data []byte) (*wireManifest, *refusal) {
	var m wireManifest
	if err := decode(name, data, &m); err != nil {
		return nil, refuse("manifest-malformed", name, "%v", err)
	}
	for key, absent := range map[string]bool{"sha": m.SHA == nil, "generated_at": m.GeneratedAt == nil, "files": m.Files == nil} {
		if absent {
			return nil, refuse("manifest-malformed", name, "it has no %s", key)
		}
	}
	if m.Schema != nil && *m.Schema != manifestSchema {
		return nil, refuse("manifest-malformed", name, "its schema is %.80q, expected %q", *m.Schema, manifestSchema)
	}
	var err error
	if m.generated, err = parseTime(*m.GeneratedAt); err != nil {
		return nil, refuse("manifest-malformed", name, "generated_at is not an RFC 3339 time")
	}
	for i, f := range *m.Files {
		if f.Path == nil || f.SHA256 == nil {
			return nil, refuse("manifest-malformed", name, "file %d has no path or no sha256", i+1)
		}
	}
	return &m, nil
}

// early reports a manifest of a version that wrote it after the checksums and could not cover it: it lists them, which later ones never do,
// and lacks what later ones always have. A later manifest beside a list without it was put there by somebody else.
func (m *wireManifest) early() bool {
	return m.Project == nil && len(m.Contracts) == 0 && slices.ContainsFunc(*m.Files, func(f struct {
		Path   *string `json:"path"`
		SHA256 *string `json:"sha256"`
	}) bool {
		return *f.Path == path.Join(Folder, ChecksumsFile)
	})
}

// agrees checks that each file of the manifest is listed with the same digest.
func (v *verifier) agrees(name string, m *wireManifest) {
	listed := make(map[string]string, len(v.list.Artifacts))
	for _, a := range v.list.Artifacts {
		listed[a.Path] = a.SHA256
	}
	for _, f := range *m.Files {
		switch digest, there := listed[*f.Path]; {
		case !there:
			v.say(refuse("manifest-differs", name, "it names %.200q, which %s does not list", *f.Path, v.ChecksumsName))
		case digest != *f.SHA256:
			v.say(refuse("manifest-differs", name, "it gives another digest for %s than %s", *f.Path, v.ChecksumsName))
		}
	}
}

// fresh checks the commit and the age that were asked for. Format 1 binds no names, so that under it another file could be the manifest.
func (v *verifier) fresh(name string, m *wireManifest) {
	if v.Commit == "" && v.MaxAge == 0 {
		return
	}
	if v.sig == nil || v.sig.FormatVersion == nil || *v.sig.FormatVersion < 2 {
		v.say(refuse("manifest-not-covered", name, "the signature has format 1, which does not bind the name of the manifest"))
		return
	}
	if v.Commit != "" && !strings.HasPrefix(*m.SHA, strings.ToLower(v.Commit)) {
		v.say(refuse("commit-differs", name, "it is of commit %.100q, %s was asked for", *m.SHA, v.Commit))
	}
	if v.MaxAge == 0 {
		return
	}
	switch age := v.Now.Sub(m.generated); {
	case age > v.MaxAge:
		v.say(refuse("bundle-too-old", name, "it was made at %s, %s ago, at most %s was asked for", m.generated.Format(time.RFC3339), age.Round(time.Second), v.MaxAge))
	case age < -maxAhead:
		v.say(refuse("bundle-too-old", name, "it was made at %s, which is later than now (%s), so that its age is unknown", m.generated.Format(time.RFC3339), v.Now.UTC().Format(time.RFC3339)))
	}
}

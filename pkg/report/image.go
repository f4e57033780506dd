package report

// ImagePins is the detail of evidence of the kind image-pin: the references of the Dockerfiles, and what the registries say of them.
type ImagePins struct {
	Schema     string           `json:"schema"`     // govctl/evidence-image-pin/v1
	References []ImageReference `json:"references"` // in the order of the files
	Seen       []ImageSeen      `json:"seen"`       // what each tag points to, and since when: the memory of the next comparison
}

// ImageReference is one place where a Dockerfile names an image.
type ImageReference struct {
	Place     Place     `json:"place"`
	Form      string    `json:"form"`             // from, copy, mount
	Kind      string    `json:"kind"`             // image, stage, scratch, unresolved
	Text      string    `json:"text"`             // as written
	Image     string    `json:"image,omitzero"`   // with its tag
	Action    string    `json:"action"`           // none, pin, update, wait, keep
	Reason    string    `json:"reason,omitzero"`  // of the action
	Pinned    *ImageRef `json:"pinned"`           // what the digest of the reference is; null without one
	Current   *ImageRef `json:"current"`          // what the tag points to; null without a tag or an answer
	SizeDelta *int64    `json:"size_delta_bytes"` // compressed layers of one platform; null where not both are known
}

// ImageRef is an image or an index of images in a registry.
type ImageRef struct {
	Digest    string   `json:"digest"`
	Platforms []string `json:"platforms"`         // of an index; none for the image of one platform
	Revision  string   `json:"revision,omitzero"` // label org.opencontainers.image.revision
	Created   string   `json:"created,omitzero"`  // label org.opencontainers.image.created, or that of the configuration
}

// ImageSeen is what a tag points to since a time.
type ImageSeen struct {
	Image  string `json:"image"`
	Digest string `json:"digest"`
	Since  Time   `json:"since"`
}

// ImageGate is the detail of evidence of the kind image: what the reports of scanners come to.
type ImageGate struct {
	Schema          string               `json:"schema"` // govctl/evidence-image/v1
	Reports         []ImageReport        `json:"reports"`
	Vulnerabilities []ImageVulnerability `json:"vulnerabilities"` // that count, worst first
	Known           []ImageVulnerability `json:"known"`           // those of the last run that passed before this one
}

// ImageReport is a report of a scanner.
type ImageReport struct {
	Name    string   `json:"name"`
	Scanner string   `json:"scanner"`
	Digests []string `json:"digests"` // of the image
	Created *Time    `json:"created"` // null where the report does not say
}

// ImageVulnerability is a vulnerability of a package that no ignore file accepts.
type ImageVulnerability struct {
	ID       string `json:"id"`
	Package  string `json:"package"`
	Version  string `json:"version"`
	FixedIn  string `json:"fixed_in,omitzero"`
	Severity string `json:"severity"`
	Known    bool   `json:"known"` // it did not fail, as the last run that passed had it
	Since    Time   `json:"since"` // when a run first had it
}

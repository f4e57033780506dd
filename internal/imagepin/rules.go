package imagepin

import "github.com/romel/govctl/pkg/report"

const kind = "image-pin"

// Rules is the table.
var Rules = []report.EvidenceRule{
	{ID: "image-unpinned", Kind: kind, Level: report.Warning, Summary: "An image is named by a tag alone.", Why: "A tag can point to another image at the next build, so that the same commit gives other software.", Hint: "run govctl image pin --write"},
	{ID: "image-drift", Kind: kind, Level: report.Info, Summary: "The tag points to another digest than the pin.", Why: "A pin does not receive the fixes of its base image by itself.", Hint: "run govctl image pin --write, and let image gate check the result"},
	{ID: "image-platform-pinned", Kind: kind, Level: report.Warning, Summary: "The pin is the image of one platform, and the tag has several.", Why: "A build for another platform then gets the wrong architecture or fails.", Hint: "run govctl image pin --write: it pins the index"},
	{ID: "image-platform-missing", Kind: kind, Level: report.Warning, Summary: "The tag lacks a platform that the pin has.", Why: "An index grows one architecture at a time; taken early, builds of the others fail.", Hint: "wait until the platform is there; the pin stays as it is"},
	{ID: "image-unresolved", Kind: kind, Level: report.Warning, Summary: "The name of an image cannot be resolved, or has no place for a digest.", Why: "What govctl cannot resolve it cannot pin, and the build takes what it finds.", Hint: "give ARG a default that ends the reference, or write the name in full"},
	{ID: "image-tag-missing", Kind: kind, Level: report.Warning, Summary: "The registry has no such tag.", Why: "A deleted tag gets no fixes and cannot be pinned.", Hint: "look for the tag that replaces it"},
	{ID: "image-digest-missing", Kind: kind, Level: report.Error, Summary: "The registry no longer has the pinned digest.", Why: "The build fails as soon as no cache has the image.", Hint: "pin the present digest of the tag"},
}

// row is a row of the table; the ids are constants of this package.
func row(id string) *report.EvidenceRule {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i]
		}
	}
	panic("no rule " + id)
}

package integrity

import (
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// Steps of verification, in the order in which they are taken.
const (
	stepRead      = "read"
	stepFiles     = "files"
	stepAggregate = "aggregate"
	stepManifest  = "manifest"
	stepPayload   = "payload"
	stepTrust     = "trust"
	stepSignature = "signature"
	stepByHand    = "by-hand"
)

func steps() []string {
	return []string{stepRead, stepFiles, stepAggregate, stepManifest, stepPayload, stepTrust, stepSignature, stepByHand}
}

// Reason is one row of the table of all that verification can say.
type Reason struct {
	ID    string
	Step  string
	Level report.Level
	Why   string
	Hint  string
}

// Reasons is the table. Options raise warning rows to errors: --require-trusted-key its own, --exact those of exactly.
// --ignore-missing lowers file-missing.
func Reasons() []Reason { return slices.Clone(reasons) }

var reasons = []Reason{
	{"bytes-stray", stepRead, report.Error, "Bytes outside the JSON object are read by one tool and ignored by the next.", ""},
	{"key-duplicate", stepRead, report.Error, "Of two members of one name, one reader takes the first and another the last.", ""},
	{"key-case-variant", stepRead, report.Error, "Some readers match names without regard to case, so that the variant would replace the true value.", ""},
	{"shape-wrong", stepRead, report.Error, "A file with members that are missing or of another type was not written for this format.", ""},
	{"too-large", stepRead, report.Error, "Files of this kind never reach this size.", ""},
	{"path-unsafe", stepRead, report.Error, "With a path outside of the folder the list would cover files that are not part of it.", ""},
	{"path-duplicate", stepRead, report.Error, "A file listed twice can match in one entry and differ in the other.", ""},
	{"list-unsorted", stepRead, report.Error, "The aggregate is defined over the order of the paths.", ""},
	{"digest-malformed", stepRead, report.Error, "A digest is 64 lower-case hex digits, so that it has one spelling.", ""},

	{"file-changed", stepFiles, report.Error, "The content is not the one that was published.", "fetch the file again; if it stays different, it was altered after signing"},
	{"file-missing", stepFiles, report.Error, "A listed file is missing.", "is the folder the one that the paths start from? --base names it; --ignore-missing is for a part of the files"},
	{"file-renamed", stepFiles, report.Error, "The content is stored under another name than the signed one.", ""},
	{"file-refused", stepFiles, report.Error, "Only regular files are read; what a link points to can change after the check.", ""},
	{"file-extra", stepFiles, report.Warning, "A file that is not listed is not covered by the signature.", ""},
	{"file-was-missing", stepFiles, report.Warning, "Files that were expected and absent when the checksums were taken are not covered.", ""},

	{"history-differs", stepFiles, report.Warning, "The history grows after signing and is not covered; the signed metrics name the digest of the lines that they were computed from.", "lines of another run that were merged in look the same; compare with the git history of the branch"},

	{"count-mismatch", stepAggregate, report.Error, "The count is not the number of listed files.", ""},
	{"aggregate-mismatch", stepAggregate, report.Error, "The aggregate is not the digest of the listed digests.", ""},

	{"bundle-misplaced", stepManifest, report.Error, "The artifacts and the pages are signed by the same key: the list of one does not cover the other.", "which branch was fetched?"},
	{"manifest-malformed", stepManifest, report.Error, "A manifest without commit, time and files does not identify the bundle.", "a newer govctl may know it"},
	{"manifest-not-covered", stepManifest, report.Error, "Commit, time and project are verified only where the manifest is among the signed files.", "govctl run and govctl checksums write cover it"},
	{"manifest-differs", stepManifest, report.Error, "The manifest and the checksums describe different files.", ""},
	{"commit-differs", stepManifest, report.Error, "The bundle is genuine and was made for another commit.", "an older bundle was restored, or the branch was not published for this commit yet"},
	{"bundle-too-old", stepManifest, report.Error, "The bundle is genuine, and its age is not the one that was asked for.", "an older bundle was restored, or nothing was published since; is the clock of this machine right?"},

	{"version-unsupported", stepPayload, report.Error, "It is unknown what a signature of an unknown format covers.", "a newer govctl may know it"},
	{"version-too-low", stepPayload, report.Error, "The signature format binds less than was asked for.", ""},
	{"version-downgraded", stepPayload, report.Error, "The file claims a format that binds less than the one that was signed.", ""},
	{"names-not-covered", stepPayload, report.Warning, "Format 1 binds digests and their number, not the names of the files.", "--min-version 2 rejects it"},
	{"algorithm-unsupported", stepPayload, report.Error, "Only plain Ed25519 (RFC 8032) is supported.", ""},
	{"encoding-unsupported", stepPayload, report.Error, "Only the payload encoding json+sorted+compact is supported.", ""},
	{"artifact-mismatch", stepPayload, report.Error, "The signature is for another file than checksums.json.", ""},
	{"signed-aggregate-mismatch", stepPayload, report.Error, "The signature file has another aggregate than checksums.json.", ""},
	{"signed-count-mismatch", stepPayload, report.Error, "The signature file has another count than checksums.json.", ""},
	{"signed-artifacts-mismatch", stepPayload, report.Error, "The signature file lists other files than checksums.json.", ""},
	{"payload-mismatch", stepPayload, report.Error, "The payload shown in the signature file is not the one that checksums.json gives.", ""},
	{"signed-time-mismatch", stepPayload, report.Error, "The signature file claims another time than the key signed.", ""},
	{"previous-keys-mismatch", stepPayload, report.Error, "The signature file names other previous keys than the key signed.", ""},
	{"additional-keys-mismatch", stepPayload, report.Error, "The signature file contains signatures by other additional keys than the signed list names.", ""},

	{"key-malformed", stepTrust, report.Error, "A public key is the strict base64 of 32 bytes that encode a point in one way.", ""},
	{"key-small-order", stepTrust, report.Error, "Under a key of small order one signature fits many messages: anyone can sign.", ""},
	{"key-id-mismatch", stepTrust, report.Error, "The key id is not the one of the key beside it.", ""},
	{"key-self-vouched", stepTrust, report.Warning, "The key comes with the files, so anyone who replaced them could replace it, too.", "pass --public-key or --trusted-keys with a key from another source"},
	{"key-untrusted", stepTrust, report.Error, "The signing key is not among the trusted ones, and no rotation record leads to it.", "has the project rotated its key? its rotation records are in the published trusted.json"},
	{"key-revoked", stepTrust, report.Error, "The key is revoked: nothing that it signed counts, whatever time it states.", ""},
	{"key-retired", stepTrust, report.Error, "The key was retired before the signature was made, or its time cannot be verified.", ""},
	{"key-expired", stepTrust, report.Error, "The signature was made after the key's not_after, or its time cannot be verified.", ""},
	{"key-not-yet-valid", stepTrust, report.Error, "The signature was made before the key's not_before.", ""},
	{"time-not-signed", stepTrust, report.Warning, "The key has a first day, and only the unsigned signed_at dates the signature after it.", ""},
	{"time-in-future", stepTrust, report.Warning, "The signature claims to be made later than now.", "is the clock of this machine right?"},
	{"rotation-forged", stepTrust, report.Warning, "A rotation record that both keys did not sign hands nothing over.", ""},
	{"rotation-void", stepTrust, report.Warning, "A revoked key, or one that was retired by then, cannot transfer trust to another.", ""},
	{"rotation-branched", stepTrust, report.Warning, "A key transfers trust once. Of two successors one may belong to an attacker who has the old key.", "ask the project which of the two is its own, and pin that one"},

	{"signature-malformed", stepSignature, report.Error, "A signature is the strict base64 of 64 bytes.", ""},
	{"signature-invalid", stepSignature, report.Error, "The key did not sign this payload.", ""},
	{"signature-additional-invalid", stepSignature, report.Error, "A further key is named that did not sign this payload or statement.", ""},

	{"payload-file-mismatch", stepByHand, report.Error, "The file has other bytes than those that were signed.", ""},
	{"sig-file-mismatch", stepByHand, report.Error, "The raw signature is not the one of the signature file.", ""},
	{"pubkey-file-mismatch", stepByHand, report.Error, "The key file contains another key than the signature file.", ""},
	{"pem-file-mismatch", stepByHand, report.Error, "The PEM file contains another key than the signature file.", ""},
	{"minisig-mismatch", stepByHand, report.Error, "The minisign signature is not the one of the signature file, or its trusted comment is not signed.", ""},
	{"minisign-key-mismatch", stepByHand, report.Error, "The minisign key file contains another key than the signature file, or another key number than its signature.", ""},
	{"sigstore-mismatch", stepByHand, report.Error, "The Sigstore bundle is not a statement of this key about these files.", ""},
	{"sums-mismatch", stepByHand, report.Error, "SHA256SUMS lists other digests than checksums.json.", ""},
	{"badge-mismatch", stepByHand, report.Error, "The badge shows another aggregate or count than checksums.json.", ""},
	{"companion-missing", stepByHand, report.Error, "The signed statement names this integrity file, and it is missing.", "fetch the whole folder; with the two JSON files alone, --signature-only is the check"},
	{"uncovered-missing", stepByHand, report.Warning, "The content of the file is not signed, because it changes after signing; its presence in the folder is.", "fetch the whole folder; --exact makes this an error"},
	{"statement-missing", stepByHand, report.Warning, "Without the Sigstore bundle, neither the time of signing nor the set of files is signed.", "fetch checksums.sigstore.json too"},
	{"companion-changed", stepByHand, report.Error, "The signed statement names another digest for this integrity file.", ""},
}

// exactly are the warnings about what nothing proves, which --exact does not accept.
var exactly = []string{"file-extra", "history-differs", "statement-missing", "uncovered-missing"}

func reasonTable() map[string]Reason {
	m := map[string]Reason{}
	for _, r := range reasons {
		m[r.ID] = r
	}
	return m
}

// finding turns a refusal into the shape that every output format prints.
func (r *refusal) finding(table map[string]Reason) report.Finding {
	row, ok := table[r.reason]
	if !ok { // a refusal without a row must not turn into silence
		row = Reason{ID: r.reason, Step: stepRead, Level: report.Error}
	}
	if r.hint != "" {
		row.Hint = r.hint
	}
	return report.Finding{Rule: row.ID, Level: row.Level, Category: row.Step, Subject: r.subject, Message: r.detail, Hint: row.Hint, Why: row.Why, New: r.place}
}

package integrity

import "github.com/romel/govctl/pkg/report"

// Steps of verification, in the order in which they are taken.
const (
	stepRead      = "read"
	stepFiles     = "files"
	stepAggregate = "aggregate"
	stepPayload   = "payload"
	stepTrust     = "trust"
	stepSignature = "signature"
	stepByHand    = "by-hand"
)

func steps() []string {
	return []string{stepRead, stepFiles, stepAggregate, stepPayload, stepTrust, stepSignature, stepByHand}
}

// Reason is one row of the table of all that verification can say.
type Reason struct {
	ID    string
	Step  string
	Level report.Level
	Why   string
	Hint  string
}

// Reasons is the table. A warning row may be raised to an error by an option (--exact, --require-trusted-key).
func Reasons() []Reason {
	const e, w = report.Error, report.Warning
	return []Reason{
		{"bytes-stray", stepRead, e, "Bytes outside the JSON object are read by one tool and ignored by the next.", ""},
		{"key-duplicate", stepRead, e, "Of two members of one name, one reader takes the first and another the last.", ""},
		{"key-case-variant", stepRead, e, "Some readers match names without regard to case, so that the variant would replace the true value.", ""},
		{"shape-wrong", stepRead, e, "A file with members that are missing or of another type was not written for this format.", ""},
		{"too-large", stepRead, e, "No honest file of this kind is as large.", ""},
		{"path-unsafe", stepRead, e, "A path that leaves the folder would let the list speak about files outside it.", ""},
		{"path-duplicate", stepRead, e, "A file listed twice can be right once and wrong once.", ""},
		{"list-unsorted", stepRead, e, "The aggregate is defined over the order of the paths.", ""},
		{"digest-malformed", stepRead, e, "A digest is 64 lower-case hex digits, so that it has one spelling.", ""},

		{"file-changed", stepFiles, e, "The content is not the one that was published.", "fetch the file again; if it stays different, it was altered after signing"},
		{"file-missing", stepFiles, e, "A listed file is not there.", "is the folder the one that the paths start from? --base names it"},
		{"file-renamed", stepFiles, e, "The content lies under another name than the one that was signed.", ""},
		{"size-mismatch", stepFiles, e, "The list gives another size than the file with this digest has.", ""},
		{"file-refused", stepFiles, e, "Only regular files inside the folder are read; a link out of it could show anything.", ""},
		{"file-extra", stepFiles, w, "A file that is not listed is not covered by the signature.", ""},
		{"file-was-missing", stepFiles, w, "Files that were expected and absent when the checksums were taken are not covered.", ""},

		{"count-mismatch", stepAggregate, e, "The count is not the number of listed files.", ""},
		{"aggregate-mismatch", stepAggregate, e, "The aggregate is not the digest of the listed digests.", ""},

		{"version-unsupported", stepPayload, e, "A signature of an unknown format binds who knows what.", "a newer govctl may know it"},
		{"version-too-low", stepPayload, e, "The signature format binds less than was asked for.", ""},
		{"version-downgraded", stepPayload, e, "The file claims a format that binds less than the one that was signed.", ""},
		{"names-not-covered", stepPayload, w, "Format 1 binds digests and their number, not the names of the files.", "--min-version 2 refuses it"},
		{"algorithm-unsupported", stepPayload, e, "Only plain Ed25519 (RFC 8032) is known.", ""},
		{"encoding-unsupported", stepPayload, e, "Only the payload encoding json+sorted+compact is known.", ""},
		{"artifact-mismatch", stepPayload, e, "The signature is for another file than checksums.json.", ""},
		{"signed-aggregate-mismatch", stepPayload, e, "The signature file speaks of another aggregate than checksums.json.", ""},
		{"signed-count-mismatch", stepPayload, e, "The signature file speaks of another count than checksums.json.", ""},
		{"signed-artifacts-mismatch", stepPayload, e, "The signature file lists other files than checksums.json.", ""},
		{"payload-mismatch", stepPayload, e, "The payload shown in the signature file is not the one that checksums.json gives.", ""},
		{"signed-time-mismatch", stepPayload, e, "The signature file claims another time than the key signed.", ""},
		{"previous-keys-mismatch", stepPayload, e, "The signature file names other previous keys than the key signed.", ""},

		{"key-malformed", stepTrust, e, "A public key is the strict base64 of 32 bytes that encode a point in one way.", ""},
		{"key-small-order", stepTrust, e, "Under a key of small order one signature fits many messages: anyone can sign.", ""},
		{"key-id-mismatch", stepTrust, e, "The key id is not the one of the key beside it.", ""},
		{"key-self-vouched", stepTrust, w, "The key comes with the files, so whoever replaced them could replace it.", "pass --public-key or --trusted-keys with a key from another source"},
		{"key-untrusted", stepTrust, e, "The signing key is not among the trusted ones, and no rotation record leads to it.", "has the project rotated its key? its rotation records stand in the published trusted.json"},
		{"key-revoked", stepTrust, e, "The key is revoked: nothing that it signed counts, whatever time it states.", ""},
		{"key-retired", stepTrust, e, "The key was retired before the signature was made, or nothing proves that it was made before.", ""},
		{"key-expired", stepTrust, e, "The signature was made after the key's not_after, or nothing proves that it was made before.", ""},
		{"key-not-yet-valid", stepTrust, e, "The signature was made before the key's not_before.", ""},
		{"time-not-signed", stepTrust, w, "The key has a first day, and only the unsigned signed_at says that the signature is younger.", ""},
		{"time-in-future", stepTrust, w, "The signature claims to be made later than now.", "is the clock of this machine right?"},
		{"rotation-forged", stepTrust, w, "A rotation record that both keys did not sign hands nothing over.", ""},
		{"rotation-void", stepTrust, w, "A revoked key, or one that had retired by then, cannot hand over.", ""},

		{"signature-malformed", stepSignature, e, "A signature is the strict base64 of 64 bytes.", ""},
		{"signature-invalid", stepSignature, e, "The key did not sign this payload.", ""},
		{"signature-additional-invalid", stepSignature, e, "A further key is named that did not sign this payload or statement.", ""},

		{"payload-file-mismatch", stepByHand, e, "The file holds other bytes than the ones that were signed.", ""},
		{"sig-file-mismatch", stepByHand, e, "The raw signature is not the one of the signature file.", ""},
		{"pubkey-file-mismatch", stepByHand, e, "The key file holds another key than the signature file.", ""},
		{"pem-file-mismatch", stepByHand, e, "The PEM file holds another key than the signature file.", ""},
		{"minisig-mismatch", stepByHand, e, "The minisign signature is not the one of the signature file, or its trusted comment is not signed.", ""},
		{"minisign-key-mismatch", stepByHand, e, "The minisign key file holds another key than the signature file, or another key number than its signature.", ""},
		{"sigstore-mismatch", stepByHand, e, "The Sigstore bundle is not a statement of this key about these files.", ""},
		{"sums-mismatch", stepByHand, e, "SHA256SUMS lists other digests than checksums.json.", ""},
		{"badge-mismatch", stepByHand, e, "The badge shows another aggregate or count than checksums.json.", ""},
		{"companion-changed", stepByHand, e, "The signed statement names another digest for this integrity file.", ""},
	}
}

func reasonTable() map[string]Reason {
	m := map[string]Reason{}
	for _, r := range Reasons() {
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
	return report.Finding{Rule: row.ID, Level: row.Level, Category: row.Step, Subject: r.subject, Message: r.detail, Hint: row.Hint, Why: row.Why, New: r.place}
}

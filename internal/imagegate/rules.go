package imagegate

import "github.com/romel/govctl/pkg/report"

const kind = "image"

// Rules is the table.
var Rules = []report.EvidenceRule{
	{ID: "image-vulnerability", Kind: kind, Level: report.Error, Summary: "A package has a vulnerability of a severity that fails.", Why: "Every container of the image runs the vulnerable package.", Hint: "update the package or the base image, or accept it for a time in an ignore file or a waiver"},
	{ID: "image-vulnerability-known", Kind: kind, Level: report.Warning, Summary: "The last run that passed had the vulnerability already.", Why: "With --new-only it does not fail, and it is not fixed by itself.", Hint: "update the package; the message reports since when it is there"},
	{ID: "image-severity-unknown", Kind: kind, Level: report.Warning, Summary: "Vulnerabilities have no severity.", Why: "Without a severity the gate cannot evaluate them, and they pass.", Hint: "look at them, or put UNKNOWN into image.severities"},
	{ID: "image-ignore-expired", Kind: kind, Level: report.Warning, Summary: "An accepted vulnerability is accepted no longer.", Why: "The decision was made for a time, and the time is over; the vulnerability counts again.", Hint: "remove the entry, or decide again"},
	{ID: "image-ignore-stale", Kind: kind, Level: report.Warning, Summary: "An ignore file accepts what no report has.", Why: "An entry that is forgotten hides the vulnerability when it comes back.", Hint: "remove the entry"},
	{ID: "image-report-old", Kind: kind, Level: report.Error, Summary: "A report is older than image.max_report_age.", Why: "Vulnerabilities become known after an image was built: an old report does not have them.", Hint: "scan the image again"},
	{ID: "image-report-undated", Kind: kind, Level: report.Error, Summary: "A report has no date.", Why: "How old it is cannot be checked.", Hint: "give the time with --scanned-at, or set image.max_report_age to 0s"},
	{ID: "image-report-empty", Kind: kind, Level: report.Error, Summary: "A report has nothing that was scanned.", Why: "A report without packages is not a result.", Hint: "check that the scanner found the packages of the image; osv-scanner needs --all-packages to list what has no vulnerability"},
	{ID: "image-report-digest", Kind: kind, Level: report.Error, Summary: "A report is not about the image of --digest.", Why: "The result of another image does not apply to this one.", Hint: "scan the image by its digest"},
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

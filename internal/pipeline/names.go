package pipeline

import "github.com/romel/govctl/internal/artifact"

// The files that every contract has. Among several contracts they lie in status/NAME/.
const (
	diffFile       = artifact.DiffPath
	operationsFile = artifact.OperationsPath
	breakingFile   = artifact.BreakingPath
	semverFile     = artifact.SemverPath
	historyFile    = artifact.HistoryPath
	stabilityFile  = artifact.StabilityPath
	apiLogFile     = artifact.APILogPath
	apiReleaseFile = artifact.APIReleasePath
	recordFile     = artifact.ContractRecordPath
)

// contractFiles are all of them.
var contractFiles = []string{diffFile, operationsFile, breakingFile, semverFile, historyFile, stabilityFile, apiLogFile, apiReleaseFile, recordFile,
	artifact.BreakingBadge, artifact.StabilityBadge, artifact.StreakBadge}

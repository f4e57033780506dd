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
)

// Package ci knows the CI systems: by which variable each is recognised, and which variables say what is built.
package ci

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// System is a row of the table of CI systems. A value is a list of alternatives, of which the first counts whose variables are all set: the
// name of a variable, or a text with ${NAME}.
type System struct {
	ID, Name string
	Variable string // by which the system is recognised
	Value    string // that it has; empty: any

	Commit     []string // that is built
	Branch     []string // of the commit, or of the request
	Run        []string // identity of the run, one for all of its jobs
	Link       []string // page of the run
	Request    []string // number of the pull or merge request
	Base       []string // revision that the request is compared with
	Target     []string // branch that the request goes to
	Repository []string // its path on the server
	Pages      []string // address of the pages of the repository
	Commits    []string // address below which commit/SHA is the page of a commit
}

// The systems that other code asks for by name.
const (
	GitHub = "github"
	GitLab = "gitlab"
)

// Systems is the table. Its rows are documented in docs/ci.md.
var Systems = []System{
	{
		ID: GitHub, Name: "GitHub Actions", Variable: "GITHUB_ACTIONS", Value: "true",
		Commit: []string{"GITHUB_SHA"}, Branch: []string{"GITHUB_HEAD_REF", "GITHUB_REF_NAME"}, Run: []string{"GITHUB_RUN_ID"},
		Link:    []string{"${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}"},
		Request: []string{"GITHUB_REF"}, Target: []string{"GITHUB_BASE_REF"}, Repository: []string{"GITHUB_REPOSITORY"},
		Commits: []string{"${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}", "https://github.com/${GITHUB_REPOSITORY}"},
	},
	{
		ID: GitLab, Name: "GitLab CI", Variable: "GITLAB_CI", Value: "true",
		Commit: []string{"CI_COMMIT_SHA"}, Branch: []string{"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH"}, Run: []string{"CI_PIPELINE_ID"},
		Link: []string{"CI_PIPELINE_URL"}, Request: []string{"CI_MERGE_REQUEST_IID"}, Base: []string{"CI_MERGE_REQUEST_DIFF_BASE_SHA"},
		Target: []string{"CI_MERGE_REQUEST_TARGET_BRANCH_NAME"}, Repository: []string{"CI_PROJECT_PATH"}, Pages: []string{"CI_PAGES_URL"},
		Commits: []string{"${CI_PROJECT_URL}/-"},
	},
	{
		ID: "jenkins", Name: "Jenkins", Variable: "JENKINS_URL",
		Commit: []string{"GIT_COMMIT"}, Branch: []string{"CHANGE_BRANCH", "BRANCH_NAME"}, Run: []string{"BUILD_TAG"}, Link: []string{"BUILD_URL"},
		Request: []string{"CHANGE_ID"}, Target: []string{"CHANGE_TARGET"},
	},
	{
		ID: "buildkite", Name: "Buildkite", Variable: "BUILDKITE", Value: "true",
		Commit: []string{"BUILDKITE_COMMIT"}, Branch: []string{"BUILDKITE_BRANCH"}, Run: []string{"BUILDKITE_BUILD_ID"}, Link: []string{"BUILDKITE_BUILD_URL"},
		Request: []string{"BUILDKITE_PULL_REQUEST"}, Target: []string{"BUILDKITE_PULL_REQUEST_BASE_BRANCH"},
	},
	{
		ID: "azure", Name: "Azure Pipelines", Variable: "TF_BUILD", Value: "True",
		Commit: []string{"BUILD_SOURCEVERSION"}, Branch: []string{"SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"}, Run: []string{"BUILD_BUILDID"},
		Link:    []string{"${SYSTEM_COLLECTIONURI}${SYSTEM_TEAMPROJECTID}/_build/results?buildId=${BUILD_BUILDID}"},
		Request: []string{"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"}, Target: []string{"SYSTEM_PULLREQUEST_TARGETBRANCH"},
		Repository: []string{"BUILD_REPOSITORY_NAME"},
	},
	{
		ID: "circleci", Name: "CircleCI", Variable: "CIRCLECI", Value: "true",
		Commit: []string{"CIRCLE_SHA1"}, Branch: []string{"CIRCLE_BRANCH"}, Run: []string{"CIRCLE_WORKFLOW_ID"}, Link: []string{"CIRCLE_BUILD_URL"},
		Request: []string{"CIRCLE_PULL_REQUEST"}, Repository: []string{"${CIRCLE_PROJECT_USERNAME}/${CIRCLE_PROJECT_REPONAME}"},
	},
	{
		ID: "bitbucket", Name: "Bitbucket Pipelines", Variable: "BITBUCKET_BUILD_NUMBER",
		Commit: []string{"BITBUCKET_COMMIT"}, Branch: []string{"BITBUCKET_BRANCH"}, Run: []string{"BITBUCKET_BUILD_NUMBER"},
		Link:    []string{"https://bitbucket.org/${BITBUCKET_REPO_FULL_NAME}/pipelines/results/${BITBUCKET_BUILD_NUMBER}"},
		Request: []string{"BITBUCKET_PR_ID"}, Base: []string{"BITBUCKET_PR_DESTINATION_COMMIT"}, Target: []string{"BITBUCKET_PR_DESTINATION_BRANCH"},
		Repository: []string{"BITBUCKET_REPO_FULL_NAME"},
	},
}

// Detect returns the system that an environment is of; nil where it is none of the table.
func Detect(getenv func(string) string) *System {
	for i := range Systems {
		s := &Systems[i]
		if value := getenv(s.Variable); value != "" && (s.Value == "" || value == s.Value) {
			return s
		}
	}
	return nil
}

// Or is the system that an environment is of, and GitHub where it is none of the table: its variables count wherever somebody sets them.
func Or(s *System) *System {
	if s == nil {
		return &Systems[0]
	}
	return s
}

// A Value is what an environment says, and the variable or text of the table that says it.
type Value struct{ From, Text string }

// variable is a variable in a text of the table.
var variable = late.Pattern(`\$\{([A-Z0-9_]+)\}`)

// Read returns the first alternative whose variables are all set. What an environment says is not checked here.
func Read(getenv func(string) string, alternatives []string) Value {
	for _, one := range alternatives {
		if !strings.Contains(one, "${") {
			if value := getenv(one); value != "" {
				return Value{one, value}
			}
			continue
		}
		whole := true
		text := variable().ReplaceAllStringFunc(one, func(v string) string {
			value := getenv(v[2 : len(v)-1])
			whole = whole && value != ""
			return value
		})
		if whole {
			return Value{one, text}
		}
	}
	return Value{}
}

// Names are the variables of alternatives, for messages.
func Names(alternatives []string) string {
	var names []string
	for _, one := range alternatives {
		found := variable().FindAllStringSubmatch(one, -1)
		if found == nil {
			names = append(names, one)
		}
		for _, name := range found {
			names = append(names, name[1])
		}
	}
	return strings.Join(names, ", ")
}

// RunOf is the identity of the run.
func (s *System) RunOf(getenv func(string) string) string { return Read(getenv, s.Run).Text }

// CommitOf is the commit that an environment names; empty where git knows better, as for a Buildkite build of "HEAD".
func (s *System) CommitOf(getenv func(string) string) string {
	if commit := Read(getenv, s.Commit).Text; commit != "HEAD" {
		return commit
	}
	return ""
}

// request is a number, or an address or ref that ends in one. A branch may have any name, so only a ref of GitHub's own space counts.
var request = late.Pattern(`^(?:refs/pull/([1-9][0-9]{0,8})/[a-z]+|https?://[^\s]+/([1-9][0-9]{0,8})|([1-9][0-9]{0,8}))$`)

// RequestOf is the number of the pull or merge request; 0 where the run is of none.
func (s *System) RequestOf(getenv func(string) string) int {
	m := request().FindStringSubmatch(Read(getenv, s.Request).Text)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1] + m[2] + m[3])
	if err != nil {
		return 0
	}
	return n
}

// revision is a commit, and branch a name of a branch that no git command takes for something else.
var (
	revision = late.Pattern(`^[0-9a-f]{7,64}$`)
	branch   = late.Pattern(`^[A-Za-z0-9_][A-Za-z0-9._/+@#=-]*$`)
)

// maxBranch bounds the name of a branch, in bytes. It is not a repetition in the expression, which
// every start would pay 4 ms for.
const maxBranch = 250

// BaseOf is the revision that the change of a request is compared with: the commit that the system names, else the target branch at
// origin; empty where it names neither, or something that is neither.
func (s *System) BaseOf(getenv func(string) string) string {
	if commit := Read(getenv, s.Base).Text; revision().MatchString(commit) {
		return commit
	}
	target := strings.TrimPrefix(Read(getenv, s.Target).Text, "refs/heads/")
	if len(target) > maxBranch || !branch().MatchString(target) || strings.Contains(target, "..") || strings.Contains(target, "@{") {
		return ""
	}
	return "origin/" + target
}

// maxLink and maxRepository bound what reaches pages and messages, in bytes.
const (
	maxLink       = 2000
	maxRepository = 300
)

// LinkOf is the page of the run.
func (s *System) LinkOf(getenv func(string) string) string { return link(Read(getenv, s.Link).Text) }

// PagesOf is the address of the pages of the repository, where the system says it.
func (s *System) PagesOf(getenv func(string) string) string { return link(Read(getenv, s.Pages).Text) }

// CommitsOf is the address below which commit/SHA is the page of a commit.
func (s *System) CommitsOf(getenv func(string) string) string {
	return link(Read(getenv, s.Commits).Text)
}

// link is an address that can be shown; empty for another text.
func link(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" || len(text) > maxLink || !printable(text) || strings.ContainsAny(text, " <>\"'`\\") {
		return ""
	}
	return text
}

// RepositoryOf is the path of the repository on the server, such as "group/sub/project".
func (s *System) RepositoryOf(getenv func(string) string) string {
	text := Read(getenv, s.Repository).Text
	if len(text) > maxRepository || !printable(text) {
		return ""
	}
	return text
}

func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7f })
}

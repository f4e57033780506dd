package ci_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/ci"
)

// environments are what each system sets, as its documentation shows it.
var environments = []struct {
	id                        string
	env                       []string
	commit, run, link, base   string
	repository, pages, branch string
	request                   int
}{
	{id: "github", env: []string{"GITHUB_ACTIONS=true", "GITHUB_SHA=ffac537e6cbbf934b08745a378932722df287a53", "GITHUB_RUN_ID=1658821493", "GITHUB_SERVER_URL=https://github.com",
		"GITHUB_REPOSITORY=octocat/Hello-World", "GITHUB_REF=refs/pull/7/merge", "GITHUB_BASE_REF=main", "GITHUB_HEAD_REF=feature", "GITHUB_REF_NAME=7/merge", "CI=true"},
		commit: "ffac537e6cbbf934b08745a378932722df287a53", run: "1658821493", link: "https://github.com/octocat/Hello-World/actions/runs/1658821493",
		base: "origin/main", repository: "octocat/Hello-World", branch: "feature", request: 7},
	{id: "github", env: []string{"GITHUB_ACTIONS=true", "GITHUB_SHA=ffac537e6cbbf934b08745a378932722df287a53", "GITHUB_RUN_ID=1", "GITHUB_REPOSITORY=o/r", "GITHUB_REF=refs/heads/refs/pull/7/merge",
		"GITHUB_REF_NAME=refs/pull/7/merge"}, // a branch of that name
		commit: "ffac537e6cbbf934b08745a378932722df287a53", run: "1", repository: "o/r", branch: "refs/pull/7/merge"},
	{id: "gitlab", env: []string{"GITLAB_CI=true", "CI=true", "CI_COMMIT_SHA=1ecfd275763eff1d6b4844ea3168962458c9f27a", "CI_PIPELINE_ID=1212", "CI_PIPELINE_URL=https://gitlab.example.com/g/sub/p/-/pipelines/1212",
		"CI_MERGE_REQUEST_IID=12", "CI_MERGE_REQUEST_DIFF_BASE_SHA=0123456789012345678901234567890123456789", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=x",
		"CI_PROJECT_PATH=g/sub/p", "CI_PAGES_URL=https://g.pages.example.com/sub/p"},
		commit: "1ecfd275763eff1d6b4844ea3168962458c9f27a", run: "1212", link: "https://gitlab.example.com/g/sub/p/-/pipelines/1212", base: "0123456789012345678901234567890123456789",
		repository: "g/sub/p", pages: "https://g.pages.example.com/sub/p", branch: "x", request: 12},
	{id: "jenkins", env: []string{"JENKINS_URL=https://ci.example.com/", "GIT_COMMIT=1ecfd275763eff1d6b4844ea3168962458c9f27a", "BUILD_TAG=jenkins-team-api-main-42", "BUILD_URL=https://ci.example.com/job/api/42/",
		"CHANGE_ID=5", "CHANGE_TARGET=main", "CHANGE_BRANCH=x", "BRANCH_NAME=PR-5"},
		commit: "1ecfd275763eff1d6b4844ea3168962458c9f27a", run: "jenkins-team-api-main-42", link: "https://ci.example.com/job/api/42/", base: "origin/main", branch: "x", request: 5},
	{id: "buildkite", env: []string{"BUILDKITE=true", "BUILDKITE_COMMIT=HEAD", "BUILDKITE_BRANCH=main", "BUILDKITE_BUILD_ID=4735ba57-80d0-46e2-8fa0-b28223a86586", "BUILDKITE_BUILD_URL=https://buildkite.com/acme/p/builds/1514",
		"BUILDKITE_PULL_REQUEST=false"},
		run: "4735ba57-80d0-46e2-8fa0-b28223a86586", link: "https://buildkite.com/acme/p/builds/1514", branch: "main"},
	{id: "azure", env: []string{"TF_BUILD=True", "BUILD_SOURCEVERSION=1ecfd275763eff1d6b4844ea3168962458c9f27a", "BUILD_SOURCEBRANCH=refs/pull/3/merge", "BUILD_BUILDID=90", "SYSTEM_COLLECTIONURI=https://dev.azure.com/acme/",
		"SYSTEM_TEAMPROJECTID=d2f0c7cc-3ee6-4a50-8b26-d2be6b5b0bd1", "SYSTEM_PULLREQUEST_PULLREQUESTID=30", "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/release/1", "SYSTEM_PULLREQUEST_SOURCEBRANCH=refs/heads/x", "BUILD_REPOSITORY_NAME=api"},
		commit: "1ecfd275763eff1d6b4844ea3168962458c9f27a", run: "90", link: "https://dev.azure.com/acme/d2f0c7cc-3ee6-4a50-8b26-d2be6b5b0bd1/_build/results?buildId=90",
		base: "origin/release/1", repository: "api", branch: "refs/heads/x", request: 30},
	{id: "circleci", env: []string{"CIRCLECI=true", "CIRCLE_SHA1=1ecfd275763eff1d6b4844ea3168962458c9f27a", "CIRCLE_BRANCH=x", "CIRCLE_WORKFLOW_ID=a-b", "CIRCLE_BUILD_URL=https://circleci.com/gh/o/r/17",
		"CIRCLE_PULL_REQUEST=https://github.com/o/r/pull/8", "CIRCLE_PROJECT_USERNAME=o", "CIRCLE_PROJECT_REPONAME=r"},
		commit: "1ecfd275763eff1d6b4844ea3168962458c9f27a", run: "a-b", link: "https://circleci.com/gh/o/r/17", repository: "o/r", branch: "x", request: 8},
	{id: "bitbucket", env: []string{"BITBUCKET_BUILD_NUMBER=11", "BITBUCKET_COMMIT=1ecfd275763eff1d6b4844ea3168962458c9f27a", "BITBUCKET_BRANCH=x", "BITBUCKET_REPO_FULL_NAME=team/r", "BITBUCKET_PR_ID=4",
		"BITBUCKET_PR_DESTINATION_BRANCH=main", "BITBUCKET_PR_DESTINATION_COMMIT=1ecfd2757"},
		commit: "1ecfd275763eff1d6b4844ea3168962458c9f27a", run: "11", link: "https://bitbucket.org/team/r/pipelines/results/11", base: "1ecfd2757", repository: "team/r", branch: "x", request: 4},
}

func getenv(env []string) func(string) string {
	return func(name string) string {
		for _, kv := range env {
			if key, value, _ := strings.Cut(kv, "="); key == name {
				return value
			}
		}
		return ""
	}
}

func TestSystems(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range environments {
		seen[c.id] = true
		env := getenv(c.env)
		s := ci.Detect(env)
		if s == nil || s.ID != c.id {
			t.Errorf("%s: recognised as %+v", c.id, s)
			continue
		}
		got := []any{s.CommitOf(env), ci.Read(env, s.Run).Text, s.LinkOf(env), s.BaseOf(env), s.RepositoryOf(env), s.PagesOf(env), ci.Read(env, s.Branch).Text, s.RequestOf(env)}
		if want := []any{c.commit, c.run, c.link, c.base, c.repository, c.pages, c.branch, c.request}; !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", c.id, got, want)
		}
	}
	for _, s := range ci.Systems {
		if !seen[s.ID] {
			t.Errorf("%s is not tried", s.ID)
		}
	}
	if s := ci.Detect(getenv(nil)); s != nil || ci.Or(s).ID != ci.GitHub {
		t.Errorf("nothing is %v", s)
	}
	if s := ci.Detect(getenv([]string{"GITLAB_CI=false", "TF_BUILD=no"})); s != nil {
		t.Errorf("switched off, but recognised as %s", s.ID)
	}
}

// TestHostileValues: branch names, and on some systems other values, come from whoever opens a request.
func TestHostileValues(t *testing.T) {
	gitlab := func(kv ...string) (*ci.System, func(string) string) {
		env := getenv(append(kv, "GITLAB_CI=true"))
		return ci.Detect(env), env
	}
	for _, bad := range []string{"--upload-pack=x", "a..b", "main@{1}", "a b", "$(touch x)", "x\n", "main:govctl.yaml", "", "^main", "x~1", strings.Repeat("a", 300)} {
		if s, env := gitlab("CI_MERGE_REQUEST_TARGET_BRANCH_NAME=" + bad); s.BaseOf(env) != "" {
			t.Errorf("target %q is taken for %q", bad, s.BaseOf(env))
		}
	}
	for _, bad := range []string{"javascript:alert(1)", "https://a:b@evil.example/", "https://x/\x1b[31m", "https://x/ y", "//x", "https://x/<y>", "https://x/" + strings.Repeat("a", 3000), "https://x/\u202e"} {
		if s, env := gitlab("CI_PIPELINE_URL="+bad, "CI_PAGES_URL="+bad); s.LinkOf(env) != "" || s.PagesOf(env) != "" {
			t.Errorf("link %q", bad)
		}
	}
	for _, bad := range []string{"0", "-1", "7x", "refs/heads/7", "99999999999999999999", "true", " 7", "refs/pull/7/merge/x", "javascript:/7"} {
		if s, env := gitlab("CI_MERGE_REQUEST_IID=" + bad); s.RequestOf(env) != 0 {
			t.Errorf("request %q is %d", bad, s.RequestOf(env))
		}
	}
	for _, bad := range []string{"a\x00b", "a\x1b[0m", strings.Repeat("a", 400)} {
		if s, env := gitlab("CI_PROJECT_PATH=" + bad); s.RepositoryOf(env) != "" {
			t.Errorf("repository %q", bad)
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// environments are what each system of docs/ci.md sets for a pull request.
var environments = map[string]string{
	"": "", // before the sections of the systems: a shell
	"Jenkins": "JENKINS_URL=https://ci.example.com/ BUILD_TAG=jenkins-api-PR-5-42 BUILD_URL=https://ci.example.com/job/api/42/ CHANGE_ID=5 CHANGE_TARGET=main " +
		"GIT_COMMIT=$HEAD",
	"Buildkite":           "BUILDKITE=true BUILDKITE_COMMIT=HEAD BUILDKITE_BUILD_ID=4735ba57 BUILDKITE_PULL_REQUEST=5 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main",
	"Azure Pipelines":     "TF_BUILD=True BUILD_SOURCEVERSION=$HEAD BUILD_BUILDID=90 SYSTEM_PULLREQUEST_PULLREQUESTID=5 SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main",
	"CircleCI":            "CIRCLECI=true CIRCLE_SHA1=$HEAD CIRCLE_WORKFLOW_ID=w-1",
	"Bitbucket Pipelines": "BITBUCKET_BUILD_NUMBER=11 BITBUCKET_COMMIT=$HEAD BITBUCKET_PR_ID=5 BITBUCKET_PR_DESTINATION_BRANCH=main BITBUCKET_PR_DESTINATION_COMMIT=$MAIN",
}

// TestCISnippets executes what docs/ci.md shows for each system, in a clone as that system leaves it.
func TestCISnippets(t *testing.T) {
	dir := withProgram(t)
	env := []string{"PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t",
		"GIT_COMMITTER_EMAIL=t@example.com", "COLUMNS=100"}
	say(t, dir, env, `git init -q --bare -b main remote.git && git init -q -b main work && cd work && git remote add origin ../remote.git
		cp -r '`+abs(t, "../../testdata/quickstart")+`'/openapi . && cp openapi/v1.yaml openapi.yaml
		printf 'contract: {source: openapi.yaml}\n' > govctl.yaml && printf '/governance/\n/governance.xml\n/results/\n/test-results/\n' > .gitignore
		git add -A && git commit -qm one && git push -q origin main && govctl run --send --allow-unsigned && cp openapi/v2.yaml openapi.yaml && git commit -qam two && git push -q origin main
		rm -rf governance`)
	text, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`(?m)^.*?((?:git fetch|govctl|grep|sed) [^'\n]*'?[^'\n]*'?[^'\n]*)$`)
	seen := map[string]bool{}
	for i, section := range strings.Split(string(text), "\n## ") {
		title, _, _ := strings.Cut(section, "\n")
		setting, known := environments[title]
		name := title
		if !known {
			name = ""
		}
		seen[name] = true
		var lines []string
		for _, block := range fence.FindAllStringSubmatch(section, -1) {
			for _, m := range command.FindAllStringSubmatch(block[3], -1) {
				line := m[1]
				if strings.Contains(m[0], "sh '") {
					line = strings.TrimSuffix(line, "'")
				}
				if known || block[2] == "sh" {
					lines = append(lines, line)
				}
			}
		}
		if len(lines) == 0 {
			if known && title != "" {
				t.Errorf("%s: no command", title)
			}
			continue
		}
		t.Run(title, func(t *testing.T) {
			script := "set -e\nrm -rf clone && git clone -q remote.git clone && cd clone && mkdir results test-results\nHEAD=$(git rev-parse HEAD) MAIN=$(git rev-parse HEAD^)\n"
			if setting != "" {
				script += "export " + setting + "\n"
			}
			if i > 0 && !known {
				script += "govctl run > /dev/null\nexport GITHUB_ACTIONS=\n"
			}
			for _, line := range lines {
				switch {
				case line == "govctl send": // the second job has the key
					line = "GOV_SIGNING_PRIVATE_KEY=$(printf '%032d' 1 | base64) govctl send"
				case strings.Contains(line, "--policy ci") && setting == "":
					line = "(export GITHUB_ACTIONS=true GITHUB_BASE_REF=main GITHUB_SHA=$HEAD; " + line + ")"
				}
				script += line + "\n"
			}
			say(t, dir, env, script)
			for _, file := range []string{"governance.xml", "results/governance.xml", "test-results/governance.xml"} {
				if _, err := os.Stat(filepath.Join(dir, "clone", file)); err == nil {
					return
				}
			}
			if known {
				t.Error("no JUnit file")
			}
		})
	}
	for name := range environments {
		if !seen[name] {
			t.Errorf("there is no section %s", name)
		}
	}
}

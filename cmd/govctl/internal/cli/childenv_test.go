package cli

import (
	"slices"
	"strings"
	"testing"
)

// Every variable of the table, and nothing else, is missing in the environment of a command; git keeps one token.
func TestChildrenGetNoSecrets(t *testing.T) {
	plain := []string{"PATH=/bin", "HOME=/root", "NPM_TOKEN=n", "GITHUB_SHA=a", "GITHUB_TOKEN_FILE=f", "CI=true", "EMPTY="}
	all := slices.Clone(plain)
	for _, s := range secrets {
		all = append(all, s.name+"=s3cr3t", strings.ToLower(s.name)+"=s3cr3t")
	}
	if got := childEnv(all); !slices.Equal(got, plain) {
		t.Errorf("a command gets %q, want %q", got, plain)
	}
	for _, set := range [][]string{{"GITHUB_TOKEN", "GH_TOKEN", "CI_JOB_TOKEN"}, {"GH_TOKEN", "CI_JOB_TOKEN"}, {"CI_JOB_TOKEN", "CI_REPOSITORY_URL"}, {"SYSTEM_ACCESSTOKEN"}} {
		environ := slices.Clone(plain)
		for _, s := range secrets {
			value := "" // set to nothing counts as not set
			if slices.Contains(set, s.name) || !s.git {
				value = "s3cr3t"
			}
			environ = append(environ, s.name+"="+value)
		}
		if got, want := gitEnv(environ), append(slices.Clone(plain), set[0]+"=s3cr3t"); !slices.Equal(got, want) {
			t.Errorf("git gets %q, want %q", got, want)
		}
	}
	if got := gitEnv(append(slices.Clone(plain), "SLACK_WEBHOOK_URL=s")); !slices.Equal(got, plain) {
		t.Errorf("git gets %q, want %q", got, plain)
	}
}

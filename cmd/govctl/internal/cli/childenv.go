package cli

import "strings"

// secret is an environment variable that the programs govctl starts do not get: whoever edits govctl.yaml in a pull request decides
// what a cmd: source runs.
type secret struct {
	name string
	of   string // the system that sets it, or what govctl uses it for
	git  bool   // a token of the repository, which credential helpers of git read
}

// secrets is the whole list. Tokens of package registries (NPM_TOKEN, NODE_AUTH_TOKEN) and of clouds are not in it: a build that
// prints a contract may need them, and who sets them for the job decides that.
var secrets = []secret{
	{"GITHUB_TOKEN", "GitHub Actions", true},
	{"GH_TOKEN", "GitHub CLI", true},
	{"GITHUB_ENTERPRISE_TOKEN", "GitHub CLI", true},
	{"GH_ENTERPRISE_TOKEN", "GitHub CLI", true},
	{"CI_JOB_TOKEN", "GitLab CI", true},
	{"GITLAB_TOKEN", "GitLab CLI", true},
	{"GITEA_TOKEN", "Gitea Actions", true},
	{"FORGEJO_TOKEN", "Forgejo Actions", true},
	{"SYSTEM_ACCESSTOKEN", "Azure Pipelines", true},
	{"BITBUCKET_ACCESS_TOKEN", "Bitbucket Pipelines", true},
	{"BITBUCKET_TOKEN", "Bitbucket Pipelines", true},
	{"BUILDKITE_AGENT_ACCESS_TOKEN", "Buildkite", true},
	{"ACTIONS_RUNTIME_TOKEN", "GitHub Actions", false},
	{"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GitHub Actions", false},
	{"ACTIONS_ID_TOKEN_REQUEST_URL", "GitHub Actions", false},
	{"CI_REPOSITORY_URL", "GitLab CI", false}, // holds the job token
	{"CI_REGISTRY_PASSWORD", "GitLab CI", false},
	{"CI_DEPLOY_PASSWORD", "GitLab CI", false},
	{"CI_DEPENDENCY_PROXY_PASSWORD", "GitLab CI", false},
	{"CI_JOB_JWT", "GitLab CI", false},
	{"CI_JOB_JWT_V1", "GitLab CI", false},
	{"CI_JOB_JWT_V2", "GitLab CI", false},
	{"BITBUCKET_STEP_OIDC_TOKEN", "Bitbucket Pipelines", false},
	{"BITBUCKET_API_TOKEN", "Bitbucket Pipelines", false},
	{"BITBUCKET_APP_PASSWORD", "Bitbucket Pipelines", false},
	{"BUILDKITE_AGENT_TOKEN", "Buildkite", false},
	{"BUILDKITE_API_TOKEN", "Buildkite", false},
	{"CIRCLE_TOKEN", "CircleCI", false},
	{"CIRCLE_OIDC_TOKEN", "CircleCI", false},
	{"CIRCLE_OIDC_TOKEN_V2", "CircleCI", false},
	{"DRONE_TOKEN", "Drone", false},
	{"DRONE_NETRC_PASSWORD", "Drone", false},
	{"CI_NETRC_PASSWORD", "Woodpecker", false},
	{"SEMAPHORE_OIDC_TOKEN", "Semaphore", false},
	{"APPVEYOR_API_TOKEN", "AppVeyor", false},
	{"TRAVIS_API_TOKEN", "Travis CI", false},
	{"JENKINS_API_TOKEN", "Jenkins", false},
	{seedVariable, "signing", false},
	{webhookVariable, "webhook", false},
	{"GOVERNANCE_WEBHOOK_URL", "webhook", false},
	{secretVariable, "webhook", false},
	{"TAXONOMY_WEBHOOK", "chat", false},
	{"TAXONOMY_WEBHOOK_URL", "chat", false},
	{"SLACK_WEBHOOK", "chat", false},
	{"SLACK_WEBHOOK_URL", "chat", false},
	{"TEAMS_WEBHOOK", "chat", false},
	{"TEAMS_WEBHOOK_URL", "chat", false},
	{"MS_TEAMS_WEBHOOK_URL", "chat", false},
	{"DISCORD_WEBHOOK", "chat", false},
	{"DISCORD_WEBHOOK_URL", "chat", false},
	{"MATTERMOST_WEBHOOK_URL", "chat", false},
	{"GOOGLE_CHAT_WEBHOOK", "chat", false},
	{"PROMETHEUS_TOKEN", "rules live", false},
	{"GOVCTL_WEBHOOK", "chat", false},          // sets taxonomy notify --webhook
	{"GOVCTL_PROMETHEUS", "rules live", false}, // an address may hold a password
}

// childEnv is an environment for the programs that a cmd: source starts: without any secret.
func childEnv(environ []string) []string { return withoutSecrets(environ, "") }

// gitEnv is an environment for git: of the secrets it keeps one, the first token of the repository that is set.
func gitEnv(environ []string) []string {
	for _, s := range secrets {
		if !s.git {
			continue
		}
		for _, kv := range environ {
			if name, value, _ := strings.Cut(kv, "="); strings.EqualFold(name, s.name) && value != "" {
				return withoutSecrets(environ, s.name)
			}
		}
	}
	return withoutSecrets(environ, "")
}

func withoutSecrets(environ []string, kept string) []string {
	out := make([]string, 0, len(environ))
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if !isSecret(name) || kept != "" && strings.EqualFold(name, kept) {
			out = append(out, kv)
		}
	}
	return out
}

// isSecret compares as Windows does, where the names of variables have no case.
func isSecret(name string) bool {
	for _, s := range secrets {
		if strings.EqualFold(name, s.name) {
			return true
		}
	}
	return false
}

// holdsSecret reports an environment that a child could read in /proc, were this process not sealed.
func holdsSecret(getenv func(string) string) bool {
	for _, s := range secrets {
		if getenv(s.name) != "" {
			return true
		}
	}
	return false
}

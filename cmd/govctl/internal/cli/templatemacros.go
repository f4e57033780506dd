package cli

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// macro is what a template may name in braces with arguments: {{NAME ARGUMENT...}}.
var macro = late.Pattern(`\{\{(INSTALLED|STATE|SERVED|LIMITS|LIMIT)((?: [\w=]+)*)\}\}`)

// expand replaces the macros of a template. They stand for what several workflows have, so that it is the same in all.
func expand(text string) string {
	return macro().ReplaceAllStringFunc(text, func(found string) string {
		parts := macro().FindStringSubmatch(found)
		args := strings.Fields(parts[2])
		switch parts[1] {
		case "INSTALLED":
			return strings.ReplaceAll(installed, "JOB", args[0])
		case "STATE":
			return stated
		case "SERVED":
			return served
		case "LIMIT":
			return repositorySetting(args[0], strings.Join(args[1:], " "))
		}
		return limitVariables(args)
	})
}

// installed are the steps of a job that takes govctl from the one that installed it.
const installed = `      - uses: actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093 # v4.3.0
        with:
          name: govctl
          path: ${{ runner.temp }}/govctl-bin
      - name: Is this the govctl that was installed?
        env:
          DIGEST: ${{ needs.JOB.outputs.digest }}
        run: |
          cd "$RUNNER_TEMP/govctl-bin"
          echo "$DIGEST  govctl" | sha256sum --check --strict
          chmod +x govctl
          echo "$RUNNER_TEMP/govctl-bin" >> "$GITHUB_PATH"`

// stated is the step that asks whether there is a state to compare with.
const stated = `      - name: Is there a published state?
        id: state
        env:
          GITHUB_TOKEN: ${{ github.token }} # for git alone; the run does not see it
        run: |
          login=$(printf 'x-access-token:%s' "$GITHUB_TOKEN" | base64 | tr -d '\n')
          export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader" GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $login"
          code=0
          git ls-remote --exit-code origin refs/heads/schemas > /dev/null || code=$?
          case $code in
            0) echo "published=yes" >> "$GITHUB_OUTPUT" ;;
            2) echo "The branch schemas does not exist yet: this is the first run." ;;
            *) exit 3 ;; # the remote did not answer, and a lost state must not look like a first run
          esac`

// served is the script of a step that verifies what visitors get. A repository whose pages not everybody can read has no such site.
const served = `          code=0
          site=$(gh api "repos/$GITHUB_REPOSITORY/pages" --jq 'select(.public and .source.branch == "gh-pages") | .html_url' 2> "$RUNNER_TEMP/gh.log") || code=$?
          if [ "$code" != 0 ] && ! grep -q "HTTP 404" "$RUNNER_TEMP/gh.log"; then
            cat "$RUNNER_TEMP/gh.log" >&2
            exit 3
          fi
          if [ "$code" != 0 ] || [ -z "$site" ]; then
            echo "::notice title=Pages::GitHub Pages does not serve gh-pages to everybody, so there is no site to verify (Settings, Pages)."
            exit 0
          fi
          govctl verify --require-trusted-key --commit "$COMMIT" --max-age 2d --deadline 10m --url "${site%/}/${PAGES_FOLDER:-$FOLDER}"`

// limitVariables are the lines that hand the limits of the alerts to a step. An argument NAME=VALUE is the value where nobody sets one.
func limitVariables(defaults []string) string {
	var lines []string
	for _, l := range limits {
		if l.env == "" {
			continue
		}
		value := ""
		for _, d := range defaults {
			if name, v, _ := strings.Cut(d, "="); name == l.env {
				value = v
			}
		}
		lines = append(lines, "          "+l.env+": "+repositorySetting(l.env, value))
	}
	return strings.Join(lines, "\n")
}

// repositorySetting is the expression for a variable of the repository, or the secret of its name: the original system kept its limits as secrets. One
// that is set to nothing counts as unset.
func repositorySetting(name, value string) string {
	if value == "" {
		return fmt.Sprintf("${{ vars.%[1]s || secrets.%[1]s }}", name)
	}
	return fmt.Sprintf("${{ vars.%[1]s || secrets.%[1]s || '%[2]s' }}", name, value)
}

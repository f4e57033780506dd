package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/semver"
)

// checkup is a row of the table of what doctor looks at. Its look returns how each thing is, and nothing where the row does not apply.
type checkup struct {
	id, about string
	look      func(ctx context.Context, d *doctor) []diagnosis
}

// The statuses of a diagnosis.
const (
	healthy = "ok"
	doubt   = "warn"  // a run works, and does less
	ill     = "error" // a run cannot do its work
)

var checkups = []checkup{
	{"git", "the repository, its history and its tags", lookAtGit},
	{"configuration", "govctl.yaml exists and is valid", lookAtConfiguration},
	{"contract", "each contract can be read, and its version", lookAtContracts},
	{"alerts", "the taxonomy and the rule files can be read", lookAtAlerts},
	{"output", "the output folder is writable and ignored by git", lookAtOutput},
	{"state", "the published state is available and verifies", lookAtState},
	{"key", "the signing key, and the keys that are trusted", lookAtKeys},
	{"webhook", "the address and the secret of the webhook", lookAtWebhook},
	{"github", "the permissions of the token", lookAtToken},
	{"workflows", "the workflows fetch the history and name actions by commit", lookAtWorkflows},
}

// doctor is what the checkups share.
type doctor struct {
	*app
	offline bool
	cfg     config.Config
	repo    bool // there is a repository
}

// doctorWait bounds a question to a server.
const doctorWait = 15 * time.Second

func doctorCommand(a *app) *cobra.Command {
	d := &doctor{app: a}
	format := "text"
	c := command("doctor", "Check the setup: git, configuration, contracts, state, keys, token, workflows", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return d.examine(ctx, format)
	})
	var rows strings.Builder
	for _, row := range checkups {
		fmt.Fprintf(&rows, "\n  %-14s %s", row.id, row.about)
	}
	c.Long = "Check whether everything that a run needs is available, and print the command or setting that fixes each problem. Nothing is\n" +
		"changed. The exit code is 1 where a run could not do its work.\n" + rows.String()
	chooseOf(c, &format, "format", "format", "text", "text or json", []string{"text", "json"})
	c.Flags().BoolVar(&d.offline, "offline", false, "contact no server: neither the remote nor GitHub")
	return c
}

// diagnosis is how one thing is.
type diagnosis struct {
	Status string `json:"status"`
	Check  string `json:"check"` // the row that found it
	Text   string `json:"text"`
	Fix    string `json:"fix,omitzero"` // a command or a setting that changes it
}

func (d *doctor) examine(ctx context.Context, format string) error {
	all, failed := []diagnosis{}, 0
	for _, row := range checkups {
		for _, f := range row.look(ctx, d) {
			all = append(all, diagnosis{f.Status, row.id, oneLine(f.Text), oneLine(f.Fix)})
			if f.Status == ill {
				failed++
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if format == "json" {
		if err := d.printJSON(struct {
			Checks []diagnosis `json:"checks"`
			Passed bool        `json:"passed"`
		}{all, failed == 0}); err != nil {
			return err
		}
	} else {
		for _, line := range all {
			fmt.Fprintf(d.Stdout, "%-6s %-14s %s\n", line.Status, line.Check, line.Text)
			if line.Fix != "" {
				fmt.Fprintf(d.Stdout, "%21s fix: %s\n", "", line.Fix)
			}
		}
	}
	if failed > 0 {
		return errFindings
	}
	return nil
}

// because is the diagnosis of an error, with its hint as the fix.
func because(status, what string, err error, fix string) diagnosis {
	var exit *exitError
	var input *contract.Error
	switch {
	case fix != "":
	case errors.As(err, &exit) && exit.tip != "":
		fix = exit.tip
	case errors.As(err, &input) && input.Hint != "":
		fix = input.Hint
	}
	text := err.Error()
	if what != "" {
		text = what + ": " + text
	}
	return diagnosis{status, "", text, fix}
}

func lookAtGit(ctx context.Context, d *doctor) []diagnosis {
	repo := d.Git()
	top, err := repo.Root(ctx)
	switch {
	case errors.Is(err, gitrepo.ErrNoGit):
		return []diagnosis{{doubt, "", "git is not installed: no state from a branch, no tags, nothing is published", "install git"}}
	case errors.Is(err, gitrepo.ErrNoRepository):
		return []diagnosis{{doubt, "", "this folder is not in a git repository: no state from a branch, no tags, nothing is published", "git init"}}
	case err != nil && strings.Contains(err.Error(), "dubious ownership"):
		return []diagnosis{{ill, "", "git refuses to use this repository, which belongs to another user", "git config --global --add safe.directory " + sanitize.ShellWord(absolute("."))}}
	case err != nil:
		return []diagnosis{because(ill, "", err, "")}
	}
	d.repo = true
	out := []diagnosis{{healthy, "", "the repository is " + top, ""}}
	if _, err := repo.Resolve(ctx, "HEAD"); err != nil {
		return append(out, diagnosis{doubt, "", "there is no commit yet", "git commit"})
	}
	if shallow, err := repo.Shallow(ctx); err == nil && shallow {
		out = append(out, diagnosis{ill, "", "the clone is shallow: release tags, baselines in git and the history of alerts are missing",
			"git fetch --unshallow --tags; in a workflow fetch-depth: 0, in GitLab GIT_DEPTH: 0"})
	}
	if _, err := repo.RemoteURL(ctx, "origin"); err != nil {
		out = append(out, diagnosis{doubt, "", "there is no remote origin: a run can measure, but not publish", "git remote add origin ADDRESS"})
	}
	return out
}

// absolute is a path of this machine for a command to paste.
func absolute(p string) string {
	if full, err := filepath.Abs(p); err == nil {
		return full
	}
	return p
}

func lookAtConfiguration(ctx context.Context, d *doctor) []diagnosis {
	name := firstOf(d.config, config.File)
	_, err := d.readInput(name)
	if errors.Is(err, fs.ErrNotExist) && d.config == "" {
		d.cfg, _ = config.Parse(ctx, name, nil)
		return []diagnosis{{ill, "", "there is no " + config.File, "govctl init"}}
	}
	if d.cfg, err = d.configuration(ctx); err != nil {
		d.cfg, _ = config.Parse(ctx, config.File, nil)
		return []diagnosis{because(ill, "", err, "")}
	}
	return []diagnosis{{healthy, "", name + " is valid", ""}}
}

func lookAtContracts(ctx context.Context, d *doctor) (out []diagnosis) {
	for _, c := range d.cfg.Contracts {
		if c.Source != "" {
			out = append(out, d.contract(ctx, c))
		}
	}
	if len(out) == 0 && d.cfg.Given("") {
		out = append(out, diagnosis{doubt, "", "no contract is configured: only alerts are governed", "set contract.source to the OpenAPI document"})
	}
	return out
}

func (d *doctor) contract(ctx context.Context, c config.Contract) diagnosis {
	what := "contract " + c.Name
	if command, ok := strings.CutPrefix(c.Source, "cmd:"); ok { // who looks after a repository need not run what it says
		return diagnosis{healthy, "", what + ": made by the command " + command + ", which doctor does not start", ""}
	}
	doc, err := d.loadContract(ctx, c.Source, c)
	if err != nil {
		return because(ill, what, err, "")
	}
	if !c.AllowDangling {
		if err := doc.Unresolved("allow_dangling_refs of the contract compares the other parts"); err != nil {
			return because(ill, what, err, "")
		}
	}
	v, err := d.versions().Of(ctx, c.Semver.VersionFrom, "")
	if err != nil {
		return because(ill, what, err, "")
	}
	version := firstOf(v.Version, pipeline.TextOf(doc.Root().Find("/info/version")))
	if _, err := semver.Parse(version, c.Semver.Scheme); err != nil {
		status := ill
		if c.Gate != "semver" {
			status = doubt
		}
		return because(status, what, err, "")
	}
	if n := len(operationsOf(doc)); n == 0 {
		return diagnosis{ill, "", what + ": it describes no operation, so there is nothing to compare", "name another document under source"}
	}
	return diagnosis{healthy, "", fmt.Sprintf("%s: %s, version %s from %s", what, c.Source, version, v.From), ""}
}

func lookAtAlerts(_ context.Context, d *doctor) (out []diagnosis) {
	t := d.cfg.Taxonomy
	data, err := d.readInput(t.File)
	switch {
	case t.File == "", errors.Is(err, fs.ErrNotExist) && !d.cfg.Given("/taxonomy/file"):
	case err != nil:
		out = append(out, because(ill, "taxonomy.file", err, "govctl taxonomy sync --scaffold writes a first one from the rules"))
	default:
		file, err := taxonomy.Parse(t.File, data)
		if err == nil {
			err = file.Usable()
		}
		if err != nil {
			out = append(out, because(ill, "", err, ""))
			break
		}
		out = append(out, diagnosis{healthy, "", fmt.Sprintf("%s has %s", t.File, counted(len(file.Alerts), "alert")), ""})
	}
	if len(t.Rules) == 0 {
		return out
	}
	sources, err := d.ruleSources(promrules.Dialect(t.Dialect), t.Rules)
	if err != nil {
		return append(out, because(ill, "taxonomy.rules", err, ""))
	}
	return append(out, diagnosis{healthy, "", "taxonomy.rules name " + counted(len(sources), "rule file"), ""})
}

func lookAtOutput(ctx context.Context, d *doctor) []diagnosis {
	if err := artifact.Writable(d.out); err != nil {
		return []diagnosis{because(ill, "the output folder cannot be written", err, "change its owner, or name another folder with --out")}
	}
	if tracked, err := d.Git().Tracks(ctx, d.out); err == nil && tracked {
		return []diagnosis{{doubt, "", "git tracks files in " + d.out + ", so they are not used as the previous state", "git rm -r --cached " + sanitize.ShellWord(d.out)}}
	}
	return []diagnosis{{healthy, "", d.out + " can be written", ""}}
}

func lookAtState(ctx context.Context, d *doctor) []diagnosis {
	if !d.repo {
		return nil
	}
	repo, branch := d.Git(), d.cfg.Publish.SchemasBranch
	_, err := repo.RemoteURL(ctx, "origin")
	if err != nil {
		return nil
	}
	id, here := repo.Resolve(ctx, "origin/"+branch)
	if !d.offline {
		asked, cancel := context.WithTimeout(ctx, doctorWait)
		defer cancel()
		refs, err := repo.RemoteRefs(asked, "origin")
		if err != nil {
			return []diagnosis{because(ill, "origin does not answer", err, "check its address and your access: git ls-remote origin")}
		}
		switch there := refs["refs/heads/"+branch]; {
		case there == "" && here == nil:
			return []diagnosis{{ill, "", "the branch " + branch + " was deleted from origin and still exists here", "git push origin origin/" + branch + ":refs/heads/" + branch}}
		case there == "":
			return []diagnosis{{healthy, "", "nothing was published yet: the first run with --send makes the branch " + branch, ""}}
		case here != nil, there != id:
			return []diagnosis{{ill, "", "the branch " + branch + " is not up to date with origin", "git fetch origin " + branch}}
		}
	}
	if here != nil {
		return []diagnosis{{doubt, "", "the branch origin/" + branch + " has not been fetched", "git fetch origin " + branch}}
	}
	if err := d.publishedState(ctx, "git:origin/"+branch); err != nil {
		return []diagnosis{because(ill, "the published state", stateError("origin/"+branch, err), "")}
	}
	text := "the state on origin/" + branch + " is consistent"
	if d.cfg.Sign.PublicKeys != "" {
		text += " and signed by a trusted key"
	}
	return []diagnosis{{healthy, "", text, ""}}
}

// publishedState reads and verifies a state as a run would.
func (d *doctor) publishedState(ctx context.Context, from string) error {
	source, err := d.stateSource(ctx, from, d.cfg)
	if err != nil || source.absent != "" {
		return err
	}
	checked, err := d.verifiedState(ctx, d.cfg, source, runFlags{})
	if err != nil {
		return err
	}
	in := pipeline.StateInput{Config: d.cfg, Copied: true, Read: checked.read, List: source.list, Size: source.size}
	if in.Project, err = d.project(ctx, d.cfg); err != nil {
		return err
	}
	if in.Former, err = d.pathIdentity(ctx); err != nil {
		return err
	}
	if _, err = pipeline.ReadState(in); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(checked.listed)) { // a run verifies a file when it reads it
		if _, err := checked.read(name); err != nil {
			return err
		}
	}
	return nil
}

func lookAtKeys(_ context.Context, d *doctor) (out []diagnosis) {
	var trust *integrity.Trust
	if list := d.cfg.Sign.PublicKeys; list != "" {
		var err error
		if trust, err = d.trustedList(list); err != nil {
			return []diagnosis{because(ill, "sign.public_keys", err, "")}
		}
		out = append(out, diagnosis{healthy, "", "sign.public_keys: " + list + " can be read", ""})
	} else if d.cfg.Given("") {
		out = append(out, diagnosis{doubt, "", "sign.public_keys is not set: the origin of the published files cannot be verified", "docs/key-rotation.md#the-first-key"})
	}
	key, found, err := d.privateKey("")
	switch {
	case err != nil:
		return append(out, because(ill, seedVariable, err, "govctl key new makes a key; the variable contains its seed_base64"))
	case !found:
		return append(out, diagnosis{healthy, "", seedVariable + " is not set here; runs that do not sign need none", ""})
	case trust != nil && !trust.Accepts(key.Public()):
		return append(out, diagnosis{ill, "", "the key in " + seedVariable + " is not in sign.public_keys: its signatures do not verify", "add its public key to " + d.cfg.Sign.PublicKeys + ", or set the seed of a key that is in it"})
	}
	return append(out, diagnosis{healthy, "", seedVariable + " contains the key " + key.Public().ID(), ""})
}

func lookAtWebhook(_ context.Context, d *doctor) (out []diagnosis) {
	all, err := d.outlets(d.cfg, webhookFlags{})
	if err != nil {
		out = append(out, because(ill, "", err, ""))
	}
	for _, to := range all {
		to.Close()
		name, _ := to.address(d.Getenv)
		if to.chat == "" && d.Getenv(secretVariable) == "" {
			out = append(out, diagnosis{doubt, "", secretVariable + " is not set: receivers cannot verify the sender", "set it to a secret shared with the receiver"})
			continue
		}
		out = append(out, diagnosis{healthy, "", name + " is a valid address", ""})
	}
	return out
}

func lookAtToken(ctx context.Context, d *doctor) []diagnosis {
	switch {
	case d.Getenv("GITHUB_TOKEN") == "" && d.actions():
		return []diagnosis{{doubt, "", "GITHUB_TOKEN is not set: no comment, no issue, nothing is pushed over https", "env: GITHUB_TOKEN: ${{ github.token }}"}}
	case d.Getenv("GITHUB_TOKEN") == "":
		return nil
	case d.offline:
		return []diagnosis{{healthy, "", "GITHUB_TOKEN is set; GitHub is not contacted (--offline)", ""}}
	}
	client, err := d.githubClient(d.cfg)
	if err != nil {
		return []diagnosis{because(ill, "", err, "")}
	}
	ctx, cancel := context.WithTimeout(ctx, doctorWait)
	defer cancel()
	access, err := client.Access(ctx)
	switch {
	case err != nil:
		return []diagnosis{because(ill, "GITHUB_TOKEN", err, "permissions: contents: read, at the least")}
	case access.Archived:
		return []diagnosis{{ill, "", "the repository is archived: nothing can be published, commented or opened", "unarchive it on GitHub"}}
	case !access.Push:
		return []diagnosis{{doubt, "", "the token cannot push: a run can measure and comment, but not publish", "permissions: contents: write in the job that sends"}}
	}
	return []diagnosis{{healthy, "", "the token may push to " + d.repository(), ""}}
}

var (
	usesLine = late.Pattern(`^\s*(?:-\s*)?uses:\s*([^\s#]+)`)
	byCommit = late.Pattern(`@(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$`)
	runsIt   = late.Pattern(`\bgovctl\s+[a-z]`)
)

// lookAtWorkflows looks for what the generated workflows have: full history, and actions that nobody can change.
func lookAtWorkflows(ctx context.Context, d *doctor) (out []diagnosis) {
	if !d.repo {
		return nil
	}
	files, err := d.workflows(ctx)
	if err != nil {
		return []diagnosis{because(ill, "", err, "")}
	}
	var names []string
	for name, text := range files {
		if runsIt().Match(text) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return []diagnosis{{doubt, "", "no workflow runs govctl", "govctl init"}}
	}
	for _, name := range names {
		text := string(files[name])
		for line := range strings.Lines(text) {
			m := usesLine().FindStringSubmatch(line)
			if m != nil && !strings.HasPrefix(m[1], "./") && !byCommit().MatchString(m[1]) {
				out = append(out, diagnosis{doubt, "", fmt.Sprintf("%s uses %s, which its owner can change", name, m[1]), "name the commit: govctl init writes it"})
			}
		}
		if strings.HasPrefix(name, workflows) && strings.Contains(text, "govctl run") && !strings.Contains(text, "fetch-depth: 0") {
			out = append(out, diagnosis{doubt, "", name + " checks out without history: tags, baselines in git and the history of alerts are missing", "with: {fetch-depth: 0} at actions/checkout"})
		}
	}
	if len(out) == 0 {
		out = append(out, diagnosis{healthy, "", counted(len(names), "workflow") + " of govctl: pinned, with the history they need", ""})
	}
	return out
}

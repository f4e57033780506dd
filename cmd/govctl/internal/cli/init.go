package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/adopt"
	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
)

// starterContract is where init --example puts a description when there is none.
const starterContract = "api/openapi.yaml"

// The systems that init writes workflows for.
const (
	ciGitHub     = "github"
	ciGitLab     = "gitlab"
	ciKubernetes = "kubernetes"
	ciNone       = "none"
)

// namedContract is a contract of the first configuration.
type namedContract struct {
	name, path string
	contract   *foundContract
}

// repository is what init finds, and what it writes depends on.
type repository struct {
	contracts []namedContract // for a new configuration
	sourced   bool            // the configuration, new or kept, names a contract
	taxonomy  string          // its file; empty where there is none
	unfit     string          // why the file of that name is none
	patterns  []string        // of rule files, for a new configuration
	ruled     bool            // the configuration, new or kept, names rule files
	ruleFiles []string
	testFiles []string
	runbooks  []string

	exampleContract, exampleAlerts, latencyAlerts bool // are to be written

	branch      string // that the workflows measure
	generated   string // time for the dates of what is written
	out         string // the output folder
	ci          string
	hasPipeline bool     // there is a .gitlab-ci.yml that is not ours
	with        []string // workflows that are asked for
	shards      int      // parts that the contracts are assessed in; 0: one job assesses all
	pages       string   // address of the published pages
	govctl      reference
}

// initFlags are the flags of `govctl init`.
type initFlags struct {
	force, example, dryRun bool
	ref, ci                string
	with                   []string
	shards                 int
}

func initCommand(a *app) *cobra.Command {
	var f initFlags
	c := command("init", "Write govctl.yaml, workflows and pre-commit hooks for what this repository has", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.init(ctx, &f)
	})
	c.Long = "Look for OpenAPI descriptions, Prometheus rules, their unit tests, alert taxonomies and runbooks by the content of the files that git has\n" +
		"(test data, examples and foreign code aside), and write a commented govctl.yaml, the workflows and the pre-commit hooks for them. Each\n" +
		"contract is read once, so that the configuration has the settings that it needs. What was found, chosen and left out is printed.\n\n" +
		"Nothing is invented: --example writes a first contract, or a first taxonomy with rules and tests, where there is none. What is there\n" +
		"already is kept: into .gitignore, .pre-commit-config.yaml and CODEOWNERS a block between two marked lines is added, which the next\n" +
		"init brings up to date; for other files the lines to paste are printed.\n\n" +
		"Every action and hook is named by its commit, never by a branch or a tag, which can be moved. govctl itself is named by the commit\n" +
		"of this build. A build that knows only its version looks the commit up in " + home + "; one that\n" +
		"has neither needs --ref."
	c.Flags().BoolVar(&f.force, "force", false, "overwrite govctl.yaml and workflows that are there")
	c.Flags().BoolVar(&f.example, "example", false, "write a contract, and a taxonomy with rules and tests, where there is none")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would be written as a unified diff, and write nothing")
	systems := []string{ciGitHub, ciGitLab, ciKubernetes, ciNone}
	chooseOf(c, &f.ci, "ci", "CI system", ciGitHub, "write workflows or jobs for this system: "+listed(systems), systems)
	chooseSome(c, &f.with, "with", "name", "write this, too (repeatable): Grafana dashboards, the alerts of the latency sampler, or a workflow of its own instead of as a job of another one: "+strings.Join(optionalNames(), ", "), optionalNames())
	c.Flags().IntVar(&f.shards, "shards", 0, "assess the contracts in so many parallel jobs, from 2 to 256, and merge their parts (default: one job)")
	c.Flags().StringVar(&f.ref, "ref", "", "use govctl at this `commit`, tag or branch, which is looked up and written as a commit (default: this build's)")
	return c
}

func (a *app) init(ctx context.Context, f *initFlags) error {
	if err := f.checkShards(); err != nil {
		return err
	}
	dir, err := openBeside(".")
	if err != nil {
		return err
	}
	govctl, err := a.reference(ctx, thisBuild(), f.ref)
	if err != nil {
		return err
	}
	seen, err := a.explore(ctx, dir)
	if err != nil {
		return err
	}
	r, err := a.survey(ctx, seen)
	if err != nil {
		return err
	}
	r.ci, r.govctl, r.with, r.shards = f.ci, govctl, f.with, f.shards
	r.pages = a.pagesAddress(ctx)
	if err := a.surroundings(ctx, r); err != nil {
		return err
	}
	p := &plan{app: a, dir: dir, force: f.force}
	p.pipeline(r)
	kept := p.kept(ctx, r)
	if f.example {
		r.addExamples(kept)
	}
	p.addLatency(r, kept)
	if err := p.keepAsked(r); err != nil {
		return err
	}
	if err := p.make(r); err != nil {
		return err
	}
	if err := p.coverage(r); err != nil {
		return err
	}
	for _, name := range f.with {
		written := slices.ContainsFunc(targets, func(t target) bool { return t.from == "workflows/"+name+".yml" && t.when(r) })
		if !written && name != latencyRules && (name != dashboards || !dashboarded(r)) {
			a.warn("--with " + name + ": it is not written, since there are no files that it would check, or no workflows are written")
		}
	}
	if f.shards > 0 && !sharded(r) {
		a.warn("--shards has no effect: there is no contract")
	}
	a.printFound(seen, r)
	if err := p.carryOut(f.dryRun); err != nil || f.dryRun || len(p.edits) == 0 {
		return err
	}
	next := "commit these files and push them."
	switch {
	case governed(r):
		next += nextSteps
	case pipelined(r):
		next += nextStepsGitLab
	case indexed(r):
		next += nextStepsKubernetes
	case r.ruled:
		next += nextStepsRules
	}
	fmt.Fprintf(a.Stdout, "\nNext: %s\n", next)
	return nil
}

// surroundings warns where what is written would not do what it should: in a folder from which no CI system reads workflows, and where the output
// folder holds files of the repository, which must not be hidden from git.
func (a *app) surroundings(ctx context.Context, r *repository) error {
	if prefix, err := a.Git().Prefix(ctx); err == nil && prefix != "" {
		a.warn("this is not the top folder of the repository, and CI systems and pre-commit read their files only there: run govctl init there, or move them")
	}
	tracked, err := a.Git().Tracks(ctx, a.out)
	if tracked {
		a.warn(fmt.Sprintf("git tracks files in %s, where govctl run writes: it is not ignored; --out names another folder", r.out))
		r.out = ""
	}
	return err
}

var plainBranch = late.Pattern(`^[A-Za-z0-9_][A-Za-z0-9._/-]*$`)

// survey is the repository as far as what is written depends on it.
func (a *app) survey(ctx context.Context, seen *explorer) (*repository, error) {
	now, err := a.clock(a.now)
	if err != nil {
		return nil, err
	}
	r := &repository{branch: a.Git().DefaultBranch(ctx), out: filepath.ToSlash(filepath.Clean(a.out)), generated: now().UTC().Format(time.RFC3339),
		patterns: seen.patterns(), runbooks: seen.runbooks()}
	if !plainBranch().MatchString(r.branch) { // none, or one that a workflow would read as a pattern
		r.branch = "main"
	}
	var paths []string
	for _, f := range seen.chosen(adopt.Contract) {
		r.contracts = append(r.contracts, namedContract{"openapi", f.path, f.contract})
		paths = append(paths, f.path)
	}
	if len(paths) > 1 {
		for i, name := range adopt.Names(paths) {
			r.contracts[i].name = name
		}
	}
	for _, f := range seen.chosen(adopt.Taxonomy) {
		r.taxonomy = f.path
	}
	for _, f := range seen.found {
		if f.path == config.Default().Taxonomy.File && f.left != "" && r.taxonomy == "" {
			r.unfit = f.left
		}
	}
	for _, f := range seen.chosen(adopt.Rules) {
		r.ruleFiles = append(r.ruleFiles, f.path)
	}
	for _, f := range seen.chosen(adopt.Tests) {
		r.testFiles = append(r.testFiles, f.path)
	}
	r.sourced, r.ruled = len(r.contracts) > 0, len(r.patterns) > 0
	return r, nil
}

// addExamples adds what --example writes where there is nothing of the kind.
func (r *repository) addExamples(kept *config.Config) {
	standard := config.Default().Taxonomy.File
	if len(r.contracts) == 0 && !r.sourced {
		r.exampleContract, r.sourced = true, true
		r.contracts = []namedContract{{"openapi", starterContract, &foundContract{}}}
	}
	if r.taxonomy == "" && r.unfit == "" && len(r.ruleFiles) == 0 && !r.ruled && (kept == nil || !kept.Given("/taxonomy")) {
		r.exampleAlerts, r.ruled, r.taxonomy = true, true, standard
		r.patterns, r.ruleFiles, r.testFiles = []string{"prometheus/*.yml"}, []string{"prometheus/govctl.yml"}, []string{"prometheus/tests/govctl.test.yml"}
	}
}

// An edit is a file that is to be written. Its old text is what was there.
type edit struct {
	path, old, text string
	absent          bool
}

// A snippet is what the user has to paste, since the file is not touched.
type snippet struct{ path, why, text string }

// plan is all that init is about to do.
type plan struct {
	*app
	dir   fs.FS
	force bool

	edits    []edit
	snippets []snippet
	same     int // files that are as they should be
}

// file is the text of a file of the repository. The reason is set where it must not be touched, whatever it holds.
func (p *plan) file(name string) (text string, there bool, untouchable string) {
	for at := name; at != "."; at = path.Dir(at) {
		info, err := fs.Lstat(p.dir, at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return "", true, cause(err).Error()
		case info.Mode()&fs.ModeSymlink != 0:
			return "", true, at + " is a symbolic link"
		case at != name && !info.IsDir(), at == name && !info.Mode().IsRegular():
			return "", true, at + " is something else"
		}
		there = there || at == name
	}
	if !there {
		return "", false, ""
	}
	data, err := p.readInput(name)
	if err != nil {
		return "", true, oneLine(err.Error())
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return "", true, "it is not valid UTF-8 text"
	}
	return string(data), true, ""
}

// kept is the configuration that is there and stays; nil where there is none. What it says counts for the workflows, not what was found.
func (p *plan) kept(ctx context.Context, r *repository) *config.Config {
	text, there, untouchable := p.file(config.File)
	if !there || p.force || untouchable != "" {
		return nil
	}
	cfg, err := config.Parse(ctx, config.File, []byte(text))
	if err != nil {
		p.snippets = append(p.snippets, snippet{config.File, "is kept, and cannot be read: " + oneLine(err.Error()), ""})
		return nil
	}
	if fresh, err := generatedFiles(r); err == nil && fresh[0].text == text { // as init writes it today
		return nil
	}
	found := len(r.contracts) > 0
	r.sourced = slices.ContainsFunc(cfg.Contracts, func(c config.Contract) bool { return c.Source != "" })
	if !r.sourced && found {
		p.snippets = append(p.snippets, snippet{config.File, "is kept, and names no contract", r.contractSection()})
	}
	if !cfg.Given("/taxonomy") && (r.taxonomy != "" || len(r.patterns) > 0) {
		p.snippets = append(p.snippets, snippet{config.File, "is kept, and has no part about alerts", r.alertSection()})
	}
	r.ruled, r.taxonomy = len(cfg.Taxonomy.Rules) > 0, ""
	name := cfg.Taxonomy.File
	if _, there, _ := p.file(path.Clean(name)); there && plainPath().MatchString(name) && (r.unfit == "" || name != config.Default().Taxonomy.File) {
		r.taxonomy = name
	}
	return &cfg
}

// keepAsked takes the optional workflows that are there word for word as asked for again.
func (p *plan) keepAsked(r *repository) error {
	every := *r
	every.with = optionalNames()
	files, err := generatedFiles(&every)
	if err != nil {
		return err
	}
	for _, f := range files {
		name := strings.TrimSuffix(path.Base(f.path), ".yml")
		if !slices.Contains(every.with, name) || r.has(name) {
			continue
		}
		if text, _, untouchable := p.file(f.path); untouchable == "" && text == f.text {
			r.with = append(r.with, name)
		}
	}
	return nil
}

// coverage names the workflows of earlier versions whose jobs another workflow has now. It removes none of them.
func (p *plan) coverage(r *repository) error {
	files, err := generatedFiles(r)
	if err != nil {
		return err
	}
	for _, o := range optional {
		name, covering := workflows+o.name+".yml", workflows+o.covering+".yml"
		text, there, untouchable := p.file(name)
		covers := func(f generated) bool { return f.path == covering && strings.Contains(f.text, o.line) }
		if o.covering == "" || r.has(o.name) || !there || untouchable != "" || !strings.Contains(text, "govctl") || !slices.ContainsFunc(files, covers) {
			continue
		}
		in, _, _ := p.file(covering)
		for _, e := range p.edits {
			if e.path == covering {
				in = e.text
			}
		}
		why := "is covered by the " + o.job + " of " + covering + " and can be removed (--with " + o.name + " keeps it as a separate file)"
		if !strings.Contains(in, o.line) {
			why = "will be covered by the " + o.job + " of " + covering + " once that is as init writes it today (--force), and can be removed then"
		}
		p.snippets = append(p.snippets, snippet{name, why, ""})
	}
	return nil
}

// make decides what becomes of each file.
func (p *plan) make(r *repository) error {
	files, err := generatedFiles(r)
	if err != nil {
		return err
	}
	for _, f := range files {
		text, there, untouchable := p.file(f.path)
		switch {
		case untouchable != "":
			p.snippets = append(p.snippets, snippet{f.path, "is not touched: " + untouchable, excerpt(f)})
		case there && text == f.text:
			p.same++
		case there && (!p.force || strings.HasPrefix(f.path, "prometheus/") || f.path == starterContract):
			if f.path != config.File {
				p.snippets = append(p.snippets, snippet{f.path, "is there already and is kept (--force overwrites it)", excerpt(f)})
			}
		default:
			p.edits = append(p.edits, edit{f.path, text, f.text, !there})
		}
	}
	p.ignore(r)
	p.hooks(r)
	p.owners(r)
	return nil
}

// excerpt is the part of a generated file that somebody can use in a file of their own.
func excerpt(f generated) string {
	if strings.HasPrefix(f.path, dashboardFolder) {
		return "" // nobody pastes parts of a dashboard
	}
	if !strings.HasPrefix(f.path, workflows) {
		return f.text
	}
	var out []string
	lines := strings.Split(f.text, "\n")
	for i, line := range lines {
		text := strings.TrimSpace(line)
		var some []string
		switch {
		case strings.HasPrefix(text, "- uses: romel/govctl@"), strings.HasPrefix(text, "- uses: ./"):
			some = lines[i:min(i+3, len(lines))]
		case strings.HasPrefix(text, "run: govctl "):
			some = []string{strings.Replace(line, "  run:", "- run:", 1)}
		}
		if len(some) > 0 && !slices.Contains(out, some[0]) {
			out = append(out, some...)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// block enters the block into a file, or the lines among those to paste.
func (p *plan) block(name, text string, there bool, at int, style adopt.Style, lines []string) {
	if !adopt.HasBlock(text) && adopt.HasLines(text, lines) && there { // somebody wrote them by hand
		p.same++
		return
	}
	fresh, err := adopt.Block(text, at, style, lines)
	switch {
	case err != nil:
		p.snippets = append(p.snippets, snippet{name, "is not touched: " + err.Error(), strings.Join(lines, "\n") + "\n"})
	case fresh == text:
		p.same++
	default:
		p.edits = append(p.edits, edit{name, text, fresh, !there})
	}
}

const (
	ignoreFile = ".gitignore"
	hooksFile  = ".pre-commit-config.yaml"
)

func (p *plan) ignore(r *repository) {
	text, there, untouchable := p.file(ignoreFile)
	lines := r.ignored()
	if untouchable != "" {
		p.snippets = append(p.snippets, snippet{ignoreFile, "is not touched: " + untouchable, strings.Join(lines, "\n") + "\n"})
		return
	}
	p.block(ignoreFile, text, there, len(text), adopt.Style{Comment: "what govctl run writes is published on its own branches (govctl init keeps these lines)"}, lines)
}

func (p *plan) hooks(r *repository) {
	text, there, untouchable := p.file(hooksFile)
	lines := r.hookLines()
	style := adopt.Style{Indent: "  ", Comment: "checks before a commit (govctl init keeps these lines)"}
	why := untouchable
	if !there {
		text = "# Local checks before a commit; https://pre-commit.com runs them.\nrepos:\n"
		fresh, err := adopt.Block(text, len(text), style, lines)
		if err == nil {
			p.edits = append(p.edits, edit{hooksFile, "", fresh, true})
		}
		return
	}
	at, indent, ok := adopt.Repos(text)
	style.Indent = indent
	switch {
	case why != "":
	case !adopt.HasBlock(text) && strings.Contains(text, home):
		p.same++ // their own entry
		return
	case adopt.HasBlock(text), ok:
		before := len(p.edits)
		if p.block(hooksFile, text, there, at, style, lines); len(p.edits) == before || sameButOne(text, p.edits[before].text) {
			return
		}
		p.edits = p.edits[:before]
		fallthrough
	default:
		why = "its list of repos is not written one entry after the other"
	}
	p.snippets = append(p.snippets, snippet{hooksFile, "is not touched: " + why, strings.Join(lines, "\n") + "\n"})
}

// sameButOne reports that a pre-commit configuration still says what it said, but for an entry of govctl.
func sameButOne(old, fresh string) bool {
	before, err := contract.ParseValue(context.Background(), hooksFile, []byte(old), contract.Options{})
	if err != nil {
		return false
	}
	after, err := contract.ParseValue(context.Background(), hooksFile, []byte(fresh), contract.Options{})
	if err != nil || before.Len() != after.Len() {
		return false
	}
	for key, v := range before.Fields() {
		if key != "repos" && string(v.AppendJSON(nil)) != string(after.Get(key).AppendJSON(nil)) {
			return false
		}
	}
	others := func(n contract.Node) (out []string) {
		for _, item := range n.Get("repos").Items() {
			if item.Get("repo").Text() != home {
				out = append(out, string(item.AppendJSON(nil)))
			}
		}
		return out
	}
	return after.Get("repos").Kind() == contract.Array && slices.Equal(others(before), others(after))
}

func (p *plan) owners(r *repository) {
	for _, name := range []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"} {
		text, there, untouchable := p.file(name)
		if !there {
			continue
		}
		owners := adopt.Owners(text)
		switch {
		case untouchable != "":
			p.snippets = append(p.snippets, snippet{name, "is not touched: " + untouchable, strings.Join(r.ownerLines("@OWNERS"), "\n") + "\n"})
		case !adopt.HasBlock(text) && strings.Contains(text, "/"+config.File):
			p.same++
		case owners == "" && !adopt.HasBlock(text):
			p.snippets = append(p.snippets, snippet{name, "has no owner for all files: who reviews a change of the policy?", strings.Join(r.ownerLines("@OWNERS"), "\n") + "\n"})
		case owners == "": // whom the block names was decided before
			p.same++
		default:
			p.block(name, text, there, len(text), adopt.Style{Comment: "the policy that checks a change of the API (govctl init keeps these lines)"}, r.ownerLines(owners))
		}
		return
	}
}

// pipeline looks for a pipeline of somebody else, beside which the jobs are a file of their own that it has to include.
func (p *plan) pipeline(r *repository) {
	ours, err := templates.ReadFile("templates/gitlab/govctl.yml")
	text, there, untouchable := p.file(pipelineFile)
	first, _, _ := strings.Cut(string(ours), "\n")
	r.hasPipeline = err == nil && there && (untouchable != "" || !strings.HasPrefix(text, first))
	if r.ci == ciGitLab && r.hasPipeline && !strings.Contains(text, includedFile) {
		p.snippets = append(p.snippets, snippet{pipelineFile, "is there already and is kept: include the jobs", "include:\n  - local: " + includedFile + "\n"})
	}
}

// carryOut does what is planned, or shows it.
func (p *plan) carryOut(dry bool) error {
	for _, c := range p.edits {
		if dry {
			fmt.Fprint(p.Stdout, adopt.Diff(c.path, c.old, c.text, c.absent))
			continue
		}
		if err := artifact.Replace(filepath.FromSlash(c.path), []byte(c.text)); err != nil {
			return err
		}
		verb := "wrote"
		if !c.absent {
			verb = "added to"
			if !adopt.HasBlock(c.text) {
				verb = "overwrote"
			}
		}
		fmt.Fprintf(p.Stdout, "%s %s\n", verb, c.path)
	}
	for _, s := range p.snippets {
		fmt.Fprintf(p.Stdout, "\n%s %s\n", s.path, s.why)
		if s.text != "" {
			fmt.Fprintln(p.Stdout, "To paste:")
			for line := range strings.Lines(s.text) {
				fmt.Fprint(p.Stdout, "    "+line)
			}
		}
	}
	if len(p.edits) == 0 {
		fmt.Fprintln(p.Stdout, "Nothing to do: every file that is to be written is there.")
	}
	return nil
}

const nextSteps = ` The branches of the artifacts and of the pages appear with the first run on GitHub. To have them
signed, make a key with "govctl key new", keep its seed as the secret GOV_SIGNING_PRIVATE_KEY of the environment "governance", which only the
default branch may use, and name its public key under sign.public_keys: verify.yml fails without it.`

const nextStepsGitLab = ` The branches of the artifacts and of the pages appear with the first pipeline of the default branch. It needs
GITLAB_TOKEN for the environments "governance" (write_repository) and "govctl-comment" (api), a key from "govctl key new" as
GOV_SIGNING_PRIVATE_KEY of the environment "governance" with its public key under sign.public_keys, and a nightly schedule: docs/gitlab.md.`

const nextStepsKubernetes = ` Then name your image and the commit in kubernetes/govctl-parts.yaml and kubernetes/govctl-merge.yaml: docs/ci.md
describes the volume and how to start the two Jobs.`

const nextStepsRules = ` govctl rules check and govctl rules test check the rules now. For
figures, badges and pages of the alerts, govctl taxonomy sync --scaffold writes a catalogue from the rules; then run govctl init again.`

// maxShown is how many files of each sort init lists.
const maxShown = 20

// printFound says what was found, what of it is chosen and why, and what is left out.
func (a *app) printFound(e *explorer, r *repository) {
	var chosen, left []string
	for i := range e.found {
		f := &e.found[i]
		line := fmt.Sprintf("  %-10s %s", kindWords[f.kind], oneLine(f.path))
		if f.left != "" {
			left = append(left, line+": "+oneLine(f.left))
			continue
		}
		if f.contract != nil {
			line += ": " + describe(f.contract)
		}
		for _, c := range r.contracts {
			switch {
			case c.path == f.path && len(r.contracts) > 1:
				line += ", as " + c.name
			case c.path == f.path:
				line += ", the only one"
			}
		}
		chosen = append(chosen, line)
	}
	for _, glob := range r.runbooks {
		line := "  runbooks   " + glob
		if r.taxonomy == "" {
			left = append(left, line+": there is no taxonomy whose alerts they could serve")
			continue
		}
		chosen = append(chosen, line)
	}
	a.printSome("Found:", chosen)
	a.printSome("Left out:", left)
	if e.missed > 0 {
		fmt.Fprintf(a.Stdout, "Not examined: %s, beyond the limit.\n", counted(e.missed, "file"))
	}
	if len(e.chosen(adopt.Contract)) == 0 {
		fmt.Fprintln(a.Stdout, "No OpenAPI description was found that can be read: contract.source is for you to set (--example writes a first one).")
	}
}

func describe(c *foundContract) string {
	what := "OpenAPI"
	if c.swagger {
		what = "Swagger 2.0, which is converted"
	}
	parts := []string{what, fmt.Sprintf("version %q", c.version), counted(len(c.operations), "operation")}
	for _, s := range c.settings() {
		if s.line != "" {
			parts = append(parts, s.line)
		}
	}
	return strings.Join(parts, ", ")
}

func (a *app) printSome(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintln(a.Stdout, title)
	for _, line := range lines[:min(len(lines), maxShown)] {
		fmt.Fprintln(a.Stdout, line)
	}
	if more := len(lines) - maxShown; more > 0 {
		fmt.Fprintf(a.Stdout, "  and %d more\n", more)
	}
}

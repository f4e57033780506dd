package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/romel/govctl/internal/adopt"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/semver"
)

// What init looks at, at most.
const (
	maxLooked    = 50_000    // files by the keys at their top
	maxLookBytes = 1 << 30   // bytes of them together
	maxRead      = 2_000     // files that are read whole
	maxReadBytes = 256 << 20 // bytes of them together
	maxFound     = 64 << 20  // bytes of one
	maxContracts = 100       // contracts that a first configuration has
)

// a foundFile is a file that init takes for something, or leaves out.
type foundFile struct {
	path string
	kind adopt.Kind
	left string // why it is left out; empty where it is chosen

	contract *foundContract
}

// foundContract is what init wants to know of a contract.
type foundContract struct {
	title, version, digest string
	operations             map[string]bool // by method and path
	swagger                bool
	parts                  recorder // files that it refers to
	remote, dangling       string   // the first reference that is to the network, and the first that does not resolve
	unread                 string   // why the version cannot be read
	dated                  bool     // it is a calendar version with a year of two digits
	tagged                 *setting // that its version is a release tag; nil where nothing shows it
}

// folders are those whose files are not the repository's own, with what is said of them; unseen ones are not even looked at.
var folders = []struct {
	names  []string
	what   string
	unseen bool
	only   adopt.Kind // counts for this kind; for all where empty
}{
	{[]string{".git", "node_modules", "vendor", "third_party", "bower_components", ".venv", "site-packages"}, "", true, ""},
	{[]string{"testdata", "fixtures", "fixture", "__fixtures__"}, "test data", false, ""},
	{[]string{"examples", "example", "samples", "sample"}, "an example", false, ""},
	{[]string{"test", "tests", "__tests__", "e2e", "mocks", "mock", "__mocks__"}, "for tests", false, adopt.Contract},
}

// foreign is why a file of a kind is not the repository's own, by the folder that it is in.
func foreign(name string, kind adopt.Kind) (what string, unseen bool) {
	for part := range strings.SplitSeq(path.Dir(name), "/") {
		for _, f := range folders {
			if slices.Contains(f.names, strings.ToLower(part)) && (f.only == "" || f.only == kind) {
				return fmt.Sprintf("%s, because it is in %s/", f.what, part), f.unseen
			}
		}
	}
	return "", false
}

// explorer looks through the files of a repository.
type explorer struct {
	*app
	dir    fs.FS
	names  []string
	read   int
	looked int64 // bytes
	bytes  int64
	found  []foundFile
	missed int // files that were not looked at any more

	offline bool // the network was asked, and did not answer
}

// explore finds what govctl can govern, by the content of the files that git has, or would have with the next git add. Without a
// repository the folders are walked.
func (a *app) explore(ctx context.Context, dir fs.FS) (*explorer, error) {
	e := &explorer{app: a, dir: dir}
	names, err := a.Git().Listed(ctx)
	switch {
	case errors.Is(err, gitrepo.ErrNoGit), errors.Is(err, gitrepo.ErrNoRepository):
		names, err = walked(dir)
	}
	if err != nil {
		return nil, err
	}
	looked := 0
	out := filepath.ToSlash(filepath.Clean(a.out)) + "/"
	for _, name := range names {
		if _, unseen := foreign(name, ""); unseen || strings.HasPrefix(name, out) || ctx.Err() != nil {
			continue
		}
		e.names = append(e.names, name)
		if !slices.Contains(ruleExtensions, strings.ToLower(path.Ext(name))) {
			continue
		}
		if looked++; looked > maxLooked {
			e.missed++
			continue
		}
		e.look(ctx, name)
	}
	e.choose(ctx)
	e.datedBy(ctx)
	return e, ctx.Err()
}

// walked are the files below a folder. Links are not followed.
func walked(dir fs.FS) (names []string, err error) {
	err = fs.WalkDir(dir, ".", func(p string, d fs.DirEntry, err error) error {
		_, unseen := foreign(p+"/x", "")
		switch {
		case err != nil && p == ".":
			return err
		case err != nil: // a folder that cannot be read has nothing for others either
			return fs.SkipDir
		case d.IsDir() && unseen:
			return fs.SkipDir
		case len(names) > maxMatches:
			return fs.SkipAll
		case !d.IsDir():
			names = append(names, p)
		}
		return nil
	})
	return names, err
}

// shown reports a name that can stand in a configuration and in a message as it is.
func shown(name string) bool {
	return validName(name) == nil && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// look tells what a file is by its beginning, and enters it where it is something.
func (e *explorer) look(ctx context.Context, name string) {
	kind, err := e.kindOf(name)
	switch {
	case errors.Is(err, errEnough):
		e.missed++
		return
	case err != nil && likely().MatchString(path.Base(name)):
		e.found = append(e.found, foundFile{path: name, kind: adopt.Contract, left: cause(err).Error()})
		return
	case err != nil, kind == adopt.None:
		return
	}
	f := foundFile{path: name, kind: kind}
	what, _ := foreign(name, kind)
	switch {
	case !shown(name):
		f.left = "its name has characters that cannot be shown"
	case what != "":
		f.left = what
	case e.spent():
		e.missed++
		return
	default:
		e.inspect(ctx, &f)
		if f.kind == adopt.None {
			return
		}
	}
	e.found = append(e.found, f)
}

// likely are names that a person gives to nothing but a contract.
var likely = late.Pattern(`(?i)^(?:openapi|swagger)\.(?:ya?ml|json)$`)

// errEnough is the error of a file after as many as are looked at.
var errEnough = errors.New("the limit of examined files was reached before")

func (e *explorer) kindOf(name string) (adopt.Kind, error) {
	info, err := fs.Lstat(e.dir, name)
	switch {
	case err != nil:
		return "", err
	case info.Mode()&fs.ModeSymlink != 0:
		return "", errors.New("a symbolic link, which is not followed")
	case !info.Mode().IsRegular():
		return "", errors.New("no regular file")
	case info.Size() > maxFound:
		return "", fmt.Errorf("larger than %d MiB", maxFound>>20)
	}
	if e.looked += info.Size(); e.looked > maxLookBytes {
		return "", errEnough
	}
	f, err := e.dir.Open(name)
	if err != nil {
		return "", err
	}
	kind, err := adopt.Look(io.LimitReader(f, maxFound))
	return kind, errors.Join(err, f.Close())
}

// spent reports that nothing more is read.
func (e *explorer) spent() bool { return e.read >= maxRead || e.bytes >= maxReadBytes }

func (e *explorer) data(name string) ([]byte, error) {
	if e.spent() {
		return nil, errEnough
	}
	f, err := e.dir.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := readAll(io.LimitReader(f, maxFound), 0)
	e.read, e.bytes = e.read+1, e.bytes+int64(len(data))
	return data, errors.Join(err, f.Close())
}

// inspect reads a file as what it seems to be.
func (e *explorer) inspect(ctx context.Context, f *foundFile) {
	if f.kind == adopt.Contract {
		e.read++
		if info, err := fs.Stat(e.dir, f.path); err == nil {
			e.bytes += info.Size()
		}
		if f.contract, f.left = e.contractOf(ctx, f.path); f.contract == nil {
			f.left = "cannot be read: " + f.left
		}
		return
	}
	data, err := e.data(f.path)
	if err != nil {
		f.left = cause(err).Error()
		return
	}
	switch f.kind {
	case adopt.Rules:
		files, err := promrules.Loadable([]promrules.Source{{Name: f.path, Data: data}}, "", nil)
		rules := 0
		for _, file := range files {
			for i := range file.Groups {
				rules += len(file.Groups[i].Rules)
			}
		}
		switch {
		case err != nil && promrules.Aside(f.path, data) != "":
			f.kind = adopt.None
		case err != nil:
			f.left = "cannot be read as rules: " + firstOfAll(err)
		case rules == 0:
			f.left = "has no rule"
		}
	case adopt.Tests:
		if !promrules.IsTest(f.path, data) {
			f.kind = adopt.None
		}
	case adopt.Taxonomy:
		e.inspectTaxonomy(f, data)
	}
}

func (e *explorer) inspectTaxonomy(f *foundFile, data []byte) {
	base := strings.ToLower(path.Base(f.path))
	called := strings.Contains(base, "taxonomy")
	file, err := taxonomy.Parse(f.path, data)
	if err == nil {
		err = file.Usable()
	}
	switch {
	case !called && (err != nil || len(file.Alerts) == 0 || slices.ContainsFunc(file.Alerts, func(a taxonomy.Alert) bool { return a.Name == "" || a.Severity == "" })):
		f.kind = adopt.None
	case err != nil:
		f.left = "cannot be read as a taxonomy: " + firstOfAll(err)
	case !plainPath().MatchString(f.path):
		f.left = "its name cannot be used in a workflow"
	}
}

var plainPath = late.Pattern(`^[A-Za-z0-9_][A-Za-z0-9._/ -]*$`)

// firstOfAll is the text of the first of several errors.
func firstOfAll(err error) string {
	var several interface{ Unwrap() []error }
	for errors.As(err, &several) && len(several.Unwrap()) > 0 {
		err = several.Unwrap()[0]
		several = nil
	}
	return oneLine(err.Error())
}

// sourceOf is a file as the source of a contract: one whose name would be read as an address or a command gets its folder.
func sourceOf(name string) string {
	if strings.Contains(name, ":") || name == "-" {
		return "./" + name
	}
	return name
}

// contractOf reads a contract once, or says why it cannot be read.
func (e *explorer) contractOf(ctx context.Context, name string) (*foundContract, string) {
	parts := recorder{}
	reader := e.reader()
	reader.Dir = func(dir string) (fs.FS, error) {
		below, err := openBeside(dir)
		return recording{below, filepath.ToSlash(dir), parts}, err
	}
	doc, err := reader.Load(ctx, sourceOf(name), contract.Options{AllowDangling: true, ConvertSwagger: true})
	if err != nil {
		return nil, firstOfAll(err)
	}
	out := &foundContract{title: doc.Root().Find("/info/title").Text(), version: doc.Root().Find("/info/version").Text(), swagger: doc.Converted()}
	if left := doc.Dangling(); len(left) > 0 {
		out.dangling = left[0].Error()
		if whole := e.withNetwork(ctx, &reader, name); whole != nil && len(whole.Dangling()) < len(left) {
			still := map[string]bool{}
			out.dangling = ""
			for _, one := range whole.Dangling() {
				still[one.Error()] = true
				out.dangling = firstOf(out.dangling, one.Error())
			}
			for _, one := range left {
				if !still[one.Error()] {
					out.remote = firstOf(out.remote, one.Error())
				}
			}
			doc = whole
		}
	}
	if _, err := semver.Parse(out.version, semver.Auto); err != nil {
		out.unread, out.dated = firstOfAll(err), e.isDate(out.version)
	}
	out.digest, out.operations, out.parts = doc.SHA256(), operationsOf(doc), parts
	return out, ""
}

// isDate reports a calendar version of these years.
func (e *explorer) isDate(version string) bool {
	now, err := e.clock(e.now)
	if err != nil {
		return false
	}
	v, err := semver.Parse(version, semver.CalVer)
	return err == nil && v.Numbers[0] > uint64(now().Year())-10 && v.Numbers[0] <= uint64(now().Year())+1
}

// remoteWait is how long init waits for the files of one contract that lie in the network.
const remoteWait = 10 * time.Second

// withNetwork reads a contract whose references may lead to the network. Where it does not answer, no other contract asks it. Nil where the
// contract cannot be read so.
func (e *explorer) withNetwork(ctx context.Context, reader *contract.Reader, name string) *contract.Document {
	if e.offline {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, remoteWait)
	defer cancel()
	online := *reader
	online.HTTP = func(allowPrivate bool) *http.Client {
		client := *e.Contracts(allowPrivate)
		client.Transport = answering{client.Transport, &e.offline}
		return &client
	}
	doc, err := online.Load(ctx, sourceOf(name), contract.Options{AllowDangling: true, ConvertSwagger: true, AllowRemote: true})
	if err != nil {
		return nil
	}
	return doc
}

// answering notes where nobody answered, and asks no more then.
type answering struct {
	next  http.RoundTripper
	fault *bool
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if *a.fault {
		return nil, errors.New("the network did not answer before")
	}
	answer, err := a.next.RoundTrip(r)
	*a.fault = err != nil
	return answer, err
}

// operationsOf are the operations of a contract.
func operationsOf(doc *contract.Document) map[string]bool {
	all := map[string]bool{}
	for _, container := range []string{"paths", "webhooks"} {
		for at, item := range doc.Root().Get(container).Fields() {
			item = doc.Deref(item)
			for _, method := range contract.Methods {
				if item.Get(method).Exists() {
					all[method+" "+at] = true
				}
			}
			for method := range item.Get("additionalOperations").Fields() {
				all[method+" "+at] = true
			}
		}
	}
	return all
}

// pieceOf reports that the other file is the same version of the same API with all operations of this one, and more, or a better place.
func pieceOf(one, other *foundFile) bool {
	c, all := one.contract, other.contract
	switch less := len(all.operations) - len(c.operations); {
	case c.title != all.title || c.version != all.version || len(c.operations) == 0 || less < 0:
		return false
	case less == 0 && (rankOf(one) < rankOf(other) || adopt.Versions(one.path) != adopt.Versions(other.path)):
		return false
	}
	for op := range c.operations {
		if !all.operations[op] {
			return false
		}
	}
	return true
}

type recorder map[string]bool

// recording is a folder that notes which of its files were opened.
type recording struct {
	fs.FS
	dir  string
	seen recorder
}

func (r recording) Open(name string) (fs.File, error) {
	r.seen[path.Join(r.dir, name)] = true
	return r.FS.Open(name)
}

// rank orders contracts: what lies higher first, YAML before JSON, then by name.
func rankOf(f *foundFile) string {
	json := 0
	if strings.EqualFold(path.Ext(f.path), ".json") {
		json = 1
	}
	return fmt.Sprintf("%03d%d%s", strings.Count(f.path, "/"), json, f.path)
}

// otherState are words in the name of a file that holds a contract as it was or might be, beside the one that is meant.
var otherState = late.Pattern(`(?i)(?:^|[-_. ])(?:old|new|prev|previous|before|after|backup|bak|copy|draft|orig|original|base|baseline|next|tmp|temp|deprecated)(?:[-_. ]|$)`)

// surplusRows say which contract is left out because of another one that is chosen; the first that holds counts. %s is the other one.
var surplusRows = []struct {
	why string
	is  func(one, other *foundFile) bool
}{
	{"a part of %s", func(one, other *foundFile) bool {
		return other.contract.parts[one.path] && !one.contract.parts[other.path]
	}},
	{"has the same content as %s", func(one, other *foundFile) bool {
		return one.contract.digest == other.contract.digest && rankOf(one) > rankOf(other)
	}},
	{"the API of %s in Swagger 2.0", func(one, other *foundFile) bool {
		return beside(one, other) && one.contract.swagger && !other.contract.swagger
	}},
	{"%s in another format", func(one, other *foundFile) bool {
		return beside(one, other) && stem(one.path) == stem(other.path) && rankOf(one) > rankOf(other)
	}},
	{"by its name another state of %s", func(one, other *foundFile) bool {
		return beside(one, other) && otherState().MatchString(stem(one.path)) && !otherState().MatchString(stem(other.path))
	}},
	{"its operations are all in %s", pieceOf},
	{"describes no operation, as %s does", func(one, other *foundFile) bool {
		return len(one.contract.operations) == 0 && len(other.contract.operations) > 0
	}},
}

// beside reports two contracts of one folder that are about the same API, by its title.
func beside(one, other *foundFile) bool {
	return one.contract.title == other.contract.title && path.Dir(one.path) == path.Dir(other.path)
}

func stem(p string) string { return strings.TrimSuffix(path.Base(p), path.Ext(p)) }

// choose leaves out contracts that are no contracts of their own, and all taxonomies but one.
func (e *explorer) choose(ctx context.Context) {
	all := e.chosen(adopt.Contract)
	sorting.Stable(all, func(a, b *foundFile) int { return strings.Compare(rankOf(a), rankOf(b)) })
	for _, row := range surplusRows {
		for _, one := range all {
			if ctx.Err() != nil {
				return
			}
			at := slices.IndexFunc(all, func(other *foundFile) bool {
				return other != one && one.left == "" && other.left == "" && row.is(one, other)
			})
			if at >= 0 {
				one.left = oneLine(strings.ReplaceAll(row.why, "%s", all[at].path))
			}
		}
	}
	for i, one := range all[min(len(all), maxContracts):] {
		if one.left == "" && i >= 0 {
			one.left = fmt.Sprintf("one of more than %d contracts", maxContracts)
		}
	}
	catalogues := e.chosen(adopt.Taxonomy)
	standard := config.Default().Taxonomy.File
	sorting.Stable(catalogues, func(a, b *foundFile) int {
		if one, other := path.Base(a.path) == standard, path.Base(b.path) == standard; one != other {
			if one {
				return -1
			}
			return 1
		}
		return strings.Compare(rankOf(a), rankOf(b))
	})
	for i := 1; i < len(catalogues); i++ {
		catalogues[i].left = "one taxonomy is governed, and that is " + catalogues[0].path
	}
}

// chosen are the files of a kind that are not left out.
func (e *explorer) chosen(kind adopt.Kind) (out []*foundFile) {
	for i := range e.found {
		if f := &e.found[i]; f.kind == kind && f.left == "" {
			out = append(out, f)
		}
	}
	return out
}

// patterns are globs and files that name the chosen rule files. A folder is named by a glob where nothing in it would be refused, so that a new
// file in it is governed, too.
func (e *explorer) patterns() (out []string) {
	kinds := map[string]*foundFile{}
	for i := range e.found {
		kinds[e.found[i].path] = &e.found[i]
	}
	folders := map[string][]string{}
	for _, name := range e.names {
		folders[path.Dir(name)] = append(folders[path.Dir(name)], name)
	}
	done, globbed := map[string]bool{}, map[string]bool{} // patterns that are there, and whether they may be
	for _, f := range e.chosen(adopt.Rules) {
		dir, ext := path.Dir(f.path), path.Ext(f.path)
		pattern := path.Join(dir, "*"+ext)
		if done[pattern] {
			continue
		}
		if _, known := globbed[pattern]; !known {
			globbed[pattern] = dir != "." && !strings.ContainsAny(dir, `*?[\`) && e.onlyRules(folders[dir], ext, kinds)
		}
		if !globbed[pattern] {
			pattern = f.path
		}
		done[pattern] = true
		out = append(out, pattern)
	}
	return out
}

// onlyRules reports a folder of which a glob brings in rule files, and little that would be left out each time.
func (e *explorer) onlyRules(names []string, ext string, kinds map[string]*foundFile) bool {
	rules, others := 0, 0
	for _, name := range names {
		if path.Ext(name) != ext {
			continue
		}
		switch f := kinds[name]; {
		case f != nil && f.kind == adopt.Rules && f.left != "":
			return false
		case f != nil && f.kind == adopt.Rules:
			rules++
		default:
			data, err := e.data(name)
			if err != nil || promrules.Aside(name, data) == "" {
				return false
			}
			others++
		}
	}
	return rules >= others
}

var runbookFile = late.Pattern(`(?i)^runbooks?\b.*\.(?:md|markdown)$`)

// runbooks are globs that name the runbooks: what is written in a folder of that name, or is called so.
func (e *explorer) runbooks() (out []string) {
	for _, name := range e.names {
		ext := path.Ext(name)
		if what, _ := foreign(name, ""); what != "" || !shown(name) || !slices.Contains([]string{".md", ".markdown"}, ext) || strings.ContainsAny(name, `*?[\`) {
			continue
		}
		pattern := ""
		parts := strings.Split(path.Dir(name), "/")
		for i, part := range parts {
			if p := strings.ToLower(part); p == "runbooks" || p == "runbook" {
				pattern = path.Join(append(parts[:i+1:i+1], "**", "*"+ext)...)
				break
			}
		}
		if pattern == "" && runbookFile().MatchString(path.Base(name)) {
			pattern = name
		}
		if pattern != "" && !slices.Contains(out, pattern) {
			out = append(out, pattern)
		}
	}
	return out
}

package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// maxInput bounds an input file, in bytes; contracts have their own, larger limits.
const maxInput = 64 << 20

// readInput reads a file that the user named, or standard input for "-". Whatever is wrong with it is the user's to mend.
func (a *app) readInput(name string) ([]byte, error) {
	if name == "-" {
		data, err := readAll(a.Stdin, 0)
		if err != nil {
			err = &exitError{code: BadInput, err: fmt.Errorf("standard input: %w", err)}
		}
		return data, err
	}
	f, err := open(name)
	if known := (*contract.Error)(nil); errors.As(err, &known) {
		return nil, err
	}
	if err != nil {
		return nil, usage("%s: %w", name, cause(err)).hint("%s", unreadable(err))
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("is a folder, not a file")
	}
	var data []byte
	if err == nil {
		data, err = readAll(f, info.Size())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, &exitError{code: BadInput, err: fmt.Errorf("%s: %w", name, cause(err))}
	}
	return data, nil
}

// unreadable is what can be done about a file that does not open.
func unreadable(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "check the path: it is relative to the folder in which govctl runs"
	}
	return "check the path and its permissions"
}

// cause drops the operation and the name that the message gives already.
//
//go:noinline
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// readAll reads to the end. The expected size saves the copies that a growing buffer makes; it may be wrong.
func readAll(r io.Reader, size int64) ([]byte, error) {
	data := bytes.NewBuffer(make([]byte, 0, min(size, maxInput)+bytes.MinRead))
	_, err := data.ReadFrom(io.LimitReader(r, maxInput+1))
	if err == nil && data.Len() > maxInput {
		return nil, fmt.Errorf("larger than %d bytes", maxInput)
	}
	return data.Bytes(), err
}

// digestOfInput is the SHA-256 of an input file, which is not held in memory.
func digestOfInput(name string) (string, error) {
	f, err := open(name)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, io.LimitReader(f, maxInput))
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Close())
}

// configuration reads govctl.yaml, or the file of --config; without either it is the default.
func (a *app) configuration(ctx context.Context) (config.Config, error) {
	name := a.config
	if name == "" {
		name = config.File
	}
	data, err := a.readInput(name)
	switch {
	case a.config == "" && errors.Is(err, fs.ErrNotExist):
		return config.Parse(ctx, name, nil)
	case err != nil:
		return config.Config{}, err
	}
	c, err := config.Parse(ctx, name, data)
	if err == nil {
		err = ruleIDs(&c)
	}
	if err == nil {
		err = ruleFolders(&c)
	}
	return c, err
}

// ruleFolders refuses patterns of rule files that leave the repository.
func ruleFolders(c *config.Config) error {
	for i, pattern := range c.Taxonomy.Rules {
		if filepath.IsAbs(pattern) || outside(fixedPart(pattern)) {
			return &contract.Error{Place: c.KeyPlace(fmt.Sprintf("/taxonomy/rules/%d", i)), Msg: fmt.Sprintf("taxonomy.rules: %q leaves the repository", pattern),
				Hint: "rule files are read below the repository; --rules takes others"}
		}
	}
	return nil
}

// ruleIDs refuses levels for rules that no table has: who misspells a rule believes that it is adjusted.
func ruleIDs(c *config.Config) error {
	for i := range c.Contracts {
		one := &c.Contracts[i]
		for _, id := range slices.Sorted(maps.Keys(one.Rules.Levels)) {
			if _, ok := rules.Lookup(id); !ok {
				return noRule(c, one.At+"/rules/levels", id, changeIDs(), "govctl openapi rules")
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Taxonomy.Levels)) {
		if all := alertRuleIDs(); !slices.Contains(all, id) {
			return noRule(c, "/taxonomy/levels", id, all, "docs/lint.md")
		}
	}
	return nil
}

func noRule(c *config.Config, key, id string, all []string, list string) error {
	hint := firstOf(config.Nearest(id, all), list+" lists them all")
	pointer := key + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(id)
	return &contract.Error{Place: c.KeyPlace(pointer), Msg: fmt.Sprintf("%s: there is no rule %q", strings.ReplaceAll(key[1:], "/", "."), id), Hint: hint}
}

func changeIDs() []string {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
	}
	return ids
}

// alertRuleIDs are the rules that taxonomy.levels adjusts: those of the taxonomy and those of rule files.
func alertRuleIDs() []string {
	var ids []string
	for _, r := range taxonomy.Table() {
		ids = append(ids, r.ID)
	}
	for _, r := range promrules.Rows() {
		ids = append(ids, r.ID)
	}
	return ids
}

// open opens an input without waiting: a named pipe that nobody writes into is an empty file, not the end of the run. A link in the
// repository that leaves it does not open: whoever commits it must not choose what is read on the machine that checks the commit out.
func open(name string) (*os.File, error) {
	if err := validName(name); err != nil {
		return nil, err
	}
	root, rel, err := artifact.Within(name)
	switch {
	case err != nil:
		return nil, err
	case root == nil:
		return os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:forbidigo // inputs of commands are opened here and nowhere else
	}
	defer func() { _ = root.Close() }() // only read
	f, err := root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	return f, artifact.Escape(root, rel, name, err)
}

// openContract is open for a root document, which may not be a link at all: what it refers to is read from its folder, and a link
// would make that another folder than the one that is seen.
func openContract(name string) (fs.File, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	info, err := os.Lstat(name) //nolint:forbidigo // see open
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && !systems(name) {
		return nil, errors.Join(artifact.LinkError(name, "that is not followed", "name the target file"), f.Close())
	}
	return f, nil
}

// systems reports a path of the operating system's own, like /dev/fd/63, which shells hand over for a pipe.
func systems(name string) bool {
	return strings.HasPrefix(name, "/dev/") || strings.HasPrefix(name, "/proc/")
}

// validName refuses a name of a file that no output could show.
func validName(name string) error {
	if utf8.ValidString(name) {
		return nil
	}
	return &contract.Error{Msg: fmt.Sprintf("%q: the name of the file is not valid UTF-8", name), Hint: "rename the file"}
}

// stat describes a file or folder under the rules of open.
func stat(name string) (fs.FileInfo, error) {
	if err := validName(name); err != nil {
		return nil, err
	}
	root, rel, err := artifact.Within(name)
	switch {
	case err != nil:
		return nil, err
	case root == nil:
		return os.Stat(name) //nolint:forbidigo // see open
	}
	defer func() { _ = root.Close() }() // only read
	info, err := root.Stat(rel)
	return info, artifact.Escape(root, rel, name, err)
}

// outside reports a path that is neither in the repository nor, outside of one, below the current folder.
func outside(name string) bool {
	root, _, err := artifact.Within(name)
	if root != nil {
		_ = root.Close() // only asked for
	}
	return err == nil && root == nil
}

// reader loads contracts from wherever a source may point.
func (a *app) reader() contract.Reader {
	repo := a.Git()
	repo.Most = int64(contract.ReadBack().MaxBytes)
	return contract.Reader{
		Stdin:   a.Stdin,
		Open:    openContract,
		Dir:     openBeside,
		HTTP:    a.Contracts,
		Command: a.Shell,
		Git:     repo.Show,
	}
}

// limitsFor raises the limits for a contract that a run has published, schemas/NAME.json in an output folder or on a branch: what was accepted
// as a source can be larger in its canonical form.
func limitsFor(source string, opt contract.Options) contract.Options {
	file := filepath.ToSlash(source[strings.LastIndexByte(source, ':')+1:])
	if path.Base(path.Dir(file)) == "schemas" && path.Ext(file) == ".json" {
		most := contract.ReadBack()
		opt.MaxBytes, opt.MaxDepth, opt.MaxValues = most.MaxBytes, most.MaxDepth, most.MaxValues
	}
	return opt
}

// openDir reads an output folder, in which no link is followed. Its errors do not repeat the name.
func openDir(dir string) (fs.FS, error) {
	folder, err := artifact.Folder(dir)
	if link := (*contract.Error)(nil); errors.As(err, &link) {
		err = &contract.Error{Msg: link.Msg, Hint: link.Hint}
	}
	return folder, err
}

// openDirOf is openDir for the folder of a file, where status/ is a part of the output folder that it is in.
func openDirOf(name string) (fs.FS, error) {
	dir := filepath.Dir(name)
	if filepath.Base(dir) != integrity.Folder {
		return openDir(dir)
	}
	out, err := openDir(filepath.Dir(dir))
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(out, integrity.Folder); err != nil {
		return nil, err
	}
	return fs.Sub(out, integrity.Folder)
}

// openBeside reads the files beside one that the user named; links that leave their folder do not open.
func openBeside(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return root.FS(), nil
}

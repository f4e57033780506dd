package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/config"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/promrules"
	"github.com/romel/govctl/pkg/taxonomy"
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
	return "check the path and who may read it"
}

// cause drops the operation and the name that the message gives already.
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
	return c, err
}

// ruleIDs refuses levels for rules that no table has: who misspells a rule believes that it is adjusted.
func ruleIDs(c *config.Config) error {
	for i := range c.Contracts {
		one := &c.Contracts[i]
		for _, id := range slices.Sorted(maps.Keys(one.Rules.Levels)) {
			if _, ok := apidiff.Lookup(id); !ok {
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
	for _, r := range apidiff.Rules() {
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

// open opens an input without waiting: a named pipe that nobody writes into is an empty file, not the end of the run.
func open(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:forbidigo // inputs of commands are opened here and nowhere else
}

// reader loads contracts from wherever a source may point.
func (a *app) reader() contract.Reader {
	return contract.Reader{
		Stdin:   a.Stdin,
		Open:    func(name string) (fs.File, error) { return open(name) },
		Dir:     openDir,
		HTTP:    a.HTTP(),
		Command: a.Shell,
		Git:     a.Git().Show,
	}
}

// openDir reads below a folder; links that leave it do not open.
func openDir(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return root.FS(), nil
}

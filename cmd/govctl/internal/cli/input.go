package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/romel/govctl/pkg/config"
	"github.com/romel/govctl/pkg/contract"
)

// maxInput bounds an input file, in bytes; contracts have their own, larger limits.
const maxInput = 64 << 20

// readInput reads a file that the user named, or standard input for "-". Whatever is wrong with it is the user's to mend.
func (a *app) readInput(name string) ([]byte, error) {
	if name == "-" {
		return readAll(a.Stdin, "standard input")
	}
	f, err := os.Open(name) //nolint:forbidigo // inputs of commands are opened here and nowhere else
	if err != nil {
		return nil, &exitError{code: BadInput, err: fmt.Errorf("%s: %w", name, cause(err))}
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("is a folder, not a file")
	}
	var data []byte
	if err == nil {
		data, err = readAll(f, name)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, &exitError{code: BadInput, err: fmt.Errorf("%s: %w", name, cause(err))}
	}
	return data, nil
}

// cause drops the operation and the name that the message gives already.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func readAll(r io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err == nil && len(data) > maxInput {
		return nil, usage("%s: larger than %d bytes", name, maxInput)
	}
	return data, err
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
	return config.Parse(ctx, name, data)
}

// reader loads contracts from wherever a source may point.
func (a *app) reader() contract.Reader {
	return contract.Reader{
		Stdin: a.Stdin,
		//nolint:forbidigo // the root document of a contract is opened here and nowhere else
		Open:    func(name string) (fs.File, error) { return os.Open(name) },
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

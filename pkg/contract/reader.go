package contract

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Reader loads descriptions from where users keep them. Its functions are the only way to the outside; a nil one refuses
// the sources that need it.
type Reader struct {
	Stdin   io.Reader
	Dir     func(dir string) (fs.FS, error) // files below dir; links that leave dir must not open
	HTTP    *http.Client
	Command func(ctx context.Context, command string, stdout io.Writer) error
	Git     func(ctx context.Context, rev, path string) ([]byte, error) // rev may be latest-tag
}

// Load reads a description from a file name, - for standard input, an https URL, cmd:COMMAND or git:REV:PATH.
func (r Reader) Load(ctx context.Context, source string, opt Options) (*Document, error) {
	dir, file := path.Split(source)
	if dir == "" {
		dir = "."
	}
	root, err := r.Dir(dir)
	if err != nil {
		return nil, err
	}
	data, err := fs.ReadFile(root, file)
	if err != nil {
		return nil, &Error{Place: (&tree{file: source}).place(0, ""), Msg: fmt.Sprintf("cannot be read: %v", err), Err: err}
	}
	if opt.ReadFile == nil {
		opt.ReadFile = func(_ context.Context, name string) ([]byte, error) { return fs.ReadFile(root, name) }
	}
	return Parse(ctx, strings.TrimPrefix(source, "./"), data, opt)
}

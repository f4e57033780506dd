package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/romel/govctl/internal/hugepages"
)

// Reader reads descriptions from files, URLs, commands and git. Its functions are the only access
// to the outside; if one is nil, sources that need it are rejected.
type Reader struct {
	Stdin   io.Reader
	Open    func(name string) (fs.File, error)   // os.Open: the root document, by the name that the user gave
	Dir     func(dir string) (fs.FS, error)      // os.OpenRoot: the files below dir; links that leave dir do not open
	HTTP    func(allowPrivate bool) *http.Client // connects to the addresses that may be read
	Command func(ctx context.Context, command string) ([]byte, error)
	Git     func(ctx context.Context, rev, path string) ([]byte, error)
}

// Input is a description that was read but not parsed.
type Input struct {
	Name string // as shown to users: no secrets
	Data []byte
	opt  Options // with the way to the files beside it
}

// Load reads and parses a source: a file name, - for standard input, an https URL, cmd:COMMAND or
// git:REV:PATH. Wrong input gives an *Error, one that errors.Is fs.ErrNotExist if the source does
// not exist; errors of the network, a command or git are wrapped unchanged.
func (r Reader) Load(ctx context.Context, source string, opt Options) (*Document, error) {
	in, err := r.Read(ctx, source, opt)
	if err != nil {
		return nil, err
	}
	return in.Parse(ctx)
}

// ParsePair parses two inputs at a time; equal bytes are parsed once. Each has its own error.
func ParsePair(ctx context.Context, a, b *Input) (da, db *Document, errA, errB error) {
	if bytes.Equal(a.Data, b.Data) && a.opt.Version == b.opt.Version {
		if da, errA = a.Parse(ctx); errA == nil && len(da.order) == 1 {
			return da, da.Under(b.Name), nil, nil
		}
		db, errB = b.Parse(ctx)
		return da, db, errA, errB
	}
	if n := heapPerByte * (len(a.Data) + len(b.Data)); n >= heapAtOnce {
		hugepages.Heap(n)
	}
	var other sync.WaitGroup
	other.Go(func() { db, errB = b.Parse(ctx) })
	da, errA = a.Parse(ctx)
	other.Wait()
	return da, db, errA, errB
}

// heapPerByte is what two documents and their comparison take of the heap, in bytes for each of their text; heapAtOnce is from how many bytes on
// it grows by them at once.
const heapPerByte, heapAtOnce = 4, 16 << 20

// Lenient is the input with unresolved references allowed: Document.Unresolved lists them.
func (in *Input) Lenient() *Input {
	out := *in
	out.opt.AllowDangling = true
	return &out
}

// Parse parses the input under the options that it was read with.
func (in *Input) Parse(ctx context.Context) (*Document, error) {
	return Parse(ctx, in.Name, in.Data, in.opt)
}

// Read reads a source without parsing it.
func (r Reader) Read(ctx context.Context, source string, opt Options) (*Input, error) {
	if opt.AllowRemote && opt.Fetch == nil && r.HTTP != nil {
		opt.Fetch = r.fetch(opt)
	}
	scheme, rest, _ := strings.Cut(source, ":")
	switch {
	case source == "":
		return nil, &Error{Msg: "no contract is given", Hint: "name a file, -, an https URL, cmd:COMMAND or git:REV:PATH"}
	case source == "-":
		return r.readStdin(opt)
	case scheme == "cmd":
		return r.readCommand(ctx, rest, opt)
	case scheme == "git":
		return r.readGit(ctx, rest, opt)
	case strings.HasPrefix(rest, "//"):
		return r.readURL(ctx, source, opt)
	default:
		return r.readFile(source, opt)
	}
}

// sourceError is an error about a source as a whole.
func sourceError(name, msg, hint string, err error) *Error {
	return &Error{Place: placeOf(name), Msg: msg, Hint: hint, Err: err}
}

func (r Reader) readStdin(opt Options) (*Input, error) {
	const name = "standard input"
	if r.Stdin == nil {
		return nil, sourceError(name, "cannot be read here", "", nil)
	}
	data, err := readAll(name, r.Stdin, 0, opt)
	if err != nil {
		return nil, fileError(name, err)
	}
	return &Input{Name: name, Data: data, opt: opt}, nil
}

func (r Reader) readCommand(ctx context.Context, command string, opt Options) (*Input, error) {
	name := "cmd:" + command
	if r.Command == nil {
		return nil, sourceError(name, "commands cannot be run here", "", nil)
	}
	data, err := r.Command(ctx, command)
	if err != nil {
		return nil, fmt.Errorf("run %q: %w", command, err)
	}
	return &Input{Name: name, Data: data, opt: opt}, checkSize(name, len(data), opt)
}

func (r Reader) readGit(ctx context.Context, spec string, opt Options) (*Input, error) {
	name := "git:" + spec
	rev, file, ok := strings.Cut(spec, ":")
	if !ok || rev == "" || file == "" {
		return nil, sourceError(name, "a git source reads git:REV:PATH", "for example git:origin/main:api/openapi.yaml", nil)
	}
	if r.Git == nil {
		return nil, sourceError(name, "git cannot be run here", "", nil)
	}
	read := func(ctx context.Context, file string) ([]byte, error) {
		data, err := r.Git(ctx, rev, file)
		if err != nil {
			return nil, fmt.Errorf("read git:%s:%s: %w", rev, file, err)
		}
		return data, nil
	}
	data, err := read(ctx, file)
	if err != nil {
		return nil, err
	}
	if opt.ReadFile == nil {
		dir, _ := path.Split(file) // not cleaned: "./x" is another path than "x" to git
		opt.ReadFile = func(ctx context.Context, id string) ([]byte, error) { return read(ctx, dir+id) }
	}
	return &Input{Name: name, Data: data, opt: opt}, checkSize(name, len(data), opt)
}

func (r Reader) readFile(name string, opt Options) (*Input, error) {
	if r.Open == nil {
		return nil, sourceError(name, "files cannot be read here", "", nil)
	}
	file, err := r.Open(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	defer file.Close() //nolint:errcheck // only read
	info, err := file.Stat()
	if err != nil {
		return nil, fileError(name, err)
	}
	if info.IsDir() {
		return nil, sourceError(name, "is a folder", "name the file in it", nil)
	}
	if err := checkSize(name, int(min(info.Size(), 1<<40)), opt); err != nil {
		return nil, err
	}
	data, err := readAll(name, file, int(info.Size()), opt)
	if err != nil {
		return nil, fileError(name, err)
	}
	if opt.ReadFile == nil && r.Dir != nil {
		opt.ReadFile = r.beside(filepath.Dir(name), opt)
	}
	return &Input{Name: strings.TrimPrefix(filepath.ToSlash(name), "./"), Data: data, opt: opt}, nil
}

// beside reads files below dir, which is opened when the first reference asks for one.
func (r Reader) beside(dir string, opt Options) func(context.Context, string) ([]byte, error) {
	return func(_ context.Context, id string) ([]byte, error) {
		root, err := r.Dir(dir)
		if err != nil {
			return nil, err
		}
		switch info, err := fs.Stat(root, id); { // before it is opened: a named pipe would hold us there
		case err != nil:
			return nil, err
		case info.IsDir():
			return nil, errors.New("is a folder")
		case !info.Mode().IsRegular():
			return nil, errors.New("is not a regular file")
		}
		file, err := root.Open(id)
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // only read
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		return readAll(id, file, int(min(info.Size(), int64(opt.maxBytes()))), opt)
	}
}

func fileError(name string, err error) error {
	var known *Error
	var p *fs.PathError
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return sourceError(name, "there is no such file", "check the path: it is relative to the folder in which govctl runs", err)
	case errors.As(err, &p):
		err = p.Err // the name stands in the place already
	}
	return sourceError(name, fmt.Sprintf("cannot be read: %v", err), "check the path and its permissions", err)
}

const tooLargeHint = "is this the right file? split a description of this size into files that $ref one another"

func checkSize(name string, size int, opt Options) error {
	if size <= opt.maxBytes() {
		return nil
	}
	return sourceError(name, fmt.Sprintf("is larger than the limit of %d bytes", opt.maxBytes()), tooLargeHint, nil)
}

// readAll reads up to the size limit; size is what is expected, so that a large file needs one buffer only.
func readAll(name string, from io.Reader, size int, opt Options) ([]byte, error) {
	data := hugepages.Slice[byte](max(size, 0) + 512)
	for {
		n, err := from.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if tooLarge := checkSize(name, len(data), opt); tooLarge != nil {
			return nil, tooLarge
		}
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
}

package contract

import "context"

// Options are the limits of loading and the access to other files. The zero Options has the default
// limits and no other files.
type Options struct {
	MaxBytes  int // of one file; MaxBytes when 0
	MaxDepth  int // levels of nesting; MaxDepth when 0
	MaxValues int // values in one file; MaxValues when 0
	MaxFiles  int // files that one document reaches; 1000 when 0
	MaxChain  int // references to references in a row; 100 when 0

	// ConvertSwagger converts a Swagger 2.0 description to OpenAPI 3.0; otherwise it is rejected,
	// because the user expects OpenAPI 3.
	ConvertSwagger bool

	// Version replaces info.version of the file; empty: the file's value is used.
	Version string

	// SHA256 is the digest of the canonical form, where the data is that form and has its own version; empty: it is computed.
	SHA256 string

	// AllowDangling lets references pass that do not resolve; Document.Dangling lists them.
	AllowDangling bool

	// ReadFile reads a file that a reference names: a slash-separated path below the folder of the
	// root document. It must reject links that leave that folder. Nil rejects all references to
	// files.
	ReadFile func(ctx context.Context, path string) ([]byte, error)

	// AllowRemote lets references name https URLs, which Fetch reads. Plain http is never read.
	AllowRemote bool
	// AllowPrivate lets URLs lead to private and loopback addresses.
	AllowPrivate bool
	Fetch        func(ctx context.Context, url string) ([]byte, error)
}

func orDefault(v, standard int) int {
	if v > 0 {
		return v
	}
	return standard
}

// MaxBytes, MaxDepth and MaxValues are the default limits of one file.
const (
	MaxBytes  = 64 << 20
	MaxDepth  = 1000
	MaxValues = 5_000_000
)

// headroom is how many times larger than one source file a canonical form may be that is read back: it is laid out, and it holds the
// files that its source refers to.
const headroom = 4

// ReadBack are the options for the canonical form of a document that was accepted under the default limits.
func ReadBack() Options {
	return Options{MaxBytes: headroom * MaxBytes, MaxDepth: headroom * MaxDepth, MaxValues: headroom * MaxValues, AllowDangling: true}
}

func (o Options) maxBytes() int  { return orDefault(o.MaxBytes, MaxBytes) }
func (o Options) maxDepth() int  { return orDefault(o.MaxDepth, MaxDepth) }
func (o Options) maxValues() int { return orDefault(o.MaxValues, MaxValues) }
func (o Options) maxFiles() int  { return orDefault(o.MaxFiles, 1000) }
func (o Options) maxChain() int  { return orDefault(o.MaxChain, 100) }

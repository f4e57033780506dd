package contract

import "context"

// Options are the limits of loading and the access to other files. The zero Options has the default
// limits and no other files.
type Options struct {
	MaxBytes  int // of one file; 64 MiB when 0
	MaxDepth  int // levels of nesting; 1000 when 0
	MaxValues int // values in one file; 5 million when 0
	MaxFiles  int // files that one document reaches; 1000 when 0
	MaxChain  int // references to references in a row; 100 when 0

	// ConvertSwagger converts a Swagger 2.0 description to OpenAPI 3.0; otherwise it is rejected,
	// because the user expects OpenAPI 3.
	ConvertSwagger bool

	// Version replaces info.version of the file; empty: the file's value is used.
	Version string

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

func (o Options) maxBytes() int  { return orDefault(o.MaxBytes, 64<<20) }
func (o Options) maxDepth() int  { return orDefault(o.MaxDepth, 1000) }
func (o Options) maxValues() int { return orDefault(o.MaxValues, 5_000_000) }
func (o Options) maxFiles() int  { return orDefault(o.MaxFiles, 1000) }
func (o Options) maxChain() int  { return orDefault(o.MaxChain, 100) }

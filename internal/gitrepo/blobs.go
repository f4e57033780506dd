package gitrepo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Blobs reads objects in one git process and hands each to use, in the order of names, with the name it was asked
// by. A name is a blob id or COMMIT:PATH. The bytes belong to use. The first error ends the reading.
func (r Repo) Blobs(ctx context.Context, names []string, use func(name string, data []byte) error) error {
	if len(names) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := r.Run(ctx, Command{
			Dir: r.Dir, Args: []string{"cat-file", "--batch"},
			Stdin: strings.NewReader(strings.Join(names, "\n") + "\n"), Stdout: in,
		})
		in.CloseWithError(err)
		done <- known(err)
	}()
	err := readBatch(bufio.NewReaderSize(out, 1<<16), names, r.most(), use)
	if err != nil {
		cancel()
	}
	out.CloseWithError(errors.Join(err, io.ErrClosedPipe))
	if ended := <-done; err == nil || (ended != nil && errors.Is(err, errTorn)) {
		return ended
	}
	return err
}

// errTorn is an answer of git that ends early: git's own error says more.
var errTorn = errors.New("git cat-file ended early")

// readBatch reads the answers of "git cat-file --batch": "<id> blob <size>\n<bytes>\n" for each name.
func readBatch(in *bufio.Reader, names []string, most int64, use func(string, []byte) error) error {
	for _, name := range names {
		head, err := in.ReadString('\n')
		if err != nil {
			return fmt.Errorf("%w: %w", errTorn, err)
		}
		head = strings.TrimSuffix(head, "\n")
		fields := strings.Fields(head)
		switch {
		case strings.HasSuffix(head, " missing"), strings.HasSuffix(head, " ambiguous"):
			return fmt.Errorf("%s: %w", name, ErrNoFile)
		case len(fields) != 3:
			return fmt.Errorf("git cat-file: unexpected answer %q", head)
		case fields[1] != "blob":
			return fmt.Errorf("%s is a %s, not a file: %w", name, fields[1], ErrNoFile)
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size < 0 {
			return fmt.Errorf("git cat-file: unexpected answer %q", head)
		}
		if size > most {
			return fmt.Errorf("%s is larger than %d bytes", name, most)
		}
		data := make([]byte, size+1) // and the newline behind it
		if _, err := io.ReadFull(in, data); err != nil {
			return fmt.Errorf("%w: %w", errTorn, err)
		}
		if err := use(name, data[:size:size]); err != nil {
			return err
		}
	}
	return nil
}

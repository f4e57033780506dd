// Package packed keeps many small files in the program, compressed as one: the cases of the rules, which repeat each other, take a thirtieth of
// their size.
package packed

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"sync"
	"testing/fstest"
)

// Files are packed files. They are unpacked when the first of them is read.
type Files struct{ all func() fstest.MapFS }

// Open gives access to what Pack has written. The bytes are part of the program: broken ones panic at the first access.
func Open(data []byte) Files {
	return Files{sync.OnceValue(func() fstest.MapFS { return unpack(data) })}
}

// Open opens a file or a folder.
func (f Files) Open(name string) (fs.File, error) { return f.all().Open(name) }

// ReadFile reads a file.
func (f Files) ReadFile(name string) ([]byte, error) { return f.all().ReadFile(name) }

// Pack compresses files, by their names: for each its name and its bytes, each after its length.
func Pack(files fs.FS, names []string) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		for _, part := range [][]byte{[]byte(name), data} {
			if _, err := w.Write(append(binary.AppendUvarint(nil, uint64(len(part))), part...)); err != nil {
				return nil, err
			}
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

func unpack(data []byte) fstest.MapFS {
	files := fstest.MapFS{}
	if len(data) == 0 { // before they are packed for the first time
		return files
	}
	r := bufio.NewReader(flate.NewReader(bytes.NewReader(data)))
	for {
		name, err := part(r)
		if errors.Is(err, io.EOF) {
			return files
		}
		text, err2 := part(r)
		if err != nil || err2 != nil {
			panic("the packed files are broken") // the tests read them all
		}
		files[string(name)] = &fstest.MapFile{Data: text, Mode: 0o444}
	}
}

func part(r *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	data := make([]byte, n)
	_, err = io.ReadFull(r, data)
	return data, err
}

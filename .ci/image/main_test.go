package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// unpack reads a tar archive into memory; the headers are checked for what would differ between two machines.
func unpack(t *testing.T, data []byte, at int64) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.ModTime.Unix() != at || h.Uname+h.Gname != "" || h.Uid != 0 && h.Uid != user {
			t.Errorf("%s: %v, owner %d %q", h.Name, h.ModTime, h.Uid, h.Uname)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// TestImage: the same inputs give the same bytes, every reference leads to a blob of its digest and size, and nothing but the program and
// the certificates is in it.
func TestImage(t *testing.T) {
	dir := t.TempDir()
	var made [2][]byte
	for i, name := range []string{"first.tar", "second.tar"} {
		args := []string{filepath.Join(dir, name), "1.2.3", "0123abc", "1700000000"}
		for _, arch := range []string{"amd64", "arm64"} {
			program := filepath.Join(dir, arch)
			if err := os.WriteFile(program, []byte("program for "+arch), 0o644); err != nil {
				t.Fatal(err)
			}
			args = append(args, arch+"="+program)
		}
		if err := run(args); err != nil {
			t.Fatal(err)
		}
		made[i], _ = os.ReadFile(args[0])
	}
	if !bytes.Equal(made[0], made[1]) {
		t.Error("the same inputs, and other bytes")
	}
	files := unpack(t, made[0], 1700000000)
	read := func(d descriptor, to any) []byte {
		data := files["blobs/sha256/"+d.Digest[len("sha256:"):]]
		if digest(data) != d.Digest || len(data) != d.Size {
			t.Fatalf("%+v leads to %d bytes of %s", d, len(data), digest(data))
		}
		if to != nil {
			if err := json.Unmarshal(data, to); err != nil {
				t.Fatal(err)
			}
		}
		return data
	}
	var top, index list
	if err := json.Unmarshal(files["index.json"], &top); err != nil || len(top.Manifests) != 1 {
		t.Fatal(err, top)
	}
	read(top.Manifests[0], &index)
	if len(index.Manifests) != 2 {
		t.Fatalf("%d platforms", len(index.Manifests))
	}
	for _, m := range index.Manifests {
		var manifest list
		var c config
		read(m, &manifest)
		read(*manifest.Config, &c)
		if c.Config.User != "65532:65532" || c.Architecture != m.Platform.Architecture || c.OS != "linux" {
			t.Errorf("%+v for %+v", c, m.Platform)
		}
		z, err := gzip.NewReader(bytes.NewReader(read(manifest.Layers[0], nil)))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil || digest(plain) != c.RootFS.DiffIDs[0] {
			t.Errorf("the layer is %s, not %s: %v", digest(plain), c.RootFS.DiffIDs[0], err)
		}
		layer := unpack(t, plain, 1700000000)
		if got := string(layer["usr/local/bin/govctl"]); got != "program for "+m.Platform.Architecture {
			t.Errorf("%s: the program is %q", m.Platform.Architecture, got)
		}
		if n := bytes.Count(layer["etc/ssl/certs/ca-certificates.crt"], []byte("-----BEGIN CERTIFICATE-----")); n < 100 {
			t.Errorf("%d certificates", n)
		}
		regular := 0
		for name, data := range layer {
			if len(data) > 0 {
				regular++
			} else if name[len(name)-1] != '/' {
				t.Errorf("%s is empty", name)
			}
		}
		if regular != 2 {
			t.Errorf("%d files", regular)
		}
	}
	if run([]string{"x", "1", "2", "soon", "amd64=x"}) == nil || run([]string{"x", "1", "2", "3", "amd64"}) == nil || run(nil) == nil {
		t.Error("wrong arguments are taken")
	}
}

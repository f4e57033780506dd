// The container image of a release: one file, the archive of an OCI layout, with nothing in it but the program and the root certificates. It
// is written without a daemon and without a registry; the same inputs give the same bytes.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user and group of the program. Nobody else has this number, which other images without a shell use, too.
const user = 65532

const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// descriptor refers to a blob.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

// list is an index of images, or the manifest of one.
type list struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Config        *descriptor       `json:"config,omitempty"`
	Layers        []descriptor      `json:"layers,omitempty"`
	Manifests     []descriptor      `json:"manifests,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// config says how a container starts.
type config struct {
	Created string `json:"created"`
	platform
	Config struct {
		User       string
		Env        []string
		Entrypoint []string
		WorkingDir string
		Labels     map[string]string
	} `json:"config"`
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []struct {
		Created   string `json:"created"`
		CreatedBy string `json:"created_by"`
	} `json:"history"`
}

// image collects blobs by their digest.
type image struct {
	blobs  map[string][]byte
	at     time.Time
	labels map[string]string
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("usage: image FILE VERSION COMMIT UNIX-TIME ARCHITECTURE=PROGRAM...")
	}
	seconds, err := strconv.ParseInt(args[3], 10, 64)
	if err != nil {
		return fmt.Errorf("the time of the commit: %w", err)
	}
	im := &image{blobs: map[string][]byte{}, at: time.Unix(seconds, 0).UTC(), labels: map[string]string{
		"org.opencontainers.image.title": "govctl", "org.opencontainers.image.version": args[1], "org.opencontainers.image.revision": args[2],
		"org.opencontainers.image.source": "https://github.com/romel/govctl", "org.opencontainers.image.licenses": "MIT",
		"org.opencontainers.image.created": time.Unix(seconds, 0).UTC().Format(time.RFC3339),
	}}
	roots := certificates()
	index := list{SchemaVersion: 2, MediaType: typeIndex, Annotations: im.labels}
	for _, arg := range args[4:] {
		arch, name, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("%q is not ARCHITECTURE=PROGRAM", arg)
		}
		program, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the program: %w", err)
		}
		one, err := im.add(arch, program, roots)
		if err != nil {
			return err
		}
		index.Manifests = append(index.Manifests, one)
	}
	top, err := im.blob(typeIndex, index)
	if err != nil {
		return err
	}
	top.Annotations = map[string]string{"org.opencontainers.image.ref.name": args[1]}
	return im.write(args[0], top)
}

// certificates are the roots of Mozilla's program as Go carries them, without those that are trusted under a condition: a file of
// certificates cannot state one.
func certificates() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer takes everything
		}
	}
	return b.Bytes()
}

// add makes the image of one platform.
func (im *image) add(arch string, program, roots []byte) (descriptor, error) {
	plain, err := im.layer(program, roots)
	if err != nil {
		return descriptor{}, err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(plain)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return descriptor{}, fmt.Errorf("compress the layer: %w", err)
	}
	created := im.at.Format(time.RFC3339)
	c := config{Created: created, platform: platform{arch, "linux"}}
	c.Config.User = fmt.Sprintf("%d:%d", user, user)
	c.Config.Env = []string{"PATH=/usr/local/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"}
	c.Config.Entrypoint, c.Config.WorkingDir, c.Config.Labels = []string{"/usr/local/bin/govctl"}, "/work", im.labels
	c.RootFS.Type, c.RootFS.DiffIDs = "layers", []string{digest(plain)}
	c.History = append(c.History, struct {
		Created   string `json:"created"`
		CreatedBy string `json:"created_by"`
	}{created, "govctl release"})
	of, err := im.blob(typeConfig, c)
	if err != nil {
		return descriptor{}, err
	}
	m := list{SchemaVersion: 2, MediaType: typeManifest, Config: &of, Layers: []descriptor{im.keep(typeLayer, packed.Bytes())}}
	d, err := im.blob(typeManifest, m)
	d.Platform = &platform{arch, "linux"}
	return d, err
}

// layer is the file system: two files and the folders that they are in, /work for a mounted folder and /tmp for a mounted one, too.
func (im *image) layer(program, roots []byte) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range []struct {
		name string
		mode int64
		data []byte
		uid  int
	}{
		{name: "etc/", mode: 0o755}, {name: "etc/ssl/", mode: 0o755}, {name: "etc/ssl/certs/", mode: 0o755},
		{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, data: roots},
		{name: "tmp/", mode: 0o1777},
		{name: "usr/", mode: 0o755}, {name: "usr/local/", mode: 0o755}, {name: "usr/local/bin/", mode: 0o755},
		{name: "usr/local/bin/govctl", mode: 0o755, data: program},
		{name: "work/", mode: 0o755, uid: user},
	} {
		if err := im.entry(w, f.name, f.mode, f.uid, f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// entry writes a file, or the folder whose name ends with a slash.
func (im *image) entry(w *tar.Writer, name string, mode int64, owner int, data []byte) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Uid: owner, Gid: owner, Size: int64(len(data)), ModTime: im.at, Format: tar.FormatUSTAR}
	if strings.HasSuffix(name, "/") {
		h.Typeflag = tar.TypeDir
	}
	err := w.WriteHeader(h)
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (im *image) keep(mediaType string, data []byte) descriptor {
	d := digest(data)
	im.blobs[d] = data
	return descriptor{MediaType: mediaType, Digest: d, Size: len(data)}
}

func (im *image) blob(mediaType string, value any) (descriptor, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return descriptor{}, fmt.Errorf("%s: %w", mediaType, err)
	}
	return im.keep(mediaType, data), nil
}

// write archives the layout.
func (im *image) write(name string, top descriptor) error {
	index, err := json.Marshal(list{SchemaVersion: 2, MediaType: typeIndex, Manifests: []descriptor{top}})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	files := map[string][]byte{"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`), "index.json": index, "blobs/": nil, "blobs/sha256/": nil}
	for d, data := range im.blobs {
		files["blobs/sha256/"+strings.TrimPrefix(d, "sha256:")] = data
	}
	names := make([]string, 0, len(files))
	for file := range files {
		names = append(names, file)
	}
	sort.Strings(names)
	for _, file := range names {
		mode := int64(0o644)
		if strings.HasSuffix(file, "/") {
			mode = 0o755
		}
		if err := im.entry(w, file, mode, 0, files[file]); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, &b)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}

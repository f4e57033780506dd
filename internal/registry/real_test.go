package registry_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/registry"
)

// tool is the path of a program of Debian. Without it the test is skipped, and fails where CI requires it.
func tool(t *testing.T, name string) string {
	t.Helper()
	found, err := exec.LookPath(name)
	if err != nil && os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is not installed and GOVCTL_REQUIRE_TOOLS=1", name)
	}
	if err != nil {
		t.Skipf("%s is not installed; GOVCTL_REQUIRE_TOOLS=1 makes this a failure", name)
	}
	return found
}

// debianRegistry starts Debian's docker-registry on a free port, and is its host.
func debianRegistry(t *testing.T) string {
	t.Helper()
	program := tool(t, "docker-registry")
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yml")
	text := fmt.Sprintf("version: 0.1\nlog: {level: info}\nstorage: {filesystem: {rootdirectory: %q}}\nhttp: {addr: \"127.0.0.1:0\"}\n", filepath.Join(dir, "data"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "serve", config)
	log, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	listening := make(chan string, 1)
	go func() {
		defer close(listening)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if m := address.FindString(lines.Text()); m != "" {
				select {
				case listening <- m:
				default: // the rest of the log is read and dropped
				}
			}
		}
	}()
	select {
	case host, ok := <-listening:
		if !ok {
			t.Fatal("docker-registry ended")
		}
		return host
	case <-time.After(time.Minute):
		t.Fatal("docker-registry does not say where it listens")
	}
	return ""
}

// address is where a registry says that it listens.
var address = regexp.MustCompile(`127\.0\.0\.1:[1-9][0-9]*`)

// TestRealRegistry compares the digests of Debian's registry with those that skopeo and sha256 find.
func TestRealRegistry(t *testing.T) {
	skopeo := tool(t, "skopeo")
	host := debianRegistry(t)
	put(t, host, "base/python", "3.11", index(t, "abc", "amd64", "arm64"))
	put(t, host, "one", "1", image(t, "def", "amd64"))
	for _, c := range []struct {
		path, tag, revision string
		platforms           []string
	}{{"base/python", "3.11", "abc", []string{"linux/amd64", "linux/arm64"}}, {"one", "1", "def", nil}} {
		raw, err := exec.Command(skopeo, "inspect", "--raw", "--tls-verify=false", "docker://"+host+"/"+c.path+":"+c.tag).Output()
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		want := "sha256:" + hex.EncodeToString(sum[:])
		repository := registry.Repository{Registry: host, Path: c.path}
		for _, reference := range []string{c.tag, want} {
			d, err := client(nil).Describe(context.Background(), repository, reference)
			if err != nil || d.Digest != want || d.Revision != c.revision || !slices.Equal(d.Platforms, c.platforms) || d.Size == 0 {
				t.Errorf("%s: %+v, %v; skopeo has %s", reference, d, err, want)
			}
		}
	}
	_, err := client(nil).Digest(context.Background(), registry.Repository{Registry: host, Path: "none"}, "1")
	if err == nil || !strings.Contains(err.Error(), registry.ErrNotFound.Error()) {
		t.Error(err)
	}
}

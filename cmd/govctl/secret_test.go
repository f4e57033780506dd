package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// spellings are the forms in which a secret could come to light.
func spellings(seed []byte) map[string][]byte {
	whole := ed25519.NewKeyFromSeed(seed)
	return map[string][]byte{
		"raw":              seed,
		"base64":           []byte(base64.RawStdEncoding.EncodeToString(seed)),
		"URL base64":       []byte(base64.RawURLEncoding.EncodeToString(seed)),
		"hex":              []byte(hex.EncodeToString(seed)),
		"HEX":              []byte(strings.ToUpper(hex.EncodeToString(seed))),
		"base64 of both":   []byte(base64.RawStdEncoding.EncodeToString(whole)),
		"hex of both":      []byte(hex.EncodeToString(whole)),
		"words of a trace": []byte("0x" + hex.EncodeToString([]byte{seed[7], seed[6], seed[5], seed[4], seed[3], seed[2], seed[1], seed[0]})),
	}
}

// TestTheKeyStaysSecret runs every command that reads the private key, in good and in bad order, and looks for the key in all that
// they print and write, in what they hand to other programs, and in the trace of a crash.
func TestTheKeyStaysSecret(t *testing.T) {
	seed := make([]byte, ed25519.SeedSize)
	for i := range seed {
		seed[i] = byte(0x61 + 5*i)
	}
	secret := base64.StdEncoding.EncodeToString(seed)
	bin := filepath.Join(t.TempDir(), "govctl")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	keys, dir := t.TempDir(), t.TempDir() // only dir is searched: keys holds the secret by intent
	other, err := exec.CommandContext(t.Context(), bin, "key", "new").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, other, _ = bytes.Cut(other, []byte("seed_base64: "))
	other, _, _ = bytes.Cut(other, []byte("\n"))
	for name, text := range map[string]string{
		filepath.Join(keys, "good"):     secret,
		filepath.Join(keys, "next"):     string(other),
		filepath.Join(keys, "short"):    secret[:40],
		filepath.Join(keys, "spare"):    secret[:42] + string(secret[42]+1) + "=",
		filepath.Join(keys, "json"):     `{"seed_base64": "` + secret + `", "public_key_base64": "AAAA"}`,
		filepath.Join(keys, "torn"):     `{"seed_base64": "` + secret,
		filepath.Join(keys, "open"):     secret,
		filepath.Join(dir, "api.json"):  `{"openapi": "3.1.0", "info": {"title": "t", "version": "1.0.0"}, "paths": {}}`,
		filepath.Join(dir, "file.yaml"): "project: t\ncontract: {source: api.json}\n",
		filepath.Join(dir, "dump.yaml"): "project: t\ncontract: {source: \"cmd:env > dump; env 1>&2; env; exit 1\"}\n",
		filepath.Join(dir, "slow.yaml"): "project: t\ncontract: {source: \"cmd:sleep 300\"}\n",
	} {
		mode := fs.FileMode(0o600)
		if strings.HasSuffix(name, "open") {
			mode = 0o644
		}
		if err := os.WriteFile(name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	search := func(where string, b []byte) {
		t.Helper()
		for form, needle := range spellings(seed) {
			if bytes.Contains(b, needle) {
				t.Errorf("%s contains the key (%s)", where, form)
			}
		}
	}
	run := func(env string, args ...string) {
		t.Helper()
		c := exec.CommandContext(t.Context(), bin, args...)
		c.Dir, c.Env = dir, append(os.Environ(), "GOV_SIGNING_PRIVATE_KEY="+env)
		out, _ := c.CombinedOutput() // failing is part of the test
		search(strings.Join(args, " "), out)
	}
	key := func(name string) string { return filepath.Join(keys, name) }
	run(secret, "run", "--config", "file.yaml")
	if _, err := os.Stat(filepath.Join(dir, "governance/status/checksums-signature.json")); err != nil {
		t.Fatalf("the run did not sign: %v", err)
	}
	run(secret, "run", "--config", "dump.yaml")
	if _, err := os.Stat(filepath.Join(dir, "dump")); err != nil {
		t.Fatalf("the command of the configuration did not run: %v", err)
	}
	for _, args := range [][]string{
		{"checksums", "write"}, {"sign"}, {"sign", "--trusted-keys", "none.json"}, {"verify"}, {"verify", "--format", "json"}, {"key", "show"}, {"key", "show", "--json"},
		{"key", "rotate", "--new-key-file", key("next"), "--reason", "r", "--trusted-keys", "trusted.json"},
		{"key", "rotate", "--new-key-file", key("good"), "--reason", "r"},
		{"key", "revoke", secret, "--trusted-keys", "trusted.json"}, {"verify", "--public-key", secret}, // a seed where a key is wanted
		{"sign", "--key-file", key("good"), "--also-key-file", key("next")},
		{"sign", "--key-file", key("short")}, {"sign", "--key-file", key("spare")}, {"sign", "--key-file", key("json")},
		{"sign", "--key-file", key("torn")}, {"sign", "--key-file", key("open")},
		{"verify", "--public-key", "govctl.yaml"}, {"sign", "--out", "nowhere"}, {"run", "--config", "nowhere.yaml"},
	} {
		run(secret, args...)
	}
	for _, wrong := range []string{secret[:40], secret + "A", secret + "\n" + secret, "{" + secret, hex.EncodeToString(seed), string(bytes.ReplaceAll(seed, []byte{0}, nil))} {
		run(wrong, "sign")
		run(wrong, "key", "show")
		run(wrong, "run", "--config", "file.yaml")
	}
	if runtime.GOOS != "windows" { // which has no such signal
		search("the trace of a crash", crash(t, bin, dir, secret))
	}

	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		search(p, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// crash ends a run in the middle with the signal on which the Go runtime prints every stack.
func crash(t *testing.T, bin, dir, secret string) []byte {
	t.Helper()
	trace, err := os.Create(filepath.Join(t.TempDir(), "trace")) // a pipe would be held by the child that sleeps
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = trace.Close() }()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	c := exec.CommandContext(ctx, bin, "run", "--config", "slow.yaml", "--out", "crashed")
	c.Dir, c.Env = dir, append(os.Environ(), "GOV_SIGNING_PRIVATE_KEY="+secret, "GOTRACEBACK=system")
	c.Stdout, c.Stderr = trace, trace
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(dir, "crashed", ".govctl-run.lock")
	for ctx.Err() == nil { // the lock is taken after the key was read
		if _, err := os.Stat(lock); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := c.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	out, err := os.ReadFile(trace.Name())
	if err != nil || !bytes.Contains(out, []byte("goroutine ")) {
		t.Fatalf("no trace: %v\n%s", err, out)
	}
	return out
}

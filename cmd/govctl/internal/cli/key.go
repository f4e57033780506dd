package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

func keyCommand(a *app) *cobra.Command {
	return group("key", "Create, show, rotate and revoke signing keys", keyNew(a), keyShow(a), keyRotate(a), keyRevoke(a))
}

func keyNew(a *app) *cobra.Command {
	var asJSON bool
	var format string
	c := command("new", "Generate a key pair and print it with its seed", cobra.NoArgs, func(context.Context, []string) error {
		pair, err := integrity.NewKey(rand.Reader)
		if err != nil {
			return err
		}
		if asJSON || format == "json" {
			return a.printJSON(pair)
		}
		_, err = fmt.Fprintf(a.Stdout, "seed_base64: %s\npublic_key_base64: %s\nkey_id: %s\nfingerprint: %s\n",
			pair.SeedBase64, pair.PublicKeyBase64, pair.KeyID, pair.Fingerprint)
		return err
	})
	c.Long = "Generate a key pair and print it. The seed is the secret: put it into " + seedVariable + ", or keep the output of\n" +
		"`(umask 077; govctl key new --json > key.json)` as --key-file. The public key is what verifiers need."
	c.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	textOrJSON(c, &format)
	return c
}

func keyShow(a *app) *cobra.Command {
	var file string
	var asJSON bool
	var format string
	c := command("show", "Print the id, fingerprint and public key of the signing key", cobra.NoArgs, func(context.Context, []string) error {
		key, err := a.needKey(file)
		if err != nil {
			return err
		}
		info := key.Public().Info()
		if asJSON || format == "json" {
			return a.printJSON(info)
		}
		_, err = fmt.Fprintf(a.Stdout, "key_id: %s\nfingerprint: %s\npublic_key_base64: %s\n", info.KeyID, info.Fingerprint, info.PublicKeyBase64)
		return err
	})
	c.Flags().StringVar(&file, "key-file", "", "read the private key from this `file` of mode 0600 (default: "+seedVariable+")")
	c.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	textOrJSON(c, &format)
	return c
}

func (a *app) needKey(file string) (integrity.PrivateKey, error) {
	key, found, err := a.privateKey(file)
	if err == nil && !found {
		err = usage("no signing key: %s is not set and there is no --key-file", seedVariable).hint("govctl key new makes a key")
	}
	return key, err
}

// rotateFlags are the flags of `key rotate`.
type rotateFlags struct {
	keyFile, newKeyFile, reason, trusted string
	overlap                              time.Duration
}

func keyRotate(a *app) *cobra.Command {
	var f rotateFlags
	c := command("rotate", "Rotate the signing key: the old key signs the new one", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.rotateKey(ctx, f)
	})
	c.Long = "Print the record that transfers trust from the signing key to a new key, signed by both, and add it to the list of trusted keys, where\n" +
		"the new key becomes active and the old one ends after the overlap. docs/key-rotation.md describes the procedure."
	s := c.Flags()
	s.StringVar(&f.keyFile, "key-file", "", "read the old private key from this `file` of mode 0600 (default: "+seedVariable+")")
	s.StringVar(&f.newKeyFile, "new-key-file", "", "read the new private key from this `file` of mode 0600")
	s.StringVar(&f.reason, "reason", "", "why the key is changed, for the record")
	s.StringVar(&f.trusted, "trusted-keys", "", "list of trusted keys to add the record to, a `file` (default: sign.public_keys)")
	s.DurationVar(&f.overlap, "overlap", 0, "how long the old key may still sign, like 720h")
	for _, name := range []string{"new-key-file", "reason"} {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err) // the flag was added above
		}
	}
	return c
}

func (a *app) rotateKey(ctx context.Context, f rotateFlags) error {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	old, err := a.needKey(f.keyFile)
	if err != nil {
		return err
	}
	next, err := keyFromFile(f.newKeyFile)
	if err != nil {
		return err
	}
	record, err := integrity.Rotate(old, next, now(), f.reason)
	if err != nil {
		return usage("%w", err)
	}
	file, err := a.trustedFile(ctx, f.trusted)
	if err != nil {
		return err
	}
	if file != "" {
		if err := a.editTrusted(file, func(list report.TrustedKeys) (report.TrustedKeys, error) {
			return integrity.HandOver(list, record, now().Add(f.overlap)), nil
		}); err != nil {
			return err
		}
		fmt.Fprintf(a.notes(), "govctl: %s: key %s transfers trust to %s\n", file, old.Public().ID(), next.Public().ID())
	}
	return a.printJSON(record)
}

func keyRevoke(a *app) *cobra.Command {
	var trusted, reason string
	c := command("revoke KEY", "Mark a key as revoked in the list of trusted keys", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		file, err := a.trustedFile(ctx, trusted)
		if err != nil {
			return err
		}
		if file == "" {
			return usage("no list of trusted keys: there is no --trusted-keys and sign.public_keys is not set")
		}
		if err := a.notTheSeed(args[0]); err != nil {
			return err
		}
		var key integrity.PublicKey
		err = a.editTrusted(file, func(list report.TrustedKeys) (out report.TrustedKeys, err error) {
			out, key, err = integrity.Revoke(list, args[0], reason)
			return out, err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.Stdout, "revoked %s in %s\n", key.ID(), file)
		return err
	})
	c.Long = "Mark a key as revoked in the list of trusted keys: nothing that it ever signed verifies any more. KEY is a key id of the list,\n" +
		"or a public key, which is added as revoked where the list lacks it."
	c.Flags().StringVar(&trusted, "trusted-keys", "", "list of trusted keys, a `file` (default: sign.public_keys)")
	c.Flags().StringVar(&reason, "reason", "", "why, for the list")
	return c
}

// notTheSeed refuses a private key where a public one is wanted: both are 32 bytes, and a public key is published.
func (a *app) notTheSeed(text string) error {
	if seed := strings.TrimSpace(a.Getenv(seedVariable)); seed != "" && strings.TrimSpace(text) == seed {
		return usage("this is the private key of %s, not a public key", seedVariable).hint("govctl key show prints the public key; take the seed out of your shell's history")
	}
	return nil
}

// editTrusted changes a list of trusted keys, which begins empty where there is none.
func (a *app) editTrusted(file string, change func(report.TrustedKeys) (report.TrustedKeys, error)) (err error) {
	list := report.TrustedKeys{Schema: integrity.TrustedSchema}
	data, err := a.readInput(file)
	switch {
	case err == nil:
		if list, err = integrity.EditTrusted(file, data); err != nil {
			return integrityError(err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if list, err = change(list); err != nil {
		return usage("%s: %w", file, err)
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	store, _, err := artifact.Open(filepath.Dir(file), now, time.Minute)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.JSON(filepath.Base(file), list)
}

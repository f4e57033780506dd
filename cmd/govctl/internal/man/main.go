// The man pages of a release: one for each command, into the folder that is named.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
	"github.com/romel/govctl/cmd/govctl/internal/manual"
)

func main() {
	if len(os.Args) != 2 { //nolint:forbidigo // a main
		fmt.Fprintln(os.Stderr, "usage: man FOLDER") //nolint:forbidigo // a main
		os.Exit(2)                                   //nolint:forbidigo // a main
	}
	if err := write(os.Args[1]); err != nil { //nolint:forbidigo // a main
		fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // a main
		os.Exit(3)                   //nolint:forbidigo // a main
	}
}

func write(dir string) error {
	err := os.MkdirAll(dir, 0o755) //nolint:forbidigo // a program of its own
	all := manual.Entries(cli.Root())
	for _, e := range all {
		if err == nil {
			name := strings.ReplaceAll(e.Path, " ", "-") + ".1"
			err = os.WriteFile(filepath.Join(dir, name), []byte(manual.Man(e, all[0].Flags)), 0o644) //nolint:forbidigo // a program of its own
		}
	}
	return err
}

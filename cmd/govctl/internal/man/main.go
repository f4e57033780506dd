// The man pages of a release: one for each command, into the folder that is named. It is no part of govctl, so that the renderer
// of the pages is not either.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra/doc"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
)

func main() {
	if len(os.Args) != 2 { //nolint:forbidigo // a main
		fmt.Fprintln(os.Stderr, "usage: man FOLDER") //nolint:forbidigo // a main
		os.Exit(2)                                   //nolint:forbidigo // a main
	}
	date := time.Unix(0, 0).UTC()         // fixed, so that a release can be built twice
	err := os.MkdirAll(os.Args[1], 0o755) //nolint:forbidigo // a main
	if err == nil {
		err = doc.GenManTree(cli.Root(), &doc.GenManHeader{Section: "1", Source: "govctl", Manual: "govctl", Date: &date}, os.Args[1]) //nolint:forbidigo // a main
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // a main
		os.Exit(3)                   //nolint:forbidigo // a main
	}
}

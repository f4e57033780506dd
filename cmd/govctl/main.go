// Command govctl governs an API contract and an alert taxonomy from CI.
package main

import (
	"io"
	"log"
	"os"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
)

func main() {
	log.SetOutput(io.Discard) // net/http prints there what a server sent when nobody asked, up to 16 KiB of it
	os.Exit(cli.Main(cli.World(), os.Args[1:]))
}

// Command govctl governs an API contract and an alert taxonomy from CI.
package main

import (
	"os"

	"github.com/romel/govctl/cmd/govctl/internal/cli"
)

func main() { os.Exit(cli.Main(cli.World(), os.Args[1:])) }

package cli

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker; a plain `go install` leaves it to the module version.
var version = ""

// Version is what govctl calls itself in output and in the manifest.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

func versionCommand(a *app) *cobra.Command {
	var format string
	c := command("version", "Print the version", cobra.NoArgs, func(context.Context, []string) error {
		if format == "json" {
			return a.printJSON(struct {
				Version string `json:"version"`
			}{Version()})
		}
		_, err := fmt.Fprintf(a.Stdout, "govctl %s\n", Version())
		return err
	})
	textOrJSON(c, &format)
	return c
}

package cli

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/render"
)

// formatFlag adds --format, whose help and completion read the one table of formats, and --all, which lifts the limits of the
// forms for people.
func (a *app) formatFlag(c *cobra.Command, format *string) {
	var lines strings.Builder
	for _, name := range render.Names() {
		fmt.Fprintf(&lines, "\n  %-9s %s", name, render.Formats[name].About)
	}
	chooseOf(c, format, "format", "format", "text", "how findings are printed:"+lines.String()+"\n", render.Names())
	c.Flags().BoolVar(&a.all, "all", false, "show every finding with all that is known of it, however many there are")
}

// textOrJSON adds --format to a command that prints one of two forms.
func textOrJSON(c *cobra.Command, format *string) {
	choose(c, format, "format", "text", "what is printed", "text", "json")
}

//go:noinline
func (a *app) tool() render.Tool {
	return render.Tool{Name: "govctl", Version: Version(), URL: "https://github.com/romel/govctl"}
}

// look is how findings are shown: wrapped on a terminal only, since lines that are searched or stored must stay whole.
func (a *app) look() render.Look {
	if !a.Screen {
		return render.Look{All: a.all, More: "--all", Color: a.Colour, Prefix: a.prefix}
	}
	width, err := strconv.Atoi(a.Getenv("COLUMNS"))
	if err != nil || width < 40 {
		width = 100
	}
	return render.Look{All: a.all, More: "--all", Color: a.Colour, Width: width, Prefix: a.prefix}
}

// prefix is the folder of the repository in which we run, with a slash at its end; empty at its top, and outside of one.
func (a *app) prefix() string {
	prefix, err := a.Git().Prefix(context.Background())
	if err != nil {
		return ""
	}
	return prefix
}

// printJSON prints a value as the artifact of its kind would be written.
func (a *app) printJSON(v any) error {
	b, err := artifact.Encode(v)
	if err == nil {
		_, err = a.Stdout.Write(bytes.ReplaceAll(b, []byte("##["), []byte(`##\u005b`))) // the same JSON, and no command of a workflow runner
	}
	return err
}

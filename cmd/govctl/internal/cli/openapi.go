package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/pkg/contract"
)

func openapiCommand(a *app) *cobra.Command {
	return group("openapi", "The API contract: export, diff, rules, waivers", openapiExport(a))
}

func openapiExport(a *app) *cobra.Command {
	var remote bool
	c := command("export SOURCE", "Print the canonical JSON of a contract", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		doc, err := a.reader().Load(ctx, args[0], contract.Options{AllowRemote: remote})
		if err != nil {
			return err
		}
		_, err = a.Stdout.Write(doc.Canonical())
		return err
	})
	c.Long = "Print the canonical JSON of a contract: sorted keys, stable bytes, so that exporting the export changes nothing.\n\n" +
		"SOURCE is a file, - for standard input, an https URL, cmd:COMMAND or git:REV:PATH."
	c.Flags().BoolVar(&remote, "allow-remote-refs", false, "follow $ref to https addresses")
	return c
}

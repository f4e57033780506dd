package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
)

func badgeCommand(a *app) *cobra.Command {
	return group("badge", "List and render badges", badgeList(a), badgeRender(a), badgeWrite(a))
}

func badgeList(a *app) *cobra.Command {
	var format string
	c := command("list", "List the badges in the output folder with their texts", cobra.NoArgs, func(context.Context, []string) error {
		files, err := openDir(a.out)
		if err != nil {
			return usage("%s: %w", a.out, cause(err)).hint("govctl run makes the output folder")
		}
		names, err := badgeNames(files)
		if err != nil {
			return err
		}
		all := map[string]report.Badge{}
		for _, n := range names {
			if all[n], err = artifact.Load[report.Badge](files, n); err != nil {
				return usage("%w", err)
			}
		}
		if format == "json" {
			return a.printJSON(all)
		}
		for _, n := range names {
			b := all[n]
			fmt.Fprintf(a.Stdout, "%-36s  %s: %s (%s)\n", strings.TrimPrefix(n, "status/"), oneLine(b.Label), oneLine(b.Message), oneLine(b.Color))
		}
		return nil
	})
	textOrJSON(c, &format)
	return c
}

// badgeNames are the badges of a folder by path.
func badgeNames(files fs.FS) ([]string, error) {
	m, err := lastManifest(files)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range m.Files {
		if strings.HasPrefix(f.Path, "status/") && pipeline.IsBadge(f.Path) {
			names = append(names, f.Path)
		}
	}
	if _, err := fs.Stat(files, artifact.ChecksumsBadge); err == nil { // made from the manifest, which therefore does not list it
		names = append(names, artifact.ChecksumsBadge)
		slices.Sort(names)
	}
	return names, nil
}

func badgeRender(a *app) *cobra.Command {
	var label, message, color, format string
	c := command("render [NAME]", "Print a badge as SVG or as JSON for Shields", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		b := badge.New(label, message, color)
		switch {
		case len(args) == 1 && message != "":
			return usage("a name and --message exclude each other")
		case len(args) == 1:
			var err error
			if b, err = a.badge(args[0]); err != nil {
				return err
			}
		case message == "":
			return usage("nothing to render").hint("govctl badge list names the badges of the last run; or give --label, --message and --color")
		case !badge.KnownColor(color):
			return usage("unknown colour %q", color).hint("a name of Shields (brightgreen, red), one of CSS (tomato), or #e05d44, rgb(...), hsl(...)")
		}
		if format == "json" {
			return a.printJSON(b)
		}
		_, err := a.Stdout.Write(append(badge.SVG(b), '\n'))
		return err
	})
	c.Long = "Print a badge of the output folder by its name (governance-combined, badge-alerts-total), or one of your own. The SVG matches\n" +
		"badge-maker's flat style byte for byte; no external service is used."
	c.Flags().StringVar(&label, "label", "", "`text` on the left")
	c.Flags().StringVar(&message, "message", "", "`text` on the right")
	c.Flags().StringVar(&color, "color", badge.Blue, "`colour` of the right: a name of Shields or a colour of CSS")
	choose(c, &format, "format", "svg", "what is printed", "svg", "json")
	return c
}

// badge reads a badge of the output folder. The name may leave out what all names have.
func (a *app) badge(name string) (report.Badge, error) {
	files, err := openDir(a.out)
	if err != nil {
		return report.Badge{}, usage("%s: %w", a.out, cause(err)).hint("govctl run makes the output folder")
	}
	name = strings.TrimSuffix(name, ".json")
	for _, n := range []string{name, name + "-badge"} {
		b, err := artifact.Load[report.Badge](files, path.Join("status", n+".json"))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			continue
		}
		if err != nil {
			return b, usage("%w", err)
		}
		return b, nil
	}
	return report.Badge{}, usage("no badge %q in %s", name, a.out).hint("govctl badge list names them")
}

func badgeWrite(a *app) *cobra.Command {
	return command("write", "Copy the badges of the last run to site/ as JSON and SVG", cobra.NoArgs, func(context.Context, []string) (err error) {
		now, err := a.clock(a.now)
		if err != nil {
			return err
		}
		files, err := openDir(a.out)
		if err != nil {
			return usage("%s: %w", a.out, cause(err)).hint("govctl run makes the output folder")
		}
		names, err := badgeNames(files)
		if err != nil {
			return err
		}
		store, _, err := artifact.Open(a.out, now, defaultWait)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		store.Begin("badges")
		all, err := pipeline.PublishBadges(store, names)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.Stdout, "%s in %s\n", counted(len(all), "badge"), path.Join(a.out, "site"))
		return err
	})
}

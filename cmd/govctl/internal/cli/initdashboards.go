package cli

import (
	"context"
	"strings"

	"github.com/romel/govctl/internal/grafana"
	"github.com/romel/govctl/internal/late"
)

// dashboards is the name by which --with asks for Grafana's dashboards, and dashboardFolder where they are written.
const (
	dashboards      = "dashboard"
	dashboardFolder = "grafana/"
)

// dashboarded reports that the dashboards are asked for and that there are figures to show.
func dashboarded(r *repository) bool { return r.has(dashboards) && (r.sourced || r.taxonomy != "") }

// dashboardFiles are the dashboard over governance.prom, and the one over the pages for a repository with a catalogue of alerts.
func dashboardFiles(r *repository) []generated {
	if !dashboarded(r) {
		return nil
	}
	files := []generated{{dashboardFolder + "govctl.json", string(grafana.Prometheus())}}
	if r.taxonomy != "" {
		files = append(files, generated{dashboardFolder + "govctl-pages.json", string(grafana.Pages(r.pages))})
	}
	return files
}

// unknownPages is the address of the pages where the remote does not say it; the dashboard has a field for it.
const unknownPages = "https://OWNER.github.io/REPOSITORY"

var onGitHub = late.Pattern(`github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$`)

// pagesAddress is where GitHub serves the pages of the repository.
func (a *app) pagesAddress(ctx context.Context) string {
	remote, err := a.Git().RemoteURL(ctx, "origin")
	if err != nil {
		return unknownPages // a repository without a remote, or none at all
	}
	found := onGitHub().FindStringSubmatch(remote)
	if found == nil {
		return unknownPages
	}
	return "https://" + strings.ToLower(found[1]) + ".github.io/" + found[2]
}

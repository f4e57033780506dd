package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/internal/resources"
	"github.com/romel/govctl/pkg/report"
)

// resourceFlags are the flags of `trend resources`.
type resourceFlags struct {
	docker, stats     string
	cgroups           []string
	containers        []string
	interval          time.Duration
	jsonl, prom       string
	window            int
	histCPU, histMem  string
	maxMemPct, growth string
	timeout           time.Duration
}

func trendResources(a *app) *cobra.Command {
	var f resourceFlags
	c := a.evidenceCommand("resources", "Sample processor, memory and network of containers, over a window of samples",
		"Take one sample of each running container, append it to a log of JSON lines, and compute figures over the last rows of the log.\n"+
			"The source is the Docker Engine API, unless --cgroup or --stats names another.\n\n"+
			"Nothing fails unless a limit is asked for: --max-mem-pct is of the memory limit of each container, --growth of the memory of the last\n"+
			"third of the window against that of the first, which takes 12 rows of a container since its last start.\n\n"+
			"With --out the log and the figures are written into the folder artifacts below it; the log of the last call there is continued\n"+
			"unless --jsonl names another.",
		cobra.NoArgs, func(ctx context.Context, _ []string) (measurement, error) { return a.sampleResources(ctx, &f) })
	flags := c.Flags()
	flags.StringVar(&f.docker, "docker", "", "`socket` of the Docker Engine API (default: that of DOCKER_HOST, else "+defaultSocket+")")
	flags.StringSliceVar(&f.cgroups, "cgroup", nil, "sample these cgroup v2 `folders` instead")
	flags.StringVar(&f.stats, "stats", "", "read samples from this `file` or - instead: lines of docker stats --format json")
	flags.StringSliceVar(&f.containers, "container", nil, "sample only containers with these `names` or globs")
	flags.DurationVar(&f.interval, "interval", time.Second, "time between the two readings of a cgroup")
	flags.StringVar(&f.jsonl, "jsonl", "", "append the samples to this `file`, and compute figures over it")
	flags.StringVar(&f.prom, "prom", "", "write the figures to this `file` in Prometheus text format")
	flags.IntVar(&f.window, "window", 0, "latest `rows` of all containers (default trend.resources.window)")
	flags.StringVar(&f.histCPU, "hist-cpu", "", "`borders` of a histogram of the processor use, like 0,10,25,50,75,90,100")
	flags.StringVar(&f.histMem, "hist-mem", "", "`borders` of a histogram of the memory use, like 0,25,50,75,90,100")
	flags.StringVar(&f.maxMemPct, "max-mem-pct", "", "most `percent` of its memory limit that a container may use")
	flags.StringVar(&f.growth, "growth", "", "most `percent` by which the memory of a container may grow over the window")
	flags.DurationVar(&f.timeout, "timeout", 2*time.Minute, "how long sampling all containers may take; the API measures each for a second or two")
	return c
}

func (a *app) sampleResources(ctx context.Context, f *resourceFlags) (measurement, error) {
	m := measurement{kind: "resources"}
	o, err := a.resourceOptions(ctx, f)
	if err != nil {
		return m, err
	}
	histograms, err := histogramsOf(f)
	if err != nil {
		return m, err
	}
	file, before, err := a.resourceLog(f)
	if err != nil {
		return m, err
	}
	samples, err := a.samples(ctx, f)
	if err != nil {
		return m.asReason(err)
	}
	clock, err := a.clock(a.now)
	if err != nil {
		return m, err
	}
	log := resources.ReadLog(before, o.Window)
	added := log.Add(samples, report.At(clock()))
	t := resources.Trend(log, len(added), o)
	after, err := resources.Append(before, added)
	if err != nil {
		return m, err
	}
	prom := resourceText(&t, &log, histograms)
	if err := writeAll([]besideFile{{file, after}, {f.prom, prom}}); err != nil {
		return m, err
	}
	for _, c := range t.Containers {
		if c.Current {
			m.subjects = append(m.subjects, report.EvidenceSubject{Name: c.Name})
		}
	}
	m.checks, m.figures, m.detail = resources.Check(&t, o), resources.Figures(&t, mostContainerFigures), t
	m.beside = []besideFile{{artifact.ResourceLogPath, after}, {artifact.ResourcePromPath, prom}}
	m.headline = fmt.Sprintf("%s of %s, %s in the window", counted(len(added), "sample"), counted(len(m.subjects), "container"), counted(t.Rows, "row"))
	return m, nil
}

// mostContainerFigures bounds the containers with figures in the evidence: each figure is a line of its history in every run.
const mostContainerFigures = 50

// writeAll writes files outside of the output folder; those without a name are not asked for.
func writeAll(files []besideFile) error {
	for _, f := range files {
		if f.path == "" {
			continue
		}
		if err := artifact.Replace(f.path, f.data); err != nil {
			return err
		}
	}
	return nil
}

// resourceOptions are the window and the limits.
func (a *app) resourceOptions(ctx context.Context, f *resourceFlags) (resources.Options, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return resources.Options{}, err
	}
	o := resources.Options{Window: cfg.Trend.Resources.Window}
	if f.window != 0 {
		o.Window = f.window
	}
	if o.Window < 1 || o.Window > resources.MaxWindow {
		return o, usage("--window: %d is not a number of rows from 1 to %d", o.Window, resources.MaxWindow)
	}
	for _, limit := range []struct {
		flag, text string
		to         **float64
	}{{"max-mem-pct", f.maxMemPct, &o.MaxMemPct}, {"growth", f.growth, &o.Growth}} {
		if limit.text == "" {
			continue
		}
		var v float64
		if err := parseFloat(limit.text, &v); err != nil {
			return o, usage("--%s: %q %w", limit.flag, limit.text, err)
		}
		*limit.to = &v
	}
	if f.timeout <= 0 {
		return o, usage("--timeout must be more than 0")
	}
	if f.interval < 10*time.Millisecond || f.interval > time.Minute {
		return o, usage("--interval: %s is not from 10ms to 1m", f.interval)
	}
	return o, nil
}

// resourceLog reads the log that is continued; file is where it is written besides the output folder, empty for none.
func (a *app) resourceLog(f *resourceFlags) (file string, data []byte, err error) {
	file = f.jsonl
	from := firstOf(file, filepath.Join(a.out, filepath.FromSlash(artifact.ResourceLogPath)))
	data, err = a.readInput(from)
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil, nil
	}
	return file, data, err
}

// samples takes them from the source that the flags name.
func (a *app) samples(ctx context.Context, f *resourceFlags) (out []resources.Sample, err error) {
	sources := 0
	for _, given := range []bool{f.docker != "", len(f.cgroups) > 0, f.stats != ""} {
		if given {
			sources++
		}
	}
	switch {
	case sources > 1:
		return nil, usage("--docker, --cgroup and --stats are three sources, and one is sampled").hint("leave two of them out")
	case f.stats != "":
		var data []byte
		if data, err = a.readInput(f.stats); err == nil {
			out, err = resources.ParseFile(f.stats, data)
		}
	case len(f.cgroups) > 0:
		out, err = a.sampleCgroups(ctx, f)
	default:
		out, err = a.sampleDocker(ctx, f)
	}
	if err != nil {
		return nil, err
	}
	out = slices.DeleteFunc(out, func(s resources.Sample) bool { return !resources.Matches(f.containers, s.Container) })
	if len(out) == 0 {
		return nil, &unreachable{errors.New("no container is running that could be sampled")}
	}
	return out, nil
}

// defaultSocket is where the Docker Engine listens on Linux.
const defaultSocket = "/var/run/docker.sock"

func (a *app) sampleDocker(ctx context.Context, f *resourceFlags) ([]resources.Sample, error) {
	socket := f.docker
	if host := a.Getenv("DOCKER_HOST"); socket == "" && host != "" {
		rest, ok := strings.CutPrefix(host, "unix://")
		if !ok {
			return nil, usage("DOCKER_HOST names no unix socket").hint("only unix:///PATH is supported; docker stats --format json piped into --stats - works for every host")
		}
		socket = rest
	}
	socket = firstOf(socket, defaultSocket)
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	samples, err := (&resources.Docker{HTTP: socketClient(socket)}).Snapshot(ctx, f.containers)
	if err != nil {
		return nil, &unreachable{fmt.Errorf("%s: %w", socket, err)}
	}
	return samples, nil
}

// socketClient connects to a unix socket and nowhere else: it follows no redirect, and knows no proxy.
func socketClient(socket string) *http.Client {
	var d net.Dialer
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "unix", socket) },
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// sampleCgroups reads each folder twice; its name is that of the container.
func (a *app) sampleCgroups(ctx context.Context, f *resourceFlags) ([]resources.Sample, error) {
	before := make([]resources.Cgroup, len(f.cgroups))
	began := a.Now()
	for i, dir := range f.cgroups {
		var err error
		if before[i], err = readCgroup(dir); err != nil {
			return nil, err
		}
	}
	if err := sleep(ctx, f.interval); err != nil {
		return nil, err
	}
	var out []resources.Sample
	for i, dir := range f.cgroups {
		after, err := readCgroup(dir)
		if err != nil {
			return nil, err
		}
		s, err := after.Sample(filepath.Base(filepath.Clean(dir)), before[i], max(a.Now().Sub(began), f.interval))
		if err != nil {
			return nil, &unreachable{fmt.Errorf("%s: %w", dir, err)}
		}
		out = append(out, s)
	}
	return out, nil
}

// readCgroup reads a folder of the kernel. One that is not there or not a cgroup was not measured.
func readCgroup(dir string) (resources.Cgroup, error) {
	c, err := resources.ReadCgroup(os.DirFS(dir))
	if err != nil {
		return c, &unreachable{fmt.Errorf("%s: %w", dir, err)}
	}
	return c, nil
}

// histogram is one that was asked for.
type histogram struct {
	name, help string
	bounds     []float64
	value      func(*report.ResourceRow) *float64
}

// histogramsOf are those of the flags.
func histogramsOf(f *resourceFlags) (out []histogram, err error) {
	for _, h := range []struct {
		flag, text string
		histogram
	}{
		{"hist-cpu", f.histCPU, histogram{"resource_trend_cpu_pct_window", "Rows of the window by processor use, in percent.", nil, func(r *report.ResourceRow) *float64 { return &r.CPUPct }}},
		{"hist-mem", f.histMem, histogram{"resource_trend_mem_pct_window", "Rows of the window by memory use, in percent of the limit.", nil, func(r *report.ResourceRow) *float64 { return r.MemPct }}},
	} {
		if h.text == "" {
			continue
		}
		if h.bounds, err = resources.Bounds(h.text); err != nil {
			return nil, usage("--%s: %w", h.flag, err).hint("write borders in ascending order, like 0,25,50,75,100")
		}
		out = append(out, h.histogram)
	}
	return out, nil
}

// resourceText is resource_usage.prom: the gauges, and the histograms without a type, since they fall when rows leave the window.
func resourceText(t *report.ResourceTrend, log *resources.Log, histograms []histogram) []byte {
	rows := log.Rows[len(log.Rows)-t.Rows:]
	var untyped []report.Figure
	for _, h := range histograms {
		untyped = append(untyped, resources.Histogram(h.name, h.help, rows, h.bounds, h.value)...)
	}
	return append(promtext.Evidence(resources.Figures(t, 0)), promtext.Untyped(untyped)...)
}

package cli

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/config"
)

// TestPartsAreRefused: what names no part of a run is an error of the command line, before anything is written.
func TestPartsAreRefused(t *testing.T) {
	two := layout{git: true, files: tree("orders/openapi.yaml", aContract, "billing/openapi.yaml", strings.Replace(aContract, "Shop", "Bills", 1),
		config.File, "contracts:\n- {name: orders, source: orders/openapi.yaml}\n- {name: billing, source: billing/openapi.yaml}\n")}
	two.build(t)
	before := snapshot(t)
	for _, c := range []struct {
		args string
		says string
	}{
		{"--contract order", "there is no such contract"},
		{"--contract order", `did you mean "orders"?`},
		{"--contract orders --contract none", "--contract none"},
		{"--changed nowhere", "--changed nowhere: there is no such revision"},
		{"--changed --output=x", "there is no such revision"},
		{"--shard 1/2", "need an identity in common"},
		{"--merge orders", "need an identity in common"},
		{"--shard 3/2 --run-id 1", "is not I/N"},
		{"--shard auto --run-id 1", "none of CI_NODE_INDEX"},
		{"--shard 1/2 --run-id 1 --merge orders", "[merge shard]"},
		{"--shard 1/2 --run-id 1 --changed HEAD", "[changed shard]"},
		{"--shard 1/2 --run-id 1 --contract orders", "[contract shard]"},
		{"--merge orders --run-id 1 --changed HEAD", "[changed merge]"},
		{"--merge orders --run-id 1 --contract orders", "[contract merge]"},
		{"orders", "unexpected argument"},
		{"--shard 1/2 --run-id 1 orders", "unexpected argument"},
	} {
		code, out, talk := on(true, append([]string{"run"}, strings.Fields(c.args)...)...)
		if code != BadInput || !strings.Contains(talk, c.says) || out != "" {
			t.Errorf("%s: exit code %d: %s%s", c.args, code, out, talk)
		}
	}
	if after := snapshot(t); len(after) != len(before) {
		t.Errorf("there are %d files, there were %d", len(after), len(before))
	}
	for args, says := range map[string]string{
		"--merge nowhere --run-id 1":                         "fetch the output folder of every shard first",
		"--merge orders --run-id 1 --out ../merged":          "there is no file of a shard",
		"--merge orders --run-id 1 --out ../merged orders/.": "orders: there is no file of a shard",
	} {
		if code, _, talk := on(true, append([]string{"run"}, strings.Fields(args)...)...); code != Failed || !strings.Contains(talk, says) {
			t.Errorf("%s: exit code %d: %s", args, code, talk)
		}
	}
	for args, says := range map[string]string{
		"--ci kubernetes":           "needs --shards",
		"--ci none --shards 2":      "writes none",
		"--shards 1":                "from 2 to 256",
		"--shards 257":              "from 2 to 256",
		"--shards -3 --ci gitlab":   "from 2 to 256",
		"--shards 2 --ci kubernete": `did you mean "kubernetes"?`,
	} {
		if code, _, talk := on(true, append([]string{"init"}, strings.Fields(args)...)...); code != BadInput || !strings.Contains(talk, says) {
			t.Errorf("init %s: exit code %d: %s", args, code, talk)
		}
	}
}

// TestRecordsOfAnotherFolder: contracts that are not assessed again come with all their files, wherever their state lies.
func TestRecordsOfAnotherFolder(t *testing.T) {
	two := layout{git: true, files: tree("orders/openapi.yaml", aContract, "billing/openapi.yaml", strings.Replace(aContract, "Shop", "Bills", 1),
		config.File, "contracts:\n- {name: orders, source: orders/openapi.yaml}\n- {name: billing, source: billing/openapi.yaml}\n")}
	two.build(t)
	for _, c := range []struct{ args, says string }{
		{"", ""},
		{"--contract orders --state governance --out by-name", "1 of 2 contracts not assessed again"},
		{"--changed HEAD --state governance --out by-change", "2 of 2 contracts not assessed again"},
	} {
		if c.args != "" {
			commitAll(t)
		}
		if code, out, talk := on(true, append([]string{"run", "--now", "2026-01-01"}, strings.Fields(c.args)...)...); code != 0 || !strings.Contains(talk, c.says) {
			t.Errorf("%s: exit code %d: %s%s", c.args, code, out, talk)
		}
	}
}

func commitAll(t *testing.T) {
	t.Helper()
	for _, args := range [][]string{{"add", "*.yaml"}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "x"}} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

package main

import (
	"strings"
	"sync"
	"testing"
)

// pair is a repository with two configurations, whose runs publish to one bare repository.
func pair(t *testing.T) *shop {
	t.Helper()
	s := newShop(t, "")
	for name, folder := range map[string]string{"a": "", "b": ""} {
		s.write(name+"/govctl.yaml", "contract: {source: "+name+"/openapi.yaml}\n"+folder)
		s.write(name+"/moved.yaml", "contract: {source: "+name+"/openapi.yaml}\npublish: {folder: projects/"+name+"}\n")
	}
	s.must("git", "init", "-q", "-b", "main", ".")
	s.must("git", "init", "-q", "--bare", "remote.git")
	s.must("git", "remote", "add", "origin", "./remote.git")
	return s
}

// Contracts of two services that have nothing in common.
var documents = map[string]map[string]string{
	"a": {"base": contract("1.0.0", "get /a", "post /a"), "good": contract("1.0.1", "get /a", "post /a", "get /a2"), "bad": contract("1.0.2", "get /a")},
	"b": {"base": contract("5.0.0", "get /b", "post /b"), "good": contract("5.0.1", "get /b", "post /b", "get /b2"), "bad": contract("5.0.2", "get /b")},
}

// project prepares a run of one configuration and returns its arguments.
func (s *shop) project(name, config, version string) []string {
	s.t.Helper()
	s.write(name+"/openapi.yaml", documents[name][version])
	s.must("sh", "-c", "git fetch -q origin '+refs/heads/*:refs/remotes/origin/*'")
	return []string{"--config", name + "/" + config, "--out", "out-" + name, "--state", "git:origin/schemas", "--send", "--remote", "origin"}
}

// job is a run as CI does it: each begins without an output folder.
func (s *shop) job(name, config, version string) ran {
	s.t.Helper()
	s.must("rm", "-rf", "out-"+name)
	return s.run(s.project(name, config, version)...)
}

// refused checks that a run was sent to a folder of its own.
func (s *shop) refused(r ran) {
	s.t.Helper()
	s.want(r, 2, "the second project on one branch")
	if !strings.Contains(r.out, "publish.folder") {
		s.t.Errorf("the refusal has no hint\n%s", r.out)
	}
}

// histories are the commits in the histories of the branch.
func (s *shop) histories() map[string]string {
	s.t.Helper()
	s.must("sh", "-c", "git fetch -q origin '+refs/heads/*:refs/remotes/origin/*'")
	all := map[string]string{}
	for _, file := range lines(s.must("git", "ls-tree", "-r", "--name-only", "origin/schemas")) {
		if strings.HasSuffix(file, "history.jsonl") {
			all[file] = s.must("git", "show", "origin/schemas:"+file)
		}
	}
	return all
}

// TestTwoProjectsOneBranch lets two configurations publish to one repository, in both orders: the second is refused, and with a folder of
// its own both gates stay armed.
func TestTwoProjectsOneBranch(t *testing.T) {
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		first, second := order[0], order[1]
		t.Run(first+second, func(t *testing.T) {
			s := pair(t)
			s.want(s.job(first, "govctl.yaml", "base"), 0, "the first project")
			tip := s.must("git", "-C", "remote.git", "rev-parse", "schemas", "gh-pages")
			s.refused(s.job(second, "govctl.yaml", "base"))
			s.refused(s.job(second, "govctl.yaml", "bad"))
			if now := s.must("git", "-C", "remote.git", "rev-parse", "schemas", "gh-pages"); now != tip {
				t.Errorf("the refused project moved a branch")
			}
			s.want(s.job(second, "moved.yaml", "base"), 0, "the second project in its folder")
			s.armed(first, "govctl.yaml")
			s.armed(second, "moved.yaml")

			all := s.histories()
			mine, other := all["status/history.jsonl"], all["projects/"+second+"/status/history.jsonl"]
			if len(all) != 2 || len(lines(mine)) != 4 || len(lines(other)) != 4 {
				t.Fatalf("histories %q", all)
			}
			for _, line := range lines(mine) {
				if strings.Contains(other, line) {
					t.Errorf("both histories have the line %s", line)
				}
			}
		})
	}
}

// armed sends a good run, a break, and the break again.
func (s *shop) armed(name, config string) {
	s.t.Helper()
	s.want(s.job(name, config, "good"), 0, name+": a good run")
	s.want(s.job(name, config, "bad"), 1, name+": a break")
	s.want(s.job(name, config, "bad"), 1, name+": the break again")
}

// TestTwoProjectsAtOnce lets both begin at the same time on an empty repository: none is disarmed by the other.
func TestTwoProjectsAtOnce(t *testing.T) {
	s := pair(t)
	var group sync.WaitGroup
	got := map[string]*ran{"a": {}, "b": {}}
	for name, r := range got {
		args := append([]string{"run", "--sha", "abcd1" + name, "--run-id", name, "--now", "2026-12-01T00:00:00Z"}, s.project(name, "govctl.yaml", "base")...)
		group.Go(func() { *r = s.process(args...) })
	}
	group.Wait()
	s.n = 5
	config := map[string]string{"a": "govctl.yaml", "b": "govctl.yaml"}
	for name, r := range got {
		switch r.code {
		case 0:
		case 2, 3: // 3: the push met the other's branch
			if r.code == 2 && !strings.Contains(r.out, "publish.folder") {
				t.Errorf("%s: the refusal has no hint\n%s", name, r.out)
			}
			s.refused(s.job(name, "govctl.yaml", "base"))
			config[name] = "moved.yaml"
			s.want(s.job(name, "moved.yaml", "base"), 0, name+" in its folder")
		default:
			t.Errorf("%s: exit code %d\n%s", name, r.code, r.out)
		}
	}
	if config["a"] == config["b"] {
		t.Errorf("both projects have one folder, or none\na: %s\nb: %s", got["a"].out, got["b"].out)
	}
	s.armed("a", config["a"])
	s.armed("b", config["b"])
}

// TestTwoFoldersAtOnce lets two projects with a folder each publish at the same time, twice.
func TestTwoFoldersAtOnce(t *testing.T) {
	s := pair(t)
	for i, version := range []string{"base", "good"} {
		var group sync.WaitGroup
		got := map[string]*ran{"a": {}, "b": {}}
		for name, r := range got {
			s.must("rm", "-rf", "out-"+name)
			args := append([]string{"run", "--sha", "abcd" + version[:1] + name, "--run-id", version, "--now", "2026-12-0" + string(rune('1'+i)) + "T00:00:00Z"}, s.project(name, "moved.yaml", version)...)
			group.Go(func() { *r = s.process(args...) })
		}
		group.Wait()
		for name, r := range got {
			s.want(*r, 0, name+" "+version)
		}
	}
	s.n = 5
	for _, name := range []string{"a", "b"} {
		s.want(s.job(name, "moved.yaml", "bad"), 1, name+": a break")
	}
	all := s.histories()
	for _, name := range []string{"a", "b"} {
		if text := all["projects/"+name+"/status/history.jsonl"]; len(lines(text)) != 3 {
			t.Errorf("the history of %s is %q", name, text)
		}
	}
}

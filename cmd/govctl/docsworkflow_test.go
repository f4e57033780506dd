package main

import (
	"slices"
	"strings"
	"testing"
)

// TestDocumentationIsPublished runs the script of docs.yml against a branch that govctl published its pages to.
func TestDocumentationIsPublished(t *testing.T) {
	w, _ := readJobs(t, "../../.github/workflows/docs.yml")
	i := slices.IndexFunc(w.Jobs["publish"].Steps, func(s step) bool { return s.Name == "Push" })
	script := w.Jobs["publish"].Steps[i].Run
	dir, temp := newcomersRepository(t, false), t.TempDir()
	env := []string{"RUNNER_TEMP=" + temp, "GITHUB_SERVER_URL=https://github.com", "GITHUB_TOKEN=t0ken", "GITHUB_SHA=" + builtFor}
	say(t, dir, env, "echo x > README.md && git add . && git commit -qm x && mkdir -p '"+temp+"/docs/new' && cd '"+temp+"/docs' && echo new > new/index.html && tar -cf docs.tar -C new .")

	if out := say(t, dir, env, script); !strings.Contains(out, "no branch gh-pages") {
		t.Errorf("without the branch: %s", out)
	}
	say(t, dir, env, "git switch -q --orphan gh-pages && mkdir -p docs && echo page > index.html && echo old > docs/old.html && git add . && git commit -qm pages && git push -q origin gh-pages && git switch -q --detach")
	say(t, dir, env, script)
	say(t, dir, env, `[ "$(git -C ../remote.git ls-tree -r --name-only gh-pages | tr '\n' ' ')" = "docs/index.html index.html " ] && [ "$(git -C ../remote.git show gh-pages:docs/index.html)" = new ]`)
	if out := say(t, dir, env, script); !strings.Contains(out, "up to date") || strings.Contains(out, "t0ken") {
		t.Errorf("for the second time: %s", out)
	}
	say(t, dir, env, "git remote set-url origin ../absent.git; code=0; bash -e <<'END' || code=$?\n"+script+"\nEND\n[ $code = 3 ]")
}

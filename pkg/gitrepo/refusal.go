package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Words by which git says that a push lost a race; the next round reads the new tip.
var races = []string{
	"stale info", "fetch first", "non-fast-forward", "failed to update ref", "cannot lock ref", "failed to lock", "unable to lock", "incorrect old value",
	"reference already exists", "unable to migrate objects", "Another git process",
}

// inTheWay is how git says that one branch would have to be a folder for the other. It looks like a lost race and never ends.
var inTheWay = regexp.MustCompile(`'refs/heads/([^']+)' exists; cannot create 'refs/heads/([^']+)'`)

// push sends the commits and says how the remote took them.
func (w *workshop) push(ctx context.Context, args []string) error {
	var out bytes.Buffer
	err := w.Run(ctx, Command{Dir: w.Dir, Args: args, Env: w.env, Stdout: &out})
	var refused *Error
	if !errors.As(err, &refused) {
		return err
	}
	var reasons []string
	for line := range strings.Lines(out.String()) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); fields[0] == "!" && len(fields) == 3 {
			reasons = append(reasons, fields[2])
		}
	}
	said := strings.Join(reasons, "; ") + " " + refused.Stderr
	if m := inTheWay.FindStringSubmatch(said); m != nil {
		return fmt.Errorf("%w: branch %s is in the way: git cannot hold %s beside it", ErrRefused, clean(m[1]), clean(m[2]))
	}
	for _, race := range races {
		if strings.Contains(said, race) {
			return errMoved
		}
	}
	if len(reasons) == 0 {
		return fmt.Errorf("%w: %s", ErrRemote, clean(refused.Stderr))
	}
	return fmt.Errorf("%w: %s", ErrRefused, clean(own(reasons)))
}

// own is the reason that is not merely "another branch of the same push failed".
func own(reasons []string) string {
	for _, r := range reasons {
		if !strings.Contains(r, "atomic") {
			return r
		}
	}
	return reasons[0]
}

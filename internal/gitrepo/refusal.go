package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/romel/govctl/internal/late"
)

// Words by which git says that a push lost a race; the next round reads the new tip.
var races = []string{
	"stale info", "fetch first", "non-fast-forward", "failed to update ref", "cannot lock ref", "failed to lock", "unable to lock", "incorrect old value",
	"reference already exists", "unable to migrate objects", "Another git process",
}

// inTheWay is how git says that one branch would have to be a folder for the other. It looks like a lost race and never ends.
var inTheWay = late.Pattern(`'refs/heads/([^']+)' exists; cannot create 'refs/heads/([^']+)'`)

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
	if m := inTheWay().FindStringSubmatch(said); m != nil {
		return fmt.Errorf("%w: branch %s is in the way: git cannot store %s next to it", ErrRefused, clean(m[1]), clean(m[2]))
	}
	for _, race := range races {
		if strings.Contains(said, race) && !strings.Contains(said, "hook declined") { // whose words may be any
			return errMoved
		}
	}
	if len(reasons) == 0 {
		return fmt.Errorf("%w: %s", ErrRemote, withRemote(refused.Stderr, refused))
	}
	return fmt.Errorf("%w: %s", ErrRefused, withRemote(own(reasons), refused))
}

// withRemote adds the server's own words to a reason.
func withRemote(reason string, refused *Error) string {
	if refused.Remote == "" || strings.Contains(reason, refused.Remote) {
		return clean(reason)
	}
	return clean(reason + ": the server answers: " + refused.Remote)
}

// Bounds on what is told of a server's words.
const (
	maxRemoteLines = 12
	maxRemoteBytes = 1000
)

// progress is what a server says of its own work while it receives or sends.
var progress = late.Pattern(`^(Resolving deltas|Counting objects|Compressing objects|Enumerating objects|Total|Processing changes|warning: .*auto.gc)`)

// remotely are the lines that the server sent beside the protocol, which git marks. Colours and other control characters are dropped.
func remotely(stderr string) string {
	var lines []string
	for line := range strings.Lines(stderr) {
		text, ok := strings.CutPrefix(line, "remote: ")
		text = strings.TrimSpace(strings.Map(printable, escapes().ReplaceAllString(text, "")))
		switch {
		case !ok || strings.Trim(text, "-=*# ") == "" || progress().MatchString(text):
		case len(lines) == maxRemoteLines:
			return cut(strings.Join(lines, "; ")) + "; ..."
		default:
			lines = append(lines, text)
		}
	}
	return cut(strings.Join(lines, "; "))
}

// escapes are sequences that colour a terminal or move its cursor.
var escapes = late.Pattern(`\x1b\[[0-9;?]*[A-Za-z]`)

func printable(r rune) rune {
	if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
		return ' '
	}
	return r
}

func cut(s string) string {
	if len(s) <= maxRemoteBytes {
		return s
	}
	return strings.ToValidUTF8(s[:maxRemoteBytes], "") + "..."
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

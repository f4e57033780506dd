package manual

import (
	"fmt"
	"strings"
)

// Man is the man page of a command, as roff. It has no date, so that a release can be built twice.
func Man(e Entry, global []Flag) string {
	var b strings.Builder
	name := strings.ReplaceAll(e.Path, " ", "-")
	fmt.Fprintf(&b, ".TH %q 1 \"\" govctl govctl\n.SH NAME\n%s \\- %s\n.SH SYNOPSIS\n.B %s\n.SH DESCRIPTION\n", strings.ToUpper(name), roff(name), roff(e.Short), roff(e.Use))
	for _, p := range strings.Split(e.About, "\n\n") {
		if strings.HasPrefix(p, "  ") {
			b.WriteString(".PP\n.nf\n" + roff(strings.TrimRight(p, "\n")) + "\n.fi\n")
		} else {
			b.WriteString(".PP\n" + roff(p) + "\n")
		}
	}
	options(&b, "OPTIONS", e.Flags)
	if e.Path != "govctl" {
		options(&b, "OPTIONS OF EVERY COMMAND", global)
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, row := range ExitCodes {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", row.Code, roff(strings.ReplaceAll(row.Means, "`", "")))
	}
	if e.Example != "" {
		b.WriteString(".SH EXAMPLES\n.nf\n" + roff(e.Example) + "\n.fi\n")
	}
	if also := seeAlso(e); len(also) > 0 {
		b.WriteString(".SH SEE ALSO\n" + strings.Join(also, ",\n") + "\n")
	}
	return b.String()
}

func options(b *strings.Builder, title string, flags []Flag) {
	if len(flags) == 0 {
		return
	}
	b.WriteString(".SH " + title + "\n")
	for _, f := range flags {
		standard := ""
		if f.Standard != "" && !strings.Contains(f.About, "default") {
			standard = " (default " + f.Standard + ")"
		}
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(f.Name), roff(f.About+standard))
	}
}

func seeAlso(e Entry) (also []string) {
	paths := e.Children
	if i := strings.LastIndex(e.Path, " "); i > 0 {
		paths = append([]string{e.Path[:i]}, paths...)
	}
	for _, p := range paths {
		also = append(also, `\fB`+roff(strings.ReplaceAll(p, " ", "-"))+`\fP(1)`)
	}
	return also
}

// roff keeps a text from being a request: no escapes, and no line that begins with a control character.
func roff(s string) string {
	lines := strings.Split(strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

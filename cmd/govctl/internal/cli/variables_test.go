package cli

import (
	"testing"

	"github.com/spf13/pflag"
)

// sample is a value that a flag takes, other than its default.
func sample(f *pflag.Flag) string {
	switch words := f.Value.(type) {
	case *choice:
		return words.words[len(words.words)-1]
	case *choices:
		return words.words[0]
	case *schemaName:
		return "govctl"
	}
	switch f.Value.Type() {
	case "bool":
		return "true"
	case "int":
		return "7"
	case "duration":
		return "17m0s"
	}
	return "from-a-variable"
}

// TestAVariableSetsAnyFlag of any command as if it were given, unless it is.
func TestAVariableSetsAnyFlag(t *testing.T) {
	for _, leaf := range leaves(Root()) {
		path := leaf.CommandPath()
		c, err := parsed(path)
		if c == nil {
			t.Fatalf("%s: %v", path, err)
		}
		_ = c.ParseFlags(nil)
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "help" || f.Name == "version" || shadows(c, f) {
				return
			}
			a := &app{Env: &Env{Getenv: func(name string) string {
				if name == variableOf(f.Name) {
					return sample(f)
				}
				return ""
			}}}
			if err := a.fromVariables(c); err != nil || !f.Changed || a.given(f.Name) != variableOf(f.Name) {
				t.Errorf("%s --%s is not set by %s: %v", path, f.Name, variableOf(f.Name), err)
			}
			before := f.Value.String()
			a.Getenv = func(name string) string { return map[string]string{variableOf(f.Name): "no value of anything"}[name] }
			if err := a.fromVariables(c); err != nil || f.Value.String() != before {
				t.Errorf("%s --%s does not take precedence over %s: %v", path, f.Name, variableOf(f.Name), err)
			}
		})
	}
}

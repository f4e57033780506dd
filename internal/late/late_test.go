package late_test

import (
	"testing"

	"github.com/romel/govctl/internal/late"
)

func TestPatternCompilesAtTheFirstCall(t *testing.T) {
	wrong := late.Pattern("(") // not yet
	defer func() {
		if recover() == nil {
			t.Error("a text that is no expression was compiled")
		}
	}()
	p := late.Pattern("^a+$")
	if first := p(); !first.MatchString("aa") || p() != first {
		t.Error("the expression is not the same at each call")
	}
	wrong()
}

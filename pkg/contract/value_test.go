package contract_test

import (
	"context"
	"errors"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

func TestParseValueReadsWhatIsNoDescription(t *testing.T) {
	root, err := contract.ParseValue(context.Background(), "govctl.yaml", []byte("a:\n  - b/c: {$ref: nowhere}\n"), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := root.Find("/a/0/b~1c")
	if p := at.Place(); p.Line != 2 || p.Column != 10 || at.Get("$ref").Text() != "nowhere" {
		t.Errorf("found %v at %+v", at.Value(), p)
	}
	if root.Find("/a/1").Exists() || (contract.Node{}).Find("/a").Exists() {
		t.Error("found what is not there")
	}
	var bad *contract.Error
	if _, err := contract.ParseValue(context.Background(), "x.json", []byte(`{"a":1,"a":2}`), contract.Options{}); !errors.As(err, &bad) || bad.Place.Line != 1 {
		t.Errorf("duplicate keys: %v", err)
	}
}

package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
)

// Seal gives a completed envelope the digest by which an edit is noticed. It is no signature: who can write the folder can compute it, too.
func Seal(e *report.Evidence) error {
	e.SHA256 = ""
	data, err := json.Marshal(e)
	if err == nil {
		e.SHA256, err = digest(data)
	}
	return err
}

// digest is the SHA-256 of an envelope without its own digest, in canonical form (RFC 8785): white space and the order of keys do not count.
func digest(data []byte) (string, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(data, &members); err != nil {
		return "", err
	}
	delete(members, "sha256")
	rest, err := json.Marshal(members)
	if err != nil {
		return "", err
	}
	text := jsontext.Value(rest)
	if err := text.Canonicalize(); err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// sealed reports why an envelope is not as it was written. Only that of another tool, which names no version of govctl, may have no digest.
func sealed(e *report.Evidence, data []byte) error {
	if e.SHA256 == "" && e.Govctl == "" {
		return nil
	}
	want, err := digest(data)
	switch {
	case err != nil:
		return err
	case e.SHA256 == "":
		return errors.New("there is no sha256, and govctl writes one: the file was changed after it was written")
	case e.SHA256 != want:
		return fmt.Errorf("the sha256 begins with %.12s, and that of its content with %.12s: the file was changed after it was written", e.SHA256, want)
	}
	return nil
}

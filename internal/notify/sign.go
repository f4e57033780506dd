package notify

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// secret is what a receiver shares with us. GitHub's scheme keys with the bytes as they are written, Standard Webhooks with what
// the whsec_ form encodes.
type secret struct {
	raw, decoded []byte
	key          ed25519.PrivateKey // may be nil
}

var errSecret = errors.New("the webhook secret begins with whsec_, but what follows is not base64")

func newSecret(s string, key ed25519.PrivateKey) (secret, error) {
	out := secret{raw: []byte(s), decoded: []byte(s), key: key}
	if text, ok := strings.CutPrefix(s, "whsec_"); ok {
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(decoded) == 0 {
			return secret{}, errSecret // the cause would quote the secret
		}
		out.decoded = decoded
	}
	if key != nil && len(key) != ed25519.PrivateKeySize {
		return secret{}, errors.New("the signing key has the wrong length")
	}
	return out, nil
}

// sign sets the signature headers. The time is that of the try, as Standard Webhooks asks.
func (s *secret) sign(h http.Header, id string, at time.Time, body []byte) {
	if len(s.raw) > 0 {
		h.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac(s.raw, body)))
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	content := append([]byte(fmt.Sprintf("%s.%s.", id, stamp)), body...)
	var signatures []string
	if len(s.decoded) > 0 {
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac(s.decoded, content)))
	}
	if s.key != nil {
		signatures = append(signatures, "v1a,"+base64.StdEncoding.EncodeToString(ed25519.Sign(s.key, content)))
	}
	if len(signatures) > 0 {
		h.Set("webhook-id", id)
		h.Set("webhook-timestamp", stamp)
		h.Set("webhook-signature", strings.Join(signatures, " "))
	}
}

func mac(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}

package probeclient

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/romel/govctl/internal/late"
)

// Hidden stands where a secret was.
const Hidden = "***"

// shortest is the length in bytes from which a secret is looked for inside of other words: shorter ones occur there by chance.
const shortest = 4

// Secrets are texts that no output may hold.
type Secrets struct {
	forms []string // what is replaced, the longest first: the rest of a longer secret must not stay
	words []string // secrets that are too short for that, which are replaced where they are a word
}

var secretName = late.Pattern(`(?i)passw|passphrase|pwd|secret|token|authorization|api[_-]?key|private[_-]?key|credential|cookie|session|bearer|jwt|csrf|xsrf`)

// IsSecret reports a name whose value is a secret.
func IsSecret(name string) bool { return secretName().MatchString(name) }

// plainWords are values that fields with names of secrets have without being secret.
var plainWords = []string{"true", "false", "null", "none", "bearer", "basic", "digest"}

// Add takes a secret, in the forms in which a text can hold it.
func (s *Secrets) Add(value string) {
	if slices.Contains(plainWords, strings.ToLower(value)) {
		return
	}
	if short := strings.TrimSpace(value); len(short) < shortest {
		if short != "" && !slices.Contains(s.words, short) {
			s.words = append(s.words, short)
		}
		return
	}
	for _, form := range formsOf(value) {
		at, known := slices.BinarySearchFunc(s.forms, form, longerFirst)
		if !known && len(form) >= shortest {
			s.forms = slices.Insert(s.forms, at, form)
		}
	}
}

func longerFirst(a, b string) int {
	if len(a) != len(b) {
		return len(b) - len(a)
	}
	return strings.Compare(a, b)
}

// formsOf are the encodings that services use in headers, addresses, documents and logs.
func formsOf(value string) []string {
	forms := []string{value, strings.TrimSpace(value), url.QueryEscape(value), url.PathEscape(value), html.EscapeString(value),
		hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte(value)))}
	quoted := strconv.Quote(value)
	forms = append(forms, quoted[1:len(quoted)-1])
	if encoded, err := json.Marshal(value); err == nil {
		forms = append(forms, string(encoded[1:len(encoded)-1]))
	}
	for before := range 3 {
		inner := insideBase64(value, before)
		forms = append(forms, inner, strings.NewReplacer("+", "-", "/", "_").Replace(inner))
	}
	return forms
}

// insideBase64 are the characters that stand for a value in the base64 of a text which has it after a number of bytes, whatever is around
// it: user:password is sent as such a text.
func insideBase64(value string, before int) string {
	whole := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + value))
	return whole[(before*8+5)/6 : (before+len(value))*8/6]
}

// AddNamed takes the value of a variable, field or header if its name says that it is secret. Of credentials with a scheme both are taken,
// the whole and what follows the scheme; of cookies each.
func (s *Secrets) AddNamed(name, value string) {
	if !IsSecret(name) {
		return
	}
	s.Add(value)
	if _, credentials, ok := strings.Cut(value, " "); ok {
		s.Add(credentials)
	}
	if strings.EqualFold(name, "Cookie") {
		for pair := range strings.SplitSeq(value, ";") {
			_, one, _ := strings.Cut(pair, "=")
			s.Add(one)
		}
	}
}

// Len is the number of texts that are looked for.
func (s *Secrets) Len() int { return len(s.forms) + len(s.words) }

// Hide is a text without secrets. One that has a secret in an encoding of another kind is hidden as a whole.
func (s *Secrets) Hide(text string) string {
	for _, form := range s.forms {
		text = strings.ReplaceAll(text, form, Hidden)
	}
	for _, word := range s.words {
		text = replaceWord(text, word)
	}
	if plain := decoded(text); plain != text && slices.ContainsFunc(s.forms, func(form string) bool { return strings.Contains(plain, form) }) {
		return Hidden
	}
	return text
}

// replaceWord hides a word where no letter or digit is beside it.
func replaceWord(text, word string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, word)
		if at < 0 {
			break
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		b.WriteString(text[:at])
		if at > 0 && alphanumeric(before) || at+len(word) < len(text) && alphanumeric(after) {
			b.WriteString(word)
		} else {
			b.WriteString(Hidden)
		}
		text = text[at+len(word):]
	}
	return b.String() + text
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// escape is one character in the notation of addresses, of JSON or of programming languages.
var escape = late.Pattern(`%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\/`)

// decoded is a text without escapes.
func decoded(text string) string {
	return escape().ReplaceAllStringFunc(html.UnescapeString(text), func(e string) string {
		code, err := strconv.ParseUint(strings.TrimLeft(e, `%\ux`), 16, 16)
		switch {
		case err != nil: // \/
			return "/"
		case e[1] == 'u':
			return string(rune(code))
		}
		return string([]byte{byte(code)})
	})
}

// secretsOf are the credentials of a request, which a server may repeat in its answer. Short ones are left out: the values of headers are
// evaluated, and would change by chance.
func secretsOf(r *Request, u *url.URL) *Secrets {
	var s Secrets
	if password, ok := u.User.Password(); ok {
		s.Add(password)
		basic := http.Request{Header: http.Header{}}
		basic.SetBasicAuth(u.User.Username(), password)
		s.AddNamed("Authorization", basic.Header.Get("Authorization"))
	}
	for _, pairs := range []map[string][]string{r.Header, u.Query()} {
		for name, values := range pairs {
			for _, value := range values {
				s.AddNamed(name, value)
			}
		}
	}
	s.words = nil
	return &s
}

// hide replaces the credentials of the request in what the answer shows. A body is for its reader to evaluate.
func (a *Answer) hide(s *Secrets) {
	for i := range a.Headers {
		a.Headers[i].Value = s.Hide(a.Headers[i].Value)
	}
	a.URL, a.Location = s.Hide(a.URL), s.Hide(a.Location)
}

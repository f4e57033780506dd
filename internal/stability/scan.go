package stability

import (
	"bytes"
	"encoding/binary"
	"math"
)

// run is what one history line says, as far as the figures over the whole history need it.
type run struct {
	sha, runID  []byte // views into the line, or into a copy where the line has escapes
	unix        int64  // seconds; 0 when the line has no timestamp
	breaking    bool
	placeholder bool
}

// The keys that a line may hold, as bits to notice a key that stands twice.
const (
	keyTimestamp = 1 << iota
	keySHA
	keyRunID
	keyBreaking
	keyPlaceholder
	keyIncompatible
	keyDeleted
	keyScore
	keyVersion
	keySynthetic
	keyCounts
)

// maxCount bounds the counters of a line; a window of 10,000 such lines still sums within an int.
const maxCount = 1_000_000_000

// maxStrange is how many unknown keys a line may hold before scan gives up on telling that they all differ.
const maxStrange = 8

// scanner reads the plain form in which govctl itself writes lines, ten times faster than a general parser. It gives up
// at anything else - escapes, bytes beyond ASCII, nested unknown values, unusual numbers - and never accepts what parse
// refuses: FuzzScan holds the two together.
type scanner struct {
	b        []byte
	i        int
	strange  [maxStrange][]byte // unknown keys so far
	strangeN int
}

// plainText reports whether b holds only printable ASCII (and DEL) without a backslash, so that a string in it
// ends at the next quote. It tests eight bytes at a time.
func plainText(b []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for len(b) >= 8 {
		w := binary.LittleEndian.Uint64(b)
		slash := w ^ ones*'\\'
		if (w|(w-ones*' ')&^w|(slash-ones)&^slash)&highs != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c < ' ' || c >= 0x80 || c == '\\' {
			return false
		}
	}
	return true
}

// scan returns the run of a line, and false when only parse can tell.
func scan(line []byte) (run, bool) {
	s, r := scanner{b: bytes.TrimSuffix(line, []byte{'\r'})}, run{}
	seen := 0
	if !plainText(s.b) || !s.byte('{') {
		return r, false
	}
	for {
		key, ok := s.string()
		if !ok || !s.byte(':') {
			return r, false
		}
		bit, ok := s.value(key, &r)
		if !ok || seen&bit != 0 {
			return r, false
		}
		seen |= bit
		if s.byte(',') {
			continue
		}
		break
	}
	if !s.byte('}') {
		return r, false
	}
	s.space()
	const enough = keyTimestamp | keySHA | keyBreaking
	return r, s.i == len(s.b) && seen&enough == enough && len(r.sha) > 0
}

// value reads the value of key into r. It returns the key's bit, and false for an unknown key or a surprising value.
func (s *scanner) value(key []byte, r *run) (bit int, ok bool) {
	switch string(key) {
	case "timestamp":
		r.unix, ok = s.timestamp()
		return keyTimestamp, ok
	case "sha":
		r.sha, ok = s.string()
		return keySHA, ok
	case "run_id":
		r.runID, ok = s.string()
		return keyRunID, ok
	case "breaking":
		r.breaking, ok = s.bool()
		return keyBreaking, ok
	case "placeholder":
		r.placeholder, ok = s.bool()
		return keyPlaceholder, ok
	case "incompatible":
		return keyIncompatible, s.count()
	case "deleted_or_removed":
		return keyDeleted, s.count()
	case "score":
		return keyScore, s.score()
	case "version":
		_, ok = s.string()
		return keyVersion, ok
	case "synthetic":
		_, ok = s.bool()
		return keySynthetic, ok
	case "counts":
		return keyCounts, s.counts()
	case "schema", "schema_version":
		return 0, false
	}
	return 0, s.fresh(key) && s.scalar()
}

// fresh notes an unknown key and reports whether it is the first of its name.
func (s *scanner) fresh(key []byte) bool {
	for _, other := range s.strange[:s.strangeN] {
		if string(other) == string(key) {
			return false
		}
	}
	if s.strangeN == maxStrange {
		return false
	}
	s.strange[s.strangeN] = key
	s.strangeN++
	return true
}

// scalar takes a value of no interest that is a string, a small number or a literal.
func (s *scanner) scalar() bool {
	s.space()
	if s.i == len(s.b) {
		return false
	}
	switch s.b[s.i] {
	case '"':
		_, ok := s.string()
		return ok
	case 't', 'f':
		_, ok := s.bool()
		return ok
	case 'n':
		ok := bytes.HasPrefix(s.b[s.i:], []byte("null"))
		s.i += len("null")
		return ok
	}
	whole, _ := s.number()
	return whole < math.MaxInt && s.ended()
}

func (s *scanner) space() {
	for s.i < len(s.b) && s.b[s.i] == ' ' {
		s.i++
	}
}

// byte takes c, with white space before it.
func (s *scanner) byte(c byte) bool {
	s.space()
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// string takes a string.
func (s *scanner) string() ([]byte, bool) {
	if !s.byte('"') {
		return nil, false
	}
	rest := s.b[s.i:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, false
	}
	s.i += end + 1
	return rest[:end], true
}

func (s *scanner) bool() (value, ok bool) {
	s.space()
	rest := s.b[s.i:]
	switch {
	case len(rest) >= 4 && string(rest[:4]) == "true":
		s.i += 4
		return true, true
	case len(rest) >= 5 && string(rest[:5]) == "false":
		s.i += 5
		return false, true
	}
	return false, false
}

// digits takes a whole number of at most nine digits without leading zeros.
func (s *scanner) digits() (n int, ok bool) {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		n = n*10 + int(s.b[s.i]-'0')
		s.i++
		if s.i-start > 9 {
			return 0, false
		}
	}
	taken := s.i - start
	return n, taken == 1 || taken > 1 && s.b[start] != '0'
}

// count takes a whole number that ends where a value may end.
func (s *scanner) count() bool {
	s.space()
	_, ok := s.digits()
	return ok && s.ended()
}

// ended reports whether a number ends here: the next byte is none that would continue it.
func (s *scanner) ended() bool {
	if s.i == len(s.b) {
		return false
	}
	c := s.b[s.i]
	return c == ',' || c == '}' || c == ' '
}

// score takes a number from 0 to 100.
func (s *scanner) score() bool {
	s.space()
	whole, fraction := s.number()
	return (whole < 100 || whole == 100 && !fraction) && s.ended()
}

// number takes a number with at most nine digits before and after the point, and returns those before it, or more
// than any number that is wanted when there is no such number.
func (s *scanner) number() (whole int, fraction bool) {
	whole, ok := s.digits()
	if !ok {
		return math.MaxInt, false
	}
	if s.i == len(s.b) || s.b[s.i] != '.' {
		return whole, false
	}
	s.i++
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	if s.i == start || s.i-start > 9 {
		return math.MaxInt, false
	}
	return whole, true
}

// counts takes an object of whole numbers with few, different keys.
func (s *scanner) counts() bool {
	if !s.byte('{') {
		return false
	}
	if s.byte('}') {
		return true
	}
	var names [12][]byte
	for n := range names {
		key, ok := s.string()
		if !ok || !s.byte(':') || !s.count() {
			return false
		}
		for _, other := range names[:n] {
			if string(other) == string(key) {
				return false
			}
		}
		names[n] = key
		if !s.byte(',') {
			return s.byte('}')
		}
	}
	return false
}

// timestamp takes "2025-09-17T10:23:45Z" in exactly this form and returns its Unix time.
func (s *scanner) timestamp() (int64, bool) {
	text, ok := s.string()
	if !ok || len(text) != len("2025-09-17T10:23:45Z") ||
		text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z' {
		return 0, false
	}
	year, month, day := number(text[:4]), number(text[5:7]), number(text[8:10])
	hour, minute, second := number(text[11:13]), number(text[14:16]), number(text[17:19])
	if year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return int64(daysSince1970(year, month, day))*86400 + int64(hour*3600+minute*60+second), true
}

// number is the value of decimal digits, or beyond every limit when there is another byte among them.
func number(text []byte) (n int) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return math.MaxInt32
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func daysIn(year, month int) int {
	switch {
	case month == 2 && (year%4 == 0 && year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

// daysSince1970 counts days in the Gregorian calendar, with years that begin in March so that the leap day comes last.
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468
}

package pgsql

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// maxDepth bounds the recursion over a tree.
const maxDepth = 1000

// The C parser walks its tree recursively on a stack that Go cannot grow: a tree
// some 20,000 levels deep kills the process (measured: 12,000 are fine with the
// usual 8 MB). The limits below keep every text under 12,000; they count tokens,
// which are never fewer than levels.
const (
	maxTokens = 8000 // operators and operands that may hang on one another
	maxChain  = 2000 // UNION, INTERSECT, EXCEPT and JOIN in a statement
)

// tooDeep is Postgres's error (src/backend/tcop/postgres.c, check_stack_depth).
func tooDeep() *sqlerr.Error {
	return sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded").
		WithHint(`Increase the configuration parameter "max_stack_depth" (currently 2048kB), after ensuring the platform's stack depth limit is adequate.`)
}

// depthCheck bounds the depth of the tree of a text before it is parsed. Each
// open bracket (CASE counts as one) has a frame with the tokens since its last
// separator; the depth cannot be more than their sum. Commas, AND, OR and the
// words of CASE separate, for they make flat lists.
type depthCheck struct {
	frames []depthFrame
	tokens int // sum over frames
	chain  int
	prev   string // the last word or sign, lower case
}

type depthFrame struct {
	isCase   bool
	tokens   int
	betweens int // BETWEENs whose AND has not come: that AND separates nothing
}

// checkDepth refuses texts that nest too deeply with 54001.
func checkDepth(text string) error {
	if len(text) < maxChain { // too short to reach a limit that matters to the stack
		return nil
	}
	d := depthCheck{frames: make([]depthFrame, 1, 16)}
	s := scanner{text: text}
	for s.next() {
		if !d.token(s.word) {
			return tooDeep()
		}
	}
	return nil
}

func (d *depthCheck) top() *depthFrame { return &d.frames[len(d.frames)-1] }

func (d *depthCheck) count() {
	d.top().tokens++
	d.tokens++
}

func (d *depthCheck) separate() {
	f := d.top()
	d.tokens -= f.tokens
	f.tokens = 0
}

func (d *depthCheck) open(isCase bool) {
	d.count()
	d.frames = append(d.frames, depthFrame{isCase: isCase})
}

func (d *depthCheck) close() {
	if len(d.frames) > 1 {
		d.separate()
		d.frames = d.frames[:len(d.frames)-1]
	}
}

// token takes one word or sign; false means that a limit is passed.
func (d *depthCheck) token(w string) bool {
	label := d.prev == "." || d.prev == "as"
	d.prev = w
	switch w {
	case "(", "[":
		d.open(false)
	case ")", "]":
		for len(d.frames) > 1 && d.top().isCase {
			d.close()
		}
		d.close()
	case ";":
		*d = depthCheck{frames: append(d.frames[:0], depthFrame{})}
	case "case":
		if !label {
			d.open(true)
		}
	case "end":
		if !label && d.top().isCase {
			d.close()
		}
	case "between":
		d.top().betweens++
		d.count()
	case "and":
		if f := d.top(); f.betweens > 0 {
			f.betweens--
			d.count()
		} else {
			d.separate()
		}
	case ",", "or", "when", "then", "else":
		d.separate()
	case "union", "intersect", "except", "join":
		d.chain++
	default:
		d.count()
	}
	return d.tokens <= maxTokens && d.chain <= maxChain && len(d.frames) <= maxDepth
}

// scanner splits a text as Postgres's scan.l does, as far as brackets and
// separators go: it must not be fooled by quotes and comments.
type scanner struct {
	text       string
	start, pos int
	word       string // lower case word, one sign, or "'" for anything quoted
}

func (s *scanner) next() bool {
	for s.pos < len(s.text) {
		s.start = s.pos
		c := s.text[s.pos]
		rest := s.text[s.pos:]
		switch {
		case strings.HasPrefix(rest, "--"):
			s.until("\n")
			continue
		case strings.HasPrefix(rest, "/*"):
			s.comment()
			continue
		case c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			s.pos++
			continue
		case c == '\'' || c == '"':
			s.quoted(c, false)
		case (c == 'e' || c == 'E') && len(rest) > 1 && rest[1] == '\'':
			s.pos++
			s.quoted('\'', true)
		case c == '$':
			s.dollar()
		case isWord(c):
			for s.pos < len(s.text) && (isWord(s.text[s.pos]) || s.text[s.pos] == '$') {
				s.pos++
			}
			s.word = strings.ToLower(s.text[s.start:s.pos])
		default:
			s.word = s.text[s.pos : s.pos+1]
			s.pos++
		}
		return true
	}
	return false
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9' || c >= 0x80
}

// until moves behind the next mark, or to the end.
func (s *scanner) until(mark string) {
	if i := strings.Index(s.text[s.pos:], mark); i >= 0 {
		s.pos += i + len(mark)
	} else {
		s.pos = len(s.text)
	}
}

func (s *scanner) comment() {
	for depth := 0; s.pos < len(s.text); {
		switch rest := s.text[s.pos:]; {
		case strings.HasPrefix(rest, "/*"):
			depth++
			s.pos += 2
		case strings.HasPrefix(rest, "*/"):
			s.pos += 2
			if depth--; depth == 0 {
				return
			}
		default:
			s.pos++
		}
	}
}

func (s *scanner) quoted(quote byte, escapes bool) {
	s.word = "'"
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '\\' && escapes:
			s.pos++
		case c == quote: // a doubled quote reads as two strings, which is as good
			s.pos++
			if escapes && s.pos < len(s.text) && s.text[s.pos] == quote {
				continue
			}
			return
		}
	}
	s.pos = min(s.pos, len(s.text))
}

// dollar reads $tag$...$tag$, $1 or a lone $.
func (s *scanner) dollar() {
	s.word = "'"
	end := s.pos + 1
	for end < len(s.text) && isWord(s.text[end]) {
		end++
	}
	if end < len(s.text) && s.text[end] == '$' && !(s.text[s.pos+1] >= '0' && s.text[s.pos+1] <= '9') {
		tag := s.text[s.pos : end+1]
		s.pos = end + 1
		s.until(tag)
		return
	}
	s.pos = end
}

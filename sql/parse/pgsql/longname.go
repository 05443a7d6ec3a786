package pgsql

import (
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/sqlerr"
)

// maxName is how long a name may be, in bytes (NAMEDATALEN - 1).
const maxName = 63

// LongNames are the notices of names in a text that are cut, which PostgreSQL's
// scanner gives whether the text can be parsed or not.
func LongNames(text string) []*sqlerr.Error {
	if !mayHaveLongNames(text) {
		return nil
	}
	scan, err := scanTokens(text)
	if err != nil {
		return nil
	}
	var out []*sqlerr.Error
	for _, t := range scan.Tokens {
		if t.Token != pg.Token_IDENT && t.Token != pg.Token_UIDENT || t.End-t.Start <= maxName {
			continue
		}
		if name := nameOf(text[t.Start:t.End]); len(name) > maxName {
			n := sqlerr.Notice("identifier \"%s\" will be truncated to \"%s\"", name, clipped(name))
			n.Code = pgerrcode.NameTooLong
			out = append(out, n)
		}
	}
	return out
}

// mayHaveLongNames looks for what could be a name of more than 63 bytes.
func mayHaveLongNames(text string) bool {
	if len(text) <= maxName {
		return false
	}
	run, quote := 0, -1
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"':
			if quote >= 0 && i-quote > maxName {
				return true
			}
			run, quote = 0, i
		case c == '_' || c == '$' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9':
			if run++; run > maxName {
				return true
			}
		default:
			run = 0
		}
	}
	return false
}

// nameOf is the name that a token is: in lower case, or what stands in quotes.
func nameOf(token string) string {
	if at := strings.IndexByte(token, '"'); at >= 0 {
		return strings.ReplaceAll(token[at+1:len(token)-1], `""`, `"`)
	}
	b := []byte(token)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// clipped is what is left of a name: whole characters.
func clipped(name string) string {
	n := maxName
	for n > 0 && !utf8.RuneStart(name[n]) {
		n--
	}
	return name[:n]
}

package fn

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// pinyinOrder is the order of Chinese characters by their pinyin in the locale
// data (CLDR 42) of ICU 72, as a PostgreSQL 15 with it sorts them by zh-x-icu; in
// parentheses stand the words that are read in another way than their
// characters. x/text's own data is older and has no such words.
//
//go:embed pinyin.txt
var pinyinOrder string

// pinyin turns the keys of x/text into those of zh: Chinese characters come
// before all other letters, in the order of the table.
type pinyin struct {
	rank  map[uint32]uint32 // by x/text's weight
	words map[[2]uint32]uint32
}

var zhOrder = sync.OnceValue(func() *pinyin {
	p := &pinyin{rank: map[uint32]uint32{}, words: map[[2]uint32]uint32{}}
	c := collate.New(language.Chinese)
	var buf collate.Buffer
	weights := func(s string) (w []uint32) {
		buf.Reset()
		k := c.KeyFromString(&buf, s)
		for len(k) >= 3 && k[0]&0x80 != 0 {
			w = append(w, uint32(k[0])<<16|uint32(k[1])<<8|uint32(k[2]))
			k = k[3:]
		}
		return w
	}
	rest, n := pinyinOrder, uint32(0)
	for rest != "" {
		n++
		if rest[0] == '(' {
			end := strings.IndexByte(rest, ')')
			if w := weights(rest[1:end]); len(w) == 2 {
				p.words[[2]uint32{w[0], w[1]}] = n
			}
			rest = rest[end+1:]
			continue
		}
		_, size := utf8.DecodeRuneInString(rest)
		if w := weights(rest[:size]); len(w) == 1 {
			p.rank[w[0]] = n
		}
		rest = rest[size:]
	}
	return p
})

// The primary weights of digits end below this, those of letters begin above it.
const beforeLetters = 0x14ff

// key rewrites the primary weights of a key: two bytes each, three with the top
// bit set for Chinese characters, up to a 0.
func (p *pinyin) key(k []byte) []byte {
	out := make([]byte, 0, len(k)+16)
	for len(k) >= 2 && (k[0] != 0 || k[1] != 0) {
		if k[0]&0x80 == 0 || len(k) < 3 {
			out = append(out, k[0], k[1])
			k = k[2:]
			continue
		}
		w, n := weightAt(k), 3
		r, ok := p.rank[w]
		if !ok {
			r = w // behind all that are in the table
		}
		if len(k) >= 6 && k[3]&0x80 != 0 {
			if word, ok := p.words[[2]uint32{w, weightAt(k[3:])}]; ok {
				r, n = word, 6
			}
		}
		out = append(out, beforeLetters>>8, beforeLetters&0xff, byte(r>>16), byte(r>>8), byte(r))
		k = k[n:]
	}
	return append(out, k...)
}

func weightAt(k []byte) uint32 { return uint32(k[0])<<16 | uint32(k[1])<<8 | uint32(k[2]) }

package regex

import (
	"sort"
	"unicode/utf8"
)

// Characters that every set of an expression treats alike share a color, so that
// automata have few transitions.

// neighbour flags of a position.
const (
	atEdge uint8 = 1 << iota // start or end of the text
	isNewline
	isWord
)

// paint divides the characters into colors by the sets of x.
func (re *Regexp) paint(x *expr) {
	var sets []charSet
	seen := map[*expr]bool{}
	var walk func(*expr)
	walk = func(x *expr) {
		if seen[x] {
			return
		}
		seen[x] = true
		if x.op == opSet {
			sets = append(sets, x.set)
		}
		for _, k := range x.kids {
			walk(k)
		}
	}
	walk(x)
	word := class("word", re.flags)
	sets = append(sets, word, charSet{{'\n', '\n'}})
	cut := map[rune]bool{0: true}
	for _, s := range sets {
		for _, r := range s {
			cut[r.lo] = true
			if r.hi < maxChar {
				cut[r.hi+1] = true
			}
		}
	}
	for c := range cut {
		re.cuts = append(re.cuts, c)
	}
	sort.Slice(re.cuts, func(i, j int) bool { return re.cuts[i] < re.cuts[j] })
	byKey := map[string]uint16{}
	for _, c := range re.cuts {
		key := make([]byte, len(sets))
		for i, s := range sets {
			if s.has(c) {
				key[i] = 1
			}
		}
		col, ok := byKey[string(key)]
		if !ok {
			col = uint16(len(byKey))
			byKey[string(key)] = col
			var f uint8
			if word.has(c) {
				f |= isWord
			}
			if c == '\n' {
				f |= isNewline
			}
			re.about = append(re.about, f)
		}
		re.cutColor = append(re.cutColor, col)
	}
	re.about = append(re.about, atEdge) // the color of the end
	for c := range re.ascii {
		re.ascii[c] = re.search(rune(c))
	}
}

func (re *Regexp) search(c rune) uint16 {
	i := sort.Search(len(re.cuts), func(i int) bool { return re.cuts[i] > c })
	return re.cutColor[i-1]
}

// end is the color of the end of the text.
func (re *Regexp) end() int { return len(re.about) - 1 }

// colorAt is the color of the character at a place and its length in bytes.
func (re *Regexp) colorAt(s string, at int) (color, size int) {
	if c := s[at]; c < utf8.RuneSelf {
		return int(re.ascii[c]), 1
	}
	c, size := utf8.DecodeRuneInString(s[at:])
	return int(re.search(c)), size
}

// before is what stands before a place.
func (re *Regexp) before(s string, at int) uint8 {
	if at == 0 {
		return atEdge
	}
	c, _ := utf8.DecodeLastRuneInString(s[:at])
	return re.about[re.search(c)]
}

func (re *Regexp) colorsOf(set charSet) []uint64 {
	out := make([]uint64, (len(re.about)+63)/64)
	for i, c := range re.cuts {
		if set.has(c) {
			out[re.cutColor[i]>>6] |= 1 << (re.cutColor[i] & 63)
		}
	}
	return out
}

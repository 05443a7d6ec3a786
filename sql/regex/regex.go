package regex

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// Regexp is a compiled expression, safe for several goroutines.
type Regexp struct {
	flags    Flags
	tree     *part
	parts    int
	groups   int
	backRefs bool
	literal  string // the expression is this text alone, if plain
	plain    bool

	cuts     []rune   // where ranges of one color start
	cutColor []uint16 // their colors
	about    []uint8  // neighbour flags by color; the last is the text's end
	ascii    [utf8.RuneSelf]uint16

	pool sync.Pool // of *machine
}

// Compile reads an expression. Its error is of type Error.
func Compile(pattern string, flags Flags) (re *Regexp, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(Error)
			if !ok {
				panic(r)
			}
			re, err = nil, e
		}
	}()
	p := parser{lexer: lexer{s: []rune(pattern), flags: flags}, groups: map[int]*part{}}
	p.lexer.start()
	re = &Regexp{tree: p.alternatives(tkEnd), flags: p.flags, groups: p.nsub}
	re.number(re.tree)
	re.findLiteral()
	re.paint(re.tree.x)
	re.compile(re.tree.x, true) // for its limits
	return re, nil
}

// number gives the parts their numbers and notes back references.
func (re *Regexp) number(t *part) {
	t.id = re.parts
	re.parts++
	re.backRefs = re.backRefs || t.op == partBack
	for _, k := range t.kids {
		re.number(k)
	}
}

// findLiteral notes an expression that is nothing but characters.
func (re *Regexp) findLiteral() {
	x := re.tree.x
	if x.op != opCat || re.tree.op != partPlain || re.tree.group != 0 || re.groups > 0 {
		return
	}
	var b strings.Builder
	for _, k := range x.kids {
		if k.op != opSet || len(k.set) != 1 || k.set[0].lo != k.set[0].hi || !utf8.ValidRune(k.set[0].lo) {
			return
		}
		b.WriteRune(k.set[0].lo)
	}
	re.literal, re.plain = b.String(), true
}

// Groups is the number of capturing groups.
func (re *Regexp) Groups() int { return re.groups }

// Match reports whether s holds a match. check is asked now and then; its error
// ends the search. It may be nil.
func (re *Regexp) Match(s string, check func() error) (bool, error) {
	if re.plain {
		return strings.Contains(s, re.literal), nil
	}
	if re.backRefs {
		m, err := re.Find(s, 0, check)
		return m != nil, err
	}
	found := false
	err := re.run(s, check, func(m *machine) {
		end, _ := m.searcher().shortest(0, 0, len(s))
		found = end >= 0
	})
	return found, err
}

// Find is the first match that starts at byte from or later: the byte offsets of
// its start and end and then of the groups', -1 for those without a part in it.
// nil if there is none. check is as for Match.
func (re *Regexp) Find(s string, from int, check func() error) ([]int, error) {
	var loc []int
	err := re.run(s, check, func(m *machine) { loc = m.find(from) })
	return loc, err
}

// canceled carries check's error out of the loops.
type canceled struct{ err error }

func (re *Regexp) run(s string, check func() error, f func(m *machine)) (err error) {
	m, _ := re.pool.Get().(*machine)
	if m == nil {
		m = &machine{re: re, of: make([]*automaton, re.parts), looks: map[*expr]*automaton{}}
	}
	defer func() {
		if r := recover(); r != nil {
			switch e := r.(type) {
			case canceled:
				err = e.err
			case Error:
				err = e
			default:
				panic(r)
			}
			return // the machine's state is not known: it is not kept
		}
		m.s, m.check = "", nil
		re.pool.Put(m)
	}()
	m.s, m.check = s, check
	f(m)
	return nil
}

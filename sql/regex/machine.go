package regex

import "unicode/utf8"

// machine matches one text at a time. It keeps the automata that it has made.
type machine struct {
	re     *Regexp
	s      string
	check  func() error
	ticks  uint
	all    *automaton // searches
	of     []*automaton
	looks  map[*expr]*automaton
	groups []int // byte offsets by group, -1 without
}

// tick asks for cancellation now and then.
func (m *machine) tick() {
	if m.ticks++; m.ticks&0x3fff == 0 && m.check != nil {
		if err := m.check(); err != nil {
			panic(canceled{err})
		}
	}
}

// searcher is the automaton of the expression behind anything.
func (m *machine) searcher() *automaton {
	if m.all == nil {
		m.all = m.automaton(m.re.compile(m.re.tree.x, true))
	}
	return m.all
}

func (m *machine) part(t *part) *automaton {
	if m.of[t.id] == nil {
		m.of[t.id] = m.automaton(m.re.compile(t.x, false))
	}
	return m.of[t.id]
}

// look tests what look-around asks for at a place.
func (m *machine) look(in *inst, at int) bool {
	a := m.looks[in.sub]
	back := in.look == behind || in.look == notBehind
	if a == nil {
		a = m.automaton(m.re.compile(in.sub, back))
		m.looks[in.sub] = a
	}
	hit := false
	if back {
		hit = a.matches(0, at)
	} else {
		end, _ := a.shortest(at, at, len(m.s))
		hit = end >= 0
	}
	return hit == (in.look == ahead || in.look == behind)
}

func (m *machine) prev(at int) int {
	_, size := utf8.DecodeLastRuneInString(m.s[:at])
	return at - size
}

func (m *machine) next(at int) int {
	_, size := utf8.DecodeRuneInString(m.s[at:])
	return at + size
}

// find is the first match from a place on, nil if there is none.
func (m *machine) find(from int) []int {
	t := m.re.tree
	all, whole := m.searcher(), m.part(t)
	for close := from; ; {
		end, open := all.shortest(close, close, len(m.s))
		if end < 0 {
			return nil
		}
		close = end
		for begin := open; ; begin = m.next(begin) {
			if loc := m.matchAt(whole, begin); loc != nil {
				return loc
			}
			if begin >= close {
				break
			}
		}
		// As in PostgreSQL, an empty match at the very end is not looked for once
		// another was taken apart in vain.
		if close >= len(m.s) || m.next(close) >= len(m.s) {
			return nil
		}
		close = m.next(close)
	}
}

// matchAt is the match that starts at begin.
func (m *machine) matchAt(whole *automaton, begin int) []int {
	t := m.re.tree
	low, high := begin, len(m.s)
	for {
		var end int
		if t.flags&shorter != 0 {
			end, _ = whole.shortest(begin, low, high)
		} else {
			end = whole.longest(begin, high)
		}
		if end < 0 {
			return nil
		}
		m.groups = m.groups[:0]
		for range 2 * (m.re.groups + 1) {
			m.groups = append(m.groups, -1)
		}
		if m.dissect(t, begin, end) {
			m.groups[0], m.groups[1] = begin, end
			return append([]int(nil), m.groups...)
		}
		if t.flags&shorter != 0 {
			if end == high {
				return nil
			}
			low = m.next(end)
		} else {
			if end == begin {
				return nil
			}
			high = m.prev(end)
		}
	}
}

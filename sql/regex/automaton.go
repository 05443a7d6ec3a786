package regex

import "encoding/binary"

// automaton runs a program deterministically; its states are made when they are
// first met. It belongs to one machine.
type automaton struct {
	m      *machine
	p      *program
	states map[string]*state
	first  [atEdge | isNewline | isWord + 1]*state
	marks  []uint32 // instructions visited in the closure of this generation
	gen    uint32
	stack  []int32
	next   []int32
}

// state is a set of instructions before anything empty is followed, with what
// stood before.
type state struct {
	insts  []int32
	before uint8
	trans  []transition
}

// transition is what one color does; accept says that a match ends before it.
type transition struct {
	to     *state // nil: no way on
	accept bool
	known  bool
}

// maxStates is when an automaton forgets its states and starts anew.
const maxStates = 4000

func (m *machine) automaton(p *program) *automaton {
	return &automaton{m: m, p: p, states: map[string]*state{}, marks: make([]uint32, len(p.insts))}
}

// start is the first state at a place.
func (a *automaton) start(s string, at int) *state {
	var f uint8
	if a.p.asserts {
		f = a.m.re.before(s, at)
	}
	if a.first[f] == nil {
		a.first[f] = a.intern([]int32{a.p.start}, f)
	}
	return a.first[f]
}

func (a *automaton) intern(insts []int32, before uint8) *state {
	key := make([]byte, 0, 4*len(insts)+1)
	for _, i := range insts {
		key = binary.LittleEndian.AppendUint32(key, uint32(i))
	}
	key = append(key, before)
	st := a.states[string(key)]
	if st == nil {
		if len(a.states) >= maxStates {
			clear(a.states)
			clear(a.first[:])
		}
		st = &state{insts: append([]int32(nil), insts...), before: before, trans: make([]transition, len(a.m.re.about))}
		a.states[string(key)] = st
	}
	return st
}

// step is the transition of a color at a place of the text.
func (a *automaton) step(st *state, color, at int) transition {
	if t := st.trans[color]; t.known {
		return t
	}
	a.gen++
	a.next, a.stack = a.next[:0], append(a.stack[:0], st.insts...)
	t := transition{known: true}
	looked := false
	after := a.m.re.about[color]
	for len(a.stack) > 0 {
		i := a.stack[len(a.stack)-1]
		a.stack = a.stack[:len(a.stack)-1]
		if a.marks[i] == a.gen {
			continue
		}
		a.marks[i] = a.gen
		in := &a.p.insts[i]
		switch in.op {
		case instMatch:
			t.accept = true
		case instSplit:
			a.stack = append(a.stack, in.out, in.out2)
		case instAssert:
			if in.assert.holds(st.before, after, a.m.re.flags) {
				a.stack = append(a.stack, in.out)
			}
		case instLook:
			looked = true
			if a.m.look(in, at) {
				a.stack = append(a.stack, in.out)
			}
		case instSet:
			if in.colors[color>>6]>>(uint(color)&63)&1 != 0 {
				a.next = append(a.next, in.out)
			}
		}
	}
	if len(a.next) > 0 {
		if !a.p.asserts {
			after = 0
		}
		t.to = a.intern(sorted(a.next), after)
	}
	if !looked {
		st.trans[color] = t
	}
	return t
}

// sorted sorts in place and drops doubles; the lists are short.
func sorted(l []int32) []int32 {
	for i := 1; i < len(l); i++ {
		for j := i; j > 0 && l[j] < l[j-1]; j-- {
			l[j], l[j-1] = l[j-1], l[j]
		}
	}
	n := 1
	for _, x := range l[1:] {
		if x != l[n-1] {
			l[n] = x
			n++
		}
	}
	return l[:n]
}

// holds tests an assertion between two neighbours.
func (k assertKind) holds(before, after uint8, f Flags) bool {
	lines := f&NLAnchor != 0
	b, w := before&isWord != 0, after&isWord != 0
	switch k {
	case lineStart:
		return before&atEdge != 0 || lines && before&isNewline != 0
	case lineEnd:
		return after&atEdge != 0 || lines && after&isNewline != 0
	case textStart:
		return before&atEdge != 0
	case textEnd:
		return after&atEdge != 0
	case wordStart:
		return !b && w
	case wordEnd:
		return b && !w
	case wordEdge:
		return b != w
	}
	return b == w
}

// longest is the end of the longest match that starts at begin and ends at limit
// or before, -1 if there is none.
func (a *automaton) longest(begin, limit int) int {
	m := a.m
	st, last := a.start(m.s, begin), -1
	for at := begin; ; {
		color, size := m.re.end(), 0
		if at < len(m.s) {
			color, size = m.re.colorAt(m.s, at)
		}
		t := a.step(st, color, at)
		if t.accept {
			last = at
		}
		if t.to == nil || at >= limit {
			return last
		}
		st = t.to
		at += size
		m.tick()
	}
}

// shortest is the first end between from and limit of a match that starts at
// begin, -1 if there is none. cold is the last place at which no match was under
// way (for programs that search).
func (a *automaton) shortest(begin, from, limit int) (end, cold int) {
	m := a.m
	st := a.start(m.s, begin)
	first := st.insts
	cold = begin
	for at := begin; ; {
		color, size := m.re.end(), 0
		if at < len(m.s) {
			color, size = m.re.colorAt(m.s, at)
		}
		t := a.step(st, color, at)
		if t.accept && at >= from {
			return at, cold
		}
		if t.to == nil || at >= limit {
			return -1, cold
		}
		st = t.to
		at += size
		if len(st.insts) == 1 && st.insts[0] == first[0] {
			cold = at
		}
		m.tick()
	}
}

// matches reports whether exactly begin..end is a match.
func (a *automaton) matches(begin, end int) bool { return a.longest(begin, end) == end }

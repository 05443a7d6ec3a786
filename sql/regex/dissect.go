package regex

import "unicode/utf8"

// clear forgets the groups inside t.
func (m *machine) clear(t *part) {
	if t.group > 0 {
		m.groups[2*t.group], m.groups[2*t.group+1] = -1, -1
	}
	for _, k := range t.kids {
		m.clear(k)
	}
}

// dissect finds the groups of t, whose automaton matches begin..end, and holds
// back references against the text. It is false only if those do not fit.
func (m *machine) dissect(t *part, begin, end int) bool {
	m.tick()
	ok := true
	switch t.op {
	case partCat:
		ok = m.cat(t, begin, end)
	case partAlt:
		ok = m.alternative(t, begin, end)
	case partIter:
		if t.kids[0].flags&shorter != 0 {
			ok = m.iterateShort(t, begin, end)
		} else {
			ok = m.iterate(t, begin, end)
		}
	case partGroup:
		ok = m.dissect(t.kids[0], begin, end)
	case partBack:
		ok = m.backRef(t, begin, end)
	}
	if ok && t.group > 0 {
		m.groups[2*t.group], m.groups[2*t.group+1] = begin, end
	}
	return ok
}

// cat divides a text between two parts, by the preference of the first.
func (m *machine) cat(t *part, begin, end int) bool {
	left, right := t.kids[0], t.kids[1]
	l, r := m.part(left), m.part(right)
	short := left.flags&shorter != 0
	mid := 0
	if short {
		mid, _ = l.shortest(begin, begin, end)
	} else {
		mid = l.longest(begin, end)
	}
	for mid >= 0 {
		if r.matches(mid, end) && m.dissect(left, begin, mid) && m.dissect(right, mid, end) {
			return true
		}
		if short {
			if mid == end {
				return false
			}
			mid, _ = l.shortest(begin, m.next(mid), end)
		} else {
			if mid == begin {
				return false
			}
			mid = l.longest(begin, m.prev(mid))
		}
		m.clear(left)
		m.clear(right)
	}
	return false
}

func (m *machine) alternative(t *part, begin, end int) bool {
	for _, k := range t.kids {
		if m.part(k).matches(begin, end) {
			if m.dissect(k, begin, end) {
				return true
			}
			m.clear(k)
		}
	}
	return false
}

// backRef holds a text against repetitions of a group's.
func (m *machine) backRef(t *part, begin, end int) bool {
	lo, hi := m.groups[2*t.back], m.groups[2*t.back+1]
	if lo < 0 {
		return false
	}
	text := m.s[lo:hi]
	if text == "" {
		return begin == end
	}
	n := 0
	for at := begin; at < end; n++ {
		size := m.same(text, m.s[at:end])
		if size < 0 {
			return false
		}
		at += size
		m.tick()
	}
	return n >= t.min && (t.max == noLimit || n <= t.max)
}

// same is the length of text at the start of s, in whatever case if that does
// not matter, -1 if it is not there.
func (m *machine) same(text, s string) int {
	if m.re.flags&ICase == 0 {
		if len(s) < len(text) || s[:len(text)] != text {
			return -1
		}
		return len(text)
	}
	at := 0
	for _, c := range text {
		d, size := utf8.DecodeRuneInString(s[at:])
		if size == 0 || c != d && lower(c, m.re.flags) != lower(d, m.re.flags) {
			return -1
		}
		at += size
	}
	return at
}

// rounds are the ends of the rounds of an iteration while they are sought.
type rounds struct {
	m        *machine
	t        *part
	end      int
	least    int
	most     int
	ends     []int // ends[0] is the start
	verified int
}

func (m *machine) rounds(t *part, begin, end int) *rounds {
	r := &rounds{m: m, t: t, end: end, least: max(t.min, 1)}
	r.most = utf8.RuneCountInString(m.s[begin:end])
	if t.max != noLimit {
		r.most = min(r.most, t.max)
	}
	r.most = max(r.most, r.least)
	r.ends = append(r.ends, begin)
	return r
}

// set notes the end of round k.
func (r *rounds) set(k, end int) {
	r.ends = append(r.ends[:k], end)
	r.verified = min(r.verified, k-1)
}

// empty reports whether round k must be taken empty to reach the least number.
func (r *rounds) empty(k, at int) bool {
	return k < r.least && r.least-k >= utf8.RuneCountInString(r.m.s[at:r.end])
}

// verify dissects the rounds up to k.
func (r *rounds) verify(k int) bool {
	for i := r.verified + 1; i <= k; i++ {
		r.m.clear(r.t.kids[0])
		if !r.m.dissect(r.t.kids[0], r.ends[i-1], r.ends[i]) {
			return false
		}
		r.verified = i
	}
	return true
}

// iterate divides a text into rounds, each as long as can be.
func (m *machine) iterate(t *part, begin, end int) bool {
	r, a := m.rounds(t, begin, end), m.part(t.kids[0])
	for k, limit := 1, end; k > 0; {
		m.tick()
		at := a.longest(r.ends[k-1], limit)
		if at < 0 {
			k, limit = r.shorten(k - 1)
			continue
		}
		r.set(k, at)
		switch {
		case at != end && k >= r.most:
			k, limit = r.shorten(k - 1)
		case at != end && at == r.ends[k-1] && !r.empty(k, at):
			k, limit = r.shorten(k)
		case at != end:
			k, limit = k+1, end
		case k >= r.least && r.verify(k):
			return true
		default:
			k, limit = r.shorten(k)
		}
	}
	return t.min == 0 && begin == end // no round at all
}

// shorten goes back to the last round, k or before, that can be shorter.
func (r *rounds) shorten(k int) (int, int) {
	for ; k > 0; k-- {
		start := r.ends[k-1]
		if r.ends[k] > start {
			limit := r.m.prev(r.ends[k])
			if limit > start || r.empty(k, start) {
				return k, limit
			}
		}
	}
	return 0, 0
}

// iterateShort divides a text into rounds, each as short as can be.
func (m *machine) iterateShort(t *part, begin, end int) bool {
	if t.min <= 0 && begin == end {
		return true
	}
	r, a := m.rounds(t, begin, end), m.part(t.kids[0])
	for k, limit := 1, begin; k > 0; {
		m.tick()
		if limit == r.ends[k-1] && limit != end && !r.empty(k, limit) {
			limit = m.next(limit)
		}
		at, _ := a.shortest(r.ends[k-1], limit, end)
		if at < 0 {
			k, limit = r.lengthen(k - 1)
			continue
		}
		r.set(k, at)
		switch {
		case at != end && k >= r.most:
			k, limit = r.lengthen(k - 1)
		case at != end:
			k, limit = k+1, at
		case k >= r.least && r.verify(k):
			return true
		default:
			k, limit = r.lengthen(k)
		}
	}
	return false
}

// lengthen goes back to the last round, k or before, that can be longer.
func (r *rounds) lengthen(k int) (int, int) {
	for ; k > 0; k-- {
		if r.ends[k] < r.end {
			return k, r.m.next(r.ends[k])
		}
	}
	return 0, 0
}

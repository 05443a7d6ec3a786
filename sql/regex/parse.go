package regex

// expr is a regular expression in the mathematical sense, with assertions.
type expr struct {
	op       exprOp
	set      charSet
	kids     []*expr
	min, max int // opRepeat; max < 0 is no limit
	assert   assertKind
	look     lookKind
}

type exprOp uint8

const (
	opEmpty exprOp = iota
	opSet
	opCat
	opAlt
	opRepeat
	opAssert
	opLook
)

type assertKind uint8

const (
	lineStart assertKind = iota
	lineEnd
	textStart
	textEnd
	wordStart
	wordEnd
	wordEdge
	notWordEdge
)

type lookKind uint8

const (
	ahead lookKind = iota
	notAhead
	behind
	notBehind
)

// part is a node of the tree by which matches are taken apart.
type part struct {
	op       partOp
	flags    partFlags
	x        *expr // the text that it can match
	kids     []*part
	group    int // captures into this group; 0: none
	back     int // partBack: the group meant
	min, max int // partIter, partBack
	id       int
}

type partOp uint8

const (
	partPlain partOp = iota // nothing inside matters
	partCat
	partAlt
	partIter
	partGroup // a group around a group
	partBack
)

// partFlags are a part's preference and what is inside.
type partFlags uint8

const (
	longer partFlags = 1 << iota
	shorter
	mixed
	captures
	backRefs

	preference = longer | shorter
)

// up is what a node inherits: two preferences that clash make it mixed.
func (f partFlags) up() partFlags {
	u := f &^ preference
	if f&preference == preference {
		u |= mixed
	}
	return u
}

func (f partFlags) messy() bool { return f&(mixed|captures|backRefs) != 0 }

// combine joins the flags of neighbours; the first preference wins.
func combine(a, b partFlags) partFlags {
	f := (a | b).up()
	if p := a & preference; p != 0 {
		return f | p
	}
	return f | b&preference
}

const (
	maxCount = 255 // of a bound
	noLimit  = -1
	// maxDepth limits nested groups, so that no recursion ends the process.
	maxDepth = 2000
)

type parser struct {
	lexer
	groups map[int]*part // closed groups by number
	look   int           // depth of look-around, where nothing captures
	depth  int
}

func (p *parser) see(k tokenKind) bool { return p.tok.kind == k }

// alternatives reads branches up to a stopper.
func (p *parser) alternatives(stop tokenKind) *part {
	if p.depth++; p.depth > maxDepth {
		fail(errTooLarge)
	}
	defer func() { p.depth-- }()
	all := &part{op: partAlt, flags: longer, x: &expr{op: opAlt}}
	for more := true; more; {
		b := p.branch(stop)
		all.kids = append(all.kids, b)
		all.x.kids = append(all.x.kids, b.x)
		all.flags |= (all.flags | b.flags).up()
		if more = p.see(tkAlt); more {
			p.next()
		}
	}
	if !p.see(stop) {
		fail(errParen)
	}
	switch {
	case len(all.kids) == 1:
		return all.kids[0]
	case !all.flags.messy():
		all.op, all.kids = partPlain, nil
	}
	return all
}

func (p *parser) branch(stop tokenKind) *part {
	t := plainPart(&expr{op: opCat}, 0)
	for !p.branchEnds(stop) {
		t = p.atom(stop, t)
	}
	return t
}

func (p *parser) branchEnds(stop tokenKind) bool { return p.see(tkAlt) || p.see(stop) || p.see(tkEnd) }

func plainPart(x *expr, f partFlags) *part { return &part{op: partPlain, x: x, flags: f} }

func catOf(xs ...*expr) *expr { return &expr{op: opCat, kids: xs} }

func repeatOf(x *expr, lo, hi int) *expr {
	if lo == 1 && hi == 1 {
		return x
	}
	return &expr{op: opRepeat, kids: []*expr{x}, min: lo, max: hi}
}

// atom reads an assertion or a quantified atom behind top, what the branch has
// so far; it may read the rest of the branch, too.
func (p *parser) atom(stop tokenKind, top *part) *part {
	if p.see(tkAssert) {
		top.x.kids = append(top.x.kids, &expr{op: opAssert, assert: assertKind(p.tok.val)})
		p.next()
		return top
	}
	if p.see(tkLook) {
		kind := lookKind(p.tok.val)
		p.next()
		p.look++
		t := p.alternatives(tkCloseParen)
		p.look--
		p.next()
		top.x.kids = append(top.x.kids, &expr{op: opLook, look: kind, kids: []*expr{t.x}})
		return top
	}
	x, a, group := p.simple()
	lo, hi, prefer := p.quantifier()
	if lo == 0 && hi == 0 {
		return top
	}
	f := top.flags | prefer
	if a != nil {
		f |= a.flags
	}
	isBack := a != nil && a.op == partBack
	if group == 0 && !isBack && !f.up().messy() {
		top.x.kids = append(top.x.kids, repeatOf(x, lo, hi))
		top.flags = f
		return top
	}
	if a == nil {
		a = plainPart(x, 0)
	}
	return p.rest(stop, top, quantified(a, lo, hi, prefer), combine(prefer, a.flags))
}

// quantified puts the structure of a quantifier around an atom.
func quantified(a *part, lo, hi int, prefer partFlags) *part {
	f := combine(prefer, a.flags)
	own := a.flags & (longer | shorter | mixed)
	switch {
	case a.op == partBack:
		a.min, a.max = lo, hi
		a.x = repeatOf(a.x, lo, hi)
		a.flags |= f
		return a
	case lo == 1 && hi == 1 && (prefer == 0 || own == 0 || prefer == own):
		return a
	case a.flags&(captures|backRefs) == 0:
		return plainPart(repeatOf(a.x, lo, hi), f)
	case lo > 0 && a.flags&backRefs == 0:
		// Only the last round's groups count: x{m,n} is x{m-1,n-1}x.
		if hi > 0 {
			hi--
		}
		head := plainPart(repeatOf(a.x, lo-1, hi), f&preference)
		return &part{op: partCat, flags: f, kids: []*part{head, a}, x: catOf(head.x, a.x)}
	}
	return &part{op: partIter, flags: f, kids: []*part{a}, min: lo, max: hi, x: repeatOf(a.x, lo, hi)}
}

// rest joins what the branch had before (top), an atom whose inside matters and
// the rest of the branch. f is the flags of the atom with its quantifier.
func (p *parser) rest(stop tokenKind, top, a *part, f partFlags) *part {
	empty := len(top.x.kids) == 0
	prefix := plainPart(top.x, top.flags)
	if p.branchEnds(stop) {
		if empty {
			return a
		}
		return &part{op: partCat, flags: top.flags | combine(top.flags, a.flags), kids: []*part{prefix, a}, x: catOf(prefix.x, a.x)}
	}
	tail := p.branch(stop)
	t := &part{op: partCat, flags: f | combine(f, tail.flags), kids: []*part{a, tail}, x: catOf(a.x, tail.x)}
	flags := top.flags | combine(top.flags, t.flags)
	switch {
	case empty:
		t.flags = flags
		return t
	case a.op == partPlain && tail.op == partPlain && !(a.flags | tail.flags).up().messy():
		t = plainPart(t.x, combine(a.flags, tail.flags))
	}
	return &part{op: partCat, flags: flags, kids: []*part{prefix, t}, x: catOf(prefix.x, t.x)}
}

// simple reads an atom. a is nil if its inside does not matter; group is its
// number if it captures.
func (p *parser) simple() (x *expr, a *part, group int) {
	switch p.tok.kind {
	case tkStar, tkPlus, tkQuest, tkBrace:
		fail(errOperand)
	case tkParen:
		a, group = p.paren()
		return a.x, a, group
	case tkBackRef:
		g := p.groups[int(p.tok.val)]
		if p.look > 0 || g == nil {
			fail(errBackRef)
		}
		a = &part{op: partBack, flags: backRefs, back: int(p.tok.val), x: g.x.bare()}
		p.next()
		return a.x, a, 0
	case tkBracket:
		return p.set(), nil, 0
	case tkEscClass:
		x = setExpr(class(escapeClasses[p.tok.val], p.flags))
	case tkEscNotClass:
		x = setExpr(class(escapeClasses[p.tok.val], p.flags).not())
	case tkAny:
		x = setExpr(charSet{{0, maxChar}})
		if p.flags&NLStop != 0 {
			x.set = charSet{{'\n', '\n'}}.not()
		}
	case tkCloseParen:
		if p.flags&Extended == 0 {
			fail(errParen)
		}
		x = p.char(p.tok.val)
	case tkChar:
		x = p.char(p.tok.val)
	default:
		fail(errOperand)
	}
	p.next()
	return x, nil, 0
}

var escapeClasses = map[rune]string{'d': "digit", 's': "space", 'w': "word"}

func setExpr(s charSet) *expr { return &expr{op: opSet, set: s} }

func (p *parser) char(c rune) *expr {
	s := charSet{{c, c}}
	if p.flags&ICase != 0 {
		s = s.withCases(p.flags)
	}
	return setExpr(s)
}

func (p *parser) paren() (*part, int) {
	group := 0
	if p.tok.val != 0 && p.look == 0 {
		p.nsub++
		group = p.nsub
	}
	p.next()
	a := p.alternatives(tkCloseParen)
	p.next()
	if group == 0 {
		return a, 0
	}
	if a.group == 0 {
		a.flags |= captures
		a.group = group
	} else {
		a = &part{op: partGroup, flags: a.flags | captures, group: group, kids: []*part{a}, x: a.x}
	}
	p.groups[group] = a
	return a, group
}

// bare is x without assertions: a back reference is held to the text alone.
func (x *expr) bare() *expr {
	if x.op == opAssert || x.op == opLook {
		return &expr{op: opEmpty}
	}
	y := *x
	y.kids = make([]*expr, len(x.kids))
	for i, k := range x.kids {
		y.kids[i] = k.bare()
	}
	return &y
}

// quantifier reads what may follow an atom.
func (p *parser) quantifier() (lo, hi int, prefer partFlags) {
	lazy := func(t token) partFlags {
		if t.val == 0 {
			return shorter
		}
		return longer
	}
	t := p.tok
	switch t.kind {
	case tkStar:
		lo, hi = 0, noLimit
	case tkPlus:
		lo, hi = 1, noLimit
	case tkQuest:
		lo, hi = 0, 1
	case tkBrace:
		p.next()
		lo = p.count()
		hi = lo
		if p.see(tkComma) {
			p.next()
			hi = noLimit
			if p.see(tkDigit) {
				if hi = p.count(); lo > hi {
					fail(errCount)
				}
			}
			prefer = lazy(p.tok)
		}
		if !p.see(tkCloseBrace) {
			fail(errCount)
		}
		p.next()
		return lo, hi, prefer
	default:
		return 1, 1, 0
	}
	p.next()
	return lo, hi, lazy(t)
}

func (p *parser) count() int {
	n := 0
	for p.see(tkDigit) && n < maxCount {
		n = n*10 + int(p.tok.val)
		p.next()
	}
	if p.see(tkDigit) || n > maxCount {
		fail(errCount)
	}
	return n
}

package regex

// inst is one instruction of an automaton without choices resolved.
type inst struct {
	op        instOp
	out, out2 int32
	colors    []uint64 // instSet: bit per color
	assert    assertKind
	look      lookKind
	sub       *expr // instLook
}

type instOp uint8

const (
	instSet instOp = iota
	instSplit
	instAssert
	instLook
	instMatch
)

// maxInsts limits the size of an expression after its counts are written out.
const maxInsts = 100000

// program is an expression as instructions; 0 is the first.
type program struct {
	insts   []inst
	start   int32
	asserts bool // looks at the neighbours
}

type compiler struct {
	re *Regexp
	p  *program
}

// compile makes the automaton of x; with search it may start anywhere.
func (re *Regexp) compile(x *expr, search bool) *program {
	c := compiler{re, &program{}}
	end := c.add(inst{op: instMatch})
	c.p.start = c.expr(x, end)
	if search {
		any := expr{op: opSet, set: charSet{{0, maxChar}}}
		c.p.start = c.expr(&expr{op: opRepeat, kids: []*expr{&any}, max: noLimit}, c.p.start)
	}
	return c.p
}

func (c *compiler) add(i inst) int32 {
	if len(c.p.insts) >= maxInsts {
		fail(errTooLarge)
	}
	c.p.insts = append(c.p.insts, i)
	return int32(len(c.p.insts) - 1)
}

// expr compiles x with next behind it and returns where it starts.
func (c *compiler) expr(x *expr, next int32) int32 {
	switch x.op {
	case opSet:
		return c.add(inst{op: instSet, out: next, colors: c.re.colorsOf(x.set)})
	case opCat:
		for i := len(x.kids) - 1; i >= 0; i-- {
			next = c.expr(x.kids[i], next)
		}
	case opAlt:
		at := c.expr(x.kids[len(x.kids)-1], next)
		for i := len(x.kids) - 2; i >= 0; i-- {
			at = c.add(inst{op: instSplit, out: c.expr(x.kids[i], next), out2: at})
		}
		return at
	case opRepeat:
		return c.repeat(x, next)
	case opAssert:
		c.p.asserts = true
		return c.add(inst{op: instAssert, out: next, assert: x.assert})
	case opLook:
		return c.add(inst{op: instLook, out: next, look: x.look, sub: x.kids[0]})
	}
	return next
}

func (c *compiler) repeat(x *expr, next int32) int32 {
	if x.max == noLimit {
		loop := c.add(inst{op: instSplit, out2: next})
		body := c.expr(x.kids[0], loop)
		c.p.insts[loop].out = body
		next = loop
	} else {
		end := next
		for i := x.min; i < x.max; i++ {
			next = c.add(inst{op: instSplit, out: c.expr(x.kids[0], next), out2: end})
		}
	}
	for range x.min {
		next = c.expr(x.kids[0], next)
	}
	return next
}

package jsonpath

import (
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/regex"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// maxDepth bounds the nesting of a path.
const maxDepth = 1000

type parser struct {
	lexer
	tok   token
	depth int
	// Where @ and last may stand.
	filters, subs int
}

// Parse reads a path; the errors are jsonpath_in's.
func Parse(s string) (p *Path, err error) {
	ps := parser{lexer: lexer{in: s}}
	if err = ps.advance(); err != nil {
		return nil, err
	}
	if ps.tok.kind == tEnd {
		return nil, sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type %s: \"%s\"", "jsonpath", s)
	}
	p = &Path{}
	if ps.word("strict") || ps.word("lax") {
		p.strict = ps.word("strict")
		if err = ps.advance(); err != nil {
			return nil, err
		}
	}
	if p.root, err = ps.or(); err != nil {
		return nil, err
	}
	if ps.tok.kind != tEnd {
		return nil, ps.unexpected()
	}
	return p, nil
}

func (p *parser) advance() (err error) {
	p.tok, err = p.next()
	return err
}

// word reports whether the token is a keyword; those of JSON are in lower case.
func (p *parser) word(w string) bool {
	if p.tok.kind != tIdent || p.tok.escaped {
		return false
	}
	switch w {
	case "null", "true", "false":
		return p.tok.val == w
	}
	return strings.EqualFold(p.tok.val, w)
}

func (p *parser) is(op string) bool { return p.tok.kind == tOp && p.tok.val == op }

func (p *parser) unexpected() error { return syntaxNear("syntax error", p.tok.text) }

// accept passes over an operator if it is there.
func (p *parser) accept(op string) (bool, error) {
	if !p.is(op) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) expect(op string) error {
	ok, err := p.accept(op)
	if err == nil && !ok {
		err = p.unexpected()
	}
	return err
}

// or is predicate || predicate, or anything that binds closer.
func (p *parser) or() (*node, error) {
	return p.junction("||", opOr, func() (*node, error) { return p.junction("&&", opAnd, p.comparison) })
}

func (p *parser) junction(text string, o op, operand func() (*node, error)) (*node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded")
	}
	l, err := operand()
	for err == nil && p.is(text) {
		if !l.isPredicate() {
			return nil, p.unexpected()
		}
		if err = p.advance(); err != nil {
			return nil, err
		}
		var r *node
		if r, err = operand(); err == nil && !r.isPredicate() {
			err = p.unexpected()
		}
		l = &node{op: o, left: l, right: r}
	}
	return l, err
}

func (n *node) isPredicate() bool { return n.op.predicate() && n.next == nil }

var comparisons = map[string]op{"==": opEqual, "!=": opNotEqual, "<>": opNotEqual, "<": opLess, "<=": opLessEqual, ">": opGreater, ">=": opGreaterEqual}

// comparison is an expression, perhaps compared with another one.
func (p *parser) comparison() (*node, error) {
	l, err := p.sum()
	if err != nil {
		return nil, err
	}
	o, compares := comparisons[p.tok.val]
	switch {
	case p.tok.kind == tOp && compares:
		if l.isPredicate() {
			return nil, p.unexpected()
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		r, err := p.sum()
		if err == nil && r.isPredicate() {
			err = p.unexpected()
		}
		return &node{op: o, left: l, right: r}, err
	case p.word("starts") && !l.isPredicate():
		return p.startsWith(l)
	case p.word("like_regex") && !l.isPredicate():
		return p.likeRegex(l)
	}
	return l, nil
}

func (p *parser) startsWith(l *node) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if !p.word("with") {
		return nil, p.unexpected()
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	r := &node{op: opString, str: p.tok.val}
	switch p.tok.kind {
	case tString:
	case tVariable:
		r.op = opVariable
	default:
		return nil, p.unexpected()
	}
	return &node{op: opStartsWith, left: l, right: r}, p.advance()
}

func (p *parser) likeRegex(l *node) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind != tString {
		return nil, p.unexpected()
	}
	n := &node{op: opLikeRegex, left: l, str: p.tok.val}
	if err := p.advance(); err != nil {
		return nil, err
	}
	flags := ""
	if p.word("flag") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.tok.kind != tString {
			return nil, p.unexpected()
		}
		flags = p.tok.val
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	return n, n.compile(flags)
}

// compile makes the regular expression of like_regex (XQuery's flags i, s, m, x
// and q; shown in this order).
func (n *node) compile(flags string) error {
	for _, c := range flags {
		if !strings.ContainsRune("ismxq", c) {
			return sqlerr.New(pgerrcode.SyntaxError, "invalid input syntax for type %s", "jsonpath").
				WithDetail("Unrecognized flag character \"%c\" in LIKE_REGEX predicate.", c)
		}
	}
	has := func(c string) bool { return strings.Contains(flags, c) }
	for _, c := range []string{"i", "s", "m", "x", "q"} {
		if has(c) {
			n.flags += c
		}
	}
	f := regex.Flags(0)
	if has("i") {
		f |= regex.ICase
	}
	if has("q") {
		f |= regex.Quote
	} else {
		if has("x") {
			return sqlerr.New(pgerrcode.FeatureNotSupported, "XQuery \"x\" flag (expanded regular expressions) is not implemented")
		}
		if has("m") {
			f |= regex.NLAnchor
		}
		if !has("s") {
			f |= regex.NLStop
		}
	}
	re, err := regex.Compile(n.str, f)
	if err != nil {
		return sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: %s", err)
	}
	n.re = re
	return nil
}

// sum and product are the binary operators of numbers.
func (p *parser) sum() (*node, error) {
	return p.binary(map[string]op{"+": opAdd, "-": opSub}, func() (*node, error) {
		return p.binary(map[string]op{"*": opMul, "/": opDiv, "%": opMod}, p.unary)
	})
}

func (p *parser) binary(ops map[string]op, operand func() (*node, error)) (*node, error) {
	l, err := operand()
	for err == nil && p.tok.kind == tOp {
		o, ok := ops[p.tok.val]
		if !ok {
			break
		}
		if l.isPredicate() {
			return nil, p.unexpected()
		}
		if err = p.advance(); err != nil {
			break
		}
		var r *node
		if r, err = operand(); err == nil && r.isPredicate() {
			err = p.unexpected()
		}
		l = &node{op: o, left: l, right: r}
	}
	return l, err
}

func (p *parser) unary() (*node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded")
	}
	for text, o := range map[string]op{"+": opPlus, "-": opMinus} {
		if p.is(text) {
			if err := p.advance(); err != nil {
				return nil, err
			}
			x, err := p.unary()
			if err == nil && x.isPredicate() {
				err = p.unexpected()
			}
			if err == nil && x.op == opNumber && x.next == nil { // a sign of a literal is part of it
				if o == opMinus {
					x.num = x.num.Neg()
				}
				return x, nil
			}
			return &node{op: o, left: x}, err
		}
	}
	if p.is("!") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if !p.is("(") && !p.word("exists") {
			return nil, p.unexpected()
		}
		x, err := p.delimited()
		return &node{op: opNot, left: x}, err
	}
	return p.accessors()
}

// delimited is ( predicate ) or exists ( expr ).
func (p *parser) delimited() (*node, error) {
	if p.word("exists") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if err := p.expect("("); err != nil {
			return nil, err
		}
		x, err := p.sum()
		if err == nil && x.isPredicate() {
			err = p.unexpected()
		}
		if err == nil {
			err = p.expect(")")
		}
		return &node{op: opExists, left: x}, err
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	x, err := p.or()
	if err == nil && !x.isPredicate() {
		err = p.unexpected()
	}
	if err == nil {
		err = p.expect(")")
	}
	return x, err
}

// accessors is a primary and the accessors after it.
func (p *parser) accessors() (*node, error) {
	if p.word("exists") {
		return p.delimited()
	}
	var head *node
	group := p.is("(")
	if group {
		if err := p.advance(); err != nil {
			return nil, err
		}
		x, err := p.or()
		if err == nil {
			err = p.expect(")")
		}
		if err != nil {
			return nil, err
		}
		if x.isPredicate() && p.word("is") {
			if err := p.advance(); err != nil {
				return nil, err
			}
			if !p.word("unknown") {
				return nil, p.unexpected()
			}
			return &node{op: opIsUnknown, left: x}, p.advance()
		}
		head = x
	} else {
		x, err := p.primary()
		if err != nil {
			return nil, err
		}
		head = x
	}
	tail := head
	for tail.next != nil {
		tail = tail.next
	}
	for {
		n, err := p.accessor()
		if err != nil || n == nil {
			return head, err
		}
		tail.next = n
		tail = n
	}
}

func (p *parser) primary() (*node, error) {
	n := &node{str: p.tok.val}
	switch {
	case p.tok.kind == tString:
		n.op = opString
	case p.tok.kind == tVariable:
		n.op = opVariable
	case p.tok.kind == tInt, p.tok.kind == tNumeric:
		n.op = opNumber
		var err error
		if n.num, err = types.ParseDecimal(p.tok.val); err != nil {
			return nil, err
		}
	case p.is("$"):
		n.op = opRoot
	case p.is("@"):
		if p.filters == 0 {
			return nil, sqlerr.New(pgerrcode.SyntaxError, "@ is not allowed in root expressions")
		}
		n.op = opCurrent
	case p.word("last"):
		if p.subs == 0 {
			return nil, sqlerr.New(pgerrcode.SyntaxError, "LAST is allowed only in array subscripts")
		}
		n.op = opLast
	case p.word("null"):
		n.op = opNull
	case p.word("true"), p.word("false"):
		n.op, n.flag = opBool, p.word("true")
	default:
		return nil, p.unexpected()
	}
	return n, p.advance()
}

// accessor reads one accessor; nil if there is none.
func (p *parser) accessor() (*node, error) {
	switch {
	case p.is("."):
		if err := p.advance(); err != nil {
			return nil, err
		}
		return p.member()
	case p.is("["):
		return p.subscripts()
	case p.is("?"):
		if err := p.advance(); err != nil {
			return nil, err
		}
		if !p.is("(") {
			return nil, p.unexpected()
		}
		p.filters++
		x, err := p.delimited()
		p.filters--
		return &node{op: opFilter, left: x}, err
	}
	return nil, nil
}

var methods = map[string]bool{"abs": true, "size": true, "type": true, "floor": true, "double": true, "ceiling": true, "keyvalue": true}

// member is what follows a dot.
func (p *parser) member() (*node, error) {
	switch {
	case p.is("*"):
		return &node{op: opAnyKey}, p.advance()
	case p.is("**"):
		return p.levels()
	case p.tok.kind != tIdent && p.tok.kind != tString:
		return nil, p.unexpected()
	}
	t := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	low := strings.ToLower(t.val)
	if t.kind != tIdent || t.escaped || !p.is("(") || !methods[low] && low != "datetime" {
		return &node{op: opKey, str: t.val}, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	n := &node{op: opMethod, str: low}
	if low == "datetime" {
		n.op = opDatetime
		if p.tok.kind == tString {
			n.left = &node{op: opString, str: p.tok.val}
			if err := p.advance(); err != nil {
				return nil, err
			}
		}
	}
	return n, p.expect(")")
}

// levels is ** with {n}, {n to m} or nothing.
func (p *parser) levels() (*node, error) {
	n := &node{op: opAny, last: maxLevel}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if ok, err := p.accept("{"); err != nil || !ok {
		return n, err
	}
	level := func() (uint32, error) {
		if p.word("last") {
			return maxLevel, p.advance()
		}
		if p.tok.kind != tInt {
			return 0, p.unexpected()
		}
		v, err := strconv.ParseInt(p.tok.val, 10, 32)
		if err != nil {
			return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "value \"%s\" is out of range for type integer", p.tok.val)
		}
		return uint32(v), p.advance()
	}
	var err error
	if n.first, err = level(); err != nil {
		return nil, err
	}
	n.last = n.first
	if p.word("to") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if n.last, err = level(); err != nil {
			return nil, err
		}
	}
	return n, p.expect("}")
}

// subscripts is [*] or [a, b to c].
func (p *parser) subscripts() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if ok, err := p.accept("*"); err != nil {
		return nil, err
	} else if ok {
		return &node{op: opAnyArray}, p.expect("]")
	}
	p.subs++
	defer func() { p.subs-- }()
	n := &node{op: opIndex}
	for {
		var s subscript
		var err error
		if s.from, err = p.index(); err != nil {
			return nil, err
		}
		if p.word("to") {
			if err := p.advance(); err != nil {
				return nil, err
			}
			if s.to, err = p.index(); err != nil {
				return nil, err
			}
		}
		n.subs = append(n.subs, s)
		if ok, err := p.accept(","); err != nil {
			return nil, err
		} else if !ok {
			return n, p.expect("]")
		}
	}
}

func (p *parser) index() (*node, error) {
	x, err := p.sum()
	if err == nil && x.isPredicate() {
		err = p.unexpected()
	}
	return x, err
}

package jsonpath

import (
	"math"
	"strconv"

	"tagd/sql/jsonb"
	"tagd/sql/regex"
	"tagd/sql/types"
)

// op is what a node does.
type op uint8

const (
	opNull op = iota
	opString
	opNumber
	opBool
	opVariable
	opRoot
	opCurrent
	opLast
	opKey
	opAnyKey
	opAnyArray
	opIndex
	opAny
	opFilter
	opMethod
	opDatetime
	opAnd
	opOr
	opNot
	opIsUnknown
	opExists
	opEqual
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opStartsWith
	opLikeRegex
	opAdd
	opSub
	opMul
	opDiv
	opMod
	opPlus
	opMinus
)

var opText = map[op]string{opAnd: "&&", opOr: "||", opEqual: "==", opNotEqual: "!=", opLess: "<", opLessEqual: "<=", opGreater: ">",
	opGreaterEqual: ">=", opStartsWith: "starts with", opAdd: "+", opSub: "-", opMul: "*", opDiv: "/", opMod: "%", opPlus: "+", opMinus: "-"}

// predicate reports nodes that are true, false or unknown.
func (o op) predicate() bool { return o >= opAnd && o <= opLikeRegex }

// maxLevel is "last" in **{...}.
const maxLevel = math.MaxUint32

// node is one step of a path or an operator; next is the accessor after it.
type node struct {
	op          op
	next        *node
	left, right *node
	str         string
	num         types.Decimal
	flag        bool // of opBool
	subs        []subscript
	first, last uint32 // levels of opAny
	re          *regex.Regexp
	flags       string // of opLikeRegex, as they are shown
}

type subscript struct{ from, to *node }

// Path is a parsed path; it is immutable and may be used from many goroutines.
type Path struct {
	strict bool
	root   *node
}

// Canonical returns the text that PostgreSQL shows for a path.
func Canonical(s string) (string, error) {
	p, err := Parse(s)
	if err != nil {
		return "", err
	}
	return p.String(), nil
}

// String is jsonpath_out.
func (p *Path) String() string {
	var b []byte
	if p.strict {
		b = append(b, "strict "...)
	}
	return string(p.root.append(b, false, true))
}

func (o op) priority() int {
	switch o {
	case opOr:
		return 0
	case opAnd:
		return 1
	case opEqual, opNotEqual, opLess, opLessEqual, opGreater, opGreaterEqual, opStartsWith:
		return 2
	case opAdd, opSub:
		return 3
	case opMul, opDiv, opMod:
		return 4
	case opPlus, opMinus:
		return 5
	}
	return 6
}

// append is printJsonPathItem.
func (n *node) append(b []byte, inKey, brackets bool) []byte {
	switch n.op {
	case opNumber:
		if n.next != nil {
			b = append(b, '(')
		}
		b = n.num.Append(b)
		if n.next != nil {
			b = append(b, ')')
		}
	case opAnd, opOr, opEqual, opNotEqual, opLess, opLessEqual, opGreater, opGreaterEqual, opStartsWith, opAdd, opSub, opMul, opDiv, opMod,
		opPlus, opMinus, opLikeRegex:
		if brackets {
			b = append(b, '(')
		}
		b = n.appendOperator(b)
		if brackets {
			b = append(b, ')')
		}
	case opFilter:
		b = append(n.left.append(append(b, "?("...), false, false), ')')
	case opNot:
		b = append(n.left.append(append(b, "!("...), false, false), ')')
	case opIsUnknown:
		b = append(n.left.append(append(b, '('), false, false), ") is unknown"...)
	case opExists:
		b = append(n.left.append(append(b, "exists ("...), false, false), ')')
	case opIndex:
		b = append(b, '[')
		for i, s := range n.subs {
			if i > 0 {
				b = append(b, ',')
			}
			if b = s.from.append(b, false, false); s.to != nil {
				b = s.to.append(append(b, " to "...), false, false)
			}
		}
		b = append(b, ']')
	default:
		b = n.appendLeaf(b, inKey)
	}
	if n.next != nil {
		b = n.next.append(b, true, true)
	}
	return b
}

func (n *node) appendOperator(b []byte) []byte {
	inner := func(b []byte, x *node) []byte { return x.append(b, false, x.op.priority() <= n.op.priority()) }
	switch n.op {
	case opPlus, opMinus:
		return inner(append(b, opText[n.op]...), n.left)
	case opLikeRegex:
		b = append(inner(b, n.left), " like_regex "...)
		if b = jsonb.AppendString(b, n.str); n.flags != "" {
			b = append(append(append(b, ` flag "`...), n.flags...), '"')
		}
		return b
	}
	b = append(inner(b, n.left), ' ')
	return inner(append(append(b, opText[n.op]...), ' '), n.right)
}

func (n *node) appendLeaf(b []byte, inKey bool) []byte {
	switch n.op {
	case opNull:
		return append(b, "null"...)
	case opString:
		return jsonb.AppendString(b, n.str)
	case opBool:
		return strconv.AppendBool(b, n.flag)
	case opVariable:
		return jsonb.AppendString(append(b, '$'), n.str)
	case opRoot:
		return append(b, '$')
	case opCurrent:
		return append(b, '@')
	case opLast:
		return append(b, "last"...)
	case opAnyArray:
		return append(b, "[*]"...)
	case opMethod:
		return append(append(append(b, '.'), n.str...), "()"...)
	case opDatetime:
		b = append(b, ".datetime("...)
		if n.left != nil {
			b = n.left.append(b, false, false)
		}
		return append(b, ')')
	}
	if inKey {
		b = append(b, '.')
	}
	switch n.op {
	case opKey:
		return jsonb.AppendString(b, n.str)
	case opAnyKey:
		return append(b, '*')
	}
	return n.appendLevels(append(b, "**"...))
}

func (n *node) appendLevels(b []byte) []byte {
	level := func(v uint32) {
		if v == maxLevel {
			b = append(b, "last"...)
		} else {
			b = strconv.AppendUint(b, uint64(v), 10)
		}
	}
	if n.first == 0 && n.last == maxLevel {
		return b
	}
	b = append(b, '{')
	level(n.first)
	if n.first != n.last {
		b = append(b, " to "...)
		level(n.last)
	}
	return append(b, '}')
}

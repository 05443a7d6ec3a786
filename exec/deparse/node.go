package deparse

// node is an expression of the analyzed tree (primnodes.h); its type is a
// pg_type OID.
type node interface{ typ() uint32 }

type (
	// varNode is a column of a FROM entry as it was referred to; att 0 is the whole
	// row, -1 a system column called sys.
	varNode struct {
		rte *rte
		att int
		sys string
		t   uint32
		mod int32
	}
	// constNode is a constant with its output text.
	constNode struct {
		t    uint32
		mod  int32
		null bool
		text string
		reg  uint32 // OID of a regclass constant whose name is looked up when it is shown
	}
	// form is how a call or cast was written (CoercionForm).
	form byte

	funcNode struct {
		p        *proc
		name     string // where p is nil: a function that PostgreSQL does not have
		args     []node
		argNames []string
		ret      uint32
		form     form
		variadic bool
		mod      int32 // of a length coercion, -1: none
	}
	opNode struct {
		op   *operator
		name string
		args []node
		ret  uint32
	}
	distinctNode struct{ l, r node }
	nullIfNode   struct {
		l, r node
		ret  uint32
	}
	anyAllNode struct {
		name string
		all  bool
		l, r node
	}
	boolNode struct {
		op   string // AND, OR, NOT
		args []node
	}
	aggNode struct {
		p        *proc
		name     string
		direct   []node
		args     []node
		star     bool
		distinct bool
		variadic bool
		order    []sortExpr
		filter   node
		ret      uint32
	}
	windowNode struct {
		p      *proc
		name   string
		args   []node
		star   bool
		filter node
		win    *windowClause
		ret    uint32
	}
	groupingNode  struct{ args []node }
	subscriptNode struct {
		x      node
		lo, up []node // lo[i] nil: a plain subscript or an open bound
		slice  []bool
		ret    uint32
		mod    int32
	}
	subLinkNode struct {
		kind string // EXISTS, ANY, ALL, EXPR, ARRAY
		op   string
		test []node // the left-hand values
		q    *query
		ret  uint32
		mod  int32
	}
	fieldNode struct {
		x    node
		name string
		ret  uint32
		mod  int32
	}
	relabelNode struct {
		x    node
		t    uint32
		mod  int32
		form form
		kind byte // 'r' RelabelType, 'i' CoerceViaIO, 'a' ArrayCoerceExpr, 'd' CoerceToDomain
	}
	collateNode struct {
		x    node
		name string
	}
	caseNode struct {
		x     node
		whens []whenNode
		els   node
		ret   uint32
	}
	whenNode     struct{ cond, then node }
	caseTestNode struct{ t uint32 }
	arrayNode    struct {
		elems []node
		t     uint32
		multi bool
	}
	// rowNode is ROW(...), of type record where t is 0; pad are the attributes of t
	// that the row was written without.
	rowNode struct {
		args []node
		t    uint32
		form form
		pad  int
	}
	rowCompareNode struct {
		op   string
		l, r []node
	}
	coalesceNode struct {
		args []node
		ret  uint32
	}
	minMaxNode struct {
		name string
		args []node
		ret  uint32
	}
	valueFnNode struct {
		name string
		mod  string
		ret  uint32
	}
	nullTestNode struct {
		x   node
		not bool
		row bool // argisrow
	}
	boolTestNode struct {
		x    node
		what string
	}
	domainValueNode struct {
		t   uint32
		mod int32
	}
)

// The forms of calls.
const (
	formCall form = iota
	formCast
	formImplicit
	formSyntax
)

func (n *varNode) typ() uint32       { return n.t }
func (n *constNode) typ() uint32     { return n.t }
func (n *funcNode) typ() uint32      { return n.ret }
func (n *opNode) typ() uint32        { return n.ret }
func (n *distinctNode) typ() uint32  { return tBool }
func (n *nullIfNode) typ() uint32    { return n.ret }
func (n *anyAllNode) typ() uint32    { return tBool }
func (n *boolNode) typ() uint32      { return tBool }
func (n *aggNode) typ() uint32       { return n.ret }
func (n *windowNode) typ() uint32    { return n.ret }
func (n *groupingNode) typ() uint32  { return tInt4 }
func (n *subscriptNode) typ() uint32 { return n.ret }
func (n *subLinkNode) typ() uint32   { return n.ret }
func (n *fieldNode) typ() uint32     { return n.ret }
func (n *relabelNode) typ() uint32   { return n.t }
func (n *collateNode) typ() uint32   { return n.x.typ() }
func (n *caseNode) typ() uint32      { return n.ret }
func (n *caseTestNode) typ() uint32  { return n.t }
func (n *arrayNode) typ() uint32     { return n.t }
func (n *rowNode) typ() uint32 {
	if n.t != 0 {
		return n.t
	}
	return tRecord
}
func (n *rowCompareNode) typ() uint32  { return tBool }
func (n *coalesceNode) typ() uint32    { return n.ret }
func (n *minMaxNode) typ() uint32      { return n.ret }
func (n *valueFnNode) typ() uint32     { return n.ret }
func (n *nullTestNode) typ() uint32    { return tBool }
func (n *boolTestNode) typ() uint32    { return tBool }
func (n *domainValueNode) typ() uint32 { return n.t }

// typmod is exprTypmod.
func typmod(n node) int32 {
	switch n := n.(type) {
	case *varNode:
		return n.mod
	case *constNode:
		return n.mod
	case *funcNode:
		if n.form == formCast || n.form == formImplicit {
			return n.mod
		}
	case *relabelNode:
		return n.mod
	case *subscriptNode:
		return n.mod
	case *fieldNode:
		return n.mod
	case *subLinkNode:
		return n.mod
	case *domainValueNode:
		return n.mod
	case *collateNode:
		return typmod(n.x)
	case *nullIfNode:
		return typmod(n.l)
	case *caseNode:
		return sameMod(append(n.results(), n.els), n.ret)
	case *coalesceNode:
		return sameMod(n.args, n.ret)
	case *minMaxNode:
		return sameMod(n.args, n.ret)
	case *arrayNode:
		if len(n.elems) > 0 {
			return sameMod(n.elems, n.elems[0].typ())
		}
	}
	return -1
}

func (n *caseNode) results() []node {
	var out []node
	for _, w := range n.whens {
		out = append(out, w.then)
	}
	return out
}

// sameMod is the modifier that all arms of type t agree on, else -1.
func sameMod(list []node, t uint32) int32 {
	mod := int32(-1)
	for i, x := range list {
		if x == nil || x.typ() != t {
			return -1
		}
		if m := typmod(x); m < 0 || i > 0 && m != mod {
			return -1
		} else if i == 0 {
			mod = m
		}
	}
	return mod
}

// children are the expressions in an expression, those of a subquery aside.
func children(x node) []node {
	switch x := x.(type) {
	case *funcNode:
		return x.args
	case *opNode:
		return x.args
	case *distinctNode:
		return []node{x.l, x.r}
	case *nullIfNode:
		return []node{x.l, x.r}
	case *anyAllNode:
		return []node{x.l, x.r}
	case *boolNode:
		return x.args
	case *aggNode:
		return append(append(append([]node(nil), x.direct...), x.args...), x.filter)
	case *windowNode:
		return append(append([]node(nil), x.args...), x.filter)
	case *subscriptNode:
		return append(append(append([]node(nil), x.x), x.lo...), x.up...)
	case *subLinkNode:
		return x.test
	case *fieldNode:
		return []node{x.x}
	case *relabelNode:
		return []node{x.x}
	case *collateNode:
		return []node{x.x}
	case *caseNode:
		out := append(x.results(), x.x, x.els)
		for _, w := range x.whens {
			out = append(out, w.cond)
		}
		return out
	case *arrayNode:
		return x.elems
	case *rowNode:
		return x.args
	case *rowCompareNode:
		return append(append([]node(nil), x.l...), x.r...)
	case *coalesceNode:
		return x.args
	case *minMaxNode:
		return x.args
	case *nullTestNode:
		return []node{x.x}
	case *boolTestNode:
		return []node{x.x}
	}
	return nil
}

// sortExpr is an ORDER BY item inside an aggregate.
type sortExpr struct {
	x                node
	desc, nullsFirst bool
}

// rteKind is the kind of a range table entry.
type rteKind byte

const (
	rteRelation rteKind = iota
	rteSubquery
	rteFunction
	rteValues
	rteCTE
	rteJoin
	rteReserved // OLD and NEW of a view's rule, which take their names
)

// rteCol is a column of a range table entry: the name by which the text refers to
// it, the name that it really has now, and its type.
type rteCol struct {
	name, real  string
	t           uint32
	mod         int32
	syn         *varNode // of a join: the column as it is referred to
	hidden      bool     // a column that the relation got after the view was made
	left, right int      // of a join: the columns of its sides, from 1; 0: none
}

// rte is a range table entry.
type rte struct {
	kind    rteKind
	alias   string // as written, "" for none
	aliased []string
	eref    string
	cols    []rteCol
	rel     *Relation
	only    bool
	sub     *query
	funcs   []funcItem
	ord     bool
	values  [][]node
	cte     *cteDef
	lateral bool
	sample  *sampleClause
	join    *joinExpr
	// nameHidden entries are joins without alias; colsHidden ones stand below USING.
	nameHidden, colsHidden bool
}

type funcItem struct {
	x    node
	defs []rteCol // of a column definition list
}

type sampleClause struct {
	method string
	args   []node
	repeat node
}

// joinItem is an entry of FROM: *rte or *joinExpr.
type joinItem any

type joinExpr struct {
	rte     *rte
	kind    string // "", LEFT, RIGHT, FULL
	l, r    joinItem
	lr, rr  *rte // the entries whose columns the sides have
	using   []string
	on      node
	natural bool
	// usingAlias is the x of USING (a) AS x.
	usingAlias string
}

type cteDef struct {
	name         string
	columns      []string
	q            *query
	materialized *bool
	cols         []rteCol
}

// target is an entry of the target list; ref is its sortgroupref, 0 for none.
type target struct {
	x    node
	name string
	junk bool
	ref  int
}

type sortClause struct {
	ref              int
	desc, nullsFirst bool
}

type groupSet struct {
	kind string // "", LIST, ROLLUP, CUBE, SETS
	refs []int
	sub  []groupSet
}

type windowClause struct {
	name, ref   string
	partition   []int
	order       []sortClause
	copiedOrder bool
	frame       *frameClause
}

type frameClause struct {
	unit, start, end string
	startOff, endOff node
	between          bool
	exclude          string
}

// setNode is a set operation or a leaf of it.
type setNode struct {
	leaf *rte
	op   string
	all  bool
	l, r *setNode
}

// query is an analyzed SELECT.
type query struct {
	ctes          []*cteDef
	recursive     bool
	rtable        []*rte
	from          []joinItem
	where         node
	targets       []*target
	group         []int
	sets          []groupSet
	hasSets       bool
	groupDistinct bool
	having        node
	windows       []*windowClause // with names
	pending       []pendingWindow
	distinct      bool
	on            []int
	sort          []sortClause
	offset, limit node
	ties          bool
	setOp         *setNode
}

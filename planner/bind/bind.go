// Package bind turns statements as written into plans: names become column
// numbers, every expression gets its type and its casts, and all of Postgres's
// rules about grouping, ambiguity and coercion are kept here.
package bind

import (
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Options are what binding takes from the session.
type Options struct {
	ParamTypes []types.Type
	Fn         *fn.Ctx
	NewDef     bool
}

// Short names of types.
var (
	tUnknown = types.Of(types.Unknown)
	tBool    = types.Of(types.Bool)
	tInt4    = types.Of(types.Int4)
	tInt8    = types.Of(types.Int8)
	tText    = types.Of(types.Text)
)

type binder struct {
	cat     plan.Catalog
	fn      *fn.Ctx
	params  []types.Type // Invalid: not determined yet
	out     *plan.Stmt
	at      map[plan.Expr]int            // places of columns, for errors found later
	system  map[plan.Expr]plan.ColumnUse // what system columns are columns of
	depth   int
	touched map[*types.Table]bool

	ctes      *cte
	cteID     int
	future    map[string]int // WITH queries to come, which cannot be read yet
	recursing int            // recursive terms around
	selfReads int            // working tables read by the query being bound

	rows     map[plan.Expr]*plan.Row  // what a record of another kind is like
	subNames map[*ast.Subquery]string // names of the columns of scalar subqueries
	views    int                      // views whose queries are being bound
	as       uint32                   // the view whose owner reads, 0 for the session's user
	own      int                      // expressions of definitions being bound, which need no privileges
	naming   int                      // a join lists the columns of its sides, of which a view uses none by that
	perms    []*plan.Perm
	calls    []plan.FuncUse
	newDef   bool // the expressions of definitions are not stored yet
	stored   int  // expressions of definitions being bound

	// ordinals has scans of tables give the ordinals of their rows behind their
	// columns; wanted tells that a statement without them asks for ctid.
	ordinals, wanted bool

	collates bool                    // there is a COLLATE clause
	collated map[plan.Expr]collation // of aggregates
}

// Statement binds one statement. Errors are *sqlerr.Error with positions.
func Statement(s ast.Stmt, cat plan.Catalog, o Options) (*plan.Stmt, error) {
	out, wanted, err := statement(s, cat, o, false)
	if wanted {
		out, _, err = statement(s, cat, o, true)
	}
	return out, err
}

// statement binds a statement, see binder.ordinals; wanted says that it is to be
// bound again, with ordinals.
func statement(s ast.Stmt, cat plan.Catalog, o Options, ordinals bool) (out *plan.Stmt, wanted bool, err error) {
	b := newBinder(cat, o, ordinals)
	if err := b.stmt(s); err != nil {
		return nil, b.wanted, err
	}
	for i, t := range b.params {
		if t.Kind == types.Invalid || t.Kind == types.Unknown && !t.Array {
			return nil, b.wanted, sqlerr.New(pgerrcode.IndeterminateDatatype, "could not determine data type of parameter $%d", i+1)
		}
	}
	b.out.Params, b.out.Perms, b.out.Calls = b.params, b.perms, b.calls
	return b.out, b.wanted, nil
}

func newBinder(cat plan.Catalog, o Options, ordinals bool) *binder {
	b := &binder{ordinals: ordinals, cat: cat, fn: o.Fn, newDef: o.NewDef, params: append([]types.Type(nil), o.ParamTypes...),
		out: &plan.Stmt{}, at: map[plan.Expr]int{}, system: map[plan.Expr]plan.ColumnUse{}, touched: map[*types.Table]bool{},
		future: map[string]int{}, rows: map[plan.Expr]*plan.Row{}, subNames: map[*ast.Subquery]string{},
		collated: map[plan.Expr]collation{}}
	if b.fn == nil {
		b.fn = &fn.Ctx{}
	}
	return b
}

func (b *binder) stmt(s ast.Stmt) error {
	switch s := s.(type) {
	case *ast.Select:
		if s.Into != nil {
			return sqlerr.Unsupported(s.Into.Pos(), "SELECT INTO is not supported")
		}
		n, err := b.query(s, where{})
		b.out.Query = n
		return err
	case *ast.Insert:
		return b.insert(s)
	case *ast.Update:
		return b.update(s)
	case *ast.Delete:
		return b.delete(s)
	case *ast.Merge:
		return b.merge(s)
	case *ast.Copy:
		return b.copy(s)
	case *ast.Explain:
		return b.explain(s)
	}
	b.out.Utility = s
	return nil
}

func (b *binder) style() *types.Style {
	if b.fn.Style != nil {
		return b.fn.Style
	}
	return types.ISO
}

func (b *binder) now() time.Time {
	if b.fn.TxStart.IsZero() {
		return time.Now()
	}
	return b.fn.TxStart
}

func noRelation(n ast.Name) error {
	name := n.Name
	if n.Schema != "" {
		name = n.Schema + "." + name
	}
	if n.DB != "" {
		name = n.DB + "." + name
	}
	return sqlerr.At(n.Pos(), pgerrcode.UndefinedTable, "relation \"%s\" does not exist", name)
}

func (b *binder) notice(s string) {
	for _, n := range b.out.Notices {
		if n == s {
			return
		}
	}
	b.out.Notices = append(b.out.Notices, s)
}

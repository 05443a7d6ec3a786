package bind

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

var (
	tOid = types.Of(types.Oid)
	tXid = types.Of(types.Xid)
	tCid = types.Of(types.Cid)
	tTid = types.Of(types.Tid)
)

// systemAttrs are the numbers of the system columns, as pg_attribute has them.
var systemAttrs = map[string]int16{"tableoid": -6, "cmax": -5, "xmax": -4, "cmin": -3, "xmin": -2, "ctid": -1}

// systemColumn is a system column of a table or of a relation of pg_catalog, nil
// for other names. The rows of the latter have no ctid. Where an outer join may
// fill the relation up, they are NULL with its rows.
func (b *binder) systemColumn(r *rel, name string, off int) (plan.Expr, error) {
	oid := b.baseOID(r)
	if oid == 0 {
		return nil, nil
	}
	var x plan.Expr
	switch name {
	case "tableoid":
		x = plan.NewConst(tOid, vec.Datum{I: int64(oid)})
	case "ctid":
		x, err := b.ctid(r, off)
		if x != nil {
			b.system[x] = plan.ColumnUse{OID: oid, Attr: systemAttrs[name]}
		}
		return x, err
	case "xmin":
		var err error
		if x, err = b.rowXmin(r, oid, off); err != nil {
			return nil, err
		}
	case "xmax":
		x = plan.NewConst(tXid, vec.Datum{})
	case "cmin", "cmax":
		x = plan.NewConst(tCid, vec.Datum{})
	default:
		return nil, nil
	}
	switch {
	case !r.nullable:
	case len(r.cols) == 0:
		return nil, sqlerr.Unsupported(off, "system column \"%s\" of a table without columns is not supported here", name)
	default:
		x = plan.NewCase(x.Type(), []plan.When{{Cond: plan.NewIs(b.col(r, 0, off), plan.IsNull, true), Then: x}}, nil)
	}
	b.system[x] = plan.ColumnUse{OID: oid, Attr: systemAttrs[name]}
	return x, nil
}

// withOrdinal has a scan give the ordinals of the rows behind their columns.
func withOrdinal(n *plan.Scan) {
	n.Cols = append(n.Cols, -1)
	n.Fields = append(n.Fields, plan.Field{Name: "ordinal", Type: tInt8})
}

// ctid is the place of a row: its ordinal, which it keeps for life, as PostgreSQL
// would write it had each of its pages TidBlockRows rows.
func (b *binder) ctid(r *rel, off int) (plan.Expr, error) {
	switch {
	case r.table == nil:
		return nil, nil
	case !r.ord && !b.ordinals:
		b.wanted = true
		return plan.NewConst(tTid, vec.Datum{}), nil // the statement is bound again
	case !r.ord:
		return nil, sqlerr.Unsupported(off, "ctid is not supported here")
	}
	return plan.NewCall(ctidOf, tTid, off, r.ordinal()), nil
}

// ordinal is the column of the ordinals of a table's rows, which stands behind
// its columns.
func (r *rel) ordinal() plan.Expr {
	n := len(r.cols)
	if r.xs != nil {
		n = len(r.table.Columns) // of a view's query over the whole table
	}
	return plan.NewCol(r.base+n, "ordinal", tInt8)
}

// ctidOf makes a tid of an ordinal.
var ctidOf = &fn.Func{
	Name: "ctid", Args: []types.Type{tInt8}, Ret: tTid, Strict: true,
	Impl: func(_ *fn.Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		in := args[0].Flat()
		v := *in
		v.Type, v.I64 = tTid, make([]int64, n)
		for i := range n {
			v.I64[i] = types.TidOf(in.I64[i])
		}
		return &v, nil
	},
}

// rowXmin is the transaction that made a row what it is: of a row of a table the
// version of its last change, by its ordinal. Of a relation of pg_catalog the first
// column tells whether a row is about an object of the user's, which counts as made
// just now: a client that reads again what is younger than what it has seen misses
// nothing.
func (b *binder) rowXmin(r *rel, oid uint32, off int) (plan.Expr, error) {
	table := plan.NewConst(tOid, vec.Datum{I: int64(oid)})
	switch {
	case r.table == nil:
		first := b.col(r, 0, off)
		if t := first.Type(); t.Kind != types.Oid || t.Array {
			return plan.NewConst(tXid, vec.Datum{I: bootstrapXid}), nil
		}
		return plan.NewCall(fn.RowXmin, tXid, off, first), nil
	case r.written:
		return plan.NewCall(newXmin, tXid, off), nil
	case !r.ord && !b.ordinals:
		b.wanted = true
		return plan.NewCall(newXmin, tXid, off), nil // the statement is bound again
	case !r.ord:
		return nil, sqlerr.Unsupported(off, "xmin is not supported here")
	}
	return plan.NewCall(oldXmin, tXid, off, table, r.ordinal()), nil
}

// newXmin is the transaction of rows that the statement itself has written.
var newXmin = &fn.Func{
	Name: "xmin", Ret: tXid, Volatility: fn.Stable,
	Impl: func(ctx *fn.Ctx, _ []*vec.Vector, n int) (*vec.Vector, error) {
		d, err := ctx.Catalog("xmin", nil)
		if err != nil {
			return nil, err
		}
		return vec.NewConst(tXid, d, n), nil
	},
}

// rowVersions is what runs a statement, as far as it knows the rows it reads.
type rowVersions interface {
	// RowXids writes the transaction that made each row of a table what it is.
	RowXids(oid uint32, ords, xids []int64) error
}

// oldXmin is the transaction of rows of a table by their ordinals.
var oldXmin = &fn.Func{
	Name: "xmin", Args: []types.Type{tOid, tInt8}, Ret: tXid, Strict: true, Volatility: fn.Stable,
	Impl: func(ctx *fn.Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		rows, ok := ctx.Subqueries.(rowVersions)
		if !ok {
			return nil, sqlerr.Unsupported(-1, "xmin is not supported here")
		}
		in := args[1].Flat()
		v := *in
		v.Type, v.I64 = tXid, make([]int64, n)
		return &v, rows.RowXids(uint32(args[0].Get(0).I), in.I64[:n], v.I64)
	},
}

// bootstrapXid is the transaction that made the rows of a new database
// (BootstrapTransactionId of PostgreSQL's transam.h).
const bootstrapXid = 1

// baseOID is the OID of a FROM entry that is a table or a relation of the system's
// schemas, 0 for others.
func (b *binder) baseOID(r *rel) uint32 {
	if r.table != nil {
		return r.table.OID
	}
	if len(r.cols) == 0 || r.xs != nil || r.cols[0].TableOID >= firstUserOID {
		return 0
	}
	return r.cols[0].TableOID
}

// firstUserOID is FirstNormalObjectId of PostgreSQL's transam.h.
const firstUserOID = 16384

package bind

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// systemAttrs are the numbers of the system columns, as pg_attribute has them.
var systemAttrs = map[string]int16{"tableoid": -6, "cmax": -5, "xmax": -4, "cmin": -3, "xmin": -2}

// systemColumn is tableoid of a table or a relation of pg_catalog, and xmin, xmax,
// cmin and cmax of the latter; nil for other names. Where an outer join may fill the
// relation up, they are NULL with its rows.
func (b *binder) systemColumn(r *rel, name string, off int) plan.Expr {
	oid := b.baseOID(r)
	if oid == 0 {
		return nil
	}
	var x plan.Expr
	switch {
	case name == "tableoid":
		x = plan.NewConst(types.Of(types.Oid), vec.Datum{I: int64(oid)})
	case r.table != nil:
		return nil
	case name == "xmin":
		x = b.rowXmin(r, off)
	case name == "xmax":
		x = plan.NewConst(types.Of(types.Xid), vec.Datum{})
	case name == "cmin" || name == "cmax":
		x = plan.NewConst(types.Of(types.Cid), vec.Datum{})
	default:
		return nil
	}
	if r.nullable {
		x = plan.NewCase(x.Type(), []plan.When{{Cond: plan.NewIs(b.col(r, 0, off), plan.IsNull, true), Then: x}}, nil)
	}
	b.system[x] = plan.ColumnUse{OID: oid, Attr: systemAttrs[name]}
	return x
}

// rowXmin is the transaction that made a row of a relation of pg_catalog. Its first
// column tells whether it is about an object of the user's, which counts as made
// just now: a client that reads again what is younger than what it has seen misses
// nothing.
func (b *binder) rowXmin(r *rel, off int) plan.Expr {
	first := b.col(r, 0, off)
	if t := first.Type(); t.Kind != types.Oid || t.Array {
		return plan.NewConst(types.Of(types.Xid), vec.Datum{I: bootstrapXid})
	}
	return plan.NewCall(fn.RowXmin, types.Of(types.Xid), off, first)
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

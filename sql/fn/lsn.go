package fn

import (
	"math"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Operators and functions of pg_lsn and xid8 (pg_lsn.c, xid.c).
func init() {
	lsn, xid8 := types.Of(types.LSN), types.Of(types.Xid8)
	for _, t := range []types.Type{lsn, xid8} {
		for r := relEQ; r <= relGE; r++ {
			op(relNames[r], t, t, tBool, compareInts(r))
		}
		extremes(t)
	}
	toXid := f1(types.Of(types.Xid), ok1(func(v int64) int64 { return int64(uint32(v)) }))
	cast(xid8, types.Of(types.Xid), CastExplicit, toXid)
	def("xid", ts{xid8}, types.Of(types.Xid), toXid)

	diff := f2(tNum, ok2(func(a, b int64) types.Decimal { return types.DecimalOf(a-b, 0) }))
	op("-", lsn, lsn, tNum, diff)
	def("pg_wal_lsn_diff", ts{lsn, lsn}, tNum, diff)
	op("+", lsn, tNum, lsn, f2(lsn, func(_ *Ctx, at int64, by types.Decimal) (int64, error) { return moveLSN(at, by, "add NaN to") }))
	op("+", tNum, lsn, lsn, f2(lsn, func(_ *Ctx, by types.Decimal, at int64) (int64, error) { return moveLSN(at, by, "add NaN to") }))
	op("-", lsn, tNum, lsn, f2(lsn, func(_ *Ctx, at int64, by types.Decimal) (int64, error) {
		return moveLSN(at, by.Neg(), "subtract NaN from")
	}))
	def("pg_lsn", ts{tNum}, lsn, f1(lsn, func(_ *Ctx, d types.Decimal) (int64, error) {
		if d.Form == types.NaN {
			return 0, sqlerr.New(pgerrcode.FeatureNotSupported, "cannot convert NaN to pg_lsn")
		}
		return lsnOf(d)
	}))
	for _, name := range []string{"pg_current_wal_lsn", "pg_current_wal_insert_lsn", "pg_current_wal_flush_lsn"} {
		def(name, ts{}, lsn, askCatalog("pg_current_wal_lsn", lsn), volatile)
	}
}

// moveLSN is the place that lies by bytes behind another; what is the verb of the
// error.
func moveLSN(at int64, by types.Decimal, what string) (int64, error) {
	if by.Form == types.NaN {
		return 0, sqlerr.New(pgerrcode.FeatureNotSupported, "cannot %s pg_lsn", what)
	}
	sum, err := types.DecimalOf(at, 0).Add(by)
	if err != nil {
		return 0, err
	}
	return lsnOf(sum)
}

// lsnOf rounds a number to a place in the log.
func lsnOf(d types.Decimal) (int64, error) {
	v, ok := d.Int64()
	if !ok || v < 0 || v > math.MaxInt64 {
		return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "pg_lsn out of range")
	}
	return v, nil
}

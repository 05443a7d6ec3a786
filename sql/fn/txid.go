package fn

import (
	"math"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// FirstXid is the number of the first transaction of a data file: a new cluster of
// PostgreSQL 15 begins with about this one, and the rows of its catalogs, which are
// ours too, have been frozen at bootstrapXid.
const (
	FirstXid     = 731
	firstNormal  = 3 // FirstNormalTransactionId of transam.h
	BootstrapXid = 716
)

// XidOf is the number of the transaction that made a version of a data file.
func XidOf(version uint64) int64 { return int64(uint32(version)) + FirstXid }

// RowXmin is xmin of a row of pg_catalog by the OID of the object that it is about.
// The binder calls it.
var RowXmin = &Func{Name: "xmin", Args: ts{tOid}, Ret: types.Of(types.Xid), Strict: true, Volatility: Stable,
	Impl: rows(types.Of(types.Xid), func(r row) (vec.Datum, error) {
		if r.int(0) < firstUserOID || r.c == nil || r.c.Ask == nil {
			return dI(1), nil
		}
		next, err := r.c.Catalog("txid_current", nil)
		return dI(next.I - 1), err
	})}

// firstUserOID is FirstNormalObjectId of PostgreSQL's transam.h.
const firstUserOID = 16384

func init() {
	def("age", ts{types.Of(types.Xid)}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		if r.int(0) < firstNormal {
			return dI(math.MaxInt32), nil
		}
		if r.c == nil || r.c.Ask == nil {
			return dI(0), nil
		}
		next, err := r.c.Catalog("txid_current", nil)
		return dI(int64(int32(next.I - r.int(0)))), err
	}), stable)
	// No multixact has ever been made: the next one is the first.
	def("mxid_age", ts{types.Of(types.Xid)}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		if r.int(0) == 0 {
			return dI(math.MaxInt32), nil
		}
		return dI(int64(int32(1 - r.int(0)))), nil
	}), stable)
	def("txid_current_if_assigned", ts{}, tI8, perCall(tI8, func(*Ctx) (vec.Datum, error) { return null, nil }), stable)
	// The server never recovers as a replica does.
	def("pg_last_xact_replay_timestamp", ts{}, tTZ, perCall(tTZ, func(*Ctx) (vec.Datum, error) { return null, nil }), stable)
}

package fn

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Functions of pg_snapshot and, under the older names, of txid_snapshot (xid8funcs.c).
func init() {
	xid8 := types.Of(types.Xid8)
	for _, x := range []struct {
		prefix, current string
		t, id           types.Type
	}{{"pg_snapshot", "pg_current_snapshot", types.Of(types.PgSnapshot), xid8}, {"txid_snapshot", "txid_current_snapshot", types.Of(types.TxidSnapshot), tI8}} {
		end := func(name string, f func(types.Snapshot) uint64) {
			def(x.prefix+name, ts{x.t}, x.id, rows(x.id, func(r row) (vec.Datum, error) {
				s, _ := types.UnpackSnapshot(r.s(0))
				return dI(int64(f(s))), nil
			}))
		}
		end("_xmin", func(s types.Snapshot) uint64 { return s.Min })
		end("_xmax", func(s types.Snapshot) uint64 { return s.Max })
		scalarSet(x.prefix+"_xip", ts{x.t}, x.id, func(_ *Ctx, args []vec.Datum, _ []types.Type, emit func(vec.Datum) error) error {
			s, _ := types.UnpackSnapshot(args[0].S)
			for _, id := range s.Running {
				if err := emit(dI(int64(id))); err != nil {
					return err
				}
			}
			return nil
		})
		def(map[bool]string{true: "pg_visible_in_snapshot", false: "txid_visible_in_snapshot"}[x.id == xid8], ts{x.id, x.t}, tBool, rows(tBool, func(r row) (vec.Datum, error) {
			s, _ := types.UnpackSnapshot(r.s(1))
			id := uint64(r.int(0))
			return dB(id < s.Min || id < s.Max && !slices.Contains(s.Running, id)), nil
		}))
		def(x.current, ts{}, x.t, perCall(x.t, func(c *Ctx) (vec.Datum, error) {
			if c == nil || c.Ask == nil {
				return null, nil
			}
			next, err := c.Catalog("txid_current", nil)
			return dS(types.Snapshot{Min: uint64(next.I), Max: uint64(next.I)}.String()), err
		}), stable)
		def(map[bool]string{true: "pg_xact_status", false: "txid_status"}[x.id == xid8], ts{x.id}, tText, rows(tText, func(r row) (vec.Datum, error) {
			if r.c == nil || r.c.Ask == nil {
				return null, nil
			}
			next, err := r.c.Catalog("txid_current", nil)
			switch id := r.int(0); {
			case err != nil:
				return null, err
			case id > next.I || id < 0:
				return null, sqlerr.New(pgerrcode.InvalidParameterValue, "transaction ID %d is in the future", uint64(id))
			case id == next.I:
				return dS("in progress"), nil
			case id < FirstXid:
				return null, nil
			}
			return dS("committed"), nil
		}), volatile)
	}
	def("pg_current_xact_id", ts{}, xid8, askCatalog("txid_current", xid8), stable)
	def("pg_current_xact_id_if_assigned", ts{}, xid8, perCall(xid8, func(*Ctx) (vec.Datum, error) { return null, nil }), stable)
}

package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Functions by which sessions speak to each other: notifications and locks. The
// session answers them.
func init() {
	ask := func(name string, ret types.Type, args ...types.Type) {
		def(name, args, ret, askCatalog(name, ret), volatile)
	}
	def("pg_notify", ts{tText, tText}, tVoid, rowsN(tVoid, func(r row) (vec.Datum, error) {
		in := []vec.Datum{{}, {}}
		for k := range in {
			if !r.null(k) {
				in[k].S = r.s(k)
			}
		}
		if r.c == nil || r.c.Ask == nil {
			return vec.Datum{}, nil
		}
		return r.c.Catalog("pg_notify", in)
	}), volatile, nullable)
	ask("pg_reload_conf", tBool)
	ask("pg_cancel_backend", tBool, tI4)
	ask("pg_terminate_backend", tBool, tI4)
	ask("pg_terminate_backend", tBool, tI4, tI8)
	ask("pg_notification_queue_usage", tF8)
	ask("pg_blocking_pids", tI4.ArrayOf(), tI4)
	ask("pg_safe_snapshot_blocking_pids", tI4.ArrayOf(), tI4)
	scalarSet("pg_listening_channels", ts{}, tText, func(c *Ctx, _ []vec.Datum, _ []types.Type, emit func(vec.Datum) error) error {
		if c == nil || c.Ask == nil {
			return nil
		}
		d, err := c.Catalog("pg_listening_channels", nil)
		if err != nil {
			return err
		}
		for i := range d.A.N {
			if err := emit(d.A.Get(i)); err != nil {
				return err
			}
		}
		return nil
	}).Volatility = Volatile
	for _, keys := range [][]types.Type{{tI8}, {tI4, tI4}} {
		for _, mode := range []string{"", "_shared"} {
			ask("pg_advisory_lock"+mode, tVoid, keys...)
			ask("pg_advisory_xact_lock"+mode, tVoid, keys...)
			ask("pg_try_advisory_lock"+mode, tBool, keys...)
			ask("pg_try_advisory_xact_lock"+mode, tBool, keys...)
			ask("pg_advisory_unlock"+mode, tBool, keys...)
		}
	}
	ask("pg_advisory_unlock_all", tVoid)
}

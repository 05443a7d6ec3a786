package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// The functions of a standby server, as a server that is none answers them.
func init() {
	lsn := types.Of(types.LSN)
	for _, name := range []string{"pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn"} {
		def(name, ts{}, lsn, perCall(lsn, func(*Ctx) (vec.Datum, error) { return null, nil }), volatile)
	}
	for name, ret := range map[string]types.Type{"pg_is_wal_replay_paused": tBool, "pg_get_wal_replay_pause_state": tText,
		"pg_wal_replay_pause": types.Of(types.Void), "pg_wal_replay_resume": types.Of(types.Void)} {
		def(name, ts{}, ret, perCall(ret, func(*Ctx) (vec.Datum, error) {
			return null, sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "recovery is not in progress").
				WithHint("Recovery control functions can only be executed during recovery.")
		}), volatile)
	}
}

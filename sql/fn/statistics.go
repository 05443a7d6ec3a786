package fn

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// The functions behind the views of statistics. The session answers them.
func init() {
	counts := func(prefix, names string, arg, ret types.Type) {
		args := ts{}
		if arg.Kind != types.Void {
			args = ts{arg}
		}
		for _, n := range strings.Fields(names) {
			def(prefix+n, args, ret, askCatalog(prefix+n, ret), stable)
		}
	}
	const rel = "numscans tuples_returned tuples_fetched tuples_inserted tuples_updated tuples_deleted tuples_hot_updated blocks_fetched blocks_hit"
	counts("pg_stat_get_", rel+" live_tuples dead_tuples mod_since_analyze ins_since_vacuum vacuum_count autovacuum_count analyze_count autoanalyze_count function_calls", tOid, tI8)
	counts("pg_stat_get_", "last_vacuum_time last_autovacuum_time last_analyze_time last_autoanalyze_time", tOid, tTZ)
	counts("pg_stat_get_", "function_total_time function_self_time", tOid, tF8)
	counts("pg_stat_get_xact_", rel+" function_calls", tOid, tI8)
	counts("pg_stat_get_xact_", "function_total_time function_self_time", tOid, tF8)
	counts("pg_stat_get_db_", "numbackends", tOid, tI4)
	counts("pg_stat_get_db_", `xact_commit xact_rollback blocks_fetched blocks_hit tuples_returned tuples_fetched tuples_inserted tuples_updated tuples_deleted
		conflict_tablespace conflict_lock conflict_snapshot conflict_bufferpin conflict_startup_deadlock conflict_all temp_files temp_bytes deadlocks
		checksum_failures sessions sessions_abandoned sessions_fatal sessions_killed`, tOid, tI8)
	counts("pg_stat_get_db_", "blk_read_time blk_write_time session_time active_time idle_in_transaction_time", tOid, tF8)
	counts("pg_stat_get_db_", "checksum_last_failure stat_reset_time", tOid, tTZ)
	counts("pg_stat_get_", `bgwriter_timed_checkpoints bgwriter_requested_checkpoints bgwriter_buf_written_checkpoints bgwriter_buf_written_clean
		bgwriter_maxwritten_clean buf_written_backend buf_fsync_backend buf_alloc`, tVoid, tI8)
	counts("pg_stat_get_", "checkpoint_write_time checkpoint_sync_time", tVoid, tF8)
	counts("pg_stat_get_", "bgwriter_stat_reset_time snapshot_timestamp", tVoid, tTZ)
	counts("pg_stat_get_backend_", "pid client_port", tI4, tI4)
	counts("pg_stat_get_backend_", "dbid userid", tI4, tOid)
	counts("pg_stat_get_backend_", "activity wait_event_type wait_event", tI4, tText)
	counts("pg_stat_get_backend_", "activity_start xact_start start", tI4, tTZ)
	counts("pg_stat_get_backend_", "client_addr", tI4, types.Of(types.Inet))
	def("pg_stat_have_stats", ts{tText, tOid, tOid}, tBool, askCatalog("pg_stat_have_stats", tBool), volatile)
	statActions()
	statementFuncs()
	statSets()
}

// OfExtension reports a function that belongs to an extension, and so to a schema of
// the database's own.
func OfExtension(name string) bool {
	return name == "pg_stat_statements" || name == "pg_stat_statements_info" || name == "pg_stat_statements_reset"
}

// statementFuncs are the functions of pg_stat_statements.
func statementFuncs() {
	askRows("pg_stat_statements", ts{tBool}, true, `userid oid, dbid oid, toplevel boolean, queryid bigint, query text, plans bigint, total_plan_time double precision,
		min_plan_time double precision, max_plan_time double precision, mean_plan_time double precision, stddev_plan_time double precision, calls bigint,
		total_exec_time double precision, min_exec_time double precision, max_exec_time double precision, mean_exec_time double precision,
		stddev_exec_time double precision, rows bigint, shared_blks_hit bigint, shared_blks_read bigint, shared_blks_dirtied bigint,
		shared_blks_written bigint, local_blks_hit bigint, local_blks_read bigint, local_blks_dirtied bigint, local_blks_written bigint,
		temp_blks_read bigint, temp_blks_written bigint, blk_read_time double precision, blk_write_time double precision,
		temp_blk_read_time double precision, temp_blk_write_time double precision, wal_records bigint, wal_fpi bigint, wal_bytes numeric,
		jit_functions bigint, jit_generation_time double precision, jit_inlining_count bigint, jit_inlining_time double precision,
		jit_optimization_count bigint, jit_optimization_time double precision, jit_emission_count bigint, jit_emission_time double precision`)
	askRows("pg_stat_statements_info", ts{}, true, "dealloc bigint, stats_reset timestamptz")
	for n := range 4 {
		def("pg_stat_statements_reset", ts{tOid, tOid, tI8}[:n], tVoid, askCatalog("pg_stat_statements_reset", tVoid), volatile)
	}
}

// statActions are the functions that reset statistics, and their kin.
func statActions() {
	act := func(name string, opts []opt, args ...types.Type) {
		def(name, args, tVoid, askCatalog(name, tVoid), append(opts, volatile)...)
	}
	for _, n := range []string{"pg_stat_reset", "pg_stat_clear_snapshot", "pg_stat_force_next_flush"} {
		act(n, nil)
	}
	for _, n := range []string{"pg_stat_reset_single_table_counters", "pg_stat_reset_single_function_counters"} {
		act(n, nil, tOid)
	}
	act("pg_stat_reset_shared", nil, tText)
	for n, arg := range map[string]types.Type{"pg_stat_reset_slru": tText, "pg_stat_reset_replication_slot": tText, "pg_stat_reset_subscription_stats": tOid} {
		act(n, []opt{nullable}, arg)
	}
}

// statSets are the functions that return rows.
func statSets() {
	params := ""
	for _, n := range strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20") {
		params += ", param" + n + " bigint"
	}
	for _, f := range []struct {
		name   string
		args   ts
		strict bool
		cols   string
	}{
		{"pg_stat_get_activity", ts{tI4}, false, `datid oid, pid integer, usesysid oid, application_name text, state text, query text, wait_event_type text,
			wait_event text, xact_start timestamptz, query_start timestamptz, backend_start timestamptz, state_change timestamptz, client_addr inet,
			client_hostname text, client_port integer, backend_xid xid, backend_xmin xid, backend_type text, ssl boolean, sslversion text, sslcipher text,
			sslbits integer, ssl_client_dn text, ssl_client_serial numeric, ssl_issuer_dn text, gss_auth boolean, gss_princ text, gss_enc boolean,
			leader_pid integer, query_id bigint`},
		{"pg_stat_get_progress_info", ts{tText}, true, "pid integer, datid oid, relid oid" + params},
		{"pg_stat_get_archiver", ts{}, false, `archived_count bigint, last_archived_wal text, last_archived_time timestamptz, failed_count bigint,
			last_failed_wal text, last_failed_time timestamptz, stats_reset timestamptz`},
		{"pg_stat_get_wal", ts{}, false, `wal_records bigint, wal_fpi bigint, wal_bytes numeric, wal_buffers_full bigint, wal_write bigint, wal_sync bigint,
			wal_write_time double precision, wal_sync_time double precision, stats_reset timestamptz`},
		{"pg_stat_get_slru", ts{}, false, `name text, blks_zeroed bigint, blks_hit bigint, blks_read bigint, blks_written bigint, blks_exists bigint,
			flushes bigint, truncates bigint, stats_reset timestamptz`},
		{"pg_stat_get_recovery_prefetch", ts{}, true, `stats_reset timestamptz, prefetch bigint, hit bigint, skip_init bigint, skip_new bigint, skip_fpw bigint,
			skip_rep bigint, wal_distance integer, block_distance integer, io_depth integer`},
		{"pg_stat_get_replication_slot", ts{tText}, true, `slot_name text, spill_txns bigint, spill_count bigint, spill_bytes bigint, stream_txns bigint,
			stream_count bigint, stream_bytes bigint, total_txns bigint, total_bytes bigint, stats_reset timestamptz`},
		{"pg_stat_get_subscription", ts{tOid}, false, `subid oid, relid oid, pid integer, received_lsn pg_lsn, last_msg_send_time timestamptz,
			last_msg_receipt_time timestamptz, latest_end_lsn pg_lsn, latest_end_time timestamptz`},
		{"pg_stat_get_subscription_stats", ts{tOid}, true, "subid oid, apply_error_count bigint, sync_error_count bigint, stats_reset timestamptz"},
		{"pg_stat_get_wal_receiver", ts{}, false, `pid integer, status text, receive_start_lsn pg_lsn, receive_start_tli integer, written_lsn pg_lsn,
			flushed_lsn pg_lsn, received_tli integer, last_msg_send_time timestamptz, last_msg_receipt_time timestamptz, latest_end_lsn pg_lsn,
			latest_end_time timestamptz, slot_name text, sender_host text, sender_port integer, conninfo text`},
		{"pg_stat_get_wal_senders", ts{}, false, `pid integer, state text, sent_lsn pg_lsn, write_lsn pg_lsn, flush_lsn pg_lsn, replay_lsn pg_lsn,
			write_lag interval, flush_lag interval, replay_lag interval, sync_priority integer, sync_state text, reply_time timestamptz`},
	} {
		askRows(f.name, f.args, f.strict, f.cols)
	}
	defSet(&SetFunc{Name: "pg_stat_get_backend_idset", Strict: true, Volatility: Stable, Scalar: true, Rows: catalogRows("pg_stat_get_backend_idset"),
		Cols: []SetCol{{"pg_stat_get_backend_idset", tI4}}})
}

// askRows registers a function that returns rows which the session makes; cols is
// "name type, name type, ...".
func askRows(name string, args ts, strict bool, cols string) {
	f := &SetFunc{Name: name, Args: args, Strict: strict, Volatility: Stable, Rows: catalogRows(name)}
	for _, c := range strings.Split(cols, ",") {
		col, typ, _ := strings.Cut(strings.TrimSpace(c), " ")
		k, ok := types.TypeNamed(typ)
		if !ok {
			panic("type " + typ)
		}
		f.Cols = append(f.Cols, SetCol{col, types.Of(k)})
	}
	defSet(f)
}

// catalogRows asks the session for the rows of a function.
func catalogRows(name string) func(*Ctx, []vec.Datum, []types.Type, func([]vec.Datum) error) error {
	return func(c *Ctx, args []vec.Datum, _ []types.Type, emit func([]vec.Datum) error) error {
		if c == nil || c.AskRows == nil {
			return sqlerr.New(pgerrcode.FeatureNotSupported, "function %s is not supported", name)
		}
		return c.AskRows(name, args, emit)
	}
}

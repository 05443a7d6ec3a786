package engine

// settingKind is the type of a setting's value.
type settingKind uint8

const (
	setString settingKind = iota
	setBool
	setInt
	setReal
	setEnum
)

// settingScope tells who may change a setting, as pg_settings.context.
type settingScope uint8

const (
	scopeUser     settingScope = iota
	scopeBackend               // only at connection start
	scopeServer                // only by restarting: "postmaster"
	scopeInternal              // never
)

// setting is the definition of one setting.
type setting struct {
	name   string
	kind   settingKind
	def    string // in the unit below, as SET would be given it
	unit   string // "", "ms", "s", "kB", "8kB"
	lo, hi int64  // of setInt
	enum   []string
	scope  settingScope
	report bool // clients are told of changes (ParameterStatus)
	// check normalises a value or refuses it; nil: by kind.
	check func(s *Session, v string) (string, error)
	desc  string
}

const maxInt = 1<<31 - 1

var isolationLevels = []string{"serializable", "repeatable read", "read committed", "read uncommitted"}
var messageLevels = []string{"debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error"}

// ServerVersion is the PostgreSQL release whose behaviour tagd follows; clients
// parse it.
const (
	ServerVersion    = "15.7"
	serverVersionNum = "150007"
)

// settingList has the ordinary settings with PostgreSQL 15's defaults and limits
// (src/backend/utils/misc/guc.c). Those that have nothing to do here can be set
// and shown, so that clients' scripts go on; ones that promise something tagd
// does not do are read-only.
var settingList = []setting{
	{name: "application_name", report: true, check: checkASCII, desc: "Sets the application name to be reported in statistics and logs."},
	{name: "array_nulls", kind: setBool, def: "on", desc: "Enable input of NULL elements in arrays."},
	{name: "backslash_quote", kind: setEnum, def: "safe_encoding", enum: []string{"safe_encoding", "on", "off"}, desc: `Sets whether "\'" is allowed in string literals.`},
	{name: "block_size", kind: setInt, def: "8192", lo: 8192, hi: 8192, scope: scopeInternal, desc: "Shows the size of a disk block."},
	{name: "bytea_output", kind: setEnum, def: "hex", enum: []string{"escape", "hex"}, desc: "Sets the output format for bytea."},
	{name: "check_function_bodies", kind: setBool, def: "on", desc: "Check routine bodies during CREATE FUNCTION and CREATE PROCEDURE."},
	{name: "client_encoding", def: "UTF8", report: true, check: checkEncoding, desc: "Sets the client's character set encoding."},
	{name: "client_min_messages", kind: setEnum, def: "notice", enum: messageLevels, desc: "Sets the message levels that are sent to the client."},
	{name: "constraint_exclusion", kind: setEnum, def: "partition", enum: []string{"partition", "on", "off"}, desc: "Enables the planner to use constraints to optimize queries."},
	{name: "cursor_tuple_fraction", kind: setReal, def: "0.1", desc: "Sets the planner's estimate of the fraction of a cursor's rows that will be retrieved."},
	{name: "datestyle", def: "ISO, MDY", report: true, check: checkDateStyle, desc: "Sets the display format for date and time values."},
	{name: "default_table_access_method", def: "heap", desc: "Sets the default table access method for new tables."},
	{name: "default_tablespace", def: "", desc: "Sets the default tablespace to create tables and indexes in."},
	{name: "default_text_search_config", def: "pg_catalog.simple", desc: "Sets default text search configuration."},
	{name: "default_toast_compression", kind: setEnum, def: "pglz", enum: []string{"pglz", "lz4"}, desc: "Sets the default compression method for compressible values."},
	{name: "default_transaction_deferrable", kind: setBool, def: "off", desc: "Sets the default deferrable status of new transactions."},
	{name: "default_transaction_isolation", kind: setEnum, def: "read committed", enum: isolationLevels, desc: "Sets the transaction isolation level of each new transaction."},
	{name: "default_transaction_read_only", kind: setBool, def: "off", report: true, desc: "Sets the default read-only status of new transactions."},
	{name: "effective_cache_size", kind: setInt, def: "524288", unit: "8kB", lo: 1, hi: maxInt, desc: "Sets the planner's assumption about the total size of the data caches."},
	{name: "enable_bitmapscan", kind: setBool, def: "on", desc: "Enables the planner's use of bitmaps; off evaluates conditions row by row."},
	{name: "enable_hashagg", kind: setBool, def: "on", desc: "Enables the planner's use of hashed aggregation plans."},
	{name: "enable_hashjoin", kind: setBool, def: "on", desc: "Enables the planner's use of hash join plans."},
	{name: "enable_indexscan", kind: setBool, def: "on", desc: "Enables the planner's use of index-scan plans."},
	{name: "enable_mergejoin", kind: setBool, def: "on", desc: "Enables the planner's use of merge join plans."},
	{name: "enable_nestloop", kind: setBool, def: "on", desc: "Enables the planner's use of nested-loop join plans."},
	{name: "enable_seqscan", kind: setBool, def: "on", desc: "Enables the planner's use of sequential-scan plans."},
	{name: "enable_sort", kind: setBool, def: "on", desc: "Enables the planner's use of explicit sort steps."},
	{name: "escape_string_warning", kind: setBool, def: "on", desc: "Warn about backslash escapes in ordinary string literals."},
	{name: "extra_float_digits", kind: setInt, def: "1", lo: -15, hi: 3, desc: "Sets the number of digits displayed for floating-point values."},
	{name: "from_collapse_limit", kind: setInt, def: "8", lo: 1, hi: maxInt, desc: "Sets the FROM-list size beyond which subqueries are not collapsed."},
	{name: "geqo", kind: setBool, def: "on", desc: "Enables genetic query optimization."},
	{name: "gin_fuzzy_search_limit", kind: setInt, def: "0", lo: 0, hi: maxInt, desc: "Sets the maximum allowed result for exact search by GIN."},
	{name: "hot_standby", kind: setBool, def: "on", scope: scopeServer, desc: "Allows connections and queries during recovery."},
	{name: "idle_in_transaction_session_timeout", kind: setInt, def: "0", unit: "ms", lo: 0, hi: maxInt, desc: "Sets the maximum allowed idle time between queries, when in a transaction."},
	{name: "idle_session_timeout", kind: setInt, def: "0", unit: "ms", lo: 0, hi: maxInt, desc: "Sets the maximum allowed idle time between queries, when not in a transaction."},
	{name: "in_hot_standby", kind: setBool, def: "off", scope: scopeInternal, report: true, desc: "Shows whether hot standby is currently active."},
	{name: "integer_datetimes", kind: setBool, def: "on", scope: scopeInternal, report: true, desc: "Shows whether datetimes are integer based."},
	{name: "intervalstyle", kind: setEnum, def: "postgres", enum: []string{"postgres", "postgres_verbose", "sql_standard", "iso_8601"}, report: true, desc: "Sets the display format for interval values."},
	{name: "is_superuser", kind: setBool, def: "on", scope: scopeInternal, report: true, desc: "Shows whether the current user is a superuser."},
	{name: "jit", kind: setBool, def: "off", desc: "Allow JIT compilation."},
	{name: "join_collapse_limit", kind: setInt, def: "8", lo: 1, hi: maxInt, desc: "Sets the FROM-list size beyond which JOIN constructs are not flattened."},
	{name: "lc_collate", def: "C", scope: scopeInternal, desc: "Shows the collation order locale."},
	{name: "lc_ctype", def: "C.UTF-8", scope: scopeInternal, desc: "Shows the character classification and case conversion locale."},
	{name: "lc_messages", def: "C", desc: "Sets the language in which messages are displayed."},
	{name: "lc_monetary", def: "C", desc: "Sets the locale for formatting monetary amounts."},
	{name: "lc_numeric", def: "C", desc: "Sets the locale for formatting numbers."},
	{name: "lc_time", def: "C", desc: "Sets the locale for formatting date and time values."},
	{name: "lock_timeout", kind: setInt, def: "0", unit: "ms", lo: 0, hi: maxInt, desc: "Sets the maximum allowed duration of any wait for a lock."},
	{name: "log_min_messages", kind: setEnum, def: "warning", enum: append([]string{"info", "fatal", "panic"}, messageLevels...), desc: "Sets the message levels that are logged."},
	{name: "log_statement", kind: setEnum, def: "none", enum: []string{"none", "ddl", "mod", "all"}, desc: "Sets the type of statements logged."},
	{name: "maintenance_work_mem", kind: setInt, def: "65536", unit: "kB", lo: 1024, hi: maxInt, desc: "Sets the maximum memory to be used for maintenance operations."},
	{name: "max_connections", kind: setInt, def: "100", lo: 1, hi: 262143, scope: scopeServer, desc: "Sets the maximum number of concurrent connections."},
	{name: "max_function_args", kind: setInt, def: "100", lo: 100, hi: 100, scope: scopeInternal, desc: "Shows the maximum number of function arguments."},
	{name: "max_identifier_length", kind: setInt, def: "63", lo: 63, hi: 63, scope: scopeInternal, desc: "Shows the maximum identifier length."},
	{name: "max_index_keys", kind: setInt, def: "32", lo: 32, hi: 32, scope: scopeInternal, desc: "Shows the maximum number of index keys."},
	{name: "max_parallel_workers", kind: setInt, def: "8", lo: 0, hi: 1024, desc: "Sets the maximum number of parallel workers that can be active at one time."},
	{name: "max_parallel_workers_per_gather", kind: setInt, def: "2", lo: 0, hi: 1024, desc: "Sets the maximum number of parallel processes per executor node."},
	{name: "max_prepared_transactions", kind: setInt, def: "0", lo: 0, hi: 262143, scope: scopeServer, desc: "Sets the maximum number of simultaneously prepared transactions."},
	{name: "password_encryption", kind: setEnum, def: "scram-sha-256", enum: []string{"md5", "scram-sha-256"}, desc: "Chooses the algorithm for encrypting passwords."},
	{name: "plan_cache_mode", kind: setEnum, def: "auto", enum: []string{"auto", "force_generic_plan", "force_custom_plan"}, desc: "Controls the planner's selection of custom or generic plan."},
	{name: "port", kind: setInt, def: "5433", lo: 1, hi: 65535, scope: scopeServer, desc: "Sets the TCP port the server listens on."},
	{name: "quote_all_identifiers", kind: setBool, def: "off", desc: "When generating SQL fragments, quote all identifiers."},
	{name: "random_page_cost", kind: setReal, def: "4", desc: "Sets the planner's estimate of the cost of a nonsequentially fetched disk page."},
	{name: "role", def: "none", check: checkRole, desc: "Sets the current role."},
	{name: "row_security", kind: setBool, def: "on", desc: "Enable row security."},
	{name: "search_path", def: `"$user", public`, check: checkSearchPath, desc: "Sets the schema search order for names that are not schema-qualified."},
	{name: "seq_page_cost", kind: setReal, def: "1", desc: "Sets the planner's estimate of the cost of a sequentially fetched disk page."},
	{name: "server_encoding", def: "UTF8", scope: scopeInternal, report: true, desc: "Shows the server (database) character set encoding."},
	{name: "server_version", def: ServerVersion, scope: scopeInternal, report: true, desc: "Shows the server version."},
	{name: "server_version_num", kind: setInt, def: serverVersionNum, lo: 150007, hi: 150007, scope: scopeInternal, desc: "Shows the server version as an integer."},
	{name: "session_authorization", def: "", check: checkAuthorization, report: true, desc: "Sets the session user name."},
	{name: "session_replication_role", kind: setEnum, def: "origin", enum: []string{"origin", "replica", "local"}, desc: "Sets the session's behavior for triggers and rewrite rules."},
	{name: "shared_buffers", kind: setInt, def: "16384", unit: "8kB", lo: 16, hi: 1 << 30, scope: scopeServer, desc: "Sets the number of shared memory buffers used by the server."},
	{name: "sql_dialect", kind: setEnum, def: "auto", enum: []string{"auto", "postgres", "tidb"}, desc: "Sets the grammar that reads statements."},
	{name: "ssl", kind: setBool, def: "off", scope: scopeServer, desc: "Enables SSL connections."},
	{name: "standard_conforming_strings", kind: setBool, def: "on", report: true, check: checkAlwaysOn, desc: "Causes '...' strings to treat backslashes literally."},
	{name: "statement_timeout", kind: setInt, def: "0", unit: "ms", lo: 0, hi: maxInt, desc: "Sets the maximum allowed duration of any statement."},
	{name: "synchronize_seqscans", kind: setBool, def: "on", desc: "Enable synchronized sequential scans."},
	{name: "synchronous_commit", kind: setEnum, def: "on", enum: []string{"local", "remote_write", "remote_apply", "on", "off"}, desc: "Sets the current transaction's synchronization level."},
	{name: "tcp_keepalives_idle", kind: setInt, def: "0", unit: "s", lo: 0, hi: maxInt, desc: "Time between issuing TCP keepalives."},
	{name: "temp_buffers", kind: setInt, def: "1024", unit: "8kB", lo: 100, hi: 1 << 30, desc: "Sets the maximum number of temporary buffers used by each session."},
	{name: "temp_file_limit", kind: setInt, def: "-1", unit: "kB", lo: -1, hi: maxInt, desc: "Limits the total size of all temporary files used by each process."},
	{name: "timezone", def: "UTC", report: true, check: checkTimeZone, desc: "Sets the time zone for displaying and interpreting time stamps."},
	{name: "timezone_abbreviations", def: "Default", desc: "Selects a file of time zone abbreviations."},
	{name: "track_activities", kind: setBool, def: "on", desc: "Collects information about executing commands."},
	{name: "transaction_deferrable", kind: setBool, def: "off", desc: "Whether to defer a read-only serializable transaction until it can be executed with no possible serialization failures."},
	{name: "transaction_isolation", kind: setEnum, def: "read committed", enum: isolationLevels, desc: "Sets the current transaction's isolation level."},
	{name: "transaction_read_only", kind: setBool, def: "off", desc: "Sets the current transaction's read-only status."},
	{name: "transform_null_equals", kind: setBool, def: "off", check: checkAlwaysOff, desc: `Treats "expr=NULL" as "expr IS NULL".`},
	{name: "wal_level", kind: setEnum, def: "replica", enum: []string{"minimal", "replica", "logical"}, scope: scopeServer, desc: "Sets the level of information written to the WAL."},
	{name: "wal_segment_size", kind: setInt, def: "16777216", lo: 1048576, hi: 1073741824, scope: scopeInternal, desc: "Shows the size of write ahead log segments."},
	{name: "work_mem", kind: setInt, def: "262144", unit: "kB", lo: 64, hi: maxInt, desc: "Sets the maximum memory to be used for query workspaces."},
	{name: "xmlbinary", kind: setEnum, def: "base64", enum: []string{"base64", "hex"}, desc: "Sets how binary values are to be encoded in XML."},
	{name: "xmloption", kind: setEnum, def: "content", enum: []string{"content", "document"}, desc: "Sets whether XML data is to be considered as documents or content fragments."},
	{name: "zero_damaged_pages", kind: setBool, def: "off", scope: scopeServer, desc: "Continues processing past damaged page headers."},
}

// shownNames are the spellings that Postgres shows where they are not lower case.
var shownNames = map[string]string{
	"datestyle": "DateStyle", "intervalstyle": "IntervalStyle", "timezone": "TimeZone",
}

var settingByName = indexSettings()

func indexSettings() map[string]*setting {
	m := make(map[string]*setting, len(settingList))
	for i := range settingList {
		m[settingList[i].name] = &settingList[i]
	}
	return m
}

// shown returns the setting's name as Postgres writes it.
func (d *setting) shown() string {
	if n, ok := shownNames[d.name]; ok {
		return n
	}
	return d.name
}

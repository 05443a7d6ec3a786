package engine

import (
	_ "embed" // the settings of PostgreSQL
	"slices"
	"strconv"
	"strings"

	"tagd/sql/fn"
)

// settingKind is the type of a setting's value.
type settingKind uint8

const (
	setString settingKind = iota
	setBool
	setInt
	setReal
	setEnum
)

// setting is the definition of one setting.
type setting struct {
	name    string // as Postgres writes it
	kind    settingKind
	def     string // in the unit below, as SET would be given it
	boot    string // boot_val, where PostgreSQL has another default when it has started
	null    bool   // there is no value: boot_val is NULL
	unit    string // "", "ms", "s", "min", "B", "kB", "8kB", "MB"
	lo, hi  float64
	min     string // lo and hi as pg_settings writes them
	max     string
	enum    []string
	context string // who may change it, as pg_settings.context
	flags   string
	report  bool // clients are told of changes (ParameterStatus)
	hidden  bool // not in pg_settings and SHOW ALL
	secret  bool // for those who may see all settings (GUC_SUPERUSER_ONLY)
	// check normalises a value or refuses it; nil: by kind.
	check func(s *Session, v string) (string, error)
	// display writes a value that is shown otherwise than it is given; nil: by kind.
	display func(v string) string
	// live is the value that is shown where that is not the one that was set; nil: it is.
	live     func(s *Session, d *setting) string
	category string
	desc     string
	more     string // the longer description
}

// serverVersionNum is fn.ServerVersion as a number.
const serverVersionNum = "150007"

// settingData has the settings of PostgreSQL 15, one a line: name, type, unit,
// category, context, least, greatest, words, value at boot, flags, description,
// longer description (pg_settings with pg_settings_get_flags).
//
//go:embed data/settings.txt
var settingData string

// ours are the settings that differ from PostgreSQL's values at boot, that act on
// something, or that PostgreSQL does not have. Those that promise what tagd does
// not do cannot be changed.
var ours = []setting{
	{name: "application_name", check: checkASCII},
	{name: "archive_command", display: func(string) string { return "(disabled)" }},
	{name: "client_encoding", def: "UTF8", check: checkEncoding},
	{name: "cluster_name", def: "tagd"},
	{name: "data_directory_mode", display: octal},
	{name: "DateStyle", check: checkDateStyle},
	{name: "dynamic_library_path", context: "postmaster"},
	{name: "event_source", context: "postmaster"},
	{name: "jit", def: "off"},
	{name: "lc_ctype", def: "C.UTF-8"},
	{name: "listen_addresses", def: ""},
	{name: "log_file_mode", display: octal},
	{name: "log_timezone", def: "UTC"},
	{name: "max_stack_depth", def: "2048", boot: "100"},
	{name: "port", def: "5433"},
	{name: "search_path", check: checkSearchPath},
	{name: "server_encoding", def: "UTF8"},
	{name: "server_version", def: fn.ServerVersion},
	{name: "server_version_num", def: serverVersionNum, min: serverVersionNum, max: serverVersionNum},
	{name: "standard_conforming_strings", check: checkAlwaysOn},
	{name: "tcp_keepalives_count", live: socketSetting},
	{name: "tcp_keepalives_idle", live: socketSetting},
	{name: "tcp_keepalives_interval", live: socketSetting},
	{name: "tcp_user_timeout", live: socketSetting},
	{name: "timezone_abbreviations", def: "Default"},
	{name: "TimeZone", def: "UTC", check: checkTimeZone},
	{name: "transform_null_equals", check: checkAlwaysOff},
	{name: "unix_socket_permissions", display: octal},
	{name: "wal_buffers", def: "512", boot: "-1"},
	{name: "work_mem", def: "262144"},
	{name: "zero_damaged_pages", context: "postmaster"},
	{name: "is_superuser", kind: setBool, def: "on", context: "internal", report: true, hidden: true},
	{name: "role", def: "none", check: checkRole, context: "user", hidden: true},
	{name: "session_authorization", check: checkAuthorization, context: "user", report: true, hidden: true},
	{name: "seed", kind: setReal, def: "0", lo: -1, hi: 1, context: "user", hidden: true},
	{name: "sql_dialect", kind: setEnum, def: "auto", enum: []string{"auto", "postgres", "tidb"}, context: "user",
		category: "Client Connection Defaults / Statement Behavior", desc: "Sets the grammar that reads statements."},
}

// reported are the settings that clients are told of (GUC_REPORT).
var reported = strings.Fields(`application_name client_encoding DateStyle default_transaction_read_only in_hot_standby integer_datetimes
	IntervalStyle is_superuser server_encoding server_version session_authorization standard_conforming_strings TimeZone`)

// secrets are the settings that tell of the machine (GUC_SUPERUSER_ONLY).
var secrets = strings.Fields(`config_file data_directory dynamic_library_path extension_destdir external_pid_file hba_file ident_file jit_provider
	krb_server_keyfile log_directory log_filename primary_conninfo session_preload_libraries shared_preload_libraries ssl_ciphers
	ssl_dh_params_file ssl_ecdh_curve ssl_max_protocol_version ssl_min_protocol_version ssl_passphrase_command unix_socket_directories`)

// settingList has all settings in the order of SHOW ALL.
var settingList = readSettings()

var settingByName = indexSettings()

func readSettings() []setting {
	kinds := map[string]settingKind{"string": setString, "bool": setBool, "integer": setInt, "real": setReal, "enum": setEnum}
	var out []setting
	at := map[string]int{}
	for _, line := range strings.Split(strings.TrimSuffix(settingData, "\n"), "\n") {
		f := strings.Split(line, "\t")
		d := setting{name: f[0], kind: kinds[f[1]], unit: f[2], category: f[3], context: f[4], min: f[5], max: f[6], def: f[8],
			flags: f[9], desc: f[10], more: f[11]}
		if d.null = d.def == `\N`; d.null {
			d.def = ""
		}
		if f[7] != "" {
			d.enum = strings.Split(f[7], ",")
		}
		d.report, d.secret = slices.Contains(reported, d.name), slices.Contains(secrets, d.name)
		at[d.name] = len(out)
		out = append(out, d)
	}
	for _, o := range ours {
		i, known := at[o.name]
		if !known {
			out = append(out, o)
			continue
		}
		d := &out[i]
		d.check, d.display, d.live = o.check, o.display, o.live
		if o.def != "" {
			d.def, d.boot, d.null = o.def, o.boot, false
		}
		if o.context != "" {
			d.context = o.context
		}
		if o.min != "" {
			d.min, d.max = o.min, o.max
		}
	}
	for i := range out {
		if d := &out[i]; d.min != "" {
			d.lo, _ = strconv.ParseFloat(d.min, 64)
			d.hi, _ = strconv.ParseFloat(d.max, 64)
		}
	}
	slices.SortStableFunc(out, func(a, b setting) int { return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	return out
}

func indexSettings() map[string]*setting {
	m := make(map[string]*setting, len(settingList))
	for i := range settingList {
		m[settingList[i].key()] = &settingList[i]
	}
	return m
}

// key is the name by which a setting is found.
func (d *setting) key() string { return strings.ToLower(d.name) }

// shown returns the setting's name as Postgres writes it.
func (d *setting) shown() string { return d.name }

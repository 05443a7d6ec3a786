package engine

import (
	"maps"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// values are a session's settings by lower-case name, in the form SHOW gives.
// The map is never changed once a session has it: SET makes a copy, so that a
// transaction can go back to the one it began with.
type values map[string]string

// defaultValues are the settings of a session without startup parameters.
func defaultValues() values {
	return maps.Clone(bootValues())
}

var bootValues = sync.OnceValue(func() values {
	v := values{}
	for i := range settingList {
		d := &settingList[i]
		v[d.key()] = d.show(d.def)
	}
	return v
})

// initSettings applies the startup parameters; they become what RESET goes
// back to.
func (s *Session) initSettings(params map[string]string) error {
	s.values, s.conf = defaultValues(), s.e.conf.now.Load()
	maps.Copy(s.values, s.conf.loaded)
	maps.Copy(s.values, s.e.opt.Shown)
	s.values["session_authorization"] = s.user
	s.values["is_superuser"] = onOff(s.loginSuper)
	opts := map[string]string{}
	for k, v := range s.loginSettings {
		opts[k] = v
	}
	if err := startupOptions(params["options"], opts); err != nil {
		return err
	}
	for k, v := range params {
		if k != "user" && k != "database" && k != "options" && k != "replication" {
			opts[strings.ToLower(k)] = v
		}
	}
	names := make([]string, 0, len(opts))
	for k := range opts {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		if strings.HasPrefix(k, "_pq_.") {
			continue // protocol options are the server's
		}
		v, err := s.normalized(k, opts[k], true)
		if err != nil {
			e := *sqlerr.From(err)
			e.Severity = "FATAL"
			return &e
		}
		s.values[k] = v
	}
	s.reset = s.values
	s.derive()
	s.setSocket(bootValues())
	return nil
}

// normalized checks a new value of a setting. starting allows those that only
// the startup packet may set.
func (s *Session) normalized(name, v string, starting bool) (string, error) {
	d := settingByName[name]
	if d == nil {
		if err := customName(name); err != nil {
			return "", err
		}
		return v, nil
	}
	if err := s.mayChange(d, starting); err != nil {
		return "", err
	}
	return d.normalize(s, v)
}

// mayChange refuses a change that the setting's context does not allow.
func (s *Session) mayChange(d *setting, starting bool) error {
	how := ""
	switch d.context {
	case "internal":
		how = "changed"
	case "postmaster":
		how = "changed without restarting the server"
	case "sighup":
		how = "changed now"
	case "backend", "superuser-backend":
		if !starting {
			how = "set after connection start"
		}
	}
	if how != "" {
		return sqlerr.New(pgerrcode.CantChangeRuntimeParam, `parameter "%s" cannot be %s`, d.shown(), how)
	}
	if strings.HasPrefix(d.context, "superuser") && s.values["is_superuser"] != "on" {
		return sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied to set parameter "%s"`, d.shown())
	}
	return nil
}

// customName accepts names with a dot whose parts are identifiers.
func customName(name string) error {
	if !strings.Contains(name, ".") {
		return unknownSetting(name)
	}
	for _, part := range strings.Split(name, ".") {
		if !isIdent(part) {
			return sqlerr.New(pgerrcode.InvalidName, `invalid configuration parameter name "%s"`, name).
				WithDetail("Custom parameter names must be two or more simple identifiers separated by dots.")
		}
	}
	return nil
}

func unknownSetting(name string) error {
	return sqlerr.New(pgerrcode.UndefinedObject, `unrecognized configuration parameter "%s"`, name)
}

func isIdent(p string) bool {
	for i := 0; i < len(p); i++ {
		c := p[i]
		letter := c == '_' || c|32 >= 'a' && c|32 <= 'z' || c >= 0x80
		if !letter && (i == 0 || c != '$' && (c < '0' || c > '9')) {
			return false
		}
	}
	return p != ""
}

// set changes a setting for the session, or with local for the transaction.
func (s *Session) set(name, v string, local bool) error {
	name = strings.ToLower(name)
	v, err := s.normalized(name, v, false)
	if err != nil {
		return err
	}
	return s.assign(name, v, local)
}

// assign stores a checked value and acts on it.
func (s *Session) assign(name, v string, local bool) error {
	if err := s.assignTx(name, v); err != nil {
		return err
	}
	more := s.follows(name, v)
	if s.tx.on && !local {
		kept := maps.Clone(s.tx.keep)
		kept[name] = v
		maps.Copy(kept, more)
		s.tx.keep = kept
	}
	next := maps.Clone(s.values)
	next[name] = v
	maps.Copy(next, more)
	s.replace(next)
	return nil
}

// assignTx acts on the settings that are the transaction's own.
func (s *Session) assignTx(name, v string) error {
	switch name {
	case "transaction_isolation":
		if s.tx.used {
			return sqlerr.New(pgerrcode.ActiveSQLTransaction, "SET TRANSACTION ISOLATION LEVEL must be called before any query")
		}
		s.tx.frozen = v == "repeatable read" || v == "serializable"
	case "transaction_read_only":
		on := v == "on"
		if !on && s.tx.readOnly && s.tx.used {
			return sqlerr.New(pgerrcode.ActiveSQLTransaction, "transaction read-write mode must be set before any query")
		}
		s.tx.readOnly = on
	}
	return nil
}

// replace makes next the current values and tells the client what changed.
func (s *Session) replace(next values) {
	old := s.values
	if reflect.ValueOf(old).Pointer() == reflect.ValueOf(next).Pointer() {
		return // a transaction that has set nothing
	}
	s.values = next
	s.derive()
	s.setSocket(old)
	for _, name := range reported {
		if k := strings.ToLower(name); old[k] != next[k] {
			s.host.Parameter(name, next[k])
		}
	}
}

// resetSetting is RESET name and SET name TO DEFAULT.
func (s *Session) resetSetting(name string, local bool) error {
	name = strings.ToLower(name)
	v, ok := s.reset[name]
	switch name {
	case "transaction_isolation":
		v = s.values["default_transaction_isolation"]
	case "transaction_read_only":
		v = s.values["default_transaction_read_only"]
	}
	if !ok {
		if err := customName(name); err != nil {
			return err
		}
	}
	if d := settingByName[name]; d != nil {
		if err := s.mayChange(d, false); err != nil {
			return err
		}
	}
	return s.assign(name, v, local)
}

// resetAll is RESET ALL. The transaction's own settings stay.
func (s *Session) resetAll() {
	next := maps.Clone(s.reset)
	for _, n := range []string{"transaction_isolation", "transaction_read_only", "role", "session_authorization", "is_superuser"} {
		next[n] = s.values[n]
	}
	if s.tx.on {
		s.tx.keep = next
	}
	s.replace(next)
}

// derive computes what the settings mean.
func (s *Session) derive() {
	v := s.values
	st := &types.Style{IntervalStyle: v["intervalstyle"], ByteaEscape: v["bytea_output"] == "escape"}
	st.DateStyle, st.DateOrder, _ = strings.Cut(v["datestyle"], ", ")
	st.ZoneName = v["timezone"]
	if st.Zone, _ = types.LookupZone(st.ZoneName); st.Zone == nil {
		st.ZoneName, st.Zone = "UTC", time.UTC
	}
	st.FloatDigits, _ = strconv.Atoi(v["extra_float_digits"])
	s.style = st
	s.path, _ = splitPath(v["search_path"])
	s.identify()
	st.RegName, st.RegOID = s.regName, s.regOID
	s.timeout = s.millis("statement_timeout")
	s.lockTimeout = s.millis("lock_timeout")
	s.workMem, s.tempLimit = s.kilobytes("work_mem"), s.kilobytes("temp_file_limit")
	s.styleKey = strings.Join([]string{v["datestyle"], v["intervalstyle"], v["timezone"], v["extra_float_digits"],
		v["bytea_output"], v["enable_bitmapscan"], v["sql_dialect"], v["search_path"], s.db, strconv.Itoa(int(s.current))}, "\x00")
	s.dialect = dialects[v["sql_dialect"]]
	s.statements = tracks{on: v["pg_stat_statements.track"] != "none", utility: v["pg_stat_statements.track_utility"] == "on",
		ids: v["compute_query_id"] != "off"}
	s.noBitmaps = v["enable_bitmapscan"] == "off"
	s.defaultIso, s.defaultRO = v["default_transaction_isolation"], v["default_transaction_read_only"]
}

// kilobytes reads a size setting back from its shown form, in bytes; negative
// means no limit.
func (s *Session) kilobytes(name string) int64 {
	n, err := settingByName[name].parseInt(s.values[name])
	if err != nil {
		return 0
	}
	return n << 10
}

// dialects are the values of sql_dialect.
var dialects = map[string]parse.Dialect{"auto": parse.Auto, "postgres": parse.Postgres, "tidb": parse.TiDB}

// millis reads a duration setting back from its shown form.
func (s *Session) millis(name string) time.Duration {
	n, err := settingByName[name].parseInt(s.values[name])
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Millisecond
}

// value is what a setting has now, false for an unknown one.
func (s *Session) value(name string) (string, bool) {
	v, ok := s.values[name]
	if d := settingByName[name]; d != nil && d.live != nil {
		v = d.live(s, d)
	}
	return v, ok
}

// examine is the value of a setting for SHOW and current_setting. Some of them only
// those may see who may see all.
func (s *Session) examine(name string) (value string, known bool, err error) {
	name = strings.ToLower(name)
	if d := settingByName[name]; d != nil && d.secret && !s.seesAll() {
		return "", true, sqlerr.New(pgerrcode.InsufficientPrivilege,
			`must be superuser or have privileges of pg_read_all_settings to examine "%s"`, d.shown())
	}
	value, known = s.value(name)
	return value, known, nil
}

// seesAll reports whether the user may see all settings.
func (s *Session) seesAll() bool {
	c, release := s.catalog()
	defer release()
	return c.HasPrivs(c.user, roles.ReadAllSettings)
}

// listValue joins the values of SET name = a, b as Postgres stores them: the
// elements of list settings are quoted where they are no plain identifiers.
func listValue(name string, vals []string) (string, error) {
	if name != "search_path" && name != "datestyle" {
		if len(vals) > 1 {
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, "SET %s takes only one argument", name)
		}
		return vals[0], nil
	}
	out := make([]string, len(vals))
	for i, v := range vals {
		out[i] = v
		if name == "search_path" {
			out[i] = quoteIdent(v)
		}
	}
	return strings.Join(out, ", "), nil
}

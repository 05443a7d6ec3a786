package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// autoConf is where the store keeps what ALTER SYSTEM has set, beside all versions,
// and autoConfFile what PostgreSQL calls the file of it, in the data directory.
const (
	autoConf     = "postgresql.auto.conf"
	autoConfFile = "/postgresql.auto.conf"
)

// autoConfHead is how many lines of comment PostgreSQL's file begins with.
const autoConfHead = 2

// fileSetting is a line of what ALTER SYSTEM has set: the value as it was given, and
// as SHOW shows it.
type fileSetting struct {
	Name  string `json:"name"` // as Postgres writes it
	Value string `json:"value"`
	Shown string `json:"shown"`
}

// key is the setting's lower-case name.
func (f *fileSetting) key() string { return strings.ToLower(f.Name) }

// configuration is what sessions take from ALTER SYSTEM. Immutable.
type configuration struct {
	loaded  values            // in effect, by key
	line    map[string]int    // where each stands
	pending map[string]bool   // those that a restart would change
	failed  map[string]string // those that were not applied at the last reload, and why
}

// systemConf is the engine's part of ALTER SYSTEM.
type systemConf struct {
	mu   sync.Mutex // of whoever changes file
	file []fileSetting
	now  atomic.Pointer[configuration]
}

// startConf reads what ALTER SYSTEM has set; all of it takes effect.
func (e *Engine) startConf() error {
	raw, err := e.store.Aside(autoConf)
	if err == nil && raw != nil {
		err = json.Unmarshal(raw, &e.conf.file)
	}
	if err != nil {
		return err
	}
	c := &configuration{loaded: values{}}
	for i := range e.conf.file {
		if f := &e.conf.file[i]; settingByName[f.key()] != nil {
			c.loaded[f.key()] = f.Shown
		}
	}
	c.line = confLines(e.conf.file)
	e.conf.now.Store(c)
	return nil
}

// confLines are the lines on which settings stand, by key.
func confLines(file []fileSetting) map[string]int {
	out := map[string]int{}
	for i := range file {
		out[file[i].key()] = autoConfHead + 1 + i
	}
	return out
}

// reload lets what ALTER SYSTEM has set take effect, but for what only a restart
// changes: pg_reload_conf().
func (e *Engine) reload() {
	e.conf.mu.Lock()
	defer e.conf.mu.Unlock()
	was := e.conf.now.Load()
	c := &configuration{loaded: values{}, line: confLines(e.conf.file), pending: map[string]bool{}, failed: map[string]string{}}
	want := values{}
	for i := range e.conf.file {
		want[e.conf.file[i].key()] = e.conf.file[i].Shown
	}
	for k, d := range settingByName {
		next, set := want[k]
		old, had := was.loaded[k]
		if _, given := e.opt.Shown[k]; !given && d.context == "postmaster" && (set != had || next != old) {
			c.pending[k] = true
			if set {
				c.failed[k] = "setting could not be applied"
			}
			next, set = old, had
		}
		if set {
			c.loaded[k] = next
		}
	}
	e.conf.now.Store(c)
}

// alterSystem runs ALTER SYSTEM SET and RESET (AlterSystemSetConfigFile of guc.c).
func (s *Session) alterSystem(u *ast.AlterSystem) (session.Result, error) {
	if s.tx.block || s.several {
		return nil, sqlerr.New(pgerrcode.ActiveSQLTransaction, "ALTER SYSTEM cannot run inside a transaction block")
	}
	name := strings.ToLower(u.Set.Name)
	all := u.Set.Reset && name == "all"
	if s.values["is_superuser"] != "on" {
		if all {
			return nil, sqlerr.New(pgerrcode.InsufficientPrivilege, "permission denied to perform ALTER SYSTEM RESET ALL")
		}
		return nil, sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied to set parameter "%s"`, u.Set.Name)
	}
	var line *fileSetting
	if !all {
		d := settingByName[name]
		switch {
		case d == nil:
			return nil, unknownSetting(u.Set.Name)
		case d.context == "internal" || slices.Contains(notInFile, name):
			return nil, sqlerr.New(pgerrcode.CantChangeRuntimeParam, `parameter "%s" cannot be changed`, d.name)
		}
		line = &fileSetting{Name: d.name}
		if u.Set.Value != nil {
			v, err := listValue(name, u.Set.Value)
			if err != nil {
				return nil, err
			}
			if line.Shown, err = d.normalize(s, v); err != nil {
				return nil, err
			}
			line.Value = v
		}
	}
	if err := s.e.rewriteConf(line, u.Set.Value != nil); err != nil {
		return nil, err
	}
	return tag("ALTER SYSTEM"), nil
}

// notInFile are settings that no file may have (GUC_DISALLOW_IN_FILE and
// GUC_DISALLOW_IN_AUTO_FILE).
var notInFile = strings.Fields("config_file data_directory transaction_isolation transaction_read_only transaction_deferrable role session_authorization seed is_superuser")

// rewriteConf puts line into what ALTER SYSTEM has set, or takes it out; nil: all.
func (e *Engine) rewriteConf(line *fileSetting, set bool) error {
	e.conf.mu.Lock()
	defer e.conf.mu.Unlock()
	var next []fileSetting
	for i := range e.conf.file {
		if f := e.conf.file[i]; line != nil && f.Name != line.Name {
			next = append(next, f)
		}
	}
	if set {
		next = append(next, *line) // PostgreSQL's file has it last, too
	}
	var raw []byte
	if len(next) > 0 {
		var err error
		if raw, err = json.Marshal(next); err != nil {
			return err
		}
	}
	if err := e.store.SetAside(autoConf, raw); err != nil {
		return err
	}
	e.conf.file = next
	return nil
}

// reconfigure takes over what was loaded since: settings that the session has as the
// server gives them. It is called between transactions.
func (s *Session) reconfigure() {
	was, now := s.conf, s.e.conf.now.Load()
	if was == now {
		return
	}
	s.conf = now
	boot := bootValues()
	of := func(c *configuration, k string) string {
		if v, ok := c.loaded[k]; ok {
			return v
		}
		return boot[k]
	}
	next, reset := maps.Clone(s.values), maps.Clone(s.reset)
	for k, d := range settingByName {
		before, after := of(was, k), of(now, k)
		if _, given := s.e.opt.Shown[k]; given || before == after || strings.HasSuffix(d.context, "backend") || s.reset[k] != before {
			continue
		}
		if s.values[k] == before {
			next[k] = after
		}
		reset[k] = after
	}
	s.reset = reset
	s.replace(next)
}

// fileSettingRows are the rows of pg_file_settings.
func (s *Session) fileSettingRows(add func(...any)) {
	s.e.conf.mu.Lock()
	file := s.e.conf.file
	s.e.conf.mu.Unlock()
	now := s.e.conf.now.Load()
	for i := range file {
		f := &file[i]
		var failed any
		if why := now.failed[f.key()]; why != "" {
			failed = why
		}
		add(s.reset["data_directory"]+autoConfFile, autoConfHead+1+i, i+1, f.Name, f.Value, failed == nil, failed)
	}
}

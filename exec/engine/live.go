package engine

import (
	"fmt"
	"time"

	"tagd/exec/pgcatalog"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// live makes the rows of the relations of what the server is doing.
func (s *Session) live(c *catalog, name string, add func(...any)) {
	switch name {
	case "pg_settings":
		s.settingRows(add)
	case "pg_file_settings":
		s.fileSettingRows(add)
	case "pg_hba_file_rules":
		s.e.opt.Door.rules(c.Set.Roles, add)
	case "pg_statistic":
		s.statisticRows(c, add)
	case "pg_locks":
		s.lockRowsOf(add)
	case "pg_cursors":
		for _, k := range sortedKeys(s.cursors) {
			if cur := s.cursor(k); cur != nil {
				add(cur.name, cur.text, cur.hold, cur.binary, cur.scroll != ast.NoScroll, stamp(cur.made))
			}
		}
		if h, ok := s.host.(session.PortalHost); ok {
			h.EachPortal(func(name, text string, made time.Time) { add(name, text, false, false, false, stamp(made)) })
		}
	case "pg_prepared_statements":
		for _, k := range sortedKeys(s.prepared) {
			p := s.prepared[k]
			add(k, p.text, stamp(p.p.made), typeArray(p.p.Params()), true, p.p.generic(), p.p.runs-p.p.generic())
		}
		if h, ok := s.host.(session.StatementHost); ok {
			h.EachStatement(func(name, text string, hp session.Prepared) {
				if p := hp.(*prepared); !p.Empty() {
					add(name, text, stamp(p.made), typeArray(p.Params()), false, p.generic(), p.runs-p.generic())
				}
			})
		}
	case "pg_timezone_names":
		zoneRows(s.e.opt.Now(), add)
	case "pg_timezone_abbrevs":
		types.EachZoneAbbrev(s.e.opt.Now(), func(abbrev string, offset int, dst bool) {
			add(abbrev, interval(offset), dst)
		})
	case "pg_available_extensions":
		add("plpgsql", "1.0", "1.0", "PL/pgSQL procedural language")
		var installed any
		if x := c.objs.Extensions[statementsName]; x != nil {
			installed = x.Version
		}
		add(statementsName, statementsVersion, installed, "track planning and execution statistics of all SQL statements executed")
	case "pg_available_extension_versions":
		add("plpgsql", "1.0", true, true, true, false, "pg_catalog", nil, "PL/pgSQL procedural language")
		add(statementsName, statementsVersion, c.objs.Extensions[statementsName] != nil, true, false, true, nil, nil,
			"track planning and execution statistics of all SQL statements executed")
	}
}

// stamp is a timestamptz, NULL for the zero time.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Sub(pgEpoch).Microseconds()
}

func interval(seconds int) vec.Datum {
	return vec.Datum{V: types.IntervalValue{Micros: int64(seconds) * 1e6}}
}

// typeArray makes a value of type regtype[].
func typeArray(list []types.Type) vec.Datum {
	v := vec.New(types.Of(types.RegType), len(list))
	for i, t := range list {
		v.I64[i] = int64(t.OID())
		if d := t.Domain(); d != nil {
			v.I64[i] = int64(d.OID)
		}
	}
	return vec.Datum{A: v}
}

// zoneRows are the rows of pg_timezone_names as of now.
func zoneRows(now time.Time, add func(...any)) {
	for _, name := range types.ZoneNames() {
		loc, err := time.LoadLocation(name)
		if err != nil {
			continue
		}
		t := now.In(loc)
		abbrev, offset := t.Zone()
		add(name, abbrev, interval(offset), t.IsDST())
	}
}

// databaseOIDs are the OIDs of the databases by name.
func databaseOIDs(c *catalog) map[string]uint32 {
	out := map[string]uint32{}
	for _, d := range databasesOf(c.snap).list {
		out[d.Name] = pgcatalog.DatabaseOID(d.OID)
	}
	return out
}

// shownQuery bounds the texts of pg_stat_activity, as track_activity_query_size.
const shownQuery = 1024

// cut shortens a query's text at a character.
func cut(text string) string {
	if len(text) < shownQuery {
		return text
	}
	n := shownQuery - 1
	for n > 0 && text[n]&0xc0 == 0x80 {
		n--
	}
	return text[:n]
}

// lockRowsOf are the rows of pg_locks. A transaction that runs holds the lock of
// its own virtual number, as in Postgres.
func (s *Session) lockRowsOf(add func(...any)) {
	for _, a := range s.e.live.list() {
		if !a.tx.IsZero() {
			v := virtualID(a.pid, a.tx)
			add("virtualxid", nil, nil, nil, nil, v, nil, nil, nil, nil, v, a.pid, "ExclusiveLock", true, true, nil)
		}
	}
	// Who reads the view has it locked.
	v := virtualID(s.pid, s.act.load().tx)
	add("relation", pgcatalog.DatabaseOID(s.dbOID), pgcatalog.RelationOID("pg_catalog", "pg_locks"), nil, nil, nil, nil, nil, nil, nil, v, s.pid, "AccessShareLock", true, true, nil)
	for _, r := range s.e.locks.rows() {
		v := virtualID(r.s.pid, r.s.act.load().tx)
		if r.tag == writerTag {
			add(r.tag.kind, nil, nil, nil, nil, nil, r.number, nil, nil, nil, v, r.s.pid, r.mode, r.granted, false, stamp(r.since))
			continue
		}
		add(r.tag.kind, r.tag.db, nil, nil, nil, nil, nil, r.tag.class, r.tag.obj, int16(r.tag.sub), v, r.s.pid, r.mode, r.granted, false, stamp(r.since))
	}
}

// virtualID names a transaction by its session and when it began.
func virtualID(pid int32, tx time.Time) string {
	n := int64(0)
	if !tx.IsZero() {
		n = tx.Sub(pgEpoch).Microseconds() & 0x7fffffff
	}
	return fmt.Sprintf("%d/%d", pid, n)
}

// waiting is the kind of lock that a session waits for, "" for none.
func (k *locks) waiting(s *Session) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.waits == nil {
		return ""
	}
	return s.waits.tag.kind
}

package engine

import (
	"strconv"
	"time"

	"tagd/exec/pgcatalog"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// pgEpoch is 2000-01-01, from which timestamps count.
var pgEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

var contexts = map[settingScope]string{scopeUser: "user", scopeBackend: "backend", scopeServer: "postmaster", scopeInternal: "internal"}
var kinds = map[settingKind]string{setString: "string", setBool: "bool", setInt: "integer", setReal: "real", setEnum: "enum"}

// virtual makes the rows of a catalog relation for the statement in hand.
func (s *Session) virtual(schema, name string) (*vec.Batch, error) {
	snap, release := s.snapshot()
	defer release()
	src := &pgcatalog.Source{
		Tables: snap.Tables(), DB: s.db, User: s.user,
		Rows: func(def *types.Table) int64 {
			if t, ok := snap.Table(def.Path()); ok {
				return t.Rows()
			}
			return 0
		},
	}
	if name == "pg_settings" {
		for i := range settingList {
			d := &settingList[i]
			src.Settings = append(src.Settings, pgcatalog.Setting{Name: d.shown(), Value: s.plainValue(d), Unit: d.unit, Desc: d.desc,
				Context: contexts[d.scope], Kind: kinds[d.kind], Default: d.def})
		}
	}
	if name == "pg_stat_activity" {
		for _, a := range s.e.live.list() {
			src.Activity = append(src.Activity, pgcatalog.Activity{PID: a.pid, User: a.user, DB: a.db, App: a.app, State: a.state,
				Query: a.query, Since: a.since.Sub(pgEpoch).Microseconds()})
		}
	}
	return pgcatalog.Rows(src, schema, name), nil
}

// plainValue is a setting's value in its own unit, as pg_settings shows it.
func (s *Session) plainValue(d *setting) string {
	v := s.values[d.name]
	if d.kind == setInt {
		if n, err := d.parseInt(v); err == nil {
			return strconv.FormatInt(n, 10)
		}
	}
	return v
}

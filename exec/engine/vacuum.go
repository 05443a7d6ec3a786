package engine

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/stats"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// vacuumOptions are the options of VACUUM; those of ANALYZE are the first two.
var vacuumOptions = []string{"verbose", "skip_locked", "analyze", "freeze", "full", "disable_page_skipping", "index_cleanup", "process_toast",
	"truncate", "parallel", "buffer_usage_limit"}

// vacuuming is a running VACUUM or ANALYZE.
type vacuuming struct {
	s       *Session
	ctx     context.Context
	c       *catalog
	word    string // in lower case
	analyze bool
	on      map[string]bool // its options
}

// vacuum runs VACUUM and ANALYZE. The store takes old versions out by itself: what
// VACUUM is asked for has been done, or will be; it corrects the counters.
func (s *Session) vacuum(ctx context.Context, c *catalog, u *ast.Maintenance) (session.Result, error) {
	v := &vacuuming{s: s, ctx: ctx, c: c, word: strings.ToLower(u.Kind), on: map[string]bool{}}
	if err := v.options(u); err != nil {
		return nil, err
	}
	v.analyze = v.word == "analyze" || v.on["analyze"]
	if u.Tables == nil {
		if err := v.all(); err != nil {
			return nil, err
		}
	}
	for i, n := range u.Tables {
		if err := s.otherDB(n); err != nil {
			return nil, err
		}
		rel := c.findIndex(n.Schema, n.Name)
		if rel == nil {
			return nil, noRelation(n)
		}
		var cols []string
		if i < len(u.Cols) {
			cols = u.Cols[i]
		}
		if err := v.named(rel, cols); err != nil {
			return nil, err
		}
	}
	return tag(u.Kind), s.finishLone(noContext)
}

// options reads the options (ExecVacuum in vacuum.c).
func (v *vacuuming) options(u *ast.Maintenance) error {
	known := vacuumOptions[:10]
	if v.word == "analyze" {
		known = vacuumOptions[:2]
	}
	for _, o := range u.Options {
		if !slices.Contains(known, o.Name) {
			return sqlerr.At(o.Pos(), pgerrcode.SyntaxError, `unrecognized %s option "%s"`, u.Kind, o.Name)
		}
		val := "on"
		if len(o.Value) > 0 {
			val = o.Value[0]
		}
		if o.Name == "parallel" {
			n, err := strconv.Atoi(val)
			switch {
			case len(o.Value) == 0:
				return sqlerr.At(o.Pos(), pgerrcode.SyntaxError, "parallel option requires a value between 0 and 1024")
			case err != nil || n < 0 || n > 1024:
				return sqlerr.At(o.Pos(), pgerrcode.SyntaxError, "parallel workers for vacuum must be between 0 and 1024")
			}
			v.on[o.Name] = n > 0
			continue
		}
		b, ok := parseSettingBool(strings.ToLower(val))
		if !ok && !(o.Name == "index_cleanup" && strings.EqualFold(val, "auto")) {
			return sqlerr.New(pgerrcode.SyntaxError, "%s requires a Boolean value", o.Name)
		}
		v.on[o.Name] = b
	}
	switch {
	case v.on["full"] && v.on["parallel"]:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "VACUUM FULL cannot be performed in parallel")
	case v.word == "vacuum" && !v.on["analyze"] && slices.ContainsFunc(u.Cols, func(cols []string) bool { return len(cols) > 0 }):
		return sqlerr.New(pgerrcode.FeatureNotSupported, "ANALYZE option must be specified when a column list is provided")
	case v.on["full"] && v.on["disable_page_skipping"]:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "VACUUM option DISABLE_PAGE_SKIPPING cannot be used with FULL")
	}
	return nil
}

// all is the statement without names: every table that the user may.
func (v *vacuuming) all() error {
	for _, schema := range []string{"pg_catalog", "information_schema"} {
		for _, name := range pgcatalog.TableNames(schema) {
			if rel := v.c.find(schema, name); rel != nil {
				v.may(rel)
			}
		}
	}
	for _, def := range v.c.tables() {
		if rel := v.c.relationOf(def.OID); rel != nil && rel.def == def && (!objects.IsTemp(rel.ns) || rel.ns == v.c.temp) && v.may(rel) {
			if err := v.one(rel, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// may reports whether the user may; a warning says that not.
func (v *vacuuming) may(rel *relation) bool {
	db := databasesOf(v.c.snap).named(v.s.db)
	system := rel.kind == 'V'
	shared := system && pgcatalog.IsShared(rel.name)
	if v.c.owns(v.c.relOwner(rel)) || db != nil && v.c.owns(db.owner()) && !shared {
		return true
	}
	who := "table or database owner"
	switch {
	case shared:
		who = "superuser"
	case system:
		who = "superuser or database owner"
	}
	v.s.warning("01000", `skipping "%s" --- only %s can %s it`, rel.name, who, v.word)
	return false
}

// named is one relation of the statement's list.
func (v *vacuuming) named(rel *relation, cols []string) error {
	table := rel.kind == 'r' || rel.kind == 'm' || rel.kind == 'V' && pgcatalog.IsTable(v.c.nsName(rel.ns), rel.name)
	switch {
	case !v.may(rel):
		return nil
	case !table:
		v.s.warning("01000", `skipping "%s" --- cannot %s non-tables or special system tables`, rel.name, v.word)
		return nil
	}
	for i, col := range cols {
		switch {
		case rel.def == nil || rel.def.Column(col) < 0:
			return noColumn(col, rel.name)
		case contains(cols[:i], col):
			return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" of relation "%s" appears more than once`, col, rel.name)
		}
	}
	if rel.def == nil {
		return nil
	}
	return v.one(rel, cols)
}

// one does the work for a table.
func (v *vacuuming) one(rel *relation, cols []string) error {
	s, def := v.s, rel.def
	rows := int64(0)
	if t, ok := v.c.snap.Table(def.Path()); ok {
		rows = t.Rows()
	}
	if v.analyze {
		if err := v.columns(def, cols); err != nil {
			return err
		}
	}
	now := s.e.opt.Now()
	ins, del := s.stat.Open(def.OID)
	s.e.counts.Change(stats.Key{DB: s.dbOID, OID: def.OID}, func(r *stats.Rel) {
		if v.word == "vacuum" {
			r.Live, r.Dead, r.Fresh, r.Vacuumed, r.Vacuums = rows, 0, 0, now, r.Vacuums+1
		}
		if v.analyze {
			r.Live, r.Dead, r.Analyzed, r.Analyzes = max(0, rows-(ins-del)), 0, now, r.Analyzes+1
			if len(cols) == 0 {
				r.Mods = 0
			}
		}
	})
	return nil
}

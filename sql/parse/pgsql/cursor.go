package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

// Options of DeclareCursorStmt (CURSOR_OPT_... of PostgreSQL's parsenodes.h).
const (
	cursorBinary   = 0x01
	cursorScroll   = 0x02
	cursorNoScroll = 0x04
	cursorHold     = 0x20
)

func (l *lowerer) declare(d *pg.DeclareCursorStmt) ast.Stmt {
	l.noIf(d.Options&cursorBinary != 0, int32(l.start), "DECLARE BINARY CURSOR")
	out := &ast.DeclareCursor{At: ast.At(l.start), Name: d.Portalname, Hold: d.Options&cursorHold != 0}
	switch {
	case d.Options&cursorScroll != 0:
		out.Scroll = ast.Scroll
	case d.Options&cursorNoScroll != 0:
		out.Scroll = ast.NoScroll
	}
	out.Query = l.selectStmt(d.Query.GetSelectStmt())
	return out
}

func (l *lowerer) fetch(f *pg.FetchStmt) ast.Stmt {
	out := &ast.Fetch{At: ast.At(l.start), Name: f.Portalname, Count: f.HowMany, Move: f.Ismove}
	switch f.Direction {
	case pg.FetchDirection_FETCH_BACKWARD:
		out.Direction = ast.FetchBackward
	case pg.FetchDirection_FETCH_ABSOLUTE:
		out.Direction = ast.FetchAbsolute
	case pg.FetchDirection_FETCH_RELATIVE:
		out.Direction = ast.FetchRelative
	}
	return out
}

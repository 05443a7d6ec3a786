package pgsql

import (
	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// Options of DeclareCursorStmt (CURSOR_OPT_... of PostgreSQL's parsenodes.h).
const (
	cursorBinary   = 0x01
	cursorScroll   = 0x02
	cursorNoScroll = 0x04
	cursorInsens   = 0x08
	cursorAsens    = 0x10
	cursorHold     = 0x20
)

var cursorWords = map[int32]string{
	cursorScroll: "SCROLL", cursorNoScroll: "NO SCROLL", cursorAsens: "ASENSITIVE", cursorInsens: "INSENSITIVE",
}

func (l *lowerer) declare(d *pg.DeclareCursorStmt) ast.Stmt {
	for _, two := range [][2]int32{{cursorScroll, cursorNoScroll}, {cursorAsens, cursorInsens}} {
		if d.Options&two[0] != 0 && d.Options&two[1] != 0 {
			l.fail(sqlerr.New(pgerrcode.InvalidCursorDefinition, "cannot specify both %s and %s", cursorWords[two[0]], cursorWords[two[1]]))
		}
	}
	out := &ast.DeclareCursor{
		At: ast.At(l.start), Name: d.Portalname, Hold: d.Options&cursorHold != 0,
		Binary: d.Options&cursorBinary != 0, Insensitive: d.Options&cursorInsens != 0,
	}
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

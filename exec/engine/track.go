package engine

import (
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/exec/stats"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// tracks are the settings of a session about pg_stat_statements.
type tracks struct {
	on      bool
	utility bool // statements without a plan, too
	ids     bool // pg_stat_activity and EXPLAIN show queryid
}

// tracking measures one execution of a statement for pg_stat_statements. nil: it is
// not counted.
type tracking struct {
	s     *Session
	st    *parse.Statement
	began time.Time
	idle  time.Duration // between the client's fetches
	left  time.Time     // when the last rows were handed out
}

// counted returns the statement that an execution counts as, nil for none: EXECUTE
// counts as what was prepared, PREPARE and DEALLOCATE as nothing.
func (s *Session) counted(st *parse.Statement) *parse.Statement {
	switch u := st.Ast.(type) {
	case *ast.Select, *ast.Insert, *ast.Update, *ast.Delete:
		return st
	case *ast.Prepare, *ast.Deallocate:
		return nil
	case *ast.Execute:
		if p, err := s.sqlPrepared(u); err == nil {
			return p.p.st
		}
		return nil
	}
	if s.statements.utility {
		return st
	}
	return nil
}

// track counts a statement that Execute has begun; rows that are still to come count
// when their reader ends.
func (s *Session) track(st *parse.Statement, began time.Time, res session.Result) {
	if !s.statements.on {
		return
	}
	if st = s.counted(st); st == nil {
		return
	}
	t := &tracking{s: s, st: st, began: began}
	switch r := res.(type) {
	case *query:
		r.track = t
		if r.cur == nil { // read ahead to its end
			t.end(r.n, r.r)
		}
	case *fetched:
		r.track = t
	case *copyIn:
		r.track = t
	case *copyOut:
		r.track = t
	default:
		t.end(affected(res.Tag()), nil)
	}
}

// affected is the number of rows in a tag that has one.
func affected(tag string) int64 {
	switch word, rest, _ := strings.Cut(tag, " "); word {
	case "INSERT", "UPDATE", "DELETE", "SELECT", "FETCH", "COPY":
		n, _ := strconv.ParseInt(rest[strings.LastIndexByte(rest, ' ')+1:], 10, 64)
		return n
	}
	return 0
}

// pause and resume leave the time out that the client takes between fetches.
func (t *tracking) pause() {
	if t != nil {
		t.left = time.Now()
	}
}

func (t *tracking) resume() {
	if t != nil && !t.left.IsZero() {
		t.idle += time.Since(t.left)
	}
}

// end counts the execution; r, if any, tells what went to temporary files.
func (t *tracking) end(rows int64, r *run) {
	if t == nil {
		return
	}
	s, sh := t.s, shapeOf(t.st)
	blocks := int64(0)
	if r != nil {
		_, bytes := r.q.TempFiles()
		blocks = (bytes + 8191) / 8192
	}
	k := stats.StatementKey{Role: s.current, DB: pgcatalog.DatabaseOID(s.dbOID), ID: sh.id}
	s.e.statements.Count(k, s.e.maxStatements, sh.text, time.Since(t.began)-t.idle, rows, blocks)
}

// haveStatements is the error of a function of pg_stat_statements in a database
// without the extension.
func (s *Session) haveStatements(call string) error {
	c, release := s.catalog()
	defer release()
	if c.objs.Extensions[statementsName] != nil {
		return nil
	}
	return sqlerr.New(pgerrcode.UndefinedFunction, "function %s does not exist", call).
		WithHint("No function matches the given name and argument types. You might need to add explicit type casts.")
}

// statementRows are the rows of pg_stat_statements; of other roles' statements
// neither number nor text is shown.
func (s *Session) statementRows(texts bool, add func(width int, vals ...any) error) error {
	if err := s.haveStatements("pg_stat_statements(boolean)"); err != nil {
		return err
	}
	c, release := s.catalog()
	defer release()
	all := c.HasPrivs(c.user, roles.ReadAllStats)
	zero, none := int64(0), 0.0
	for _, x := range s.e.statements.List() {
		var id, text any
		switch {
		case !all && x.Role != c.user:
			if texts {
				text = "<insufficient privilege>"
			}
		case texts:
			id, text = x.ID, x.Text
		default:
			id = x.ID
		}
		err := add(43, x.Role, x.DB, true, id, text, zero, none, none, none, none, none,
			x.Calls, x.Total, x.Min, x.Max, x.Mean, x.Deviation(), x.Rows, zero, zero, zero, zero, zero, zero, zero, zero,
			x.TempRead, x.TempWritten, none, none, none, none, zero, zero, vec.Datum{D: types.DecimalOf(0, 0)},
			zero, none, zero, none, zero, none, zero, none)
		if err != nil {
			return err
		}
	}
	return nil
}

// resetStatements is pg_stat_statements_reset, which is its owner's until granted.
func (s *Session) resetStatements(args []vec.Datum, now time.Time) error {
	if err := s.haveStatements("pg_stat_statements_reset()"); err != nil {
		return err
	}
	c, release := s.catalog()
	defer release()
	if !c.owns(c.objs.Extensions[statementsName].Owner) {
		return denied("permission denied for function pg_stat_statements_reset")
	}
	var k stats.StatementKey
	for i, a := range args {
		switch i {
		case 0:
			k.Role = uint32(a.I)
		case 1:
			k.DB = uint32(a.I)
		case 2:
			k.ID = a.I
		}
	}
	s.e.statements.Reset(k, now)
	return nil
}

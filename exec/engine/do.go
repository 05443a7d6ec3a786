package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// block is one execution of DO.
type block struct {
	s      *Session
	ctx    context.Context
	caught *sqlerr.Error // by the handler that runs
}

// errReturn ends a block, without a fault.
var errReturn = errors.New("RETURN")

// do runs DO. What it does is one statement for the transaction: its own
// statements do not commit, whatever stands alone.
func (s *Session) do(ctx context.Context, u *ast.Do) (session.Result, error) {
	lone, several, where := s.lone, s.several, s.where
	s.lone, s.several = false, true
	b := &block{s: s, ctx: ctx}
	err := b.run(u.Body)
	s.lone, s.several, s.where = lone, several, where
	if err != nil && err != errReturn {
		return nil, err
	}
	return tag("DO"), s.finishLone(ctx)
}

// run runs a block. One with handlers is a subtransaction, which its error undoes
// before the handler begins.
func (b *block) run(p *ast.ProcBlock) error {
	if len(p.Handlers) == 0 {
		return b.all(p.Body)
	}
	const name = " block" // no client's savepoint, whose name would need quotes
	if _, err := b.s.savepoint(b.ctx, name); err != nil {
		return err
	}
	err := b.all(p.Body)
	if err == nil || err == errReturn {
		if _, rerr := b.s.release(name); rerr != nil {
			return rerr
		}
		return err
	}
	e := sqlerr.From(err)
	h := handlerOf(p.Handlers, e.Code)
	if h == nil {
		return err
	}
	if _, err := b.s.rollbackTo(name); err != nil {
		return err
	}
	if _, err := b.s.release(name); err != nil {
		return err
	}
	before := b.caught
	b.caught = e
	defer func() { b.caught = before }()
	return b.all(h.Body)
}

// handlerOf finds the first handler of a SQLSTATE. OTHERS leaves out a cancel and a
// failed assertion.
func handlerOf(list []ast.ProcHandler, code string) *ast.ProcHandler {
	for i := range list {
		for _, c := range list[i].Codes {
			others := c == "" && code != pgerrcode.QueryCanceled && code != pgerrcode.AssertFailure
			class := strings.HasSuffix(c, "000") && len(code) == 5 && c[:2] == code[:2]
			if c == code || others || class {
				return &list[i]
			}
		}
	}
	return nil
}

func (b *block) all(list []ast.ProcStmt) error {
	for _, p := range list {
		if err := b.stmt(p); err != nil {
			return err
		}
	}
	return nil
}

func (b *block) stmt(p ast.ProcStmt) error {
	switch p := p.(type) {
	case *ast.ProcBlock:
		return b.run(p)
	case *ast.ProcReturn:
		return errReturn
	case *ast.ProcIf:
		return b.branch(p)
	case *ast.ProcRaise:
		return b.raise(p)
	case *ast.ProcSQL:
		return b.at(p.Line, p.Kind, func() error { return b.sql(p) })
	}
	return errShape()
}

// at runs a part of the block, whose errors and notices tell their place.
func (b *block) at(line int, kind string, run func() error) error {
	b.s.where = fmt.Sprintf("PL/pgSQL function inline_code_block line %d at %s", line, kind)
	if err := run(); err != nil {
		return within(sqlerr.From(err), b.s.where)
	}
	return nil
}

// within is e with one more line of context.
func within(e *sqlerr.Error, where string) *sqlerr.Error {
	c := *e
	if c.Where != "" {
		where = c.Where + "\n" + where
	}
	c.Where = where
	return &c
}

// inner is an error of a text that the block has run: its position is in that text,
// or else the text is its context.
func inner(err error, what, text string) error {
	e := *sqlerr.From(err)
	if e.InternalQuery != "" {
		return &e
	}
	if e.Pos > 0 {
		e.InternalPos, e.InternalQuery, e.Pos = e.Pos, text, 0
		return &e
	}
	e.Pos = -1 // none in the statement that the client has sent
	return within(&e, "SQL "+what+` "`+text+`"`)
}

// sql runs a statement of SQL to its end.
func (b *block) sql(p *ast.ProcSQL) error {
	text := p.Text
	if p.Kind == "EXECUTE" {
		v, err := b.value(p.Text)
		if err != nil {
			return err
		}
		if v == nil {
			return sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "query string argument of EXECUTE is null")
		}
		text = *v
	}
	place := b.s.where
	b.s.where = `SQL statement "` + text + "\"\n" + place
	defer func() { b.s.where = place }()
	list, err := parse.StatementsIn(text, b.s.dialect)
	if err != nil {
		return inner(err, "statement", text)
	}
	for i := range list {
		if err := b.one(&list[i], p.Kind, text); err != nil {
			return err
		}
	}
	return nil
}

// one runs a statement of a text.
func (b *block) one(st *parse.Statement, kind, text string) error {
	if _, ok := st.Ast.(*ast.Transaction); ok {
		if kind == "EXECUTE" {
			return sqlerr.New(pgerrcode.FeatureNotSupported, "EXECUTE of transaction commands is not implemented")
		}
		return sqlerr.New(pgerrcode.FeatureNotSupported, "unsupported transaction command in PL/pgSQL")
	}
	res, err := b.start(st)
	if err != nil {
		return inner(err, "statement", text)
	}
	defer res.Close()
	switch {
	case res.Kind() == session.KindCopyIn || res.Kind() == session.KindCopyOut:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "cannot COPY to/from client in PL/pgSQL")
	case res.Kind() == session.KindRows && kind == "SQL statement":
		e := sqlerr.New(pgerrcode.SyntaxError, "query has no destination for result data")
		if _, ok := st.Ast.(*ast.Select); ok {
			e.Hint = "If you want to discard the results of a SELECT, use PERFORM instead."
		}
		return e
	case res.Kind() == session.KindRows:
		for {
			if rows, err := res.Next(b.ctx); err != nil {
				return inner(err, "statement", text)
			} else if rows == nil {
				return nil
			}
		}
	}
	return nil
}

// start begins a statement.
func (b *block) start(st *parse.Statement) (session.Result, error) {
	p, err := b.s.prepare(st, nil)
	if err != nil {
		return nil, err
	}
	if len(p.Params()) > 0 {
		return nil, noParams(st)
	}
	return b.s.execute(b.ctx, p, nil)
}

// value computes an expression as text; nil is NULL.
func (b *block) value(x string) (*string, error) {
	d, t, err := b.datum(x)
	if err != nil {
		return nil, inner(err, "expression", x)
	}
	if d.Null {
		return nil, nil
	}
	text := string(vec.AppendDatumText(nil, t, d, b.s.style))
	return &text, nil
}

// datum computes an expression.
func (b *block) datum(x string) (vec.Datum, types.Type, error) {
	const head = "SELECT "
	list, err := parse.StatementsIn(head+x, b.s.dialect)
	if err != nil {
		return vec.Datum{}, types.Type{}, shift(err, len(head))
	}
	res, err := b.start(&list[0])
	if err != nil {
		return vec.Datum{}, types.Type{}, shift(err, len(head))
	}
	defer res.Close()
	if n := len(res.Columns()); n != 1 {
		return vec.Datum{}, types.Type{}, sqlerr.New(pgerrcode.SyntaxError, "query returned %d columns", n)
	}
	t := res.Columns()[0].Type
	for {
		rows, err := res.Next(b.ctx)
		switch {
		case err != nil:
			return vec.Datum{}, t, shift(err, len(head))
		case rows == nil:
			return vec.Datum{Null: true}, t, nil
		case rows.N > 0:
			return rows.Cols[0].Get(0), t, nil
		}
	}
}

// shift moves an error's position to the left.
func shift(err error, n int) error {
	e := *sqlerr.From(err)
	if e.Pos > n {
		e.Pos -= n
	}
	return &e
}

// branch runs IF.
func (b *block) branch(p *ast.ProcIf) error {
	for i, cond := range p.Conds {
		yes := false
		err := b.at(p.Line, "IF", func() (err error) {
			yes, err = b.holds(cond)
			return err
		})
		if err != nil {
			return err
		}
		if yes {
			return b.all(p.Bodies[i])
		}
	}
	return b.all(p.Else)
}

// holds computes a condition; what is not Boolean is read as one from its text.
func (b *block) holds(x string) (bool, error) {
	v, err := b.value(x)
	if err != nil || v == nil {
		return false, err
	}
	d, err := vec.ParseText(types.Of(types.Bool), *v, b.s.style, b.s.e.opt.Now())
	return err == nil && d.I != 0, err
}

// levels are the settings of client_min_messages that let a level through.
var levels = map[string]string{"DEBUG": "debug", "LOG": "debug log"}

// raise runs RAISE.
func (b *block) raise(p *ast.ProcRaise) error {
	if p.Again {
		if b.caught == nil {
			return b.at(p.Line, "RAISE", func() error {
				return sqlerr.New("0Z002", "RAISE without parameters cannot be used outside an exception handler")
			})
		}
		return b.caught
	}
	return b.at(p.Line, "RAISE", func() error {
		e, err := b.report(p)
		if err != nil {
			return err
		}
		if p.Level == "ERROR" {
			return e
		}
		e.Severity = p.Level
		level := strings.TrimRight(b.s.values["client_min_messages"], "12345")
		if need := levels[p.Level]; need == "" || strings.Contains(need, level) {
			b.s.notice(e)
		}
		return nil
	})
}

// report makes what RAISE reports.
func (b *block) report(p *ast.ProcRaise) (*sqlerr.Error, error) {
	code := map[string]string{"ERROR": pgerrcode.RaiseException, "WARNING": pgerrcode.Warning}[p.Level]
	if p.Code != "" {
		code = p.Code
	} else if code == "" {
		code = pgerrcode.SuccessfulCompletion
	}
	e := sqlerr.New(code, "%s", p.Name)
	e.Pos = -1
	for i, piece := range p.Format {
		e.Message += piece
		if i < len(p.Params) {
			v, err := b.value(p.Params[i])
			if err != nil {
				return nil, err
			}
			e.Message += orNull(v)
		}
	}
	for _, o := range p.Options {
		v, err := b.value(o.X)
		if err != nil {
			return nil, err
		}
		if v == nil {
			return nil, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "RAISE statement option cannot be null")
		}
		if err := setOption(e, p, o.Name, *v); err != nil {
			return nil, err
		}
	}
	if e.Message == "" {
		e.Message = e.Code
	}
	return e, nil
}

func orNull(v *string) string {
	if v == nil {
		return "<NULL>"
	}
	return *v
}

// setOption sets what USING name = value does.
func setOption(e *sqlerr.Error, p *ast.ProcRaise, name, v string) error {
	switch name {
	case "errcode":
		if p.Code != "" {
			return sqlerr.New(pgerrcode.SyntaxError, "RAISE option already specified: %s", "ERRCODE")
		}
		e.Code = v
		if codes := sqlerr.Condition(v); codes != nil {
			e.Code = codes[0]
		} else if len(v) != 5 {
			return sqlerr.New(pgerrcode.UndefinedObject, `unrecognized exception condition "%s"`, v)
		}
		if p.Format == nil && e.Message == "" {
			e.Message = v
		}
	case "message":
		if p.Format != nil {
			return sqlerr.New(pgerrcode.SyntaxError, "RAISE option already specified: %s", "MESSAGE")
		}
		e.Message = v
	case "detail":
		e.Detail = v
	case "hint":
		e.Hint = v
	case "column":
		e.Column = v
	case "constraint":
		e.Constraint = v
	case "datatype":
		e.DataType = v
	case "table":
		e.Table = v
	case "schema":
		e.Schema = v
	}
	return nil
}

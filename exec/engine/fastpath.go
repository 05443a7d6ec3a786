package engine

import (
	"context"
	"errors"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Function finds a function for a call by its OID. See session.FunctionCaller.
func (s *Session) Function(_ context.Context, oid uint32) (*session.Function, error) {
	s.lone, s.several = false, false
	if s.tx.aborted {
		return nil, errAborted
	}
	s.begin()
	f, err := s.function(oid)
	if err != nil {
		return nil, s.failed(err)
	}
	return f, nil
}

// function holds a call to what fetch_fp_info of PostgreSQL's tcop/fastpath.c asks.
func (s *Session) function(oid uint32) (*session.Function, error) {
	f := pgcatalog.Function(oid)
	if f == nil {
		return nil, sqlerr.New(pgerrcode.UndefinedFunction, "function with OID %d does not exist", oid)
	}
	if !f.Plain {
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, `cannot call function "%s" via fastpath interface`, f.Name)
	}
	c, release := s.catalog()
	defer release()
	if !c.isSuper() && c.Mask(c.builtinACL('f', objects.ClassFunction, oid), c.user, roles.Super, roles.Execute) == 0 {
		return nil, denied("permission denied for function %s", f.Name)
	}
	out := &session.Function{OID: oid, Name: f.Name, Strict: f.Strict, Args: make([]session.Argument, len(f.Args))}
	for i, a := range f.Args {
		t, ok := s.typeByOID(a)
		if !ok || pseudo(t) {
			out.Args[i].Err = sqlerr.New(pgerrcode.FeatureNotSupported, "cannot accept a value of type %s", pgcatalog.TypeName(a))
		}
		out.Args[i].Type = t
	}
	out.Ret, _ = s.typeByOID(f.Ret)
	return out, nil
}

// pseudo reports a type that has no values of its own.
func pseudo(t types.Type) bool {
	return !t.Array && (t.Phys() == types.PhysNone || t.Kind == types.Any || t.Kind == types.AnyElem || t.Kind == types.AnyArray)
}

// Call calls a function. See session.FunctionCaller.
func (s *Session) Call(ctx context.Context, f *session.Function, args []vec.Datum) (vec.Datum, error) {
	for _, a := range args {
		if a.Null && f.Strict {
			return vec.Datum{Null: true}, nil
		}
	}
	d, err := s.call(ctx, f, args)
	return d, s.failed(err)
}

func (s *Session) call(ctx context.Context, f *session.Function, args []vec.Datum) (vec.Datum, error) {
	if what := collated[f.Name]; what != "" {
		// No collation comes with the message.
		return vec.Datum{}, sqlerr.New(pgerrcode.IndeterminateCollation, "could not determine which collation to use for %s", what).
			WithHint("Use the COLLATE clause to set the collation explicitly.")
	}
	params := make([]ast.Expr, len(f.Args))
	given := make([]types.Type, len(f.Args))
	for i := range params {
		params[i], given[i] = &ast.Param{At: -1, N: i + 1}, f.Args[i].Type
	}
	var x ast.Expr = &ast.Func{At: -1, Name: []string{"pg_catalog", f.Name}, Args: params}
	if op := pgcatalog.OperatorOf(f.OID); op != "" {
		o := &ast.Op{At: -1, Name: op, R: params[len(params)-1]}
		if len(params) == 2 {
			o.L = params[0]
		}
		x = o
	}
	out, err := s.oneRow(ctx, &ast.Select{At: -1, Items: []ast.Item{{X: x}}}, given, args)
	var e *sqlerr.Error
	if errors.As(err, &e) && e.Code == pgerrcode.UndefinedFunction {
		return vec.Datum{}, sqlerr.New(pgerrcode.FeatureNotSupported, `function "%s" is not supported`, f.Name)
	}
	if err != nil {
		return vec.Datum{}, err
	}
	return out[0], nil
}

// collated are the functions that PostgreSQL cannot compute without a collation, with
// the words of the error.
var collated = map[string]string{
	"upper": "upper() function", "lower": "lower() function", "initcap": "initcap() function",
	"strpos": "string comparison", "position": "string comparison", "replace": "string comparison", "string_to_array": "string comparison", "split_part": "string comparison",
	"text_lt": "string comparison", "text_le": "string comparison", "text_gt": "string comparison", "text_ge": "string comparison",
	"texteq": "string comparison", "textne": "string comparison", "starts_with": "string comparison",
	"textlike": "LIKE", "textnlike": "LIKE", "texticlike": "ILIKE", "texticnlike": "ILIKE",
	"textregexeq": "regular expression", "textregexne": "regular expression", "regexp_replace": "regular expression",
	"regexp_like": "regular expression", "regexp_count": "regular expression", "regexp_substr": "regular expression",
	"regexp_instr": "regular expression", "regexp_match": "regular expression",
}

var _ session.FunctionCaller = (*Session)(nil)

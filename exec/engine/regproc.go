package engine

import (
	"slices"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// routineName writes a function or an operator as its reg type shows it: with its
// arguments, or alone where that says which one it is, else with its schema.
func (c *catalog) routineName(k types.Kind, oid uint32) (string, bool) {
	oper := k == types.RegOper || k == types.RegOperator
	find, named, quote := pgcatalog.Function, pgcatalog.Functions, quoteIdent
	if oper {
		find, named, quote = pgcatalog.Operator, pgcatalog.Operators, func(s string) string { return s }
	}
	r := find(oid)
	if r == nil {
		return "", false
	}
	name := quote(r.Name)
	if k == types.RegProc || k == types.RegOper {
		if bare := named("", r.Name); len(bare) != 1 || bare[0] != r {
			name = quoteIdent(r.Schema) + "." + name
		}
		return name, true
	}
	if r.Schema != "pg_catalog" {
		name = quoteIdent(r.Schema) + "." + name
	}
	args := make([]string, len(r.Args))
	for i, t := range r.Args {
		args[i] = "NONE"
		if t != 0 {
			args[i] = c.typeName(t)
		}
	}
	return name + "(" + strings.Join(args, ",") + ")", true
}

// routineOID reads what routineName writes.
func (s *Session) routineOID(c *catalog, k types.Kind, text string) (uint32, error) {
	oper := k == types.RegOper || k == types.RegOperator
	what, several := `function "`+text+`" does not exist`, `more than one function named "`+text+`"`
	named := pgcatalog.Functions
	if oper {
		what, several = "operator does not exist: "+text, "more than one operator named "+text
		named = pgcatalog.Operators
	}
	name, withArgs := text, k == types.RegProcedure || k == types.RegOperator
	var args []uint32
	if withArgs {
		var err error
		if name, args, err = s.routineArgs(c, text, oper); err != nil {
			return 0, err
		}
	}
	schema, name, err := splitName(name)
	if err != nil {
		return 0, err
	}
	if schema != "" {
		if _, ok := c.namespace(schema); !ok {
			return 0, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, schema)
		}
	}
	found := named(schema, name)
	if withArgs {
		found = slices.DeleteFunc(slices.Clone(found), func(r *pgcatalog.Routine) bool { return !slices.Equal(r.Args, args) })
	}
	switch len(found) {
	case 0:
		return 0, sqlerr.New(pgerrcode.UndefinedFunction, "%s", what)
	case 1:
		return found[0].OID, nil
	}
	return 0, sqlerr.New(pgerrcode.AmbiguousFunction, "%s", several)
}

// routineArgs splits name(type, type) as parseNameAndArgTypes does; NONE is an
// operator's missing side, 0.
func (s *Session) routineArgs(c *catalog, text string, oper bool) (name string, args []uint32, err error) {
	bad := func(m string) error { return sqlerr.New(pgerrcode.InvalidTextRepresentation, "%s", m) }
	parts := splitOutside(text, "(", 1)
	if len(parts) == 1 {
		return "", nil, bad("expected a left parenthesis")
	}
	list, ok := strings.CutSuffix(strings.TrimRight(parts[1], " \t\n"), ")")
	if !ok {
		return "", nil, bad("expected a right parenthesis")
	}
	if strings.TrimSpace(list) != "" {
		for _, a := range splitOutside(list, ",", -1) {
			a = strings.TrimSpace(a)
			if a == "" {
				return "", nil, bad("expected a type name")
			}
			var oid uint32
			if !oper || !strings.EqualFold(a, "none") {
				if oid, err = s.regType(c, a); err != nil {
					return "", nil, err
				}
			}
			args = append(args, oid)
		}
	}
	if oper && len(args) != 2 {
		if len(args) < 2 {
			return "", nil, sqlerr.New(pgerrcode.UndefinedParameter, "missing argument").
				WithHint("Use NONE to denote the missing argument of a unary operator.")
		}
		return "", nil, sqlerr.New(pgerrcode.TooManyArguments, "too many arguments").WithHint("Provide two argument types for operator.")
	}
	return parts[0], args, nil
}

// splitOutside cuts a text at a byte that is neither quoted nor within
// parentheses or brackets, at most n times; below 0 at every one.
func splitOutside(text, at string, n int) (parts []string) {
	depth, quoted, from := 0, false, 0
	for i := 0; i < len(text) && n != 0; i++ {
		b := text[i]
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == at[0] && depth == 0:
			parts = append(parts, text[from:i])
			from = i + 1
			n--
		case b == '(' || b == '[':
			depth++
		case b == ')' || b == ']':
			depth--
		}
	}
	return append(parts, text[from:])
}

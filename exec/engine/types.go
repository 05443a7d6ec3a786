package engine

import (
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// knownTypes are types of Postgres that tagd does not have: they are refused
// with 0A000 and not as unknown names.
var knownTypes = map[string]bool{
	"bpchar": true, "json": true, "jsonb": true, "money": true, "inet": true, "cidr": true, "macaddr": true,
	"time": true, "timetz": true, "bit": true, "varbit": true, "xml": true, "point": true, "box": true, "path": true,
	"line": true, "lseg": true, "polygon": true, "circle": true, "tsvector": true, "tsquery": true,
	"serial": true, "bigserial": true, "smallserial": true, "serial4": true, "serial8": true, "serial2": true,
	"int4range": true, "int8range": true, "numrange": true, "tsrange": true, "tstzrange": true, "daterange": true,
	"enum": true, "set": true, "regclass": true, "regtype": true, "regproc": true, "xid": true, "tid": true,
}

// resolveType turns a type as written into a type.
func resolveType(n ast.TypeName) (types.Type, error) {
	k, ok := types.TypeNamed(n.Name)
	if !ok || n.Schema != "" && n.Schema != "pg_catalog" {
		if knownTypes[n.Name] {
			return types.Type{}, sqlerr.Unsupported(n.Pos(), `type %s is not supported`, n.Name)
		}
		name := n.Name
		if n.Schema != "" {
			name = n.Schema + "." + name
		}
		return types.Type{}, sqlerr.At(n.Pos(), pgerrcode.UndefinedObject, `type "%s" does not exist`, name)
	}
	t := types.Of(k)
	mods, err := typeMods(n)
	if err != nil {
		return t, err
	}
	if len(mods) > 0 {
		if t.Mod, err = typeMod(n, k, mods); err != nil {
			return t, err
		}
	}
	t.Array = n.Dims > 0
	return t, nil
}

func typeMods(n ast.TypeName) ([]int, error) {
	var out []int
	for _, m := range n.Mods {
		text := ""
		switch m := m.(type) {
		case *ast.Literal:
			text = m.Text
		case *ast.Op:
			if l, ok := m.R.(*ast.Literal); ok && m.L == nil && m.Name == "-" {
				text = "-" + l.Text
			}
		}
		v, err := strconv.Atoi(text)
		if err != nil {
			return nil, sqlerr.At(n.Pos(), pgerrcode.InvalidParameterValue, "type modifiers must be simple constants or identifiers")
		}
		out = append(out, v)
	}
	return out, nil
}

// typeMod is numerictypmodin and anychar_typmodin.
func typeMod(n ast.TypeName, k types.Kind, mods []int) (int32, error) {
	bad := func(format string, args ...any) error {
		return sqlerr.At(n.Pos(), pgerrcode.InvalidParameterValue, format, args...)
	}
	switch k {
	case types.Numeric:
		if len(mods) > 2 {
			return 0, bad("invalid NUMERIC type modifier")
		}
		p, s := mods[0], 0
		if len(mods) == 2 {
			s = mods[1]
		}
		if p < 1 || p > 1000 {
			return 0, bad("NUMERIC precision %d must be between 1 and 1000", p)
		}
		if s < -1000 || s > 1000 {
			return 0, bad("NUMERIC scale %d must be between -1000 and 1000", s)
		}
		return types.NumericMod(p, s), nil
	case types.Varchar:
		if len(mods) != 1 {
			return 0, bad("invalid type modifier")
		}
		if mods[0] < 1 {
			return 0, bad("length for type varchar must be at least 1")
		}
		if mods[0] > 10485760 {
			return 0, bad("length for type varchar cannot exceed 10485760")
		}
		return int32(mods[0]) + 4, nil
	case types.Timestamp, types.TimestampTZ, types.Interval:
		if len(mods) == 1 && mods[0] == 6 {
			return 0, nil
		}
		return 0, sqlerr.Unsupported(n.Pos(), "type %s with a precision is not supported", n.Name)
	case types.Float8, types.Float4:
		return 0, nil
	}
	return 0, sqlerr.At(n.Pos(), pgerrcode.SyntaxError, `type modifier is not allowed for type "%s"`, n.Name)
}

// columnType is resolveType for a stored column.
func columnType(n ast.TypeName) (types.Type, error) {
	t, err := resolveType(n)
	if err != nil {
		return t, err
	}
	switch {
	case storable(t):
		return t, nil
	case t.Array:
		return t, sqlerr.Unsupported(n.Pos(), "columns of type %s are not supported", t.String()).
			WithHint("Set columns are text[], integer[] or bigint[].")
	}
	return t, sqlerr.Unsupported(n.Pos(), "columns of type %s are not supported", t.String())
}

func storable(t types.Type) bool {
	switch t.Kind {
	case types.Text, types.Int4, types.Int8:
		return true
	case types.Bool, types.Int2, types.Numeric, types.Float4, types.Float8, types.Varchar, types.Date,
		types.Timestamp, types.TimestampTZ, types.UUID:
		return !t.Array
	}
	return false
}

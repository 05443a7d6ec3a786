package bind

import (
	"math"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// refused are types of Postgres that tagd does not have: they are 0A000 and not
// unknown names.
var refused = map[string]bool{
	"xml": true, "tsvector": true, "tsquery": true,
	"serial": true, "bigserial": true, "smallserial": true, "serial4": true, "serial8": true, "serial2": true,
	"enum": true, "set": true,
}

// TypeName resolves a type as written, its modifier included; an unknown name is
// 42704. As in PostgreSQL, _int4 is another name of int4[].
func TypeName(n ast.TypeName) (types.Type, error) {
	if v, ok := types.VectorNamed(n.Name); ok && n.Dims == 0 && len(n.Mods) == 0 && (n.Schema == "" || n.Schema == "pg_catalog") {
		return v, nil
	}
	k, ok := types.TypeNamed(n.Name)
	if elem, array := strings.CutPrefix(n.Name, "_"); array && !ok {
		k, ok = types.TypeNamed(elem)
		n.Dims = 1
	}
	if !ok || k > types.Record && k != types.Void && k != types.AnyArray && k != types.AnyRange && k != types.AnyMultirange || k == types.Unknown || k == types.Invalid || k == types.Enum ||
		n.Schema != "" && n.Schema != "pg_catalog" {
		if refused[n.Name] {
			return types.Type{}, sqlerr.Unsupported(n.Pos(), "type %s is not supported", n.Name)
		}
		name := n.Name
		if n.Schema != "" && n.Schema != "pg_catalog" {
			name = n.Schema + "." + name
		}
		if n.Dims > 0 {
			name += "[]"
		}
		return types.Type{}, sqlerr.At(n.Pos(), pgerrcode.UndefinedObject, "type \"%s\" does not exist", name)
	}
	t := types.Of(k)
	if t.Array = n.Dims > 0; t.Array && k == types.Box { // its delimiter is another
		return t, sqlerr.Unsupported(n.Pos(), "type %s[] is not supported", n.Name)
	}
	if len(n.Mods) == 0 {
		return t, nil
	}
	mods := make([]int, len(n.Mods))
	for i, m := range n.Mods {
		v, ok := intLiteral(m)
		if !ok {
			return t, sqlerr.At(n.Pos(), pgerrcode.SyntaxError, "type modifiers must be simple constants or identifiers")
		}
		mods[i] = v
	}
	mod, err := typeMod(n, k, mods)
	t.Mod = mod
	return t, err
}

// typeMod is the typmodin function of a type.
func typeMod(n ast.TypeName, k types.Kind, m []int) (int32, error) {
	bad := func(format string, args ...any) (int32, error) {
		return 0, sqlerr.At(n.Pos(), pgerrcode.InvalidParameterValue, format, args...)
	}
	length := func(name string, limit int) (int32, error) {
		switch {
		case len(m) != 1:
			return bad("invalid type modifier")
		case m[0] < 1:
			return bad("length for type %s must be at least 1", name)
		case m[0] > limit:
			return bad("length for type %s cannot exceed %d", name, limit)
		}
		return int32(m[0]), nil
	}
	switch k {
	case types.Varchar, types.BPChar:
		name := "varchar"
		if k == types.BPChar {
			name = "char"
		}
		v, err := length(name, 10485760) // MaxAttrSize
		return v + 4, err
	case types.Bit, types.VarBit:
		return length(n.Name, 83886080) // MaxAttrSize in bits
	case types.Numeric:
		if len(m) > 2 {
			return bad("invalid NUMERIC type modifier")
		}
		s := 0
		if len(m) == 2 {
			s = m[1]
		}
		switch {
		case m[0] < 1 || m[0] > 1000:
			return bad("NUMERIC precision %d must be between 1 and 1000", m[0])
		case s < -1000 || s > 1000:
			return bad("NUMERIC scale %d must be between -1000 and 1000", s)
		}
		return types.NumericMod(m[0], s), nil
	case types.Timestamp, types.TimestampTZ, types.Time, types.TimeTZ:
		if len(m) != 1 {
			return bad("invalid type modifier")
		}
		if m[0] < 0 {
			name, zone := "TIMESTAMP", ""
			if k == types.Time || k == types.TimeTZ {
				name = "TIME"
			}
			if k == types.TimestampTZ || k == types.TimeTZ {
				zone = " WITH TIME ZONE"
			}
			return bad("%s(%d)%s precision must not be negative", name, m[0], zone)
		}
		return types.Of(k).WithWireMod(int32(min(m[0], 6))).Mod, nil
	case types.Interval:
		if len(m) > 2 || m[0] < 0 || m[0] > math.MaxInt16 {
			return bad("invalid INTERVAL type modifier")
		}
		if len(m) == 1 {
			return types.IntervalMod(m[0], -1), nil
		}
		if m[1] < 0 {
			return bad("INTERVAL(%d) precision must not be negative", m[1])
		}
		return types.IntervalMod(m[0], min(m[1], 6)), nil
	}
	return 0, sqlerr.At(n.Pos(), pgerrcode.SyntaxError, "type modifier is not allowed for type \"%s\"", n.Name)
}

package pgcatalog

import (
	"strings"
	"sync"

	"tagd/sql/vec"
)

// lookup finds a built-in row by its OID.
type lookup struct {
	sh *shape
	at map[uint32]int
}

func byOIDOf(name string) func() *lookup {
	return sync.OnceValue(func() *lookup {
		l := &lookup{sh: shapes()["pg_catalog."+name], at: map[uint32]int{}}
		b := l.sh.rows()
		oid := b.Cols[l.sh.at["oid"]]
		for i := range b.N {
			l.at[uint32(oid.Get(i).I)] = i
		}
		return l
	})
}

var procs, builtinTypes = byOIDOf("pg_proc"), byOIDOf("pg_type")

func (l *lookup) get(row int, col string) vec.Datum { return l.sh.rows().Cols[l.sh.at[col]].Get(row) }

// TypeName is the name of a built-in type that has no values here, "???" for an
// OID that Postgres does not have either.
func TypeName(oid uint32) string {
	l := builtinTypes()
	i, ok := l.at[oid]
	if !ok {
		return "???"
	}
	name := l.get(i, "typname").S
	if elem := l.get(i, "typelem").I; elem != 0 && strings.HasPrefix(name, "_") {
		return TypeName(uint32(elem)) + "[]"
	}
	return name
}

// FunctionResult is pg_get_function_result of a built-in function.
func FunctionResult(oid uint32, typeName func(uint32) string) (string, bool) {
	l := procs()
	i, ok := l.at[oid]
	if !ok || l.get(i, "prokind").S == "p" {
		return "", false
	}
	s := typeName(uint32(l.get(i, "prorettype").I))
	if l.get(i, "proretset").I != 0 {
		s = "SETOF " + s
	}
	return s, true
}

// FunctionArguments is pg_get_function_arguments of a built-in function, without
// the defaults.
func FunctionArguments(oid uint32, typeName func(uint32) string) (string, bool) {
	l := procs()
	i, ok := l.at[oid]
	if !ok {
		return "", false
	}
	args := l.get(i, "proallargtypes")
	if args.Null {
		args = l.get(i, "proargtypes")
	}
	modes, names := l.get(i, "proargmodes"), l.get(i, "proargnames")
	var out []string
	for k := 0; args.A != nil && k < args.A.N; k++ {
		part := ""
		if !modes.Null && k < modes.A.N {
			switch modes.A.Str[k] {
			case "t":
				continue
			case "o":
				part = "OUT "
			case "b":
				part = "INOUT "
			case "v":
				part = "VARIADIC "
			}
		}
		if !names.Null && k < names.A.N && names.A.Str[k] != "" {
			part += quote(names.A.Str[k]) + " "
		}
		out = append(out, part+typeName(uint32(args.A.I64[k])))
	}
	return strings.Join(out, ", "), true
}

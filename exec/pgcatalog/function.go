package pgcatalog

import (
	"slices"
	"strings"
	"sync"

	"tagd/exec/roles"
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

// defaults are the defaults of a function's last input arguments.
func (l *lookup) defaults(row int) []string {
	d := l.get(row, "proargdefaults")
	if d.Null {
		return nil
	}
	return splitList(d.S)
}

// splitList splits expressions at the commas that stand in no quotes, parentheses
// or brackets.
func splitList(s string) (out []string) {
	depth, quoted, start := 0, false, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth == 0:
			out = append(out, s[start:i])
			start = i + 2
		}
	}
	return append(out, s[start:])
}

// inputs are the positions of a function's input arguments among all.
func (l *lookup) inputs(row int) (out []int) {
	args, modes := l.get(row, "proallargtypes"), l.get(row, "proargmodes")
	if args.Null {
		args = l.get(row, "proargtypes")
	}
	for k := 0; args.A != nil && k < args.A.N; k++ {
		if modes.Null || k >= modes.A.N || modes.A.Str[k] != "o" && modes.A.Str[k] != "t" {
			out = append(out, k)
		}
	}
	return out
}

// FunctionDefault is pg_get_function_arg_default of a built-in function; false for
// an argument that has none.
func FunctionDefault(oid uint32, arg int) (string, bool) {
	l := procs()
	i, ok := l.at[oid]
	if !ok {
		return "", false
	}
	list, in := l.defaults(i), l.inputs(i)
	for k, at := range in[len(in)-len(list):] {
		if at == arg-1 {
			return list[k], true
		}
	}
	return "", false
}

// FunctionArguments is pg_get_function_arguments of a built-in function, or, without
// the defaults and results, pg_get_function_identity_arguments.
func FunctionArguments(oid uint32, typeName func(uint32) string, whole bool) (string, bool) {
	l := procs()
	i, ok := l.at[oid]
	if !ok {
		return "", false
	}
	args := l.get(i, "proallargtypes")
	if args.Null {
		args = l.get(i, "proargtypes")
	}
	list, in := l.defaults(i), l.inputs(i)
	modes, names := l.get(i, "proargmodes"), l.get(i, "proargnames")
	var out []string
	for k := 0; args.A != nil && k < args.A.N; k++ {
		part := ""
		if !modes.Null && k < modes.A.N {
			switch modes.A.Str[k] {
			case "t":
				continue
			case "o":
				if !whole {
					continue
				}
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
		part += typeName(uint32(args.A.I64[k]))
		if n := slices.Index(in, k) - (len(in) - len(list)); whole && n >= 0 && slices.Contains(in, k) {
			part += " DEFAULT " + list[n]
		}
		out = append(out, part)
	}
	return strings.Join(out, ", "), true
}

// LanguageOID is the OID of a language by its name.
func LanguageOID(name string) (uint32, bool) {
	sh := shapes()["pg_catalog.pg_language"]
	b := sh.rows()
	for i := range b.N {
		if b.Cols[sh.at["lanname"]].Get(i).S == name {
			return uint32(b.Cols[sh.at["oid"]].Get(i).I), true
		}
	}
	return 0, false
}

// LanguageName is the name of a language, "" for none.
func LanguageName(oid uint32) string {
	sh := shapes()["pg_catalog.pg_language"]
	b := sh.rows()
	for i := range b.N {
		if uint32(b.Cols[sh.at["oid"]].Get(i).I) == oid {
			return b.Cols[sh.at["lanname"]].Get(i).S
		}
	}
	return ""
}

// restricted are the functions that initdb takes from PUBLIC, with the roles that
// it gives them to, by OID.
var restricted = sync.OnceValue(func() map[uint32]roles.ACL {
	l, out := procs(), map[uint32]roles.ACL{}
	fresh := roles.New("tagd")
	for oid, i := range l.at {
		d := l.get(i, "proacl")
		if d.Null || d.A == nil {
			continue
		}
		acl := roles.ACL{}
		for _, text := range d.A.Str {
			if x, err := fresh.ParseItem(text, func(string) {}); err == nil {
				acl = append(acl, x)
			}
		}
		out[oid] = acl
	}
	return out
})

// Restricted is the access list of a built-in function that not everybody may
// call, nil for the others.
func Restricted(oid uint32) roles.ACL { return restricted()[oid] }

package pgcatalog

import (
	"slices"
	"strconv"
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
	if l.get(i, "typnamespace").I == OIDInfo {
		return "information_schema." + name
	}
	return name
}

// TypeOID is the OID of a built-in type, or of its array, also of one that has no
// values here; 0 for none.
func TypeOID(schema, name string, array bool) uint32 {
	ns := map[string]int64{"": OIDCatalog, "pg_catalog": OIDCatalog, "information_schema": OIDInfo}[schema]
	at, rows := Builtin("pg_type")
	for i := range rows.N {
		if rows.Cols[at["typname"]].Get(i).S != name || rows.Cols[at["typnamespace"]].Get(i).I != ns {
			continue
		}
		if array {
			return uint32(rows.Cols[at["typarray"]].Get(i).I)
		}
		return uint32(rows.Cols[at["oid"]].Get(i).I)
	}
	return 0
}

// InPath tells whether a built-in type or function is of pg_catalog, and so found
// by its bare name; known is false for another OID.
func InPath(catalog string, oid uint32) (visible, known bool) {
	l, col := procs(), "pronamespace"
	if catalog == "pg_type" {
		l, col = builtinTypes(), "typnamespace"
	}
	i, known := l.at[oid]
	return known && l.get(i, col).I == OIDCatalog, known
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
	direct := directArgs(oid)
	var b strings.Builder
	printed := 0
	for k := 0; args.A != nil && k < args.A.N; k++ {
		mode := ""
		if !modes.Null && k < modes.A.N {
			mode = modes.A.Str[k]
		}
		if mode == "t" || mode == "o" && !whole {
			continue
		}
		switch {
		case printed == direct && printed > 0:
			b.WriteString(" ORDER BY ")
		case printed == direct:
			b.WriteString("ORDER BY ")
		case printed > 0:
			b.WriteString(", ")
		}
		b.WriteString(map[string]string{"o": "OUT ", "b": "INOUT ", "v": "VARIADIC "}[mode])
		if !names.Null && k < names.A.N && names.A.Str[k] != "" {
			b.WriteString(quote(names.A.Str[k]) + " ")
		}
		b.WriteString(typeName(uint32(args.A.I64[k])))
		if n := slices.Index(in, k) - (len(in) - len(list)); whole && n >= 0 && slices.Contains(in, k) {
			b.WriteString(" DEFAULT " + list[n])
		}
		if printed++; printed == direct && k == args.A.N-1 {
			k-- // the last argument stands for both lists
		}
	}
	return b.String(), true
}

// directArgs is how many arguments of an ordered-set aggregate stand before ORDER
// BY, -1 for any other function.
func directArgs(oid uint32) int {
	at, rows := Builtin("pg_aggregate")
	for i := range rows.N {
		if uint32(rows.Cols[at["aggfnoid"]].Get(i).I) == oid && rows.Cols[at["aggkind"]].Get(i).S != "n" {
			return int(rows.Cols[at["aggnumdirectargs"]].Get(i).I)
		}
	}
	return -1
}

// FunctionBody is pg_get_function_sqlbody of a built-in function, false for one
// whose body is no SQL statement.
func FunctionBody(oid uint32) (string, bool) {
	l := procs()
	i, ok := l.at[oid]
	if !ok {
		return "", false
	}
	body := l.get(i, "prosqlbody")
	return body.S, !body.Null
}

// FunctionDef is pg_get_functiondef of a built-in function, false for none. An
// aggregate has none, which is an error of its own.
func FunctionDef(oid uint32, typeName func(uint32) string) (def string, aggregate, ok bool) {
	l := procs()
	i, ok := l.at[oid]
	if !ok {
		return "", false, false
	}
	get := func(col string) vec.Datum { return l.get(i, col) }
	if get("prokind").S == "a" {
		return get("proname").S, true, true
	}
	args, _ := FunctionArguments(oid, typeName, true)
	result, _ := FunctionResult(oid, typeName)
	schema := "pg_catalog"
	if get("pronamespace").I == OIDInfo {
		schema = "information_schema"
	}
	var b strings.Builder
	b.WriteString("CREATE OR REPLACE FUNCTION " + schema + "." + quote(get("proname").S) + "(" + args + ")\n RETURNS " + result + "\n LANGUAGE " +
		LanguageName(uint32(get("prolang").I)) + "\n")
	start := b.Len()
	if get("prokind").S == "w" {
		b.WriteString(" WINDOW")
	}
	b.WriteString(map[string]string{"i": " IMMUTABLE", "s": " STABLE"}[get("provolatile").S])
	b.WriteString(map[string]string{"s": " PARALLEL SAFE", "r": " PARALLEL RESTRICTED"}[get("proparallel").S])
	if get("proisstrict").I != 0 {
		b.WriteString(" STRICT")
	}
	if get("prosecdef").I != 0 {
		b.WriteString(" SECURITY DEFINER")
	}
	if get("proleakproof").I != 0 {
		b.WriteString(" LEAKPROOF")
	}
	cost, usual := get("procost").F, 1.0
	if lang := LanguageName(uint32(get("prolang").I)); lang != "internal" && lang != "c" {
		usual = 100
	}
	if cost != usual {
		b.WriteString(" COST " + strconv.FormatFloat(cost, 'g', -1, 64))
	}
	if n := get("prorows").F; n > 0 && n != 1000 {
		b.WriteString(" ROWS " + strconv.FormatFloat(n, 'g', -1, 64))
	}
	if f := Function(uint32(get("prosupport").I)); f != nil {
		b.WriteString(" SUPPORT " + f.Name)
	}
	if b.Len() > start {
		b.WriteByte('\n')
	}
	switch body := get("prosqlbody"); {
	case !body.Null:
		b.WriteString(body.S)
	case get("probin").Null:
		b.WriteString("AS $function$" + get("prosrc").S + "$function$")
	default:
		b.WriteString("AS '" + get("probin").S + "', $function$" + get("prosrc").S + "$function$")
	}
	return b.String() + "\n", false, true
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

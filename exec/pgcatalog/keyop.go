package pgcatalog

import (
	"sync"

	"tagd/sql/types"
)

// KeyOps are the equality operators of a pair of columns of a foreign key, as
// pg_constraint has them: referred column = referring one, and each with itself.
type KeyOps struct{ PF, PP, FF uint32 }

// familyKey is a place in an operator family of btree: equality of two types.
type familyKey struct{ family, left, right int64 }

// btreeEquals are the equality operators of the families of btree, btreeLess those of
// their order.
var (
	btreeEquals = sync.OnceValue(func() map[familyKey]uint32 { return btreeOperators(3) })
	btreeLess   = sync.OnceValue(func() map[familyKey]uint32 { return btreeOperators(1) })
)

func btreeOperators(strategy int64) map[familyKey]uint32 {
	at, rows := Builtin("pg_amop")
	out := map[familyKey]uint32{}
	for i := range rows.N {
		get := func(col string) int64 { return rows.Cols[at[col]].Get(i).I }
		if get("amopmethod") == OIDBtree && get("amopstrategy") == strategy {
			out[familyKey{get("amopfamily"), get("amoplefttype"), get("amoprighttype")}] = uint32(get("amopopr"))
		}
	}
	return out
}

// classFamily are the families and the types of the operator classes.
var classFamily = sync.OnceValue(func() map[uint32][2]int64 {
	at, rows := Builtin("pg_opclass")
	out := map[uint32][2]int64{}
	for i := range rows.N {
		get := func(col string) int64 { return rows.Cols[at[col]].Get(i).I }
		out[uint32(get("oid"))] = [2]int64{get("opcfamily"), get("opcintype")}
	}
	return out
})

// implicitCasts are the casts that need not be written.
var implicitCasts = sync.OnceValue(func() map[[2]int64]bool {
	at, rows := Builtin("pg_cast")
	out := map[[2]int64]bool{}
	for i := range rows.N {
		if rows.Cols[at["castcontext"]].Get(i).S == "i" {
			out[[2]int64{rows.Cols[at["castsource"]].Get(i).I, rows.Cols[at["casttarget"]].Get(i).I}] = true
		}
	}
	return out
})

// ScalarOperators are the equality and the order of a type by its default class of
// btree, and its collation; all 0 for a type without order.
func ScalarOperators(t types.Type) (equal, less, collation uint32) {
	class, known := classFamily()[defaultClass(OIDBtree, t)]
	if !known {
		return 0, 0, 0
	}
	k := familyKey{class[0], class[1], class[1]}
	l := builtinTypes()
	if i, ok := l.at[t.WithoutDomain().OID()]; ok {
		collation = uint32(l.get(i, "typcollation").I)
	}
	return btreeEquals()[k], btreeLess()[k], collation
}

// KeyOperators finds how a column of type fk may refer to a column of type pk with
// a key (ATAddForeignKeyConstraint); false if it may not.
func KeyOperators(pk, fk types.Type) (KeyOps, bool) {
	class, known := classFamily()[defaultClass(OIDBtree, pk)]
	if !known {
		return KeyOps{}, false
	}
	family, in := class[0], class[1]
	eq := func(l, r int64) uint32 { return btreeEquals()[familyKey{family, l, r}] }
	base := int64(fk.WithoutDomain().OID())
	out := KeyOps{PF: eq(in, base), PP: eq(in, in), FF: eq(base, base)}
	if out.PF != 0 && out.FF != 0 {
		return out, true
	}
	same := pk.WithoutDomain().OID() == fk.WithoutDomain().OID()
	if !same && (in == oidAnyEnum || in == oidAnyArray || base != in && !implicitCasts()[[2]int64{base, in}]) {
		return KeyOps{}, false
	}
	return KeyOps{PF: out.PP, PP: out.PP, FF: out.PP}, true
}

// KeyCasts are the casts that the equality of a foreign key asks of its two sides, as
// generate_operator_clause writes them; "" for none.
func KeyCasts(pk, fk types.Type) (left, right string) {
	ops, _ := KeyOperators(pk, fk)
	at, rows := Builtin("pg_operator")
	for i := range rows.N {
		if uint32(rows.Cols[at["oid"]].Get(i).I) != ops.PF {
			continue
		}
		cast := func(t types.Type, col string) string {
			in := uint32(rows.Cols[at[col]].Get(i).I)
			if in == t.WithoutDomain().OID() || in == oidAnyEnum || in == oidAnyArray {
				return ""
			}
			l := builtinTypes()
			return "::pg_catalog." + quote(l.get(l.at[in], "typname").S)
		}
		return cast(pk, "oprleft"), cast(fk, "oprright")
	}
	return "", ""
}

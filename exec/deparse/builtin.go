package deparse

import (
	"sync"

	"tagd/exec/pgcatalog"
	"tagd/sql/vec"
)

// OIDs of pg_type that the rules name.
const (
	tBool          = 16
	tName          = 19
	tInt8          = 20
	tInt4          = 23
	tRegproc       = 24
	tText          = 25
	tOid           = 26
	tDate          = 1082
	tTime          = 1083
	tTimestamp     = 1114
	tTimestamptz   = 1184
	tTimetz        = 1266
	tInterval      = 1186
	tBit           = 1560
	tVarchar       = 1043
	tBpchar        = 1042
	tNumeric       = 1700
	tUnknown       = 705
	tRecord        = 2249
	tRecordArray   = 2287
	tAny           = 2276
	tAnyArray      = 2277
	tAnyElement    = 2283
	tAnyNonArray   = 2776
	tAnyEnum       = 3500
	tAnyRange      = 3831
	tAnyMultirange = 4537
	tAnyCompat     = 5077
	tAnyCompArr    = 5078
	tAnyCompNon    = 5079
	tAnyCompRng    = 5080
	tRegclass      = 2205
	tInt2Vector    = 22
	tOidVector     = 30
	tCstring       = 2275
)

// typeInfo is a row of pg_type.
type typeInfo struct {
	oid              uint32
	name             string
	kind             byte // typtype
	category         byte
	preferred        bool
	elem, array      uint32
	base             uint32 // of a domain
	baseMod          int32
	subscriptedArray bool // a true array
}

// proc is a row of pg_proc.
type proc struct {
	oid      uint32
	name     string
	args     []uint32
	argNames []string // of input arguments
	defaults int
	variadic uint32
	kind     byte
	retset   bool
	ret      uint32
	aggKind  byte
	direct   int
	// outs are the columns that a function with OUT arguments returns.
	outs []outColumn
}

type outColumn struct {
	name string
	typ  uint32
}

// operator is a row of pg_operator.
type operator struct {
	oid         uint32
	name        string
	left, right uint32 // left 0: a prefix operator
	result      uint32
}

type castRow struct {
	fn      uint32
	context byte // i, a, e
	method  byte // f, b, i
}

type castKey struct{ from, to uint32 }

// builtins are the catalogs of PostgreSQL that the rules choose from.
type builtins struct {
	types  map[uint32]*typeInfo
	byName map[string]*typeInfo
	procs  map[string][]*proc
	byOID  map[uint32]*proc
	ops    map[string][]*operator
	casts  map[castKey]castRow
}

var catalogs = sync.OnceValue(func() *builtins {
	b := &builtins{types: map[uint32]*typeInfo{}, byName: map[string]*typeInfo{}, procs: map[string][]*proc{}, byOID: map[uint32]*proc{},
		ops: map[string][]*operator{}, casts: map[castKey]castRow{}}
	b.readTypes()
	b.readProcs()
	b.readOperators()
	each("pg_cast", func(get func(string) vec.Datum) {
		b.casts[castKey{oid(get("castsource")), oid(get("casttarget"))}] =
			castRow{oid(get("castfunc")), get("castcontext").S[0], get("castmethod").S[0]}
	})
	return b
})

func oid(d vec.Datum) uint32 { return uint32(d.I) }

// each calls f for the rows of a built-in catalog.
func each(name string, f func(get func(string) vec.Datum)) {
	cols, rows := pgcatalog.Builtin(name)
	for i := range rows.N {
		f(func(c string) vec.Datum { return rows.Cols[cols[c]].Get(i) })
	}
}

func (b *builtins) readTypes() {
	each("pg_type", func(get func(string) vec.Datum) {
		t := &typeInfo{oid: oid(get("oid")), name: get("typname").S, kind: get("typtype").S[0], category: get("typcategory").S[0],
			preferred: get("typispreferred").I != 0, elem: oid(get("typelem")), array: oid(get("typarray")), base: oid(get("typbasetype")),
			baseMod: int32(get("typtypmod").I)}
		t.subscriptedArray = t.elem != 0 && get("typlen").I == -1 && t.category == 'A'
		b.types[t.oid], b.byName[t.name] = t, t
	})
}

func (b *builtins) readProcs() {
	type agg struct {
		kind   byte
		direct int
	}
	aggs := map[uint32]agg{}
	each("pg_aggregate", func(get func(string) vec.Datum) {
		aggs[oid(get("aggfnoid"))] = agg{get("aggkind").S[0], int(get("aggnumdirectargs").I)}
	})
	each("pg_proc", func(get func(string) vec.Datum) {
		p := &proc{oid: oid(get("oid")), name: get("proname").S, defaults: int(get("pronargdefaults").I), variadic: oid(get("provariadic")),
			kind: get("prokind").S[0], retset: get("proretset").I != 0, ret: oid(get("prorettype"))}
		if a := get("proargtypes"); a.A != nil {
			for _, t := range a.A.I64[:a.A.N] {
				p.args = append(p.args, uint32(t))
			}
		}
		p.readNames(get)
		p.aggKind, p.direct = aggs[p.oid].kind, aggs[p.oid].direct
		b.procs[p.name], b.byOID[p.oid] = append(b.procs[p.name], p), p
	})
}

// readNames sorts the argument names into those of inputs and of results.
func (p *proc) readNames(get func(string) vec.Datum) {
	names, modes, all := get("proargnames"), get("proargmodes"), get("proallargtypes")
	if names.Null {
		return
	}
	for i := range names.A.N {
		mode := byte('i')
		if !modes.Null {
			mode = modes.A.Str[i][0]
		}
		if mode == 'i' || mode == 'b' || mode == 'v' {
			p.argNames = append(p.argNames, names.A.Str[i])
		}
		if mode != 'i' && mode != 'v' && !all.Null {
			p.outs = append(p.outs, outColumn{names.A.Str[i], uint32(all.A.I64[i])})
		}
	}
}

func (b *builtins) readOperators() {
	each("pg_operator", func(get func(string) vec.Datum) {
		o := &operator{oid(get("oid")), get("oprname").S, oid(get("oprleft")), oid(get("oprright")), oid(get("oprresult"))}
		b.ops[o.name] = append(b.ops[o.name], o)
	})
}

// Package pgcatalog answers pg_catalog and information_schema: each relation is
// a list of columns and a function that makes its rows from a state of the
// database. The ordinary executor reads them like any table.
//
// All relations of PostgreSQL 15 are there, with all their columns (see
// bootstrap): what tagd does not have is an empty relation of the right shape.
package pgcatalog

import (
	"sort"
	"sync"

	"tagd/exec/objects"
	"tagd/exec/roles"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// OIDs of the objects that every database has (PostgreSQL's pg_namespace.dat,
// pg_database.dat, pg_authid.dat, pg_am.dat).
const (
	OIDCatalog   = 11    // schema pg_catalog
	OIDPublic    = 2200  // schema public
	OIDToast     = 99    // schema pg_toast
	OIDInfo      = 13207 // schema information_schema; initdb's choice in Postgres
	OIDSuperuser = 10
	OIDDatabase  = 5
	OIDHeap      = 2 // access method heap
	OIDBtree     = 403
	// keyIndexBit makes the OID of a table's key index from the table's.
	keyIndexBit = 1 << 30
)

// Source is the state that the relations are made from.
type Source struct {
	Tables  []*types.Table // of the database, without other sessions' temporary ones
	Objects *objects.Set
	Exts    *types.Exts
	Temp    uint32 // the session's temporary schema, 0 for none
	// Roles are the roles of the file, Current the current user's OID.
	Roles   roles.In
	Current uint32
	// Databases are all databases of the file.
	Databases []Database
	// Lists is kept between uses of the same state; nil: not.
	Lists *Lists
	// Texts writes definitions as ruleutils.c does.
	Texts Texts
	// Count is what a sequence has given out: its last value, false before the first.
	Count func(q *objects.Sequence) (int64, bool)
	Rows  func(def *types.Table) int64
	// Pages is how many blocks the ctids of the rows have.
	Pages    func(def *types.Table) int64
	DB, User string
	// Live makes the rows of a relation of what the server is doing.
	Live func(name string, add func(vals ...any))
}

// Texts writes the definitions of objects as they are now, names qualified where
// the search path asks for it. pretty leaves out parentheses.
type Texts interface {
	View(v *objects.View) string
	Default(def *types.Table, col *types.Column) string // also the expression of a generated column
	Check(def *types.Table, text string, pretty bool) string
	DomainCheck(t *objects.Type, text string, pretty bool) string
	DomainDefault(t *objects.Type) string
	Key(def *types.Table, text string, pretty bool) string // of an index, in parentheses where it needs them
	Shown(ns uint32, name string) string
	// Uses are the numbers of the columns that a stored expression reads, Sequences
	// the OIDs of the sequences that a default takes its value from.
	Uses(def *types.Table, text string) []int16
	Sequences(text string) []uint32
}

// Database is one row of pg_database.
type Database struct {
	OID              uint32
	Name             string
	Template, Closed bool
	Limit            int
	Comment          string
	Owner            uint32
	ACL              roles.ACL // nil: the default
	Settings         []string  // "name=value"
}

// relation is one virtual relation.
type relation struct {
	schema, name string
	cols         []col
	rows         func(s *Source, add func(vals ...any))
}

type col struct {
	name string
	t    types.Type
}

var relations = map[string]*relation{}

// register adds a relation; spec is "name type, name type, ...".
func register(schema, name string, cols []col, rows func(s *Source, add func(vals ...any))) {
	relations[schema+"."+name] = &relation{schema, name, cols, rows}
}

// Fields returns the schema and the columns of a relation, found by its full
// name or, without a schema, in pg_catalog; nil if there is none.
func Fields(schema, name string) (string, []plan.Field) {
	sh := find(schema, name)
	if sh == nil {
		return "", nil
	}
	out := make([]plan.Field, len(sh.cols))
	for i, c := range sh.cols {
		out[i] = plan.Field{Name: c.name, Type: c.t, TableOID: sh.oid, Attr: int16(i + 1)}
	}
	return sh.schema, out
}

func find(schema, name string) *shape {
	if schema == "" {
		schema = "pg_catalog"
	}
	return shapes()[schema+"."+name]
}

// Rows makes the rows of a relation that Fields knows: the built-in ones, then
// those of the database. Columns that the latter say nothing of are zero, or
// NULL where they may be.
func Rows(s *Source, schema, name string) *vec.Batch {
	sh := find(schema, name)
	if sh == nil {
		return &vec.Batch{}
	}
	static := sh.rows()
	r := relations[sh.schema+"."+sh.name]
	aclCol, acls := s.overrides(sh)
	if r == nil {
		if len(acls) == 0 {
			return static
		}
		r = &relation{rows: func(*Source, func(...any)) {}}
	}
	bs := make([]*vec.Builder, len(sh.cols))
	rest := make([]vec.Datum, len(sh.cols))
	for i, c := range sh.cols {
		bs[i] = vec.NewBuilder(c.t, static.N+64)
		for j := range static.N {
			if acl := acls[uint32(static.Cols[0].Get(j).I)]; acl != nil && i == aclCol {
				bs[i].Append(datum(acl))
				continue
			}
			bs[i].Append(static.Cols[i].Get(j))
		}
		rest[i] = sh.zero(i)
	}
	place := make([]int, len(r.cols))
	for i, c := range r.cols {
		place[i] = sh.at[c.name]
	}
	if r.cols == nil { // all, in their order
		place = make([]int, len(sh.cols))
		for i := range place {
			place[i] = i
		}
	}
	row := make([]vec.Datum, len(sh.cols))
	n := static.N
	r.rows(s, func(vals ...any) {
		n++
		copy(row, rest)
		for i, v := range vals {
			d := datum(v)
			if t := sh.cols[place[i]].t; d.A != nil && t.Array {
				d.A.Type = t.Elem()
			}
			row[place[i]] = d
		}
		for i, b := range bs {
			b.Append(row[i])
		}
	})
	out := &vec.Batch{N: n, Cols: make([]*vec.Vector, len(bs))}
	for i, b := range bs {
		out.Cols[i] = b.Finish()
	}
	return out
}

// Datum is the value that a Go value stands for in the rows of relations; of another
// kind than those of their columns it is NULL.
func Datum(v any) vec.Datum { return datum(v) }

func datum(v any) vec.Datum {
	switch v := v.(type) {
	case nil:
		return vec.Datum{Null: true}
	case vec.Datum:
		return v
	case bool:
		if v {
			return vec.Datum{I: 1}
		}
		return vec.Datum{}
	case int:
		return vec.Datum{I: int64(v)}
	case int16:
		return vec.Datum{I: int64(v)}
	case int32:
		return vec.Datum{I: int64(v)}
	case uint32:
		return vec.Datum{I: int64(v)}
	case int64:
		return vec.Datum{I: v}
	case float64:
		return vec.Datum{F: v}
	case string:
		return vec.Datum{S: v}
	case []string:
		a := vec.New(tAcl.Elem(), len(v))
		copy(a.Str, v)
		return vec.Datum{A: a}
	case []int16:
		return vec.Datum{A: intVec(tInt2, v)}
	case vector:
		return vec.Datum{A: intVec(tInt2, v), Dims: zeroBased(len(v))}
	case oidList:
		return vec.Datum{A: intVec(tOid, v)}
	case oids:
		return vec.Datum{A: intVec(tOid, v), Dims: zeroBased(len(v))}
	}
	return vec.Datum{Null: true}
}

func intVec[T int16 | uint32](t types.Type, v []T) *vec.Vector {
	a := vec.New(t, len(v))
	for i, x := range v {
		a.I64[i] = int64(x)
	}
	return a
}

// zeroBased is the shape of an int2vector or oidvector of n elements, whose
// subscripts begin at 0.
func zeroBased(n int) *vec.ArrayDims { return vec.ShapeOf([]int32{int32(n)}, []int32{0}) }

// vector and oids are values of int2vector and oidvector.
type (
	vector []int16
	oids   []uint32
	// oidList is a value of oid[].
	oidList []uint32
)

// names lists the relations in order of their full names.
var names = sync.OnceValue(func() []*shape {
	out := make([]*shape, 0, len(shapes()))
	for _, sh := range shapes() {
		out = append(out, sh)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].schema != out[j].schema {
			return out[i].schema < out[j].schema
		}
		return out[i].name < out[j].name
	})
	return out
})

// The types of columns.
var (
	tXid   = types.Of(types.Xid)
	tOid   = types.Of(types.Oid)
	tName  = types.Of(types.Name)
	tText  = types.Of(types.Text)
	tVar   = types.Of(types.Varchar)
	tBool  = types.Of(types.Bool)
	tChar  = types.Of(types.Char)
	tInt2  = types.Of(types.Int2)
	tInt4  = types.Of(types.Int4)
	tInt8  = types.Of(types.Int8)
	tReal  = types.Of(types.Float4)
	tTime  = types.Of(types.TimestampTZ)
	tTexts = types.Of(types.Text).ArrayOf()
	tAcl   = types.Of(types.AclItem).ArrayOf()
)

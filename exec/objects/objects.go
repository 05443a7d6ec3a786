// Package objects is what a database has beside its tables: schemas, views,
// sequences, types, indexes and comments. A Set is plain data: exec/engine keeps
// one for each database in the store beside the tables, under the same versions,
// so that a change of objects commits and rolls back with changes of tables.
package objects

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Public is the key of the schema public that a database begins with: tables of
// it have the namespace 0.
const Public = 0

// TempBase is the lowest namespace of temporary objects: TempBase + n is the
// schema pg_temp_n of the session in slot n. Nothing in them outlives its session.
const TempBase = 1 << 31

// TempToastBase + n is the schema pg_toast_temp_n beside pg_temp_n, in which there
// is nothing.
const TempToastBase = TempBase + 1<<24

// IsTemp reports a namespace of temporary objects.
func IsTemp(ns uint32) bool { return ns >= TempBase }

// Head is what every object has. NS is the schema's OID.
type Head struct {
	OID  uint32 `json:"oid"`
	NS   uint32 `json:"ns,omitempty"`
	Name string `json:"name"`
}

// Extension is an extension that was created; NS is the schema of its objects.
type Extension struct {
	Head
	Version string   `json:"version"`
	Owner   uint32   `json:"owner"`
	Members []uint32 `json:"members,omitempty"` // its views
}

// MemberOf is the extension that an object belongs to, nil for none.
func (s *Set) MemberOf(oid uint32) *Extension {
	for _, x := range s.Extensions {
		if slices.Contains(x.Members, oid) {
			return x
		}
	}
	return nil
}

// Schema is a schema.
type Schema struct {
	Name string `json:"name"`
}

// View is a view or the query of a materialized view, whose rows are a table
// with the same OID.
type View struct {
	Head
	Text    string   `json:"text"` // the query
	Columns []Column `json:"columns"`
	Refs    []Ref    `json:"refs,omitempty"`
	// Mat: a materialized view; Filled is false until it has been populated.
	Mat    bool `json:"mat,omitempty"`
	Filled bool `json:"filled,omitempty"`
	// Options are security_barrier and the like, "name=value"; without a value it is
	// true.
	Options []string `json:"options,omitempty"`
	// Invoker: security_invoker is on.
	Invoker bool `json:"invoker,omitempty"`
	// Check is "local" or "cascaded" for WITH CHECK OPTION.
	Check string `json:"check,omitempty"`
}

// Column is a column of a view. Type is what types.Exts.Type reads.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Ref is one name in a view's text and what it meant when the view was made.
type Ref struct {
	Schema string `json:"schema,omitempty"` // as written
	Name   string `json:"name"`
	// OID is the relation's or type's; 0 for a relation of the system's schemas.
	OID  uint32 `json:"oid,omitempty"`
	Type bool   `json:"type,omitempty"` // a type, not a relation
	// Cols are the columns that the relation had, with their names then: stored
	// columns by ID, those of views by their number from 1.
	Cols []RefCol `json:"cols,omitempty"`
}

// RefCol is a column of a Ref.
type RefCol struct {
	ID   uint32 `json:"id"`
	Name string `json:"name"`
	Used bool   `json:"used,omitempty"` // the view's query reads it
}

// Sequence is a sequence's definition; its values are counted elsewhere, under
// (OID, Gen): a new Gen starts at Start again.
type Sequence struct {
	Head
	Type  string `json:"type"` // smallint, integer or bigint
	Start int64  `json:"start"`
	Inc   int64  `json:"inc"`
	Min   int64  `json:"min"`
	Max   int64  `json:"max"`
	Cache int64  `json:"cache"`
	Cycle bool   `json:"cycle,omitempty"`
	Gen   uint32 `json:"gen,omitempty"`
	// Table and Col are the column that owns the sequence: OID and column ID, 0 for
	// none. Identity: it is an identity column's.
	Table    uint32 `json:"table,omitempty"`
	Col      uint32 `json:"col,omitempty"`
	Identity bool   `json:"identity,omitempty"`
	// First is the value of the first nextval of Gen where RESTART chose one.
	First *int64 `json:"first,omitempty"`
}

// Type is an enum ("e"), a domain ("d") or a composite type ("c").
type Type struct {
	Head
	Kind     string        `json:"kind"`
	ArrayOID uint32        `json:"array,omitempty"`
	Labels   []types.Label `json:"labels,omitempty"`
	Base     string        `json:"base,omitempty"` // of a domain
	NotNull  bool          `json:"not_null,omitempty"`
	Default  string        `json:"default,omitempty"`
	Checks   []types.Check `json:"checks,omitempty"`
	// Rel is the OID of a composite type as a relation; NextAttr the number of the
	// next attribute to be added.
	Rel      uint32 `json:"rel,omitempty"`
	Attrs    []Attr `json:"attrs,omitempty"`
	NextAttr uint32 `json:"next_attr,omitempty"`
}

// LabelGap is the distance of the values of neighbouring labels of an enum: labels
// can be put between them. It is 1 in pg_enum's order.
const LabelGap = 1 << 40

// Attr is an attribute of a composite type; see types.Attr. Type is what
// types.Exts.Type reads.
type Attr struct {
	Num  uint32 `json:"num"`
	Name string `json:"name"`
	Type string `json:"type"`
	Dims int    `json:"dims,omitempty"`
}

// Attr returns the position of the named attribute, -1 if there is none.
func (t *Type) Attr(name string) int {
	for i := range t.Attrs {
		if t.Attrs[i].Name == name {
			return i
		}
	}
	return -1
}

// Index is an index as it was asked for; there is nothing to build, and what
// makes it unique stands in its table's definition.
type Index struct {
	Head
	Table  uint32     `json:"table"` // OID
	Unique bool       `json:"unique,omitempty"`
	Method string     `json:"method"`
	Keys   []IndexKey `json:"keys"`
	Where  string     `json:"where,omitempty"`
	Cover  []uint32   `json:"cover,omitempty"` // column IDs of INCLUDE
}

// IndexKey is a key of an index: a column by ID, or an expression's text.
type IndexKey struct {
	Col        uint32   `json:"col,omitempty"`
	Expr       string   `json:"expr,omitempty"`
	Uses       []uint32 `json:"uses,omitempty"` // column IDs of Expr
	Class      string   `json:"class,omitempty"`
	Desc       bool     `json:"desc,omitempty"`
	NullsFirst bool     `json:"nulls_first,omitempty"`
}

// Set is the objects of one database. It is immutable once others may see it:
// change a Clone.
type Set struct {
	Schemas   map[uint32]*Schema   `json:"schemas"`
	Views     map[uint32]*View     `json:"views,omitempty"`
	Sequences map[uint32]*Sequence `json:"sequences,omitempty"`
	Types     map[uint32]*Type     `json:"types,omitempty"`
	Indexes   map[uint32]*Index    `json:"indexes,omitempty"`
	// Extensions by name; plpgsql, which is always there, is none of them.
	Extensions map[string]*Extension `json:"extensions,omitempty"`
	// Comments by "schema OID", "type OID", "relation OID" and the like.
	Comments map[string]string `json:"comments,omitempty"`
	// Owners by the same keys; objects that are not here are the superuser's.
	Owners map[string]uint32 `json:"owners,omitempty"`
	// ACLs by the same keys, of functions and languages by their OIDs, of columns by
	// "relation OID/ID"; objects that are not here have roles.Default.
	ACLs map[string]roles.ACL `json:"acls,omitempty"`
	// Defaults are what ALTER DEFAULT PRIVILEGES has set.
	Defaults []DefaultACL `json:"defaults,omitempty"`

	// Temps are the numbers of the schemas of temporary objects that there are.
	Temps []uint32 `json:"temps,omitempty"`

	once  sync.Once
	rels  map[place]any
	types map[place]*Type
}

// DefaultACL is the access list that new objects of a role get, in addition for
// one schema: NS is what SchemaOID of exec/pgcatalog gives, 0 for all schemas.
type DefaultACL struct {
	OID  uint32    `json:"oid"`
	Role uint32    `json:"role"`
	NS   uint32    `json:"ns,omitempty"`
	Kind string    `json:"kind"` // r, S, f, T, n as in pg_default_acl
	ACL  roles.ACL `json:"acl"`
}

type place struct {
	ns   uint32
	name string
}

// New returns the objects of a new database: the schema public.
func New() *Set { return &Set{Schemas: map[uint32]*Schema{Public: {Name: "public"}}} }

// Decode reads what Encode wrote.
func Decode(b []byte) (*Set, error) {
	s := &Set{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, sqlerr.New(pgerrcode.DataCorrupted, "the record of a database's objects is damaged: %v", err).WithCause(err)
	}
	if s.Schemas == nil {
		s.Schemas = map[uint32]*Schema{}
	}
	return s, nil
}

// Encode is the stored form.
func (s *Set) Encode() ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, sqlerr.New(pgerrcode.InternalError, "objects: %v", err).WithCause(err)
	}
	return b, nil
}

// Clone returns a copy whose maps can be changed; the objects are shared.
func (s *Set) Clone() *Set {
	return &Set{Schemas: clone(s.Schemas), Views: clone(s.Views), Sequences: clone(s.Sequences), Types: clone(s.Types),
		Indexes: clone(s.Indexes), Extensions: clone(s.Extensions), Comments: clone(s.Comments), Owners: clone(s.Owners), ACLs: clone(s.ACLs), Defaults: slices.Clone(s.Defaults), Temps: slices.Clone(s.Temps)}
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

func (s *Set) index() {
	s.rels, s.types = map[place]any{}, map[place]*Type{}
	for _, v := range s.Views {
		s.rels[place{v.NS, v.Name}] = v
	}
	for _, v := range s.Sequences {
		s.rels[place{v.NS, v.Name}] = v
	}
	for _, v := range s.Indexes {
		s.rels[place{v.NS, v.Name}] = v
	}
	for _, v := range s.Types {
		s.types[place{v.NS, v.Name}] = v
		if v.Kind == "c" {
			s.rels[place{v.NS, v.Name}] = v
		}
	}
}

// Relation returns the *View, *Sequence, *Index or composite *Type of a name in a schema, nil for
// none.
func (s *Set) Relation(ns uint32, name string) any {
	s.once.Do(s.index)
	return s.rels[place{ns, name}]
}

// Type returns a type by name, nil for none.
func (s *Set) Type(ns uint32, name string) *Type {
	s.once.Do(s.index)
	return s.types[place{ns, name}]
}

// SchemaNamed returns the OID of a schema; false for none.
func (s *Set) SchemaNamed(name string) (uint32, bool) {
	for oid, sc := range s.Schemas {
		if sc.Name == name {
			return oid, true
		}
	}
	return 0, false
}

// The classes of objects that comments and dependencies name.
const (
	ClassRelation   = "relation"
	ClassType       = "type"
	ClassSchema     = "schema"
	ClassConstraint = "constraint" // of a table or a domain
	ClassFunction   = "function"
	ClassLanguage   = "language"
)

// Owner is the owner of an object.
func (s *Set) Owner(class string, oid uint32) uint32 {
	if o, ok := s.Owners[CommentKey(class, oid, "")]; ok {
		return o
	}
	return roles.Super
}

// CommentKey is the key in Comments of an object; sub is a column's number or a
// constraint's name, "" for the object itself.
func CommentKey(class string, oid uint32, sub string) string {
	if sub != "" {
		sub = "/" + sub
	}
	return fmt.Sprintf("%s %d%s", class, oid, sub)
}

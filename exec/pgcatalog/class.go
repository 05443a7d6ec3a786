package pgcatalog

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"tagd/exec/objects"
	"tagd/sql/types"
)

type schemaRow struct {
	oid  uint32
	name string
}

// schemas lists the schemas: those of the system, then the others in the order in
// which they were made.
func (s *Source) schemas() []schemaRow {
	out := []schemaRow{{OIDToast, "pg_toast"}, {OIDCatalog, "pg_catalog"}, {OIDInfo, "information_schema"}}
	for oid, sc := range s.Objects.Schemas {
		out = append(out, schemaRow{SchemaOID(oid), sc.Name})
	}
	slices.SortFunc(out[2:], func(a, b schemaRow) int { return cmp.Compare(a.oid, b.oid) })
	for _, n := range s.Objects.Temps {
		out = append(out, schemaRow{objects.TempBase + n, s.schema(objects.TempBase + n)}, schemaRow{objects.TempToastBase + n, "pg_toast_temp_" + strconv.Itoa(int(n))})
	}
	return out
}

// schema is a schema's name.
func (s *Source) schema(ns uint32) string {
	if objects.IsTemp(ns) {
		return "pg_temp_" + strconv.Itoa(int(ns-objects.TempBase))
	}
	if sc := s.Objects.Schemas[ns]; sc != nil {
		return sc.Name
	}
	return ""
}

// seen leaves out the temporary objects of other sessions.
func (s *Source) seen(ns uint32) bool { return !objects.IsTemp(ns) || ns == s.Temp }

// views lists the views, or the materialized ones, by OID.
func (s *Source) views(mat bool) []*objects.View {
	var out []*objects.View
	for _, v := range s.Objects.Views {
		if v.Mat == mat && s.seen(v.NS) {
			out = append(out, v)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].OID < out[j].OID })
	return out
}

// sequences lists the sequences by OID.
func (s *Source) sequences() []*objects.Sequence {
	var out []*objects.Sequence
	for _, q := range s.Objects.Sequences {
		if s.seen(q.NS) {
			out = append(out, q)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].OID < out[j].OID })
	return out
}

// userTypes lists the users' types by OID.
func (s *Source) userTypes() []*objects.Type {
	var out []*objects.Type
	for _, t := range s.Objects.Types {
		if s.seen(t.NS) {
			out = append(out, t)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].OID < out[j].OID })
	return out
}

// index is an index of any origin.
type index struct {
	oid             uint32
	ns              uint32
	name            string
	table           *types.Table
	unique, primary bool
	constraint      bool
	method          string
	keys            []int16 // attribute numbers, 0 for expressions
	nkeys           int
	obj             *objects.Index // nil for a constraint's
	nullsSame       bool
	deferrable      bool
}

func attrOf(def *types.Table, id uint32) int16 {
	for i := range def.Columns {
		if def.Columns[i].ID == id {
			return int16(i + 1)
		}
	}
	return 0
}

// indexes lists the indexes.
func (s *Source) indexes() []index { return s.indexList().all }

// indexOf finds an index, nil for none.
func (s *Source) indexOf(oid uint32) *index { return s.indexList().find(oid) }

// constraints lists the constraints.
func (s *Source) constraints() []constraint { return s.constraintList().all }

// constraintOf finds a constraint, nil for none.
func (s *Source) constraintOf(oid uint32) *constraint { return s.constraintList().find(oid) }

func (s *Source) indexList() *indexedList[index] {
	if s.Lists == nil {
		return newIndexedList(s.makeIndexes())
	}
	return s.Lists.indexes.get(s.makeIndexes)
}

func (s *Source) constraintList() *indexedList[constraint] {
	all := func() []constraint { return constraints(s.Tables, s.Objects) }
	if s.Lists == nil {
		return newIndexedList(all())
	}
	return s.Lists.constraints.get(all)
}

func (s *Source) makeIndexes() []index {
	var out []index
	byOID := map[uint32]*types.Table{}
	for _, t := range s.Tables {
		byOID[t.OID] = t
		if t.Key >= 0 && t.KeyName != "" {
			out = append(out, index{oid: ConstraintIndexOID(t, t.KeyName), ns: t.NS, name: t.KeyName, table: t, unique: true, primary: true,
				constraint: true, method: "btree", keys: []int16{int16(t.Key + 1)}, nkeys: 1})
		}
		for i := range t.Uniques {
			u := &t.Uniques[i]
			if u.Index {
				continue
			}
			x := index{oid: ConstraintIndexOID(t, u.Name), ns: t.NS, name: u.Name, table: t, unique: true, primary: u.Primary, constraint: true,
				method: "btree", nkeys: len(u.Cols), nullsSame: u.NullsSame, deferrable: u.Deferrable}
			for _, c := range u.Cols {
				x.keys = append(x.keys, int16(c+1))
			}
			out = append(out, x)
		}
	}
	for _, o := range s.Objects.Indexes {
		t := byOID[o.Table]
		if t == nil {
			continue
		}
		x := index{oid: o.OID, ns: o.NS, name: o.Name, table: t, unique: o.Unique, method: o.Method, nkeys: len(o.Keys), obj: o}
		for _, k := range o.Keys {
			x.keys = append(x.keys, attrOf(t, k.Col))
		}
		for i := range t.Uniques {
			x.nullsSame = x.nullsSame || o.Unique && t.Uniques[i].Name == o.Name && t.Uniques[i].NullsSame
		}
		for _, id := range o.Cover {
			x.keys = append(x.keys, attrOf(t, id))
		}
		out = append(out, x)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].oid < out[j].oid })
	return out
}

// key is key i as pg_get_indexdef writes it, without class and order.
func (x *index) key(s *Source, i int, pretty bool) string {
	if x.keys[i] > 0 {
		return quote(x.table.Columns[x.keys[i]-1].Name)
	}
	return s.Texts.Key(x.table, x.obj.Keys[i].Expr, pretty)
}

// exprs are the keys that are expressions, as indexprs shows them; nil for none.
func (x *index) exprs(s *Source) any {
	var list []string
	for i := range x.nkeys {
		if x.keys[i] == 0 {
			text := x.key(s, i, false)
			if strings.HasPrefix(text, "(") {
				text = text[1 : len(text)-1] // of an index definition
			}
			list = append(list, text)
		}
	}
	if list == nil {
		return nil
	}
	return strings.Join(list, ", ")
}

// def is CREATE INDEX as pg_get_indexdef writes it.
func (x *index) def(s *Source, pretty bool) string {
	var b strings.Builder
	b.WriteString("CREATE ")
	if x.unique {
		b.WriteString("UNIQUE ")
	}
	on := quote(s.schema(x.table.NS)) + "." + quote(x.table.Name)
	if pretty {
		on = s.Texts.Shown(x.table.NS, x.table.Name)
	}
	b.WriteString("INDEX " + quote(x.name) + " ON " + on + " USING " + x.method + " (")
	for i := 0; i < x.nkeys; i++ {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(x.key(s, i, pretty))
		if x.obj == nil {
			continue
		}
		k := &x.obj.Keys[i]
		if k.Class != "" {
			b.WriteString(" " + k.Class)
		}
		switch {
		case k.Desc && k.NullsFirst:
			b.WriteString(" DESC")
		case k.Desc:
			b.WriteString(" DESC NULLS LAST")
		case k.NullsFirst:
			b.WriteString(" NULLS FIRST")
		}
	}
	b.WriteString(")")
	if len(x.keys) > x.nkeys {
		b.WriteString(" INCLUDE (")
		for i := x.nkeys; i < len(x.keys); i++ {
			if i > x.nkeys {
				b.WriteString(", ")
			}
			b.WriteString(x.key(s, i, pretty))
		}
		b.WriteString(")")
	}
	if x.nullsSame {
		b.WriteString(" NULLS NOT DISTINCT")
	}
	if x.obj != nil && x.obj.Where != "" {
		b.WriteString(" WHERE " + s.Texts.Check(x.table, x.obj.Where, pretty))
	}
	return b.String()
}

// IndexPlace gives the schema and the name of an index, also of a key's; false
// for an OID of no index.
func IndexPlace(s *Source, oid uint32) (ns uint32, name string, ok bool) {
	x := s.indexOf(oid)
	if x == nil {
		return 0, "", false
	}
	return x.ns, x.name, true
}

// IndexPosition is the number of a column in an index; false where it is not in it.
func IndexPosition(s *Source, oid uint32, col int16) (int, bool) {
	for _, x := range s.indexes() {
		if x.oid == oid {
			at := slices.Index(x.keys, col)
			return at + 1, at >= 0
		}
	}
	return 0, false
}

// IndexDef is pg_get_indexdef, with col above 0 of one column of the index only;
// false for an OID of no index.
func IndexDef(s *Source, oid uint32, col int, pretty bool) (string, bool) {
	if def, ok := SystemDef(oid); ok {
		if col != 0 {
			def = systemColumns()[[2]int64{int64(oid), int64(col)}]
		}
		return def, true
	}
	x := s.indexOf(oid)
	switch {
	case x == nil:
		return "", false
	case col == 0:
		return x.def(s, pretty), true
	case col < 0 || col > len(x.keys):
		return "", true
	}
	return x.key(s, col-1, pretty), true
}

// constraint is a row of pg_constraint.
type constraint struct {
	oid   uint32
	name  string
	table *types.Table // nil for a domain's
	typ   *objects.Type
	kind  string // c, p, u
	index uint32
	cols  []int16
	def   string // of a key
	check string // the condition as stored
	// of a foreign key
	foreign    *types.ForeignKey
	parent     *types.Table
	refs       []int16 // columns that are referred to
	deferrable bool
	deferred   bool
	off        bool // the triggers of a deferrable key
}

// constraints lists the constraints of tables and domains.
func constraints(tables []*types.Table, o *objects.Set) []constraint {
	var out []constraint
	cols := func(t *types.Table, list []int) string {
		var names []string
		for _, c := range list {
			names = append(names, quote(t.Columns[c].Name))
		}
		return "(" + strings.Join(names, ", ") + ")"
	}
	for _, t := range tables {
		if t.Key >= 0 && t.KeyName != "" {
			oid := ConstraintIndexOID(t, t.KeyName)
			out = append(out, constraint{oid: keyConstraintOID(oid), name: t.KeyName, table: t, kind: "p", index: oid, cols: []int16{int16(t.Key + 1)},
				def: "PRIMARY KEY " + cols(t, []int{t.Key})})
		}
		for i := range t.Uniques {
			u := &t.Uniques[i]
			if u.Index {
				continue
			}
			index := ConstraintIndexOID(t, u.Name)
			k := constraint{oid: keyConstraintOID(index), index: index, name: u.Name, table: t, kind: "u", def: "UNIQUE ", deferrable: u.Deferrable, deferred: u.Deferred, off: u.Off}
			if u.NullsSame {
				k.def += "NULLS NOT DISTINCT "
			}
			if u.Primary {
				k.kind, k.def = "p", "PRIMARY KEY "
			}
			k.def += cols(t, u.Cols) + deferring(u.Deferrable, u.Deferred)
			for _, c := range u.Cols {
				k.cols = append(k.cols, int16(c+1))
			}
			out = append(out, k)
		}
		for i, c := range t.Checks {
			out = append(out, constraint{oid: checkOID(t, i), name: c.Name, table: t, kind: "c", check: c.Expr})
		}
	}
	out = append(out, foreignKeys(tables, o)...)
	for _, t := range o.Types {
		for i, c := range t.Checks {
			out = append(out, constraint{oid: keyIndexBit | 5<<27 | t.OID&0xfffff<<6 | uint32(i)&63, name: c.Name, typ: t, kind: "c",
				check: c.Expr})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].oid < out[j].oid })
	return out
}

// ConstraintDef is pg_get_constraintdef; false for an OID of no constraint.
func ConstraintDef(s *Source, oid uint32, pretty bool) (string, bool) {
	if def, ok := SystemDef(oid); ok {
		return def, true
	}
	k := s.constraintOf(oid)
	if k == nil {
		return "", false
	}
	return k.text(s, pretty), true
}

func (k *constraint) text(s *Source, pretty bool) string {
	switch {
	case k.foreign != nil:
		return k.foreignText(s)
	case k.check == "":
		return k.def
	case k.typ != nil:
		return "CHECK (" + s.Texts.DomainCheck(k.typ, k.check, pretty) + ")"
	}
	return "CHECK (" + s.Texts.Check(k.table, k.check, pretty) + ")"
}

// quote writes an identifier, quoted where it is no plain word.
func quote(v string) string { return types.QuoteIdent(v) }

// systemAttributes are the columns that every relation with rows of its own has
// (heap.c): name, type, length, number.
var systemAttributes = []struct {
	name     string
	typ      uint32
	len, num int
}{{"tableoid", 26, 4, -6}, {"cmax", 29, 4, -5}, {"xmax", 28, 4, -4}, {"cmin", 29, 4, -3}, {"xmin", 28, 4, -2}, {"ctid", 27, 6, -1}}

// sequenceColumns are those of every sequence.
var sequenceColumns = []types.Column{{Name: "last_value", Type: tInt8, NotNull: true}, {Name: "log_cnt", Type: tInt8, NotNull: true},
	{Name: "is_called", Type: tBool, NotNull: true}}

func persistence(ns uint32, unlogged bool) string {
	switch {
	case objects.IsTemp(ns):
		return "t"
	case unlogged:
		return "u"
	}
	return "p"
}

// classRows gives the relations in the order in which they were made, as clients
// that ask for no order find them in PostgreSQL, then the indexes by their tables.
func classRows(s *Source, give func(...any)) {
	var rows [][]any
	add := func(vals ...any) { rows = append(rows, vals) }
	indexed, keyed := map[uint32]bool{}, s.keyed()
	list := s.indexes()
	for _, x := range list {
		indexed[x.table.OID] = true
	}
	for _, t := range s.Tables {
		kind := "r"
		if t.Kind != "" {
			kind = "m"
		}
		add(t.OID, t.Name, SchemaOID(t.NS), RowTypeOID(t.OID), RelationOwner(s.Objects, t.OID), OIDHeap, t.OID, s.Pages(t), float64(s.Rows(t)), indexed[t.OID],
			false, persistence(t.NS, t.Unlogged), kind, len(t.Columns), len(t.Checks), kind == "m", keyed[t.OID], false, false)
	}
	for _, v := range s.views(false) {
		add(v.OID, v.Name, SchemaOID(v.NS), RowTypeOID(v.OID), RelationOwner(s.Objects, v.OID), 0, 0, 0, float64(0), false, false, persistence(v.NS, false), "v", len(v.Columns), 0,
			true, false, false, false)
	}
	for _, t := range s.userTypes() {
		if t.Kind == "c" {
			add(t.Rel, t.Name, SchemaOID(t.NS), t.OID, s.Objects.Owner(objects.ClassType, t.OID), 0, 0, 0, float64(-1), false, false, persistence(t.NS, false), "c",
				int(t.NextAttr)-1, 0, false, false, false, false)
		}
	}
	for _, q := range s.sequences() {
		add(q.OID, q.Name, SchemaOID(q.NS), 0, RelationOwner(s.Objects, q.OID), 0, q.OID, 1, float64(1), false, false, persistence(q.NS, false), "S", 3, 0,
			false, false, false, false)
	}
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[0].(uint32), b[0].(uint32)) })
	for _, r := range rows {
		give(r...)
	}
	for _, x := range list {
		give(x.oid, x.name, SchemaOID(x.ns), 0, RelationOwner(s.Objects, x.table.OID), methodOID(x.method), x.oid, 0, float64(s.Rows(x.table)), false,
			false, persistence(x.ns, x.table.Unlogged), "i", len(x.keys), 0, false, false, false, false)
	}
}

// attributeRows gives with each row the number under which the column's access
// list stands.
func attributeRows(s *Source, add func(id uint32, collation string, vals ...any)) {
	one := func(rel uint32, at int, c *types.Column) {
		id := c.ID
		if id == 0 {
			id = uint32(at)
		}
		oid := c.Type.OID()
		if d := c.Type.Domain(); d != nil {
			oid = d.OID
		}
		identity, generated := c.Identity, ""
		if c.Generated != "" {
			generated = "s"
		}
		add(id, c.Collation, rel, c.Name, oid, c.Type.Len(), at, c.Dims, c.Type.WireMod(), c.NotNull, c.Default != "" || c.Generated != "", identity, generated, false)
	}
	system := func(rel uint32) {
		for _, a := range systemAttributes {
			add(0, "", rel, a.name, a.typ, a.len, a.num, 0, -1, true, false, "", "", false)
		}
	}
	for _, t := range s.Tables {
		system(t.OID)
		for i := range t.Columns {
			one(t.OID, i+1, &t.Columns[i])
		}
	}
	for _, q := range s.sequences() {
		system(q.OID)
		for i := range sequenceColumns {
			one(q.OID, i+1, &sequenceColumns[i])
		}
	}
	for _, v := range s.views(false) {
		for i, c := range v.Columns {
			t, _ := s.Exts.Type(c.Type)
			one(v.OID, i+1, &types.Column{Name: c.Name, Type: t})
		}
	}
	for _, ct := range s.userTypes() {
		kept := map[uint32]bool{}
		for _, a := range ct.Attrs {
			kept[a.Num] = true
			t, _ := s.Exts.Type(a.Type)
			one(ct.Rel, int(a.Num), &types.Column{Name: a.Name, Type: t, Dims: a.Dims})
		}
		for num := uint32(1); num < ct.NextAttr; num++ {
			if !kept[num] { // what it was is forgotten but for its number
				name := fmt.Sprintf("........pg.dropped.%d........", num)
				add(num, "", ct.Rel, name, uint32(0), 0, int(num), 0, -1, false, false, "", "", true)
			}
		}
	}
	for _, x := range s.indexes() {
		for i, k := range x.keys {
			if k > 0 {
				c := &x.table.Columns[k-1]
				one(x.oid, i+1, &types.Column{Name: c.Name, Type: c.Type, Dims: c.Dims, Collation: c.Collation})
			}
		}
	}
}

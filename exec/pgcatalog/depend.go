package pgcatalog

import (
	"tagd/exec/objects"
	"tagd/sql/types"
)

// OIDs of the catalogs that classid and refclassid name.
const (
	classClass      = 1259
	classType       = 1247
	classNamespace  = 2615
	classConstraint = 2606
	classAttrdef    = 2604
	classRewrite    = 2618
	classTrigger    = 2620
	classExtension  = 3079
)

// ruleOID is the OID of the rule that makes a relation a view.
func ruleOID(view uint32) uint32 { return 3<<30 | view }

// RuleView is the relation whose rule ruleOID names.
func RuleView(rule uint32) uint32 { return rule &^ (3 << 30) }

func init() {
	register("pg_catalog", "pg_depend", []col{{"classid", tOid}, {"objid", tOid}, {"objsubid", tInt4}, {"refclassid", tOid},
		{"refobjid", tOid}, {"refobjsubid", tInt4}, {"deptype", tChar}}, func(s *Source, add func(...any)) {
		d := &depends{Source: s, add: add}
		for _, t := range s.Tables {
			d.table(t)
		}
		d.types()
		d.sequences()
		d.indexes()
		for _, k := range s.constraints() {
			d.constraint(&k)
		}
		d.triggers()
		for _, x := range s.Objects.Extensions {
			d.row(classExtension, x.OID, 0, classNamespace, SchemaOID(x.NS), 0, "n")
			for _, oid := range x.Members {
				d.row(classClass, oid, 0, classExtension, x.OID, 0, "e")
			}
		}
		for _, v := range s.Objects.Views {
			if s.seen(v.NS) {
				if !v.Mat { // a materialized one is among the tables
					d.rowType(v.OID)
				}
				d.view(v)
			}
		}
	})
	register("pg_catalog", "pg_rewrite", []col{{"oid", tOid}, {"rulename", tName}, {"ev_class", tOid}, {"ev_type", tChar}, {"ev_enabled", tChar},
		{"is_instead", tBool}, {"ev_qual", tText}, {"ev_action", tText}}, func(s *Source, add func(...any)) {
		for _, mat := range []bool{false, true} {
			for _, v := range s.views(mat) {
				add(ruleOID(v.OID), "_RETURN", v.OID, "1", "O", true, "<>", "<>")
			}
		}
	})
}

// depends makes the rows of pg_depend as PostgreSQL's creation of each kind of
// object records them.
type depends struct {
	*Source
	add func(...any)
}

func (d *depends) row(class, oid uint32, sub int, refClass, ref uint32, refSub int, kind string) {
	d.add(class, oid, sub, refClass, ref, refSub, kind)
}

// userType adds what uses a type that a user has made.
func (d *depends) userType(class, oid uint32, sub int, t types.Type) {
	if t.Ext == nil {
		return
	}
	ref := t.Ext.OID
	if t.Array && t.Domain() == nil {
		ref = t.OID()
	}
	d.row(class, oid, sub, classType, ref, 0, "n")
}

// rowType adds the type of a relation's rows, and the type of arrays of it.
func (d *depends) rowType(rel uint32) {
	d.row(classType, RowTypeOID(rel), 0, classClass, rel, 0, "i")
	d.row(classType, ArrayTypeOID(rel), 0, classType, RowTypeOID(rel), 0, "i")
}

func (d *depends) table(t *types.Table) {
	d.row(classClass, t.OID, 0, classNamespace, SchemaOID(t.NS), 0, "n")
	d.rowType(t.OID)
	for i := range t.Columns {
		c := &t.Columns[i]
		d.userType(classClass, t.OID, i+1, c.Type)
		switch def := defaultOID(t, i); {
		case c.Generated != "":
			d.row(classAttrdef, def, 0, classClass, t.OID, i+1, "i")
			for _, at := range d.Texts.Uses(t, c.Generated) {
				d.row(classAttrdef, def, 0, classClass, t.OID, int(at), "n")
			}
		case c.Default != "":
			d.row(classAttrdef, def, 0, classClass, t.OID, i+1, "a")
			for _, seq := range d.Texts.Sequences(c.Default) {
				d.row(classAttrdef, def, 0, classClass, seq, 0, "n")
			}
		}
	}
}

func (d *depends) types() {
	for _, t := range d.userTypes() {
		d.row(classType, t.OID, 0, classNamespace, SchemaOID(t.NS), 0, "n")
		array := t.ArrayOID
		if t.Kind == "d" {
			array = ArrayTypeOID(t.OID)
		}
		if array != 0 {
			d.row(classType, array, 0, classType, t.OID, 0, "i")
		}
		if t.Kind == "c" {
			d.row(classClass, t.Rel, 0, classType, t.OID, 0, "i")
		}
		for _, a := range t.Attrs {
			if at, ok := d.Exts.Type(a.Type); ok {
				d.userType(classClass, t.Rel, int(a.Num), at)
			}
		}
		if base, ok := d.Exts.Type(t.Base); ok && t.Kind == "d" {
			d.userType(classType, t.OID, 0, base)
		}
	}
}

func (d *depends) sequences() {
	for _, q := range d.Source.sequences() {
		d.row(classClass, q.OID, 0, classNamespace, SchemaOID(q.NS), 0, "n")
		if q.Table == 0 {
			continue
		}
		kind := "a"
		if q.Identity {
			kind = "i"
		}
		for _, t := range d.Tables {
			if t.OID == q.Table {
				d.row(classClass, q.OID, 0, classClass, t.OID, int(attrOf(t, q.Col)), kind)
			}
		}
	}
}

func (d *depends) indexes() {
	for _, x := range d.Source.indexes() {
		if x.constraint {
			d.row(classClass, x.oid, 0, classConstraint, keyConstraintOID(x.oid), 0, "i")
			continue
		}
		plain := false
		on := func(at int16) { d.row(classClass, x.oid, 0, classClass, x.table.OID, int(at), "a") }
		for _, k := range x.keys {
			if k > 0 {
				plain = true
				on(k)
			}
		}
		if !plain {
			on(0)
		}
		for i := range x.nkeys {
			if x.keys[i] == 0 {
				for _, at := range d.Texts.Uses(x.table, x.obj.Keys[i].Expr) {
					on(at)
				}
			}
		}
		if x.obj.Where != "" {
			for _, at := range d.Texts.Uses(x.table, x.obj.Where) {
				on(at)
			}
		}
	}
}

func (d *depends) constraint(k *constraint) {
	if k.typ != nil {
		d.row(classConstraint, k.oid, 0, classType, k.typ.OID, 0, "a")
		return
	}
	if k.foreign != nil {
		d.foreignKey(k)
		return
	}
	if k.check == "" {
		for _, at := range k.cols {
			d.row(classConstraint, k.oid, 0, classClass, k.table.OID, int(at), "a")
		}
		return
	}
	uses := d.Texts.Uses(k.table, k.check)
	for _, kind := range []string{"a", "n"} {
		for _, at := range uses {
			d.row(classConstraint, k.oid, 0, classClass, k.table.OID, int(at), kind)
		}
	}
	if len(uses) == 0 {
		d.row(classConstraint, k.oid, 0, classClass, k.table.OID, 0, "a")
	}
}

// view adds a view, whose rule depends on what its query names.
func (d *depends) view(v *objects.View) {
	rule := ruleOID(v.OID)
	if !v.Mat {
		d.row(classClass, v.OID, 0, classNamespace, SchemaOID(v.NS), 0, "n")
	}
	d.row(classRewrite, rule, 0, classClass, v.OID, 0, "i")
	d.row(classRewrite, rule, 0, classClass, v.OID, 0, "n")
	for i := range v.Columns {
		if t, ok := d.Exts.Type(v.Columns[i].Type); ok && !v.Mat {
			d.userType(classClass, v.OID, i+1, t)
		}
	}
	for i := range v.Refs {
		r := &v.Refs[i]
		switch {
		case r.OID == 0:
		case r.Type && len(r.Cols) > 0:
			for _, c := range r.Cols {
				if t := d.Objects.Types[r.OID]; t != nil {
					d.row(classRewrite, rule, 0, classClass, t.Rel, int(c.ID), "n")
				}
			}
		case r.Type:
			d.row(classRewrite, rule, 0, classType, r.OID, 0, "n")
		default:
			d.reference(rule, r)
		}
	}
}

// reference adds the columns that a rule reads of a relation, or the whole of it.
func (d *depends) reference(rule uint32, r *objects.Ref) {
	var table *types.Table
	for _, t := range d.Tables {
		if t.OID == r.OID {
			table = t
		}
	}
	any := false
	for _, c := range r.Cols {
		if !c.Used {
			continue
		}
		at := int(c.ID)
		if table != nil {
			at = int(attrOf(table, c.ID))
		}
		any = true
		d.row(classRewrite, rule, 0, classClass, r.OID, at, "n")
	}
	if !any {
		d.row(classRewrite, rule, 0, classClass, r.OID, 0, "n")
	}
}

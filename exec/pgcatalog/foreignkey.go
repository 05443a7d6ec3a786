package pgcatalog

import (
	"strconv"
	"strings"

	"tagd/exec/objects"
	"tagd/sql/types"
)

// foreignKeys lists the foreign keys as constraints.
func foreignKeys(tables []*types.Table, o *objects.Set) []constraint {
	var byOID map[uint32]*types.Table
	var out []constraint
	for _, t := range tables {
		if len(t.Refs) == 0 {
			continue
		}
		if byOID == nil {
			byOID = map[uint32]*types.Table{}
			for _, t := range tables {
				byOID[t.OID] = t
			}
		}
		for i := range t.Refs {
			f := &t.Refs[i]
			parent := byOID[f.Table]
			if parent == nil {
				continue
			}
			k := constraint{oid: f.OID, name: f.Name, table: t, kind: "f", foreign: f, parent: parent, cols: attrs(t, f.Cols),
				refs: attrs(parent, f.RefCols), deferrable: f.Deferrable, deferred: f.Deferred}
			k.index = keyIndexOID(parent, f.RefCols, o)
			out = append(out, k)
		}
	}
	return out
}

// attrs are the attribute numbers of columns by their IDs.
func attrs(t *types.Table, ids []uint32) []int16 {
	var out []int16
	for _, i := range t.Places(ids) {
		out = append(out, int16(i+1))
	}
	return out
}

// keyIndexOID is the OID of the unique index over columns, which a constraint or
// CREATE UNIQUE INDEX has made.
func keyIndexOID(t *types.Table, ids []uint32, o *objects.Set) uint32 {
	u, ok := t.KeyOver(t.Places(ids))
	switch {
	case !ok:
		return 0
	case u < 0:
		return ConstraintIndexOID(t, t.KeyName)
	case !t.Uniques[u].Index:
		return ConstraintIndexOID(t, t.Uniques[u].Name)
	}
	for _, x := range o.Indexes {
		if x.Table == t.OID && x.Name == t.Uniques[u].Name {
			return x.OID
		}
	}
	return 0
}

// foreignRow is the row of pg_constraint.
func (k *constraint) foreignRow(s *Source) []any {
	f := k.foreign
	match := "s"
	if f.Full {
		match = "f"
	}
	var pf, pp, ff oidList
	for i := range k.cols {
		ops, _ := KeyOperators(k.parent.Columns[k.refs[i]-1].Type, k.table.Columns[k.cols[i]-1].Type)
		pf, pp, ff = append(pf, ops.PF), append(pp, ops.PP), append(ff, ops.FF)
	}
	var set any
	if f.SetCols != nil {
		set = attrs(k.table, f.SetCols)
	}
	return []any{k.oid, k.name, SchemaOID(k.table.NS), "f", f.Deferrable, f.Deferred, !f.NotValid, k.table.OID, 0, k.index, 0, k.parent.OID, true, 0, true,
		k.cols, k.refs, f.OnUpdate, f.OnDelete, match, nil, pf, pp, ff, set}
}

// actionWords are the actions as pg_get_constraintdef writes them.
var actionWords = map[string]string{"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

// foreignText is FOREIGN KEY ... as pg_get_constraintdef writes it.
func (k *constraint) foreignText(s *Source) string {
	f := k.foreign
	list := func(t *types.Table, cols []int16) string {
		names := make([]string, len(cols))
		for i, c := range cols {
			names[i] = quote(t.Columns[c-1].Name)
		}
		return "(" + strings.Join(names, ", ") + ")"
	}
	text := "FOREIGN KEY " + list(k.table, k.cols) + " REFERENCES " + s.Texts.Shown(k.parent.NS, k.parent.Name) + list(k.parent, k.refs)
	if f.Full {
		text += " MATCH FULL"
	}
	if f.OnUpdate != "a" {
		text += " ON UPDATE " + actionWords[f.OnUpdate]
	}
	if f.OnDelete != "a" {
		text += " ON DELETE " + actionWords[f.OnDelete]
	}
	if f.SetCols != nil {
		text += " " + list(k.table, attrs(k.table, f.SetCols))
	}
	text += deferring(f.Deferrable, f.Deferred)
	if f.NotValid {
		text += " NOT VALID"
	}
	return text
}

// deferring are the words of a constraint that may wait for COMMIT.
func deferring(deferrable, deferred bool) string {
	switch {
	case deferred:
		return " DEFERRABLE INITIALLY DEFERRED"
	case deferrable:
		return " DEFERRABLE"
	}
	return ""
}

// keyed are the tables, by OID, that have triggers: those of foreign keys and of
// deferrable keys.
func (s *Source) keyed() map[uint32]bool {
	out := map[uint32]bool{}
	for _, t := range s.Tables {
		for i := range t.Refs {
			out[t.OID], out[t.Refs[i].Table] = true, true
		}
		for i := range t.Uniques {
			out[t.OID] = out[t.OID] || t.Uniques[i].Deferrable
		}
	}
	return out
}

// trigger is a row of pg_trigger.
type trigger struct {
	oid         uint32
	table, from *types.Table // from: the other table of a foreign key, nil for others
	name        string
	fn          uint32
	kind        int
	k           *constraint
	deferrable  bool
	deferred    bool
	off         bool
}

// Bits of tgtype: AFTER ... FOR EACH ROW of an event.
const trigInsert, trigDelete, trigUpdate = 1 | 4, 1 | 8, 1 | 16

// OIDs of the functions of the triggers (pg_proc.dat).
const riCheckIns, riCheckUpd, uniqueRecheck = 1644, 1645, 1250

// riDelete and riUpdate are the functions of the table that is referred to, by action.
var (
	riDelete = map[string]uint32{"a": 1654, "r": 1648, "c": 1646, "n": 1650, "d": 1652}
	riUpdate = map[string]uint32{"a": 1655, "r": 1649, "c": 1647, "n": 1651, "d": 1653}
)

// triggers lists what PostgreSQL makes for foreign keys, four for each, and for
// deferrable keys.
func (s *Source) triggers() []trigger {
	var out []trigger
	list := s.constraints()
	for i := range list {
		k := &list[i]
		switch {
		case k.foreign != nil:
			add := func(n uint32, on, from *types.Table, side string, kind int, fn uint32, waits, off bool) {
				oid := k.oid + n
				out = append(out, trigger{oid: oid, table: on, from: from, name: "RI_ConstraintTrigger_" + side + "_" + strconv.FormatUint(uint64(oid), 10),
					fn: fn, kind: kind, k: k, deferrable: k.deferrable && waits, deferred: k.deferred && waits, off: off})
			}
			f := k.foreign
			add(1, k.parent, k.table, "a", trigDelete, riDelete[f.OnDelete], f.OnDelete == "a", f.LostOff)
			add(2, k.parent, k.table, "a", trigUpdate, riUpdate[f.OnUpdate], f.OnUpdate == "a", f.LostOff)
			add(3, k.table, k.parent, "c", trigInsert, riCheckIns, true, f.GotOff)
			add(4, k.table, k.parent, "c", trigUpdate, riCheckUpd, true, f.GotOff)
		case k.deferrable:
			oid, name := k.oid|1<<27, "Unique_ConstraintTrigger_"
			if k.kind == "p" {
				name = "PK_ConstraintTrigger_"
			}
			out = append(out, trigger{oid: oid, table: k.table, name: name + strconv.FormatUint(uint64(oid), 10), fn: uniqueRecheck,
				kind: trigInsert | trigUpdate, k: k, deferrable: true, deferred: k.deferred, off: k.off})
		}
	}
	return out
}

func init() {
	register("pg_catalog", "pg_trigger", []col{{"oid", tOid}, {"tgrelid", tOid}, {"tgparentid", tOid}, {"tgname", tName}, {"tgfoid", tOid}, {"tgtype", tInt2},
		{"tgenabled", tChar}, {"tgisinternal", tBool}, {"tgconstrrelid", tOid}, {"tgconstrindid", tOid}, {"tgconstraint", tOid}, {"tgdeferrable", tBool},
		{"tginitdeferred", tBool}, {"tgnargs", tInt2}}, func(s *Source, add func(...any)) {
		for _, t := range s.triggers() {
			enabled, other := "O", uint32(0)
			if t.from != nil {
				other = t.from.OID
			}
			if t.off {
				enabled = "D"
			}
			add(t.oid, t.table.OID, 0, t.name, t.fn, t.kind, enabled, true, other, t.k.index, t.k.oid, t.deferrable, t.deferred, 0)
		}
	})
}

// foreignKey adds what a foreign key and its triggers depend on.
func (d *depends) foreignKey(k *constraint) {
	for _, at := range k.cols {
		d.row(classConstraint, k.oid, 0, classClass, k.table.OID, int(at), "a")
	}
	for _, at := range k.refs {
		d.row(classConstraint, k.oid, 0, classClass, k.parent.OID, int(at), "n")
	}
	d.row(classConstraint, k.oid, 0, classClass, k.index, 0, "n")
}

// triggers adds the triggers, which belong to their constraints.
func (d *depends) triggers() {
	for _, t := range d.Source.triggers() {
		d.row(classTrigger, t.oid, 0, classConstraint, t.k.oid, 0, "i")
	}
}

// DescribeConstraint names a constraint or a trigger of one as pg_describe_object
// does, after the function that names its table or domain; false for another OID.
func DescribeConstraint(s *Source, class, oid uint32, on func(class, oid uint32) string) (string, bool) {
	switch class {
	case classConstraint:
		k := s.constraintOf(oid)
		switch {
		case k == nil:
			return "", false
		case k.table == nil:
			return "constraint " + k.name, true
		}
		return "constraint " + k.name + " on " + on(classClass, k.table.OID), true
	case classTrigger:
		for _, t := range s.triggers() {
			if t.oid == oid {
				return "trigger " + quote(t.name) + " on " + on(classClass, t.table.OID), true
			}
		}
	case classClass:
		if x := s.indexOf(oid); x != nil && x.constraint {
			return "index " + s.Texts.Shown(x.ns, x.name), true
		}
	}
	return "", false
}

// FirstTrigger is the name of the first trigger of a table, "" if it has none.
func FirstTrigger(s *Source, table uint32) string {
	for _, t := range s.triggers() {
		if t.table.OID == table {
			return t.name
		}
	}
	return ""
}

// TriggerDef is pg_get_triggerdef; false for an OID of no trigger.
func TriggerDef(s *Source, oid uint32, pretty bool) (string, bool) {
	for _, t := range s.triggers() {
		if t.oid == oid {
			return t.def(s, pretty), true
		}
	}
	return "", false
}

func (t *trigger) def(s *Source, pretty bool) string {
	on := t.table
	name := quote(s.schema(on.NS)) + "." + quote(on.Name)
	if pretty {
		name = s.Texts.Shown(on.NS, on.Name)
	}
	var events []string
	for _, e := range []struct {
		bit  int
		word string
	}{{4, "INSERT"}, {8, "DELETE"}, {16, "UPDATE"}} {
		if t.kind&e.bit != 0 {
			events = append(events, e.word)
		}
	}
	text := "CREATE CONSTRAINT TRIGGER " + quote(t.name) + " AFTER " + strings.Join(events, " OR ") + " ON " + name + " "
	if t.from != nil {
		text += "FROM " + s.Texts.Shown(t.from.NS, t.from.Name) + " "
	}
	if !t.deferrable {
		text += "NOT "
	}
	text += "DEFERRABLE INITIALLY "
	if t.deferred {
		text += "DEFERRED"
	} else {
		text += "IMMEDIATE"
	}
	return text + " FOR EACH ROW EXECUTE FUNCTION " + quote(triggerFunctions[t.fn]) + "()"
}

// triggerFunctions are the names of the functions of triggers.
var triggerFunctions = map[uint32]string{riCheckIns: "RI_FKey_check_ins", riCheckUpd: "RI_FKey_check_upd", uniqueRecheck: "unique_key_recheck",
	1654: "RI_FKey_noaction_del", 1648: "RI_FKey_restrict_del", 1646: "RI_FKey_cascade_del", 1650: "RI_FKey_setnull_del", 1652: "RI_FKey_setdefault_del",
	1655: "RI_FKey_noaction_upd", 1649: "RI_FKey_restrict_upd", 1647: "RI_FKey_cascade_upd", 1651: "RI_FKey_setnull_upd", 1653: "RI_FKey_setdefault_upd"}

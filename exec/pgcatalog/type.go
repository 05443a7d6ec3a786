package pgcatalog

import (
	"tagd/exec/objects"
)

// Functions of pg_proc that types of users have.
const (
	fnEnumIn, fnEnumOut, fnEnumRecv, fnEnumSend         = 3506, 3507, 3532, 3533
	fnArrayIn, fnArrayOut, fnArrayRecv, fnArraySend     = 750, 751, 2400, 2401
	fnDomainIn, fnDomainRecv                            = 2597, 2598
	fnRecordIn, fnRecordOut, fnRecordRecv, fnRecordSend = 2290, 2291, 2402, 2403
	fnArrayAnalyze, fnArraySubscript                    = 3816, 6179
)

func init() {
	register("pg_catalog", "pg_type", []col{{"oid", tOid}, {"typname", tName}, {"typnamespace", tOid}, {"typowner", tOid},
		{"typlen", tInt2}, {"typbyval", tBool}, {"typtype", tChar}, {"typcategory", tChar}, {"typisdefined", tBool}, {"typdelim", tChar},
		{"typrelid", tOid}, {"typsubscript", tOid}, {"typelem", tOid}, {"typarray", tOid}, {"typinput", tOid}, {"typoutput", tOid}, {"typreceive", tOid},
		{"typsend", tOid}, {"typanalyze", tOid}, {"typalign", tChar}, {"typstorage", tChar}, {"typnotnull", tBool}, {"typbasetype", tOid},
		{"typtypmod", tInt4}, {"typcollation", tOid}, {"typdefaultbin", tText}, {"typdefault", tText}, {"typacl", tAcl}}, typeRows)
}

func typeRows(s *Source, add func(...any)) {
	for _, t := range s.userTypes() {
		align, owner, array, collation := "i", s.Objects.Owner(objects.ClassType, t.OID), t.ArrayOID, any(0)
		if t.Kind == "c" {
			rowType(&t.Head, t.Rel, array, owner, s.storedACL(objects.ClassType, t.OID, ""), add)
			continue
		}
		if t.Kind == "d" {
			array = ArrayTypeOID(t.OID)
			align = s.domainRow(t, add)
			collation = s.stored(t.OID)[3]
		} else {
			add(t.OID, t.Name, SchemaOID(t.NS), owner, 4, true, t.Kind, "E", true, ",", 0, 0, 0, t.ArrayOID, fnEnumIn, fnEnumOut, fnEnumRecv,
				fnEnumSend, 0, align, "p", false, 0, -1, 0, nil, nil, s.storedACL(objects.ClassType, t.OID, ""))
		}
		arrayRow(&objects.Head{OID: t.OID, NS: t.NS, Name: t.Name}, array, owner, align, collation, add)
	}
	for _, t := range s.Tables {
		relationType(s, &objects.Head{OID: t.OID, NS: t.NS, Name: t.Name}, add)
	}
	for _, v := range s.views(false) {
		relationType(s, &v.Head, add)
	}
}

// relationType adds the type of the rows of a table or view.
func relationType(s *Source, rel *objects.Head, add func(...any)) {
	h := &objects.Head{OID: RowTypeOID(rel.OID), NS: rel.NS, Name: rel.Name}
	rowType(h, rel.OID, ArrayTypeOID(h.OID), RelationOwner(s.Objects, rel.OID), nil, add)
}

// rowType adds a composite type and its array.
func rowType(h *objects.Head, rel, array, owner uint32, acl any, add func(...any)) {
	add(h.OID, h.Name, SchemaOID(h.NS), owner, -1, false, "c", "C", true, ",", rel, 0, 0, array, fnRecordIn, fnRecordOut, fnRecordRecv,
		fnRecordSend, 0, "d", "x", false, 0, -1, 0, nil, nil, acl)
	arrayRow(h, array, owner, "d", 0, add)
}

// arrayRow adds the array type of a type whose values are aligned as align says and
// have a collation, 0 for none.
func arrayRow(elem *objects.Head, oid, owner uint32, align string, collation any, add func(...any)) {
	if align != "d" {
		align = "i"
	}
	add(oid, "_"+elem.Name, SchemaOID(elem.NS), owner, -1, false, "b", "A", true, ",", 0, fnArraySubscript, elem.OID, 0, fnArrayIn, fnArrayOut,
		fnArrayRecv, fnArraySend, fnArrayAnalyze, align, "x", false, 0, -1, collation, nil, nil, nil)
}

// domainRow adds a domain, which takes over most of its base type, and returns
// its alignment.
func (s *Source) domainRow(t *objects.Type, add func(...any)) string {
	b, _ := s.Exts.Type(t.Base)
	base, mod := b.OID(), b.WireMod()
	if d := b.Domain(); d != nil {
		base, mod = d.OID, -1
	}
	l := builtinTypes()
	i, ok := l.at[b.OID()]
	get := func(col string) any {
		switch {
		case !ok && col == "typcategory":
			return "E"
		case !ok && col == "typalign":
			return "i"
		case !ok && col == "typstorage":
			return "p"
		case !ok && col == "typdelim":
			return ","
		case !ok && col == "typlen":
			return 4
		case !ok:
			return 0
		}
		d := l.get(i, col)
		if d.S != "" {
			return d.S
		}
		return d.I
	}
	var dflt any
	if t.Default != "" {
		dflt = s.Texts.DomainDefault(t)
	}
	align, _ := get("typalign").(string)
	owner := s.Objects.Owner(objects.ClassType, t.OID)
	add(t.OID, t.Name, SchemaOID(t.NS), owner, get("typlen"), get("typbyval"), "d", get("typcategory"), true, get("typdelim"), 0, 0, 0, ArrayTypeOID(t.OID),
		fnDomainIn, get("typoutput"), fnDomainRecv, get("typsend"), 0, align, get("typstorage"), t.NotNull, base, mod, get("typcollation"), dflt, dflt,
		s.storedACL(objects.ClassType, t.OID, ""))
	return align
}

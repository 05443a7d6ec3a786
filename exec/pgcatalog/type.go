package pgcatalog

import (
	"tagd/exec/objects"
)

// Functions of pg_proc that types of users have.
const (
	fnEnumIn, fnEnumOut, fnEnumRecv, fnEnumSend     = 3506, 3507, 3532, 3533
	fnArrayIn, fnArrayOut, fnArrayRecv, fnArraySend = 750, 751, 2400, 2401
	fnDomainIn, fnDomainRecv                        = 2597, 2598
	fnArrayAnalyze, fnArraySubscript                = 3816, 6179
)

func init() {
	register("pg_catalog", "pg_type", []col{{"oid", tOid}, {"typname", tName}, {"typnamespace", tOid}, {"typowner", tOid},
		{"typlen", tInt2}, {"typbyval", tBool}, {"typtype", tChar}, {"typcategory", tChar}, {"typisdefined", tBool}, {"typdelim", tChar},
		{"typsubscript", tOid}, {"typelem", tOid}, {"typarray", tOid}, {"typinput", tOid}, {"typoutput", tOid}, {"typreceive", tOid},
		{"typsend", tOid}, {"typanalyze", tOid}, {"typalign", tChar}, {"typstorage", tChar}, {"typnotnull", tBool}, {"typbasetype", tOid},
		{"typtypmod", tInt4}, {"typcollation", tOid}, {"typdefaultbin", tText}, {"typdefault", tText}, {"typacl", tAcl}}, typeRows)
}

func typeRows(s *Source, add func(...any)) {
	for _, t := range s.userTypes() {
		align, owner := "i", s.Objects.Owner(objects.ClassType, t.OID)
		if t.Kind == "d" {
			align = s.domainRow(t, add)
		} else {
			add(t.OID, t.Name, SchemaOID(t.NS), owner, 4, true, t.Kind, "E", true, ",", 0, 0, t.ArrayOID, fnEnumIn, fnEnumOut, fnEnumRecv,
				fnEnumSend, 0, align, "p", false, 0, -1, 0, nil, nil, s.storedACL(objects.ClassType, t.OID, ""))
		}
		if t.ArrayOID == 0 {
			continue
		}
		if align != "d" {
			align = "i"
		}
		add(t.ArrayOID, "_"+t.Name, SchemaOID(t.NS), owner, -1, false, "b", "A", true, ",", fnArraySubscript, t.OID, 0, fnArrayIn, fnArrayOut,
			fnArrayRecv, fnArraySend, fnArrayAnalyze, align, "x", false, 0, -1, 0, nil, nil, nil)
	}
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
	add(t.OID, t.Name, SchemaOID(t.NS), owner, get("typlen"), get("typbyval"), "d", get("typcategory"), true, get("typdelim"), 0, 0, t.ArrayOID,
		fnDomainIn, get("typoutput"), fnDomainRecv, get("typsend"), 0, align, get("typstorage"), t.NotNull, base, mod, get("typcollation"), dflt, dflt,
		s.storedACL(objects.ClassType, t.OID, ""))
	return align
}

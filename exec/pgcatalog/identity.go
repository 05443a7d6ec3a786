package pgcatalog

// Identity is how pg_identify_object names an object: its kind and, where it has
// them, schema and name, "" for none, and the text that tells it from all others.
type Identity struct{ Kind, Schema, Name, Whole string }

// Identify names what has neither a row in pg_class nor a type of its own:
// constraints, defaults, rules and triggers; on names the relation or the domain that
// they belong to.
func Identify(s *Source, class, oid uint32, on func(class, oid uint32) Identity) Identity {
	switch class {
	case classConstraint:
		k := s.constraintOf(oid)
		switch {
		case k == nil:
		case k.table == nil:
			owner := on(classType, k.typ.OID)
			return Identity{Kind: "domain constraint", Schema: owner.Schema, Whole: quote(k.name) + " on " + owner.Whole}
		default:
			owner := on(classClass, k.table.OID)
			return Identity{Kind: "table constraint", Schema: owner.Schema, Whole: quote(k.name) + " on " + owner.Whole}
		}
	case classAttrdef:
		for _, t := range s.Tables {
			for i := range t.Columns {
				if c := &t.Columns[i]; (c.Default != "" || c.Generated != "") && defaultOID(t, i) == oid {
					return Identity{Kind: "default value", Whole: "for " + on(classClass, t.OID).Whole + "." + quote(c.Name)}
				}
			}
		}
	case classRewrite:
		if owner := on(classClass, RuleView(oid)); owner.Whole != "" {
			return Identity{Kind: "rule", Whole: `"_RETURN" on ` + owner.Whole}
		}
	case classTrigger:
		for _, t := range s.triggers() {
			if t.oid == oid {
				return Identity{Kind: "trigger", Whole: quote(t.name) + " on " + on(classClass, t.table.OID).Whole}
			}
		}
	}
	return Identity{}
}

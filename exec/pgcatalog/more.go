package pgcatalog

import (
	"tagd/exec/objects"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// tVec2 is the type of conkey.
var tVec2 = types.Of(types.Int2).ArrayOf()

// tOids is the type of conpfeqop.
var tOids = types.Of(types.Oid).ArrayOf()

func init() {
	register("pg_catalog", "pg_index", []col{{"indexrelid", tOid}, {"indrelid", tOid}, {"indnatts", tInt2}, {"indnkeyatts", tInt2},
		{"indisunique", tBool}, {"indnullsnotdistinct", tBool}, {"indisprimary", tBool}, {"indisexclusion", tBool}, {"indimmediate", tBool},
		{"indisclustered", tBool}, {"indisvalid", tBool}, {"indcheckxmin", tBool}, {"indisready", tBool}, {"indislive", tBool},
		{"indisreplident", tBool}, {"indkey", types.Int2Vector}, {"indexprs", tText}, {"indpred", tText},
		{"indcollation", types.OidVector}, {"indclass", types.OidVector}, {"indoption", types.Int2Vector}},
		func(s *Source, add func(...any)) {
			for _, x := range s.indexes() {
				var pred any
				if x.obj != nil && x.obj.Where != "" {
					pred = s.Texts.Check(x.table, x.obj.Where, false)
				}
				collations, classes, options := x.keyVectors()
				add(x.oid, x.table.OID, len(x.keys), x.nkeys, x.unique, x.nullsSame, x.primary, false, !x.deferrable, false, true, false, true, true,
					false, vector(x.keys), x.exprs(s), pred, collations, classes, options)
			}
		})
	register("pg_catalog", "pg_constraint", []col{{"oid", tOid}, {"conname", tName}, {"connamespace", tOid}, {"contype", tChar}, {"condeferrable", tBool},
		{"condeferred", tBool}, {"convalidated", tBool}, {"conrelid", tOid}, {"contypid", tOid}, {"conindid", tOid}, {"conparentid", tOid},
		{"confrelid", tOid}, {"conislocal", tBool}, {"coninhcount", tInt4}, {"connoinherit", tBool}, {"conkey", tVec2}, {"confkey", tVec2},
		{"confupdtype", tChar}, {"confdeltype", tChar}, {"confmatchtype", tChar}, {"conbin", tText},
		{"conpfeqop", tOids}, {"conppeqop", tOids}, {"conffeqop", tOids}, {"confdelsetcols", tVec2}},
		func(s *Source, add func(...any)) {
			for _, k := range s.constraints() {
				if k.foreign != nil {
					add(k.foreignRow(s)...)
					continue
				}
				rel, typ, ns := uint32(0), uint32(0), uint32(0)
				if k.table != nil {
					rel, ns = k.table.OID, k.table.NS
				} else {
					typ, ns = k.typ.OID, k.typ.NS
				}
				var cols, bin any
				switch {
				case k.kind == "c" && k.table != nil:
					bin = s.Texts.Check(k.table, k.check, false)
					if list := s.Texts.Uses(k.table, k.check); len(list) > 0 {
						cols = list
					}
				case k.kind == "c":
					bin = s.Texts.DomainCheck(k.typ, k.check, false)
				case k.cols != nil:
					cols = k.cols
				}
				add(k.oid, k.name, SchemaOID(ns), k.kind, k.deferrable, k.deferred, true, rel, typ, k.index, 0, 0, true, 0, k.kind != "c", cols, nil, " ", " ", " ", bin, nil, nil, nil, nil)
			}
		})
	register("pg_catalog", "pg_extension", []col{{"oid", tOid}, {"extname", tName}, {"extowner", tOid}, {"extnamespace", tOid}, {"extrelocatable", tBool},
		{"extversion", tText}}, func(s *Source, add func(...any)) {
		for _, x := range s.Objects.Extensions {
			add(x.OID, x.Name, x.Owner, SchemaOID(x.NS), true, x.Version)
		}
	})
	register("pg_catalog", "pg_attrdef", []col{{"oid", tOid}, {"adrelid", tOid}, {"adnum", tInt2}, {"adbin", tText}},
		func(s *Source, add func(...any)) {
			for _, t := range s.Tables {
				for i := range t.Columns {
					if c := &t.Columns[i]; c.Default != "" || c.Generated != "" {
						add(defaultOID(t, i), t.OID, i+1, s.Texts.Default(t, c))
					}
				}
			}
		})
	register("pg_catalog", "pg_enum", []col{{"oid", tOid}, {"enumtypid", tOid}, {"enumsortorder", tReal}, {"enumlabel", tName}},
		func(s *Source, add func(...any)) {
			for _, t := range s.userTypes() {
				for i, l := range t.Labels {
					add(labelOID(t, i), t.OID, float64(l.Value)/objects.LabelGap, l.Name)
				}
			}
		})
	register("pg_catalog", "pg_sequence", []col{{"seqrelid", tOid}, {"seqtypid", tOid}, {"seqstart", tInt8}, {"seqincrement", tInt8}, {"seqmax", tInt8},
		{"seqmin", tInt8}, {"seqcache", tInt8}, {"seqcycle", tBool}},
		func(s *Source, add func(...any)) {
			for _, q := range s.sequences() {
				k, _ := types.TypeNamed(q.Type)
				add(q.OID, types.Of(k).OID(), q.Start, q.Inc, q.Max, q.Min, q.Cache, q.Cycle)
			}
		})
	register("pg_catalog", "pg_sequences", []col{{"schemaname", tName}, {"sequencename", tName}, {"sequenceowner", tName}, {"data_type", types.Of(types.RegType)},
		{"start_value", tInt8}, {"min_value", tInt8}, {"max_value", tInt8}, {"increment_by", tInt8}, {"cycle", tBool}, {"cache_size", tInt8}, {"last_value", tInt8}},
		func(s *Source, add func(...any)) {
			for _, q := range s.sequences() {
				var last any
				if v, ok := s.Count(q); ok {
					last = v
				}
				k, _ := types.TypeNamed(q.Type)
				add(s.schema(q.NS), q.Name, s.ownerName(q.OID), types.Of(k).OID(), q.Start, q.Min, q.Max, q.Inc, q.Cycle, q.Cache, last)
			}
		})
}

// Builtin returns the built-in rows of a relation of pg_catalog and the places
// of its columns; shared and read-only.
func Builtin(name string) (cols map[string]int, rows *vec.Batch) {
	sh := shapes()["pg_catalog."+name]
	return sh.at, sh.rows()
}

// TypeCategory is pg_type.typcategory of a built-in type, 'X' for none.
func TypeCategory(oid uint32) byte {
	l := builtinTypes()
	i, ok := l.at[oid]
	if !ok {
		return 'X'
	}
	return l.get(i, "typcategory").S[0]
}

// ExtensionOID is the OID of an extension, false for none.
func ExtensionOID(name string) (uint32, bool) {
	cols, rows := Builtin("pg_extension")
	for i := range rows.N {
		if rows.Cols[cols["extname"]].Get(i).S == name {
			return uint32(rows.Cols[cols["oid"]].Get(i).I), true
		}
	}
	return 0, false
}

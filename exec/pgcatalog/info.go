package pgcatalog

import (
	"strconv"

	"tagd/exec/objects"
	"tagd/sql/types"
)

func init() {
	register("information_schema", "schemata", []col{{"catalog_name", tName}, {"schema_name", tName}, {"schema_owner", tName}},
		func(s *Source, add func(...any)) {
			for _, n := range s.schemas() {
				if ns := SchemaKey(objects.ClassSchema, n.oid); s.seesSchema(ns) {
					add(s.DB, n.name, s.Roles.Name(SchemaOwner(s.Objects, ns)))
				}
			}
		})
	register("information_schema", "tables", []col{{"table_catalog", tName}, {"table_schema", tName}, {"table_name", tName},
		{"table_type", tVar}, {"is_insertable_into", tVar}, {"is_typed", tVar}},
		func(s *Source, add func(...any)) {
			for _, r := range names() {
				add(s.DB, r.schema, r.name, "VIEW", "NO", "NO")
			}
			for _, t := range s.Tables {
				switch {
				case !s.sees(t.OID):
				case t.Kind != "": // materialized views are not SQL's
				case objects.IsTemp(t.NS):
					add(s.DB, s.schema(t.NS), t.Name, "LOCAL TEMPORARY", "YES", "NO")
				default:
					add(s.DB, s.schema(t.NS), t.Name, "BASE TABLE", "YES", "NO")
				}
			}
			for _, v := range s.views(false) {
				if s.sees(v.OID) {
					add(s.DB, s.schema(v.NS), v.Name, "VIEW", "NO", "NO")
				}
			}
		})
	register("information_schema", "views", []col{{"table_catalog", tName}, {"table_schema", tName}, {"table_name", tName}, {"view_definition", tVar},
		{"check_option", tVar}, {"is_updatable", tVar}, {"is_insertable_into", tVar}},
		func(s *Source, add func(...any)) {
			for _, v := range s.views(false) {
				if !s.sees(v.OID) {
					continue
				}
				var text any // which the owner alone may read
				if s.enabled(RelationOwner(s.Objects, v.OID)) {
					text = s.Texts.View(v)
				}
				add(s.DB, s.schema(v.NS), v.Name, text, "NONE", "NO", "NO")
			}
		})
	register("information_schema", "sequences", []col{{"sequence_catalog", tName}, {"sequence_schema", tName}, {"sequence_name", tName}, {"data_type", tVar},
		{"numeric_precision", tInt4}, {"numeric_precision_radix", tInt4}, {"numeric_scale", tInt4}, {"start_value", tVar}, {"minimum_value", tVar},
		{"maximum_value", tVar}, {"increment", tVar}, {"cycle_option", tVar}}, infoSequences)
	register("information_schema", "columns", []col{{"table_catalog", tName}, {"table_schema", tName}, {"table_name", tName},
		{"column_name", tName}, {"ordinal_position", tInt4}, {"column_default", tVar}, {"is_nullable", tVar}, {"data_type", tVar},
		{"character_maximum_length", tInt4}, {"numeric_precision", tInt4}, {"numeric_scale", tInt4}, {"datetime_precision", tInt4},
		{"udt_schema", tName}, {"udt_name", tName}, {"domain_schema", tName}, {"domain_name", tName}, {"is_identity", tVar},
		{"identity_generation", tVar}, {"is_generated", tVar}, {"generation_expression", tVar}, {"is_updatable", tVar}},
		columnRows)
}

func columnRows(s *Source, add func(...any)) {
	one := func(in *types.Table, schema, table string, at int, c *types.Column, updatable string) {
		nullable, dflt := "YES", any(nil)
		if c.NotNull {
			nullable = "NO"
		}
		if c.Default != "" {
			dflt = s.Texts.Default(in, c)
		}
		t := c.Type
		var domSchema, dom any
		if d := t.Domain(); d != nil {
			t = t.WithoutDomain()
			if o := s.Objects.Types[d.OID]; o != nil {
				domSchema, dom = s.schema(o.NS), o.Name
			}
		}
		var maxLen, prec, scale, timePrec any
		if !t.Array {
			maxLen, prec, scale, timePrec = precisions(t)
		}
		data, udt := t.Base().String(), "pg_catalog"
		if t.Kind == types.Enum && t.Ext != nil {
			data = "USER-DEFINED"
			if o := s.Objects.Types[t.Ext.OID]; o != nil {
				udt = s.schema(o.NS)
			}
		}
		if t.Array {
			data = "ARRAY"
		}
		identity, generation := "NO", any(nil)
		switch c.Identity {
		case "a":
			identity, generation = "YES", "ALWAYS"
		case "d":
			identity, generation = "YES", "BY DEFAULT"
		}
		generated, expr := "NEVER", any(nil)
		if c.Generated != "" {
			generated, expr = "ALWAYS", s.Texts.Default(in, c)
		}
		add(s.DB, schema, table, c.Name, at, dflt, nullable, data, maxLen, prec, scale, timePrec, udt, t.PGName(), domSchema, dom,
			identity, generation, generated, expr, updatable)
	}
	for _, r := range names() {
		for i, c := range r.cols {
			one(nil, r.schema, r.name, i+1, &types.Column{Name: c.name, Type: c.t}, "NO")
		}
	}
	for _, t := range s.Tables {
		for i := range t.Columns {
			if t.Kind == "" && s.seesColumn(t.OID, t.Columns[i].ID) {
				one(t, s.schema(t.NS), t.Name, i+1, &t.Columns[i], "YES")
			}
		}
	}
	for _, v := range s.views(false) {
		for i, c := range v.Columns {
			if !s.seesColumn(v.OID, uint32(i+1)) {
				continue
			}
			t, _ := s.Exts.Type(c.Type)
			one(nil, s.schema(v.NS), v.Name, i+1, &types.Column{Name: c.Name, Type: t}, "NO")
		}
	}
}

func infoSequences(s *Source, add func(...any)) {
	bits := map[string]int{"smallint": 16, "integer": 32, "bigint": 64}
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	for _, q := range s.sequences() {
		if q.Identity || !s.sees(q.OID) {
			continue
		}
		cycle := "NO"
		if q.Cycle {
			cycle = "YES"
		}
		add(s.DB, s.schema(q.NS), q.Name, q.Type, bits[q.Type], 2, 0, n(q.Start), n(q.Min), n(q.Max), n(q.Inc), cycle)
	}
}

// precisions are what information_schema says of a scalar type.
func precisions(t types.Type) (maxLen, prec, scale, timePrec any) {
	switch t.Kind {
	case types.Int2:
		return nil, 16, 0, nil
	case types.Int4:
		return nil, 32, 0, nil
	case types.Int8:
		return nil, 64, 0, nil
	case types.Float4:
		return nil, 24, nil, nil
	case types.Float8:
		return nil, 53, nil, nil
	case types.Numeric:
		if p, sc, ok := t.Precision(); ok {
			return nil, p, sc, nil
		}
	case types.Varchar, types.BPChar:
		if n := t.MaxLen(); n > 0 {
			return n, nil, nil, nil
		}
	case types.Bit, types.VarBit:
		if t.Mod > 0 {
			return int(t.Mod), nil, nil, nil
		}
	case types.Date:
		return nil, nil, nil, 0
	case types.Time, types.TimeTZ, types.Timestamp, types.TimestampTZ, types.Interval:
		if p := t.SubSecond(); p >= 0 {
			return nil, nil, nil, p
		}
		return nil, nil, nil, 6
	}
	return nil, nil, nil, nil
}

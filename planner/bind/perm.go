package bind

import (
	"slices"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// need notes what the statement does to a relation's rows.
func (b *binder) need(p plan.Perm, access plan.Access) *plan.Perm {
	for _, o := range b.perms {
		if o.OID == p.OID && o.As == b.as && o.Schema == p.Schema && o.Name == p.Name {
			o.Need |= access
			return o
		}
	}
	p.As, p.Need = b.as, access
	b.perms = append(b.perms, &p)
	return &p
}

// needTable is need for a stored table.
func (b *binder) needTable(t *types.Table, access plan.Access) *plan.Perm {
	return b.need(plan.Perm{OID: t.OID, Table: t}, access)
}

// reads notes that a column's values are read.
func (b *binder) reads(f *plan.Field) {
	if b.own > 0 || f.TableOID == 0 {
		return
	}
	for _, p := range b.perms {
		if p.OID == f.TableOID && p.As == b.as {
			p.Need |= plan.SelectRows
			p.Select = with(p.Select, f.Attr)
		}
	}
}

func with(m map[int16]bool, attr int16) map[int16]bool {
	if m == nil {
		m = map[int16]bool{}
	}
	m[attr] = true
	return m
}

// needColumns notes columns by position that are given values.
func needColumns(m *map[int16]bool, cols []int) {
	for _, c := range cols {
		*m = with(*m, int16(c+1))
	}
}

// mayLook refuses names of a schema that the session may not use.
func (b *binder) mayLook(n ast.Name) error {
	if n.Schema == "" {
		return nil
	}
	if err := b.cat.Denied(n.Schema); err != nil {
		return sqlerr.From(err).AtIfNone(n.Pos())
	}
	return nil
}

// calling notes a call of a function, whose types of arguments are known; nil: any.
func (b *binder) calling(name string, args []types.Type) {
	use := plan.FuncUse{Name: name, Any: args == nil}
	for _, t := range args {
		use.Args = append(use.Args, t.OID())
	}
	for _, o := range b.calls {
		if o.Name == name && o.Any == use.Any && slices.Equal(o.Args, use.Args) {
			return
		}
	}
	b.calls = append(b.calls, use)
}

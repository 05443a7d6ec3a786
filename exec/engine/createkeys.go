package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// newSequence is a sequence that a new column owns.
type newSequence struct {
	col int // its position
	q   *objects.Sequence
}

// serialType returns the integer type behind serial and its kin, "" for other
// types.
func serialType(d *ast.ColumnDef) (string, error) {
	if d.Type.Schema != "" && d.Type.Schema != "pg_catalog" {
		return "", nil
	}
	t := map[string]string{"serial": "int4", "serial4": "int4", "bigserial": "int8", "serial8": "int8", "smallserial": "int2", "serial2": "int2"}[d.Type.Name]
	if t != "" && d.Type.Dims > 0 {
		return "", sqlerr.At(d.Type.Pos(), pgerrcode.FeatureNotSupported, "array of serial is not implemented")
	}
	return t, nil
}

// serial gives a column its sequence and the default that counts with it.
func (c *creator) serial(i int, typ string) error {
	q, err := c.sequence(i, typ, nil)
	if err != nil {
		return err
	}
	col := &c.def.Columns[i]
	col.NotNull = true
	col.Default = "nextval('" + itoa(int(q.OID)) + "'::regclass)"
	return nil
}

// sequence makes the sequence that column i owns.
func (c *creator) sequence(i int, typ string, opts []ast.SeqOption) (*objects.Sequence, error) {
	q := &objects.Sequence{Head: objects.Head{OID: c.e.w.NewOID(), NS: c.def.NS}, Gen: newGen()}
	var rest []ast.SeqOption
	for _, o := range opts {
		switch o.Name {
		case "sequence_name":
			q.Name = o.Owner[len(o.Owner)-1]
		case "as", "owned_by":
			return nil, sqlerr.At(o.Pos(), pgerrcode.SyntaxError, "conflicting or redundant options")
		default:
			rest = append(rest, o)
		}
	}
	if q.Name == "" {
		q.Name = c.e.freeName(c.def.NS, c.def.Name, c.def.Columns[i].Name, "seq", c.names)
	} else if c.e.c.taken(q.NS, q.Name) {
		return nil, sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, q.Name)
	}
	kind := map[string]string{"smallint": "int2", "integer": "int4", "bigint": "int8"}[typ]
	rest = append(rest, ast.SeqOption{At: -1, Name: "as", Type: ast.TypeName{At: -1, Name: kind}})
	if err := c.e.sequenceOptions(q, rest, true); err != nil {
		return nil, err
	}
	c.names[q.Name] = true
	c.seqs = append(c.seqs, newSequence{i, q})
	return q, nil
}

// oneValue refuses a second source of a column's value.
func (c *creator) oneValue(k *ast.Constraint, i int) error {
	col := &c.def.Columns[i]
	isGen := false
	for _, g := range c.genCol {
		isGen = isGen || g == i
	}
	pos := k.Pos()
	for _, s := range c.seqs {
		if s.col == i && col.Identity == "" {
			pos = -1 // the default of serial stands nowhere
		}
	}
	bad := func(what string) error {
		return sqlerr.At(pos, pgerrcode.SyntaxError, what+` for column "%s" of table "%s"`, col.Name, c.def.Name)
	}
	has := map[ast.ConstraintKind]bool{ast.DefaultValue: col.Default != "", ast.Identity: col.Identity != "", ast.Generated: isGen}
	switch {
	case k.Kind == ast.DefaultValue && has[ast.DefaultValue]:
		return bad("multiple default values specified")
	case k.Kind == ast.Identity && has[ast.Identity]:
		return bad("multiple identity specifications")
	case k.Kind == ast.Generated && has[ast.Generated]:
		return bad("multiple generation clauses specified")
	case (k.Kind == ast.DefaultValue || has[ast.DefaultValue]) && (k.Kind == ast.Identity || has[ast.Identity]):
		return bad("both default and identity specified")
	case (k.Kind == ast.DefaultValue || has[ast.DefaultValue]) && (k.Kind == ast.Generated || has[ast.Generated]):
		return bad("both default and generation expression specified")
	case (k.Kind == ast.Identity || has[ast.Identity]) && (k.Kind == ast.Generated || has[ast.Generated]):
		return bad("both identity and generation expression specified")
	}
	return nil
}

// identity makes an identity column.
func (c *creator) identity(k *ast.Constraint, i int) error {
	if err := c.oneValue(k, i); err != nil {
		return err
	}
	col := &c.def.Columns[i]
	switch col.Type.Kind {
	case types.Int2, types.Int4, types.Int8:
	default:
		return sqlerr.New(pgerrcode.InvalidParameterValue, "identity column type must be smallint, integer, or bigint")
	}
	if c.null[col.Name] {
		return sqlerr.At(k.Pos(), pgerrcode.SyntaxError, `conflicting NULL/NOT NULL declarations for column "%s" of table "%s"`, col.Name, c.def.Name)
	}
	q, err := c.sequence(i, col.Type.WithoutDomain().String(), k.Sequence)
	if err != nil {
		return err
	}
	q.Identity = true
	col.NotNull, col.Seq, col.Identity = true, q.OID, "d"
	if k.Always {
		col.Identity = "a"
	}
	return nil
}

// generatedColumn notes a GENERATED ALWAYS AS column; its expression is bound
// when all columns are known.
func (c *creator) generatedColumn(k *ast.Constraint, i int) error {
	if err := c.oneValue(k, i); err != nil {
		return err
	}
	c.gens, c.genCol = append(c.gens, k), append(c.genCol, i)
	return nil
}

// generate binds the expressions of generated columns.
func (c *creator) generate() error {
	is := map[int]bool{}
	for i := range c.def.Columns {
		is[i] = c.def.Columns[i].Generated != ""
	}
	for _, i := range c.genCol {
		is[i] = true
	}
	for n, k := range c.gens {
		if at := subqueryAt(k.X); at >= 0 {
			return sqlerr.At(at, pgerrcode.FeatureNotSupported, "cannot use subquery in column generation expression")
		}
		for _, ref := range columnRefs(k.X) {
			name := ref.Parts[len(ref.Parts)-1]
			at := c.def.Column(name)
			switch {
			case systemColumns[name]:
				return sqlerr.At(ref.Pos(), pgerrcode.InvalidColumnReference, `cannot use system column "%s" in column generation expression`, name)
			case at >= 0 && is[at]:
				return sqlerr.At(ref.Pos(), pgerrcode.InvalidObjectDefinition, `cannot use generated column "%s" in column generation expression`, name).
					WithDetail("A generated column cannot reference another generated column.")
			}
		}
		only := c.def.Clone()
		only.Checks = nil
		for i := range only.Columns {
			only.Columns[i].Default, only.Columns[i].Generated, only.Columns[i].Identity = "", "", ""
		}
		only.Columns[c.genCol[n]].Generated = k.Text
		if _, err := c.s.bindDef(only); err != nil {
			e := *sqlerr.From(err)
			e.Pos = 0
			if e.Code == pgerrcode.InvalidObjectDefinition || e.Code == pgerrcode.DatatypeMismatch {
				return &e
			}
			return e.AtIfNone(checkPlace(c.def, k.X))
		}
		c.def.Columns[c.genCol[n]].Generated = k.Text
	}
	return nil
}

// uniqueType refuses columns that the store cannot compare for an index.
func uniqueType(col *types.Column, off int) error {
	t := col.Type
	if t.Array {
		return sqlerr.Unsupported(off, "a unique index over type %s is not supported", t)
	}
	switch t.Kind {
	case types.JSON:
		return sqlerr.New(pgerrcode.UndefinedObject, "data type json has no default operator class for access method \"btree\"").
			WithHint("You must specify an operator class for the index or define a default operator class for the data type.")
	case types.Record:
		if t.IsComposite() {
			for _, a := range t.Ext.Def().Attrs {
				if err := uniqueType(&types.Column{Name: a.Name, Type: a.Type}, off); err != nil {
					return sqlerr.Unsupported(off, "a unique index over type %s is not supported", t)
				}
			}
			return nil
		}
		return sqlerr.Unsupported(off, "a unique index over type %s is not supported", t)
	}
	return nil
}

// finish stores the objects that come with the table.
func (c *creator) finish() error {
	if len(c.seqs) == 0 && len(c.indexes) == 0 {
		return nil
	}
	for _, n := range c.seqs {
		n.q.Table, n.q.Col = c.def.OID, c.def.Columns[n.col].ID
		c.e.o.Sequences[n.q.OID] = n.q
		if err := c.e.born(objects.ClassRelation, n.q.OID, n.q.NS, "S"); err != nil {
			return err
		}
	}
	for i := range c.indexes {
		x := &c.indexes[i]
		x.OID, x.Table = c.e.w.NewOID(), c.def.OID
		c.e.o.Indexes[x.OID] = x
	}
	return c.e.store()
}

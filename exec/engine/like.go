package engine

import (
	"slices"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// like copies the columns of another relation: names, types and NOT NULL, and
// what INCLUDING asks for.
func (c *creator) like(l *ast.LikeClause) error {
	if err := c.s.otherDB(l.Table); err != nil {
		return err
	}
	rel := c.e.c.find(l.Table.Schema, l.Table.Name)
	switch {
	case rel == nil:
		return noRelationAt(l.Table)
	case rel.kind == 'v' || rel.kind == 'V':
		return c.likeView(rel)
	case rel.def == nil || rel.kind == 'i':
		return sqlerr.At(l.Table.Pos(), pgerrcode.WrongObjectType, `relation "%s" is invalid in LIKE clause`, rel.name).
			WithDetail("This operation is not supported for %s.", map[byte]string{'S': "sequences", 'i': "indexes"}[rel.kind])
	}
	src := rel.def
	at := map[int]int{}
	for i := range src.Columns {
		col := src.Columns[i]
		if err := c.likeColumn(types.Column{Name: col.Name, Type: col.Type, NotNull: col.NotNull, Collation: col.Collation}); err != nil {
			return err
		}
		at[i] = len(c.def.Columns) - 1
		to := &c.def.Columns[at[i]]
		if l.Options&ast.LikeDefaults != 0 {
			to.Default = col.Default
		}
		if l.Options&ast.LikeGenerated != 0 {
			to.Generated = col.Generated
		}
		if l.Options&ast.LikeComments != 0 {
			to.Comment = col.Comment
		}
		if q := c.e.o.Sequences[col.Seq]; l.Options&ast.LikeIdentity != 0 && col.Identity != "" && q != nil {
			if err := c.likeIdentity(at[i], col.Identity, q); err != nil {
				return err
			}
		}
	}
	if l.Options&ast.LikeConstraints != 0 {
		for _, k := range src.Checks {
			if hasConstraint(c.def, k.Name) {
				return sqlerr.New(pgerrcode.DuplicateObject, `check constraint "%s" already exists`, k.Name)
			}
			c.def.Checks = append(c.def.Checks, k)
		}
	}
	if l.Options&ast.LikeIndexes != 0 {
		return c.likeIndexes(src, at)
	}
	return nil
}

func (c *creator) likeColumn(col types.Column) error {
	if c.def.Column(col.Name) >= 0 {
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" specified more than once`, col.Name)
	}
	c.def.Columns = append(c.def.Columns, col)
	return nil
}

func (c *creator) likeView(rel *relation) error {
	if rel.view == nil {
		_, fields := c.e.c.virtual(rel)
		for _, f := range fields {
			if err := c.likeColumn(types.Column{Name: f.Name, Type: f.Type}); err != nil {
				return err
			}
		}
		return nil
	}
	for _, v := range rel.view.Columns {
		t, _ := c.e.c.exts.Type(v.Type)
		if err := c.likeColumn(types.Column{Name: v.Name, Type: t}); err != nil {
			return err
		}
	}
	return nil
}

func (c *creator) likeIdentity(i int, kind string, from *objects.Sequence) error {
	q := *from
	q.Head = objects.Head{OID: c.e.w.NewOID(), NS: c.def.NS, Name: c.e.freeName(c.def.NS, c.def.Name, c.def.Columns[i].Name, "seq", c.names)}
	q.Gen, q.First = newGen(), nil
	c.names[q.Name] = true
	c.def.Columns[i].Identity, c.def.Columns[i].Seq = kind, q.OID
	c.seqs = append(c.seqs, newSequence{i, &q})
	return nil
}

// likeIndexes copies keys, UNIQUE constraints and indexes under new names.
func (c *creator) likeIndexes(src *types.Table, at map[int]int) error {
	if src.Key >= 0 {
		if c.def.Key >= 0 {
			return sqlerr.New(pgerrcode.InvalidTableDefinition, `multiple primary keys for table "%s" are not allowed`, c.def.Name)
		}
		c.def.Key, c.def.KeyName = at[src.Key], c.e.freeName(c.def.NS, c.def.Name, "", "pkey", c.names)
		c.names[c.def.KeyName] = true
	}
	for i := range src.Uniques {
		u := src.Uniques[i]
		u.ID = 0
		var names, cols = []string{}, []int{}
		for _, k := range u.Cols {
			cols, names = append(cols, at[k]), append(names, src.Columns[k].Name)
		}
		u.Cols = cols
		label, col := "key", strings.Join(names, "_")
		if u.Index {
			label = "idx"
		}
		switch {
		case u.Primary:
			label, col = "pkey", ""
		case u.Computed():
			col = c.computedName(src, u.Name)
		}
		old := u.Name
		u.Name = c.e.freeName(c.def.NS, c.def.Name, col, label, c.names)
		c.names[u.Name] = true
		c.def.Uniques = append(c.def.Uniques, u)
		if u.Index {
			c.likeIndex(src, at, old, u.Name)
		}
	}
	for _, x := range c.e.o.Indexes {
		if x.Table == src.OID && !x.Unique {
			c.likeIndex(src, at, x.Name, "")
		}
	}
	return nil
}

// computedName is what a copy of an index with expressions is called by.
func (c *creator) computedName(src *types.Table, index string) string {
	var names []string
	for _, x := range c.e.o.Indexes {
		for i := 0; x.Table == src.OID && x.Name == index && i < len(x.Keys); i++ {
			if k := columnByID(src, x.Keys[i].Col); k >= 0 {
				names = append(names, src.Columns[k].Name)
			} else {
				names = append(names, "expr")
			}
		}
	}
	return strings.Join(names, "_")
}

// likeIndex copies one index; name "" chooses one.
func (c *creator) likeIndex(src *types.Table, at map[int]int, from, name string) {
	for _, x := range c.e.o.Indexes {
		if x.Table != src.OID || x.Name != from {
			continue
		}
		n := *x
		n.Keys = append([]objects.IndexKey(nil), x.Keys...)
		var names []string
		for i := range n.Keys {
			if k := &n.Keys[i]; k.Col != 0 {
				p := columnByID(src, k.Col)
				k.Col = uint32(at[p] + 1)
				names = append(names, src.Columns[p].Name)
			} else {
				names = append(names, "expr")
			}
			n.Keys[i].Uses = slices.Clone(n.Keys[i].Uses)
			for u := range n.Keys[i].Uses {
				n.Keys[i].Uses[u] = uint32(at[columnByID(src, n.Keys[i].Uses[u])] + 1)
			}
		}
		if name == "" {
			name = c.e.freeName(c.def.NS, c.def.Name, strings.Join(names, "_"), "idx", c.names)
			c.names[name] = true
		}
		n.Head = objects.Head{NS: c.def.NS, Name: name}
		c.indexes = append(c.indexes, n)
		return
	}
}

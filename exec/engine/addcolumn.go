package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/exec/objects"
	"tagd/planner"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// addColumn adds a column. Rows that are there already get its default as the
// value that stands for all of them: none is touched.
func (a *alterer) addColumn(c *ast.AlterAction) error {
	d := c.Def
	if a.def.Column(d.Name) >= 0 {
		if c.IfExists {
			n := sqlerr.Notice(`column "%s" of relation "%s" already exists, skipping`, d.Name, a.def.Name)
			n.Code = pgerrcode.DuplicateColumn
			a.s.notice(n)
			return nil
		}
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" of relation "%s" already exists`, d.Name, a.def.Name)
	}
	k := a.creator()
	if err := k.column(d); err != nil {
		return err
	}
	if err := k.addKeys(); err != nil {
		return err
	}
	i := len(a.def.Columns) - 1
	col := &a.def.Columns[i]
	col.ID = a.def.NextCol
	a.def.NextCol++
	a.born[d.Name] = true
	if err := k.generate(); err != nil {
		return err
	}
	if err := a.own(k); err != nil {
		return err
	}
	if err := a.addColumnValue(k, i); err != nil {
		return err
	}
	return a.addColumnKeys(k)
}

// addColumnValue gives the rows that are there their values of new column i, and
// holds them to its constraints.
func (a *alterer) addColumnValue(k *creator, i int) error {
	col := &a.def.Columns[i]
	if col.Identity != "" || col.Generated != "" || len(k.seqs) > 0 {
		return a.filled(k, i)
	}
	if d := col.Type.Domain(); d != nil && a.rows > 0 && col.Default == "" {
		return a.filled(k, i)
	}
	if col.Type.Kind == types.Record && col.Default != "" {
		return a.filled(k, i) // its text would not follow changes of the type
	}
	value := vec.Datum{Null: true}
	if off, ok := k.defaults[i]; ok && col.Default != "" {
		v, volatile, err := a.s.defaultValue(a.r, a.def, i, off)
		if err != nil {
			return err
		}
		if volatile && a.rows > 0 {
			return a.filled(k, i)
		}
		if !volatile && !v.Null {
			value = v
			text := string(vec.AppendDatumText(nil, col.Type, v, types.ISO))
			col.Missing = &text
		}
	}
	if col.NotNull && value.Null && a.rows > 0 {
		return containsNulls(col.Name, a.def)
	}
	return a.newChecks(k, i, value)
}

// creator is what makes columns and constraints of the changed definition.
func (a *alterer) creator() *creator {
	return &creator{e: a.e, s: a.s, u: &ast.CreateTable{}, def: a.def, null: map[string]bool{}, defaults: map[int]int{}, names: map[string]bool{}}
}

// own stores the sequences of new columns.
func (a *alterer) own(k *creator) error {
	for _, n := range k.seqs {
		n.q.Table, n.q.Col = a.def.OID, a.def.Columns[n.col].ID
		a.e.o.Sequences[n.q.OID] = n.q
		if err := a.e.bornTo(a.e.c.objs.Owner(objects.ClassRelation, a.old.OID), objects.ClassRelation, n.q.OID, n.q.NS, "S"); err != nil {
			return err
		}
		a.objects = true
	}
	return nil
}

// filled adds a column whose value is computed for every row that is there when
// the new definition is in place.
func (a *alterer) filled(k *creator, i int) error {
	if a.rows > 0 {
		a.fills = append(a.fills, a.def.Columns[i].Name)
	}
	for n := range k.checks {
		if _, err := a.s.addCheck(a.def, &k.checks[n], k.checkCol[n]); err != nil {
			return err
		}
	}
	return nil
}

// fillColumns computes the columns of fills: UPDATE ... SET c = DEFAULT.
func (a *alterer) fillColumns() error {
	if len(a.fills) == 0 {
		return nil
	}
	if err := a.s.seal(a.r.ctx); err != nil {
		return err
	}
	c, release := a.s.catalog()
	defer release()
	def := c.byOID(a.def.OID)
	u := &ast.Update{Table: ast.Name{At: -1, Schema: c.nsName(def.NS), Name: def.Name}}
	for _, name := range a.fills {
		u.Set = append(u.Set, ast.Assign{At: -1, Columns: []ast.ColName{{At: -1, Name: name}}, X: &ast.Default{At: -1}})
	}
	r := a.s.newRun(nil)
	defer r.close()
	detach := r.attach(a.r.ctx)
	defer detach()
	pl, err := planner.Plan(u, c, planner.Options{Fn: r.q.Fn})
	if err != nil {
		return err
	}
	_, err = a.s.update(r, pl.Update)
	return err
}

// newChecks adds the CHECK constraints of a new column, which all rows that are
// there meet with the same value.
func (a *alterer) newChecks(k *creator, col int, value vec.Datum) error {
	for i := range k.checks {
		b, err := a.s.addCheck(a.def, &k.checks[i], k.checkCol[i])
		if err != nil {
			return err
		}
		if a.rows == 0 {
			continue
		}
		for _, ck := range b.checks {
			used := map[int]bool{}
			usedCols(ck.X, used)
			if len(used) > 1 || len(used) == 1 && !used[col] {
				return sqlerr.Unsupported(k.checks[i].Pos(), "a CHECK of a new column cannot use other columns of a table with rows")
			}
			row := nullBatch(a.def, 1)
			row.Cols[col] = vec.NewConst(a.def.Columns[col].Type, value, 1)
			v, err := kernel.Eval(a.r.q.Fn, ck.X, row)
			if err != nil {
				return err
			}
			if !v.IsNull(0) && v.Get(0).I == 0 {
				return a.violated(ck.Name)
			}
		}
	}
	return nil
}

func (a *alterer) violated(check string) error {
	e := sqlerr.New(pgerrcode.CheckViolation, `check constraint "%s" of relation "%s" is violated by some row`, check, a.def.Name)
	e.Object, e.Table, e.Constraint = a.def.OID, a.def.Name, check
	return e
}

func containsNulls(col string, def *types.Table) error {
	e := sqlerr.New(pgerrcode.NotNullViolation, `column "%s" of relation "%s" contains null values`, col, def.Name)
	e.Object, e.Table, e.Column = def.OID, def.Name, col
	return e
}

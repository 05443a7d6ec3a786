package tidb

import (
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// alterTable lowers ALTER TABLE. A spec of MySQL may be several actions.
func (l *lowerer) alterTable(s *tast.AlterTableStmt) ast.Stmt {
	out := &ast.AlterTable{Name: l.plainTable(s.Table)}
	for _, p := range s.Specs {
		l.alterSpec(p, out)
	}
	if len(out.Actions) == 0 && len(out.Notes) == 0 && l.err == nil {
		out.Notes = append(out.Notes, "nothing to alter")
	}
	return out
}

func (l *lowerer) alterSpec(p *tast.AlterTableSpec, out *ast.AlterTable) {
	add := func(a ast.AlterAction) {
		a.IfExists = a.IfExists || p.IfExists || p.IfNotExists
		out.Actions = append(out.Actions, a)
	}
	here := ast.At(l.base)
	l.noIf(p.Position != nil && p.Position.Tp != tast.ColumnPositionNone, "FIRST or AFTER", "first", "after")
	switch p.Tp {
	case tast.AlterTableAddColumns:
		table := &ast.CreateTable{}
		for _, c := range p.NewColumns {
			d := l.columnDef(c, table)
			add(ast.AlterAction{At: d.At, Kind: ast.AddColumn, Column: d.Name, Def: &d})
		}
		for _, k := range p.NewConstraints {
			l.addConstraint(k, out, add)
		}
	case tast.AlterTableDropColumn:
		c := l.columnName(p.OldColumnName)
		add(ast.AlterAction{At: here, Kind: ast.DropColumn, Column: c.Name, Cascade: l.cascade()})
	case tast.AlterTableRenameColumn:
		c := l.columnName(p.OldColumnName)
		add(ast.AlterAction{At: here, Kind: ast.RenameColumn, Column: c.Name, NewName: p.NewColumnName.Name.O})
	case tast.AlterTableModifyColumn, tast.AlterTableChangeColumn:
		l.modifyColumn(p, add)
	case tast.AlterTableAlterColumn:
		l.alterDefault(p, add)
	case tast.AlterTableRenameTable:
		add(ast.AlterAction{At: here, Kind: ast.RenameTable, NewName: l.renamed(out.Name, p.NewTable)})
	case tast.AlterTableAddConstraint:
		l.addConstraint(p.Constraint, out, add)
	case tast.AlterTableDropIndex, tast.AlterTableDropForeignKey, tast.AlterTableDropCheck:
		name := p.Name
		if p.Constraint != nil && p.Constraint.Name != "" {
			name = p.Constraint.Name
		}
		add(ast.AlterAction{At: here, Kind: ast.DropConstraint, Column: name})
	case tast.AlterTableOption:
		for _, o := range p.Options {
			if o.Tp == tast.TableOptionComment {
				text := o.StrValue
				add(ast.AlterAction{At: here, Kind: ast.SetComment, Comment: &text})
				continue
			}
			l.tableOption(o, &ast.CreateTable{})
		}
	case tast.AlterTableLock, tast.AlterTableAlgorithm, tast.AlterTableForce, tast.AlterTableEnableKeys, tast.AlterTableDisableKeys:
		// These only say how to alter.
	default:
		l.no(0, "this form of ALTER TABLE is not supported")
	}
}

func (l *lowerer) addConstraint(k *tast.Constraint, out *ast.AlterTable, add func(ast.AlterAction)) {
	if c, ok := l.tableConstraint(k, &out.Notes); ok {
		add(ast.AlterAction{At: c.At, Kind: ast.AddConstraint, Constraint: &c})
	}
}

// renamed is a table's new name, which must stay in its schema.
func (l *lowerer) renamed(old ast.Name, t *tast.TableName) string {
	n := l.plainTable(t)
	if n.Schema != "" && n.Schema != old.Schema {
		l.no(max(int(n.At)-l.base, 0), "moving a table to another schema is not supported")
	}
	return n.Name
}

// modifyColumn lowers MODIFY and CHANGE: the column gets the whole definition,
// so what is not written goes away. A primary key stays as it is.
func (l *lowerer) modifyColumn(p *tast.AlterTableSpec, add func(ast.AlterAction)) {
	name := p.NewColumns[0].Name.Name.O
	if p.OldColumnName != nil {
		old := l.columnName(p.OldColumnName)
		if old.Name != name {
			add(ast.AlterAction{At: old.At, Kind: ast.RenameColumn, Column: old.Name, NewName: name})
		}
	}
	d := l.columnDef(p.NewColumns[0], &ast.CreateTable{})
	if d.Set {
		l.no(int(d.At)-l.base, "changing a column into a SET is not supported")
	}
	add(ast.AlterAction{At: d.At, Kind: ast.SetType, Column: name, Type: &d.Type})
	null := ast.AlterAction{At: d.At, Kind: ast.DropNotNull, Column: name, IfExists: true}
	def := ast.AlterAction{At: d.At, Kind: ast.DropDefault, Column: name}
	var checks []ast.AlterAction
	for i := range d.Constraints {
		switch k := &d.Constraints[i]; k.Kind {
		case ast.NotNull:
			null.Kind = ast.SetNotNull
		case ast.Null:
		case ast.DefaultValue:
			def.Kind, def.X, def.Text = ast.SetDefault, k.X, k.Text
		case ast.CheckExpr:
			checks = append(checks, ast.AlterAction{At: k.At, Kind: ast.AddConstraint, Constraint: k})
		default:
			l.no(max(int(k.At)-l.base, 0), "this option is not supported in MODIFY and CHANGE")
		}
	}
	add(null)
	add(def)
	for _, c := range checks {
		add(c)
	}
	comment := d.Comment
	if comment == nil {
		comment = new(string)
	}
	add(ast.AlterAction{At: d.At, Kind: ast.SetComment, Column: name, Comment: comment})
}

// alterDefault lowers ALTER COLUMN c SET DEFAULT x and DROP DEFAULT.
func (l *lowerer) alterDefault(p *tast.AlterTableSpec, add func(ast.AlterAction)) {
	c := p.NewColumns[0]
	name := l.columnName(c.Name)
	a := ast.AlterAction{At: ast.At(l.base), Kind: ast.DropDefault, Column: name.Name}
	for _, o := range c.Options {
		if o.Expr != nil {
			a.Kind, a.X = ast.SetDefault, l.expr(o.Expr)
			a.Text = l.textOf(a.X)
		}
	}
	add(a)
}

// renameTables lowers RENAME TABLE a TO b.
func (l *lowerer) renameTables(s *tast.RenameTableStmt) ast.Stmt {
	if len(s.TableToTables) != 1 {
		l.no(0, "RENAME TABLE of several tables is not supported")
		return nil
	}
	t := s.TableToTables[0]
	out := &ast.AlterTable{Name: l.plainTable(t.OldTable)}
	out.Actions = []ast.AlterAction{{At: ast.At(l.base), Kind: ast.RenameTable, NewName: l.renamed(out.Name, t.NewTable)}}
	return out
}

// charset refuses what is not UTF-8 among the options of a database.
func (l *lowerer) databaseOptions(list []*tast.DatabaseOption) {
	for _, o := range list {
		switch o.Tp {
		case tast.DatabaseOptionCharset:
			if !utf8Charset(strings.ToLower(o.Value)) {
				l.no(0, "the character set %s is not supported", o.Value)
			}
		case tast.DatabaseOptionCollate:
		default:
			l.no(0, "this option of a database is not supported")
		}
	}
}

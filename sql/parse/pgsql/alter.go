package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

func (l *lowerer) alterTable(s *pg.AlterTableStmt) ast.Stmt {
	switch s.Objtype {
	case pg.ObjectType_OBJECT_TABLE:
	case pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW, pg.ObjectType_OBJECT_SEQUENCE, pg.ObjectType_OBJECT_INDEX:
		return l.alterOther(s)
	case pg.ObjectType_OBJECT_TYPE:
		out := &ast.AlterComposite{Name: l.rangeVar(s.Relation)}
		for _, n := range s.Cmds {
			out.Actions = append(out.Actions, l.alterAction(n.GetAlterTableCmd()))
		}
		return out
	default:
		l.no(int32(l.start), "ALTER of this kind of object is not supported")
		return nil
	}
	out := &ast.AlterTable{Name: l.rangeVar(s.Relation), IfExists: s.MissingOk}
	for _, n := range s.Cmds {
		out.Actions = append(out.Actions, l.alterAction(n.GetAlterTableCmd()))
	}
	return out
}

// triggerNames are what ENABLE and DISABLE TRIGGER say of which triggers.
var triggerNames = map[pg.AlterTableType]ast.Triggers{
	pg.AlterTableType_AT_EnableTrigAll: {All: true}, pg.AlterTableType_AT_EnableTrigUser: {User: true}, pg.AlterTableType_AT_EnableTrig: {},
	pg.AlterTableType_AT_DisableTrigAll: {All: true, Off: true}, pg.AlterTableType_AT_DisableTrigUser: {User: true, Off: true},
	pg.AlterTableType_AT_DisableTrig: {Off: true},
}

func (l *lowerer) alterAction(c *pg.AlterTableCmd) ast.AlterAction {
	out := ast.AlterAction{At: ast.At(l.start), Column: c.GetName(), IfExists: c.GetMissingOk(),
		Cascade: c.GetBehavior() == pg.DropBehavior_DROP_CASCADE}
	switch c.GetSubtype() {
	case pg.AlterTableType_AT_AddColumn:
		d := l.columnDef(c.Def.GetColumnDef())
		out.Kind, out.Def, out.Column, out.At = ast.AddColumn, &d, d.Name, d.At
	case pg.AlterTableType_AT_DropColumn:
		out.Kind = ast.DropColumn
	case pg.AlterTableType_AT_ColumnDefault:
		out.Kind = ast.DropDefault
		if c.Def != nil {
			out.Kind, out.X, out.Text = ast.SetDefault, l.expr(c.Def), l.textOf(c.Def)
		}
	case pg.AlterTableType_AT_SetNotNull:
		out.Kind = ast.SetNotNull
	case pg.AlterTableType_AT_DropNotNull:
		out.Kind = ast.DropNotNull
	case pg.AlterTableType_AT_AlterColumnType:
		d := c.Def.GetColumnDef()
		t := l.typeName(d.GetTypeName())
		l.noIf(d.GetCollClause() != nil, d.GetLocation(), "COLLATE here")
		out.Kind, out.Type, out.X, out.Text = ast.SetType, &t, l.expr(d.GetRawDefault()), l.textOf(d.GetRawDefault())
	case pg.AlterTableType_AT_AddConstraint:
		k := l.constraint(c.Def.GetConstraint())
		out.Kind, out.Constraint, out.At = ast.AddConstraint, &k, k.At
	case pg.AlterTableType_AT_DropConstraint:
		out.Kind, out.NewName = ast.DropConstraint, ""
	case pg.AlterTableType_AT_ChangeOwner:
		out.Kind, out.Owner = ast.OwnerTo, l.role(c.Newowner)
	case pg.AlterTableType_AT_AddIdentity:
		k := l.constraint(c.Def.GetConstraint())
		out.Kind, out.Constraint = ast.AddIdentity, &k
	case pg.AlterTableType_AT_SetIdentity:
		out.Kind, out.Options = ast.SetIdentity, l.seqOptions(c.Def.GetList().GetItems())
	case pg.AlterTableType_AT_DropIdentity:
		out.Kind = ast.DropIdentity
	case pg.AlterTableType_AT_DropExpression:
		out.Kind = ast.DropExpression
	case pg.AlterTableType_AT_ValidateConstraint:
		out.Kind = ast.ValidateConstraint
	case pg.AlterTableType_AT_AlterConstraint:
		d := c.Def.GetConstraint()
		out.Kind, out.Constraint = ast.AlterConstraint, &ast.Constraint{At: l.at(d.GetLocation()), Kind: ast.ForeignKey, Name: d.GetConname(),
			Deferrable: d.GetDeferrable(), Deferred: d.GetInitdeferred()}
	case pg.AlterTableType_AT_SetLogged:
		out.Kind = ast.SetLogged
	case pg.AlterTableType_AT_SetUnLogged:
		out.Kind = ast.SetUnlogged
	case pg.AlterTableType_AT_EnableTrigAll, pg.AlterTableType_AT_EnableTrigUser, pg.AlterTableType_AT_DisableTrigAll, pg.AlterTableType_AT_DisableTrigUser,
		pg.AlterTableType_AT_EnableTrig, pg.AlterTableType_AT_DisableTrig:
		out.Kind, out.Triggers = ast.SetTriggers, triggerNames[c.GetSubtype()]
	case pg.AlterTableType_AT_SetStatistics, pg.AlterTableType_AT_SetStorage, pg.AlterTableType_AT_SetCompression, pg.AlterTableType_AT_DropCluster:
		out.Kind = ast.SetStorage
	default:
		l.no(int32(l.start), "this form of ALTER TABLE is not supported")
	}
	return out
}

// rename lowers ALTER TABLE ... RENAME, a statement of its own in the grammar.
// Of RENAME CONSTRAINT, Column is the old name.
func (l *lowerer) rename(s *pg.RenameStmt) ast.Stmt {
	act := ast.AlterAction{At: ast.At(l.start), Column: s.Subname, NewName: s.Newname, Cascade: s.Behavior == pg.DropBehavior_DROP_CASCADE}
	switch {
	case s.RenameType == pg.ObjectType_OBJECT_TABLE:
		act.Kind = ast.RenameTable
	case s.RenameType == pg.ObjectType_OBJECT_COLUMN && s.RelationType == pg.ObjectType_OBJECT_TABLE:
		act.Kind = ast.RenameColumn
	case s.RenameType == pg.ObjectType_OBJECT_TABCONSTRAINT:
		act.Kind = ast.RenameConstraint
	default:
		return l.renameOther(s)
	}
	return &ast.AlterTable{Name: l.rangeVar(s.Relation), IfExists: s.MissingOk, Actions: []ast.AlterAction{act}}
}

package pgsql

import (
	"strconv"

	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

// object lowers statements about schemas, views, sequences, types, indexes and
// databases; ok is false for others.
func (l *lowerer) object(n *pg.Node) (s ast.Stmt, ok bool) {
	here := ast.At(l.start)
	switch x := n.Node.(type) {
	case *pg.Node_CreateSchemaStmt:
		return l.createSchema(x.CreateSchemaStmt), true
	case *pg.Node_ViewStmt:
		return l.createView(x.ViewStmt), true
	case *pg.Node_RefreshMatViewStmt:
		return &ast.Refresh{Name: l.rangeVar(x.RefreshMatViewStmt.Relation), Concurrently: x.RefreshMatViewStmt.Concurrent,
			NoData: x.RefreshMatViewStmt.SkipData}, true
	case *pg.Node_CreateSeqStmt:
		c := x.CreateSeqStmt
		return &ast.CreateSequence{Name: l.rangeVar(c.Sequence), Temp: c.Sequence.GetRelpersistence() == "t", IfNotExists: c.IfNotExists,
			Options: l.seqOptions(c.Options)}, true
	case *pg.Node_AlterSeqStmt:
		c := x.AlterSeqStmt
		return &ast.AlterSequence{Name: l.rangeVar(c.Sequence), IfExists: c.MissingOk, Options: l.seqOptions(c.Options)}, true
	case *pg.Node_CreateEnumStmt:
		return &ast.CreateEnum{Name: l.nameList(x.CreateEnumStmt.TypeName, -1), Labels: l.strs(x.CreateEnumStmt.Vals)}, true
	case *pg.Node_AlterEnumStmt:
		c := x.AlterEnumStmt
		return &ast.AlterEnum{Name: l.nameList(c.TypeName, -1), Old: c.OldVal, New: c.NewVal, Neighbor: c.NewValNeighbor,
			After: c.NewValIsAfter, IfNotExists: c.SkipIfNewValExists}, true
	case *pg.Node_CompositeTypeStmt:
		out := &ast.CreateComposite{Name: l.rangeVar(x.CompositeTypeStmt.Typevar)}
		for _, c := range x.CompositeTypeStmt.Coldeflist {
			out.Columns = append(out.Columns, l.columnDef(c.GetColumnDef()))
		}
		return out, true
	case *pg.Node_CreateDomainStmt:
		return l.createDomain(x.CreateDomainStmt), true
	case *pg.Node_AlterDomainStmt:
		return l.alterDomain(x.AlterDomainStmt), true
	case *pg.Node_IndexStmt:
		return l.createIndex(x.IndexStmt), true
	case *pg.Node_CreatedbStmt:
		return &ast.Database{At: here, Verb: "CREATE", Name: x.CreatedbStmt.Dbname, Options: l.options(x.CreatedbStmt.Options)}, true
	case *pg.Node_DropdbStmt:
		return &ast.Database{At: here, Verb: "DROP", Name: x.DropdbStmt.Dbname, IfExists: x.DropdbStmt.MissingOk, Options: l.options(x.DropdbStmt.Options)}, true
	case *pg.Node_AlterDatabaseStmt:
		return &ast.Database{At: here, Verb: "ALTER", Name: x.AlterDatabaseStmt.Dbname, Options: l.options(x.AlterDatabaseStmt.Options)}, true
	case *pg.Node_AlterDatabaseSetStmt:
		set, _ := l.set(x.AlterDatabaseSetStmt.Setstmt).(*ast.Set)
		return &ast.Database{At: here, Verb: "ALTER", Name: x.AlterDatabaseSetStmt.Dbname, Set: set}, true
	case *pg.Node_AlterObjectSchemaStmt:
		c := x.AlterObjectSchemaStmt
		return &ast.SetSchema{At: here, Kind: dropKinds[c.ObjectType], Name: l.objectName(c.Relation, c.Object), Schema: c.Newschema, IfExists: c.MissingOk}, true
	case *pg.Node_AlterOwnerStmt:
		c := x.AlterOwnerStmt
		return &ast.SetOwner{At: here, Kind: dropKinds[c.ObjectType], Name: l.objectName(c.Relation, c.Object), Role: l.role(c.Newowner)}, true
	}
	return l.privileges(n)
}

// objectName is the name of an object that a statement has either as a relation
// or as a list.
func (l *lowerer) objectName(r *pg.RangeVar, o *pg.Node) ast.Name {
	switch {
	case r != nil:
		return l.rangeVar(r)
	case o.GetTypeName() != nil:
		return l.nameList(o.GetTypeName().Names, -1)
	case o.GetList() != nil:
		return l.nameList(o.GetList().Items, -1)
	}
	return ast.Name{At: -1, Name: l.str(o)}
}

func (l *lowerer) createSchema(s *pg.CreateSchemaStmt) ast.Stmt {
	out := &ast.CreateSchema{At: ast.At(l.start), Name: s.Schemaname, IfNotExists: s.IfNotExists}
	if s.Authrole != nil {
		owner := l.role(s.Authrole)
		out.Owner = &owner
	}
	for _, n := range s.SchemaElts {
		out.Elements = append(out.Elements, l.stmt(n))
	}
	return out
}

var checkOptions = map[pg.ViewCheckOption]string{pg.ViewCheckOption_LOCAL_CHECK_OPTION: "local", pg.ViewCheckOption_CASCADED_CHECK_OPTION: "cascaded"}

func (l *lowerer) createView(s *pg.ViewStmt) ast.Stmt {
	out := &ast.CreateView{Name: l.rangeVar(s.View), Temp: s.View.GetRelpersistence() == "t", Replace: s.Replace, Columns: l.strs(s.Aliases),
		CheckOption: checkOptions[s.WithCheckOption], Options: l.options(s.Options)}
	out.Query = l.stmt(s.Query)
	out.Text = l.stmtText(s.Query)
	return out
}

// stmtText is the SQL text of a statement.
func (l *lowerer) stmtText(n *pg.Node) string {
	if n == nil || l.err != nil {
		return ""
	}
	s, err := statementText(n)
	if err == nil { // should the library leave something out
		_, err = Parse(s)
	}
	if err != nil {
		l.no(int32(l.start), "this query is not supported here: %s", err.Error())
	}
	return s
}

// intoOf finds the INTO of a SELECT, which stands in the leftmost part of a set
// operation.
func intoOf(s *pg.SelectStmt) *pg.IntoClause {
	for s.Larg != nil {
		s = s.Larg
	}
	return s.IntoClause
}

// selectInto lowers SELECT INTO, which is CREATE TABLE AS.
func (l *lowerer) selectInto(s *pg.SelectStmt, into *pg.IntoClause) ast.Stmt {
	left := s
	for left.Larg != nil {
		left = left.Larg
	}
	left.IntoClause = nil
	return &ast.CreateTable{Name: l.rangeVar(into.Rel), Temp: into.Rel.GetRelpersistence() == "t", Query: l.selectStmt(s)}
}

func onCommit(a pg.OnCommitAction) string {
	switch a {
	case pg.OnCommitAction_ONCOMMIT_DELETE_ROWS:
		return "delete"
	case pg.OnCommitAction_ONCOMMIT_DROP:
		return "drop"
	case pg.OnCommitAction_ONCOMMIT_PRESERVE_ROWS:
		return "preserve"
	}
	return ""
}

func (l *lowerer) seqOptions(ns []*pg.Node) []ast.SeqOption {
	var out []ast.SeqOption
	for _, n := range ns {
		d := n.GetDefElem()
		o := ast.SeqOption{At: l.at(d.GetLocation()), Name: d.GetDefname()}
		switch x := d.GetArg().GetNode().(type) {
		case nil:
		case *pg.Node_Integer:
			o.Value = strconv.Itoa(int(x.Integer.GetIval()))
			if o.Name == "generated" {
				o.Value = string(rune(x.Integer.GetIval()))
			}
		case *pg.Node_Float:
			o.Value = x.Float.GetFval()
		case *pg.Node_Boolean:
			o.Bool = x.Boolean.GetBoolval()
		case *pg.Node_TypeName:
			o.Type = l.typeName(x.TypeName)
		case *pg.Node_List:
			o.Owner = l.strs(x.List.GetItems())
		default:
			l.no(d.GetLocation(), "this sequence option is not supported")
		}
		out = append(out, o)
	}
	return out
}

func (l *lowerer) createDomain(s *pg.CreateDomainStmt) ast.Stmt {
	out := &ast.CreateDomain{Name: l.nameList(s.Domainname, -1), Type: l.typeName(s.TypeName)}
	if s.CollClause != nil {
		out.Collation = l.strs(s.CollClause.Collname)
	}
	for _, n := range s.Constraints {
		out.Constraints = append(out.Constraints, l.constraint(n.GetConstraint()))
	}
	return out
}

func (l *lowerer) alterDomain(s *pg.AlterDomainStmt) ast.Stmt {
	out := &ast.AlterDomain{Name: l.nameList(s.TypeName, -1), Target: s.Name, IfExists: s.MissingOk, Cascade: s.Behavior == pg.DropBehavior_DROP_CASCADE}
	switch s.Subtype {
	case "T":
		out.Kind = ast.DropDefault
		if s.Def != nil {
			out.Kind, out.X, out.Text = ast.SetDefault, l.expr(s.Def), l.textOf(s.Def)
		}
	case "N":
		out.Kind = ast.DropNotNull
	case "O":
		out.Kind = ast.SetNotNull
	case "C":
		k := l.constraint(s.Def.GetConstraint())
		out.Kind, out.Constraint = ast.AddConstraint, &k
	case "X":
		out.Kind = ast.DropConstraint
	case "V":
		out.Kind = ast.ValidateConstraint
	default:
		l.no(int32(l.start), "this form of ALTER DOMAIN is not supported")
	}
	return out
}

func (l *lowerer) createIndex(s *pg.IndexStmt) ast.Stmt {
	out := &ast.CreateIndex{At: ast.At(l.start), Name: s.Idxname, Table: l.rangeVar(s.Relation), Unique: s.Unique, NullsSame: s.NullsNotDistinct,
		Concurrently: s.Concurrent, IfNotExists: s.IfNotExists, Method: s.AccessMethod, Where: l.expr(s.WhereClause), WhereText: l.textOf(s.WhereClause),
		Options: l.options(s.Options)}
	l.noIf(s.TableSpace != "", int32(l.start), "TABLESPACE")
	for _, n := range s.IndexParams {
		e := n.GetIndexElem()
		k := ast.IndexKey{Column: e.Name, X: l.expr(e.Expr), Text: l.textOf(e.Expr), Class: l.strs(e.Opclass), Collation: l.strs(e.Collation),
			Desc: e.Ordering == pg.SortByDir_SORTBY_DESC}
		switch e.NullsOrdering {
		case pg.SortByNulls_SORTBY_NULLS_FIRST:
			k.Nulls = ast.NullsFirst
		case pg.SortByNulls_SORTBY_NULLS_LAST:
			k.Nulls = ast.NullsLast
		}
		out.Keys = append(out.Keys, k)
	}
	for _, n := range s.IndexIncludingParams {
		out.Include = append(out.Include, ast.ColName{At: -1, Name: n.GetIndexElem().GetName()})
	}
	return out
}

// alterOther lowers ALTER VIEW, MATERIALIZED VIEW, SEQUENCE and INDEX where the
// grammar has it as an ALTER TABLE.
func (l *lowerer) alterOther(s *pg.AlterTableStmt) ast.Stmt {
	kind := dropKinds[s.Objtype]
	name := l.rangeVar(s.Relation)
	if len(s.Cmds) == 1 {
		c := s.Cmds[0].GetAlterTableCmd()
		switch c.GetSubtype() {
		case pg.AlterTableType_AT_ChangeOwner:
			return &ast.SetOwner{At: ast.At(l.start), Kind: kind, Name: name, Role: l.role(c.Newowner), IfExists: s.MissingOk}
		case pg.AlterTableType_AT_SetRelOptions:
			if kind == "VIEW" {
				return &ast.AlterView{Name: name, IfExists: s.MissingOk, Set: l.options(c.Def.GetList().GetItems())}
			}
		case pg.AlterTableType_AT_ResetRelOptions:
			if kind == "VIEW" {
				return &ast.AlterView{Name: name, IfExists: s.MissingOk, Reset: l.options(c.Def.GetList().GetItems())}
			}
		case pg.AlterTableType_AT_ColumnDefault:
			if kind == "VIEW" {
				return &ast.AlterView{Name: name, IfExists: s.MissingOk, Column: c.Name, X: l.expr(c.Def), Text: l.textOf(c.Def)}
			}
		}
	}
	l.no(int32(l.start), "this form of ALTER %s is not supported", kind)
	return nil
}

// renameOther lowers ALTER ... RENAME of everything but tables.
func (l *lowerer) renameOther(s *pg.RenameStmt) ast.Stmt {
	out := &ast.Rename{At: ast.At(l.start), NewName: s.Newname, IfExists: s.MissingOk, Cascade: s.Behavior == pg.DropBehavior_DROP_CASCADE}
	switch s.RenameType {
	case pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW, pg.ObjectType_OBJECT_SEQUENCE, pg.ObjectType_OBJECT_INDEX:
		out.Kind, out.Name = dropKinds[s.RenameType], l.rangeVar(s.Relation)
	case pg.ObjectType_OBJECT_SCHEMA, pg.ObjectType_OBJECT_DATABASE:
		out.Kind, out.Name = dropKinds[s.RenameType], ast.Name{At: -1, Name: s.Subname}
	case pg.ObjectType_OBJECT_ROLE:
		out.Kind, out.Name = "ROLE", ast.Name{At: -1, Name: s.Subname}
	case pg.ObjectType_OBJECT_TYPE, pg.ObjectType_OBJECT_DOMAIN:
		out.Kind, out.Name = dropKinds[s.RenameType], l.objectName(nil, s.Object)
	case pg.ObjectType_OBJECT_DOMCONSTRAINT:
		out.Kind, out.Name, out.Column = "DOMAIN CONSTRAINT", l.objectName(nil, s.Object), s.Subname
	case pg.ObjectType_OBJECT_COLUMN:
		out.Kind, out.Name, out.Column = dropKinds[s.RelationType]+" COLUMN", l.rangeVar(s.Relation), s.Subname
	case pg.ObjectType_OBJECT_ATTRIBUTE:
		out.Kind, out.Name, out.Column = "TYPE ATTRIBUTE", l.rangeVar(s.Relation), s.Subname
	default:
		l.no(int32(l.start), "RENAME of this kind of object is not supported")
	}
	return out
}

package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

func (l *lowerer) createTable(s *pg.CreateStmt) ast.Stmt {
	out := &ast.CreateTable{Name: l.rangeVar(s.Relation), IfNotExists: s.IfNotExists,
		Temp: s.Relation.GetRelpersistence() == "t", Unlogged: s.Relation.GetRelpersistence() == "u", Options: l.options(s.Options)}
	loc := s.Relation.GetLocation()
	l.noIf(len(s.InhRelations) > 0, loc, "INHERITS")
	l.noIf(s.Partbound != nil || s.Partspec != nil, loc, "partitioning")
	l.noIf(s.OfTypename != nil, loc, "CREATE TABLE OF")
	l.noIf(s.Tablespacename != "", loc, "TABLESPACE")
	l.noIf(s.AccessMethod != "", loc, "a table access method")
	out.OnCommit = onCommit(s.Oncommit)
	for _, n := range s.TableElts {
		switch x := n.Node.(type) {
		case *pg.Node_ColumnDef:
			out.Columns = append(out.Columns, l.columnDef(x.ColumnDef))
		case *pg.Node_Constraint:
			out.Constraints = append(out.Constraints, l.constraint(x.Constraint))
		case *pg.Node_TableLikeClause:
			out.Like = append(out.Like, ast.LikeClause{Table: l.rangeVar(x.TableLikeClause.Relation),
				Options: ast.LikeOption(x.TableLikeClause.Options), Pos: len(out.Columns)})
		default:
			l.no(locationOf(n), "%s is not supported", words(n))
		}
	}
	for _, n := range s.Constraints {
		out.Constraints = append(out.Constraints, l.constraint(n.GetConstraint()))
	}
	return out
}

func (l *lowerer) createAs(s *pg.CreateTableAsStmt) ast.Stmt {
	into := s.Into
	loc := into.GetRel().GetLocation()
	l.noIf(into.GetAccessMethod() != "", loc, "a table access method")
	l.noIf(into.GetTableSpaceName() != "", loc, "TABLESPACE")
	out := &ast.CreateTable{Name: l.rangeVar(into.GetRel()), IfNotExists: s.IfNotExists, Temp: into.GetRel().GetRelpersistence() == "t",
		Unlogged: into.GetRel().GetRelpersistence() == "u",
		NoData:   into.GetSkipData(), Options: l.options(into.GetOptions()), OnCommit: onCommit(into.GetOnCommit()),
		Mat: s.Objtype == pg.ObjectType_OBJECT_MATVIEW}
	if x := s.Query.GetExecuteStmt(); x != nil {
		out.Execute = &ast.Execute{At: ast.At(l.start), Name: x.Name, Args: l.exprs(x.Params)}
	} else {
		out.Query = l.query(s.Query)
		out.QueryText = l.stmtText(s.Query)
	}
	for _, c := range into.GetColNames() {
		out.Columns = append(out.Columns, ast.ColumnDef{At: -1, Name: l.str(c), Type: ast.TypeName{At: -1}})
	}
	return out
}

func (l *lowerer) columnDef(c *pg.ColumnDef) ast.ColumnDef {
	l.noIf(c.Compression != "", c.Location, "COMPRESSION")
	l.noIf(c.StorageName != "", c.Location, "STORAGE")
	l.noIf(len(c.Fdwoptions) > 0, c.Location, "OPTIONS")
	out := ast.ColumnDef{At: l.at(c.Location), Name: c.Colname, Type: l.typeName(c.TypeName)}
	if c.CollClause != nil {
		out.Collation, out.CollateAt = l.strs(c.CollClause.Collname), l.at(c.CollClause.Location)
	}
	var attrs deferral
	for _, n := range c.Constraints {
		if k := n.GetConstraint(); !attrs.attribute(l, k, out.Constraints) {
			out.Constraints = append(out.Constraints, l.constraint(k))
		}
	}
	return out
}

var constraintKinds = map[pg.ConstrType]ast.ConstraintKind{
	pg.ConstrType_CONSTR_NULL: ast.Null, pg.ConstrType_CONSTR_NOTNULL: ast.NotNull, pg.ConstrType_CONSTR_DEFAULT: ast.DefaultValue,
	pg.ConstrType_CONSTR_IDENTITY: ast.Identity, pg.ConstrType_CONSTR_GENERATED: ast.Generated, pg.ConstrType_CONSTR_CHECK: ast.CheckExpr,
	pg.ConstrType_CONSTR_PRIMARY: ast.PrimaryKey, pg.ConstrType_CONSTR_UNIQUE: ast.Unique, pg.ConstrType_CONSTR_FOREIGN: ast.ForeignKey,
}

func (l *lowerer) constraint(c *pg.Constraint) ast.Constraint {
	kind, ok := constraintKinds[c.GetContype()]
	if !ok {
		l.no(c.GetLocation(), "this constraint is not supported")
		return ast.Constraint{At: -1}
	}
	l.noIf(c.IsNoInherit, c.Location, "NO INHERIT")
	l.noIf(len(c.Including) > 0 || len(c.Options) > 0 && kind != ast.Identity, c.Location, "an index option of a constraint")
	l.noIf(c.Indexname != "" || c.Indexspace != "", c.Location, "a constraint over an index")
	l.noIf(c.SkipValidation && kind == ast.CheckExpr, c.Location, "NOT VALID")
	out := ast.Constraint{At: l.at(c.Location), Kind: kind, Name: c.Conname, X: l.expr(c.RawExpr), Text: l.textOf(c.RawExpr),
		NullsSame: c.NullsNotDistinct, Always: c.GeneratedWhen == "a", Deferrable: c.Deferrable, Deferred: c.Initdeferred,
		NotValid: c.SkipValidation}
	if kind == ast.Identity {
		out.Sequence = l.seqOptions(c.Options)
	}
	for _, k := range c.Keys {
		out.Columns = append(out.Columns, ast.ColName{At: l.at(c.Location), Name: l.str(k)})
	}
	for _, k := range c.FkAttrs {
		out.Columns = append(out.Columns, ast.ColName{At: l.at(c.Location), Name: l.str(k)})
	}
	if kind == ast.ForeignKey {
		out.Refs = l.references(c)
	}
	return out
}

// textOf is the SQL text of an expression, "" for none.
func (l *lowerer) textOf(n *pg.Node) string {
	if n == nil || l.err != nil {
		return ""
	}
	s, err := exprText(n)
	if err != nil {
		l.no(locationOf(n), "this expression is not supported: %s", err.Error())
	}
	return s
}

func (l *lowerer) truncate(s *pg.TruncateStmt) ast.Stmt {
	out := &ast.Truncate{Restart: s.RestartSeqs, Cascade: s.Behavior == pg.DropBehavior_DROP_CASCADE}
	for _, r := range s.Relations {
		out.Names = append(out.Names, l.rangeVar(r.GetRangeVar()))
	}
	return out
}

var dropKinds = map[pg.ObjectType]string{
	pg.ObjectType_OBJECT_TABLE: "TABLE", pg.ObjectType_OBJECT_VIEW: "VIEW", pg.ObjectType_OBJECT_INDEX: "INDEX",
	pg.ObjectType_OBJECT_MATVIEW: "MATERIALIZED VIEW", pg.ObjectType_OBJECT_SEQUENCE: "SEQUENCE",
	pg.ObjectType_OBJECT_FOREIGN_TABLE: "FOREIGN TABLE", pg.ObjectType_OBJECT_SCHEMA: "SCHEMA",
	pg.ObjectType_OBJECT_TYPE: "TYPE", pg.ObjectType_OBJECT_DOMAIN: "DOMAIN", pg.ObjectType_OBJECT_DATABASE: "DATABASE",
	pg.ObjectType_OBJECT_EXTENSION: "EXTENSION",
}

func (l *lowerer) drop(s *pg.DropStmt) ast.Stmt {
	kind, ok := dropKinds[s.RemoveType]
	if !ok {
		l.no(int32(l.start), "DROP of this kind of object is not supported")
		return nil
	}
	out := &ast.Drop{Kind: kind, Concurrently: s.Concurrent, IfExists: s.MissingOk, Cascade: s.Behavior == pg.DropBehavior_DROP_CASCADE}
	for _, o := range s.Objects {
		if t := o.GetTypeName(); t != nil {
			out.Names = append(out.Names, l.nameList(t.Names, -1))
		} else if list := o.GetList(); list != nil {
			out.Names = append(out.Names, l.nameList(list.Items, -1))
		} else {
			out.Names = append(out.Names, ast.Name{At: -1, Name: l.str(o)})
		}
	}
	return out
}

func (l *lowerer) comment(s *pg.CommentStmt) ast.Stmt {
	out := &ast.Comment{At: ast.At(l.start)}
	if s.Comment != "" { // COMMENT ... IS '' removes it too
		out.Text = &s.Comment
	}
	items := s.Object.GetList().GetItems()
	switch s.Objtype {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW, pg.ObjectType_OBJECT_INDEX, pg.ObjectType_OBJECT_SEQUENCE:
		out.Kind = dropKinds[s.Objtype]
		out.Name = l.nameList(items, -1)
	case pg.ObjectType_OBJECT_COLUMN:
		out.Kind = "COLUMN"
		if len(items) < 2 {
			l.no(int32(l.start), "column name must be qualified")
			return nil
		}
		out.Name = l.nameList(items[:len(items)-1], -1)
		out.Column = l.str(items[len(items)-1])
	case pg.ObjectType_OBJECT_TYPE, pg.ObjectType_OBJECT_DOMAIN:
		out.Kind = dropKinds[s.Objtype]
		out.Name = l.nameList(s.Object.GetTypeName().GetNames(), s.Object.GetTypeName().GetLocation())
	case pg.ObjectType_OBJECT_TABCONSTRAINT:
		out.Kind = "CONSTRAINT"
		if len(items) >= 2 {
			out.Name = l.nameList(items[:len(items)-1], -1)
			out.Column = l.str(items[len(items)-1])
		}
	case pg.ObjectType_OBJECT_DOMCONSTRAINT:
		out.Kind = "DOMAIN CONSTRAINT"
		if len(items) == 2 {
			out.Name = l.nameList(items[0].GetTypeName().GetNames(), items[0].GetTypeName().GetLocation())
			out.Column = l.str(items[1])
		}
	case pg.ObjectType_OBJECT_SCHEMA, pg.ObjectType_OBJECT_DATABASE, pg.ObjectType_OBJECT_EXTENSION, pg.ObjectType_OBJECT_ROLE:
		out.Kind = map[pg.ObjectType]string{pg.ObjectType_OBJECT_SCHEMA: "SCHEMA", pg.ObjectType_OBJECT_DATABASE: "DATABASE",
			pg.ObjectType_OBJECT_EXTENSION: "EXTENSION", pg.ObjectType_OBJECT_ROLE: "ROLE"}[s.Objtype]
		out.Name = ast.Name{At: -1, Name: l.str(s.Object)}
	default:
		l.no(int32(l.start), "COMMENT ON this kind of object is not supported")
	}
	return out
}

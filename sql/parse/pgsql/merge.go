package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

// merge lowers MERGE as PostgreSQL 15 has it; what later versions added is refused.
func (l *lowerer) merge(s *pg.MergeStmt) ast.Stmt {
	out := &ast.Merge{Table: l.rangeVar(s.Relation), Alias: s.Relation.GetAlias().GetAliasname(), On: l.expr(s.JoinCondition)}
	out.With, out.Recursive = l.with(s.WithClause)
	if from := l.froms([]*pg.Node{s.SourceRelation}); len(from) == 1 {
		out.Source = from[0]
	}
	if len(s.ReturningList) > 0 {
		l.no(s.ReturningList[0].GetResTarget().GetLocation(), "RETURNING of MERGE is not supported")
	}
	for _, n := range s.MergeWhenClauses {
		out.When = append(out.When, l.mergeWhen(n.GetMergeWhenClause()))
	}
	return out
}

func (l *lowerer) mergeWhen(c *pg.MergeWhenClause) ast.MergeWhen {
	out := ast.MergeWhen{Matched: c.MatchKind == pg.MergeMatchKind_MERGE_WHEN_MATCHED, Cond: l.expr(c.Condition), Overriding: overriding(c.Override)}
	if c.MatchKind == pg.MergeMatchKind_MERGE_WHEN_NOT_MATCHED_BY_SOURCE {
		l.no(-1, "WHEN NOT MATCHED BY SOURCE is not supported")
	}
	switch c.CommandType {
	case pg.CmdType_CMD_INSERT:
		out.Do, out.Columns, out.Values = ast.MergeInsert, l.insertColumns(c.TargetList), l.exprs(c.Values)
	case pg.CmdType_CMD_UPDATE:
		out.Do, out.Set = ast.MergeUpdate, l.assigns(c.TargetList)
	case pg.CmdType_CMD_DELETE:
		out.Do = ast.MergeDelete
	}
	return out
}

package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// actions are the letters of what a foreign key does; no action is the default of
// both dialects.
var actions = map[tast.ReferOptionType]string{tast.ReferOptionNoOption: "a", tast.ReferOptionNoAction: "a", tast.ReferOptionRestrict: "r",
	tast.ReferOptionCascade: "c", tast.ReferOptionSetNull: "n", tast.ReferOptionSetDefault: "d"}

// references lowers REFERENCES of a foreign key.
func (l *lowerer) references(r *tast.ReferenceDef) *ast.References {
	if r == nil || r.Table == nil {
		l.no(max(l.from, 0), "a foreign key without a table is not supported")
		return nil
	}
	out := &ast.References{Table: l.plainTable(r.Table), Full: r.Match == tast.MatchFull, OnUpdate: "a", OnDelete: "a"}
	if r.Match == tast.MatchPartial {
		l.no(max(l.from, 0), "MATCH PARTIAL not yet implemented")
	}
	if r.OnUpdate != nil {
		out.OnUpdate = actions[r.OnUpdate.ReferOpt]
	}
	if r.OnDelete != nil {
		out.OnDelete = actions[r.OnDelete.ReferOpt]
	}
	for _, p := range r.IndexPartSpecifications {
		if p.Column == nil || p.Length > 0 {
			l.no(max(l.from, 0), "a key over an expression or a part of a column is not supported")
			return out
		}
		out.Columns = append(out.Columns, l.columnName(p.Column).Name)
	}
	return out
}

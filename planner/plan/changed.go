package plan

import "tagd/sql/types"

// changed lists the tables whose rows a statement changes, those of its CTEs too;
// nil: it only reads.
func changed(s *Stmt) []*types.Table {
	var out []*types.Table
	add := func(t *types.Table, input Node) {
		out = append(out, t)
		if input != nil {
			out = changedBy(out, input)
		}
	}
	switch {
	case s.Explain != nil && s.Explain.Analyze:
		return changed(s.Explain.Target)
	case s.Query != nil:
		return changedBy(nil, s.Query)
	case s.Insert != nil:
		add(s.Insert.Table, s.Insert.Input)
	case s.Update != nil:
		add(s.Update.Table, s.Update.Input)
	case s.Delete != nil:
		add(s.Delete.Table, s.Delete.Input)
	case s.Merge != nil:
		add(s.Merge.Table, s.Merge.Input)
	case s.Copy != nil && s.Copy.In:
		add(s.Copy.Table, nil)
	case s.Copy != nil && s.Copy.Query != nil:
		return changedBy(nil, s.Copy.Query)
	}
	return out
}

func changedBy(out []*types.Table, n Node) []*types.Table {
	if w, ok := n.(*With); ok {
		for _, c := range w.CTEs {
			if c.Change != nil {
				out = append(out, changed(c.Change)...)
			}
		}
	}
	for _, k := range n.Children() {
		out = changedBy(out, k)
	}
	return out
}

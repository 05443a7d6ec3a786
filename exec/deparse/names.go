package deparse

import (
	"fmt"
	"strings"

	"tagd/sql/ast"
)

// systemTypes are the types of system columns.
var systemTypes = map[string]uint32{"tableoid": tOid, "ctid": 27, "xmin": 28, "xmax": 28, "cmin": 29, "cmax": 29}

// name is how other entries refer to r.
func (r *rte) name() string {
	if r.alias != "" {
		return r.alias
	}
	return r.eref
}

// ref is column i of r as it is referred to.
func (r *rte) ref(i int) *varNode {
	c := &r.cols[i]
	if c.syn != nil {
		return c.syn
	}
	return &varNode{rte: r, att: i + 1, t: c.t, mod: c.mod}
}

// find returns the place of a column, -1 for none, -2 for several.
func (r *rte) find(name string) int {
	at := -1
	for i := range r.cols {
		if r.cols[i].name == name && !r.cols[i].hidden {
			if at >= 0 {
				return -2
			}
			at = i
		}
	}
	return at
}

// column is transformColumnRef.
func (a *analyzer) column(lv *level, c *ast.Column) (node, error) {
	if c.Star {
		if r := lv.entry(strings.Join(c.Parts, ".")); r != nil {
			return r.whole(), nil
		}
		return nil, fmt.Errorf("a star outside of a select list")
	}
	if len(c.Parts) == 1 {
		return a.bareColumn(lv, c.Parts[0])
	}
	rel, name := c.Parts[len(c.Parts)-2], c.Parts[len(c.Parts)-1]
	r := lv.entry(rel)
	if r == nil {
		return nil, fmt.Errorf("there is no entry %s", rel)
	}
	if i := r.find(name); i >= 0 {
		return r.ref(i), nil
	}
	if x := r.system(name); x != nil {
		return x, nil
	}
	return nil, fmt.Errorf("there is no column %s.%s", rel, name)
}

func (r *rte) system(name string) node {
	if t, ok := systemTypes[name]; ok && r.kind == rteRelation {
		return &varNode{rte: r, att: -1, sys: name, t: t, mod: -1}
	}
	return nil
}

// entry finds an entry by its name, the nearest query first.
func (lv *level) entry(name string) *rte {
	for ; lv != nil; lv = lv.up {
		for _, r := range lv.rels {
			if r.name() == name && !r.nameHidden {
				return r
			}
		}
	}
	return nil
}

func (a *analyzer) bareColumn(lv *level, name string) (node, error) {
	if name == "value" && a.value != nil {
		return a.value, nil
	}
	for at := lv; at != nil; at = at.up {
		var found *varNode
		for _, r := range at.rels {
			if r.colsHidden {
				continue
			}
			switch i := r.find(name); {
			case i == -2 || i >= 0 && found != nil:
				return nil, fmt.Errorf("column %s is ambiguous", name)
			case i >= 0:
				found = r.ref(i)
			}
		}
		if found != nil {
			return found, nil
		}
		for _, r := range at.rels {
			if x := r.system(name); x != nil && !r.colsHidden {
				return x, nil
			}
		}
	}
	if r := lv.entry(name); r != nil {
		if r.kind == rteFunction && len(r.funcs) == 1 && len(r.cols) == 1 && !r.ord {
			return r.ref(0), nil
		}
		if r.kind == rteJoin && r.colsHidden {
			return nil, fmt.Errorf("the row of an alias of USING")
		}
		return r.whole(), nil
	}
	return nil, fmt.Errorf("there is no column %s", name)
}

// whole is the whole row of an entry.
func (r *rte) whole() *varNode {
	t := uint32(tRecord)
	if r.rel != nil && r.rel.RowType != 0 {
		t = r.rel.RowType
	}
	return &varNode{rte: r, t: t, mod: -1}
}

// star expands * and t.*.
func (a *analyzer) star(lv *level, c *ast.Column) ([]*target, error) {
	var rels []*rte
	if len(c.Parts) > 0 {
		r := lv.entry(c.Parts[len(c.Parts)-1])
		if r == nil {
			return nil, fmt.Errorf("there is no entry %s", c.Parts[len(c.Parts)-1])
		}
		rels = []*rte{r}
	} else {
		for _, r := range lv.rels {
			if !r.colsHidden {
				rels = append(rels, r)
			}
		}
	}
	var out []*target
	for _, r := range rels {
		for i := range r.cols {
			if !r.cols[i].hidden {
				out = append(out, &target{x: r.ref(i), name: r.cols[i].name})
			}
		}
	}
	return out, nil
}

// resultName is the name of an output column without an alias.
func resultName(e ast.Expr) string { return ast.ResultName(e, firstName) }

// firstName is the name of a query's first output column.
func firstName(sub *ast.Subquery) string {
	for q := sub.Query; q != nil; q = q.Left {
		if len(q.Items) > 0 {
			if q.Items[0].As != "" {
				return q.Items[0].As
			}
			return resultName(q.Items[0].X)
		}
		if q.Values != nil {
			return "column1"
		}
	}
	return ""
}

package ast

// ResultName is the name of an output column without an alias (FigureColname of
// parse_target.c): that of the column, function or type that the expression ends
// in, "?column?" where nothing names it. sub names the first output column of a
// scalar subquery.
func ResultName(e Expr, sub func(*Subquery) string) string {
	if name, _ := figure(e, sub); name != "" {
		return name
	}
	return "?column?"
}

// figure returns a name and how good it is: 2 beats 1.
func figure(e Expr, sub func(*Subquery) string) (string, int) {
	switch e := e.(type) {
	case *Column:
		if len(e.Parts) > 0 {
			return e.Parts[len(e.Parts)-1], 2
		}
	case *Field:
		return e.Name, 2
	case *Subscript:
		return figure(e.X, sub)
	case *Func:
		return e.Name[len(e.Name)-1], 2
	case *Cast:
		if name, n := figure(e.X, sub); n > 1 {
			return name, n
		}
		return e.Type.Name, 1
	case *Collate:
		return figure(e.X, sub)
	case *Case:
		if name, n := figure(e.Else, sub); n > 1 {
			return name, n
		}
		return "case", 1
	case *Array:
		return "array", 2
	case *Row:
		return "row", 2
	case *Subquery:
		switch e.Kind {
		case SubExists:
			return "exists", 2
		case SubArray:
			return "array", 2
		case SubScalar:
			return sub(e), 2
		}
	}
	return "", 0
}

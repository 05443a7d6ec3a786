package plan

import "tagd/sql/types"

// Domain holds the values of X to the rules of a domain and gives them the
// domain's type. Checks are over an input of one column, the value.
type Domain struct {
	typed
	X       Expr
	Name    string // the domain's, for errors
	NotNull bool
	Checks  []BoundCheck
}

// DomainDef is what the catalog knows of a domain.
type DomainDef struct {
	Name    string
	Base    types.Type // may be a domain itself
	NotNull bool
	Default string // SQL text, "" for none
	Checks  []types.Check
}

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
	// Inner are the domains of the fields in values of a composite type, or of an
	// array of it, which are held to their rules; such a T is no domain itself. Each
	// is over an input of one column. Off is the place for their errors, -1: none.
	Inner []*Domain
	Off   int
}

// DomainDef is what the catalog knows of a domain.
type DomainDef struct {
	Name    string
	Base    types.Type // may be a domain itself
	NotNull bool
	Default string // SQL text, "" for none
	Checks  []types.Check
}

package ast

// A block of PL/pgSQL, as DO has it. Texts of SQL are kept as they are: they are
// parsed when they run, as PL/pgSQL does.
type (
	// Do is DO 'block'.
	Do struct {
		stmtNode
		At
		Body *ProcBlock
	}
	// ProcStmt is one statement of a block; Line counts from 1 at its text's begin.
	ProcStmt interface{ procStmt() }
	// ProcBlock is BEGIN ... EXCEPTION ... END.
	ProcBlock struct {
		procNode
		Line     int
		Body     []ProcStmt
		Handlers []ProcHandler
	}
	// ProcHandler is WHEN condition OR ... THEN.
	ProcHandler struct {
		Codes []string // SQLSTATEs; one that ends in 000 is its whole class, "" is OTHERS
		Body  []ProcStmt
	}
	// ProcIf is IF with its ELSIFs: the first body whose condition holds, or Else.
	ProcIf struct {
		procNode
		Line   int
		Conds  []string
		Bodies [][]ProcStmt
		Else   []ProcStmt
	}
	// ProcRaise is RAISE. Without a level, a message, a code or options it raises
	// the handled error again (Again).
	ProcRaise struct {
		procNode
		Line    int
		Level   string   // "ERROR", "NOTICE", ...
		Format  []string // the pieces of the message between its parameters; nil: none
		Params  []string
		Code    string // "" for none
		Name    string // the condition as it was written, which is the default message
		Options []ProcOption
		Again   bool
	}
	// ProcOption is USING name = expression.
	ProcOption struct{ Name, X string }
	// ProcSQL is a statement of SQL (Kind "SQL statement"), PERFORM query, whose
	// rows nobody sees, or EXECUTE of a text that an expression gives.
	ProcSQL struct {
		procNode
		Line int
		Kind string
		Text string
	}
	// ProcReturn is RETURN.
	ProcReturn struct{ procNode }
)

type procNode struct{}

func (procNode) procStmt() {}

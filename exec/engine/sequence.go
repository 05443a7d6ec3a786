package engine

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// createSequence runs CREATE SEQUENCE.
func (s *Session) createSequence(r *run, u *ast.CreateSequence) (session.Result, error) {
	e, err := s.edit(r, "CREATE SEQUENCE")
	if err != nil {
		return nil, err
	}
	ns, err := e.target(u.Name, u.Temp)
	if err != nil {
		return nil, err
	}
	if e.c.taken(ns, u.Name.Name) {
		if !u.IfNotExists {
			return nil, sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, u.Name.Name)
		}
		n := sqlerr.Notice(`relation "%s" already exists, skipping`, u.Name.Name)
		n.Code = pgerrcode.DuplicateTable
		s.notice(n)
		return tag("CREATE SEQUENCE"), nil
	}
	q := &objects.Sequence{Head: objects.Head{OID: e.w.NewOID(), NS: ns, Name: u.Name.Name}, Gen: newGen()}
	if err := e.sequenceOptions(q, u.Options, true); err != nil {
		return nil, err
	}
	e.o.Sequences[q.OID] = q
	if err := e.born(objects.ClassRelation, q.OID, q.NS, "S"); err != nil {
		return nil, err
	}
	return tag("CREATE SEQUENCE"), e.store()
}

// alterSequence runs ALTER SEQUENCE with options.
func (s *Session) alterSequence(r *run, u *ast.AlterSequence) (session.Result, error) {
	e, err := s.edit(r, "ALTER SEQUENCE")
	if err != nil {
		return nil, err
	}
	rel, err := e.altered(u.Name, u.IfExists)
	if rel == nil || err != nil {
		return tag("ALTER SEQUENCE"), err
	}
	if rel.seq == nil {
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a sequence`, u.Name.Name)
	}
	q := *rel.seq
	for _, o := range u.Options {
		if owner := e.c.byOID(q.Table); q.Identity && o.Name == "owned_by" && owner != nil {
			return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "cannot change ownership of identity sequence").
				WithDetail(`Sequence "%s" is linked to table "%s".`, q.Name, owner.Name)
		}
	}
	if err := e.sequenceOptions(&q, u.Options, false); err != nil {
		return nil, err
	}
	if err := e.keepCount(rel.seq, &q); err != nil {
		return nil, err
	}
	e.o.Sequences[q.OID] = &q
	return tag("ALTER SEQUENCE"), e.store()
}

// seqBounds are the limits of a sequence's type.
func seqBounds(typ string) (lo, hi int64) {
	switch typ {
	case "smallint":
		return math.MinInt16, math.MaxInt16
	case "integer":
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

// seqParams are options by name, as written.
type seqParams map[string]*ast.SeqOption

// sequenceOptions applies options as init_params of PostgreSQL's sequence.c does.
func (e *edit) sequenceOptions(q *objects.Sequence, opts []ast.SeqOption, create bool) error {
	by := seqParams{}
	for i := range opts {
		o := &opts[i]
		if by[o.Name] != nil {
			return sqlerr.At(o.Pos(), pgerrcode.SyntaxError, "conflicting or redundant options")
		}
		by[o.Name] = o
		if o.Value != "" {
			if _, err := types.ParseInt(o.Value, 64); err != nil {
				return err
			}
		}
	}
	reset := create
	if o := by["as"]; o != nil {
		t, err := e.s.resolveType(o.Type)
		if err != nil {
			return err
		}
		if t.Array || t.Ext != nil || t.Kind != types.Int2 && t.Kind != types.Int4 && t.Kind != types.Int8 {
			return badSequence("sequence type must be smallint, integer, or bigint")
		}
		if !create {
			lo, hi := seqBounds(q.Type)
			nlo, nhi := seqBounds(t.String())
			if q.Max == hi {
				q.Max = nhi
			}
			if q.Min == lo {
				q.Min = nlo
			}
		}
		q.Type = t.String()
	} else if create {
		q.Type = "bigint"
	}
	if o := by["increment"]; o != nil {
		q.Inc = seqNumber(o)
		if q.Inc == 0 {
			return badSequence("INCREMENT must not be zero")
		}
	} else if create {
		q.Inc = 1
	}
	if o := by["cycle"]; o != nil {
		q.Cycle = o.Bool
	}
	if err := by.bounds(q, reset); err != nil {
		return err
	}
	if err := by.start(q, create); err != nil {
		return err
	}
	if o := by["cache"]; o != nil {
		if q.Cache = seqNumber(o); q.Cache <= 0 {
			return badSequence("CACHE (%d) must be greater than zero", q.Cache)
		}
	} else if create {
		q.Cache = 1
	}
	if o := by["owned_by"]; o != nil {
		return e.ownedBy(q, o.Owner)
	}
	return nil
}

func badSequence(format string, args ...any) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, format, args...)
}

// seqNumber is an option's number, which sequenceOptions has checked.
func seqNumber(o *ast.SeqOption) int64 {
	n, _ := strconv.ParseInt(o.Value, 10, 64)
	return n
}

// bounds applies MINVALUE and MAXVALUE.
func (by seqParams) bounds(q *objects.Sequence, create bool) error {
	lo, hi := seqBounds(q.Type)
	if o := by["maxvalue"]; o != nil && o.Value != "" {
		q.Max = seqNumber(o)
	} else if create || o != nil {
		q.Max = hi
		if q.Inc < 0 {
			q.Max = -1
		}
	}
	if q.Max < lo || q.Max > hi {
		return badSequence("MAXVALUE (%d) is out of range for sequence data type %s", q.Max, q.Type)
	}
	if o := by["minvalue"]; o != nil && o.Value != "" {
		q.Min = seqNumber(o)
	} else if create || o != nil {
		q.Min = 1
		if q.Inc < 0 {
			q.Min = lo
		}
	}
	if q.Min < lo || q.Min > hi {
		return badSequence("MINVALUE (%d) is out of range for sequence data type %s", q.Min, q.Type)
	}
	if q.Min >= q.Max {
		return badSequence("MINVALUE (%d) must be less than MAXVALUE (%d)", q.Min, q.Max)
	}
	return nil
}

// start applies START and RESTART.
func (by seqParams) start(q *objects.Sequence, create bool) error {
	if o := by["start"]; o != nil {
		q.Start = seqNumber(o)
	} else if create {
		q.Start = q.Min
		if q.Inc < 0 {
			q.Start = q.Max
		}
	}
	if err := inBounds("START", q.Start, q); err != nil {
		return err
	}
	o := by["restart"]
	if o == nil {
		return nil
	}
	first := q.Start
	if o.Value != "" {
		first = seqNumber(o)
	}
	q.Gen, q.First = newGen(), &first
	return inBounds("RESTART", first, q)
}

// newGen is a generation that no sequence of the file counts under: one that a
// rollback takes back is never used again.
func newGen() uint32 { return rand.Uint32() | 1 }

func inBounds(what string, v int64, q *objects.Sequence) error {
	if v < q.Min {
		return badSequence("%s value (%d) cannot be less than MINVALUE (%d)", what, v, q.Min)
	}
	if v > q.Max {
		return badSequence("%s value (%d) cannot be greater than MAXVALUE (%d)", what, v, q.Max)
	}
	return nil
}

// ownedBy applies OWNED BY.
func (e *edit) ownedBy(q *objects.Sequence, owner []string) error {
	if len(owner) == 1 {
		if owner[0] != "none" {
			return sqlerr.New(pgerrcode.SyntaxError, "invalid OWNED BY option").WithHint("Specify OWNED BY table.column or OWNED BY NONE.")
		}
		q.Table, q.Col = 0, 0
		return nil
	}
	n := ast.Name{At: -1, Name: owner[len(owner)-2]}
	if len(owner) > 2 {
		n.Schema = owner[len(owner)-3]
	}
	rel := e.c.find(n.Schema, n.Name)
	switch {
	case rel == nil:
		return noRelation(n)
	case rel.kind != 'r':
		return sqlerr.New(pgerrcode.WrongObjectType, `sequence cannot be owned by relation "%s"`, n.Name).
			WithDetail("This operation is not supported for %ss.", kindWords[rel.kind])
	case rel.ns != q.NS:
		return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "sequence must be in same schema as table it is linked to")
	}
	col := owner[len(owner)-1]
	i := rel.def.Column(col)
	if i < 0 {
		return noColumn(col, n.Name)
	}
	q.Table, q.Col = rel.def.OID, rel.def.Columns[i].ID
	return nil
}

// freeName is ChooseRelationName: table_column_label, with a number where that is
// taken; used are names that the statement has chosen already.
func (e *edit) freeName(ns uint32, table, col, label string, used map[string]bool) string {
	name := joinName(table, col, label)
	for i := 1; e.c.taken(ns, name) || used[name]; i++ {
		name = joinName(table, col, label+strconv.Itoa(i))
	}
	return name
}

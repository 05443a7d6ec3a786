package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// setDefault runs ALTER COLUMN ... SET and DROP DEFAULT.
func (a *alterer) setDefault(c *ast.AlterAction, i int) error {
	col := &a.def.Columns[i]
	switch {
	case col.Identity != "":
		e := sqlerr.New(pgerrcode.SyntaxError, `column "%s" of relation "%s" is an identity column`, col.Name, a.def.Name)
		if c.Kind == ast.DropDefault {
			e.WithHint("Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead.")
		}
		return e
	case col.Generated != "":
		e := sqlerr.New(pgerrcode.SyntaxError, `column "%s" of relation "%s" is a generated column`, col.Name, a.def.Name)
		if c.Kind == ast.DropDefault {
			e.WithHint("Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead.")
		}
		return e
	case c.Kind == ast.DropDefault:
		col.Default = ""
		return nil
	}
	text, err := a.e.pinSequences(c.X, c.Text)
	if err != nil {
		return err
	}
	off, err := setDefault(col, c.X, text)
	if err == nil {
		_, err = a.s.bindOne(a.def, i, nil, off)
	}
	return err
}

// dropNotNull runs ALTER COLUMN ... DROP NOT NULL; soft leaves a key as it is.
func (a *alterer) dropNotNull(i int, soft bool) error {
	col := &a.def.Columns[i]
	primary := inPrimary(a.def, i)
	switch {
	case primary && soft:
		return nil
	case col.Identity != "":
		return sqlerr.New(pgerrcode.SyntaxError, `column "%s" of relation "%s" is an identity column`, col.Name, a.def.Name)
	case primary:
		return sqlerr.New(pgerrcode.InvalidTableDefinition, `column "%s" is in a primary key`, col.Name)
	}
	col.NotNull = false
	return nil
}

// identity runs ALTER COLUMN ... ADD GENERATED AS IDENTITY, SET GENERATED and
// sequence options, and DROP IDENTITY.
func (a *alterer) identity(c *ast.AlterAction, i int) error {
	col := &a.def.Columns[i]
	q := a.e.o.Sequences[col.Seq]
	if c.Kind == ast.AddIdentity {
		switch {
		case col.Type.Kind != types.Int2 && col.Type.Kind != types.Int4 && col.Type.Kind != types.Int8:
			return sqlerr.New(pgerrcode.InvalidParameterValue, "identity column type must be smallint, integer, or bigint")
		case !col.NotNull:
			return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `column "%s" of relation "%s" must be declared NOT NULL before identity can be added`, col.Name, a.def.Name)
		case col.Identity != "":
			return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `column "%s" of relation "%s" is already an identity column`, col.Name, a.def.Name)
		case col.Default != "":
			return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `column "%s" of relation "%s" already has a default value`, col.Name, a.def.Name)
		}
		k := a.creator()
		if err := k.identity(c.Constraint, i); err != nil {
			return err
		}
		return a.own(k)
	}
	if col.Identity == "" {
		if c.Kind == ast.DropIdentity && c.IfExists {
			a.s.notice(sqlerr.Notice(`column "%s" of relation "%s" is not an identity column, skipping`, col.Name, a.def.Name))
			return nil
		}
		return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `column "%s" of relation "%s" is not an identity column`, col.Name, a.def.Name)
	}
	a.objects = true
	if c.Kind == ast.DropIdentity {
		delete(a.e.o.Sequences, col.Seq)
		a.e.forget(objects.ClassRelation, col.Seq)
		col.Identity, col.Seq = "", 0
		return nil
	}
	var rest []ast.SeqOption
	for _, o := range c.Options {
		if o.Name == "generated" {
			col.Identity = o.Value
		} else {
			rest = append(rest, o)
		}
	}
	if q == nil || len(rest) == 0 {
		return nil
	}
	next := *q
	if err := a.e.sequenceOptions(&next, rest, false); err != nil {
		return err
	}
	if err := a.e.keepCount(q, &next); err != nil {
		return err
	}
	a.e.o.Sequences[q.OID] = &next
	return nil
}

// dropExpression runs ALTER COLUMN ... DROP EXPRESSION: the values stay.
func (a *alterer) dropExpression(c *ast.AlterAction, i int) error {
	col := &a.def.Columns[i]
	if col.Generated == "" {
		if c.IfExists {
			a.s.notice(sqlerr.Notice(`column "%s" of relation "%s" is not a stored generated column, skipping`, col.Name, a.def.Name))
			return nil
		}
		return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `column "%s" of relation "%s" is not a stored generated column`, col.Name, a.def.Name)
	}
	col.Generated = ""
	return nil
}

package engine

import (
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// createDomain runs CREATE DOMAIN.
func (s *Session) createDomain(r *run, u *ast.CreateDomain) (session.Result, error) {
	e, err := s.edit(r, "CREATE DOMAIN")
	if err != nil {
		return nil, err
	}
	head, err := e.newType(u.Name)
	if err != nil {
		return nil, err
	}
	base, err := s.resolveType(u.Type)
	if err != nil {
		err := *sqlerr.From(err)
		err.Pos = 0 // the type is looked up when the text is gone
		return nil, &err
	}
	if !storable(base) {
		return nil, sqlerr.At(u.Type.Pos(), pgerrcode.DatatypeMismatch, `"%s" is not a valid base type for a domain`, u.Type.Name)
	}
	if err := e.c.mayUseType(base); err != nil {
		return nil, err
	}
	t := &objects.Type{Head: head, Kind: "d", Base: base.Stored()}
	null, seenDefault := false, false
	for i := range u.Constraints {
		k := &u.Constraints[i]
		switch k.Kind {
		case ast.NotNull, ast.Null:
			not := k.Kind == ast.NotNull
			if not && null || !not && t.NotNull {
				return nil, sqlerr.New(pgerrcode.SyntaxError, "conflicting NULL/NOT NULL constraints")
			}
			t.NotNull, null = not, !not
		case ast.DefaultValue:
			if seenDefault {
				return nil, sqlerr.New(pgerrcode.SyntaxError, "multiple default expressions")
			}
			seenDefault = true
			if t.Default, err = e.domainDefault(base, head.Name, k.X, k.Text); err != nil {
				return nil, err
			}
		case ast.CheckExpr:
			if err := e.domainCheck(t, k); err != nil {
				return nil, err
			}
		case ast.Unique:
			return nil, sqlerr.New(pgerrcode.SyntaxError, "unique constraints not possible for domains")
		case ast.PrimaryKey:
			return nil, sqlerr.New(pgerrcode.SyntaxError, "primary key constraints not possible for domains")
		case ast.ForeignKey:
			return nil, sqlerr.New(pgerrcode.SyntaxError, "foreign key constraints not possible for domains")
		default:
			return nil, sqlerr.New(pgerrcode.SyntaxError, "unrecognized constraint of a domain")
		}
	}
	e.newMeaning(t)
	if err := e.born(objects.ClassType, t.OID, t.NS, "T"); err != nil {
		return nil, err
	}
	return tag("CREATE DOMAIN"), e.setType(t)
}

// domainDefault checks the default of a domain as that of a column.
func (e *edit) domainDefault(base types.Type, name string, x ast.Expr, text string) (string, error) {
	text, err := e.pinSequences(x, text)
	if err != nil {
		return "", err
	}
	col := types.Column{Name: name, Type: base}
	off, err := setDefault(&col, x, text)
	if err != nil {
		return "", err
	}
	_, err = e.s.bindOne(&types.Table{Name: name, Key: -1, Columns: []types.Column{col}}, 0, nil, off)
	return col.Default, err
}

// domainCheck adds a CHECK constraint, whose VALUE is a column of that name.
func (e *edit) domainCheck(t *objects.Type, k *ast.Constraint) error {
	name := k.Name
	has := func(n string) bool {
		for _, c := range t.Checks {
			if c.Name == n {
				return true
			}
		}
		return false
	}
	if name == "" {
		name = joinName(t.Name, "", "check")
		for i := 1; has(name); i++ {
			name = joinName(t.Name, "", "check"+strconv.Itoa(i))
		}
	} else if has(name) {
		return sqlerr.New(pgerrcode.DuplicateObject, `constraint "%s" for domain "%s" already exists`, name, t.Name)
	}
	base, _ := e.c.exts.Type(t.Base)
	def := &types.Table{Name: t.Name, Key: -1, Columns: []types.Column{{Name: "value", Type: base}}}
	ck := types.Check{Name: name, Expr: k.Text}
	if _, err := e.s.bindOne(def, -1, &ck, -1); err != nil {
		return err
	}
	t.Checks = append(append([]types.Check(nil), t.Checks...), ck)
	return nil
}

// alterDomain runs ALTER DOMAIN.
func (s *Session) alterDomain(r *run, u *ast.AlterDomain) (session.Result, error) {
	e, err := s.edit(r, "ALTER DOMAIN")
	if err != nil {
		return nil, err
	}
	old, err := e.ownType(u.Name, "DOMAIN")
	if err != nil {
		return nil, err
	}
	t := *old
	base, _ := e.c.exts.Type(t.Base)
	switch u.Kind {
	case ast.SetDefault:
		t.Default, err = e.domainDefault(base, t.Name, u.X, u.Text)
	case ast.DropDefault:
		t.Default = ""
	case ast.DropNotNull:
		t.NotNull = false
	case ast.SetNotNull:
		if !t.NotNull {
			t.NotNull = true
			err = e.holdDomain(&t, &ast.IsTest{At: -1, What: ast.IsNull}, nil)
		}
	case ast.AddConstraint:
		if u.Constraint.Kind != ast.CheckExpr {
			return nil, sqlerr.Unsupported(u.Constraint.Pos(), "this constraint of a domain is not supported")
		}
		if err = e.domainCheck(&t, u.Constraint); err == nil {
			err = e.holdDomain(&t, nil, u.Constraint.X)
		}
	case ast.DropConstraint:
		err = e.dropDomainCheck(&t, u)
	case ast.ValidateConstraint:
	}
	if err != nil {
		return nil, err
	}
	return tag("ALTER DOMAIN"), e.setType(&t)
}

func (e *edit) dropDomainCheck(t *objects.Type, u *ast.AlterDomain) error {
	for i, c := range t.Checks {
		if c.Name == u.Target {
			t.Checks = append(append([]types.Check(nil), t.Checks[:i]...), t.Checks[i+1:]...)
			return nil
		}
	}
	if u.IfExists {
		e.s.notice(sqlerr.Notice(`constraint "%s" of domain "%s" does not exist, skipping`, u.Target, t.Name))
		return nil
	}
	return sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" of domain "%s" does not exist`, u.Target, t.Name)
}

// holdDomain checks the stored values of a domain against a new rule: null is
// the test that no value may meet, check the condition that all must.
func (e *edit) holdDomain(t *objects.Type, null *ast.IsTest, check ast.Expr) error {
	for _, def := range e.c.tables() {
		for i := range def.Columns {
			col := &def.Columns[i]
			if d := col.Type.Domain(); d == nil || d.OID != t.OID {
				continue
			}
			ref := &ast.Column{At: -1, Parts: []string{col.Name}}
			cond, code, what := ast.Expr(nil), pgerrcode.NotNullViolation, "null values"
			if null != nil {
				cond = &ast.IsTest{At: -1, X: ref, What: ast.IsNull}
			} else {
				code, what = pgerrcode.CheckViolation, "values that violate the new constraint"
				cond = &ast.IsTest{At: -1, X: withValue(check, ref), What: ast.IsFalse}
			}
			n, err := e.s.countWhere(e.r, def, cond)
			if err != nil {
				return err
			}
			if n > 0 {
				return sqlerr.New(code, `column "%s" of table "%s" contains %s`, col.Name, def.Name, what)
			}
		}
	}
	return nil
}

// renameDomainCheck runs ALTER DOMAIN ... RENAME CONSTRAINT.
func (e *edit) renameDomainCheck(u *ast.Rename) error {
	old, err := e.ownType(u.Name, "DOMAIN")
	if err != nil {
		return err
	}
	t := *old
	t.Checks = append([]types.Check(nil), old.Checks...)
	at := -1
	for i := range t.Checks {
		switch t.Checks[i].Name {
		case u.Column:
			at = i
		case u.NewName:
			return sqlerr.New(pgerrcode.DuplicateObject, `constraint "%s" for domain %s already exists`, u.NewName, t.Name)
		}
	}
	if at < 0 {
		return sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" for domain %s does not exist`, u.Column, t.Name)
	}
	t.Checks[at].Name = u.NewName
	return e.setType(&t)
}

package engine

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/planner/bind"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// viewOptions gives a view all its options.
func (e *edit) viewOptions(v *objects.View, opts []ast.Option) error {
	v.Options, v.Invoker, v.Check = nil, false, ""
	if slices.ContainsFunc(opts, func(o ast.Option) bool { return o.Name == "check_option" }) {
		why, err := e.c.notUpdatable(v)
		if why != "" {
			err = sqlerr.New(pgerrcode.FeatureNotSupported, "WITH CHECK OPTION is supported only on automatically updatable views").WithHint("%s", why)
		}
		if err != nil {
			return err
		}
	}
	for _, o := range opts {
		value := "true"
		if len(o.Value) > 0 {
			value = o.Value[0]
		}
		on, ok := parseSettingBool(value)
		switch o.Name {
		case "security_barrier", "security_invoker":
			if !ok {
				return sqlerr.New(pgerrcode.InvalidParameterValue, `invalid value for boolean option "%s": %s`, o.Name, value)
			}
			v.Invoker = v.Invoker || o.Name == "security_invoker" && on
		case "check_option":
			if value != "local" && value != "cascaded" {
				return sqlerr.New(pgerrcode.InvalidParameterValue, `invalid value for enum option "check_option": %s`, value).
					WithDetail(`Valid values are "local" and "cascaded".`)
			}
			v.Check = value
		default:
			return sqlerr.New(pgerrcode.InvalidParameterValue, `unrecognized parameter "%s"`, o.Name)
		}
		v.Options = append(v.Options, o.Name+"="+value)
	}
	return nil
}

// notUpdatable says why a view's own query cannot be changed like a table, "" where
// it can.
func (c *catalog) notUpdatable(v *objects.View) (string, error) {
	can, why, of, err := bind.ViewColumns(c.planView(v), bind.Options{})
	if err != nil || of != v.Name {
		why = ""
	}
	some := why != ""
	for _, ok := range can {
		some = some || ok
	}
	if !some && err == nil && of == "" {
		why = "Views that have no updatable columns are not automatically updatable."
	}
	return why, err
}

package fn

import (
	"errors"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/jsonb"
	"tagd/sql/jsonpath"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

var tPath = types.Of(types.JSONPath)

func init() {
	for _, suffix := range []string{"", "_tz"} {
		var opts []opt
		if suffix != "" {
			opts = append(opts, stable)
		}
		for _, args := range []ts{{tJSONB, tPath}, {tJSONB, tPath, tJSONB}, {tJSONB, tPath, tJSONB, tBool}} {
			def("jsonb_path_exists"+suffix, args, tBool, rows(tBool, func(r row) (vec.Datum, error) { return pathExists(r, false) }), opts...)
			def("jsonb_path_match"+suffix, args, tBool, rows(tBool, func(r row) (vec.Datum, error) { return pathMatch(r, false) }), opts...)
			def("jsonb_path_query_array"+suffix, args, tJSONB, rows(tJSONB, pathArray), opts...)
			def("jsonb_path_query_first"+suffix, args, tJSONB, rows(tJSONB, pathFirst), opts...)
			defSet(&SetFunc{Name: "jsonb_path_query" + suffix, Args: args, Strict: true, Scalar: true,
				Cols: []SetCol{{"jsonb_path_query" + suffix, tJSONB}}, Rows: pathRows})
		}
	}
	op("@?", tJSONB, tPath, tBool, rows(tBool, func(r row) (vec.Datum, error) { return pathExists(r, true) }))
	op("@@", tJSONB, tPath, tBool, rows(tBool, func(r row) (vec.Datum, error) { return pathMatch(r, true) }))
}

// pathCache keeps parsed paths; a path of a statement is used for many rows.
var pathCache struct {
	sync.Mutex
	m map[string]*jsonpath.Path
}

const pathCacheSize = 256

func parsePath(s string) (*jsonpath.Path, error) {
	pathCache.Lock()
	p := pathCache.m[s]
	pathCache.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := jsonpath.Parse(s)
	if err != nil {
		return nil, err
	}
	pathCache.Lock()
	if len(pathCache.m) >= pathCacheSize || pathCache.m == nil {
		pathCache.m = map[string]*jsonpath.Path{}
	}
	pathCache.m[s] = p
	pathCache.Unlock()
	return p, nil
}

// pathCall is one call of a path function.
type pathCall struct {
	p         *jsonpath.Path
	doc, vars jsonb.Value
	silent    bool
}

// newPathCall reads the arguments document, path [, variables [, silent]].
func newPathCall(args []vec.Datum, silent bool) (c pathCall, err error) {
	if c.p, err = parsePath(args[1].S); err != nil {
		return c, err
	}
	if c.doc, err = jsonb.Parse(args[0].S); err != nil {
		return c, err
	}
	c.silent = silent
	if len(args) > 2 {
		if c.vars, err = jsonb.Parse(args[2].S); err != nil {
			return c, err
		}
		if c.vars.Kind != jsonb.Object {
			return c, sqlerr.New(pgerrcode.InvalidParameterValue, "\"vars\" argument is not an object").
				WithDetail("Jsonpath parameters should be encoded as key-value pairs of \"vars\" object.")
		}
	}
	if len(args) > 3 {
		c.silent = args[3].I != 0
	}
	return c, nil
}

func (r row) pathCall(silent bool) (pathCall, error) {
	args := make([]vec.Datum, r.n())
	for k := range args {
		args[k] = r.get(k)
	}
	return newPathCall(args, silent)
}

// hush tells whether err is one of the data that a silent call suppresses;
// otherwise it returns the error as clients see it.
func (c *pathCall) hush(err error) (bool, error) {
	var p jsonpath.PathError
	if errors.As(err, &p) {
		return c.silent, p.Err
	}
	return false, err
}

func pathExists(r row, silent bool) (vec.Datum, error) {
	c, err := r.pathCall(silent)
	if err != nil {
		return null, err
	}
	found, err := c.p.Exists(&c.doc, &c.vars, r.c.canceled)
	if err != nil {
		if quiet, err := c.hush(err); !quiet {
			return null, err
		}
		return null, nil
	}
	return dB(found), nil
}

// items are the items that the path selects; quiet: there was an error that is
// suppressed.
func (c *pathCall) items(x *Ctx) (list []jsonb.Value, quiet bool, err error) {
	if list, err = c.p.Query(&c.doc, &c.vars, x.canceled); err != nil {
		if quiet, err = c.hush(err); quiet {
			return list, true, nil // what was found before the error
		}
	}
	return list, false, err
}

func pathMatch(r row, silent bool) (vec.Datum, error) {
	c, err := r.pathCall(silent)
	if err != nil {
		return null, err
	}
	list, _, err := c.items(r.c)
	if err != nil {
		return null, err
	}
	if len(list) == 1 {
		switch list[0].Kind {
		case jsonb.True, jsonb.False:
			return dB(list[0].Kind == jsonb.True), nil
		case jsonb.Null:
			return null, nil
		}
	}
	if c.silent {
		return null, nil
	}
	return null, sqlerr.New(pgerrcode.SingletonSQLJSONItemRequired, "single boolean result is expected")
}

func pathArray(r row) (vec.Datum, error) {
	c, err := r.pathCall(false)
	if err != nil {
		return null, err
	}
	list, _, err := c.items(r.c)
	return dJ(jsonb.ArrayOf(list)), err
}

func pathFirst(r row) (vec.Datum, error) {
	c, err := r.pathCall(false)
	if err != nil {
		return null, err
	}
	list, _, err := c.items(r.c)
	if err != nil || len(list) == 0 {
		return null, err
	}
	return dJ(list[0]), nil
}

func pathRows(x *Ctx, args []vec.Datum, _ []types.Type, emit func(row []vec.Datum) error) error {
	c, err := newPathCall(args, false)
	if err != nil {
		return err
	}
	list, _, err := c.items(x)
	if err != nil {
		return err
	}
	for i := range list {
		if err := emit([]vec.Datum{dJ(list[i])}); err != nil {
			return err
		}
	}
	return nil
}

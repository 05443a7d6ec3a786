package fn

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// ServerVersion is the PostgreSQL release whose behaviour tagd follows; clients
// parse it.
const ServerVersion = "15.7"

func sys(name string, ret types.Type, f func(c *Ctx) vec.Datum) {
	def(name, ts{}, ret, perCall(ret, func(c *Ctx) (vec.Datum, error) { return f(c), nil }), stable)
}

func init() {
	sys("version", tText, func(*Ctx) vec.Datum { return dS("PostgreSQL " + ServerVersion + " (tagd)") })
	for _, n := range []string{"current_user", "user", "current_role"} {
		sys(n, tName, func(c *Ctx) vec.Datum { return dS(c.User) })
	}
	sys("session_user", tName, func(c *Ctx) vec.Datum { return dS(c.SessionUser) })
	for _, n := range []string{"current_database", "current_catalog"} {
		sys(n, tName, func(c *Ctx) vec.Datum { return dS(c.DB) })
	}
	def("current_schema", ts{}, tName, askCatalog("current_schema", tName), stable)
	def("current_schemas", ts{tBool}, tName.ArrayOf(), askCatalog("current_schemas", tName.ArrayOf()), stable)
	sys("pg_backend_pid", tI4, func(c *Ctx) vec.Datum { return dI(int64(c.PID)) })
	def("pg_typeof", ts{tAny}, types.Of(types.RegType), func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		oid := args[0].Type.OID()
		if d := args[0].Type.Domain(); d != nil {
			oid = d.OID
		}
		return vec.NewConst(types.Of(types.RegType), dI(int64(oid)), n), nil
	}, nullable, stable)
	def("current_setting", ts{tText}, tText, rows(tText, currentSetting), stable)
	def("current_setting", ts{tText, tBool}, tText, rows(tText, currentSetting), stable)
	def("set_config", ts{tText, tText, tBool}, tText, rowsN(tText, setConfig), volatile, nullable)
	def("pg_sleep", ts{tF8}, tVoid, rows(tVoid, pgSleep), volatile)
	def("gen_random_uuid", ts{}, tUUID, func(_ *Ctx, _ []*vec.Vector, n int) (*vec.Vector, error) {
		v := vec.New(tUUID, n)
		for i := range v.Str {
			var b [16]byte
			_, _ = rand.Read(b[:]) // never fails since Go 1.24
			b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
			v.Str[i] = string(b[:])
		}
		return v, nil
	}, volatile)
	def("num_nulls", ts{tAny}, tI4, rowsN(tI4, func(r row) (vec.Datum, error) { return dI(int64(countNulls(r))), nil }), nullable, variadic)
	def("num_nonnulls", ts{tAny}, tI4, rowsN(tI4, func(r row) (vec.Datum, error) { return dI(int64(r.n() - countNulls(r))), nil }), nullable, variadic)
	def("concat", ts{tAny}, tText, rowsN(tText, func(r row) (vec.Datum, error) { return dS(r.join(0, "")), nil }), nullable, variadic, stable)
	def("concat_ws", ts{tText, tAny}, tText, rowsN(tText, func(r row) (vec.Datum, error) {
		if r.null(0) {
			return null, nil
		}
		return dS(r.join(1, r.s(0))), nil
	}), nullable, variadic, stable)
	def("quote_nullable", ts{tAny}, tText, rowsN(tText, func(r row) (vec.Datum, error) {
		if r.null(0) {
			return dS("NULL"), nil
		}
		return dS(quoteLiteral(r.concatText(0))), nil
	}), nullable, stable)
	def("quote_literal", ts{tAny}, tText, rows(tText, func(r row) (vec.Datum, error) { return dS(quoteLiteral(r.concatText(0))), nil }), stable)
	def("format", ts{tText}, tText, rows(tText, format), stable)
	def("format", ts{tText, tAny}, tText, rowsN(tText, format), nullable, variadic, stable)
	for _, name := range []string{"greatest", "least"} {
		def(name, ts{tElem}, tElem, rowsOf(false, likeArg(0), extreme(name == "greatest")), nullable, variadic, compatible)
	}
	def("nullif", ts{tElem, tElem}, tElem, rowsOf(false, likeArg(0), func(r row) (vec.Datum, error) {
		if r.null(0) || !r.null(1) && vec.CompareAt(r.args[0], r.i, r.args[1], r.i) == 0 {
			return null, nil
		}
		return r.get(0), nil
	}), nullable, compatible)
}

func extreme(greatest bool) func(r row) (vec.Datum, error) {
	return func(r row) (vec.Datum, error) {
		best := -1
		for k := range r.args {
			if r.null(k) {
				continue
			}
			if best >= 0 {
				c := vec.CompareAt(r.args[k], r.i, r.args[best], r.i)
				if c == 0 || (c > 0) != greatest {
					continue
				}
			}
			best = k
		}
		if best < 0 {
			return null, nil
		}
		return r.get(best), nil
	}
}

func countNulls(r row) int {
	n := 0
	for k := range r.args {
		if r.null(k) {
			n++
		}
	}
	return n
}

// join concatenates the arguments from k on, NULLs left out.
func (r row) join(k int, sep string) string {
	var b strings.Builder
	first := true
	for ; k < r.n(); k++ {
		if r.null(k) {
			continue
		}
		if !first {
			b.WriteString(sep)
		}
		first = false
		b.WriteString(r.concatText(k))
	}
	return b.String()
}

func currentSetting(r row) (vec.Datum, error) {
	if r.c.Setting != nil {
		if v, ok, err := r.c.Setting(strings.ToLower(r.s(0))); ok || err != nil {
			return dS(v), err
		}
	}
	if r.n() > 1 && r.int(1) != 0 {
		return null, nil
	}
	return null, sqlerr.New(pgerrcode.UndefinedObject, "unrecognized configuration parameter \"%s\"", r.s(0))
}

func setConfig(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "SET requires parameter name")
	}
	v, local := "", !r.null(2) && r.int(2) != 0
	if !r.null(1) {
		v = r.s(1)
	}
	if r.c.SetSetting != nil {
		if err := r.c.SetSetting(strings.ToLower(r.s(0)), v, local); err != nil {
			return null, err
		}
	}
	return dS(v), nil
}

func pgSleep(r row) (vec.Datum, error) {
	if s := r.f(0); s > 0 {
		t := time.NewTimer(time.Duration(min(s, 1e9) * 1e9))
		defer t.Stop()
		if r.c.Context == nil {
			<-t.C
			return dS(""), nil
		}
		select {
		case <-t.C:
		case <-r.c.Context.Done():
			return null, sqlerr.New(pgerrcode.QueryCanceled, "canceling statement due to user request").WithCause(r.c.Context.Err())
		}
	}
	return dS(""), nil
}

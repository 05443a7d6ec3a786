package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Param is a parameter of a function as pg_proc names it. One with a Default may
// be left out.
type Param struct {
	Name    string
	Type    types.Type // of the default
	Default *vec.Datum
}

// params are the functions that may be called with named arguments.
var params = map[string][]Param{}

// Params returns the parameters of a function; nil if it has no names.
func Params(name string) []Param { return params[name] }

func init() {
	need := func(names ...string) []Param {
		out := make([]Param, len(names))
		for i, n := range names {
			out[i] = Param{Name: n}
		}
		return out
	}
	with := func(list []Param, name string, t types.Type, d vec.Datum) []Param {
		return append(list, Param{name, t, &d})
	}
	var interval []Param
	for _, n := range []string{"years", "months", "weeks", "days", "hours", "mins"} {
		interval = with(interval, n, tI4, dI(0))
	}
	params["make_interval"] = with(interval, "secs", tF8, dF(0))
	params["make_date"] = need("year", "month", "day")
	params["make_time"] = need("hour", "min", "sec")
	params["make_timestamp"] = need("year", "month", "mday", "hour", "min", "sec")
	params["make_timestamptz"] = need("year", "month", "mday", "hour", "min", "sec", "timezone")
	target := []string{"jsonb_in", "path", "replacement"}
	params["jsonb_set"] = with(need(target...), "create_if_missing", tBool, dB(true))
	params["jsonb_set_lax"] = with(params["jsonb_set"], "null_value_treatment", tText, dS("use_json_null"))
	params["jsonb_insert"] = with(need(target...), "insert_after", tBool, dB(false))
	params["parse_ident"] = with(need("str"), "strict", tBool, dB(true))
	for _, n := range []string{"exists", "match", "query", "query_array", "query_first"} {
		p := with(with(need("target", "path"), "vars", tJSONB, dS("{}")), "silent", tBool, dB(false))
		params["jsonb_path_"+n], params["jsonb_path_"+n+"_tz"] = p, p
	}
}

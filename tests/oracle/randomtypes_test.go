package oracle

import "strings"

// The types that only templates know: what is made of them is in templates.
const (
	kBig   kind = "bigint"
	kFloat kind = "double precision"
	kTime  kind = "timestamp"
	kSpan  kind = "interval"
	kJSON  kind = "jsonb"
	kInts  kind = "int[]"
	kVar   kind = "varchar(6)"
	kChar  kind = "char(4)"
	kUUID  kind = "uuid"
	kBytes kind = "bytea"
	kTZ    kind = "timestamptz"
)

// moreKinds are all types, the common ones more often.
var moreKinds = []kind{kInt, kText, kBool, kNum, kDate, kArr, kBig, kFloat, kTime, kSpan, kJSON, kInts, kVar, kChar, kUUID, kBytes, kTZ}

// moreLits are literals of the types that only templates know.
var moreLits = map[kind][]string{
	kBig:   {"0::bigint", "5000000000", "-3::bigint", "9007199254740993"},
	kFloat: {"0.5::float8", "(-1.5)::float8", "2::float8", "'NaN'::float8", "'Infinity'::float8", "'1e30'::float8"},
	kTime:  {"timestamp '2024-01-31 10:20:30.5'", "timestamp '2024-02-29 00:00:00'", "timestamp '1999-12-31 23:59:59'", "timestamp 'infinity'"},
	kSpan:  {"interval '1 day'", "interval '25:00:01.5'", "interval '1 mon 2 days'", "interval '-3 min'", "interval '0'"},
	kJSON:  {`'{"a":1,"b":[1,2,{"c":"上海"}]}'::jsonb`, `'[1,2,3]'::jsonb`, `'null'::jsonb`, `'"x"'::jsonb`, `'{}'::jsonb`, `'{"a":null}'::jsonb`},
	kInts:  {"'{}'::int[]", "'{1,2,3}'::int[]", "'{1,NULL}'::int[]", "'{{1,2},{3,4}}'::int[]"},
	kVar:   {"'ab'::varchar(6)", "'上海市'::varchar(6)", "''::varchar(6)", "'ab '::varchar(6)"},
	kChar:  {"'ab'::char(4)", "'北京'::char(4)", "''::char(4)", "'Z'::char(4)"},
	kUUID:  {"'00000000-0000-0000-0000-000000000001'::uuid", "'ffffffff-0000-0000-0000-000000000001'::uuid"},
	kBytes: {`'\x'::bytea`, `'\x00ff'::bytea`, `'\x616263'::bytea`},
	kTZ:    {"timestamptz '2024-03-10 09:30:00+08'", "timestamptz '2024-12-31 23:59:59.25+00'", "timestamptz 'epoch'"},
}

// templates are expressions by type; {type} stands for one of that type. None
// of them can fail.
var templates = map[kind][]string{
	kInt: {"strpos({text}, 'a')", "ascii({text})", "position('海' IN {text})", "cardinality({int[]})", "octet_length({bytea})", "sign({int})::int",
		"abs({int})", "greatest({int}, {int}, {int})", "least({int}, {int})", "coalesce(array_length({int[]}, 1), -1)", "array_position({text[]}, 'a')",
		"extract(year FROM {date})::int", "extract(isodow FROM {date})::int", "({date} - {date})", "({int} & 3)", "({int} # 5)", "({int} << 2)",
		"width_bucket({numeric}, 0, 3, 4)", "num_nulls({int}, {text})", "char_length({varchar(6)})", "length({char(4)})", "bit_length({text})",
		"jsonb_array_length(jsonb_build_array({jsonb}))", "CASE {int} WHEN 1 THEN 2 WHEN 3 THEN {int} END",
		"({int} / 2)", "-{int}", "({int[]})[1]", "({text} = ANY ({text[]}))::int", "regexp_count({text}, '[a-b]')", "cardinality(string_to_array({text}, 'a'))",
		"({jsonb} -> 'b' -> 0)::text::numeric::int", "mod({int}, 3)", "array_upper({int[]}, 1)", "array_ndims({int[]})", "extract(epoch FROM {interval})::int", "ceil({numeric})::int"},
	kText: {"upper({text})", "reverse({text})", "substr({text}, 1, 1)", "repeat({text}, 2)", "replace({text}, 'a', '海')", "concat({text}, {int}, {bool})",
		"concat_ws('-', {text}, {int}, {date})", "split_part({text}, 'a', 1)", "md5({text})", "initcap({text})", "rpad({text}, 4, '*')", "lpad({text}, 3)",
		"translate({text}, 'ab', '杭')", "trim({text})", "btrim({text}, 'ab')", "array_to_string({text[]}, ',', '∅')", "to_char({date}, 'YYYY-MM-DD Dy')",
		"to_char({numeric}, 'FM990.00')", "{int}::text", "{bool}::text", "{numeric}::text", "{date}::text", "{timestamp}::text", "{interval}::text", "{jsonb}::text",
		"({jsonb} ->> 'a')", "({jsonb} #>> '{b,2,c}')", "jsonb_typeof({jsonb})", "({text[]})[1]", "quote_literal({text})", "regexp_replace({text}, '[ab]', 'x', 'g')",
		"substring({text} FROM '(.)b')", "overlay({text} PLACING 'zz' FROM 1 FOR 1)", "encode({bytea}, 'hex')", "{varchar(6)}::text", "{char(4)}::text", "{uuid}::text",
		"format('%s|%I', {text}, coalesce({text}, 'k'))", "left({text}, -1)", "right({text}, 1)", "{double precision}::text", "{bigint}::text", "greatest({text}, {text})",
		"to_char({timestamp}, 'HH24:MI:SS.MS')", "{text[]}::text", "{int[]}::text", "({text} || {int})", "chr(65 + {int} * {int} % 20)", "to_hex({int})", "starts_with({text}, 'a')::text"},
	kBool: {"({text} LIKE 'a%')", "({text} LIKE '%海')", "({text} NOT LIKE '_')", "({text} ILIKE 'A%')", "({text} ~ '^[ab]')", "({text} !~* 'AB')", "({int} BETWEEN {int} AND {int})",
		"({date} BETWEEN SYMMETRIC {date} AND {date})", "(({int}, {text}) < ({int}, {text}))", "(({int}, {text}) = ({int}, {text}))", "({jsonb} @> '{\"a\":1}')",
		"({jsonb} ? 'a')", "({int[]} && '{1,2}')", "({int[]} @> {int[]})", "(({date}, {date}) OVERLAPS ({date}, {date}))", "({int} = ANY ({int[]}))",
		"({text} SIMILAR TO '(a|b)%')", "({bool} IS NOT NULL)", "({timestamp} > {date})", "({varchar(6)} = {text})", "({char(4)} = {char(4)})", "({char(4)} = 'ab')",
		"({double precision} > {numeric})", "({bigint} = {int})", "({double precision} = {double precision})", "({numeric} <= {int})", "({int} IN ({int}, {int}, 2))", "({interval} = {interval})",
		"({interval} < {interval})", "({uuid} < {uuid})", "({bytea} < {bytea})", "({jsonb} = {jsonb})", "({int[]} = {int[]})", "({int[]} < {int[]})",
		"({timestamptz} = {timestamptz})", "(({int}, {int}) IS NOT NULL)", "(ROW({int}, {text}) IS DISTINCT FROM ROW({int}, {text}))", "({text} COLLATE \"C\" < {text})",
		"({text} > ALL ({text[]}))", "starts_with({text}, 'a')", "({jsonb} @? '$.b[*] ? (@ > 1)')", "isfinite({timestamp})", "({numeric} = {double precision})", "({date} = {timestamp})"},
	kNum: {"round({numeric}, 1)", "trunc({numeric})", "abs({numeric} - 1)", "({numeric} / 4)", "({int} * {numeric})", "ceil({numeric})", "floor({numeric} - 0.5)",
		"({numeric} % 0.3)", "greatest({numeric}, {int})", "power({numeric}, 2)", "coalesce({numeric}, {int})", "{int}::numeric", "{bigint}::numeric", "-{numeric}",
		"extract(epoch FROM {interval})", "extract(second FROM {timestamp})", "extract(julian FROM {date})", "({bigint} * {numeric})", "round({numeric})", "sign({numeric})", "{numeric}::numeric(10,1)",
		"extract(quarter FROM {date})", "div({numeric}, 0.7)", "scale({numeric})::numeric", "sqrt(abs({numeric}))", "CASE WHEN {bool} THEN {int} ELSE {numeric} END"},
	kDate: {"date_trunc('week', {date})::date", "make_date(2024, 1 + abs({int}) % 12, 5)", "({date} - 3)", "greatest({date}, {date})", "({date} + interval '1 month')::date",
		"CASE WHEN isfinite({timestamp}) THEN {date} END", "to_date('2024-0' || (1 + abs({int} % 9)), 'YYYY-MM')", "({date} + {int})", "(({date} + {interval})::date)"},
	kArr: {"({text[]} || {text[]})", "({text} || {text[]})", "array_cat({text[]}, {text[]})", "ARRAY[{text}, {text}]", "array_replace({text[]}, 'a', {text})",
		"string_to_array({text}, 'a')", "({text[]})[1:1]", "array_prepend({text}, {text[]})", "regexp_split_to_array({text}, 'a')", "trim_array({text[]}, 0)", "ARRAY[{int}::text, {varchar(6)}]"},
	kBig:   {"{int}::bigint", "({bigint} + {int})", "({bigint} / 7)", "({bigint} % 1000)", "abs({bigint})", "greatest({bigint}, {int})", "length({text})::bigint", "({bigint} >> 3)", "coalesce({bigint}, {int})"},
	kFloat: {"({double precision} * 2)", "({double precision} + {int})", "abs({double precision})", "{numeric}::float8", "round({double precision})", "greatest({double precision}, {double precision})", "({int} / 2.0::float8)", "floor({double precision})", "nullif({double precision}, {int})", "-{double precision}", "coalesce({double precision}, {numeric})", "sign({double precision})"},
	kTime: {"date_trunc('hour', {timestamp})", "({timestamp} + {interval})", "({date} + interval '3 hours')", "{date}::timestamp", "({timestamp} - {interval})", "date_trunc('month', {timestamp})",
		"date_bin('15 minutes', {date} + time '10:07', timestamp '2024-01-01')", "({timestamptz} AT TIME ZONE 'Asia/Shanghai')", "greatest({timestamp}, {date})", "{timestamptz}::timestamp"},
	kSpan:  {"({interval} * 2)", "({interval} + {interval})", "-{interval}", "justify_hours({interval})", "age(date '2024-05-31'::timestamp, {date}::timestamp)", "make_interval(days => {int})", "({date}::timestamp - {date}::timestamp)", "justify_interval({interval})", "date_trunc('hour', {interval})", "({interval} / 2)", "({int} * interval '90 min')"},
	kJSON:  {"to_jsonb({text}::text)", "to_jsonb({int[]})", "jsonb_build_object('k', {int}, 'v', {text})", "({jsonb} -> 'b')", "({jsonb} -> 0)", "jsonb_build_array({int}, {date}, {bool}, {numeric})", "jsonb_strip_nulls({jsonb})", "(jsonb_build_array({jsonb}) || jsonb_build_array({jsonb}))", "jsonb_set(jsonb_build_object('a', {jsonb}), '{a}', '9')", "(jsonb_build_object('a', {jsonb}, 'c', 1) - 'a')", "jsonb_path_query_first({jsonb}, '$.b[*]')", "to_jsonb(ROW({int}, {text}))", "to_jsonb({timestamp})", "to_jsonb({double precision})"},
	kInts:  {"ARRAY[{int}, {int}]", "array_append(({int[]})[1:0], {int})", "array_remove(ARRAY[{int}, 1, 2], 1)", "({int[]})[1:2]", "coalesce({int[]}, ARRAY[7])", "string_to_array('1,2,' || abs({int}), ',')::int[]"},
	kVar:   {"left({text}, 3)::varchar(6)", "coalesce({varchar(6)}, {varchar(6)})", "({text}::varchar(6))", "lower({varchar(6)})::varchar(6)"},
	kChar:  {"{text}::char(4)", "coalesce({char(4)}, {char(4)})", "CASE WHEN {bool} THEN {char(4)} END"},
	kUUID:  {"md5({text})::uuid", "coalesce({uuid}, {uuid})"},
	kBytes: {"convert_to({text}, 'UTF8')", "({bytea} || {bytea})", "substr({bytea}, 1, 1)", "decode(md5({text}), 'hex')", "sha256({bytea})"},
	kTZ:    {"({timestamptz} + {interval})", "({date}::timestamp AT TIME ZONE 'Asia/Shanghai')", "date_trunc('day', {timestamptz}, 'Asia/Shanghai')", "to_timestamp({int})", "make_timestamptz(2024, 1 + abs({int} % 12), 2, 3, 4, 5)"},
}

// aggTemplates are aggregates by type.
var aggTemplates = map[kind][]string{
	kInt:   {"count({jsonb})::int", "max({int})", "bit_or({int})", "(array_agg({int} ORDER BY {=}))[1]", "count(DISTINCT {text})::int", "mode() WITHIN GROUP (ORDER BY {int})", "percentile_disc(0.5) WITHIN GROUP (ORDER BY {int})"},
	kText:  {"min({text})", "string_agg({text}, '' ORDER BY {=})", "percentile_disc(0.25) WITHIN GROUP (ORDER BY {text})", "max({varchar(6)})::text", "(array_agg(DISTINCT {text}))::text"},
	kBool:  {"every({bool})", "count({bool}) > 2", "max({int}) = 3"},
	kNum:   {"sum({int})::numeric", "avg({int})", "sum({bigint})", "var_pop({int})", "stddev({numeric})", "avg({numeric})", "sum({numeric}) FILTER (WHERE {bool})", "min({numeric})", "round(avg({numeric}), 2)"},
	kDate:  {"max({date})", "percentile_disc(0.5) WITHIN GROUP (ORDER BY {date})"},
	kArr:   {"array_agg({text} ORDER BY {=} DESC NULLS LAST)", "array_agg(DISTINCT {text})"},
	kBig:   {"count(*)", "sum({int})", "min({bigint})", "bit_and({bigint})", "regr_count({double precision}, {double precision})", "rank({int}) WITHIN GROUP (ORDER BY {int})"},
	kFloat: {"max({double precision})", "min({double precision})", "percentile_cont(0.5) WITHIN GROUP (ORDER BY {int})"},
	kTime:  {"max({timestamp})", "min({timestamp})"},
	kSpan:  {"sum({interval})", "max({interval})", "avg({interval})"},
	kJSON:  {"jsonb_agg({int} ORDER BY {=})", "jsonb_object_agg(coalesce({text}, 'n'), 1)", "jsonb_agg({text} ORDER BY {=}) FILTER (WHERE {bool})"},
	kInts:  {"array_agg({int} ORDER BY {=})", "array_agg(DISTINCT {int})"},
	kVar:   {"max({varchar(6)})::varchar(6)"},
	kChar:  {"min({char(4)})::char(4)"},
	kUUID:  {"(min({uuid}::text))::uuid"},
	kBytes: {"string_agg({bytea}, '\\x2c' ORDER BY {=})"},
	kTZ:    {"max({timestamptz})"},
}

// filled replaces the {type} of a template by what f gives, {=} by the same again.
func filled(template string, f func(kind) string) string {
	var b strings.Builder
	last := ""
	for {
		at := strings.IndexByte(template, '{')
		if at < 0 {
			return b.String() + template
		}
		end := at + strings.IndexByte(template[at:], '}')
		k := kind(template[at+1 : max(at+1, end)])
		if k == "=" {
			b.WriteString(template[:at] + last)
			template = template[end+1:]
			continue
		}
		if _, ok := templates[k]; !ok { // braces of a literal
			b.WriteString(template[:at+1])
			template = template[at+1:]
			continue
		}
		last = f(k)
		b.WriteString(template[:at] + last)
		template = template[end+1:]
	}
}

"""Steps of psycopg2."""
import datetime
import decimal
import io
import select
import uuid

import psycopg2
import psycopg2.errors
import psycopg2.extensions as ext
import psycopg2.extras as extras
from psycopg2 import sql

import steps
from steps import DSN, error, fails, rows, step

steps.connect = lambda: psycopg2.connect(DSN)
COLUMNS = ("id,name,gender,city,age,level,spent,score,ratio,vip,birthday,joined,seen,wakes,ref,hobby,shops,codes,extra,"
           "grade,share,note,raw").split(",")


def ask(conn, query, args=None):
    with conn.cursor() as c:
        c.execute(query, args)
        return c.fetchall()


@step("connect")
def _(conn):
    print(conn.encoding, conn.protocol_version, conn.server_version // 10000, conn.status, conn.autocommit)
    i = conn.info
    print(i.dbname is not None, i.user is not None, i.options, i.ssl_in_use, i.transaction_status, i.used_password)
    for p in ("server_encoding", "client_encoding", "DateStyle", "IntervalStyle", "integer_datetimes",
              "standard_conforming_strings", "is_superuser", "in_hot_standby", "default_transaction_read_only", "application_name"):
        print(p, i.parameter_status(p))


@step("connection options")
def _(conn):
    c = psycopg2.connect(DSN, application_name="报表", options="-c statement_timeout=4321 -c DateStyle=German -c search_path=crm,public",
                         client_encoding="utf-8")
    cur = c.cursor()
    for s in ("application_name", "statement_timeout", "DateStyle", "search_path", "client_encoding", "TimeZone"):
        cur.execute("SHOW " + s)
        print(s, cur.fetchone())
    cur.execute("SELECT count(*) FROM orders")
    print(cur.fetchone())
    c.close()


@step("every type of a row")
def _(conn):
    with conn.cursor() as c:
        c.execute("SELECT * FROM tags WHERE id IN (1, 2, 7, 60, 4999) ORDER BY id")
        for d in c.description:
            # Types of the database's own have OIDs of their own.
            print(d.name, d.type_code if d.type_code < 16000 else "own", d.internal_size, d.precision, d.scale, d.null_ok, d.display_size)
        for r in c:
            for v in r:
                print(" ", type(v).__name__, bytes(v) if isinstance(v, memoryview) else repr(v))


@step("description names a table's columns")
def _(conn):
    with conn.cursor() as c:
        c.execute("SELECT id, age + 1 AS older, city FROM tags LIMIT 0")
        print([(d.name, d.table_column, d.table_oid is not None) for d in c.description], c.rowcount, c.statusmessage)


@step("literals of each type and back")
def _(conn):
    values = [
        None, True, False, 0, -1, 2**31, 2**63 - 1, 2**70, 1.5, float("inf"), float("-inf"), float("nan"), 1e-320, 0.1 + 0.2,
        decimal.Decimal("123456789012345678901234567890.123456789"), decimal.Decimal("NaN"), decimal.Decimal("-0.000"),
        decimal.Decimal("Infinity"), "", "重庆 'quote' \\ back \"double\" %", "a\nb\tc\r", b"\x00\x01\xff'\\", bytearray(b"xy"), memoryview(b"z"),
        datetime.date(2024, 2, 29), datetime.date(1, 1, 1), datetime.date(9999, 12, 31), datetime.time(23, 59, 59, 999999),
        datetime.datetime(2024, 2, 29, 12, 34, 56, 789), datetime.datetime(2024, 2, 29, 12, 34, 56, tzinfo=datetime.timezone.utc),
        datetime.datetime(2024, 2, 29, 12, 34, 56, tzinfo=datetime.timezone(datetime.timedelta(hours=8))),
        datetime.time(1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30))),
        datetime.timedelta(days=-3, seconds=5, microseconds=7), [1, 2, None], ["a", 'b"c', "d,e", "重", ""], [[1, 2], [3, 4]],
        [1.5, 2.5], [decimal.Decimal("1.20")], [datetime.date(2020, 1, 1)], [True, None], ("x", 1, None),
    ]
    for v in values:
        shown = bytes(v) if isinstance(v, memoryview) else v
        try:
            r = ask(conn, "SELECT %s AS v, pg_typeof(%s)", (v, v))[0]
            print(repr(shown), "->", bytes(r[0]) if isinstance(r[0], memoryview) else repr(r[0]), r[1])
        except psycopg2.Error as e:
            print(repr(shown), "->", error(e))
            conn.rollback()


@step("special values of dates")
def _(conn):
    for q in ("'infinity'::date", "'-infinity'::timestamp", "'0044-03-15 BC'::date", "'24:00'::time", "'12345-01-01'::date",
              "'2024-01-01 00:00:00.123456'::timestamp(3)", "'1900-01-01 00:00:00+08:05:43'::timestamptz", "'10:00+05:30'::timetz"):
        try:
            print(q, ask(conn, "SELECT " + q))
        except (psycopg2.Error, ValueError, OverflowError) as e:
            print(q, error(e))
            conn.rollback()
    with conn.cursor() as c:
        c.execute("SET TimeZone = 'Asia/Shanghai'")
        c.execute("SELECT seen FROM tags WHERE id = 3")
        v = c.fetchone()[0]
        print(repr(v), v.utcoffset())
        c.execute("SET TimeZone = 'America/St_Johns'; SELECT timestamptz '1930-06-01 12:00Z', timestamptz '2024-07-01 12:00Z'")
        print(c.fetchone())
        c.execute("SET IntervalStyle = 'iso_8601'; SELECT interval '1 mon 2 days 03:04:05.678'::text")
        print(c.fetchone())
        print(conn.info.parameter_status("IntervalStyle"), conn.info.parameter_status("TimeZone"))
    conn.rollback()
    print(conn.info.parameter_status("IntervalStyle"), conn.info.parameter_status("TimeZone"))


@step("uuid, inet, range and json adaptation")
def _(conn):
    extras.register_uuid(conn_or_curs=conn)
    print(ask(conn, "SELECT ref, ARRAY[ref] FROM tags WHERE ref = %s", (uuid.UUID("00000000-0000-4000-8000-000000000042"),)))
    print(ask(conn, "SELECT extra, extra->'城', extra->>'k', '[1.0, 1e2, \"\\u57ce\"]'::json FROM tags WHERE extra @> %s ORDER BY id LIMIT 3",
              (extras.Json({"k": 2, "城": [1]}),)))
    print(ask(conn, "SELECT %s::jsonb, jsonb_typeof(%s::jsonb)", (extras.Json([1, "重", None, {"a": 1.50}]),) * 2))
    own = psycopg2.connect(DSN)
    extras.register_default_jsonb(own, loads=lambda s: "json:" + s)
    cur = own.cursor()
    cur.execute("SELECT extra FROM tags WHERE id = 1")
    print(cur.fetchone())
    extras.register_default_json(own, loads=lambda s: decimal.Decimal(s))
    cur.execute("SELECT '1.10'::json")
    print(cur.fetchone())
    own.close()


@step("ranges")
def _(conn):
    day = datetime.date
    values = [extras.NumericRange(1, 5), extras.NumericRange(decimal.Decimal("1.50"), None, "[]"), extras.NumericRange(empty=True), extras.NumericRange(None, None),
              extras.DateRange(day(2024, 1, 1), day(2024, 2, 29), "[]"), extras.DateTimeRange(datetime.datetime(2024, 1, 1, 10), None),
              extras.DateTimeTZRange(datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), None, "()")]
    for v in values:
        print(ask(conn, "SELECT %s, pg_typeof(%s)", (v, v)))
    print(ask(conn, "SELECT '[1,5)'::int4range, '(1,9]'::int8range, '[1.5,2]'::numrange, 'empty'::int4range, '[2024-01-01,2024-02-01)'::daterange, "
              "'[2024-01-01 10:00,)'::tsrange, '(,2024-01-01 00:00+08]'::tstzrange, '{\"[1,2)\",empty}'::int4range[], '{[1,2),[5,6)}'::int4multirange, NULL::numrange"))
    with conn.cursor() as c:
        c.execute("CREATE TABLE booked (id int PRIMARY KEY, during tsrange, seats int4range, price numrange, off datemultirange)")
        c.executemany("INSERT INTO booked VALUES (%s, %s, %s, %s, %s)", [
            (1, extras.DateTimeRange(datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 2)), extras.NumericRange(1, 4), extras.NumericRange(1, 2, "[]"), "{[2024-01-01,2024-01-05)}"),
            (2, None, extras.NumericRange(3, 9), None, "{}"), (3, "empty", "(,5]", "[0,1.50)", None)])
        c.execute("SELECT * FROM booked WHERE seats && %s ORDER BY id", (extras.NumericRange(4, 6),))
        rows(c.fetchall())
        c.execute("SELECT id FROM booked WHERE seats @> %s AND NOT isempty(seats) ORDER BY seats", (3,))
        rows(c.fetchall())
        c.execute("SELECT range_agg(seats), range_intersect_agg(seats), max(lower(price)), array_agg(during ORDER BY id) FROM booked")
        rows(c.fetchall())
        out = io.StringIO()
        c.copy_expert("COPY booked TO STDOUT", out)
        print(out.getvalue())
    conn.rollback()
    for bad in ("SELECT '[5,1)'::int4range", "SELECT '[1,2'::numrange", "SELECT int4range(1, 2, '<>')", "SELECT '[a,b)'::daterange", "SELECT int4range(1,2) + int4range(5,6)"):
        fails(ask, conn, bad)
        conn.rollback()
    fails(extras.register_range, "inetrange", "InetRange", conn)
    conn.rollback()


@step("own types")
def _(conn):
    row = ask(conn, "SELECT typname, typtype, typarray <> 0, typlen, typcategory FROM pg_type WHERE oid = 'grade'::regtype")
    print(row)
    enum, array = ask(conn, "SELECT oid, typarray FROM pg_type WHERE typname = 'grade'")[0]
    GRADE = ext.new_type((enum,), "GRADE", lambda v, c: v and "<" + v + ">")
    ext.register_type(GRADE, conn)
    ext.register_type(ext.new_array_type((array,), "GRADE[]", GRADE), conn)
    print(ask(conn, "SELECT grade, ARRAY[grade, NULL] FROM tags ORDER BY id LIMIT 4"))
    DEC = ext.new_type(ext.DECIMAL.values, "DEC2FLOAT", lambda v, c: v and float(v))
    ext.register_type(DEC, conn)
    print(ask(conn, "SELECT spent, sum(spent) OVER () FROM tags WHERE id < 4 ORDER BY id"))
    ext.register_type(ext.DECIMAL, conn)
    with conn.cursor() as c:
        for what in ("tags", "crm.orders", "pairs", "women"):
            # Nothing says that a table's row type is not a composite.
            comp = extras.CompositeCaster._from_db(what, c)
            print(comp.name, comp.schema, comp.attnames, [t if t < 16000 else "own" for t in comp.atttypes])
        extras.register_composite("pairs", c)
        c.execute("SELECT p FROM pairs p ORDER BY 1")
        print(c.fetchall())
        fails(extras.register_hstore, conn)
    conn.rollback()


@step("statements and their tags")
def _(conn):
    with conn.cursor() as c:
        for q in ("CREATE TABLE psy (id serial PRIMARY KEY, v text UNIQUE, n numeric(8,3))", "INSERT INTO psy (v, n) VALUES ('a', 1), ('b', 2.5)",
                  "UPDATE psy SET n = n + 1 WHERE v = 'a'", "DELETE FROM psy WHERE v = 'zz'", "SELECT * FROM psy", "TRUNCATE psy",
                  "INSERT INTO psy (v) SELECT 'x' || g FROM generate_series(1, 7) g", "CREATE INDEX psy_n ON psy (n)", "DROP INDEX psy_n", "SHOW DateStyle",
                  "SET work_mem = '5MB'", "VALUES (1), (2)", "SAVEPOINT s", "RELEASE s", "CREATE VIEW psy_v AS SELECT v FROM psy",
                  "DROP VIEW psy_v", "COMMENT ON TABLE psy IS 'x'", "ALTER TABLE psy ADD COLUMN m int", ""):
            try:
                c.execute(q)
                print(repr(c.statusmessage), c.rowcount, c.description is not None, c.lastrowid)
            except psycopg2.Error as e:
                print(error(e))
    conn.commit()


@step("returning, upsert, execute_values, execute_batch, executemany")
def _(conn):
    with conn.cursor() as c:
        print(extras.execute_values(c, "INSERT INTO psy (v, n) VALUES %s ON CONFLICT (v) DO UPDATE SET n = excluded.n RETURNING id, v, n, m",
                                    [("x1", 1), ("x2", decimal.Decimal("2.5")), ("新", None)], fetch=True))
        extras.execute_values(c, "INSERT INTO psy (v, n) VALUES %s", [("b%d" % i, i) for i in range(1234)], page_size=100)
        print(c.rowcount, c.statusmessage)
        extras.execute_batch(c, "UPDATE psy SET m = %s WHERE v = %s", [(i, "b%d" % i) for i in range(50)], page_size=20)
        c.executemany("DELETE FROM psy WHERE v = %s", [("b1200",), ("b1201",), ("none",)])
        print(c.rowcount)
        c.execute("SELECT count(*), sum(n), sum(m), min(v), max(v) FROM psy")
        print(c.fetchone())
        extras.execute_values(c, "UPDATE psy SET n = d.n FROM (VALUES %s) AS d (v, n) WHERE d.v = psy.v", [("b1", 1000), ("b2", 2000)],
                              template="(%s, %s::numeric)")
        c.execute("SELECT v, n FROM psy WHERE v IN %s ORDER BY 1", (("b1", "b2", "b3"),))
        print(c.fetchall())
        c.execute("SELECT v FROM psy WHERE v = ANY(%s) ORDER BY 1 DESC", (["b1", "b2", "重"],))
        print(c.fetchall())
        c.execute(sql.SQL("SELECT {} FROM {} WHERE {} = %(w)s").format(sql.SQL(", ").join(map(sql.Identifier, ("v", "m"))),
                                                                      sql.Identifier("public", "psy"), sql.Identifier("v")), {"w": "b7"})
        print(c.fetchone(), c.query)
        print(c.mogrify("SELECT %s, %s", ("重'", [1, None])))
    conn.commit()


@step("errors")
def _(conn):
    for q, args in (
            ("SELECT nosuch FROM tags", None), ("SELECT * FROM nosuch", None), ("SELEC 1", None), ("SELECT 1/0", None), ("SELECT %s::int", ("x",)),
            ("INSERT INTO psy (id, v) VALUES (1, 'x1')", None), ("INSERT INTO pairs (a) VALUES (1)", None), ("INSERT INTO tags (id, name, age) VALUES (-1, 'x', -1)", None),
            ("INSERT INTO tags (id, name) VALUES (1, 'x')", None), ("INSERT INTO tags (id, name, share) VALUES (-1, 'x', 101)", None),
            ("INSERT INTO tags (id, name, grade) VALUES (-1, 'x', '没有')", None), ("INSERT INTO tags (id, name) VALUES (-1, %s)", ("长" * 41,)),
            ("SELECT 99999999999999999999::bigint", None), ("SELECT '2024-02-30'::date", None), ("SELECT 'a' + 1", None), ("SELECT sum(name) FROM tags", None),
            ("INSERT INTO pairs (a, b, twice) VALUES (7, 'z', 1)", None), ("SELECT 1 UNION SELECT 'x'", None), ("SELECT city, count(*) FROM tags", None),
            ("SELECT nextval('nosuch')", None), ("DROP TABLE nosuch", None), ("SELECT * FROM tags t, pairs t", None), ("SELECT '{1,2'::int[]", None),
            ("SELECT '{\"a\":'::json", None), ("SELECT 'zz'::uuid", None), ("SELECT 1e999::float8", None), ("SET TimeZone = 'Mars/Base'", None),
            ("SELECT (SELECT id FROM tags)", None), ("SELECT unknown_fn(1)", None), ("SELECT 10::smallint * 10000::smallint", None)):
        with conn.cursor() as c:
            try:
                c.execute(q, args)
                print("no error", q)
            except psycopg2.Error as e:
                print(error(e), e.pgcode, isinstance(e, psycopg2.errors.lookup(e.pgcode)))
        conn.rollback()


@step("transactions")
def _(conn):
    with conn:
        with conn.cursor() as c:
            c.execute("INSERT INTO psy (v) VALUES ('kept')")
    try:
        with conn:
            with conn.cursor() as c:
                c.execute("INSERT INTO psy (v) VALUES ('lost')")
                c.execute("SELECT 1/0")
    except psycopg2.errors.DivisionByZero as e:
        print(error(e))
    print(ask(conn, "SELECT v FROM psy WHERE v IN ('kept', 'lost')"), conn.info.transaction_status)
    with conn.cursor() as c:
        c.execute("SAVEPOINT a")
        c.execute("INSERT INTO psy (v) VALUES ('s1')")
        fails(c.execute, "INSERT INTO psy (v) VALUES ('s1')")
        print(conn.info.transaction_status)
        fails(c.execute, "SELECT 1")
        c.execute("ROLLBACK TO a")
        print(conn.info.transaction_status)
        c.execute("SELECT count(*) FROM psy WHERE v = 's1'")
        print(c.fetchone())
    conn.rollback()
    for level in ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "READ UNCOMMITTED"):
        own = psycopg2.connect(DSN)
        own.set_session(isolation_level=level, readonly=True, deferrable=True)
        c = own.cursor()
        c.execute("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'), current_setting('transaction_deferrable')")
        print(c.fetchone(), own.isolation_level, own.readonly)
        fails(c.execute, "INSERT INTO psy (v) VALUES ('ro')")
        own.close()
    auto = psycopg2.connect(DSN)
    auto.autocommit = True
    auto.set_session(readonly=True)
    c = auto.cursor()
    c.execute("SHOW default_transaction_read_only")
    print(c.fetchone())
    fails(c.execute, "CREATE TABLE ro (a int)")
    auto.close()


@step("two connections")
def _(conn):
    a, b = psycopg2.connect(DSN), psycopg2.connect(DSN)
    ca, cb = a.cursor(), b.cursor()
    ca.execute("INSERT INTO psy (v) VALUES ('mine')")
    cb.execute("SELECT count(*) FROM psy WHERE v = 'mine'")
    print(cb.fetchone())
    a.commit()
    cb.execute("SELECT count(*) FROM psy WHERE v = 'mine'")
    print(cb.fetchone())
    a.close(), b.close()


@step("two-phase commit is off")
def _(conn):
    own = psycopg2.connect(DSN)
    own.tpc_begin(own.xid(1, "gtrid", "bqual"))
    own.cursor().execute("SELECT 1")
    fails(own.tpc_prepare)
    own.close()
    own = psycopg2.connect(DSN)
    print(own.tpc_recover())
    own.close()


@step("server-side cursors")
def _(conn):
    c = conn.cursor("大游标")
    c.itersize = 700
    c.execute("SELECT id, city, spent FROM tags WHERE id %% 3 = %s ORDER BY id", (0,))
    print(c.rowcount, c.description)
    print(c.fetchone(), c.fetchmany(3), c.description[2].name, c.rowcount, c.rownumber)
    n, total = 0, decimal.Decimal(0)
    for r in c:
        n, total = n + 1, total + r[2]
    print(n, total)
    c.close()
    c = conn.cursor("s", scrollable=True)
    c.execute("SELECT id FROM tags ORDER BY id")
    c.scroll(10)
    print(c.fetchone())
    c.scroll(-5)
    print(c.fetchone())
    c.scroll(4998, mode="absolute")
    print(c.fetchall())
    c.scroll(10)
    print(c.fetchall())
    c.scroll(0, mode="absolute")
    print(c.fetchmany(2))
    c.close()
    conn.rollback()
    c = conn.cursor("n", scrollable=False)
    c.execute("SELECT id FROM tags ORDER BY id")
    print(c.fetchmany(2))
    fails(c.scroll, -1)
    conn.rollback()
    c = conn.cursor("h", withhold=True)
    c.execute("SELECT id, hobby FROM tags WHERE id < 6 ORDER BY id DESC")
    conn.commit()
    print(c.fetchall())
    c.close()
    c = conn.cursor("bad")
    fails(c.execute, "SELECT nosuch")
    conn.rollback()
    fails(c.fetchone)
    conn.rollback()
    with conn.cursor() as d:
        d.execute("DECLARE mine CURSOR FOR SELECT id, name FROM tags ORDER BY id")
        for q in ("FETCH 2 FROM mine", "FETCH LAST FROM mine", "FETCH PRIOR FROM mine", "MOVE BACKWARD 3 IN mine", "FETCH ALL mine"):
            try:
                d.execute(q)
                print(q, d.statusmessage, d.fetchall() if d.description else None)
            except psycopg2.Error as e:
                print(q, error(e))
                conn.rollback()
                break
    conn.rollback()
    named = conn.cursor("mine")  # steals a cursor that a function or SQL opened
    with conn.cursor() as d:
        d.execute("DECLARE mine CURSOR FOR SELECT id FROM tags ORDER BY id LIMIT 3")
    print(named.fetchall())
    conn.rollback()


@step("copy out")
def _(conn):
    with conn.cursor() as c:
        for q in ("COPY (SELECT id, name, gender, city, spent, hobby, extra, raw FROM tags WHERE id < 12 ORDER BY id) TO STDOUT",
                  "COPY (SELECT id, name, gender, hobby, extra, raw, note FROM tags WHERE id < 8 ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER, NULL 'NIL', FORCE_QUOTE (name))",
                  "COPY pairs (b, a) TO STDOUT CSV DELIMITER '|'", "COPY pairs TO STDOUT (HEADER)"):
            out = io.StringIO()
            c.copy_expert(q, out)
            print(out.getvalue(), c.rowcount, c.statusmessage)
        out = io.StringIO()
        c.copy_to(out, "pairs", sep="|", null="-", columns=("a", "b", "v"))
        print(out.getvalue())
        raw = io.BytesIO()
        c.copy_expert("COPY (SELECT id, name, spent, score, joined, seen, birthday, ref, hobby, codes, extra, vip, raw, share FROM tags WHERE id < 5 ORDER BY id) TO STDOUT (FORMAT binary)", raw)
        print(raw.getvalue().hex())
        big = io.BytesIO()
        c.copy_expert("COPY tags TO STDOUT", big)
        lines = sorted(big.getvalue().splitlines())
        print(len(lines), len(big.getvalue()), lines[1234].decode())
        fails(c.copy_expert, "COPY nosuch TO STDOUT", big)
    conn.rollback()
    with conn.cursor() as c:
        fails(c.copy_expert, "COPY women TO STDOUT", big)
    conn.rollback()


@step("copy in")
def _(conn):
    with conn.cursor() as c:
        c.execute("CREATE TABLE cp (id int PRIMARY KEY, t text, n numeric, a text[], d date, j jsonb)")
        c.copy_from(io.StringIO("1\t重\\t庆\t1.50\t{a,\"b c\",NULL}\t2024-01-01\t{\"a\":1}\n2\t\\N\t\\N\t\\N\t\\N\t\\N\n"), "cp")
        print(c.rowcount)
        c.copy_expert("COPY cp (id, t, d) FROM STDIN (FORMAT csv, HEADER true, NULL '')",
                      io.StringIO('id,t,d\n3,"quoted ""x"", y\nz",2020-02-02\n4,,\n5,"",infinity\n'))
        print(c.rowcount, c.statusmessage)
        c.execute("SELECT id, t, n, a, d::text, j FROM cp ORDER BY id")
        rows(c.fetchall())
    conn.commit()
    for data, q in (("6\tonly\n", "COPY cp FROM STDIN"), ("x\ty\t1\t\\N\t\\N\t\\N\n", "COPY cp FROM STDIN"), ("1\tdup\n", "COPY cp (id, t) FROM STDIN"),
                    ("9\tx\ty\n", "COPY cp (id, t) FROM STDIN"), ('9,"open', "COPY cp (id, t) FROM STDIN CSV"), ("9,2024-13-01\n", "COPY cp (id, d) FROM STDIN CSV"),
                    ("10\t{1,2\n", "COPY cp (id, j) FROM STDIN"), ("1\n", "COPY cp (nosuch) FROM STDIN")):
        with conn.cursor() as c:
            fails(c.copy_expert, q, io.StringIO(data))
        conn.rollback()

    class Broken:
        def read(self, size=-1):
            raise RuntimeError("disk gone")
    with conn.cursor() as c:
        try:
            c.copy_expert("COPY cp FROM STDIN", Broken())
        except psycopg2.Error as e:
            print(type(e).__name__, e.pgcode, str(e).splitlines()[0])
    conn.rollback()
    with conn.cursor() as c:
        many = io.StringIO("".join(f"{i}\t行{i}\t{i}.25\t{{{i},{i + 1}}}\t2024-01-01\t[{i}]\n" for i in range(100, 20100)))
        c.copy_from(many, "cp")
        print(c.rowcount)
        c.execute("SELECT count(*), sum(n), max(t), sum(cardinality(a)) FROM cp")
        print(c.fetchone())
    conn.rollback()


@step("notices")
def _(conn):
    del conn.notices[:]
    with conn.cursor() as c:
        c.execute("CREATE TABLE IF NOT EXISTS psy (a int)")
        c.execute("DROP TABLE IF EXISTS nosuch, crm.nosuch")
        c.execute("SET client_min_messages = error")
        c.execute("DROP TABLE IF EXISTS nosuch")
        c.execute("RESET client_min_messages")
        c.execute("BEGIN")
    rows(conn.notices)
    conn.rollback()


@step("cancel and timeouts")
def _(conn):
    import threading
    own = psycopg2.connect(DSN)
    c = own.cursor()
    t = threading.Timer(0.3, own.cancel)
    t.start()
    fails(c.execute, "SELECT pg_sleep(30)")
    t.join()
    own.rollback()
    c.execute("SET statement_timeout = 200")
    fails(c.execute, "SELECT pg_sleep(30)")
    own.rollback()
    c.execute("SET LOCAL statement_timeout = '1min'; SHOW statement_timeout")
    print(c.fetchone())
    own.rollback()
    c.execute("SHOW statement_timeout")
    print(c.fetchone())
    own.close()
    other = psycopg2.connect(DSN)
    with conn.cursor() as c:
        c.execute("SELECT pg_terminate_backend(%s)", (other.info.backend_pid,))
        print(c.fetchone())
    conn.rollback()
    try:
        other.cursor().execute("SELECT pg_sleep(1)")
    except psycopg2.Error as e:
        print(type(e).__name__, e.pgcode, str(e).splitlines()[0])
    print(other.closed)


@step("asynchronous connection")
def _(conn):
    def wait(c):
        while True:
            state = c.poll()
            if state == ext.POLL_OK:
                return
            select.select(*(([c.fileno()], [], []) if state == ext.POLL_READ else ([], [c.fileno()], [])), 10)
    own = psycopg2.connect(DSN, async_=True)
    wait(own)
    c = own.cursor()
    c.execute("SELECT id, hobby FROM tags WHERE id < %s ORDER BY id", (4,))
    wait(own)
    print(c.fetchall())
    c.execute("SELECT 1/0")
    fails(wait, own)
    c.execute("SELECT 'still'")
    wait(own)
    print(c.fetchall())
    own.close()


@step("notifications")
def _(conn):
    a, b = psycopg2.connect(DSN), psycopg2.connect(DSN)
    a.autocommit = b.autocommit = True
    ca, cb = a.cursor(), b.cursor()
    ca.execute('LISTEN news; LISTEN "频道"')
    cb.execute("NOTIFY news")
    cb.execute("NOTIFY \"频道\", '有新标签'")
    cb.execute("SELECT pg_notify('news', 'x' || n) FROM generate_series(1, 3) n")
    cb.execute("BEGIN; NOTIFY news, 'twice'; NOTIFY news, 'twice'; COMMIT")
    cb.execute("BEGIN; NOTIFY news, 'never'; ROLLBACK; NOTIFY deaf")
    got = []
    while len(got) < 6 and select.select([a], [], [], 5)[0]:
        a.poll()
        while a.notifies:
            n = a.notifies.pop(0)
            got.append((n.channel, n.payload, n.pid == b.info.backend_pid))
    rows(got)
    ca.execute("UNLISTEN *; SELECT count(*) FROM pg_listening_channels()")
    print(ca.fetchone())
    fails(cb.execute, "SELECT pg_notify('', 'x')")
    fails(cb.execute, "SELECT pg_notify('c', repeat('x', 8001))")
    a.close(), b.close()


@step("dict, named tuple and real dict cursors")
def _(conn):
    for f in (extras.DictCursor, extras.RealDictCursor, extras.NamedTupleCursor):
        with conn.cursor(cursor_factory=f) as c:
            c.execute("SELECT a, b, v AS \"列 名\", twice FROM pairs ORDER BY a, b")
            print([dict(r) if f is not extras.NamedTupleCursor else r for r in c])
    with conn.cursor("d", cursor_factory=extras.RealDictCursor) as c:
        c.execute("SELECT city, n FROM city_counts ORDER BY 1")
        rows(c)
    conn.rollback()


@step("session state and reset")
def _(conn):
    own = psycopg2.connect(DSN)
    own.set_client_encoding("GBK")
    c = own.cursor()
    c.execute("SELECT city, %s FROM tags WHERE id = 1", ("上海",))
    print(own.encoding, c.fetchone())
    own.set_client_encoding("LATIN1")
    fails(c.execute, "SELECT city FROM tags WHERE id = 1")
    own.rollback()
    own.reset()
    c = own.cursor()
    c.execute("SHOW client_encoding")
    print(c.fetchone(), own.encoding)
    c.execute("CREATE TEMP TABLE tmp AS SELECT id, city FROM tags WHERE id < 4; SELECT * FROM tmp ORDER BY 1")
    print(c.fetchall())
    own.commit()
    own.autocommit = True
    c.execute("DISCARD ALL")
    fails(c.execute, "SELECT * FROM tmp")
    own.close()
    fails(c.execute, "SELECT 1")


@step("prepared statements of SQL")
def _(conn):
    with conn.cursor() as c:
        c.execute("PREPARE p (bigint, text) AS SELECT id, city FROM tags WHERE id = $1 OR city = $2 ORDER BY id LIMIT 3")
        c.execute("EXECUTE p (%s, %s)", (7, "深圳"))
        print(c.fetchall())
        c.execute("SELECT name, statement, parameter_types, from_sql FROM pg_prepared_statements")
        print(c.fetchall())
        c.execute("DEALLOCATE p")
        fails(c.execute, "EXECUTE p (1, 'x')")
    conn.rollback()


@step("functions")
def _(conn):
    with conn.cursor() as c:
        c.callproc("upper", ("abc重",))
        print(c.fetchone())
        c.callproc("generate_series", (1, 3))
        print(c.fetchall())
        c.callproc("date_part", ("year", datetime.date(2024, 5, 6)))
        print(c.fetchone())
        fails(c.callproc, "nosuch", (1,))
    conn.rollback()


@step("analytics")
def _(conn):
    rows(ask(conn, "SELECT city, gender, count(*), avg(age), sum(spent), stddev(score) FROM tags GROUP BY CUBE (city, gender) ORDER BY 1 NULLS LAST, 2 NULLS LAST, 3"))
    rows(ask(conn, "SELECT v, count(*) FROM tags, unnest(hobby) v GROUP BY 1 ORDER BY 2 DESC, 1"))
    rows(ask(conn, "SELECT grade, percentile_cont(ARRAY[0.25, 0.5]) WITHIN GROUP (ORDER BY spent), array_agg(DISTINCT level ORDER BY level) FROM tags GROUP BY 1 ORDER BY 1"))
    conn.rollback()

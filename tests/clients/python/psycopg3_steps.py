"""Steps of psycopg 3: text and binary, pipelines, COPY, cursors, asynchronous connections."""
import asyncio
import datetime
import decimal
import enum
import uuid

import psycopg
from psycopg import sql
from psycopg.rows import dict_row, namedtuple_row, scalar_row
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo, register_composite
from psycopg.types.enum import EnumInfo, register_enum
from psycopg.types.json import Json, Jsonb
from psycopg.types.multirange import Multirange, MultirangeInfo
from psycopg.types.range import Range, RangeInfo

import steps
from steps import DSN, error, fails, rows, step

steps.connect = lambda: psycopg.connect(DSN)
C = "id, name, gender, city, age, level, spent, score, ratio, vip, birthday, joined, seen, wakes, ref, hobby, shops, codes, extra, grade, share, note, raw"


def code(oid):
    return oid if oid < 16000 else "own"


@step("connect")
def _(conn):
    i = conn.info
    print(i.status, i.transaction_status, i.pipeline_status, i.encoding, i.error_message, i.server_version // 10000)
    for p in ("server_encoding", "client_encoding", "DateStyle", "IntervalStyle", "is_superuser", "session_authorization", "application_name"):
        print(p, i.parameter_status(p))
    print(conn.pgconn.protocol_version, conn.pgconn.ssl_in_use, conn.pgconn.used_password)


@step("connection options")
def _(conn):
    with psycopg.connect(DSN, autocommit=True, application_name="看板", options="-c search_path=crm -c work_mem=8MB -c extra_float_digits=0") as c:
        for s in ("application_name", "search_path", "work_mem", "extra_float_digits"):
            print(s, c.execute("SELECT current_setting(%s)", (s,)).fetchone())
        print(c.execute("SELECT 0.1::float8 + 0.2::float8, amount FROM orders ORDER BY order_id LIMIT 1").fetchone())
    print(c.closed)
    for bad in ("-c nosuch=1", "-c work_mem=lots", "-c search_path"):
        try:
            psycopg.connect(DSN, options=bad)
        except psycopg.Error as e:
            print(bad, str(e).splitlines()[0].rpartition("failed: ")[2])


@step("every type, text and binary")
def _(conn):
    for binary in (False, True):
        cur = conn.cursor(binary=binary)
        cur.execute(f"SELECT {C} FROM tags WHERE id IN (1, 2, 7, 60, 4999) ORDER BY id")
        print([(d.name, code(d.type_code), d.internal_size, d.precision, d.scale, d.type_display if code(d.type_code) != "own" else "") for d in cur.description])
        print([cur.pgresult.fformat(i) for i in range(cur.pgresult.nfields)])
        print([(cur.pgresult.ftablecol(i), cur.pgresult.ftable(i) > 0, cur.pgresult.fmod(i), cur.pgresult.fsize(i)) for i in range(cur.pgresult.nfields)])
        for r in cur:
            rows([f"  {type(v).__name__} {v!r}" for v in r])
    conn.rollback()


@step("raw bytes of binary results")
def _(conn):
    cur = conn.cursor(binary=True)
    cur.execute(f"SELECT {C}, 1::oid, interval '1 mon -2 days 03:04:05.6', '12:34:56+08'::timetz, '\"x\"'::json, 'a'::\"char\", 'n'::name, NULL::int, true, "
                "'NaN'::numeric, 'Infinity'::numeric, 0.000::numeric(9,3), 1e-10::numeric, 123456789e10::numeric, 'tags'::regclass IS NOT NULL, 'int4'::regtype, '{}'::int[], "
                "'{{1,2},{3,4}}'::int[], '[5:6]={7,8}'::int[], ROW(1, 'x'::text, NULL::int), date 'infinity', timestamp '-infinity', B'1011', B'101'::varbit(5) FROM tags WHERE id = 7")
    for i in range(cur.pgresult.nfields):
        if i != 19:
            print(cur.pgresult.fname(i).decode(), code(cur.pgresult.ftype(i)), cur.pgresult.fformat(i), (cur.pgresult.get_value(0, i) or b"NULL").hex())
    conn.rollback()


class Color(enum.Enum):
    新客 = "新客"
    老客 = "老客"
    VIP = "VIP"


@step("parameters of each type, text and binary")
def _(conn):
    values = [
        None, True, False, 0, 127, -32768, 2**31 - 1, -2**63, 2**64, 1.5, float("nan"), float("inf"), 0.1, decimal.Decimal("12345678901234567890.000100"),
        decimal.Decimal("NaN"), decimal.Decimal("1E+20"), decimal.Decimal("-Infinity"), "", "重庆 \\ ' \"", b"\x00\xffab", bytearray(b"x"), memoryview(b"y"),
        datetime.date(2024, 2, 29), datetime.date.max, datetime.date.min, datetime.time(23, 59, 59, 999999), datetime.time(1, 2, tzinfo=datetime.timezone.utc),
        datetime.datetime(2024, 2, 29, 1, 2, 3, 4), datetime.datetime(1, 1, 1), datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=8))),
        datetime.timedelta(days=400, seconds=-1, microseconds=5), uuid.UUID(int=2**127 + 5), Jsonb({"城": [1, None, 1.5]}), Json([1, "x"]),
        [1, 2, None], [2**40], ["a", None, 'b"c,d', ""], [1.5, None], [decimal.Decimal("1.10"), None], [[1, 2], [3, 4]], [True], [b"ab"],
        [datetime.date(2024, 1, 1)], [uuid.UUID(int=1)], [], Color.VIP,
    ]
    for fmt in ("s", "t", "b"):
        for v in values:
            try:
                r = conn.execute(f"SELECT %{fmt} AS v, pg_typeof(%{fmt})::text", (v, v)).fetchone()
                print(fmt, type(v).__name__, "->", repr(r[0]), r[1])
            except (psycopg.Error, ValueError) as e:
                print(fmt, type(v).__name__, "->", error(e))
                conn.rollback()
    conn.rollback()


@step("parameters against columns")
def _(conn):
    for q, args in (("id = %s", (5,)), ("id = ANY(%s)", ([3, 5, 7],)), ("city = %s AND age < %s", ("上海", 20)), ("hobby @> %s AND id < %s", (["a,b"], 8)), ("spent = %s", (decimal.Decimal("1.85"),)),
                    ("spent > %s", (999.8,)), ("score = %s", (1.25,)), ("birthday = %s", (datetime.date(1960, 1, 9),)), ("joined < %s", (datetime.datetime(2020, 1, 1, 0, 3),)),
                    ("seen BETWEEN %s AND %s", (datetime.datetime(2024, 1, 1, 0, 0, 2, tzinfo=datetime.timezone.utc),) * 2), ("wakes = %s AND id < 3", (datetime.time(6, 2),)),
                    ("ref = %s", (uuid.UUID("00000000-0000-4000-8000-000000000011"),)), ("extra @> %s AND id < 10", (Jsonb({"k": 1}),)), ("grade = %s AND id < 5", ("VIP",)),
                    ("vip = %s AND id < 8", (True,)), ("raw = %s", (b"\x00\x00\x00\x09",)), ("note = %s AND id < 300", ("n7",)), ("shops && %s AND id < 9", ([3],)), ("codes = %s", ([1000000007 * 2],)),
                    ("city LIKE %s AND id < 9", ("%京%",)), ("coalesce(city, %s) = %s AND id < 20", ("无", "无")), ("age + %s = %s AND id < 80", (1, 20)),
                    ("joined + %s < %s", (datetime.timedelta(minutes=1), datetime.datetime(2020, 1, 1, 0, 3))), ("(id, city) IN ((%s, %s), (%s, %s))", (1, "上海", 2, "x"))):
        for binary in (False, True):
            try:
                print(q, conn.execute(f"SELECT id FROM tags WHERE {q} ORDER BY id LIMIT 10", args, binary=binary).fetchall())
            except psycopg.Error as e:
                print(q, error(e))
                conn.rollback()
    conn.rollback()


@step("type information")
def _(conn):
    for n in ("int4", "text", "numeric", "jsonb", "timestamptz", "uuid", "percent", "grade", "bool", "nosuch", "pg_catalog.int8", "crm.orders"):
        t = TypeInfo.fetch(conn, n)
        print(n, t and (t.name, code(t.oid), code(t.array_oid), t.regtype, t.delimiter))
    e = EnumInfo.fetch(conn, "grade")
    print(e.name, e.labels)
    register_enum(e, conn, Color)
    for binary in (False, True):
        print(conn.execute("SELECT grade, ARRAY[grade, NULL] FROM tags WHERE grade = %s AND id < 9 ORDER BY id", (Color.老客,), binary=binary).fetchall())
        print(conn.execute("SELECT %s, %s", (Color.VIP, [Color.VIP, Color.新客]), binary=binary).fetchall())
    for n in ("pairs", "crm.orders", "women", "nosuch"):
        c = CompositeInfo.fetch(conn, n)
        print(n, c and (c.name, c.field_names, [code(t) for t in c.field_types]))
    pairs = CompositeInfo.fetch(conn, "pairs")
    register_composite(pairs, conn)
    for binary in (False, True):
        print(conn.execute("SELECT p FROM pairs p ORDER BY a, b", binary=binary).fetchall())
    conn.rollback()


@step("row factories")
def _(conn):
    for f in (dict_row, namedtuple_row, scalar_row):
        print(conn.cursor(row_factory=f).execute("SELECT a, b, v, twice FROM pairs ORDER BY a, b").fetchall())
    conn.rollback()


@step("statements, rowcount and several results")
def _(conn):
    for q in ("CREATE TABLE p3 (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text UNIQUE, n numeric(9,2), a int[], g grade, d percent)",
              "INSERT INTO p3 (v) VALUES ('a'), ('b')", "UPDATE p3 SET n = 1", "DELETE FROM p3 WHERE v = 'b' RETURNING id, v", "SELECT * FROM p3", "TRUNCATE p3 RESTART IDENTITY", "SHOW TimeZone", ""):
        cur = conn.execute(q)
        print(repr(cur.statusmessage), cur.rowcount, cur.description and [d.name for d in cur.description], cur.pgresult.status)
    cur = conn.execute("SELECT 1 AS a; SELECT 'x', 2; INSERT INTO p3 (v) VALUES ('m') RETURNING id; SELECT 3 WHERE false")
    while True:
        print(cur.statusmessage, cur.fetchall())
        if not cur.nextset():
            break
    fails(conn.execute, "SELECT 1; SELECT 2 WHERE %s", (True,))
    conn.rollback()


@step("executemany and returning")
def _(conn):
    conn.execute("CREATE TABLE p3 (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text UNIQUE, n numeric(9,2), a int[], g grade, d percent, at timestamptz DEFAULT '2024-01-01Z')")
    cur = conn.cursor()
    cur.executemany("INSERT INTO p3 (v, n, a, g, d) VALUES (%s, %s, %s, %s, %s) RETURNING id, v", [(f"行{i}", decimal.Decimal(i) / 4, [i, None], Color.VIP, i % 100) for i in range(500)], returning=True)
    got = []
    while True:
        got += cur.fetchall()
        if not cur.nextset():
            break
    print(len(got), got[0], got[-1], cur.rowcount)
    cur.executemany("UPDATE p3 SET n = n + 1 WHERE id = %s", [(i,) for i in range(1, 101)])
    print(cur.rowcount)
    print(conn.execute("INSERT INTO p3 (v, n) VALUES (%s, %s) ON CONFLICT (v) DO UPDATE SET n = p3.n + excluded.n RETURNING id, n, a, g, at", ("行1", 100)).fetchone())
    print(conn.execute("SELECT count(*), sum(n), sum(a[1]), max(v), sum(d) FROM p3").fetchone())
    fails(conn.execute, "INSERT INTO p3 (v, d) VALUES ('q', %s)", (200,))
    conn.rollback()


@step("transactions")
def _(conn):
    with conn.transaction():
        conn.execute("CREATE TABLE tr (v int PRIMARY KEY)")
        with conn.transaction() as inner:
            conn.execute("INSERT INTO tr VALUES (1)")
            raise psycopg.Rollback(inner)
        try:
            with conn.transaction("save"):
                conn.execute("INSERT INTO tr VALUES (2)")
                conn.execute("INSERT INTO tr VALUES (2)")
        except psycopg.errors.UniqueViolation as e:
            print(error(e))
        conn.execute("INSERT INTO tr VALUES (3)")
    print(conn.execute("SELECT * FROM tr").fetchall(), conn.info.transaction_status)
    conn.rollback()
    for level in psycopg.IsolationLevel:
        with psycopg.connect(DSN) as c:
            c.isolation_level, c.read_only, c.deferrable = level, True, False
            print(c.execute("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')").fetchone())
            fails(c.execute, "INSERT INTO tr VALUES (9)")
            c.rollback()
    conn.execute("DROP TABLE tr")
    conn.commit()


@step("pipeline")
def _(conn):
    with psycopg.connect(DSN, autocommit=True) as c:
        with c.pipeline() as p:
            curs = [c.execute("SELECT %s::int, city FROM tags WHERE id = %s", (i, i)) for i in range(1, 40)]
            w = c.execute("SELECT count(*) FROM tags")
            p.sync()
            print(w.fetchone(), [k.fetchone() for k in curs[:6]])
        try:  # which call raises it depends on when the answer comes
            with c.pipeline() as p:
                c.execute("SELECT 1/%s", (0,))
                c.execute("SELECT 2")
                p.sync()
        except psycopg.Error as e:
            print(error(e))
        print(c.execute("SELECT 'again'").fetchone(), c.info.transaction_status)
        with c.pipeline():
            with c.transaction():
                c.execute("CREATE TABLE pl (v int)")
                c.cursor().executemany("INSERT INTO pl VALUES (%s)", [(i,) for i in range(300)])
            print(c.execute("SELECT count(*), sum(v) FROM pl").fetchone())
        try:
            with c.pipeline():
                with c.transaction():
                    c.execute("INSERT INTO pl VALUES (1000)")
                    c.execute("INSERT INTO pl VALUES (%s)", ("x",))
                    c.execute("INSERT INTO pl VALUES (1001)")
        except psycopg.Error as e:
            print(error(e))
        print(c.execute("SELECT count(*) FROM pl").fetchone(), c.info.transaction_status)
        c.execute("DROP TABLE pl")


@step("prepared statements")
def _(conn):
    with psycopg.connect(DSN, autocommit=True, prepare_threshold=2) as c:
        for i in range(8):
            print(c.execute("SELECT id, city, hobby FROM tags WHERE id = %s", (i + 1,)).fetchone(), end=" ")
        print()
        print(c.execute("SELECT statement, parameter_types::text, from_sql, generic_plans + custom_plans > 0 FROM pg_prepared_statements ORDER BY 1", prepare=False).fetchall())
        c.execute("CREATE TABLE pt (a int)")
        for i in range(4):
            c.execute("INSERT INTO pt VALUES (%s)", (i,), prepare=True)
        print(c.execute("SELECT * FROM pt ORDER BY a", prepare=True).fetchall())
        c.execute("ALTER TABLE pt ADD COLUMN b text DEFAULT '新'")
        try:
            print(c.execute("SELECT * FROM pt ORDER BY a", prepare=True).fetchall())
        except psycopg.Error as e:
            print(error(e))
        c.execute("DEALLOCATE ALL")
        print(c.execute("SELECT * FROM pt ORDER BY a", prepare=True).fetchall())
        c.execute("DROP TABLE pt")
        fails(c.execute, "SELECT 1 FROM pt", prepare=True)


@step("server-side cursors")
def _(conn):
    with conn.cursor("名 字") as c:
        c.execute("SELECT id, spent, hobby FROM tags WHERE age = %s ORDER BY id", (30,))
        print(c.fetchone(), c.fetchmany(2), [d.name for d in c.description], c.rownumber)
        c.itersize = 10
        print(sum(r[1] for r in c))
    for binary in (False, True):
        with conn.cursor("b", binary=binary, scrollable=True) as c:
            c.execute("SELECT id, grade, seen, raw, spent FROM tags ORDER BY id")
            c.scroll(4990)
            print(len(c.fetchall()))
            c.scroll(4998, mode="absolute")
            print(c.fetchall())
            c.scroll(-3)
            print(c.fetchone())
            c.scroll(-1, mode="absolute")
            print(c.fetchall())
        conn.rollback()
    with conn.cursor("h", withhold=True) as c:
        c.execute("SELECT city, n FROM city_counts ORDER BY 1")
        conn.commit()
        print(c.fetchall())
    conn.commit()
    with conn.cursor("x") as c:
        fails(c.execute, "SELECT nosuch")
    conn.rollback()
    raw = psycopg.RawServerCursor(conn, "raw")
    raw.execute("SELECT id FROM tags WHERE id > $1 ORDER BY id LIMIT $2", (100, 3))
    print(raw.fetchall())
    conn.rollback()
    print(psycopg.ClientCursor(conn).execute("SELECT %s, %s, %s", ("重'", [1], datetime.date(2024, 1, 1))).fetchone())
    print(psycopg.RawCursor(conn).execute("SELECT $1::int + 1, $2::text", (5, "x")).fetchone())
    conn.rollback()


@step("streams and chunks")
def _(conn):
    print(sum(r[0] for r in conn.cursor().stream("SELECT id FROM tags WHERE id % 2 = %s", (0,))))
    print(sum(r[0] for r in conn.cursor().stream("SELECT id FROM tags", binary=True)))
    try:
        for r in conn.cursor().stream("SELECT 10 / (3 - g) FROM generate_series(1, 5) g"):
            print(r)
    except psycopg.Error as e:
        print(error(e))
    conn.rollback()


@step("copy out, text and binary with types")
def _(conn):
    cols = "id, name, gender, spent, score, ratio, vip, birthday, joined, seen, wakes, ref, hobby, shops, codes, extra, share, note, raw"
    types = ["int8", "varchar", "text", "numeric", "float8", "float4", "bool", "date", "timestamp", "timestamptz", "time", "uuid", "text[]", "int4[]", "int8[]", "jsonb", "int4", "bpchar", "bytea"]
    for fmt in ("TEXT", "BINARY"):
        with conn.cursor() as cur:
            with cur.copy(f"COPY (SELECT {cols} FROM tags WHERE id < 9 ORDER BY id) TO STDOUT (FORMAT {fmt})") as cp:
                cp.set_types(types)
                rows(cp.rows())
            print(cur.rowcount, cur.statusmessage)
            with cur.copy(f"COPY (SELECT id, note FROM tags ORDER BY id) TO STDOUT (FORMAT {fmt})") as cp:
                data = b"".join(cp)
                print(len(data))
    with conn.cursor() as cur:
        with cur.copy("COPY (SELECT id FROM tags ORDER BY id LIMIT 5) TO STDOUT") as cp:
            print(cp.read_row(), cp.read_row())  # the rest is read and dropped
    print(conn.execute("SELECT 'after'").fetchone())


@step("copy in, text and binary with types")
def _(conn):
    conn.execute("CREATE TABLE ci (id int8 PRIMARY KEY, t text, n numeric, f float8, b bool, d date, ts timestamptz, u uuid, a text[], j jsonb, raw bytea, g grade, sm int2)")
    record = lambda i: (i, f"行\t{i}\n\\", decimal.Decimal(i) / 8, i / 3, i % 2 == 0, datetime.date(2024, 1, 1 + i % 28), datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
                        uuid.UUID(int=i), ["a", None, "重,"], Jsonb({"i": i}), bytes([i % 256, 0, 92]), None, i % 100)
    for fmt, base in (("TEXT", 0), ("BINARY", 1000)):
        with conn.cursor() as cur:
            with cur.copy(f"COPY ci (id, t, n, f, b, d, ts, u, a, j, raw, g, sm) FROM STDIN (FORMAT {fmt})") as cp:
                if fmt == "BINARY":
                    cp.set_types(["int8", "text", "numeric", "float8", "bool", "date", "timestamptz", "uuid", "text[]", "jsonb", "bytea", "text", "int2"])
                for i in range(300):
                    cp.write_row(record(base + i))
                cp.write_row([base + 999] + [None] * 12)
            print(cur.rowcount, cur.statusmessage)
    print(conn.execute("SELECT count(*), sum(n), sum(f), max(u::text), min(t), count(g), sum(sm), md5(string_agg(t || raw::text || j::text || a::text, '' ORDER BY id)) FROM ci").fetchone())
    conn.commit()
    for fmt, data in (("BINARY", b"garbage"), ("BINARY", b"PGCOPY\n\xff\r\n\0" + b"\0" * 8 + b"\0\x02"), ("TEXT", b"1\t2\n"), ("TEXT", b"x\n"), ("TEXT", b"\xff\xfe\n"),
                      ("BINARY", b"PGCOPY\n\xff\r\n\0" + b"\0" * 8 + b"\0\x01\0\0\0\x04\0\0\0\x01\xff\xff")):
        try:
            with conn.cursor() as cur, cur.copy(f"COPY ci (id) FROM STDIN (FORMAT {fmt})") as cp:
                cp.write(data)
            print("no error", data)
        except psycopg.Error as e:
            print(error(e))
        conn.rollback()
    try:
        with conn.cursor() as cur, cur.copy("COPY ci FROM STDIN") as cp:
            cp.write_row([77777] + [None] * 12)
            raise KeyError("mine")
    except KeyError as e:
        print(repr(e))
    conn.rollback()
    print(conn.execute("SELECT count(*) FROM ci WHERE id = 77777").fetchone())
    conn.execute("DROP TABLE ci")
    conn.commit()


@step("errors")
def _(conn):
    for q, args in (("SELECT nosuch FROM tags WHERE id = %s", (1,)), ("SELECT %s + %s", ("a", "b")), ("SELECT %s", (object,)), ("SELECT * FROM tags WHERE id = %s", ("x",)), ("SELECT * FROM tags WHERE city = %s", (5,)),
                    ("SELECT %t || %t", ("a", 5)), ("SELECT length(%s)", (5,)), ("INSERT INTO tags (id, name) VALUES (%s, %s)", (1, "x")), ("SELECT * FROM tags WHERE hobby @> %s", ([1],)), ("SELECT count(*) FROM tags WHERE id IN %s", ((1, 2),)),
                    ("SELECT %s::date", ("2024-13-01",)), ("SELECT to_date(%s, %s)", ("x", "YYYY")), ("SELECT jsonb_set(%s, %s, %s)", (1, 2, 3)), ("FETCH 1 FROM nosuch", ()), ("SELECT %b::text", (b"\xff\x00",)), ("SELECT %s", ("a\0b",))):
        try:
            print(conn.execute(q, args).fetchall())
        except Exception as e:
            print(q, error(e))
        conn.rollback()


@step("notices")
def _(conn):
    got = []
    conn.add_notice_handler(lambda d: got.append((d.severity, d.sqlstate, d.message_primary, d.message_detail, d.message_hint)))
    conn.execute("DROP TABLE IF EXISTS nosuch")
    conn.execute("CREATE TABLE IF NOT EXISTS pairs (a int)")
    conn.rollback()
    conn.rollback()
    conn.execute("COMMIT")
    rows(got)
    conn.commit()


@step("cancel and timeouts")
def _(conn):
    import threading
    t = threading.Timer(0.2, conn.cancel_safe)
    t.start()
    fails(conn.execute, "SELECT pg_sleep(20)")
    t.join()
    conn.rollback()
    conn.execute("SET LOCAL statement_timeout = '100ms'")
    fails(conn.execute, "SELECT count(*) FROM tags, pg_sleep(20)")
    conn.rollback()
    with psycopg.connect(DSN) as c:
        c.execute("SET idle_in_transaction_session_timeout = 200")
        import time
        time.sleep(0.6)
        fails(c.execute, "SELECT 1")
        print(c.broken)


@step("notifications")
def _(conn):
    with psycopg.connect(DSN, autocommit=True) as a, psycopg.connect(DSN, autocommit=True) as b:
        a.execute("LISTEN tags")
        b.execute("NOTIFY tags, '更新'")
        with b.transaction():
            b.execute("SELECT pg_notify('tags', %s)", ("one",))
            b.execute("NOTIFY tags")
        b.execute("NOTIFY other")
        for n in a.notifies(timeout=5, stop_after=3):
            print(n.channel, n.payload, n.pid == b.info.backend_pid)
        print(a.execute("SELECT * FROM pg_listening_channels()").fetchall())


@step("asynchronous connections")
def _(conn):
    async def one(i):
        async with await psycopg.AsyncConnection.connect(DSN) as c:
            async with c.cursor(binary=i % 2 == 0) as cur:
                await cur.execute("SELECT id, city, hobby, spent FROM tags WHERE id % 1000 = %s ORDER BY id", (i,))
                got = await cur.fetchall()
            async with c.cursor("srv") as cur:
                await cur.execute("SELECT sum(id) OVER (ORDER BY id) FROM tags WHERE level = %s ORDER BY id", (i,))
                n = [r[0] async for r in cur]
            async with c.transaction():
                async with c.cursor().copy("COPY (SELECT b, v FROM pairs ORDER BY a, b) TO STDOUT") as cp:
                    copied = [r async for r in cp.rows()]
            try:
                await asyncio.wait_for(c.execute("SELECT pg_sleep(20)"), 0.3)
            except (asyncio.TimeoutError, psycopg.Error) as e:
                copied.append(type(e).__name__)
            await c.rollback()
            return got, len(n), n[-1], copied, await (await c.execute("SELECT 1")).fetchone()

    async def all_of_them():
        rows(await asyncio.gather(*(one(i) for i in range(6))))
    asyncio.run(all_of_them())


@step("composing and quoting")
def _(conn):
    q = sql.SQL("SELECT {f} FROM {t} WHERE {f} = {v} ORDER BY 1 LIMIT 2").format(f=sql.Identifier("city"), t=sql.Identifier("public", "tags"), v=sql.Literal("深圳'"))
    print(q.as_string(conn), conn.execute(q).fetchall())
    for v in ("重'\\", b"\x00'", decimal.Decimal("1.5"), [1, None], datetime.timedelta(1), None, True, uuid.UUID(int=3), Jsonb([1])):
        print(sql.Literal(v).as_string(conn))
    conn.rollback()


@step("composite types stored and sent")
def _(conn):
    conn.execute("CREATE TYPE inner_t AS (a int, b text); CREATE TYPE outer_t AS (n numeric, i inner_t, l inner_t[], d date); CREATE TABLE composed (id int, o outer_t)")
    kinds = []
    for name in ("inner_t", "outer_t"):
        kinds.append(CompositeInfo.fetch(conn, name))
        register_composite(kinds[-1], conn)
        print(kinds[-1].name, kinds[-1].field_names)
    inner, outer = kinds[0].python_type, kinds[1].python_type
    value = outer(decimal.Decimal("1.50"), inner(7, '中 "q"'), [inner(1, None), inner(2, "x")], datetime.date(2024, 2, 3))
    for binary in (False, True):
        cur = conn.cursor(binary=binary)
        print(cur.execute("INSERT INTO composed VALUES (1, %s::outer_t) RETURNING o, (o).i, (o).l[1]", [value]).fetchall())
        print(cur.execute("SELECT %b, %b::inner_t[]", [inner(3, "w"), [inner(3, "w"), inner(4, None)]]).fetchone())
        print(cur.execute("SELECT row(1, 'x', null), composed.o, composed::text FROM composed ORDER BY id").fetchall())
    with conn.cursor().copy("COPY composed TO STDOUT (FORMAT binary)") as cp:
        cp.set_types(["int4", "outer_t"])
        print([(r[0], len(r[1])) for r in cp.rows()])
    conn.rollback()


@step("ranges and multiranges, text and binary")
def _(conn):
    day, moment = datetime.date, datetime.datetime(2024, 1, 1, 10, tzinfo=datetime.timezone.utc)
    values = [Range(1, 5), Range(1, 5, "[]"), Range(decimal.Decimal("1.50"), None), Range(2**40, 2**41), Range(day(2024, 1, 1), day(2024, 2, 29), "[]"),
              Range(datetime.datetime(2024, 1, 1), None, "()"), Range(moment, None), Multirange([Range(1, 3), Range(7, 9)]), Multirange([Range(day(2024, 1, 1), None)])]
    for fmt in ("%t", "%b"):
        for v in values:
            cur = conn.execute(f"SELECT {fmt}", (v,))
            print(fmt, repr(v), cur.fetchone(), cur.description[0].type_display)
    conn.execute("CREATE TABLE booked (id int PRIMARY KEY, during tstzrange, seats int4range, price numrange, off datemultirange, all_seats int4range[])")
    for i, v in enumerate([(Range(moment, None), Range(1, 4), Range(decimal.Decimal("1.0"), decimal.Decimal("2.50"), "[]"), Multirange([Range(day(2024, 1, 1), day(2024, 1, 5))]), [Range(1, 2), Range(empty=True)]),
                           (None, Range(3, 9), None, Multirange(), []), (Range(empty=True), Range(None, 5), Range(None, None), None, None)]):
        conn.execute("INSERT INTO booked VALUES (%s, %s, %s, %s, %s, %s)", (i, *v))
    for binary in (False, True):
        cur = conn.cursor(binary=binary)
        rows(cur.execute("SELECT *, during * tstzrange(%s, NULL), int4multirange(seats), unnest(all_seats) FROM booked ORDER BY id", (moment,)).fetchall())
        rows(cur.execute("SELECT id FROM booked WHERE seats @> %s ORDER BY 1", (Range(3, 4),)).fetchall())
        rows(cur.execute("SELECT range_agg(seats), range_agg(off), range_intersect_agg(price) FROM booked").fetchall())
        print([(d.name, d.type_display) for d in cur.description])
    for fmt in ("text", "binary"):
        with conn.cursor().copy(f"COPY booked (id, seats, price, off) TO STDOUT (FORMAT {fmt})") as cp:
            cp.set_types(["int4", "int4range", "numrange", "datemultirange"])
            rows(cp.rows())
    with conn.cursor().copy("COPY booked (id, seats, off) FROM STDIN (FORMAT binary)") as cp:
        cp.set_types(["int4", "int4range", "datemultirange"])
        cp.write_row((10, Range(5, 7, "[]", ), Multirange([Range(day(2025, 1, 1), day(2025, 1, 2))])))
    rows(conn.execute("SELECT id, seats, off FROM booked WHERE id = 10").fetchall())
    conn.rollback()
    for name in ("numrange", "nummultirange", "nosuchrange"):
        info = (MultirangeInfo if "multi" in name else RangeInfo).fetch(conn, name)
        print(info and (info.name, info.oid, info.array_oid, info.subtype_oid))
    conn.rollback()
    for bad in ("SELECT '[5,1)'::int4range", "SELECT '{[1,2)'::nummultirange", "SELECT int4range(1, 2, '<>')", "SELECT int4multirange('[1,2)', NULL)", "SELECT int4range(1,9) - int4range(5,6)"):
        fails(conn.execute, bad)
        conn.rollback()

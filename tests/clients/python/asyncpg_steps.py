"""Steps of asyncpg, which speaks binary only and asks the catalog for every type that it does not know."""
import asyncio
import collections
import datetime
import decimal
import io
import json
import uuid

import asyncpg

from steps import DSN, error, rows

COLUMNS = ("id, name, gender, city, age, level, spent, score, ratio, vip, birthday, joined, seen, wakes, ref, hobby, shops, codes, extra, grade, share, note, raw")
steps = []


def step(name):
    def add(f):
        steps.append((name, f))
        return f
    return add


async def fails(awaitable):
    try:
        print("FAIL no error:", await awaitable)
    except Exception as e:  # noqa: BLE001
        print(error(e))


@step("connect")
async def _(c):
    s = c.get_settings()
    for k in ("server_encoding", "client_encoding", "DateStyle", "integer_datetimes", "IntervalStyle", "is_superuser", "standard_conforming_strings", "application_name"):
        print(k, getattr(s, k))
    print(c.get_server_version().major, c.is_in_transaction(), c.get_reset_query())
    own = await asyncpg.connect(DSN, server_settings={"application_name": "报表", "search_path": "crm", "statement_timeout": "5000", "jit": "off"})
    print(await own.fetchrow("SELECT current_setting('application_name'), current_setting('search_path'), current_setting('statement_timeout'), current_setting('jit')"))
    await own.close()
    print(own.is_closed())


@step("every type of a row")
async def _(c):
    for r in await c.fetch(f"SELECT {COLUMNS} FROM tags WHERE id = ANY($1::bigint[]) ORDER BY id", [1, 2, 7, 60, 4999]):
        for k, v in r.items():
            print(" ", k, type(v).__name__, repr(v))


@step("attributes and parameters of prepared statements")
async def _(c):
    for q in (f"SELECT {COLUMNS} FROM tags WHERE id = $1 AND grade = $2 AND hobby && $3 AND share < $4 AND spent > $5", "SELECT * FROM pairs p WHERE a = $1 OR b = $2",
              "SELECT ARRAY[grade], $1::grade[], $2::percent FROM tags", "INSERT INTO crm.orders (user_id, amount, at) VALUES ($1, $2, $3) RETURNING order_id, channel",
              "SELECT count(*), avg(spent), sum(level), min(joined), array_agg(hobby[1]), jsonb_agg(extra) FROM tags WHERE city = $1 HAVING count(*) > $2", "DELETE FROM pairs WHERE false"):
        p = await c.prepare(q)
        print([(t.name, t.kind, t.schema) for t in p.get_parameters()])
        print([(a.name, a.type.name, a.type.kind, a.type.schema) for a in p.get_attributes()], p.get_statusmsg())
    await fails(c.prepare("SELECT nosuch FROM tags"))
    await fails(c.prepare("SELECT $1 + $2"))


@step("parameters of each type")
async def _(c):
    utc = datetime.timezone.utc
    for t, values in (("int2", (0, -32768, None, 40000)), ("int4", (2**31 - 1, 2**31)), ("int8", (-2**63,)), ("oid", (4294967295,)), ("float4", (1.5, float("nan"))), ("float8", (0.1, float("-inf"), 1e-310)),
                      ("numeric", (decimal.Decimal("12345678901234567890.00100"), decimal.Decimal("NaN"), decimal.Decimal("-1E-10"), decimal.Decimal("1E+30"), decimal.Decimal("Infinity"))), ("bool", (True, False)),
                      ("text", ("", "重庆'\\", "x" * 100000, "a\0b")), ("varchar(3)", ("abc",)), ("bpchar", ("ab ",)), ("name", ("n",)), ('"char"', (b"a",)), ("bytea", (b"\0\xff",)), ("uuid", (uuid.UUID(int=5),)),
                      ("date", (datetime.date(2024, 2, 29), datetime.date.max, datetime.date(1, 1, 1), datetime.date.min)), ("time", (datetime.time(23, 59, 59, 999999),)), ("timetz", (datetime.time(1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=8))),)),
                      ("timestamp", (datetime.datetime(2024, 2, 29, 1, 2, 3, 4), datetime.datetime.max, datetime.datetime.min)), ("timestamptz", (datetime.datetime(1900, 1, 1, tzinfo=utc),)), ("interval", (datetime.timedelta(days=-5, seconds=3, microseconds=7),)),
                      ("json", ('{"a": [1, null]}', "{bad")), ("jsonb", ('{"城": 1.50}', "")), ("int4[]", ([1, None], [], [[1, 2], [3, 4]])), ("text[]", (["a", None, "重,\"", ""],)), ("numeric[]", ([decimal.Decimal("1.10")],)), ("bool[]", ([True],)),
                      ("date[]", ([datetime.date(2024, 1, 1)],)), ("grade", ("VIP", "没有")), ("grade[]", (["VIP", None],)), ("percent", (55, 101)), ("bit(4)", (asyncpg.BitString("1010"),)), ("varbit", (asyncpg.BitString("101"),))):
        for v in values:
            try:
                r = await c.fetchrow(f"SELECT $1::{t} AS v, pg_typeof($1::{t})::text AS t", v)
                print(t, "->", repr(r["v"])[:100], r["t"])
            except Exception as e:
                print(t, "->", error(e)[:300])


@step("records and composites")
async def _(c):
    print(await c.fetchval("SELECT ROW(1, 'x'::text, NULL::int, 1.5::numeric)"))
    print(await c.fetch("SELECT array_agg(ROW(a, b)) FROM pairs"))
    print(await c.fetch("SELECT a, b, v, twice FROM pairs ORDER BY a, b"))
    r = await c.fetchrow("SELECT a, b, v AS \"值\", twice FROM pairs ORDER BY a, b")
    print(dict(r), list(r.keys()), r[1], r["值"], len(r), "b" in r)


@step("type codecs")
async def _(c):
    await c.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    print(await c.fetch("SELECT extra, $1::jsonb AS mine FROM tags WHERE id < 3 ORDER BY id", {"城": [1]}))
    await c.set_type_codec("numeric", encoder=str, decoder=float, schema="pg_catalog", format="text")
    print(await c.fetchrow("SELECT spent, $1::numeric AS mine FROM tags WHERE id = 3", 2.5))
    await c.set_type_codec("timestamptz", encoder=lambda t: t, decoder=lambda t: t, schema="pg_catalog", format="tuple")
    print(await c.fetchrow("SELECT seen FROM tags WHERE id = 3"))
    Grade = collections.namedtuple("Grade", "label")
    await c.set_type_codec("grade", schema="public", encoder=lambda g: g.label, decoder=Grade)
    print(await c.fetch("SELECT grade, ARRAY[grade, NULL] AS many FROM tags WHERE grade = $1 AND id < 9 ORDER BY id", Grade("VIP")))
    await c.reset_type_codec("numeric", schema="pg_catalog")
    print(await c.fetchval("SELECT spent FROM tags WHERE id = 3"))
    for name, schema in (("nosuch", "public"), ("pairs", "public")):
        await fails(c.set_type_codec(name, schema=schema, encoder=str, decoder=str)) 


@step("statements")
async def _(c):
    print(await c.execute("CREATE TABLE ap (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text UNIQUE, n numeric(9,2), g grade, a int[], at timestamptz DEFAULT '2024-01-01Z')"))
    print(await c.execute("INSERT INTO ap (v) VALUES ('a'), ('b'); UPDATE ap SET n = 1"))
    print(await c.execute("INSERT INTO ap (v, n, g, a) VALUES ($1, $2, $3, $4)", "新", decimal.Decimal("1.5"), "VIP", [1, None]))
    print(await c.fetch("INSERT INTO ap (v) SELECT 'x' || g FROM generate_series(1, $1::int) g RETURNING id, v", 3))
    await c.executemany("INSERT INTO ap (v, n) VALUES ($1, $2)", [(f"m{i}", decimal.Decimal(i)) for i in range(500)])
    print(await c.fetchmany("INSERT INTO ap (v) VALUES ($1) RETURNING id, v", [("r1",), ("r2",)]))
    print(await c.fetchrow("SELECT count(*), sum(n), max(v) FROM ap"))
    print(await c.fetchrow("INSERT INTO ap (v, n) VALUES ($1, $2) ON CONFLICT (v) DO UPDATE SET n = coalesce(ap.n, 0) + excluded.n RETURNING *", "a", decimal.Decimal(9)))
    await fails(c.executemany("INSERT INTO ap (v) VALUES ($1)", [("once",), ("a",)]))
    print(await c.fetchval("SELECT count(*) FROM ap WHERE v = 'once'"))
    print(await c.execute("UPDATE ap SET a = array_append(a, $1) WHERE id < $2", 7, 4), await c.fetchval("SELECT a FROM ap WHERE id = 3"))
    print(await c.execute("DELETE FROM ap WHERE v LIKE $1", "m%"), await c.execute("TRUNCATE ap"), await c.execute("SELECT 1; SELECT 2"))
    print(await c.fetch("SELECT 1 WHERE false"), await c.fetchval("SELECT 1 WHERE false"))
    print(await c.execute("DROP TABLE ap"))


@step("errors")
async def _(c):
    for q, a in (("SELECT nosuch FROM tags", ()), ("SELECT * FROM nosuch", ()), ("SELEC", ()), ("SELECT 1/$1::int", (0,)), ("INSERT INTO tags (id, name) VALUES ($1, 'x')", (1,)), ("INSERT INTO tags (id, name, age) VALUES (-1, 'x', $1)", (-1,)),
                 ("INSERT INTO tags (id) VALUES ($1)", (-5,)), ("SELECT $1::int", ("x",)), ("SELECT $1", (5,)), ("SELECT 1; SELECT $1::int", (5,)), ("INSERT INTO tags (id, name) VALUES (-1, $1)", ("长" * 41,)), ("SELECT * FROM tags WHERE id = $2", (1, 2)),
                 ("SELECT $1::int", ()), ("SELECT length($1, $2)", (1, 2)), ("INSERT INTO pairs (a, b, v) VALUES (9, 'q', $1)", ("p",))):
        await fails(c.fetch(q, *a))


@step("transactions")
async def _(c):
    await c.execute("CREATE TABLE at (v int PRIMARY KEY)")
    async with c.transaction():
        await c.execute("INSERT INTO at VALUES (1)")
        try:
            async with c.transaction():
                await c.execute("INSERT INTO at VALUES (2), (1)")
        except asyncpg.UniqueViolationError as e:
            print(error(e))
        print(await c.fetch("SELECT * FROM at"), c.is_in_transaction())
    for iso in ("serializable", "repeatable_read", "read_committed", "read_uncommitted"):
        async with c.transaction(isolation=iso, readonly=True):
            print(iso, await c.fetchrow("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"))
            try:
                async with c.transaction():
                    await c.execute("INSERT INTO at VALUES (3)")
            except asyncpg.PostgresError as e:
                print(error(e))
    async with c.transaction(isolation="serializable", readonly=True, deferrable=True):
        print(await c.fetchval("SELECT count(*) FROM at"))
    t = c.transaction()
    await t.start()
    await c.execute("INSERT INTO at VALUES (9)")
    await t.rollback()
    await fails(c.fetch("FETCH 1 FROM nosuch"))
    print(await c.fetch("SELECT * FROM at"))
    await c.execute("DROP TABLE at")


@step("cursors")
async def _(c):
    async with c.transaction():
        n = total = 0
        async for r in c.cursor("SELECT id, spent FROM tags WHERE level = $1 ORDER BY id", 4, prefetch=37):
            n, total = n + 1, total + r["spent"]
        print(n, total)
        cur = await c.cursor("SELECT id, hobby, grade FROM tags ORDER BY id")
        print(await cur.fetch(2), await cur.forward(100), await cur.fetchrow(), len(await cur.fetch(10000)), await cur.fetchrow())
        p = await c.prepare("SELECT g FROM generate_series(1, $1::int) g")
        one, two = await p.cursor(5), await p.cursor(3)
        print(await one.fetch(2), await two.fetch(2), await one.fetch(9), await two.fetch(9))
        print(await p.fetchval(1), await p.fetch(2), await p.fetchrow(3))
    await fails(c.cursor("SELECT 1"))


@step("copy")
async def _(c):
    await c.execute("CREATE TABLE ac (id int8 PRIMARY KEY, t text, n numeric, f float8, b bool, d date, ts timestamptz, u uuid, a text[], j jsonb, raw bytea, g grade, sm int2)")
    recs = [(i, f"行\t{i}\n", decimal.Decimal(i) / 8, i / 3, i % 2 == 0, datetime.date(2024, 1, 1 + i % 28), datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), uuid.UUID(int=i), ["a", None, "重,"],
             json.dumps({"i": i}), bytes([i % 256]), ("新客", "老客", None)[i % 3], i % 100) for i in range(3000)]
    print(await c.copy_records_to_table("ac", records=recs))
    print(await c.fetchrow("SELECT count(*), sum(n), sum(f), max(u::text), min(t), count(g), sum(sm), md5(string_agg(t || raw::text || j::text || a::text, '' ORDER BY id)) FROM ac"))
    async def more():
        for i in range(5000, 5010):
            yield (i, "gen")
    print(await c.copy_records_to_table("ac", records=more(), columns=["id", "t"], where="id > 5004"), await c.fetchval("SELECT count(*) FROM ac"))
    await fails(c.copy_records_to_table("ac", records=[(1, "dup")], columns=["id", "t"]))
    await fails(c.copy_records_to_table("nosuch", records=[(1,)]))
    await fails(c.copy_records_to_table("ac", records=[("x",)], columns=["id"]))
    for kw in ({}, {"format": "csv", "header": True, "null": "NIL"}, {"format": "binary"}, {"delimiter": "|"}):
        out = io.BytesIO()
        print(await c.copy_from_query("SELECT id, name, hobby, extra, raw, spent, seen, gender FROM tags WHERE id < $1 ORDER BY id", 4, output=out, **kw))
        print(out.getvalue().hex() if kw.get("format") == "binary" else out.getvalue().decode())
    out = io.BytesIO()
    print(await c.copy_from_table("pairs", output=out, columns=["a", "b", "v"], format="csv", force_quote=["b"]), out.getvalue())
    print(await c.copy_to_table("ac", source=io.BytesIO(b"9001,\"x, y\",1.5\n9002,,\n"), columns=["id", "t", "n"], format="csv"), await c.fetch("SELECT id, t, n FROM ac WHERE id > 9000 ORDER BY id"))
    print(await c.copy_to_table("pairs", schema_name="public", source=io.BytesIO(b"8\tz\t\\N\n"), columns=["a", "b", "v"]))
    await fails(c.copy_to_table("ac", source=io.BytesIO(b"zz\n"), columns=["id"]))
    await c.execute("DROP TABLE ac")
    await c.execute("DELETE FROM pairs WHERE a = 8")


@step("timeouts and cancellation")
async def _(c):
    await fails(c.fetch("SELECT pg_sleep(20)", timeout=0.2))
    print(await c.fetchval("SELECT 'alive'"))
    task = asyncio.ensure_future(c.fetch("SELECT count(*) FROM tags a, tags b, tags d WHERE a.id + b.id + d.id = -1"))
    await asyncio.sleep(0.2)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as e:
        print(type(e).__name__)
    print(await c.fetchval("SELECT 'alive'"))
    await c.execute("SET statement_timeout = 150")
    await fails(c.execute("SELECT pg_sleep(20)"))
    await c.execute("RESET statement_timeout")


@step("pool and reset")
async def _(c):
    async with asyncpg.create_pool(DSN, min_size=2, max_size=5) as pool:
        async def one(i):
            async with pool.acquire() as k:
                await k.execute(f"SET application_name = 'a{i}'")
                await k.execute("CREATE TEMP TABLE IF NOT EXISTS pt (a int)")
                return await k.fetchval("SELECT sum(id) FROM tags WHERE level = $1", i)
        print(await asyncio.gather(*(one(i) for i in range(9))))
        async with pool.acquire() as k:
            print(await k.fetchval("SHOW application_name"), await k.fetchval("SELECT count(*) FROM pg_cursors"))
        print(await pool.fetchval("SELECT count(*) FROM crm.orders"), await pool.execute("SELECT 1"))
        await pool.executemany("SELECT $1::int", [(1,), (2,)])


@step("notices and log listeners")
async def _(c):
    got = []
    c.add_log_listener(lambda k, m: got.append((m.severity, m.sqlstate, m.message, m.detail)))
    await c.execute("DROP TABLE IF EXISTS nosuch; CREATE TABLE IF NOT EXISTS pairs (a int); ROLLBACK")
    await asyncio.sleep(0.05)
    rows(got)


@step("notifications")
async def _(c):
    got = []
    await c.add_listener("新标签", lambda k, pid, channel, payload: got.append((channel, payload, pid == other.get_server_pid())))
    other = await asyncpg.connect(DSN)
    await other.execute("NOTIFY \"新标签\", 'a'")
    await other.execute("SELECT pg_notify($1, $2)", "新标签", "载荷")
    async with other.transaction():
        await other.execute("SELECT pg_notify('新标签', i::text) FROM generate_series(1, 3) i")
    for _ in range(100):
        if len(got) < 5:
            await asyncio.sleep(0.02)
    rows(got)
    await c.reset_listeners() if hasattr(c, "reset_listeners") else None
    await other.close()


@step("schema changes under prepared statements")
async def _(c):
    await c.execute("CREATE TABLE sc (a int)")
    p = await c.prepare("SELECT * FROM sc")
    print(await p.fetch())
    await c.execute("ALTER TABLE sc ADD COLUMN b text DEFAULT 'b'")
    await c.execute("INSERT INTO sc VALUES (1)")
    await fails(p.fetch())
    print(await c.fetch("SELECT * FROM sc"))
    await c.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    await c.execute("ALTER TABLE sc ADD COLUMN m mood DEFAULT 'ok'")
    print(await c.fetch("SELECT * FROM sc WHERE m = $1", "ok"))
    await c.execute("ALTER TYPE mood ADD VALUE '高兴'")
    print(await c.fetch("UPDATE sc SET m = $1 RETURNING *", "高兴"))
    await c.reload_schema_state()
    print(await c.fetch("SELECT ARRAY[m] FROM sc"))
    await c.execute("DROP TABLE sc; DROP TYPE mood")


@step("composite types stored and sent")
async def _(c):
    await c.execute("""CREATE TYPE inner_t AS (a int, b text); CREATE TYPE outer_t AS (n numeric, i inner_t, l inner_t[], d date);
        CREATE TABLE composed (id int PRIMARY KEY, o outer_t)""")
    v = (decimal.Decimal("1.50"), (7, '中 "q"'), [(1, None), (2, "x")], datetime.date(2024, 2, 3))
    await c.execute("INSERT INTO composed VALUES ($1, $2)", 1, v)
    await c.executemany("INSERT INTO composed VALUES ($1, $2)", [(2, (None, None, [], None)), (3, None)])
    await c.copy_records_to_table("composed", records=[(9, v)])
    for r in await c.fetch("SELECT id, o, (o).i, (o).l FROM composed ORDER BY id"):
        print(r)
    print(await c.fetch("SELECT p FROM composed p ORDER BY id"))
    print(await c.fetchval("SELECT $1::inner_t[]", [(1, "a"), (2, None)]), await c.fetchval("SELECT count(*) FROM composed WHERE o = $1::outer_t", v))
    print(await c.fetchval("UPDATE composed SET o.i.b = $1 WHERE id = 1 RETURNING o", "neu"))
    await c.execute("ALTER TYPE inner_t ADD ATTRIBUTE z bool")
    await c.reload_schema_state()
    print(await c.fetch("SELECT (o).i FROM composed ORDER BY id"))
    await c.execute("DROP TABLE composed; DROP TYPE outer_t, inner_t")


@step("ranges and multiranges")
async def _(c):
    day, moment = datetime.date, datetime.datetime(2024, 1, 1, 10, tzinfo=datetime.timezone.utc)
    R = asyncpg.Range
    await c.execute("CREATE TABLE booked (id int PRIMARY KEY, during tstzrange, seats int4range, big int8range, price numrange, days daterange, off datemultirange, all_seats int4range[])")
    await c.executemany("INSERT INTO booked VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", [
        (1, R(moment, None), R(1, 4), R(2**40, 2**41, upper_inc=True), R(decimal.Decimal("1.0"), decimal.Decimal("2.50"), upper_inc=True), R(day(2024, 1, 1), day(2024, 1, 5)),
         [R(day(2024, 1, 1), day(2024, 1, 5)), R(day(2024, 1, 5), day(2024, 1, 9))], [R(1, 2), R(empty=True)]),
        (2, None, R(3, 9), None, None, None, [], []), (3, R(empty=True), R(None, 5), R(None, None), R(None, decimal.Decimal("NaN")), None, None, None)])
    await c.copy_records_to_table("booked", records=[(9, R(moment, moment), R(5, 5, upper_inc=True), None, None, None, [R(None, None)], [None])])
    rows(await c.fetch("SELECT * FROM booked ORDER BY id"))
    rows(await c.fetch("SELECT id, seats * $1, seats && $1 FROM booked WHERE seats @> $2::int OR during @> $3::timestamptz ORDER BY id", R(2, 8), 4, moment))
    print(await c.fetchrow("SELECT range_agg(seats), range_agg(off), range_intersect_agg(big) FROM booked"))
    print(await c.fetchval("SELECT $1::nummultirange", [R(decimal.Decimal("1.50"), None)]), await c.fetch("SELECT unnest($1::int4multirange) AS u", [R(1, 3), R(3, 4), R(8, 9)]))
    p = await c.prepare("SELECT $1 + seats, $2::tsrange, off FROM booked WHERE $3 <@ seats")
    print([(t.name, t.kind) for t in p.get_parameters()], [(a.type.name, a.type.kind) for a in p.get_attributes()])
    out = io.BytesIO()
    await c.copy_from_table("booked", columns=["id", "seats", "off"], output=out, format="binary")
    print(out.getvalue().hex())
    await fails(c.fetch("SELECT $1::int4range", R(9, 1)))
    await fails(c.fetch("SELECT int4range(1, 5) - int4range(2, 3)"))
    await fails(c.fetch("SELECT int8range(1, 5) @> 2"))
    await c.execute("DROP TABLE booked")


async def main():
    for name, f in steps:
        print("# step", name)
        c = await asyncpg.connect(DSN)
        try:
            await f(c)
        except Exception as e:  # noqa: BLE001
            print("raised", error(e))
        finally:
            await asyncio.wait_for(c.close(), 5)

asyncio.run(main())

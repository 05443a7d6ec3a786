"""Steps of ODBC: psqlodbc through pyodbc, with each of the driver's settings that change what it asks."""
import datetime
import decimal
import os
import re
import uuid

import pyodbc

pyodbc.pooling = False


def show(v):
    if isinstance(v, (bytes, bytearray)):
        return "x'" + bytes(v).hex() + "'"
    if isinstance(v, str) and re.match(r"^pg_(toast_)?temp_\d+$", v):
        return re.sub(r"\d+$", "N", v)
    return repr(v)


def out(*all):
    print(" ".join(show(v) for v in all), flush=True)


def fault(e):
    out(type(e).__name__, e.args[0], re.sub(r"port \d+", "port N", str(e.args[-1])))


def step(name, f, *args):
    print("# step", name, flush=True)
    attempt(f, *args)


def attempt(f, *args):
    try:
        f(*args)
    except pyodbc.Error as e:
        fault(e)


# Columns with OIDs of types and tables.
OIDS = ("table oid", "field_type", "base typeid")


def rows(cur, skip=()):
    if cur.description is None:
        out("rows", cur.rowcount)
        return
    keep = [i for i, d in enumerate(cur.description) if d[0] not in skip]
    out(*[(d[0], d[1].__name__) + tuple(d[3:]) for i, d in enumerate(cur.description) if i in keep])
    n = 0
    for r in cur:
        if len(r) == 5 and re.match(r"pg_(toast_)?temp_", str(r[1])):
            continue  # which temporary schemas there are depends on who was there before
        out(*["user" if cur.description[i][0] in OIDS and (r[i] or 0) >= 16384 else r[i] for i in keep])
        n += 1
    out("count", n)


def connect(driver="PostgreSQL Unicode", autocommit=True, **options):
    env = os.environ
    parts = ["Driver={%s}" % driver, "Server=" + env["PGHOST"], "Port=" + env["PGPORT"], "Database=" + env["PGDATABASE"], "UID=" + env["PGUSER"], "PWD=unused"]
    parts += ["%s=%s" % kv for kv in options.items()]
    return pyodbc.connect(";".join(parts), autocommit=autocommit)


def values(c):
    cur = c.cursor()
    rows(cur.execute("SELECT * FROM tags WHERE id IN (1, 2, 28) ORDER BY id"))
    rows(cur.execute("SELECT id, name, city FROM tags WHERE city = ? AND age > ? ORDER BY id LIMIT 3", "上海", 40))
    rows(cur.execute("SELECT city, count(*), sum(spent), avg(score), min(birthday), max(joined) FROM tags WHERE gender = ? GROUP BY city ORDER BY city", "女"))
    rows(cur.execute("SELECT ?, ?, ?, ?, ?, ?, ?", 1, "汉'字\\", decimal.Decimal("12.50"), 2.5, datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2, 3, 456000), None))
    for sql, arg in [("SELECT ?::bytea", b"\x00\x01\xff"), ("SELECT ?::bool", True), ("SELECT ?::uuid", uuid.UUID(int=5)), ("SELECT ?::time", datetime.time(1, 2, 3)), ("SELECT ?::int8", 2**62), ("SELECT ?::text", "x" * 9000),
                     ("SELECT ?::numeric", decimal.Decimal("-123456789012345678901234.5678")), ("SELECT length(?)", "😀𠮷"), ("SELECT ?::float8", 1e-300), ("SELECT ?::int[]", "{1,NULL}")]:
        attempt(lambda: rows(cur.execute(sql, arg)))
    rows(cur.execute("SELECT 1::int2, 'a'::char(3), 'v'::varchar(5), 't'::text, 1.5::float4, 'NaN'::float8, true, NULL::int, '1 day'::interval, '{}'::jsonb, B'101', ARRAY['a,b'], 'VIP'::grade, time '10:00', timestamptz '2024-01-01 00:00:00+08', date '2024-01-01'"))
    for sql in ["SELECT nothing", "SELECT 1 / 0", "SELEC", "INSERT INTO pairs (a, b) VALUES (1, 'x')", "SELECT 'x'::int"]:
        attempt(cur.execute, sql)
    rows(cur.execute("SELECT 1 AS alive"))


def changes(c):
    cur = c.cursor()
    cur.execute("CREATE TEMP TABLE ch (id serial PRIMARY KEY, v varchar(20), n numeric(8,2), b bytea)")
    cur.executemany("INSERT INTO ch (v, n, b) VALUES (?, ?, ?)", [("值%d" % i, decimal.Decimal(i) / 4, bytes([i])) for i in range(25)])
    cur.fast_executemany = True
    attempt(cur.executemany, "INSERT INTO ch (v, n) VALUES (?, ?)", [("f%d" % i, decimal.Decimal(i)) for i in range(30)])
    rows(cur.execute("SELECT count(*), sum(n), md5(string_agg(v, ',' ORDER BY id)) FROM ch"))
    rows(cur.execute("UPDATE ch SET n = n + 1 WHERE id > ?", 40))
    rows(cur.execute("DELETE FROM ch WHERE id = ?", 1))
    rows(cur.execute("INSERT INTO ch (v) VALUES (?) RETURNING v, n", "r"))
    attempt(cur.execute, "INSERT INTO ch (id) VALUES (?)", 2)
    cur.execute("SELECT 1 AS a; SELECT 2 AS b")
    rows(cur)
    while cur.nextset():
        rows(cur)
    cur.execute("DROP TABLE ch")


def transactions(c):
    c.autocommit = True
    cur = c.cursor()
    cur.execute("CREATE TEMP TABLE tx (a int PRIMARY KEY)")
    c.autocommit = False
    cur.execute("INSERT INTO tx VALUES (1)")
    c.rollback()
    cur.execute("INSERT INTO tx VALUES (2)")
    attempt(cur.execute, "INSERT INTO tx VALUES (2)")
    attempt(lambda: rows(cur.execute("SELECT count(*) FROM tx")))
    attempt(c.commit)
    rows(cur.execute("SELECT * FROM tx"))
    c.commit()
    c.autocommit = True
    cur.execute("DROP TABLE tx")


def fetching(c):
    cur = c.cursor()
    cur.execute("SELECT id, name FROM tags ORDER BY id")
    out(*cur.fetchmany(3), len(cur.fetchmany(700)), len(cur.fetchall()))
    cur.execute("SELECT id FROM tags ORDER BY id")
    cur.skip(10)
    out(cur.fetchone())
    cur.close()
    a, b = c.cursor(), c.cursor()
    a.execute("SELECT id FROM tags ORDER BY id LIMIT 5")
    b.execute("SELECT id FROM tags ORDER BY id DESC LIMIT 5")
    out(*[(x[0], y[0]) for x, y in zip(a, b)])


SIZES = ("CARDINALITY", "PAGES", "cardinality", "pages")


def catalog(c):
    def t(name, **args):
        out(name, *sorted(args.items()))
        cur = c.cursor()
        attempt(lambda: rows(getattr(cur, name)(**args), SIZES))
    c.execute("ANALYZE")
    t("tables", schema="public")
    t("tables", schema="crm", table="%", tableType="TABLE")
    t("tables", table="city%", tableType="VIEW,MATVIEW")
    t("tables", table="it's")
    t("tables", catalog="%", schema="", table="")
    t("tables", catalog="", schema="%", table="")
    for name in ("tags", "pairs", "women", "orders"):
        t("columns", table=name)
        t("primaryKeys", table=name)
        t("statistics", table=name)
        t("statistics", table=name, unique=True)
        t("rowIdColumns", table=name)
        t("rowVerColumns", table=name)
        t("foreignKeys", table=name)
    c.execute("CREATE TABLE fk_a (id integer PRIMARY KEY, x text, y date, UNIQUE (x, y))")
    c.execute("CREATE TABLE fk_b (id integer PRIMARY KEY REFERENCES fk_a, x text, y date, up integer REFERENCES fk_b ON DELETE CASCADE DEFERRABLE, "
              "FOREIGN KEY (x, y) REFERENCES fk_a (x, y) ON UPDATE CASCADE ON DELETE SET NULL)")
    for name in ("fk_a", "fk_b"):
        t("foreignKeys", table=name)
        t("foreignKeys", foreignTable=name)
    attempt(lambda: c.execute("INSERT INTO fk_b (id) VALUES (1)"))
    c.rollback()
    c.execute("DROP TABLE IF EXISTS fk_b, fk_a")
    t("columns", schema="pub%", column="h%")
    t("columns", table="t_gs", column="%")
    t("procedures", procedure="abs")
    t("procedureColumns", procedure="abs")


def types(c):
    rows(c.cursor().getTypeInfo())
    for k in (pyodbc.SQL_INTEGER, pyodbc.SQL_WVARCHAR, pyodbc.SQL_TYPE_TIMESTAMP, pyodbc.SQL_BIT):
        rows(c.cursor().getTypeInfo(k))


def info(c):
    for k in sorted(dir(pyodbc)):
        if k.startswith("SQL_") and k not in ("SQL_DBMS_VER", "SQL_DATA_SOURCE_NAME", "SQL_SERVER_NAME", "SQL_DRIVER_HDBC", "SQL_DRIVER_HENV", "SQL_DRIVER_HSTMT", "SQL_DRIVER_HLIB", "SQL_DRIVER_HDESC"):
            v = getattr(pyodbc, k)
            try:
                out(k, c.getinfo(v))
            except Exception:
                continue


def isolation(c):
    c.autocommit = False
    for level in (pyodbc.SQL_TXN_READ_COMMITTED, pyodbc.SQL_TXN_REPEATABLE_READ, pyodbc.SQL_TXN_SERIALIZABLE):
        c.set_attr(pyodbc.SQL_ATTR_TXN_ISOLATION, level)
        rows(c.execute("SHOW transaction_isolation"))
        c.commit()
    c.autocommit = True


def timeout():
    with connect() as c:
        c.timeout = 1
        attempt(c.execute, "SELECT pg_sleep(20)")
        c.timeout = 0
        rows(c.execute("SELECT 1 AS alive"))


def wide():
    for driver in ("PostgreSQL Unicode", "PostgreSQL ANSI"):
        c = connect(driver)
        if driver.endswith("ANSI"):
            c.setdecoding(pyodbc.SQL_CHAR, encoding="utf-8")
            c.setdecoding(pyodbc.SQL_WCHAR, encoding="utf-8")
            c.setencoding(encoding="utf-8")
        rows(c.execute("SELECT name, city, '𠮷😀' AS \"列\" FROM tags WHERE id = 1"))
        rows(c.execute("SELECT ?, length(?)", "中文", "中文"))
        c.close()


def failures():
    attempt(lambda: connect(Database="missing"))
    attempt(lambda: connect(ConnSettings="SET work_mem TO 'x'"))
    attempt(lambda: connect(SSLmode="require"))


SETTINGS = [{}, {"UseDeclareFetch": 1, "Fetch": 7}, {"UseServerSidePrepare": 0}, {"UseServerSidePrepare": 1, "UseDeclareFetch": 1}, {"ByteaAsLongVarBinary": 1, "BoolsAsChar": 0, "TextAsLongVarchar": 0, "UnknownsAsLongVarchar": 1},
            {"Protocol": "7.4-0"}, {"Protocol": "7.4-1"}, {"Protocol": "7.4-2"}, {"LowerCaseIdentifier": 1, "TrueIsMinus1": 1, "ShowSystemTables": 1, "ShowOidColumn": 1}, {"ConnSettings": "SET lock_timeout TO '3s'", "ReadOnly": 1}]

for s in SETTINGS:
    name = " ".join("%s=%s" % kv for kv in s.items()) or "defaults"
    conn = connect(**s)
    step("values, " + name, values, conn)
    step("changes, " + name, changes, conn)
    step("transactions, " + name, transactions, conn)
    step("fetching, " + name, fetching, conn)
    conn.close()
conn = connect()
step("catalog", catalog, conn)
step("types", types, conn)
step("getinfo", info, conn)
step("isolation", isolation, conn)
conn.close()
step("timeout", timeout)
step("Chinese, Unicode and ANSI drivers", wide)
step("failures", failures)

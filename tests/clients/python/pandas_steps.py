"""Steps of pandas and polars, of ADBC, ConnectorX, DuckDB's scanner and Ibis: whole tables in and out."""
import datetime
import re

import adbc_driver_postgresql.dbapi as adbc
import connectorx as cx
import duckdb
import duckdb_extension_postgres_scanner
import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import sqlalchemy as sa

from steps import DATABASE, DSN, HOST, PORT, USER, fails, rows, step, url

pd.set_option("display.width", 250, "display.max_columns", 40, "display.max_rows", 100)
engine = sa.create_engine(url("psycopg2"))
SIMPLE = "id, name, gender, city, age, level, spent, score, ratio, vip, birthday, joined, seen, wakes, raw, note"


def frame(df):
    print(df.dtypes.to_string())
    print(df.to_string())


@step("pandas: read_sql")
def _():
    df = pd.read_sql("SELECT * FROM tags WHERE id < 6 ORDER BY id", engine)
    df["raw"] = df["raw"].map(bytes)
    frame(df)
    frame(pd.read_sql(sa.text("SELECT city, gender, count(*) n, sum(spent) s, avg(score) a FROM tags WHERE age > :a GROUP BY 1, 2 ORDER BY 1, 2"), engine, params={"a": 30}))
    frame(pd.read_sql("SELECT id, birthday, joined, seen, level FROM tags ORDER BY id LIMIT 4", engine, index_col="id", parse_dates=["birthday"], dtype={"level": "Int64"}))
    print([(len(d), int(d["id"].sum())) for d in pd.read_sql("SELECT id FROM tags ORDER BY id", engine, chunksize=1500)])
    df = pd.read_sql("SELECT * FROM tags ORDER BY id", engine)
    print(df.shape, df.groupby("city", dropna=False)["spent"].sum().to_dict(), df["age"].describe().to_dict(), df.isna().sum().to_dict())


@step("pandas: read_sql_table")
def _():
    frame(pd.read_sql_table("pairs", engine))
    frame(pd.read_sql_table("orders", engine, schema="crm", columns=["order_id", "amount", "at"]).head(5))
    fails(pd.read_sql_table, "nosuch", engine)


@step("pandas: to_sql")
def _():
    df = pd.DataFrame({"i": range(2500), "f": [x / 3 for x in range(2500)], "s": ["行%d" % x if x % 5 else None for x in range(2500)], "b": [x % 2 == 0 for x in range(2500)],
                       "d": pd.date_range("2024-01-01", periods=2500, freq="h"), "z": pd.date_range("2024-01-01", periods=2500, freq="h", tz="Asia/Shanghai"),
                       "c": pd.Categorical(["x", "y"] * 1250), "n": [x / 4 for x in range(2500)], "day": [datetime.date(2024, 1, 1)] * 2500})
    print(df.to_sql("pd1", engine, index=False))
    print(df.to_sql("pd1", engine, index=False, if_exists="append", method="multi", chunksize=300))
    print(df.head(10).to_sql("pd2", engine, index_label="k", if_exists="replace", dtype={"s": sa.String(20), "n": sa.Numeric(12, 2)}))
    fails(df.to_sql, "pd2", engine)
    frame(pd.read_sql("SELECT * FROM pd2 ORDER BY k LIMIT 3", engine))
    rows((c["name"], repr(c["type"])) for c in sa.inspect(engine).get_columns("pd1"))
    frame(pd.read_sql("SELECT count(*), sum(i), sum(f), count(s), max(d), max(z), sum(n) FROM pd1", engine))
    with engine.begin() as c:
        c.execute(sa.text("DROP TABLE pd1, pd2"))


@step("polars")
def _():
    for source in (dict(engine="connectorx"), dict(engine="adbc")):
        df = pl.read_database_uri("SELECT id, name, city, age, score, vip, birthday, joined FROM tags WHERE id < 50 ORDER BY id", DSN, **source)
        print(df.schema, df.rows()[:3], df.null_count().row(0))
    with engine.connect() as c:
        df = pl.read_database("SELECT id, spent, seen, hobby, extra FROM tags WHERE id < 5 ORDER BY id", c)
        print(df.schema, df.rows())


@step("connectorx")
def _():
    df = cx.read_sql(DSN, f"SELECT {SIMPLE} FROM tags WHERE id < 5 ORDER BY id")
    frame(df)
    t = cx.read_sql(DSN, f"SELECT {SIMPLE} FROM tags", return_type="arrow", partition_on="id", partition_num=4, partition_range=(0, 5001))
    t = pa.table(t)
    print(t.num_rows, t.schema.to_string(), t.sort_by("id").slice(1000, 2).to_pylist())
    for protocol in ("binary", "csv", "cursor"):
        print(protocol, cx.read_sql(DSN, "SELECT id, name, spent, seen, raw FROM tags WHERE id < 4 ORDER BY id", protocol=protocol).to_dict())


@step("adbc: queries")
def _():
    with adbc.connect(DSN) as c, c.cursor() as cur:
        cur.execute(f"SELECT {SIMPLE}, ref, hobby, shops, codes, extra, share, grade FROM tags WHERE id < 4 ORDER BY id")
        t = cur.fetch_arrow_table()
        print(t.schema.to_string(show_field_metadata=False, show_schema_metadata=False))
        rows(t.drop_columns(["spent"]).to_pylist())
        cur.execute("SELECT id, city FROM tags WHERE age = $1 AND city = $2 ORDER BY id", (30, "广州"))
        print(cur.fetchmany(2), cur.fetchone(), len(cur.fetchall()))
        cur.execute("SELECT count(*), sum(level) FROM tags")
        print(cur.fetchall())


@step("adbc: ingest")
def _():
    with adbc.connect(DSN) as c, c.cursor() as cur:
        t = pa.table({"i": pa.array(range(3000), pa.int64()), "s": ["重%d" % i if i % 3 else None for i in range(3000)], "f": [i / 7 for i in range(3000)], "b": [i % 2 == 0 for i in range(3000)],
                      "d": pa.array([i for i in range(3000)], pa.date32()), "t": pa.array([i * 1000000 for i in range(3000)], pa.timestamp("us")), "l": pa.array([[i, None] for i in range(3000)], pa.list_(pa.int32()))})
        print(cur.adbc_ingest("ad", t, mode="create"))
        print(cur.adbc_ingest("ad", t.slice(0, 5), mode="append"))
        cur.execute("SELECT count(*), count(s), sum(i), sum(f), max(d)::text, max(t)::text, count(l) FROM ad")
        print(cur.fetchall())
        c.commit()
        print(c.adbc_get_table_schema("ad").to_string())
        print(c.adbc_get_table_types())
        objects = c.adbc_get_objects(depth="all", db_schema_filter="public", table_name_filter="pairs").read_all().to_pylist()
        rows((s["db_schema_name"], t["table_name"], t["table_type"], [(x["column_name"], x["ordinal_position"], x["xdbc_type_name"]) for x in sorted(t["table_columns"], key=lambda x: x["ordinal_position"])],
              [(k["constraint_name"], k["constraint_type"], k["constraint_column_names"]) for k in t["table_constraints"]]) for d in objects for s in d["catalog_db_schemas"] or [] for t in s["db_schema_tables"] or [])
        cur.execute("DROP TABLE ad")
        c.commit()


@step("duckdb: attached")
def _():
    import os
    d = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    folder = os.path.join(os.path.dirname(duckdb_extension_postgres_scanner.__file__), "extensions")
    path = next(os.path.join(r, f) for r, _, fs in os.walk(folder) for f in fs if f.endswith(".duckdb_extension"))
    d.execute(f"LOAD '{path}'")
    d.execute("SET threads = 2; SET TimeZone = 'UTC'")
    d.execute(f"ATTACH 'host={HOST} port={PORT} user={USER} dbname={DATABASE}' AS pg (TYPE postgres)")
    rows(d.execute("SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'pg' AND schema_name IN ('public', 'crm') ORDER BY ALL").fetchall())
    rows(d.execute("SELECT id, name, city, age, spent, score, ratio, vip, birthday, joined, seen, wakes, ref, hobby, shops, codes, extra, grade, share, note, raw FROM pg.tags WHERE id < 5 ORDER BY id").fetchall())
    print(d.execute("SELECT count(*), sum(spent), max(seen), count(DISTINCT city), sum(len(hobby)) FROM pg.tags").fetchall())
    print(d.execute("SELECT city, count(*) FROM pg.tags t JOIN pg.crm.orders o ON o.user_id = t.id WHERE channel = '门店' GROUP BY 1 ORDER BY 1").fetchall())
    print(d.execute("SELECT * FROM pg.women ORDER BY id LIMIT 3").fetchall(), d.execute("SELECT * FROM pg.pairs ORDER BY ALL").fetchall())
    d.execute("SET pg_experimental_filter_pushdown = true")
    print(d.execute("SELECT id FROM pg.tags WHERE city = '上海' AND age < 20 ORDER BY id LIMIT 5").fetchall())
    print(d.execute("SELECT * FROM postgres_query('pg', 'SELECT city, count(*) n FROM tags GROUP BY 1 ORDER BY 1')").fetchall())
    d.execute("CREATE TABLE pg.dk (a INTEGER, b VARCHAR, c DECIMAL(9,2), d DATE, e TIMESTAMP, f DOUBLE, g INTEGER[])")
    d.execute("INSERT INTO pg.dk SELECT i, '行' || i, i / 4, DATE '2024-01-01' + i::INTEGER, TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE, i / 3, [i, NULL] FROM range(2000) r(i)")
    print(d.execute("SELECT count(*), sum(c), max(b), max(d), max(e), sum(f), sum(g[1]) FROM pg.dk").fetchall())
    d.execute("BEGIN; UPDATE pg.dk SET c = 9 WHERE a = 3; DELETE FROM pg.dk WHERE a > 1000; COMMIT")
    print(d.execute("SELECT count(*), sum(c) FROM pg.dk").fetchall())
    d.execute("CALL postgres_execute('pg', 'CREATE INDEX dk_a ON dk (a)')")
    d.execute("DROP TABLE pg.dk")
    d.close()


@step("ibis")
def _():
    c = ibis.postgres.connect(host=HOST, port=PORT, user=USER, database=DATABASE)
    # Schemas of temporary objects are called after the connections that made them
    # first, whose numbers depend on how soon others have ended.
    print(c.list_tables(), sorted({re.sub(r"temp_\d+$", "temp_N", name) for name in c.list_databases()}))
    t = c.table("tags")
    print(t.schema())
    print(t.filter(t.age > 70).group_by("city").agg(n=t.count(), s=t.spent.sum()).order_by("city").to_pandas().to_string())
    print(t.filter(t.hobby.contains("a,b")).count().execute(), t.select("id", "name").order_by("id").limit(3).to_pandas().to_string())
    print(c.table("orders", database="crm").channel.value_counts().order_by("channel").to_pandas().to_string())
    c.disconnect()

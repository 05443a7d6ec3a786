"""Steps of Apache Superset: the application itself in this process, asked through
its REST API. Its own data are in SQLite; nothing else than the server is reached."""
import io
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time

import psycopg2

from steps import DATABASE, DSN, HOST, PORT, USER, plain, rows, step

work = tempfile.mkdtemp()
os.environ.update(SUPERSET_HOME=work, SUPERSET_CONFIG_PATH=work + "/superset_config.py")
with open(work + "/superset_config.py", "w") as f:
    f.write(f"""
SECRET_KEY = "of this test alone"
SQLALCHEMY_DATABASE_URI = "sqlite:///{work}/meta.db"
WTF_CSRF_ENABLED = TALISMAN_ENABLED = RATELIMIT_ENABLED = False
CACHE_CONFIG = DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = {{"CACHE_TYPE": "NullCache"}}
FEATURE_FLAGS = {{"ENABLE_TEMPLATE_PROCESSING": True}}
SQLLAB_BACKEND_PERSISTENCE = True
SQL_MAX_ROW = 5000
DISALLOWED_SQL_FUNCTIONS = {{}}
DEFAULT_SQLLAB_LIMIT = 1000
""")
logging.disable(logging.ERROR)
sys.stdout, out = io.StringIO(), sys.stdout  # it says where its configuration is
from superset.app import create_app  # noqa: E402

app = create_app()
sys.stdout = out


def prepare():
    from flask_appbuilder import Model
    from superset.extensions import appbuilder, db
    Model.metadata.create_all(db.engine)
    appbuilder.sm.add_role("Admin")
    appbuilder.add_permissions(update_perms=True)
    appbuilder.sm.sync_role_definitions()
    appbuilder.sm.add_user("admin", "Ad", "Min", "admin@example.org", appbuilder.sm.find_role("Admin"), password="x")


with app.app_context():
    prepare()
client = app.test_client()
token = client.post("/api/v1/security/login", json={"username": "admin", "password": "x", "provider": "db"}).json["access_token"]
made = {}  # identifiers of what the steps made


def api(method, path, show=True, **kw):
    """Asks the REST API; the answer's JSON. Errors are printed."""
    r = app.test_client().open("/api/v1/" + path, method=method, headers={"Authorization": "Bearer " + token}, **kw)
    answer = r.json if r.is_json else r.data.decode("utf-8-sig")
    if r.status_code >= 400 and show:
        print(method, path.split("?")[0], r.status_code, tidy(json.dumps(answer, ensure_ascii=False)))
    return answer


def tidy(text):
    text = plain(text)
    return re.sub(r'"(start_?time|end_?time|startDttm|endDttm|changed_on[a-z_]*|created_on[a-z_]*|uuid|duration|query_?id|queryId)": *("[^"]*"|[0-9.]+)', "", text, flags=re.I)


def rison(value):
    import prison
    return prison.dumps(value)


@step("a connection: test, make, what it can")
def _():
    uri = f"postgresql://{USER}@{HOST}:{PORT}/{DATABASE}"
    body = {"database_name": "标签库", "sqlalchemy_uri": uri, "expose_in_sqllab": True, "allow_ctas": True, "allow_cvas": True, "allow_dml": True,
            "allow_file_upload": True, "extra": json.dumps({"allows_virtual_table_explore": True,
                                                           "schemas_allowed_for_file_upload": ["public", "crm"]})}
    for address in (uri, uri + "_no", uri.replace(USER, "nobody")):
        print(api("POST", "database/test_connection/", json={"database_name": "标签库", "sqlalchemy_uri": address}, show=False).get("message"))
    answer = api("POST", "database/", json=body)
    made["db"] = answer["id"]
    d = api("GET", f"database/{made['db']}")["result"]
    print({k: d[k] for k in sorted(d) if k in ("backend", "driver", "database_name", "allow_run_async", "engine_information", "configuration_method")})
    print(api("POST", "database/validate_parameters/", json={"engine": "postgresql", "configuration_method": "dynamic_form", "parameters":
              {"host": HOST, "port": PORT, "username": USER, "database": DATABASE, "password": "x", "encryption": False, "query": {}}, "database_name": "另一个"}))


@step("schemas, tables and views")
def _():
    i = made["db"]
    print(sorted(api("GET", f"database/{i}/schemas/")["result"]))
    print(api("GET", f"database/{i}/catalogs/").get("result") not in (None, []))
    for schema in ("public", "crm", "information_schema"):
        t = api("GET", f"database/{i}/tables/?q=" + rison({"schema_name": schema, "force": True}))
        print(schema, t["count"] if schema == "information_schema" else sorted((x["type"], x["value"]) for x in t["result"]))
    for name, schema in (("tags", "public"), ("orders", "crm"), ("women", "public"), ("pairs", "public"), ("city_counts", "public")):
        m = api("GET", f"database/{i}/table_metadata/?" + f"name={name}&schema={schema}")
        print(name, m.get("comment"), m.get("primaryKey"), m.get("foreignKeys"), m.get("indexes"))
        rows((c["name"], c["type"], c["longType"], c["comment"], c["keys"]) for c in m["columns"])
        print(m["selectStar"])
        print(api("GET", f"database/{i}/table_metadata/extra/?name={name}&schema={schema}"))


@step("datasets and their columns")
def _():
    for name, table, schema in (("tags", "tags", "public"), ("orders", "orders", "crm"), ("women", "women", "public"), ("counts", "city_counts", "public")):
        made[name] = api("POST", "dataset/", json={"database": made["db"], "schema": schema, "table_name": table})["id"]
        d = api("GET", f"dataset/{made[name]}")["result"]
        print(name, d["main_dttm_col"], d["kind"], [(m["metric_name"], m["expression"]) for m in d["metrics"]])
        rows((c["column_name"], c["type"], c["type_generic"], c["is_dttm"], c["groupby"], c["filterable"], c["description"]) for c in sorted(d["columns"], key=lambda c: c["column_name"]))
    made["virtual"] = api("POST", "dataset/", json={"database": made["db"], "schema": "public", "table_name": "女性订单", "sql":
                          "SELECT w.city, w.age, o.at, o.amount, o.channel FROM women w JOIN crm.orders o ON o.user_id = w.id"})["id"]
    d = api("GET", f"dataset/{made['virtual']}")["result"]
    rows((c["column_name"], c["type"], c["type_generic"], c["is_dttm"]) for c in sorted(d["columns"], key=lambda c: c["column_name"]))
    with psycopg2.connect(DSN) as conn, conn.cursor() as c:
        c.execute("ALTER TABLE pairs ADD COLUMN w timestamptz; COMMENT ON COLUMN pairs.w IS '新列'")
    conn.close()
    made["pairs"] = api("POST", "dataset/", json={"database": made["db"], "schema": "public", "table_name": "pairs"})["id"]
    with psycopg2.connect(DSN) as conn, conn.cursor() as c:
        c.execute("ALTER TABLE pairs DROP COLUMN w; ALTER TABLE pairs ADD COLUMN x numeric(5,1)")
    conn.close()
    print(api("PUT", f"dataset/{made['pairs']}/refresh"))
    rows((c["column_name"], c["type"]) for c in api("GET", f"dataset/{made['pairs']}")["result"]["columns"])
    with psycopg2.connect(DSN) as conn, conn.cursor() as c:
        c.execute("ALTER TABLE pairs DROP COLUMN x")
    conn.close()


def chart(name, dataset, form=None, kind="table", **query):
    """Asks for a chart's data and prints the query and the rows."""
    query.setdefault("row_limit", 50)
    a = api("POST", "chart/data", json={"datasource": {"id": made[dataset], "type": "table"}, "force": True, "queries": [query],
            "form_data": {"viz_type": kind, **(form or {})}, "result_format": "json", "result_type": "full"})
    for r in a.get("result", []):
        print("--", name, r["status"], r["rowcount"], r["colnames"], r["coltypes"], r.get("error"))
        print(r["query"])
        rows(json.dumps(x, ensure_ascii=False, sort_keys=True) for x in r["data"] or [])


def sql_metric(expression, label):
    return {"expressionType": "SQL", "sqlExpression": expression, "label": label}


def metric(aggregate, column, label=None):
    return {"expressionType": "SIMPLE", "aggregate": aggregate, "column": {"column_name": column}, "label": label or f"{aggregate}({column})"}


def where(column, op, value):
    return {"col": column, "op": op, "val": value}


@step("charts: numbers and groups")
def _():
    chart("big number", "tags", metrics=["count"])
    chart("group by", "tags", columns=["city", "gender"], metrics=["count", metric("AVG", "age"), metric("SUM", "spent"), metric("COUNT_DISTINCT", "level")], orderby=[["count", False], ["city", True], ["gender", True]])
    chart("percentiles", "tags", columns=["grade"], metrics=[sql_metric("percentile_cont(0.5) WITHIN GROUP (ORDER BY spent)", "中位数"), sql_metric("percentile_cont(ARRAY[0.9, 0.99]) WITHIN GROUP (ORDER BY age)", "p"),
          sql_metric("mode() WITHIN GROUP (ORDER BY city)", "mode"), sql_metric("round(stddev_samp(score)::numeric, 6)", "sd"), sql_metric("count(*) FILTER (WHERE vip)", "贵宾")], orderby=[["中位数", True]])
    chart("expression of a column", "tags", columns=[{"expressionType": "SQL", "sqlExpression": "width_bucket(age, 20, 80, 6)", "label": "年龄段"}], metrics=["count"], orderby=[["年龄段", True]])
    chart("having", "orders", columns=["user_id"], metrics=["count", metric("SUM", "amount")], extras={"having": "count(*) > 0 AND sum(amount) > 498"}, orderby=[["user_id", True]])
    chart("totals", "orders", columns=["channel"], metrics=[metric("SUM", "amount")], orderby=[["channel", True]], post_processing=[{"operation": "contribution", "options": {"orientation": "column", "columns": ["SUM(amount)"], "rename_columns": ["份额"]}}])
    chart("multi-valued tag", "tags", columns=[{"expressionType": "SQL", "sqlExpression": "unnest(hobby)", "label": "爱好"}], metrics=["count"], orderby=[["爱好", True]])
    chart("columns of json", "tags", columns=[{"expressionType": "SQL", "sqlExpression": "extra->>'k'", "label": "k"}], metrics=["count", sql_metric("max(extra->'城'->>0)", "城")], orderby=[["k", True]])
    chart("error", "tags", columns=["city"], metrics=[sql_metric("sum(nosuch)", "x")])
    chart("type error", "tags", columns=["city"], metrics=[sql_metric("sum(name)", "x")])


@step("charts: filters")
def _():
    for f in ([where("city", "==", "深圳")], [where("city", "IN", ["北京", "上海"])], [where("city", "NOT IN", ["北京", "上海"])], [where("city", "IS NULL", None)], [where("city", "!=", "北京"), where("age", ">=", 70)],
              [where("name", "LIKE", "用户1%")], [where("name", "ILIKE", "%户99%")], [where("vip", "IS TRUE", None)], [where("birthday", ">", "1970-01-01")], [where("grade", "==", "VIP")], [where("spent", "<", 1.5)],
              [where("ref", "==", "00000000-0000-4000-8000-000000000042")], [where("share", "IN", [1, 2, None])], [where("seen", "TEMPORAL_RANGE", "2024-01-01 : 2024-01-01T00:30:00")]):
        chart(json.dumps(f, ensure_ascii=False), "tags", filters=f, metrics=["count", metric("MAX", "id")])
    chart("where", "tags", metrics=["count"], extras={"where": "('跑步' = ANY(hobby)) AND city = '广州'"})
    chart("array", "tags", metrics=["count"], extras={"where": "hobby && ARRAY['a,b', '没有'] AND NOT shops @> '{3}'"})


@step("charts: time series by grain")
def _():
    for grain in ("PT1H", "P1D", "P1W", "P1M", "P3M", "P1Y", "PT15M", "PT10S", "PT5M", "P1W/1970-01-03T00:00:00Z", None):
        chart(grain, "orders", columns=[{"timeGrain": grain, "columnType": "BASE_AXIS", "sqlExpression": "at", "label": "at", "expressionType": "SQL"}], metrics=["count", metric("SUM", "amount")], granularity="at",
              extras={"time_grain_sqla": grain}, time_range="2024-03-01 : 2024-03-03", orderby=[["at", True]], row_limit=6, kind="echarts_timeseries_line")
    axis = {"timeGrain": "P1D", "columnType": "BASE_AXIS", "sqlExpression": "at", "label": "at", "expressionType": "SQL"}
    pivot = {"operation": "pivot", "options": {"index": ["at"], "columns": ["channel"], "aggregates": {"SUM(amount)": {"operator": "mean"}}, "drop_missing_columns": False}}
    chart("pivoted", "orders", columns=[axis, "channel"], metrics=[metric("SUM", "amount")], series_columns=["channel"], series_limit=2, series_limit_metric=metric("SUM", "amount"), order_desc=True, granularity="at", orderby=[["at", True]],
          time_range="2024-03-01 : 2024-03-05", post_processing=[pivot], kind="echarts_timeseries_line")
    chart("others", "orders", columns=["user_id"], metrics=["count"], series_columns=["user_id"], series_limit=3, series_limit_metric=metric("SUM", "amount"), row_limit=10, orderby=[["user_id", True]])
    chart("compared", "orders", columns=[axis], metrics=["count"], granularity="at", time_range="2024-03-05 : 2024-03-07", time_offsets=["3 days ago"], orderby=[["at", True]], kind="echarts_timeseries_line")
    chart("birthdays", "tags", columns=[{"timeGrain": "P1Y", "columnType": "BASE_AXIS", "sqlExpression": "birthday", "label": "birthday", "expressionType": "SQL"}], metrics=["count"], extras={"time_grain_sqla": "P1Y"}, row_limit=20, orderby=[["birthday", True]])


@step("tables, samples, exports")
def _():
    columns = ["id", "name", "gender", "city", "age", "spent", "score", "ratio", "vip", "birthday", "joined", "seen", "wakes", "ref", "hobby", "shops", "codes", "extra", "grade", "share", "note", "raw"]
    chart("raw records", "tags", columns=columns, orderby=[["id", True]], row_limit=8)
    chart("second page", "tags", columns=["id", "city"], metrics=[], orderby=[["id", True]], row_limit=3, row_offset=4000)
    chart("virtual", "virtual", columns=["city"], metrics=[metric("SUM", "amount"), metric("AVG", "age")], orderby=[["city", True]])
    for kind in ("samples", "query", "results", "columns", "timegrains"):
        a = api("POST", "chart/data", json={"datasource": {"id": made["counts"], "type": "table"}, "queries": [{"columns": ["city", "n"], "orderby": [["city", True]], "row_limit": 10}], "result_type": kind, "result_format": "json"})
        print(kind, [sorted(json.dumps(x, ensure_ascii=False) for x in r.get("data") or []) or r.get("query") for r in a["result"]])
    for fmt in ("csv", "xlsx"):
        r = app.test_client().post("/api/v1/chart/data", headers={"Authorization": "Bearer " + token}, json={"datasource": {"id": made["tags"], "type": "table"}, "queries": [
            {"columns": ["id", "name", "hobby", "birthday", "seen", "spent", "vip"], "orderby": [["id", True]], "row_limit": 6}], "result_type": "full", "result_format": fmt})
        print(r.status_code, r.mimetype, r.data.decode("utf-8-sig") if fmt == "csv" else len(r.data) > 1000)
    print(sorted(api("GET", f"datasource/table/{made['tags']}/column/city/values/")["result"], key=repr), sorted(api("GET", f"datasource/table/{made['tags']}/column/grade/values/")["result"], key=repr))


def lab(sql, show=True, **kw):
    """Runs statements as SQL Lab does."""
    a = api("POST", "sqllab/execute/", show=show, json={"database_id": made["db"], "sql": sql, "schema": "public", "runAsync": False, "select_as_cta": False, "tmp_table_name": "",
            "queryLimit": 20, "client_id": "c%08d" % len(made), "tab": "t", **kw})
    made[len(made)] = None
    if show and "data" in a:
        print(a["status"], a["query"]["executedSql"], a["query"]["rows"], a["query"]["limitingFactor"])
        print([(c["column_name"], c["type"], c["type_generic"] if "type_generic" in c else None, c["is_dttm"]) for c in a["columns"]])
        rows(json.dumps(x, ensure_ascii=False) for x in a["data"])
    return a


@step("SQL Lab")
def _():
    lab("SELECT id, city, hobby, spent, seen, extra, raw, grade FROM tags ORDER BY id")
    lab("SELECT city, count(*) FROM tags GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3; ")
    lab("-- 注释\nWITH x AS (SELECT * FROM women) SELECT count(*), min(age) AS 最小 FROM x")
    lab("SELECT 1 AS a, 2 AS a, NULL AS b, 'x'::bpchar AS c, interval '1 day 2 hours' AS d, inet '10.0.0.1' AS e, time '10:00' AS f, ARRAY[1.5, NULL] AS g, 'NaN'::float8 AS h, 12345678901234567890::numeric AS i, row(1, 'x') AS j, date '0044-03-15 BC' IS NULL AS k")
    lab("SELECT * FROM nosuch")
    lab("SELECT nosuch FROM tags")
    lab("SELEC 1")
    lab("SELECT 1/0")
    lab("CREATE TABLE lab (a int, b text); INSERT INTO lab VALUES (1, '一'), (2, '二'); UPDATE lab SET b = b || '!' WHERE a = 1; SELECT * FROM lab ORDER BY a")
    lab("SHOW server_encoding")
    lab("EXPLAIN SELECT 1", show=False)
    lab("SET work_mem = '5MB'; SELECT current_setting('work_mem')")
    lab("SELECT city, age FROM women", select_as_cta=True, tmp_table_name="lab_cta", ctas_method="TABLE", queryLimit=100)
    lab("SELECT count(*), max(age) FROM lab_cta")
    lab("SELECT city, age FROM women WHERE age > 70", select_as_cta=True, tmp_table_name="lab_view", ctas_method="VIEW")
    lab("SELECT count(*), max(age) FROM lab_view")
    lab("SELECT {{ 1 + 1 }} AS two, '{{ current_username() }}' AS who")
    lab("SELECT i FROM generate_series(1, 100) i", queryLimit=5)
    lab("DROP VIEW lab_view; DROP TABLE lab_cta; DROP TABLE lab")


@step("formatting")
def _():
    print(api("POST", "sqllab/format_sql/", json={"sql": "select a,b from t where c='北京'"}))
    print(api("GET", f"database/{made['db']}/select_star/pairs/public/"))


@step("upload of a file into a table")
def _():
    text = "编号,城市,金额,日期,空\n1,北京,1.5,2024-01-01,\n2,\"上, 海\",,2024-02-29,x\n3,NULL,-3e2,,\n"
    for name, extra in (("上传", {}), ("上传", {"already_exists": "append"}), ("上传", {"already_exists": "replace", "column_data_types": '{"编号": "int32"}'}), ("upload2", {"dataframe_index": "true", "index_label": "i", "column_dates": "日期"})):
        print(api("POST", f"database/{made['db']}/upload/", data={"type": "csv", "file": (io.BytesIO(text.encode()), "a.csv"), "schema": "public", "table_name": name, "delimiter": ",", "already_exists": "fail", **extra}))
        lab(f'SELECT * FROM "{name}" ORDER BY 1')
    print(api("POST", f"database/{made['db']}/upload/", data={"type": "csv", "file": (io.BytesIO(text.encode()), "a.csv"), "schema": "public", "table_name": "上传", "already_exists": "fail", "delimiter": ","}, show=False))
    lab('DROP TABLE "上传"; DROP TABLE upload2')


@step("a dashboard over tags")
def _():
    made["dash"] = api("POST", "dashboard/", json={"dashboard_title": "用户标签", "published": True, "slug": "tags"})["id"]
    for name, kind, form in (("城市", "pie", {"groupby": ["city"], "metric": "count", "row_limit": 10, "sort_by_metric": True}),
                             ("花费", "table", {"query_mode": "aggregate", "groupby": ["gender"], "metrics": ["count", metric("SUM", "spent")], "row_limit": 100})):
        context = {"datasource": {"id": made["tags"], "type": "table"}, "force": False, "queries": [{"columns": form["groupby"], "metrics": form.get("metrics", ["count"]), "orderby": [[form["groupby"][0], True]], "row_limit": 10}],
                   "form_data": {"viz_type": kind}, "result_format": "json", "result_type": "full"}
        made[name] = api("POST", "chart/", json={"slice_name": name, "viz_type": kind, "datasource_id": made["tags"], "datasource_type": "table", "params": json.dumps({"viz_type": kind, **form}),
                         "query_context": json.dumps(context), "dashboards": [made["dash"]]})["id"]
    d = api("GET", "dashboard/tags")["result"]
    print(d["dashboard_title"], d["published"], [c for c in sorted(d["charts"])])
    print([(c["slice_name"], c["form_data"]["viz_type"]) for c in sorted(api("GET", "dashboard/tags/charts")["result"], key=lambda c: c["id"])])
    print([(x["table_name"], x["schema"], sorted(x["verbose_map"])[:5]) for x in api("GET", "dashboard/tags/datasets")["result"]])
    for name in ("城市", "花费"):
        a = api("GET", f"chart/{made[name]}/data/?force=true")
        rows(json.dumps(x, ensure_ascii=False) for r in a["result"] for x in r["data"])
    print(api("GET", f"chart/{made['城市']}")["result"]["slice_name"])


@step("cancellation of a running query")
def _():
    # What the stopped query answers is not shown: whether Superset has noted the stop
    # before the connection ends is a race of its own.
    got = []
    t = threading.Thread(target=lambda: got.append(lab("SELECT pg_sleep(30), count(*) FROM tags", show=False, client_id="cancelme000")))
    t.start()
    begin = time.time()
    while time.time() < begin + 10:
        time.sleep(0.2)
        with psycopg2.connect(DSN) as conn, conn.cursor() as c:
            c.execute("SELECT count(*) FROM pg_stat_activity WHERE query ILIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid() AND state = 'active'")
            n = c.fetchone()[0]
        conn.close()
        if n:
            break
    print("running", n)
    print(api("POST", "query/stop", json={"client_id": "cancelme000"}))
    t.join(25)
    print(t.is_alive(), time.time() - begin < 20)


shutil.rmtree(work)

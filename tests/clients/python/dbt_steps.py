"""Steps of dbt-postgres: the project in dbt/ run through dbt's own runner, in one
process. A step prints each node's status and message, and the relations it made."""
import contextlib
import io
import json
import os
import pathlib
import re
import shutil
import tempfile

import psycopg2
from dbt.cli.main import dbtRunner

from steps import DATABASE, DSN, rows, step

work = pathlib.Path(tempfile.mkdtemp())
shutil.copytree(pathlib.Path(__file__).parent / "dbt", work / "p")
project = work / "p"
os.environ.update(DBT_PROFILES_DIR=str(project), DBT_PROJECT_DIR=str(project), DBT_SEND_ANONYMOUS_USAGE_STATS="false", NO_COLOR="1")
conn = psycopg2.connect(DSN)
conn.autocommit = True


def ask(query):
    with conn.cursor() as c:
        c.execute(query)
        return c.fetchall()


def message(text):
    """What a node says, without times, folders and the name of the database."""
    text = re.sub(r"\d+ of \d+ ", "", (text or "").replace(str(work), "").replace(f'"{DATABASE}"', "db"))
    return re.sub(r"(SUCCESS|SELECT|INSERT)( \d+)? in [0-9.]+s", r"\1\2", text)


def edit(file, old, new):
    """Changes a file of the project; one file that changes is parsed alone."""
    path = project / file
    text = path.read_text()
    if old not in text:
        raise KeyError(old)
    path.write_text(text.replace(old, new))


def dbt(*args):
    """Runs a command of dbt and prints what each node came to."""
    said = []

    def listen(event):
        if event.info.name in ("JinjaLogInfo", "ShowNode", "MainEncounteredError", "RunResultError", "CompiledNode"):
            said.append(message(event.info.msg))

    with contextlib.redirect_stdout(io.StringIO()):
        r = dbtRunner(callbacks=[listen]).invoke([*args, "--log-level-file", "none"])
    print(args[0], r.success, r.exception and message(str(r.exception)))
    got = []
    for n in getattr(r.result, "results", None) or []:
        if not hasattr(n, "node"):
            continue
        rest = {k: v for k, v in (getattr(n, "adapter_response", None) or {}).items()}
        got.append((n.node.unique_id, str(n.status), message(n.message), getattr(n, "failures", None), rest))
    rows(sorted(got, key=repr))
    rows(sorted(said))
    return r.result


def relations():
    rows(ask("""SELECT n.nspname, c.relname, c.relkind, c.relpersistence, c.relacl::text, obj_description(c.oid, 'pg_class'),
        (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || coalesce(' -- ' || col_description(c.oid, a.attnum), ''), ', ' ORDER BY a.attnum)
         FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE 'dbt%' AND c.relkind <> 'i' AND c.relkind <> 'S' ORDER BY 1, 2"""))


@step("debug")
def _():
    ask("DROP ROLE IF EXISTS dbt_reader; DROP ROLE IF EXISTS dbt_writer; CREATE ROLE dbt_reader; CREATE ROLE dbt_writer; SELECT 1")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        r = dbtRunner().invoke(["debug", "--log-level-file", "none"])
    print(r.success, [line.split("  ")[-1].strip() for line in out.getvalue().splitlines() if "Connection test" in line or "All checks" in line])


@step("seed")
def _():
    dbt("seed")
    relations()
    for t in ("dbt.channels", "dbt_ref.levels", "dbt.wide"):
        rows(ask(f"SELECT * FROM {t} ORDER BY 1"))
    edit("seeds/channels.csv", "手机应用", "小程序")
    dbt("seed", "--select", "channels")
    rows(ask("SELECT * FROM dbt.channels ORDER BY 1"))
    dbt("seed", "--full-refresh", "--select", "levels")
    rows(ask("SELECT indexdef FROM pg_indexes WHERE schemaname = 'dbt' ORDER BY 1"))
    ask("INSERT INTO dbt.clock VALUES ('2024-03-10') RETURNING 1")


INDEXES = "SELECT tablename, regexp_replace(indexdef, '\"?[0-9a-f]{32}\"?', 'HASH') FROM pg_indexes WHERE schemaname = 'dbt' ORDER BY 1, 2"


@step("build: models, tests, unit tests, snapshots")
def _():
    dbt("build", "--exclude", "daily", "channels", "levels", "wide")
    relations()
    rows(ask("SELECT * FROM dbt.rfm_counts ORDER BY 1"))
    rows(ask("SELECT stage, city, count(*) FROM dbt.lifecycle GROUP BY 1, 2 ORDER BY 1, 2"))
    rows(ask("SELECT * FROM dbt.rfm_scores ORDER BY user_id LIMIT 5"))
    rows(ask(INDEXES))
    rows(ask("SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'dbt'::regnamespace ORDER BY 1, 2"))
    rows(ask("SELECT phase, models FROM dbt.runs ORDER BY id"))
    rows(ask("SELECT c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname LIKE 'dbt%audit' ORDER BY 1"))
    rows(ask("SELECT * FROM dbt_dbt_test__audit.spent_is_positive ORDER BY 1"))


@step("a later day: incremental models, snapshots, a refreshed view")
def _():
    ask("UPDATE dbt.clock SET today = '2024-03-14' RETURNING 1")
    ask("UPDATE public.tags SET level = 8 WHERE id < 100 RETURNING 1")
    edit("models/users_replaced.sql", "min(day) as first_day", "max(at) as last_at")
    edit("models/grades_now.sql", "grade::text as grade, city, timestamp '2024-01-01'", "case when id % 3 = 0 then 'VIP' else grade::text end as grade, city, timestamp '2024-01-01' + interval '1 day' * (id % 3 = 0)::int")
    edit("models/grades_now.sql", "id <= 12", "id <= 12 and id <> 5")
    dbt("build", "--exclude", "daily", "channels", "levels", "wide", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    for t in ("log_append", "users_replaced", "spent_by_channel"):
        rows(ask(f"SELECT * FROM dbt.{t} ORDER BY 1, 2"))
    rows(ask("SELECT id, grade, city, dbt_valid_to = '9999-12-31' FROM dbt.grades ORDER BY id, dbt_valid_to, grade"))
    rows(ask("SELECT id, grade, changed, dbt_updated_at = changed, dbt_valid_from = changed, dbt_valid_to IS NULL, dbt_is_deleted FROM dbt.grades_seen ORDER BY id, dbt_valid_to, grade, dbt_is_deleted"))
    rows(ask("SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'dbt' AND table_name LIKE 'grades%' ORDER BY table_name, ordinal_position"))
    rows(ask("SELECT stage, count(*) FROM dbt.lifecycle GROUP BY 1 ORDER BY 1"))
    relations()


@step("batches of days")
def _():
    for first, end in (("2024-03-01", "2024-03-03"), ("2024-03-02", "2024-03-05")):
        dbt("run", "--select", "daily", "--event-time-start", first, "--event-time-end", end)
        rows(ask("SELECT day, channel, orders, round(average, 6) FROM dbt.daily ORDER BY 1, 2"))


@step("full refresh and empty inputs")
def _():
    dbt("run", "--full-refresh", "--select", "users_replaced", "lifecycle", "spent_by_channel")
    rows(ask("SELECT * FROM dbt.spent_by_channel ORDER BY 1"))
    dbt("run", "--select", "rfm_scores", "rfm_classes", "rfm_counts", "--empty")
    rows(ask("SELECT count(*) FROM dbt.rfm_counts"))


@step("materialized view: changed indexes, replaced by a table and a view")
def _():
    old = "{'columns': ['id'], 'unique': true}"
    edit("models/lifecycle.sql", old, "{'columns': ['stage']}")
    dbt("run", "--select", "lifecycle")
    rows(ask(INDEXES))
    for was, kind in (("materialized_view", "table"), ("table", "view"), ("view", "materialized_view")):
        edit("models/lifecycle.sql", f"materialized='{was}'", f"materialized='{kind}'")
        dbt("run", "--select", "lifecycle")
        rows(ask("SELECT relkind, relacl::text FROM pg_class WHERE relname = 'lifecycle' AND relnamespace = 'dbt'::regnamespace"))


@step("grants that change")
def _():
    edit("models/log_append.sql", "config(", "config(grants={'select': ['dbt_writer'], 'insert': ['dbt_writer', 'dbt_reader']}, ")
    edit("models/rfm_classes.sql", "config(", "config(grants={'select': ['dbt_writer']}, ")
    dbt("run", "--select", "log_append", "rfm_classes")
    rows(ask("SELECT relname, relacl::text FROM pg_class WHERE relname IN ('log_append', 'rfm_classes') ORDER BY 1"))
    rows(ask("SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants WHERE table_schema = 'dbt' AND table_name = 'log_append' AND grantee LIKE 'dbt%' ORDER BY 1, 2, 3"))


@step("show and compile")
def _():
    dbt("show", "--select", "rfm_counts", "--limit", "3")
    dbt("show", "--inline", "select rfm_class, count(*) as n from {{ ref('rfm_classes') }} group by 1 order by 2 desc, 1", "--limit", "20", "--output", "json")
    dbt("compile", "--select", "log_append")
    dbt("show", "--inline", "select nosuch from {{ ref('rfm_classes') }}")


@step("errors of models")
def _():
    edit("models/schema.yml", "enabled: false", "enabled: true")
    for name, text in (("bad_column", "select nosuch, 城 from {{ ref('rfm_scores') }}"), ("bad_cast", "{{ config(materialized='table') }} select city::int as c from {{ source('raw', 'tags') }} where id = 1"),
                       ("bad_syntax", "select 1 fro x"), ("after_bad", "select * from {{ ref('bad_cast') }}")):
        (project / "models" / (name + ".sql")).write_text(text)
    dbt("run", "--select", "bad_column", "bad_cast", "bad_syntax", "after_bad", "broken_contract")
    rows(ask("SELECT relname FROM pg_class WHERE relname LIKE 'bad%'"))
    for name in ("bad_column", "bad_cast", "bad_syntax", "after_bad"):
        (project / "models" / (name + ".sql")).unlink()
    edit("models/schema.yml", "enabled: true", "enabled: false")


@step("operations and freshness")
def _():
    dbt("run-operation", "audience", "--args", "{city: 深圳}")
    dbt("source", "freshness")
    dbt("run-operation", "drop_target", "--args", "{name: log_append}")
    rows(ask("SELECT to_regclass('dbt.log_append')"))


@step("docs")
def _():
    with contextlib.redirect_stdout(io.StringIO()):
        r = dbtRunner().invoke(["docs", "generate", "--log-level-file", "none"])
    print(r.success, r.exception)
    catalog = json.loads((project / "target" / "catalog.json").read_text())
    print(catalog["errors"])
    for kind in ("nodes", "sources"):
        for name, n in sorted(catalog[kind].items()):
            n["metadata"].pop("database")
            print(name, n["metadata"], n["stats"])
            rows((c["index"], c["name"], c["type"], c["comment"]) for c in n["columns"].values())
    ask("DROP OWNED BY dbt_reader, dbt_writer; DROP ROLE dbt_reader, dbt_writer; SELECT 1")


conn.close()
shutil.rmtree(work)

"""Steps of pgcli: what its completer asks, its own backslash commands, and statements."""
import re

import steps
from pgcli.pgexecute import PGExecute
from pgspecial.main import PGSpecial

pg = PGExecute(steps.DATABASE, steps.USER, None, steps.HOST, steps.PORT, None)
special = PGSpecial()


def show(statement):
    """Runs a statement as the prompt does and prints all that it would show."""
    print(">", statement)
    for title, rows, headers, status, _, ok, meta in pg.run(statement, pgspecial=special, exception_formatter=steps.error):
        body = [tuple(r) for r in rows] if rows and not isinstance(rows, str) else rows
        print(re.sub(r"0x[0-9a-f]+", "0x", repr((title, headers, body, status, ok))))


@steps.step("completions")
def _():
    print(pg.search_path(), sorted(pg.schemata()), [d for d in pg.databases() if d in ("postgres", "tagd")], pg.get_timezone())
    for name in ("tables", "views", "table_columns", "view_columns", "foreignkeys", "datatypes"):
        own = sorted(r for r in map(str, getattr(pg, name)()) if "pg_catalog" not in r and "information_schema" not in r and "pg_toast" not in r)
        print(name, own)
    print(sorted(map(str, pg.tables())) == sorted(set(map(str, pg.tables()))), sum(1 for _ in pg.table_columns()), sum(1 for _ in pg.functions()))
    print(sorted({str(f) for f in pg.functions() if f.func_name.startswith(("json", "date_"))}))


@steps.step("definitions")
def _():
    print(pg.view_definition("women"), pg.view_definition("city_counts"))
    print(pg.function_definition("lower(text)"))


@steps.step("statements")
def _():
    show("SELECT city, count(*), avg(spent) FROM tags GROUP BY 1 ORDER BY 1; SELECT 1 AS 一")
    show("SELECT * FROM tags ORDER BY id LIMIT 2")
    show("SELECT nope FROM tags")
    show("BEGIN")
    print(pg.valid_transaction(), pg.failed_transaction())
    show("SELECT 1 / 0")
    print(pg.valid_transaction(), pg.failed_transaction())
    show("ROLLBACK")
    show("SELECT name FROM tags WHERE id = 7\\G")


@steps.step("backslash commands")
def _():
    for c in (r"\d", r"\d tags", r"\d+ tags", r"\d pairs", r"\d women", r"\d city_counts", r"\d tickets", r"\d crm.orders", r"\dt", r"\dt crm.*", r"\dv",
              r"\dm", r"\ds", r"\di", r"\dn", r"\du", r"\dT", r"\dT+ grade", r"\dD", r"\df lower", r"\dx", r"\dE", r"\dp tags", r"\ddp", r"\sf lower(text)"):
        show(c)

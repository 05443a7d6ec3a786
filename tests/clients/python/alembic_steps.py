"""Steps of Alembic, and of pg8000 alone in both of its interfaces."""
import contextlib
import datetime
import decimal
import io
import uuid

import pg8000.dbapi
import pg8000.native
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql as pg

import steps
from steps import DATABASE, HOST, PORT, USER, fails, rows, step

WHERE = dict(user=USER, host=HOST, port=PORT, database=DATABASE, password="x")
engine = sa.create_engine(steps.url("psycopg2"))


def metadata(later=False):
    m = sa.MetaData()
    sa.Table("al_city", m, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(30), nullable=False, unique=True, comment="城市"), comment="地区")
    more = [sa.Column("score", sa.Numeric(8, 3), server_default="0"), sa.Column("since", sa.DateTime(timezone=True), server_default=sa.func.now())] if later else [sa.Column("gone", sa.Text)]
    sa.Table("al_user", m, sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True), sa.Column("name", sa.String(80 if later else 40), nullable=not later),
             sa.Column("city_id", sa.ForeignKey("al_city.id", ondelete="CASCADE", name="al_user_city")), sa.Column("hobby", pg.ARRAY(sa.Text)), sa.Column("extra", pg.JSONB), *more,
             sa.CheckConstraint("id > 0", name="al_positive"), sa.Index("al_user_name", "name", "city_id", unique=later))
    if later:
        sa.Table("al_new", m, sa.Column("a", sa.Integer), sa.Column("b", sa.Date), sa.PrimaryKeyConstraint("a", "b"))
    return m


def context(conn, **opts):
    mine = lambda obj, name, kind, reflected, other: kind != "table" or name.startswith("al_")  # noqa: E731
    return MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True, "include_object": mine, **opts})


def shown(diff):
    rows(sorted(str([str(getattr(x, "name", None) or x) for x in (d[0] if isinstance(d, list) else d)]) for d in diff))


@step("autogenerate, upgrade, check, downgrade")
def _():
    with engine.begin() as conn:
        shown(compare_metadata(context(conn), metadata()))
        metadata().create_all(conn)
        shown(compare_metadata(context(conn), metadata()))
        shown(compare_metadata(context(conn), metadata(True)))
    with engine.begin() as conn:
        script = produce_migrations(context(conn), metadata(True))
        print(render_python_code(script.upgrade_ops))
        print(render_python_code(script.downgrade_ops))
        with Operations.context(context(conn)) as op:
            for ops in script.upgrade_ops.ops:
                for one in getattr(ops, "ops", [ops]):
                    op.invoke(one)
    with engine.begin() as conn:
        shown(compare_metadata(context(conn), metadata(True)))
        conn.execute(sa.text("INSERT INTO al_city VALUES (1, '北京'); INSERT INTO al_user (name, city_id) VALUES ('甲', 1)"))
        print(conn.execute(sa.text("SELECT id, name, city_id, score, since IS NOT NULL FROM al_user")).fetchall())
        with Operations.context(context(conn)) as op:
            for ops in script.downgrade_ops.ops:
                for one in getattr(ops, "ops", [ops]):
                    op.invoke(one)
    with engine.begin() as conn:
        shown(compare_metadata(context(conn), metadata()))


@step("operations")
def _():
    with engine.begin() as conn:
        op = Operations(context(conn))
        op.rename_table("al_city", "al_town")
        op.alter_column("al_town", "name", new_column_name="title", type_=sa.Text(), comment=None)
        op.create_check_constraint("al_title", "al_town", "length(title) > 1")
        op.create_unique_constraint("al_both", "al_town", ["id", "title"])
        op.bulk_insert(sa.table("al_town", sa.column("id"), sa.column("title")), [{"id": 7, "title": "上海"}, {"id": 8, "title": "广州"}])
        op.create_table_comment("al_town", "新")
        op.drop_constraint("al_both", "al_town")
        i = sa.inspect(conn)
        print(i.get_table_comment("al_town"), i.get_check_constraints("al_town"), i.get_unique_constraints("al_town"), i.get_foreign_keys("al_user"))
        rows((c["name"], str(c["type"]), c["nullable"], c["comment"]) for c in i.get_columns("al_town"))
        print(conn.execute(sa.text("SELECT * FROM al_town ORDER BY 1")).fetchall())
    with engine.begin() as conn:
        conn.execute(sa.text("DROP TABLE al_user, al_town"))


@step("offline")
def _():
    out = io.StringIO()
    c = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": out})
    op = Operations(c)
    with c.begin_transaction():
        op.create_table("al_off", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("标签", pg.ARRAY(sa.Text), server_default="{}"))
        op.add_column("al_off", sa.Column("n", sa.Numeric(5, 2), nullable=False, server_default="1.5"))
        op.create_index("al_off_n", "al_off", ["n"])
    print(out.getvalue())
    with contextlib.closing(engine.raw_connection()) as raw:
        raw.cursor().execute(out.getvalue())
        cur = raw.cursor()
        cur.execute("INSERT INTO al_off (id) VALUES (1) RETURNING *")
        print(cur.fetchall())
        cur.execute("DROP TABLE al_off")
        raw.commit()


VALUES = [None, True, 1, -(2**40), 2**70, 1.5, float("inf"), decimal.Decimal("1.20"), "重'\\", b"\x00\xff", datetime.date(2024, 2, 29), datetime.time(1, 2, 3, 4),
          datetime.datetime(2024, 2, 29, 1, 2, 3), datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc), datetime.timedelta(days=3, seconds=5), uuid.UUID(int=7), [1, 2, None], ["a", "重,"], [[1, 2], [3, 4]]]


@step("pg8000 native")
def _():
    with contextlib.closing(pg8000.native.Connection(**WHERE)) as c:
        for v in VALUES:
            try:
                print(repr(v), c.run("SELECT :v", v=v), c.columns[0]["type_oid"])
            except pg8000.native.DatabaseError as e:
                print(repr(v), steps.error(e))
        print(c.run("SELECT * FROM tags WHERE id = :i AND :h = ANY(hobby)", i=1, h="跑步"), c.row_count, [x["name"] for x in c.columns])
        c.run("START TRANSACTION")
        c.run("CREATE TEMP TABLE p8 (a int, b text)")
        print(c.run("INSERT INTO p8 VALUES (:a, :b), (2, '二') RETURNING *", a=1, b="一"))
        fails(c.run, "SELECT nosuch FROM p8")
        fails(c.run, "SELECT 1")
        c.run("ROLLBACK")
        p = c.prepare("SELECT id, city FROM tags WHERE id > :i ORDER BY id LIMIT 2")
        print(p.run(i=5), p.run(i=4000), p.columns[1]["name"])
        p.close()
        out = io.BytesIO()
        c.run("COPY (SELECT id, hobby, note FROM tags ORDER BY id LIMIT 3) TO STDOUT WITH (FORMAT CSV)", stream=out)
        print(out.getvalue().decode())
        c.run("CREATE TEMP TABLE p8 (a int, b text)")
        c.run("COPY p8 FROM STDIN WITH (FORMAT CSV)", stream=io.BytesIO("1,一\n2,\"二,\"\n".encode()))
        print(c.run("SELECT * FROM p8 ORDER BY a"), c.row_count)
        c.run("LISTEN p8")
        c.run("NOTIFY p8, 'hello'")
        c.run("DROP TABLE IF EXISTS nosuch")
        print([(n[1], n[2]) for n in c.notifications], [n[b"M"].decode() for n in c.notices], c.parameter_statuses["TimeZone"])


@step("pg8000 dbapi")
def _():
    c = pg8000.dbapi.connect(**WHERE)
    cur = c.cursor()
    cur.execute("CREATE TABLE p8 (a int PRIMARY KEY, b text, n numeric(6,2), h text[])")
    cur.executemany("INSERT INTO p8 VALUES (%s, %s, %s, %s)", [(i, f"行{i}", decimal.Decimal(i) / 4, ["a", str(i)]) for i in range(20)])
    print(cur.rowcount)
    c.commit()
    cur.execute("SELECT * FROM p8 WHERE a >= %s ORDER BY a", (15,))
    print(cur.description[0][0], cur.fetchone(), cur.fetchmany(2), cur.fetchall())
    for q, a in (("INSERT INTO p8 VALUES (1)", ()), ("SELECT * FROM nosuch", ()), ("SELECT %s + 1", ("x",)), ("SELECT 1/0", ())):
        fails(cur.execute, q, a)
        c.rollback()
    c.autocommit = True
    cur.execute("DROP TABLE p8")
    c.close()
    fails(c.cursor().execute, "SELECT 1")

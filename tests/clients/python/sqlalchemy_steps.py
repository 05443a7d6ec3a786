"""Steps of SQLAlchemy 2 over a driver: reflection, DDL, Core and ORM. The driver is the program's argument."""
import asyncio
import datetime
import decimal
import enum
import sys
import uuid

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from steps import error, fails, rows, step, url

driver = sys.argv[1]


def make_engine(**kw):
    """An engine of the driver; of an asynchronous one, that which its calls run on."""
    if driver == "asyncpg":
        return create_async_engine(url(driver), **kw).sync_engine
    return sa.create_engine(url(driver), **kw)


def work(f):
    """Runs f, in the way that the driver wants."""
    if driver != "asyncpg":
        return f()
    from sqlalchemy.util import greenlet_spawn
    return loop.run_until_complete(greenlet_spawn(f))


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
engine = make_engine(pool_pre_ping=True)


def shown(v):
    """A value of reflection: types as DDL, dictionaries in order of their keys."""
    if isinstance(v, dict):
        return {k: shown(v[k]) for k in sorted(v, key=str)}
    if isinstance(v, (list, tuple)):
        return [shown(x) for x in v]
    if isinstance(v, sa.types.TypeEngine):
        more = f" {v.enums} {v.name} {v.schema}" if isinstance(v, sa.Enum) else ""
        if isinstance(v, pg.DOMAIN):
            more = f" {v.name} {v.data_type!r} {v.constraint_name} {v.not_null} {v.default} {v.check}"
        return repr(v) + more
    return v


def on(name):
    """A step whose function runs the driver's way."""
    return lambda f: step(name)(lambda: work(f))


@on("connect")
def _():
    with engine.connect() as c:
        d = engine.dialect
        print(d.server_version_info[0], d.default_schema_name, c.get_isolation_level(), c.default_isolation_level, d.max_identifier_length)
        print(c.execute(select(sa.literal("重庆"), sa.literal(1), sa.literal(None), sa.true(), sa.literal(decimal.Decimal("1.50")))).all())
        for level in ("AUTOCOMMIT", "SERIALIZABLE", "REPEATABLE READ"):
            k = c.execution_options(isolation_level=level)
            print(k.get_isolation_level(), k.exec_driver_sql("SHOW transaction_isolation").scalar())
            k.rollback()


@on("inspector: names")
def _():
    i = sa.inspect(engine)
    print(i.default_schema_name, i.get_schema_names())
    for s in i.get_schema_names():
        if s != "information_schema":
            print(s, sorted(i.get_table_names(s)), sorted(i.get_view_names(s)), i.get_materialized_view_names(s), i.get_sequence_names(s), i.get_foreign_table_names(s), i.get_temp_table_names())
    print(shown(i.get_enums("*")), shown([d for d in i.get_domains("*") if d["schema"] == "public"]))
    print(i.has_table("tags"), i.has_table("women"), i.has_table("orders"), i.has_table("orders", schema="crm"), i.has_schema("crm"), i.has_sequence("tickets"), i.has_type("grade"), i.has_index("tags", "tags_city"))
    print(sorted(i.get_view_names("information_schema"))[:40], len(i.get_table_names("information_schema")))


@on("inspector: tables")
def _():
    i = sa.inspect(engine)
    for schema, t in ((None, "tags"), ("crm", "orders"), (None, "pairs"), (None, "women"), (None, "city_counts")):
        print(t)
        rows(shown(i.get_columns(t, schema)))
        for f in (i.get_pk_constraint, i.get_unique_constraints, i.get_check_constraints, i.get_indexes, i.get_foreign_keys, i.get_table_comment, i.get_table_options):
            try:
                print(" ", f.__name__, shown(f(t, schema)))
            except sa.exc.SQLAlchemyError as e:
                print(" ", f.__name__, error(e))
    print(i.get_view_definition("women"))
    print(i.get_view_definition("city_counts"))
    fails(i.get_columns, "nosuch")


@on("inspector: all tables of a schema at once")
def _():
    i = sa.inspect(engine)
    kinds = {"kind": sa.engine.reflection.ObjectKind.ANY, "scope": sa.engine.reflection.ObjectScope.ANY}
    for f in (i.get_multi_columns, i.get_multi_pk_constraint, i.get_multi_indexes, i.get_multi_unique_constraints, i.get_multi_check_constraints, i.get_multi_table_comment, i.get_multi_foreign_keys):
        for s in (None, "crm"):
            rows(f"{f.__name__} {k} {shown(v)}" for k, v in sorted(f(schema=s, **kinds).items(), key=str))


@on("inspector: the catalog")
def _():
    i = sa.inspect(engine)
    for t in ("pg_class", "pg_attribute", "pg_type", "pg_database", "pg_roles", "pg_settings"):
        rows((c["name"], repr(c["type"]), c["nullable"]) for c in i.get_columns(t, "pg_catalog"))
    for t in ("tables", "columns"):
        rows((c["name"], c["nullable"]) for c in i.get_columns(t, "information_schema"))


@on("MetaData.reflect, and DDL of what was reflected")
def _():
    m = sa.MetaData()
    m.reflect(engine, views=True)
    m.reflect(engine, schema="crm")
    for t in sorted(m.tables.values(), key=lambda t: t.key):
        print(sa.schema.CreateTable(t).compile(dialect=pg.dialect()))
        rows(str(sa.schema.CreateIndex(x).compile(dialect=pg.dialect())) for x in sorted(t.indexes, key=lambda x: x.name))


class Base(DeclarativeBase):
    pass


class Level(enum.Enum):
    low = "low"
    high = "high"


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (sa.UniqueConstraint("name", name="person_name"), sa.CheckConstraint("age >= 0", name="adult"), sa.Index("person_age", "age", "name"), {"comment": "人员"})
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(start=10), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), comment="姓名")
    age: Mapped[int | None]
    level: Mapped[Level] = mapped_column(default=Level.low)
    rate: Mapped[decimal.Decimal] = mapped_column(sa.Numeric(10, 3), server_default="1.5")
    tags: Mapped[list[str] | None] = mapped_column(pg.ARRAY(sa.Text))
    doc: Mapped[dict | None] = mapped_column(pg.JSONB)
    ref: Mapped[uuid.UUID | None]
    at: Mapped[datetime.datetime | None] = mapped_column(sa.DateTime(timezone=True), server_default=sa.text("'2024-01-01 00:00:00+00'"))
    born: Mapped[datetime.date | None]
    spell: Mapped[datetime.timedelta | None]
    raw: Mapped[bytes | None]
    twice: Mapped[int | None] = mapped_column(sa.Integer, sa.Computed("age * 2"))
    pets: Mapped[list["Pet"]] = relationship(back_populates="person", order_by="Pet.id", cascade="all, delete-orphan", passive_deletes=True)

    def __repr__(self):
        return str([getattr(self, c.key) for c in self.__table__.columns])


class Pet(Base):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE", onupdate="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.Text)
    person: Mapped[Person] = relationship(back_populates="pets")


@on("create_all and what it has made")
def _():
    Base.metadata.create_all(engine)
    Base.metadata.create_all(engine)
    i = sa.inspect(engine)
    for t in ("person", "pet"):
        rows(shown(i.get_columns(t)))
        print(shown(i.get_pk_constraint(t)), shown(i.get_unique_constraints(t)), shown(i.get_check_constraints(t)), shown(i.get_indexes(t)), i.get_table_comment(t), shown(i.get_foreign_keys(t)))
    print(shown(i.get_enums()))


@on("insert: returning, many values, conflicts")
def _():
    p = Person.__table__
    with engine.begin() as c:
        r = c.execute(p.insert().values(name="张三", age=30, tags=["a", 'b"', None], doc={"城": [1, None]}, ref=uuid.UUID(int=7), born=datetime.date(1990, 1, 2), spell=datetime.timedelta(days=2, seconds=5), raw=b"\0\xff"))
        print(r.inserted_primary_key, r.rowcount, r.returned_defaults)
        r = c.execute(p.insert().returning(p.c.id, p.c.name, p.c.rate, p.c.at, p.c.twice), [{"name": f"n{i}", "age": i, "level": Level.high} for i in range(1500)])
        got = r.all()
        print(len(got), got[0], got[-1])
        r = c.execute(p.insert().returning(p.c.id, sort_by_parameter_order=True), [{"name": f"s{i}"} for i in range(20)])
        print(r.all())
        x = pg.insert(p).values([{"name": "张三", "age": 31}, {"name": "李四", "age": 5}])
        print(c.execute(x.on_conflict_do_update(index_elements=[p.c.name], set_={"age": x.excluded.age, "rate": p.c.rate + 1}, where=p.c.age < 100).returning(p.c.id, p.c.name, p.c.age, p.c.rate)).all())
        print(c.execute(pg.insert(p).values(name="张三").on_conflict_do_nothing().returning(p.c.id)).all())
        print(c.execute(p.update().where(p.c.age.between(1, 5), p.c.level == Level.high).values(age=p.c.age + 100).returning(p.c.name, p.c.age, p.c.twice)).all())
        print(c.execute(p.delete().where(p.c.name.like("s1%")).returning(p.c.name)).all())
        print(c.execute(p.update().where(p.c.name == sa.bindparam("n")).values(rate=sa.bindparam("r")), [{"n": "n7", "r": decimal.Decimal("7.125")}, {"n": "n8", "r": 8}]).rowcount)
        print(c.execute(select(p).where(p.c.name.in_(["张三", "n7", "李四"])).order_by(p.c.id)).mappings().all())
        c.execute(p.insert().from_select(["name", "age"], select(sa.func.concat("c", p.c.name), p.c.age).where(p.c.age > 1490)))
        print(c.scalar(select(func.count()).select_from(p)))


@on("select: of the tag table")
def _():
    t = sa.Table("tags", sa.MetaData(), autoload_with=engine)
    o = sa.Table("orders", sa.MetaData(), schema="crm", autoload_with=engine)
    with engine.connect() as c:
        run = lambda q: rows(c.execute(q).all())
        run(select(t).where(t.c.id.in_([1, 2, 7])).order_by(t.c.id))
        run(select(t.c.city, func.count(), func.sum(t.c.spent), func.avg(t.c.age), func.max(t.c.seen)).group_by(t.c.city).having(func.count() > 10).order_by(t.c.city.nulls_last()))
        run(select(t.c.id).where(t.c.hobby.contains(["a,b"]), t.c.hobby.overlap(["c\"d", "x"]), t.c.shops.any(3)).order_by(t.c.id).limit(5).offset(2))
        run(select(t.c.extra["k"].as_integer(), t.c.extra[("城", 0)].astext, func.count()).where(t.c.extra.has_key("k")).group_by(sa.text("1, 2")).order_by(sa.text("1, 2")))
        run(select(t.c.gender, func.unnest(t.c.hobby).label("h"), func.count()).group_by(sa.text("1, 2")).order_by(sa.text("1 NULLS FIRST, 2")))
        run(select(t.c.city, func.sum(o.c.amount)).join(o, o.c.user_id == t.c.id).where(o.c.channel == "门店").group_by(t.c.city).order_by(sa.text("1")))
        cte = select(t.c.id, func.row_number().over(partition_by=t.c.city, order_by=t.c.spent.desc()).label("n")).cte("ranked")
        run(select(t.c.id, t.c.city, t.c.spent).join(cte, cte.c.id == t.c.id).where(cte.c.n <= 2).order_by(t.c.city, t.c.spent.desc(), t.c.id))
        run(select(func.percentile_cont(0.5).within_group(t.c.spent), func.mode().within_group(t.c.city), func.array_agg(pg.aggregate_order_by(t.c.level.distinct(), t.c.level)), func.string_agg(t.c.grade.cast(sa.Text), ",").filter(t.c.id < 4)))
        run(select(sa.case((t.c.age < 30, "青"), else_="老").label("b"), func.count()).group_by("b").order_by("b"))
        run(select(sa.extract("year", t.c.birthday), func.date_trunc("month", t.c.joined), t.c.seen + datetime.timedelta(days=1), t.c.birthday - datetime.date(1960, 1, 1)).where(t.c.id == 77))
        run(select(t.c.id).where(sa.exists().where(o.c.user_id == t.c.id, o.c.amount > 499)).order_by(t.c.id).limit(4))
        run(sa.union_all(select(t.c.city).where(t.c.id == 1), select(t.c.name).where(t.c.id == 2)).order_by(sa.text("1")))
        run(select(t.c.grade, t.c.share, func.count()).where(t.c.grade == "VIP", t.c.share > 98).group_by(t.c.grade, t.c.share).order_by(t.c.share))
        run(select(func.count()).select_from(select(t.c.id).where(t.c.ref == uuid.UUID("00000000-0000-4000-8000-000000000011")).subquery()))
        run(select(t.c.name, t.c.note, t.c.raw).where(t.c.name.regexp_match("^用户1[0-2]$")).order_by(t.c.id))
        run(sa.values(sa.column("a", sa.Integer), sa.column("b", sa.Text), name="v").data([(1, "x"), (2, "重")]).select())
        run(select(func.generate_series(1, 3).table_valued("n").render_derived()))
        rows(c.execution_options(yield_per=700).execute(select(func.count(), func.min(t.c.id))).all())
        n = sum(r.id for part in c.execution_options(stream_results=True, max_row_buffer=500).execute(select(t.c.id).order_by(t.c.id)).partitions(300) for r in part)
        print(n)


@on("orm")
def _():
    with Session(engine) as s:
        one = Person(name="王五", age=40, level=Level.high, tags=["重"], doc={"a": 1}, pets=[Pet(name="狗"), Pet(name="猫")])
        s.add_all([one, Person(name="赵六")])
        s.flush()
        print(one, [p.id for p in one.pets])
        one.age += 1
        one.doc = {"a": 2}
        s.commit()
        print(one.age, one.twice, one.doc, one.rate)
        for p in s.scalars(select(Person).options(selectinload(Person.pets)).where(Person.name.in_(["王五", "赵六"])).order_by(Person.id)):
            print(p, [x.name for x in p.pets])
        try:
            with s.begin_nested():
                s.add(Person(name="王五"))
                s.flush()
        except sa.exc.IntegrityError as e:
            print(error(e))
        print(s.execute(select(Person.level, func.count()).group_by(Person.level).order_by(Person.level)).all())
        print(s.execute(sa.update(Person).where(Person.name == "赵六").values(age=9).returning(Person.name, Person.age)).all())
        s.bulk_save_objects([Pet(person_id=one.id, name=f"p{i}") for i in range(100)])
        print(s.scalar(select(func.count()).select_from(Pet)), s.get(Pet, 1).name)
        print(s.scalars(select(Person.name).join(Pet, Pet.person_id == Person.id).where(Pet.name.like("p9%")).distinct()).all())
        s.delete(one.pets[0])
        s.commit()
        print(s.scalar(select(func.count(Pet.id))))
        s.merge(Person(id=one.id, name="王五二"))
        s.rollback()
        print(one.name)


@on("foreign keys")
def _():
    m = sa.MetaData()
    sa.Table("fk_a", m, sa.Column("x", sa.Integer, primary_key=True), sa.Column("y", sa.Text, primary_key=True), sa.Column("u", sa.Integer, sa.UniqueConstraint(deferrable=True, initially="DEFERRED", name="fk_u")))
    sa.Table("fk_b", m, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer), sa.Column("y", sa.Text), sa.Column("up", sa.ForeignKey("fk_b.id", name="fk_up", deferrable=True, initially="DEFERRED")),
             sa.Column("order_id", sa.BigInteger, sa.ForeignKey("fk_c.id", use_alter=True, name="fk_order")),
             sa.ForeignKeyConstraint(["x", "y"], ["fk_a.x", "fk_a.y"], name="fk_both", match="FULL", onupdate="CASCADE", ondelete="SET NULL"))
    sa.Table("fk_c", m, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("b", sa.ForeignKey("fk_b.id", ondelete="RESTRICT")))
    m.create_all(engine)
    i = sa.inspect(engine)
    for t in ("fk_a", "fk_b", "fk_c"):
        rows(shown(i.get_foreign_keys(t)))
        rows(shown(i.get_unique_constraints(t)))
    print([(t, sorted(map(str, k))) for t, k in i.get_sorted_table_and_fkc_names() if t is None or t.startswith("fk_")])
    print(shown(sorted(i.get_multi_foreign_keys(filter_names=["fk_a", "fk_b", "fk_c"]).items())))
    back = sa.MetaData()
    back.reflect(engine, only=["fk_c", "fk_b"])
    print(sorted(back.tables), sorted((str(f.parent), f.target_fullname, f.constraint.name, f.ondelete, f.onupdate, f.deferrable, f.initially, f.match) for t in back.tables.values() for f in t.foreign_keys))
    print(str(select(back.tables["fk_c"].c.id).join(back.tables["fk_b"], back.tables["fk_c"].c.b == back.tables["fk_b"].c.id)))
    a, b, c = (m.tables[t] for t in ("fk_a", "fk_b", "fk_c"))
    with engine.begin() as k:
        k.execute(b.insert(), [{"id": 1, "up": 2}, {"id": 2, "up": 1}])
        k.execute(a.insert(), [{"x": 1, "y": "一", "u": 1}, {"x": 2, "y": "二", "u": 2}])
        k.execute(b.update().where(b.c.id == 1).values(x=1, y="一"))
        k.execute(c.insert().values(id=5, b=1))
        k.execute(a.update().values(u=3 - a.c.u))
        k.execute(a.update().values(y=a.c.y + "!"))
        rows(k.execute(select(b).order_by(b.c.id)).all())
    for st in (b.delete().where(b.c.id == 1), b.insert().values(id=3, up=99), b.insert().values(id=3, x=1), b.insert().values(id=3, x=9, y="九"), c.insert().values(id=6, b=77), a.insert().values(x=5, y="五", u=1)):
        try:
            with engine.begin() as k:
                print(k.execute(st).rowcount)
        except sa.exc.IntegrityError as e:
            print(error(e))
    with engine.begin() as k:
        print(k.execute(a.delete()).rowcount, k.execute(select(b.c.x, b.c.y).order_by(b.c.id)).all())
    m.drop_all(engine)


@on("errors")
def _():
    with engine.connect() as c:
        for q in ("SELECT nosuch", "SELECT * FROM nosuch", "SELECT 1/0", "INSERT INTO tags (id, name) VALUES (1, 'x')", "INSERT INTO pairs (a, b) VALUES (1, NULL)", "SELEC"):
            fails(c.execute, sa.text(q))
            c.rollback()
        fails(c.execute, sa.text("SELECT * FROM tags WHERE id = :i"), {})


@on("drop_all")
def _():
    Base.metadata.drop_all(engine)
    print(sorted(sa.inspect(engine).get_table_names()), sa.inspect(engine).get_enums())


work(lambda: engine.dispose())

import static org.jooq.impl.DSL.*;

import java.math.BigDecimal;
import java.sql.Connection;
import java.time.*;
import java.util.*;
import org.jooq.*;
import org.jooq.Record;
import org.jooq.conf.*;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.*;
import org.jooq.meta.*;

/** jOOQ: what its code generator reads of the catalog, its meta data, and statements of its DSL. */
public class JooqDsl extends Base {
    static final Field<Long> ID = field(name("id"), Long.class);
    static final Field<String> CITY = field(name("city"), String.class), NAME = field(name("name"), String.class), GENDER = field(name("gender"), String.class);
    static final Field<BigDecimal> SPENT = field(name("spent"), BigDecimal.class);
    static final Field<Short> AGE = field(name("age"), Short.class);
    static final Table<?> TAGS = table(name("tags"));

    public static void main(String[] args) throws Exception {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        try (Connection c = open()) {
            DSLContext d = DSL.using(c, SQLDialect.POSTGRES, new Settings().withRenderNameCase(RenderNameCase.AS_IS));
            step("what the code generator reads", () -> generator(c));
            step("meta data", () -> meta(d));
            step("DDL", () -> ddl(d));
            step("export of a schema", () -> {
                for (Query q : d.meta().filterSchemas(s -> s.getName().equals("jq")).ddl().queries()) {
                    out.println(q);
                }
            });
            step("selects", () -> selects(d));
            step("set operations and subqueries", () -> sets(d));
            step("windows", () -> windows(d));
            step("arrays", () -> arrays(d));
            step("json", () -> json(d));
            step("multisets", () -> multisets(d));
            step("inserts and upserts", () -> inserts(d));
            step("merge", () -> merge(d));
            step("updates and deletes", () -> updates(d));
            step("batches", () -> batches(d));
            step("cursors", () -> cursors(d));
            step("transactions", () -> transactions(d));
            step("functions", () -> functions(d));
            step("types", () -> types(d));
            step("errors", () -> errors(d));
            step("information_schema by implicit joins", () -> show(d.fetch("select table_name, column_name, udt_name from information_schema.columns where table_schema = {0} order by 1, ordinal_position", inline("jq"))));
            step("drop", () -> {
                d.dropSchema("jq").cascade().execute();
                out.println(d.meta().getSchemas("jq").size());
            });
        }
    }

    static void generator(Connection c) throws Exception {
        org.jooq.meta.postgres.PostgresDatabase db = new org.jooq.meta.postgres.PostgresDatabase();
        db.setConnection(c);
        db.setConfiguredSchemata(List.of(new org.jooq.meta.jaxb.SchemaMappingType().withInputSchema("public"), new org.jooq.meta.jaxb.SchemaMappingType().withInputSchema("crm")));
        db.setIncludes(new String[] {".*"});
        db.setExcludes(new String[0]);
        db.setIncludeExcludeColumns(false);
        db.setIncludeTables(true);
        db.setIncludeRoutines(true);
        db.setIncludeSequences(true);
        db.setIncludeDomains(true);
        db.setIncludeIndexes(true);
        db.setIncludePrimaryKeys(true);
        db.setIncludeUniqueKeys(true);
        db.setIncludeForeignKeys(true);
        db.setIncludeCheckConstraints(true);
        db.setIncludeSystemCheckConstraints(true);
        db.setIncludeEmbeddables(true);
        db.setIncludeUDTs(true);
        db.setTableValuedFunctions(true);
        for (SchemaDefinition s : db.getSchemata()) {
            out.println("schema " + s.getName() + " " + s.getComment());
            for (TableDefinition t : db.getTables(s)) {
                out.println("table " + t.getName() + " " + t.getComment() + " " + t.getPrimaryKey() + " " + t.getIdentity());
                for (ColumnDefinition k : t.getColumns()) {
                    DataTypeDefinition y = k.getType();
                    out.println("  " + k.getName() + " " + y.getType() + " " + y.getUserType() + " " + y.getLength() + " " + y.getPrecision() + " " + y.getScale() + " " + y.isNullable() + " " + y.isIdentity() + " " + y.getDefaultValue() + " " + k.getComment());
                }
                out.println("  keys " + t.getUniqueKeys() + " foreign " + t.getForeignKeys() + " checks " + t.getCheckConstraints() + " indexes " + t.getIndexes());
            }
            for (SequenceDefinition q : db.getSequences(s)) {
                out.println("sequence " + q.getName() + " " + q.getStartWith() + " " + q.getIncrementBy() + " " + q.getMinvalue() + " " + q.getMaxvalue() + " " + q.getCycle() + " " + q.getCache());
            }
            for (EnumDefinition e : db.getEnums(s)) {
                out.println("enum " + e.getName() + " " + e.getLiterals());
            }
            for (DomainDefinition e : db.getDomains(s)) {
                out.println("domain " + e.getName() + " " + e.getType().getType() + " " + e.getCheckClauses());
            }
            out.println("udts " + db.getUDTs(s) + " routines " + db.getRoutines(s) + " arrays " + db.getArrays(s));
        }
        for (CatalogDefinition k : db.getCatalogs()) {
            out.println("catalog " + k.getName());
        }
    }

    static void meta(DSLContext d) {
        for (Table<?> t : d.meta().filterSchemas(s -> Set.of("public", "crm").contains(s.getName())).getTables()) {
            out.println(t.getQualifiedName() + " " + t.getComment() + " " + t.getPrimaryKey() + " " + t.getKeys().size() + " " + t.getIndexes());
            for (Field<?> f : t.fields()) {
                out.println("  " + f.getName() + " " + f.getDataType().getTypeName() + " " + f.getDataType().nullability() + " " + f.getDataType().length() + " " + f.getDataType().precision() + " " + f.getDataType().defaulted() + " " + f.getComment());
            }
        }
        out.println(d.meta().getSequences());
    }

    static void ddl(DSLContext d) {
        d.createSchema("jq").execute();
        d.createTable(name("jq", "book")).column("id", SQLDataType.INTEGER.identity(true)).column("title", SQLDataType.VARCHAR(50).nullable(false)).column("price", SQLDataType.DECIMAL(8, 2).defaultValue(BigDecimal.ONE))
            .column("tags", SQLDataType.VARCHAR.array()).column("doc", SQLDataType.JSONB).column("at", SQLDataType.TIMESTAMPWITHTIMEZONE).column("ref", SQLDataType.UUID).column("day", SQLDataType.LOCALDATE)
            .constraints(primaryKey("id"), unique("title"), constraint("cheap").check(field("price").lt(1000))).comment("书").execute();
        d.createTable(name("jq", "copy")).column("book_id", SQLDataType.INTEGER).column("no", SQLDataType.SMALLINT).column("note", SQLDataType.CLOB)
            .constraints(primaryKey("book_id", "no"), constraint("copy_book").foreignKey("book_id").references(name("jq", "book"), name("id")).onDeleteCascade()).execute();
        d.createIndex("copy_note").on(table(name("jq", "copy")), field(name("note")).desc()).execute();
        d.createView(name("jq", "cheap_books"), name("title"), name("price")).as(select(field("title"), field("price")).from("jq.book").where(field("price").lt(inline(5)))).execute();
        d.createSequence(name("jq", "numbers")).startWith(7).incrementBy(3).maxvalue(1000).execute();
        d.createType(name("jq", "colour")).asEnum("red", "绿").execute();
        d.createDomain(name("jq", "percent")).as(SQLDataType.INTEGER).constraints(check(field("VALUE").between(inline(0), inline(100)))).execute();
        d.alterTable(name("jq", "copy")).addColumn("state", SQLDataType.VARCHAR(10).defaultValue("new")).execute();
        d.alterTable(name("jq", "copy")).alterColumn("note").setNotNull().execute();
        d.alterTable(name("jq", "copy")).renameColumn("state").to("status").execute();
        d.alterTable(name("jq", "copy")).add(constraint("status_known").check(field("status").in(inline("new"), inline("old")))).execute();
        d.commentOnColumn(name("jq", "book", "title")).is("书名").execute();
        d.createTableIfNotExists(name("jq", "book")).column("id", SQLDataType.INTEGER).execute();
        d.dropTableIfExists(name("jq", "nothing")).execute();
        d.createMaterializedView(name("jq", "frozen")).as(select(count()).from("jq.book")).execute();
        show(d.fetch("select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'jq'::regnamespace order by 1"));
        show(d.fetch("select indexdef from pg_indexes where schemaname = 'jq' order by 1"));
        show(d.fetch("select pg_get_viewdef('jq.cheap_books')"));
    }

    static void selects(DSLContext d) {
        show(d.select(ID, NAME, CITY, SPENT).from(TAGS).where(CITY.eq("上海").and(AGE.between((short) 20, (short) 30)).or(ID.eq(1L))).orderBy(ID.desc()).limit(3).offset(1).fetch());
        show(d.select(CITY, count(), sum(SPENT), avg(AGE), min(NAME), max(SPENT), countDistinct(GENDER)).from(TAGS).groupBy(CITY).having(count().gt(10)).orderBy(CITY.asc().nullsFirst()).fetch());
        show(d.select(CITY, GENDER, grouping(CITY), count()).from(TAGS).groupBy(cube(CITY, GENDER)).orderBy(1, 2, 3, 4).limit(6).fetch());
        show(d.selectDistinct(GENDER).from(TAGS).orderBy(1).fetch());
        show(d.select(GENDER).distinctOn(CITY).from(TAGS).orderBy(CITY, ID).fetch());
        show(d.select(count().filterWhere(GENDER.eq("女")), when(count().gt(5), "many").otherwise("few"), choose(2).when(1, "a").when(2, "b")).from(TAGS).fetch());
        show(d.select(percentileCont(0.25).withinGroupOrderBy(SPENT), mode().withinGroupOrderBy(CITY), listAgg(NAME, "|").withinGroupOrderBy(ID.desc()).filterWhere(ID.lt(4L)), groupConcat(GENDER).orderBy(ID).separator("+")).from(TAGS).where(ID.lt(9L)).fetch());
        show(d.select(ID).from(TAGS).where(NAME.likeIgnoreCase("用户_1").or(NAME.startsWith("用户499")).or(NAME.contains("%"))).orderBy(ID).limit(5).fetch());
        show(d.select(ID).from(TAGS).where(CITY.isDistinctFrom((String) null).and(ID.in(1L, 2L, 5L)).and(DSL.row(ID, GENDER).notIn(DSL.row(1L, "女"), DSL.row(9L, "x")))).orderBy(ID).fetch());
        show(d.selectFrom(values(DSL.row(1, "a"), DSL.row(2, "b")).as("t", "x", "y")).fetch());
        show(d.select().from(generateSeries(1, 3)).fetch());
        show(d.select(ID).from(TAGS).orderBy(SPENT.desc(), ID).limit(2).withTies().fetch());
        show(d.select(ID).from(TAGS).where(condition("{0} @> {1}", field("hobby"), val(new String[] {"a,b"}, SQLDataType.CLOB.array()))).orderBy(ID).seek(100L).limit(3).fetch());
        show(d.select(ID, field("t.city")).from(TAGS.as("t")).where(ID.eq(param("p", 7L))).forUpdate().of(TAGS.as("t")).fetch());
    }

    static void sets(DSLContext d) {
        show(d.select(ID).from(TAGS).where(ID.lt(4L)).union(select(ID).from(TAGS).where(ID.eq(2L))).unionAll(select(ID).from(TAGS).where(ID.eq(3L))).orderBy(1).fetch());
        show(d.select(CITY).from(TAGS).except(select(CITY).from(TAGS).where(CITY.ne("北京"))).orderBy(1).fetch());
        show(d.select(CITY).from(TAGS).intersectAll(select(CITY).from(TAGS).where(ID.lt(3L))).orderBy(1).fetch());
        show(d.with("o").as(select(field("user_id", Long.class), sum(field("amount", BigDecimal.class)).as("total")).from("crm.orders").groupBy(field("user_id"))).select(ID, field("o.total")).from(TAGS).join(table("o")).on("o.user_id = tags.id").where(ID.lt(5L)).orderBy(1).fetch());
        show(d.withRecursive("t", "n").as(select(inline(1)).unionAll(select(field("n", Integer.class).plus(1)).from("t").where(field("n", Integer.class).lt(5)))).select().from("t").fetch());
        show(d.select(ID, field(select(count()).from("crm.orders o").where("o.user_id = tags.id")).as("n")).from(TAGS).where(exists(selectOne().from("crm.orders o").where("o.user_id = tags.id"))).orderBy(ID).limit(3).fetch());
        show(d.select(ID).from(TAGS).where(SPENT.ge(all(select(SPENT).from(TAGS)))).orderBy(1).fetch());
        show(d.select(ID, field("l.amount")).from(TAGS).leftJoin(lateral(select(field("amount")).from("crm.orders o").where("o.user_id = tags.id").orderBy(field("amount").desc()).limit(1)).as("l")).on(trueCondition()).where(ID.lt(4L)).orderBy(1).fetch());
        show(d.fetchCount(select(ID).from(TAGS)) + " " + d.fetchExists(select(ID).from(TAGS).where(ID.eq(0L))));
    }

    static void windows(DSLContext d) {
        show(d.select(ID, rowNumber().over(partitionBy(CITY).orderBy(ID)), rank().over(orderBy(AGE)), lag(NAME, 1, "-").over(orderBy(ID)), sum(SPENT).over(orderBy(ID).rowsBetweenPreceding(1).andFollowing(1)), firstValue(NAME).over().partitionBy(GENDER).orderBy(ID.desc()), ntile(3).over(orderBy(ID)),
            cumeDist().over(orderBy(AGE)), nthValue(NAME, 2).over(orderBy(ID)), count().filterWhere(GENDER.eq("女")).over()).from(TAGS).where(ID.lt(8L)).orderBy(ID).fetch());
        WindowDefinition w = name("w").as(partitionBy(CITY).orderBy(ID));
        show(d.select(ID, percentRank().over(w), max(AGE).over(w)).from(TAGS).where(ID.lt(12L)).window(w).orderBy(ID).fetch());
    }

    static void arrays(DSLContext d) {
        Field<String[]> hobby = field("hobby", SQLDataType.CLOB.array());
        show(d.select(ID, hobby, cardinality(hobby), arrayGet(hobby, 1), arrayAppend(hobby, inline("z")), arrayConcat(hobby, val(new String[] {"q"}, SQLDataType.CLOB.array())), arrayOverlap(hobby, val(new String[] {"跑步"}, SQLDataType.CLOB.array())), arrayRemove(hobby, inline("跑步")), arrayReplace(hobby, inline("a,b"), inline("ab"))).from(TAGS).where(ID.lt(5L)).orderBy(ID).fetch());
        show(d.select(arrayAgg(ID).orderBy(ID.desc()), arrayAgg(GENDER).orderBy(ID)).from(TAGS).where(ID.lt(5L)).fetch());
        show(d.select(ID, field("h")).from(TAGS).crossJoin(unnest(hobby).as("u", "h")).where(ID.lt(4L)).orderBy(1, 2).fetch());
        show(d.select(ID).from(TAGS).where(val("a,b").eq(any(hobby))).and(ID.lt(9L)).orderBy(1).fetch());
        show(d.select(ID).from(TAGS).where(ID.eq(any(3L, 4L))).orderBy(1).fetch());
        show(d.select(array(select(ID).from(TAGS).where(ID.lt(4L)).orderBy(ID)), val(new Integer[] {1, null}), val(new BigDecimal[] {new BigDecimal("1.50")}), val(new LocalDate[] {LocalDate.of(2024, 2, 29)})).fetch());
    }

    static void json(DSLContext d) {
        Field<JSONB> extra = field("extra", JSONB.class);
        show(d.select(ID, extra, jsonbGetAttribute(extra, "k"), jsonbGetAttributeAsText(extra, "k"), jsonbGetElement(jsonbGetAttribute(extra, "城"), 0), jsonbValue(extra, "$.k"), jsonbExists(extra, "$.k")).from(TAGS).where(ID.lt(4L)).orderBy(ID).fetch());
        show(d.select(jsonObject(key("a").value(1), key("b").value(jsonArray(inline("x"), inline(2)))), jsonbObject(key("n").value((String) null)).absentOnNull(), jsonArrayAgg(ID).orderBy(ID), jsonbObjectAgg(NAME, ID), jsonArrayAgg(GENDER).orderBy(ID).absentOnNull()).from(TAGS).where(ID.lt(4L)).fetch());
        show(d.select(val(JSONB.valueOf("{\"b\": 1, \"a\": [1, null]}")), val(JSON.valueOf("{\"b\": 1}"))).fetch());
    }

    static void multisets(DSLContext d) {
        show(d.select(ID, multiset(select(field("amount", BigDecimal.class), field("channel", String.class)).from("crm.orders o").where("o.user_id = tags.id").orderBy(field("amount"))).as("orders")).from(TAGS).where(ID.lt(3L)).orderBy(ID).fetch());
        show(d.select(CITY, multisetAgg(ID, GENDER).orderBy(ID)).from(TAGS).where(ID.lt(9L)).groupBy(CITY).orderBy(CITY).fetch());
        show(d.select(DSL.row(ID, NAME, SPENT).as("r"), rowNumber().over(orderBy(ID))).from(TAGS).where(ID.lt(3L)).fetch());
    }

    static final Table<?> BOOK = table(name("jq", "book"));
    static final Field<Integer> BID = field(name("id"), Integer.class);
    static final Field<String> TITLE = field(name("title"), String.class);
    static final Field<BigDecimal> PRICE = field(name("price"), BigDecimal.class);

    static void inserts(DSLContext d) {
        show(d.insertInto(BOOK, TITLE, PRICE).values("一", new BigDecimal("1.5")).values("two", (BigDecimal) null).values("3", new BigDecimal("30")).returningResult(BID, TITLE, PRICE).fetch());
        show(d.insertInto(BOOK).set(TITLE, "全").set(field("tags", String[].class), new String[] {"a", null}).set(field("doc", JSONB.class), JSONB.valueOf("{\"x\": 1}")).set(field("at", OffsetDateTime.class), OffsetDateTime.of(2024, 2, 29, 1, 2, 3, 0, ZoneOffset.ofHours(8)))
            .set(field("ref", UUID.class), new UUID(1, 2)).set(field("day", LocalDate.class), LocalDate.of(2024, 2, 29)).returning().fetch());
        show(d.insertInto(BOOK).defaultValues().execute() + "");
    }

    static void merge(DSLContext d) {
        show(d.insertInto(BOOK, TITLE, PRICE).values("一", new BigDecimal("2")).onDuplicateKeyIgnore().execute() + "");
        show(d.insertInto(BOOK, TITLE, PRICE).values("一", new BigDecimal("2")).values("new", new BigDecimal("3")).onConflict(TITLE).doUpdate().set(PRICE, excluded(PRICE)).where(field("book.price", BigDecimal.class).lt(new BigDecimal("100"))).returningResult(BID, TITLE, PRICE).fetch());
        show(d.insertInto(BOOK, TITLE, PRICE).values("two", new BigDecimal("9")).onConflictOnConstraint(name("book_title_key")).doUpdate().setAllToExcluded().execute() + "");
        show(d.mergeInto(BOOK.as("b")).using(values(DSL.row("一", 5), DSL.row("merged", 6)).as("s", "t", "p")).on("b.title = s.t").whenMatchedThenUpdate().set(PRICE, field("s.p", BigDecimal.class)).whenNotMatchedThenInsert(TITLE, PRICE).values(field("s.t", String.class), field("s.p", BigDecimal.class)).execute() + "");
        show(d.mergeInto(BOOK.as("b")).using(selectOne()).on("b.title = 'merged'").whenMatchedAnd(field("b.price", BigDecimal.class).gt(new BigDecimal("5"))).thenDelete().execute() + "");
        show(d.select(TITLE, PRICE).from(BOOK).orderBy(TITLE).fetch());
    }

    static void updates(DSLContext d) {
        show(d.update(BOOK).set(PRICE, PRICE.plus(1)).where(PRICE.isNotNull()).returningResult(TITLE, PRICE).fetch().sortAsc(TITLE));
        show(d.update(BOOK).set(DSL.row(TITLE, PRICE), DSL.row(concat(TITLE, inline("!")), PRICE.mul(2))).where(TITLE.eq("3")).execute() + "");
        show(d.update(BOOK).set(PRICE, field("s.p", BigDecimal.class)).from(values(DSL.row("全", 77)).as("s", "t", "p")).where("title = s.t").execute() + "");
        show(d.deleteFrom(BOOK).using(values(DSL.row("two")).as("s", "t")).where("title = s.t").returningResult(TITLE).fetch());
        show(d.deleteFrom(BOOK).where(PRICE.lt(new BigDecimal("0"))).execute() + "");
        show(d.truncate(table(name("jq", "copy"))).restartIdentity().cascade().execute() + "");
        show(d.select(TITLE, PRICE).from(BOOK).orderBy(BID).fetch());
    }

    static void batches(DSLContext d) {
        show(Arrays.toString(d.batch(d.insertInto(BOOK, TITLE, PRICE).values((String) null, null)).bind("b1", 1).bind("b2", 2).bind("b3", 3).execute()));
        show(Arrays.toString(d.batch(d.update(BOOK).set(PRICE, new BigDecimal("4")).where(TITLE.like("b%")), d.deleteFrom(BOOK).where(TITLE.eq("b3"))).execute()));
        show(d.queries(d.query("select 1"), d.query("select 2")).executeBatch().length + "");
        Results r = d.fetchMany("select 1 as a; select 2 as b, 'x' as c");
        show(r.size() + " " + r.get(0).fields().length + " " + r.get(1).getValues(1));
        try {
            d.loadInto(BOOK).batchAfter(2).bulkAfter(2).commitNone().loadCSV("title,price\nc1,1\nc2,2\nc3,3\n").fields(TITLE, PRICE).execute();
        } catch (Exception e) {
            fault(e);
        }
        show(d.select(TITLE, PRICE).from(BOOK).where(TITLE.likeRegex("^[bc][0-9]$")).orderBy(TITLE).fetch());
    }

    static void cursors(DSLContext d) {
        d.transaction(t -> {
            try (Cursor<?> k = t.dsl().select(ID, NAME).from(TAGS).orderBy(ID).fetchSize(100).fetchLazy()) {
                out.println(k.fetchNext(2).size() + " " + k.fetchNext().get(NAME) + " " + k.fetchNext(1000).size() + " " + k.hasNext());
            }
            out.println(t.dsl().select(ID).from(TAGS).orderBy(ID).fetchSize(50).fetchStream().limit(300).mapToLong(x -> x.get(ID)).sum());
        });
        out.println(d.select(CITY, ID).from(TAGS).where(ID.lt(12L)).orderBy(ID).fetchGroups(CITY, ID));
        out.println(d.select(ID, NAME).from(TAGS).where(ID.lt(3L)).fetchMap(ID, NAME));
        out.println(d.select(ID, NAME).from(TAGS).where(ID.lt(3L)).orderBy(ID).fetch().formatCSV() + d.select(ID, SPENT).from(TAGS).where(ID.lt(3L)).orderBy(ID).fetch().formatJSON());
    }

    static void transactions(DSLContext d) {
        try {
            d.transaction(t -> {
                t.dsl().insertInto(BOOK, TITLE).values("t1").execute();
                try {
                    t.dsl().transaction(u -> {
                        u.dsl().insertInto(BOOK, TITLE).values("t2").execute();
                        u.dsl().insertInto(BOOK, TITLE).values("t2").execute();
                    });
                } catch (DataAccessException e) {
                    out.println(e.sqlState() + " " + e.sqlStateClass());
                }
                out.println(t.dsl().fetchCount(BOOK, TITLE.like("t_")));
                throw new IllegalStateException("back");
            });
        } catch (IllegalStateException e) {
            out.println(e.getMessage());
        }
        out.println(d.fetchCount(BOOK, TITLE.like("t_")));
    }

    static void functions(DSLContext d) {
        show(d.select(upper("aé"), lower("ÀB"), length("中文"), octetLength(inline("中文")), bitLength("a"), trim("  x "), lpad(val("x"), 3, '0'), rpad(val("x"), 3), repeat("ab", 2), reverse("abc"), replace(val("abc"), val("b"), val("x")), position("abc", "c"), substring(val("abcdef"), 2, 3), left("abc", 2), right("abc", 2), md5("a"), ascii("a"), chr(66), translate(val("abc"), val("ab"), val("xy")), splitPart(val("a,b"), ",", 2), toHex(255), overlay(val("abcdef"), "X", 2), regexpReplaceAll(val("a1b2"), "[0-9]", "#"), space(2), digits(7)).fetch());
        show(d.select(abs(-2), ceil(1.2), floor(1.8), round(2.345, 2), trunc(2.349, 2), sign(-3), sqrt(16), power(2, 3), exp(0), ln(1), log(100, 10), inline(7).mod(3), bitAnd(6, 3), bitXor(6, 3), shl(1, 4), bitNot(0), greatest(1, 3, 2), least(1, 3, 2), sin(0), deg(3.14159), width(inline(5.0))).fetch());
        LocalDate day = LocalDate.of(2024, 2, 29);
        LocalDateTime at = LocalDateTime.of(2024, 2, 29, 13, 14, 15, 167000000);
        show(d.select(year(day), quarter(day), month(day), day(day), dayOfWeek(day), isoDayOfWeek(day), dayOfYear(day), week(day), hour(at), minute(at), second(at), epoch(at), century(day), decade(day), extract(at, DatePart.MILLISECOND), trunc(at, DatePart.MONTH), localDateAdd(day, 3), dateAdd(java.sql.Date.valueOf(day), 1, DatePart.MONTH), localDateDiff(day, LocalDate.of(2024, 1, 1)), toDate("20240229", "YYYYMMDD"), toTimestamp("2024-02-29 01", "YYYY-MM-DD HH24"), localDateTimeAdd(at, 2, DatePart.HOUR)).fetch());
        show(d.select(coalesce(inline((Integer) null), 3), nullif(1, 1), nvl2(inline((String) null), "a", "b"), iif(trueCondition(), 1, 2), cast("12", Integer.class), cast(1.5, String.class), cast("2024-01-01", java.sql.Date.class), currentSchema(), currentUser(), currentCatalog().isNotNull()).fetch());
    }

    static Field<?> width(Field<Double> x) {
        return widthBucket(x, inline(0.0), inline(10.0), inline(5));
    }

    static void types(DSLContext d) {
        show(d.select(val(1), val(1L), val((short) 1), val((byte) 1), val(1.5f), val(1.5), val(new BigDecimal("1.50")), val(new java.math.BigInteger("123456789012345678901")), val(true), val("x'y"), val(new byte[] {0, 1}), val(new UUID(1, 2)), val(LocalDate.of(2024, 2, 29)), val(LocalTime.of(1, 2, 3)), val(LocalDateTime.of(2024, 2, 29, 1, 2, 3, 4000)),
            val(OffsetDateTime.of(2024, 2, 29, 1, 2, 3, 0, ZoneOffset.ofHours(8))), val(Instant.ofEpochSecond(1700000000L)), val(org.jooq.types.YearToMonth.valueOf("1-2")), val(org.jooq.types.DayToSecond.valueOf("1 02:03:04.5")), val(Year.of(2024)), val(null, String.class)).fetch());
        show(d.select(inline(1L), inline((short) 1), inline(1.5), inline(new BigDecimal("1.50")), inline("x'y\\"), inline(new byte[] {0, 1}), inline(new UUID(1, 2)), inline(LocalDate.of(2024, 2, 29)), inline(LocalDateTime.of(2024, 2, 29, 1, 2, 3)), inline(OffsetDateTime.of(2024, 2, 29, 1, 2, 3, 0, ZoneOffset.UTC)), inline(new Integer[] {1, 2}), inline(JSONB.valueOf("{}"))).fetch());
        show(d.select(field("grade"), field("share"), field("note"), field("raw"), field("wakes"), field("codes"), field("ref"), field("joined"), field("seen")).from(TAGS).where(ID.eq(3L)).fetch());
    }

    static void errors(DSLContext d) {
        for (Query q : new Query[] {d.select(field("nothing")).from(TAGS), d.insertInto(BOOK, TITLE).values("一"), d.insertInto(BOOK, TITLE, PRICE).values("x", new BigDecimal("5000")), d.insertInto(table("jq.copy"), field("book_id"), field("no"), field("note")).values(999, 1, ""), d.insertInto(BOOK, TITLE).values((String) null), d.query("selec 1"), d.select(inline(1).div(0)), d.query("select * from nowhere")}) {
            try {
                q.execute();
                out.println("no error");
            } catch (DataAccessException e) {
                out.println(e.sqlState() + " " + e.sqlStateClass() + " " + e.sqlStateSubclass() + " " + e.getClass().getSimpleName());
                fault(e.getCause());
            }
        }
    }

    static void show(String s) {
        out.println(s);
    }

    static void show(Result<?> r) {
        StringBuilder b = new StringBuilder();
        for (Field<?> f : r.fields()) {
            b.append(b.length() > 0 ? "|" : "").append(f.getName()).append(' ').append(f.getDataType().getTypeName());
        }
        out.println(b);
        for (Record row : r) {
            List<String> all = new ArrayList<>();
            attempt(() -> {
                for (Object v : row.intoArray()) {
                    all.add(text(v));
                }
            });
            out.println(String.join("|", all));
        }
        out.println("(" + r.size() + ")");
    }
}

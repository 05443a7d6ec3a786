import java.math.BigDecimal;
import java.sql.*;
import java.time.*;
import java.util.*;
import org.apache.ibatis.annotations.*;
import org.apache.ibatis.cursor.Cursor;
import org.apache.ibatis.executor.BatchResult;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.mapping.StatementType;
import org.apache.ibatis.session.*;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.apache.ibatis.type.*;
import com.zaxxer.hikari.*;

/** MyBatis: mappers with dynamic SQL, keys, type handlers, cursors, batches; over a pool of Hikari's. */
public class MyBatisMappers extends Base {
    public static class User {
        public Long id;
        public String name, gender, city, grade, extra;
        public Short age;
        public BigDecimal spent;
        public LocalDate birthday;
        public LocalDateTime joined;
        public OffsetDateTime seen;
        public Boolean vip;
        public String[] hobby;
        public byte[] raw;
        public List<Order> orders;

        public String toString() {
            StringBuilder b = new StringBuilder();
            attempt(() -> b.append(id + "|" + name + "|" + gender + "|" + city + "|" + grade + "|" + extra + "|" + age + "|" + spent + "|" + birthday + "|" + joined + "|" + seen + "|" + vip + "|" + text(hobby) + "|" + text(raw) + "|" + orders));
            return b.toString();
        }
    }

    public static class Order {
        public Long orderId, userId;
        public BigDecimal amount;
        public String channel;

        public String toString() {
            return orderId + ":" + userId + ":" + amount + ":" + channel;
        }
    }

    public interface Mapper {
        String COLUMNS = "id, name, gender, city, grade, extra, age, spent, birthday, joined, seen, vip, hobby, raw";

        @Select("SELECT " + COLUMNS + " FROM tags WHERE id = #{id}")
        @Results(id = "user", value = {@Result(property = "id", column = "id", id = true), @Result(property = "hobby", column = "hobby", typeHandler = ArrayTypeHandler.class)})
        User one(long id);

        @Select("<script>SELECT " + COLUMNS + " FROM tags <where><if test='ids != null'>id IN <foreach item='i' collection='ids' open='(' separator=',' close=')'>#{i}</foreach></if>"
            + "<if test='city != null'> AND city = #{city}</if><if test='like != null'> <bind name='p' value=\"'%' + like + '%'\"/> AND name LIKE #{p}</if></where> ORDER BY <choose><when test='desc'>id DESC</when><otherwise>id</otherwise></choose> LIMIT #{n}</script>")
        @ResultMap("user")
        List<User> find(@Param("ids") List<Long> ids, @Param("city") String city, @Param("like") String like, @Param("desc") boolean desc, @Param("n") int n);

        @Select("SELECT id, name FROM tags WHERE id <= #{n} ORDER BY id")
        @Results({@Result(property = "id", column = "id", id = true), @Result(property = "orders", column = "id", many = @Many(select = "orders"))})
        List<User> withOrders(long n);

        @Select("SELECT order_id AS \"orderId\", user_id, amount, channel FROM crm.orders WHERE user_id = #{id} ORDER BY order_id")
        List<Order> orders(long id);

        @Select("SELECT city, count(*) AS n, sum(spent) AS total FROM tags GROUP BY city ORDER BY city NULLS LAST")
        List<Map<String, Object>> counts();

        @MapKey("id") @Select("SELECT id, name FROM tags WHERE id < 4")
        Map<Long, Map<String, Object>> byId();

        @Select("SELECT id, name FROM tags ORDER BY id") @Options(fetchSize = 100)
        Cursor<User> cursor();

        @Select("SELECT id, name FROM tags ORDER BY id")
        List<User> page(RowBounds b);

        @Select("SELECT id FROM tags WHERE id < 5000") @Options(fetchSize = 500, resultSetType = org.apache.ibatis.mapping.ResultSetType.FORWARD_ONLY) @ResultType(Long.class)
        void each(ResultHandler<Long> h);

        @Insert("INSERT INTO mb (name, labels, at, amount, raw) VALUES (#{name}, #{labels,typeHandler=org.apache.ibatis.type.ArrayTypeHandler}, #{at}, #{amount,jdbcType=NUMERIC}, #{raw,jdbcType=BINARY})") @Options(useGeneratedKeys = true, keyProperty = "id", keyColumn = "id")
        int insert(Map<String, Object> row);

        @Insert("INSERT INTO mb (id, name) VALUES (#{id}, #{name})") @SelectKey(statement = "SELECT nextval('tickets')", keyProperty = "id", before = true, resultType = long.class)
        int insertBySequence(Map<String, Object> row);

        @Insert("<script>INSERT INTO mb (name, amount) VALUES <foreach item='r' collection='list' separator=','>(#{r.name}, #{r.amount})</foreach></script>") @Options(useGeneratedKeys = true, keyProperty = "id", keyColumn = "id")
        int insertAll(List<Map<String, Object>> rows);

        @Select("INSERT INTO mb (name) VALUES (#{n}) ON CONFLICT (name) DO UPDATE SET amount = coalesce(mb.amount, 0) + 1 RETURNING id, name, amount") @Options(flushCache = Options.FlushCachePolicy.TRUE)
        Map<String, Object> upsert(String n);

        @Update("<script>UPDATE mb <set><if test='name != null'>name = #{name},</if><if test='amount != null'>amount = #{amount},</if></set> WHERE id = #{id}</script>")
        int update(@Param("id") long id, @Param("name") String name, @Param("amount") BigDecimal amount);

        @Delete("DELETE FROM mb WHERE id = ANY(#{ids,typeHandler=org.apache.ibatis.type.ArrayTypeHandler})")
        int delete(@Param("ids") Long[] ids);

        @Select("SELECT ${column} FROM tags WHERE id = #{id}")
        Object raw(@Param("column") String column, @Param("id") long id);

        @Select("{call pg_catalog.abs(#{x,mode=IN,jdbcType=INTEGER})}") @Options(statementType = StatementType.CALLABLE)
        Integer call(int x);
    }

    public static void main(String[] args) throws Exception {
        HikariConfig h = new HikariConfig();
        h.setJdbcUrl(url());
        h.setMaximumPoolSize(3);
        try (HikariDataSource pool = new HikariDataSource(h)) {
            Configuration c = new Configuration(new Environment("e", new JdbcTransactionFactory(), pool));
            c.setMapUnderscoreToCamelCase(true);
            c.setJdbcTypeForNull(JdbcType.NULL);
            c.addMapper(Mapper.class);
            SqlSessionFactory f = new SqlSessionFactoryBuilder().build(c);
            step("selects", () -> with(f, m -> {
                out.println(m.one(1));
                out.println(m.one(7));
                out.println(m.one(-1));
                m.withOrders(3).forEach(out::println);
                out.println(m.counts());
                out.println(new TreeMap<>(m.byId()));
                for (String k : new String[] {"shops", "codes", "share", "note", "wakes", "ref", "score", "ratio", "level"}) {
                    out.println(k + " " + text(m.raw(k, 3)));
                }
                out.println(m.call(-5));
            }));
            step("dynamic SQL", () -> with(f, m -> {
                m.find(List.of(3L, 1L, 9L), null, null, false, 10).forEach(out::println);
                m.find(null, "上海", "99", true, 3).forEach(out::println);
                m.find(null, null, null, false, 1).forEach(out::println);
                List<Long> many = new ArrayList<>();
                for (long i = 1; i <= 2000; i++) {
                    many.add(i * 3);
                }
                out.println(m.find(many, null, null, true, 5000).size());
            }));
            step("cursors and pages", () -> with(f, m -> {
                try (Cursor<User> k = m.cursor()) {
                    long sum = 0;
                    for (User u : k) {
                        sum += u.id;
                    }
                    out.println(sum + " " + k.getCurrentIndex() + " " + k.isConsumed());
                }
                m.page(new RowBounds(10, 3)).forEach(out::println);
                long[] n = new long[1];
                m.each(x -> {
                    if (++n[0] == 700) {
                        x.stop();
                    }
                });
                out.println(n[0]);
            }));
            step("inserts and keys", () -> with(f, m -> {
                try (Connection d = pool.getConnection()) {
                    run(d, "CREATE TABLE mb (id bigserial PRIMARY KEY, name varchar(20) UNIQUE NOT NULL, labels text[], at timestamptz, amount numeric(10,2), raw bytea)");
                }
                Map<String, Object> r = new HashMap<>();
                r.put("name", "一");
                r.put("labels", new String[] {"a", null});
                r.put("at", OffsetDateTime.of(2024, 2, 29, 1, 2, 3, 0, ZoneOffset.ofHours(8)));
                r.put("amount", new BigDecimal("1.5"));
                r.put("raw", new byte[] {1, 0});
                out.println(m.insert(r) + " " + r.get("id"));
                Map<String, Object> q = new HashMap<>(Map.of("name", "s"));
                out.println(m.insertBySequence(q) + " " + q.get("id"));
                List<Map<String, Object>> all = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    all.add(new HashMap<>(Map.of("name", "n" + i, "amount", i)));
                }
                out.println(m.insertAll(all));
                for (Map<String, Object> x : all) {
                    out.println(x.get("id") + " " + x.get("name"));
                }
                out.println(new TreeMap<>(m.upsert("n1")) + " " + new TreeMap<>(m.upsert("n1")));
                out.println(m.update(1, null, new BigDecimal("7")) + " " + m.update(1, "二", null) + " " + m.update(999, "x", null));
                out.println(m.delete(new Long[] {2L, 3L, 77L}));
            }));
            step("what was kept", () -> {
                try (Connection d = pool.getConnection()) {
                    query(d, "SELECT * FROM mb ORDER BY id");
                }
            });
            step("batches", () -> {
                try (SqlSession s = f.openSession(ExecutorType.BATCH)) {
                    Mapper m = s.getMapper(Mapper.class);
                    for (int i = 0; i < 20; i++) {
                        m.update(1, "b" + i, new BigDecimal(i));
                    }
                    for (BatchResult r : s.flushStatements()) {
                        out.println(Arrays.toString(r.getUpdateCounts()));
                    }
                    for (int i = 0; i < 3; i++) {
                        m.insert(new HashMap<>(Map.of("name", "batch" + i / 2)));
                    }
                    attempt(s::flushStatements);
                    s.rollback();
                }
                try (Connection d = pool.getConnection()) {
                    query(d, "SELECT id, name, amount FROM mb ORDER BY id");
                }
            });
            step("errors and rollback", () -> {
                for (int i = 0; i < 4; i++) {
                    int k = i;
                    try (SqlSession s = f.openSession()) {
                        Mapper m = s.getMapper(Mapper.class);
                        m.update(1, "rolled", null);
                        switch (k) {
                            case 0: m.insertAll(List.of(new HashMap<>(Map.of("name", "n0", "amount", 1)))); break;
                            case 1: m.update(1, "x".repeat(21), null); break;
                            case 2: m.raw("nothing", 1); break;
                            default: m.insert(new HashMap<>());
                        }
                        s.commit();
                    } catch (Exception e) {
                        out.println(e.getClass().getSimpleName());
                        fault(e.getCause());
                    }
                }
                with(f, m -> out.println(m.raw("(SELECT name FROM mb WHERE id = 1)", 1)));
            });
            step("caches", () -> {
                try (SqlSession s = f.openSession(TransactionIsolationLevel.REPEATABLE_READ)) {
                    Mapper m = s.getMapper(Mapper.class);
                    User a = m.one(1);
                    out.println(a == m.one(1));
                    s.clearCache();
                    out.println(a == m.one(1));
                    query(s.getConnection(), "SHOW transaction_isolation");
                }
            });
        }
    }

    interface Use { void on(Mapper m) throws Exception; }

    static void with(SqlSessionFactory f, Use u) throws Exception {
        try (SqlSession s = f.openSession(false)) {
            u.on(s.getMapper(Mapper.class));
            s.commit(true);
        }
    }
}

import com.zaxxer.hikari.*;
import java.math.BigDecimal;
import java.sql.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.*;
import org.springframework.jdbc.core.namedparam.*;
import org.springframework.jdbc.core.simple.*;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.*;
import org.springframework.transaction.*;
import org.springframework.transaction.support.*;

/** Spring's JdbcTemplate with its translation of errors and its transactions, over a pool of Hikari's with what that one asks of a connection. */
public class SpringPool extends Base {
    public record Person(long id, String name, String city, BigDecimal spent, LocalDate birthday) {}

    public static void main(String[] args) throws Exception {
        HikariConfig h = config();
        h.setMaximumPoolSize(4);
        try (HikariDataSource pool = new HikariDataSource(h)) {
            JdbcTemplate t = new JdbcTemplate(pool);
            NamedParameterJdbcTemplate n = new NamedParameterJdbcTemplate(t);
            TransactionTemplate tx = new TransactionTemplate(new DataSourceTransactionManager(pool));
            step("queries", () -> queries(t, n));
            step("changes", () -> changes(t, n));
            step("simple insert and calls", () -> simple(pool, t));
            step("translation of errors", () -> errors(t));
            step("transactions", () -> transactions(t, tx));
            step("key by sequence", () -> {
                var k = new org.springframework.jdbc.support.incrementer.PostgresSequenceMaxValueIncrementer(pool, "tickets");
                out.println(k.nextLongValue() + " " + k.nextStringValue());
            });
            step("meta data", () -> out.println(JdbcUtils.<String>extractDatabaseMetaData(pool, m -> m.getDatabaseProductName() + " " + m.getDatabaseMajorVersion() + " " + m.supportsGetGeneratedKeys())));
        }
        step("pool: settings of connections", SpringPool::settings);
        step("pool: validation and lifetime", SpringPool::validation);
        step("pool: exhausted", SpringPool::exhausted);
        step("pool: connections that the server ended", SpringPool::ended);
        step("pool: state is put back", SpringPool::putBack);
        step("pool: statements that take too long", SpringPool::slow);
        step("pool: many threads", SpringPool::threads);
        step("pool: initialization that fails", SpringPool::fails);
    }

    static HikariConfig config() {
        HikariConfig h = new HikariConfig();
        h.setJdbcUrl(url());
        h.setMaximumPoolSize(2);
        h.setMinimumIdle(1);
        h.setConnectionTimeout(2000);
        h.setPoolName("水池");
        return h;
    }

    static void queries(JdbcTemplate t, NamedParameterJdbcTemplate n) {
        out.println(t.queryForObject("SELECT count(*) FROM tags", Long.class));
        out.println(t.queryForMap("SELECT id, name, spent, birthday, vip FROM tags WHERE id = ?", 5));
        out.println(t.queryForList("SELECT city, count(*) AS n FROM tags WHERE id < ? GROUP BY city ORDER BY 1", 100));
        out.println(t.query("SELECT id, name, city, spent, birthday FROM tags WHERE id <= 2 ORDER BY id", new DataClassRowMapper<>(Person.class)));
        out.println(n.query("SELECT id, name, city, spent, birthday FROM tags WHERE city IN (:c) AND id < :m ORDER BY id", Map.of("c", List.of("北京", "上海"), "m", 12), new DataClassRowMapper<>(Person.class)));
        out.println(n.queryForList("SELECT id FROM tags WHERE (id, age) IN (:p) ORDER BY id", Map.of("p", List.of(new Object[] {1L, 19}, new Object[] {2L, 99})), Long.class));
        t.setFetchSize(100);
        try (var s = t.queryForStream("SELECT id FROM tags ORDER BY id", (r, i) -> r.getLong(1))) {
            out.println(s.limit(250).mapToLong(x -> x).sum());
        }
        t.setMaxRows(3);
        out.println(t.queryForList("SELECT id FROM tags ORDER BY id", Long.class));
        t.setMaxRows(-1);
        attempt(() -> t.query("SELECT hobby, extra, grade, raw, wakes, ref FROM tags WHERE id = 2", (RowCallbackHandler) r -> attempt(() -> row(r))));
        var rs = t.queryForRowSet("SELECT id, name, spent FROM tags WHERE id < 3 ORDER BY id");
        while (rs.next()) {
            out.println(rs.getLong("id") + " " + rs.getString(2) + " " + rs.getBigDecimal("spent") + " " + rs.getMetaData().getColumnTypeName(3));
        }
    }

    static void changes(JdbcTemplate t, NamedParameterJdbcTemplate n) {
        t.execute("CREATE TABLE sp (id serial PRIMARY KEY, name varchar(10) UNIQUE, amount numeric(8,2) CHECK (amount < 1000), at timestamptz, doc jsonb, labels text[], parent integer REFERENCES sp)");
        out.println(t.update("INSERT INTO sp (name, amount, at, doc, labels) VALUES (?, ?, ?, ?::jsonb, ?)", "一", new BigDecimal("1.25"), OffsetDateTime.of(2024, 2, 29, 1, 2, 3, 0, ZoneOffset.UTC), "{\"a\": 1}", new String[] {"x", null}));
        KeyHolder k = new GeneratedKeyHolder();
        out.println(n.update("INSERT INTO sp (name, parent) VALUES (:n, :p)", new MapSqlParameterSource(Map.of("n", "two", "p", 1)), k, new String[] {"id", "name"}));
        out.println(k.getKeys());
        out.println(Arrays.toString(t.batchUpdate("INSERT INTO sp (name, amount) VALUES (?, ?)", List.of(new Object[] {"b1", 1}, new Object[] {"b2", 2.5}, new Object[] {"b3", null}))));
        out.println(Arrays.toString(n.batchUpdate("UPDATE sp SET amount = :a WHERE name = :n", SqlParameterSourceUtils.createBatch(List.of(Map.of("a", 9, "n", "b1"), Map.of("a", 8, "n", "none")).toArray(new Map[0])))));
        out.println(Arrays.toString(t.batchUpdate("UPDATE sp SET at = now() WHERE id < 3", "DELETE FROM sp WHERE name = 'b2'")));
        out.println(t.queryForList("SELECT id, name, amount, at IS NULL AS never, doc::text, parent FROM sp ORDER BY id"));
    }

    static void simple(HikariDataSource pool, JdbcTemplate t) {
        SimpleJdbcInsert i = new SimpleJdbcInsert(pool).withTableName("sp").usingColumns("name", "amount").usingGeneratedKeyColumns("id");
        out.println(i.executeAndReturnKey(Map.of("name", "simple", "amount", 3)));
        out.println(Arrays.toString(i.executeBatch(Map.of("name", "s1", "amount", 3), Map.of("name", "s2", "amount", 4))));
        out.println(new SimpleJdbcInsert(pool).withSchemaName("public").withTableName("pairs").usingColumns("a", "b", "v").execute(Map.of("a", 7, "b", "z", "v", "w")));
        out.println(t.queryForList("SELECT * FROM pairs WHERE a = 7"));
        attempt(() -> out.println(t.<Integer>execute("{? = call pg_catalog.length(?)}", (CallableStatement c) -> {
            c.registerOutParameter(1, Types.INTEGER);
            c.setString(2, "中文x");
            c.execute();
            return c.getInt(1);
        })));
    }

    static void errors(JdbcTemplate t) {
        for (String q : new String[] {"INSERT INTO sp (name) VALUES ('一')", "INSERT INTO sp (name) VALUES ('01234567890')", "INSERT INTO sp (amount) VALUES (5000)", "INSERT INTO sp (parent) VALUES (-1)", "SELEC 1", "SELECT * FROM nowhere", "SELECT nothing FROM sp",
                "INSERT INTO tags (id) VALUES (-1)", "SELECT 1 / 0", "SELECT 'x'::integer", "SET lock_timeout = '100ms'; SELECT 'a' < 1.5", "DROP TABLE sp2", "CREATE TABLE sp (a int)", "SELECT lower(1, 2)", "DELETE FROM sp WHERE id = 1", "UPDATE sp SET amount = 1e9", "SELECT * FROM tags LIMIT -1"}) {
            try {
                t.execute(q);
                out.println("no error: " + q);
            } catch (DataAccessException e) {
                out.println(e.getClass().getSimpleName());
                fault(e.getMostSpecificCause());
            }
        }
        for (String q : new String[] {"SELECT id FROM tags WHERE id < 0", "SELECT id FROM tags WHERE id < 3"}) {
            try {
                t.queryForObject(q, Long.class);
            } catch (DataAccessException e) {
                out.println(e.getMessage());
            }
        }
    }

    static void transactions(JdbcTemplate t, TransactionTemplate tx) {
        tx.execute(s -> {
            t.update("UPDATE sp SET amount = 500 WHERE name = 'b1'");
            Object save = s.createSavepoint();
            try {
                t.update("INSERT INTO sp (name) VALUES ('一')");
            } catch (DataAccessException e) {
                out.println(e.getClass().getSimpleName());
                s.rollbackToSavepoint(save);
            }
            out.println(t.queryForObject("SELECT amount FROM sp WHERE name = 'b1'", BigDecimal.class));
            s.setRollbackOnly();
            return null;
        });
        out.println(t.queryForObject("SELECT amount FROM sp WHERE name = 'b1'", BigDecimal.class));
        for (int level : new int[] {TransactionDefinition.ISOLATION_READ_COMMITTED, TransactionDefinition.ISOLATION_REPEATABLE_READ, TransactionDefinition.ISOLATION_SERIALIZABLE}) {
            TransactionTemplate u = new TransactionTemplate(tx.getTransactionManager());
            u.setIsolationLevel(level);
            u.setReadOnly(true);
            u.setTimeout(5);
            out.println(u.<String>execute(s -> t.queryForObject("SHOW transaction_isolation", String.class) + " " + t.queryForObject("SHOW transaction_read_only", String.class)));
        }
        TransactionTemplate u = new TransactionTemplate(tx.getTransactionManager());
        u.setTimeout(1);
        try {
            u.execute(s -> t.queryForObject("SELECT pg_sleep(4)", Object.class));
        } catch (RuntimeException e) {
            out.println(e.getClass().getSimpleName());
        }
        out.println(t.queryForObject("SHOW transaction_isolation", String.class));
    }

    static void settings() throws Exception {
        HikariConfig h = config();
        h.setSchema("crm");
        h.setAutoCommit(false);
        h.setReadOnly(true);
        h.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        h.setConnectionInitSql("SET application_name = 'of the pool'");
        h.addDataSourceProperty("ApplicationName", "driver");
        h.addDataSourceProperty("options", "-c statement_timeout=3s -c TimeZone=Asia/Shanghai");
        try (HikariDataSource p = new HikariDataSource(h); Connection c = p.getConnection()) {
            query(c, "SELECT current_schema(), current_setting('transaction_isolation') AS iso, current_setting('transaction_read_only') AS ro, current_setting('application_name') AS app, current_setting('statement_timeout') AS t, current_setting('TimeZone') AS z");
            out.println(c.getAutoCommit() + " " + c.isReadOnly() + " " + c.getSchema() + " " + c.getTransactionIsolation() + " " + c.getNetworkTimeout());
            c.rollback();
        }
    }

    static void validation() throws Exception {
        HikariConfig h = config();
        h.setConnectionTestQuery("SELECT 1");
        h.setKeepaliveTime(30000);
        h.setMaxLifetime(40000);
        h.setValidationTimeout(500);
        try (HikariDataSource p = new HikariDataSource(h)) {
            for (int i = 0; i < 5; i++) {
                try (Connection c = p.getConnection()) {
                    out.println(c.isValid(1) + " " + p.getHikariPoolMXBean().getActiveConnections());
                }
            }
            Connection c = p.getConnection();
            int pid = pid(c);
            p.evictConnection(c);
            c.close();
            try (Connection d = p.getConnection()) {
                out.println(pid != pid(d));
            }
            p.getHikariPoolMXBean().softEvictConnections();
            p.getHikariPoolMXBean().suspendPool();
        } catch (IllegalStateException e) {
            out.println(e.getMessage());
        }
    }

    static int pid(Connection c) throws SQLException {
        return c.unwrap(org.postgresql.PGConnection.class).getBackendPID();
    }

    static void exhausted() throws Exception {
        HikariConfig h = config();
        h.setConnectionTimeout(250);
        h.setLeakDetectionThreshold(2000);
        try (HikariDataSource p = new HikariDataSource(h); Connection a = p.getConnection(); Connection b = p.getConnection()) {
            try {
                p.getConnection();
            } catch (SQLTransientConnectionException e) {
                out.println(e.getMessage().replaceAll("[0-9]+ms", "Nms"));
            }
            out.println(p.getHikariPoolMXBean().getActiveConnections() + " " + p.getHikariPoolMXBean().getIdleConnections());
        }
    }

    static void ended() throws Exception {
        try (HikariDataSource p = new HikariDataSource(config())) {
            try (Connection a = p.getConnection(); Connection b = p.getConnection()) {
                query(a, "SELECT pg_terminate_backend(" + pid(b) + ") AS ended");
                attempt(() -> query(b, "SELECT 1"));
                out.println(b.isClosed() + " " + a.isClosed());
            }
            for (int i = 0; i < 3; i++) {
                try (Connection c = p.getConnection()) {
                    query(c, "SELECT 1 AS alive");
                }
            }
        }
    }

    static void putBack() throws Exception {
        HikariConfig h = config();
        h.setMaximumPoolSize(1);
        try (HikariDataSource p = new HikariDataSource(h)) {
            try (Connection c = p.getConnection()) {
                c.setAutoCommit(false);
                c.setReadOnly(true);
                c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                query(c, "SHOW transaction_read_only");
                c.rollback();
                c.setReadOnly(false);
                run(c, "CREATE TABLE not_kept (a int)");
            }
            try (Connection c = p.getConnection()) {
                out.println(c.getAutoCommit() + " " + c.isReadOnly() + " " + c.getTransactionIsolation());
                query(c, "SELECT to_regclass('not_kept'), current_setting('transaction_isolation') AS iso, current_setting('default_transaction_read_only') AS ro");
            }
        }
    }

    static void slow() throws Exception {
        try (HikariDataSource p = new HikariDataSource(config()); Connection c = p.getConnection()) {
            try (Statement s = c.createStatement()) {
                s.setQueryTimeout(1);
                attempt(() -> s.execute("SELECT pg_sleep(5)"));
            }
            run(c, "SET statement_timeout = 200");
            attempt(() -> query(c, "SELECT pg_sleep(5)"));
            run(c, "RESET statement_timeout");
            query(c, "SELECT 1 AS alive");
            c.setNetworkTimeout(Runnable::run, 300);
            attempt(() -> query(c, "SELECT pg_sleep(5)"));
            out.println(c.isClosed());
        }
    }

    static void threads() throws Exception {
        HikariConfig h = config();
        h.setMaximumPoolSize(6);
        h.setConnectionTimeout(10000);
        try (HikariDataSource p = new HikariDataSource(h)) {
            ExecutorService e = Executors.newFixedThreadPool(12);
            List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                long id = i;
                all.add(e.submit(() -> {
                    try (Connection c = p.getConnection(); PreparedStatement s = c.prepareStatement("SELECT sum(id) FROM tags WHERE id <= ?")) {
                        s.setLong(1, id);
                        ResultSet r = s.executeQuery();
                        r.next();
                        return r.getLong(1);
                    }
                }));
            }
            long sum = 0;
            for (Future<Long> f : all) {
                sum += f.get();
            }
            e.shutdown();
            out.println(sum + " " + p.getHikariPoolMXBean().getActiveConnections());
        }
    }

    static void fails() {
        for (String init : new String[] {"SELECT nothing", "SET nonsense = 1"}) {
            HikariConfig h = config();
            h.setConnectionInitSql(init);
            h.setInitializationFailTimeout(500);
            h.setConnectionTimeout(300);
            try {
                new HikariDataSource(h).close();
            } catch (RuntimeException e) {
                out.println(e.getMessage());
            }
        }
    }
}

import java.sql.*;
import java.util.*;

/** The same questions through every way that the driver has of asking them. */
public class Modes extends Base {
    public static void main(String[] args) throws Exception {
        for (String mode : new String[] {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"}) {
            for (int threshold : new int[] {0, 1, 5, -1}) {
                String name = mode + " threshold " + threshold;
                try (Connection c = open("preferQueryMode=" + mode, "prepareThreshold=" + threshold)) {
                    step("values: " + name, () -> values(c));
                    step("changes: " + name, () -> changes(c));
                    step("errors: " + name, () -> errors(c));
                    step("cursors: " + name, () -> cursors(c));
                }
            }
        }
        for (String binary : new String[] {"true", "false"}) {
            try (Connection c = open("binaryTransfer=" + binary, "prepareThreshold=-1")) {
                step("binaryTransfer " + binary, () -> values(c));
            }
        }
        for (String rewrite : new String[] {"true", "false"}) {
            try (Connection c = open("reWriteBatchedInserts=" + rewrite)) {
                step("batches, reWriteBatchedInserts " + rewrite, () -> batches(c));
            }
        }
        for (String mode : new String[] {"simple", "extended"}) {
            try (Connection c = open("preferQueryMode=" + mode)) {
                step("several statements: " + mode, () -> several(c));
            }
        }
        try (Connection c = open("stringtype=unspecified")) {
            step("stringtype=unspecified", () -> unspecified(c));
        }
        try (Connection c = open("prepareThreshold=1", "preparedStatementCacheQueries=2")) {
            step("statement cache", () -> cache(c));
        }
    }

    static void values(Connection c) throws Exception {
        String sql = "SELECT * FROM tags WHERE id BETWEEN ? AND ? ORDER BY id";
        try (PreparedStatement p = c.prepareStatement(sql)) {
            for (int i = 1; i <= 7; i++) {
                p.setLong(1, i * 3L);
                p.setLong(2, i * 3L + 1);
                rows(p.executeQuery());
            }
        }
        query(c, "SELECT city, count(*), sum(spent), avg(age), min(birthday), max(joined) FROM tags WHERE gender = ? AND age >= ? GROUP BY city ORDER BY city", "女", 30);
        query(c, "SELECT ?::text || 'x', ?::numeric + 1, ?::boolean", "城'\\", new java.math.BigDecimal("12345678901234567890.123"), true);
        query(c, "SELECT id FROM tags WHERE hobby @> ARRAY[?]::text[] AND id < ? ORDER BY 1", "跑步", 12);
        query(c, "SELECT x, interval '1 mon 2 days' * x, '{\"a\":1}'::jsonb, 'NaN'::float8, '-Infinity'::float4, 'infinity'::timestamp FROM generate_series(1, 2) AS x");
    }

    static void changes(Connection c) throws Exception {
        run(c, "CREATE TEMP TABLE t (id integer PRIMARY KEY, v text)");
        try (PreparedStatement p = c.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            for (int i = 0; i < 8; i++) {
                p.setInt(1, i);
                p.setString(2, i % 3 == 0 ? null : "值" + i);
                out.println(p.executeUpdate());
            }
        }
        out.println(run(c, "UPDATE t SET v = ? WHERE id > ?", "u", 5));
        out.println(run(c, "DELETE FROM t WHERE id = ?", 1));
        query(c, "SELECT * FROM t ORDER BY id");
        out.println(run(c, "DROP TABLE t"));
    }

    static void errors(Connection c) throws Exception {
        attempt(() -> query(c, "SELECT nothing FROM tags WHERE id = ?", 1));
        attempt(() -> query(c, "SELECT 1 / ?", 0));
        attempt(() -> query(c, "SELEC 1"));
        attempt(() -> query(c, "SELECT * FROM tags WHERE id = ?", "text"));
        attempt(() -> run(c, "INSERT INTO pairs (a, b) VALUES (?, ?)", 1, "x"));
        attempt(() -> run(c, "INSERT INTO tags (id) VALUES (?)", 99999));
        attempt(() -> run(c, "INSERT INTO tags (id, name, share) VALUES (?, 'n', ?)", 99999, 101));
        attempt(() -> run(c, "INSERT INTO tags (id, name, age) VALUES (?, 'n', ?)", 99999, -1));
        c.setAutoCommit(false);
        attempt(() -> query(c, "SELECT 1 / ?", 0));
        attempt(() -> query(c, "SELECT ?", 1));
        c.rollback();
        query(c, "SELECT ?::int", 1);
        c.commit();
        c.setAutoCommit(true);
    }

    static void cursors(Connection c) throws Exception {
        c.setAutoCommit(false);
        for (int fetch : new int[] {1, 7, 1000}) {
            try (PreparedStatement p = c.prepareStatement("SELECT id, name FROM tags WHERE id <= ? ORDER BY id")) {
                p.setFetchSize(fetch);
                p.setLong(1, 20);
                rows(p.executeQuery());
                p.setMaxRows(3);
                rows(p.executeQuery());
            }
        }
        try (Statement a = c.createStatement(); Statement b = c.createStatement()) {
            a.setFetchSize(3);
            b.setFetchSize(2);
            ResultSet x = a.executeQuery("SELECT id FROM tags ORDER BY id LIMIT 8"), y = b.executeQuery("SELECT id FROM tags ORDER BY id DESC LIMIT 8");
            while (x.next() && y.next()) {
                out.println(x.getLong(1) + " " + y.getLong(1));
            }
        }
        c.rollback();
        c.setAutoCommit(true);
    }

    static void batches(Connection c) throws Exception {
        run(c, "CREATE TEMP TABLE b (id integer PRIMARY KEY, v text, n numeric)");
        try (PreparedStatement p = c.prepareStatement("INSERT INTO b VALUES (?, ?, ?)")) {
            for (int round = 0; round < 7; round++) {
                for (int i = 0; i < 37; i++) {
                    p.setInt(1, round * 100 + i);
                    p.setString(2, i % 5 == 0 ? null : "值" + i);
                    p.setBigDecimal(3, new java.math.BigDecimal(i + ".50"));
                    p.addBatch();
                }
                out.println(text(p.executeBatch()));
            }
        }
        query(c, "SELECT count(*), count(v), sum(n) FROM b");
        try (Statement s = c.createStatement()) {
            s.addBatch("INSERT INTO b VALUES (-1, 'a', 1)");
            s.addBatch("UPDATE b SET n = n + 1 WHERE id < 3");
            s.addBatch("DELETE FROM b WHERE id > 600");
            out.println(text(s.executeBatch()));
            s.addBatch("INSERT INTO b VALUES (-2, 'a', 1)");
            s.addBatch("INSERT INTO b VALUES (-1, 'again', 1)");
            s.addBatch("INSERT INTO b VALUES (-3, 'a', 1)");
            attempt(() -> out.println(text(s.executeBatch())));
        }
        try (PreparedStatement p = c.prepareStatement("INSERT INTO b VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET v = EXCLUDED.v", Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 0; i < 4; i++) {
                p.setInt(1, i);
                p.setString(2, "up" + i);
                p.setNull(3, Types.NUMERIC);
                p.addBatch();
            }
            out.println(text(p.executeBatch()));
            rows(p.getGeneratedKeys());
        }
        query(c, "SELECT * FROM b WHERE id < 5 ORDER BY id");
    }

    static void several(Connection c) throws Exception {
        try (Statement s = c.createStatement()) {
            boolean is = s.execute("CREATE TEMP TABLE m (a int); INSERT INTO m VALUES (1), (2); SELECT * FROM m ORDER BY a; UPDATE m SET a = a + 1; SELECT 'end;' AS e; DROP TABLE m");
            while (is || s.getUpdateCount() >= 0) {
                if (is) {
                    rows(s.getResultSet());
                } else {
                    out.println("count " + s.getUpdateCount());
                }
                is = s.getMoreResults();
            }
            attempt(() -> s.execute("SELECT 1; SELECT 1 / 0; SELECT 2"));
            attempt(() -> s.execute(""));
            attempt(() -> s.execute(";;"));
            out.println(s.getUpdateCount());
        }
    }

    static void unspecified(Connection c) throws Exception {
        try (PreparedStatement p = c.prepareStatement("SELECT id, grade, ref, birthday, extra FROM tags WHERE grade = ? AND ref > ? AND birthday < ? AND id < ? AND extra @> ? ORDER BY id")) {
            p.setString(1, "VIP");
            p.setString(2, "00000000-0000-4000-8000-000000000004");
            p.setString(3, "1960-03-01");
            p.setString(4, "40");
            p.setString(5, "{\"k\": 1}");
            rows(p.executeQuery());
        }
        attempt(() -> query(c, "SELECT * FROM tags WHERE grade = ?", "无"));
    }

    static void cache(Connection c) throws Exception {
        run(c, "CREATE TEMP TABLE k (a int)");
        run(c, "INSERT INTO k VALUES (1)");
        for (int i = 0; i < 3; i++) {
            for (String col : new String[] {"a", "a + 1", "a + 2"}) {
                query(c, "SELECT " + col + " FROM k WHERE a = ?", 1);
            }
        }
        try (PreparedStatement p = c.prepareStatement("SELECT * FROM k")) {
            rows(p.executeQuery());
            rows(p.executeQuery());
            run(c, "ALTER TABLE k ADD COLUMN b text DEFAULT 'new'");
            attempt(() -> rows(p.executeQuery()));
            attempt(() -> rows(p.executeQuery()));
        }
        run(c, "DEALLOCATE ALL");
        attempt(() -> query(c, "SELECT a FROM k WHERE a = ?", 1));
        attempt(() -> query(c, "SELECT a FROM k WHERE a = ?", 1));
        run(c, "DISCARD ALL");
        attempt(() -> query(c, "SELECT 5 + ?", 1));
    }
}

import java.io.*;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.util.*;
import java.util.concurrent.*;
import org.postgresql.*;
import org.postgresql.copy.*;

/** What a session can do beside asking: transactions, cursors, COPY, notifications, cancel, settings. */
public class Session extends Base {
    public static void main(String[] args) throws Exception {
        try (Connection c = open()) {
            step("transactions", () -> transactions(c));
            step("savepoints", () -> savepoints(c));
            step("isolation and read only", () -> isolation(c));
            step("scrollable results", () -> scroll(c));
            step("holdable results", () -> hold(c));
            step("updatable results", () -> updatable(c));
            step("SQL cursors", () -> sqlCursors(c));
            step("generated keys", () -> generated(c));
            step("COPY text", () -> copy(c, ""));
            step("COPY csv", () -> copy(c, " (FORMAT csv, HEADER)"));
            step("COPY binary", () -> copy(c, " (FORMAT binary)"));
            step("COPY that fails", () -> copyFails(c));
            step("warnings", () -> warned(c));
            step("sequences", () -> sequences(c));
            step("ddl", () -> ddl(c));
            step("query timeout", () -> timeout(c));
            step("cancel", () -> cancel(c));
            step("statement properties", () -> properties(c));
        }
        step("notifications", Session::notifications);
        step("autosave", () -> {
            for (String how : new String[] {"never", "conservative", "always"}) {
                try (Connection c = open("autosave=" + how)) {
                    autosave(c);
                }
            }
        });
        step("connection parameters", Session::parameters);
        step("refused connections", Session::refused);
        step("pool", Session::pool);
        step("many connections", Session::many);
        step("replaced prepared statements", Session::replaced);
    }

    static void transactions(Connection c) throws Exception {
        run(c, "CREATE TABLE tx (id integer PRIMARY KEY, v text)");
        c.setAutoCommit(false);
        run(c, "INSERT INTO tx VALUES (1, 'a')");
        c.rollback();
        query(c, "SELECT count(*) FROM tx");
        run(c, "INSERT INTO tx VALUES (1, 'b')");
        c.commit();
        attempt(() -> run(c, "INSERT INTO tx VALUES (1, 'c')"));
        attempt(() -> run(c, "INSERT INTO tx VALUES (2, 'c')"));
        attempt(c::commit);
        c.rollback();
        query(c, "SELECT * FROM tx");
        c.setAutoCommit(true);
        attempt(c::commit);
        attempt(c::rollback);
        run(c, "DROP TABLE tx");
    }

    static void savepoints(Connection c) throws Exception {
        run(c, "CREATE TEMP TABLE sp (id integer PRIMARY KEY)");
        c.setAutoCommit(false);
        run(c, "INSERT INTO sp VALUES (1)");
        Savepoint a = c.setSavepoint("first \"point\"");
        run(c, "INSERT INTO sp VALUES (2)");
        Savepoint b = c.setSavepoint();
        attempt(() -> run(c, "INSERT INTO sp VALUES (1)"));
        attempt(() -> query(c, "SELECT 1"));
        c.rollback(b);
        query(c, "SELECT * FROM sp ORDER BY id");
        c.rollback(a);
        query(c, "SELECT * FROM sp ORDER BY id");
        c.releaseSavepoint(a);
        attempt(() -> c.rollback(a));
        c.commit();
        c.setAutoCommit(true);
        attempt(() -> c.setSavepoint("x"));
    }

    static void isolation(Connection c) throws Exception {
        for (int level : new int[] {1, 2, 4, 8}) {
            c.setTransactionIsolation(level);
            out.println(c.getTransactionIsolation());
            query(c, "SHOW transaction_isolation");
        }
        c.setTransactionIsolation(2);
        c.setReadOnly(true);
        c.setAutoCommit(false);
        attempt(() -> run(c, "CREATE TABLE no (a int)"));
        c.rollback();
        attempt(() -> run(c, "INSERT INTO pairs (a, b) VALUES (9, 'z')"));
        c.rollback();
        out.println(c.isReadOnly());
        c.setAutoCommit(true);
        c.setReadOnly(false);
        query(c, "SHOW default_transaction_read_only");
        attempt(() -> c.setTransactionIsolation(0));
        try (Connection d = open("readOnlyMode=always")) {
            d.setReadOnly(true);
            attempt(() -> run(d, "INSERT INTO pairs (a, b) VALUES (9, 'z')"));
            query(d, "SHOW transaction_read_only");
        }
    }

    static void scroll(Connection c) throws Exception {
        try (Statement s = c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
            ResultSet rs = s.executeQuery("SELECT id, name FROM tags WHERE id <= 10 ORDER BY id");
            out.println(rs.last() + " " + rs.getRow() + " " + rs.getLong(1));
            out.println(rs.absolute(3) + " " + rs.getLong(1) + rs.relative(-2) + " " + rs.getLong(1) + rs.previous() + rs.isBeforeFirst() + rs.absolute(-2) + " " + rs.getString(2));
            rs.afterLast();
            out.println(rs.previous() + " " + rs.getLong(1) + rs.isLast() + rs.first() + rs.isFirst());
        }
    }

    static void hold(Connection c) throws Exception {
        c.setAutoCommit(false);
        try (Statement s = c.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY, ResultSet.HOLD_CURSORS_OVER_COMMIT)) {
            s.setFetchSize(3);
            ResultSet rs = s.executeQuery("SELECT id FROM tags WHERE id <= 8 ORDER BY id");
            rs.next();
            c.commit();
            attempt(() -> rows(rs));
        }
        try (Statement s = c.createStatement()) {
            s.setFetchSize(3);
            ResultSet rs = s.executeQuery("SELECT id FROM tags WHERE id <= 8 ORDER BY id");
            rs.next();
            c.commit();
            attempt(() -> rows(rs));
        }
        c.rollback();
        c.setAutoCommit(true);
    }

    static void updatable(Connection c) throws Exception {
        run(c, "CREATE TABLE upd (id integer PRIMARY KEY, v text, n numeric)");
        run(c, "INSERT INTO upd VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
        try (Statement s = c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
            ResultSet rs = s.executeQuery("SELECT id, v, n FROM upd ORDER BY id");
            rs.next();
            rs.updateString("v", "改");
            rs.updateRow();
            rs.refreshRow();
            out.println(rs.getString(2));
            rs.next();
            rs.deleteRow();
            rs.moveToInsertRow();
            rs.updateInt(1, 9);
            rs.updateString(2, "new");
            rs.updateBigDecimal(3, new java.math.BigDecimal("9.5"));
            rs.insertRow();
            rs.moveToCurrentRow();
        }
        query(c, "SELECT * FROM upd ORDER BY id");
        try (Statement s = c.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
            attempt(() -> {
                ResultSet rs = s.executeQuery("SELECT count(*) AS n FROM upd");
                rs.next();
                rs.updateInt(1, 1);
            });
            ResultSet rs = s.executeQuery("SELECT * FROM pairs ORDER BY a, b");
            rs.next();
            rs.updateString("v", "changed");
            rs.updateRow();
        }
        query(c, "SELECT * FROM pairs ORDER BY a, b");
        run(c, "UPDATE pairs SET v = 'p' WHERE v = 'changed'");
        run(c, "DROP TABLE upd");
    }

    static void sqlCursors(Connection c) throws Exception {
        c.setAutoCommit(false);
        run(c, "DECLARE cur SCROLL CURSOR WITH HOLD FOR SELECT id, city FROM tags WHERE id <= 10 ORDER BY id");
        query(c, "FETCH 3 FROM cur");
        query(c, "FETCH BACKWARD 2 FROM cur");
        out.println(run(c, "MOVE LAST FROM cur"));
        c.commit();
        query(c, "FETCH RELATIVE -3 FROM cur");
        query(c, "FETCH ALL FROM cur");
        run(c, "CLOSE cur");
        attempt(() -> query(c, "FETCH cur"));
        c.rollback();
        c.setAutoCommit(true);
    }

    static void generated(Connection c) throws Exception {
        try (PreparedStatement p = c.prepareStatement("INSERT INTO crm.orders (user_id, amount) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            p.setInt(1, 1);
            p.setBigDecimal(2, new java.math.BigDecimal("9.99"));
            out.println(p.executeUpdate());
            rows(p.getGeneratedKeys());
        }
        try (PreparedStatement p = c.prepareStatement("INSERT INTO crm.orders (user_id, amount) VALUES (?, ?), (?, ?)", new String[] {"order_id", "amount"})) {
            for (int i = 0; i < 2; i++) {
                p.setInt(2 * i + 1, i);
                p.setBigDecimal(2 * i + 2, new java.math.BigDecimal(i));
            }
            out.println(p.executeUpdate());
            rows(p.getGeneratedKeys());
        }
        attempt(() -> c.prepareStatement("INSERT INTO crm.orders (user_id) VALUES (1)", new String[] {"nothing"}).executeUpdate());
        attempt(() -> c.prepareStatement("INSERT INTO crm.orders (user_id) VALUES (1)", new int[] {1}).executeUpdate());
        try (Statement s = c.createStatement()) {
            out.println(s.executeUpdate("UPDATE crm.orders SET channel = 'x' WHERE user_id = 0", Statement.RETURN_GENERATED_KEYS));
            rows(s.getGeneratedKeys());
        }
        out.println(run(c, "DELETE FROM crm.orders WHERE order_id > 3000"));
    }

    static void copy(Connection c, String form) throws Exception {
        CopyManager m = c.unwrap(PGConnection.class).getCopyAPI();
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        out.println(m.copyOut("COPY (SELECT id, name, city, spent, hobby, raw, extra, note FROM tags WHERE id <= 30 ORDER BY id) TO STDOUT" + form, o));
        out.println(form.contains("binary") ? text(o.toByteArray()) : o.toString(StandardCharsets.UTF_8));
        run(c, "CREATE TEMP TABLE cp AS SELECT id, name, city, spent, hobby, raw, extra, note FROM tags LIMIT 0");
        out.println(m.copyIn("COPY cp FROM STDIN" + form, new ByteArrayInputStream(o.toByteArray()), 77));
        query(c, "SELECT count(*), min(id), sum(spent), count(city), md5(string_agg(name || coalesce(hobby::text, '-') || raw::text || extra::text || note, '|' ORDER BY id)) FROM cp");
        CopyOut stream = m.copyOut("COPY cp (id) TO STDOUT");
        int n = 0;
        for (byte[] b = stream.readFromCopy(); b != null; b = stream.readFromCopy()) {
            n += b.length;
        }
        out.println(n + " " + stream.getHandledRowCount() + " " + stream.getFormat() + " " + stream.getFieldCount());
        run(c, "DROP TABLE cp");
    }

    static void copyFails(Connection c) throws Exception {
        CopyManager m = c.unwrap(PGConnection.class).getCopyAPI();
        run(c, "CREATE TEMP TABLE cp (id integer PRIMARY KEY, v text NOT NULL)");
        attempt(() -> m.copyIn("COPY cp FROM STDIN", new StringReader("1\ta\nx\tb\n")));
        attempt(() -> m.copyIn("COPY cp FROM STDIN", new StringReader("1\ta\n1\tb\n")));
        attempt(() -> m.copyIn("COPY cp FROM STDIN", new StringReader("1\n")));
        attempt(() -> m.copyIn("COPY cp FROM STDIN", new StringReader("1\t\\N\n")));
        attempt(() -> m.copyIn("COPY missing FROM STDIN", new StringReader("1\n")));
        CopyIn in = m.copyIn("COPY cp FROM STDIN");
        byte[] b = "5\tfive\n".getBytes();
        in.writeToCopy(b, 0, b.length);
        in.cancelCopy();
        query(c, "SELECT * FROM cp");
        attempt(() -> m.copyOut("COPY (SELECT 1 / 0) TO STDOUT", new ByteArrayOutputStream()));
        attempt(() -> m.copyOut("SELECT 1", new ByteArrayOutputStream()));
        query(c, "SELECT 1 AS alive");
        run(c, "DROP TABLE cp");
    }

    static void warned(Connection c) throws Exception {
        try (Statement s = c.createStatement()) {
            s.executeUpdate("DROP TABLE IF EXISTS nothing_here");
            warnings(s.getWarnings());
            s.executeUpdate("CREATE TABLE IF NOT EXISTS pairs (a int)");
            warnings(s.getWarnings());
            s.executeUpdate("COMMIT");
            warnings(s.getWarnings());
            s.executeUpdate("SET LOCAL work_mem = '8MB'");
            warnings(s.getWarnings());
            s.clearWarnings();
            warnings(s.getWarnings());
        }
        warnings(c.getWarnings());
    }

    static void sequences(Connection c) throws Exception {
        query(c, "SELECT nextval('tickets'), nextval('tickets'), currval('tickets'), lastval()");
        query(c, "SELECT setval('tickets', ?)", 1000L);
        query(c, "SELECT nextval('public.tickets'::regclass)");
        attempt(() -> query(c, "SELECT nextval('nothing')"));
        query(c, "SELECT setval('tickets', 100, false)");
    }

    static void ddl(Connection c) throws Exception {
        out.println(run(c, "CREATE TABLE ddl (id bigserial PRIMARY KEY, v varchar(10) DEFAULT 'x', CHECK (v <> ''))"));
        out.println(run(c, "ALTER TABLE ddl ADD COLUMN w timestamptz DEFAULT now(), ALTER COLUMN v SET NOT NULL"));
        out.println(run(c, "CREATE UNIQUE INDEX ddl_v ON ddl (v)"));
        out.println(run(c, "COMMENT ON TABLE ddl IS 'made by JDBC'"));
        rows(c.getMetaData().getColumns(null, "public", "ddl", "%"));
        out.println(run(c, "TRUNCATE ddl"));
        out.println(run(c, "CREATE VIEW ddl_view AS SELECT id, v FROM ddl"));
        attempt(() -> run(c, "DROP TABLE ddl"));
        out.println(run(c, "DROP TABLE ddl CASCADE"));
        c.setAutoCommit(false);
        run(c, "CREATE TABLE gone (a int)");
        c.rollback();
        c.setAutoCommit(true);
        attempt(() -> query(c, "TABLE gone"));
        out.println(run(c, "CREATE TABLE made AS SELECT id FROM tags WHERE id < 5"));
        out.println(run(c, "DROP TABLE made"));
    }

    static void timeout(Connection c) throws Exception {
        try (Statement s = c.createStatement()) {
            s.setQueryTimeout(1);
            attempt(() -> s.executeQuery("SELECT pg_sleep(20)"));
            s.setQueryTimeout(0);
            s.execute("SET statement_timeout = 100");
            attempt(() -> s.executeQuery("SELECT pg_sleep(20)"));
            s.execute("RESET statement_timeout");
            rows(s.executeQuery("SELECT 1 AS alive"));
        }
    }

    static void cancel(Connection c) throws Exception {
        try (Statement s = c.createStatement()) {
            ScheduledExecutorService e = Executors.newScheduledThreadPool(1);
            e.schedule(() -> {
                s.cancel();
                return null;
            }, 200, TimeUnit.MILLISECONDS);
            attempt(() -> s.executeQuery("SELECT count(*) FROM tags a, tags b, tags c WHERE a.id + b.id + c.id = -1"));
            e.shutdown();
            rows(s.executeQuery("SELECT 1 AS alive"));
            s.cancel();
            rows(s.executeQuery("SELECT 2 AS alive"));
        }
    }

    static void properties(Connection c) throws Exception {
        out.println(c.getCatalog() + " " + c.getSchema() + " " + c.getHoldability() + " " + c.isValid(2) + " " + c.getAutoCommit());
        c.setSchema("crm");
        query(c, "SELECT count(*) FROM orders");
        query(c, "SHOW search_path");
        out.println(c.getSchema());
        c.setSchema("public");
        c.setClientInfo("ApplicationName", "应用 1");
        query(c, "SHOW application_name");
        out.println(c.getClientInfo());
        out.println(c.unwrap(PGConnection.class).getParameterStatuses().keySet().stream().sorted().toList());
        for (String p : new String[] {"server_encoding", "client_encoding", "DateStyle", "IntervalStyle", "integer_datetimes", "standard_conforming_strings", "is_superuser", "session_authorization", "TimeZone", "application_name", "in_hot_standby"}) {
            out.println(p + " " + c.unwrap(PGConnection.class).getParameterStatus(p));
        }
        run(c, "SET TimeZone = 'Asia/Shanghai'");
        out.println(c.unwrap(PGConnection.class).getParameterStatus("TimeZone"));
        query(c, "SELECT timestamptz '2024-01-01 00:00:00+00' AS t");
        attempt(() -> run(c, "SET DateStyle = 'German'"));
        out.println(c.isClosed());
    }

    static void notifications() throws Exception {
        try (Connection a = open(); Connection b = open()) {
            run(a, "LISTEN \"频道\"");
            run(a, "LISTEN other");
            run(b, "NOTIFY \"频道\", '你好'");
            query(b, "SELECT pg_notify(?, ?)", "other", "x'y");
            show(a, 2000);
            b.setAutoCommit(false);
            run(b, "NOTIFY other, 'rolled back'");
            b.rollback();
            run(b, "NOTIFY other, 'twice'");
            run(b, "NOTIFY other, 'twice'");
            run(b, "NOTIFY other");
            b.commit();
            show(a, 2000);
            query(a, "SELECT pg_listening_channels() AS c ORDER BY 1");
            run(a, "UNLISTEN *");
            run(b, "NOTIFY other, 'unheard'");
            b.commit();
            show(a, 100);
            attempt(() -> query(b, "SELECT pg_notify('', 'x')"));
        }
    }

    static void show(Connection c, int millis) throws Exception {
        Thread.sleep(50);
        PGNotification[] all = c.unwrap(PGConnection.class).getNotifications(millis);
        for (PGNotification n : all == null ? new PGNotification[0] : all) {
            out.println(n.getName() + " " + n.getParameter());
        }
        out.println("end");
    }

    static void autosave(Connection c) throws Exception {
        c.setAutoCommit(false);
        query(c, "SELECT 1");
        attempt(() -> query(c, "SELECT 1 / 0"));
        attempt(() -> query(c, "SELECT 2"));
        c.rollback();
        run(c, "CREATE TEMP TABLE au (a int)");
        PreparedStatement p = c.prepareStatement("SELECT * FROM au");
        p.unwrap(PGStatement.class).setPrepareThreshold(1);
        rows(p.executeQuery());
        rows(p.executeQuery());
        run(c, "ALTER TABLE au ADD COLUMN b int");
        attempt(() -> rows(p.executeQuery()));
        c.rollback();
    }

    static void parameters() throws Exception {
        for (String[] o : new String[][] {{"currentSchema=crm"}, {"ApplicationName=me"}, {"options=-c%20lock_timeout%3D9s%20-c%20statement_timeout%3D5s"}, {"readOnly=true"}, {"tcpKeepAlive=true", "loginTimeout=3", "socketTimeout=5", "connectTimeout=3"},
            {"targetServerType=primary"}, {"targetServerType=preferSecondary"}, {"assumeMinServerVersion=15"}, {"hideUnprivilegedObjects=true"}, {"defaultRowFetchSize=2"}, {"databaseMetadataCacheFields=0"}, {"maxResultBuffer=10M"},
            {"replication=false"}, {"escapeSyntaxCallMode=call"}, {"cleanupSavepoints=true", "autosave=always"}, {"adaptiveFetch=true", "maxResultBuffer=1M"}, {"logServerErrorDetail=false"}, {"gssEncMode=prefer"}, {"sslmode=prefer"}}) {
            attempt(() -> {
                try (Connection c = open(o)) {
                    out.println(String.join(" ", o));
                    query(c, "SELECT current_setting('search_path'), current_setting('application_name'), current_setting('lock_timeout'), current_setting('statement_timeout'), current_setting('extra_float_digits'), current_setting('DateStyle'), current_setting('client_encoding')");
                    c.setAutoCommit(false);
                    query(c, "SELECT id, extra FROM public.tags WHERE id < 6 ORDER BY id");
                    attempt(() -> query(c, "SELECT 1 / 0"));
                    c.rollback();
                    attempt(() -> rows(c.getMetaData().getTables(null, "public", "%", new String[] {"TABLE"})));
                    c.rollback();
                }
            });
        }
    }

    static void refused() throws Exception {
        attempt(() -> open("options=-c%20nothing%3D1").close());
        attempt(() -> open("options=-c%20work_mem%3Dabc").close());
        attempt(() -> open("targetServerType=secondary").close());
        attempt(() -> DriverManager.getConnection(url().replace("/" + System.getenv("PGDATABASE") + "?", "/missing?")).close());
        attempt(() -> open("sslmode=require").close());
        attempt(() -> open("currentSchema=missing").close());
    }

    static void pool() throws Exception {
        com.zaxxer.hikari.HikariConfig h = new com.zaxxer.hikari.HikariConfig();
        h.setJdbcUrl(url());
        h.setMaximumPoolSize(4);
        h.setConnectionInitSql("SET work_mem = '7MB'");
        h.setSchema("crm");
        h.setReadOnly(true);
        h.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        h.addDataSourceProperty("ApplicationName", "pool");
        try (com.zaxxer.hikari.HikariDataSource ds = new com.zaxxer.hikari.HikariDataSource(h)) {
            ExecutorService e = Executors.newFixedThreadPool(8);
            List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int n = i;
                all.add(e.submit(() -> {
                    try (Connection c = ds.getConnection(); PreparedStatement p = c.prepareStatement("SELECT sum(id) FROM public.tags WHERE id % 40 = ?")) {
                        p.setInt(1, n);
                        ResultSet rs = p.executeQuery();
                        rs.next();
                        return rs.getLong(1);
                    }
                }));
            }
            for (Future<Long> f : all) {
                out.print(f.get() + " ");
            }
            out.println();
            e.shutdown();
            try (Connection c = ds.getConnection()) {
                query(c, "SELECT current_setting('work_mem'), current_schema, current_setting('application_name'), current_setting('transaction_isolation'), current_setting('transaction_read_only')");
            }
        }
    }

    static void many() throws Exception {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(open());
        }
        long sum = 0;
        for (Connection c : all) {
            try (Statement s = c.createStatement(); ResultSet rs = s.executeQuery("SELECT count(*) FROM tags")) {
                rs.next();
                sum += rs.getLong(1);
            }
        }
        out.println(sum);
        for (Connection c : all) {
            c.close();
        }
    }

    static void replaced() throws Exception {
        try (Connection c = open("prepareThreshold=1")) {
            run(c, "CREATE TEMP TABLE r (a int)");
            try (PreparedStatement p = c.prepareStatement("INSERT INTO r VALUES (?)")) {
                p.setInt(1, 1);
                p.executeUpdate();
                p.setLong(1, 2);
                p.executeUpdate();
                p.setString(1, "3");
                attempt(p::executeUpdate);
                p.setNull(1, Types.INTEGER);
                p.executeUpdate();
            }
            run(c, "DROP TABLE r");
            run(c, "CREATE TEMP TABLE r (a text)");
            try (PreparedStatement p = c.prepareStatement("INSERT INTO r VALUES (?)")) {
                p.setInt(1, 1);
                attempt(p::executeUpdate);
                p.setString(1, "x");
                attempt(p::executeUpdate);
            }
            query(c, "SELECT * FROM r");
        }
    }
}

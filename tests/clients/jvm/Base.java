import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.lang.reflect.Array;
import java.sql.*;
import java.util.*;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What the JDBC programs share: connections by the environment, steps, and the printing of values. */
class Base {
    static final PrintStream out = new PrintStream(System.out, true, java.nio.charset.StandardCharsets.UTF_8);

    interface Body { void run() throws Exception; }

    /** step runs a step; what it throws is part of what it prints. */
    static void step(String name, Body body) {
        out.println("# step " + name);
        attempt(body);
    }

    /** attempt runs a part of a step that may throw. */
    static void attempt(Body body) {
        try {
            body.run();
        } catch (Throwable e) {
            fault(e);
        }
    }

    static void fault(Throwable e) {
        if (e instanceof SQLException) {
            for (Throwable c = e; c != null; c = c instanceof SQLException ? ((SQLException) c).getNextException() : null) {
                out.println("error " + c.getClass().getSimpleName() + " " + ((SQLException) c).getSQLState() + " " + c.getMessage());
                if (c instanceof PSQLException && ((PSQLException) c).getServerErrorMessage() != null) {
                    ServerErrorMessage m = ((PSQLException) c).getServerErrorMessage();
                    out.println("  severity " + m.getSeverity() + " position " + m.getPosition() + " detail " + m.getDetail() + " hint " + m.getHint()
                        + " where " + m.getWhere() + " schema " + temp(m.getSchema()) + " table " + m.getTable() + " column " + m.getColumn()
                        + " datatype " + m.getDatatype() + " constraint " + m.getConstraint() + " internal " + m.getInternalQuery());
                }
            }
        } else {
            out.println("error " + e);
        }
    }

    /** temp hides the number of a session's temporary schema. */
    static String temp(String s) {
        return s == null ? null : s.replaceAll("^pg_(toast_)?temp_[0-9]+$", "pg_$1temp_N");
    }

    static String url(String... options) {
        StringBuilder s = new StringBuilder("jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE")
            + "?user=" + System.getenv("PGUSER") + "&password=" + System.getenv("PGPASSWORD"));
        for (String o : options) {
            s.append('&').append(o);
        }
        return s.toString();
    }

    static Connection open(String... options) throws SQLException {
        return DriverManager.getConnection(url(options));
    }

    /** text writes a value so that its type and all of it can be seen. */
    static String text(Object v) throws Exception {
        if (v == null) {
            return "null";
        }
        if (v instanceof byte[]) {
            return "bytes:" + HexFormat.of().formatHex((byte[]) v);
        }
        if (v.getClass().isArray()) {
            StringBuilder s = new StringBuilder(v.getClass().getSimpleName() + "[");
            for (int i = 0; i < Array.getLength(v); i++) {
                s.append(i > 0 ? ", " : "").append(text(Array.get(v, i)));
            }
            return s.append("]").toString();
        }
        if (v instanceof java.sql.Array) {
            java.sql.Array a = (java.sql.Array) v;
            return "array " + a.getBaseTypeName() + " " + a.getBaseType() + " " + text(a.getArray());
        }
        if (v instanceof SQLXML) {
            return "xml " + ((SQLXML) v).getString();
        }
        if (v instanceof InputStream) {
            ByteArrayOutputStream b = new ByteArrayOutputStream();
            ((InputStream) v).transferTo(b);
            return "stream " + HexFormat.of().formatHex(b.toByteArray());
        }
        if (v instanceof Reader) {
            java.io.StringWriter w = new java.io.StringWriter();
            ((Reader) v).transferTo(w);
            return "reader " + w;
        }
        return String.valueOf(v);
    }

    /** unordered prints a result whose order nobody has said, sorted. */
    static void unordered(ResultSet rs) throws Exception {
        List<String> all = new ArrayList<>();
        while (rs.next()) {
            all.add(line(rs));
        }
        Collections.sort(all);
        out.println(String.join("\n", all) + "\n(" + all.size() + ")");
    }

    /** rows prints a result to its end: the columns' names, then a line for each row. */
    static int rows(ResultSet rs) throws Exception {
        ResultSetMetaData md = rs.getMetaData();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= md.getColumnCount(); i++) {
            names.add(md.getColumnLabel(i));
        }
        out.println(String.join("|", names));
        int n = 0;
        while (rs.next()) {
            row(rs);
            n++;
        }
        out.println("(" + n + ")");
        rs.close();
        return n;
    }

    /** Columns whose values are sizes on disk or numbers of sessions, which are shown as "-". */
    static final Set<String> masked = new HashSet<>();

    static void row(ResultSet rs) throws Exception {
        out.println(line(rs));
    }

    static String line(ResultSet rs) throws Exception {
        List<String> vals = new ArrayList<>();
        ResultSetMetaData md = rs.getMetaData();
        for (int i = 1; i <= md.getColumnCount(); i++) {
            vals.add(masked.contains(md.getColumnLabel(i)) ? "-" : temp(text(rs.getObject(i))));
        }
        return String.join("|", vals);
    }

    static void query(Connection c, String sql, Object... args) throws Exception {
        if (args.length == 0) {
            try (Statement s = c.createStatement()) {
                rows(s.executeQuery(sql));
            }
            return;
        }
        try (PreparedStatement p = c.prepareStatement(sql)) {
            for (int i = 0; i < args.length; i++) {
                p.setObject(i + 1, args[i]);
            }
            rows(p.executeQuery());
        }
    }

    static int run(Connection c, String sql, Object... args) throws Exception {
        if (args.length == 0) {
            try (Statement s = c.createStatement()) {
                return s.executeUpdate(sql);
            }
        }
        try (PreparedStatement p = c.prepareStatement(sql)) {
            for (int i = 0; i < args.length; i++) {
                p.setObject(i + 1, args[i]);
            }
            return p.executeUpdate();
        }
    }

    /** warnings prints a chain of warnings and clears it. */
    static void warnings(SQLWarning w) {
        for (; w != null; w = w.getNextWarning()) {
            out.println("warning " + w.getSQLState() + " " + w.getMessage());
        }
    }
}

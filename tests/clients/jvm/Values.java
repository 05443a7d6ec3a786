import java.io.*;
import java.math.BigDecimal;
import java.sql.*;
import java.time.*;
import java.util.*;
import org.postgresql.util.*;

/** Every type in both directions, and what the driver says of parameters and results. */
public class Values extends Base {
    public static void main(String[] args) throws Exception {
        for (String transfer : new String[] {"binaryTransfer=true&prepareThreshold=-1", "binaryTransfer=false", "binaryTransfer=true"}) {
            try (Connection c = open(transfer)) {
                step("round trip: " + transfer, () -> trip(c));
                step("getters: " + transfer, () -> getters(c));
                step("arrays: " + transfer, () -> arrays(c));
            }
        }
        try (Connection c = open()) {
            step("java.time", () -> times(c));
            step("bytea streams", () -> streams(c));
            step("PGobject, enum, domain", () -> objects(c));
            step("ParameterMetaData", () -> parameters(c));
            step("ResultSetMetaData", () -> columns(c));
            step("escapes", () -> escapes(c));
            step("operators with question marks", () -> questions(c));
            step("conversions that fail", () -> failures(c));
            step("nulls of each type", () -> nulls(c));
            step("text of all kinds", () -> texts(c));
        }
    }

    static final String[][] types = {{"int2", "32767"}, {"int4", "-2147483648"}, {"int8", "9223372036854775807"}, {"numeric", "123456789.000100"}, {"numeric(10,2)", "1.005"},
        {"float4", "1.17549435e-38"}, {"float8", "2.2250738585072014e-308"}, {"bool", "t"}, {"text", "汉字 ' \\ \""}, {"varchar(3)", "abc"}, {"bpchar", "a "}, {"char(5)", "ab"},
        {"\"char\"", "x"}, {"name", "n"}, {"bytea", "\\x00ff10"}, {"date", "2024-02-29"}, {"time", "23:59:59.999999"}, {"timetz", "12:00:00+08"}, {"timestamp", "2024-02-29 12:34:56.789012"},
        {"timestamptz", "2024-02-29 12:34:56.789012+08"}, {"interval", "1 year 2 mons -3 days 04:05:06.7"}, {"uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, {"json", "{\"a\" : [1, 2]}"},
        {"jsonb", "{\"b\":1,\"a\":null}"}, {"bit(4)", "1010"}, {"varbit", "101"}, {"oid", "4294967295"}, {"regclass", "pg_class"}, {"grade", "VIP"}, {"percent", "50"},
        {"int4[]", "{1,NULL,3}"}, {"text[]", "{a,\"b,c\",NULL,\"\"}"}, {"numeric[]", "{1.5,NaN}"}, {"bool[]", "{t,f}"}, {"timestamptz[]", "{\"2024-01-01 00:00:00+00\"}"}, {"int8[]", "{{1,2},{3,4}}"},
        {"date", "infinity"}, {"timestamp", "-infinity"}, {"timestamptz", "infinity"}, {"date", "0044-03-15 BC"}, {"timestamp", "0001-01-01 00:00:00 BC"}, {"numeric", "NaN"}, {"float8", "-Infinity"}};

    static void trip(Connection c) throws Exception {
        for (String[] t : types) {
            attempt(() -> {
                try (PreparedStatement p = c.prepareStatement("SELECT CAST(? AS " + t[0] + ") AS v")) {
                    for (int i = 0; i < 2; i++) {
                        p.setObject(1, t[1], Types.OTHER);
                        ResultSet rs = p.executeQuery();
                        rs.next();
                        Object v = rs.getObject(1);
                        out.println(t[0] + " " + v.getClass().getName() + " " + text(v) + " " + rs.getString(1) + " " + rs.getMetaData().getColumnTypeName(1));
                    }
                }
            });
        }
    }

    static void getters(Connection c) throws Exception {
        try (PreparedStatement p = c.prepareStatement("SELECT * FROM tags WHERE id = ?")) {
            p.setInt(1, 1234);
            ResultSet rs = p.executeQuery();
            rs.next();
            for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
                int at = i;
                StringBuilder s = new StringBuilder(rs.getMetaData().getColumnName(i));
                for (Class<?> k : new Class<?>[] {String.class, Integer.class, Long.class, BigDecimal.class, Double.class, Boolean.class, LocalDate.class, LocalDateTime.class,
                    LocalTime.class, OffsetDateTime.class, UUID.class, byte[].class}) {
                    try {
                        s.append(" ").append(text(rs.getObject(at, k)));
                    } catch (SQLException e) {
                        s.append(" ").append(e.getSQLState());
                    }
                }
                out.println(s);
            }
            out.println(rs.getShort("age") + " " + rs.getFloat("ratio") + " " + rs.getByte("level") + " " + rs.getBoolean("vip") + " " + rs.wasNull() + " " + rs.getDate("birthday") + " "
                + rs.getTime("wakes") + " " + rs.getTimestamp("seen") + " " + rs.getBigDecimal("spent", 1) + " " + text(rs.getBytes("raw")) + " " + rs.getInt("share"));
            attempt(() -> out.println(rs.getInt("name")));
            attempt(() -> out.println(rs.getInt("missing")));
        }
    }

    static void arrays(Connection c) throws Exception {
        Object[][] all = {{"int4", new Integer[] {1, null, 3}}, {"text", new String[] {"a,b", "c\"d", null, "", "NULL", "\\"}}, {"float8", new Double[] {1.5, Double.NaN}},
            {"numeric", new BigDecimal[] {new BigDecimal("1.50")}}, {"bool", new Boolean[] {true, null}}, {"int8", new long[] {1, 2}}, {"int4", new int[][] {{1, 2}, {3, 4}}},
            {"timestamptz", new Timestamp[] {new Timestamp(0)}}, {"uuid", new UUID[] {new UUID(1, 2)}}, {"bytea", new byte[][] {{1, 2}, {}}}, {"text", new String[0]},
            {"date", new java.sql.Date[] {java.sql.Date.valueOf("2024-01-01")}}, {"varchar", new Object[] {"x"}}, {"grade", new String[] {"VIP", "新客"}}};
        for (Object[] a : all) {
            attempt(() -> {
                try (PreparedStatement p = c.prepareStatement("SELECT ?::" + a[0] + "[] AS v, cardinality(?::" + a[0] + "[])")) {
                    for (int i = 0; i < 2; i++) {
                        java.sql.Array arr = a[1] instanceof Object[] ? c.createArrayOf((String) a[0], (Object[]) a[1]) : c.unwrap(org.postgresql.PGConnection.class).createArrayOf((String) a[0], a[1]);
                        p.setArray(1, arr);
                        p.setObject(2, arr);
                        ResultSet rs = p.executeQuery();
                        rs.next();
                        out.println(a[0] + " " + text(rs.getArray(1)) + " " + rs.getString(1) + " " + rs.getInt(2));
                        rows(rs.getArray(1).getResultSet());
                    }
                }
            });
        }
        query(c, "SELECT id, hobby, shops, codes FROM tags WHERE hobby && ? ORDER BY id LIMIT 4", (Object) new String[] {"c\"d"});
        query(c, "SELECT count(*) FROM tags WHERE id = ANY (?)", (Object) new Long[] {1L, 2L, 99999L});
        query(c, "SELECT shops[1:2], array_to_string(hobby, '/', '-'), ARRAY[[1,2],[3,4]], '[0:1]={7,8}'::int[] FROM tags WHERE id = 2");
    }

    static void times(Connection c) throws Exception {
        String sql = "SELECT ?::date, ?::timestamp, ?::timestamptz, ?::time, ?::timetz";
        for (TimeZone tz : new TimeZone[] {TimeZone.getTimeZone("UTC"), TimeZone.getTimeZone("Asia/Shanghai")}) {
            TimeZone.setDefault(tz);
            try (Connection d = open(); PreparedStatement p = d.prepareStatement(sql)) {
                query(d, "SHOW timezone");
                p.setObject(1, LocalDate.of(2024, 2, 29));
                p.setObject(2, LocalDateTime.of(2024, 2, 29, 23, 59, 59, 123456000));
                p.setObject(3, OffsetDateTime.of(2024, 2, 29, 23, 59, 59, 0, ZoneOffset.ofHours(8)));
                p.setObject(4, LocalTime.of(1, 2, 3, 4000));
                p.setObject(5, OffsetTime.of(1, 2, 3, 0, ZoneOffset.ofHours(-5)));
                for (int i = 0; i < 7; i++) {
                    ResultSet rs = p.executeQuery();
                    rs.next();
                    out.println(rs.getObject(1, LocalDate.class) + " " + rs.getObject(2, LocalDateTime.class) + " " + rs.getObject(3, OffsetDateTime.class) + " " + rs.getObject(4, LocalTime.class)
                        + " " + rs.getObject(5, OffsetTime.class) + " " + rs.getString(3) + " " + rs.getTimestamp(3).getTime() + " " + rs.getTimestamp(2).getTime());
                }
                p.setDate(1, java.sql.Date.valueOf("1969-12-31"));
                p.setTimestamp(2, Timestamp.valueOf("2024-01-01 01:02:03.5"));
                p.setTimestamp(3, Timestamp.valueOf("2024-01-01 01:02:03.5"), Calendar.getInstance(TimeZone.getTimeZone("America/New_York")));
                p.setTime(4, Time.valueOf("10:11:12"));
                p.setTime(5, Time.valueOf("10:11:12"));
                rows(p.executeQuery());
                p.setObject(1, LocalDate.MAX);
                p.setObject(2, LocalDateTime.MIN);
                p.setObject(3, OffsetDateTime.MAX);
                p.setObject(4, LocalTime.MAX);
                rows(p.executeQuery());
            }
        }
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }

    static void streams(Connection c) throws Exception {
        run(c, "CREATE TEMP TABLE blobs (id int, b bytea, t text)");
        byte[] big = new byte[300000];
        new Random(1).nextBytes(big);
        try (PreparedStatement p = c.prepareStatement("INSERT INTO blobs VALUES (?, ?, ?)")) {
            p.setInt(1, 1);
            p.setBinaryStream(2, new ByteArrayInputStream(big), big.length);
            p.setCharacterStream(3, new StringReader("流".repeat(100000)), 100000);
            out.println(p.executeUpdate());
            p.setInt(1, 2);
            p.setBytes(2, new byte[0]);
            p.setString(3, "");
            out.println(p.executeUpdate());
            p.setInt(1, 3);
            p.setBinaryStream(2, new ByteArrayInputStream(new byte[] {1, 2, 3}));
            p.setAsciiStream(3, new ByteArrayInputStream("ascii".getBytes()), 5);
            attempt(() -> out.println(p.executeUpdate()));
        }
        query(c, "SELECT id, length(b), md5(b), length(t), md5(t) FROM blobs ORDER BY id");
        try (Statement s = c.createStatement(); ResultSet rs = s.executeQuery("SELECT b, t FROM blobs ORDER BY id")) {
            while (rs.next()) {
                out.println(text(rs.getBinaryStream(1)).hashCode() + " " + text(rs.getCharacterStream(2)).hashCode() + " " + rs.getBytes(1).length);
            }
        }
    }

    static void objects(Connection c) throws Exception {
        run(c, "CREATE TEMP TABLE o (j jsonb, g grade, p percent, i interval, v varbit)");
        try (PreparedStatement p = c.prepareStatement("INSERT INTO o VALUES (?, ?, ?, ?, ?) RETURNING *")) {
            PGobject j = new PGobject();
            j.setType("jsonb");
            j.setValue("{\"城\": [1, 2, {\"x\": null}]}");
            PGobject g = new PGobject();
            g.setType("grade");
            g.setValue("老客");
            PGobject v = new PGobject();
            v.setType("varbit");
            v.setValue("0101");
            p.setObject(1, j);
            p.setObject(2, g);
            p.setObject(3, 77);
            p.setObject(4, new PGInterval(1, 2, 3, 4, 5, 6.5));
            p.setObject(5, v);
            rows(p.executeQuery());
        }
        attempt(() -> query(c, "SELECT * FROM tags WHERE grade = ?", "VIP"));
        query(c, "SELECT id, grade FROM tags WHERE grade = ?::grade AND id < 10 ORDER BY id", "VIP");
        query(c, "SELECT grade, count(*) FROM tags GROUP BY grade ORDER BY grade");
        query(c, "SELECT extra->>'k', extra->'城' FROM tags WHERE extra @> ?::jsonb ORDER BY id LIMIT 2", "{\"k\": 3}");
        attempt(() -> query(c, "SELECT ?", UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")));
        attempt(() -> query(c, "SELECT ?", 'c'));
        attempt(() -> query(c, "SELECT ?, ?, ?", (short) 1, 2.5f, new java.math.BigInteger("123456789012345678901234567890")));
    }

    static void parameters(Connection c) throws Exception {
        for (String sql : new String[] {"SELECT * FROM tags WHERE id = ? AND name = ? AND spent > ? AND birthday < ? AND hobby @> ? AND extra @> ? AND grade = ? AND vip = ?",
            "INSERT INTO crm.orders VALUES (?, ?, ?, ?, ?)", "SELECT ? + 1, ? || 'x', coalesce(?, 1.5), ? IS NULL, ?::bytea", "UPDATE pairs SET v = ? WHERE a IN (?, ?)", "SELECT 1 LIMIT ? OFFSET ?"}) {
            attempt(() -> {
                try (PreparedStatement p = c.prepareStatement(sql)) {
                    ParameterMetaData m = p.getParameterMetaData();
                    for (int i = 1; i <= m.getParameterCount(); i++) {
                        out.println(i + " " + m.getParameterTypeName(i) + " " + m.getParameterType(i) + " " + m.getParameterClassName(i) + " " + m.getParameterMode(i) + " " + m.isNullable(i) + " " + m.isSigned(i)
                            + " " + m.getPrecision(i) + " " + m.getScale(i));
                    }
                    ResultSetMetaData r = p.getMetaData();
                    out.println(r == null ? "no result" : r.getColumnCount() + " " + r.getColumnTypeName(1));
                }
            });
        }
    }

    static void columns(Connection c) throws Exception {
        for (String sql : new String[] {"SELECT * FROM tags LIMIT 1", "SELECT t.id AS key, upper(name), spent * 2, count(*) OVER () AS n, 'x' AS lit, NULL, t.* FROM tags AS t LIMIT 0",
            "SELECT * FROM crm.orders NATURAL JOIN (SELECT 1 AS one) x LIMIT 0", "SELECT * FROM women LIMIT 0", "SELECT * FROM pairs", "TABLE city_counts",
            "SELECT id::smallint, name::varchar(7), now(), '1'::numeric(5,1), '1'::bit(3), true, ARRAY[1], '{}'::jsonb, interval '1s', time(2) '10:00', timestamp(3) 'now' FROM tags LIMIT 0"}) {
            try (PreparedStatement p = c.prepareStatement(sql)) {
                ResultSetMetaData m = p.executeQuery().getMetaData();
                for (int i = 1; i <= m.getColumnCount(); i++) {
                    out.println(m.getColumnName(i) + " " + m.getColumnLabel(i) + " " + m.getColumnType(i) + " " + m.getColumnTypeName(i) + " " + m.getColumnClassName(i) + " " + m.getPrecision(i) + " " + m.getScale(i) + " "
                        + m.getColumnDisplaySize(i) + " " + m.isNullable(i) + " " + m.isAutoIncrement(i) + " " + m.isCaseSensitive(i) + " " + m.isCurrency(i) + " " + m.isSigned(i) + " " + m.isSearchable(i) + " "
                        + m.isReadOnly(i) + " " + m.isWritable(i) + " " + m.isDefinitelyWritable(i) + " " + m.getCatalogName(i) + " " + m.getSchemaName(i) + " " + m.getTableName(i) + " "
                        + ((org.postgresql.PGResultSetMetaData) m).getBaseColumnName(i) + " " + ((org.postgresql.PGResultSetMetaData) m).getBaseTableName(i) + " " + ((org.postgresql.PGResultSetMetaData) m).getBaseSchemaName(i));
                }
            }
        }
    }

    static void escapes(Connection c) throws Exception {
        query(c, "SELECT {d '2024-01-02'}, {t '10:11:12'}, {ts '2024-01-02 10:11:12'}");
        for (String f : new String[] {"abs(-1)", "ceiling(1.2)", "concat('a', 'b')", "dayofmonth({d '2024-03-04'})", "dayofweek({d '2024-03-04'})", "dayofyear({d '2024-03-04'})", "dayname({d '2024-03-04'})",
            "monthname({d '2024-03-04'})", "quarter({d '2024-03-04'})", "week({d '2024-03-04'})", "year({d '2024-03-04'})", "hour({t '10:11:12'})", "minute({t '10:11:12'})", "second({t '10:11:12'})", "left('abc', 2)",
            "right('abc', 2)", "lcase('ABC')", "ucase('abc')", "length('abc  ')", "locate('b', 'abcb')", "locate('b', 'abcb', 3)", "ltrim('  a')", "insert('abcdef', 2, 3, 'X')", "repeat('ab', 2)", "replace('abc', 'b', 'x')",
            "space(3)", "substring('abcdef', 2, 3)", "char(65)", "log(10)", "log10(100)", "power(2, 3)", "truncate(1.239, 2)", "mod(7, 3)", "round(1.5)", "sqrt(4)", "sign(-3)", "pi()", "radians(180)", "ifnull(NULL, 5)",
            "timestampadd(SQL_TSI_DAY, 3, {ts '2024-01-01 00:00:00'})", "timestampadd(SQL_TSI_MONTH, -1, {ts '2024-03-31 00:00:00'})", "timestampdiff(SQL_TSI_HOUR, {ts '2024-01-01 00:00:00'}, {ts '2024-01-02 03:00:00'})", "database()", "user()"}) {
            attempt(() -> query(c, "SELECT {fn " + f + "} AS v"));
        }
        query(c, "SELECT a.id, b.v FROM {oj tags a LEFT OUTER JOIN pairs b ON a.id = b.a} WHERE a.id < 4 ORDER BY 1, 2");
        query(c, "SELECT count(*) FROM tags WHERE name LIKE '用户1|_%' {escape '|'}");
        attempt(() -> {
            try (CallableStatement s = c.prepareCall("{? = call upper(?)}")) {
                s.registerOutParameter(1, Types.VARCHAR);
                s.setString(2, "abc");
                s.execute();
                out.println(s.getString(1));
            }
        });
        attempt(() -> {
            try (CallableStatement s = c.prepareCall("{? = call abs(?)}")) {
                s.registerOutParameter(1, Types.INTEGER);
                s.setInt(2, -5);
                s.execute();
                out.println(s.getInt(1));
            }
        });
    }

    static void questions(Connection c) throws Exception {
        query(c, "SELECT count(*) FROM tags WHERE extra ?? 'k' AND id < ?", 100);
        query(c, "SELECT '{\"a\":1,\"b\":2}'::jsonb ??| ?, '{\"a\":1}'::jsonb ??& ?", new String[] {"a", "z"}, new String[] {"a", "z"});
        query(c, "SELECT '{\"a\":{\"b\":[1,2]}}'::jsonb @?? '$.a.b[*] ? (@ > 1)', 'a?b' || ?, $$?$$, \"?\" FROM (SELECT 1 AS \"?\") q /* ? */ -- ?", "x");
    }

    static void failures(Connection c) throws Exception {
        attempt(() -> query(c, "SELECT ?::int", "abc"));
        attempt(() -> query(c, "SELECT * FROM tags WHERE birthday = ?", "2024-13-01"));
        attempt(() -> query(c, "SELECT id = ? FROM tags LIMIT 1", new BigDecimal("1.5")));
        attempt(() -> query(c, "SELECT ?::smallint", 100000));
        attempt(() -> query(c, "SELECT ?::jsonb", "{bad"));
        attempt(() -> query(c, "SELECT ?::uuid", "not"));
        attempt(() -> query(c, "SELECT ?::date + ?", LocalDate.of(2024, 1, 1), 5));
        attempt(() -> query(c, "SELECT ?", "nul\0byte"));
    }

    static void nulls(Connection c) throws Exception {
        try (PreparedStatement p = c.prepareStatement("SELECT ?::int, ?::text, ?::timestamptz, ?::bytea, ?::numeric, ?::int[], ?::bool, ?::jsonb")) {
            int[] ts = {Types.INTEGER, Types.VARCHAR, Types.TIMESTAMP_WITH_TIMEZONE, Types.BINARY, Types.NUMERIC, Types.ARRAY, Types.BOOLEAN, Types.OTHER};
            for (int i = 0; i < ts.length; i++) {
                p.setNull(i + 1, ts[i]);
            }
            rows(p.executeQuery());
            for (int i = 0; i < ts.length; i++) {
                p.setObject(i + 1, null);
            }
            rows(p.executeQuery());
        }
    }

    static void texts(Connection c) throws Exception {
        for (String s : new String[] {"", " ", "'", "\\", "\n\r\t", "中文，标点", "😀𠮷", "é", "\u200b", "a".repeat(5000)}) {
            try (PreparedStatement p = c.prepareStatement("SELECT ?::text, length(?), octet_length(?), md5(?), ? LIKE ?")) {
                for (int i = 1; i <= 6; i++) {
                    p.setString(i, s);
                }
                ResultSet rs = p.executeQuery();
                rs.next();
                out.println(rs.getString(1).equals(s) + " " + rs.getInt(2) + " " + rs.getInt(3) + " " + rs.getString(4) + " " + rs.getBoolean(5));
            }
        }
    }
}

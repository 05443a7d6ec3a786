import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.*;
import java.util.*;

/** Every method of DatabaseMetaData, and all that each answers. */
public class Metadata extends Base {
    /** What differs between two servers that are both right, or is no answer of the server. */
    static final Set<String> differs = Set.of("getDatabaseProductVersion", "getDatabaseMajorVersion", "getDatabaseMinorVersion", "getURL", "getConnection");

    static final String[] kinds = {"TABLE", "PARTITIONED TABLE", "VIEW", "INDEX", "PARTITIONED INDEX", "SEQUENCE", "TYPE", "SYSTEM TABLE", "SYSTEM VIEW",
        "SYSTEM TOAST TABLE", "SYSTEM TOAST INDEX", "SYSTEM INDEX", "TEMPORARY TABLE", "TEMPORARY INDEX", "TEMPORARY VIEW", "TEMPORARY SEQUENCE",
        "FOREIGN TABLE", "MATERIALIZED VIEW"};

    public static void main(String[] args) throws Exception {
        try (Connection c = open()) {
            DatabaseMetaData m = c.getMetaData();
            masked.add("PAGES");
            run(c, "ANALYZE");
            step("every method without arguments", () -> plain(m));
            step("capabilities with arguments", () -> capabilities(m));
            run(c, "CREATE TEMP TABLE scratch (k integer PRIMARY KEY, v text)");
            step("getTables", () -> tables(m));
            step("getTables of the system", () -> rows(m.getTables(null, "pg_catalog", "%", new String[] {"SYSTEM TABLE", "SYSTEM VIEW"})));
            step("getTables of information_schema", () -> rows(m.getTables(null, "information_schema", null, null)));
            step("getColumns", () -> columns(m));
            step("getColumns of pg_catalog", () -> rows(m.getColumns(null, "pg_catalog", "pg\\_%", "%")));
            step("getColumns of information_schema", () -> rows(m.getColumns(null, "information_schema", "%", "%")));
            step("keys", () -> keys(m));
            step("foreign keys", () -> {
                run(c, "CREATE TABLE fk_a (id integer PRIMARY KEY, x text, y date, UNIQUE (x, y), z integer UNIQUE DEFERRABLE)");
                run(c, "CREATE TABLE fk_b (id integer PRIMARY KEY REFERENCES fk_a, x text, y date, up integer REFERENCES fk_b ON DELETE CASCADE DEFERRABLE,"
                    + " CONSTRAINT both_of FOREIGN KEY (x, y) REFERENCES fk_a (x, y) MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED)");
                for (String t : new String[] {"fk_a", "fk_b"}) {
                    rows(m.getPrimaryKeys(null, null, t));
                    rows(m.getImportedKeys(null, "public", t));
                    rows(m.getExportedKeys(null, null, t));
                    rows(m.getCrossReference(null, null, "fk_a", null, null, t));
                }
                attempt(() -> run(c, "INSERT INTO fk_b (id) VALUES (1)"));
                attempt(() -> run(c, "INSERT INTO fk_b (id, x) VALUES (1, 'a')"));
                attempt(() -> run(c, "DROP TABLE fk_a"));
                run(c, "DROP TABLE fk_b, fk_a");
            });
            step("keys of the catalog", () -> {
                masked.add("CARDINALITY");
                rows(m.getPrimaryKeys(null, "pg_catalog", "pg_class"));
                rows(m.getIndexInfo(null, "pg_catalog", "pg_class", false, true));
                rows(m.getIndexInfo(null, "pg_catalog", "pg_type", true, true));
                rows(m.getBestRowIdentifier(null, "pg_catalog", "pg_class", DatabaseMetaData.bestRowSession, true));
                masked.remove("CARDINALITY");
            });
            step("getIndexInfo", () -> indexes(m));
            step("getTypeInfo", () -> unordered(m.getTypeInfo()));
            step("getUDTs", () -> {
                rows(m.getUDTs(null, null, "%", null));
                rows(m.getUDTs(null, "public", "grade", new int[] {Types.DISTINCT}));
                rows(m.getUDTs(null, null, "percent", new int[] {Types.DISTINCT, Types.STRUCT}));
                rows(m.getUDTs(null, "pg_catalog", "%", null));
            });
            step("getProcedures and getFunctions", () -> {
                rows(m.getProcedures(null, null, "%"));
                rows(m.getProcedureColumns(null, null, "%", "%"));
                rows(m.getFunctions(null, "public", "%"));
                rows(m.getFunctions(null, null, "a%"));
                rows(m.getFunctionColumns(null, null, "array\\_%", "%"));
            });
            step("getFunctions of pg_catalog", () -> rows(m.getFunctions(null, "pg_catalog", "%")));
            step("getFunctionColumns of pg_catalog", () -> rows(m.getFunctionColumns(null, "pg_catalog", "%", "%")));
            step("privileges", () -> {
                rows(m.getTablePrivileges(null, "public", "%"));
                rows(m.getTablePrivileges(null, "crm", "orders"));
                rows(m.getColumnPrivileges(null, "public", "tags", "%"));
                rows(m.getColumnPrivileges(null, "crm", "orders", "a%"));
                rows(m.getTablePrivileges(null, "pg_catalog", "pg_class"));
            });
            step("not in this database", () -> {
                rows(m.getTables("elsewhere", null, "%", new String[] {"TABLE", "VIEW"}));
                rows(m.getTables(null, "nowhere", "%", null));
                rows(m.getColumns(null, null, "nothing", "%"));
                rows(m.getPrimaryKeys(null, null, "nothing"));
            });
            step("super tables, types, attributes, pseudo columns", () -> {
                attempt(() -> rows(m.getSuperTables(null, null, "%")));
                attempt(() -> rows(m.getSuperTypes(null, null, "%")));
                attempt(() -> rows(m.getAttributes(null, null, "%", "%")));
                attempt(() -> rows(m.getPseudoColumns(null, null, "%", "%")));
            });
        }
    }

    static void plain(DatabaseMetaData m) throws Exception {
        Method[] all = DatabaseMetaData.class.getMethods();
        Arrays.sort(all, Comparator.comparing(Method::getName));
        for (Method f : all) {
            if (f.getParameterCount() > 0 || differs.contains(f.getName())) {
                continue;
            }
            try {
                Object v = f.invoke(m);
                out.println(f.getName() + " " + (v instanceof ResultSet ? "" : text(v)));
                if (v instanceof ResultSet) {
                    unordered((ResultSet) v);
                }
            } catch (InvocationTargetException e) {
                out.println(f.getName());
                fault(e.getCause());
            }
        }
    }

    static void capabilities(DatabaseMetaData m) throws Exception {
        for (int t : new int[] {ResultSet.TYPE_FORWARD_ONLY, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.TYPE_SCROLL_SENSITIVE}) {
            out.println(t + " " + m.supportsResultSetType(t) + m.ownDeletesAreVisible(t) + m.ownInsertsAreVisible(t) + m.ownUpdatesAreVisible(t) + m.deletesAreDetected(t)
                + m.insertsAreDetected(t) + m.updatesAreDetected(t) + m.othersDeletesAreVisible(t) + m.othersInsertsAreVisible(t) + m.othersUpdatesAreVisible(t)
                + m.supportsResultSetConcurrency(t, ResultSet.CONCUR_READ_ONLY) + m.supportsResultSetConcurrency(t, ResultSet.CONCUR_UPDATABLE));
        }
        rows(m.getSchemas(null, "p%"));
        rows(m.getSchemas("tagd", null));
        for (int i : new int[] {0, 1, 2, 4, 8}) {
            out.println(i + " " + m.supportsTransactionIsolationLevel(i) + m.supportsResultSetHoldability(i) + m.supportsConvert(Types.INTEGER, i));
        }
    }

    static void tables(DatabaseMetaData m) throws Exception {
        for (String kind : kinds) {
            if (!kind.startsWith("SYSTEM")) {
                out.println(kind);
                rows(m.getTables(null, null, "%", new String[] {kind}));
            }
        }
        rows(m.getTables("tagd", "public", null, null));
        rows(m.getTables(null, "public", "t%", new String[] {"TABLE", "VIEW"}));
        rows(m.getTables(null, "c_m", "%s", null));
        rows(m.getTables(null, "public", "city\\_counts", null));
        rows(m.getTables(null, "public", "it's", new String[] {"TABLE"}));
    }

    static void columns(DatabaseMetaData m) throws Exception {
        rows(m.getColumns(null, "public", "%", "%"));
        rows(m.getColumns(null, "crm", null, null));
        rows(m.getColumns(null, null, "tags", "h%"));
        rows(m.getColumns(null, null, "scratch", "%"));
        rows(m.getVersionColumns(null, "public", "tags"));
        for (int scope : new int[] {DatabaseMetaData.bestRowTemporary, DatabaseMetaData.bestRowTransaction, DatabaseMetaData.bestRowSession}) {
            rows(m.getBestRowIdentifier(null, "public", "pairs", scope, false));
        }
        rows(m.getBestRowIdentifier(null, "crm", "orders", DatabaseMetaData.bestRowSession, true));
    }

    static void keys(DatabaseMetaData m) throws Exception {
        for (String t : new String[] {"tags", "pairs", "women", "orders", "scratch"}) {
            rows(m.getPrimaryKeys(null, null, t));
            rows(m.getImportedKeys(null, null, t));
            rows(m.getExportedKeys(null, null, t));
        }
        rows(m.getCrossReference(null, null, "tags", null, "crm", "orders"));
        rows(m.getImportedKeys(null, "crm", "orders"));
    }

    static void indexes(DatabaseMetaData m) throws Exception {
        for (String t : new String[] {"tags", "pairs", "women", "city_counts"}) {
            rows(m.getIndexInfo(null, "public", t, false, false));
            rows(m.getIndexInfo(null, "public", t, true, true));
        }
        rows(m.getIndexInfo(null, "crm", "orders", false, false));
        rows(m.getIndexInfo(null, null, "scratch", false, true));
    }
}

import java.io.*;
import java.nio.file.*;
import java.sql.Connection;
import liquibase.*;
import liquibase.changelog.*;
import liquibase.database.*;
import liquibase.database.jvm.JdbcConnection;
import liquibase.diff.*;
import liquibase.diff.compare.CompareControl;
import liquibase.diff.output.*;
import liquibase.diff.output.changelog.DiffToChangeLog;
import liquibase.diff.output.report.DiffToReport;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.serializer.core.yaml.YamlChangeLogSerializer;
import liquibase.snapshot.*;
import liquibase.structure.DatabaseObject;
import liquibase.structure.core.*;

/** Liquibase's commands over liquibase/changelog.xml, and its introspection. */
public class LiquibaseTool extends Base {
    public static void main(String[] args) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        Scope.enter(java.util.Map.of("liquibase.analytics.enabled", false, Scope.Attr.ui.name(), new liquibase.ui.LoggerUIService()));
        try (Connection c = open()) {
            step("generate a changelog of the fixture", () -> {
                changelog("public");
                changelog("crm");
            });
            run(c, "CREATE SCHEMA lb");
            run(c, "CREATE SCHEMA lc");
            step("the SQL of an update", () -> with("lb", l -> {
                StringWriter w = new StringWriter();
                l.update(new Contexts(), new LabelExpression(), w);
                sql(w);
            }));
            step("update by steps", () -> with("lb", l -> {
                l.update(2, new Contexts("none"), new LabelExpression());
                status(l);
                log(c);
                l.update(1, "");
                query(c, "SELECT id, name, opened, area, open, made IS NOT NULL AS made, note, extra, words, rate, stamp, clock FROM lb.shop ORDER BY id");
                query(c, "SELECT * FROM lb.sale ORDER BY id");
                query(c, "SELECT * FROM lb.sales ORDER BY id");
            }));
            step("update by context", () -> with("lb", l -> {
                l.update(new Contexts("none"), new LabelExpression());
                status(l);
                l.update(new Contexts("test"), new LabelExpression("late"));
                status(l);
                log(c);
                query(c, "SELECT * FROM lb.sale ORDER BY id");
            }));
            step("the last ones", () -> with("lb", l -> {
                l.update("");
                status(l);
                log(c);
                l.update("");
                query(c, "SELECT * FROM lb.open_shops ORDER BY id");
            }));
            step("locks", () -> with("lb", l -> {
                query(c, "SELECT id, locked, lockgranted, lockedby FROM lb.databasechangeloglock");
                run(c, "UPDATE lb.databasechangeloglock SET locked = true, lockgranted = '2024-01-01', lockedby = 'me'");
                for (liquibase.lockservice.DatabaseChangeLogLock k : l.listLocks()) {
                    out.println(k.getId() + " " + k.getLockGranted() + " " + k.getLockedBy());
                }
                l.forceReleaseLocks();
                query(c, "SELECT id, locked, lockgranted, lockedby FROM lb.databasechangeloglock");
            }));
            step("generate a changelog", () -> changelog("lb"));
            step("checksums", () -> with("lb", l -> {
                l.clearCheckSums();
                query(c, "SELECT count(*) FROM lb.databasechangelog WHERE md5sum IS NOT NULL");
                l.validate();
                l.update("");
                query(c, "SELECT count(*) FROM lb.databasechangelog WHERE md5sum IS NOT NULL");
            }));
            step("the SQL of a rollback", () -> with("lb", l -> {
                StringWriter w = new StringWriter();
                l.rollback(3, (String) null, new Contexts(), new LabelExpression(), w);
                sql(w);
            }));
            step("rollback", () -> with("lc", l -> {
                l.update(3, "");
                l.tag("three");
                l.update(3, "");
                query(c, "SELECT orderexecuted, id, author, exectype, tag FROM lc.databasechangelog ORDER BY 1");
                l.rollback("three", "");
                query(c, "SELECT orderexecuted, id, author, exectype, tag FROM lc.databasechangelog ORDER BY 1");
                query(c, "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'lc' AND table_name = 'sale' ORDER BY ordinal_position");
            }));
            step("difference of two schemas", LiquibaseTool::diff);
            step("a change that fails", () -> {
                with("lc", "liquibase/broken.sql", l -> attempt(() -> cause(() -> l.update(""))));
                query(c, "SELECT id, author, exectype FROM lc.databasechangelog WHERE id LIKE 'b%'");
                query(c, "SELECT to_regclass('lc.fine'), to_regclass('lc.half')");
            });
            step("drop all", () -> {
                with("lc", l -> l.dropAll());
                with("lb", l -> l.dropAll());
                query(c, "SELECT nspname, relname, relkind FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('lb', 'lc') ORDER BY 1, 2");
                query(c, "SELECT nspname, typname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace WHERE nspname IN ('lb', 'lc') ORDER BY 1, 2");
            });
        }
    }

    interface Use { void on(Liquibase l) throws Exception; }

    static Database database(String schema) throws Exception {
        Database d = DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(open("currentSchema=" + schema)));
        d.setDefaultSchemaName(schema);
        return d;
    }

    static void with(String schema, Use use) throws Exception {
        with(schema, "liquibase/changelog.xml", use);
    }

    static void with(String schema, String file, Use use) throws Exception {
        try (Liquibase l = new Liquibase(file, new DirectoryResourceAccessor(Paths.get(".")), database(schema))) {
            use.on(l);
        }
    }

    /** cause shows the innermost error of Liquibase's own, whose texts name files and numbers of deployments. */
    static void cause(Body body) throws Exception {
        try {
            body.run();
        } catch (Exception e) {
            Throwable t = e;
            while (t.getCause() != null) {
                t = t.getCause();
            }
            out.println(e.getClass().getSimpleName());
            fault(t);
        }
    }

    static void status(Liquibase l) throws Exception {
        for (ChangeSetStatus s : l.getChangeSetStatuses(new Contexts(), new LabelExpression())) {
            out.println(s.getChangeSet().getId() + " " + s.getChangeSet().getAuthor() + " " + s.getWillRun() + " " + s.getPreviouslyRan() + " " + s.getComments());
        }
        out.println(l.listUnexpectedChangeSets(new Contexts(), new LabelExpression()).size() + " unexpected");
    }

    static void log(Connection c) throws Exception {
        query(c, "SELECT id, author, filename, dateexecuted IS NOT NULL AS at, orderexecuted, exectype, md5sum, description, comments, tag, contexts, labels, length(deployment_id) FROM lb.databasechangelog ORDER BY orderexecuted");
    }

    /** sql prints a script without its header and what differs from run to run. */
    static void sql(StringWriter w) {
        for (String l : w.toString().split("\n")) {
            if (!l.startsWith("-- ") || l.startsWith("-- Changeset")) {
                out.println(l.replaceAll("LOCKEDBY = '[^']*'", "LOCKEDBY = ''").replaceAll("LOCKGRANTED = NOW\\(\\)|LOCKGRANTED = '[^']*'", "LOCKGRANTED = ''").replaceAll("'[0-9]{10}'", "'N'"));
            }
        }
    }

    static void changelog(String schema) throws Exception {
        Database d = database(schema);
        @SuppressWarnings("unchecked")
        Class<? extends DatabaseObject>[] kinds = new Class[] {Table.class, Column.class, PrimaryKey.class, ForeignKey.class, Index.class, UniqueConstraint.class, Sequence.class, View.class, Data.class};
        if (!schema.equals("lb")) {
            kinds = java.util.Arrays.copyOf(kinds, kinds.length - 1);
        }
        DatabaseSnapshot all = SnapshotGeneratorFactory.getInstance().createSnapshot(new CatalogAndSchema(null, schema), d, new SnapshotControl(d, kinds));
        DiffResult r = DiffGeneratorFactory.getInstance().compare(all, new EmptyDatabaseSnapshot(d), new CompareControl(all.getSnapshotControl().getTypesToInclude()));
        // Times of the run are in the log of changes that is among the data.
        out.println(changes(r, "g").replaceAll("valueDate: '?202[5-9]-[^\n]*", "valueDate: now").replaceAll("value: '?[0-9]{10}'?\n", "value: N\n"));
        d.close();
    }

    static String changes(DiffResult r, String ids) throws Exception {
        DiffToChangeLog to = new DiffToChangeLog(r, new DiffOutputControl(false, false, false, null));
        to.setChangeSetAuthor("a");
        to.setIdRoot(ids);
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        to.print(new PrintStream(o), new YamlChangeLogSerializer());
        // The order of changes that do not depend on each other is that of the catalog's rows, which nobody has said.
        String[] sets = o.toString("UTF-8").split("(?m)^- changeSet:\n    id: [^\n]*\n");
        java.util.Arrays.sort(sets);
        return String.join("--\n", sets);
    }

    static void diff() throws Exception {
        Database a = database("lb"), b = database("lc");
        DiffResult r = DiffGeneratorFactory.getInstance().compare(a, b,
            new CompareControl(new CompareControl.SchemaComparison[] {new CompareControl.SchemaComparison(new CatalogAndSchema(null, "lb"), new CatalogAndSchema(null, "lc"))}, "tables, columns, primarykeys, foreignkeys, indexes, uniqueconstraints, sequences, views"));
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        new DiffToReport(r, new PrintStream(o)).print();
        for (String l : o.toString("UTF-8").split("\n")) {
            if (!l.contains("jdbc:") && !l.startsWith("Product Version")) {
                out.println(l);
            }
        }
        out.println(changes(r, "d"));
        a.close();
        b.close();
    }
}

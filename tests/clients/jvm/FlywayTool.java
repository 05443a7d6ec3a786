import java.sql.*;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.*;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.*;

/** Flyway's commands over the migrations of flyway/. */
public class FlywayTool extends Base {
    public static void main(String[] args) throws Exception {
        try (Connection c = open()) {
            step("info of an empty schema", () -> info(flyway("fw", "one")));
            step("migrate", () -> {
                migrate(flyway("fw", "one"));
                info(flyway("fw", "one"));
                history(c, "fw");
                query(c, "SELECT * FROM fw.city ORDER BY code");
                query(c, "SELECT * FROM fw.member_cities ORDER BY id");
            });
            step("migrate again", () -> migrate(flyway("fw", "one")));
            step("pending ones", () -> {
                info(flyway("fw", "one", "two", "repeat"));
                migrate(flyway("fw", "one", "two", "repeat"));
                info(flyway("fw", "one", "two", "repeat"));
                query(c, "SELECT id, mobile, mood, rate FROM fw.member ORDER BY id");
                query(c, "SELECT * FROM fw.happy ORDER BY id");
            });
            step("validate", () -> {
                flyway("fw", "one", "two", "repeat").validate();
                validation(flyway("fw", "one", "repeat"));
                validation(flyway("fw", "one", "two", "broken", "repeat"));
            });
            step("a migration that fails", () -> {
                migrate(flyway("fw", "one", "two", "broken", "repeat"));
                info(flyway("fw", "one", "two", "broken", "repeat"));
                query(c, "SELECT to_regclass('fw.before_the_fault')");
            });
            step("a migration that fails outside a transaction", () -> {
                migrate(config("fw", "one", "two", "broken", "repeat").executeInTransaction(false).load());
                info(flyway("fw", "one", "two", "broken", "repeat"));
                history(c, "fw");
                query(c, "SELECT to_regclass('fw.before_the_fault'), to_regclass('fw.after_the_fault')");
            });
            step("repair", () -> {
                repair(flyway("fw", "one", "two", "broken", "repeat"));
                info(flyway("fw", "one", "two", "repeat"));
                run(c, "UPDATE fw.flyway_schema_history SET checksum = 7, description = 'other' WHERE version = '1.1'");
                validation(flyway("fw", "one", "two", "repeat"));
                repair(flyway("fw", "one", "two", "repeat"));
                history(c, "fw");
            });
            step("callbacks and a target", () -> {
                migrate(config("fw2", "one", "callbacks").target("1.1").load());
                info(flyway("fw2", "one", "callbacks"));
                query(c, "SELECT code, name FROM fw2.city ORDER BY code");
            });
            step("baseline", () -> {
                run(c, "CREATE SCHEMA old");
                run(c, "CREATE TABLE old.member (id bigint PRIMARY KEY, phone text)");
                migrate(flyway("old", "one"));
                BaselineResult r = config("old", "one").baselineVersion("1.2").baselineDescription("基线").load().baseline();
                out.println(r.successfullyBaselined + " " + r.baselineVersion);
                info(flyway("old", "one"));
                attempt(() -> config("old", "one").baselineVersion("2").load().baseline());
            });
            step("out of order", () -> {
                migrate(config("fw3", "one").target("1").load());
                run(c, "CREATE TYPE fw3.mood AS ENUM ('好', '坏')");
                run(c, "CREATE DOMAIN fw3.rate AS integer");
                migrate(config("fw3", "two").ignoreMigrationPatterns("*:missing").target("2").load());
                migrate(config("fw3", "one", "two").outOfOrder(true).load());
                info(flyway("fw3", "one", "two"));
            });
            step("one transaction for all", () -> {
                migrate(config("fw4", "one").group(true).mixed(true).load());
                history(c, "fw4");
            });
            step("clean", () -> {
                for (String s : new String[] {"fw", "fw2", "fw4", "old"}) {
                    CleanResult r = config(s, "one").cleanDisabled(false).load().clean();
                    out.println(r.schemasCleaned + " " + r.schemasDropped + " " + r.warnings);
                }
                query(c, "SELECT nspname, relname, relkind FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname LIKE 'fw%' AND nspname <> 'fw3' ORDER BY 1, 2");
                query(c, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'fw%' OR nspname = 'old' ORDER BY 1");
                attempt(() -> flyway("fw3", "one").clean());
            });
            step("clean of the fixture's schemas", () -> {
                CleanResult r = config("public", "one").schemas("public", "crm").cleanDisabled(false).load().clean();
                out.println(r.schemasCleaned + " " + r.schemasDropped + " " + r.warnings);
                query(c, "SELECT nspname, relname, relkind FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'crm') ORDER BY 1, 2");
                query(c, "SELECT nspname, typname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace WHERE nspname IN ('public', 'crm') ORDER BY 1, 2");
            });
        }
    }

    static FluentConfiguration config(String schema, String... folders) {
        String[] where = new String[folders.length];
        for (int i = 0; i < folders.length; i++) {
            where[i] = "filesystem:flyway/" + folders[i];
        }
        FluentConfiguration f = Flyway.configure().dataSource(url(), System.getenv("PGUSER"), System.getenv("PGPASSWORD")).schemas(schema).defaultSchema(schema)
            .locations(where).placeholders(java.util.Map.of("who", "某市")).connectRetries(0);
        // By default an open transaction holds Flyway's lock and writes the history beside
        // that of the migration; CREATE INDEX CONCURRENTLY would wait for it.
        boolean concurrently = java.util.Arrays.asList(folders).contains("two");
        f.getPluginRegister().getExact(org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension.class).setTransactionalLock(!concurrently);
        return f;
    }

    static Flyway flyway(String schema, String... folders) {
        return config(schema, folders).load();
    }

    static void info(Flyway f) {
        MigrationInfoService s = f.info();
        out.println("current " + (s.current() == null ? null : s.current().getVersion()) + ", " + s.pending().length + " pending, " + s.applied().length + " applied");
        for (MigrationInfo m : s.all()) {
            out.println(m.getInstalledRank() + "|" + m.getVersion() + "|" + m.getDescription() + "|" + m.getType() + "|" + m.getState() + "|" + m.getChecksum()
                + "|" + m.getScript() + "|" + m.getInstalledBy() + "|" + (m.getInstalledOn() != null));
        }
    }

    static void migrate(Flyway f) {
        attempt(() -> {
            MigrateResult r = f.migrate();
            out.println(r.success + " " + r.initialSchemaVersion + " -> " + r.targetSchemaVersion + " " + r.migrationsExecuted + " in " + r.schemaName + " of " + r.database + " " + r.databaseType + " " + r.warnings);
            for (MigrateOutput m : r.migrations) {
                out.println("  " + m.category + "|" + m.version + "|" + m.description + "|" + m.type);
            }
        });
    }

    static void validation(Flyway f) {
        ValidateResult r = f.validateWithResult();
        out.println(r.validationSuccessful + " " + r.validateCount + " " + r.getAllErrorMessages());
    }

    static void repair(Flyway f) {
        RepairResult r = f.repair();
        out.println(r.repairActions);
        for (RepairOutput o : r.migrationsRemoved) {
            out.println("removed " + o.version + " " + o.description);
        }
        for (RepairOutput o : r.migrationsDeleted) {
            out.println("deleted " + o.version + " " + o.description);
        }
        for (RepairOutput o : r.migrationsAligned) {
            out.println("aligned " + o.version + " " + o.description);
        }
    }

    static void history(Connection c, String schema) throws Exception {
        query(c, "SELECT installed_rank, version, description, type, script, checksum, installed_by, installed_on IS NOT NULL AS at, execution_time >= 0 AS took, success FROM "
            + schema + ".flyway_schema_history ORDER BY installed_rank");
    }
}

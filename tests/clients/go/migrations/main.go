// Program migrations runs what brings a database's tables forward: goose,
// golang-migrate and the schema migration of ent; and queries built by squirrel.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing/fstest"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	sq "github.com/Masterminds/squirrel"
	"github.com/golang-migrate/migrate/v4"
	_ "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	. "tagd/tests/clients/go/steps"
)

var ctx = context.Background()

func main() {
	db, err := sql.Open("pgx", URL)
	if err != nil {
		fmt.Println("FAIL", err)
		return
	}
	defer db.Close()
	Step("goose", func() error { return withGoose(db) })
	Step("ent", func() error { return withEnt(db) })
	Step("squirrel", func() error { return withSquirrel(db) })
	Step("golang-migrate", func() error { return withMigrate(db) })
}

// describe shows the columns, constraints and indexes of the tables like a pattern.
func describe(db *sql.DB, like string) error {
	rows, err := db.Query(`SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum))
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
		WHERE c.relname LIKE $1 AND c.relkind = 'r' ORDER BY c.relname, a.attnum`, like)
	if err == nil {
		err = lines(rows)
	}
	if err != nil {
		return err
	}
	if rows, err = db.Query(`SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text LIKE $1 ORDER BY 1`, like); err == nil {
		err = lines(rows)
	}
	if err != nil {
		return err
	}
	if rows, err = db.Query(`SELECT indexdef FROM pg_indexes WHERE tablename LIKE $1 ORDER BY 1`, like); err == nil {
		err = lines(rows)
	}
	return err
}

func lines(rows *sql.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return err
		}
		Show(s)
	}
	return rows.Err()
}

func withGoose(db *sql.DB) error {
	files := fstest.MapFS{
		"00001_one.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE goose_a (id serial PRIMARY KEY, name text NOT NULL DEFAULT '无');\nINSERT INTO goose_a (name) VALUES ('一'), ('二');\n-- +goose Down\nDROP TABLE goose_a;\n")},
		"00002_two.sql":   {Data: []byte("-- +goose Up\n-- +goose StatementBegin\nDO $$ BEGIN ALTER TABLE goose_a ADD n int; UPDATE goose_a SET n = id * 2; END $$;\n-- +goose StatementEnd\n-- +goose Down\nALTER TABLE goose_a DROP n;\n")},
		"00003_three.sql": {Data: []byte("-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY goose_n ON goose_a (n);\n-- +goose Down\nDROP INDEX goose_n;\n")},
		"00004_bad.sql":   {Data: []byte("-- +goose Up\nALTER TABLE goose_a ADD m int;\nSELECT 1/0;\n")},
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	rs, err := p.UpTo(ctx, 3)
	for _, r := range rs {
		Show(r.Source.Version, r.Direction, r.Empty, r.Error)
	}
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	var part *goose.PartialError
	if errors.As(err, &part) {
		Show(len(part.Applied), part.Failed.Source.Version, Failure(part.Err))
	}
	v, err := p.GetDBVersion(ctx)
	Show(v, err)
	if err := describe(db, "goose%"); err != nil {
		return err
	}
	st, err := p.Status(ctx)
	for _, s := range st {
		Show(s.Source.Version, string(s.State), s.AppliedAt.IsZero())
	}
	if err != nil {
		return err
	}
	if _, err := p.Down(ctx); err != nil {
		return err
	}
	rs, err = p.DownTo(ctx, 0)
	Show(len(rs))
	return errors.Join(err, describe(db, "goose%"))
}

func withMigrate(db *sql.DB) error {
	files := fstest.MapFS{
		"1_one.up.sql":   {Data: []byte("CREATE TABLE mig_a (id int PRIMARY KEY); CREATE TABLE mig_b (a int REFERENCES mig_a, t text CHECK (t <> ''));")},
		"1_one.down.sql": {Data: []byte("DROP TABLE mig_b; DROP TABLE mig_a;")},
		"2_two.up.sql":   {Data: []byte("ALTER TABLE mig_b ADD at timestamptz NOT NULL DEFAULT now();")},
		"2_two.down.sql": {Data: []byte("ALTER TABLE mig_b DROP at;")},
		"3_bad.up.sql":   {Data: []byte("CREATE TABLE mig_c (x int);\nSELECT nosuch FROM mig_c;")},
		"3_bad.down.sql": {Data: []byte("SELECT 1")},
	}
	src, err := iofs.New(files, ".")
	if err != nil {
		return err
	}
	m, err := migrate.NewWithSourceInstance("iofs", src, "pgx5"+strings.TrimPrefix(URL, "postgres"))
	if err != nil {
		return err
	}
	defer m.Close()
	if err := m.Migrate(2); err != nil {
		return err
	}
	Show(m.Up())
	v, dirty, err := m.Version()
	Show(v, dirty, err)
	Show(m.Up())
	if err := errors.Join(m.Force(2), describe(db, "mig%"), m.Steps(-1)); err != nil {
		return err
	}
	v, dirty, err = m.Version()
	Show(v, dirty, err)
	if err := m.Down(); err != nil {
		return err
	}
	return errors.Join(describe(db, "mig%"), m.Drop())
}

// entTables are what ent's generated code would hand to its migration.
func entTables(more bool) []*schema.Table {
	users := &schema.Table{Name: "ent_users", Comment: "用户", Columns: []*schema.Column{
		{Name: "id", Type: field.TypeInt, Increment: true}, {Name: "name", Type: field.TypeString, Size: 40, Comment: "姓名"}, {Name: "age", Type: field.TypeInt8, Nullable: true}, {Name: "score", Type: field.TypeFloat64, Default: 1.5},
		{Name: "active", Type: field.TypeBool, Default: true}, {Name: "uid", Type: field.TypeUUID, Unique: true}, {Name: "doc", Type: field.TypeJSON, Nullable: true}, {Name: "at", Type: field.TypeTime, Default: "CURRENT_TIMESTAMP"},
		{Name: "state", Type: field.TypeEnum, Enums: []string{"on", "off"}, Default: "on"}, {Name: "raw", Type: field.TypeBytes, Nullable: true}, {Name: "price", Type: field.TypeFloat64, SchemaType: map[string]string{dialect.Postgres: "numeric(6,2)"}, Nullable: true}}}
	pets := &schema.Table{Name: "ent_pets", Columns: []*schema.Column{{Name: "id", Type: field.TypeInt64, Increment: true}, {Name: "name", Type: field.TypeString, Size: 255, Default: "无"}, {Name: "owner", Type: field.TypeInt, Nullable: true}}}
	if more {
		users.Columns[1].Size = 80
		users.Columns = append(users.Columns, &schema.Column{Name: "nick", Type: field.TypeString, Size: 10, Nullable: true})
		pets.Columns[1].Default = "新"
	}
	users.PrimaryKey, pets.PrimaryKey = users.Columns[:1], pets.Columns[:1]
	users.Indexes = []*schema.Index{{Name: "ent_users_name_age", Unique: true, Columns: users.Columns[1:3]}}
	onDelete := schema.Cascade
	if more {
		onDelete = schema.SetNull
	}
	pets.ForeignKeys = []*schema.ForeignKey{{Symbol: "ent_pets_owner", Columns: pets.Columns[2:3], RefTable: users, RefColumns: users.Columns[:1], OnDelete: onDelete}}
	return []*schema.Table{users, pets}
}

func withEnt(db *sql.DB) error {
	drv := entsql.OpenDB(dialect.Postgres, db)
	for _, more := range []bool{false, false, true} {
		var out strings.Builder
		w := &schema.WriteDriver{Driver: drv, Writer: &out}
		opts := []schema.MigrateOption{schema.WithDropColumn(true), schema.WithDropIndex(true), schema.WithErrNoPlan(false)}
		m, err := schema.NewMigrate(w, opts...)
		if err != nil {
			return err
		}
		if err := m.Create(ctx, entTables(more)...); err != nil {
			return err
		}
		Show(out.String())
		if m, err = schema.NewMigrate(drv, opts...); err != nil {
			return err
		}
		if err := m.Create(ctx, entTables(more)...); err != nil {
			return err
		}
		if err := describe(db, "ent%"); err != nil {
			return err
		}
	}
	_, err := db.Exec("DROP TABLE ent_pets, ent_users")
	return err
}

func withSquirrel(db *sql.DB) error {
	q := sq.StatementBuilder.PlaceholderFormat(sq.Dollar).RunWith(sq.NewStmtCache(db))
	rows, err := q.Select("city", "count(*) AS n").From("tags").Where(sq.Or{sq.Eq{"gender": []string{"男", "女"}}, sq.Expr("age = ?", 30)}).Where(sq.GtOrEq{"age": 20}).GroupBy("city").Having("count(*) > ?", 100).OrderBy("city NULLS FIRST").Query()
	if err != nil {
		return err
	}
	for rows.Next() {
		var city *string
		var n int64
		if err := rows.Scan(&city, &n); err != nil {
			return err
		}
		Show(city, n)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	var a int
	var v sql.NullString
	err = q.Insert("pairs").Columns("a", "b", "v").Values(7, "新", sq.Expr("upper(?)", "x")).Suffix("ON CONFLICT (a, b) DO UPDATE SET v = EXCLUDED.v RETURNING a, v").QueryRow().Scan(&a, &v)
	Show(a, v.String, err)
	r, err := q.Update("pairs").Set("v", sq.Case("a").When("7", "'七'").Else("NULL")).Where(sq.Eq{"b": "新"}).Exec()
	if err != nil {
		return err
	}
	n, _ := r.RowsAffected()
	sub := sq.Select("max(a)").From("pairs").PlaceholderFormat(sq.Question)
	r2, err := q.Delete("pairs").Where(sub.Prefix("a = (").Suffix(")")).Exec()
	if err != nil {
		return err
	}
	n2, _ := r2.RowsAffected()
	Show(n, n2)
	return nil
}

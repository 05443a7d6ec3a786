// Program bun runs the ORM bun over its own driver: tables made from models, queries,
// relations, bulk changes, COPY, notifications, transactions, migrations.
package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/driver/pgdriver"
	"github.com/uptrace/bun/migrate"

	. "tagd/tests/clients/go/steps"
)

// Member is a model with each kind of column that bun makes.
type Member struct {
	bun.BaseModel `bun:"table:members,alias:m"`
	ID            int64          `bun:",pk,autoincrement"`
	Name          string         `bun:"type:varchar(40),notnull,unique:name_city"`
	City          string         `bun:",nullzero,default:'北京',unique:name_city"`
	Email         *string        `bun:",unique"`
	Age           int16          `bun:",notnull"`
	Score         float64        `bun:",nullzero"`
	Ratio         float32        `bun:",nullzero"`
	Spent         string         `bun:"type:numeric(12,2),nullzero,default:0"`
	Vip           sql.NullBool   `bun:",nullzero"`
	Raw           []byte         `bun:",nullzero"`
	Hobby         []string       `bun:",array"`
	Shops         []int64        `bun:",array"`
	Extra         map[string]any `bun:"type:jsonb,nullzero"`
	Prefs         map[string]int `bun:",nullzero"`
	Birthday      time.Time      `bun:"type:date,nullzero"`
	Seen          time.Time      `bun:",nullzero"`
	Ref           string         `bun:"type:uuid,nullzero"`
	DeletedAt     time.Time      `bun:",soft_delete,nullzero"`
	Orders        []*Order       `bun:"rel:has-many,join:id=member_id"`
}

// Order belongs to a member.
type Order struct {
	bun.BaseModel `bun:"table:member_orders,alias:o"`
	ID            int64   `bun:",pk,autoincrement,identity"`
	MemberID      int64   `bun:",notnull"`
	Amount        int64   `bun:",nullzero"`
	Channel       string  `bun:",nullzero"`
	Member        *Member `bun:"rel:belongs-to,join:member_id=id"`
}

var ctx = context.Background()

func main() {
	pool := sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(URL), pgdriver.WithTimeout(20*time.Second)))
	db := bun.NewDB(pool, pgdialect.New())
	defer db.Close()
	step := func(name string, run func(*bun.DB) error) { Step(name, func() error { return run(db) }) }
	step("types", types)
	step("create tables", createTables)
	step("insert and select", insert)
	step("relations", relations)
	step("bulk changes", bulk)
	step("queries", queries)
	step("errors", failures)
	step("transactions", transactions)
	step("copy", copies)
	step("notifications", notifications)
	step("migrations", migrations)
	step("drop", func(db *bun.DB) error {
		_, err := db.NewDropTable().Model((*Order)(nil)).IfExists().Exec(ctx)
		_, err2 := db.NewDropTable().Model((*Member)(nil)).Cascade().Exec(ctx)
		return errors.Join(err, err2)
	})
}

// shown is an error with the fields that the driver keeps.
func shown(err error) string {
	var e pgdriver.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	var out []string
	for _, f := range "SVCMDHPpqWstcdn" {
		if v := e.Field(byte(f)); v != "" {
			out = append(out, fmt.Sprintf("%c=%q", f, v))
		}
	}
	return strings.Join(out, " ") + fmt.Sprint(" ", e.IntegrityViolation(), e.StatementTimeout())
}

func types(db *bun.DB) error {
	for _, t := range Every {
		var v any
		if err := db.QueryRowContext(ctx, fmt.Sprintf("SELECT %s::%s", Literal(t.Value), t.Name)).Scan(&v); err != nil {
			Show(t.Name, shown(err))
			continue
		}
		Show(t.Name, v)
	}
	rows, err := db.QueryContext(ctx, "SELECT * FROM tags WHERE id < 4 ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	ts, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	for _, t := range ts {
		Show(t.Name(), t.DatabaseTypeName())
	}
	var maps []map[string]any
	if err := db.NewSelect().TableExpr("tags").Where("id IN (?)", bun.In([]int{1, 2})).OrderExpr("id").Scan(ctx, &maps); err != nil {
		return err
	}
	for _, m := range maps {
		Show(m)
	}
	return nil
}

func createTables(db *bun.DB) error {
	if _, err := db.NewCreateTable().Model((*Member)(nil)).Exec(ctx); err != nil {
		return err
	}
	if _, err := db.NewCreateTable().Model((*Member)(nil)).IfNotExists().Exec(ctx); err != nil {
		return err
	}
	if _, err := db.NewCreateTable().Model((*Order)(nil)).ForeignKey(`("member_id") REFERENCES "members" ("id") ON DELETE CASCADE`).Exec(ctx); err != nil {
		return err
	}
	if _, err := db.NewCreateIndex().Model((*Member)(nil)).Index("members_age").Column("age").ColumnExpr("score DESC NULLS LAST").Where("age > ?", 3).Exec(ctx); err != nil {
		return err
	}
	if _, err := db.NewAddColumn().Model((*Member)(nil)).ColumnExpr("nick varchar(10) DEFAULT '无'").IfNotExists().Exec(ctx); err != nil {
		return err
	}
	var cols []map[string]any
	err := db.NewSelect().TableExpr("information_schema.columns").ColumnExpr("table_name::text, column_name::text, data_type::text, column_default::text, is_nullable::text, is_identity::text").
		Where("table_name IN (?)", bun.In([]string{"members", "member_orders"})).OrderExpr("table_name, ordinal_position").Scan(ctx, &cols)
	for _, c := range cols {
		Show(c)
	}
	var defs []string
	err2 := db.NewRaw("SELECT indexdef FROM pg_indexes WHERE tablename IN ('members', 'member_orders') ORDER BY indexname").Scan(ctx, &defs)
	Show(strings.Join(defs, "\n"))
	_, err3 := db.NewDropColumn().Model((*Member)(nil)).Column("nick").Exec(ctx)
	return errors.Join(err, err2, err3)
}

func insert(db *bun.DB) error {
	day := time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.UTC)
	mail := "a@b.c"
	ms := []*Member{
		{Name: "甲", Email: &mail, Age: 20, Score: 1.25, Ratio: 0.1, Spent: "99.995", Vip: sql.NullBool{Bool: true, Valid: true}, Raw: []byte{0, 255, '\\', '\''}, Hobby: []string{"x", "a,b", `c"d\`, "城"},
			Shops: []int64{1, -2}, Extra: map[string]any{"k": []any{1.5, nil, "引'号"}}, Prefs: map[string]int{"p": 7}, Birthday: day, Seen: day, Ref: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
		{Name: "O'Brien \\ 你", City: "上海", Age: 30, Hobby: []string{}},
		{Name: "丙", Age: 40},
	}
	if _, err := db.NewInsert().Model(&ms).Exec(ctx); err != nil {
		return err
	}
	Show(ms[0].ID, ms[1].ID, ms[2].ID, ms[0].City, ms[2].City, ms[0].Spent, ms[1].Spent)
	os := []Order{{MemberID: 1, Amount: 5, Channel: "app"}, {MemberID: 1, Amount: 7, Channel: "门店"}, {MemberID: 2, Amount: 9}}
	if _, err := db.NewInsert().Model(&os).Returning("*").Exec(ctx); err != nil {
		return err
	}
	Show(os[0].ID, os[2].ID)
	return show(db)
}

func show(db *bun.DB) error {
	var ms []Member
	err := db.NewSelect().Model(&ms).Order("id").Scan(ctx)
	for _, m := range ms {
		Show(m.ID, m.Name, m.City, m.Email, m.Age, m.Score, m.Ratio, m.Spent, m.Vip, m.Raw, m.Hobby, m.Shops, m.Extra, m.Prefs, m.Birthday, m.Seen, m.Ref)
	}
	return err
}

func relations(db *bun.DB) error {
	var ms []Member
	if err := db.NewSelect().Model(&ms).Relation("Orders", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("o.id") }).Order("m.id").Scan(ctx); err != nil {
		return err
	}
	for _, m := range ms {
		Show(m.Name, len(m.Orders))
		for _, o := range m.Orders {
			Show("  ", o.ID, o.Amount, o.Channel)
		}
	}
	var os []Order
	if err := db.NewSelect().Model(&os).Relation("Member").Where("member.age > ?", 10).OrderExpr("o.id DESC").Scan(ctx); err != nil {
		return err
	}
	for _, o := range os {
		Show(o.ID, o.Member.Name, o.Member.Birthday)
	}
	return nil
}

func bulk(db *bun.DB) error {
	up := []Member{{ID: 1, Name: "改", Age: 21}, {ID: 3, Name: "更", Age: 41}}
	values := db.NewValues(&up).Column("id", "name", "age")
	r, err := db.NewUpdate().With("_data", values).Model((*Member)(nil)).TableExpr("_data").Set("name = _data.name").Set("age = _data.age").Where("m.id = _data.id").Exec(ctx)
	if err != nil {
		return err
	}
	n, _ := r.RowsAffected()
	Show(n)
	m := Member{ID: 1, Name: "存", Age: 22, City: "北京"}
	if _, err := db.NewInsert().Model(&m).Column("id", "name", "age", "city").On("CONFLICT (id) DO UPDATE").Set("name = EXCLUDED.name").Set("age = EXCLUDED.age + m.age").Returning("age").Exec(ctx); err != nil {
		return err
	}
	Show(m.Age)
	r, err = db.NewInsert().Model(&Member{ID: 1, Name: "无", Age: 1}).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return err
	}
	n, _ = r.RowsAffected()
	Show(n)
	if _, err := db.NewDelete().Model((*Member)(nil)).Where("id = ?", 3).Exec(ctx); err != nil {
		return err
	}
	c1, err1 := db.NewSelect().Model((*Member)(nil)).Count(ctx)
	c2, err2 := db.NewSelect().Model((*Member)(nil)).WhereAllWithDeleted().Count(ctx)
	c3, err3 := db.NewSelect().Model((*Member)(nil)).WhereDeleted().Exists(ctx)
	Show(c1, c2, c3)
	_, err4 := db.NewDelete().Model((*Member)(nil)).Where("id = ?", 3).ForceDelete().Exec(ctx)
	return errors.Join(err1, err2, err3, err4, show(db))
}

func queries(db *bun.DB) error {
	var groups []struct {
		City  *string
		N     int64
		Total string
		Names []string `bun:",array"`
	}
	sub := db.NewSelect().TableExpr("tags").ColumnExpr("avg(age)")
	if err := db.NewSelect().TableExpr("tags AS t").ColumnExpr("t.city, count(*) AS n, sum(t.spent) AS total, array_agg(t.name ORDER BY t.id) FILTER (WHERE t.id < 8) AS names").
		Where("t.age > (?)", sub).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("t.gender = ?", "女").WhereOr("t.vip IS NOT DISTINCT FROM ?", nil)
	}).GroupExpr("t.city").Having("count(*) > ?", 10).OrderExpr("1 NULLS FIRST").Scan(ctx, &groups); err != nil {
		return err
	}
	for _, g := range groups {
		Show(g.City, g.N, g.Total, g.Names)
	}
	var ids []int64
	cte := db.NewSelect().TableExpr("crm.orders").Column("user_id").Where("amount > ?", 480)
	if err := db.NewSelect().With("big", cte).TableExpr("tags").Column("id").Where("id IN (SELECT user_id FROM big)").Where("hobby @> ?", pgdialect.Array([]string{"跑步"})).Order("id").Limit(5).Offset(2).Scan(ctx, &ids); err != nil {
		return err
	}
	Show(ids)
	union := db.NewSelect().TableExpr("pairs").Column("a").Union(db.NewSelect().TableExpr("tags").ColumnExpr("id").Where("id = ?", 77))
	if err := db.NewSelect().TableExpr("(?) AS u", union).Column("a").Order("a").Scan(ctx, &ids); err != nil {
		return err
	}
	Show(ids)
	var v struct {
		B  bool
		F  float64
		T  time.Time
		S  string
		By []byte
	}
	err := db.NewRaw("SELECT ? AS b, ? AS f, ?::timestamptz AS t, ? AS s, ?::bytea AS by", true, 1.5e-7, time.Date(2024, 1, 2, 3, 4, 5, 6000, time.UTC), "引'号 \\ ? 数", []byte{1, 0}).Scan(ctx, &v)
	Show(v.B, v.F, v.T, v.S, v.By)
	st, err2 := db.PrepareContext(ctx, "SELECT name, $2::int + 1 FROM tags WHERE id = $1")
	if err2 != nil {
		return err2
	}
	defer st.Close()
	for _, id := range []int{1, 5000, -1} {
		var name string
		var n int
		Show(id, st.QueryRowContext(ctx, id, 41).Scan(&name, &n), name, n)
	}
	return err
}

func failures(db *bun.DB) error {
	mail := "a@b.c"
	for _, m := range []*Member{{Name: "重", Email: &mail, Age: 1}, {Name: strings.Repeat("长", 41), Age: 1}, {Name: "数", Age: 1, Spent: "1e20"}, {Name: "标", Age: 1, Ref: "zz"}} {
		_, err := db.NewInsert().Model(m).Exec(ctx)
		Show(shown(err))
	}
	_, err := db.NewInsert().Model(&Order{MemberID: 999}).Exec(ctx)
	Show(shown(err))
	_, err = db.ExecContext(ctx, "SELECT nosuch FROM tags")
	Show(shown(err))
	_, err = db.ExecContext(ctx, "SELECT 城 FROM tags WHEN")
	Show(shown(err))
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, err = db.ExecContext(short, "SELECT pg_sleep(20)")
	Show(err != nil)
	var n int
	return errors.Join(db.QueryRowContext(ctx, "SELECT 1").Scan(&n))
}

func transactions(db *bun.DB) error {
	err := db.RunInTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable}, func(ctx context.Context, tx bun.Tx) error {
		var iso string
		if err := tx.NewRaw("SHOW transaction_isolation").Scan(ctx, &iso); err != nil {
			return err
		}
		Show(iso)
		if _, err := tx.NewInsert().Model(&Order{MemberID: 1, Amount: 100, Channel: "tx"}).Exec(ctx); err != nil {
			return err
		}
		inner := tx.RunInTx(ctx, nil, func(ctx context.Context, in bun.Tx) error {
			_, err := in.NewInsert().Model(&Order{MemberID: 1, Amount: 101, Channel: "tx"}).Exec(ctx)
			return errors.Join(err, errors.New("inner given up"))
		})
		Show(inner)
		return nil
	})
	Show(err)
	Show(db.RunInTx(ctx, &sql.TxOptions{ReadOnly: true}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*Order)(nil)).Where("TRUE").Exec(ctx)
		Show(shown(err))
		return errors.New("given up")
	}))
	var as []int64
	err = db.NewSelect().Model((*Order)(nil)).Column("amount").Where("channel = 'tx'").Order("amount").Scan(ctx, &as)
	Show(as)
	return err
}

func copies(db *bun.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var out bytes.Buffer
	r, err := pgdriver.CopyTo(ctx, conn, &out, "COPY (SELECT id, city, hobby, raw FROM tags WHERE id < 6 ORDER BY id) TO STDOUT WITH CSV HEADER")
	if err != nil {
		return err
	}
	n, _ := r.RowsAffected()
	Show(n, out.String())
	r, err = pgdriver.CopyFrom(ctx, conn, strings.NewReader("1,5,网\n2,6,\n"), "COPY member_orders (member_id, amount, channel) FROM STDIN WITH CSV")
	if err != nil {
		return err
	}
	n, _ = r.RowsAffected()
	c, err := db.NewSelect().Model((*Order)(nil)).Where("amount IN (5, 6)").Count(ctx)
	Show(n, c)
	_, bad := pgdriver.CopyFrom(ctx, conn, strings.NewReader("1,x\n"), "COPY member_orders (member_id, amount) FROM STDIN WITH CSV")
	Show(shown(bad))
	return err
}

func notifications(db *bun.DB) error {
	ln := pgdriver.NewListener(db)
	defer ln.Close()
	if err := ln.Listen(ctx, "news", "城"); err != nil {
		return err
	}
	// The driver does not wait for the answer.
	for range 200 {
		if n, _ := db.NewSelect().TableExpr("pg_stat_activity").Where("query = ? AND state = 'idle'", `LISTEN "城"`).Count(ctx); n > 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, p := range []string{"一", "two"} {
		if err := pgdriver.Notify(ctx, db, "news", p); err != nil {
			return err
		}
	}
	for range 2 {
		channel, payload, err := ln.ReceiveTimeout(ctx, 5*time.Second)
		if err != nil {
			return err
		}
		Show(channel, payload)
	}
	return ln.Unlisten(ctx, "news")
}

func migrations(db *bun.DB) error {
	ms := migrate.NewMigrations()
	exec := func(q string) func(context.Context, *migrate.Migrator, *migrate.Migration) error {
		return func(ctx context.Context, _ *migrate.Migrator, _ *migrate.Migration) error {
			_, err := db.ExecContext(ctx, q)
			return err
		}
	}
	ms.Add(migrate.Migration{Name: "1", Comment: "one", Up: exec("CREATE TABLE moved (a int)"), Down: exec("DROP TABLE moved")})
	ms.Add(migrate.Migration{Name: "2", Comment: "two", Up: exec("ALTER TABLE moved ADD b text DEFAULT '好'; INSERT INTO moved VALUES (1)"), Down: exec("ALTER TABLE moved DROP b")})
	m := migrate.NewMigrator(db, ms)
	if err := errors.Join(m.Init(ctx), m.Lock(ctx)); err != nil {
		return err
	}
	Show(m.Lock(ctx) != nil)
	g, err := m.Migrate(ctx)
	if err != nil {
		return err
	}
	Show(g.ID, len(g.Migrations))
	var rows []map[string]any
	if err := db.NewRaw("SELECT * FROM moved").Scan(ctx, &rows); err != nil {
		return err
	}
	Show(rows)
	st, err := m.MigrationsWithStatus(ctx)
	if err != nil {
		return err
	}
	Show(len(st.Applied()), len(st.Unapplied()), st.LastGroupID())
	g, err = m.Rollback(ctx)
	if err != nil {
		return err
	}
	Show(len(g.Migrations))
	_, err = db.NewRaw("SELECT * FROM moved").Exec(ctx)
	Show(shown(err))
	return m.Unlock(ctx)
}

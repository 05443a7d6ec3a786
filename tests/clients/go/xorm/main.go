// Program xorm runs the ORM xorm over lib/pq: what it reads of the catalog, tables
// made and synchronised from models, queries, sessions, dumps.
package main

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"time"

	_ "github.com/lib/pq"
	"xorm.io/builder"
	"xorm.io/xorm"
	"xorm.io/xorm/log"
	"xorm.io/xorm/names"
	"xorm.io/xorm/schemas"

	. "tagd/tests/clients/go/steps"
)

// Member is a model with each kind of column that xorm makes.
type Member struct {
	ID       int64   `xorm:"pk autoincr 'id'"`
	Name     string  `xorm:"varchar(40) notnull unique(name_city)"`
	City     string  `xorm:"varchar(20) default('北京') unique(name_city)"`
	Email    *string `xorm:"unique"`
	Age      int16   `xorm:"index"`
	Score    float64 `xorm:"index(score_vip)"`
	Vip      bool    `xorm:"index(score_vip)"`
	Spent    string  `xorm:"decimal(12,2) default 0"`
	Raw      []byte
	Hobby    []string       `xorm:"json"`
	Extra    map[string]any `xorm:"jsonb"`
	Birthday time.Time      `xorm:"date"`
	Seen     time.Time      `xorm:"timestampz"`
	Ref      string         `xorm:"uuid null"`
	Note     string         `xorm:"comment('备注')"`
	Version  int            `xorm:"version"`
	Created  time.Time      `xorm:"created"`
	Deleted  time.Time      `xorm:"deleted"`
}

func (Member) TableName() string { return "members" }

// Order belongs to a member.
type Order struct {
	ID       int64 `xorm:"pk autoincr 'id'"`
	MemberID int64 `xorm:"index 'member_id'"`
	Amount   int64
	Channel  string
}

func (Order) TableName() string { return "member_orders" }

var day = time.Date(2024, 2, 29, 1, 2, 3, 0, time.UTC)

func main() {
	db, err := xorm.NewEngine("postgres", URL)
	if err != nil {
		fmt.Println("FAIL", err)
		return
	}
	defer db.Close()
	db.SetMapper(names.GonicMapper{})
	db.SetLogLevel(log.LOG_OFF)
	db.SetTZLocation(time.UTC)
	db.SetTZDatabase(time.UTC)
	step := func(name string, run func(*xorm.Engine) error) { Step(name, func() error { return run(db) }) }
	step("introspect", func(db *xorm.Engine) error {
		Fails(metas(db, "")) // an enum
		if _, err := db.Exec("ALTER TABLE tags DROP COLUMN grade"); err != nil {
			return err
		}
		return metas(db, "")
	})
	step("sync", func(db *xorm.Engine) error {
		if err := db.Sync(new(Member), new(Order)); err != nil {
			return err
		}
		return metas(db, "member")
	})
	step("sync again", resync)
	step("insert and find", insert)
	step("queries", queries)
	step("errors", failures)
	step("sessions", sessions)
	step("dump", func(db *xorm.Engine) error {
		var out bytes.Buffer
		ts, err := db.DBMetas()
		if err != nil {
			return err
		}
		var some []*schemas.Table
		for _, t := range ts {
			if t.Name == "pairs" {
				some = append(some, t)
			}
		}
		if err := db.DumpTables(some, &out); err != nil {
			return err
		}
		_, dump, _ := strings.Cut(out.String(), "\n") // its first line has the time
		Show(dump)
		return nil
	})
	step("drop", func(db *xorm.Engine) error { return db.DropTables(new(Order), new(Member)) })
}

// metas shows the tables whose names begin with prefix.
func metas(db *xorm.Engine, prefix string) error {
	ts, err := db.DBMetas()
	if err != nil {
		return err
	}
	sort.Slice(ts, func(i, j int) bool { return ts[i].Name < ts[j].Name })
	for _, t := range ts {
		if !strings.HasPrefix(t.Name, prefix) {
			continue
		}
		Show(t.Name, t.Comment, t.PrimaryKeys, t.AutoIncrement)
		for _, c := range t.Columns() {
			Show(" ", c.Name, c.SQLType.Name, c.Length, c.Length2, c.Nullable, c.Default, c.DefaultIsEmpty, c.IsPrimaryKey, c.IsAutoIncrement, c.Comment)
		}
		var is []string
		for _, i := range t.Indexes {
			is = append(is, fmt.Sprint("  ", i.Name, " ", i.Type, " ", i.Cols, " ", i.IsRegular))
		}
		sort.Strings(is)
		Show(strings.Join(is, "\n"))
	}
	return nil
}

func resync(db *xorm.Engine) error {
	type Member struct {
		Name string `xorm:"varchar(60) notnull unique(name_city)"`
		City string `xorm:"varchar(20) default('上海') unique(name_city)"`
		Age  int64  `xorm:"index"`
		Nick string `xorm:"varchar(10) default('无') index"`
	}
	if err := db.Table("members").Sync(new(Member)); err != nil {
		return err
	}
	ok, err := db.IsTableExist("members")
	no, err2 := db.IsTableExist("nosuch")
	empty, err3 := db.IsTableEmpty("members")
	Show(ok, no, empty, err, err2, err3)
	return metas(db, "member")
}

func show(ms []Member) {
	for _, m := range ms {
		Show(m.ID, m.Name, m.City, m.Email, m.Age, m.Score, m.Vip, m.Spent, m.Raw, m.Hobby, m.Extra, m.Birthday, m.Seen, m.Ref, m.Version, m.Deleted.IsZero())
	}
}

func insert(db *xorm.Engine) error {
	mail := "a@b.c"
	m := Member{Name: "甲", Email: &mail, Age: 20, Score: 1.25, Vip: true, Spent: "99.99", Raw: []byte{0, 255}, Hobby: []string{"x", "城"}, Extra: map[string]any{"k": []any{1.5, nil}}, Birthday: day, Seen: day, Ref: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}
	n, err := db.Insert(&m)
	if err != nil {
		return err
	}
	Show(n, m.ID, m.Version)
	var many []Member
	for i := range 50 {
		many = append(many, Member{Name: fmt.Sprint("m", i), City: "广州", Age: int16(i), Score: float64(i) / 4, Spent: "1", Birthday: day.AddDate(0, 0, i), Seen: day, Ref: "00000000-0000-0000-0000-000000000000"})
	}
	if n, err = db.Insert(&many); err != nil {
		return err
	}
	k, err := db.Insert([]Order{{MemberID: 1, Amount: 5, Channel: "app"}, {MemberID: 1, Amount: 7, Channel: "门店"}, {MemberID: 2, Amount: 9}})
	Show(n, k)
	if err != nil {
		return err
	}
	var ms []Member
	if err := db.Where("age < ?", 3).Or(builder.In("name", "甲", "m40")).Asc("id").Find(&ms); err != nil {
		return err
	}
	show(ms)
	got := Member{ID: 1}
	has, err := db.Get(&got)
	Show(has, got.Name, got.Extra)
	got.Age = 21
	n, err2 := db.ID(1).Cols("age").Update(&got)
	Show(n, got.Version)
	stale := Member{Age: 5, Version: 1}
	n, err3 := db.ID(1).Update(&stale)
	Show(n)
	n, err4 := db.ID(3).Delete(new(Member))
	c, err5 := db.Count(new(Member))
	c2, err6 := db.Unscoped().Count(new(Member))
	Show(n, c, c2)
	for _, e := range []error{err, err2, err3, err4, err5, err6} {
		if e != nil {
			return e
		}
	}
	return nil
}

func queries(db *xorm.Engine) error {
	rows, err := db.QueryString("SELECT city, count(*) n, sum(spent) s, avg(score) a FROM tags WHERE age > ? GROUP BY city ORDER BY city", 30)
	if err != nil {
		return err
	}
	for _, r := range rows {
		Show(r)
	}
	values, err := db.QueryInterface("SELECT id, name, vip, birthday, joined, seen, wakes, raw, extra, hobby, ref, spent FROM tags WHERE id < 4 ORDER BY id")
	if err != nil {
		return err
	}
	for _, r := range values {
		Show(r)
	}
	var joined []struct {
		Member `xorm:"extends"`
		Order  `xorm:"extends"`
	}
	if err := db.Table("members").Join("INNER", "member_orders", "member_orders.member_id = members.id").OrderBy("member_orders.id").Find(&joined); err != nil {
		return err
	}
	for _, j := range joined {
		Show(j.Member.Name, j.Order.Amount, j.Order.Channel)
	}
	sum, err := db.Where("age < ?", 10).Sums(new(Member), "age", "score")
	if err != nil {
		return err
	}
	Show(sum)
	total := int64(0)
	err = db.Where("age > ?", 5).BufferSize(7).Iterate(new(Member), func(_ int, b any) error { total += int64(b.(*Member).Age); return nil })
	Show(total)
	var names []string
	err2 := db.Table("members").Where(builder.Like{"name", "m1%"}.And(builder.Between{Col: "age", LessVal: 10, MoreVal: 15})).Cols("name").Asc("id").Limit(4, 1).Find(&names)
	Show(names)
	sql, args, err3 := builder.Postgres().Select("a", "b").From("pairs").Where(builder.Eq{"a": 1}.Or(builder.IsNull{"v"})).OrderBy("a, b").ToSQL()
	Show(sql, args)
	pairs, err4 := db.SQL(sql, args...).QueryString()
	Show(len(pairs), pairs[0])
	n, err5 := db.Exec("UPDATE member_orders SET amount = amount + ? WHERE member_id = ?", 1, 1)
	if err5 != nil {
		return err5
	}
	c, _ := n.RowsAffected()
	Show(c)
	for _, e := range []error{err, err2, err3, err4} {
		if e != nil {
			return e
		}
	}
	return nil
}

func failures(db *xorm.Engine) error {
	mail := "a@b.c"
	for _, m := range []Member{{Name: "重", Email: &mail}, {Name: strings.Repeat("长", 61)}, {Name: "甲"}} {
		m.Spent, m.Ref, m.City, m.Birthday, m.Seen = "1", "00000000-0000-0000-0000-000000000000", "北京", day, day
		_, err := db.Insert(&m) // what the models do not have, Sync has taken away
		Show(err)
	}
	_, err := db.QueryString("SELECT nosuch FROM members")
	Fails(err)
	_, err = db.Exec("INSERT INTO members (age) VALUES (1)")
	Fails(err)
	return nil
}

func sessions(db *xorm.Engine) error {
	_, err := db.Transaction(func(s *xorm.Session) (any, error) {
		if _, err := s.Insert(&Order{MemberID: 1, Amount: 100, Channel: "tx"}); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("given up")
	})
	Show(err)
	s := db.NewSession()
	defer s.Close()
	if err := s.Begin(); err != nil {
		return err
	}
	if _, err := s.Insert(&Order{MemberID: 1, Amount: 101, Channel: "tx"}); err != nil {
		return err
	}
	if err := s.Commit(); err != nil {
		return err
	}
	n, err := db.Where("channel = ?", "tx").Count(new(Order))
	Show(n)
	return err
}

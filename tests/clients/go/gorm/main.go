// Program gorm runs GORM's Postgres dialect: migration, what it reads of the
// catalog, and its queries.
package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	. "tagd/tests/clients/go/steps"
)

// Member is a model with each kind of column that GORM makes.
type Member struct {
	ID        uint64  `gorm:"primaryKey"`
	Name      string  `gorm:"size:40;not null;index:idx_member_name;comment:姓名"`
	Email     *string `gorm:"uniqueIndex"`
	City      string  `gorm:"default:北京"`
	Age       int16   `gorm:"check:age_positive,age >= 0"`
	Spent     float64 `gorm:"type:numeric(12,2);default:0"`
	Score     float32
	Vip       bool
	Raw       []byte
	Birthday  time.Time `gorm:"type:date"`
	CreatedAt time.Time
	UpdatedAt time.Time
	Orders    []Order `gorm:"constraint:OnUpdate:CASCADE,OnDelete:CASCADE"`
}

// Order belongs to a member.
type Order struct {
	ID       uint64 `gorm:"primaryKey"`
	MemberID uint64 `gorm:"index"`
	Amount   int64
	Channel  string
}

func main() {
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	db, err := gorm.Open(postgres.Open(URL), &gorm.Config{Logger: logger.Discard, NowFunc: func() time.Time { return day }})
	if err != nil {
		fmt.Println("FAIL", err)
		return
	}
	Step("AutoMigrate", func() error {
		if err := db.AutoMigrate(&Member{}, &Order{}); err != nil {
			return err
		}
		return columns(db, &Member{}, &Order{})
	})
	Step("AutoMigrate again", func() error {
		var before, after []string
		const state = "SELECT attname || ' ' || format_type(atttypid, atttypmod) || attnotnull FROM pg_attribute WHERE attrelid = 'members'::regclass AND attnum > 0 ORDER BY attnum"
		db.Raw(state).Scan(&before)
		if err := db.AutoMigrate(&Member{}, &Order{}); err != nil {
			return err
		}
		db.Raw(state).Scan(&after)
		Show(strings.Join(before, ",") == strings.Join(after, ","), after)
		return nil
	})
	Step("Migrator", func() error { return migrator(db) })
	Step("create", func() error {
		mail := "a@b.c"
		ms := []Member{{Name: "甲", Email: &mail, Age: 20, Spent: 1.25, Raw: []byte{0, 1}, Birthday: day, Orders: []Order{{Amount: 5, Channel: "app"}, {Amount: 7, Channel: "门店"}}}, {Name: "乙", City: "上海", Age: 30, Vip: true, Birthday: day}}
		r := db.Create(&ms)
		Show(r.RowsAffected, ms[0].ID, ms[1].ID, ms[0].City, ms[0].Orders[1].ID)
		Fails(db.Create(&Member{Name: "丙", Email: &mail, Birthday: day}).Error)
		Fails(db.Create(&Member{Name: "丁", Age: -1, Birthday: day}).Error)
		Fails(db.Create(&Order{MemberID: 99999, Amount: 1}).Error)
		Fails(db.Create(&Member{ID: 9999, Name: strings.Repeat("长", 41), Birthday: day}).Error)
		var many []Member
		for i := range 500 {
			many = append(many, Member{Name: fmt.Sprint("m", i), Age: int16(i % 60), Score: float32(i) / 4, Birthday: day.AddDate(0, 0, -i)})
		}
		n := db.CreateInBatches(many, 100)
		Show(n.RowsAffected)
		return errors.Join(r.Error, n.Error)
	})
	Step("upsert", func() error {
		up := db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"name", "age"})})
		if err := up.Create(&Member{ID: 1, Name: "改", Age: 99, Birthday: day}).Error; err != nil {
			return err
		}
		r := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&Member{ID: 1, Name: "无", Birthday: day})
		Show(r.RowsAffected, r.Error)
		m := Member{ID: 2, Name: "存", Birthday: day}
		if err := db.Save(&m).Error; err != nil {
			return err
		}
		var back []Member
		err := db.Order("id").Limit(2).Find(&back).Error
		show(back)
		return err
	})
	Step("queries", func() error { return queries(db) })
	Step("transactions", func() error { return transactions(db) })
	Step("delete and drop", func() error {
		r := db.Where("age > ?", 50).Delete(&Member{})
		Show(r.RowsAffected)
		Fails(db.Delete(&Member{}).Error)
		return errors.Join(r.Error, db.Migrator().DropTable(&Order{}, &Member{}))
	})
}

func show(ms []Member) {
	for _, m := range ms {
		Show(m.ID, m.Name, m.Email, m.City, m.Age, m.Spent, m.Score, m.Vip, m.Raw, m.Birthday, m.CreatedAt, len(m.Orders))
	}
}

func columns(db *gorm.DB, models ...any) error {
	for _, m := range models {
		ts, err := db.Migrator().ColumnTypes(m)
		if err != nil {
			return err
		}
		// The migrator does not order what it reads.
		sort.Slice(ts, func(i, j int) bool { return ts[i].Name() < ts[j].Name() })
		for _, t := range ts {
			full, _ := t.ColumnType()
			pk, _ := t.PrimaryKey()
			auto, _ := t.AutoIncrement()
			length, hasL := t.Length()
			p, s, hasP := t.DecimalSize()
			null, _ := t.Nullable()
			unique, _ := t.Unique()
			def, hasD := t.DefaultValue()
			comment, hasC := t.Comment()
			Show(t.Name(), t.DatabaseTypeName(), full, pk, auto, length, hasL, p, s, hasP, null, unique, def, hasD, comment, hasC, t.ScanType().String())
		}
	}
	return nil
}

func migrator(db *gorm.DB) error {
	m := db.Migrator()
	tables, err := m.GetTables()
	if err != nil {
		return err
	}
	sort.Strings(tables)
	Show(tables)
	for _, model := range []any{&Member{}, &Order{}, "pairs"} {
		is, err := m.GetIndexes(model)
		if err != nil {
			return err
		}
		var lines []string
		for _, i := range is {
			u, _ := i.Unique()
			p, _ := i.PrimaryKey()
			lines = append(lines, fmt.Sprint(i.Table(), " ", i.Name(), " ", i.Columns(), " ", u, p, " ", i.Option()))
		}
		sort.Strings(lines)
		Show(strings.Join(lines, "\n"))
	}
	if err := columns(db, "tags", "crm.orders"); err != nil {
		return err
	}
	Show(m.HasTable("tags"), m.HasTable("nope"), m.HasTable("crm.orders"), m.HasTable("women"), m.HasColumn(&Member{}, "age"), m.HasColumn(&Member{}, "nope"), m.HasIndex(&Member{}, "idx_member_name"), m.HasIndex(&Member{}, "Email"),
		m.HasIndex(&Member{}, "nope"), m.HasConstraint(&Member{}, "age_positive"), m.HasConstraint(&Member{}, "nope"), m.HasConstraint(&Member{}, "Orders"), m.HasConstraint(&Order{}, "fk_members_orders"))
	type Member struct {
		Note string `gorm:"size:10;default:x"`
		Age  int32
	}
	if err := m.AddColumn(&Member{}, "Note"); err != nil {
		return err
	}
	if err := m.AlterColumn(&Member{}, "Age"); err != nil {
		return err
	}
	if err := errors.Join(m.RenameColumn(&Member{}, "note", "memo"), m.DropIndex(&Member{}, "idx_member_name"), columns(db, &Member{}), m.DropColumn(&Member{}, "memo")); err != nil {
		return err
	}
	if err := errors.Join(m.CreateView("young", gorm.ViewOption{Query: db.Table("members").Where("age < ?", 30), Replace: true}), m.DropView("young")); err != nil {
		return err
	}
	return nil
}

func queries(db *gorm.DB) error {
	if err := errors.Join(db.Migrator().RenameTable("orders", "orders2"), db.Migrator().RenameTable("orders2", "orders")); err != nil {
		return err
	}
	var ms []Member
	if err := db.Preload("Orders", func(d *gorm.DB) *gorm.DB { return d.Order("orders.id") }).Where("id IN ?", []int{1, 2}).Order("id").Find(&ms).Error; err != nil {
		return err
	}
	show(ms)
	if err := db.Where(&Member{Age: 20}).Or("name LIKE ?", "m49%").Not("vip = ?", true).Order(clause.OrderByColumn{Column: clause.Column{Name: "id"}, Desc: true}).Limit(5).Offset(1).Find(&ms).Error; err != nil {
		return err
	}
	show(ms)
	var n int64
	if err := db.Model(&Member{}).Where("age BETWEEN ? AND ?", 10, 20).Distinct("age").Count(&n).Error; err != nil {
		return err
	}
	Show(n)
	var groups []struct {
		Age   int
		N     int64
		Total float64
	}
	if err := db.Model(&Member{}).Select("age, count(*) AS n, sum(score) AS total").Group("age").Having("count(*) > ?", 8).Order("age").Limit(6).Scan(&groups).Error; err != nil {
		return err
	}
	for _, g := range groups {
		Show(g.Age, g.N, g.Total)
	}
	batches := 0
	sum := uint64(0)
	if err := db.FindInBatches(&ms, 90, func(tx *gorm.DB, _ int) error {
		batches++
		for _, m := range ms {
			sum += uint64(m.Age)
		}
		return nil
	}).Error; err != nil {
		return err
	}
	Show(batches, sum)
	var joined []map[string]any
	if err := db.Table("members m").Select("m.name, o.amount, o.channel").Joins("JOIN orders o ON o.member_id = m.id").Order("o.id").Find(&joined).Error; err != nil {
		return err
	}
	Show(joined)
	sub := db.Model(&Member{}).Select("avg(age)")
	if err := db.Model(&Member{}).Where("age > (?)", sub).Count(&n).Error; err != nil {
		return err
	}
	Show(n)
	var first Member
	Show(errors.Is(db.First(&first, "name = ?", "nobody").Error, gorm.ErrRecordNotFound))
	r := db.Model(&Member{}).Clauses(clause.Returning{Columns: []clause.Column{{Name: "id"}}}).Where("id = ?", 2).Updates(map[string]any{"age": gorm.Expr("age + ?", 5), "vip": false})
	Show(r.RowsAffected, r.Error)
	var names []string
	if err := db.Model(&Member{}).Order("id").Limit(3).Pluck("name", &names).Error; err != nil {
		return err
	}
	Show(names, db.Session(&gorm.Session{DryRun: true}).Where("id = ?", 1).Find(&ms).Statement.SQL.String())
	rows, err := db.Model(&Member{}).Where("id < ?", 3).Order("id").Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var m Member
		if err := db.ScanRows(rows, &m); err != nil {
			return err
		}
		Show(m.Name)
	}
	return rows.Err()
}

func transactions(db *gorm.DB) error {
	err := db.Transaction(func(tx *gorm.DB) error {
		tx.Create(&Order{MemberID: 1, Amount: 100, Channel: "tx"})
		Fails(tx.Transaction(func(in *gorm.DB) error {
			in.Create(&Order{MemberID: 1, Amount: 101, Channel: "tx"})
			return errors.New("inner given up")
		}))
		tx.SavePoint("sp")
		Fails(tx.Exec("SELECT 1/0").Error)
		tx.RollbackTo("sp")
		return tx.Create(&Order{MemberID: 1, Amount: 102, Channel: "tx"}).Error
	})
	if err != nil {
		return err
	}
	Fails(db.Transaction(func(tx *gorm.DB) error {
		tx.Create(&Order{MemberID: 1, Amount: 103, Channel: "tx"})
		return errors.New("given up")
	}))
	var as []int64
	err = db.Model(&Order{}).Where("channel = ?", "tx").Order("amount").Pluck("amount", &as).Error
	Show(as)
	return err
}

// Program pq runs lib/pq: prepared statements, arrays, COPY, LISTEN, binary
// parameters, and sqlx over it.
package main

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	. "tagd/tests/clients/go/steps"
)

func open(options string) *sql.DB {
	sep := "?"
	if strings.Contains(URL, "?") {
		sep = "&"
	}
	url := URL + sep + "sslmode=disable" + options
	if strings.Contains(URL, "sslmode=") {
		url = URL + options
	}
	db, err := sql.Open("postgres", url)
	if err != nil {
		panic(err)
	}
	return db
}

func all(db interface {
	Query(string, ...any) (*sql.Rows, error)
}, text string, args ...any) error {
	rows, err := db.Query(text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for {
		cols, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			vals, to := make([]any, len(cols)), make([]any, len(cols))
			for i := range vals {
				to[i] = &vals[i]
			}
			if err := rows.Scan(to...); err != nil {
				return err
			}
			Show(vals)
		}
		if !rows.NextResultSet() {
			return rows.Err()
		}
	}
}

func both(name, options string) {
	db := open(options)
	defer db.Close()
	Step(name+": every type", func() error {
		for _, t := range Every {
			if err := all(db, "SELECT "+Literal(t.Value)+"::"+t.Name+", NULL::"+t.Name); err != nil {
				return err
			}
			if err := all(db, "SELECT $1::"+t.Name+", $2::"+t.Name, t.Value, nil); err != nil {
				Show(err)
			}
		}
		return nil
	})
	Step(name+": parameters", func() error {
		at := time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.UTC)
		if err := all(db, "SELECT $1::bigint, $2::float8, $3::bool, $4::bytea, $5::text, $6::timestamptz, $7::text[], $8::bigint[]", int64(9007199254740993), 0.1, true, []byte{0, 255, 92}, "城'\\", at, pq.Array([]string{"a,b", `"`, ""}), pq.Array([]int64{1, 2})); err != nil {
			return err
		}
		if err := all(db, "SELECT id, name FROM tags WHERE id = ANY($1) AND age > $2 ORDER BY id", pq.Array([]int64{1, 5, 9}), 3); err != nil {
			return err
		}
		var bs []bool
		var fs []float64
		var ss []string
		err := db.QueryRow("SELECT ARRAY[true,false], ARRAY[1.5,2]::float8[], hobby FROM tags WHERE id = 2").Scan(pq.Array(&bs), pq.Array(&fs), pq.Array(&ss))
		Show(bs, fs, ss)
		return err
	})
	Step(name+": prepared", func() error {
		st, err := db.Prepare("SELECT name, spent, seen FROM tags WHERE id = $1")
		if err != nil {
			return err
		}
		defer st.Close()
		for _, id := range []int64{1, 2, 99999} {
			var n, s string
			var at time.Time
			err := st.QueryRow(id).Scan(&n, &s, &at)
			Show(n, s, at, errors.Is(err, sql.ErrNoRows))
		}
		_, err = db.Prepare("SELECT nope")
		Fails(err)
		return nil
	})
}

func copyIn(db *sql.DB) {
	Step("CopyIn", func() error {
		if _, err := db.Exec("CREATE TABLE cq (id bigint PRIMARY KEY, s text, t text[], at timestamptz, raw bytea)"); err != nil {
			return err
		}
		put := func(n int, id func(int) any) error {
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			st, err := tx.Prepare(pq.CopyIn("cq", "id", "s", "t", "at", "raw"))
			if err != nil {
				return err
			}
			for i := range n {
				if _, err := st.Exec(id(i), "名\t\n\\", pq.Array([]string{"a", "b c"}), time.Unix(int64(i), 0), []byte{byte(i), 92}); err != nil {
					return err
				}
			}
			r, err := st.Exec()
			if err != nil {
				return err
			}
			rows, _ := r.RowsAffected()
			Show(rows)
			if err := st.Close(); err != nil {
				return err
			}
			return tx.Commit()
		}
		if err := put(3000, func(i int) any { return i }); err != nil {
			return err
		}
		Fails(put(3, func(int) any { return 5 }))
		Fails(put(3, func(int) any { return "x" }))
		return all(db, "SELECT count(*), min(s), max(at)::text, count(raw) FROM cq")
	})
}

func transactions(db *sql.DB) {
	Step("transactions and errors", func() error {
		tx, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelSerializable})
		if err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO pairs VALUES ($1, $2, $3)", 9, "九", "v"); err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO pairs VALUES (1, 'x', 'z')")
		Fails(err)
		_, err = tx.Exec("SELECT 1")
		Fails(err)
		Show(tx.Commit() != nil)
		ro, err := db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return err
		}
		_, err = ro.Exec("DELETE FROM pairs")
		Fails(err)
		return errors.Join(ro.Rollback(), all(db, "SELECT * FROM pairs ORDER BY 1, 2"), all(db, "SELECT 1; SELECT 2, 'b'; SELECT 3 WHERE false"))
	})
	Step("cancel", func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 150*time.Millisecond)
		defer cancel()
		_, err := db.ExecContext(ctx, "SELECT pg_sleep(30)")
		Fails(err)
		return all(db, "SELECT 1")
	})
}

func overSqlx(db *sql.DB) {
	Step("sqlx", func() error {
		x := sqlx.NewDb(db, "postgres")
		type user struct {
			ID    int64
			Name  string
			City  *string
			Hobby pq.StringArray
		}
		var list []user
		if err := x.Select(&list, "SELECT id, name, city, hobby FROM tags WHERE id < $1 ORDER BY id", 8); err != nil {
			return err
		}
		for _, u := range list {
			Show(u.ID, u.Name, u.City, []string(u.Hobby))
		}
		q, args, err := sqlx.In("SELECT id, name, city, hobby FROM tags WHERE id IN (?) AND city = ? ORDER BY id", []int{1, 6, 11, 12}, "上海")
		if err != nil {
			return err
		}
		var in []user
		if err := x.Select(&in, x.Rebind(q), args...); err != nil {
			return err
		}
		Show(len(in), in[0].Name)
		if _, err := x.NamedExec("INSERT INTO pairs (a, b, v) VALUES (:a, :b, :v)", []map[string]any{{"a": 20, "b": "m", "v": "n1"}, {"a": 21, "b": "m", "v": nil}}); err != nil {
			return err
		}
		m := map[string]any{}
		rows, err := x.Queryx("SELECT * FROM pairs WHERE a >= 20 ORDER BY a")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.MapScan(m); err != nil {
				return err
			}
			Show(m)
		}
		return rows.Err()
	})
}

func main() {
	both("text", "")
	both("binary", "&binary_parameters=yes")
	db := open("")
	defer db.Close()
	db.SetMaxOpenConns(3)
	copyIn(db)
	transactions(db)
	overSqlx(db)
}

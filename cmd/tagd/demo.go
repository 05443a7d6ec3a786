package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"tagd/cmd/demodata"
	"tagd/exec/engine"
	"tagd/storage"
)

func demoCommand() *cobra.Command {
	var f serveFlags
	var users int
	var seed uint64
	var noServe bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Make a table of demo users, load it and serve it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if users < 0 || users > 1<<31 {
				return fmt.Errorf("--users %d: from 0 to %d", users, 1<<31)
			}
			db, eng, err := f.open()
			if err != nil {
				return err
			}
			defer db.Close()
			if err := fillDemo(db, eng, users, seed); err != nil || noServe {
				return err
			}
			return f.serve(eng, func(addr string) { invite(addr) })
		},
	}
	f.register(cmd, "tagd-demo.db")
	cmd.Flags().IntVar(&users, "users", 1_000_000, "number of demo users")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "the same seed makes the same users")
	cmd.Flags().BoolVar(&noServe, "load-only", false, "make and load the table, then exit")
	return cmd
}

// fillDemo loads the demo table unless the file has one already.
func fillDemo(db *storage.DB, eng *engine.Engine, users int, seed uint64) error {
	snap := db.Snapshot()
	t, ok := snap.Table("tags")
	if ok {
		fmt.Printf("the file has a table tags of %d rows already; nothing is loaded\n", t.Rows())
	}
	snap.Release()
	if ok {
		return nil
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	s, err := connect(ctx, eng)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, ddl := range demodata.CreateTable("tags") {
		if err := s.exec(ddl); err != nil {
			return err
		}
	}
	start := time.Now()
	bar := newBar(int64(users), "users", "making and loading demo users")
	tag, err := s.copyIn("COPY tags FROM STDIN (FORMAT csv)", demoRows(ctx, seed, users, bar))
	if err != nil {
		// The empty table would make the next run believe that all is there.
		_ = s.exec("DROP TABLE tags")
		return err
	}
	_ = bar.Finish()
	if onTerminal() {
		fmt.Fprintln(os.Stderr)
	}
	fmt.Printf("%s in %.1f s\n", tag, time.Since(start).Seconds())
	return nil
}

// newBar is a progress bar on standard error with rate and ETA.
func newBar(total int64, unit, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total,
		progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetVisibility(onTerminal()),
		progressbar.OptionShowIts(), progressbar.OptionSetItsString(unit), progressbar.OptionShowCount(),
		progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionSetWidth(30), progressbar.OptionSetPredictTime(true))
}

// demoRows streams the CSV lines of the demo users; chunks are made by all cores
// and read in order.
func demoRows(ctx context.Context, seed uint64, users int, bar *progressbar.ProgressBar) io.Reader {
	const chunk = 4096
	g := demodata.New(seed)
	type part struct {
		text []byte
		rows int
	}
	queue := make(chan chan part, runtime.GOMAXPROCS(0)*2)
	go func() {
		defer close(queue)
		for from := 0; from < users; from += chunk {
			out := make(chan part, 1)
			select {
			case queue <- out:
			case <-ctx.Done():
				return
			}
			go func() {
				to := min(from+chunk, users)
				out <- part{g.AppendRows(make([]byte, 0, chunk*240), from, to), to - from}
			}()
		}
	}()
	r, w := io.Pipe()
	go func() {
		for out := range queue {
			p := <-out
			if _, err := w.Write(p.text); err != nil {
				return
			}
			_ = bar.Add(p.rows)
		}
		w.CloseWithError(context.Cause(ctx)) // nil: end of file
	}()
	return r
}

func invite(addr string) {
	host, port, _ := net.SplitHostPort(addr)
	fmt.Printf(`
Ready. In another terminal:

  psql -h %s -p %s -U tagd tagd

  SELECT count(*) FROM tags WHERE gender = '女' AND city IN ('上海','杭州') AND lifecycle = '成熟期';
  SELECT count(*) FROM tags WHERE interests && '{瑜伽,美妆}' AND NOT sms_consent IS FALSE;
  SELECT gender, member_level, count(*) FROM tags GROUP BY 1, 2 \crosstabview
  SELECT v AS interest, count(*) FROM tags, unnest(interests) v GROUP BY 1 ORDER BY 2 DESC LIMIT 10;
  \copy (SELECT user_id FROM tags WHERE rfm_segment = '重要挽留') TO 'audience.csv' CSV HEADER

Ctrl-C stops the server.
`, host, port)
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// local is a session without a wire: the offline commands go the same way
// through the engine as a client's statements.
type local struct {
	session.Session
	ctx context.Context
}

func connect(ctx context.Context, eng session.Engine) (*local, error) {
	params := map[string]string{"user": "tagd", "database": "tagd", "application_name": "tagd"}
	s, err := eng.Connect(ctx, params, stderrHost{})
	if err != nil {
		return nil, err
	}
	return &local{s, ctx}, nil
}

// stderrHost shows notices on standard error.
type stderrHost struct{}

func (stderrHost) Notice(n *sqlerr.Error)   { fmt.Fprintf(os.Stderr, "%s:  %s\n", n.Severity, n.Message) }
func (stderrHost) Parameter(string, string) {}

func (l *local) start(sql string) (session.Result, error) {
	p, err := l.Prepare(l.ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	return l.Execute(l.ctx, p, nil)
}

// finish ends the implicit transaction and returns the first error.
func (l *local) finish(err error) error {
	if e := l.Sync(l.ctx, err != nil); err == nil {
		err = e
	}
	return err
}

// exec runs a statement whose rows do not matter.
func (l *local) exec(sql string) error {
	res, err := l.start(sql)
	if err != nil {
		return l.finish(err)
	}
	defer res.Close()
	for err == nil && res.Kind() == session.KindRows {
		var b *vec.Batch
		if b, err = res.Next(l.ctx); b == nil {
			break
		}
	}
	return l.finish(err)
}

// copyIn feeds r to a COPY ... FROM STDIN and returns its command tag.
func (l *local) copyIn(sql string, r io.Reader) (string, error) {
	res, err := l.start(sql)
	if err != nil {
		return "", l.finish(err)
	}
	defer res.Close()
	buf := make([]byte, 1<<20)
	for {
		n, rerr := r.Read(buf)
		if n > 0 {
			if err := res.CopyData(l.ctx, buf[:n]); err != nil {
				return "", l.finish(err)
			}
		}
		if rerr == io.EOF {
			break
		}
		if rerr != nil {
			_ = res.CopyFail(l.ctx, rerr.Error())
			return "", l.finish(rerr)
		}
	}
	if err := l.finish(res.CopyDone(l.ctx)); err != nil {
		return "", err
	}
	return res.Tag(), nil
}

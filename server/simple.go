package server

import (
	"context"

	"tagd/sql/session"
)

// simple runs a simple-query string: all its statements, up to the first error.
// garbled is the error of a text that is not valid in the client's encoding.
func (k *conn) simple(text string, garbled error) error {
	delete(k.statements, "")
	k.dropPortal("")
	ctx := k.begin()
	err := garbled
	if err == nil {
		err = k.simpleStatements(ctx, text)
	} else {
		text = ""
	}
	failed := err != nil
	if failed {
		k.report(err, text)
	}
	k.closePortalsOutsideTx()
	if failed {
		ctx = context.WithoutCancel(ctx) // the cancelled statement is rolled back all the same
	}
	if err := k.sess.Sync(ctx, failed); err != nil && !failed {
		k.report(err, text)
	}
	k.done()
	return k.ready()
}

func (k *conn) simpleStatements(ctx context.Context, text string) error {
	k.parsed = text
	list, err := k.sess.Split(ctx, text)
	k.parsed = ""
	if err != nil {
		return err
	}
	if len(list) == 0 {
		k.w.EmptyQuery()
	}
	for _, s := range list {
		p, err := k.sess.PrepareStmt(ctx, s)
		if err != nil {
			return err
		}
		res, err := k.sess.Execute(ctx, p, nil)
		if err != nil {
			return err
		}
		err = k.simpleResult(ctx, res)
		res.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *conn) simpleResult(ctx context.Context, res session.Result) error {
	if res.Kind() == session.KindRows {
		format := formatOf(nil)
		if b, ok := res.(session.BinaryRows); ok && b.BinaryRows() {
			format = formatOf([]int16{1})
		}
		k.w.Columns(res.Columns(), format)
		enc := &k.enc
		enc.Reset(k.style(), format)
		defer enc.Forget()
		for {
			b, err := res.Next(ctx)
			if err != nil {
				return err
			}
			if b == nil {
				break
			}
			if err := k.w.Rows(enc, b, 0, b.N); err != nil {
				return lostClient(err)
			}
		}
	} else if err := k.copyResult(ctx, res); err != nil {
		return err
	}
	k.w.Complete(res.Tag())
	return nil
}

// copyResult carries a COPY in either direction; other kinds need nothing.
func (k *conn) copyResult(ctx context.Context, res session.Result) error {
	switch res.Kind() {
	case session.KindCopyIn:
		return k.copyIn(ctx, res)
	case session.KindCopyOut:
		return k.copyOut(ctx, res)
	}
	return nil
}

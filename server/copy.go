package server

import (
	"context"
	"errors"
	"os"

	"github.com/jackc/pgerrcode"

	"tagd/server/wire"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// copyIn feeds the client's copy data to the statement. On an error the rest of
// the client's data is left in the stream: the message loop ignores it.
func (k *conn) copyIn(ctx context.Context, res session.Result) error {
	k.w.CopyIn(len(res.Columns()), res.CopyBinary())
	if err := k.w.Flush(); err != nil {
		return err
	}
	for {
		m, err := k.w.Receive()
		if err != nil {
			where := sqlerr.From(res.CopyFail(ctx, "connection lost")).Where
			if k.killed.Load() && errors.Is(err, os.ErrDeadlineExceeded) {
				return shuttingDown().WithWhere("%s", where)
			}
			k.broken = err
			return lostClient(err)
		}
		switch m := m.(type) {
		case *wire.CopyData:
			if err := res.CopyData(ctx, m.Data); err != nil {
				return err
			}
		case wire.CopyDone:
			return res.CopyDone(ctx)
		case wire.CopyFail:
			return failed(res.CopyFail(ctx, m.Reason), m.Reason)
		case wire.Flush, wire.Sync:
			// Postgres ignores both here.
		default:
			where := sqlerr.From(res.CopyFail(ctx, "unexpected message")).Where
			k.broken = fatalProtocol("terminating connection because protocol synchronization was lost")
			return sqlerr.New(pgerrcode.ProtocolViolation, "unexpected message type 0x%02X during COPY from stdin", k.w.Last()).WithWhere("%s", where)
		}
	}
}

// failed is the error of a copy that the client has ended.
func failed(err error, reason string) error {
	if err != nil {
		return err
	}
	return sqlerr.New(pgerrcode.QueryCanceled, "COPY from stdin failed: %s", reason)
}

// lostClient is the error of a statement whose client has gone; an error of SQL
// stays what it is.
func lostClient(err error) error {
	var e *sqlerr.Error
	if errors.As(err, &e) {
		return e
	}
	return sqlerr.New(pgerrcode.ConnectionFailure, "unexpected EOF on client connection with an open transaction").WithCause(err)
}

func (k *conn) copyOut(ctx context.Context, res session.Result) error {
	k.w.CopyOut(len(res.Columns()), res.CopyBinary())
	for {
		chunk, err := res.NextCopy(ctx)
		if err != nil {
			return err
		}
		if chunk == nil {
			k.w.CopyDone()
			return nil
		}
		if err := k.w.CopyRows(chunk); err != nil {
			return lostClient(err)
		}
	}
}

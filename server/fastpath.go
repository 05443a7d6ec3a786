package server

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/server/wire"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// functionCall answers the message of that name, which is a statement by itself.
func (k *conn) functionCall(m wire.FunctionCall) error {
	var ctx context.Context = k.begin()
	err := k.call(ctx, m)
	failed := err != nil
	if failed {
		k.report(err, "")
	}
	k.closePortalsOutsideTx()
	if failed {
		ctx = context.WithoutCancel(ctx)
	}
	if err := k.sess.Sync(ctx, failed); err != nil && !failed {
		k.report(err, "")
	}
	k.done()
	return k.ready()
}

func (k *conn) call(ctx context.Context, m wire.FunctionCall) error {
	s, ok := k.sess.(session.FunctionCaller)
	switch {
	case !ok:
		return sqlerr.Unsupported(-1, "the function call protocol is not supported")
	case m.Err != nil && k.sess.Tx() != session.TxFailed:
		return m.Err
	}
	f, err := s.Function(ctx, m.OID)
	if err != nil {
		return err
	}
	args, format, err := k.callArgs(f, m)
	if err != nil {
		return err
	}
	d, err := s.Call(ctx, f, args)
	if err != nil {
		return err
	}
	if !d.Null && format != 0 && format != 1 {
		return unsupportedFormat(format)
	}
	return k.w.FunctionResult(vec.NewConst(f.Ret, d, 1), k.style(), format)
}

func unsupportedFormat(format int16) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, "unsupported format code: %d", format)
}

// callArgs reads the arguments of a call and the format that the result shall have.
func (k *conn) callArgs(f *session.Function, m wire.FunctionCall) ([]vec.Datum, int16, error) {
	call, err := m.Args(len(f.Args))
	if err != nil {
		return nil, 0, err
	}
	out, style, now := make([]vec.Datum, len(f.Args)), k.style(), time.Now()
	for i, a := range f.Args {
		raw, err := call.Next()
		format := call.Formats.At(i)
		switch {
		case err != nil:
			return nil, 0, err
		case format != 0 && format != 1:
			return nil, 0, unsupportedFormat(format)
		case a.Err != nil:
			return nil, 0, a.Err
		case raw == nil:
			out[i].Null = true
			continue
		}
		if raw, err = k.w.DecodedParam(raw, a.Type, format == 1); err == nil {
			if format == 0 {
				out[i], err = vec.ParseText(a.Type, string(raw), style, now)
			} else {
				out[i], err = vec.ParseBinary(a.Type, raw)
			}
		}
		if err != nil {
			e := *sqlerr.From(err)
			if e.Code == pgerrcode.InvalidBinaryRepresentation && e.Message == "incorrect binary data format" {
				e.Message += " in function argument " + strconv.Itoa(i+1)
			}
			return nil, 0, &e
		}
	}
	format, err := call.End()
	return out, format, err
}

package server

import (
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// idleLimit is when waiting for the client ends, and the error that this means.
type idleLimit struct {
	at  time.Time
	err *sqlerr.Error
}

// idleLimits are the settings of how long a client may be idle, outside a
// transaction and inside one, and how often it is looked for, as they were under a style: the session makes another
// one of these whenever a setting changes.
type idleLimits struct {
	style           *types.Style
	session, inside time.Duration
	check           time.Duration // between looks for a client that has gone, while work is done for it
}

// idleLimits are those that hold now.
func (k *conn) idleLimits() *idleLimits {
	l := &k.limits
	if style := k.style(); l.style != style {
		*l = idleLimits{style, parseMillis(k.sess.Setting("idle_session_timeout")),
			parseMillis(k.sess.Setting("idle_in_transaction_session_timeout")),
			parseMillis(k.sess.Setting("client_connection_check_interval"))}
	}
	return l
}

// idleLimit returns the limit that idle_session_timeout or, inside a transaction,
// idle_in_transaction_session_timeout sets from now on; nil if there is none.
func (k *conn) idleLimit() *idleLimit {
	limits := k.idleLimits()
	d, code, what := limits.session, pgerrcode.IdleSessionTimeout, "idle-session timeout"
	if k.sess.Tx() != session.TxIdle {
		d, code, what = limits.inside, pgerrcode.IdleInTransactionSessionTimeout, "idle-in-transaction timeout"
	}
	if d <= 0 && k.sess.Tx() == session.TxIdle {
		d = k.srv.opt.IdleTimeout
	}
	if d <= 0 {
		return nil
	}
	e := sqlerr.New(code, "terminating connection due to %s", what)
	e.Severity = "FATAL"
	return &idleLimit{time.Now().Add(d), e}
}

// parseMillis reads a setting whose base unit is the millisecond as SHOW prints
// it: "0", "500ms", "5s", "1min", "2h", "1d".
func parseMillis(s string) time.Duration {
	if s == "0" || s == "" {
		return 0
	}
	for suffix, unit := range map[string]time.Duration{"ms": time.Millisecond, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour} {
		if n, ok := strings.CutSuffix(s, suffix); ok {
			return amount(n, unit)
		}
	}
	if n, ok := strings.CutSuffix(s, "s"); ok {
		return amount(n, time.Second)
	}
	return amount(s, time.Millisecond)
}

func amount(n string, unit time.Duration) time.Duration {
	i, err := strconv.ParseInt(strings.TrimSpace(n), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(i) * unit
}

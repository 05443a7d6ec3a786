"""What the Python clients share: how steps are run, and how values are shown.

A step that raises prints the error's class, SQLSTATE and texts: an error is a
value like any other and has to be the same on both servers.
"""
import decimal
import os
import re
import sys

DSN = os.environ["DATABASE_URL"]
HOST, PORT = os.environ["PGHOST"], int(os.environ["PGPORT"])
USER, DATABASE = os.environ["PGUSER"], os.environ["PGDATABASE"]

connect = None

decimal.getcontext().prec = 60
sys.stdout.reconfigure(line_buffering=True)


def url(driver):
    """The server's address as SQLAlchemy wants it for a driver."""
    return f"postgresql+{driver}://{USER}@{HOST}:{PORT}/{DATABASE}"


def error(e):
    """The text of an error: its class, SQLSTATE, message, detail, hint and position."""
    cause = getattr(e, "orig", None) or e
    parts = [type(e).__name__]
    if cause is not e:
        parts.append(type(cause).__name__)
    d = getattr(cause, "diag", None)
    if d is not None and d.sqlstate:  # psycopg2 and psycopg 3
        for f in ("severity", "sqlstate", "message_primary", "message_detail", "message_hint", "statement_position",
                  "context", "schema_name", "table_name", "column_name", "datatype_name", "constraint_name"):
            if getattr(d, f) is not None:
                parts.append(f"{f}={getattr(d, f)!r}")
    elif getattr(cause, "sqlstate", None):  # asyncpg and its wrappers
        pg = getattr(cause, "__cause__", None) or cause
        for f in ("sqlstate", "message", "detail", "hint", "position", "context", "table_name", "column_name", "constraint_name"):
            if getattr(pg, f, None) is not None:
                parts.append(f"{f}={getattr(pg, f)!r}")
    elif cause.args and isinstance(cause.args[0], dict):  # pg8000: the message's fields
        parts.append(repr({k: v for k, v in sorted(cause.args[0].items()) if k not in "FLRV"}))
    else:
        parts.append(plain(str(cause)))
    return " ".join(parts)


def plain(text):
    """A text without the addresses of objects and of the server."""
    text = re.sub(r"0x[0-9a-f]{6,}", "0x", text)
    return re.sub(r"port \d+|127\.0\.0\.1:\d+", "port N", text)


def step(name):
    """Decorates a function: runs it at once under its heading. Where the program has
    given `connect`, the function is called with a connection of its own."""
    def run(f):
        print("# step", name)
        try:
            if connect is None:
                f()
            else:
                conn = connect()
                try:
                    f(conn)
                finally:
                    conn.close()
        except Exception as e:  # noqa: BLE001 - shown, and compared
            print("raised", error(e))
        return f
    return run


def rows(list_of_rows):
    """Prints rows, one a line."""
    for r in list_of_rows:
        print(r)


def fails(f, *args, **kw):
    """Prints the error of a call that has to fail."""
    try:
        print("FAIL no error:", f(*args, **kw))
    except Exception as e:  # noqa: BLE001
        print(error(e))

"""psql 15 at a terminal: what TAB offers and completes, \\password, \\prompt, Ctrl-C and
the prompts; see ../matrix_test.go for what is printed.

Everything goes through one pseudo terminal in order, so nothing waits by the clock:
each case ends with an \\echo of its own mark, and what came before it is the case's.
"""
import fcntl
import os
import pty
import shutil
import signal
import struct
import tempfile
import termios

work = tempfile.mkdtemp()
with open(work + "/inputrc", "w") as f:
    # All completions at once, one a line, and nothing that only a screen needs.
    f.write("set bell-style none\nset enable-bracketed-paste off\nset page-completions off\n"
            "set completion-query-items 0\nset completion-display-width 0\n"
            "set show-all-if-ambiguous off\n\"\\C-x?\": possible-completions\n")


PROMPT = "psql> "


class Terminal:
    """psql in a pseudo terminal of 300 columns."""

    def __init__(self, *args):
        env = dict(os.environ, TERM="dumb", INPUTRC=work + "/inputrc", PSQL_HISTORY=work + "/history", PAGER="cat")
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe("psql", ["psql", "-X", *args], env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 300, 0, 0))
        self.seen = b""
        self.marks = 0

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, end):
        """what psql wrote up to and with end"""
        while end.encode() not in self.seen:
            try:
                more = os.read(self.fd, 65536)
            except OSError:
                more = b""
            if not more:
                raise SystemExit("psql ended: " + self.seen.decode(errors="replace"))
            self.seen += more
        at = self.seen.index(end.encode()) + len(end.encode())
        out, self.seen = self.seen[:at], self.seen[at:]
        return out.decode(errors="replace").replace("\r\n", "\n")

    def mark(self):
        """what psql wrote until it echoed a new mark and asked for the next line"""
        self.marks += 1
        name = "mark%d." % self.marks
        self.send("\\echo '%s'\n" % name)
        return self.until("\r\n" + name + "\r\n" + PROMPT)

    def answer(self, command, *prompts, end="\n" + PROMPT):
        """what psql shows for a command whose prompts, each with its answer, come in turn"""
        self.send(command)
        shown = ""
        for prompt, text in prompts:
            shown += self.until(prompt)
            self.send(text + "\n")
        return shown + self.until(end)

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        os.waitpid(self.pid, 0)

    def offers(self, text):
        """the completions that psql lists for a line, and the line that TAB makes of it"""
        self.send(text + "\x18?")
        self.send("\x01\x0b")
        shown = self.mark().split("\n")
        # The first line is the echo of the text; after the list the prompt comes again.
        ends = [n for n, line in enumerate(shown) if n and line.startswith(PROMPT)]
        listed = [line.strip() for line in shown[1:ends[0]]]
        self.send(text + "\t\x01-- \n\\r\n")
        self.mark()
        return listed

    def history(self):
        path = work + "/lines"
        self.send("\\s %s\n" % path)
        self.mark()
        with open(path) as f:
            return [line[3:].rstrip("\n") for line in f if line.startswith("-- ")]


# What a user begins to type; TAB is pressed at its end.
LINES = r"""
SELECT * FROM
SELECT * FROM t
SELECT * FROM ta
SELECT * FROM "T
SELECT * FROM crm.
SELECT * FROM crm.o
SELECT * FROM pg_catalog.pg_cl
SELECT * FROM information_schema.col
SELECT * FROM 用
SELECT 
SEL
SELECT count(*) FROM tags WHERE 
SELECT count(*) FROM tags WHERE na
SELECT count(*) FROM tags ORDER BY 
SELECT count(*) FROM tags GROUP BY ci
SELECT count(*) FROM tags JOIN cr
INSERT INTO 
INSERT INTO ta
INSERT INTO tags (
INSERT INTO pairs (a, 
INSERT INTO pairs 
INSERT INTO pairs VALUES 
UPDATE 
UPDATE pa
UPDATE pairs 
UPDATE pairs SET 
UPDATE pairs SET v 
UPDATE pairs SET v = 
DELETE FROM pa
DELETE FROM pairs 
MERGE INTO pa
MERGE INTO pairs 
MERGE INTO pairs USING ta
MERGE INTO pairs USING tags ON 
MERGE INTO pairs USING tags ON a = id WHEN 
TRUNCATE 
TRUNCATE TABLE pa
TABLE ta
COPY 
COPY ta
COPY tags 
COPY tags TO STDOUT 
COPY tags TO STDOUT WITH (
COPY tags TO STDOUT WITH (FORMAT 
CREATE 
CREATE T
CREATE TABLE 
CREATE TABLE x (a 
CREATE TABLE x (LIKE 
CREATE TEMP 
CREATE UNLOGGED 
CREATE INDEX 
CREATE INDEX i 
CREATE INDEX i ON 
CREATE INDEX i ON ta
CREATE INDEX i ON tags 
CREATE INDEX i ON tags (
CREATE INDEX i ON tags USING 
CREATE INDEX i ON tags (name 
CREATE UNIQUE 
CREATE VIEW v AS 
CREATE OR REPLACE 
CREATE MATERIALIZED 
CREATE SEQUENCE s 
CREATE SCHEMA 
CREATE ROLE r 
CREATE ROLE r WITH 
CREATE TYPE t AS 
CREATE TYPE t AS ENUM 
CREATE DOMAIN d AS 
CREATE DATABASE d 
CREATE DATABASE d ENCODING 
CREATE EXTENSION pl
CREATE STATISTICS s 
CREATE POLICY p ON 
CREATE TRIGGER t 
CREATE FUNCTION f() RETURNS 
CREATE FUNCTION f() RETURNS inte
CREATE COLLATION 
CREATE CAST 
CREATE OPERATOR 
CREATE AGGREGATE 
CREATE PUBLICATION p 
CREATE PUBLICATION p FOR TABLE 
CREATE SUBSCRIPTION s 
CREATE SERVER s 
CREATE FOREIGN 
CREATE TABLESPACE t 
CREATE USER 
CREATE USER MAPPING 
CREATE RULE r AS ON 
DROP 
DROP T
DROP TABLE 
DROP TABLE ta
DROP TABLE IF EXISTS 
DROP INDEX 
DROP VIEW 
DROP MATERIALIZED VIEW 
DROP SEQUENCE 
DROP SCHEMA 
DROP TYPE 
DROP DOMAIN 
DROP ROLE 
DROP FUNCTION 
DROP FUNCTION low
DROP FUNCTION lower
DROP FUNCTION lower (
DROP AGGREGATE 
DROP COLLATION 
DROP DATABASE 
DROP EXTENSION 
DROP OWNED BY 
DROP TABLESPACE 
DROP TRIGGER 
DROP POLICY 
DROP LANGUAGE 
DROP CONVERSION gbk
DROP TEXT SEARCH 
DROP TEXT SEARCH CONFIGURATION 
DROP TEXT SEARCH DICTIONARY s
ALTER 
ALTER TABLE 
ALTER TABLE ta
ALTER TABLE tags 
ALTER TABLE tags ADD 
ALTER TABLE tags ADD COLUMN 
ALTER TABLE tags ADD CONSTRAINT 
ALTER TABLE tags ALTER 
ALTER TABLE tags ALTER COLUMN 
ALTER TABLE tags ALTER COLUMN name 
ALTER TABLE tags ALTER COLUMN name SET 
ALTER TABLE tags ALTER COLUMN name DROP 
ALTER TABLE tags ALTER COLUMN name TYPE 
ALTER TABLE tags DROP 
ALTER TABLE tags DROP COLUMN 
ALTER TABLE tags DROP CONSTRAINT 
ALTER TABLE pairs DROP CONSTRAINT 
ALTER TABLE tags RENAME 
ALTER TABLE tags RENAME COLUMN 
ALTER TABLE tags RENAME COLUMN na
ALTER TABLE tags RENAME CONSTRAINT 
ALTER TABLE tags SET 
ALTER TABLE tags SET (
ALTER TABLE tags SET SCHEMA 
ALTER TABLE tags SET TABLESPACE 
ALTER TABLE tags OWNER TO 
ALTER TABLE tags CLUSTER ON 
ALTER TABLE tags ENABLE 
ALTER TABLE tags REPLICA IDENTITY 
ALTER TABLE tags VALIDATE CONSTRAINT 
ALTER TABLE tags INHERIT 
ALTER TABLE ALL IN TABLESPACE 
ALTER INDEX 
ALTER INDEX tags_city 
ALTER INDEX tags_city SET (
ALTER VIEW wo
ALTER VIEW women 
ALTER VIEW women ALTER COLUMN 
ALTER VIEW women RENAME 
ALTER MATERIALIZED VIEW 
ALTER MATERIALIZED VIEW city_counts 
ALTER SEQUENCE 
ALTER SEQUENCE crm.orders_order_id_seq 
ALTER SCHEMA crm 
ALTER TYPE gr
ALTER TYPE grade 
ALTER TYPE grade ADD 
ALTER TYPE grade RENAME 
ALTER TYPE grade RENAME VALUE 
ALTER TYPE grade RENAME VALUE '
ALTER DOMAIN pe
ALTER DOMAIN percent 
ALTER DOMAIN percent DROP 
ALTER DOMAIN percent DROP CONSTRAINT 
ALTER DOMAIN percent SET 
ALTER ROLE tagd 
ALTER ROLE tagd SET wo
ALTER ROLE tagd WITH 
ALTER ROLE tagd IN 
ALTER USER 
ALTER DATABASE 
ALTER DEFAULT PRIVILEGES 
ALTER DEFAULT PRIVILEGES FOR 
ALTER DEFAULT PRIVILEGES GRANT 
ALTER SYSTEM 
ALTER SYSTEM SET enable_
ALTER FUNCTION lower
ALTER FUNCTION lower (
ALTER FUNCTION lower(text) 
ALTER COLLATION 
ALTER EXTENSION 
ALTER EXTENSION plpgsql 
ALTER LANGUAGE 
ALTER LARGE 
ALTER STATISTICS 
ALTER TEXT SEARCH 
ALTER TRIGGER 
ALTER POLICY 
ALTER GROUP pg_mon
GRANT 
GRANT SELECT 
GRANT SELECT, 
GRANT SELECT ON 
GRANT SELECT ON ALL 
GRANT SELECT ON ALL TABLES IN SCHEMA 
GRANT SELECT ON ta
GRANT SELECT ON tags 
GRANT SELECT ON tags TO 
GRANT SELECT ON tags TO pg_r
GRANT USAGE ON SCHEMA 
GRANT EXECUTE ON FUNCTION low
GRANT pg_read_all_data TO 
REVOKE 
REVOKE SELECT 
REVOKE SELECT ON tags 
REVOKE SELECT ON tags FROM 
REVOKE GRANT 
COMMENT 
COMMENT ON 
COMMENT ON TABLE 
COMMENT ON COLUMN 
COMMENT ON COLUMN tags.
COMMENT ON COLUMN tags.na
COMMENT ON TABLE tags IS 
SECURITY LABEL 
SET w
SET work_mem 
SET work_mem TO 
SET enable_seqscan TO 
SET TimeZone TO 'Asia/Sh
SET TimeZone TO 'Am
SET TimeZone TO 'etc/
SHOW ti
SHOW log_
SET lo
SET en
ALTER ROLE tagd SET da
ALTER DATABASE postgres SET enable_
RESET cl
SET DateStyle TO 
SET search_path TO 
SET client_encoding TO 
SET IntervalStyle TO 
SET default_transaction_isolation TO 
SET bytea_output TO 
SET client_min_messages TO 
SET SESSION 
SET SESSION CHARACTERISTICS AS TRANSACTION 
SET TRANSACTION 
SET TRANSACTION ISOLATION LEVEL 
SET LOCAL 
SET ROLE 
SET CONSTRAINTS 
SET SCHEMA 
RESET enable_s
SHOW enable_
SHOW max_
BEGIN 
BEGIN ISOLATION 
START 
START TRANSACTION 
COMMIT 
ROLLBACK 
ROLLBACK TO 
SAVEPOINT 
RELEASE 
PREPARE 
EXECUTE 
EXECUTE fo
DEALLOCATE 
DECLARE c 
DECLARE c CURSOR 
FETCH 
FETCH FORWARD 
FETCH 5 
MOVE 
CLOSE 
LOCK 
LOCK TABLE ta
LOCK TABLE tags IN 
LISTEN 
NOTIFY 
UNLISTEN 
VACUUM 
VACUUM (
VACUUM ta
VACUUM FULL ta
ANALYZE 
ANALYZE ta
ANALYZE tags (
CLUSTER 
CLUSTER tags 
CLUSTER tags USING 
REINDEX 
REINDEX TABLE 
REINDEX INDEX ta
REINDEX (
REFRESH 
REFRESH MATERIALIZED VIEW 
EXPLAIN 
EXPLAIN (
EXPLAIN (ANALYZE, 
EXPLAIN (FORMAT 
EXPLAIN ANALYZE 
CALL 
CHECKPOINT
DISCARD 
DO 
IMPORT 
IMPORT FOREIGN SCHEMA x FROM SERVER 
LOAD 
REASSIGN OWNED BY 
REASSIGN OWNED BY tagd 
WITH 
VALUES 
\
\d
\d 
\d ta
\d crm.
\d "
\da su
\dA b
\dAc 
\dAf 
\db 
\dc gbk
\dC 
\dconfig work
\dd 
\dD p
\ddp 
\des 
\det 
\deu 
\dew 
\df low
\dF 
\dFd 
\dFp 
\dFt 
\dg 
\di ta
\dL 
\dm 
\dn 
\dn cr
\do 
\dO 
\dp ta
\dPi 
\dPt 
\dRp 
\dRs 
\ds 
\dt crm.
\dT gr
\du ta
\dv 
\dx 
\dX 
\dy 
\drds 
\sf low
\sv wo
\ef low
\ev wo
\z pa
\l 
\connect 
\connect - 
\c p
\encoding 
\encoding GB
\password 
\password ta
\h 
\h ALTER T
\help CREATE 
\pset 
\pset format 
\pset border 
\pset linestyle 
\pset unicode_border_linestyle 
\pset expanded 
\set 
\set AUTO
\set AUTOCOMMIT 
\set ON_ERROR_ROLLBACK 
\set VERBOSITY 
\unset 
\echo :
\echo :V
\x 
\timing 
\copy 
\copy ta
\copy tags 
\copy tags to 
\crosstabview 
\gset 
\watch 
\if 
\errverbose
""".strip("\n").split("\n")


def completion():
    t = Terminal("-q", "-v", "PROMPT1=" + PROMPT)
    t.until(PROMPT)
    t.send("PREPARE found AS SELECT 1;\nDECLARE cur1 CURSOR WITH HOLD FOR SELECT 1; LISTEN news;\n")
    t.mark()
    lists = [t.offers(line) for line in LINES]
    lines = t.history()
    if len(lines) != len(LINES):
        raise SystemExit("%d lines of %d are in the history" % (len(lines), len(LINES)))
    for line, offered, made in zip(LINES, lists, lines):
        # The name of a step cannot end with a space.
        print("# step TAB after %s|" % line)
        print(made + "|")
        for text in offered:
            print(" ", text)
    t.end()


def prompts():
    print("# step prompts of a terminal")
    t = Terminal("-q", "-v", "PROMPT1=%/%R%x%# ")
    db = os.environ["PGDATABASE"]
    shown = t.until(db + "=# ")
    for line, prompt in [
            ("SELECT 1 +", "-# "), ("2 AS three;", "=# "), ("BEGIN;", "=*# "), ("SELECT nothing;", "=!# "), ("ROLLBACK;", "=# "),
            ("SELECT 'a", "'# "), ("b', \"x", "\"# "), ("\" FROM (SELECT 1", "(# "), (") AS t;", "=# "), ("/* a", "*# "), ("*/ SELECT $$d", "$# "),
            ("$$;", "=# "), ("COPY pairs (a, b) FROM STDIN;", "\n>> "), ("70\t七十", ">> "), ("\\.", "=# "),
            ("DELETE FROM pairs WHERE a = 70 RETURNING *;", "=# ")]:
        shown += t.answer(line + "\n", end=prompt if prompt.startswith("\n") else "\n" + db + prompt if prompt != ">> " else prompt)
    print(shown)
    print("# step Ctrl-C at a terminal")
    t.send("SELECT pg_sleep(60);\n")
    t.until("pg_sleep(60);")
    # The statement runs when the server says so; a second session asks it.
    other = Terminal("-qAt")
    other.send("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(6_)%' AND state = 'active' \\watch 0.05\n")
    other.until("\n1\r\n")
    other.end()
    print(t.answer("\x03", end="\n" + db + "=# "))
    print(t.answer("SELECT 'again';\n", end="\n" + db + "=# "))
    t.end()


def passwords():
    print("# step prompt and password")
    t = Terminal("-q", "-v", "PROMPT1=" + PROMPT)
    t.until(PROMPT)
    # A prompt of psql throws away what was typed before it, and so does its end.
    shown = t.answer("\\prompt 'name? ' who\n", ("\nname? ", "张三"))
    shown += t.answer("\\echo :who\n")
    shown += t.answer("CREATE ROLE terminal_user LOGIN;\n")
    new, again = 'Enter new password for user "terminal_user": ', "Enter it again: "
    shown += t.answer("\\password terminal_user\n", (new, "秘密1"), (again, "秘密2"))
    shown += t.answer("SELECT rolpassword FROM pg_authid WHERE rolname = 'terminal_user';\n")
    shown += t.answer("\\password terminal_user\n", (new, "秘密1"), (again, "秘密1"))
    shown += t.answer("SELECT left(rolpassword, 14), length(rolpassword) FROM pg_authid WHERE rolname = 'terminal_user';\n")
    shown += t.answer("\\password nobody_here\n", (new.replace("terminal_user", "nobody_here"), "x"), (again, "x"))
    print(shown + t.answer("DROP ROLE terminal_user;\n"))
    t.end()


completion()
prompts()
passwords()
shutil.rmtree(work)

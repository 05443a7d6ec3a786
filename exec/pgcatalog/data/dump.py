#!/usr/bin/env python3
"""Writes catalog.txt.gz from a fresh database of PostgreSQL 15 whose bootstrap
superuser is "tagd": dump.py DATABASE, with PGHOST and so on set for psql. The
format is described in ../bootstrap.go."""
import gzip, os, subprocess, sys

DB = sys.argv[1]
# Relations whose rows are made from the server's state, or that nothing here reads.
DYNAMIC = {"pg_authid", "pg_auth_members", "pg_database", "pg_namespace", "pg_shdescription", "pg_shdepend", "pg_statistic",
           "pg_db_role_setting"}
# What a stored tree says, as text.
TREES = {("pg_type", "typdefaultbin"): "pg_get_expr(typdefaultbin, 0)", ("pg_proc", "proargdefaults"): "pg_get_expr(proargdefaults, 0)", ("pg_constraint", "conbin"): "pg_get_expr(conbin, conrelid)",
         ("pg_proc", "prosqlbody"): "pg_get_function_sqlbody(oid)", ("pg_rewrite", "ev_qual"): "'<>'", ("pg_rewrite", "ev_action"): "'<>'"}


def ask(sql):
    out = subprocess.run(["psql", "-X", "-d", DB, "-c", "COPY (" + sql + ") TO STDOUT"], check=True, capture_output=True, text=True).stdout
    return [line.split("\t") for line in out.split("\n")[:-1]]


columns = {}
for oid, name, typ, null in ask("""SELECT attrelid::int8, attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'n' ELSE '-' END
    FROM pg_attribute WHERE attnum > 0 ORDER BY attrelid, attnum"""):
    columns.setdefault(oid, []).append((name, typ.replace("information_schema.", ""), null))
views = dict(ask("""SELECT c.oid::int8, pg_get_viewdef(c.oid) FROM pg_class c WHERE relkind = 'v'"""))
pretty = dict(ask("""SELECT c.oid::int8, pg_get_viewdef(c.oid, true) FROM pg_class c WHERE relkind = 'v'"""))
plain = {"cardinal_number": "integer", "character_data": "character varying", "sql_identifier": "name", "time_stamp": "timestamp with time zone",
         "yes_or_no": "character varying(3)"}
out = []
for schema, name, oid, kind in ask("""SELECT n.nspname, relname, c.oid::int8, relkind FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname IN ('pg_catalog', 'information_schema') AND relkind IN ('r', 'v') ORDER BY 1 DESC, 2"""):
    out.append("\t".join(["@" + schema + "." + name, oid, kind]))
    for c, t, n in columns[oid]:
        out.append("\t".join(["#" + c, plain.get(t, t), n]))
    if kind == "v":
        out += ["%" + views[oid], "&" + pretty[oid]]
        continue
    if name in DYNAMIC:
        continue
    cols = []
    for c, t, _ in columns[oid]:
        if (name, c) in TREES:
            cols.append(TREES[name, c])
        elif t == "pg_node_tree":
            cols.append("NULL")
        elif t.startswith("reg"):
            cols.append(c + "::oid")
        else:
            cols.append('"' + c + '"')
    for row in ask("SELECT " + ", ".join(cols) + " FROM " + schema + "." + name + " ORDER BY ctid"):
        out.append("\t".join(row))
for oid, text in ask("""SELECT indexrelid::int8, pg_get_indexdef(indexrelid) FROM pg_index
    UNION ALL SELECT oid::int8, pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT oid::int8, pg_get_ruledef(oid) FROM pg_rewrite WHERE rulename <> '_RETURN' ORDER BY 1"""):
    out.append("!" + oid + "\t" + text)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "catalog.txt.gz"), "wb") as f:
    with gzip.GzipFile(fileobj=f, mode="wb", compresslevel=9, mtime=0, filename="") as z:
        z.write(("\n".join(out) + "\n").encode())

/* Steps of libpq itself, as PostgreSQL's own tests use it. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

static PGconn *c;

static void step(const char *name) { printf("# step %s\n", name); fflush(stdout); }

static void fields(const PGresult *r) {
	static const struct { int code; const char *name; } all[] = {{PG_DIAG_SEVERITY, "severity"}, {PG_DIAG_SEVERITY_NONLOCALIZED, "severity_nonlocalized"}, {PG_DIAG_SQLSTATE, "sqlstate"},
		{PG_DIAG_MESSAGE_PRIMARY, "primary"}, {PG_DIAG_MESSAGE_DETAIL, "detail"}, {PG_DIAG_MESSAGE_HINT, "hint"}, {PG_DIAG_STATEMENT_POSITION, "position"}, {PG_DIAG_INTERNAL_POSITION, "internal position"},
		{PG_DIAG_INTERNAL_QUERY, "internal query"}, {PG_DIAG_CONTEXT, "context"}, {PG_DIAG_SCHEMA_NAME, "schema"}, {PG_DIAG_TABLE_NAME, "table"}, {PG_DIAG_COLUMN_NAME, "column"},
		{PG_DIAG_DATATYPE_NAME, "datatype"}, {PG_DIAG_CONSTRAINT_NAME, "constraint"}};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const char *v = PQresultErrorField(r, all[i].code);
		if (v) printf("  %s: %s\n", all[i].name, v);
	}
}

static void show(PGresult *r) {
	printf("%s [%s] %s\n", PQresStatus(PQresultStatus(r)), PQcmdStatus(r), PQcmdTuples(r));
	if (PQresultStatus(r) == PGRES_FATAL_ERROR) fields(r);
	for (int i = 0; i < PQnfields(r); i++)
	{
		char type[20] = "user";
		if (PQftype(r, i) < 16384) snprintf(type, sizeof type, "%u", PQftype(r, i));
		printf("  %s type %s col %d fmod %d size %d format %d\n", PQfname(r, i), type, PQftablecol(r, i), PQfmod(r, i), PQfsize(r, i), PQfformat(r, i));
	}
	for (int k = 0; k < PQntuples(r); k++) {
		for (int i = 0; i < PQnfields(r); i++) {
			if (PQgetisnull(r, k, i)) printf("null");
			else if (PQfformat(r, i) == 0) printf("%s", PQgetvalue(r, k, i));
			else for (int b = 0; b < PQgetlength(r, k, i); b++) printf("%02x", (unsigned char)PQgetvalue(r, k, i)[b]);
			printf(i + 1 < PQnfields(r) ? "|" : "\n");
		}
	}
	PQclear(r);
}

static void drain(void) { for (PGresult *r; (r = PQgetResult(c));) show(r); }

static void notice(void *arg, const PGresult *r) { (void)arg; printf("notice\n"); fields(r); }

static void connections(void) {
	step("connection");
	printf("%d %d %d %s %s\n", PQstatus(c), PQprotocolVersion(c), PQtransactionStatus(c), PQdb(c), PQuser(c));
	static const char *names[] = {"server_encoding", "client_encoding", "is_superuser", "session_authorization", "DateStyle", "IntervalStyle", "TimeZone", "integer_datetimes",
		"standard_conforming_strings", "application_name", "default_transaction_read_only", "in_hot_standby", "nothing"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *v = PQparameterStatus(c, names[i]);
		printf("%s %s\n", names[i], v ? v : "null");
	}
	printf("%d %d %d\n", PQconnectionUsedPassword(c), PQconnectionNeedsPassword(c), PQclientEncoding(c));
	PQconninfoOption *o = PQconninfo(c);
	for (PQconninfoOption *p = o; p->keyword; p++)
		if (p->val && strcmp(p->keyword, "port") && strcmp(p->keyword, "host")) printf("%s=%s\n", p->keyword, p->val);
	PQconninfoFree(o);
	printf("%d\n", PQping(""));

	step("target_session_attrs and several hosts");
	static const char *attrs[] = {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"};
	for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++) {
		char s[300];
		snprintf(s, sizeof s, "host=127.0.0.1,%s port=1,%s target_session_attrs=%s options='-c lock_timeout=7s' application_name=应用", getenv("PGHOST"), getenv("PGPORT"), attrs[i]);
		PGconn *d = PQconnectdb(s);
		printf("%s %d", attrs[i], PQstatus(d));
		if (PQstatus(d) == CONNECTION_OK) {
			PGresult *r = PQexec(d, "SELECT current_setting('lock_timeout'), current_setting('application_name'), pg_is_in_recovery()");
			printf(" %s %s %s", PQgetvalue(r, 0, 0), PQgetvalue(r, 0, 1), PQgetvalue(r, 0, 2));
			PQclear(r);
		}
		printf("\n");
		PQfinish(d);
	}
	static const char *bad[] = {"dbname=missing", "options='-c nothing=1'", "options='-c work_mem=x'", "client_encoding=nothing", "sslmode=require"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		PGconn *d = PQconnectdb(bad[i]);
		char *m = strstr(PQerrorMessage(d), "failed: ");
		printf("%s %d %s\n", bad[i], PQstatus(d), m ? m + 8 : PQerrorMessage(d));
		PQfinish(d);
	}
}

static void queries(void) {
	step("PQexec");
	show(PQexec(c, "SELECT * FROM tags WHERE id IN (1, 8) ORDER BY id"));
	show(PQexec(c, "SELECT 1 AS a; SELECT 2 AS b, NULL"));
	show(PQexec(c, ""));
	show(PQexec(c, "CREATE TEMP TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)"));
	show(PQexec(c, "UPDATE t SET a = a + 1"));
	show(PQexec(c, "SELECT 'unterminated"));
	printf("%d\n", PQtransactionStatus(c));
	show(PQexec(c, "BEGIN"));
	printf("%d\n", PQtransactionStatus(c));
	show(PQexec(c, "SELECT 1 / 0"));
	printf("%d\n", PQtransactionStatus(c));
	show(PQexec(c, "SELECT 1"));
	show(PQexec(c, "COMMIT"));

	step("PQexecParams");
	for (int format = 0; format < 2; format++) {
		const char *v[] = {"7", "深圳", NULL, "{a,b}", "2024-02-29"};
		show(PQexecParams(c, "SELECT $1::int8 AS a, $2::text AS b, $3::numeric AS c, $4::text[] AS d, $5::date AS e, id, name, spent, vip, birthday, joined, ref, hobby, extra, grade, raw FROM tags WHERE id = $1 + 10", 5, NULL, v, NULL, NULL, format));
	}
	unsigned char n[8] = {0, 0, 0, 0, 0, 0, 0, 42}, f[8] = {0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18}, y[3] = {0, 1, 255};
	const char *v[] = {(char *)n, (char *)f, (char *)y, "text"};
	int len[] = {8, 8, 3, 0}, form[] = {1, 1, 1, 0};
	Oid types[] = {20, 701, 17, 0};
	show(PQexecParams(c, "SELECT $1 + 1, $2, $3, $4 || '!'", 4, types, v, len, form, 0));
	show(PQexecParams(c, "SELECT $1 + 1, $2, $3, $4 || '!'", 4, types, v, len, form, 1));
	len[0] = 3;
	show(PQexecParams(c, "SELECT $1 + 1, $2, $3, $4 || '!'", 4, types, v, len, form, 1));
	show(PQexecParams(c, "SELECT 1; SELECT 2", 0, NULL, NULL, NULL, NULL, 0));
	v[0] = "x";
	show(PQexecParams(c, "SELECT $1::int", 1, NULL, v, NULL, NULL, 0));
	show(PQexecParams(c, "SELECT $2::int", 1, NULL, v, NULL, NULL, 0));
	show(PQexecParams(c, "SELECT $1", 1, (Oid[]){999999}, v, NULL, NULL, 0));

	step("PQprepare and PQdescribe");
	show(PQprepare(c, "p1", "SELECT id, name, spent FROM tags WHERE city = $1 AND age > $2 AND hobby @> $3 AND grade = $4 ORDER BY id LIMIT $5", 0, NULL));
	PGresult *r = PQdescribePrepared(c, "p1");
	printf("%d", PQnparams(r));
	for (int i = 0; i < PQnparams(r); i++) PQparamtype(r, i) >= 16384 ? printf(" user") : printf(" %u", PQparamtype(r, i));
	printf("\n");
	show(r);
	const char *w[] = {"上海", "40", "{跑步}", "VIP", "3"};
	show(PQexecPrepared(c, "p1", 5, w, NULL, NULL, 0));
	show(PQexecPrepared(c, "p1", 4, w, NULL, NULL, 0));
	show(PQprepare(c, "p1", "SELECT 1", 0, NULL));
	show(PQexecPrepared(c, "none", 0, NULL, NULL, NULL, 0));
	show(PQdescribePrepared(c, "none"));
	show(PQdescribePortal(c, "none"));
	show(PQexec(c, "BEGIN; DECLARE por CURSOR FOR SELECT id, grade FROM tags ORDER BY id"));
	show(PQdescribePortal(c, "por"));
	show(PQexec(c, "FETCH 2 FROM por; COMMIT"));
	show(PQexec(c, "DEALLOCATE p1"));
	show(PQprepare(c, "", "INSERT INTO t VALUES ($1, $2) RETURNING *", 0, NULL));
	show(PQexecPrepared(c, "", 2, (const char *[]){"9", "九"}, NULL, NULL, 0));

	step("columns of tables");
	r = PQexec(c, "SELECT t.id, t.id + 1, o.amount, t.* FROM tags t JOIN crm.orders o ON o.user_id = t.id LIMIT 0");
	for (int i = 0; i < PQnfields(r); i++) {
		char sql[100];
		snprintf(sql, sizeof sql, "SELECT %u::regclass", PQftable(r, i));
		PGresult *q = PQexec(c, sql);
		printf("%s %s %d %u %d\n", PQfname(r, i), PQgetvalue(q, 0, 0), PQftablecol(r, i), PQftype(r, i) >= 16384 ? 0 : PQftype(r, i), PQfmod(r, i));
		PQclear(q);
	}
	PQclear(r);
}

static void modes(void) {
	step("single row mode");
	PQsendQuery(c, "SELECT id, name FROM tags WHERE id < 5 ORDER BY id; SELECT 1 / 0");
	printf("%d\n", PQsetSingleRowMode(c));
	drain();
	PQsendQueryParams(c, "SELECT 10 / (5 - id) FROM tags WHERE id < 9 ORDER BY id", 0, NULL, NULL, NULL, NULL, 0);
	PQsetSingleRowMode(c);
	drain();

	step("asynchronous");
	PQsetnonblocking(c, 1);
	PQsendQuery(c, "SELECT count(*) FROM tags; SELECT pg_sleep(0.05); TABLE pairs");
	while (PQflush(c)) ;
	while (PQisBusy(c)) {
		fd_set s;
		FD_ZERO(&s);
		FD_SET(PQsocket(c), &s);
		select(PQsocket(c) + 1, &s, NULL, NULL, NULL);
		PQconsumeInput(c);
	}
	drain();
	PQsetnonblocking(c, 0);

	step("pipeline mode");
	printf("%d %d\n", PQenterPipelineMode(c), PQpipelineStatus(c));
	const char *one[] = {"1"};
	PQsendQueryParams(c, "SELECT $1::int + 1", 1, NULL, one, NULL, NULL, 0);
	PQsendPrepare(c, "pp", "INSERT INTO t VALUES ($1) RETURNING a", 0, NULL);
	for (int i = 0; i < 3; i++) PQsendQueryPrepared(c, "pp", 1, one, NULL, NULL, 0);
	PQsendDescribePrepared(c, "pp");
	PQpipelineSync(c);
	PQsendQueryParams(c, "SELECT 1 / 0", 0, NULL, NULL, NULL, NULL, 0);
	PQsendQueryParams(c, "SELECT 'skipped'", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(c);
	PQsendQueryParams(c, "SELECT 'after'", 0, NULL, NULL, NULL, NULL, 1);
	PQsendFlushRequest(c);
	PQsendQueryParams(c, "SELECT id FROM tags WHERE id < 4 ORDER BY id", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(c);
	for (int syncs = 0, nulls = 0; syncs < 3 && nulls < 40;) {
		PGresult *r = PQgetResult(c);
		if (!r) { printf("-\n"); nulls++; continue; }
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) syncs++;
		show(r);
	}
	printf("%d\n", PQpipelineStatus(c));
	show(PQexec(c, "SELECT 1"));
	printf("%d %s", PQexitPipelineMode(c), PQerrorMessage(c));
	drain();
	printf("%d\n", PQexitPipelineMode(c));
	show(PQexec(c, "SELECT count(*) FROM t"));

	step("pipeline in a transaction that fails");
	PQenterPipelineMode(c);
	PQsendQueryParams(c, "BEGIN", 0, NULL, NULL, NULL, NULL, 0);
	PQsendQueryParams(c, "INSERT INTO t VALUES (77)", 0, NULL, NULL, NULL, NULL, 0);
	PQsendQueryParams(c, "SELECT nothing", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(c);
	PQsendQueryParams(c, "ROLLBACK", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(c);
	PQsendQueryParams(c, "INSERT INTO t VALUES (88)", 0, NULL, NULL, NULL, NULL, 0);
	PQsendQueryParams(c, "SELECT 1 / 0", 0, NULL, NULL, NULL, NULL, 0);
	PQpipelineSync(c);
	for (int syncs = 0; syncs < 3;) {
		PGresult *r = PQgetResult(c);
		if (!r) continue;
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) syncs++;
		show(r);
	}
	PQexitPipelineMode(c);
	show(PQexec(c, "SELECT a FROM t WHERE a > 70"));
}

static void rest(void) {
	step("COPY");
	show(PQexec(c, "CREATE TEMP TABLE cp (a int PRIMARY KEY, b text)"));
	show(PQexec(c, "COPY cp FROM STDIN"));
	static const char *parts[] = {"1\ton", "e\n2\t二\n3", "\t\\N\n"};
	for (int i = 0; i < 3; i++) PQputCopyData(c, parts[i], strlen(parts[i]));
	PQputCopyEnd(c, NULL);
	drain();
	show(PQexec(c, "COPY cp FROM STDIN"));
	PQputCopyData(c, "4\tfour\n", 7);
	PQputCopyEnd(c, "given up");
	drain();
	show(PQexec(c, "COPY cp FROM STDIN (FORMAT csv)"));
	PQputCopyData(c, "x,y\n", 4);
	PQputCopyEnd(c, NULL);
	drain();
	PGresult *r = PQexec(c, "COPY (SELECT * FROM cp ORDER BY a) TO STDOUT (FORMAT binary)");
	printf("%s %d %d %d\n", PQresStatus(PQresultStatus(r)), PQnfields(r), PQbinaryTuples(r), PQfformat(r, 0));
	PQclear(r);
	char *buf;
	for (int n; (n = PQgetCopyData(c, &buf, 0)) > 0; PQfreemem(buf)) {
		for (int i = 0; i < n; i++) printf("%02x", (unsigned char)buf[i]);
		printf("\n");
	}
	drain();
	show(PQexec(c, "COPY cp TO STDOUT; SELECT 1"));
	while (PQgetCopyData(c, &buf, 0) > 0) PQfreemem(buf);
	drain();

	step("notices and notifications");
	show(PQexec(c, "DROP TABLE IF EXISTS nothing; ROLLBACK"));
	show(PQexec(c, "LISTEN \"频道\"; NOTIFY \"频道\", '你好'"));
	PQconsumeInput(c);
	for (PGnotify *n; (n = PQnotifies(c)); PQfreemem(n)) printf("%s %s %d\n", n->relname, n->extra, n->be_pid == PQbackendPID(c));

	step("errors");
	static const char *bad[] = {"SELECT nothing FROM tags", "INSERT INTO pairs (a, b) VALUES (1, 'x')", "INSERT INTO tags (id) VALUES (1)", "INSERT INTO tags (id, name, age) VALUES (90000, 'x', -1)",
		"SELECT 101::percent", "SELECT 'x'::grade", "SELECT '{1,'::int[]", "SELECT 'a'::jsonb", "SELEC", "SELECT 1e400::float8", "SELECT f(1)", "SELECT * FROM missing.t", "DROP TABLE tags", "CREATE TABLE tags (a int)",
		"SELECT 汉字, nothing", "INSERT INTO pairs (a, b, twice) VALUES (1, 'q', 3)", "SELECT '\\xzz'::bytea", "SET work_mem = 'x'", "SELECT 32768::int2", "SELECT sum(id) FROM tags GROUP BY nothing"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		printf("%s\n", bad[i]);
		show(PQexec(c, bad[i]));
	}
	PQsetErrorVerbosity(c, PQERRORS_SQLSTATE);
	r = PQexec(c, "SELECT 1 / 0");
	printf("%s", PQresultErrorMessage(r));
	PQsetErrorVerbosity(c, PQERRORS_DEFAULT);
	char *m = PQresultVerboseErrorMessage(r, PQERRORS_DEFAULT, PQSHOW_CONTEXT_ALWAYS);
	printf("%s", m);
	PQfreemem(m);
	PQclear(r);

	step("cancel");
	PQsendQuery(c, "SELECT pg_sleep(30)");
	char err[256] = "";
	PGcancel *k = PQgetCancel(c);
	struct timeval t = {0, 100000};
	select(0, NULL, NULL, NULL, &t);
	printf("%d %s\n", PQcancel(k, err, sizeof err), err);
	PQfreeCancel(k);
	drain();

	step("encodings");
	static const char *enc[] = {"GBK", "BIG5", "LATIN1", "SQL_ASCII", "GB18030", "nothing", "UTF8"};
	for (size_t i = 0; i < sizeof enc / sizeof *enc; i++) {
		printf("%s %d %s\n", enc[i], PQsetClientEncoding(c, enc[i]), PQparameterStatus(c, "client_encoding"));
		r = PQexec(c, "SELECT chr(20013) || chr(25991), 'x'");
		if (PQresultStatus(r) == PGRES_TUPLES_OK) for (char *p = PQgetvalue(r, 0, 0); *p; p++) printf("%02x", (unsigned char)*p);
		else fields(r);
		printf("\n");
		PQclear(r);
	}
	char *q = PQescapeLiteral(c, "it's \\ 汉", 11), *w = PQescapeIdentifier(c, "a\"b", 3);
	printf("%s %s\n", q, w);
	PQfreemem(q);
	PQfreemem(w);

	step("reset");
	show(PQexec(c, "SET application_name = 'x'"));
	PQreset(c);
	printf("%d %s\n", PQstatus(c), PQparameterStatus(c, "application_name"));
	show(PQexec(c, "SELECT count(*) FROM t"));
	PGconn *d = PQconnectdb("");
	char sql[100];
	snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)", PQbackendPID(c));
	show(PQexec(d, sql));
	PQfinish(d);
	struct timeval wait = {0, 100000};
	select(0, NULL, NULL, NULL, &wait);
	show(PQexec(c, "SELECT 1"));
	printf("%d\n", PQstatus(c));
	PQreset(c);
	show(PQexec(c, "SELECT 1 AS alive"));
}

int main(void) {
	c = PQconnectdb("");
	if (PQstatus(c) != CONNECTION_OK) { fprintf(stderr, "%s", PQerrorMessage(c)); return 1; }
	PQsetNoticeReceiver(c, notice, NULL);
	connections();
	queries();
	modes();
	rest();
	PQfinish(c);
	return 0;
}

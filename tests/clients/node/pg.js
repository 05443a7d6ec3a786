// Steps of node-postgres with pg-cursor, pg-query-stream and pg-copy-streams.
'use strict';
const { Client, Pool, types, escapeLiteral, escapeIdentifier } = require('pg');
const Cursor = require('pg-cursor');
const QueryStream = require('pg-query-stream');
const { from, to } = require('pg-copy-streams');
const { pipeline } = require('node:stream/promises');
const { Readable, Writable } = require('node:stream');
const { step, main, show, rows, fails, url } = require('./steps');

let db;

async function connect(extra) {
  const c = new Client({ connectionString: url, ...extra });
  await c.connect();
  return c;
}

// every is one value of each type, as text.
const every = [
  ['boolean', 't'], ['smallint', '-32768'], ['integer', '2147483647'], ['bigint', '9007199254740993'], ['numeric', '-0.00012345678901234567890'],
  ['numeric(12,2)', '99999.995'], ['numeric', 'NaN'], ['numeric', 'Infinity'], ['real', '1.1'], ['real', '-Infinity'], ['double precision', '1e-300'],
  ['double precision', 'NaN'], ['text', '数据, "x" \\'], ['text', ''], ['varchar(3)', '城市标'], ['char(4)', 'ab'], ['"char"', 'x'], ['name', 'n'], ['bytea', '\\x00ff10'],
  ['date', '2024-02-29'], ['date', '0044-03-15 BC'], ['date', 'infinity'], ['timestamp', '2024-02-29 01:02:03.123456'], ['timestamp', '-infinity'],
  ['timestamptz', '2024-02-29 01:02:03.5+08'], ['timestamptz', 'infinity'], ['time', '23:59:59.999999'], ['timetz', '01:02:03+08'],
  ['interval', '1 year 2 mons -3 days 04:05:06.789'], ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], ['json', '{"a": [1, null], "城": "北"}'],
  ['jsonb', '{"b": 1.50, "a": {"x": null}}'], ['text[]', '{a,NULL,"b,c","",北京}'], ['integer[]', '{{1,2},{3,NULL}}'], ['bigint[]', '{9007199254740993}'],
  ['boolean[]', '{t,f,NULL}'], ['numeric[]', '{1.50,NaN}'], ['double precision[]', '{1.5,Infinity}'], ['date[]', '{2024-01-01,infinity}'], ['timestamptz[]', '{"2024-01-01 00:00:00+00"}'],
  ['jsonb[]', '{"{\\"a\\": 1}"}'], ['uuid[]', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'], ['bytea[]', '{"\\\\x00ff"}'], ['text[]', '[0:1]={a,b}'], ['text[]', '{}'],
  ['grade', '老客'], ['grade[]', '{VIP,NULL}'], ['percent', '42'], ['oid', '4294967295'], ['regclass', 'tags'], ['regtype', 'integer'],
];

step('connect', async () => {
  db = await connect();
  const r = await db.query('SELECT count(*), min(name), max(city) FROM tags');
  show(r.command, r.rowCount, r.rows);
  show(r.fields.map((f) => [f.name, f.dataTypeID, f.dataTypeSize, f.dataTypeModifier, f.format, f.columnID]));
});

step('connect settings', async () => {
  const c = await connect({ application_name: '客户 app', statement_timeout: 1234, lock_timeout: 2345, idle_in_transaction_session_timeout: 3456,
    options: '-c search_path=crm,public -c DateStyle=German', client_encoding: 'utf8' });
  for (const s of ['application_name', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'search_path', 'DateStyle', 'client_encoding', 'TimeZone']) {
    show(s, (await c.query(`SHOW ${s}`)).rows);
  }
  show((await c.query("SELECT date '2024-02-29'::text AS d, count(*) FROM orders")).rows);
  await c.end();
});

step('connect refused', async () => {
  await fails(connect({ options: '-c no_such_setting=1' }));
  await fails(connect({ options: '-c work_mem=lots' }));
});

step('text of every type', async () => {
  for (const [t, v] of every) {
    const r = await db.query(`SELECT ${escapeLiteral(v)}::${t} AS v, NULL::${t} AS n`);
    show(t, r.rows[0], r.fields[0].dataTypeSize, r.fields[0].dataTypeModifier);
  }
});

step('parameter of every type', async () => {
  for (const [t, v] of every) {
    const r = await db.query(`SELECT $1::${t} AS v, $2::${t} AS n, pg_typeof($1::${t})::text AS t`, [v, null]);
    show(t, r.rows[0]);
  }
});

step('binary of every type', async () => {
  for (const [t, v] of every) {
    const r = await db.query({ text: `SELECT $1::${t} AS v`, values: [v], binary: true, types: { getTypeParser: () => (b) => b } });
    if (!t.startsWith('grade') && t !== 'regclass') show(t, r.rows[0].v, r.fields[0].format);
  }
});

step('JavaScript values', async () => {
  const r = await db.query('SELECT $1::int8 AS big, $2::float8 AS f, $3::bool AS b, $4::bytea AS raw, $5::jsonb AS j, $6::text[] AS a, $7::int[] AS nested, $8::timestamptz AS at, $9::text AS s',
    [9007199254740993n, 0.1, true, Buffer.from([0, 255, 92, 39]), { a: [1, '二'] }, ['a', null, 'b"c\\d', '逗,号'], [[1, 2], [3, 4]], new Date(Date.UTC(2024, 1, 29, 1, 2, 3, 4)), '行\n\t\'"\\']);
  show(r.rows[0]);
});

step('untyped parameters', async () => {
  const ask = async (sql, values) => show(sql, (await db.query(sql, values)).rows, (await db.query(sql, values)).fields.map((f) => f.dataTypeID));
  await ask('SELECT $1 AS v', ['x']);
  await ask('SELECT id, name FROM tags WHERE id = $1', [7]);
  await ask('SELECT count(*) FROM tags WHERE city = ANY($1)', [['北京', '上海']]);
  await ask('SELECT count(*) FROM tags WHERE hobby && $1', [['跑步']]);
  await ask('SELECT count(*) FROM tags WHERE id IN ($1, $2) AND spent > $3', [1, 2, '0.01']);
  await ask("SELECT coalesce($1, 'x') AS c, $2 || 'y' AS t, $3 + 1 AS n", [null, 'a', 4]);
  await ask('SELECT id FROM tags ORDER BY id LIMIT $1 OFFSET $2', [2, 3]);
  await ask("SELECT count(*) FROM tags WHERE extra @> $1 AND extra->>'k' = $2", [{ k: 1 }, '1']);
  await ask('SELECT CASE WHEN $1 THEN $2 ELSE 0 END AS n', [true, 5]);
  await ask("SELECT count(*) FROM tags WHERE seen >= $1 AND birthday < $2 AND grade = $3 AND share = $4", [new Date(0), '1970-01-01', 'VIP', 3]);
  await fails(db.query('SELECT $1', ['x', 'y']));
  await fails(db.query('SELECT $1::int', ['x']));
  await fails(db.query('SELECT $2 + 1', [1, 2]));
});

step('several statements', async () => {
  const rs = await db.query("SELECT 1 AS a; CREATE TEMP TABLE multi (x int); INSERT INTO multi VALUES (1), (2); UPDATE multi SET x = x + 1; SELECT * FROM multi ORDER BY x; DROP TABLE multi; ;");
  for (const r of rs) show(r.command, r.rowCount, r.rows);
  await fails(db.query('CREATE TABLE undone (x int); INSERT INTO undone VALUES (1); SELECT 1/0'));
  await fails(db.query('SELECT * FROM undone'));
  await fails(db.query('SELECT 1; SELECT 2', []).then(() => db.query({ text: 'SELECT 1; SELECT 2', values: [1] })));
  show((await db.query('')).rows, (await db.query('-- nothing')).command);
});

step('row mode and column names', async () => {
  const r = await db.query({ text: "SELECT 1 AS \"列\", 2 AS \"A b\", 3, 'x', now() IS NULL, count(*) FROM pairs", rowMode: 'array' });
  show(r.rows, r.fields.map((f) => [f.name, f.dataTypeID]));
  const f = (await db.query('SELECT * FROM tags LIMIT 0')).fields;
  for (const c of f) show(c.name, c.columnID, ['grade', 'grade[]'].includes(c.name) ? '' : c.dataTypeID, c.dataTypeSize, c.dataTypeModifier);
});

step('named statements', async () => {
  for (const id of [1, 4999, 77777]) {
    show((await db.query({ name: 'by id', text: 'SELECT id, name, hobby, spent, joined, raw FROM tags WHERE id = $1', values: [id] })).rows);
  }
  await fails(db.query({ name: 'by id', text: 'SELECT 2', values: [] }));
  await fails(db.query({ name: 'broken', text: 'SELECT nope FROM tags', values: [] }));
  await db.query('CREATE TEMP TABLE shape (a int)');
  show((await db.query({ name: 'shape', text: 'SELECT * FROM shape' })).rows);
  await db.query('ALTER TABLE shape ADD COLUMN b text');
  await fails(db.query({ name: 'shape', text: 'SELECT * FROM shape' }));
  await db.query('DROP TABLE shape');
});

step('rows of the tag table', async () => {
  rows((await db.query('SELECT * FROM tags ORDER BY id LIMIT 40')).rows);
  rows((await db.query('SELECT * FROM tags WHERE id = ANY($1) ORDER BY id', [[9, 99, 999]])).rows);
  rows((await db.query('SELECT * FROM crm.orders ORDER BY order_id LIMIT 5')).rows);
  rows((await db.query('SELECT * FROM pairs ORDER BY a, b')).rows);
});

step('changes', async () => {
  const say = async (sql, values) => { const r = await db.query(sql, values); show(r.command, r.rowCount, r.oid, r.rows); };
  await say('CREATE TABLE c (id bigint PRIMARY KEY, a text, t text[])');
  await say('INSERT INTO c VALUES ($1, $2, $3), (2, NULL, NULL) RETURNING *', [1, '一', ['x']]);
  await say('INSERT INTO c VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET a = excluded.a RETURNING id, a', ['壹']);
  await say('INSERT INTO c VALUES (1) ON CONFLICT DO NOTHING');
  await say('UPDATE c SET t = array_append(t, $1) WHERE id = 1 RETURNING id, t', ['新']);
  await say('DELETE FROM c WHERE id = $1 RETURNING a', [2]);
  await say('SELECT * INTO c2 FROM c');
  await say('CREATE TABLE c3 AS SELECT * FROM c');
  await say('TRUNCATE c2');
  await say('DROP TABLE c, c2, c3');
});

step('errors', async () => {
  await db.query('CREATE TABLE e (id int PRIMARY KEY, u text CONSTRAINT e_u UNIQUE, c int CONSTRAINT positive CHECK (c > 0), n text NOT NULL, p percent, g grade)');
  await db.query("INSERT INTO e VALUES (1, 'a', 1, 'n', 1, 'VIP')");
  const bad = ['SELECT nope FROM tags', 'SELECT * FROM nope', 'SELEC 1', 'SELECT 1 +', "SELECT 'open", 'SELECT nope(1)', "SELECT 'x'::int", 'SELECT 1/0', "SELECT 32767::smallint + 1::smallint",
    'SELECT id, count(*) FROM tags', "SELECT '城'::nope", 'SELECT tagz.id FROM tags', 'SELECT id FROM tags t, tags u', "INSERT INTO e (id, n) VALUES (1, 'x')", "INSERT INTO e (id, u, n) VALUES (2, 'a', 'x')",
    "INSERT INTO e (id, c, n) VALUES (2, -1, 'x')", 'INSERT INTO e (id) VALUES (2)', "INSERT INTO e (id, n, p) VALUES (2, 'x', 101)", "INSERT INTO e (id, n, g) VALUES (2, 'x', '金')",
    "INSERT INTO e (id, n) VALUES (2, 'x', 3)", "INSERT INTO tags (id, name, note) VALUES (9999, 'x', '1234567')", 'INSERT INTO pairs (a, b, twice) VALUES (9, 9, 9)', 'CREATE TABLE e (x int)', 'CREATE TABLE z (x int, x int)',
    'DROP TABLE nope', 'DROP VIEW tags', 'ALTER TABLE e DROP COLUMN nope', 'SELECT * FROM e WHERE id = \'a\' || 1', "SELECT date '2024-02-30'", "SELECT '{1,2'::int[]", "SELECT '{bad'::json", "SELECT substring('a' from 'a(')",
    'SELECT (SELECT 1 UNION SELECT 2)', 'SET no_such TO 1', 'SHOW no_such', 'SELECT 99999999999999999999::bigint', 'SELECT 1 ORDER BY 2', 'SELECT sum(sum(id)) FROM e', 'SELECT E\'\\xff\'', 'FETCH 1 FROM nope', 'EXECUTE nope',
    'DROP TYPE grade', 'DROP TABLE tags', 'SELECT * FROM tags WHERE count(*) > 1', 'SELECT "Name" FROM tags', 'VALUES (1, 2), (3)'];
  for (const sql of bad) {
    process.stdout.write(`${sql} -> `);
    await fails(db.query(sql));
  }
  await fails(db.query('INSERT INTO e (id, n) VALUES ($1, $2)', [1, 'x']));
  await fails(db.query('SELECT * FROM e WHERE id = $1 AND nope = $2', [1, 'x']));
  await db.query('DROP TABLE e');
});

step('transactions', async () => {
  await db.query('CREATE TABLE tx (id int PRIMARY KEY)');
  await db.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await db.query('INSERT INTO tx VALUES (1)');
  await db.query('SAVEPOINT s');
  await fails(db.query('INSERT INTO tx VALUES (1)'));
  await fails(db.query('SELECT 1'));
  await db.query('ROLLBACK TO s');
  await db.query('INSERT INTO tx VALUES (2)');
  const other = await connect();
  show((await other.query('SELECT count(*) FROM tx')).rows);
  const r = await db.query('COMMIT');
  show(r.command, (await other.query('SELECT * FROM tx ORDER BY id')).rows);
  await db.query('BEGIN READ ONLY');
  await fails(db.query('INSERT INTO tx VALUES (3)'));
  const end = await db.query('COMMIT');
  show(end.command);
  await fails(db.query('SAVEPOINT outside'));
  await db.query('DROP TABLE tx');
  await other.end();
});

step('notices', async () => {
  const seen = [];
  const on = (n) => seen.push([n.severity, n.code, n.message, n.detail, n.hint]);
  db.on('notice', on);
  await db.query('DROP TABLE IF EXISTS not_there');
  await db.query('CREATE TABLE IF NOT EXISTS pairs (x int)');
  await db.query('COMMIT');
  await db.query('BEGIN; BEGIN; ROLLBACK');
  await db.query('CREATE TABLE n (id int); DROP TABLE n');
  await db.query('SELECT repeat($1, 70)::name', ['x']);
  db.off('notice', on);
  seen.forEach((n) => show(n));
});

step('pg-cursor', async () => {
  const cursor = db.query(new Cursor('SELECT id, name, hobby FROM tags WHERE id > $1 ORDER BY id', [4980]));
  for (let i = 0; i < 4; i++) show((await cursor.read(7)).map((r) => [r.id, r.name, r.hobby]));
  show(await cursor.read(7));
  await cursor.close();
  const half = db.query(new Cursor('SELECT generate_series(1, 1000000) AS n', []));
  show((await half.read(3)));
  await half.close();
  const arrays = db.query(new Cursor('SELECT 1, 2', [], { rowMode: 'array' }));
  show(await arrays.read(10));
  await arrays.close();
  const bad = db.query(new Cursor('SELECT 10 / (29000 - n) AS v FROM generate_series(1, 30000) n', []));
  show(await bad.read(2));
  await fails(bad.read(30000));
  await fails(db.query(new Cursor('SELECT nope', [])).read(1));
  show((await db.query('SELECT 1 AS usable')).rows);
});

step('pg-query-stream', async () => {
  let n = 0, sum = 0n, last;
  const s = db.query(new QueryStream('SELECT id, spent, city FROM tags WHERE age >= $1 ORDER BY id', [20], { batchSize: 97, highWaterMark: 50 }));
  for await (const row of s) { n++; sum += BigInt(row.id); last = row; }
  show(n, sum, last);
  const early = db.query(new QueryStream('SELECT g FROM generate_series(1, 100000) g', [], { rowMode: 'array', batchSize: 10 }));
  for await (const row of early) { show(row); if (row[0] === 3) break; }
  await fails(async () => { for await (const _ of db.query(new QueryStream('SELECT 6 / (2 - g) AS v FROM generate_series(0, 3) g'))); });
  show((await db.query('SELECT 1 AS usable')).rows);
});

async function copyOut(sql) {
  const parts = [];
  const stream = db.query(to(sql));
  await pipeline(stream, new Writable({ write(b, _, done) { parts.push(b); done(); } }));
  show(sql, 'rows', stream.rowCount);
  return Buffer.concat(parts);
}

step('COPY out', async () => {
  show((await copyOut('COPY (SELECT * FROM tags WHERE id <= 12 ORDER BY id) TO STDOUT')).toString());
  show((await copyOut("COPY (SELECT * FROM tags WHERE id <= 12 ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER, NULL '∅', FORCE_QUOTE (name))".replace('∅', 'nil'))).toString());
  show((await copyOut('COPY pairs TO STDOUT (FORMAT binary)')).toString('hex'));
  show((await copyOut("COPY pairs (b, a) TO STDOUT (DELIMITER '|')")).toString());
  await fails(copyOut('COPY nope TO STDOUT'));
  await fails(copyOut('COPY (SELECT 6 / (2 - g) FROM generate_series(0, 3) g) TO STDOUT'));
});

step('COPY in', async () => {
  await db.query('CREATE TABLE ci (id bigint PRIMARY KEY, a text, n numeric(8,2), t text[], d date)');
  const put = async (sql, chunks) => {
    const stream = db.query(from(sql));
    await pipeline(Readable.from(chunks.map((c) => Buffer.from(c))), stream);
    show(sql, stream.rowCount);
  };
  await put('COPY ci FROM STDIN', ['1\t一\\t\\n\t1', '.5\t{a,"b,c"}\t2024-', '02-29\n2\t\\N\t\\N\t\\N\t\\N\n', '\\.\n']);
  await put('COPY ci (id, a) FROM STDIN (FORMAT csv, HEADER)', ['id,a\n3,"x ""y"""\n', '4,\n5,""\n']);
  const many = Array.from({ length: 3000 }, (_, i) => `${100 + i}\t${'行'.repeat(i % 40)}\n`);
  await put('COPY ci (id, a) FROM STDIN', many);
  await fails(put('COPY ci FROM STDIN', ['9\tx\tnope\t\\N\t\\N\n']));
  await fails(put('COPY ci FROM STDIN', ['9\tx\n']));
  await fails(put('COPY ci (id) FROM STDIN', ['1\n']));
  await fails(put('COPY ci (id, d) FROM STDIN (FORMAT csv)', ['900,2024-13-01\n']));
  await fails(put('COPY ci (nope) FROM STDIN', []));
  await fails(async () => {
    const stream = db.query(from('COPY ci (id) FROM STDIN'));
    stream.write('901\n');
    await new Promise((_, no) => { stream.on('error', no); stream.destroy(new Error('given up')); });
  });
  rows((await db.query('SELECT * FROM ci WHERE id < 100 ORDER BY id')).rows);
  show((await db.query('SELECT count(*), sum(length(a)), max(id) FROM ci')).rows);
  await db.query('DROP TABLE ci');
});

step('cancel and timeouts', async () => {
  const c = await connect();
  const [{ pid }] = (await c.query('SELECT pg_backend_pid() AS pid')).rows;
  const slow = fails(c.query('SELECT pg_sleep(20)'));
  await new Promise((ok) => setTimeout(ok, 150));
  const cancelled = (await db.query('SELECT pg_cancel_backend($1)', [pid])).rows;
  await slow;
  show(cancelled);
  await c.query('SET statement_timeout = 100');
  await fails(c.query('SELECT pg_sleep(20)'));
  await fails(c.query('SELECT count(*) FROM generate_series(1, 100000000000) g'));
  await c.query('RESET statement_timeout');
  show((await c.query('SELECT 1 AS usable')).rows);
  const ended = new Promise((ok) => c.once('error', ok));
  const pending = fails(c.query('SELECT pg_sleep(20)'));
  await new Promise((ok) => setTimeout(ok, 150));
  const told = (await db.query('SELECT pg_terminate_backend($1)', [pid])).rows;
  await pending;
  show(told);
  show((await ended).message);
  const again = await connect();
  show((await again.query('SELECT 2 AS back')).rows);
  await again.end();
});

step('pool', async () => {
  const pool = new Pool({ connectionString: url, max: 4, idleTimeoutMillis: 100 });
  const got = await Promise.all(Array.from({ length: 40 }, (_, i) => pool.query('SELECT $1::int * 2 AS n, count(*) AS c FROM tags WHERE level = $1', [i % 9])));
  show(got.map((r) => [r.rows[0].n, r.rows[0].c]));
  show(pool.totalCount <= 4);
  const c = await pool.connect();
  await c.query('BEGIN');
  await c.query("SET LOCAL application_name = 'inside'");
  show((await c.query('SHOW application_name')).rows);
  await c.query('ROLLBACK');
  c.release();
  await pool.end();
});

step('LISTEN and NOTIFY', async () => {
  const c = await connect();
  const [{ pid }] = (await c.query('SELECT pg_backend_pid() AS pid')).rows;
  const seen = [];
  let enough;
  const all = new Promise((ok) => { enough = ok; });
  c.on('notification', (m) => { seen.push([m.channel, m.payload, m.processId === pid]); if (seen.length === 4) enough(); });
  await c.query('LISTEN news');
  await c.query('LISTEN "大 事"');
  await db.query("NOTIFY news, 'one'");
  await db.query('BEGIN');
  await db.query("SELECT pg_notify('大 事', $1)", ['二']);
  await db.query("NOTIFY news, 'twice'; NOTIFY news, 'twice'");
  await db.query('COMMIT');
  await c.query('NOTIFY news');
  await all;
  show((await c.query('SELECT pg_listening_channels() AS c ORDER BY 1')).rows);
  await c.query('UNLISTEN *');
  await db.query('NOTIFY news');
  show((await c.query('SELECT count(*) FROM pg_listening_channels()')).rows);
  seen.forEach((n) => show(n));
  await c.end();
});

step('queued queries keep their order', async () => {
  const all = await Promise.allSettled(['SELECT 1 AS n', 'SELECT nope', 'SELECT 2 AS n', 'SELECT $1::int AS n'].map((q, i) => db.query(q, i === 3 ? [3] : undefined)));
  all.forEach((r) => show(r.status, r.value ? r.value.rows : r.reason));
});

step('large values', async () => {
  const big = '标签'.repeat(200000);
  const r = await db.query('SELECT $1::text AS v, length($1) AS n, md5($1) AS m', [big]);
  show(r.rows[0].v === big, r.rows[0].n, r.rows[0].m);
  const raw = Buffer.alloc(1 << 20, 7);
  const b = await db.query('SELECT $1::bytea AS v, octet_length($1::bytea) AS n', [raw]);
  show(b.rows[0].v.equals(raw), b.rows[0].n);
  const wide = await db.query(`SELECT ${Array.from({ length: 1600 }, (_, i) => `${i} AS c${i}`).join(', ')}`);
  show(wide.fields.length, Object.values(wide.rows[0]).reduce((a, x) => a + x, 0));
  const p = Array.from({ length: 5000 }, (_, i) => i);
  show((await db.query(`SELECT count(*) FROM tags WHERE id IN (${p.map((i) => `$${i + 1}`).join(',')})`, p)).rows);
});

step('identifiers and literals', async () => {
  const name = 'we"ird 名.t';
  await db.query(`CREATE TABLE ${escapeIdentifier(name)} (${escapeIdentifier('列 "1"')} text)`);
  await db.query(`INSERT INTO ${escapeIdentifier(name)} VALUES (${escapeLiteral("a'b\\c")})`);
  show((await db.query(`SELECT * FROM ${escapeIdentifier(name)}`)).rows);
  show((await db.query('SELECT relname, $1::regclass::text AS r FROM pg_class WHERE oid = $1::regclass', [escapeIdentifier(name)])).rows);
  await db.query(`DROP TABLE ${escapeIdentifier(name)}`);
});

step('type parsers', async () => {
  show((await db.query("SELECT oid, typname, typarray, typlen FROM pg_type WHERE typname IN ('int8', 'numeric', 'jsonb', '_text', 'timestamptz', 'bytea', 'record', 'void') ORDER BY oid")).rows);
  const r = await db.query({ text: "SELECT 9007199254740993::bigint AS b, '2024-01-01'::date AS d, row(1, '二', NULL) AS r", types: { getTypeParser: (oid, f) => (oid === types.builtins.INT8 ? BigInt : oid === types.builtins.DATE ? String : types.getTypeParser(oid, f)) } });
  show(r.rows);
});

main(() => db.end());

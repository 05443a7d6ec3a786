// Steps of postgres.js.
'use strict';
const postgres = require('postgres');
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');
const { step, main, show, rows, fails, url } = require('./steps');

const sql = postgres(url, { max: 2, onnotice: (n) => show('notice', n.severity, n.code, n.message) });

step('rows', async () => {
  rows(await sql`SELECT id, name, gender, age, spent, score, vip, birthday, joined, seen, wakes, ref, hobby, shops, codes, extra, grade, share, note, raw FROM tags WHERE id <= ${9} ORDER BY id`);
  const r = await sql`SELECT * FROM pairs ORDER BY a, b`;
  show(r.command, r.count, r.columns.map((c) => [c.name, c.type]));
});

step('parameters', async () => {
  const [r] = await sql`SELECT ${9007199254740993n}::bigint AS b, ${'数据'} || 'x' AS s, ${true}::bool AS t, ${new Date(0)}::timestamptz AS d, ${Buffer.from([0, 255])}::bytea AS raw,
    ${sql.json({ 城: [1, null] })}::jsonb AS j, ${['a', 'b,"c']}::text[] AS a, ${[1, 2]}::int[] AS i, ${null}::text AS n`;
  show(r);
  rows(await sql`SELECT count(*) FROM tags WHERE city IN ${sql(['北京', '上海'])} AND hobby && ${['跑步']}`);
  rows(await sql`SELECT ${sql(['id', 'name'])} FROM ${sql('tags')} WHERE id = ANY(${[1, 2]}) ORDER BY id`);
  rows(await sql`SELECT id, grade FROM tags WHERE grade = ${'VIP'} ORDER BY id LIMIT ${3}`);
});

step('arrays of user types', async () => {
  await sql`CREATE TABLE pj (id int PRIMARY KEY, g grade, gs grade[], p percent, t text[])`;
  await sql`INSERT INTO pj ${sql([{ id: 1, g: 'VIP', gs: ['新客', 'VIP'], p: 5, t: ['a'] }, { id: 2, g: null, gs: null, p: null, t: [] }])}`;
  rows(await sql`SELECT * FROM pj ORDER BY id`);
  rows(await sql`UPDATE pj SET ${sql({ p: 6, g: '老客' })} WHERE id = 1 RETURNING *`);
});

step('errors', async () => {
  await fails(sql`SELECT nope FROM tags`);
  await fails(sql`INSERT INTO pj (id) VALUES (1)`);
  await fails(sql`INSERT INTO pj (id, p) VALUES (3, 101)`);
  await fails(sql`SELECT ${'x'}::int`);
  await sql`DROP TABLE IF EXISTS not_there`;
});

step('transactions', async () => {
  await sql.begin(async (t) => {
    await t`INSERT INTO pj (id) VALUES (10)`;
    await fails(t.savepoint(async (s) => { await s`INSERT INTO pj (id) VALUES (10)`; }));
    await t.savepoint('named', (s) => s`INSERT INTO pj (id) VALUES (11)`);
  });
  await fails(sql.begin('read only', (t) => t`DELETE FROM pj`));
  await fails(sql.begin(async (t) => { await t`DELETE FROM pj`; throw Object.assign(new Error('given up'), { code: 'own' }); }));
  rows(await sql`SELECT id FROM pj ORDER BY id`);
  show(await sql.begin((t) => [t`SELECT 1 AS a`, t`SELECT 2 AS b`]));
});

step('cursor and forEach', async () => {
  for await (const part of sql`SELECT id FROM tags ORDER BY id LIMIT 25`.cursor(10)) show(part.map((r) => r.id));
  let n = 0;
  await sql`SELECT g FROM generate_series(1, 1000) g`.forEach(() => { n++; });
  show(n);
  await sql`SELECT g FROM generate_series(1, 1000) g`.cursor(3, (part) => { show(part.map((r) => r.g)); return sql.CLOSE; });
});

step('COPY', async () => {
  await pipeline(Readable.from(['100\tVIP\t{VIP}\t1\t{"x y"}\n', '101\t\\N\t\\N\t\\N\t\\N\n']), await sql`COPY pj FROM STDIN`.writable());
  const parts = [];
  for await (const p of await sql`COPY (SELECT * FROM pj ORDER BY id) TO STDOUT`.readable()) parts.push(p);
  show(Buffer.concat(parts).toString());
});

step('describe, unsafe and several statements', async () => {
  const d = await sql`SELECT id, name FROM tags WHERE id = ${1} AND city = ${'x'}`.describe();
  show(d.types, d.columns.map((c) => [c.name, c.type]));
  show(await sql.unsafe('SELECT 1 AS a; SELECT 2 AS b'));
  rows(await sql.unsafe('SELECT $1::int + 1 AS n', [41]));
  rows(await sql`SELECT id, name FROM tags WHERE id < 3 ORDER BY id`.values());
});

step('cancel', async () => {
  const q = sql`SELECT pg_sleep(20)`.execute();
  setTimeout(() => q.cancel(), 150);
  await fails(q);
  rows(await sql`SELECT 1 AS usable`);
});

main(() => sql.end());

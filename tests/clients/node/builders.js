// Steps of knex, kysely, pg-promise and Cube's driver: what they read
// of the catalog, and their queries.
'use strict';
const knexOf = require('knex');
const { Kysely, PostgresDialect, sql } = require('kysely');
const pgp = require('pg-promise')();
const { Pool } = require('pg');
const { step, main, show, rows, fails, url, server } = require('./steps');

const knex = knexOf({ client: 'pg', connection: url, pool: { min: 0, max: 3 } });
const kysely = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: 2 }) }) });
const promised = pgp(url);

step('knex: schema builder', async () => {
  await knex.schema.createTable('k', (t) => {
    t.bigIncrements('id');
    t.string('name', 40).notNullable().index();
    t.decimal('n', 8, 2).defaultTo(0);
    t.boolean('b');
    t.jsonb('j');
    t.timestamp('at');
    t.specificType('tags', 'text[]');
    t.unique(['name', 'n']);
  });
  await knex.schema.alterTable('k', (t) => { t.integer('extra'); t.renameColumn('b', 'flag'); });
  show(await knex.schema.hasTable('k'), await knex.schema.hasTable('nope'), await knex.schema.hasColumn('k', 'flag'));
  const info = await knex('k').columnInfo();
  for (const c of Object.keys(info).sort()) show(c, info[c]);
  const tags = await knex('tags').columnInfo();
  for (const c of Object.keys(tags).sort()) show(c, tags[c]);
});

step('knex: queries', async () => {
  show(await knex('k').insert([{ name: '甲', n: 1.5, j: { a: 1 }, tags: ['x'] }, { name: '乙' }]).returning(['id', 'name']));
  show(await knex('k').insert({ id: 1, name: '丙' }).onConflict('id').merge(['name']).returning('*'));
  show(await knex('tags').select('city').count('* as n').whereIn('gender', ['男', '女']).whereBetween('age', [20, 30]).groupBy('city').orderBy('city'));
  show(await knex('tags as t').join('crm.orders as o', 'o.user_id', 't.id').where('t.id', '<', 3).select('t.id', 'o.amount', 'o.channel').orderBy('o.order_id').limit(3));
  show(await knex.raw('SELECT ?? FROM ?? WHERE id = ?', ['name', 'tags', 3]).then((r) => r.rows));
  let n = 0;
  for await (const _ of knex('tags').select('id').where('id', '<=', 500).stream()) n++;
  show(n);
  await fails(knex.transaction(async (t) => { await t('k').del(); await t('k').insert({ id: 1 }); }));
  show(await knex('k').count('*'));
});

step('kysely: introspection', async () => {
  const tables = await kysely.introspection.getTables();
  for (const t of tables.sort((a, b) => (a.name < b.name ? -1 : 1))) show(t);
  show((await kysely.introspection.getSchemas()).map((s) => s.name).filter((n) => !n.startsWith('pg_t')).sort());
});

step('kysely: queries', async () => {
  show(await kysely.selectFrom('tags').select(['id', 'name', 'hobby']).where('city', '=', '上海').where('age', '>', 30).orderBy('id').limit(3).execute());
  show(await kysely.selectFrom('tags').select((e) => ['grade', e.fn.countAll().as('n'), e.fn.sum('spent').as('s')]).groupBy('grade').orderBy('grade').execute());
  show(await kysely.insertInto('pairs').values({ a: 7, b: '七' }).onConflict((c) => c.doNothing()).returningAll().execute());
  show(await kysely.transaction().execute((t) => t.updateTable('pairs').set({ v: 'seven' }).where('a', '=', 7).executeTakeFirst()));
  show((await sql`SELECT ${1}::int AS n`.execute(kysely)).rows);
});

step('pg-promise', async () => {
  show(await promised.one('SELECT count(*)::int AS n FROM tags WHERE city = ${city} AND id > $<id>', { city: '广州', id: 10 }));
  show(await promised.any('SELECT id FROM tags WHERE id IN ($1:csv) ORDER BY id', [[1, 2, 3]]));
  await fails(promised.tx(async (t) => { await t.none('INSERT INTO pairs VALUES (8, $1)', ['八']); await t.tx((s) => s.none('SELECT 1/0')); }));
  const cs = new pgp.helpers.ColumnSet(['a', 'b'], { table: 'pairs' });
  show(await promised.result(pgp.helpers.insert([{ a: 31, b: 'x' }, { a: 32, b: 'y' }], cs), [], (r) => r.rowCount));
});

step("Cube's driver", async () => {
  const { PostgresDriver } = require('@cubejs-backend/postgres-driver');
  const d = new PostgresDriver({ host: server.host, port: server.port, user: server.user, database: server.database });
  await d.testConnection();
  rows(await d.query('SELECT city, count(*) AS n, sum(spent) AS s, max(seen) AS at FROM tags WHERE gender = $1 GROUP BY 1 ORDER BY 1', ['女']));
  const schema = await d.tablesSchema();
  for (const s of Object.keys(schema).sort()) for (const t of Object.keys(schema[s]).sort()) show(s, t, schema[s][t].sort((a, b) => (a.name < b.name ? -1 : 1)));
  const got = await d.downloadQueryResults('SELECT id, name, spent, seen, hobby FROM tags WHERE id < $1 ORDER BY id', [4], {});
  show(got.types, got.rows);
  const st = await d.stream('SELECT id, age FROM tags WHERE id <= $1', [1000], { highWaterMark: 100 });
  let n = 0;
  for await (const _ of st.rowStream) n++;
  show(st.types, n);
  await st.release();
  await d.release();
});

main(async () => { await Promise.all([knex.destroy(), kysely.destroy()]); pgp.end(); }).then(() => process.exit());

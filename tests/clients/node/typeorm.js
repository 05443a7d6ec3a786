// Steps of TypeORM: synchronised entities, migrations generated and run, what it
// reads of the catalog, the query builder, relations, streams and transactions.
'use strict';
require('reflect-metadata');
const { DataSource, EntitySchema, In, Between, IsNull, Not, ILike, Raw, ArrayContains, ArrayOverlap, Any, MoreThan, Table, TableColumn, TableIndex, TableForeignKey, TableUnique, TableCheck } = require('typeorm');
const { step, main, show, rows, text, fails, url } = require('./steps');

const Campaign = new EntitySchema({
  name: 'Campaign', tableName: 'campaign',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    code: { type: 'varchar', length: 20, unique: true },
    title: { type: 'text', nullable: true, comment: '活动名称' },
    state: { type: 'enum', enum: ['草稿', '上线', '下线'], default: '草稿' },
    budget: { type: 'numeric', precision: 12, scale: 2, default: 0 },
    rate: { type: 'double precision', nullable: true },
    hits: { type: 'bigint', default: '0' },
    tags: { type: 'text', array: true, default: '{}' },
    levels: { type: 'enum', enum: ['低', '高'], array: true, nullable: true },
    rules: { type: 'jsonb', nullable: true },
    ref: { type: 'uuid', nullable: true },
    flag: { type: 'boolean', default: true },
    day: { type: 'date', nullable: true },
    at: { type: 'timestamptz', nullable: true, precision: 3 },
    clock: { type: 'time', nullable: true },
    raw: { type: 'bytea', nullable: true },
    note: { type: 'char', length: 4, nullable: true },
    twice: { type: 'int', asExpression: 'id * 2', generatedType: 'STORED', nullable: true },
    version: { type: 'int', version: true },
    made: { type: 'timestamptz', createDate: true, select: false },
    gone: { type: 'timestamptz', deleteDate: true },
  },
  relations: { audiences: { type: 'one-to-many', target: 'Audience', inverseSide: 'campaign' }, channels: { type: 'many-to-many', target: 'Channel', joinTable: { name: 'campaign_channel' } } },
  indices: [{ name: 'campaign_state_day', columns: ['state', 'day'] }, { columns: ['hits'] }],
  checks: [{ name: 'campaign_budget', expression: '"budget" >= 0' }],
});
const Audience = new EntitySchema({
  name: 'Audience', tableName: 'audience',
  columns: { id: { type: 'bigint', primary: true, generated: 'identity', generatedIdentity: 'BY DEFAULT' }, name: { type: 'varchar' }, size: { type: 'int', default: 0 }, key: { type: 'uuid', generated: 'uuid' } },
  relations: { campaign: { type: 'many-to-one', target: 'Campaign', onDelete: 'CASCADE', joinColumn: true } },
  uniques: [{ columns: ['name', 'campaign'] }],
});
const Channel = new EntitySchema({ name: 'Channel', tableName: 'channel', columns: { name: { type: 'varchar', primary: true } } });

// uuid_generate_v4 is an extension's, gen_random_uuid PostgreSQL's own.
const options = { type: 'postgres', url, entities: [Campaign, Audience, Channel], uuidExtension: 'pgcrypto', installExtensions: false, useUTC: true };
const logged = [];
const db = new DataSource({ ...options, logging: true, logger: { logQuery: (q) => logged.push(q), logQueryError() {}, logQuerySlow() {}, logSchemaBuild() {}, logMigration() {}, log() {} } });
const repo = (e) => db.getRepository(e);

step('connect', async () => {
  await db.initialize();
  show(db.isInitialized, await db.query('SELECT $1::int AS n, $2::text[] AS a', [7, ['x', '城']]));
});

step('synchronize', async () => {
  await db.synchronize();
  show(logged.filter((s) => /^(CREATE|ALTER|COMMENT)/.test(s)));
  logged.length = 0;
  const log = await db.driver.createSchemaBuilder().log();
  show(log.upQueries.map((q) => q.query));
});

step('schema introspection', async () => {
  const q = db.createQueryRunner();
  for (const name of ['campaign', 'audience', 'campaign_channel', 'tags', 'pairs', 'crm.orders']) {
    const t = await q.getTable(name);
    show(t.name, t.comment);
    for (const c of t.columns) show(' ', Object.fromEntries(Object.entries(c).filter(([k, v]) => v !== undefined && k !== '@instanceof')));
    for (const i of t.indices.sort((a, b) => (a.name < b.name ? -1 : 1))) show('  index', i.name, i.columnNames.sort(), i.isUnique, i.where);
    for (const i of t.foreignKeys.sort((a, b) => (a.name < b.name ? -1 : 1))) show('  key', i.name, i.columnNames, i.referencedTableName, i.referencedColumnNames, i.onDelete, i.onUpdate, i.deferrable);
    for (const i of t.uniques.sort((a, b) => (a.name < b.name ? -1 : 1))) show('  unique', i.name, i.columnNames);
    for (const i of t.checks.sort((a, b) => (a.name < b.name ? -1 : 1))) show('  check', i.name, i.columnNames, i.expression);
  }
  show((await q.getView('women'))?.expression);
  show(await q.hasTable('tags'), await q.hasTable('nope'), await q.hasColumn('tags', 'city'), await q.hasSchema('crm'), await q.getCurrentDatabase(), await q.getCurrentSchema(), (await q.getDatabases()).sort().includes('postgres'));
  show((await q.getSchemas()).sort());
  await q.release();
});

step('schema changes', async () => {
  const q = db.createQueryRunner();
  await q.createSchema('orm', true);
  await q.createTable(new Table({ name: 'orm.made', columns: [{ name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' }, { name: 'a', type: 'varchar', length: '10', isNullable: false, default: "'无'" }, { name: 'tag', type: 'bigint', isNullable: true }],
    indices: [{ name: 'made_a', columnNames: ['a'] }], checks: [{ name: 'made_check', expression: 'length(a) < 9' }], foreignKeys: [{ columnNames: ['tag'], referencedTableName: 'tags', referencedColumnNames: ['id'], onDelete: 'SET NULL' }] }), true);
  await q.addColumn('orm.made', new TableColumn({ name: 'kind', type: 'enum', enum: ['x', 'y'], default: "'x'" }));
  await q.changeColumn('orm.made', 'kind', new TableColumn({ name: 'kind', type: 'enum', enum: ['x', 'y', 'z'], default: "'z'" }));
  await q.addColumn('orm.made', new TableColumn({ name: 'n', type: 'numeric', precision: 5, scale: 1, isNullable: true, comment: '数' }));
  await q.changeColumn('orm.made', 'n', new TableColumn({ name: 'amount', type: 'numeric', precision: 8, scale: 2, isNullable: true, comment: '额' }));
  await q.createIndex('orm.made', new TableIndex({ name: 'made_kind', columnNames: ['kind', 'a'], where: 'a IS NOT NULL' }));
  await q.createUniqueConstraint('orm.made', new TableUnique({ name: 'made_amount', columnNames: ['amount'] }));
  await q.query("INSERT INTO orm.made (a, amount, tag) VALUES ('p', 1.5, 1), ('q', NULL, NULL)");
  await fails(q.query("INSERT INTO orm.made (a, tag) VALUES ('r', -1)"));
  await q.renameColumn('orm.made', 'a', 'label');
  await q.renameTable('orm.made', 'kept');
  const t = await q.getTable('orm.kept');
  for (const c of t.columns) show(c.name, c.type, c.length, c.default, c.isNullable, c.enum, c.enumName, c.comment, c.precision, c.scale, c.isPrimary, c.isGenerated);
  show(t.indices.map((i) => i.name).sort(), t.uniques.map((u) => u.name), t.checks.map((c) => c.expression), t.foreignKeys.map((f) => [f.name, f.onDelete]));
  rows(await q.query('SELECT * FROM orm.kept ORDER BY id'));
  await q.dropUniqueConstraint('orm.kept', 'made_amount');
  await q.dropIndex('orm.kept', 'made_kind');
  await q.dropColumns('orm.kept', ['kind', 'amount']);
  await q.clearTable('orm.kept');
  await q.dropTable('orm.kept');
  await q.dropSchema('orm');
  show(await q.hasTable('orm.kept'), await q.query("SELECT typname FROM pg_type WHERE typname LIKE '%kind%'"));
  await q.release();
});

step('save and find', async () => {
  const c = repo('Campaign');
  const a = await c.save({ code: 'a', title: '开学季', budget: '1234.50', rate: 0.1, hits: '9007199254740993', tags: ['x', 'a,b', '城"市'], levels: ['高', '低'], rules: { all: [1, { n: null }] }, ref: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    day: '2024-02-29', at: new Date('2024-03-01T02:03:04.567Z'), clock: '08:30:00', raw: Buffer.from([0, 255, 16]), note: 'ab' });
  show(a.id, a.state, a.version, a.twice);
  await c.save([{ code: 'b', state: '上线' }, { code: 'c', title: "O'Brien \\ 你", budget: 1 }, { code: 'd', flag: false, day: '2024-01-01' }]);
  rows(await c.find({ order: { id: 'ASC' } }));
  a.title = '改';
  show((await c.save(a)).version, (await c.findOneBy({ code: 'a' })).title);
  const ids = async (where) => show((await c.find({ where, select: { id: true, code: true }, order: { code: 'ASC' } })).map((r) => r.code).join(''));
  await ids({ code: In(['a', 'c']) });
  await ids({ day: Between('2024-01-01', '2024-02-01') });
  await ids([{ title: IsNull() }, { budget: MoreThan(1000) }]);
  await ids({ title: Not(IsNull()), flag: true });
  await ids({ title: ILike('o\'b%') });
  await ids({ tags: ArrayContains(['x']) });
  await ids({ tags: ArrayOverlap(['a,b', 'q']) });
  await ids({ code: Any(['a', 'd']) });
  await ids({ hits: Raw((x) => `${x} % 2 = :one`, { one: 1 }) });
  show(await c.count(), await c.countBy({ flag: false }), await c.exists({ where: { code: 'zz' } }), await c.sum('budget'), await c.average('budget'), await c.maximum('id'));
  show((await c.findAndCount({ take: 2, skip: 1, order: { id: 'DESC' }, select: { id: true, code: true } })));
  show(await c.update({ code: 'b' }, { title: '二', rules: { k: 1 } }), await c.increment({ code: 'a' }, 'hits', 5), await c.delete({ code: 'zz' }));
  show((await c.softDelete({ code: 'd' })).affected, await c.count(), (await c.restore({ code: 'd' })).affected);
  show((await c.upsert([{ code: 'b', title: '更' }, { code: 'e', title: '插' }], ['code'])).identifiers);
  await fails(c.insert({ code: 'a' }));
  await fails(c.insert({ code: 'z', state: '没有' }));
  await fails(c.insert({ code: 'x'.repeat(21) }));
  const made = new Date('2024-01-01T00:00:00Z'); // the DETAIL shows the whole row
  await fails(c.insert({ code: 'n', budget: -1, made }));
  await fails(c.insert({ title: '无', made }));
});

step('relations', async () => {
  const c = await repo('Campaign').findOneBy({ code: 'a' });
  await repo('Audience').save([{ name: '高价值', size: 10, campaign: c }, { name: '流失', size: 5, campaign: c }, { name: '孤', size: 1 }]);
  await repo('Channel').save([{ name: 'app' }, { name: '短信' }]);
  c.channels = [{ name: 'app' }, { name: '短信' }];
  await repo('Campaign').save(c);
  const full = await repo('Campaign').find({ relations: { audiences: true, channels: true }, order: { id: 'ASC', audiences: { id: 'ASC' }, channels: { name: 'ASC' } }, select: { id: true, code: true, audiences: { name: true, size: true }, channels: { name: true } } });
  rows(full);
  rows(await repo('Audience').find({ relations: { campaign: true }, where: { campaign: { code: 'a' } }, order: { name: 'ASC' }, select: { name: true, campaign: { code: true } } }));
  await db.createQueryBuilder().relation('Campaign', 'channels').of(c.id).remove('app');
  show(await db.createQueryBuilder().relation('Campaign', 'channels').of(c.id).loadMany());
  await fails(repo('Audience').insert({ name: '错', campaign: { id: 999 } }));
  await fails(repo('Audience').insert({ name: '流失', campaign: { id: c.id } }));
  await repo('Campaign').delete({ id: c.id });
  show(await repo('Audience').count());
});

step('query builder', async () => {
  const tags = () => db.createQueryBuilder().from('tags', 't');
  rows(await tags().select('t.city', 'city').addSelect('COUNT(*)', 'n').addSelect('SUM(t.spent)', 's').where('t.gender = :g', { g: '女' }).andWhere('t.age IN (:...ages)', { ages: [20, 21, 22] }).groupBy('t.city').having('COUNT(*) > 1').orderBy('t.city', 'ASC', 'NULLS FIRST').getRawMany());
  rows(await tags().select(['t.id AS id', 't.hobby AS hobby']).where((q) => `t.id IN ${q.subQuery().select('o.user_id').from('crm.orders', 'o').where('o.amount > 499').getQuery()}`).orderBy('t.id').limit(3).getRawMany());
  rows(await tags().distinctOn(['t.city']).select('t.city', 'city').addSelect('t.id', 'id').orderBy('t.city').addOrderBy('t.id', 'DESC').getRawMany());
  rows(await db.createQueryBuilder().addCommonTableExpression("SELECT grade, count(*) AS n FROM tags GROUP BY grade", 'g').select('*').from('g', 'g').orderBy('g.grade').getRawMany());
  show(await db.createQueryBuilder().insert().into('pairs', ['a', 'b', 'v']).values([{ a: 9, b: 'x', v: 'w' }]).returning('*').execute());
  show(await db.createQueryBuilder().insert().into('pairs', ['a', 'b', 'v']).values([{ a: 9, b: 'x', v: 'u' }]).orUpdate(['v'], ['a', 'b'], { skipUpdateIfNoValuesChanged: true }).returning(['a', 'v']).execute());
  show((await db.createQueryBuilder().update('pairs').set({ v: () => "v || '!'" }).where('a = 9').returning('v').execute()).raw, (await db.createQueryBuilder().delete().from('pairs').where('a = :a', { a: 9 }).execute()).affected);
  let n = 0;
  for await (const r of await tags().select('t.id', 'id').where('t.id <= 700').stream()) n += Number(r.id);
  show(n);
});

step('transactions', async () => {
  for (const level of ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']) {
    await db.transaction(level, async (m) => { show(await m.query('SHOW transaction_isolation')); await m.insert('Channel', { name: level }); });
  }
  await fails(db.transaction(async (m) => {
    await m.insert('Channel', { name: '外' });
    await fails(m.transaction(async (n) => { await n.insert('Channel', { name: '内' }); await n.query('SELECT 1/0'); }));
    show(await m.find('Channel', { order: { name: 'ASC' } }));
    await m.insert('Channel', { name: '外' });
  }));
  const q = db.createQueryRunner();
  await q.startTransaction();
  show(await q.manager.createQueryBuilder('Channel', 'c').setLock('pessimistic_write').setOnLocked('skip_locked').where("c.name = 'app'").getMany());
  show(await q.manager.createQueryBuilder('Channel', 'c').setLock('for_key_share').setOnLocked('nowait').where("c.name = 'app'").getMany());
  await q.rollbackTransaction();
  await q.release();
  show((await repo('Channel').find({ order: { name: 'ASC' } })).map((c) => c.name));
});

step('migrations', async () => {
  class First1700000000001 {
    async up(q) { await q.query('CREATE TABLE moved (id serial PRIMARY KEY, a text)'); await q.query("INSERT INTO moved (a) VALUES ('一')"); }
    async down(q) { await q.query('DROP TABLE moved'); }
  }
  class Second1700000000002 {
    async up(q) { await q.query('ALTER TABLE moved ADD b int NOT NULL DEFAULT 3'); }
    async down(q) { await q.query('ALTER TABLE moved DROP b'); }
  }
  class Third1700000000003 {
    async up(q) { await q.query('ALTER TABLE moved ADD c int'); await q.query('SELECT 1/0'); }
    async down() {}
  }
  const m = await new DataSource({ ...options, entities: [], migrations: [First1700000000001, Second1700000000002], migrationsTableName: 'migrations' }).initialize();
  show(await m.showMigrations(), (await m.runMigrations()).map((x) => x.name), await m.showMigrations());
  rows(await m.query('SELECT * FROM moved'));
  await m.undoLastMigration();
  rows(await m.query('SELECT * FROM moved'));
  await m.destroy();
  const bad = await new DataSource({ ...options, entities: [], migrations: [First1700000000001, Second1700000000002, Third1700000000003], migrationsTransactionMode: 'all' }).initialize();
  await fails(bad.runMigrations());
  rows(await bad.query('SELECT id, timestamp, name FROM migrations'));
  await bad.query('DROP TABLE moved, migrations');
  await bad.destroy();
});

step('drop', async () => {
  const q = db.createQueryRunner();
  for (const t of ['campaign_channel', 'audience', 'campaign', 'channel']) await q.dropTable(t, true, true, true);
  show(await q.query("SELECT relname FROM pg_class WHERE relname ~ 'campaign|audience|channel'"), await q.query("SELECT typname FROM pg_type WHERE typname ~ 'campaign'"));
  await q.release();
  await db.destroy();
});

main().then(() => process.exit());

// Steps of MikroORM: its schema generator, entities made from tables, unit of work,
// query builder, migrations.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const { MikroORM, EntitySchema, LockMode, raw } = require('@mikro-orm/postgresql');
const { Migration, Migrator } = require('@mikro-orm/migrations');
const { step, main, show, rows, fails, url } = require('./steps');

class Campaign {}
class Audience {}
class Channel {}
const campaign = new EntitySchema({
  class: Campaign, tableName: 'campaign',
  properties: {
    id: { type: 'integer', primary: true },
    code: { type: 'string', length: 20, unique: true },
    title: { type: 'text', nullable: true, comment: '活动名称' },
    state: { enum: true, type: 'string', items: ['草稿', '上线', '下线'], default: '草稿', nativeEnumName: 'campaign_state' },
    kind: { enum: true, type: 'string', items: ['a', 'b'], nullable: true },
    budget: { type: 'decimal', precision: 12, scale: 2, default: 0 },
    rate: { type: 'double', nullable: true },
    hits: { type: 'bigint', default: 0 },
    tags: { type: 'string[]', nullable: true },
    rules: { type: 'json', nullable: true },
    ref: { type: 'uuid', nullable: true },
    flag: { type: 'boolean', default: true },
    day: { type: 'date', nullable: true },
    at: { type: 'datetime', length: 3, nullable: true },
    raw: { type: 'blob', nullable: true },
    twice: { type: 'integer', generated: '(id * 2) stored', nullable: true },
    version: { type: 'integer', version: true },
    audiences: { kind: '1:m', entity: () => Audience, mappedBy: 'campaign' },
    channels: { kind: 'm:n', entity: () => Channel, owner: true, pivotTable: 'campaign_channel' },
  },
  indexes: [{ properties: ['state', 'day'], name: 'campaign_state_day' }],
  checks: [{ name: 'campaign_budget', expression: 'budget >= 0' }],
});
const audience = new EntitySchema({
  class: Audience, tableName: 'audience',
  properties: {
    id: { type: 'bigint', primary: true },
    name: { type: 'string' },
    size: { type: 'integer', default: 0 },
    campaign: { kind: 'm:1', entity: () => Campaign, nullable: true, deleteRule: 'cascade' },
  },
  uniques: [{ properties: ['name', 'campaign'] }],
});
const channel = new EntitySchema({ class: Channel, tableName: 'channel', properties: { name: { type: 'string', primary: true } } });

let orm;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mikro-'));
const plain = (e) => JSON.parse(JSON.stringify(e));

step('connect', async () => {
  orm = await MikroORM.init({ clientUrl: url, entities: [campaign, audience, channel], extensions: [Migrator], migrations: { path: folder, snapshot: false, emit: 'js', fileName: () => 'Migration1' }, forceUtcTimezone: true, allowGlobalContext: false });
  show(await orm.isConnected(), await orm.em.getConnection().execute('select ?::int as n, ?::text[] as a', [7, '{x,城}']));
});

step('schema of what is there', async () => {
  show(await orm.schema.getDropSchemaSQL());
  show(await orm.schema.getUpdateSchemaSQL({ dropTables: true }));
});

step('create schema', async () => {
  show(await orm.schema.getCreateSchemaSQL());
  await orm.schema.createSchema();
  show('again:', await orm.schema.getUpdateSchemaSQL({ dropTables: false }));
  rows((await orm.em.getConnection().execute("select table_name, column_name, data_type, column_default, is_nullable from information_schema.columns where table_name in ('campaign', 'audience', 'channel', 'campaign_channel') order by 1, ordinal_position")));
});

step('persist and find', async () => {
  const em = orm.em.fork();
  const a = em.create(Campaign, { code: 'a', title: '开学季', budget: '1234.50', rate: 0.1, hits: '9007199254740993', tags: ['x', 'a,b', '城"市'], rules: { all: [1, { n: null }] }, ref: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', day: '2024-02-29', at: new Date('2024-03-01T02:03:04.567Z'), raw: Buffer.from([0, 255, 16]), state: '上线' });
  a.audiences.add(em.create(Audience, { name: '高价值', size: 10 }), em.create(Audience, { name: '流失', size: 5 }));
  a.channels.add(em.create(Channel, { name: 'app' }), em.create(Channel, { name: '短信' }));
  em.create(Campaign, { code: 'b', title: "O'Brien \\ 你" });
  em.create(Campaign, { code: 'c', budget: '1', flag: false, kind: 'b' });
  await em.flush();
  show(a.id, a.version, a.twice, a.state);
  const fresh = orm.em.fork();
  rows(plain(await fresh.find(Campaign, {}, { orderBy: { id: 1 }, populate: ['audiences', 'channels'], populateOrderBy: { audiences: { id: 1 }, channels: { name: 1 } } })));
  const c = await fresh.findOneOrFail(Campaign, { code: 'c' });
  c.title = '改';
  c.hits = raw('hits + 5');
  await fresh.flush();
  show(c.version, c.hits);
  const codes = async (where) => show((await orm.em.fork().find(Campaign, where, { orderBy: { code: 1 } })).map((x) => x.code).join(''));
  await codes({ code: { $in: ['a', 'c'] } });
  await codes({ $or: [{ title: null }, { budget: { $gt: 1000 } }] });
  await codes({ title: { $ilike: "o'b%" } });
  await codes({ tags: { $contains: ['x'] } });
  await codes({ tags: { $overlap: ['a,b', 'q'] } });
  await codes({ rules: { all: { $ne: null } } });
  await codes({ audiences: { name: '流失' } });
  show(await orm.em.fork().count(Campaign, { flag: true }), plain(await orm.em.fork().findAndCount(Campaign, {}, { limit: 1, offset: 1, orderBy: { id: -1 }, fields: ['id', 'code'] })));
  show((await orm.em.fork().upsert(Campaign, { code: 'b', title: '更', version: 1 })).id, await orm.em.fork().nativeUpdate(Campaign, { code: 'b' }, { title: '二' }), await orm.em.fork().nativeDelete(Campaign, { code: 'zz' }));
  rows(plain(await orm.em.fork().upsertMany(Audience, [{ name: '新', campaign: 1, size: 3 }, { name: '流失', campaign: 1, size: 8 }], { onConflictFields: ['name', 'campaign'] })));
});

step('query builder', async () => {
  const em = orm.em.fork();
  rows(await em.createQueryBuilder(Audience, 'a').select(['c.code', raw('count(*) as n'), raw('sum(a.size) as s')]).join('a.campaign', 'c').groupBy('c.code').having('count(*) > ?', [1]).orderBy({ 'c.code': 1 }).execute());
  rows(await em.getKnex()('tags').select('city').count('* as n').where('age', '>', 40).groupBy('city').orderBy('city'));
  show(await em.createQueryBuilder(Channel).insert([{ name: 'q' }, { name: 'r' }]).onConflict('name').ignore().execute());
  show(await em.createQueryBuilder(Channel).update({ name: 'rr' }).where({ name: 'r' }).execute(), await em.createQueryBuilder(Channel).delete({ name: { $in: ['q', 'rr'] } }).execute());
});

step('errors', async () => {
  const bad = (entity, data) => fails(async () => { const em = orm.em.fork(); em.create(entity, data, { persist: true }); await em.flush(); });
  await bad(Campaign, { code: 'a' });
  await bad(Campaign, { code: 'z', state: '没有' });
  await bad(Campaign, { code: 'x'.repeat(21) });
  await bad(Campaign, { code: 'n', budget: '-1' });
  await bad(Campaign, { code: 'k', kind: 'c' });
  await bad(Audience, { name: '流失', campaign: 1 });
  await fails(orm.em.fork().insert(Audience, { name: '错', campaign: 999 }));
  await fails(orm.em.fork().getConnection().execute('select nosuch from tags'));
  await fails(async () => { const em = orm.em.fork(); await em.lock(await em.findOneOrFail(Campaign, { code: 'a' }), LockMode.OPTIMISTIC, 77); });
});

step('transactions', async () => {
  await fails(orm.em.fork().transactional(async (em) => {
    em.create(Channel, { name: '外' });
    await em.flush();
    await fails(em.transactional(async (in_) => { in_.create(Channel, { name: '内' }); await in_.flush(); await in_.execute('select 1/0'); }));
    show((await em.find(Channel, {}, { orderBy: { name: 1 } })).map((x) => x.name));
    const c = await em.findOneOrFail(Campaign, { code: 'a' }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    show(c.code);
    throw new Error('given up');
  }, { isolationLevel: 'repeatable read' }));
  show(await orm.em.fork().count(Channel));
});

step('migrations', async () => {
  await orm.em.getConnection().execute('alter table campaign add gone int, drop column title; alter table audience alter size type bigint; drop index campaign_state_day');
  show(await orm.schema.getUpdateSchemaMigrationSQL({ dropTables: false }).then((m) => [m.up, m.down]));
  class Migration1 extends Migration {
    async up() { this.addSql("create table moved (id serial primary key, a text default '无');"); this.addSql("insert into moved (a) values ('一');"); }
    async down() { this.addSql('drop table moved;'); }
  }
  class Migration2 extends Migration {
    async up() { this.addSql('alter table moved add b int;'); this.addSql('select 1/0;'); }
    async down() {}
  }
  const m = await MikroORM.init({ clientUrl: url, entities: [channel], extensions: [Migrator], migrations: { migrationsList: [{ name: 'one', class: Migration1 }, { name: 'two', class: Migration2 }], snapshot: false, allOrNothing: false } });
  show((await m.migrator.getPendingMigrations()).map((x) => x.name), (await m.migrator.up({ to: 'one' })).map((x) => x.name));
  await fails(m.migrator.up());
  rows(await m.em.getConnection().execute('select * from moved'));
  show((await m.migrator.getExecutedMigrations()).map((x) => x.name), (await m.migrator.down()).map((x) => x.name));
  rows(await m.em.getConnection().execute('select id, name from mikro_orm_migrations'));
  await m.close(true);
});

step('drop', async () => {
  await orm.em.getConnection().execute('drop table mikro_orm_migrations, campaign_channel, channel, audience, campaign; drop type campaign_state');
  show(await orm.em.getConnection().execute("select relname from pg_class where relname ~ 'campaign|audience|channel|mikro'"), await orm.em.getConnection().execute("select typname from pg_type where typname ~ 'campaign'"));
  await orm.close(true);
});

main(() => fs.rmSync(folder, { recursive: true })).then(() => process.exit());

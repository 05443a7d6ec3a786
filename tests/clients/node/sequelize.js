// Steps of Sequelize: models synchronised with tables, what it reads of the catalog,
// queries, associations, transactions, and each kind of column that it has.
'use strict';
const { Sequelize, DataTypes, Op, QueryTypes, Transaction } = require('sequelize');
const { step, main, show, rows, fails, url } = require('./steps');

const logged = [];
const db = new Sequelize(url, { dialect: 'postgres', logging: (sql) => logged.push(sql), pool: { max: 3 }, define: { timestamps: false } });
const q = db.getQueryInterface();
// The catalog query of describeTable has no order.
const sorted = (d) => Object.fromEntries(Object.entries(d).sort(([a], [b]) => (a < b ? -1 : 1)));
const plain = (v) => (Array.isArray(v) ? v.map(plain) : v && v.get ? v.get({ plain: true }) : v);

const Campaign = db.define('campaign', {
  id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
  code: { type: DataTypes.STRING(20), allowNull: false, unique: true },
  title: { type: DataTypes.TEXT, comment: '活动名称' },
  state: { type: DataTypes.ENUM('草稿', '上线', '下线'), defaultValue: '草稿' },
  budget: { type: DataTypes.DECIMAL(12, 2), defaultValue: 0 },
  rate: DataTypes.DOUBLE,
  weight: DataTypes.REAL,
  hits: { type: DataTypes.BIGINT, defaultValue: 0 },
  tags: { type: DataTypes.ARRAY(DataTypes.STRING), defaultValue: [] },
  scores: DataTypes.ARRAY(DataTypes.INTEGER),
  rules: DataTypes.JSONB,
  notes: DataTypes.JSON,
  ref: DataTypes.UUID,
  flag: { type: DataTypes.BOOLEAN, defaultValue: true },
  day: DataTypes.DATEONLY,
  at: DataTypes.DATE,
  clock: DataTypes.TIME,
  raw: DataTypes.BLOB,
}, { tableName: 'campaigns', comment: '营销活动', indexes: [{ fields: ['state', 'day'] }, { name: 'campaigns_hits', fields: [{ name: 'hits', order: 'DESC' }] }] });
const Audience = db.define('audience', {
  id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
  name: DataTypes.STRING,
  size: DataTypes.INTEGER,
}, { tableName: 'audiences', timestamps: true, paranoid: true });
const Channel = db.define('channel', { name: { type: DataTypes.STRING, primaryKey: true } }, { tableName: 'channels' });
Campaign.hasMany(Audience);
Audience.belongsTo(Campaign);
Campaign.belongsToMany(Channel, { through: 'campaign_channels' });
Channel.belongsToMany(Campaign, { through: 'campaign_channels' });

step('connect', async () => {
  await db.authenticate();
  show(await db.databaseVersion() !== '', await q.showAllSchemas());
  show(await db.query('SELECT 1 AS one', { type: QueryTypes.SELECT, plain: true }));
});

step('sync', async () => {
  await db.sync();
  await db.sync();
  show(logged.filter((s) => /CREATE|ALTER|COMMENT/.test(s)).length);
  show((await q.showAllTables()).sort());
});

step('sync: alter', async () => {
  await db.sync({ alter: true });
  show(await q.tableExists('campaigns'), await q.tableExists('nope'));
});

step('describeTable', async () => {
  for (const t of ['campaigns', 'audiences', 'campaign_channels', 'tags', 'pairs', 'women']) {
    const d = await q.describeTable(t);
    for (const c of Object.keys(d).sort()) show(t, c, d[c]);
  }
  show(sorted(await q.describeTable('orders', { schema: 'crm' })));
  await fails(q.describeTable('nope'));
});

step('indexes and keys', async () => {
  for (const t of ['campaigns', 'campaign_channels', 'pairs', 'tags']) {
    for (const i of await q.showIndex(t)) show(t, i.name, i.primary, i.unique, i.fields, i.definition);
  }
  show(await q.getForeignKeysForTables(['audiences', 'campaign_channels']));
  show(await q.getForeignKeyReferencesForTable('audiences'));
  for (const t of ['campaigns', 'audiences', 'campaign_channels', 'pairs']) {
    const named = (await q.showConstraint(t)).filter((c) => !/^\d+_\d+_\d+_not_null$/.test(c.constraintName)); // which are numbers of objects
    rows(named.sort((a, b) => (a.constraintName < b.constraintName ? -1 : 1)));
  }
});

step('create and find', async () => {
  show(plain(await Campaign.create({ code: 'a', title: '开学季', budget: '1234.50', rate: 0.1, weight: 1.5, hits: '9007199254740993', tags: ['x', 'a,b', '城"市'], scores: [1, -2],
    rules: { all: [{ tag: '性别', in: ['女'] }], n: null }, notes: [1, 'b'], ref: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', day: '2024-02-29', at: new Date('2024-03-01T02:03:04.567Z'), clock: '08:30:00',
    raw: Buffer.from([0, 255, 16]) })));
  show(plain(await Campaign.bulkCreate([{ code: 'b', state: '上线' }, { code: 'c', title: "O'Brien \\ 你", budget: -1 }, { code: 'd', flag: false, day: '2024-01-01' }], { returning: true })));
  rows(plain(await Campaign.findAll({ order: [['id', 'ASC']] })));
  show(plain(await Campaign.findByPk(2, { attributes: ['code', ['title', 't']] })), await Campaign.findByPk(99));
  show((await Campaign.findCreateFind({ where: { code: 'e' }, defaults: { title: '新' } })).map(plain));
  show((await Campaign.findCreateFind({ where: { code: 'e' }, defaults: { title: '旧' } })).map(plain));
  await fails(Campaign.create({ code: 'a' }));
  await fails(Campaign.create({ code: 'z', state: '没有' }));
  await fails(Campaign.create({ title: '无' }, { validate: false }));
  await fails(Campaign.create({ code: 'x'.repeat(21) }));
});

step('operators', async () => {
  const find = async (where) => show((await Campaign.findAll({ where, attributes: ['code'], order: ['code'], raw: true })).map((r) => r.code).join(''));
  await find({ budget: { [Op.gt]: 0 } });
  await find({ code: { [Op.in]: ['a', 'c'] } });
  await find({ code: { [Op.notIn]: ['a', 'c'] } });
  await find({ title: { [Op.is]: null } });
  await find({ [Op.or]: [{ code: 'a' }, { state: '上线' }], flag: true });
  await find({ title: { [Op.like]: '%学%' } });
  await find({ title: { [Op.iLike]: 'o\'b%' } });
  await find({ title: { [Op.regexp]: '^[开新]' } });
  await find({ title: { [Op.notILike]: '%o%' } });
  await find({ tags: { [Op.contains]: ['x'] } });
  await find({ tags: { [Op.overlap]: ['a,b', 'q'] } });
  await find({ tags: { [Op.contained]: ['x'] } });
  await find({ code: { [Op.any]: ['a', 'b'] } });
  await find({ code: { [Op.like]: { [Op.any]: ['a%', 'd%'] } } });
  await find({ day: { [Op.between]: ['2024-01-01', '2024-02-01'] } });
  await find({ 'rules.n': null, code: 'a' });
  await find({ rules: { [Op.contains]: { all: [{ tag: '性别' }] } } });
  await find(db.where(db.fn('char_length', db.col('code')), 1));
  await find(db.literal('hits % 2 = 1'));
});

step('aggregates', async () => {
  show(await Campaign.count(), await Campaign.count({ where: { flag: false } }), (await Campaign.count({ group: ['state'] })).sort((a, b) => a.count - b.count));
  show(await Campaign.sum('budget'), await Campaign.max('day'), await Campaign.min('code'));
  show(await Campaign.findAll({ attributes: ['state', [db.fn('COUNT', db.col('id')), 'n'], [db.fn('SUM', db.col('budget')), 's'], [db.cast(db.fn('AVG', db.col('budget')), 'decimal(10,4)'), 'm']],
    group: ['state'], having: db.literal('COUNT(id) > 0'), order: [['state', 'DESC']], raw: true }));
  const page = await Campaign.findAndCountAll({ where: { flag: true }, limit: 2, offset: 1, order: [['id', 'DESC']], attributes: ['id'] });
  show(page.count, plain(page.rows));
});

step('update and delete', async () => {
  show(await Campaign.update({ title: '改', rules: { b: 1 } }, { where: { code: ['b', 'd'] }, returning: ['id', 'title', 'rules'] }).then(([n, r]) => [n, plain(r)]));
  show(await Campaign.increment({ hits: 5, budget: '0.25' }, { where: { code: 'a' } }));
  const c = await Campaign.findOne({ where: { code: 'c' } });
  c.tags = [...c.tags, '新'];
  c.set('scores', [7, 8, 9]);
  await c.save();
  await c.reload();
  show(plain(c));
  await c.decrement('hits', { by: 2 });
  show(await Campaign.destroy({ where: { code: 'e' } }), await Campaign.destroy({ where: { code: 'e' } }));
});

step('upsert', async () => {
  show((await Campaign.upsert({ code: 'b', title: '更新' }, { conflictFields: ['code'], returning: true })).map(plain));
  show((await Campaign.upsert({ code: 'f', title: '插入', day: '2024-05-05' }, { conflictFields: ['code'] })).map((v) => v && plain(v).title));
  show(plain(await Campaign.bulkCreate([{ code: 'b', title: '批', hits: 3 }, { code: 'g', title: '量', hits: 4 }], { updateOnDuplicate: ['title', 'hits'], conflictAttributes: ['code'] })).map((r) => [r.code, r.title]));
  show(plain(await Campaign.bulkCreate([{ code: 'b' }], { ignoreDuplicates: true })).length);
  rows(await Campaign.findAll({ attributes: ['code', 'title', 'hits'], order: ['code'], raw: true }));
});

step('associations', async () => {
  const a = await Campaign.findOne({ where: { code: 'a' } });
  const one = await a.createAudience({ name: '高价值', size: 10 });
  show(one.name, one.campaignId, one.createdAt instanceof Date);
  await Audience.bulkCreate([{ name: '流失', size: 5, campaignId: 1 }, { name: '新客', size: 7, campaignId: 2 }, { name: '孤', size: 1 }]);
  await Channel.bulkCreate([{ name: 'app' }, { name: '短信' }]);
  await a.setChannels(await Channel.findAll());
  show(await a.countAudiences(), await a.countChannels(), await a.hasChannel(await Channel.findByPk('app')));
  const all = await Campaign.findAll({ attributes: ['id', 'code'], order: ['id', [Audience, 'id', 'ASC'], [Channel, 'name', 'ASC']],
    include: [{ model: Audience, attributes: ['name', 'size'], where: { size: { [Op.gt]: 4 } } }, { model: Channel, through: { attributes: [] }, required: false }] });
  rows(plain(all));
  rows(plain(await Campaign.findAll({ attributes: ['code'], include: [{ model: Audience, attributes: ['name'], separate: true, order: ['name'] }], order: ['code'], limit: 2 })));
  rows(plain(await Audience.findAll({ attributes: ['name', [db.col('campaign.code'), 'code']], include: [{ model: Campaign, attributes: [] }], where: { '$campaign.code$': ['a', 'b'] }, order: ['name'], raw: true })));
  await one.destroy();
  show(await Audience.count(), await Audience.count({ paranoid: false }));
  await one.restore();
  show(await Audience.count(), await a.removeChannel('app'), await a.countChannels());
  await fails(Audience.create({ name: '错', campaignId: 999 }));
});

step('transactions', async () => {
  const levels = Transaction.ISOLATION_LEVELS;
  for (const isolationLevel of [undefined, levels.READ_COMMITTED, levels.REPEATABLE_READ, levels.SERIALIZABLE]) {
    await db.transaction({ isolationLevel }, async (t) => {
      show((await db.query('SHOW transaction_isolation', { transaction: t, plain: true, type: QueryTypes.SELECT })));
      await Channel.create({ name: `t${isolationLevel}` }, { transaction: t });
    });
  }
  await fails(db.transaction(async (transaction) => {
    await Channel.create({ name: '回滚' }, { transaction });
    await Channel.create({ name: 'app' }, { transaction });
  }));
  const t = await db.transaction();
  const inner = await db.transaction({ transaction: t });
  await Channel.create({ name: '内' }, { transaction: inner });
  await inner.rollback();
  await Channel.create({ name: '外' }, { transaction: t });
  const locked = await Channel.findAll({ where: { name: '外' }, lock: t.LOCK.UPDATE, skipLocked: true, transaction: t, raw: true });
  show(locked);
  await t.commit();
  show((await Channel.findAll({ order: ['name'] })).map((c) => c.name));
});

step('raw queries', async () => {
  const select = { type: QueryTypes.SELECT };
  rows(await db.query('SELECT city, count(*) AS n FROM tags WHERE gender = :g AND age IN (:ages) GROUP BY 1 ORDER BY 1', { replacements: { g: '女', ages: [20, 21, 22] }, ...select }));
  rows(await db.query('SELECT id, name, hobby FROM tags WHERE id IN (?) AND name LIKE ? ORDER BY id', { replacements: [[1, 2, 3], '用户%'], ...select }));
  rows(await db.query('SELECT id, grade, extra FROM tags WHERE id = $1 OR city = $2 AND hobby @> $3 ORDER BY id LIMIT 3', { bind: [7, '上海', ['a,b']], ...select }));
  rows(await db.query('SELECT $a::int + $b::int AS s, $$', { bind: { a: 1, b: 2 }, ...select }).catch((e) => [e.original.code]));
  show((await db.query('UPDATE pairs SET v = v WHERE a = 1'))[1].rowCount, await db.query("DELETE FROM pairs WHERE a = 77", { type: QueryTypes.DELETE }));
  show((await db.query('SELECT * FROM tags WHERE id = 5', { model: db.define('tag', { id: { type: DataTypes.BIGINT, primaryKey: true } }, { tableName: 'tags' }), mapToModel: true })).map((t) => t.id));
  await fails(db.query('SELECT * FROM tags WHERE nope = 1'));
  await fails(db.query('SELEC 1'));
  await fails(db.query('SELECT 1/0'));
});

step('queryInterface', async () => {
  await q.createSchema('seq');
  const table = { tableName: 'made', schema: 'seq' };
  await q.createTable(table, { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }, a: DataTypes.STRING(10), b: { type: DataTypes.DECIMAL(5, 1), defaultValue: 1.5 } });
  await q.addColumn(table, 'c', { type: DataTypes.ENUM('x', 'y'), allowNull: true });
  await q.addColumn(table, 'd', { type: DataTypes.DATE, defaultValue: Sequelize.literal('CURRENT_TIMESTAMP'), allowNull: false });
  await q.changeColumn(table, 'a', { type: DataTypes.STRING(30), allowNull: false, defaultValue: '无' });
  await q.changeColumn(table, 'b', { type: DataTypes.INTEGER });
  await q.renameColumn(table, 'a', 'name');
  await q.addIndex(table, ['name'], { unique: true, name: 'made_name' });
  await q.addIndex(table, { fields: ['b'], name: 'made_b', where: { b: { [Op.gt]: 0 } } });
  await q.addConstraint(table, { type: 'unique', fields: ['b', 'c'], name: 'made_bc' });
  await q.addConstraint(table, { type: 'check', fields: ['b'], where: { b: { [Op.gt]: 0 } }, name: 'made_check' });
  await q.bulkInsert(table, [{ name: 'p', b: 2, d: '2024-01-01' }, { name: 'q', b: 3, c: 'y', d: '2024-01-02' }]);
  await fails(q.bulkInsert(table, [{ name: 'r', b: -2, d: '2024-01-01' }]));
  show(await q.bulkUpdate(table, { b: 9 }, { name: 'p' }), await q.bulkDelete(table, { name: 'q' }));
  show(sorted(await q.describeTable(table)));
  for (const i of await q.showIndex(table)) show(i.name, i.unique, i.fields, i.definition);
  show(await q.rawSelect('tags', { where: { id: 3 }, attributes: ['name'] }, 'name'));
  await q.removeIndex(table, 'made_b');
  await q.removeConstraint(table, 'made_bc');
  await q.removeColumn(table, 'c');
  await q.renameTable({ tableName: 'channels' }, 'channels2');
  await q.renameTable({ tableName: 'channels2' }, 'channels');
  show(Object.keys(await q.describeTable(table)).sort());
  await q.dropTable(table);
  await q.dropSchema('seq');
  show(await q.showAllSchemas());
});

step('drop', async () => {
  await fails(Campaign.drop());
  await Campaign.truncate({ cascade: true });
  show(await Campaign.count(), await Audience.count(), await Channel.count());
  for (const t of ['campaign_channels', 'audiences', 'campaigns', 'channels']) await q.dropTable(t, {});
  show((await q.showAllTables()).sort());
  show(await db.query("SELECT typname FROM pg_type WHERE typname LIKE 'enum%'", { type: QueryTypes.SELECT }));
});

main(() => db.close()).then(() => process.exit());

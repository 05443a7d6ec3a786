// Steps of Drizzle: drizzle-kit's introspection, push and migrations, as its command
// does them, and drizzle-orm's queries over node-postgres.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFile } = require('child_process');
const { promisify } = require('util');
const { drizzle } = require('drizzle-orm/node-postgres');
const { migrate } = require('drizzle-orm/node-postgres/migrator');
const o = require('drizzle-orm');
const p = require('drizzle-orm/pg-core');
const { Pool } = require('pg');
const { step, main, show, rows, text, fails, url } = require('./steps');

const { sql, eq, and, or, gt, gte, inArray, isNull, ilike, between, desc, asc, count, sum, avg, arrayContains, arrayOverlaps } = o;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'drizzle-'));
const pool = new Pool({ connectionString: url });
const kitCommand = path.join(path.dirname(require.resolve('drizzle-kit')), 'bin.cjs');

// kit runs a command of drizzle-kit with the schema of a file of this folder.
async function kit(command, out, schema, ...args) {
  const config = path.join(folder, `${out}.config.json`);
  fs.writeFileSync(config, JSON.stringify({ dialect: 'postgresql', out, dbCredentials: { url }, schemaFilter: schema ? ['shop'] : ['public', 'crm', 'shop'], schema: schema && path.join(__dirname, 'drizzle', schema) }));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [kitCommand, command, `--config=${path.relative(folder, config)}`, ...args], { cwd: folder }).catch((e) => e);
  return (stdout + stderr).replaceAll(folder, '').split('\n').filter((l) => !/\[[⣷⣯⣟⡿⢿⣻⣽⣾]\]/.test(l)).join('\n');
}

// sorted orders what drizzle-kit writes in the order in which it found it, as it asks
// for none.
const sorted = (v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sorted(v[k])])) : v);
const paragraphs = (s) => s.replace(/import \{([^}]*)\}/g, (_, names) => `import {${names.split(',').map((n) => n.trim()).sort().join(', ')}}`)
  .split(/\n\n+|;--> statement-breakpoint\n|--> statement-breakpoint\n/).map((x) => (/Relations = /.test(x) ? x.split('\n').sort().join('\n') : x.trim())).sort().join('\n');

// written shows the files of a command, whose names have random words.
function written(out) {
  const dir = path.join(folder, out);
  for (const name of fs.readdirSync(dir).sort()) {
    if (!/\.(sql|ts)$/.test(name)) continue;
    show('--', name.replace(/_.*\./, '_*.'));
    show(paragraphs(fs.readFileSync(path.join(dir, name), 'utf8')));
  }
  const meta = path.join(dir, 'meta');
  for (const name of fs.readdirSync(meta).filter((n) => n.endsWith('_snapshot.json')).sort()) {
    const { id, prevId, ...s } = JSON.parse(fs.readFileSync(path.join(meta, name), 'utf8'));
    show('--', name);
    show(JSON.stringify(sorted(s), null, 1));
  }
}

step('introspect', async () => {
  show(/2 views fetched/.test(await kit('introspect', 'pulled')));
  written('pulled');
});

const first = require('./drizzle/first');

step('push', async () => {
  show(await kit('push', 'pushed', 'first.js', '--force', '--verbose'));
});

step('introspect what was pushed', async () => {
  await kit('introspect', 'again');
  written('again');
});

const db = drizzle(pool, { schema: first });
const { campaign, audience, channel } = first;

step('insert and select', async () => {
  rows(await db.insert(channel).values([{ name: 'app' }, { name: '短信' }]).returning());
  const made = { made: new Date('2024-05-06T07:08:09.123Z') };
  rows(await db.insert(campaign).values([
    { ...made, code: 'a', title: '开学季', budget: '1234.50', rate: 0.1, hits: 9007199254740993n, tags: ['x', 'a,b', '城"市'], levels: ['高', '低'], rules: { all: [1, { n: null }] }, ref: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', day: '2024-02-29', clock: '08:30:00', state: '上线', channel: 'app' },
    { ...made, code: 'b', title: "O'Brien \\ 你", flag: false },
    { ...made, code: 'c', budget: '1', grid: [[1, 2], [3, 4]], span: '1 day 02:03:04' },
  ]).returning());
  rows(await db.insert(audience).values([{ name: '高价值', size: 10, campaignId: 1 }, { name: '流失', campaignId: 1 }, { name: '新客', campaignId: 2 }]).returning({ id: audience.id, key: sql`length(${audience.key}::text)` }));
  rows(await db.select().from(campaign).where(and(eq(campaign.flag, true), or(isNull(campaign.title), gte(campaign.budget, '100')))).orderBy(asc(campaign.id)));
  rows(await db.select({ code: campaign.code, n: count(audience.id), s: sum(audience.size), a: avg(audience.size) }).from(campaign).leftJoin(audience, eq(audience.campaignId, campaign.id)).groupBy(campaign.code).having(gte(count(), 1)).orderBy(desc(campaign.code)));
  rows(await db.select({ code: campaign.code }).from(campaign).where(arrayContains(campaign.tags, ['x'])));
  rows(await db.select({ code: campaign.code }).from(campaign).where(arrayOverlaps(campaign.tags, ['a,b', 'q'])));
  rows(await db.select({ code: campaign.code }).from(campaign).where(or(ilike(campaign.title, '%brien%'), between(campaign.day, '2024-01-01', '2024-03-01'), inArray(campaign.code, ['z']))).orderBy(campaign.code));
  rows(await db.selectDistinctOn([audience.campaignId], { c: audience.campaignId, n: audience.name }).from(audience).orderBy(audience.campaignId, desc(audience.name)));
  show(await db.$count(campaign), await db.$count(audience, gt(audience.size, 0)));
  const big = db.$with('big').as(db.select({ id: audience.campaignId, n: count().as('n') }).from(audience).groupBy(audience.campaignId));
  rows(await db.with(big).select().from(big).orderBy(big.id));
  rows(await db.select({ c: campaign.code, n: sql`row_number() over (order by ${campaign.budget} desc)`.mapWith(Number) }).from(campaign).orderBy(sql`2`));
  rows(await db.select({ code: campaign.code }).from(campaign).union(db.select({ code: channel.name }).from(channel)).orderBy(sql`1`).limit(3).offset(1));
  const lateral = db.select({ n: audience.name }).from(audience).where(eq(audience.campaignId, campaign.id)).orderBy(audience.name).limit(1).as('l');
  rows(await db.select().from(channel).fullJoin(campaign, eq(campaign.channel, channel.name)).leftJoinLateral(lateral, sql`true`).orderBy(channel.name, campaign.id));
});

step('relational queries', async () => {
  rows(await db.query.campaign.findMany({ with: { audiences: { columns: { id: true, name: true, size: true }, orderBy: (a, f) => f.asc(a.id) }, way: true }, orderBy: (c, f) => f.desc(c.id), columns: { code: true, hits: true, tags: true, day: true, made: true, rules: true } }));
  show(await db.query.audience.findFirst({ where: (a, f) => f.eq(a.name, '流失'), with: { campaign: { columns: { code: true, budget: true } } }, columns: { name: true }, extras: { twice: sql`${audience.size} * 2`.as('twice') } }));
  show(await db.query.campaign.findFirst({ where: (c, f) => f.eq(c.code, 'nope') }));
});

step('update, upsert, delete', async () => {
  rows(await db.update(campaign).set({ title: sql`${campaign.title} || '!'`, budget: '7.77' }).where(eq(campaign.code, 'a')).returning({ t: campaign.title, b: campaign.budget }));
  rows(await db.insert(audience).values({ name: '流失', campaignId: 1, size: 5 }).onConflictDoUpdate({ target: [audience.name, audience.campaignId], set: { size: sql`excluded.size + ${audience.size}` }, setWhere: sql`${audience.size} < 100` }).returning({ n: audience.name, s: audience.size }));
  show((await db.insert(channel).values({ name: 'app' }).onConflictDoNothing()).rowCount);
  rows(await db.insert(channel).select(db.select({ name: sql`${campaign.code} || '渠道'`.as('name'), open: sql`true`.as('open') }).from(campaign)).returning());
  rows(await db.update(audience).set({ size: 99 }).from(campaign).where(and(eq(campaign.id, audience.campaignId), eq(campaign.code, 'b'))).returning({ n: audience.name, s: audience.size }));
  rows(await db.delete(channel).where(sql`${channel.name} like '%渠道'`).returning());
});

step('errors', async () => {
  await fails(db.insert(campaign).values({ code: 'a' }));
  await fails(db.insert(campaign).values({ code: 'z', state: '没有' }));
  await fails(db.insert(campaign).values({ code: 'x'.repeat(21) }));
  await fails(db.insert(campaign).values({ code: 'n', budget: '-1', made: new Date(0) }));
  await fails(db.insert(audience).values({ name: '错', campaignId: 999 }));
  await fails(db.insert(audience).values({ name: '流失', campaignId: 1 }));
  await fails(db.delete(channel).where(eq(channel.name, 'app')));
  await fails(db.execute(sql`select ${1}::int / ${0}::int`));
  rows(await db.insert(campaign).values({ code: 'after' }).returning({ id: campaign.id }));
});

step('transactions and prepared', async () => {
  await fails(db.transaction(async (tx) => {
    await tx.insert(channel).values({ name: '外' });
    await fails(tx.transaction(async (in_) => { await in_.insert(channel).values({ name: '内' }); await in_.insert(channel).values({ name: '内' }); }));
    rows(await tx.select().from(channel).orderBy(channel.name));
    tx.rollback();
  }));
  await db.transaction(async (tx) => {
    show((await tx.execute(sql`show transaction_isolation`)).rows, (await tx.execute(sql`show transaction_read_only`)).rows, (await tx.execute(sql`show transaction_deferrable`)).rows);
    rows(await tx.select({ c: campaign.code }).from(campaign).where(eq(campaign.id, 1)));
  }, { isolationLevel: 'serializable', accessMode: 'read only', deferrable: true });
  await db.transaction(async (tx) => rows(await tx.select({ c: campaign.code }).from(campaign).where(eq(campaign.id, 1)).for('update', { skipLocked: true })));
  const q = db.select({ c: campaign.code, h: campaign.hits }).from(campaign).where(eq(campaign.id, sql.placeholder('id'))).prepare('by_id');
  rows([...(await q.execute({ id: 1 })), ...(await q.execute({ id: 2 }))]);
  const v = first.shop.materializedView('busy', { name: p.varchar(), size: p.integer() }).existing();
  show((await db.execute(sql`create materialized view shop.busy as select name, size from shop."audienceList" where size > 5`)).rowCount);
  await db.refreshMaterializedView(v).withNoData();
  await fails(db.select().from(v));
  await db.refreshMaterializedView(v);
  rows(await db.select().from(v).orderBy(v.name));
  await db.execute(sql`drop materialized view shop.busy`);
});

step('push again', async () => {
  await db.update(campaign).set({ title: sql`coalesce(${campaign.title}, '空')`, hits: 0n });
  await fails(db.execute(sql`alter table shop.campaign alter channel set not null`));
  // The tables come in the order in which they are found.
  show((await kit('push', 'pushed', 'second.js', '--force', '--verbose')).split('\n').filter((l) => /^[A-Z].*;$|^error|^  (code|detail|hint)/.test(l)).sort().join('\n'));
  await kit('introspect', 'third');
  written('third');
});

step('drop', async () => {
  await db.execute(sql`drop schema shop cascade`);
});

step('generate and migrate', async () => {
  show(await kit('generate', 'moves', 'first.js', '--name=one'));
  show(await kit('generate', 'moves', 'second.js', '--name=two'));
  show(fs.readdirSync(path.join(folder, 'moves')).filter((n) => n.endsWith('.sql')).sort());
  show(/migrations applied successfully/.test(await kit('migrate', 'moves')));
  rows((await db.execute(sql`select id, length(hash) n from drizzle.__drizzle_migrations order by id`)).rows);
  await migrate(db, { migrationsFolder: path.join(folder, 'moves') });
  rows((await db.execute(sql`select table_schema, table_name, column_name, data_type, column_default from information_schema.columns where table_schema in ('shop', 'drizzle') order by 1, 2, ordinal_position`)).rows);
  const journal = path.join(folder, 'moves', 'meta', '_journal.json');
  const j = JSON.parse(fs.readFileSync(journal, 'utf8'));
  j.entries.push({ idx: 2, version: '7', when: Date.now(), tag: '0002_bad', breakpoints: true });
  fs.writeFileSync(journal, JSON.stringify(j));
  fs.writeFileSync(path.join(folder, 'moves', '0002_bad.sql'), 'create table shop.half (a int);\n--> statement-breakpoint\nselect 1/0;');
  await fails(migrate(db, { migrationsFolder: path.join(folder, 'moves') }));
  rows((await db.execute(sql`select to_regclass('shop.half') half, (select count(*) from drizzle.__drizzle_migrations) n`)).rows);
});

main(async () => {
  await pool.end();
  fs.rmSync(folder, { recursive: true });
});

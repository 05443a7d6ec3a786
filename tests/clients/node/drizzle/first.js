// The schema that Drizzle's steps push first.
'use strict';
const { sql, relations } = require('drizzle-orm');
const p = require('drizzle-orm/pg-core');

const shop = p.pgSchema('shop');
const state = shop.enum('state', ['草稿', '上线', '下线']);
const levels = shop.enum('levels', ['低', '高']);
const numbers = shop.sequence('numbers', { startWith: 100, increment: 5, maxValue: 1000, cache: 2, cycle: true });

const channel = shop.table('channel', { name: p.varchar({ length: 30 }).primaryKey(), open: p.boolean().notNull().default(true) });

const campaign = shop.table('campaign', {
  id: p.serial().primaryKey(),
  code: p.varchar({ length: 20 }).notNull().unique(),
  title: p.text(),
  state: state().notNull().default('草稿'),
  budget: p.numeric({ precision: 12, scale: 2 }).notNull().default('0'),
  rate: p.doublePrecision(),
  ratio: p.real().default(1.5),
  hits: p.bigint({ mode: 'bigint' }).default(sql`'0'::bigint`),
  small: p.smallint().default(3),
  tags: p.text().array().notNull().default([]),
  levels: levels().array(),
  grid: p.integer().array().array(),
  rules: p.jsonb().default({ a: 1 }),
  ref: p.uuid(),
  flag: p.boolean().default(true),
  day: p.date(),
  made: p.timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  plain: p.timestamp({ mode: 'string' }),
  clock: p.time(),
  span: p.interval(),
  note: p.char({ length: 4 }).default('无'),
  address: p.inet(),
  twice: p.integer().generatedAlwaysAs(sql`id * 2`),
  channel: p.varchar({ length: 30 }).references(() => channel.name, { onUpdate: 'cascade', onDelete: 'restrict' }),
}, (t) => [
  p.index('campaign_state_day').on(t.day.desc().nullsLast()),
  p.index('campaign_open').on(t.hits).where(sql`flag`),
  p.uniqueIndex('campaign_lower').on(t.title, t.code),
  p.check('campaign_budget', sql`${t.budget} >= 0`),
]);

const audience = shop.table('audienceList', {
  id: p.bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity({ startWith: 10 }),
  name: p.varchar().notNull(),
  size: p.integer().default(0),
  key: p.uuid().defaultRandom(),
  campaignId: p.integer('campaignId').references(() => campaign.id, { onDelete: 'cascade' }),
}, (t) => [p.unique('audience_name').on(t.name, t.campaignId)]);

const campaignRelations = relations(campaign, ({ many, one }) => ({ audiences: many(audience), way: one(channel, { fields: [campaign.channel], references: [channel.name] }) }));
const audienceRelations = relations(audience, ({ one }) => ({ campaign: one(campaign, { fields: [audience.campaignId], references: [campaign.id] }) }));
const large = shop.view('large').as((q) => q.select({ id: campaign.id, code: campaign.code }).from(campaign).where(sql`${campaign.code} > ''`));

module.exports = { shop, state, levels, numbers, channel, campaign, audience, campaignRelations, audienceRelations, large };

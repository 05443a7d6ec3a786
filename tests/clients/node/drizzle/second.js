// What the schema of first.js becomes.
'use strict';
const { sql } = require('drizzle-orm');
const p = require('drizzle-orm/pg-core');
const first = require('./first');

const { shop, levels } = first;
const state = shop.enum('state', ['草稿', '审核', '上线', '下线']);
const numbers = shop.sequence('numbers', { startWith: 100, increment: 10, maxValue: 2000 });

const channel = shop.table('channel', { name: p.varchar({ length: 40 }).primaryKey(), open: p.boolean().default(false), weight: p.numeric({ precision: 4, scale: 1 }).notNull().default('1') });

const campaign = shop.table('campaign', {
  id: p.serial().primaryKey(),
  code: p.varchar({ length: 20 }).notNull(),
  title: p.text().notNull().default('无'),
  state: state().notNull().default('上线'),
  budget: p.numeric({ precision: 14, scale: 3 }).notNull().default('0'),
  hits: p.integer().default(1),
  tags: p.text().array().notNull().default(['新']),
  levels: levels().array(),
  day: p.date().defaultNow(),
  made: p.timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  channel: p.varchar({ length: 40 }).references(() => channel.name, { onDelete: 'set null' }),
}, (t) => [
  p.index('campaign_state_day').on(t.state),
  p.uniqueIndex('campaign_code').on(t.code),
  p.check('campaign_budget', sql`${t.budget} >= -1`),
]);

const audience = shop.table('audienceList', {
  id: p.bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity({ startWith: 10 }),
  name: p.varchar().notNull(),
  size: p.bigint({ mode: 'number' }).default(0),
  campaignId: p.integer('campaignId').references(() => campaign.id),
}, (t) => [p.primaryKey({ columns: [t.id], name: 'audience_pk' })].slice(1));

const large = shop.view('large').as((q) => q.select({ id: campaign.id, code: campaign.code, made: campaign.made }).from(campaign).where(sql`${campaign.code} > 'a'`));

module.exports = { shop, state, levels, numbers, channel, campaign, audience, large };

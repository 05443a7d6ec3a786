// Answers questions with DuckDB in process: node duck.mjs FOLDER, questions as a
// JSON list of {name, sql} on standard input, {name, ms, rows} a line on standard
// output. All rows are fetched; ms is the median of the runs after the first.
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';

const [folder, runs] = [process.argv[2], Number(process.argv[3])];
const { DuckDBInstance } = createRequire(folder + '/')('@duckdb/node-api');
const file = folder + '/users.duckdb', fresh = !existsSync(file);
const db = await (await DuckDBInstance.create(file, { threads: '2' })).connect();
if (fresh) {
  const start = performance.now();
  const list = (c) => `CASE WHEN ${c} = '{}' THEN [] ELSE string_split(trim(${c}, '{}'), ',') END AS ${c}`;
  await db.run(`CREATE TABLE tags AS SELECT * REPLACE (${list('interests')}, ${list('categories')})
    FROM read_csv('${folder}/users.csv', header = true, types = {'total_spent': 'DECIMAL(12,2)', 'interests': 'VARCHAR', 'categories': 'VARCHAR',
      'age': 'SMALLINT', 'order_count': 'INTEGER', 'avg_discount': 'FLOAT', 'registered_at': 'TIMESTAMPTZ'})`);
  console.log(JSON.stringify({ name: 'load', ms: performance.now() - start, rows: 0 }));
}
for (const q of JSON.parse(readFileSync(0, 'utf8'))) {
  const times = [];
  let rows = 0;
  for (let i = 0, begin = performance.now(); i < runs + 1 && (i < 4 || performance.now() - begin < 5000); i++) {
    const start = performance.now();
    const r = await db.run(q.sql);
    rows = 0;
    for (let c; (c = await r.fetchChunk()) && c.rowCount > 0;) rows += c.rowCount;
    if (i > 0) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ name: q.name, ms: times[times.length >> 1], rows }));
}

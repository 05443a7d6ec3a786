// What the programs of this folder share: steps, and values printed so that type
// and content can both be seen. See ../matrix_test.go for what is printed.
'use strict';

// What a server's error says, in the order in which it is printed. Its file, line
// and routine are of the server's source and no client decides by them.
const fields = ['severity', 'code', 'message', 'detail', 'hint', 'position', 'internalPosition', 'internalQuery', 'where',
  'schema', 'schema_name', 'table', 'table_name', 'column', 'column_name', 'dataType', 'type_name', 'constraint', 'constraint_name'];

function text(v) {
  if (v === undefined) return 'undefined';
  if (v === null) return 'null';
  if (typeof v === 'bigint') return `${v}n`;
  if (typeof v === 'number') return Object.is(v, -0) ? '-0' : String(v);
  if (typeof v === 'string') return JSON.stringify(v);
  if (typeof v !== 'object') return String(v);
  if (v instanceof Date) return Number.isNaN(v.getTime()) ? 'Date(invalid)' : `Date(${v.toISOString()})`;
  if (ArrayBuffer.isView(v)) return `bytes(${Buffer.from(v).toString('hex')})`;
  if (v instanceof Error) return failure(v);
  if (Array.isArray(v)) return `[${Array.from(v, text).join(', ')}]`;
  if (v instanceof Map) return `Map${text([...v.entries()])}`;
  const name = v.constructor && v.constructor.name;
  const kind = name && !['Object', 'Row', 'RowImpl'].includes(name) ? name : '';
  return `${kind}{${Object.keys(v).map((k) => `${k}: ${text(v[k])}`).join(', ')}}`;
}

function failure(err) {
  const e = err.original || err.driverError || err.cause || err;
  return `${e.code || e.name}: ` + fields.filter((f) => e[f] !== undefined).map((f) => `${f}=${text(e[f])}`).join(' ');
}

function show(...values) {
  console.log(...values.map((v) => (typeof v === 'string' ? v : text(v))));
}

// rows prints one row a line.
function rows(list) {
  for (const r of list) show(text(r));
  show(`${list.length} rows`);
}

// fails prints the error of what has to fail.
async function fails(run) {
  try {
    const v = await (typeof run === 'function' ? run() : run);
    show('no error:', text(v));
  } catch (err) {
    show(failure(err));
  }
}

const list = [];

function step(name, run) {
  list.push([name, run]);
}

// main runs the steps in turn. A step that throws prints its error, which is a
// difference unless PostgreSQL's is the same, and the next one begins.
async function main(close) {
  for (const [name, run] of list) {
    console.log(`# step ${name}`);
    try {
      await run();
    } catch (err) {
      show('threw', failure(err));
      if (!err.code && !err.original && !err.cause) console.error(name, err);
    }
  }
  if (close) await close();
}

const url = process.env.DATABASE_URL;
const server = { host: process.env.PGHOST, port: Number(process.env.PGPORT), user: process.env.PGUSER, database: process.env.PGDATABASE };

module.exports = { step, main, show, rows, text, fails, url, server };

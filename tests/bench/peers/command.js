// command.js - what one command is, and the rows it writes: the same for every peer, from tests/bench/sql.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';

const SQL = new URL('../sql/', import.meta.url);
const EDITION_PREFIX = '00000000-0000-7000-8001-';
const EDITIONS = 100;
const OPEN_FOR_ENTRIES = 3;

const BEGIN = { name: 'begin', text: 'BEGIN' };
const COMMIT = { name: 'commit', text: 'COMMIT' };

// What is the same in every command is said in the head of the SQL. Bytes that a real service would compute are
// there too, as lengths: the peers are spared that work, and their rows are as wide as ours.
function fixedValues() {
  const head = readFileSync(new URL('create_plain.sql', SQL), 'utf8');
  const bytes = head.matchAll(/^-- :(\w+) +bytea +of (\d+) bytes/gm);
  const texts = head.matchAll(/^-- :(\w+) +(?:uuid|text) +'(.*?)'/gm);
  return {
    ...Object.fromEntries(Array.from(bytes, ([, name, length]) => [name, Buffer.alloc(Number(length), 0xab)])),
    ...Object.fromEntries(Array.from(texts, ([, name, value]) => [name, value])),
  };
}

const FIXED = fixedValues();
const { agency, person, team, title, summary } = FIXED;

function uuidV7() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** A message as a caller sends it. */
export function newCommand() {
  const edition = EDITION_PREFIX + Math.floor(Math.random() * EDITIONS).toString(16).padStart(12, '0');
  return { id: uuidV7(), subject: uuidV7(), edition, agency, person, team, title, summary };
}

// One line of SQL with :name in it becomes a statement that is prepared under a name of its own.
function statement(line, name) {
  const variables = [];
  const text = line.replace(/;$/, '').replace(/(?<!:):(\w+)/g, (_, variable) => {
    if (!variables.includes(variable)) variables.push(variable);
    return `$${variables.indexOf(variable) + 1}`;
  });
  const bind = (command) => ({ name, text, values: variables.map((key) => command[key] ?? FIXED[key]) });
  return { bind, reads: text.startsWith('SELECT') };
}

function statements(variant) {
  const sql = readFileSync(new URL(`create_${variant}.sql`, SQL), 'utf8');
  const lines = sql.split('\n').filter((line) => line && !line.startsWith('--'));
  return lines.map((line, n) => statement(line, `create_${variant}_${n}`));
}

// What leads up to the statement that reads goes out together, and so does what follows, with COMMIT: two round
// trips, as pg allows on a connection in pipeline mode.
async function inOneTransaction(client, [toRead, toWrite], command) {
  const send = ({ bind }) => client.query(bind(command));
  try {
    const results = await Promise.all([client.query(BEGIN), ...toRead.map(send)]);
    if (results.at(-1).rows[0].state !== OPEN_FOR_ENTRIES) throw new Error('NOT_NOW');
    await Promise.all([...toWrite.map(send), client.query(COMMIT)]);
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

function connect(connections) {
  return new pg.Pool({ pipeline: true, max: connections, min: connections, idleTimeoutMillis: 0 });
}

/** How this process does a command: a function that resolves once it is committed. */
export function prepareToCreate(variant, connections) {
  const pool = connect(connections);
  const all = statements(variant);
  if (variant === 'cte') {
    return async (command) => {
      const { rowCount } = await pool.query(all[0].bind(command));
      if (rowCount !== 1) throw new Error('NOT_NOW');
    };
  }
  const first = 1 + all.findIndex(({ reads }) => reads);
  const parts = [all.slice(0, first), all.slice(first)];
  return async (command) => {
    const client = await pool.connect();
    try {
      await inOneTransaction(client, parts, command);
    } finally {
      client.release();
    }
  };
}

/** Takes what has come while the last batch was under way, `most` at a time; gives a function to call for each. */
export function inBatches(most, handle) {
  let gathered = [];
  let busy = false;
  async function work() {
    busy = true;
    while (gathered.length > 0) {
      const taken = gathered.slice(0, most);
      gathered = gathered.slice(most);
      await handle(taken);
    }
    busy = false;
  }
  return (one) => {
    gathered.push(one);
    if (!busy) {
      busy = true;
      setImmediate(work);
    }
  };
}

// A statement on a batch has one array for each variable.
function asArrays(commands) {
  const keys = [...Object.keys(commands[0]), ...Object.keys(FIXED)];
  return Object.fromEntries(keys.map((key) => [key, commands.map((command) => command[key] ?? FIXED[key])]));
}

/**
 * How this process does many commands in one transaction, all or none: four statements, sent without waiting in
 * between. `settle` may send more, on the connection that it is given.
 */
export function prepareToCreateAll() {
  const pool = connect(1);
  const all = statements('batch');
  return async (commands, settle = () => {}) => {
    const given = asArrays(commands);
    const client = await pool.connect();
    try {
      const begun = client.query(BEGIN);
      const results = await Promise.all(all.map(({ bind }) => client.query(bind(given))));
      const isWritten = ({ rows, rowCount }) => rows.length > 0 || rowCount === commands.length;
      const mayBegin = ({ rows }) => rows.every(({ state }) => state === OPEN_FOR_ENTRIES);
      if (!results.every((result) => isWritten(result) && mayBegin(result))) throw new Error('NOT_NOW');
      await Promise.all([begun, settle(client), client.query(COMMIT)]);
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };
}

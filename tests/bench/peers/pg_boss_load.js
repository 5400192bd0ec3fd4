// pg_boss_load.js - commands become jobs; those that are there at the same moment are inserted together.
import { PgBoss } from 'pg-boss';
import { load } from './load.js';
import { connectReplies } from './replies.js';

const boss = new PgBoss({ max: 4, supervise: false, schedule: false, migrate: false });
await boss.start();
const replies = await connectReplies(process.env.REPLIES,
  (commands) => boss.insert('commands', commands.map((data) => ({ data }))));
await load(replies.call);
replies.close();
await boss.stop({ graceful: false });

// pg_boss_batch_worker.js - a whole batch of jobs, their commands and their completion, in one transaction.
import { PgBoss } from 'pg-boss';
import { prepareToCreateAll } from './command.js';
import { offerReplies } from './replies.js';

const BATCH = 256;

const createAll = prepareToCreateAll();
const tellDone = await offerReplies(process.env.REPLIES);
const boss = new PgBoss({ max: 4, schedule: false, useListenNotify: true });
boss.on('error', (error) => { throw error; });
await boss.start();
await boss.createQueue('commands', { notify: true });
const options = { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
await boss.work('commands', options, async (jobs) => {
  const ids = jobs.map(({ id }) => id);
  const commands = jobs.map(({ data }) => data);
  await createAll(commands, (client) => {
    const db = { executeSql: (text, values) => client.query(text, values) };
    return boss.complete('commands', ids, null, { db });
  });
  tellDone(commands.map(({ id }) => id));
});
console.log('ready');

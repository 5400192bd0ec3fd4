// pg_boss_worker.js - fetches jobs in batches; each job's command is committed in a transaction of its own.
import { PgBoss } from 'pg-boss';
import { prepareToCreate } from './command.js';
import { offerReplies } from './replies.js';

const { REPLIES, VARIANT } = process.env;
const CONNECTIONS = Number(process.env.CONNECTIONS);
const BATCH = 256;

const create = prepareToCreate(VARIANT, CONNECTIONS);
const tellDone = await offerReplies(REPLIES);
const boss = new PgBoss({ max: 4, schedule: false, useListenNotify: true });
boss.on('error', (error) => { throw error; });
await boss.start();
await boss.createQueue('commands', { notify: true });
const options = { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
await boss.work('commands', options, async (jobs) => {
  await Promise.all(jobs.map(async ({ data }) => {
    await create(data);
    tellDone([data.id]);
  }));
});
console.log('ready');

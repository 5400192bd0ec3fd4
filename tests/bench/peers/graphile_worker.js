// graphile_worker.js - runs jobs side by side; each job's command is committed in a transaction of its own.
import { run } from 'graphile-worker';
import { prepareToCreate } from './command.js';
import { offerReplies } from './replies.js';

const { REPLIES, VARIANT } = process.env;
const CONNECTIONS = Number(process.env.CONNECTIONS);

const create = prepareToCreate(VARIANT, CONNECTIONS);
const tellDone = await offerReplies(REPLIES);
await run({
  preset: {
    worker: {
      connectionString: 'postgresql://',
      concurrentJobs: CONNECTIONS,
      maxPoolSize: 4,
      localQueue: { size: 500 },
      completeJobBatchDelay: 50,
      failJobBatchDelay: 50,
    },
  },
  taskList: {
    command: async (command) => {
      await create(command);
      tellDone([command.id]);
    },
  },
});
console.log('ready');

// graphile_load.js - commands become jobs; those that are there at the same moment are added together.
import { makeWorkerUtils } from 'graphile-worker';
import { load } from './load.js';
import { connectReplies } from './replies.js';

const utils = await makeWorkerUtils({ connectionString: 'postgresql://' });
const replies = await connectReplies(process.env.REPLIES,
  (commands) => utils.addJobs(commands.map((payload) => ({ identifier: 'command', payload }))));
await load(replies.call);
replies.close();
await utils.release();

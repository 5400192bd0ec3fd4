// replies.js - how a job queue's worker tells who sent a job that it is committed: the cheapest way there is.
//
// A job queue has no replies. A team that must answer its caller polls, or uses NOTIFY; both cost more.
import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** In the worker: a function that tells everybody who is connected which ids are done. */
export async function offerReplies(path) {
  const callers = new Set();
  const server = createServer((caller) => {
    callers.add(caller);
    caller.on('close', () => callers.delete(caller));
  });
  await new Promise((resolve) => { server.listen(path, resolve); });
  return (ids) => callers.forEach((caller) => caller.write(`${ids.join('\n')}\n`));
}

/** At the caller: `send` many jobs in one go, as they gather, and resolve each when it is done. */
export async function connectReplies(path, send) {
  const waiting = new Map();
  let gathered = [];
  let sending = false;
  const socket = createConnection(path);
  await new Promise((resolve) => { socket.on('connect', resolve); });
  createInterface({ input: socket }).on('line', (id) => {
    waiting.get(id)();
    waiting.delete(id);
  });

  // One insert at a time: what comes while it is under way goes into the next one.
  async function sendGathered() {
    while (gathered.length > 0) {
      const jobs = gathered;
      gathered = [];
      await send(jobs);
    }
    sending = false;
  }
  function call(command) {
    gathered.push(command);
    if (!sending) {
      sending = true;
      setImmediate(sendGathered);
    }
    return new Promise((resolve) => { waiting.set(command.id, resolve); });
  }
  return { call, close: () => socket.destroy() };
}

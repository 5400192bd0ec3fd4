// nats_load.js - a command is done when JetStream has acknowledged it and the reply after COMMIT is there.
import { jetstream } from '@nats-io/jetstream';
import { connect, createInbox } from '@nats-io/transport-node';
import { load } from './load.js';

const replyTo = createInbox();
const waiting = new Map();
const connection = await connect({ servers: process.env.URL });
const stream = jetstream(connection);
connection.subscribe(replyTo, {
  callback: (_, message) => {
    const { id } = message.json();
    waiting.get(id)();
    waiting.delete(id);
  },
});

await load((command) => {
  const reply = new Promise((resolve) => { waiting.set(command.id, resolve); });
  return Promise.all([stream.publish('commands', JSON.stringify({ reply_to: replyTo, ...command })), reply]);
});
await connection.close();

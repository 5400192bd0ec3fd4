// nats_batch_consumer.js - does whatever has come meanwhile in one transaction, then answers and acknowledges.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { inBatches, prepareToCreateAll } from './command.js';

const BATCH = 256;

const createAll = prepareToCreateAll();
const connection = await connect({ servers: process.env.URL });
const manager = await jetstreamManager(connection);
await manager.streams.add({ name: 'COMMANDS', subjects: ['commands'], retention: 'workqueue', storage: 'file' });
await manager.consumers.add('COMMANDS', { durable_name: 'worker', ack_policy: 'explicit', max_ack_pending: 2 * BATCH });

const callback = inBatches(BATCH, async (messages) => {
  const commands = messages.map((message) => message.json());
  await createAll(commands);
  messages.forEach((message, n) => {
    connection.publish(commands[n].reply_to, JSON.stringify({ id: commands[n].id, final: true }));
    message.ack();
  });
});
const consumer = await jetstream(connection).consumers.get('COMMANDS', 'worker');
await consumer.consume({ max_messages: 2 * BATCH, callback });
console.log('ready');

// nats_consumer.js - takes commands off a JetStream work queue, and answers and acknowledges after COMMIT.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { prepareToCreate } from './command.js';

const CONNECTIONS = Number(process.env.CONNECTIONS);
const PREFETCH = 8 * CONNECTIONS;

const create = prepareToCreate(process.env.VARIANT, CONNECTIONS);
const connection = await connect({ servers: process.env.URL });
const manager = await jetstreamManager(connection);
await manager.streams.add({ name: 'COMMANDS', subjects: ['commands'], retention: 'workqueue', storage: 'file' });
await manager.consumers.add('COMMANDS', { durable_name: 'worker', ack_policy: 'explicit', max_ack_pending: PREFETCH });

async function handle(message) {
  const { reply_to: replyTo, ...command } = message.json();
  await create(command);
  connection.publish(replyTo, JSON.stringify({ id: command.id, final: true }));
  message.ack();
}
const consumer = await jetstream(connection).consumers.get('COMMANDS', 'worker');
await consumer.consume({ max_messages: PREFETCH, callback: handle });
console.log('ready');

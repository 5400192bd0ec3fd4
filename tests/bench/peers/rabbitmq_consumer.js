// rabbitmq_consumer.js - takes commands off a durable queue, and answers and acknowledges after COMMIT.
import amqp from 'amqplib';
import { prepareToCreate } from './command.js';

const { URL: url, QUEUE_TYPE, VARIANT } = process.env;
const CONNECTIONS = Number(process.env.CONNECTIONS);
const PREFETCH = 8 * CONNECTIONS;

const create = prepareToCreate(VARIANT, CONNECTIONS);
const connection = await amqp.connect(url, { noDelay: true });
const channel = await connection.createChannel();
await channel.assertQueue('commands', { durable: true, arguments: { 'x-queue-type': QUEUE_TYPE } });
await channel.prefetch(PREFETCH);
await channel.consume('commands', async (message) => {
  const command = JSON.parse(message.content);
  await create(command);
  const { replyTo, correlationId } = message.properties;
  channel.sendToQueue(replyTo, Buffer.from(JSON.stringify({ id: command.id, final: true })), { correlationId });
  channel.ack(message);
});
console.log('ready');

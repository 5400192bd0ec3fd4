// rabbitmq_batch_consumer.js - does whatever has come meanwhile in one transaction, and acknowledges it together.
import amqp from 'amqplib';
import { inBatches, prepareToCreateAll } from './command.js';

const { URL: url, QUEUE_TYPE } = process.env;
const BATCH = 256;

const createAll = prepareToCreateAll();
const connection = await amqp.connect(url, { noDelay: true });
const channel = await connection.createChannel();
await channel.assertQueue('commands', { durable: true, arguments: { 'x-queue-type': QUEUE_TYPE } });
await channel.prefetch(2 * BATCH);
await channel.consume('commands', inBatches(BATCH, async (messages) => {
  const commands = messages.map(({ content }) => JSON.parse(content));
  await createAll(commands);
  messages.forEach(({ properties: { replyTo, correlationId } }, n) => {
    const answer = Buffer.from(JSON.stringify({ id: commands[n].id, final: true }));
    channel.sendToQueue(replyTo, answer, { correlationId });
  });
  channel.ack(messages.at(-1), true); // and all before it
}));
console.log('ready');

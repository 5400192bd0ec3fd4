// rabbitmq_load.js - a command is done when the broker has confirmed it and the reply after COMMIT is there.
import amqp from 'amqplib';
import { load } from './load.js';

const REPLIES = 'amq.rabbitmq.reply-to';
const waiting = new Map();
const connection = await amqp.connect(process.env.URL, { noDelay: true });
const channel = await connection.createConfirmChannel();
await channel.consume(REPLIES, (message) => {
  const { correlationId } = message.properties;
  waiting.get(correlationId)(JSON.parse(message.content));
  waiting.delete(correlationId);
}, { noAck: true });

function publish(command) {
  const options = { persistent: true, correlationId: command.id, replyTo: REPLIES };
  return new Promise((resolve, reject) => {
    channel.sendToQueue('commands', Buffer.from(JSON.stringify(command)), options,
      (error) => (error ? reject(error) : resolve()));
  });
}

await load((command) => {
  const reply = new Promise((resolve) => { waiting.set(command.id, resolve); });
  return Promise.all([publish(command), reply]);
});
await connection.close();

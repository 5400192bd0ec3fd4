// fastify.js - commands over HTTP: one process, or several that share a port.
import cluster from 'node:cluster';
import Fastify from 'fastify';
import { prepareToCreate } from './command.js';

const PROCESSES = Number(process.env.PROCESSES);
const CONNECTIONS = Number(process.env.CONNECTIONS);
const text = { type: 'string' };
const body = {
  type: 'object',
  required: ['id', 'subject', 'edition', 'agency', 'person', 'team', 'title', 'summary'],
  properties: {
    id: text, subject: text, edition: text, agency: text, person: text, team: text, title: text, summary: text,
  },
};
const response = { 200: { type: 'object', properties: { id: text, final: { type: 'boolean' } } } };

async function serve() {
  const create = prepareToCreate(process.env.VARIANT, CONNECTIONS / PROCESSES);
  const app = Fastify({ logger: false });
  app.addHook('onError', async (request, reply, error) => console.error(error));
  app.post('/commands', { schema: { body, response } }, async (request) => {
    await create(request.body);
    return { id: request.body.id, final: true };
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app.server.address().port;
}

if (PROCESSES > 1 && cluster.isPrimary) {
  let listening = 0;
  cluster.on('listening', (worker, address) => {
    listening += 1;
    if (listening === PROCESSES) console.log(`ready ${address.port}`);
  });
  for (let n = 0; n < PROCESSES; n += 1) cluster.fork();
} else {
  const port = await serve();
  if (cluster.isPrimary) console.log(`ready ${port}`);
}

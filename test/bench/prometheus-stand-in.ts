import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { rangeAnswer } from '../support/servers/misbehaving-server.ts';

// Answers every range query after as many milliseconds as the argument says; prints its port.
const delayMillis = Number(process.argv[2] ?? 5);
const answers = new Map<string, string>();

const server = createServer(async (request, response) => {
  const form = new URLSearchParams(await text(request));
  const window = ['start', 'end', 'step'].map((name) => form.get(name)).join(' ');
  const answer = answers.get(window) ?? rangeAnswer(form);
  answers.set(window, answer);
  setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(answer), delayMillis);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});

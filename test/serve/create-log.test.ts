import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLog, type LogOutput } from '../../src/serve/create-log.ts';

function newOutput(isTTY: boolean): { output: LogOutput; text: () => string } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { output: Object.assign(stream, { isTTY }), text: () => written.join('') };
}

async function logged(format: 'auto' | 'json' | 'pretty', isTTY: boolean, environment = {}): Promise<string> {
  const { output, text } = newOutput(isTTY);
  const log = await createLog({ level: 'info', format }, environment, output);
  log.info({ id: '01A' }, 'run judged');
  log.debug({}, 'not told');
  await expect.poll(text).toContain('run judged');
  return text();
}

const JSON_LINE = /^\{"level":30,"time":\d+,"id":"01A","msg":"run judged"\}\n$/;
const FOR_PEOPLE = /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: run judged \{"id":"01A"\}\n$/;

it('writes JSON where nobody looks, and for people on a terminal', async () => {
  expect(await logged('auto', false)).toMatch(JSON_LINE);
  expect(await logged('auto', true, { NO_COLOR: '1' })).toMatch(FOR_PEOPLE);
});

it('writes what the configuration says, wherever', async () => {
  expect(await logged('json', true)).toMatch(JSON_LINE);
  expect(await logged('pretty', false)).toMatch(FOR_PEOPLE);
});

it('is coloured on a terminal, unless NO_COLOR is set', async () => {
  expect(await logged('auto', true)).toContain('\u001b[');
  expect(await logged('auto', true, { NO_COLOR: '1' })).not.toContain('\u001b[');
});

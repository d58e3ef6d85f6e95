import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents } from '../../providers/shared/http/events.ts';
import { anyText } from '../support/any-text.ts';

test.each([
  ['nothing', '', []],
  ['one record', 'event: data\ndata: {"a":1}\n\n', [{ event: 'data', data: '{"a":1}' }]],
  ['a record without a name is a message', 'data: x\n\n', [{ event: 'message', data: 'x' }]],
  ['data over many lines', 'data: {\ndata:   "a": 1\ndata: }\n\n', [{ event: 'message', data: '{\n  "a": 1\n}' }]],
  ['the blank after the colon may be missing', 'event:e\ndata:x\n\n', [{ event: 'e', data: 'x' }]],
  ['only one blank is left out', 'data:  x\n\n', [{ event: 'message', data: ' x' }]],
  ['a colon in the data', 'data: a: b:c\n\n', [{ event: 'message', data: 'a: b:c' }]],
  ['empty data', 'data\n\ndata:\n\n', [1, 2].map(() => ({ event: 'message', data: '' }))],
  ['a name does not outlast its record', 'event: e\ndata: 1\n\ndata: 2\n\n', ['e', 'message'].map(numbered)],
  ['a record without data is none', 'event: e\nid: 3\n\ndata: 1\n\n', [{ event: 'message', data: '1' }]],
  ['further blank lines', '\n\n\ndata: 1\n\n\n\ndata: 2\n\n', ['message', 'message'].map(numbered)],
  [
    'comments, ids, pauses and unknown fields',
    ': hi\nid: 7\nretry: 10\nx: y\ndata: 1\n\n:\n\n',
    [numbered('message', 0)],
  ],
  ['a byte order mark', '\uFEFFdata: 1\n\n', [numbered('message', 0)]],
  ['a record without a blank line after it was cut off', 'data: 1\n\ndata: 2\n', [numbered('message', 0)]],
  ['a line without an end was cut off', 'data: 1\n\ndata: 2', [numbered('message', 0)]],
])('%s', (_, stream, events) => {
  expect(readEvents(stream)).toEqual(events);
});

function numbered(event: string, index: number) {
  return { event, data: String(index + 1) };
}

const line = anyText().map((text) => text.replace(/[\r\n]/g, ''));
const records = fc.array(
  fc.record({ event: line.filter((name) => name !== ''), data: fc.array(line, { minLength: 1 }) }),
  { maxLength: 6 },
);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

function written({ event, data }: { event: string; data: string[] }, end: string): string {
  return [`event: ${event}`, ...data.map((part) => `data: ${part}`), '', ''].join(end);
}

test('any records come back as they were written, whatever ends their lines', () => {
  const property = fc.property(records, lineEnd, (sent, end) => {
    const events = readEvents(sent.map((one) => written(one, end)).join(''));
    expect(events).toEqual(sent.map(({ event, data }) => ({ event, data: data.join('\n') })));
  });
  fc.assert(property);
});

test('a stream cut anywhere gives the records that were whole, and no other', () => {
  const property = fc.property(records, fc.nat(), (sent, from) => {
    const stream = sent.map((one) => written(one, '\n'));
    const cut = from % (stream.join('').length + 1);
    let length = 0;
    const whole = sent.filter((_, index) => {
      length += stream[index]?.length ?? 0;
      return length <= cut;
    });
    const events = readEvents(stream.join('').slice(0, cut));
    expect(events).toEqual(whole.map(({ event, data }) => ({ event, data: data.join('\n') })));
  });
  fc.assert(property);
});

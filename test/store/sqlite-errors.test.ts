import { expect, it } from 'vitest';
import { onFile } from '../../src/store/sqlite-errors.ts';

const failing = (errcode: number, message: string) => () =>
  onFile('data/haldane.sqlite', () => {
    throw Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
  });

it.each([
  [8, 'attempt to write a readonly database', /data\/haldane\.sqlite .* make the file and its folder writable/],
  [1032, 'attempt to write a readonly database', /make the file and its folder writable/],
  [778, 'disk I/O error', /disk I\/O error; look at the disk/],
  [13, 'database or disk is full', /free space on its disk/],
  [11, 'database disk image is malformed', /restore it from a backup/],
])('SQLite result %i is a store that cannot be used, with what to do', (errcode, message, words) => {
  expect(failing(errcode, message)).toThrow(expect.objectContaining({ code: 'STORE_UNUSABLE' }));
  expect(failing(errcode, message)).toThrow(words);
});

it('any other result stays what it is', () => {
  expect(failing(1, 'no such table: x')).toThrow(expect.not.objectContaining({ code: 'STORE_UNUSABLE' }));
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readKayentaException } from '../../../src/cli/kayenta/kayenta-exception.ts';
import { ExecutionException } from '../../../src/domain/run.ts';

interface ExceptionCase {
  readonly title: string;
  readonly written: unknown;
  readonly read?: object;
  readonly unread?: readonly string[];
}

const CASES: ExceptionCase[] = JSON.parse(readFileSync('test/fixtures/kayenta/exceptions.json', 'utf8'));
const SUPPLIED = JSON.parse(readFileSync('test/fixtures/cases/kayenta-terminal-run.json', 'utf8'));
const END = 1_700_000_009_000;

it.each(CASES)('reads $title', ({ written, read, unread = [] }) => {
  const reading = readKayentaException(written, END);
  if (read === undefined) expect(reading.exception).toBeUndefined();
  else expect(ExecutionException.parse(reading.exception)).toMatchObject(read);
  expect(reading.unread).toEqual(unread);
  expect(JSON.stringify(reading)).not.toContain('hunter2');
});

it('reads both of what a real Kayenta wrote, unchanged', () => {
  const [failed, refused] = SUPPLIED.request.exceptions.map((written: unknown) => readKayentaException(written, END));
  expect(ExecutionException.parse(failed.exception)).toMatchObject({
    timestamp: Date.parse('2026-01-01T03:23:39.401Z'),
    details: { status: 400, url: 'http://store/api/v1/query_range' },
  });
  expect(ExecutionException.parse(refused.exception).details.errors).toEqual(["Template with name 'x' was not found"]);
  expect([...failed.unread, ...refused.unread].filter((part) => part.includes('details'))).toEqual([]);
});

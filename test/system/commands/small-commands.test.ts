/** Commands in a shell, with pipes, as a person types them. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { haldane } from '../../support/haldane-process.ts';
import { SHOP_CONFIG, type ShopService, startShopService } from '../../support/shop-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HALDANE = join(import.meta.dirname, '../../../src/cli/haldane.ts');
const folder = temporaryDirectory();
let service: ShopService;

beforeAll(async () => {
  service = await startShopService();
  writeFileSync(join(folder, 'checkout.yml'), stringify(SHOP_CONFIG));
});
afterAll(() => service.stop());

/** A line of shell in which `haldane` is ours. */
const shell = (line: string) =>
  promisify(execFile)('bash', ['-c', `haldane() { "${process.execPath}" "${HALDANE}" "$@"; }; ${line}`], {
    cwd: folder,
    env: { ...process.env, HALDANE_URL: service.baseUrl },
  });

describe('haldane judge', () => {
  it('judges what it is piped, and says what it is told without a service', async () => {
    const { stdout } = await shell('printf \'1 2\\n1 2\\n2 1\\n\' | haldane judge -; echo "exit $?"');
    expect(stdout).toContain('metric');
    expect(stdout).toMatch(/^nodata: .*\nexit 2$/m);
  });

  it.each([
    ['increase', 40, 1],
    ['decrease', 40, 0],
    ['increase', 0, 0],
  ])('exits by the verdict: %s, %i higher: %i', async (direction, more, code) => {
    const rows = Array.from({ length: 40 }, (_, index) => {
      const value = 100 + ((index * 7919) % 23);
      return `${value},${100 + ((index * 104_729) % 23) + more}`;
    });
    const input = `baseline,canary\n${rows.join('\n')}\n`;
    const ended = await haldane(['judge', '-', '--direction', direction, '--output', 'json'], { input });
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.out).score.classification).toBe(code === 0 ? 'Pass' : 'Fail');
  });

  it('says where the input is wrong', async () => {
    const ended = await haldane(['judge', '-'], { input: '1 2\n3 x\n' });
    expect(ended).toMatchObject({
      code: 64,
      err: expect.stringContaining("standard input, line 2, canary: 'x' is not a number"),
    });
  });
});

describe('haldane config', () => {
  it('round-trips a config through a pipe', async () => {
    const first = await shell('haldane config apply checkout.yml');
    expect(first.stdout).toMatch(/^checkout\.yml stored: \S+\n$/);
    const again = await shell('haldane config get checkout | haldane config apply -');
    expect(again.stdout.replace(/^standard input replaced: /, '')).toBe(first.stdout.replace(/^.* stored: /, ''));
    const listed = await shell('haldane config list');
    expect(listed.stdout.trim().split('\n')).toHaveLength(2);
    expect((await shell('haldane config delete checkout')).stdout).toContain('deleted; its runs stay');
    expect((await shell('haldane config list')).stdout).toContain('There are none; store one with');
  });

  it('tells the problems of a file, and stores none of several when one has some', async () => {
    writeFileSync(join(folder, 'wrong.yml'), stringify({ ...SHOP_CONFIG, name: '' }));
    const { code, out, err } = await haldane(['config', 'apply', 'checkout.yml', 'wrong.yml'], {
      cwd: folder,
      env: { HALDANE_URL: service.baseUrl },
    });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('problem: wrong.yml: name');
  });
});

describe('the start', () => {
  it.each([
    [['--help'], []],
    [['judge', '--help'], []],
  ])('of %j loads neither the service nor a database nor the HTTP client', async (args) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      `data:text/javascript,${encodeURIComponent(TELL_LOADED)}`,
      HALDANE,
      ...args,
    ]);
    const loaded = stdout.split('\n').filter((line) => line.startsWith('loaded '));
    expect(loaded.length).toBeGreaterThan(0);
    const heavy = /node_modules\/(fastify|pg|pg-boss|axios|kysely|pino|@fastify|log-update|@clack)\//;
    expect(loaded.filter((line) => heavy.test(line))).toEqual([]);
  });
});

/** Prints each package that is loaded. */
const TELL_LOADED = `
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    if (url.includes('node_modules')) process.stdout.write('loaded ' + url + '\\n');
    return next(url, context);
  },
});`;

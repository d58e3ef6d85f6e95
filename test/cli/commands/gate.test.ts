import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { SHOP_CONFIG, type ShopService, startShopService } from '../../support/shop-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

let service: ShopService;
const folder = temporaryDirectory();
const yaml = join(folder, 'checkout.yml');
const json = join(folder, 'checkout.json');

beforeAll(async () => {
  service = await startShopService();
  writeFileSync(yaml, stringify(SHOP_CONFIG));
  writeFileSync(json, JSON.stringify(SHOP_CONFIG));
});
afterAll(() => service.stop());
beforeEach(() => {
  for (const name of ['GITHUB_RUN_ID', 'CI_PIPELINE_ID', 'BUILD_TAG', 'GITHUB_ACTIONS']) vi.stubEnv(name, undefined);
  vi.stubEnv('HALDANE_URL', service.baseUrl);
});
afterEach(() => vi.unstubAllEnvs());

const gate = (config: string, canary: string, ...more: string[]) =>
  runHaldane(['gate', config, '--baseline', 'v1', '--canary', canary, '--last', '30m', ...more]);
const idIn = (err: string) => /^run (\S+):/m.exec(err)?.[1];

describe('haldane gate', () => {
  it('prints one sentence and where the report is, and exits by the verdict', async () => {
    const pass = await gate(yaml, 'v3');
    expect(pass.code).toBe(0);
    expect(pass.out).toMatch(/^pass 100 \(pass 95, marginal 75\): .+\nreport: http:\/\/\S+\/reports\/\S+\n$/);
    const fail = await gate(json, 'v2');
    expect(fail.code).toBe(1);
    expect(fail.out).toMatch(/^fail 50 \(pass 95, marginal 75\): .*latency.* → .*\(\+\d+ %\)/);
    const nothing = await gate(yaml, 'empty');
    expect([nothing.code, nothing.out]).toEqual([2, expect.stringMatching(/^nodata: No data from the canary/)]);
  });

  it.each([
    [['--pass', '40', '--marginal', '30'], 0],
    [['--marginal', '40'], 2],
    [['--marginal', '40', '--marginal-is', 'fail'], 1],
    [['--marginal', '40', '--marginal-is', 'pass'], 0],
  ])('with %j and a score of 50 exits with %i', async (flags, code) => {
    const likeKayenta = join(folder, 'kayenta.json');
    writeFileSync(likeKayenta, JSON.stringify({ ...SHOP_CONFIG, judge: { name: 'NetflixACAJudge-v1.0' } }));
    expect((await gate(likeKayenta, 'v2', ...flags)).code).toBe(code);
  });

  it('never exits with 0 without data, and with 3 or 1 when the queries fail', async () => {
    expect((await gate(yaml, 'empty', '--no-data-is', 'fail')).code).toBe(1);
    expect((await gate(yaml, 'empty', '--no-data-is', 'no-verdict')).code).toBe(3);
    const broken = await gate(yaml, 'broken');
    expect([broken.code, broken.out]).toEqual([3, expect.stringMatching(/^error: .*parse error/)]);
    expect((await gate(yaml, 'broken', '--fail-if-unavailable')).code).toBe(1);
  });

  it('takes a config that is stored, by its name, and tells a name that is not', async () => {
    expect((await runHaldane(['config', 'apply', yaml])).code).toBe(0);
    expect((await gate('checkout', 'v3')).code).toBe(0);
    const { code, err } = await gate('chekout', 'v3');
    expect([code, err]).toEqual([64, expect.stringContaining('(did you mean checkout?)')]);
  });

  it('goes on with the same run for the same key, whatever has become of the process', async () => {
    const key = ['--key', 'deploy-17'];
    const first = await gate(yaml, 'v3', ...key);
    const again = await gate(yaml, 'v3', ...key);
    expect(idIn(again.err)).toBe(idIn(first.err));
    expect(again.err).toContain('had been started before');
    expect(idIn((await gate(yaml, 'v3')).err)).not.toBe(idIn(first.err));
    const other = await gate(yaml, 'v2', ...key);
    expect([other.code, other.err]).toEqual([64, expect.stringContaining("'deploy-17' was used for another request")]);
  });

  it("takes the CI's own name of the job for a key", async () => {
    vi.stubEnv('GITHUB_RUN_ID', '100');
    const first = await gate(yaml, 'v3');
    expect(idIn((await gate(yaml, 'v3')).err)).toBe(idIn(first.err));
    expect(idIn((await gate(yaml, 'v2')).err)).not.toBe(idIn(first.err));
    vi.stubEnv('GITHUB_RUN_ATTEMPT', '2');
    expect(idIn((await gate(yaml, 'v3')).err)).not.toBe(idIn(first.err));
  });

  it('leaves a summary and annotations in a GitHub job, and files where they are asked for', async () => {
    const summary = join(folder, 'summary.md');
    vi.stubEnv('GITHUB_ACTIONS', 'true');
    vi.stubEnv('GITHUB_STEP_SUMMARY', summary);
    const [junit, report] = [join(folder, 'canary.xml'), join(folder, 'canary.html')];
    const { code, out, err } = await gate(yaml, 'v2', '--junit', junit, '--report', report, '--output', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ id: idIn(err), verdict: 'fail', failed: ['latency'] });
    expect(err).toContain('::error title=Haldane%3A fail::');
    expect(err).toContain('::error title=Haldane%3A fail%3A latency::latency failed');
    expect(readFileSync(summary, 'utf8')).toContain('### ❌ Canary shop');
    expect(readFileSync(junit, 'utf8')).toMatch(/^<\?xml .*<testcase .*<failure/s);
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('prints Markdown and JUnit too', async () => {
    expect((await gate(yaml, 'v3', '--output', 'md')).out).toMatch(/^### ✅ Canary shop · checkout · v1 → v3: Pass/);
    expect((await gate(yaml, 'v3', '--output', 'junit')).out).toMatch(/^<\?xml/);
  });

  it('starts nothing in a dry run, and says what is wrong', async () => {
    const asked = service.shop.asked.length;
    const sound = await gate(yaml, 'v2', '--dry-run');
    expect(sound).toMatchObject({ code: 0, out: expect.stringContaining('canary    latency{version="v2"}') });
    const wrong = join(folder, 'wrong.json');
    writeFileSync(wrong, JSON.stringify({ ...SHOP_CONFIG, metrics: [{ name: 'a', scopeName: 'default' }] }));
    const { code, out } = await gate(wrong, 'v2', '--dry-run');
    expect([code, out]).toEqual([64, expect.stringMatching(/^problem: metrics\[0\]/m)]);
    expect(service.shop.asked.length).toBe(asked);
  });

  it('ends without a verdict when the time is up, and writes that into the JUnit file', async () => {
    const held = Promise.withResolvers<void>();
    service.shop.holds = held.promise;
    const junit = join(folder, 'late.xml');
    const { code, err } = await gate(yaml, 'v3', '--timeout', '1s', '--junit', junit);
    held.resolve();
    service.shop.holds = undefined;
    expect([code, err]).toEqual([3, expect.stringMatching(/timeout: no verdict after 1 s; .*haldane run wait \S+$/m)]);
    expect(readFileSync(junit, 'utf8')).toMatch(/errors="1".*timeout/s);
  });

  it.each([
    [['--junit', 'no/such/folder/x.xml'], 64, 'no/such/folder/x.xml cannot be written'],
    [['--data-dir', 'x'], 64, '--data-dir x goes with --local'],
    [['--local', '--url', 'http://127.0.0.1:1'], 64, '--local goes without --url'],
    [['--output', 'jsno'], 64, "--output: 'jsno' is not known (did you mean json?); known: text, json, md, junit"],
    [['--timeout', '5 minutes'], 64, '--timeout: must be a length of time such as 90s, 30m or 1h30m'],
    [['--url', 'http://127.0.0.1:1'], 3, 'Haldane cannot be reached at http://127.0.0.1:1'],
    [['--url', 'http://127.0.0.1:1', '--fail-if-unavailable'], 1, 'cannot be reached'],
    [['--account', 'nope'], 64, 'nope'],
  ])('answers %j with %i and what to do', async (flags, code, message) => {
    expect(await gate(yaml, 'v3', ...flags)).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  });

  it('names file and line of what is no YAML', async () => {
    const bad = join(folder, 'bad.yml');
    writeFileSync(bad, 'name: a\nmetrics:\n  - [\n');
    const { code, err } = await gate(bad, 'v3');
    expect([code, err]).toEqual([64, expect.stringMatching(/bad\.yml is not YAML: .* line \d/)]);
    expect(await gate('missing.yml', 'v3')).toMatchObject({
      code: 64,
      err: expect.stringContaining('missing.yml cannot be read: there is no such file'),
    });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haldane } from '../../support/haldane-process.ts';
import type { RunningServer } from '../../support/servers/prometheus-server.ts';
import { startTwoVersions } from '../../support/servers/two-versions.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let prometheus: RunningServer;
beforeAll(async () => {
  prometheus = await startTwoVersions();
});
afterAll(() => prometheus.stop());

const init = (cwd: string, ...args: string[]) =>
  haldane(['init', '--prometheus', prometheus.baseUrl, ...args], { cwd });

describe('haldane init, on a real Prometheus', () => {
  it('finds the pack, the versions and the service, and what it writes can be judged', async () => {
    const folder = temporaryDirectory();
    const { code, out, err } = await init(folder);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('client-libraries: Prometheus client libraries');
    expect(out).toContain('versions: version has 1.4.0 (1), 1.5.0 (1), where job is shop');
    expect(out).toContain('baseline 1.4.0, canary 1.5.0: the later version is the canary');
    const command = /^ {2}haldane (gate .*)$/m.exec(out)?.[1] ?? '';
    expect(command).toBe('gate shop.yml --local --baseline 1.4.0 --canary 1.5.0 --location shop --last 30m');
    expect(readFileSync(join(folder, 'shop.yml'), 'utf8')).toContain('status: status');

    const checked = await haldane(['config', 'validate', 'shop.yml', '--local'], { cwd: folder });
    expect(checked).toMatchObject({ code: 0, out: 'shop.yml: valid\n' });
    expect(await haldane(['accounts', 'check', '--local'], { cwd: folder })).toMatchObject({
      code: 0,
      out: expect.stringContaining('prom (prometheus): usable'),
    });
    const queries = await haldane(command.split(' ').concat('--dry-run'), { cwd: folder });
    expect(queries.out).toContain('http_requests_total{job=~"shop",version=~"1.5.0",status=~"5.*"}');
    // The Prometheus is too young for half an hour: what it has is judged, and none of it is a pass.
    const judged = await haldane(command.split(' '), { cwd: folder });
    expect(judged.code).not.toBe(0);
    expect(judged.out).toMatch(/^(nodata|marginal|fail)/);
  });

  it('is a dry run where that was asked for, and JSON', async () => {
    const folder = temporaryDirectory();
    const { code, out } = await init(folder, '--dry-run', '--output', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      config: { name: 'shop', use: [{ pack: 'client-libraries' }] },
      written: [],
      missing: [],
    });
    expect(() => readFileSync(join(folder, 'haldane.yml'))).toThrow('ENOENT');
  });

  it('says which side is not there, and writes over nothing', async () => {
    const folder = temporaryDirectory();
    const first = await init(folder, '--canary', '9.9.9', '--name', 'checkout');
    expect([first.code, first.err]).toEqual([
      1,
      "missing: canary: '9.9.9' has no series now; version has 1.4.0 (1), 1.5.0 (1)\n",
    ]);
    const again = await init(folder);
    expect([again.code, again.err]).toEqual([64, expect.stringContaining('haldane.yml is there already; --force')]);
    expect((await init(folder, '--force')).code).toBe(0);
  });

  it.each([
    [['--pack', 'istio'], 64, "--pack: no metrics of it were found there: 'istio' is not known"],
    [['--label', 'pod'], 1, 'the label pod of http_requests_total of shop has not two values now'],
    [['--name', 'a b'], 64, '--name: must consist of letters'],
  ])('answers %j with %i and what to do', async (args, code, message) => {
    const { code: was, err } = await init(temporaryDirectory(), ...args);
    expect([was, err]).toEqual([code, expect.stringContaining(message)]);
  });

  it('says what to do when there is no Prometheus', async () => {
    const { code, err } = await haldane(['init', '--prometheus', 'http://127.0.0.1:1'], { cwd: temporaryDirectory() });
    expect([code, err]).toEqual([3, expect.stringContaining('--prometheus names the address of a Prometheus')]);
  });
});

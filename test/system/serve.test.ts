import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PROGRAM = packageJson.bin.haldane;

describe('haldane serve', () => {
  it('logs and answers as npm start does, and ends with 0 when it is stopped', async () => {
    const log: string[] = [];
    const environment = { HALDANE_DATA_DIR: temporaryDirectory(), HALDANE_PORT: '0' };
    const service = await startService(environment, (line) => log.push(line), { main: PROGRAM, args: ['serve'] });
    const health = await fetch(`${service.baseUrl}/health`);
    expect(health.status).toBe(200);
    expect(await service.stop('SIGINT')).toBe(0);
    expect(log.map((line) => JSON.parse(line).msg)).toEqual(
      expect.arrayContaining(['listening', 'stopping', 'stopped']),
    );
  });

  const warningsIn = async (configuration: string | undefined) => {
    const cwd = temporaryDirectory();
    if (configuration !== undefined) writeFileSync(join(cwd, 'haldane.yml'), configuration);
    const log: string[] = [];
    const environment = { HALDANE_DATA_DIR: cwd, HALDANE_PORT: '0' };
    const service = await startService(environment, (line) => log.push(line), { cwd });
    await service.stop();
    return log.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40);
  };

  it('without a configuration warns that it has no metrics accounts, and says which file to copy where', async () => {
    expect(await warningsIn(undefined)).toEqual([
      expect.objectContaining({
        msg: 'no metrics accounts',
        configuration: expect.stringMatching(/haldane\.yml \(there is no such file\)$/),
        effect: 'only requests that bring their own series can be judged',
        remedy: expect.stringMatching(/^cp haldane\.example\.yml haldane\.yml, set the address of your metrics store/),
      }),
    ]);
  });

  it.each(['', 'accounts: []', 'accounts: [{ name: mine, type: inline }]'])(
    'with the configuration "%s" warns that no account in it is a store',
    async (configuration) => {
      const [warning, ...others] = await warningsIn(configuration);
      expect(others).toEqual([]);
      expect(warning).toMatchObject({
        msg: 'no metrics accounts',
        configuration: expect.stringMatching(/haldane\.yml$/),
      });
      expect(warning.remedy).toBe('add one below accounts: in ./haldane.yml, as haldane.example.yml shows');
    },
  );

  it('says in one line why it cannot start', async () => {
    const file = join(temporaryDirectory(), 'wrong.yml');
    writeFileSync(file, 'server: { port: eighty }\n');
    const started = promisify(execFile)(process.execPath, [PROGRAM, 'serve'], {
      env: { ...process.env, HALDANE_CONFIG: file },
    });
    await expect(started).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: `haldane: ${file}: server.port: must be a number, not a text (it says "eighty")\n`,
    });
  });
});

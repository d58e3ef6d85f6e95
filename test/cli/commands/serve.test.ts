import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { startService } from '../../support/http/service-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

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

  it('says in one line why it cannot start', async () => {
    const file = join(temporaryDirectory(), 'wrong.yml');
    writeFileSync(file, 'server: { port: eighty }\n');
    const started = promisify(execFile)(process.execPath, [PROGRAM, 'serve'], {
      env: { ...process.env, HALDANE_CONFIG: file },
    });
    await expect(started).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: `haldane: ${file}: server.port: Invalid input: expected number, received string (it says "eighty")\n`,
    });
  });
});

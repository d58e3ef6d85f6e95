import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);

describe('the commands of the README', () => {
  it('run the demo: the good canary passes, the bad one fails, exit code 0', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'demo']);
    expect(stdout).toMatch(/A good canary:.*verdict {6}Pass.*A bad canary:.*verdict {6}Fail/s);
    expect(stdout).toMatch(/stored as {4}\/canary\/[0-9A-Z]{26}/);
  });

  it('serve after the demo until interrupted, and say where to look', async () => {
    const child = execFile(process.execPath, ['src/cli/haldane.ts', 'demo', '--serve']);
    let text = '';
    for await (const chunk of child.stdout ?? []) {
      text += chunk;
      if (/docs\s+http.*result\s+http.*result\s+http\S+\n/s.test(text)) break;
    }
    const docs = /docs\s+(http\S+)/.exec(text)?.[1] ?? '';
    const result = /result\s+(http\S+)/.exec(text)?.[1] ?? '';
    expect((await fetch(docs)).status).toBe(200);
    expect(await (await fetch(result)).json()).toMatchObject({ status: 'succeeded' });
    child.kill('SIGINT');
  });

  it('stop a start with a wrong configuration, in one line, with exit code 1', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'wrong.yml'), 'server: { port: eighty }\n');
    const started = run(process.execPath, ['src/main.ts'], {
      env: { ...process.env, HALDANE_CONFIG: join(directory, 'wrong.yml') },
    });
    await expect(started).rejects.toMatchObject({
      code: 1,
      stderr: `haldane: ${directory}/wrong.yml: server.port: must be a number, not a text (it says "eighty")\n`,
    });
  });
});

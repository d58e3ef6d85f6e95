import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

describe('haldane demo', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('judges both canaries, and empties the folder of an earlier demo first', async () => {
    const directory = temporaryDirectory();
    const demos = join(directory, 'demo');
    mkdirSync(demos);
    writeFileSync(join(demos, 'haldane.sqlite'), 'no database');
    vi.stubEnv('HALDANE_DATA_DIR', directory);
    const { code, out, err } = await runHaldane(['demo']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/A good canary:.*verdict {6}Pass.*A bad canary:.*verdict {6}Fail/s);
    expect(out.match(/stored as {4}\/canary\/[0-9A-Z]{26}/g)).toHaveLength(2);
    expect(readdirSync(directory)).toEqual(['demo']);
  });

  it('says which folder it cannot write, and how to name another', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    vi.stubEnv('HALDANE_DATA_DIR', file);
    const { code, out, err } = await runHaldane(['demo']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^haldane: .*file\/demo cannot be written: .*; HALDANE_DATA_DIR names another folder\n$/);
  });
});

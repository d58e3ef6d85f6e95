import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { COMMANDS, commandName } from '../../../src/cli/commands.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

const offered = async (...words: string[]) => {
  const { code, out, err } = await runHaldane(['completion', 'bash', '--', ...words]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').flatMap((line) => line.split('\t')[0] || []);
};

describe('haldane completion', () => {
  it('offers the first word of every command, each once', async () => {
    expect(await offered('')).toEqual([...new Set(COMMANDS.map((entry) => commandName(entry).split(' ')[0]))]);
  });

  it.each([
    [['im'], ['import']],
    [
      ['import', ''],
      ['kayenta', 'keptn'],
    ],
    [['store', 'c'], ['copy']],
    [
      ['store', 'copy', ''],
      ['--from', '--to', '--help'],
    ],
    [['import', 'kayenta', './bucket', '--d'], ['--dry-run']],
    [['import', 'kayenta', './buc'], []],
    [['store', 'copy', '--from', ''], []],
    [
      ['import', 'kayenta', '--json', '--t'],
      ['--to', '--timeout'],
    ],
    [['unknown', ''], []],
  ])('offers after %j %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  it('says beside every word what it is', async () => {
    const { out } = await runHaldane(['completion', 'fish', '--', 'import', 'kayenta', '--dr']);
    expect(out).toBe('--dry-run\tshow what would be done, write nothing\n');
  });

  it('works in a real bash', async () => {
    const bin = temporaryDirectory();
    const program = `#!/bin/sh\nexec ${process.execPath} ${resolve(packageJson.bin.haldane)} "$@"\n`;
    writeFileSync(join(bin, 'haldane'), program, { mode: 0o755 });
    const script = [
      'source <(haldane completion bash)',
      'complete -p haldane',
      'COMP_WORDS=(haldane store copy --); COMP_CWORD=3; _haldane',
      'echo "$' + '{COMPREPLY[@]}"',
    ];
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script.join('\n')], {
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    });
    expect(stdout).toBe('complete -o default -F _haldane haldane\n--from --to --help\n');
  });

  it.each(['zsh', 'fish'])('has a script for %s', async (shell) => {
    const { code, out } = await runHaldane(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain(`haldane completion ${shell} -- `);
  });

  it.each([
    [['tcsh'], "'tcsh' is not known; known: bash, zsh, fish"],
    [['bsh'], "'bsh' is not known (did you mean bash?); known: bash, zsh, fish"],
    [[], "'completion' needs <bash|zsh|fish>"],
  ])('answers %j with what it should have been', async (args, problem) => {
    expect(await runHaldane(['completion', ...args])).toEqual({
      code: 64,
      out: '',
      err: `haldane: ${problem} (haldane completion --help)\n`,
    });
  });
});

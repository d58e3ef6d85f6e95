import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ConfigProblem } from '../../../src/domain/config-problem.ts';
import { LINT_RULES } from '../../../src/domain/lint-rules.ts';
import { withSilenced } from '../../../src/domain/silenced-problems.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

// The first call loads the command, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const config = (name: string, ...lines: string[]) =>
  `name: ${name}\napplications: [shop]\njudge: { name: HaldaneJudge-v1.0 }\nclassifier: { groupWeights: { all: 100 } }\nmetrics:\n${lines.join('')}`;
const graphite =
  '  - { name: cpu, query: { type: graphite, metricName: "a.${scope}.cpu" }, groups: [all], scopeName: default }\n';
const misspelt = graphite.replace('metricName', 'statistic: x, metricName');

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, 'below'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('haldane config lint', () => {
  it('looks at files and at all of a folder, and exits by what is wrong', async () => {
    const folder = folderOf({
      'good.yml': config('good', graphite),
      'below/bad.json': JSON.stringify({ name: 'bad name', metrics: [] }),
      'notes.txt': 'no config',
    });
    const { code, out } = await runHaldane(['config', 'lint', folder, '--output', 'json']);
    expect(code).toBe(1);
    const files = JSON.parse(out) as { file: string; sound: boolean; problems: ConfigProblem[] }[];
    expect(files.map(({ file, sound }) => [file.slice(folder.length + 1), sound])).toEqual([
      ['below/bad.json', false],
      ['good.yml', true],
    ]);
    const rules = files[0]?.problems.map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['name-unusable', 'application-missing', 'metrics-missing']));
  });

  it('counts advice only with --strict, and not where the config silences it with a reason', async () => {
    const file = join(folderOf({ 'c.yml': config('c', misspelt) }), 'c.yml');
    expect(await runHaldane(['config', 'lint', file])).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /c\.yml: advice: metrics\[0\]\.query\.statistic: .* \[field-unknown\]\n1 config: 0 wrong, 1 advice, 0 silenced\n$/,
      ),
    });
    expect((await runHaldane(['config', 'lint', file, '--strict'])).code).toBe(1);
    const silence = 'lint: { ignore: [{ rule: field-unknown, metric: cpu, reason: a note for the team }] }\n';
    writeFileSync(file, silence + config('c', misspelt));
    expect(await runHaldane(['config', 'lint', file, '--strict'])).toMatchObject({
      code: 0,
      out: '1 config: 0 wrong, 0 advice, 1 silenced\n',
    });
  });

  it.each([
    [['config', 'lint'], "'config lint' needs files or folders, or --rules"],
    [['config', 'lint', '/nowhere'], '/nowhere cannot be read: there is no such file'],
    [['config', 'lint', 'src/cli/lint'], 'src/cli/lint holds no .yml, .yaml or .json file'],
  ])('does not pass where it looked at nothing: %j', async (args, said) => {
    expect(await runHaldane(args)).toMatchObject({ code: 64, err: expect.stringContaining(said) });
  });

  it('lists every rule with its reason, and so does the manual', async () => {
    const { out } = await runHaldane(['config', 'lint', '--rules', '--output', 'json']);
    const listed = JSON.parse(out) as { rule: string; why: string }[];
    expect(listed.map(({ rule }) => rule)).toEqual(Object.keys(LINT_RULES));
    const manual = readFileSync('src/cli/README.md', 'utf8');
    const rows = listed.map(({ rule, why }) => `| \`${rule}\` | ${why} |`);
    expect(rows.filter((row) => !manual.includes(row))).toEqual([]);
  });

  it('has no rule that nothing raises', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('lint-rules.ts'))
      .map((name) => readFileSync(`src/${name}`, 'utf8'))
      .join('\n');
    expect(Object.keys(LINT_RULES).filter((rule) => !sources.includes(`'${rule}'`))).toEqual([]);
  });
});

describe('silencing', () => {
  const problem = (rule: string, path: string, prevents: ConfigProblem['prevents'] = 'nothing'): ConfigProblem => {
    return { rule, path, prevents, message: 'is odd' };
  };
  const metrics = [{ name: 'a' }, { name: 'b' }];

  it('is of a rule, or of a rule and a metric', () => {
    const problems = [problem('points-overlap', 'metrics[0].query'), problem('points-overlap', 'metrics[1].query')];
    const ignore = [{ rule: 'points-overlap', metric: 'b', reason: 'smooth on purpose' }];
    expect(withSilenced(problems, { lint: { ignore }, metrics })).toEqual([
      problems[0],
      { ...problems[1], silenced: 'smooth on purpose' },
    ]);
    const all = [{ rule: 'points-overlap', reason: 'all of them' }];
    expect(withSilenced(problems, { lint: { ignore: all }, metrics }).every(({ silenced }) => silenced)).toBe(true);
  });

  it.each([
    ['points-overlop', "There is no rule 'points-overlop'; did you mean 'points-overlap'?"],
    ['judge-setting', "The rule 'judge-setting' tells what prevents running, and cannot be silenced; leave this out."],
  ])('of %s is told where it silences nothing', (rule, message) => {
    const wrong = problem('judge-setting', 'metrics[0].x', 'running');
    const [first, told] = withSilenced([wrong], { lint: { ignore: [{ rule, reason: 'no' }] }, metrics });
    expect(first).toEqual(wrong);
    expect(told).toMatchObject({ rule: 'silence-unknown', message, path: expect.stringContaining('lint.ignore[0]') });
  });
});

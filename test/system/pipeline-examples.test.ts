import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { createJudges } from '../../judges/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import type { BuiltRequest } from '../../src/domain/metrics-provider.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const EXAMPLES = 'openapi/examples/integrations';
/** `haldane` of the image, and `npx --yes haldane@<version>`, are the command line of these sources. */
const HALDANE = `#!/bin/sh\nexec "${process.execPath}" "${resolve('src/cli/haldane.ts')}" "$@"\n`;
const NPX = `#!/bin/sh\nshift 2\nexec "${process.execPath}" "${resolve('src/cli/haldane.ts')}" "$@"\n`;

let service: TestService;
let url: string;
let factor = 1;
const folder = temporaryDirectory();
beforeAll(async () => {
  const provider = fakeProvider((request) => {
    const times = request.scope.scope === 'checkout-canary' ? factor : 1;
    return [
      seriesOf(
        request,
        Array.from({ length: 60 }, (_, minute) => times * (100 + (minute % 7))),
      ),
    ];
  });
  service = await createTestService({ providers: [provider], judges: createJudges({}) });
  const judge = { name: 'NetflixACAJudge-v1.0' };
  const classifier = { groupWeights: { group: 100 }, scoreThresholds: { pass: 95, marginal: 75 } };
  const payload = { ...configOf(2, { judge, classifier }), name: 'checkout-latency' };
  await service.http.inject({ method: 'POST', url: '/canaryConfig', payload });
  url = await service.http.listen({ port: 0, host: '127.0.0.1' });
  for (const [name, script] of Object.entries({ npx: NPX, haldane: HALDANE })) {
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
});
afterAll(() => service.close());

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script of a pipeline, in a folder of its own. Windows that begin now would have to be waited for. */
async function runScript(script: string, variables: Record<string, string>, cwd = temporaryDirectory()): Promise<Ran> {
  const path = `${folder}:${process.env.PATH}`;
  const env = { ...process.env, CI: '', GITHUB_ACTIONS: '', PATH: path, HALDANE_URL: url, ...variables };
  const child = spawn('bash', ['-e', '-c', script.replaceAll('--for', '--last')], { cwd, env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: child.exitCode ?? (await new Promise((ended) => child.once('close', ended))), stdout, stderr };
}

const read = (file: string) => readFileSync(file, 'utf8');

describe.each([
  ['a good canary', 1, 0],
  ['a canary that is twice as slow', 2, 1],
])('%s', (_what, times, exitCode) => {
  const variables = { BASELINE: 'checkout-stable', CANARY: 'checkout-canary', CONFIG: 'checkout-latency' };

  it('is told by the action of GitHub, with a summary and annotations', async () => {
    factor = times;
    const { inputs, runs } = parse(read('.github/actions/canary-gate/action.yml'));
    const given: Record<string, string> = {
      ...{ config: 'checkout-latency', baseline: 'checkout-stable', canary: 'checkout-canary', last: '30m', url },
    };
    const [step] = runs.steps;
    const env = Object.entries<string>(step.env).map(([name, value]) => {
      const input = /inputs\.([\w-]+)/.exec(value)?.[1] ?? '';
      return [name, given[input] ?? inputs[input].default];
    });
    const cwd = temporaryDirectory();
    const files = { GITHUB_OUTPUT: join(cwd, 'output'), GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') };
    const github = { GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: `${times}`, GITHUB_JOB: 'canary', ...files };
    const ran = await runScript(step.run, { ...Object.fromEntries(env), ...github }, cwd);
    expect([ran.code, read(files.GITHUB_OUTPUT)]).toEqual([exitCode, `exit-code=${exitCode}\n`]);
    expect(read(files.GITHUB_STEP_SUMMARY)).toContain('m0');
    expect(`${ran.stdout}${ran.stderr}`.includes('::error')).toBe(exitCode === 1);
    expect(read(join(cwd, 'canary.xml'))).toContain('<testcase');
  });

  it('is told by the template of GitLab, with a test a metric', async () => {
    factor = times;
    const { '.canary-gate': gate } = parse(read(`${EXAMPLES}/gitlab-ci.yml`));
    const cwd = temporaryDirectory();
    const job = { ...gate.variables, CI_PIPELINE_ID: `${times}`, CI_JOB_NAME: 'canary' };
    const { code } = await runScript(gate.script.join('\n'), job, cwd);
    expect([code, existsSync(join(cwd, gate.artifacts.reports.junit))]).toEqual([exitCode, true]);
  });

  it('is told by the pipeline of Jenkins, with a test a metric', async () => {
    factor = times;
    const script = /script: '''([\s\S]*?)'''/.exec(read(`${EXAMPLES}/Jenkinsfile`))?.[1] ?? '';
    const cwd = temporaryDirectory();
    const { code } = await runScript(script, { ...variables, BUILD_TAG: `jenkins-${times}` }, cwd);
    expect([code, existsSync(join(cwd, 'canary.xml'))]).toEqual([exitCode, true]);
  });

  it('is told by the verify container of Google Cloud Deploy', async () => {
    factor = times;
    const { verify } = parse(read(`${EXAMPLES}/cloud-deploy/skaffold.yaml`));
    const { command, args } = verify[0].container;
    const words = [...command, ...args].map((word: string) => (word.startsWith('--url=') ? `--url=${url}` : word));
    expect((await runScript(words.join(' '), {})).code).toBe(exitCode);
  });
});

describe.each([
  ['a good canary', 1, 0, [5, 25, 50, 100]],
  ['a canary that is twice as slow', 2, 1, [5, 0]],
])('ramp.sh', (what, times, exitCode, shares) => {
  it(`moves the traffic of ${what} to ${shares.join(', ')} %`, async () => {
    factor = times;
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'shift-traffic'), '#!/bin/sh\necho "$1" >> moved\n', { mode: 0o755 });
    const hours = makeTimeFly();
    const variables = {
      ...{ BASELINE: 'checkout-stable', CANARY: 'checkout-canary', CONFIG: 'checkout-latency' },
      ...{ RELEASE: `release-${times}`, PATH: `${cwd}:${folder}:${process.env.PATH}` },
    };
    const ran = await runScript(read(`${EXAMPLES}/ramp.sh`), variables, cwd);
    hours.stop();
    expect([ran.code, read(join(cwd, 'moved')).trim().split('\n').map(Number)]).toEqual([exitCode, shares]);
    expect(ran.stdout).toContain(exitCode === 0 ? 'the ramp is over, promote the canary' : 'no, roll back');
  });
});

/** Minutes that pass in milliseconds: the clock is ahead, and what waits looks at it again. */
function makeTimeFly() {
  let ahead = 0;
  const real = Date.now.bind(Date);
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() + ahead);
  const timer = setInterval(() => {
    ahead += 5 * 60_000;
    void service.resume();
  }, 200);
  return {
    stop() {
      clearInterval(timer);
      clock.mockRestore();
    },
  };
}

it.each([
  ['blue-green', 'blue', 'green', 3_600_000],
  ['shadow', 'stable', 'shadow', 0],
  ['ab-test', 'A', 'B', 0],
])('the scope pair %s asks for what it says', async (name, baseline, canary, offsetMillis) => {
  const asked: Asked[] = [];
  const store = { ...prometheus, queryMetrics: async (request: BuiltRequest) => [answerOf(request, asked)] };
  const metricsStores = [
    prometheus.Account.parse({ name: 'p', type: 'prometheus', endpoint: { baseUrl: 'http://127.0.0.1:9' } }),
  ];
  const pairs = await createTestService({ providers: [store], judges: createJudges({}), metricsStores });
  const payload = JSON.parse(read(`${EXAMPLES}/scope-pairs/${name}.json`));
  const answer = await pairs.http.inject({ method: 'POST', url: '/canary?wait=30s', payload });
  await pairs.close();
  const { result, warnings } = answer.json();
  // Blue after the switch has no traffic, so nothing else can be done; the report says what that costs.
  const told = offsetMillis === 0 ? undefined : [expect.stringContaining('the arms were measured at different times')];
  expect([answer.statusCode, warnings]).toEqual([200, told]);
  expect(result.judgeResult.score.classification).toBe('Pass');
  const [control, experiment] = ['control', 'experiment'].map((side) => asked.filter((one) => one.side === side));
  expect([control?.length, experiment?.length]).toEqual([asked.length / 2, asked.length / 2]);
  for (const [index, { text: query, start }] of (experiment ?? []).entries()) {
    expect(query).toContain(`"${canary}"`);
    expect(query).not.toContain('${');
    expect(control?.[index]?.text).toBe(query.replaceAll(`"${canary}"`, `"${baseline}"`));
    expect(start - (control?.[index]?.start ?? 0)).toBeCloseTo(offsetMillis, -4);
  }
});

interface Asked {
  readonly side: string;
  readonly text: string;
  readonly start: number;
}

function answerOf(request: BuiltRequest, asked: Asked[]) {
  const { start = '', end = '', step = 60 } = request.scope;
  asked.push({ side: request.side, text: request.text, start: Date.parse(start) });
  const length = Math.floor((Date.parse(end) - Date.parse(start)) / (step * 1000));
  const level = request.text.includes('quantile')
    ? 0.2
    : request.text.includes('5..') || request.text.includes('orders')
      ? 20
      : 1000;
  return seriesOf(
    request,
    Array.from({ length }, (_, point) => level * (1 + ((point * 7) % 5) / 50)),
  );
}

it('no verdict is no pass in any pipeline', async () => {
  const { '.canary-gate': gate } = parse(read(`${EXAMPLES}/gitlab-ci.yml`));
  const { code } = await runScript(gate.script.join('\n'), { ...gate.variables, HALDANE_URL: 'http://127.0.0.1:9' });
  expect(code).toBe(3);
  expect(parse(read(`${EXAMPLES}/gitlab-ci.yml`)).canary.allow_failure.exit_codes).toBe(2);
});

it('the catalog entry of Azure names a template whose parameters are its own', () => {
  const entry = parse(read(`${EXAMPLES}/azure-deployment-environments/environment.yaml`));
  const template = JSON.parse(read(`${EXAMPLES}/azure-deployment-environments/${entry.templatePath}`));
  const required = Object.entries<{ defaultValue?: unknown }>(template.parameters).filter(
    ([, parameter]) => parameter.defaultValue === undefined,
  );
  expect(entry.parameters.map(({ id }: { id: string }) => id)).toEqual(
    required
      .map(([name]) => name)
      .sort()
      .reverse(),
  );
});

import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type ShopStandIn, startShopStandIn } from '../support/servers/shop-stand-in.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);
const EXAMPLES = resolve('openapi/examples/integrations');
const SOURCES = resolve('test/system/contract/orchestrators');
const BINARY = resolve('node_modules/.cache/orchestrators/orchestrators');
const MODULES = ['github.com/argoproj/argo-rollouts', 'github.com/fluxcd/flagger'] as const;
/** The first build compiles Kubernetes' client. */
const BUILD_MILLIS = 15 * 60_000;
/** Of one scenario; Argo looks at its Kayenta every 15 s. */
const PATIENT = 120_000;

const go = { cwd: SOURCES, env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOPROXY: 'off' } };
const folders = await Promise.all(
  MODULES.map(async (name) => {
    const listed = run('go', ['list', '-m', '-f', '{{.Dir}}', name], go);
    return (await listed.catch(() => ({ stdout: '' }))).stdout.trim();
  }),
);
const [argoFolder = '', flaggerFolder = ''] = folders;
const hasGo = folders.every((folder) => folder !== '');
if (!hasGo) console.warn('skipped: no go, or no modules; test/tools/install-contract-tools.sh gets them');

const config = {
  name: 'golden-signals',
  id: 'golden-signals',
  applications: ['guestbook'],
  judge: { name: 'HaldaneJudge-v1.0', judgeConfigurations: {} },
  metrics: ['latency', 'errors', 'cpu'].map((name) => ({
    name,
    query: {
      type: 'prometheus',
      serviceType: 'prometheus',
      customInlineTemplate: `PromQL:${name}{version="\${scope}"}`,
    },
    groups: ['signals'],
    analysisConfigurations: { canary: { direction: 'increase' } },
    scopeName: 'default',
  })),
  classifier: { groupWeights: { signals: 100 }, scoreThresholds: { pass: 95, marginal: 75 } },
};
const WINDOW = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' };

const TOKEN = 'a-token-of-thirty-two-characters-or-more';

let shop: ShopStandIn;
let service: ServiceProcess;
const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
const request = (path: string, init?: RequestInit) => fetch(`${service.baseUrl}${path}`, { headers, ...init });
/** With the token in it, for who sends no headers. */
const address = (user: string) => service.baseUrl.replace('://', `://${user}:${TOKEN}@`);

/** Of the run that was started last, when it has ended. */
async function lastVerdict(): Promise<{ verdict: string }> {
  const runs = (await (await request('/canary/executions?application=*&limit=1')).json()) as { pipelineId: string }[];
  const answer = await request(`/canary/${runs[0]?.pipelineId}/verdict?wait=60s`);
  return (await answer.json()) as { verdict: string };
}

/** An example as a file, with some of its text replaced. */
function example(name: string, ...replacements: [from: string | RegExp, to: string][]): string {
  const file = join(temporaryDirectory(), name);
  let written = readFileSync(join(EXAMPLES, name), 'utf8');
  for (const [from, to] of replacements) {
    expect(written).toMatch(from);
    written = written.replaceAll(from, to);
  }
  writeFileSync(file, written);
  return file;
}

async function play(args: readonly string[], input = '', environment = {}): Promise<string> {
  const child = spawn(BINARY, args, { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === '') throw new Error(err);
  return out;
}

describe.runIf(hasGo)('what orchestrators do with a verdict, in their own code', () => {
  beforeAll(async () => {
    mkdirSync(resolve(BINARY, '..'), { recursive: true });
    await run('go', ['build', '-o', BINARY, '.'], go);
    shop = await startShopStandIn();
    const dataDir = temporaryDirectory();
    const accounts = [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: shop.baseUrl } }];
    const auth = { adminToken: TOKEN };
    writeFileSync(join(dataDir, 'haldane.yml'), JSON.stringify({ dataDir, accounts, auth }));
    service = await startService({ HALDANE_CONFIG: join(dataDir, 'haldane.yml'), HALDANE_PORT: '0' });
    const stored = await request('/canaryConfig', { method: 'POST', body: JSON.stringify(config) });
    expect(await stored.json()).toEqual({ canaryConfigId: 'golden-signals' });
  }, BUILD_MILLIS);
  afterAll(async () => {
    await service.stop();
    await shop.stop();
  });

  describe('Flagger', () => {
    /** Calls the hooks of the example one after the other, with a window that is over. @returns their errors by name */
    async function hooks(spec: string, types: readonly string[], metadata: Record<string, string>) {
      const file = example('flagger-canary.yaml');
      const entries = Object.entries(metadata).map(([name, value]) => `${name}=${value}`);
      const input = types.map((type) => `${type} Progressing ${spec}\n`).join('');
      const lines = (await play(['flagger', file, address('flagger'), ...entries], input)).trim().split('\n');
      return Object.fromEntries(
        lines.map((line) => {
          const { hook, error } = JSON.parse(line) as { hook: string; error: string };
          return [hook, error];
        }),
      );
    }
    const DECIDING = ['rollout', 'confirm-traffic-increase', 'confirm-promotion', 'rollback', 'post-rollout'];

    it.each([
      [
        'a good canary',
        'v3',
        { verdict: '', 'more traffic': '', promotion: '', rollback: /^No reason.*Score 100 passes/ },
      ],
      [
        'a canary that is slower',
        'v2',
        {
          verdict: /^Score .* fails .*“latency {job=shop}” [\d.]+ → [\d.]+ \(\+\d+ %\).*\(report: http.*\)\.\n$/,
          'more traffic': /^No more traffic: Score/,
          promotion: /^No promotion: Score .* fails/,
          rollback: '',
        },
      ],
      [
        'a canary without data',
        'empty',
        {
          verdict: '',
          'more traffic': /No data from the canary/,
          promotion: /No data from the canary/,
          rollback: /^No reason to roll back: No data from the canary/,
        },
      ],
    ])('lets go on, stops or rolls back %s', async (_, experimentScope, expected) => {
      const metadata = { controlScope: 'v1', experimentScope, ...WINDOW };
      const begun = await hooks(experimentScope, ['confirm-rollout', 'pre-rollout'], metadata);
      expect(begun).toEqual({ 'can be judged': '', begin: '' });
      await lastVerdict();
      const answers = await hooks(experimentScope, DECIDING, metadata);
      expect(Object.keys(answers)).toEqual(['verdict', 'more traffic', 'promotion', 'rollback', 'end']);
      for (const [hook, error] of Object.entries({ ...expected, end: '' })) {
        if (error === '') expect([hook, answers[hook]]).toEqual([hook, '']);
        else expect(answers[hook]).toMatch(error);
      }
    });

    it('shows the sentence of a refusal word for word, at once', async () => {
      const { verdict } = await hooks('odd', ['rollout'], { controlScope: 'v1', experimentScope: 'v2', step: 'often' });
      expect(verdict).toBe(
        'metadata.step: write a whole number of seconds, such as 60, or a duration such as 60s or 1m (got "often")\n',
      );
    });
  });

  describe('Argo Rollouts', () => {
    interface Status {
      readonly phase: string;
      readonly message?: string;
      readonly metricResults: { readonly measurements: { phase: string; value?: string; message?: string }[] }[];
    }
    const POLLS = 6;
    /** As the example, but measured often, and a few times. */
    const quick: [RegExp, string][] = [
      [/count: 60/g, `count: ${POLLS}`],
      [/inconclusiveLimit: 60/g, `inconclusiveLimit: ${POLLS}`],
    ];

    async function analysis(
      file: string,
      args: Record<string, string>,
      environment: Record<string, string> = {},
    ): Promise<Status> {
      const list = Object.entries(args).map(([name, value]) => `${name}=${value}`);
      const at = environment.HALDANE_IMAGE === undefined ? address('argo') : service.baseUrl;
      return JSON.parse(await play(['argo', file, at, ...list, 'INTERVAL=1s'], '', environment)) as Status;
    }
    const last = ({ metricResults: [metric] }: Status) => metric?.measurements.at(-1);
    const web = (experiment: string) =>
      analysis(
        example('argo-web.yaml', ...quick, [
          'minutes: "{{args.minutes}}"',
          `start: "${WINDOW.start}"\n            end: "${WINDOW.end}"`,
        ]),
        { config: 'golden-signals', rollout: 'test/guestbook', control: 'v1', experiment },
        { HALDANE_TOKEN: TOKEN },
      );

    it.each([
      ['v3', 'Successful', 'pass'],
      ['v2', 'Failed', 'fail'],
      ['empty', 'Inconclusive', 'nodata'],
      ['broken', 'Inconclusive', 'error'],
    ])(
      'judges through its web provider: %s is %s',
      async (experiment, phase, verdict) => {
        const status = await web(experiment);
        expect([status.phase, JSON.parse(last(status)?.value ?? '{}').verdict]).toEqual([phase, verdict]);
        for (const { value = '' } of status.metricResults[0]?.measurements ?? []) {
          expect(Buffer.byteLength(value)).toBeLessThan(2000);
        }
      },
      PATIENT,
    );

    it(
      'never passes a run that is not judged yet',
      async () => {
        const { promise, resolve: release } = Promise.withResolvers<void>();
        shop.holds = promise;
        const status = await web('held-up');
        shop.holds = undefined;
        release();
        expect(status.phase).toBe('Inconclusive');
        const phases = status.metricResults[0]?.measurements.map((one) => one.phase);
        expect(phases).toEqual(Array.from({ length: POLLS }, () => 'Inconclusive'));
      },
      PATIENT,
    );

    it(
      'reads the verdict of a run that was started elsewhere',
      async () => {
        const side = (scope: string) => ({ scope, ...WINDOW, step: 60 });
        const scopes = { default: { controlScope: side('v1'), experimentScope: side('v2') } };
        const body = JSON.stringify({ scopes, thresholds: { pass: 95, marginal: 75 } });
        const started = await request('/canary/golden-signals', { method: 'POST', body });
        const { canaryExecutionId } = (await started.json()) as { canaryExecutionId: string };
        const status = await analysis(example('argo-verdict.yaml', ...quick), { run: canaryExecutionId });
        expect(status.phase).toBe('Failed');
        const once: [RegExp, string] = [/failureLimit: 0/g, 'failureLimit: 0\n      consecutiveErrorLimit: 0'];
        const nobody = await analysis(example('argo-verdict.yaml', ...quick, once), { run: 'no-such-run' });
        expect([nobody.phase, last(nobody)?.message]).toEqual(['Error', 'received non 2xx response code: 404']);
      },
      PATIENT,
    );

    it(
      'lets no ramp go on whose step was not judged, and fails one that was canceled',
      async () => {
        const scope = { scopeName: 'default', controlScope: 'v1', experimentScope: 'v3', step: 60 };
        const body = JSON.stringify({
          ...{ scopes: [scope], thresholds: { pass: 95, marginal: 75 }, analysisIntervalMins: 10, ramp: {} },
        });
        const started = await request('/standalone_canary_analysis/golden-signals', { method: 'POST', body });
        const { canaryAnalysisExecutionId: ramp } = (await started.json()) as { canaryAnalysisExecutionId: string };
        await request(`/analyses/${ramp}/steps`, { method: 'POST', body: JSON.stringify({ share: 5 }) });
        const file = example('argo-ramp.yaml', ...quick);
        const watched = await analysis(file, { ramp });
        expect([watched.phase, JSON.parse(last(watched)?.value ?? '{}').go]).toEqual(['Inconclusive', 'wait']);
        await request(`/standalone_canary_analysis/${ramp}/cancel`, { method: 'PUT' });
        const canceled = await analysis(file, { ramp });
        expect([canceled.phase, JSON.parse(last(canceled)?.value ?? '{}').go]).toEqual(['Failed', 'no']);
      },
      PATIENT,
    );

    it(
      'judges through its kayenta provider, which looks at the run every 15 s',
      async () => {
        const judge = (experiment: string) => {
          const args = { config: 'golden-signals', control: 'v1', experiment, ...WINDOW };
          return analysis(example('argo-kayenta.yaml'), args);
        };
        const [good, bad] = await Promise.all(['v3', 'v2'].map(judge));
        expect([good?.phase, good && last(good)?.value, bad?.phase]).toEqual(['Successful', '100', 'Failed']);
      },
      PATIENT,
    );

    it.each([
      ['v3', 'Successful', 'pass'],
      ['v2', 'Failed', 'fail'],
      ['empty', 'Failed', 'nodata'],
    ])(
      'runs the command line as a job: %s is %s',
      async (experiment, phase, verdict) => {
        const file = example('argo-job.yaml', ['--for', '--last']);
        const args = { config: 'golden-signals', key: `job-${experiment}`, control: 'v1', experiment };
        const image = `${process.execPath} ${resolve('src/cli/haldane.ts')}`;
        expect((await analysis(file, args, { HALDANE_IMAGE: image, HALDANE_TOKEN: TOKEN })).phase).toBe(phase);
        expect((await lastVerdict()).verdict).toBe(verdict);
      },
      PATIENT,
    );
  });
});

describe.runIf(hasGo)('the examples for orchestrators', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schemaIn = (file: string, kind: string) => {
    const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS());
    const crd = documents.find((one) => one?.spec?.names?.kind === kind);
    return crd.spec.versions.find(({ storage }: { storage: boolean }) => storage).schema.openAPIV3Schema;
  };
  it.each([
    ['flagger-canary.yaml', 'Canary', join(flaggerFolder, 'kustomize/base/flagger/crd.yaml')],
    ...['argo-web', 'argo-verdict', 'argo-ramp', 'argo-kayenta', 'argo-job'].map((name) => [
      `${name}.yaml`,
      'AnalysisTemplate',
      join(argoFolder, 'manifests/crds/analysis-template-crd.yaml'),
    ]),
  ] as [string, string, string][])('%s is valid (%s) by the schema that its makers publish', (name, kind, crd) => {
    const validate = ajv.compile(schemaIn(crd, kind));
    const document = parse(readFileSync(join(EXAMPLES, name), 'utf8'));
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...document, spec: { ...document.spec, metrics: 'none', analysis: 'none' } })).toBe(false);
  });
});

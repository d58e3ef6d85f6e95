import { z } from 'zod';
import type { HttpClient } from '../client/http-client.ts';
import { defineCommand, type Terminal } from '../command.ts';
import type { ExitCode } from '../command-error.ts';
import { words } from '../options.ts';
import { DataDir, ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { dryRun } from '../start/dry-run.ts';
import { RunOptions } from '../start/scope-options.ts';
import { prepareRun, start } from '../start/start-run.ts';
import { keyFromCi } from '../verdict/ci-identity.ts';
import { VerdictOptions, waitForVerdict } from '../verdict/conclude.ts';
import { addJobSummary, annotate, isGithub } from '../verdict/github.ts';
import { junitWithoutVerdict } from '../verdict/junit-without-verdict.ts';
import type { Judged, Verdict } from '../verdict/verdict.ts';
import { checkWritable, printVerdict, reportText } from '../verdict/verdict-output.ts';
import { exitCodeOf, VERDICT_EXIT_CODES, withPolicy } from '../verdict/verdict-policy.ts';

const Options = RunOptions.extend(ServiceOptions.shape).extend({
  dataDir: DataDir,
  ...VerdictOptions.shape,
  key: words('a key').max(255, 'must have at most 255 characters').optional().meta({
    value: 'key',
    description: "the same key goes on with the same run (default: the CI's own name of this job)",
  }),
  dryRun: z.boolean().default(false).describe('check config and request and show the queries; start nothing'),
});
type Options = z.output<typeof Options>;

/** `haldane gate`: starts a run once, waits for its verdict, and exits by it. What a CI job calls. */
export const gate = defineCommand({
  options: Options,
  examples: [
    'haldane gate checkout.yml --baseline shop-stable --canary shop-canary --last 30m',
    'haldane gate checkout --baseline v1 --canary v2 --for 10m --timeout 20m --junit canary.xml',
    'haldane gate checkout.yml --local --baseline shop-stable --canary shop-canary --last 30m --report canary.html',
    'haldane gate checkout.yml --baseline v1 --canary v2 --last 30m --dry-run',
  ],
  exitCodes: VERDICT_EXIT_CODES,
  async run({ args: [config], options }, terminal) {
    checkWritable(options);
    return withPolicy(options, () =>
      withService(options, async (client) => {
        const prepared = await prepareRun(config, options, client);
        if (options.dryRun) return dryRun({ ...prepared, account: options.account, client }, terminal);
        const key = options.key ?? keyFromCi(process.env, [prepared.path, prepared.query, prepared.body]);
        const started = await start(prepared, key, client);
        const where = options.local ? '' : `: ${started.reportUrl ?? client.baseUrl}`;
        const lines = [
          ...started.warnings.map((warning) => `warning: ${warning}`),
          `run ${started.id}${where}`,
          ...(started.repeated ? [EARLIER] : []),
        ];
        return decide({ kind: 'run', id: started.id }, key, { client, options, terminal, started: lines });
      }),
    );
  },
});

const EARLIER = 'it had been started before, with the same key: this goes on with it; --key <another> judges anew';

interface Context {
  readonly client: HttpClient;
  readonly options: Options;
  readonly terminal: Terminal;
  readonly started: readonly string[];
}

async function decide(judged: Judged, key: string | undefined, context: Context): Promise<ExitCode> {
  const { client, options, terminal, started } = context;
  const hasAddress = !options.local;
  const afterwards = afterInterruption(judged, key, options);
  const concluded = { client, judged, options, afterwards, hasAddress, started };
  const verdict = await waitForVerdict(concluded, terminal).catch((error) => {
    if (options.junit !== undefined) junitWithoutVerdict(options.junit, judged, error);
    throw error;
  });
  await printVerdict({ client, judged, verdict, hasAddress }, options, terminal);
  if (isGithub(process.env)) await tellGithub(judged, verdict, context);
  return exitCodeOf(verdict, options);
}

function afterInterruption({ id }: Judged, key: string | undefined, { local, dataDir }: Options): string {
  if (local && (dataDir === undefined || key === undefined)) {
    return 'the run is lost; with --data-dir and --key the same command would go on with it';
  }
  const again = key === undefined ? `haldane run wait ${id}` : 'the same command';
  return `the run goes on, and ${again} waits for it${local ? '' : `; haldane run cancel ${id} ends it`}`;
}

async function tellGithub(judged: Judged, verdict: Verdict, { client, terminal }: Context): Promise<void> {
  annotate(verdict, terminal);
  if (process.env.GITHUB_STEP_SUMMARY) {
    addJobSummary(await reportText({ judged, client }, 'md'), process.env, terminal);
  }
}

import { z } from 'zod';
import { createJudges } from '../../../judges/index.ts';
import { haldaneAt } from '../client/haldane-at.ts';
import { createHttpClient } from '../client/http-client.ts';
import { mapLimited } from '../client/map-limited.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT, type ExitCode, UNREACHABLE } from '../command-error.ts';
import { type CompareContext, compareRun, type RunComparison } from '../kayenta/compare-run.ts';
import { diffReport, summarize } from '../kayenta/diff-report.ts';
import { type JudgeSource, judgesOf, ownJudges } from '../kayenta/judge-source.ts';
import { readKayentaService } from '../kayenta/kayenta-service.ts';
import { type LastRun, lastArchivedRuns, lastLiveRuns } from '../kayenta/last-runs.ts';
import { openSource } from '../kayenta/open-source.ts';
import type { RefetchOptions } from '../kayenta/refetch-run.ts';
import { BaseUrl, Json, KayentaAccount, readAddress, TimeoutSeconds } from '../options.ts';
import { printReport } from '../terminal/print-report.ts';

const Options = z.object({
  last: z.coerce
    .number({ error: 'must be a number of runs' })
    .int('must be a whole number of runs')
    .min(1, 'must be at least 1')
    .default(200)
    .meta({ value: 'n', description: 'how many runs to compare, newest first' }),
  application: z
    .string()
    .default('')
    .transform((names) => names.split(',').filter((name) => name !== ''))
    .meta({ value: 'a,b', description: 'compare live runs of these applications (default: archived runs)' }),
  judge: z
    .string()
    .min(1, 'must be the name of a judge')
    .optional()
    .meta({ value: 'name', description: 'the judge to use (default: the one each run was judged with)' }),
  to: BaseUrl.optional().meta({
    value: 'url',
    description: 'a running Haldane to judge with (default: this process judges)',
  }),
  account: KayentaAccount,
  refetch: z
    .boolean()
    .default(false)
    .describe('fetch the series anew from the metrics stores of --to, instead of judging the recorded ones'),
  metricsAccount: z
    .string()
    .min(1, 'must be the name of an account')
    .optional()
    .meta({ value: 'name', description: 'with --refetch: the metrics account (default: the one of each run)' }),
  keep: z.boolean().default(false).describe('with --refetch: leave the runs on Haldane, to look at their reports'),
  onlyDifferences: z.boolean().default(false).describe('hide the lines that are equal'),
  json: Json,
  timeout: TimeoutSeconds.describe('how long to wait for one answer or verdict'),
});

const CONCURRENT_RUNS = 4;

/** `haldane diff kayenta`: judges Kayenta's runs again and shows where the verdicts differ. It writes nothing. */
export const diffKayenta = defineCommand({
  options: Options,
  examples: [
    'haldane diff kayenta http://kayenta:8090 --last 200',
    'haldane diff kayenta http://kayenta:8090 --application checkout,search --only-differences',
    'haldane diff kayenta http://kayenta:8090 --to http://haldane:8090 --refetch --last 20',
  ],
  exitCodes: {
    [EXIT.ok]: 'all verdicts are equal',
    [EXIT.findings]: 'verdicts differ, no run could be compared, or one could not be deleted again',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args: [from = ''], options }, terminal) {
    const { judge, json, onlyDifferences } = options;
    const timeoutMillis = options.timeout * 1000;
    const refetch = refetchOptions(options, timeoutMillis);
    const recorded = openRecorded(from, options, timeoutMillis);
    const judgeSource = await openJudgeSource(options.to, timeoutMillis);
    checkJudge(judgeSource, judge);
    const { results, failure } = await mapLimited({
      items: await recorded.runs(),
      concurrency: CONCURRENT_RUNS,
      work: (run) => compareRun(run, { judgeSource, judge, refetch, pairs: recorded.pairs }),
      progress: { output: terminal.stderr, label: 'runs' },
    });
    const value = { runs: results, summary: summarize(results) };
    printReport({ json, value, text: diffReport(results, onlyDifferences), failure }, terminal);
    return exitCodeOf(results);
  },
});

interface Recorded {
  runs(): Promise<readonly LastRun[]>;
  readonly pairs: CompareContext['pairs'];
}

/** The runs to compare: archived ones of a Kayenta or of its bucket, or live ones of applications. */
function openRecorded(from: string, options: z.output<typeof Options>, timeoutMillis: number): Recorded {
  const { account, application: applications, last } = options;
  if (applications.length === 0) {
    const source = openSource(from, account, timeoutMillis);
    return { runs: () => lastArchivedRuns(source, last), pairs: (id) => source.pairs(id) };
  }
  const client = createHttpClient({ baseUrl: readAddress(from), name: 'Kayenta', timeoutMillis });
  return {
    runs: () => lastLiveRuns(client, { applications, last, account }),
    // Live runs may be of any store of Kayenta; archived runs have their series beside them.
    pairs: (id, run) => readKayentaService(client, account ?? run.storageAccountName).pairs(id),
  };
}

/** @throws CommandError usage */
function refetchOptions(options: z.output<typeof Options>, timeoutMillis: number): RefetchOptions | undefined {
  const { to, refetch, metricsAccount, keep } = options;
  if (!refetch) {
    const given = metricsAccount === undefined ? '--keep' : '--metrics-account';
    if (metricsAccount === undefined && !keep) return undefined;
    throw new CommandError(EXIT.usage, `${given}: goes with --refetch`);
  }
  if (to === undefined) {
    const why = 'a running Haldane asks the metrics stores: name one with --to';
    throw new CommandError(EXIT.usage, `--refetch: ${why}`);
  }
  return {
    target: haldaneAt(to, timeoutMillis),
    metricsAccount,
    timeoutMillis,
    keep,
  };
}

async function openJudgeSource(to: string | undefined, timeoutMillis: number): Promise<JudgeSource> {
  if (to === undefined) return ownJudges(createJudges({}), timeoutMillis);
  return judgesOf(haldaneAt(to, timeoutMillis));
}

/** @throws CommandError usage */
function checkJudge({ judges }: JudgeSource, name: string | undefined): void {
  if (name === undefined || judges.includes(name)) return;
  throw new CommandError(EXIT.usage, `--judge: '${name}' is not known; known: ${judges.join(', ')}`);
}

/** Nothing compared is no proof of equality. */
function exitCodeOf(results: readonly RunComparison[]): ExitCode {
  const { runs } = summarize(results);
  const isClean = results.every(({ refetched }) => refetched?.left === undefined);
  return runs.different === 0 && runs.equal > 0 && isClean ? EXIT.ok : EXIT.findings;
}

import { z } from 'zod';
import { createJudges } from '../../../judges/index.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { createHttpClient } from '../client/http-client.ts';
import { mapLimited } from '../client/map-limited.ts';
import type { Command } from '../command.ts';
import { CommandError, EXIT, type ExitCode } from '../command-error.ts';
import { BaseUrl, readAddress, readOptions, TimeoutSeconds } from '../command-options.ts';
import { compareRun, type RunComparison } from '../kayenta/compare-run.ts';
import { diffReport, summarize } from '../kayenta/diff-report.ts';
import { type Bench, benchAt, benchHere } from '../kayenta/judge-again.ts';
import type { ArchivedRun } from '../kayenta/kayenta-objects.ts';
import { readKayentaService } from '../kayenta/kayenta-service.ts';
import { lastRuns } from '../kayenta/last-runs.ts';

const Options = z.object({
  last: z.coerce
    .number({ error: 'must be a number of runs' })
    .int('must be a whole number of runs')
    .min(1, 'must be at least 1')
    .default(200),
  application: z
    .string()
    .default('')
    .transform((names) => names.split(',').filter((name) => name !== '')),
  judge: z.string().min(1, 'must be the name of a judge').optional(),
  to: BaseUrl.optional(),
  account: z.string().min(1, 'must be a name').optional(),
  'only-differences': z.boolean().default(false),
  json: z.boolean().default(false),
  timeout: TimeoutSeconds,
});

const CONCURRENT_RUNS = 4;

/** `haldane diff kayenta`: judges what Kayenta has judged, and says where the verdicts part. Nothing is written. */
export const diffKayenta: Command = {
  name: 'diff kayenta',
  argument: '<url>',
  summary: 'Judge the last runs of a running Kayenta again and compare the verdicts, metric by metric',
  options: {
    last: { type: 'string', value: 'n', help: 'how many runs, newest first (200)' },
    application: { type: 'string', value: 'a,b', help: 'live runs of these applications (all archived runs)' },
    judge: { type: 'string', value: 'name', help: 'the judge to use (the one that judged then)' },
    to: { type: 'string', value: 'url', help: 'a running Haldane that judges (this program does)' },
    account: { type: 'string', value: 'name', help: "name of Kayenta's storage account (its default)" },
    'only-differences': { type: 'boolean', help: 'leave out the lines that are equal' },
    json: { type: 'boolean', help: 'report as JSON' },
    timeout: { type: 'string', value: 'seconds', help: 'longest wait for one answer or verdict (30)' },
  },
  exitCodes: ['all verdicts are equal', 'some differ, or no run could be compared'],
  async run({ argument, values }, { stdout, stderr }) {
    const options = readOptions(Options, values);
    const timeoutMillis = options.timeout * 1000;
    const kayenta = createHttpClient({ baseUrl: readAddress(argument), name: 'Kayenta', timeoutMillis });
    const bench = await openBench(options.to, timeoutMillis);
    checkJudge(bench, options.judge);
    const { account, application: applications, last, judge } = options;
    // Live runs may be of any store of Kayenta; those of an archive have their series beside them.
    const accountOf = (run: ArchivedRun) => account ?? (applications.length > 0 ? run.storageAccountName : undefined);
    const { results, failure } = await mapLimited({
      items: await lastRuns(kayenta, { applications, last, account }),
      concurrency: CONCURRENT_RUNS,
      work: (run) =>
        compareRun(run, {
          bench,
          judge,
          pairs: (id, of) => readKayentaService(kayenta, accountOf(of)).pairs(id),
        }),
      progress: { output: stderr, label: 'runs' },
    });
    const report = options.json
      ? `${toWireJson({ runs: results, summary: summarize(results) }, 2)}\n`
      : diffReport(results, options['only-differences']);
    stdout.write(report);
    if (failure !== undefined) throw failure;
    return exitCodeOf(results);
  },
};

async function openBench(to: string | undefined, timeoutMillis: number): Promise<Bench> {
  if (to === undefined) return benchHere(createJudges({}), timeoutMillis);
  return benchAt(createHttpClient({ baseUrl: to, name: 'Haldane', timeoutMillis }));
}

/** @throws CommandError usage */
function checkJudge({ judges }: Bench, name: string | undefined): void {
  if (name === undefined || judges.includes(name)) return;
  throw new CommandError(EXIT.usage, `--judge: '${name}' is not known; known: ${judges.join(', ')}`);
}

/** Nothing compared is no proof of equality. */
function exitCodeOf(results: readonly RunComparison[]): ExitCode {
  const { runs } = summarize(results);
  return runs.different === 0 && runs.equal > 0 ? EXIT.ok : EXIT.findings;
}

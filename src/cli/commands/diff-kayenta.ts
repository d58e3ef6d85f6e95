import { z } from 'zod';
import { createJudges } from '../../../judges/index.ts';
import { createHttpClient } from '../client/http-client.ts';
import { mapLimited } from '../client/map-limited.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT, type ExitCode, UNREACHABLE } from '../command-error.ts';
import { compareRun, type RunComparison } from '../kayenta/compare-run.ts';
import { diffReport, summarize } from '../kayenta/diff-report.ts';
import { type JudgeSource, judgesOf, ownJudges } from '../kayenta/judge-source.ts';
import type { ArchivedRun } from '../kayenta/kayenta-objects.ts';
import { readKayentaService } from '../kayenta/kayenta-service.ts';
import { lastRuns } from '../kayenta/last-runs.ts';
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
  ],
  exitCodes: {
    [EXIT.ok]: 'all verdicts are equal',
    [EXIT.findings]: 'verdicts differ, or no run could be compared',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args: [url = ''], options }, terminal) {
    const { account, application: applications, last, judge, json, onlyDifferences } = options;
    const timeoutMillis = options.timeout * 1000;
    const kayenta = createHttpClient({ baseUrl: readAddress(url), name: 'Kayenta', timeoutMillis });
    const judgeSource = await openJudgeSource(options.to, timeoutMillis);
    checkJudge(judgeSource, judge);
    // Live runs may be of any store of Kayenta; archived runs have their series beside them.
    const accountOf = (run: ArchivedRun) => account ?? (applications.length > 0 ? run.storageAccountName : undefined);
    const { results, failure } = await mapLimited({
      items: await lastRuns(kayenta, { applications, last, account }),
      concurrency: CONCURRENT_RUNS,
      work: (run) =>
        compareRun(run, {
          judgeSource,
          judge,
          pairs: (id, of) => readKayentaService(kayenta, accountOf(of)).pairs(id),
        }),
      progress: { output: terminal.stderr, label: 'runs' },
    });
    const value = { runs: results, summary: summarize(results) };
    printReport({ json, value, text: diffReport(results, onlyDifferences), failure }, terminal);
    return exitCodeOf(results);
  },
});

async function openJudgeSource(to: string | undefined, timeoutMillis: number): Promise<JudgeSource> {
  if (to === undefined) return ownJudges(createJudges({}), timeoutMillis);
  return judgesOf(createHttpClient({ baseUrl: to, name: 'Haldane', timeoutMillis }));
}

/** @throws CommandError usage */
function checkJudge({ judges }: JudgeSource, name: string | undefined): void {
  if (name === undefined || judges.includes(name)) return;
  throw new CommandError(EXIT.usage, `--judge: '${name}' is not known; known: ${judges.join(', ')}`);
}

/** Nothing compared is no proof of equality. */
function exitCodeOf(results: readonly RunComparison[]): ExitCode {
  const { runs } = summarize(results);
  return runs.different === 0 && runs.equal > 0 ? EXIT.ok : EXIT.findings;
}

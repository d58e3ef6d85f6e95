import { z } from 'zod';
import { toRunAnswer } from '../../engine/answers/run.ts';
import { findJudge } from '../../engine/judging/find-judge.ts';
import { CanaryError } from '../../errors.ts';
import { type RunParts, reportRun } from '../../reports/run-report.ts';
import { type ComparePage, renderComparePage } from '../../web/compare/compare-page.ts';
import { clientSignal } from '../request/client-signal.ts';
import type { HttpServer, Service } from '../service.ts';
import { pageScope, sendPage } from './page-plugin.ts';

const Query = z.object({ a: z.string().optional(), b: z.string().optional(), judge: z.string().optional() });

/** `/compare`: two runs, or one under two judges. */
export function comparePages(http: HttpServer, service: Service): void {
  pageScope(http, (pages) => {
    pages.get('/compare', { schema: { hide: true, querystring: Query } }, async ({ query, url }, reply) => {
      const ticked = new URL(url, 'http://host').searchParams.getAll('run');
      if (ticked.length > 0) return reply.redirect(await addressOfTicked(service, ticked));
      if (query.a === undefined) throw chooseTwo();
      const a = await runParts(service, query.a);
      const rejudged = query.judge === undefined ? {} : await judgedAgain(service, a, query.judge, clientSignal(reply));
      const b = query.b === undefined ? undefined : reportRun(await runParts(service, query.b));
      const judges = service.judges.filter(({ visible }) => visible).map(({ name }) => name);
      return sendPage(reply, renderComparePage({ a: reportRun(a), b, judge: query.judge, judges, ...rejudged }));
    });
  });
}

/** The older one is A. */
async function addressOfTicked({ runs }: Service, ids: readonly string[]): Promise<string> {
  const [first, second, ...others] = ids;
  if (first === undefined || second === undefined || others.length > 0) throw chooseTwo();
  const [one, other] = [await runs.get(first), await runs.get(second)];
  const [a, b] = one.buildTime <= other.buildTime ? [one, other] : [other, one];
  return `/compare?${new URLSearchParams({ a: a.id, b: b.id })}`;
}

function chooseTwo(): CanaryError {
  return new CanaryError('REQUEST_INVALID', 'Choose two runs in the list of runs: tick them, and press Compare.');
}

async function runParts({ runs, series, accounts }: Service, id: string): Promise<RunParts> {
  const run = toRunAnswer(await runs.get(id));
  const pairs = (await series.ofRun(run)) ?? [];
  return { run, pairs, linkTo: accounts.linkTo };
}

/** The run as it would be, had another judge judged its series; or why that one cannot. */
async function judgedAgain(
  { judges }: Service,
  { run, pairs, linkTo }: RunParts,
  name: string,
  signal: AbortSignal,
): Promise<Pick<ComparePage, 'b' | 'problem'>> {
  const judge = findJudge(judges, name);
  if (pairs.length === 0) return { problem: 'This run has no stored series, so it cannot be judged again.' };
  const config = { ...run.config, judge: { ...run.config.judge, name } };
  const scoreThresholds = run.canaryExecutionRequest.thresholds ?? {};
  try {
    const judgeResult = await judge.judge({ canaryConfig: config, scoreThresholds, metricSetPairList: pairs }, signal);
    const { exception: _, ...judged } = run;
    const again = { ...judged, config, status: 'succeeded', complete: true, result: { judgeResult } } as const;
    return { b: reportRun({ run: again, pairs, linkTo }) };
  } catch (error) {
    if (error instanceof CanaryError) return { problem: `${name} cannot judge it: ${error.message}` };
    throw error;
  }
}

import { z } from 'zod';
import type { CanaryJudge, JudgeRequest } from '../../domain/canary-judge.ts';
import { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import { judgeSeries } from '../../engine/judging/judge-series.ts';
import { messageOf } from '../../errors.ts';
import type { HttpClient } from '../client/http-client.ts';
import { CommandError, EXIT } from '../command-error.ts';
import type { Read } from './kayenta-objects.ts';

/** The judges of this program, or of a running Haldane. */
export interface JudgeSource {
  /** names of its judges */
  readonly judges: readonly string[];
  /** Judges with the config's judge. */
  judge(request: JudgeRequest): Promise<Read<CanaryJudgeResult>>;
}

/** The judges of this program. */
export function ownJudges(judges: readonly CanaryJudge[], timeoutMillis: number): JudgeSource {
  return {
    judges: judges.map(({ name }) => name),
    async judge(request) {
      const { canaryConfig: config, scoreThresholds: thresholds, metricSetPairList: pairs } = request;
      try {
        const judgement = { judges, config, thresholds, pairs };
        return { ok: true, value: await judgeSeries(judgement, AbortSignal.timeout(timeoutMillis)) };
      } catch (error) {
        return { ok: false, reason: messageOf(error) };
      }
    },
  };
}

const JudgeViews = z.array(z.looseObject({ name: z.string() }));

/** The judges of a running Haldane. @throws CommandError when it cannot list them */
export async function judgesOf(client: HttpClient): Promise<JudgeSource> {
  const answer = await client.get('/judges');
  const judges = answer.ok ? JudgeViews.safeParse(answer.body) : undefined;
  if (!judges?.success) {
    const reason = answer.ok ? 'the answer is not a list of judges' : answer.reason;
    throw new CommandError(EXIT.unreachable, `Haldane at ${client.baseUrl} cannot judge: GET /judges: ${reason}`);
  }
  return {
    judges: judges.data.map(({ name }) => name),
    async judge(request) {
      const judged = await client.send('POST', '/judge', { body: request });
      if (!judged.ok) return judged;
      const result = CanaryJudgeResult.safeParse(judged.body);
      return result.success
        ? { ok: true, value: result.data }
        : { ok: false, reason: 'POST /judge answers no verdict' };
    },
  };
}

import type { VerdictReport } from '../../domain/verdict-report.ts';
import { verdictOfAnalysis, verdictOfRun } from '../../reports/run-verdict.ts';
import type { Accounts } from '../accounts.ts';
import type { Analyses } from '../analyses/analyses.ts';
import { answerAnalysis } from '../analyses/answer.ts';
import { toRunAnswer } from '../answers/run.ts';
import type { Runs } from '../runs/runs.ts';

/** What pipelines are told of runs and analyses. Reads no series. */
export interface Verdicts {
  /** @param address of the service, as the client knows it. @throws CanaryError EXECUTION_NOT_FOUND */
  ofRun(id: string, address: string): Promise<VerdictReport>;
  /** @throws CanaryError EXECUTION_NOT_FOUND */
  ofAnalysis(id: string, address: string): Promise<VerdictReport>;
}

interface VerdictsParts {
  readonly runs: Runs;
  readonly analyses: Analyses;
  readonly accounts: Accounts;
  readonly now: () => number;
}

export function createVerdicts(parts: VerdictsParts): Verdicts {
  const { runs, analyses, now } = parts;
  return {
    ofRun: async (id, address) => verdictOfRun(toRunAnswer(await runs.get(id)), { nowMillis: now(), address }),
    ofAnalysis: async (id, address) => {
      const answer = await answerAnalysis(parts, await analyses.get(id));
      return verdictOfAnalysis(answer, { nowMillis: now(), address });
    },
  };
}

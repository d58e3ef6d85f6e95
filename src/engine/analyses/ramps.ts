import type { NextStep, RampStep } from '../../domain/ramp.ts';
import type { AnalysisStage, StandaloneAnalysis } from '../../domain/standalone-analysis.ts';
import { CanaryError } from '../../errors.ts';
import { nextStepOf } from '../../reports/next-step.ts';
import { waitUntilReady } from '../wait-for-end.ts';
import type { Analyses } from './analyses.ts';
import type { AnalysisWorkerOptions } from './analysis-worker.ts';
import { type AskedStep, announcedBefore, refuseStep } from './announced-step.ts';
import { answerAnalysis } from './answer.ts';
import { cancelJudgement } from './judgement.ts';

const MINUTE = 60_000;

interface RampsParts extends Pick<AnalysisWorkerOptions, 'store' | 'runs' | 'queue' | 'accounts' | 'now'> {
  readonly analyses: Analyses;
}

/** Ramps: analyses that judge each share of the traffic as it is announced. */
export class Ramps {
  readonly #parts: RampsParts;

  constructor(parts: RampsParts) {
    this.#parts = parts;
  }

  /**
   * Announces the next share of the traffic; its window begins now. The same announcement again is no new step.
   *
   * @returns whether it is new
   * @throws CanaryError STEP_REFUSED when the ramp has ended, the step before has not passed, or the share falls
   */
  async announce(id: string, asked: AskedStep): Promise<boolean> {
    const { store, runs, queue, now } = this.#parts;
    for (;;) {
      const analysis = await this.#get(id);
      if (announcedBefore(analysis, asked)) return false;
      const before = await this.#nextStep(analysis, '');
      refuseStep(analysis, asked, before);
      // Another process announced one, or the worker wrote: look again at what holds now.
      if (!(await store.update(withStep(analysis, { ...asked, at: now(), overrides: isOverride(asked, before) }))))
        continue;
      const replaced = analysis.stages?.find(({ status }) => status === 'running')?.executionId;
      await cancelJudgement(runs, replaced);
      await queue.push({ kind: 'analysis', id });
      return true;
    }
  }

  /** Whether the ramp may go on. @param address of the service. @throws CanaryError EXECUTION_NOT_FOUND, EXECUTION_KIND */
  async nextStep(id: string, address: string): Promise<NextStep> {
    return this.#nextStep(await this.#get(id), address);
  }

  /** Resolves when the answer is no longer to wait, after `millis`, or when `signal` aborts. */
  waitFor(id: string, millis: number, signal?: AbortSignal): Promise<void> {
    const isReady = async () => (await this.nextStep(id, '')).go !== 'wait';
    return waitUntilReady(id, { millis, signal, watch: this.#parts.analyses.watch, isReady });
  }

  async #get(id: string): Promise<StandaloneAnalysis> {
    const analysis = await this.#parts.analyses.get(id);
    if (analysis.request.ramp !== undefined || analysis.unreadable !== undefined) return analysis;
    const remedy = 'start one with `ramp` in its executionRequest, such as {"ramp": {}}';
    throw new CanaryError('EXECUTION_KIND', `The analysis '${id}' is no ramp, so it has no steps; ${remedy}.`);
  }

  async #nextStep(analysis: StandaloneAnalysis, address: string): Promise<NextStep> {
    const judgedAtMillis = analysis.stages?.findLast(({ step }) => step !== undefined)?.window?.end;
    const answer = await answerAnalysis(this.#parts, analysis);
    return nextStepOf(answer, { nowMillis: this.#parts.now(), address, judgedAtMillis });
  }
}

function isOverride({ share }: AskedStep, { go, step }: NextStep): boolean {
  return step !== null && go !== 'yes' && share > step.share;
}

interface Announced extends AskedStep {
  readonly at: number;
  readonly overrides: boolean;
}

/** The analysis with one more step, or with the latest one watched longer, when it is the same share again. */
function withStep(analysis: StandaloneAnalysis, { share, minutes, key, at, overrides }: Announced): StandaloneAnalysis {
  const { request, stages = [] } = analysis;
  const judgements = stages.filter(({ type }) => type === 'runCanary');
  const latest = judgements.at(-1)?.step;
  const begun = latest?.share === share ? judgements.find(({ step }) => step?.number === latest.number) : undefined;
  const length = (minutes ?? request.analysisIntervalMins ?? 0) * MINUTE;
  const start = begun?.window?.start ?? at + request.beginAfterMins * MINUTE;
  const end = begun === undefined ? start + length : at + length;
  const step: RampStep = {
    number: begun?.step?.number ?? (latest?.number ?? 0) + 1,
    share,
    minutes: length / MINUTE,
    announcedAt: at,
    ...(key === undefined ? {} : { key }),
    ...(overrides ? { overrides } : {}),
  };
  const place = judgements.length + 1;
  const wait: AnalysisStage = {
    ...{ type: 'wait', name: `Interval Wait #${place}`, status: 'not_started' },
    ...{ waitMillis: end - at, wakeAt: end },
  };
  const run: AnalysisStage = {
    ...{ type: 'runCanary', name: `Run Canary #${place}`, status: 'not_started' },
    ...{ window: { start, end }, step },
  };
  const startTime = analysis.startTime ?? at;
  return { ...analysis, status: 'running', startTime, stages: [...stages.map(canceledIfOpen), wait, run] };
}

/** A step that another one follows before it was judged never is. */
function canceledIfOpen(stage: AnalysisStage): AnalysisStage {
  return stage.status === 'not_started' || stage.status === 'running' ? { ...stage, status: 'canceled' } : stage;
}

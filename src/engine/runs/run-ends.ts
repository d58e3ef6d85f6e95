import { EventEmitter } from 'node:events';
import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import { coverageOf, isOverNothing } from '../../domain/coverage.ts';
import { type Measure, UNMEASURED } from '../../domain/service-metrics.ts';
import type { RunChange, RunStore } from '../../domain/stores.ts';
import type { Callbacks } from '../callbacks/callbacks.ts';
import { type EndWait, waitForEnd } from '../wait-for-end.ts';

interface RunEndsOptions {
  readonly store: RunStore;
  readonly callbacks: Callbacks;
  readonly now: () => number;
  /** absent: nobody counts */
  readonly measure?: Measure | undefined;
}

/** Who ends a run. */
interface Ending {
  /** only if this attempt still has the run; absent: whoever has it */
  readonly attempt?: number;
  /** of the run; absent: the store is asked */
  readonly application?: string | undefined;
}

/** Ends runs, and wakes those waiting for an end in this process. */
export class RunEnds {
  readonly #options: RunEndsOptions;
  readonly #ended = new EventEmitter().setMaxListeners(0);

  constructor(options: RunEndsOptions) {
    this.#options = options;
  }

  /** @returns false when it had ended, or another attempt has it */
  async end(id: string, change: RunChange, { attempt, application }: Ending): Promise<boolean> {
    const { store, callbacks, now } = this.#options;
    const ended = await store.update(id, { ...change, endTime: now() }, attempt);
    this.#ended.emit(id);
    this.#ended.emit(analysisOf(id));
    if (ended) await Promise.all([callbacks.ended('canary', id), this.#count(id, change, application)]);
    return ended;
  }

  async #count(id: string, { status = 'terminal', result }: RunChange, known: string | undefined): Promise<void> {
    const { store, measure = UNMEASURED } = this.#options;
    const application = known ?? (await store.applicationOf(id)) ?? '';
    measure.count('haldane_runs_total', { application, status, verdict: verdictLabel(result?.judgeResult) });
  }

  /**
   * Calls back when the run ends in this process; at most once. A later call replaces an earlier one. Call it before
   * checking whether the run has ended, or an end in between is missed.
   *
   * @returns a function that unregisters the callback
   */
  onceEnded(id: string, callback: () => void): () => void {
    const event = analysisOf(id);
    this.#ended.removeAllListeners(event);
    this.#ended.once(event, callback);
    return () => this.#ended.off(event, callback);
  }

  /** Resolves when the run has ended, after `millis`, or when `signal` aborts. @returns whether it has ended */
  waitFor(id: string, wait: EndWait): Promise<boolean> {
    const listen = (onEnd: () => void) => {
      this.#ended.once(id, onEnd);
      return () => void this.#ended.off(id, onEnd);
    };
    return waitForEnd(id, { ...wait, listen });
  }
}

/** A pass over nothing is none. */
function verdictLabel(judged: CanaryJudgeResult | undefined): string {
  if (judged === undefined) return 'none';
  const verdict = judged.score.classification;
  return verdict === 'Pass' && isOverNothing(coverageOf(judged.results)) ? 'nodata' : verdict.toLowerCase();
}

/** The event for the analysis that waits for a run; there is at most one. */
function analysisOf(id: string): string {
  return `${id} analysis`;
}

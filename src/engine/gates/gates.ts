import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { GateAsk, GateCanary, GateJudgeAsk, GateMarks, GateStanding } from '../../domain/gate.ts';
import type { GateRelease, GateStore, StoredGateRelease } from '../../domain/gate-release.ts';
import { EXECUTION_STATUS, type Run } from '../../domain/run.ts';
import type { VerdictReport } from '../../domain/verdict-report.ts';
import { CanaryError } from '../../errors.ts';
import type { CanaryConfigs } from '../configs/canary-configs.ts';
import type { AccountChecks } from '../fetching/account-checks.ts';
import type { Verdicts } from '../reports/verdicts.ts';
import type { Runs, StartRun } from '../runs/runs.ts';
import { DEFAULT_STEP_SECONDS, type GateWindow, probeWindow } from './canary-request.ts';
import { checkJudgement } from './check-judgement.ts';
import { findConfig } from './find-config.ts';
import { type AdmittedConfig, judgementStart } from './judgement-start.ts';

/** A judgement of what there is so far is not repeated sooner, whatever the step. */
const LEAST_PAUSE_MILLIS = 60_000;
/** Of two points nobody can say anything. */
const LEAST_STEPS = 2;
/** Two writers of one release are two calls at once; more than a few in a row are none. */
const MOST_TRIES = 5;

export interface GatesParts {
  readonly store: GateStore;
  readonly runs: Runs;
  readonly verdicts: Verdicts;
  readonly canaryConfigs: CanaryConfigs;
  readonly accountChecks: Pick<AccountChecks, 'check'>;
  readonly newRunId: () => string;
  readonly now: () => number;
}

/** Who asks: a gate, and under which address it reached the service. */
export interface GateCaller {
  readonly gate: string;
  readonly address: string;
  /**
   * Whether whoever calls may judge this. @returns the application of the run
   *
   * @throws CanaryError PERMISSION_DENIED
   */
  admit(config: CanaryConfig, canary: GateCanary | undefined): string;
}

/** When an ask came, and what it may judge. */
interface Moment {
  readonly admitted: AdmittedConfig;
  readonly nowMillis: number;
}

interface Next {
  readonly release: GateRelease;
  /** absent: nothing is started */
  readonly start?: StartRun & { readonly id: string };
}

/**
 * What tools ask about, turned into runs that are started as every other. A release is remembered by its key, over
 * restarts and replicas; the id of a run is stored before it is started, so that a call that is repeated starts nothing
 * twice.
 */
export class Gates {
  readonly #parts: GatesParts;

  constructor(parts: GatesParts) {
    this.#parts = parts;
  }

  /** Never waits for a judgement. @throws CanaryError with a 4xx when one was asked for that would certainly fail */
  async ask(caller: GateCaller, ask: GateAsk): Promise<GateStanding> {
    const { now, canaryConfigs } = this.#parts;
    const found = await findConfig(canaryConfigs, ask.config);
    const application = caller.admit(found.config, ask.act === 'look' ? undefined : ask.canary);
    const admitted = { ...found, application };
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const nowMillis = now();
      const stored = await this.#find(caller, ask, nowMillis);
      const settled = await this.#settled(stored.release);
      const { release, start } = await this.#next(ask, settled, { admitted, nowMillis });
      if (!(await this.#parts.store.put({ ...stored, release }, nowMillis))) continue;
      if (start !== undefined) await this.#start(start);
      const problem = ask.act === 'check' ? await checkJudgement(this.#parts, admitted, ask.canary) : undefined;
      return { ...(await this.#standing(release, caller)), nowMillis, problem };
    }
    throw new CanaryError('LIMIT_REACHED', 'Too many calls at once are about the same release; try again.', {
      retryAfterMillis: 1000,
    });
  }

  /** Sets marks of a release. */
  async remember({ gate }: Pick<GateCaller, 'gate'>, { key }: Pick<GateAsk, 'key'>, marks: GateMarks): Promise<void> {
    const { store, now } = this.#parts;
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const stored = await store.get(keyOf(gate, key));
      if (stored === undefined) return;
      const release = { ...stored.release, marks: { ...stored.release.marks, ...marks } };
      if (await store.put({ ...stored, release }, now())) return;
    }
  }

  /** The release of an ask; a new one where none is known, or the one that is known is over. */
  async #find(
    { gate }: GateCaller,
    { key, overAfter = [], graceMillis = 0 }: GateAsk,
    nowMillis: number,
  ): Promise<StoredGateRelease> {
    const whole = keyOf(gate, key);
    const stored = (await this.#parts.store.get(whole)) ?? { key: whole, version: 0, release: undefined };
    const isOver = overAfter.some(
      (mark) => nowMillis - graceMillis >= (stored.release?.marks[mark] ?? Number.POSITIVE_INFINITY),
    );
    const fresh: GateRelease = { marks: {} };
    return { ...stored, release: stored.release === undefined || isOver ? fresh : stored.release };
  }

  /** With the latest judgement as the judged one, once it has ended. */
  async #settled(release: GateRelease): Promise<GateRelease> {
    const { latest } = release;
    if (latest === undefined || latest.runId === release.judged?.runId) return release;
    const run = await this.#parts.runs.find(latest.runId);
    return run !== undefined && hasEnded(run) ? { ...release, judged: latest } : release;
  }

  /** The release with a further judgement, where one is due, and how to start it. */
  async #next(ask: GateAsk, known: GateRelease, { admitted, nowMillis }: Moment): Promise<Next> {
    if (ask.act !== 'judge') return { release: known };
    const { runs, newRunId } = this.#parts;
    const release = { ...known, begunMillis: known.begunMillis ?? nowMillis };
    const startOf = (window: GateWindow) => judgementStart(admitted, ask.canary, window);
    const { latest, judged } = release;
    if (latest !== undefined && latest.runId !== judged?.runId) {
      // The process may have died between the two: the run is started under the id that was stored for it.
      if ((await runs.find(latest.runId)) !== undefined) return { release };
      const window = { ...windowOf(ask, release, nowMillis), endMillis: latest.endMillis };
      return { release, start: { ...startOf(window), id: latest.runId } };
    }
    const window = dueWindow(ask, release, nowMillis);
    // What would be refused later is refused now, while somebody looks; and a run that is refused is not remembered.
    if (window !== undefined || latest === undefined) runs.check(startOf(window ?? probeWindow(nowMillis)));
    if (window === undefined) return { release };
    const runId = newRunId();
    const next = { ...release, latest: { runId, endMillis: window.endMillis } };
    return { release: next, start: { ...startOf(window), id: runId } };
  }

  async #start(start: StartRun & { readonly id: string }): Promise<void> {
    const { runs } = this.#parts;
    try {
      await runs.start(start);
    } catch (error) {
      // Two calls at once that both found a run missing: the other was faster.
      if ((await runs.find(start.id)) === undefined) throw error;
    }
  }

  async #standing(release: GateRelease, { address }: GateCaller): Promise<Omit<GateStanding, 'nowMillis' | 'problem'>> {
    const { latest, judged, begunMillis, marks } = release;
    const shown = judged ?? latest;
    const verdict = shown && (await this.#verdictOf(shown.runId, address));
    return {
      ...(verdict === undefined ? {} : { verdict, judgedUntilMillis: shown?.endMillis }),
      isJudging: latest !== undefined && latest.runId !== judged?.runId,
      begunMillis,
      marks,
    };
  }

  /** Undefined of a run that somebody deleted. */
  async #verdictOf(runId: string, address: string): Promise<VerdictReport | undefined> {
    try {
      return await this.#parts.verdicts.ofRun(runId, address);
    } catch (error) {
      if (error instanceof CanaryError && error.code === 'EXECUTION_NOT_FOUND') return undefined;
      throw error;
    }
  }
}

function keyOf(gate: string, key: readonly string[]): string {
  return JSON.stringify([gate, ...key]);
}

function hasEnded({ status }: Run): boolean {
  return EXECUTION_STATUS[status].complete;
}

function windowOf({ canary }: GateJudgeAsk, { begunMillis = Number.NaN }: GateRelease, nowMillis: number): GateWindow {
  const startMillis = canary.startMillis ?? begunMillis;
  return { startMillis, endMillis: endOf(canary, startMillis) ?? nowMillis };
}

function endOf({ endMillis, lastsMillis }: GateCanary, startMillis: number): number | undefined {
  return endMillis ?? (lastsMillis === undefined ? undefined : startMillis + lastsMillis);
}

/** What is to be judged now. A window that the tool names is judged once; what there is so far, every now and then. */
function dueWindow(ask: GateJudgeAsk, release: GateRelease, nowMillis: number): GateWindow | undefined {
  const { step = DEFAULT_STEP_SECONDS } = ask.canary;
  const window = windowOf(ask, release, nowMillis);
  const endMillis = endOf(ask.canary, window.startMillis);
  if (endMillis !== undefined) return release.latest?.endMillis === endMillis ? undefined : window;
  const stepMillis = step * 1000;
  if (window.endMillis - window.startMillis < LEAST_STEPS * stepMillis) return undefined;
  const pause = Math.max(LEAST_PAUSE_MILLIS, stepMillis);
  return nowMillis - (release.latest?.endMillis ?? 0) < pause ? undefined : window;
}

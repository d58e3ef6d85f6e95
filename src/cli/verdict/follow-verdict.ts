import { abortable } from '../../waiting/abortable.ts';
import { monotonicClock } from '../../waiting/clocks.ts';
import { sleep } from '../../waiting/sleep.ts';
import type { HttpClient } from '../client/http-client.ts';
import type { JsonAnswer, NoAnswer } from '../client/json-answer.ts';
import { readBody, reasonOf } from '../client/read-answer.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { type Judged, pathOf, Verdict } from './verdict.ts';

/** How long a service may be out of reach before a verdict is given up. */
const OUT_OF_REACH_MILLIS = 120_000;
const PAUSE_MILLIS = 2000;
/** An answer that is not the last and comes sooner did not wait as it was asked to. */
const TOO_SOON_MILLIS = 250;

/** Where progress is shown. */
export interface ProgressView {
  /** how long a request may wait for the end before progress is shown again */
  readonly everySeconds: number;
  show(verdict: Verdict): Promise<void>;
  /** a sentence that is not progress */
  tell(text: string): void;
  /** The last time it is shown. */
  end(): void;
}

interface FollowedVerdict {
  readonly client: HttpClient;
  readonly judged: Judged;
  /** absent: until it has ended, which it does */
  readonly timeoutMillis?: number | undefined;
  readonly view: ProgressView;
  readonly signal: AbortSignal;
}

/** Waits for the end. @throws CommandError without a verdict: timeout, out of reach, interrupted */
export async function followVerdict(followed: FollowedVerdict): Promise<Verdict> {
  try {
    return await follow(followed);
  } finally {
    followed.view.end();
  }
}

async function follow({ client, judged, timeoutMillis, view, signal }: FollowedVerdict): Promise<Verdict> {
  const until = monotonicClock() + (timeoutMillis ?? Number.POSITIVE_INFINITY);
  let reached: number | undefined;
  for (let outSince: number | undefined; ; ) {
    const asked = monotonicClock();
    const seconds = Math.max(0, Math.min(view.everySeconds, (until - asked) / 1000));
    const answer = await ask(client, judged, seconds, signal);
    if (answer.ok) {
      outSince = undefined;
      reached = monotonicClock();
      const verdict = readBody(answer, `the verdict of ${client.baseUrl}`, Verdict);
      if (verdict.done) return verdict;
      await view.show(verdict);
    } else {
      refuseLasting(answer, judged, reached !== undefined);
      if (outSince === undefined) view.tell(`no answer, asking again: ${answer.reason}`);
      outSince ??= asked;
      if (monotonicClock() - outSince > OUT_OF_REACH_MILLIS) {
        throw new CommandError(EXIT.unreachable, `no answer for ${OUT_OF_REACH_MILLIS / 1000} s: ${answer.reason}`);
      }
    }
    const left = until - monotonicClock();
    if (left <= 0) throw timedOut(judged, timeoutMillis);
    if (!answer.ok || monotonicClock() - asked < TOO_SOON_MILLIS) await sleep(Math.min(PAUSE_MILLIS, left), signal);
  }
}

/** An unreachable service may come back. */
async function ask(client: HttpClient, judged: Judged, seconds: number, signal: AbortSignal): Promise<JsonAnswer> {
  try {
    const wait = `${Math.round(seconds * 1000)}ms`;
    // An embedded service goes on with a request when this command is to stop.
    return await abortable(client.get(`${pathOf(judged)}/verdict`, { wait }, signal), signal);
  } catch (error) {
    if (error instanceof CommandError && !signal.aborted) return { ok: false, reason: error.message };
    throw error;
  }
}

/** @throws CommandError for an answer that will be the same next time */
function refuseLasting(answer: NoAnswer, judged: Judged, known: boolean): void {
  const { status } = answer;
  if (status === undefined || status >= 500 || status === 408 || status === 429) return;
  const what = judged.kind === 'run' ? 'run' : 'analysis';
  const exitCode = status === 404 && !known ? EXIT.usage : EXIT.noVerdict;
  const remedy = exitCode === EXIT.usage ? `; \`haldane ${what} list\` shows which there are` : '';
  throw new CommandError(exitCode, `${what} '${judged.id}' has no verdict: ${reasonOf(answer)}${remedy}`);
}

function timedOut({ kind, id }: Judged, millis = 0): CommandError {
  const what = kind === 'run' ? 'run' : 'analysis';
  const message = `timeout: no verdict after ${millis / 1000} s; the ${what} goes on: haldane ${what} wait ${id}`;
  return new CommandError(EXIT.noVerdict, message);
}

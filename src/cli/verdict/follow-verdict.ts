import type { z } from 'zod';

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
export interface ProgressView<Answer = Verdict> {
  /** how long a request may wait for the end before progress is shown again */
  readonly everySeconds: number;
  show(answer: Answer): Promise<void>;
  /** a sentence that is not progress */
  tell(text: string): void;
  /** The last time it is shown. */
  end(): void;
}

interface FollowedVerdict<Answer = Verdict> {
  readonly client: HttpClient;
  readonly judged: Judged;
  /** absent: until it has ended, which it does */
  readonly timeoutMillis?: number | undefined;
  readonly view: ProgressView<Answer>;
  readonly signal: AbortSignal;
}

/** What is asked again and again. */
export interface Asked<Answer> {
  readonly path: string;
  readonly Answer: z.ZodType<Answer>;
  readonly isDone: (answer: Answer) => boolean;
  /** the command that goes on waiting */
  readonly again: string;
}

/** Waits for the end. @throws CommandError without a verdict: timeout, out of reach, interrupted */
export function followVerdict(followed: FollowedVerdict): Promise<Verdict> {
  const { kind, id } = followed.judged;
  const path = `${pathOf(followed.judged)}/verdict`;
  const again = `haldane ${kind} wait ${id}`;
  return followUntilDone(followed, { path, Answer: Verdict, isDone: ({ done }) => done, again });
}

/** Asks until the answer is done. @throws CommandError without one: timeout, out of reach, interrupted */
export async function followUntilDone<Answer>(
  followed: FollowedVerdict<Answer>,
  asked: Asked<Answer>,
): Promise<Answer> {
  try {
    return await follow(followed, asked);
  } finally {
    followed.view.end();
  }
}

async function follow<Answer>(
  { client, judged, timeoutMillis, view, signal }: FollowedVerdict<Answer>,
  { path, Answer, isDone, again }: Asked<Answer>,
): Promise<Answer> {
  const until = monotonicClock() + (timeoutMillis ?? Number.POSITIVE_INFINITY);
  let reached: number | undefined;
  for (let outSince: number | undefined; ; ) {
    const asked = monotonicClock();
    const seconds = Math.max(0, Math.min(view.everySeconds, (until - asked) / 1000));
    const answer = await ask(client, path, seconds, signal);
    if (answer.ok) {
      outSince = undefined;
      reached = monotonicClock();
      const read = readBody(answer, `the verdict of ${client.baseUrl}`, Answer);
      if (isDone(read)) return read;
      await view.show(read);
    } else {
      refuseLasting(answer, judged, reached !== undefined);
      if (outSince === undefined) view.tell(`no answer, asking again: ${answer.reason}`);
      outSince ??= asked;
      if (monotonicClock() - outSince > OUT_OF_REACH_MILLIS) {
        throw new CommandError(EXIT.unreachable, `no answer for ${OUT_OF_REACH_MILLIS / 1000} s: ${answer.reason}`);
      }
    }
    const left = until - monotonicClock();
    if (left <= 0) throw timedOut(judged, again, timeoutMillis);
    if (!answer.ok || monotonicClock() - asked < TOO_SOON_MILLIS) await sleep(Math.min(PAUSE_MILLIS, left), signal);
  }
}

/** An unreachable service may come back. */
async function ask(client: HttpClient, path: string, seconds: number, signal: AbortSignal): Promise<JsonAnswer> {
  try {
    const wait = `${Math.round(seconds * 1000)}ms`;
    // An embedded service goes on with a request when this command is to stop.
    return await abortable(client.get(path, { wait }, signal), signal);
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

function timedOut({ kind }: Judged, again: string, millis = 0): CommandError {
  const what = kind === 'run' ? 'run' : 'analysis';
  const message = `timeout: no verdict after ${millis / 1000} s; the ${what} goes on: ${again}`;
  return new CommandError(EXIT.noVerdict, message);
}

import type { ServerResponse } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { HttpServer } from '../service.ts';

export interface UnreadLimits {
  /** a client that reads nothing of its answer for so long is cut off */
  readonly stalledMillis: number;
  /** what clients have not read yet, of all answers together */
  readonly maxUnreadBytes: number;
}

/** How often unread bytes are counted while an answer is under way. */
const COUNT_MILLIS = 500;

/**
 * What a client does not read of its answer is kept for it. One that reads nothing for a while is cut off; one that
 * reads slowly is served, unless all that is kept is too much: then those who read least go first.
 */
export function limitUnreadAnswers(http: HttpServer, { stalledMillis, maxUnreadBytes }: UnreadLimits): void {
  const answers = new OpenAnswers(maxUnreadBytes, http.log);
  http.addHook('onSend', async (request, { raw }) => {
    answers.add(raw);
    raw.setTimeout(stalledMillis, () => {
      // A stream that has nothing to say is silent too.
      if (raw.writableLength === 0) return;
      request.log.warn({ path: request.routeOptions.url, stalledMillis }, 'client reads nothing, connection closed');
      raw.destroy();
    });
  });
}

class OpenAnswers {
  readonly #maxUnreadBytes: number;
  readonly #log: FastifyBaseLogger;
  /** with the bytes that were unread at the last count */
  readonly #open = new Map<ServerResponse, number | undefined>();
  #timer: NodeJS.Timeout | undefined;

  constructor(maxUnreadBytes: number, log: FastifyBaseLogger) {
    this.#maxUnreadBytes = maxUnreadBytes;
    this.#log = log;
  }

  add(answer: ServerResponse): void {
    this.#open.set(answer, undefined);
    this.#timer ??= setInterval(() => this.#count(), COUNT_MILLIS).unref();
    answer.once('close', () => {
      this.#open.delete(answer);
      if (this.#open.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    });
  }

  #count(): void {
    const unread = [...this.#open].map(([answer, before]) => {
      const bytes = answer.writableLength;
      // Nobody knows yet how fast a new one is read: it goes last.
      return { answer, bytes, read: before === undefined ? Number.POSITIVE_INFINITY : before - bytes };
    });
    for (const { answer, bytes } of unread) this.#open.set(answer, bytes);
    let excess = unread.reduce((sum, { bytes }) => sum + bytes, 0) - this.#maxUnreadBytes;
    if (excess <= 0) return;
    const kept = unread.filter(({ bytes }) => bytes > 0).sort((a, b) => order(a.read, b.read) || b.bytes - a.bytes);
    for (const { answer, bytes } of kept) {
      if (excess <= 0) return;
      excess -= bytes;
      this.#log.warn({ bytes }, 'clients leave too much unread, connection closed');
      answer.destroy();
    }
  }
}

/** Infinities are equal. */
function order(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

import { z } from 'zod';
import type { Tags } from '../../src/domain/values/tags.ts';
import { readEvents } from '../shared/http/events.ts';
import type { TextAnswer } from '../shared/http/http.ts';
import { jsonOf } from '../shared/http/json-of.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { shortestDistance } from '../shared/series/shortest-distance.ts';
import { refusalOf } from './refusal.ts';

/** The result of a program. */
export interface Computation {
  readonly series: readonly RawSeries[];
  /** the interval of its points; 0 when not stated */
  readonly resolutionMillis: number;
  readonly warnings: readonly string[];
  /** the store's own warnings of other kinds */
  readonly notices: readonly string[];
  /** undefined when it is complete */
  readonly partial: Missing | undefined;
}

/** Why part of the data is missing. */
interface Missing {
  readonly code: 'METRICS_ANSWER_INVALID' | 'METRICS_LIMIT_EXCEEDED';
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Reads the events of a finished program. One time may come in several events, each with some of the series.
 *
 * @param without dimensions that do not become tags
 * @throws CanaryError METRICS_QUERY_REJECTED for errors of the program, METRICS_ANSWER_INVALID
 */
export function readComputation(answer: TextAnswer, without: ReadonlySet<string>): Computation {
  const state = new State(without);
  const events = readEvents(answer.text);
  if (events.length === 0) throw answer.unreadable('no events');
  for (const { event, data } of events) {
    const read = READERS[event];
    if (read === undefined) continue;
    const payload = jsonOf(data);
    if (event === 'error' && payload !== undefined) throw answer.refused(refusalOf(payload));
    if (!read(state, payload)) throw answer.unreadable(`an event '${event}' of another shape: ${data.slice(0, 80)}`);
  }
  if (state.aborted !== undefined) {
    throw answer.refused({ code: 'METRICS_ANSWER_INVALID', text: `the computation was aborted: ${state.aborted}` });
  }
  if (!state.fits()) throw answer.unreadable('points are closer than the resolution');
  return state.computation();
}

class State {
  readonly #without: ReadonlySet<string>;
  readonly #tags = new Map<string, Tags>();
  readonly #points = new Map<string, RawPoint[]>();
  readonly #times = new Set<number>();
  readonly warnings: string[] = [];
  readonly notices: string[] = [];
  resolutionMillis = 0;
  limited: Missing | undefined;
  aborted: string | undefined;
  ended = false;

  constructor(without: ReadonlySet<string>) {
    this.#without = without;
  }

  /** `sf_key` names the dimensions of a series; those of the store itself begin with `sf_`. */
  describe(tsId: string, properties: Readonly<Record<string, unknown>>): void {
    const { sf_key: keys } = properties;
    const names = (Array.isArray(keys) ? keys : Object.keys(properties)).filter(
      (name) => !/^(sf_.*|computationId)$/.test(name) && !this.#without.has(name) && properties[name] !== undefined,
    );
    this.#tags.set(tsId, Object.fromEntries(names.map((name) => [name, String(properties[name])])));
  }

  add(millis: number, data: readonly { readonly tsId: string; readonly value: unknown }[]): void {
    this.#times.add(millis);
    for (const { tsId, value } of data) {
      const points = this.#points.get(tsId) ?? [];
      points.push([millis, value]);
      this.#points.set(tsId, points);
    }
  }

  /** There is an event for each step, even without points. */
  fits(): boolean {
    return this.resolutionMillis <= shortestDistance(this.#times);
  }

  computation(): Computation {
    const ids = new Set([...this.#tags.keys(), ...this.#points.keys()]);
    return {
      series: [...ids].map((id) => ({ tags: this.#tags.get(id) ?? {}, points: this.#points.get(id) ?? [] })),
      resolutionMillis: this.resolutionMillis,
      warnings: this.warnings,
      notices: this.notices,
      partial: this.limited ?? (this.ended ? undefined : CUT_OFF),
    };
  }
}

const CUT_OFF: Missing = {
  code: 'METRICS_ANSWER_INVALID',
  problem: 'the answer ended before END_OF_CHANNEL',
  remedy: 'see whether a proxy cuts it off',
};

const Metadata = z.object({ tsId: z.string(), properties: z.record(z.string(), z.unknown()) });

const Control = z.object({
  event: z.string(),
  abortInfo: z
    .object({ sf_job_abortState: z.string().nullish(), sf_job_abortReason: z.string().nullish() })
    .nullish()
    .catch(undefined),
});

/** It must give a valid date. */
const MAX_RESOLUTION = 1e12;

const Contents = z.object({
  resolutionMs: z.number().positive().max(MAX_RESOLUTION).optional(),
  matchedSize: z.number().optional(),
  limitSize: z.number().optional(),
  propertyNames: z.array(z.string()).optional(),
});

const Message = z.object({
  message: z.object({
    messageCode: z.string(),
    messageLevel: z.string().nullish().catch(undefined),
    contents: Contents.nullish(),
  }),
});

/** Messages that are read for what they say. */
const READ = [
  'JOB_RUNNING_RESOLUTION',
  'FIND_MATCHED_NO_TIMESERIES',
  'GROUPBY_MISSING_PROPERTY',
  'FIND_LIMITED_RESULT_SET',
];

/** Each returns whether it could read the payload; other events are ignored. */
const READERS: Readonly<Record<string, (state: State, payload: unknown) => boolean>> = {
  metadata(state, payload) {
    const { data } = Metadata.safeParse(payload);
    if (data !== undefined) state.describe(data.tsId, data.properties);
    return data !== undefined;
  },
  data(state, payload) {
    if (!isData(payload)) return false;
    state.add(payload.logicalTimestampMs, payload.data);
    return true;
  },
  message(state, payload) {
    const { data } = Message.safeParse(payload);
    if (data !== undefined) readMessage(state, data.message);
    return data !== undefined;
  },
  'control-message'(state, payload) {
    const { data } = Control.safeParse(payload);
    if (data?.event === 'END_OF_CHANNEL') state.ended = true;
    if (data?.event === 'CHANNEL_ABORT') {
      const { sf_job_abortState, sf_job_abortReason } = data.abortInfo ?? {};
      state.aborted = [sf_job_abortState, sf_job_abortReason].filter(Boolean).join(': ') || 'no reason given';
    }
    return data !== undefined;
  },
  error: () => false,
};

function readMessage(state: State, message: z.infer<typeof Message>['message']): void {
  const { messageCode, messageLevel, contents } = message;
  if (/^(WARN|ERROR|SEVERE)/i.test(messageLevel ?? '') && !READ.includes(messageCode)) {
    state.notices.push(`${messageCode} ${JSON.stringify(contents ?? {})}`);
  }
  if (messageCode === 'JOB_RUNNING_RESOLUTION') state.resolutionMillis = contents?.resolutionMs ?? 0;
  if (messageCode === 'FIND_MATCHED_NO_TIMESERIES') state.warnings.push('the program matched no time series');
  if (messageCode === 'GROUPBY_MISSING_PROPERTY') {
    state.warnings.push(`series without ${contents?.propertyNames?.join(', ') ?? 'a property of by='} were left out`);
  }
  if (messageCode === 'FIND_LIMITED_RESULT_SET') {
    const { matchedSize = 'too many', limitSize = 'some' } = contents ?? {};
    state.limited = {
      code: 'METRICS_LIMIT_EXCEEDED',
      problem: `the program matched ${matchedSize} time series, and ${limitSize} of them were read`,
      remedy: 'filter more narrowly',
    };
  }
}

interface Data {
  readonly logicalTimestampMs: number;
  readonly data: readonly { readonly tsId: string; readonly value: unknown }[];
}

/** Validated by hand: there is one for each step. */
function isData(payload: unknown): payload is Data {
  if (typeof payload !== 'object' || payload === null) return false;
  const { logicalTimestampMs, data } = payload as Record<string, unknown>;
  return typeof logicalTimestampMs === 'number' && Array.isArray(data) && data.every(isDatum);
}

function isDatum(datum: unknown): boolean {
  return (
    typeof datum === 'object' && datum !== null && 'tsId' in datum && typeof datum.tsId === 'string' && 'value' in datum
  );
}

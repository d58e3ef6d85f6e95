import { instantMillis, isoInstant } from '../../src/domain/values/instant.ts';
import type { TextAnswer } from '../shared/http/http.ts';
import { type RawPoint, readNumber } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { type JsonPath, readPath } from './json-path.ts';
import type { WebQuery } from './query.ts';

/** The content of one answer. */
interface WebPage {
  readonly series: readonly RawSeries[];
  readonly nextUrl: string | undefined;
  /** what says that the answer is partial */
  readonly partial: readonly string[];
}

/** Nothing, false, 0 and empty texts and lists say that the answer is whole. */
function noticesIn(path: string, found: readonly unknown[]): string[] {
  const told = found.flat().filter((one) => one && !(typeof one === 'object' && Object.keys(one).length === 0));
  return told.map((one) =>
    typeof one === 'string' ? one : `partialPath ${path} is ${JSON.stringify(one).slice(0, 200)}`,
  );
}

/** A point with its parsed value, which may have been absent. */
interface FoundPoint {
  readonly millis: number;
  readonly value: number | undefined;
}

const MILLIS: Readonly<Record<Exclude<WebQuery['timeUnit'], 'iso'>, number>> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };
const SHOWN_LENGTH = 80;

/** Reads the answers of one query, page by page, by its paths. */
export class AnswerReader {
  readonly #query: WebQuery;
  /** the time of a window's single number, in milliseconds since 1970 */
  readonly #lastSlotMillis: number;
  readonly #paths = new Map<string, JsonPath>();

  constructor(query: WebQuery, lastSlotMillis: number) {
    this.#query = query;
    this.#lastSlotMillis = lastSlotMillis;
  }

  /** @throws CanaryError METRICS_ANSWER_INVALID; METRICS_QUERY_REJECTED when a path finds nothing */
  read(answer: TextAnswer): WebPage {
    try {
      return this.#read(answer);
    } catch (error) {
      if (error instanceof RangeError) throw answer.unreadable('nested too deeply');
      throw error;
    }
  }

  #read(answer: TextAnswer): WebPage {
    const json = parseJson(answer);
    const { seriesPath, nextUrlPath, partialPath } = this.#query;
    const nodes = seriesPath === undefined ? [json] : this.#elements(answer, 'seriesPath', json);
    return {
      series: nodes.map((node) => ({ tags: this.#tags(answer, node), points: this.#points(answer, node) })),
      partial: partialPath === undefined ? [] : noticesIn(partialPath, this.#path(partialPath).find(json)),
      nextUrl: nextUrlPath === undefined ? undefined : readNextUrl(answer, this.#path(nextUrlPath).find(json)),
    };
  }

  #points(answer: TextAnswer, node: unknown): RawPoint[] {
    const { mode } = this.#query;
    if (mode === 'scalar') return [this.#scalar(answer, node)];
    const points = mode === 'columns' ? this.#columns(answer, node) : this.#pairs(answer, node);
    if (points.length > 0 && points.every(({ value }) => value === undefined)) {
      throw this.#nothingFound(answer, mode === 'columns' ? 'valuesPath' : 'valuePath');
    }
    return points.map(({ millis, value }) => [millis, value ?? Number.NaN]);
  }

  #scalar(answer: TextAnswer, node: unknown): RawPoint {
    const found = this.#require(answer, 'jsonPath', node);
    if (found.length > 1) throw answer.unreadable(`jsonPath finds ${found.length} values, not one number`);
    return [this.#lastSlotMillis, readValue(answer, found[0] ?? null)];
  }

  #pairs(answer: TextAnswer, node: unknown): FoundPoint[] {
    const { timePath, valuePath } = this.#query;
    return this.#elements(answer, 'jsonPath', node).map((point) => {
      const [time] = this.#path(timePath).find(point);
      const [value] = this.#path(valuePath).find(point);
      return {
        millis: this.#readTime(answer, time),
        value: value === undefined ? undefined : readValue(answer, value),
      };
    });
  }

  #columns(answer: TextAnswer, node: unknown): FoundPoint[] {
    return this.#require(answer, 'jsonPath', node).flatMap((columns) => {
      const times = this.#elements(answer, 'timesPath', columns);
      const values = this.#elements(answer, 'valuesPath', columns);
      if (times.length !== values.length) {
        throw answer.unreadable(`there are ${times.length} times, but ${values.length} values`);
      }
      return times.map((time, index) => ({
        millis: this.#readTime(answer, time),
        value: readValue(answer, values[index] ?? null),
      }));
    });
  }

  /** What a path finds; if that is a single list, its elements. A pair of time and value is not a list. */
  #elements(answer: TextAnswer, field: PathField, node: unknown): unknown[] {
    const found = this.#require(answer, field, node);
    const [only] = found;
    if (found.length !== 1 || !Array.isArray(only)) return found;
    const isPair = field === 'jsonPath' && only.length > 0 && (typeof only[0] !== 'object' || only[0] === null);
    return isPair ? found : only;
  }

  /** A path to a single value must find it; one with a wildcard or filter may find nothing. */
  #require(answer: TextAnswer, field: PathField, node: unknown): unknown[] {
    const path = this.#path(this.#query[field] ?? '$');
    const found = path.find(node);
    if (found.length > 0 || !path.singular) return found;
    throw this.#nothingFound(answer, field);
  }

  #nothingFound(answer: TextAnswer, field: PathField): Error {
    const remedy = `${field} '${this.#query[field]}' finds nothing in it; correct the path`;
    return answer.refused({ code: 'METRICS_QUERY_REJECTED', remedy });
  }

  #tags(answer: TextAnswer, node: unknown): Record<string, string> {
    const { tagsPath } = this.#query;
    if (tagsPath === undefined) return {};
    const [tags] = this.#path(tagsPath).find(node);
    if (tags === undefined || tags === null) return {};
    if (typeof tags !== 'object' || Array.isArray(tags))
      throw answer.unreadable('tagsPath finds something else than an object');
    const told = Object.entries(tags).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
    return Object.fromEntries(told.map(([name, value]) => [name, String(value)]));
  }

  #path(written: string): JsonPath {
    const path = this.#paths.get(written) ?? readPath(written);
    this.#paths.set(written, path);
    return path;
  }

  /** @returns milliseconds since 1970 */
  #readTime(answer: TextAnswer, raw: unknown): number {
    const { timeUnit } = this.#query;
    if (timeUnit === 'iso') {
      const instant = typeof raw === 'string' ? isoInstant(raw) : undefined;
      if (instant !== undefined) return instantMillis(instant);
    } else {
      const number = raw === null || raw === undefined ? Number.NaN : (readNumber(raw) ?? Number.NaN);
      if (Number.isFinite(number)) return Math.round(number * MILLIS[timeUnit]);
    }
    const wanted = timeUnit === 'iso' ? 'ISO-8601 with a zone' : `a number of ${timeUnit} since 1970`;
    throw answer.unreadable(`the time of a point is ${shown(raw)}, not ${wanted}`);
  }
}

type PathField = 'jsonPath' | 'seriesPath' | 'timesPath' | 'valuesPath' | 'valuePath';

function parseJson(answer: TextAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw answer.unreadable('not JSON');
  }
}

function readNextUrl(answer: TextAnswer, [found]: readonly unknown[]): string | undefined {
  if (found === undefined || found === null || found === '' || found === false) return undefined;
  if (typeof found === 'string') return found;
  throw answer.unreadable(`nextUrlPath finds ${shown(found)}, not a URL`);
}

function readValue(answer: TextAnswer, raw: unknown): number {
  const value = readNumber(raw);
  if (value !== undefined) return value;
  throw answer.unreadable(`a value is ${shown(raw)}, not a number`);
}

/** Longer texts are omitted completely: a part could be part of a secret. */
function shown(raw: unknown): string {
  const text = JSON.stringify(raw) ?? 'nothing';
  return text.length > SHOWN_LENGTH ? `JSON of ${text.length} characters` : text;
}

import { AsyncLocalStorage } from 'node:async_hooks';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanShape {
  readonly name: string;
  /** default: internal */
  readonly kind?: 'client' | 'server' | 'consumer';
  /** named by OpenTelemetry's semantic conventions where they have a name, else `haldane.…` */
  readonly attributes?: SpanAttributes;
}

/** Headers: W3C Trace Context. */
export type OutgoingTrace = { readonly traceparent: string } & Readonly<Record<string, string>>;

/** A span that is going on. */
export interface CurrentSpan {
  /** for whoever is asked within it */
  readonly headers: OutgoingTrace;
  set(attributes: SpanAttributes): void;
  /** Says that it failed. @param type an error code */
  fail(type: string, message?: string): void;
  /** Runs work in a span below this one; a rejection is noted and passed on. */
  within<T>(shape: SpanShape, work: (span: CurrentSpan) => Promise<T>): Promise<T>;
  /** Adds a span below this one that has just ended. */
  past(shape: SpanShape, seconds: number, failed: boolean): void;
}

/** Bound to the asynchronous work it is for, so two services in one process do not meet in it. */
const current = new AsyncLocalStorage<CurrentSpan>();

/** The span of the work that asks; undefined where nothing is traced. */
export function currentSpan(): CurrentSpan | undefined {
  return current.getStore();
}

/** Runs work, and whatever that starts, as part of a span. */
export function asCurrent<T>(span: CurrentSpan, work: () => T): T {
  return current.run(span, work);
}

/** Runs work in a span below the current one. Where nothing is traced, it is only run, and `shape` is not called. */
export function inSpan<T>(shape: () => SpanShape, work: (span?: CurrentSpan) => Promise<T>): Promise<T> {
  const span = current.getStore();
  return span === undefined ? work() : span.within(shape(), work);
}

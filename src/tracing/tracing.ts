import type { TraceHeaders } from '../domain/trace-headers.ts';
import type { CurrentSpan, SpanShape } from './current-span.ts';

/** A span whose end is somewhere else than its beginning. */
export interface OpenSpan extends CurrentSpan {
  end(): void;
}

/** Headers of a request, which may be part of a trace. */
export type MaybeTraced = { readonly [Name in keyof TraceHeaders]?: string | undefined };

/** The beginning of a span that has none above it in this process, and where it goes on from. */
export interface RootShape extends SpanShape {
  /** absent: a new trace */
  readonly parent?: MaybeTraced | undefined;
}

/** Where spans go. */
export interface Tracing {
  start(shape: RootShape): OpenSpan;
  /** Runs work in a span; a rejection is noted and passed on. */
  begin<T>(shape: RootShape, work: (span: CurrentSpan) => Promise<T>): Promise<T>;
  /** Sends what is left, within two seconds. */
  close(): Promise<void>;
}

/** Runs work in a span that has none above it; without tracing it is only run, and `shape` is not called. */
export function beginSpan<T>(
  tracing: Tracing | undefined,
  shape: () => RootShape,
  work: (span?: CurrentSpan) => Promise<T>,
): Promise<T> {
  return tracing === undefined ? work() : tracing.begin(shape(), work);
}

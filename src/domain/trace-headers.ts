import { z } from 'zod';

/** Where a trace goes on: W3C Trace Context, https://www.w3.org/TR/trace-context/. */
export const TraceHeaders = z.object({ traceparent: z.string(), tracestate: z.string().optional() });
export type TraceHeaders = z.infer<typeof TraceHeaders>;

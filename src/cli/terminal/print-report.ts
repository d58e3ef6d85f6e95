import { toWireJson } from '../../domain/values/wire-json.ts';
import type { Terminal } from '../command.ts';

interface Report {
  /** whether `value` is printed as JSON, or `text` */
  readonly json: boolean;
  readonly value: unknown;
  readonly text: string;
  /** the error that ended the work early; absent when all was done */
  readonly failure?: unknown;
}

/** Prints the results, even incomplete ones. @throws the failure, afterwards */
export function printReport({ json, value, text, failure }: Report, { stdout }: Terminal): void {
  stdout.write(json ? `${toWireJson(value, 2)}\n` : text);
  if (failure !== undefined) throw failure;
}

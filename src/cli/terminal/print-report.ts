import { toWireJson } from '../../domain/values/wire-json.ts';
import type { Terminal } from '../command.ts';

interface Report {
  /** which of the two is printed: `value` as JSON, or `text` */
  readonly json: boolean;
  readonly value: unknown;
  readonly text: string;
  /** what ended the work before all was done; absent when all was */
  readonly failure?: unknown;
}

/** Prints what was done, even when it was not all. @throws the failure, afterwards */
export function printReport({ json, value, text, failure }: Report, { stdout }: Terminal): void {
  stdout.write(json ? `${toWireJson(value, 2)}\n` : text);
  if (failure !== undefined) throw failure;
}

import { readCredentials } from '../credentials/authorize.ts';
import type { HttpAccount } from '../http/account.ts';
import { excerptOf } from '../http/failures.ts';

/**
 * `attributes.warnings` of a MetricSet: each warning once, one per line, secrets redacted; undefined without warnings.
 */
export async function warningsAttribute(
  account: HttpAccount | object,
  warnings: Iterable<string>,
): Promise<{ readonly warnings?: string }> {
  const lines = [...new Set(warnings)];
  if (lines.length === 0) return {};
  const { redact } = 'headers' in account ? await readCredentials(account) : { redact: (text: string) => text };
  return { warnings: excerptOf(lines.join('\n'), redact) };
}

/** For a store with a coarser resolution than requested. */
export function coarserStepWarning(askedSeconds: number, givenSeconds: number): string {
  return `the store has one point every ${givenSeconds} s, not every ${askedSeconds} s as requested`;
}

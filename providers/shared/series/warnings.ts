import { readCredentials } from '../credentials/authorize.ts';
import type { HttpAccount } from '../http/account.ts';
import { excerptOf } from '../http/failures.ts';

/** `attributes.warnings` of a MetricSet: each warning once, one a line, without secrets; nothing when there are none. */
export async function warningsAttribute(
  account: HttpAccount,
  warnings: Iterable<string>,
): Promise<{ readonly warnings?: string }> {
  const lines = [...new Set(warnings)];
  if (lines.length === 0) return {};
  const { redact } = await readCredentials(account);
  return { warnings: excerptOf(lines.join('\n'), redact) };
}

/** For a store that has no points as close as asked. */
export function coarserStepWarning(askedMillis: number, givenMillis: number): string {
  return `the store has one point every ${givenMillis / 1000} s, not every ${askedMillis / 1000} s as asked`;
}

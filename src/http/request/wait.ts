import { CanaryError } from '../../errors.ts';

const MAX_WAIT_SECONDS = 600;

/**
 * How long the client is ready to wait for the end of a run: `?wait=30s` (also `500ms`, `2m`, `30`), or the header
 * `Prefer: wait=30` (RFC 7240), whose value is seconds. @returns milliseconds; undefined when
 * neither is given
 */
export function waitMillis(parameter: string | undefined, prefer: string | undefined): number | undefined {
  if (parameter !== undefined) return parseWait(parameter);
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer ?? '')?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds), MAX_WAIT_SECONDS) * 1000;
}

function parseWait(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6}(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const millis = Number(amount) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
  if (millis <= MAX_WAIT_SECONDS * 1000) return millis;
  throw new CanaryError('REQUEST_INVALID', `wait: '${text}' is not a time up to 10 minutes; write 30s, 500ms or 2m`);
}

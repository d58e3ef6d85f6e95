import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { GateCanary } from '../../domain/gate.ts';
import { CanaryError } from '../../errors.ts';
import type { AccountChecks, AccountHealth } from '../fetching/account-checks.ts';
import type { Runs } from '../runs/runs.ts';
import { probeWindow } from './canary-request.ts';
import { type AdmittedConfig, judgementStart } from './judgement-start.ts';

/** Tools give up after ten seconds; a check that takes longer is ready for the next call. */
const PATIENCE_MILLIS = 3000;

interface CheckParts {
  readonly runs: Pick<Runs, 'check'>;
  readonly accountChecks: Pick<AccountChecks, 'check'>;
  readonly now: () => number;
}

/**
 * Why a judgement as asked for could not be made: its config, its request, or a metrics store that does not answer.
 * Undefined: nothing is known to stand in its way.
 */
export async function checkJudgement(
  parts: CheckParts,
  admitted: AdmittedConfig,
  canary: GateCanary,
): Promise<string | undefined> {
  try {
    const checked = parts.runs.check(judgementStart(admitted, canary, probeWindow(parts.now())));
    const accounts = accountsOf(admitted.config, checked.metricsAccountName);
    return unusableAccount(await soon(parts.accountChecks.check()), accounts);
  } catch (error) {
    if (error instanceof CanaryError && error.status < 500) return error.message;
    throw error;
  }
}

function accountsOf({ metrics = [] }: CanaryConfig, usual: string): string[] {
  return [...new Set(metrics.map(({ query }) => query?.accountName ?? usual))];
}

type Known = Readonly<Record<string, AccountHealth>>;

/** Undefined when it takes too long. */
async function soon(check: Promise<Known>): Promise<Known | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), PATIENCE_MILLIS);
  return Promise.race([check, late.promise]).finally(() => clearTimeout(timer));
}

function unusableAccount(known: Known | undefined, names: readonly string[]): string | undefined {
  if (known === undefined) {
    return `The metrics stores have not answered within ${PATIENCE_MILLIS / 1000} s; they are asked again.`;
  }
  const down = names.find((name) => known[name]?.status === 'DOWN');
  return down === undefined
    ? undefined
    : `The metrics store '${down}' cannot be used: ${known[down]?.error ?? 'unknown'}.`;
}

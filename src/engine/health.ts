import { messageOf } from '../errors.ts';
import type { Accounts } from './accounts.ts';
import type { AccountChecks, AccountHealth } from './fetching/account-checks.ts';

type Status = 'UP' | 'DOWN';

/** Probes give up soon. */
const STORE_MILLIS = 2000;

/** A disabled instance is no reason to restart it: it finishes its runs. */
interface InstanceHealth {
  readonly status: 'OUT_OF_SERVICE';
  readonly message: string;
}

interface StoreHealth {
  readonly status: Status;
  /** why it is down */
  readonly error?: string;
}

export interface HealthAnswer {
  readonly status: Status;
  /** what an operator should know, although the service works */
  readonly message?: string;
  readonly components: {
    readonly store: StoreHealth;
    /** absent while the instance is enabled */
    readonly instance?: InstanceHealth;
    readonly metricsAccounts?: { readonly status: Status; readonly components: Record<string, AccountHealth> };
  };
}

export interface Health {
  /** Never rejects. @param deep also checks every metrics account */
  check(deep: boolean): Promise<HealthAnswer>;
  /** By account name, what the last check of the metrics accounts found; does not wait for one. */
  accounts(): Record<string, AccountHealth>;
  /** How long ago that check was; undefined before the first. */
  accountsCheckedAgo(): number | undefined;
  /** What an operator should know, although the service works; undefined: nothing. */
  message(): string | undefined;
}

const NO_ACCOUNTS =
  'No metrics accounts: only requests that bring their own series can be judged. Add an account to the configuration ' +
  'file, as haldane.example.yml shows, and start again.';

interface HealthParts {
  readonly store: { check(): Promise<void> };
  readonly accountChecks: Pick<AccountChecks, 'check' | 'known' | 'knownForMillis'>;
  readonly accounts: Pick<Accounts, 'hasMetricsStore'>;
  /** whether this process starts runs */
  readonly runs: { readonly enabled: boolean };
}

/** What a disabled instance does not do, and how to enable it. */
export const DISABLED_INSTANCE =
  'This instance is disabled and starts no runs. To enable it, send {"enabled": true} to ' +
  'POST /admin/orca/instance/enabled on its machine, or restart it.';

const OUT_OF_SERVICE: InstanceHealth = { status: 'OUT_OF_SERVICE', message: DISABLED_INSTANCE };

/** Whether the service works. */
export function createHealth({ store, accountChecks, accounts: configured, runs }: HealthParts): Health {
  const checkStore = storeCheck(store);
  const message = () => (configured.hasMetricsStore() ? undefined : NO_ACCOUNTS);
  return {
    message,
    accounts: () => accountChecks.known(),
    accountsCheckedAgo: () => accountChecks.knownForMillis(),
    async check(deep) {
      const stored = await checkStore();
      const accounts = deep ? { metricsAccounts: allOf(await accountChecks.check()) } : {};
      const components = { store: stored, ...accounts };
      const told = message();
      return {
        status: allOf(components).status,
        ...(told === undefined ? {} : { message: told }),
        components: { ...components, ...(runs.enabled ? {} : { instance: OUT_OF_SERVICE }) },
      };
    },
  };
}

function allOf<Component extends { readonly status: Status }>(components: Record<string, Component>) {
  const isUp = Object.values(components).every(({ status }) => status === 'UP');
  return { status: isUp ? ('UP' as const) : ('DOWN' as const), components };
}

/** Whoever asks meanwhile gets the same answer: a store that hangs is asked once. */
function storeCheck(store: HealthParts['store']): () => Promise<StoreHealth> {
  let asked: Promise<StoreHealth> | undefined;
  return () => {
    asked ??= withinLimit(store.check()).finally(() => {
      asked = undefined;
    });
    return asked;
  };
}

async function withinLimit(check: Promise<void>): Promise<StoreHealth> {
  const late = Promise.withResolvers<StoreHealth>();
  const error = `no answer within ${STORE_MILLIS / 1000} s`;
  const timer = setTimeout(() => late.resolve({ status: 'DOWN', error }), STORE_MILLIS);
  const checked = check.then(
    () => ({ status: 'UP' }) as const,
    (failure: unknown) => ({ status: 'DOWN', error: messageOf(failure) }) as const,
  );
  return Promise.race([checked, late.promise]).finally(() => clearTimeout(timer));
}

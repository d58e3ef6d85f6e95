import type { AccountChecks, AccountHealth } from './fetching/account-checks.ts';

type Status = 'UP' | 'DOWN';

export interface HealthAnswer {
  readonly status: Status;
  readonly components: {
    readonly store: { readonly status: Status };
    readonly metricsAccounts?: { readonly status: Status; readonly components: Record<string, AccountHealth> };
  };
}

export interface Health {
  /** Never rejects. @param deep also checks every metrics account */
  check(deep: boolean): Promise<HealthAnswer>;
  /** By account name, what the last check of the metrics accounts found; does not wait for one. */
  accounts(): Record<string, AccountHealth>;
}

interface HealthParts {
  readonly store: { check(): Promise<void> };
  readonly accountChecks: Pick<AccountChecks, 'check' | 'known'>;
}

/** Whether the service works. */
export function createHealth({ store, accountChecks }: HealthParts): Health {
  return {
    accounts: () => accountChecks.known(),
    async check(deep) {
      const status = await store.check().then(
        () => 'UP' as const,
        () => 'DOWN' as const,
      );
      const accounts = deep ? { metricsAccounts: allOf(await accountChecks.check()) } : {};
      const components = { store: { status }, ...accounts };
      return { status: allOf(components).status, components };
    },
  };
}

function allOf<Component extends { readonly status: Status }>(components: Record<string, Component>) {
  const isUp = Object.values(components).every(({ status }) => status === 'UP');
  return { status: isUp ? ('UP' as const) : ('DOWN' as const), components };
}

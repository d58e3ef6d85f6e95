import type { Account, AccountType, AccountView } from '../domain/account.ts';
import type { AskedQuery, MetricsProvider } from '../domain/metrics-provider.ts';
import { READ_ONCE } from '../domain/values/read-once.ts';
import { CanaryError } from '../errors.ts';

/** The accounts of the configuration, as requests address them. */
export interface Accounts {
  /**
   * All kinds of accounts share one namespace; no name means the first account that supports `type`.
   *
   * @throws CanaryError ACCOUNT_UNKNOWN
   */
  resolve(name: string | undefined, type: AccountType): Account;
  /** As {@link resolve}, and the account must be a metrics store. */
  metricsStore(name: string | undefined): Account;
  /** As {@link resolve}, and the account must be a name of the store. @returns the name */
  storage(name: string | undefined, type: 'OBJECT_STORE' | 'CONFIGURATION_STORE'): string;
  /** All metrics stores. */
  metricsStores(): readonly Account[];
  /** Whether there is a store to ask; accounts of series that requests bring along are none. */
  hasMetricsStore(): boolean;
  /** Without secrets. */
  views(): AccountView[];
  /** The store's own page for a query; undefined when there is none, or the account is unknown. */
  linkTo(name: string, asked: AskedQuery): string | undefined;
  /** Whether the store of an account chooses how close its points are; false for an account that is unknown. */
  hasOwnResolution(name: string): boolean;
  /**
   * Removes an account until the next start; an unknown one is ignored. @throws CanaryError ACCOUNT_OF_STORE for
   * the last name of the store
   */
  remove(name: string): void;
  /**
   * Puts other metrics stores in place of those of the configuration; removed ones stay removed.
   *
   * @param renewed names of those that only have other secrets than before: see {@link latest}
   * @throws CanaryError CONFIGURATION_INVALID when one has a name of the store
   */
  replace(configured: readonly Account[], renewed: ReadonlySet<string>): void;
  /** The account with the secrets that it has now. One that was changed otherwise, or is gone, stays what it was. */
  latest(account: Account): Account;
}

export interface AccountSources {
  readonly metricsStores: readonly Account[];
  readonly providers: readonly MetricsProvider[];
  readonly store: { readonly type: string; readonly accountNames: readonly string[] };
}

const KINDS: Readonly<Record<AccountType, string>> = {
  METRICS_STORE: 'metrics stores',
  OBJECT_STORE: 'names of the store',
  CONFIGURATION_STORE: 'names of the store',
  REMOTE_JUDGE: 'judges',
};

/** Longer addresses may be cut off or rejected on the way. */
const LONGEST_LINK = 8000;

export function createAccounts({ metricsStores: configured, providers, store }: AccountSources): Accounts {
  let metricsStores: readonly Account[] = [...configured, ...builtInAccounts(configured, providers)];
  const removed = new Set<string>();
  const renewals = createRenewals();
  const stores = store.accountNames.map((name) => storeAccount(name, store.type));
  let accounts: readonly Account[] = [...metricsStores, ...stores];

  function resolve(name: string | undefined, type: AccountType): Account {
    const found = accounts.find((account) => (name ? account.name === name : account.supportedTypes.includes(type)));
    if (found !== undefined) return found;
    throw unknown(name ? `account ${name}` : `account of type ${type}`, accounts, type);
  }

  const accountCalled = (name: string) => accounts.find((account) => account.name === name);
  const providerOf = (account: Account | undefined) => providers.find(({ type }) => type === account?.type);

  return {
    resolve,
    metricsStore(name) {
      const account = resolve(name, 'METRICS_STORE');
      if (metricsStores.includes(account)) return account;
      throw unknown(`metrics service ${account.name}`, accounts, 'METRICS_STORE');
    },
    storage(name, type) {
      const account = resolve(name, type);
      if (stores.includes(account)) return account.name;
      throw unknown(`storage service ${account.name}`, accounts, type);
    },
    metricsStores: () => accounts.filter((account) => metricsStores.includes(account)),
    hasMetricsStore: () =>
      accounts.some((account) => metricsStores.includes(account) && providerOf(account)?.holdsData !== true),
    views: () => accounts.map((account) => viewOf(account, providers)),
    hasOwnResolution: (name) => providerOf(accountCalled(name))?.ownResolution === true,
    linkTo: (name, asked) => linkOf(accountCalled(name), providerOf(accountCalled(name)), asked),
    remove: (name) => {
      accounts = without(name, accounts, stores);
      removed.add(name);
    },
    replace(configured, renewed) {
      refuseStoreNames(configured, store.accountNames);
      const next = [...configured, ...builtInAccounts(configured, providers)];
      renewals.note(metricsStores, next, renewed);
      metricsStores = next;
      accounts = [...metricsStores, ...stores].filter(({ name }) => !removed.has(name));
    },
    latest: renewals.latest,
  };
}

function linkOf(account: Account | undefined, provider: MetricsProvider | undefined, asked: AskedQuery) {
  const link = account && provider?.linkTo?.(account, asked);
  return link !== undefined && link.length <= LONGEST_LINK ? link : undefined;
}

/** Which account took the place of one that had other secrets. */
function createRenewals() {
  const renewals = new WeakMap<Account, Account>();
  return {
    note(before: readonly Account[], after: readonly Account[], renewed: ReadonlySet<string>): void {
      for (const account of before.filter(({ name }) => renewed.has(name))) {
        const same = after.find(({ name }) => name === account.name);
        if (same !== undefined && same !== account) renewals.set(account, same);
      }
    },
    latest(account: Account): Account {
      let found = account;
      for (let next = renewals.get(found); next !== undefined; next = renewals.get(found)) found = next;
      return found;
    },
  };
}

function refuseStoreNames(configured: readonly Account[], storeNames: readonly string[]): void {
  const taken = configured.find(({ name }) => storeNames.includes(name));
  if (taken === undefined) return;
  const message = `accounts: '${taken.name}' is a name of the store until the next start; choose another one, or restart`;
  throw new CanaryError('CONFIGURATION_INVALID', message);
}

/** Says what may be written instead. */
function unknown(what: string, accounts: readonly Account[], type: AccountType): CanaryError {
  const names = accounts.filter(({ supportedTypes }) => supportedTypes.includes(type)).map(({ name }) => name);
  const none = 'There is none; add one to the configuration';
  const known = names.length === 0 ? none : `Known ${KINDS[type]}: ${names.join(', ')}`;
  return new CanaryError('ACCOUNT_UNKNOWN', `Unable to resolve ${what}. ${known}.`);
}

function without(name: string, accounts: readonly Account[], stores: readonly Account[]): readonly Account[] {
  const left = accounts.filter((account) => account.name !== name);
  const removed = accounts.filter((account) => !left.includes(account));
  const hasStore = left.some((account) => stores.includes(account));
  if (hasStore || !removed.some((account) => stores.includes(account))) return left;
  const message = `'${name}' is the store of this service, without which nothing works; it cannot be removed.`;
  throw new CanaryError('ACCOUNT_OF_STORE', message);
}

/** Built-in accounts of providers without settings; a configured account of that name takes precedence. */
function builtInAccounts(configured: readonly Account[], providers: readonly MetricsProvider[]): Account[] {
  return providers.flatMap(({ type, builtInAccount: name, Account: Shape }) =>
    name === undefined || configured.some((account) => account.name === name)
      ? []
      : [Shape.parse({ name, type }, READ_ONCE)],
  );
}

function storeAccount(name: string, type: string): Account {
  return {
    name,
    type,
    supportedTypes: ['OBJECT_STORE', 'CONFIGURATION_STORE'],
    locations: [],
    recommendedLocations: [],
  };
}

function viewOf(account: Account, providers: readonly MetricsProvider[]): AccountView {
  const provider = providers.find(({ type }) => type === account.type);
  return {
    name: account.name,
    type: account.type,
    supportedTypes: [...account.supportedTypes],
    locations: [...account.locations],
    recommendedLocations: [...account.recommendedLocations],
    ...provider?.describeAccount(account),
  };
}

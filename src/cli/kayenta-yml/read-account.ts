import { type AccountKey, COMMON_KEYS, STORE_KEYS } from './account-keys.ts';
import type { NotTaken } from './not-taken.ts';
import { type Setting, settingKey } from './spring-settings.ts';
import type { Variables } from './variables.ts';

/** An account as Haldane's configuration has it. */
export interface OurAccount {
  readonly name: string;
  readonly type: string;
  readonly [key: string]: unknown;
}

/** An account of a kayenta.yml. */
export interface KayentaAccount {
  /** the key below `kayenta`, such as `prometheus` */
  readonly store: string;
  /** where it is, such as `kayenta.prometheus.accounts[0]` */
  readonly path: string;
  /** its settings, with the path below the account */
  readonly settings: readonly (Setting & { readonly key: string })[];
}

export interface AccountReading {
  readonly account?: OurAccount;
  readonly notTaken: readonly NotTaken[];
}

/** Reads a metrics account: the keys Haldane has, each other one with the reason. */
export function readAccount({ store, path, settings }: KayentaAccount, variables: Variables): AccountReading {
  const table = STORE_KEYS[store];
  const name = settings.find(({ key }) => settingKey(key) === 'name');
  if (table === undefined) {
    const why = `'${store}' is no metrics store of Kayenta that is known here; providers/README.md lists Haldane's`;
    return { notTaken: [{ path, why, asks: true }] };
  }
  if (name === undefined) return { notTaken: [{ path, why: 'the account has no name', asks: true }] };
  const keys = new Map(Object.entries({ ...COMMON_KEYS, ...table.keys }).map(([key, its]) => [settingKey(key), its]));
  const notTaken: NotTaken[] = [];
  // Kayenta pastes values as they are, and its templates may count on it.
  const account = { name: String(name.value), type: table.type, escapeScopeValues: false };
  for (const setting of settings) {
    const key = keys.get(settingKey(setting.key).replace(/\[\d+\]$/, ''));
    const why = take(account, { setting, key, variables });
    if (why !== undefined) notTaken.push({ path: setting.path, ...why });
  }
  return { account, notTaken };
}

interface Taken {
  readonly setting: Setting;
  readonly key: AccountKey | undefined;
  readonly variables: Variables;
}

type Why = Pick<NotTaken, 'why' | 'asks'> | undefined;

/** Writes one key into the account. @returns why not, or only in part */
function take(account: OurAccount, { setting, key, variables }: Taken): Why {
  if (key === undefined) return { why: 'Haldane has no such key for this store', asks: true };
  if ('notTaken' in key) return key === COMMON_KEYS.supportedTypes ? undefined : { why: key.notTaken, asks: false };
  if (key.secret) {
    put(account, key.ours, variables.secret(setting, account.name, key.ours));
    return undefined;
  }
  const { text, problem } = variables.fill(setting);
  if (problem !== undefined) return { why: `it ${problem}`, asks: true };
  if (text.startsWith('classpath:'))
    return { why: 'it names a file inside Kayenta; write the path of a copy', asks: true };
  if (key.ours === 'endpoint.baseUrl') return takeAddress(account, text, { setting, key, variables });
  put(account, key.ours, text, /\[\d+\]$/.test(setting.path));
  return undefined;
}

/** An address may hold user, password and keys; here they have fields of their own. */
function takeAddress(account: OurAccount, address: string, { setting, variables }: Taken): Why {
  const [, scheme = '', user, password, rest = ''] = /^(https?:\/\/)(?:([^/@:?#]*)(?::([^/?#]*))?@)?([^?#]*)/i.exec(
    address,
  ) ?? [undefined, '', undefined, undefined, address];
  if (/\/\/[^/\s]*@/.test(rest))
    return { why: 'it holds user and password in a placeholder; write its value', asks: true };
  put(account, 'endpoint.baseUrl', `${scheme}${rest.replace(/[?#].*$/s, '')}`);
  const hasFields = 'password' in (Object.values(STORE_KEYS).find(({ type }) => type === account.type)?.keys ?? {});
  if (user !== undefined && hasFields) {
    put(account, 'username', decoded(user));
    if (password) put(account, 'password', variables.secret({ ...setting, value: password }, account.name, 'password'));
  }
  const lost = [
    ...(user !== undefined && !hasFields ? ['user and password'] : []),
    ...(/[?#]/.test(address) ? ['everything from ? or # on'] : []),
  ];
  if (lost.length > 0)
    return { why: `the address is taken without ${lost.join(' and ')}, which Haldane refuses there`, asks: true };
  return password
    ? { why: `the password in it goes into a variable, as sent: without %-escapes`, asks: false }
    : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function put(account: Record<string, unknown>, path: string, value: unknown, inList = false): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const at = names.reduce<Record<string, unknown>>((fields, name) => {
    fields[name] ??= {};
    return fields[name] as Record<string, unknown>;
  }, account);
  if (!inList) at[last] = value;
  else at[last] = [...((at[last] as unknown[] | undefined) ?? []), value];
}

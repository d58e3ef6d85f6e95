import { STORAGE, STORE_KEYS } from './account-keys.ts';
import type { NotTaken } from './not-taken.ts';
import { type KayentaAccount, type OurAccount, readAccount } from './read-account.ts';
import { type OtherSettings, readOtherSettings } from './read-other-settings.ts';
import { readSpringSettings, type Setting, type Settings, settingKey } from './spring-settings.ts';
import { type Variable, Variables } from './variables.ts';

/** A kayenta.yml in Haldane's terms. */
export interface KayentaConfiguration extends OtherSettings {
  readonly accounts: readonly OurAccount[];
  /** names of Kayenta's stores, which clients pass */
  readonly storeNames: readonly string[];
  readonly variables: readonly Variable[];
  readonly notTaken: readonly NotTaken[];
}

const ACCOUNT = /^(kayenta\.([^.[]+)\.accounts\[\d+\])\.(.+)$/i;

/** Reads a kayenta.yml. Every setting of it is in the result or in `notTaken`. @throws CommandError unreachable */
export function readKayentaYml(text: string, fileName: string): KayentaConfiguration {
  const { settings, notRead } = readSpringSettings(text, fileName);
  const variables = new Variables(settings);
  const all = [...settings.values()];
  const accounts: OurAccount[] = [];
  const storeNames: string[] = [];
  const notTaken: NotTaken[] = [...notRead];
  for (const account of accountsOf(all)) {
    const isOff = whyOff(account, settings);
    if (isOff !== undefined) {
      notTaken.push({ path: account.path, why: isOff, asks: false });
      continue;
    }
    if (isStorage(account)) storeNames.push(...readStorage(account, { notTaken, variables }));
    if (!isMetrics(account)) continue;
    if (account.store === 'google' && isSwitchedOff(settings, STACKDRIVER)) {
      notTaken.push({
        path: account.path,
        why: `${STACKDRIVER} is not true: Kayenta reads no metrics there`,
        asks: false,
      });
      continue;
    }
    const reading = readAccount(account, variables);
    if (reading.account !== undefined) accounts.push(reading.account);
    notTaken.push(...reading.notTaken);
  }
  const metricsNames = new Set(accounts.map(({ name }) => name));
  for (const name of storeNames.filter((one) => metricsNames.has(one))) {
    const why = 'is the name of a metrics account too: clients that pass it for storage must leave it out';
    notTaken.push({ path: `storage account '${name}'`, why, asks: true });
  }
  const rest = all.filter(({ path }) => !ACCOUNT.test(path));
  const other = readOtherSettings(rest, variables);
  return {
    ...other,
    accounts,
    storeNames: [...new Set(storeNames)].filter((name) => !metricsNames.has(name)),
    variables: variables.all(),
    notTaken: [...notTaken, ...other.notTaken],
  };
}

function accountsOf(settings: readonly Setting[]): KayentaAccount[] {
  const found = new Map<string, KayentaAccount & { settings: (Setting & { key: string })[] }>();
  for (const setting of settings) {
    const [, path, store, key] = ACCOUNT.exec(setting.path) ?? [];
    if (path === undefined || store === undefined || key === undefined) continue;
    const at = settingKey(path);
    const account = found.get(at) ?? { store: settingKey(store), path, settings: [] };
    account.settings.push({ ...setting, key });
    found.set(at, account);
  }
  return [...found.values()];
}

/** Cloud Monitoring has a switch of its own, besides that of Google's accounts. */
const STACKDRIVER = 'kayenta.stackdriver.enabled';

/** Kayenta reads the accounts of a store only where it is enabled. */
function whyOff({ store }: KayentaAccount, settings: Settings): string | undefined {
  const name = `kayenta.${store}.enabled`;
  return isSwitchedOff(settings, name) ? `${name} is not true, so Kayenta does not read it` : undefined;
}

/** Where a placeholder decides, the account counts. */
function isSwitchedOff(settings: Settings, name: string): boolean {
  const value = settings.get(name)?.value;
  return value === undefined || String(value).toLowerCase() === 'false';
}

function typesOf({ settings }: KayentaAccount): string[] {
  return settings
    .filter(({ key }) => settingKey(key).startsWith('supportedtypes'))
    .flatMap(({ value }) => String(value).split(','))
    .map((type) => settingKey(type.trim()));
}

function isStorage(account: KayentaAccount): boolean {
  const types = typesOf(account);
  return Object.hasOwn(STORAGE, account.store) || types.includes('objectstore') || types.includes('configurationstore');
}

/** Stores without `supportedTypes` are what their kind is. */
function isMetrics(account: KayentaAccount): boolean {
  const types = typesOf(account);
  return Object.hasOwn(STORE_KEYS, account.store)
    ? types.length === 0 || types.includes('metricsstore')
    : !isStorage(account);
}

/** Kayenta's storage is not taken; clients pass its name, so that is. */
function readStorage({ store, path, settings }: KayentaAccount, { notTaken, variables }: Told): string[] {
  const setting = settings.find(({ key }) => settingKey(key) === 'name');
  const name = setting && variables.fill(setting).text;
  const place = STORAGE[store] ?? 'Google Cloud Storage';
  const why =
    `Haldane keeps everything in its own store and does not read ${place}; its objects come with ` +
    '`haldane import kayenta <dir|url>`';
  notTaken.push({ path: name === undefined ? path : `${path} (${name})`, why, asks: false });
  return name === undefined ? [] : [name];
}

interface Told {
  readonly notTaken: NotTaken[];
  readonly variables: Variables;
}

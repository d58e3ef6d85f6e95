import { STORAGE, STORE_KEYS } from './account-keys.ts';
import type { NotTaken } from './not-taken.ts';
import { type Setting, settingKey } from './spring-settings.ts';
import type { Variables } from './variables.ts';

/** What is not about accounts. */
export interface OtherSettings {
  /** settings of Haldane by their path, with dots */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly notTaken: readonly NotTaken[];
}

/** Settings with an equal of ours. */
export const OTHER_KEYS: Readonly<Record<string, string>> = {
  'server.port': 'server.port',
  'server.address': 'server.host',
  'kayenta.metrics.retry.attempts': 'metrics.retry.attempts',
  'kayenta.metrics.retry.backoffPeriodMultiplierMs': 'metrics.retry.backoffPeriodMultiplierMs',
  'kayenta.remoteJudge.endpoint.baseUrl': 'remoteJudge.endpoint.baseUrl',
};

/** Settings that have no meaning here, by the beginning of their path: why, and whether someone should look. */
const WITHOUT_MEANING: readonly { readonly begins: string; readonly why: string; readonly asks?: true }[] = [
  { begins: 'redis', why: 'Haldane needs no Redis' },
  { begins: 'keiko', why: 'Haldane has a queue of its own' },
  { begins: 'queue', why: 'Haldane has a queue of its own' },
  { begins: 'executionLog', why: 'Haldane has a store of its own' },
  { begins: 'sql', why: 'Haldane has a store of its own' },
  { begins: 'services', why: "is about Spinnaker's services; placeholders that name it are filled in" },
  { begins: 'global', why: "is about Spinnaker's services" },
  { begins: 'spectator', why: 'is about how Kayenta is watched' },
  { begins: 'management', why: 'is about how Kayenta is watched' },
  { begins: 'metrics', why: 'is about how Kayenta is watched' },
  { begins: 'logging', why: 'is about how Kayenta is watched; see `log.level`' },
  { begins: 'swagger', why: 'the documentation is always at /docs' },
  { begins: 'retrofit', why: "is about Kayenta's HTTP client" },
  {
    begins: 'okHttpClient',
    why: "is about Kayenta's HTTP client; the keys of an account's `tls` replace it",
    asks: true,
  },
  { begins: 'server.ssl', why: 'Haldane speaks plain HTTP: put a proxy before it', asks: true },
  { begins: 'spring.config', why: 'other files are not read: import each of them', asks: true },
  { begins: 'spring.profiles', why: 'other files are not read: import those of the profiles you use', asks: true },
  { begins: 'spring', why: "is about Kayenta's framework" },
  { begins: 'kayenta.standaloneCanaryAnalysis', why: 'standalone analyses are always on here' },
  { begins: 'kayenta.canaryAnalysis', why: 'standalone analyses are always on here' },
  { begins: 'kayenta.stackdriver.enabled', why: 'an account is on when it is there' },
  { begins: 'kayenta.default-archivers', why: 'every run is kept here' },
  { begins: 'kayenta.metrics.retry', why: 'which failures are tried again is up to each provider' },
];

/** Reads settings that are not about accounts. */
export function readOtherSettings(all: readonly Setting[], variables: Variables): OtherSettings {
  const equals = new Map(Object.entries(OTHER_KEYS).map(([theirs, ours]) => [settingKey(theirs), ours]));
  const settings: Record<string, string | number> = {};
  const notTaken = new Map<string, NotTaken>();
  const judgeIsOn = all.some(({ path, value }) => settingKey(path) === 'kayenta.remotejudge.enabled' && isOn(value));
  for (const setting of all) {
    const key = settingKey(setting.path);
    const ours = equals.get(key);
    const isUnused = key.startsWith('kayenta.remotejudge.') && !judgeIsOn;
    if (ours !== undefined && !isUnused) {
      const { text, problem } = variables.fill(setting);
      if (problem === undefined) settings[ours] = typeof setting.value === 'number' ? setting.value : text;
      else notTaken.set(key, { path: setting.path, why: `it ${problem}`, asks: true });
      continue;
    }
    const told = whyNot(setting, isUnused);
    if (told !== undefined) notTaken.set(settingKey(told.path), told);
  }
  return { settings, notTaken: [...notTaken.values()] };
}

function whyNot({ path }: Setting, isUnused: boolean): NotTaken | undefined {
  const key = settingKey(path);
  if (isUnused) return { path: 'kayenta.remoteJudge', why: 'kayenta.remoteJudge.enabled is not true', asks: false };
  const [, store, name] = /^kayenta\.([^.[]+)\.(.+)$/.exec(key) ?? [];
  const isStore = store !== undefined && (Object.hasOwn(STORE_KEYS, store) || Object.hasOwn(STORAGE, store));
  if (name === 'enabled' && (isStore || store === 'remotejudge')) return undefined;
  const begins = WITHOUT_MEANING.find((one) => isBelow(key, settingKey(one.begins)));
  if (begins !== undefined) return { path: begins.begins, why: begins.why, asks: begins.asks ?? false };
  if (isStore)
    return {
      path: pathOfStore(path),
      why: 'is about all accounts of the store; Haldane has no such setting',
      asks: false,
    };
  return { path, why: 'Haldane has no such setting', asks: true };
}

/** `kayenta.prometheus.testControllerDefaults`, not each setting below it. */
function pathOfStore(path: string): string {
  return path.split('.').slice(0, 3).join('.');
}

function isBelow(key: string, begins: string): boolean {
  return key === begins || key.startsWith(`${begins}.`) || key.startsWith(`${begins}[`);
}

function isOn(value: unknown): boolean {
  return String(value).toLowerCase() !== 'false';
}

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pino } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { providers } from '../providers/index.ts';
import { createApp } from './app.ts';
import { type Config, readConfig } from './config/config.ts';
import { isLoopbackHost } from './domain/values/loopback.ts';
import { messageOf } from './errors.ts';

const DEFAULT_FILE = './haldane.yml';
const EXAMPLE_FILE = 'haldane.example.yml';
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const OPEN_TO_ALL =
  'listening beyond this machine without authentication: whoever reaches this address can read every run and series, ' +
  'start runs, and change and delete configs';
const OPEN_REMEDY = 'put a proxy that authenticates in front, or listen on server.host: 127.0.0.1';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts the service with the configuration that the environment names, until a signal stops it.
 * @returns once it listens; `stopped` settles when everything is closed
 * @throws Error when it cannot start
 */
export async function serve(environment: Environment): Promise<{ readonly stopped: Promise<void> }> {
  requireNode(24);
  const { config, file } = loadConfig(environment);
  const log = pino({ level: config.log.level, base: null });
  const app = await createApp(config, log, packageJson.version);
  const stopped = Promise.withResolvers<void>();
  for (const signal of STOP_SIGNALS) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      const closed = app.close().then(
        () => log.info({}, 'stopped'),
        (error: unknown) => log.error({ err: error }, 'stopping failed'),
      );
      stopped.resolve(closed);
    });
  }
  const address = await app.http.listen({ host: config.server.host, port: config.server.port });
  void app.warnOfAccounts();
  if (!isLoopbackHost(config.server.host)) log.warn({ host: config.server.host, remedy: OPEN_REMEDY }, OPEN_TO_ALL);
  log.info({ address, accounts: config.accounts.map(({ name }) => name) }, 'listening');
  if (!app.hasMetricsStore()) log.warn(withoutAccounts(file), 'no metrics accounts');
  app.resumeBeside();
  return { stopped: stopped.promise };
}

function requireNode(major: number): void {
  if (Number(process.versions.node.split('.')[0]) >= major) return;
  throw new Error(`needs Node ${major} or newer, this is ${process.versions.node}; start it with \`npm start\``);
}

interface ConfigFile {
  readonly name: string;
  readonly exists: boolean;
}

function loadConfig(environment: Environment): { readonly config: Config; readonly file: ConfigFile } {
  const named = environment.HALDANE_CONFIG;
  const file = { name: named ?? DEFAULT_FILE, exists: named !== undefined || existsSync(DEFAULT_FILE) };
  const text = file.exists ? readConfigFile(file.name) : undefined;
  return { config: readConfig({ text, fileName: file.name, environment, providers }), file };
}

/** What follows from a configuration without metrics accounts, and what to do about it. */
function withoutAccounts({ name, exists }: ConfigFile) {
  const configuration = resolve(name);
  const effect = 'only requests that bring their own series can be judged';
  if (exists) return { configuration, effect, remedy: `add one below accounts: in ${name}, as ${EXAMPLE_FILE} shows` };
  const copy = `cp ${EXAMPLE_FILE} haldane.yml`;
  return {
    configuration: `${configuration} (there is no such file)`,
    effect,
    remedy: `${copy}, set the address of your metrics store and start again; or set HALDANE_CONFIG to your file`,
  };
}

function readConfigFile(fileName: string): string {
  try {
    return readFileSync(fileName, 'utf8');
  } catch (error) {
    throw new Error(`${fileName} cannot be read: ${messageOf(error)}; set HALDANE_CONFIG to the configuration file`);
  }
}

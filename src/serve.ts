import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import type { Logger } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { providers } from '../providers/index.ts';
import { type App, createApp } from './app.ts';
import { isOpen, refuseOpenUnsaid, refuseUnseenCertificates } from './config/auth.ts';
import { type Config, readConfig } from './config/config.ts';
import { unspokenProtocol } from './config/telemetry.ts';
import { isLoopbackHost } from './domain/values/loopback.ts';
import { messageOf } from './errors.ts';
import { createLog } from './serve/create-log.ts';

const DEFAULT_FILE = './haldane.yml';
const EXAMPLE_FILE = 'haldane.example.yml';
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const OPEN_TO_ALL =
  'listening beyond this machine without authentication: whoever reaches this address can read every run and series, ' +
  'start runs, and change and delete configs';
const OPEN_REMEDY =
  'create tokens (/help/operations/authentication.html), or listen on server.host: 127.0.0.1; auth.mode: open is said';

const PROTOCOL_REMEDY =
  'set OTEL_EXPORTER_OTLP_PROTOCOL (or …_TRACES_PROTOCOL) to http/protobuf and the endpoint to where that is spoken, ' +
  'usually port 4318';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts the service with the configuration that the environment names, until a signal stops it.
 * @returns once it listens; `stopped` settles when everything is closed
 * @throws Error when it cannot start
 */
export async function serve(environment: Environment): Promise<{ readonly stopped: Promise<void> }> {
  const { config, file } = loadSafeConfig(environment);
  const log = await createLog(config.log, environment);
  const opening = createApp(config, log, packageJson.version);
  warnOfProtocol(environment, log);
  const stopped = Promise.withResolvers<void>();
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping');
    const closed = opening
      .then((app) => app.close())
      .then(
        () => log.info({}, 'stopped'),
        (error: unknown) => log.error({ err: error }, 'stopping failed'),
      );
    stopped.resolve(closed);
  };
  onHangUp(stop, () => {
    opening.then(
      (app) => reload(app, log, environment),
      () => {},
    );
  });
  const app = await opening;
  for (const signal of STOP_SIGNALS) process.once(signal, stop);
  const address = await listen(app, config.server);
  void app.warnOfAccounts();
  app.beginMeasuring();
  if (isOpen(config.auth) && !isLoopbackHost(config.server.host))
    log.warn({ host: config.server.host, remedy: OPEN_REMEDY }, OPEN_TO_ALL);
  log.info({ address, accounts: config.accounts.map(({ name }) => name) }, 'listening');
  if (!app.hasMetricsStore()) log.warn(withoutAccounts(file), 'no metrics accounts');
  app.resumeBeside();
  return { stopped: stopped.promise };
}

function warnOfProtocol(environment: Environment, log: Logger): void {
  const protocol = unspokenProtocol(environment);
  if (protocol !== undefined) log.warn({ protocol, remedy: PROTOCOL_REMEDY }, 'nothing is traced');
}

/** A terminal that closes sends the signal, too. */
function onHangUp(stop: (signal: NodeJS.Signals) => void, reload: () => void): void {
  const hasTerminal = isatty(0);
  process.on('SIGHUP', (signal) => {
    if (hasTerminal && !isatty(0)) stop(signal);
    else reload();
  });
}

/** Reads the configuration and the files it names again; a wrong one leaves everything as it is. */
function reload(app: App, log: Logger, environment: Environment): void {
  try {
    const { config, file } = loadSafeConfig(environment);
    const changes = app.reload(config);
    log.level = config.log.level;
    const fields = { configuration: resolve(file.name), ...changes };
    log.info(fields, 'configuration reloaded');
    if (changes.needRestart.length > 0) log.warn(fields, 'settings changed that need a restart');
    if (changes.reloaded.includes('accounts')) void app.warnOfAccounts();
  } catch (error) {
    log.error({ reason: messageOf(error) }, 'configuration not reloaded, the one in use stays');
  }
}

/** @throws CanaryError when it is wrong, or would let anybody in without a word */
function loadSafeConfig(environment: Environment): ReturnType<typeof loadConfig> {
  const loaded = loadConfig(environment);
  refuseOpenUnsaid(loaded.config);
  refuseUnseenCertificates(loaded.config);
  return loaded;
}

/** @throws Error that says what to do when the address cannot be listened on */
async function listen(app: App, { host, port }: Config['server']): Promise<string> {
  try {
    return await app.http.listen({ host, port });
  } catch (error) {
    const remedy = LISTEN_REMEDIES[(error as { readonly code?: string }).code ?? '']?.(host, port);
    await app.close();
    if (remedy === undefined) throw error;
    throw new Error(`cannot listen on ${host}, port ${port}: ${remedy}`);
  }
}

const OTHER_PORT = 'or choose another port with HALDANE_PORT or server.port, 0 for any free one';

/** By the error's code. */
const LISTEN_REMEDIES: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (_, port) =>
    `another process has it, perhaps a Haldane that is still running (\`ss -ltnp sport = :${port}\` shows which); stop ` +
    `that one, ${OTHER_PORT}`,
  EACCES: () => `the user who starts Haldane may not open ports below 1024; let a proxy listen there, ${OTHER_PORT}`,
  EADDRNOTAVAIL: (host) =>
    `no interface of this machine has the address ${host}; set HALDANE_HOST or server.host to one that it has, or to ` +
    '0.0.0.0 for all',
  ENOTFOUND: (host) =>
    `${host} is not the name of a host; set HALDANE_HOST or server.host to an address of this machine`,
};

interface ConfigFile {
  readonly name: string;
  readonly exists: boolean;
}

/** The configuration that the environment names. @throws CanaryError when it is wrong */
export function loadConfig(environment: Environment): { readonly config: Config; readonly file: ConfigFile } {
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

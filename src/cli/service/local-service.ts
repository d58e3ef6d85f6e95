import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import packageJson from '../../../package.json' with { type: 'json' };
import { type App, createApp } from '../../app.ts';
import { loadConfig } from '../../serve.ts';
import { type HttpClient, pathWithQuery, type SendMethod, type SendOptions } from '../client/http-client.ts';
import { readJsonAnswer, readTextAnswer, toJsonBody } from '../client/json-answer.ts';

export interface LocalService {
  readonly client: HttpClient;
  stop(): Promise<void>;
}

/**
 * The whole service inside this process, with the accounts of the configuration file. It opens no port: requests are
 * handed to it. Its store is the given folder, or one that is deleted in the end.
 *
 * @throws CanaryError when the configuration is wrong
 */
export async function startLocalService(
  dataDir: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<LocalService> {
  const { config } = loadConfig(environment);
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'haldane-'));
  const forget = () => {
    if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { accountNames } = config.store;
    // Nobody but this process can ask it.
    const auth = { mode: 'open' as const };
    const own = { ...config, auth, dataDir: folder, store: { type: 'sqlite' as const, accountNames } };
    const app = await createApp(own, pino({ level: 'silent' }), packageJson.version);
    await app.resume();
    return {
      client: clientOf(app.http),
      async stop() {
        await app.close();
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

function clientOf(http: App['http']): HttpClient {
  const exchange = async (method: 'GET' | SendMethod, url: string, { body, headers }: SendOptions = {}) => {
    const answer = await http.inject({
      method,
      url,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { payload: toJsonBody(body) }),
    });
    const header = (name: string) => answer.headers[name]?.toString();
    return { status: answer.statusCode, text: answer.payload, header };
  };
  return {
    baseUrl: 'this process',
    get: async (path, query = {}) => readJsonAnswer(await exchange('GET', pathWithQuery(path, query))),
    text: async (path) => readTextAnswer(await exchange('GET', path)),
    send: async (method, path, { query = {}, ...sent } = {}) =>
      readJsonAnswer(await exchange(method, pathWithQuery(path, query), sent)),
  };
}

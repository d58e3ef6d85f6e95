import type { HttpClient } from '../client/http-client.ts';
import { bodyOf } from '../client/read-answer.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { executionRequest } from './execution-request.ts';
import { type ChosenConfig, findConfig } from './find-config.ts';
import { nameOf, readObject, STDIN } from './read-input.ts';
import type { RunOptions } from './scope-options.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** A run as it is asked for, before it is started. */
export interface PreparedRun {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: JsonObject;
  /** config and request together, as for previews */
  readonly whole: { readonly canaryConfig: JsonObject; readonly executionRequest: JsonObject };
}

export interface StartedRun {
  readonly id: string;
  readonly reportUrl?: string;
  /** what was odd about config and request */
  readonly warnings: readonly string[];
  /** the key was used before, and this is what was started then */
  readonly repeated: boolean;
  /** the run waits for the end of its window: a sentence */
  readonly waiting?: string;
}

/** Reads config and request. @throws CommandError usage */
export async function prepareRun(
  config: string | undefined,
  options: RunOptions,
  client: HttpClient,
): Promise<PreparedRun> {
  const { chosen, fromFile } = await readParts(config, options, client);
  const request = executionRequest(options, chosen.config, fromFile);
  const query = { application: options.application ?? applicationOf(chosen), metricsAccountName: options.account };
  const whole = { canaryConfig: chosen.config, executionRequest: request };
  return chosen.id === undefined
    ? { path: '/canary', query, body: whole, whole }
    : { path: `/canary/${encodeURIComponent(chosen.id)}`, query, body: request, whole };
}

/** The config, and what the file of `--request` says besides. */
export async function readParts(
  config: string | undefined,
  { request }: Pick<RunOptions, 'request'>,
  client: HttpClient,
): Promise<{ readonly chosen: ChosenConfig; readonly fromFile: JsonObject }> {
  if (config === STDIN && request === STDIN) {
    throw new CommandError(EXIT.usage, 'config and --request cannot both be standard input');
  }
  const file = request === undefined ? {} : await readObject(request);
  const isWhole = 'executionRequest' in file || 'canaryConfig' in file;
  const fromFile = (isWhole ? (file.executionRequest ?? {}) : file) as JsonObject;
  if (config !== undefined) return { chosen: await findConfig(config, client), fromFile };
  const inside = file.canaryConfig;
  if (typeof inside === 'object' && inside !== null) return { chosen: { config: inside as JsonObject }, fromFile };
  const missing = request === undefined ? '' : `; ${nameOf(request)} has no canaryConfig`;
  throw new CommandError(
    EXIT.usage,
    `say which config to judge with: a file, or the id or name of a stored one${missing}`,
  );
}

function applicationOf({ id, config }: ChosenConfig): string | undefined {
  const [first] = Array.isArray(config.applications) ? config.applications : [];
  return id === undefined && typeof first === 'string' ? first : undefined;
}

/** Starts it; with a key once, however often. @throws CommandError usage when the service refuses it */
export async function startRun(
  { path, query, body }: PreparedRun,
  key: string | undefined,
  client: HttpClient,
): Promise<StartedRun> {
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  const answer = await client.send('POST', path, { query, body, headers });
  const {
    canaryExecutionId: id,
    reportUrl,
    warnings,
    waiting,
  } = bodyOf(answer, 'Haldane does not start it') as JsonObject;
  return {
    id: String(id),
    warnings: warningsOf(warnings),
    repeated: answer.ok && answer.header('idempotent-replayed') === 'true',
    ...(typeof reportUrl === 'string' ? { reportUrl } : {}),
    ...(typeof waiting === 'string' ? { waiting } : {}),
  };
}

/** One text with a line each, since Kayenta's clients read texts only. */
function warningsOf(warnings: unknown): readonly string[] {
  return typeof warnings === 'string' && warnings !== '' ? warnings.split('\n') : [];
}

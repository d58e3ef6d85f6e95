import type { HttpClient } from '../client/http-client.ts';
import { bodyOf } from '../client/read-answer.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { executionRequest } from './execution-request.ts';
import { type ChosenConfig, findConfig } from './find-config.ts';
import { nameOf, readObject, STDIN } from './read-input.ts';
import type { RequestOptions, RunOptions } from './scope-options.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export const RUNS = '/canary';
export const ANALYSES = '/standalone_canary_analysis';

/** A run or an analysis as it is asked for, before it is started. */
export interface Prepared {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: JsonObject;
  /** of a stored config; absent: of a file */
  readonly configId?: string | undefined;
  /** config and request together, as for previews */
  readonly whole: { readonly canaryConfig: JsonObject; readonly executionRequest: JsonObject };
}

export interface Started {
  readonly id: string;
  readonly reportUrl?: string;
  /** what was odd about config and request */
  readonly warnings: readonly string[];
  /** the key was used before, and this is what was started then */
  readonly repeated: boolean;
  /** the run waits for the end of its window: a sentence */
  readonly waiting?: string;
}

interface ToPrepare {
  readonly path: typeof RUNS | typeof ANALYSES;
  /** the argument; absent: the config is in the file of `--request` */
  readonly config: string | undefined;
  readonly options: RequestOptions;
  /** the request, from the config and what the file of `--request` says besides */
  build(config: JsonObject, fromFile: JsonObject): JsonObject;
}

/** Reads config and request of a run. @throws CommandError usage */
export function prepareRun(config: string | undefined, options: RunOptions, client: HttpClient): Promise<Prepared> {
  const build = (chosen: JsonObject, fromFile: JsonObject) => executionRequest(options, chosen, fromFile);
  return prepare({ path: RUNS, config, options, build }, client);
}

/** Reads config and request. @throws CommandError usage */
export async function prepare({ path, config, options, build }: ToPrepare, client: HttpClient): Promise<Prepared> {
  const { chosen, fromFile } = await readParts(config, options, client);
  const request = build(chosen.config, fromFile);
  const query = { application: options.application ?? applicationOf(chosen), metricsAccountName: options.account };
  const whole = { canaryConfig: chosen.config, executionRequest: request };
  return chosen.id === undefined
    ? { path, query, body: whole, whole }
    : { path: `${path}/${encodeURIComponent(chosen.id)}`, query, body: request, whole, configId: chosen.id };
}

/** The config, and what the file of `--request` says besides. */
async function readParts(
  config: string | undefined,
  { request }: RequestOptions,
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
  const remedy = 'a file, or the id or name of a stored one; `haldane init` writes one';
  throw new CommandError(EXIT.usage, `say which config to judge with: ${remedy}${missing}`);
}

function applicationOf({ id, config }: ChosenConfig): string | undefined {
  const [first] = Array.isArray(config.applications) ? config.applications : [];
  return id === undefined && typeof first === 'string' ? first : undefined;
}

/** Starts it; with a key once, however often. @throws CommandError usage when the service refuses it */
export async function start(
  { path, query, body }: Prepared,
  key: string | undefined,
  client: HttpClient,
): Promise<Started> {
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  const answer = await client.send('POST', path, { query, body, headers });
  const started = bodyOf(answer, 'Haldane does not start it') as JsonObject;
  const { canaryExecutionId, canaryAnalysisExecutionId, reportUrl, warnings, waiting } = started;
  return {
    id: String(canaryExecutionId ?? canaryAnalysisExecutionId),
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
